internal import ToolReward

extension Trainer {
  /// The completions of one prompt.
  private struct Group {
    var rollouts: [Rollout]
    var greedy: Double?
  }

  /// A batch as matrices.
  private struct Batch {
    var rollouts: [Rollout]
    var groups: [Int]
    var sequences: [TokenSequence]
    var mask: TokenMask
    var greedy: [Double?]
  }

  /// A step of reinforcement learning: completions, rewards, advantages, updates.
  func reinforce(_ onEvent: (TrainingEvent) -> Void) async throws(TrainingError) -> (StepRecord, [Rollout]) {
    var record = StepRecord(step: state.step + 1, stage: .rl)
    let groups = try await drawGroups(&record)
    let all = groups.flatMap(\.rollouts)
    let summary = RolloutSummary(all, judge: judge.exactMatch.reward)
    record.rollouts = summary
    if summary.nonFinite > 0 {
      onEvent(.notice("step \(record.step): \(summary.nonFinite) rewards are no number; those samples are masked"))
    }
    let kept = configuration.algorithm.samplesDynamically ? groups.filter { isTelling($0) } : groups
    let batch = batch(kept)
    if batch.rollouts.isEmpty || summary.unscorable == summary.count {
      let reason = summary.unscorable == summary.count ? "no sample could be judged" : "every group has equal rewards"
      record.skipped = reason
      onEvent(.notice("step \(record.step): \(reason); there is no update"))
      // Equal groups may differ again in the next step; what cannot be judged now never will.
      if summary.unscorable == summary.count { try countEmptyStep(reason) }
      return (record, all)
    }
    emptySteps = 0
    try await update(batch, &record, onEvent)
    return (record, all)
  }

  private func isTelling(_ group: Group) -> Bool { DynamicSampling.keeps(group.rollouts.map(\.reward)) }

  private func drawGroups(_ record: inout StepRecord) async throws(TrainingError) -> [Group] {
    var groups: [Group] = []
    let algorithm = configuration.algorithm
    var telling = 0
    for _ in 0..<(algorithm.samplesDynamically ? configuration.maximumDraws : 1) {
      let chosen = (0..<(configuration.promptsPerStep - telling)).map { _ in nextTask() }
      let drawn = try await rollouts(chosen)
      groups += drawn
      telling += drawn.count { isTelling($0) }
      if telling >= configuration.promptsPerStep { break }
    }
    record.groups = groups.count
    record.equalGroups = groups.count { !isTelling($0) }
    return groups
  }

  private func rollouts(_ chosen: [Int]) async throws(TrainingError) -> [Group] {
    var requests: [GenerationRequest] = []
    for task in chosen {
      for _ in 0..<configuration.groupSize {
        requests.append(
          GenerationRequest(
            prompt: tasks[task].prompt, seed: state.random.next(), temperature: configuration.temperature,
            maximumTokens: configuration.maximumTokens))
      }
    }
    let needsGreedy = configuration.algorithm.estimator == .reMax
    if needsGreedy {
      requests += chosen.map {
        GenerationRequest(
          prompt: tasks[$0].prompt, seed: 0, temperature: 0, maximumTokens: configuration.maximumTokens)
      }
    }
    let asked = requests
    let generations = try await asking { () async throws(PolicyError) in try await policy.generate(asked) }
    guard generations.count == requests.count else {
      throw .policy(PolicyError("\(generations.count) completions for \(requests.count) requests"))
    }
    let size = configuration.groupSize
    let scorer = judge.reward(state.step)
    return chosen.enumerated().map { place, task in
      let own = generations[(place * size)..<((place + 1) * size)]
      let greedy =
        needsGreedy
        ? judge.judge(generations[chosen.count * size + place], tasks[task], task, by: scorer).reward : nil
      return Group(rollouts: own.map { judge.judge($0, tasks[task], task, by: scorer) }, greedy: greedy)
    }
  }

  private func batch(_ groups: [Group]) -> Batch {
    let rollouts = groups.flatMap(\.rollouts)
    return Batch(
      rollouts: rollouts,
      groups: groups.enumerated().flatMap { number, group in group.rollouts.map { _ in number } },
      sequences: rollouts.map { TokenSequence(prompt: $0.prompt, tokens: $0.generation.tokens) },
      mask: TokenMask(lengths: rollouts.map(\.generation.tokens.count)),
      greedy: groups.flatMap { group in group.rollouts.map { _ in group.greedy } })
  }

  private func score(_ batch: Batch, by version: PolicyVersion) async throws(TrainingError) -> (
    TokenMatrix, TokenMatrix
  ) {
    let scores = try await asking { () async throws(PolicyError) in
      try await policy.score(batch.sequences, temperature: configuration.temperature, by: version)
    }
    guard scores.count == batch.sequences.count,
      zip(scores, batch.sequences).allSatisfy({
        $0.logProbabilities.count == $1.tokens.count && $0.entropies.count == $1.tokens.count
      })
    else { throw .policy(PolicyError("scores and tokens have different counts")) }
    let columns = batch.mask.columnCount
    return (
      TokenMatrix(scores.map(\.logProbabilities), columns: columns),
      TokenMatrix(scores.map(\.entropies), columns: columns)
    )
  }

  private func update(
    _ batch: Batch, _ record: inout StepRecord, _ onEvent: (TrainingEvent) -> Void
  ) async throws(TrainingError) {
    let algorithm = configuration.algorithm
    let (old, entropies) = try await score(batch, by: .current)
    let reference = algorithm.needsReference ? try await score(batch, by: .reference).0 : nil
    let advantages = try advantages(batch, old: old, reference: reference)
    let counted = Double(max(1, advantages.mask.count))
    var entropySum = 0.0
    advantages.mask.forEach { entropySum += entropies[$0, $1] }
    record.entropy = entropySum / counted
    var input = PolicyLossInput(logProbabilities: old, oldLogProbabilities: old, advantages: advantages)
    input.outcomes = outcomes(batch)
    if case .nft = algorithm.loss {
      for (row, outcome) in input.outcomes.enumerated() where outcome == nil { input.advantages.mask.exclude(row: row) }
    }
    if let correction = algorithm.importanceCorrection {
      let sampler = TokenMatrix(batch.rollouts.map(\.generation.logProbabilities), columns: batch.mask.columnCount)
      input.importanceWeights = try computing { () throws(AlgorithmError) in
        try correction.weights(trainer: old, sampler: sampler, mask: batch.mask)
      }
    }
    for round in 0..<configuration.updatesPerStep {
      var now = entropies
      if round > 0 { (input.logProbabilities, now) = try await score(batch, by: .current) }
      let current = input
      let entropiesNow = now
      let objective = try computing { () throws(AlgorithmError) in
        try algorithm.objective(current, reference: reference, entropies: entropiesNow)
      }
      if round == 0 { record.divergence = objective.divergence }
      record.loss = objective.value
      record.clippedShare = objective.clippedShare
      guard objective.isFinite else {
        record.skipped = "the loss is no number"
        onEvent(.notice("step \(record.step): the loss is no number; the parameters stay as they are"))
        return
      }
      if objective.isFlat {
        if round == 0 {
          record.skipped = "no sample differs from its group"
          onEvent(.notice("step \(record.step): no sample differs from its group; there is no update"))
        }
        return
      }
      try await apply(objective, to: batch, &record, onEvent)
    }
  }

  private func apply(
    _ objective: Objective, to batch: Batch, _ record: inout StepRecord, _ onEvent: (TrainingEvent) -> Void
  ) async throws(TrainingError) {
    let gradients = batch.sequences.enumerated().map { row, sequence in
      TokenScores(
        logProbabilities: sequence.tokens.indices.map { objective.logProbabilityGradient[row, $0] },
        entropies: sequence.tokens.indices.map { objective.entropyGradient[row, $0] })
    }
    let norm = try await asking { () async throws(PolicyError) in
      try await policy.accumulate(batch.sequences, gradients: gradients, temperature: configuration.temperature)
      return try await policy.step(
        learningRate: configuration.learningRate, maximumGradientNorm: configuration.maximumGradientNorm)
    }
    note(norm, in: &record, onEvent)
  }

  private func advantages(
    _ batch: Batch, old: TokenMatrix, reference: TokenMatrix?
  ) throws(TrainingError) -> Advantages {
    let algorithm = configuration.algorithm
    let shaped = batch.rollouts.map { rollout in
      rollout.reward.map { $0 + (algorithm.overlong?(length: rollout.generation.tokens.count) ?? 0) }
    }
    var rewards = RewardBatch(rewards: shaped, groups: batch.groups, mask: batch.mask)
    rewards.greedyRewards = batch.greedy
    let names = batch.rollouts.first?.components.count ?? 0
    rewards.components = (0..<names).map { part in batch.rollouts.map { $0.components[part].value } }
    if algorithm.rewardKLCoefficient != 0, let reference {
      var tokens = TokenMatrix(rows: batch.mask.rowCount, columns: batch.mask.columnCount)
      for row in 0..<batch.mask.rowCount {
        let length = batch.sequences[row].tokens.count
        var penalty = 0.0
        for column in 0..<length {
          tokens[row, column] = -algorithm.rewardKLCoefficient * (old[row, column] - reference[row, column])
          penalty += tokens[row, column]
        }
        if length > 0 { tokens[row, length - 1] += shaped[row] ?? 0 }
        rewards.rewards[row] = shaped[row].map { $0 + penalty }
      }
      rewards.tokenRewards = tokens
    }
    let ready = rewards
    return try computing { () throws(AlgorithmError) in try algorithm.estimator.estimate(ready) }
  }

  /// Right or wrong by the judge, and each group's success rate; `nil` where a group is all one or the other.
  private func outcomes(_ batch: Batch) -> [SampleOutcome?] {
    var result = [SampleOutcome?](repeating: nil, count: batch.rollouts.count)
    for members in SampleGroups(batch.groups).members {
      let judged = members.filter { batch.rollouts[$0].reward != nil && batch.rollouts[$0].isExact != nil }
      let right = judged.count { batch.rollouts[$0].isExact == true }
      if right == 0 || right == judged.count { continue }
      for sample in judged {
        result[sample] = SampleOutcome(
          isRight: batch.rollouts[sample].isExact == true, successRate: Double(right) / Double(judged.count))
      }
    }
    return result
  }

  private func computing<T>(_ body: () throws(AlgorithmError) -> T) throws(TrainingError) -> T {
    do throws(AlgorithmError) {
      return try body()
    } catch {
      throw .algorithm(error)
    }
  }
}
