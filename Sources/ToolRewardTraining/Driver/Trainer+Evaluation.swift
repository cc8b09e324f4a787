internal import ToolReward
internal import ToolRewardLines

extension Trainer {
  /// A completion of each task with the likeliest token at each place, judged.
  func greedyRollouts(_ tasks: [TrainingTask]) async throws(TrainingError) -> [Rollout] {
    let requests = tasks.map {
      GenerationRequest(prompt: $0.prompt, seed: 0, temperature: 0, maximumTokens: configuration.maximumTokens)
    }
    let generations = try await asking { () async throws(PolicyError) in try await policy.generate(requests) }
    guard generations.count == requests.count else {
      throw .policy(PolicyError("\(generations.count) completions for \(requests.count) requests"))
    }
    let scorer = judge.reward(state.step)
    return zip(generations, tasks.indices).map { judge.judge($0, tasks[$1], $1, by: scorer) }
  }

  /// Judges the validation tasks, keeps the policy if it is the best so far, and looks at how the run goes.
  ///
  /// - Returns: Exact match.
  func evaluate(
    after stage: TrainingRecipe.Stage?, _ sink: OutputSink, _ onEvent: (TrainingEvent) -> Void
  ) async throws(TrainingError) -> Double {
    let summary = RolloutSummary(try await greedyRollouts(validation), judge: judge.exactMatch.reward)
    let exact = summary.exactMatch ?? 0
    // Of equals the later one: it has learned from more.
    let isBest = exact >= state.best
    if isBest { (state.best, state.bestStep) = (exact, state.step) }
    let former = state.health.troubles(for: 1)
    state.health.note(summary, stage: stage, step: state.step, fraction: configuration.collapseFraction)
    let record = EvaluationRecord(step: state.step, rollouts: summary, best: state.best)
    try write(record.line, to: sink)
    if isBest { try await checkpoint(.best) }
    onEvent(.evaluation(record))
    if summary.unscorable > 0 {
      onEvent(.notice("\(summary.unscorable) of \(summary.count) validation completions could not be judged"))
    }
    for trouble in state.health.troubles(for: 1) where !former.contains(trouble) {
      let patience = configuration.collapsePatience
      onEvent(.notice("step \(state.step): \(trouble); the run ends if that is so in \(patience) evaluations in a row"))
    }
    return exact
  }

  /// Judges the held-out tasks. Nothing follows from what they say.
  func judgeHeldOut(
    of step: Int, _ sink: OutputSink, _ onEvent: (TrainingEvent) -> Void
  ) async throws(TrainingError) -> (HeldOutRecord, [Rollout])? {
    if heldOut.isEmpty { return nil }
    let rollouts = try await greedyRollouts(heldOut)
    let record = HeldOutRecord(step: step, rollouts, overlap, judge: judge.exactMatch.reward)
    try write(record.line, to: sink)
    onEvent(.heldOut(record))
    return (record, rollouts)
  }

  /// Ends the run: judges the best checkpoint on the held-out tasks, and leaves the policy as it was after the last step.
  func finish(
    _ ending: TrainingResult.Ending, _ sink: OutputSink, _ onEvent: (TrainingEvent) -> Void
  ) async throws(TrainingError) -> TrainingResult {
    var result = TrainingResult(
      ending: ending, reason: state.endingReason, steps: state.step, best: state.best, bestStep: state.bestStep,
      heldOut: nil, evaluation: [])
    if ending != .interrupted, !heldOut.isEmpty {
      let isElsewhere = state.bestStep != state.step
      if isElsewhere { try await load(.best) }
      if let (record, rollouts) = try await judgeHeldOut(of: state.bestStep, sink, onEvent) {
        (result.heldOut, result.evaluation) = (record, rollouts)
      }
      if isElsewhere { try await load(.latest) }
    } else {
      result.evaluation = try await greedyRollouts(validation)
    }
    return result
  }

  private func load(_ name: RunFolder.Name) async throws(TrainingError) {
    guard let found = try folder.read(name, fingerprint: settings.fingerprint) else {
      throw .checkpoint("\(folder.path)/\(name.rawValue) is gone; begin anew in another folder")
    }
    try await asking { () async throws(PolicyError) in try await policy.load(from: found.folder) }
  }

  /// Tells what of the tasks to judge on is trained on.
  ///
  /// - Throws: ``TrainingError/overlap(_:)`` if a prompt is, and that is to be refused.
  func checkOverlap(_ onEvent: (TrainingEvent) -> Void) throws(TrainingError) {
    let splits = [
      ("validation", TaskOverlap(of: validation, with: tasks)), ("held-out", overlap),
    ]
    for (name, overlap) in splits where overlap.count > 0 {
      if overlap.prompts > 0, configuration.refusesOverlap {
        throw .overlap("\(overlap.description(of: name)): take those tasks out of one of the files")
      }
      if overlap.prompts + overlap.wordings + overlap.values > 0 { onEvent(.notice(overlap.description(of: name))) }
    }
    let chosenBy = TaskOverlap(of: heldOut, with: validation).prompts
    if chosenBy > 0 {
      if configuration.refusesOverlap {
        throw .overlap("\(chosenBy) held-out tasks are validation tasks as well: take them out of one of the files")
      }
      onEvent(.notice("\(chosenBy) held-out tasks are validation tasks as well: the best checkpoint is chosen by them"))
    }
  }
}
