import Foundation
import Testing
import ToolRewardTraining

/// Values that verl 0.9.1 and TRL gave: ../shared/data/training.
@Suite(.enabled(if: SharedData.folder != nil, SharedData.skipped))
struct TrainingGoldenTests {
  private static func json(_ file: String) throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: Data(try SharedData.bytes("training/\(file)")))
    return try #require(object as? [String: Any])
  }

  private static func isClose(_ ours: Double, _ theirs: Double) -> Bool {
    abs(ours - theirs) <= 1e-6 + 1e-5 * abs(theirs)
  }

  /// The inputs of rl-golden.json.
  private struct Inputs {
    let old, new, reference, matrix: TokenMatrix
    let mask: TokenMask
    let rewards: [String: [Double?]]
    let groups: [Int]
    let components: [[Double?]]

    init(_ golden: [String: Any]) throws {
      let inputs = try #require(golden["inputs"] as? [String: Any])
      func rows(_ name: String) throws -> [[Double]] { try #require(inputs[name] as? [[Double]]) }
      (old, new) = (TokenMatrix(try rows("old")), TokenMatrix(try rows("new")))
      (reference, matrix) = (TokenMatrix(try rows("ref")), TokenMatrix(try rows("X")))
      mask = TokenMask(try rows("mask").map { $0.map { $0 != 0 } })
      rewards = [
        "bin": try #require(inputs["r"] as? [Double]), "real": try #require(inputs["rr"] as? [Double]),
      ]
      groups = try #require(inputs["index"] as? [String]).map { $0 == "a" ? 0 : 1 }
      let parts = try #require(inputs["gdpo"] as? [String: [Double]])
      components = [try #require(parts["format"]), try #require(parts["acc"])]
    }
  }

  private static let estimators: [(String, AdvantageEstimator)] = [
    ("grpo", .group(GroupNormalization(singleton: .reward))),
    ("dr_grpo", .group(GroupNormalization(scale: .none, singleton: .reward))),
    ("rloo", .group(GroupNormalization(baseline: .othersMean, scale: .none, singleton: .reward))), ("opo", .opo),
    ("rf++base", .reinforcePlusPlusBaseline(.verl)), ("rf++", .reinforcePlusPlus(discount: 1, .verl)),
    ("passk", .passAtK(normalizes: true, epsilon: 1e-6)),
  ]

  private static let losses: [(String, PolicyLoss, LossAggregation)] = [
    ("verl.loss.vanilla(clip-higher,dual 3)", .clipped(RatioClip(high: 0.28, dual: 3, logRatioLimit: 20)), .tokenMean),
    (
      "verl.loss.gspo", .sequenceClipped(RatioClip(high: 0.28), maximumLogRatio: 10, gradient: .token),
      .verlSequenceMean
    ),
    ("verl.loss.cispo", .cispo(low: 0.8, high: 1.28, logRatioLimit: 20), .tokenMean),
    ("verl.loss.sapo", .sapo(positive: 1, negative: 1.05, logRatioLimit: 20), .verlSequenceMean),
    ("verl.loss.gpg", .policyGradient, .tokenMean), ("verl.loss.geo_mean", .gmpo(low: 0.2, high: 0.28), .tokenMean),
    ("trl.loss.grpo", .clipped(RatioClip(high: 0.28)), .trlSequenceMean),
    ("trl.loss.bnpo", .clipped(RatioClip(high: 0.28)), .tokenMean),
    ("trl.loss.dr_grpo", .clipped(RatioClip(high: 0.28)), .tokenSumByLength(6)),
    ("trl.loss.dapo", .clipped(RatioClip(high: 0.28)), .tokenMean),
    ("trl.loss.cispo(eps_high 1.2 = absolute cap)", .cispo(low: nil, high: 1.2, logRatioLimit: nil), .tokenMean),
    (
      "trl.loss.grpo/seq (GSPO)", .sequenceClipped(RatioClip(high: 0.28), maximumLogRatio: nil, gradient: .sequence),
      .trlSequenceMean
    ),
    ("trl.loss.sapo", .sapo(positive: 1, negative: 1.05, logRatioLimit: nil), .trlSequenceMean),
    (
      "trl.loss.luspo/seq", .sequenceClipped(RatioClip(high: 0.28), maximumLogRatio: nil, gradient: .sequence),
      .sequenceMeanTokenSum(divisor: 1)
    ),
    ("trl.loss.vespo", .vespo(VESPOWeights()), .tokenMean),
    ("trl.loss.grpo delta=1.4", .clipped(RatioClip(high: 0.28, ratioLimit: 1.4)), .trlSequenceMean),
    ("nft.loss(sum/1000, clamp_neg 1.0, normalize 1)", .nft(NFTSettings()), .tokenSum(divisor: 1000)),
  ]

  @Test func everyValueOfTheGoldenFile() throws {
    let golden = try Self.json("rl-golden.json")
    let inputs = try Inputs(golden)
    var seen: Set<String> = ["inputs"]
    func compare(_ name: String, _ ours: TokenMatrix) throws {
      seen.insert(name)
      let theirs = TokenMatrix(try #require(golden[name] as? [[Double]], "\(name) is missing"))
      let all = zip(ours.values, theirs.values).allSatisfy { Self.isClose($0, $1) }
      #expect(all && ours.values.count == theirs.values.count, "\(name)")
    }
    func compare(_ name: String, _ ours: Double) throws {
      seen.insert(name)
      let theirs = try #require(golden[name] as? Double, "\(name) is missing")
      #expect(Self.isClose(ours, theirs), "\(name): \(ours), not \(theirs)")
    }

    for (name, estimator) in Self.estimators {
      for (kind, rewards) in inputs.rewards {
        let batch = RewardBatch(rewards: rewards, groups: inputs.groups, mask: inputs.mask)
        try compare("verl.\(name).\(kind)", estimator.estimate(batch).values)
      }
    }
    var batch = RewardBatch(rewards: inputs.rewards["bin"] ?? [], groups: inputs.groups, mask: inputs.mask)
    batch.components = inputs.components
    batch.weights = [0.5, 1]
    let gdpo = AdvantageEstimator.gdpo(GroupNormalization(singleton: .reward), .verl)
    try compare("verl.gdpo", gdpo.estimate(batch).values)

    let advantages = try Self.estimators[0].1.estimate(
      RewardBatch(rewards: inputs.rewards["real"] ?? [], groups: inputs.groups, mask: inputs.mask))
    var input = PolicyLossInput(
      logProbabilities: inputs.new, oldLogProbabilities: inputs.old, advantages: advantages)
    input.outcomes = (inputs.rewards["bin"] ?? []).enumerated().map { row, reward in
      SampleOutcome(isRight: reward == 1, successRate: row < 4 ? 0.5 : 0.25)
    }
    for (name, loss, aggregation) in Self.losses {
      try compare(name, loss.evaluate(input, aggregation: aggregation).value)
    }
    let weighted = TrainingAlgorithm(
      estimator: .opo, loss: .clipped(RatioClip(high: 0.28)), aggregation: .trlSequenceMean,
      kl: KLPenalty(.k3, coefficient: 0.1))
    let zeros = TokenMatrix(rows: inputs.mask.rowCount, columns: inputs.mask.columnCount)
    try compare(
      "trl.loss.grpo+kl(k3,beta .1)", weighted.objective(input, reference: inputs.reference, entropies: zeros).value)

    let full = TokenMask(lengths: [Int](repeating: inputs.mask.columnCount, count: inputs.mask.rowCount))
    for estimator in KLPenalty.Estimator.allCases {
      let penalty = KLPenalty.verl(estimator, coefficient: 1)
      try compare(
        "verl.kl.\(estimator.rawValue)",
        penalty.estimates(logProbabilities: inputs.new, reference: inputs.reference, mask: full))
    }
    let modes: [(String, LossAggregation)] = [
      ("token-mean", .tokenMean), ("token-sum", .tokenSum(divisor: 1)),
      ("seq-mean-token-sum", .sequenceMeanTokenSum(divisor: 1)), ("seq-mean-token-mean", .verlSequenceMean),
      ("seq-mean-token-sum-norm", .sequenceMeanTokenSum(divisor: nil)),
    ]
    for (name, mode) in modes {
      let weights = mode.weights(inputs.mask)
      var sum = 0.0
      for row in 0..<inputs.mask.rowCount {
        for column in 0..<inputs.mask.columnCount where inputs.mask[row, column] {
          sum += weights[row] * inputs.matrix[row, column]
        }
      }
      try compare("verl.agg.\(name)", sum)
    }
    #expect(Set(golden.keys).subtracting(seen).isEmpty, "not compared: \(Set(golden.keys).subtracting(seen).sorted())")
  }

  @Test func trainersAdvantagesOfTRL() throws {
    let golden = try Self.json("trl-advantages-golden.json")
    let mask = TokenMask(lengths: [Int](repeating: 1, count: 8))
    func rewards(_ name: String) throws -> [Double?] {
      try #require(golden[name] as? [Any]).map { ($0 as? NSNumber)?.doubleValue }
    }
    let (first, second) = (try rewards("R1"), try rewards("R2"))
    let group = GroupNormalization(epsilon: 1e-4)
    let others = GroupNormalization(baseline: .othersMean, scale: .none)
    let weights = [1.0, 0.5]
    var sums = RewardBatch(rewards: first, groups: [0, 0, 0, 0, 1, 1, 1, 1], mask: mask)
    sums.components = [first, second]
    sums.weights = weights
    func values(_ estimator: AdvantageEstimator, _ rewards: [Double?]) throws -> [Double] {
      var batch = sums
      batch.rewards = rewards
      return try estimator.estimate(batch).values.values
    }
    let combined = AdvantageEstimator.sum([first, second], weights, samples: 8)
    let plain = try values(.group(others), first)
    let moments = (mean: plain.reduce(0, +) / 8, count: 8.0)
    let deviation = (plain.reduce(0) { $0 + ($1 - moments.mean) * ($1 - moments.mean) } / 7).squareRoot()
    let cases: [(String, [Double])] = [
      ("grpo.group", try values(.group(group), first)),
      ("grpo.batch", try values(.group(GroupNormalization(scale: .batch, epsilon: 1e-4)), first)),
      ("grpo.none", try values(.group(GroupNormalization(scale: .none)), first)),
      ("sum_then_norm.w", try values(.group(group), combined)),
      ("norm_then_sum.w", try values(.normalizeThenSum(group, epsilon: 1e-4), combined)),
      ("allNone+f2", try values(.group(group), second)), ("rloo", plain),
      ("rloo.norm", plain.map { ($0 - moments.mean) / (deviation + 1e-4) }),
    ]
    for (name, ours) in cases {
      let theirs = try #require(golden[name] as? [Double], "\(name) is missing")
      #expect(
        ours.count == theirs.count && zip(ours, theirs).allSatisfy { Self.isClose($0, $1) },
        "\(name): \(ours), not \(theirs)")
    }
    #expect(Set(golden.keys) == Set(cases.map(\.0) + ["R1", "R2"]))
  }
}
