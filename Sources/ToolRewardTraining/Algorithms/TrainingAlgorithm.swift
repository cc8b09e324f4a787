/// Everything between judged completions and a gradient: what a paper or a framework calls its algorithm.
public struct TrainingAlgorithm: Sendable, Hashable {
  /// How rewards become advantages.
  public var estimator: AdvantageEstimator
  /// How advantages push the policy.
  public var loss: PolicyLoss
  /// How tokens' losses become one number.
  public var aggregation: LossAggregation
  /// What holds the policy to its reference; `nil` for nothing.
  public var kl: KLPenalty?
  /// β of a penalty β · (log π_old − log π_ref) for each token, taken from the reward instead; 0 for none.
  public var rewardKLCoefficient: Double
  /// What entropy is worth: subtracted from the loss.
  public var entropyCoefficient: Double
  /// The most that old policies may serve: weights against a sampler that is not the trainer; `nil` for none.
  public var importanceCorrection: ImportanceCorrection?
  /// Whether groups whose rewards are all equal are left out and others taken for them.
  public var samplesDynamically: Bool
  /// What long completions lose; `nil` for nothing.
  public var overlong: OverlongPenalty?

  /// Creates an algorithm.
  public init(
    estimator: AdvantageEstimator, loss: PolicyLoss, aggregation: LossAggregation = .tokenMean, kl: KLPenalty? = nil,
    rewardKLCoefficient: Double = 0, entropyCoefficient: Double = 0,
    importanceCorrection: ImportanceCorrection? = nil, samplesDynamically: Bool = false,
    overlong: OverlongPenalty? = nil
  ) {
    self.estimator = estimator
    self.loss = loss
    self.aggregation = aggregation
    self.kl = kl
    self.rewardKLCoefficient = rewardKLCoefficient
    self.entropyCoefficient = entropyCoefficient
    self.importanceCorrection = importanceCorrection
    self.samplesDynamically = samplesDynamically
    self.overlong = overlong
  }

  /// Whether the reference's log-probabilities are needed.
  public var needsReference: Bool { kl != nil || rewardKLCoefficient != 0 }
}

/// An algorithm under the name that its users know it by.
public struct AlgorithmPreset: Sendable, Hashable {
  /// The name in options.
  public let name: String
  /// One line for people.
  public let summary: String
  /// The paper or the code that it is taken from.
  public let source: String
  /// The algorithm.
  public let algorithm: TrainingAlgorithm

  /// The presets, those of frameworks first.
  public static let all: [AlgorithmPreset] = frameworks + methods

  /// The preset of that name; `nil` if there is none.
  public static func named(_ name: String) -> AlgorithmPreset? { all.first { $0.name == name } }

  private static let verlClip = RatioClip(dual: 3, logRatioLimit: 20)
  private static let verlGroup = AdvantageEstimator.group(GroupNormalization(singleton: .reward))
  private static let trlGroup = AdvantageEstimator.group(GroupNormalization(epsilon: 1e-4))

  private static let frameworks = [
    AlgorithmPreset(
      name: "tool-n1", summary: "GRPO as Tool-N1 was trained with: token mean, clip 0.2, KL 0.001",
      source: "arXiv 2505.00024; NVlabs/Tool-N1 verl/trainer/ppo/core_algos.py, qwen_rl.sh",
      algorithm: TrainingAlgorithm(
        estimator: verlGroup, loss: .clipped(RatioClip()), kl: .verl(.k3, coefficient: 1e-3))),
    AlgorithmPreset(
      name: "verl", summary: "GRPO as verl has it: deviation + 1e-6, dual clip 3, token mean",
      source: "verl 0.9.1 core_algos.py, actor.yaml",
      algorithm: TrainingAlgorithm(estimator: verlGroup, loss: .clipped(verlClip))),
    AlgorithmPreset(
      name: "trl", summary: "GRPO as TRL has it by default: deviation + 1e-4, token mean, no KL",
      source: "TRL 1.16.0 grpo_trainer.py, grpo_config.py",
      algorithm: TrainingAlgorithm(estimator: trlGroup, loss: .clipped(RatioClip()))),
    AlgorithmPreset(
      name: "openrlhf", summary: "GRPO as OpenRLHF's group_norm has it: deviation + 1e-9, token mean, no KL",
      source: "OpenRLHF 0.11.2 experience_maker.py, models/loss.py",
      algorithm: TrainingAlgorithm(
        estimator: .group(GroupNormalization(epsilon: 1e-9)), loss: .clipped(RatioClip(logRatioLimit: 20)))),
    AlgorithmPreset(
      name: "nemo-rl", summary: "GRPO as NeMo-RL has it: mean and deviation of the others, token mean, KL k3 0.01",
      source: "NVIDIA-NeMo/RL nemo_rl/algorithms/utils.py, examples/configs/grpo_math_1B.yaml",
      algorithm: TrainingAlgorithm(
        estimator: .group(GroupNormalization(baseline: .othersMean, scale: .others, leavesZeroDeviation: true)),
        loss: .clipped(RatioClip()), kl: KLPenalty(.k3, coefficient: 0.01, differenceLimit: 20, valueLimit: 10))),
    AlgorithmPreset(
      name: "slime", summary: "GRPO as slime has it: deviation + 1e-6, mean over sequences",
      source: "THUDM/slime slime/utils/ppo_utils.py",
      algorithm: TrainingAlgorithm(
        estimator: .group(GroupNormalization()), loss: .clipped(RatioClip()),
        aggregation: .trlSequenceMean)),
    AlgorithmPreset(
      name: "open-instruct", summary: "GRPO as open-instruct's “standard”: a population's deviation + 1e-8",
      source: "allenai/open-instruct grpo_fast.py",
      algorithm: TrainingAlgorithm(
        estimator: .group(GroupNormalization(lostDegrees: 0, epsilon: 1e-8)), loss: .clipped(RatioClip(high: 0.272)))),
    AlgorithmPreset(
      name: "art", summary: "GRPO as ART has it: a population's deviation + 1e-6",
      source: "OpenPipe/ART",
      algorithm: TrainingAlgorithm(
        estimator: .group(GroupNormalization(lostDegrees: 0)), loss: .clipped(RatioClip()))),
  ]

  private static let methods = [
    AlgorithmPreset(
      name: "grpo", summary: "GRPO by its paper: mean over sequences, KL 0.04", source: "arXiv 2402.03300 §4.1",
      algorithm: TrainingAlgorithm(
        estimator: .group(GroupNormalization()), loss: .clipped(RatioClip()), aggregation: .verlSequenceMean,
        kl: KLPenalty(.k3, coefficient: 0.04))),
    AlgorithmPreset(
      name: "dr-grpo", summary: "no deviation, no length bias: sums by a constant length", source: "arXiv 2503.20783",
      algorithm: TrainingAlgorithm(
        estimator: .group(GroupNormalization(scale: .none)), loss: .clipped(RatioClip()),
        aggregation: .sequenceMeanTokenSum(divisor: nil))),
    AlgorithmPreset(
      name: "dapo", summary: "clip-higher 0.28, token mean, dynamic sampling, no KL", source: "arXiv 2503.14476",
      algorithm: TrainingAlgorithm(
        estimator: .group(GroupNormalization()), loss: .clipped(RatioClip(high: 0.28)), samplesDynamically: true)),
    AlgorithmPreset(
      name: "rloo", summary: "the baseline is the others' mean", source: "arXiv 2402.14740",
      algorithm: TrainingAlgorithm(
        estimator: .group(GroupNormalization(baseline: .othersMean, scale: .none)), loss: .clipped(RatioClip()),
        rewardKLCoefficient: 0.05)),
    AlgorithmPreset(
      name: "reinforce++", summary: "token returns with KL in the reward, whitened over the batch",
      source: "arXiv 2501.03262",
      algorithm: TrainingAlgorithm(
        estimator: .reinforcePlusPlus(discount: 1, .verl), loss: .clipped(RatioClip()), rewardKLCoefficient: 1e-3)),
    AlgorithmPreset(
      name: "reinforce++-baseline", summary: "the group's mean as baseline, whitened over the batch",
      source: "arXiv 2501.03262",
      algorithm: TrainingAlgorithm(
        estimator: .reinforcePlusPlusBaseline(.verl), loss: .clipped(RatioClip()),
        kl: .verl(.k2, coefficient: 1e-3))),
    AlgorithmPreset(
      name: "gdpo", summary: "each component of the reward normalized by itself", source: "arXiv 2601.05242",
      algorithm: TrainingAlgorithm(
        estimator: .gdpo(GroupNormalization(singleton: .reward), .verl), loss: .clipped(verlClip))),
    AlgorithmPreset(
      name: "opo", summary: "the baseline is weighted by length; exact on-policy", source: "arXiv 2505.23585",
      algorithm: TrainingAlgorithm(estimator: .opo, loss: .policyGradient)),
    AlgorithmPreset(
      name: "pass-at-k", summary: "only a group's best earns, by its lead", source: "arXiv 2503.19595; verl grpo_passk",
      algorithm: TrainingAlgorithm(
        estimator: .passAtK(normalizes: true, epsilon: 1e-6), loss: .clipped(verlClip))),
    AlgorithmPreset(
      name: "max-rl", summary: "(r − μ) / μ: rare successes weigh more", source: "prime-rl",
      algorithm: TrainingAlgorithm(estimator: .maxRL, loss: .clipped(RatioClip()))),
    AlgorithmPreset(
      name: "remax", summary: "the baseline is the greedy completion's reward", source: "arXiv 2310.10505",
      algorithm: TrainingAlgorithm(estimator: .reMax, loss: .policyGradient)),
    AlgorithmPreset(
      name: "gspo", summary: "the ratio is the sequence's; clip 3e-4 and 4e-4", source: "arXiv 2507.18071",
      algorithm: TrainingAlgorithm(
        estimator: .group(GroupNormalization()),
        loss: .sequenceClipped(RatioClip(low: 3e-4, high: 4e-4), maximumLogRatio: 10, gradient: .token),
        aggregation: .verlSequenceMean)),
    AlgorithmPreset(
      name: "cispo", summary: "the ratio is clipped and held, every token has a gradient", source: "arXiv 2506.13585",
      algorithm: TrainingAlgorithm(
        estimator: .group(GroupNormalization()), loss: .cispo(low: nil, high: 5, logRatioLimit: 20))),
    AlgorithmPreset(
      name: "sapo", summary: "a soft gate instead of a clip; τ 1 and 1.05", source: "arXiv 2511.20347",
      algorithm: TrainingAlgorithm(
        estimator: .group(GroupNormalization()), loss: .sapo(positive: 1, negative: 1.05, logRatioLimit: 20),
        aggregation: .verlSequenceMean)),
    AlgorithmPreset(
      name: "gmpo", summary: "the geometric mean of the tokens' ratios; clip e^±0.4", source: "arXiv 2507.20673",
      algorithm: TrainingAlgorithm(estimator: .group(GroupNormalization()), loss: .gmpo(low: 0.4, high: 0.4))),
    AlgorithmPreset(
      name: "nft", summary: "right samples by likelihood, wrong ones by their implicit negative policy",
      source: "arXiv 2505.18116; NVlabs/NFT dp_actor.py",
      algorithm: TrainingAlgorithm(
        estimator: .group(GroupNormalization(scale: .none)), loss: .nft(NFTSettings()),
        aggregation: .tokenSum(divisor: 1000), samplesDynamically: true)),
    AlgorithmPreset(
      name: "reinforce", summary: "−A log π with the group's mean as baseline", source: "Williams 1992",
      algorithm: TrainingAlgorithm(estimator: .group(GroupNormalization(scale: .none)), loss: .policyGradient)),
  ]
}
