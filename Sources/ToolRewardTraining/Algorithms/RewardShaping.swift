/// Which groups of completions teach something (DAPO, arXiv 2503.14476 §3.2).
public enum DynamicSampling: Sendable {
  /// Whether a group's rewards differ: only then has a comparison within the group anything to say.
  ///
  /// They are compared for exact equality, over the whole group, before any shaping: a leave-one-out deviation is 0 for the one success of
  /// 1, 0, 0, 0, and a penalty for length makes equal rewards differ. Samples that could not be judged are left out.
  public static func keeps(_ rewards: [Double?]) -> Bool {
    let judged = rewards.compactMap { $0 }.filter(\.isFinite)
    return judged.contains { $0 != judged[0] }
  }
}

/// What a completion loses for coming near the length limit (DAPO, arXiv 2503.14476 §3.4).
public struct OverlongPenalty: Sendable, Hashable {
  /// The most tokens that a completion may have.
  public var maximumLength: Int
  /// Over how many tokens before that the penalty grows.
  public var buffer: Int
  /// The penalty at the limit.
  public var factor: Double
  /// Whether it stays at that beyond the limit (OpenRLHF, TRL) or goes on growing (verl, NeMo-RL).
  public var isBounded: Bool

  /// Creates a penalty.
  public init(maximumLength: Int, buffer: Int, factor: Double = 1, isBounded: Bool = false) {
    self.maximumLength = maximumLength
    self.buffer = buffer
    self.factor = factor
    self.isBounded = isBounded
  }

  /// What is added to a reward: 0 or less.
  public func callAsFunction(length: Int) -> Double {
    guard buffer > 0 else { return length > maximumLength ? -factor : 0 }
    let excess = (Double(length) - Double(maximumLength) + Double(buffer)) / Double(buffer)
    if excess <= 0 { return 0 }
    return -factor * (isBounded ? min(1, excess) : excess)
  }
}

/// Weights for tokens that another program sampled than the one that trains, whose probabilities differ a little (truncated importance
/// sampling; verl `rollout_is`, TRL `vllm_importance_sampling_mode`).
public struct ImportanceCorrection: Sendable, Hashable {
  /// What a weight is of.
  public enum Level: String, Sendable, Hashable {
    /// Each token.
    case token
    /// The whole completion: the product of its tokens' ratios.
    case sequence
  }

  /// What happens beyond the bounds.
  public enum Mode: String, Sendable, Hashable {
    /// The weight is the bound.
    case truncate
    /// The weight is 0: IcePop, masked importance sampling.
    case mask
  }

  /// What a weight is of.
  public var level: Level
  /// What happens beyond the bounds.
  public var mode: Mode
  /// The least weight; `nil` for none.
  public var minimum: Double?
  /// The greatest weight.
  public var maximum: Double
  /// Where the log of a ratio is cut on both sides: 20 in verl, `nil` in TRL.
  public var logRatioLimit: Double?

  /// Creates a correction.
  public init(
    level: Level = .token, mode: Mode = .truncate, minimum: Double? = nil, maximum: Double = 2,
    logRatioLimit: Double? = 20
  ) {
    self.level = level
    self.mode = mode
    self.minimum = minimum
    self.maximum = maximum
    self.logRatioLimit = logRatioLimit
  }

  /// The weight of each token; 0 where none counts. No gradient goes through it. O(tokens).
  ///
  /// - Parameters:
  ///   - trainer: log π_old(token) as the trainer has it.
  ///   - sampler: log π(token) as the sampler had it.
  ///   - mask: The tokens that count.
  /// - Throws: ``AlgorithmError`` if the parts have different sizes.
  public func weights(
    trainer: TokenMatrix, sampler: TokenMatrix, mask: TokenMask
  ) throws(AlgorithmError) -> TokenMatrix {
    try AlgorithmError.check(trainer, "trainer", is: mask)
    try AlgorithmError.check(sampler, "sampler", is: mask)
    let limit = logRatioLimit ?? .infinity
    var result = TokenMatrix(rows: mask.rowCount, columns: mask.columnCount)
    for row in 0..<mask.rowCount {
      let columns = mask.columns(ofRow: row)
      let logs = columns.map { trainer[row, $0] - sampler[row, $0] }
      let sum = logs.reduce(0, +)
      for (place, column) in columns.enumerated() {
        result[row, column] = bounded(exponential((level == .token ? logs[place] : sum).clamped(-limit, limit).value))
      }
    }
    return result
  }

  private func bounded(_ ratio: Double) -> Double {
    let bound = ratio.clamped(minimum ?? -.infinity, maximum)
    return mode == .mask && bound.slope == 0 ? 0 : bound.value
  }
}

/// The entropy of a distribution, from logits.
public enum Entropy: Sendable {
  /// H = log Σ e^z − Σ p z, and dH/dz = −p (log p + H). O(logits).
  public static func evaluate(logits: [Double]) -> (value: Double, gradient: [Double]) {
    guard let most = logits.max() else { return (0, []) }
    let sum = logits.reduce(0) { $0 + exponential($1 - most) }
    let normalizer = most + logarithm(sum)
    let logs = logits.map { $0 - normalizer }
    let value = -logs.reduce(0) { $0 + ($1 == -.infinity ? 0 : exponential($1) * $1) }
    return (value, logs.map { $0 == -.infinity ? 0 : -exponential($0) * ($0 + value) })
  }
}
