import Testing
import ToolReward

@testable import ToolRewardTraining

/// A reward that tests write: what it gives follows from the completion's text.
private struct TestReward: RewardPolicy {
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

struct TrainerTests {
  private static func configuration(
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

  private static func judge(_ give: (@Sendable (Completion) -> Double?)? = nil) throws -> RolloutJudge {
    let exact = try Scorer(reward: ToolN1Reward())
    let reward: any RewardPolicy = give.map { TestReward(give: $0) } ?? ToolN1Reward()
    return RolloutJudge(reward: try Scorer(reward: reward), exactMatch: exact)
  }

  private static func trainer(
    in folder: String, _ policy: any Policy, judge: RolloutJudge? = nil,
    _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) throws -> Trainer {
    let tasks = Small.tasks().tasks
    return try Trainer(
      policy: policy, tasks: tasks, heldOut: tasks, judge: try judge ?? Self.judge(),
      configuration: try configuration(change), folder: folder)
  }

  @Test(arguments: TrainingRecipe.allCases)
  func interruptedAndResumedEqualsUninterrupted(_ recipe: TrainingRecipe) async throws {
    let (whole, parts) = (try Scratch(), try Scratch())
    let first = try Small.policy()
    _ = try await Self.trainer(in: whole.path, first) { $0.recipe = recipe }.run()
    var last = try Small.policy()
    for stop in 1...20 {
      // Each time by a new policy, as a new process has one.
      last = try Small.policy()
      var steps = 0
      let result = try await Self.trainer(in: parts.path, last) { $0.recipe = recipe }.run(
        resumes: stop > 1,
        shouldStop: {
          steps += 1; return steps % 3 == stop % 3
        })
      if result.ending == .finished { break }
      #expect(result.ending == .interrupted)
    }
    #expect(last.parameters == first.parameters)
    #expect(try whole.snapshot() == parts.snapshot())
  }

  @Test func fineTuningLowersTheLossAndReinforcementRaisesTheReward() async throws {
    let folder = try Scratch()
    var losses: [Double] = []
    let policy = try Small.policy()
    let result = try await Self.trainer(in: folder.path, policy) {
      $0.recipe = .sft
      $0.fineTuningSteps = 30
      $0.fineTuningRate = 0.05
    }.run(onEvent: { if case .step(let record, _) = $0, let loss = record.loss { losses.append(loss) } })
    #expect(losses.count == 30 && (losses.last ?? 1) < 0.3 * (losses.first ?? 0))
    #expect(result.best > 0.9)

    let other = try Scratch()
    var rewards: [Double] = []
    _ = try await Self.trainer(in: other.path, try Small.policy()) {
      $0.steps = 24
      $0.groupSize = 8
      $0.learningRate = 0.08
      $0.evaluationInterval = 24
    }.run(onEvent: {
      if case .step(let record, _) = $0, let reward = record.rollouts?.reward { rewards.append(reward) }
    })
    let (first, last): (Double, Double) = (rewards.prefix(5).reduce(0, +) / 5, rewards.suffix(5).reduce(0, +) / 5)
    #expect(last > first + 0.3)
  }

  /// Rewards that teach nothing: there is no update, it is said, and the parameters stay bit for bit.
  @Test(arguments: [
    ("equal", 1.0 as Double?, "no sample differs from its group"), ("NaN", .nan, "no sample could be judged"),
    ("infinite", .infinity, "no sample could be judged"), ("unscorable", nil, "no sample could be judged"),
  ])
  func nothingToLearn(_ row: (name: String, reward: Double?, reason: String)) async throws {
    let folder = try Scratch()
    let policy = try Small.policy()
    let before = policy.parameters
    var (records, notices): ([StepRecord], [String]) = ([], [])
    let reward = row.reward
    _ = try await Self.trainer(in: folder.path, policy, judge: Self.judge { _ in reward }) {
      $0.algorithm.kl = nil
      $0.steps = 3
    }.run(onEvent: {
      if case .step(let record, _) = $0 { records.append(record) }
      if case .notice(let text) = $0 { notices.append(text) }
    })
    #expect(records.count == 3 && records.allSatisfy { $0.skipped == row.reason })
    #expect(notices.contains { $0.contains(row.reason) })
    #expect(policy.parameters == before)
    if row.reward?.isFinite != true { #expect(records.allSatisfy { $0.rollouts?.reward == nil }) }
  }

  @Test func dynamicSamplingDrawsAgainAndThenGivesUp() async throws {
    let folder = try Scratch()
    var records: [StepRecord] = []
    _ = try await Self.trainer(in: folder.path, try Small.policy(), judge: Self.judge { _ in 1 }) {
      $0.algorithm.samplesDynamically = true
      $0.steps = 2
    }.run(onEvent: { if case .step(let record, _) = $0 { records.append(record) } })
    #expect(records.map(\.groups) == [16, 16] && records.map(\.equalGroups) == [16, 16])
    #expect(records.allSatisfy { $0.skipped == "every group has equal rewards" })
  }

  @Test func someUnscorableSamplesAreMaskedAndCounted() async throws {
    let folder = try Scratch()
    var records: [StepRecord] = []
    let judge = try Self.judge { completion in completion.attempts.isEmpty ? nil : Double(completion.attempts.count % 2)
    }
    _ = try await Self.trainer(in: folder.path, try Small.policy(), judge: judge).run(onEvent: {
      if case .step(let record, _) = $0 { records.append(record) }
    })
    #expect(records.count == 6 && records.allSatisfy { ($0.rollouts?.count ?? 0) == 16 })
  }

  @Test func hopelessRunsEnd() async throws {
    let folder = try Scratch()
    await #expect(throws: TrainingError.self) {
      _ = try await Self.trainer(in: folder.path, try Small.policy(), judge: Self.judge { _ in nil }) { $0.steps = 500 }
        .run()
    }
    #expect(throws: TrainingError.self) {
      _ = try Trainer(
        policy: try Small.policy(), tasks: [], heldOut: Small.tasks().tasks, judge: Self.judge(),
        configuration: Self.configuration(), folder: folder.path)
    }
    #expect(throws: TrainingError.self) {
      _ = try Self.trainer(in: folder.path, try Small.policy()) { $0.groupSize = 0 }
    }
  }

  @Test func collapseEndsTheRunAndTheBestIsKept() async throws {
    let folder = try Scratch()
    let policy = try Small.policy()
    _ = try await Self.trainer(in: folder.path, policy) {
      $0.recipe = .sft
      $0.fineTuningSteps = 40
      $0.fineTuningRate = 0.05
    }.run()
    let other = try Scratch()
    // From a good policy, paid for writing no call at all.
    let judge = try Self.judge { completion in completion.attempts.isEmpty ? 1 : 0 }
    let result = try await Self.trainer(in: other.path, policy, judge: judge) {
      $0.steps = 300
      $0.groupSize = 4
      $0.temperature = 3
      $0.learningRate = 0.3
      $0.algorithm.kl = nil
    }.run()
    #expect(result.ending == .collapsed && result.best > 0.9 && result.steps < 300)
    let best = try #require(try RunFolder(path: other.path).folder(.best))
    let kept = LogLinearPolicy(tasks: Small.tasks().tasks, sizeExponent: 10)
    try kept.load(from: best)
    #expect(kept.parameters != policy.parameters)
  }

  @Test func nothingIsOverwrittenWhereWritingFails() async throws {
    let folder = try Scratch()
    let policy = FullDisk(try Small.policy(), savesLeft: 2)
    await #expect(throws: TrainingError.files("no space")) { _ = try await Self.trainer(in: folder.path, policy).run() }
    let run = RunFolder(path: folder.path)
    for name in [RunFolder.Name.best, .latest] {
      guard let kept = try run.folder(name) else { continue }
      let loaded = LogLinearPolicy(tasks: Small.tasks().tasks, sizeExponent: 10)
      try loaded.load(from: kept)
    }
    #expect(!(try folder.snapshot().keys.contains { $0.contains("partial") }))
    let whole = try Scratch()
    let first = try Small.policy()
    _ = try await Self.trainer(in: whole.path, first).run()
    let second = try Small.policy()
    _ = try await Self.trainer(in: folder.path, second).run(resumes: true)
    #expect(second.parameters == first.parameters)
    #expect(try whole.snapshot() == folder.snapshot())
  }

  /// A run that has reached its target, or collapsed, stays where it is.
  @Test func endedRunsStayEnded() async throws {
    let folder = try Scratch()
    for resumes in [false, true, true] {
      let result = try await Self.trainer(in: folder.path, try Small.policy()) {
        $0.recipe = .sft
        $0.fineTuningSteps = 40
        $0.fineTuningRate = 0.05
        $0.target = 0.5
      }.run(resumes: resumes)
      #expect(result.ending == .reachedTarget && result.steps < 40)
    }
  }

  @Test func damagedAndForeignCheckpointsAreRefused() async throws {
    let folder = try Scratch()
    _ = try await Self.trainer(in: folder.path, try Small.policy()).run()
    func resume(_ change: (inout TrainingConfiguration) -> Void = { _ in }) async -> TrainingError? {
      do {
        _ = try await Self.trainer(in: folder.path, try Small.policy(), change).run(resumes: true)
        return nil
      } catch {
        return error as? TrainingError
      }
    }
    #expect(await resume() == nil)
    #expect("\(await resume { $0.seed = 9 } as Any)".contains("other settings"))
    await #expect(throws: TrainingError.self) { _ = try await Self.trainer(in: folder.path, try Small.policy()).run() }
    var bytes = try folder.bytes("checkpoint-000006/policy.bin")
    bytes[1000] ^= 1
    try folder.write("checkpoint-000006/policy.bin", bytes)
    #expect("\(await resume() as Any)".contains("not the ones"))
    bytes[1000] ^= 1
    try folder.write("checkpoint-000006/policy.bin", bytes)
    #expect(await resume() == nil)
    // A digit of the state, and what belongs to it.
    let state = String(decoding: try folder.bytes("checkpoint-000006/state.json"), as: UTF8.self)
    try folder.write("checkpoint-000006/state.json", Array(state.replacing("\"step\":6", with: "\"step\":5").utf8))
    #expect("\(await resume() as Any)".contains("not the ones"))
    try folder.write("checkpoint-000006/state.json", Array(state.utf8))
    let metrics = try folder.bytes("metrics.jsonl")
    try folder.write("metrics.jsonl", Array(metrics.dropLast(9)))
    #expect("\(await resume() as Any)".contains("not the one"))
    try folder.write("metrics.jsonl", metrics)
    #expect(await resume() == nil)
    // A pointer that leads elsewhere: nothing is removed there.
    for text in ["", "..", "../\(folder.path)", "checkpoint-", "checkpoint-x", "best-000006", "checkpoint-000006/.."] {
      try folder.write("latest", Array(text.utf8))
      #expect("\(await resume() as Any)".contains("names no checkpoint"), "\(text)")
      #expect(try folder.bytes("metrics.jsonl") == metrics)
    }
    try folder.write("latest", Array("checkpoint-000009".utf8))
    #expect("\(await resume() as Any)".contains("is not there"))
    try folder.write("latest", Array("checkpoint-000006".utf8))
    try folder.write("checkpoint-000006/state.json", Array("{".utf8))
    #expect("\(await resume() as Any)".contains("not JSON"))
  }

  @Test(arguments: AlgorithmPreset.all.map(\.name))
  func everyPresetTrains(_ name: String) async throws {
    let preset = try #require(AlgorithmPreset.named(name))
    let folder = try Scratch()
    let policy = try Small.policy()
    let before = policy.parameters
    _ = try await Self.trainer(
      in: folder.path, policy, judge: Self.judge { Double(($0.segments.last?.range.upperBound ?? 0) % 17) }
    ) {
      $0.algorithm = preset.algorithm
      $0.steps = 1
      $0.promptsPerStep = 2
      $0.updatesPerStep = 2
    }.run()
    #expect(policy.parameters != before && policy.parameters.allSatisfy(\.isFinite))
  }

  @Test func theReportEscapesWhatModelsWrite() throws {
    let generation = Generation(
      tokens: [0], logProbabilities: [0], text: Array("<script>alert(1)</script>\u{1B}".utf8), isTruncated: false)
    let verdict = Verdict(score: nil, components: [nil])
    let rollout = Rollout(
      task: 0, prompt: Array("<b>".utf8), generation: generation, verdict: verdict, judgement: verdict,
      components: [("calls", nil)])
    let metrics = Array(
      #"{"step":1,"stage":"rl","reward":0.5}⏎{"evaluation":1,"exact_match":0.25}⏎{"step":"#.replacing("⏎", with: "\n")
        .utf8)
    let page = String(
      decoding: TrainingReport(title: "a < b", metrics: metrics, rollouts: [rollout], best: 0.25, bestStep: 1).html(),
      as: UTF8.self)
    #expect(!page.contains("<script") && !page.contains("\u{1B}") && page.contains("&lt;script&gt;"))
    #expect(page.contains("a &lt; b") && page.contains("could not be judged") && page.contains("default-src 'none'"))
  }
}

/// A policy whose disk is full after some checkpoints.
private final class FullDisk: Policy {
  private let base: LogLinearPolicy
  private var savesLeft: Int

  init(_ base: LogLinearPolicy, savesLeft: Int) {
    self.base = base
    self.savesLeft = savesLeft
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
    try base.accumulate(sequences, gradients: gradients, temperature: temperature)
  }
  func step(learningRate: Double, maximumGradientNorm: Double) throws(PolicyError) -> Double {
    try base.step(learningRate: learningRate, maximumGradientNorm: maximumGradientNorm)
  }
  func freezeReference() throws(PolicyError) { try base.freezeReference() }
  func save(to folder: String) throws(PolicyError) {
    if savesLeft == 0 { throw PolicyError("no space", isInputOutput: true) }
    savesLeft -= 1
    try base.save(to: folder)
  }
  func load(from folder: String) throws(PolicyError) { try base.load(from: folder) }
}
