internal import ToolReward

/// What is done, one after another.
public enum TrainingRecipe: String, Sendable, Hashable, CaseIterable {
  /// Reinforcement learning from the policy as it is.
  case rl
  /// Supervised fine-tuning on demonstrations.
  case sft
  /// The one after the other: the reference is the fine-tuned policy.
  case sftThenRL = "sft-then-rl"
  /// Supervised fine-tuning on demonstrations without reasoning.
  case noReasonSFT = "no-reason-sft"

  /// A part of a recipe.
  public enum Stage: String, Sendable, Hashable {
    /// Supervised fine-tuning.
    case sft
    /// The same without reasoning.
    case noReasonSFT = "no-reason-sft"
    /// Reinforcement learning.
    case rl
  }

  /// The parts, in order.
  public var stages: [Stage] {
    switch self {
    case .rl: [.rl]
    case .sft: [.sft]
    case .sftThenRL: [.sft, .rl]
    case .noReasonSFT: [.noReasonSFT]
    }
  }
}

/// Everything that a run follows from besides policy, tasks and rewards.
public struct TrainingConfiguration: Sendable, Hashable {
  /// What is done.
  public var recipe = TrainingRecipe.rl
  /// Between judged completions and gradient.
  public var algorithm: TrainingAlgorithm
  /// The algorithm's name, for reports.
  public var algorithmName: String
  /// Steps of reinforcement learning.
  public var steps = 300
  /// Steps of supervised fine-tuning.
  public var fineTuningSteps = 100
  /// Prompts a step.
  public var promptsPerStep = 16
  /// Completions a prompt.
  public var groupSize = 32
  /// The sampling temperature.
  public var temperature = 1.0
  /// The most tokens of a completion.
  public var maximumTokens = 64
  /// How often a step's completions are learned from: more than once needs a loss that clips.
  public var updatesPerStep = 1
  /// How many times prompts are drawn for a step, where groups are left out.
  public var maximumDraws = 4
  /// The optimizer's rate in reinforcement learning.
  public var learningRate = 0.02
  /// The same in supervised fine-tuning.
  public var fineTuningRate = 0.02
  /// The gradient is cut to this norm.
  public var maximumGradientNorm = 1.0
  /// Every so many steps the held-out tasks are judged.
  public var evaluationInterval = 10
  /// Every so many steps a checkpoint is written.
  public var checkpointInterval = 20
  /// The run ends as collapsed where exact match on held-out tasks stays below this part of its best.
  public var collapseFraction = 0.5
  /// In so many evaluations in a row.
  public var collapsePatience = 3
  /// The run ends where exact match on held-out tasks reaches this; `nil` for never.
  public var target: Double?
  /// What every random choice follows from.
  public var seed: UInt64 = 1

  /// Creates a configuration with the defaults of the built-in policy.
  public init(algorithm: TrainingAlgorithm, named name: String) {
    self.algorithm = algorithm
    algorithmName = name
  }

  /// How many steps a stage has.
  func steps(of stage: TrainingRecipe.Stage) -> Int { max(0, stage == .rl ? steps : fineTuningSteps) }

  /// All steps.
  public var totalSteps: Int { recipe.stages.reduce(0) { $0 + steps(of: $1) } }

  /// The stage of a step, counted from 0; `nil` past the end.
  func stage(at step: Int) -> TrainingRecipe.Stage? {
    var left = step
    for stage in recipe.stages {
      if left < steps(of: stage) { return stage }
      left -= steps(of: stage)
    }
    return nil
  }

  /// Whether a stage begins at a step.
  func isStageStart(_ step: Int) -> Bool {
    step == 0 || stage(at: step) != stage(at: step - 1)
  }

  /// All of it on one line: two runs with the same text do the same.
  var fingerprint: String {
    """
    recipe=\(recipe.rawValue) algorithm=\(algorithm) steps=\(steps) fineTuningSteps=\(fineTuningSteps) prompts=\(promptsPerStep) \
    group=\(groupSize) temperature=\(temperature) maximumTokens=\(maximumTokens) updates=\(updatesPerStep) draws=\(maximumDraws) \
    rate=\(learningRate) fineTuningRate=\(fineTuningRate) norm=\(maximumGradientNorm) evaluation=\(evaluationInterval) \
    checkpoint=\(checkpointInterval) collapse=\(collapseFraction)/\(collapsePatience) target=\(target.map { "\($0)" } ?? "-") seed=\(seed)
    """
  }

  /// Refuses what no run can use.
  ///
  /// - Throws: ``TrainingError`` with the part at fault.
  public func validate() throws(TrainingError) {
    func require(_ condition: Bool, _ message: String) throws(TrainingError) {
      if !condition { throw .configuration(message) }
    }
    try require(promptsPerStep > 0, "prompts a step must be more than 0")
    try require(groupSize > 0, "completions a prompt must be more than 0")
    try require(temperature > 0 && temperature.isFinite, "the sampling temperature must be above 0")
    try require(maximumTokens > 0, "the most tokens must be more than 0")
    try require(updatesPerStep > 0 && maximumDraws > 0, "updates and draws must be more than 0")
    try require(learningRate >= 0 && learningRate.isFinite, "the learning rate must be a number from 0 up")
    try require(fineTuningRate >= 0 && fineTuningRate.isFinite, "the fine-tuning rate must be a number from 0 up")
    try require(maximumGradientNorm > 0, "the gradient's norm must be above 0")
    try require(evaluationInterval > 0 && checkpointInterval > 0, "intervals must be more than 0")
    try require(steps >= 0 && fineTuningSteps >= 0, "steps must be 0 or more")
    let most = 1_000_000
    try require(
      promptsPerStep <= most && groupSize <= most && maximumTokens <= most && promptsPerStep * groupSize <= most,
      "prompts times completions, and tokens, may be \(most) at most")
    let coefficients = [algorithm.entropyCoefficient, algorithm.kl?.coefficient ?? 0, target ?? 0]
    try require(
      coefficients.allSatisfy { $0 >= 0 && $0 <= 1e6 },
      "the coefficients of entropy and KL, and the target, must be numbers from 0 up")
    try require(target ?? 0 <= 1, "the target is an accuracy: from 0 to 1")
  }
}

/// Why a run could not begin or go on. What was written before stays as it was.
public enum TrainingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A setting that no run can use.
  case configuration(String)
  /// There is nothing to learn from.
  case nothingToLearn(String)
  /// The policy failed.
  case policy(PolicyError)
  /// The algorithm was given parts that do not fit: a mistake of this driver or of the policy.
  case algorithm(AlgorithmError)
  /// A file cannot be read or written.
  case files(String)
  /// A checkpoint is damaged, or belongs to another run.
  case checkpoint(String)

  /// What is wrong and how to mend it.
  public var description: String {
    switch self {
    case .configuration(let text), .nothingToLearn(let text), .files(let text), .checkpoint(let text): text
    case .policy(let error): "the policy: \(error)"
    case .algorithm(let error): "the algorithm: \(error)"
    }
  }
}
