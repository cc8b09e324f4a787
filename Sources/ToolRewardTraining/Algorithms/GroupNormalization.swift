/// How a reward is set beside those of its group: the other completions of the same prompt.
///
/// `A = (r − baseline) / (deviation + ε)`. The published algorithms and the frameworks differ in each part; ``AlgorithmPreset`` names
/// their choices. Samples that could not be judged take part in no baseline and no deviation.
public struct GroupNormalization: Sendable, Hashable {
  /// What is taken from the reward.
  public enum Baseline: String, Sendable, Hashable {
    /// The group's mean.
    case mean
    /// The mean of the group's others.
    case othersMean = "others-mean"
  }

  /// What the difference is divided by.
  public enum Scale: String, Sendable, Hashable {
    /// Nothing: Dr. GRPO (arXiv 2503.20783).
    case none
    /// The group's standard deviation: GRPO (arXiv 2402.03300).
    case group
    /// The standard deviation of the group's others (NeMo-RL).
    case others
    /// The standard deviation of all samples of the batch (TRL `scale_rewards="batch"`).
    case batch
  }

  /// The advantage of a sample that is alone in its group.
  public enum Singleton: String, Sendable, Hashable {
    /// 0: there is nothing to compare it with.
    case zero
    /// The reward itself, as in verl and in Tool-N1's code, which take mean 0 and deviation 1.
    case reward
  }

  /// What is taken from the reward.
  public var baseline: Baseline
  /// What the difference is divided by.
  public var scale: Scale
  /// What the count loses in a deviation: 1 (a sample's) or 0 (a population's).
  public var lostDegrees: Int
  /// What is added to the deviation.
  public var epsilon: Double
  /// The advantage of a sample alone in its group.
  public var singleton: Singleton
  /// Whether nothing is divided where the deviation is 0 (NeMo-RL), instead of dividing by ε.
  public var leavesZeroDeviation: Bool

  /// Creates a normalization.
  public init(
    baseline: Baseline = .mean, scale: Scale = .group, lostDegrees: Int = 1, epsilon: Double = 1e-6,
    singleton: Singleton = .zero, leavesZeroDeviation: Bool = false
  ) {
    self.baseline = baseline
    self.scale = scale
    self.lostDegrees = lostDegrees
    self.epsilon = epsilon
    self.singleton = singleton
    self.leavesZeroDeviation = leavesZeroDeviation
  }

  /// The advantages of one reward a sample; `nil` where there is none. O(samples · group size).
  func normalize(_ rewards: [Double?], groups: [Int]) -> [Double?] {
    let batch = scale == .batch ? Moments(rewards.compactMap { $0 }).deviation(lost: lostDegrees) : 0
    var result = [Double?](repeating: nil, count: rewards.count)
    for members in SampleGroups(groups).members {
      let judged = members.filter { rewards[$0] != nil }
      let values = judged.map { rewards[$0] ?? 0 }
      let whole = Moments(values)
      for (place, sample) in judged.enumerated() {
        if judged.count == 1 {
          result[sample] = alone(values[0], batch: batch)
          continue
        }
        let needsOthers = baseline == .othersMean || scale == .others
        let others = needsOthers ? Moments(Self.others(values, place)) : whole
        let difference = values[place] - (baseline == .mean ? whole : others).mean
        result[sample] = divide(difference, whole, others, batch)
      }
    }
    return result
  }

  private func divide(_ difference: Double, _ whole: Moments, _ others: Moments, _ batch: Double) -> Double {
    let deviation: Double
    switch scale {
    case .none: return difference
    case .group: deviation = whole.deviation(lost: lostDegrees)
    case .others: deviation = others.deviation(lost: lostDegrees)
    case .batch: deviation = batch
    }
    if deviation == 0, leavesZeroDeviation { return difference }
    return difference == 0 ? 0 : difference / (deviation + epsilon)
  }

  private func alone(_ reward: Double, batch: Double) -> Double {
    switch singleton {
    case .zero: 0
    case .reward: scale == .none ? reward : reward / ((scale == .batch ? batch : 1) + epsilon)
    }
  }

  private static func others(_ values: [Double], _ place: Int) -> [Double] {
    Array(values[..<place] + values[(place + 1)...])
  }
}

/// The samples of each group, groups in the order of their first sample.
struct SampleGroups {
  let members: [[Int]]

  init(_ groups: [Int]) {
    var places: [Int: Int] = [:]
    var members: [[Int]] = []
    for (sample, group) in groups.enumerated() {
      if let place = places[group] {
        members[place].append(sample)
      } else {
        places[group] = members.count
        members.append([sample])
      }
    }
    self.members = members
  }
}

/// Sets all tokens' numbers to mean 0 and variance 1.
public struct Whitening: Sendable, Hashable {
  /// What the count loses in the variance: 1 in verl, 0 in OpenRLHF and NeMo-RL.
  public var lostDegrees: Int
  /// Whether a variance below 1e-8 is raised to it (OpenRLHF, NeMo-RL), instead of 1e-8 being added to any (verl).
  public var raisesVariance: Bool

  /// verl's `masked_whiten`.
  public static let verl = Whitening(lostDegrees: 1, raisesVariance: false)
  /// OpenRLHF's and NeMo-RL's.
  public static let population = Whitening(lostDegrees: 0, raisesVariance: true)

  /// Whitens what counts; the rest becomes 0. With fewer than two tokens that count there is no variance: all is 0. O(tokens).
  func callAsFunction(_ matrix: TokenMatrix, _ mask: TokenMask) -> TokenMatrix {
    var result = TokenMatrix(rows: matrix.rowCount, columns: matrix.columnCount)
    let count = Double(mask.count)
    guard count > 1 else { return result }
    var sum = 0.0
    mask.forEach { sum += matrix[$0, $1] }
    let mean = sum / (count + 1e-8)
    var squares = 0.0
    mask.forEach { squares += (matrix[$0, $1] - mean) * (matrix[$0, $1] - mean) }
    var variance = squares / (count + 1e-8)
    if lostDegrees == 1 { variance *= count / (count - 1) }
    let scale = 1 / (raisesVariance ? max(variance, 1e-8) : variance + 1e-8).squareRoot()
    mask.forEach { result[$0, $1] = (matrix[$0, $1] - mean) * scale }
    return result
  }
}

extension TokenMask {
  /// Calls `body` with row and column of each token that counts, in order.
  func forEach(_ body: (Int, Int) -> Void) {
    for row in 0..<rowCount {
      for column in 0..<columnCount where self[row, column] { body(row, column) }
    }
  }
}
