/// How far the policy is from a reference, by the tokens that it wrote (J. Schulman, *Approximating KL Divergence*, 2020), as a part of the
/// loss.
public struct KLPenalty: Sendable, Hashable {
  /// The estimator for one token, of d = log π_ref − log π.
  public enum Estimator: String, Sendable, Hashable, CaseIterable {
    /// −d: without bias, of either sign.
    case k1
    /// |d|.
    case abs
    /// d² / 2.
    case k2
    /// e^d − d − 1: verl's `low_var_kl`.
    case k3
  }

  /// The estimator.
  public var estimator: Estimator
  /// What it is multiplied by: β.
  public var coefficient: Double
  /// Where d is cut on both sides, for k3: 20 in verl; for any in NeMo-RL. `nil` for nowhere (TRL).
  public var differenceLimit: Double?
  /// Where the estimate is cut on both sides: 10 in verl (k3), NeMo-RL and OpenRLHF (any). `nil` for nowhere.
  public var valueLimit: Double?
  /// Whether the gradient is k2's, whatever the value: verl's `k3+` and `k1+`. It is the gradient of the divergence itself.
  public var hasQuadraticGradient: Bool
  /// Whether the estimate is multiplied by ρ = π / π_old: TRL's `use_bias_correction_kl`.
  public var isRatioWeighted: Bool

  /// Creates a penalty.
  public init(
    _ estimator: Estimator = .k3, coefficient: Double, differenceLimit: Double? = nil, valueLimit: Double? = nil,
    hasQuadraticGradient: Bool = false, isRatioWeighted: Bool = false
  ) {
    self.estimator = estimator
    self.coefficient = coefficient
    self.differenceLimit = differenceLimit
    self.valueLimit = valueLimit
    self.hasQuadraticGradient = hasQuadraticGradient
    self.isRatioWeighted = isRatioWeighted
  }

  /// verl's: cuts at 20 and 10 for k3, none for the others.
  public static func verl(_ estimator: Estimator = .k3, coefficient: Double, hasQuadraticGradient: Bool = false) -> Self
  {
    let isCut = estimator == .k3
    return KLPenalty(
      estimator, coefficient: coefficient, differenceLimit: isCut ? 20 : nil, valueLimit: isCut ? 10 : nil,
      hasQuadraticGradient: hasQuadraticGradient)
  }

  /// A token's estimate and its derivative with respect to log π.
  func term(_ log: Double, reference: Double, logRatio: Double) -> LossTerm {
    let cut = (reference - log).clamped(-(differenceLimit ?? .infinity), differenceLimit ?? .infinity)
    let difference = cut.value
    var term =
      switch estimator {
      case .k1: LossTerm(value: -difference, slope: 1)
      case .abs: LossTerm(value: Swift.abs(difference), slope: difference > 0 ? -1 : difference < 0 ? 1 : 0)
      case .k2: LossTerm(value: difference * difference / 2, slope: -difference)
      case .k3: LossTerm(value: exponential(difference) - difference - 1, slope: 1 - exponential(difference))
      }
    let bound = term.value.clamped(-(valueLimit ?? .infinity), valueLimit ?? .infinity)
    term = LossTerm(value: bound.value, slope: term.slope * cut.slope * bound.slope)
    if hasQuadraticGradient, estimator != .k2 { term.slope = log - reference }
    if isRatioWeighted {
      let ratio = exponential(logRatio)
      term = LossTerm(value: term.value * ratio, slope: (term.slope + term.value) * ratio)
    }
    return term
  }

  /// The estimate for each token that counts, without the coefficient. O(tokens).
  ///
  /// - Throws: ``AlgorithmError`` if the parts have different sizes.
  public func estimates(
    logProbabilities: TokenMatrix, reference: TokenMatrix, oldLogProbabilities: TokenMatrix? = nil, mask: TokenMask
  ) throws(AlgorithmError) -> TokenMatrix {
    try AlgorithmError.check(logProbabilities, "logProbabilities", is: mask)
    try AlgorithmError.check(reference, "reference", is: mask)
    try AlgorithmError.check(oldLogProbabilities, "oldLogProbabilities", is: mask)
    var result = TokenMatrix(rows: mask.rowCount, columns: mask.columnCount)
    mask.forEach { row, column in
      let log = logProbabilities[row, column]
      let old = oldLogProbabilities.map { $0[row, column] } ?? log
      result[row, column] = term(log, reference: reference[row, column], logRatio: log - old).value
    }
    return result
  }

  /// The penalty, coefficient included, and its gradient. O(tokens).
  ///
  /// - Throws: ``AlgorithmError`` if the parts have different sizes.
  public func evaluate(
    logProbabilities: TokenMatrix, reference: TokenMatrix, oldLogProbabilities: TokenMatrix, mask: TokenMask,
    aggregation: LossAggregation, scope: LossScope = LossScope()
  ) throws(AlgorithmError) -> LossResult {
    try AlgorithmError.check(logProbabilities, "logProbabilities", is: mask)
    try AlgorithmError.check(reference, "reference", is: mask)
    try AlgorithmError.check(oldLogProbabilities, "oldLogProbabilities", is: mask)
    let weights = aggregation.weights(mask, scope: scope)
    var result = LossResult(like: mask)
    mask.forEach { row, column in
      let log = logProbabilities[row, column]
      let term = term(log, reference: reference[row, column], logRatio: log - oldLogProbabilities[row, column])
      result.value += coefficient * weights[row] * term.value
      result.gradient[row, column] = coefficient * weights[row] * term.slope
    }
    return result
  }
}
