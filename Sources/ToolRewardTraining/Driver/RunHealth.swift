internal import ToolReward

/// A figure of a run beside its best so far.
struct HealthSignal: Sendable, Hashable {
  /// The best value; `nil` before the first.
  private(set) var best: Double?
  /// After which step that was.
  private(set) var bestStep = 0
  /// The squared standard error of the best.
  private(set) var bestError = 0.0
  /// In how many evaluations in a row the value was far below.
  private(set) var below = 0

  init() {}

  /// Compares a value with the best so far, which it may become. It is far below if less than a part of the best is left, counted from the
  /// floor, and the fall is more than two standard errors: with a handful of tasks or rare successes a fall is chance.
  mutating func note(_ value: Double, error: Double, floor: Double, fraction: Double, step: Int) {
    guard value.isFinite, error.isFinite else { return }
    guard let best, value <= best else {
      (best, bestStep, bestError, below) = (value, step, error, 0)
      return
    }
    let isFar = value - floor < fraction * (best - floor)
    let isBeyondChance = best - value > 2 * (bestError + error).squareRoot()
    below = isFar && isBeyondChance ? below + 1 : 0
  }

  /// Counts an evaluation by a rule of another kind.
  mutating func count(_ isBad: Bool) { below = isBad ? below + 1 : 0 }

  fileprivate var words: [UInt64] {
    [
      best == nil ? 0 : 1, (best ?? 0).bitPattern, UInt64(clamping: bestStep), bestError.bitPattern,
      UInt64(clamping: below),
    ]
  }

  fileprivate init(_ words: ArraySlice<UInt64>) {
    let words = Array(words)
    best = words[0] == 0 ? nil : Double(bitPattern: words[1])
    bestStep = Int(clamping: words[2])
    bestError = Double(bitPattern: words[3])
    below = Int(clamping: words[4])
  }
}

/// Sums over the completions since the last evaluation.
struct HealthWindow: Sendable, Hashable {
  private(set) var count = 0.0
  private(set) var sum = 0.0
  private(set) var squares = 0.0

  init() {}

  mutating func add(_ value: Double) {
    count += 1
    sum += value
    squares += value * value
  }

  var mean: Double? { count > 0 ? sum / count : nil }

  /// The squared standard error of the mean.
  var error: Double {
    guard count > 1 else { return 0 }
    let mean = sum / count
    return max(0, squares / count - mean * mean) / count
  }

  fileprivate var words: [UInt64] { [count.bitPattern, sum.bitPattern, squares.bitPattern] }

  fileprivate init(_ words: ArraySlice<UInt64>) {
    let numbers = words.map { Double(bitPattern: $0) }
    (count, sum, squares) = (numbers[0], numbers[1], numbers[2])
  }
}

/// Whether a run still goes well: what it shows in when it does not.
///
/// A run that only looked at one figure would miss a collapse that shows in another: exact match says nothing where it is low from the
/// start, and the reward nothing where it is gamed.
struct RunHealth: Sendable, Hashable {
  /// Exact match and format on the validation tasks, greedily.
  private(set) var exact = HealthSignal()
  private(set) var format = HealthSignal()
  /// The training reward of sampled completions, the mean since the last evaluation.
  private(set) var reward = HealthSignal()
  /// The entropy of a token, the mean since the last evaluation.
  private(set) var entropy = HealthSignal()
  private var rewards = HealthWindow()
  private var entropies = HealthWindow()
  /// The least reward of any completion: what a fall is counted from.
  private var leastReward = 0.0
  private var firstEntropy = -1.0

  init() {}

  /// Takes note of a step of reinforcement learning.
  mutating func note(_ rollouts: [Rollout], entropy: Double?) {
    for reward in rollouts.compactMap(\.reward) {
      rewards.add(reward)
      leastReward = min(leastReward, reward)
    }
    guard let entropy, entropy.isFinite else { return }
    if firstEntropy < 0 { firstEntropy = entropy }
    entropies.add(entropy)
  }

  /// Takes note of an evaluation, and begins the next stretch of steps.
  mutating func note(_ validation: RolloutSummary, stage: TrainingRecipe.Stage?, step: Int, fraction: Double) {
    // Fine-tuning without reasoning unlearns the format, as it is meant to.
    if stage != .noReasonSFT {
      Self.note(validation.exactMatch, validation.count, in: &exact, step, fraction)
      Self.note(validation.format, validation.count, in: &format, step, fraction)
    }
    if let mean = rewards.mean {
      reward.note(mean, error: rewards.error, floor: leastReward, fraction: fraction, step: step)
    }
    if let mean = entropies.mean {
      // Little entropy is what a policy that knows its tasks has: without being right it can learn no more.
      entropy.count(mean < 0.01 * firstEntropy && validation.exactMatch.map { $0 < 0.5 } ?? true)
    }
    (rewards, entropies) = (HealthWindow(), HealthWindow())
  }

  private static func note(
    _ share: Double?, _ count: Int, in signal: inout HealthSignal, _ step: Int, _ fraction: Double
  ) {
    guard let share, count > 0 else { return }
    signal.note(share, error: share * (1 - share) / Double(count), floor: 0, fraction: fraction, step: step)
  }

  /// What has been bad in so many evaluations in a row, in words.
  func troubles(for patience: Int) -> [String] {
    let named = [
      (exact, "exact match on validation tasks"), (format, "the format on validation tasks"),
      (reward, "the training reward"),
    ]
    var troubles: [String] = []
    for (signal, name) in named where signal.below >= patience {
      let best = (signal.best ?? 0) * 1000
      troubles.append("\(name) is far below its best, \(best.rounded() / 1000) after step \(signal.bestStep)")
    }
    if entropy.below >= patience {
      troubles.append("the entropy is below a hundredth of its first value, and exact match below a half")
    }
    return troubles
  }

  /// All of it as numbers, for a checkpoint.
  var words: [UInt64] {
    exact.words + format.words + reward.words + entropy.words + rewards.words + entropies.words
      + [leastReward.bitPattern, firstEntropy.bitPattern]
  }

  /// - Parameter words: What ``words`` gave; `nil` comes of anything else.
  init?(_ words: [UInt64]) {
    guard words.count == 28 else { return nil }
    exact = HealthSignal(words[0..<5])
    format = HealthSignal(words[5..<10])
    reward = HealthSignal(words[10..<15])
    entropy = HealthSignal(words[15..<20])
    rewards = HealthWindow(words[20..<23])
    entropies = HealthWindow(words[23..<26])
    leastReward = Double(bitPattern: words[26])
    firstEntropy = Double(bitPattern: words[27])
  }
}
