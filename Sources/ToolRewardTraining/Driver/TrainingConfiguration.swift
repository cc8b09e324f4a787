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
  public var steps = 400
  /// Steps of supervised fine-tuning.
  public var fineTuningSteps = 100
  /// Prompts a step.
  public var promptsPerStep = 16
  /// Completions a prompt.
  public var groupSize = 64
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
  /// Over which part of a stage's steps, its last ones, the rate falls to 0 along a line; 0 for never.
  public var rateDecay = 0.5
  /// The gradient is cut to this norm.
  public var maximumGradientNorm = 1.0
  /// Every so many steps the validation tasks are judged.
  public var evaluationInterval = 10
  /// Every so many steps a checkpoint is written.
  public var checkpointInterval = 20
  /// The run ends as collapsed where exact match or format on validation tasks, or the training reward, stays below this part of its best.
  public var collapseFraction = 0.5
  /// In so many evaluations in a row.
  public var collapsePatience = 3
  /// The run ends with an error where so many steps in a row had no finite loss and gradient, or nothing that could be judged.
  public var hopelessSteps = 20
  /// Whether a held-out or validation task whose prompt is trained on is refused. It is told in any case.
  public var refusesOverlap = false
  /// The run ends where exact match on validation tasks reaches this; `nil` for never.
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

  /// By what a step's rate is multiplied, steps counted from 0.
  func rateFactor(at step: Int) -> Double {
    var first = 0
    for stage in recipe.stages {
      let count = steps(of: stage)
      if step < first + count {
        let left = Double(first + count - step) / Double(count)
        return rateDecay > 0 ? min(1, left / rateDecay) : 1
      }
      first += count
    }
    return 1
  }

  /// Whether a stage begins at a step.
  func isStageStart(_ step: Int) -> Bool {
    step == 0 || stage(at: step) != stage(at: step - 1)
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
    try require(rateDecay >= 0 && rateDecay <= 1, "the part of the steps over which the rate falls is from 0 to 1")
    try require(maximumGradientNorm > 0, "the gradient's norm must be above 0")
    try require(evaluationInterval > 0 && checkpointInterval > 0, "intervals must be more than 0")
    try require(collapsePatience > 0 && hopelessSteps > 0, "the patience must be more than 0")
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
  /// Another run is at work in the folder.
  case inUse(String)
  /// Loss or gradient stayed no numbers.
  case diverged(String)
  /// Tasks to judge on are trained on.
  case overlap(String)

  /// What is wrong and how to mend it.
  public var description: String {
    switch self {
    case .configuration(let text), .nothingToLearn(let text), .files(let text), .checkpoint(let text): text
    case .inUse(let text), .diverged(let text), .overlap(let text): text
    case .policy(let error): "the policy: \(error)"
    case .algorithm(let error): "the algorithm: \(error)"
    }
  }
}
