public import ToolReward

/// A completion that a policy wrote, and what it earned.
public struct Rollout: Sendable {
  /// The task's place in its split.
  public var task: Int
  /// The task's prompt.
  public var prompt: [UInt8]
  /// The completion.
  public var generation: Generation
  /// What the training reward says.
  public var verdict: Verdict
  /// What the judge of exact match says.
  public var judgement: Verdict
  /// The reward's components by name, of both.
  public var components: [(name: String, value: Double?)]

  /// The reward before shaping; `nil` if the sample could not be judged, or the reward is no number.
  public var reward: Double? { verdict.score.flatMap { $0.isFinite ? $0 : nil } }

  /// Whether the judge gives its full score; `nil` if it cannot judge.
  public var isExact: Bool? { judgement.score.map { $0 >= 1 } }
}

/// The reward that is trained on, and the one that tells exact match: a run that logs only the former would not see it being gamed.
public struct RolloutJudge: Sendable {
  /// The training reward at a step, for rewards that move with it.
  public var reward: @Sendable (_ step: Int) -> Scorer
  /// The judge of exact match: 1 is exact.
  public var exactMatch: Scorer

  /// Creates a judge.
  public init(exactMatch: Scorer, reward: @escaping @Sendable (_ step: Int) -> Scorer) {
    self.exactMatch = exactMatch
    self.reward = reward
  }

  /// Creates a judge whose training reward stays the same.
  public init(reward: Scorer, exactMatch: Scorer) {
    self.init(exactMatch: exactMatch) { _ in reward }
  }

  /// Judges a completion by both.
  ///
  /// - Parameter scorer: The training reward at this step.
  func judge(_ generation: Generation, _ task: TrainingTask, _ place: Int, by scorer: Scorer) -> Rollout {
    let verdict = scorer.score(generation.text, for: task.task)
    let judgement = exactMatch.score(generation.text, for: task.judgeTask)
    let names = scorer.reward.componentNames
    return Rollout(
      task: place, prompt: task.prompt, generation: generation, verdict: verdict, judgement: judgement,
      components: names.enumerated().map { ($1, $0 < verdict.components.count ? verdict.components[$0] : nil) })
  }
}

/// Means over some completions.
public struct RolloutSummary: Sendable, Hashable {
  /// How many completions.
  public var count = 0
  /// How many could not be judged, rewards that are no number among them: they are in no mean.
  public var unscorable = 0
  /// How many rewards were NaN or infinite.
  public var nonFinite = 0
  /// The mean reward before shaping; `nil` if nothing could be judged.
  public var reward: Double?
  /// The share of exact matches; `nil` if nothing could be judged.
  public var exactMatch: Double?
  /// The share of completions whose format is right by the judge; `nil` if it has no such component.
  public var format: Double?
  /// The share whose calls are right, whatever the reasoning.
  public var calls: Double?
  /// The mean number of tokens.
  public var length = 0.0
  /// The share that was cut off.
  public var truncated = 0.0

  /// Sums completions up. O(completions).
  public init(_ rollouts: [Rollout], judge: any RewardPolicy) {
    count = rollouts.count
    unscorable = rollouts.count { $0.reward == nil }
    nonFinite = rollouts.count { $0.verdict.score.map { !$0.isFinite } ?? false }
    reward = Self.mean(rollouts.map(\.reward))
    exactMatch = Self.mean(rollouts.map { $0.isExact.map { $0 ? 1 : 0 } })
    format = Self.component("format", rollouts, judge)
    calls = Self.component("calls", rollouts, judge)
    length = Self.mean(rollouts.map { Double($0.generation.tokens.count) }) ?? 0
    truncated = Self.mean(rollouts.map { $0.generation.isTruncated ? 1 : 0 }) ?? 0
  }

  private static func component(_ name: String, _ rollouts: [Rollout], _ judge: any RewardPolicy) -> Double? {
    guard let place = judge.componentNames.firstIndex(of: name) else { return nil }
    return mean(rollouts.map { place < $0.judgement.components.count ? $0.judgement.components[place] : nil })
  }

  static func mean(_ values: [Double?]) -> Double? {
    let known = values.compactMap { $0 }.filter(\.isFinite)
    return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
  }
}
