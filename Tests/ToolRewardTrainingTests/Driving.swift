import Testing
import ToolReward

@testable import ToolRewardTraining

/// A reward that tests write: what it gives follows from the completion's text.
struct TestReward: RewardPolicy {
  let give: @Sendable (_ completion: Completion) -> Double?
  var name: String { "test" }
  var summary: String { "" }
  var source: String { "" }
  var componentNames: [String] { ["calls"] }
  var format: CompletionFormat? { .toolN1Scan }
  var syntax: ValueReader.Syntax { .python }
  var usesTools: Bool { false }

  func judge(_ completion: Completion, against truth: GroundTruth, tools: Toolbox?) -> Verdict {
    let score = give(completion)
    return Verdict(score: score, components: [score])
  }
}

extension Small {
  static func configuration(
    _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) throws -> TrainingConfiguration {
    let preset = try #require(AlgorithmPreset.named("tool-n1"))
    var configuration = TrainingConfiguration(algorithm: preset.algorithm, named: preset.name)
    configuration.steps = 6
    configuration.fineTuningSteps = 4
    configuration.promptsPerStep = 4
    configuration.groupSize = 4
    configuration.evaluationInterval = 2
    configuration.checkpointInterval = 2
    configuration.maximumTokens = 24
    change(&configuration)
    return configuration
  }

  static func judge(_ give: (@Sendable (Completion) -> Double?)? = nil) throws -> RolloutJudge {
    let exact = try Scorer(reward: ToolN1Reward())
    let reward: any RewardPolicy = give.map { TestReward(give: $0) } ?? ToolN1Reward()
    return RolloutJudge(reward: try Scorer(reward: reward), exactMatch: exact)
  }

  static func trainer(
    in folder: String, _ policy: any Policy, tasks: [TrainingTask] = Small.tasks().tasks,
    heldOut: [TrainingTask]? = nil, judge: RolloutJudge? = nil, origin: [String: String] = [:],
    _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) throws -> Trainer {
    try Trainer(
      policy: policy, tasks: tasks, validation: tasks, heldOut: heldOut ?? [], judge: try judge ?? Self.judge(),
      configuration: try configuration(change), folder: folder, origin: origin)
  }
}

extension Small {
  /// A reward that nearly every completion gets another of.
  static let lengthReward: @Sendable (Completion) -> Double? = {
    Double(($0.segments.last?.range.upperBound ?? 0) % 17)
  }
}

/// A policy whose disk is full after some checkpoints, or whose gradients are no numbers from some step on.
final class Wrapped: Policy {
  private let base: LogLinearPolicy
  private var savesLeft: Int
  private var goodStepsLeft: Int

  init(_ base: LogLinearPolicy, savesLeft: Int = .max, goodSteps: Int = .max) {
    self.base = base
    self.savesLeft = savesLeft
    goodStepsLeft = goodSteps
  }

  func generate(_ requests: [GenerationRequest]) throws(PolicyError) -> [Generation] { try base.generate(requests) }
  func tokens(of completion: [UInt8], after prompt: [UInt8]) throws(PolicyError) -> [Int]? {
    try base.tokens(of: completion, after: prompt)
  }
  func score(
    _ sequences: [TokenSequence], temperature: Double, by version: PolicyVersion
  ) throws(PolicyError) -> [TokenScores] {
    try base.score(sequences, temperature: temperature, by: version)
  }
  func accumulate(
    _ sequences: [TokenSequence], gradients: [TokenScores], temperature: Double
  ) throws(PolicyError) {
    var gradients = gradients
    if goodStepsLeft == 0 { gradients[0].logProbabilities[0] = .nan }
    goodStepsLeft = max(0, goodStepsLeft - 1)
    try base.accumulate(sequences, gradients: gradients, temperature: temperature)
  }
  func step(learningRate: Double, maximumGradientNorm: Double) throws(PolicyError) -> Double {
    try base.step(learningRate: learningRate, maximumGradientNorm: maximumGradientNorm)
  }
  func freezeReference() throws(PolicyError) { try base.freezeReference() }
  func identity() throws(PolicyError) -> String { try base.identity() }
  func save(to folder: String) throws(PolicyError) {
    if savesLeft == 0 { throw PolicyError("no space", isInputOutput: true) }
    savesLeft -= 1
    try base.save(to: folder)
  }
  func load(from folder: String) throws(PolicyError) { try base.load(from: folder) }
}
