import Testing
import ToolRewardTraining

/// Losses: gradients against central differences, and what is known by hand.
struct LossTests {
  static let losses: [PolicyLoss] = [
    .clipped(RatioClip()), .clipped(RatioClip(high: 0.28, dual: 3, logRatioLimit: 20)),
    .clipped(RatioClip(ratioLimit: 1.4)),
    .sequenceClipped(RatioClip(), maximumLogRatio: 10, gradient: .token),
    .sequenceClipped(RatioClip(), maximumLogRatio: nil, gradient: .sequence),
    .cispo(low: nil, high: 1.2, logRatioLimit: 20), .sapo(positive: 1, negative: 1.05, logRatioLimit: 20),
    .gmpo(low: 0.2, high: 0.28), .policyGradient, .dro(beta: 0.5), .vespo(VESPOWeights()), .nft(NFTSettings()),
    .nft(NFTSettings(negativeFloor: 0.2, normalization: .odds)),
  ]
  static let aggregations: [LossAggregation] = [
    .tokenMean, .tokenSum(divisor: 10), .sequenceMeanTokenSum(divisor: nil), .verlSequenceMean, .trlSequenceMean,
    .tokenSumByLength(7),
  ]

  private static func input(seed: UInt64, spread: Double = 0.6) -> PolicyLossInput {
    var random = RandomSource(seed: seed)
    func unit() -> Double { Double(random.next() >> 11) * 0x1p-53 }
    let mask = TokenMask([[true, true, false, true], [true, true, true, true], [true, false, false, false], []])
    var (new, old, advantages, weights) = (
      TokenMatrix(rows: 4, columns: 4), TokenMatrix(rows: 4, columns: 4), TokenMatrix(rows: 4, columns: 4),
      TokenMatrix(rows: 4, columns: 4)
    )
    for index in new.values.indices {
      old.values[index] = -2 * unit()
      new.values[index] = old.values[index] + spread * (unit() - 0.5)
      advantages.values[index] = 3 * (unit() - 0.5)
      weights.values[index] = 0.5 + unit()
    }
    var input = PolicyLossInput(
      logProbabilities: new, oldLogProbabilities: old, advantages: Advantages(values: advantages, mask: mask),
      importanceWeights: seed % 2 == 0 ? weights : nil)
    input.outcomes = [
      SampleOutcome(isRight: true, successRate: 0.3), SampleOutcome(isRight: false, successRate: 0.3),
      SampleOutcome(isRight: false, successRate: 0.7), nil,
    ]
    return input
  }

  /// Losses whose gradient is not the derivative of their value: a part of them is held still (stop-gradient), or passed through.
  private static func heldStill(_ loss: PolicyLoss, at input: PolicyLossInput) -> PolicyLoss? {
    switch loss {
    case .cispo, .vespo: nil
    case .sequenceClipped(_, _, gradient: .token): nil
    case .nft: nil
    default: loss
    }
  }

  @Test(arguments: losses, aggregations)
  func gradients(_ loss: PolicyLoss, _ aggregation: LossAggregation) throws {
    for seed in 1...6 as ClosedRange<UInt64> {
      let input = Self.input(seed: seed)
      let result = try loss.evaluate(input, aggregation: aggregation)
      #expect(result.value.isFinite)
      for row in 0..<4 {
        for column in 0..<4 {
          let slope = result.gradient[row, column]
          guard input.advantages.mask[row, column] else {
            #expect(slope == 0)
            continue
          }
          guard let loss = Self.heldStill(loss, at: input) else { continue }
          let step = 1e-6
          func value(_ change: Double) throws -> Double {
            var moved = input
            moved.logProbabilities[row, column] += change
            return try loss.evaluate(moved, aggregation: aggregation).value
          }
          let difference = (try value(step) - value(-step)) / (2 * step)
          #expect(abs(slope - difference) <= 1e-8 + 1e-5 * abs(difference), "\(loss) \(row) \(column) seed \(seed)")
        }
      }
    }
  }

  /// Where a part is held still, the gradient is the derivative of the value with that part taken from the unmoved input.
  @Test func heldStillGradientsByHand() throws {
    for seed in 1...6 as ClosedRange<UInt64> {
      let input = Self.input(seed: seed)
      let mask = input.advantages.mask
      let held = try PolicyLoss.cispo(low: nil, high: 1.2, logRatioLimit: nil).evaluate(input, aggregation: .tokenMean)
      for row in 0..<4 {
        for column in 0..<4 where mask[row, column] {
          let ratio = Double.exponential(input.logProbabilities[row, column] - input.oldLogProbabilities[row, column])
          let weight = (input.importanceWeights.map { $0[row, column] } ?? 1) / Double(mask.count)
          let slope = -min(ratio, 1.2) * input.advantages.values[row, column] * weight
          #expect(abs(held.gradient[row, column] - slope) < 1e-12)
        }
      }
    }
  }

  /// At the old policy the gradient of NFT is that of Dr. GRPO, or of GRPO with a population's deviation (arXiv 2505.18116 §3.3).
  @Test(arguments: [1, 2, 3, 5, 7])
  func nftOnPolicyIsGRPO(_ right: Int) throws {
    let rewards = (0..<8).map { Double($0 < right ? 1 : 0) }
    let mask = TokenMask(lengths: rewards.map { _ in 2 })
    let logs = TokenMatrix(rows: 8, columns: 2, repeating: -1)
    let batch = RewardBatch(rewards: rewards, groups: rewards.map { _ in 0 }, mask: mask)
    let pairs: [(NFTSettings.Normalization, GroupNormalization)] = [
      (.failureRate, GroupNormalization(scale: .none)), (.odds, GroupNormalization(lostDegrees: 0, epsilon: 0)),
    ]
    for (normalization, group) in pairs {
      let advantages = try AdvantageEstimator.group(group).estimate(batch)
      var input = PolicyLossInput(logProbabilities: logs, oldLogProbabilities: logs, advantages: advantages)
      input.outcomes = rewards.map { SampleOutcome(isRight: $0 == 1, successRate: Double(right) / 8) }
      let nft = try PolicyLoss.nft(NFTSettings(normalization: normalization)).evaluate(
        input, aggregation: .tokenSum(divisor: 1))
      let grpo = try PolicyLoss.clipped(RatioClip()).evaluate(input, aggregation: .tokenSum(divisor: 1))
      for (left, other) in zip(nft.gradient.values, grpo.gradient.values) { #expect(abs(left - other) < 1e-9) }
    }
  }

  @Test func clippingByHand() throws {
    // ρ = 1.5, A = 1: clipped at 1.2, no gradient. A = −1: not clipped, gradient ρ. ρ = e² with A = −1: dual clip at 3.
    let rows: [(log: Double, advantage: Double, value: Double, slope: Double)] = [
      (0.4054651081081644, 1, -1.2, 0), (0.4054651081081644, -1, 1.5, 1.5), (2, -1, 3, 0), (0, 1, -1, -1),
      (-0.5108256237659907, 1, -0.6, -0.6), (-0.5108256237659907, -1, 0.8, 0),
    ]
    for row in rows {
      let mask = TokenMask(lengths: [1])
      let input = PolicyLossInput(
        logProbabilities: TokenMatrix([[row.log]]), oldLogProbabilities: TokenMatrix([[0]]),
        advantages: Advantages(values: TokenMatrix([[row.advantage]]), mask: mask))
      let result = try PolicyLoss.clipped(RatioClip(dual: 3)).evaluate(input, aggregation: .tokenMean)
      #expect(abs(result.value - row.value) < 1e-12 && abs(result.gradient[0, 0] - row.slope) < 1e-12, "\(row)")
    }
  }

  @Test func aggregationsByHand() {
    let mask = TokenMask(lengths: [3, 1, 0])
    let rows: [(LossAggregation, [Double])] = [
      (.tokenMean, [0.25, 0.25, 0]), (.tokenSum(divisor: 2), [0.5, 0.5, 0]),
      (.sequenceMeanTokenSum(divisor: nil), [1.0 / 6, 1.0 / 6, 0]), (.trlSequenceMean, [1.0 / 9, 1.0 / 3, 0]),
      (.sequenceMeanTokenMean(epsilon: 0, countsEmpty: false), [1.0 / 6, 0.5, 0]),
      (.tokenSumByLength(10), [1.0 / 30, 1.0 / 30, 0]),
    ]
    for (aggregation, expected) in rows {
      for (ours, theirs) in zip(aggregation.weights(mask), expected) { #expect(abs(ours - theirs) < 1e-12) }
      #expect(aggregation.weights(TokenMask(lengths: [0, 0])) == [0, 0])
      #expect(aggregation.weights(TokenMask(lengths: [])) == [])
    }
    #expect(LossAggregation.tokenMean.weights(mask, scope: LossScope(tokenCount: 8)) == [0.125, 0.125, 0])
  }

  @Test(arguments: KLPenalty.Estimator.allCases, [false, true])
  func divergences(_ estimator: KLPenalty.Estimator, _ isWeighted: Bool) throws {
    var penalty = KLPenalty(estimator, coefficient: 0.3, isRatioWeighted: isWeighted)
    let input = Self.input(seed: 3)
    let reference = Self.input(seed: 9).logProbabilities
    func value(_ logs: TokenMatrix) throws -> LossResult {
      try penalty.evaluate(
        logProbabilities: logs, reference: reference, oldLogProbabilities: input.oldLogProbabilities,
        mask: input.advantages.mask, aggregation: .tokenMean)
    }
    let result = try value(input.logProbabilities)
    for row in 0..<4 {
      for column in 0..<4 where input.advantages.mask[row, column] {
        var (up, down) = (input.logProbabilities, input.logProbabilities)
        up[row, column] += 1e-6
        down[row, column] -= 1e-6
        let difference = (try value(up).value - value(down).value) / 2e-6
        #expect(abs(result.gradient[row, column] - difference) <= 1e-8 + 1e-5 * abs(difference))
      }
    }
    penalty = .verl(.k3, coefficient: 1)
    let far = try penalty.estimates(
      logProbabilities: TokenMatrix([[-50]]), reference: TokenMatrix([[0]]), mask: TokenMask(lengths: [1]))
    #expect(far.values == [10])
  }

  @Test func entropies() {
    let logits = [0.3, -1.2, 2, 0]
    let result = Entropy.evaluate(logits: logits)
    for index in logits.indices {
      var (up, down) = (logits, logits)
      up[index] += 1e-6
      down[index] -= 1e-6
      let difference = (Entropy.evaluate(logits: up).value - Entropy.evaluate(logits: down).value) / 2e-6
      #expect(abs(result.gradient[index] - difference) < 1e-8)
    }
    #expect(abs(Entropy.evaluate(logits: [5, 5]).value - 0.6931471805599453) < 1e-12)
    #expect(Entropy.evaluate(logits: [0, -.infinity]).value == 0)
    #expect(Entropy.evaluate(logits: []).gradient.isEmpty)
  }

  @Test func importance() throws {
    let mask = TokenMask(lengths: [2])
    let (trainer, sampler) = (TokenMatrix([[-1, -1]]), TokenMatrix([[-2, -1.5]]))
    func weights(_ correction: ImportanceCorrection) throws -> [Double] {
      try correction.weights(trainer: trainer, sampler: sampler, mask: mask).values
    }
    #expect(try weights(ImportanceCorrection(maximum: 2)) == [2, Double.exponential(0.5)])
    #expect(try weights(ImportanceCorrection(mode: .mask, maximum: 2)) == [0, Double.exponential(0.5)])
    #expect(
      try weights(ImportanceCorrection(level: .sequence, maximum: 9)) == [4, 4].map { _ in Double.exponential(1.5) })
  }

  @Test func hugeRatiosStayNumbers() throws {
    for loss in Self.losses {
      for log in [-1e4, -700, 700, 1e4] {
        let mask = TokenMask(lengths: [1])
        var input = PolicyLossInput(
          logProbabilities: TokenMatrix([[log]]), oldLogProbabilities: TokenMatrix([[0]]),
          advantages: Advantages(values: TokenMatrix([[1]]), mask: mask))
        input.outcomes = [SampleOutcome(isRight: false, successRate: 0.5)]
        let result = try loss.evaluate(input, aggregation: .tokenMean)
        #expect(!result.gradient[0, 0].isNaN, "\(loss) at \(log)")
      }
    }
  }
}

extension Double {
  /// e to this power, by the policy's own softmax-free path: the ratio that ``ImportanceCorrection`` gives without bounds.
  static func exponential(_ x: Double) -> Double {
    let correction = ImportanceCorrection(maximum: .infinity, logRatioLimit: nil)
    let weights = try? correction.weights(
      trainer: TokenMatrix([[x]]), sampler: TokenMatrix([[0]]), mask: TokenMask(lengths: [1]))
    return weights?.values.first ?? .nan
  }
}
