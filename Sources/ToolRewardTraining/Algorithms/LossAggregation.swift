/// How the tokens' losses become one number. Every mode is a weight for each sample: `loss = Σᵢ wᵢ Σₜ mᵢₜ lᵢₜ`.
public enum LossAggregation: Sendable, Hashable {
  /// The mean over all tokens: verl `token-mean`, TRL `dapo` and `bnpo`.
  case tokenMean
  /// The sum over all tokens by a constant: verl `token-sum` (1), verl 0.7's `seq-mean-token-sum-norm`, NFT (1000).
  case tokenSum(divisor: Double)
  /// The mean over sequences of their sums, by a constant; `nil` for the number of columns, as in verl's `seq-mean-token-sum-norm`.
  case sequenceMeanTokenSum(divisor: Double?)
  /// The mean over sequences of their means.
  ///
  /// - Parameters:
  ///   - epsilon: What is added to a length: 1e-8 in verl, 0 in TRL.
  ///   - countsEmpty: Whether a sequence without any token that counts is one of the mean's (TRL) or not (verl).
  case sequenceMeanTokenMean(epsilon: Double, countsEmpty: Bool)
  /// The sum over all tokens by sequences × length: TRL `dr_grpo`, whose length is `max_completion_length`.
  case tokenSumByLength(Double)

  /// verl's `seq-mean-token-mean`.
  public static let verlSequenceMean = LossAggregation.sequenceMeanTokenMean(epsilon: 1e-8, countsEmpty: false)
  /// TRL's `grpo`.
  public static let trlSequenceMean = LossAggregation.sequenceMeanTokenMean(epsilon: 0, countsEmpty: true)

  /// The weight of each sample's tokens. Where nothing counts all weights are 0. O(tokens).
  ///
  /// - Parameters:
  ///   - mask: The tokens that count.
  ///   - scope: What the batch is a part of.
  public func weights(_ mask: TokenMask, scope: LossScope = LossScope()) -> [Double] {
    let lengths = (0..<mask.rowCount).map { Double(mask.count(row: $0)) }
    let tokens = scope.tokenCount ?? lengths.reduce(0, +)
    let filled = scope.sequenceCount ?? Double(lengths.count { $0 > 0 })
    let all = scope.sequenceCount ?? Double(mask.rowCount)
    func part(_ divisor: Double) -> Double { divisor > 0 ? 1 / divisor : 0 }
    return lengths.map { length in
      guard length > 0 else { return 0 }
      switch self {
      case .tokenMean: return part(tokens)
      case .tokenSum(let divisor): return part(divisor)
      case .sequenceMeanTokenSum(let divisor): return part(filled * (divisor ?? Double(mask.columnCount)))
      case .sequenceMeanTokenMean(let epsilon, let countsEmpty):
        return part((length + epsilon) * (countsEmpty ? all : filled))
      case .tokenSumByLength(let longest): return part(all * longest)
      }
    }
  }
}

/// What a batch is a part of, where gradients are accumulated over several: the counts that means are taken over. `nil` for the batch's own.
public struct LossScope: Sendable, Hashable {
  /// The tokens of the whole.
  public var tokenCount: Double?
  /// The sequences of the whole.
  public var sequenceCount: Double?

  /// Creates a scope.
  public init(tokenCount: Double? = nil, sequenceCount: Double? = nil) {
    self.tokenCount = tokenCount
    self.sequenceCount = sequenceCount
  }
}
