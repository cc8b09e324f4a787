/// The bounds of PPO's ratio.
public struct RatioClip: Sendable, Hashable {
  /// How far below 1 the ratio may be: ε_low.
  public var low: Double
  /// How far above 1: ε_high.
  public var high: Double
  /// Dual clip: the most that a ratio costs where the advantage is negative, as a factor of it; `nil` for no bound.
  public var dual: Double?
  /// The most that the unclipped ratio is taken for (TRL's `delta`); `nil` for no bound.
  public var ratioLimit: Double?
  /// Where log ρ is cut on both sides: 20 in verl and OpenRLHF, `nil` in TRL.
  public var logRatioLimit: Double?

  /// Creates bounds.
  public init(
    low: Double = 0.2, high: Double = 0.2, dual: Double? = nil, ratioLimit: Double? = nil, logRatioLimit: Double? = nil
  ) {
    self.low = low
    self.high = high
    self.dual = dual
    self.ratioLimit = ratioLimit
    self.logRatioLimit = logRatioLimit
  }

  /// max(−Aρ, −A clip(ρ)), and its derivative with respect to log ρ. Where both are the same the derivative is their mean, as in
  /// `torch.maximum`.
  func term(_ logRatio: Double, _ advantage: Double) -> LossTerm {
    let log = logRatio.clamped(-(logRatioLimit ?? .infinity), logRatioLimit ?? .infinity)
    let ratio = exponential(log.value)
    let slope = log.slope == 0 ? 0 : ratio
    let open = ratio.clamped(-.infinity, ratioLimit ?? .infinity)
    let bound = ratio.clamped(1 - low, 1 + high)
    // Where a bound holds there is no slope, even if the ratio is beyond Double's range.
    let first = (value: -advantage * open.value, slope: open.slope == 0 ? 0 : -advantage * slope)
    let second = (value: -advantage * bound.value, slope: bound.slope == 0 ? 0 : -advantage * slope)
    var term = LossTerm(value: max(first.value, second.value), slope: (first.slope + second.slope) / 2)
    if first.value > second.value { term.slope = first.slope }
    if second.value > first.value { (term.slope, term.isClipped) = (second.slope, true) }
    if let dual, advantage < 0 {
      let most = -advantage * dual
      if most < term.value { return LossTerm(value: most, slope: 0, isClipped: true) }
      if most == term.value { term.slope /= 2 }
    }
    return term
  }
}

/// The exponents of VESPO's weight, for advantages of at least 0 and for the others.
public struct VESPOWeights: Sendable, Hashable {
  /// k and λ of the ones.
  public var positive: (k: Double, lambda: Double) { (positiveK, positiveLambda) }
  /// k and λ of the others.
  public var negative: (k: Double, lambda: Double) { (negativeK, negativeLambda) }
  private let positiveK, positiveLambda, negativeK, negativeLambda: Double

  /// Creates weights; those of TRL 1.16 if left out.
  public init(positive: (k: Double, lambda: Double) = (2, 3), negative: (k: Double, lambda: Double) = (3, 2)) {
    (positiveK, positiveLambda) = positive
    (negativeK, negativeLambda) = negative
  }
}

/// How NFT weighs right and wrong samples (names as in NVlabs/NFT).
public struct NFTSettings: Sendable, Hashable {
  /// What samples are multiplied by, given the success rate q.
  public enum Normalization: String, Sendable, Hashable {
    /// 1.
    case none
    /// 1 − q: the on-policy gradient is Dr. GRPO's.
    case failureRate = "failure-rate"
    /// √((1 − q) / q): the on-policy gradient is GRPO's.
    case odds
  }

  /// The weight of wrong samples: 1 for NFT, 0 for rejection fine-tuning.
  public var negativeWeight: Double
  /// The least that a wrong sample's implicit ratio is taken for, with the gradient passed through.
  public var negativeFloor: Double
  /// The least that a right sample's ratio is taken for.
  public var positiveFloor: Double
  /// What samples are multiplied by.
  public var normalization: Normalization

  /// Creates settings.
  public init(
    negativeWeight: Double = 1, negativeFloor: Double = 1, positiveFloor: Double = 0,
    normalization: Normalization = .failureRate
  ) {
    self.negativeWeight = negativeWeight
    self.negativeFloor = negativeFloor
    self.positiveFloor = positiveFloor
    self.normalization = normalization
  }

  fileprivate func term(_ logRatio: Double, _ outcome: SampleOutcome) -> LossTerm {
    let log = logRatio.clamped(-.infinity, 10)
    let ratio = exponential(log.value)
    let rate = outcome.successRate.clamped(0.02, 0.98).value
    let scale =
      switch normalization {
      case .none: 1.0
      case .failureRate: 1 - rate
      case .odds: ((1 - rate) / rate).squareRoot()
      }
    if outcome.isRight {
      let held = max(ratio, positiveFloor)
      return LossTerm(value: -scale * logarithm(held), slope: -scale / held * ratio * log.slope)
    }
    let implicit = (1 - rate * ratio) / (1 - rate)
    let held = max(implicit, negativeFloor)
    let weight = scale * negativeWeight
    return LossTerm(
      value: -weight * logarithm(held), slope: weight / held * rate * ratio / (1 - rate) * log.slope,
      isClipped: implicit < negativeFloor)
  }
}

extension PolicyLoss {
  /// A token's loss.
  func term(_ row: Row, _ place: Int, _ context: RowContext) -> LossTerm {
    let advantage = row.advantages[place]
    switch self {
    case .clipped(let clip):
      return clip.term(row.logRatios[place], advantage)
    case .sequenceClipped(let clip, let most, _):
      if let most, context.logRatio > most {
        var term = clip.term(most, advantage)
        term.slope = 0
        return term
      }
      return clip.term(context.logRatio, advantage)
    case .cispo(let low, let high, let limit):
      let log = row.logRatios[place].clamped(-(limit ?? .infinity), limit ?? .infinity).value
      let ratio = exponential(log).clamped(low ?? -.infinity, high)
      let slope = -ratio.value * advantage
      return LossTerm(value: slope * row.logs[place], slope: slope, isClipped: ratio.slope == 0)
    case .sapo(let positive, let negative, let limit):
      let log = row.logRatios[place].clamped(-(limit ?? .infinity), limit ?? .infinity)
      let ratio = exponential(log.value)
      let tau = advantage > 0 ? positive : negative
      let gate = sigmoid(tau * (ratio - 1))
      // σ' is 0 long before ρ overflows.
      let slope = gate == 1 ? 0 : 4 * gate * (1 - gate) * ratio * log.slope
      return LossTerm(value: -advantage * gate * 4 / tau, slope: -advantage * slope)
    case .policyGradient, .gmpo:
      return LossTerm(value: -advantage * row.logs[place], slope: -advantage)
    case .dro(let beta):
      let log = row.logRatios[place]
      return LossTerm(value: -(row.logs[place] * advantage - beta / 2 * log * log), slope: beta * log - advantage)
    case .vespo(let weights):
      let (k, lambda) = advantage >= 0 ? weights.positive : weights.negative
      let bound = max(lambda, 1e-4)
      let phi = exponential(bound + k * context.logRatio - bound * exponential(context.logRatio))
      let slope = phi.isFinite ? -phi * advantage : 0
      return LossTerm(value: slope * row.logs[place], slope: slope)
    case .nft(let settings):
      guard let outcome = row.outcome else { return LossTerm(value: 0, slope: 0) }
      return settings.term(row.logRatios[place], outcome)
    }
  }

  /// GMPO: for each sequence −mean(A) · exp(mean of the log ratios, each cut where its advantage would gain); the mean over the sequences
  /// that have tokens.
  func geometricMean(_ input: PolicyLossInput, _ low: Double, _ high: Double, _ scope: LossScope) -> LossResult {
    let mask = input.advantages.mask
    let sequences = scope.sequenceCount ?? Double(mask.nonEmptyRowCount)
    var result = LossResult(like: mask)
    var clipped = 0
    for row in 0..<mask.rowCount {
      let tokens = Row(input, row)
      if tokens.columns.isEmpty { continue }
      let length = Double(tokens.columns.count) + 1e-8
      var (sum, slopes, importance) = (0.0, [Double](), 0.0)
      for (place, log) in tokens.logRatios.enumerated() {
        let advantage = tokens.advantages[place]
        let bound = log.clamped(-low, high)
        if bound.slope == 0 { clipped += 1 }
        // min(sgn A · log ρ, sgn A · clip(log ρ)) · sgn A
        let isCut = advantage > 0 ? bound.value < log : advantage < 0 && bound.value > log
        sum += advantage == 0 ? 0 : isCut ? bound.value : log
        slopes.append(advantage == 0 || isCut ? 0 : 1)
        importance += logarithm(tokens.importance[place] + 1e-10)
      }
      let weight = input.importanceWeights == nil ? 1 : exponential(importance / length)
      let value = -tokens.advantages.reduce(0, +) / length * exponential(sum / length) * weight / sequences
      result.value += value
      for (place, column) in tokens.columns.enumerated() {
        result.gradient[row, column] = value * slopes[place] / length
      }
    }
    result.clippedShare = Double(clipped) / Double(max(1, mask.count))
    return result
  }
}
