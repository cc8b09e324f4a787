import Testing
import ToolRewardTraining

/// Hand-worked advantages. Whatever the estimator: nothing where no token counts, and no sample without a reward counts.
struct AdvantageTests {
  private static let verl = GroupNormalization(singleton: .reward)

  private func check(
    _ estimator: AdvantageEstimator, _ batch: RewardBatch, _ expected: [[Double]], tolerance: Double = 1e-9,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let result = try estimator.estimate(batch)
    let theirs = TokenMatrix(expected, columns: batch.mask.columnCount)
    let isEqual = zip(result.values.values, theirs.values).allSatisfy { abs($0 - $1) <= tolerance }
    #expect(
      isEqual && result.values.values.count == theirs.values.count, "\(result.values.values)",
      sourceLocation: sourceLocation)
    for row in 0..<batch.mask.rowCount {
      for column in 0..<batch.mask.columnCount where !result.mask[row, column] {
        #expect(result.values[row, column] == 0, sourceLocation: sourceLocation)
      }
      if batch.rewards[row]?.isFinite != true {
        #expect(result.mask.count(row: row) == 0, sourceLocation: sourceLocation)
      }
    }
  }

  private func one(_ rewards: [Double?], groups: [Int]? = nil) -> RewardBatch {
    RewardBatch(
      rewards: rewards, groups: groups ?? rewards.map { _ in 0 }, mask: TokenMask(lengths: rewards.map { _ in 1 }))
  }

  @Test func groupsByHand() throws {
    // Mean 1/4; a sample's variance (9 + 3)/16/3 = 1/4, a population's 3/16.
    let batch = one([1, 0, 0, 0])
    let (high, low) = (0.75 / 0.500001, -0.25 / 0.500001)
    try check(.group(Self.verl), batch, [[high], [low], [low], [low]])
    let root = (3.0 / 16).squareRoot()
    try check(
      .group(GroupNormalization(lostDegrees: 0, epsilon: 1e-8)), batch,
      [[0.75 / (root + 1e-8)], [-0.25 / (root + 1e-8)], [-0.25 / (root + 1e-8)], [-0.25 / (root + 1e-8)]])
    try check(.group(GroupNormalization(scale: .none)), batch, [[0.75], [-0.25], [-0.25], [-0.25]])
    let others = GroupNormalization(baseline: .othersMean, scale: .none)
    try check(.group(others), batch, [[1], [-1.0 / 3], [-1.0 / 3], [-1.0 / 3]])
    // NeMo-RL: the others of the success are 0, 0, 0: nothing to divide by. The others of a failure are 1, 0, 0.
    let nemo = GroupNormalization(baseline: .othersMean, scale: .others, leavesZeroDeviation: true)
    let fail = -1.0 / 3 / ((1.0 / 3).squareRoot() + 1e-6)
    try check(.group(nemo), batch, [[1], [fail], [fail], [fail]])
    try check(.maxRL, batch, [[3], [-1], [-1], [-1]])
    try check(.gpg, batch, [[3], [-1], [-1], [-1]])
    try check(.passAtK(normalizes: false, epsilon: 0), batch, [[1], [0], [0], [0]])
  }

  @Test func singletonsAndEqualGroups() throws {
    let alone = one([0.5, 2], groups: [0, 1])
    try check(.group(Self.verl), alone, [[0.5 / 1.000001], [2 / 1.000001]])
    try check(.group(GroupNormalization()), alone, [[0], [0]])
    for value in [0.0, 0.1, 1, -3] {
      let equal = one([value, value, value])
      for estimator: AdvantageEstimator in [
        .group(Self.verl), .group(GroupNormalization(baseline: .othersMean, scale: .others)), .opo,
        .passAtK(normalizes: true, epsilon: 1e-6), .reinforcePlusPlusBaseline(.verl),
      ] {
        try check(estimator, equal, [[0], [0], [0]], tolerance: 0)
      }
    }
  }

  @Test func whatCannotBeJudgedIsMaskedNeverZero() throws {
    // With a 0 instead of the missing reward the mean would be 1/3, not 1/2.
    try check(.group(GroupNormalization(scale: .none)), one([1, 0, nil]), [[0.5], [-0.5], [0]])
    try check(.group(GroupNormalization(scale: .none)), one([1, 0, .nan]), [[0.5], [-0.5], [0]])
    try check(.group(GroupNormalization(scale: .none)), one([1, 0, -.infinity]), [[0.5], [-0.5], [0]])
    try check(.group(GroupNormalization(baseline: .othersMean, scale: .none)), one([1, 0, nil]), [[1], [-1], [0]])
    try check(.maxRL, one([nil, nil]), [[0], [0]])
    try check(.reinforcePlusPlus(discount: 1, .verl), one([nil]), [[0]])
    try check(.group(Self.verl), one([]), [])
  }

  @Test func lengthsAndReturns() throws {
    var batch = RewardBatch(rewards: [1, 0], groups: [0, 0], mask: TokenMask(lengths: [3, 1]))
    try check(.opo, batch, [[0.25, 0.25, 0.25], [-0.75]])
    batch.greedyRewards = [0.5, 0.5]
    try check(.reMax, batch, [[0.5, 0.5, 0.5], [-0.5]])
    // Returns 0.25, 0.5, 1 and 0, whitened by mean 0.4375 and the unbiased variance.
    let returns = [0.25, 0.5, 1, 0.0]
    let mean = returns.reduce(0, +) / (4 + 1e-8)
    let variance = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (4 + 1e-8) * 4 / 3
    let scaled = returns.map { ($0 - mean) / (variance + 1e-8).squareRoot() }
    try check(.reinforcePlusPlus(discount: 0.5, .verl), batch, [Array(scaled[..<3]), [scaled[3]]])
    // A tool's answer in between is passed over.
    var gap = RewardBatch(
      rewards: [1, 0], groups: [0, 1], mask: TokenMask([[true, false, true], [true, false, false]]))
    gap.greedyRewards = [0, 0]
    try check(.reMax, gap, [[1, 0, 1], [0]])
  }

  @Test func gdpoKeepsARareComponentHeard() throws {
    var batch = one([2, 1, 1, 0], groups: [0, 0, 0, 0])
    batch.components = [[1, 1, 1, 0], [1, 0, 0, nil]]
    let sum = AdvantageEstimator.sum(batch.components, [1, 0.5], samples: 4)
    #expect(sum == [1.5, 1, 1, 0])
    let result = try AdvantageEstimator.gdpo(GroupNormalization(scale: .none), .verl).estimate(batch)
    // Each part centred: ¼ ¼ ¼ −¾, and ⅔ −⅓ −⅓: sums 11/12, −1/12, −1/12, −9/12, whose mean is 0.
    #expect(abs(result.values[0, 0] / result.values[1, 0] + 11) < 1e-6)
    #expect(result.mask.count == 4)
  }

  @Test func mistakesOfTheCallerAreThrown() {
    let batch = RewardBatch(rewards: [1], groups: [0, 0], mask: TokenMask(lengths: [1]))
    #expect(throws: AlgorithmError.self) { try AdvantageEstimator.opo.estimate(batch) }
    #expect(throws: AlgorithmError.self) { try AdvantageEstimator.reMax.estimate(one([1])) }
    #expect(throws: AlgorithmError.self) { try AdvantageEstimator.gdpo(GroupNormalization(), .verl).estimate(one([1])) }
  }

  @Test(
    arguments: [
      ([1.0, 0, 0, 0], true), ([0, 0, 0], false), ([1, 1], false), ([], false), ([1, nil, 1], false),
      ([1, nil, 0], true),
      ([0.1 + 0.2, 0.3], true), ([nil, .nan, 1], false),
    ] as [([Double?], Bool)])
  func dynamicSampling(_ row: ([Double?], Bool)) {
    #expect(DynamicSampling.keeps(row.0) == row.1)
  }

  @Test func overlongPenalties() {
    let verl = OverlongPenalty(maximumLength: 100, buffer: 20, factor: 2)
    let bounded = OverlongPenalty(maximumLength: 100, buffer: 20, factor: 2, isBounded: true)
    for (length, open, held) in [(0, 0.0, 0.0), (80, 0, 0), (90, -1, -1), (100, -2, -2), (120, -4, -2)] {
      #expect(verl(length: length) == open && bounded(length: length) == held)
    }
    #expect(OverlongPenalty(maximumLength: 5, buffer: 0)(length: 6) == -1)
  }

  @Test func presetsAreNamedOnce() {
    let names = AlgorithmPreset.all.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(AlgorithmPreset.named("tool-n1")?.algorithm.kl?.coefficient == 1e-3)
    #expect(AlgorithmPreset.named("nothing") == nil)
  }
}
