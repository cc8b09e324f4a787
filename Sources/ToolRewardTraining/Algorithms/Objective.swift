/// The whole of what is made small: the policy loss, the penalty that holds the policy to its reference, and what entropy is worth.
public struct Objective: Sendable {
  /// The sum: a NaN or an infinity where the numbers left Double's range.
  public var value: Double
  /// The policy loss alone.
  public var policyLoss: Double
  /// The mean estimate of KL(π ‖ π_ref) for a token, without the coefficient; `nil` without a reference.
  public var divergence: Double?
  /// The share of tokens beyond the clipping bounds.
  public var clippedShare: Double
  /// d value / d log π(token).
  public var logProbabilityGradient: TokenMatrix
  /// d value / d entropy of a token's distribution.
  public var entropyGradient: TokenMatrix

  /// Whether everything is a number: an update with anything else would spoil the policy.
  public var isFinite: Bool {
    value.isFinite && logProbabilityGradient.values.allSatisfy(\.isFinite)
      && entropyGradient.values.allSatisfy(\.isFinite)
  }

  /// Whether there is nothing to learn from: no token has a gradient.
  public var isFlat: Bool {
    logProbabilityGradient.values.allSatisfy { $0 == 0 } && entropyGradient.values.allSatisfy { $0 == 0 }
  }
}

extension TrainingAlgorithm {
  /// Works out the objective for a batch. O(tokens).
  ///
  /// - Parameters:
  ///   - input: Log-probabilities, advantages, weights.
  ///   - reference: log π_ref(token), if ``needsReference``.
  ///   - entropies: The entropy of each token's distribution in nats.
  ///   - scope: What the batch is a part of.
  /// - Throws: ``AlgorithmError`` if parts have different sizes or one is missing.
  public func objective(
    _ input: PolicyLossInput, reference: TokenMatrix? = nil, entropies: TokenMatrix, scope: LossScope = LossScope()
  ) throws(AlgorithmError) -> Objective {
    let mask = input.advantages.mask
    try AlgorithmError.check(entropies, "entropies", is: mask)
    let policy = try loss.evaluate(input, aggregation: aggregation, scope: scope)
    var objective = Objective(
      value: policy.value, policyLoss: policy.value, divergence: nil, clippedShare: policy.clippedShare,
      logProbabilityGradient: policy.gradient,
      entropyGradient: TokenMatrix(rows: mask.rowCount, columns: mask.columnCount))
    if let kl {
      guard let reference else { throw AlgorithmError("a KL penalty needs the reference's log-probabilities") }
      let penalty = try kl.evaluate(
        logProbabilities: input.logProbabilities, reference: reference, oldLogProbabilities: input.oldLogProbabilities,
        mask: mask, aggregation: aggregation, scope: scope)
      objective.value += penalty.value
      for index in objective.logProbabilityGradient.values.indices {
        objective.logProbabilityGradient.values[index] += penalty.gradient.values[index]
      }
    }
    if let reference {
      let estimates = try KLPenalty(.k3, coefficient: 1).estimates(
        logProbabilities: input.logProbabilities, reference: reference, mask: mask)
      objective.divergence = estimates.values.reduce(0, +) / Double(max(1, mask.count))
    }
    if entropyCoefficient != 0 {
      let weights = aggregation.weights(mask, scope: scope)
      mask.forEach { row, column in
        objective.value -= entropyCoefficient * weights[row] * entropies[row, column]
        objective.entropyGradient[row, column] = -entropyCoefficient * weights[row]
      }
    }
    return objective
  }
}
