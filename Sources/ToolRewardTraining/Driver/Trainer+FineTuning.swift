internal import ToolReward

extension Trainer {
  /// A step of supervised fine-tuning: the mean negative log-likelihood of a batch of demonstrations' tokens.
  func fineTune(
    reasons: Bool, _ onEvent: (TrainingEvent) -> Void
  ) async throws(TrainingError) -> StepRecord {
    var record = StepRecord(step: state.step + 1, stage: reasons ? .sft : .noReasonSFT)
    var sequences: [TokenSequence] = []
    var refused = 0
    for _ in 0..<configuration.promptsPerStep {
      let task = tasks[nextTask()]
      let completion = demonstration(for: task, reasons: reasons)
      let tokens = try await asking { () async throws(PolicyError) in
        try await policy.tokens(of: completion, after: task.prompt)
      }
      if let tokens, !tokens.isEmpty {
        sequences.append(TokenSequence(prompt: task.prompt, tokens: tokens))
      } else {
        refused += 1
      }
    }
    if refused > 0 { onEvent(.notice("step \(record.step): the policy cannot write \(refused) of the demonstrations")) }
    let count = sequences.reduce(0) { $0 + $1.tokens.count }
    guard count > 0 else {
      record.skipped = "no demonstration can be written by the policy"
      try countEmptyStep("none of the last demonstrations can be written by the policy")
      return record
    }
    emptySteps = 0
    let gradients = sequences.map {
      TokenScores(
        logProbabilities: $0.tokens.map { _ in -1 / Double(count) }, entropies: $0.tokens.map { _ in 0 })
    }
    let batch = sequences
    let scores = try await asking { () async throws(PolicyError) in
      try await policy.score(batch, temperature: 1, by: .current)
    }
    record.loss = -scores.reduce(0) { $0 + $1.logProbabilities.reduce(0, +) } / Double(count)
    record.entropy = scores.reduce(0) { $0 + $1.entropies.reduce(0, +) } / Double(count)
    guard record.loss?.isFinite == true else {
      record.skipped = "the loss is no number"
      onEvent(.notice("step \(record.step): the loss is no number; the parameters stay as they are"))
      return record
    }
    let norm = try await asking { () async throws(PolicyError) in
      try await policy.accumulate(batch, gradients: gradients, temperature: 1)
      return try await policy.step(
        learningRate: configuration.fineTuningRate, maximumGradientNorm: configuration.maximumGradientNorm)
    }
    note(norm, in: &record, onEvent)
    return record
  }

  /// The task's own demonstration if there is one and reasoning is asked for; else the ground truth written out.
  private func demonstration(for task: TrainingTask, reasons: Bool) -> [UInt8] {
    if reasons, let own = task.demonstration { return own }
    return Demonstration.completion(for: task.judgeTask.groundTruth.calls, reasons: reasons)
  }

  func note(_ norm: Double, in record: inout StepRecord, _ onEvent: (TrainingEvent) -> Void) {
    record.gradientNorm = norm
    if !norm.isFinite {
      record.skipped = "the gradient is no number"
      onEvent(.notice("step \(record.step): the gradient is no number; the parameters stay as they are"))
    }
  }

  /// Ends the run where many steps in a row had nothing to learn from.
  func countEmptyStep(_ reason: String) throws(TrainingError) {
    emptySteps += 1
    if emptySteps >= 20 { throw .nothingToLearn("\(reason), in \(emptySteps) steps in a row") }
  }
}
