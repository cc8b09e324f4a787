/// What a batch of judged completions earned, for an ``AdvantageEstimator``.
public struct RewardBatch: Sendable {
  /// A reward for each sample; `nil` where the sample could not be judged.
  public var rewards: [Double?]
  /// The prompt of each sample, as a number: samples with the same one are a group.
  public var groups: [Int]
  /// The tokens that count.
  public var mask: TokenMask
  /// The rewards' parts, a list for each part, for GDPO.
  public var components: [[Double?]]
  /// The parts' weights; 1 each if left out.
  public var weights: [Double]
  /// The reward of each prompt's greedy completion, for ReMax.
  public var greedyRewards: [Double?]
  /// A reward for each token, which takes the place of the samples' ones in REINFORCE++ and ReMax: with KL in the reward, say.
  public var tokenRewards: TokenMatrix?

  /// Creates a batch.
  public init(
    rewards: [Double?], groups: [Int], mask: TokenMask, components: [[Double?]] = [], weights: [Double] = [],
    greedyRewards: [Double?] = [], tokenRewards: TokenMatrix? = nil
  ) {
    self.rewards = rewards
    self.groups = groups
    self.mask = mask
    self.components = components
    self.weights = weights
    self.greedyRewards = greedyRewards
    self.tokenRewards = tokenRewards
  }
}

/// How much better each token did than expected.
public struct Advantages: Sendable, Hashable {
  /// The advantages; 0 where no token counts.
  public var values: TokenMatrix
  /// The tokens that count: the batch's without the samples that could not be judged.
  public var mask: TokenMask

  /// Creates advantages that were worked out elsewhere.
  public init(values: TokenMatrix, mask: TokenMask) {
    self.values = values
    self.mask = mask
  }
}

/// How rewards become advantages.
///
/// A sample that could not be judged (`nil`, NaN, infinite) is masked: it has no advantage, and a part in no baseline, deviation or mean.
public enum AdvantageEstimator: Sendable, Hashable {
  /// GRPO (arXiv 2402.03300 §4.1.2) and what differs from it in baseline and scale: Dr. GRPO, RLOO, NeMo-RL's.
  case group(GroupNormalization)
  /// REINFORCE++ (arXiv 2501.03262): discounted returns of the tokens' rewards, whitened.
  case reinforcePlusPlus(discount: Double, Whitening)
  /// REINFORCE++ with a baseline: reward − the group's mean, whitened over all tokens.
  case reinforcePlusPlusBaseline(Whitening)
  /// GDPO (arXiv 2601.05242) in verl's form: each part normalized in its group, weighted sum, whitened over all tokens.
  case gdpo(GroupNormalization, Whitening)
  /// The same in TRL's form (`normalize_then_sum`): the sum is normalized over the batch's samples, with this ε.
  case normalizeThenSum(GroupNormalization, epsilon: Double)
  /// OPO (arXiv 2505.23585): the baseline is the group's mean reward weighted by length.
  case opo
  /// Pass@k training (arXiv 2503.19595; verl `grpo_passk`): only the group's best has an advantage, by how much it beats the second.
  case passAtK(normalizes: Bool, epsilon: Double)
  /// MaxRL: (r − μ) / μ in the group, 0 where μ ≤ 0 (prime-rl).
  case maxRL
  /// ReMax (arXiv 2310.10505): the baseline is the greedy completion's reward.
  case reMax
  /// GPG (verl `gpg`): samples / non-zero rewards · (r − μ).
  case gpg

  /// Works out the advantages. O(tokens + samples · group size).
  ///
  /// - Throws: ``AlgorithmError`` if the batch's parts have different sizes, or what the estimator needs is missing.
  public func estimate(_ batch: RewardBatch) throws(AlgorithmError) -> Advantages {
    try check(batch)
    var mask = batch.mask
    let rewards = batch.rewards.map { $0.flatMap { $0.isFinite ? $0 : nil } }
    let components = batch.components.map { $0.map { $0.flatMap { $0.isFinite ? $0 : nil } } }
    let weights = batch.weights.isEmpty ? components.map { _ in 1.0 } : batch.weights
    for (row, reward) in rewards.enumerated() where reward == nil { mask.exclude(row: row) }
    let groups = batch.groups
    switch self {
    case .group(let normalization):
      return spread(normalization.normalize(rewards, groups: groups), mask)
    case .reinforcePlusPlus(let discount, let whitening):
      return Advantages(
        values: whitening(returns(rewards, batch.tokenRewards, mask, discount: discount), mask), mask: mask)
    case .reinforcePlusPlusBaseline(let whitening):
      let centred = GroupNormalization(scale: .none, singleton: .reward).normalize(rewards, groups: groups)
      return Advantages(values: whitening(spread(centred, mask).values, mask), mask: mask)
    case .gdpo(let normalization, let whitening):
      let sum = Self.sum(
        components.map { normalization.normalize($0, groups: groups) }, weights, samples: rewards.count)
      exclude(sum, from: &mask)
      return Advantages(values: whitening(spread(sum, mask).values, mask), mask: mask)
    case .normalizeThenSum(let normalization, let epsilon):
      let sum = Self.sum(
        components.map { normalization.normalize($0, groups: groups) }, weights, samples: rewards.count)
      exclude(sum, from: &mask)
      let moments = Moments(sum.compactMap { $0 })
      let deviation = moments.deviation(lost: 1) + epsilon
      return spread(sum.map { $0.map { ($0 - moments.mean) / deviation } }, mask)
    case .opo:
      return spread(lengthWeighted(rewards, groups, batch.mask), mask)
    case .passAtK(let normalizes, let epsilon):
      return spread(best(rewards, groups, normalizes ? epsilon : nil), mask)
    case .maxRL:
      return spread(relativeToMean(rewards, groups), mask)
    case .reMax:
      var values = returns(rewards, batch.tokenRewards, mask, discount: 1)
      for (row, baseline) in batch.greedyRewards.enumerated() where baseline?.isFinite != true {
        mask.exclude(row: row)
      }
      for row in 0..<mask.rowCount {
        for column in 0..<mask.columnCount {
          values[row, column] = mask[row, column] ? values[row, column] - (batch.greedyRewards[row] ?? 0) : 0
        }
      }
      return Advantages(values: values, mask: mask)
    case .gpg:
      let scale = Double(rewards.count { $0 != nil }) / Double(max(1, rewards.count { $0 ?? 0 != 0 }))
      let centred = GroupNormalization(scale: .none, singleton: .reward).normalize(rewards, groups: groups)
      return spread(centred.map { $0.map { $0 * scale } }, mask)
    }
  }

  private func check(_ batch: RewardBatch) throws(AlgorithmError) {
    try AlgorithmError.check(batch.rewards.count, "rewards", is: batch.mask)
    try AlgorithmError.check(batch.groups.count, "groups", is: batch.mask)
    try AlgorithmError.check(batch.tokenRewards, "tokenRewards", is: batch.mask)
    for part in batch.components { try AlgorithmError.check(part.count, "a component", is: batch.mask) }
    switch self {
    case .gdpo, .normalizeThenSum:
      if batch.components.isEmpty { throw AlgorithmError("GDPO needs the rewards' components") }
      if !batch.weights.isEmpty, batch.weights.count != batch.components.count {
        throw AlgorithmError("\(batch.weights.count) weights for \(batch.components.count) components")
      }
    case .reMax: try AlgorithmError.check(batch.greedyRewards.count, "greedyRewards", is: batch.mask)
    default: break
    }
  }

  /// Rewards' weighted sum, of the parts that are there; `nil` where none is. TRL's rule for several reward functions.
  ///
  /// - Parameters:
  ///   - components: A list for each part.
  ///   - weights: A weight for each part.
  ///   - samples: How many samples there are.
  public static func sum(_ components: [[Double?]], _ weights: [Double], samples: Int) -> [Double?] {
    (0..<samples).map { sample in
      var sum: Double?
      for (part, weight) in zip(components, weights) {
        if sample < part.count, let value = part[sample] { sum = (sum ?? 0) + weight * value }
      }
      return sum
    }
  }
}

extension AdvantageEstimator {
  /// Gives each token its sample's advantage.
  private func spread(_ advantages: [Double?], _ mask: TokenMask) -> Advantages {
    var values = TokenMatrix(rows: mask.rowCount, columns: mask.columnCount)
    mask.forEach { values[$0, $1] = advantages[$0] ?? 0 }
    return Advantages(values: values, mask: mask)
  }

  private func exclude(_ sums: [Double?], from mask: inout TokenMask) {
    for (row, sum) in sums.enumerated() where sum == nil { mask.exclude(row: row) }
  }

  /// R_t = r_t + γ R_{t+1} over the tokens that count: what a tool answered is passed over.
  private func returns(
    _ rewards: [Double?], _ tokenRewards: TokenMatrix?, _ mask: TokenMask, discount: Double
  ) -> TokenMatrix {
    var result = TokenMatrix(rows: mask.rowCount, columns: mask.columnCount)
    for row in 0..<mask.rowCount {
      var running = 0.0
      for (place, column) in mask.columns(ofRow: row).reversed().enumerated() {
        let own = tokenRewards.map { $0[row, column] } ?? (place == 0 ? rewards[row] ?? 0 : 0)
        running = own + discount * running
        result[row, column] = running
      }
    }
    return result
  }

  private func lengthWeighted(_ rewards: [Double?], _ groups: [Int], _ mask: TokenMask) -> [Double?] {
    var result = rewards
    for members in SampleGroups(groups).members {
      let judged = members.filter { rewards[$0] != nil }
      guard judged.count > 1 else { continue }
      var (weighted, lengths) = (0.0, 0.0)
      for sample in judged {
        let length = Double(mask.count(row: sample))
        weighted += length * (rewards[sample] ?? 0)
        lengths += length
      }
      let isConstant = judged.allSatisfy { rewards[$0] == rewards[judged[0]] }
      let baseline = isConstant ? rewards[judged[0]] ?? 0 : lengths > 0 ? weighted / lengths : 0
      for sample in judged { result[sample] = (rewards[sample] ?? 0) - baseline }
    }
    return result
  }

  private func best(_ rewards: [Double?], _ groups: [Int], _ epsilon: Double?) -> [Double?] {
    var result: [Double?] = rewards.map { $0.map { _ in 0 } }
    for members in SampleGroups(groups).members {
      let judged = members.filter { rewards[$0] != nil }.sorted {
        let (left, right) = (rewards[$0] ?? 0, rewards[$1] ?? 0)
        return left == right ? $0 < $1 : left > right
      }
      guard judged.count > 1 else { continue }
      let values = judged.map { rewards[$0] ?? 0 }
      let lead = values[0] - values[1]
      result[judged[0]] = epsilon.map { lead / (Moments(values).deviation(lost: 1) + $0) } ?? lead
    }
    return result
  }

  private func relativeToMean(_ rewards: [Double?], _ groups: [Int]) -> [Double?] {
    var result = rewards
    for members in SampleGroups(groups).members {
      let mean = Moments(members.compactMap { rewards[$0] }).mean
      for sample in members { result[sample] = rewards[sample].map { mean > 0 ? ($0 - mean) / mean : 0 } }
    }
    return result
  }
}
