internal import ToolReward
internal import ToolRewardLines

extension Trainer {
  /// A completion of each held-out task with the likeliest token at each place, judged.
  func greedyRollouts() async throws(TrainingError) -> [Rollout] {
    let requests = heldOut.map {
      GenerationRequest(prompt: $0.prompt, seed: 0, temperature: 0, maximumTokens: configuration.maximumTokens)
    }
    let generations = try await asking { () async throws(PolicyError) in try await policy.generate(requests) }
    let scorer = judge.reward(state.step)
    return zip(generations, heldOut.indices).map { judge.judge($0, heldOut[$1], $1, by: scorer) }
  }

  /// Judges the held-out tasks, keeps the policy if it is the best so far, and counts evaluations far below that.
  ///
  /// - Returns: Exact match.
  func evaluate(_ sink: OutputSink, _ onEvent: (TrainingEvent) -> Void) async throws(TrainingError) -> Double {
    let summary = RolloutSummary(try await greedyRollouts(), judge: judge.exactMatch.reward)
    let exact = summary.exactMatch ?? 0
    let isBest = exact > state.best
    if isBest { (state.best, state.bestStep) = (exact, state.step) }
    // Below a tenth there is nothing to collapse from.
    let isFarBelow = state.best >= 0.1 && exact < configuration.collapseFraction * state.best
    state.evaluationsBelow = isFarBelow ? state.evaluationsBelow + 1 : 0
    let record = EvaluationRecord(step: state.step, rollouts: summary, best: state.best)
    try write(record.line, to: sink)
    if isBest { try await checkpoint(.best) }
    onEvent(.evaluation(record))
    if summary.unscorable > 0 {
      onEvent(.notice("\(summary.unscorable) of \(summary.count) held-out completions could not be judged"))
    }
    return exact
  }
}
