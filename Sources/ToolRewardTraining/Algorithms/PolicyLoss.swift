/// What a policy loss is worked out from.
public struct PolicyLossInput: Sendable {
  /// log π(token) under the policy that is trained.
  public var logProbabilities: TokenMatrix
  /// log π_old(token) under the policy that the update began with.
  public var oldLogProbabilities: TokenMatrix
  /// The advantages and the tokens that count.
  public var advantages: Advantages
  /// Weights for each token where the sampler is not the trainer: ``ImportanceCorrection``.
  public var importanceWeights: TokenMatrix?
  /// For NFT: each sample's outcome, `nil` where it takes no part.
  public var outcomes: [SampleOutcome?]

  /// Creates an input.
  public init(
    logProbabilities: TokenMatrix, oldLogProbabilities: TokenMatrix, advantages: Advantages,
    importanceWeights: TokenMatrix? = nil, outcomes: [SampleOutcome?] = []
  ) {
    self.logProbabilities = logProbabilities
    self.oldLogProbabilities = oldLogProbabilities
    self.advantages = advantages
    self.importanceWeights = importanceWeights
    self.outcomes = outcomes
  }
}

/// Whether a sample is right, and how many of its group are.
public struct SampleOutcome: Sendable, Hashable {
  /// Whether this one is right.
  public var isRight: Bool
  /// The group's share of right ones, from 0 to 1.
  public var successRate: Double

  /// Creates an outcome.
  public init(isRight: Bool, successRate: Double) {
    self.isRight = isRight
    self.successRate = successRate
  }
}

/// A loss and its derivatives.
public struct LossResult: Sendable, Hashable {
  /// The loss, to be made small.
  public var value: Double
  /// d loss / d log π(token); 0 where no token counts.
  public var gradient: TokenMatrix
  /// The share of tokens whose ratio was beyond the clipping bounds; 0 for losses that do not clip.
  public var clippedShare: Double

  init(value: Double = 0, like mask: TokenMask) {
    self.value = value
    gradient = TokenMatrix(rows: mask.rowCount, columns: mask.columnCount)
    clippedShare = 0
  }
}

/// How advantages push the policy. A loss for each token, given ρ = π / π_old; ``LossAggregation`` adds them up.
public enum PolicyLoss: Sendable, Hashable {
  /// PPO (arXiv 1707.06347) with clip-higher (DAPO, arXiv 2503.14476) and dual clip (arXiv 1912.09729).
  case clipped(RatioClip)
  /// GSPO (arXiv 2507.18071): the same with the sequence's geometric mean ratio for every token.
  ///
  /// - Parameters:
  ///   - maximumLogRatio: Where the mean log ratio is cut: 10 in verl, `nil` in TRL.
  ///   - gradient: Which tokens a token's loss moves.
  case sequenceClipped(RatioClip, maximumLogRatio: Double?, gradient: SequenceGradient)
  /// CISPO (arXiv 2506.13585): −sg(clip(ρ)) · A · log π. The bounds are of ρ itself; `nil` for none.
  case cispo(low: Double?, high: Double, logRatioLimit: Double?)
  /// SAPO (arXiv 2511.20347): −σ(τ (ρ − 1)) · 4/τ · A, with a τ for positive advantages and one for the others.
  case sapo(positive: Double, negative: Double, logRatioLimit: Double?)
  /// GMPO (arXiv 2507.20673): the geometric mean of the clipped ratios; the bounds are of log ρ. It takes the mean over sequences itself.
  case gmpo(low: Double, high: Double)
  /// −A · log π: REINFORCE, verl's `gpg`.
  case policyGradient
  /// −(A log π − β/2 · log² ρ): verl's `dro`.
  case dro(beta: Double)
  /// VESPO as in TRL: −φ(w) · A · log π with the sequence's ratio w and φ(w) = e^λ w^k e^(−λw).
  case vespo(VESPOWeights)
  /// NFT (arXiv 2505.18116; NVlabs/NFT dp_actor.py): right samples by −log ρ, wrong ones by −log of (1 − qρ) / (1 − q).
  case nft(NFTSettings)

  /// Which tokens a token's loss moves, where its ratio is the sequence's.
  public enum SequenceGradient: String, Sendable, Hashable {
    /// Its own only: s · π / sg(π), as verl has it.
    case token
    /// All of the sequence: TRL, OpenRLHF.
    case sequence
  }

  /// Works out loss and gradient. O(tokens).
  ///
  /// - Throws: ``AlgorithmError`` if the input's parts have different sizes, or what the loss needs is missing.
  public func evaluate(
    _ input: PolicyLossInput, aggregation: LossAggregation, scope: LossScope = LossScope()
  ) throws(AlgorithmError) -> LossResult {
    let mask = input.advantages.mask
    try AlgorithmError.check(input.advantages.values, "advantages", is: mask)
    try AlgorithmError.check(input.logProbabilities, "logProbabilities", is: mask)
    try AlgorithmError.check(input.oldLogProbabilities, "oldLogProbabilities", is: mask)
    try AlgorithmError.check(input.importanceWeights, "importanceWeights", is: mask)
    if case .nft = self { try AlgorithmError.check(input.outcomes.count, "outcomes", is: mask) }
    if case .gmpo(let low, let high) = self { return geometricMean(input, low, high, scope) }
    let weights = aggregation.weights(mask, scope: scope)
    var result = LossResult(like: mask)
    var clipped = 0
    for row in 0..<mask.rowCount {
      let tokens = Row(input, row)
      if tokens.columns.isEmpty { continue }
      let context = RowContext(self, tokens)
      for place in tokens.columns.indices {
        let term = term(tokens, place, context)
        let weight = weights[row] * tokens.importance[place]
        result.value += weight * term.value
        if term.isClipped { clipped += 1 }
        if context.isThroughSequence {
          let share = weight * term.slope / Double(tokens.columns.count)
          for column in tokens.columns { result.gradient[row, column] += share }
        } else {
          result.gradient[row, tokens.columns[place]] += weight * term.slope
        }
      }
    }
    result.clippedShare = Double(clipped) / Double(max(1, mask.count))
    return result
  }
}

/// One sample's tokens that count.
struct Row {
  let columns: [Int]
  let logs: [Double]
  let logRatios: [Double]
  let advantages: [Double]
  let importance: [Double]
  let outcome: SampleOutcome?

  init(_ input: PolicyLossInput, _ row: Int) {
    columns = input.advantages.mask.columns(ofRow: row)
    logs = columns.map { input.logProbabilities[row, $0] }
    logRatios = columns.map { input.logProbabilities[row, $0] - input.oldLogProbabilities[row, $0] }
    advantages = columns.map { input.advantages.values[row, $0] }
    importance = columns.map { column in input.importanceWeights.map { $0[row, column] } ?? 1 }
    outcome = row < input.outcomes.count ? input.outcomes[row] : nil
  }
}

/// A token's loss and its derivative with respect to the log-probability that it depends on.
struct LossTerm {
  var value: Double
  var slope: Double
  var isClipped = false
}

/// What the tokens of a sequence share.
struct RowContext {
  /// The mean log ratio, for GSPO; the sum of clamped ones, for VESPO.
  var logRatio = 0.0
  var isThroughSequence = false

  init(_ loss: PolicyLoss, _ row: Row) {
    switch loss {
    case .sequenceClipped(_, _, let gradient):
      logRatio = row.logRatios.reduce(0, +) / Double(max(1, row.columns.count))
      isThroughSequence = gradient == .sequence
    case .vespo:
      var sum = row.logRatios.reduce(0) { $0 + $1.clamped(-20, 20).value }
      // log(1e-8), the bound of the original implementation.
      sum = sum.clamped(-18.420680743952367, 20).value
      logRatio = sum
    default: break
    }
  }
}
