internal import ToolReward
internal import ToolRewardLines

/// What a run tells while it goes on.
public enum TrainingEvent: Sendable {
  /// The run goes on from a checkpoint.
  case resumed(step: Int)
  /// A step is done; some of its completions, if it wrote any.
  case step(StepRecord, examples: [Rollout])
  /// The validation tasks were judged.
  case evaluation(EvaluationRecord)
  /// The held-out tasks were judged: before the first step, and at the end.
  case heldOut(HeldOutRecord)
  /// Something worth a person's attention.
  case notice(String)
  /// A checkpoint was written.
  case checkpoint(step: Int)
}

/// How a run ended.
public struct TrainingResult: Sendable {
  /// Why a run ends.
  public enum Ending: String, Sendable, Hashable {
    /// All steps are done.
    case finished
    /// Exact match on validation tasks reached the target.
    case reachedTarget = "reached-target"
    /// Exact match, format, reward or entropy fell and stayed down: the best checkpoint is the one to take.
    case collapsed
    /// It was asked to stop: the last step is finished and saved.
    case interrupted
  }

  /// Why it ended.
  public var ending: Ending
  /// What fell, in words, if it collapsed; else empty.
  public var reason: String
  /// How many steps are done.
  public var steps: Int
  /// The best exact match on validation tasks.
  public var best: Double
  /// After which step that was.
  public var bestStep: Int
  /// The best checkpoint on held-out tasks; `nil` if there are none, or the run is to go on.
  public var heldOut: HeldOutRecord?
  /// The held-out tasks under the best checkpoint, or the validation tasks under the last parameters where ``heldOut`` is `nil`.
  public var evaluation: [Rollout]
}

/// Trains a policy: rollouts, the oracle, advantages, updates, evaluation, checkpoints.
///
/// What is chosen, the best checkpoint and when to end, is chosen by validation tasks; held-out tasks are judged before the first step and at the
/// end, and nothing follows from them, so that their figure is not the greatest of many.
///
/// A run's folder has `run.json`, `metrics.jsonl`, the checkpoint named by `latest` and the one named by `best`. A run that was stopped at any
/// moment, and is resumed, ends with the same parameters and the same metrics as one that was not, provided that the policy is repeatable.
public final class Trainer {
  let policy: any Policy
  let tasks: [TrainingTask]
  let validation: [TrainingTask]
  let heldOut: [TrainingTask]
  let overlap: TaskOverlap
  let judge: RolloutJudge
  let configuration: TrainingConfiguration
  let folder: RunFolder
  var state: TrainingState
  private(set) var settings = RunSettings()

  /// Prepares a run.
  ///
  /// - Parameters:
  ///   - policy: What is trained, as it is before the first step.
  ///   - tasks: What it is trained on.
  ///   - validation: What the best checkpoint and the run's end are chosen by, and what is never trained on.
  ///   - heldOut: What is judged before the first step and at the end, and decides nothing; may be empty.
  ///   - judge: The rewards.
  ///   - configuration: The settings.
  ///   - folder: Where the run's files go; it is made if need be.
  ///   - origin: What else the run follows from, by name: what files of rewards hold, how the policy was made. A run is gone on with only if all of
  ///     it is the same.
  /// - Throws: ``TrainingError`` if a setting is of no use or there are no tasks.
  public init(
    policy: any Policy, tasks: [TrainingTask], validation: [TrainingTask], heldOut: [TrainingTask] = [],
    judge: RolloutJudge, configuration: TrainingConfiguration, folder: String, origin: [String: String] = [:]
  ) throws(TrainingError) {
    try configuration.validate()
    if tasks.isEmpty { throw .nothingToLearn("there are no tasks to train on") }
    if validation.isEmpty {
      throw .nothingToLearn("there are no validation tasks: without them nobody would see a reward being gamed")
    }
    self.policy = policy
    self.tasks = tasks
    self.validation = validation
    self.heldOut = heldOut
    overlap = TaskOverlap(of: heldOut, with: tasks)
    self.judge = judge
    self.configuration = configuration
    self.folder = RunFolder(path: folder)
    state = TrainingState(seed: configuration.seed, taskCount: tasks.count)
    configuration.describe(in: &settings)
    for (name, scorer) in [("reward", judge.reward(0)), ("judge", judge.exactMatch)] {
      settings.add(name, scorer.reward.name)
      settings.add("\(name)'s components", scorer.reward.componentNames.joined(separator: " "))
    }
    for (name, value) in origin.sorted(by: { $0.key < $1.key }) { settings.add(name, value) }
    for (name, split) in [("training tasks", tasks), ("validation tasks", validation), ("held-out tasks", heldOut)] {
      settings.add(name, TrainingTasks.digest(of: split))
    }
  }

  /// Whether the folder holds a run that can be gone on with, or would be written over.
  public static func hasRun(in folder: String) -> Bool { RunFolder(path: folder).hasRun }

  /// Trains to the end.
  ///
  /// - Parameters:
  ///   - resumes: Whether to go on from the last checkpoint, if there is one.
  ///   - shouldStop: Asked after each step; if it says so, the run is saved and ends.
  ///   - onEvent: Told of what happens.
  /// - Throws: ``TrainingError``; checkpoints written before stay whole.
  public func run(
    resumes: Bool = false, shouldStop: () -> Bool = { false }, onEvent: (TrainingEvent) -> Void = { _ in }
  ) async throws(TrainingError) -> TrainingResult {
    let lock = try takeFolder()
    defer { withExtendedLifetime(lock) {} }
    let sink = try await begin(resumes: resumes, onEvent)
    if let ended = TrainingResult.Ending(rawValue: state.ending) { return try await finish(ended, sink, onEvent) }
    var ending = TrainingResult.Ending.finished
    if state.step == 0 {
      _ = try await judgeHeldOut(of: 0, sink, onEvent)
      _ = try await evaluate(after: nil, sink, onEvent)
    }
    while let stage = configuration.stage(at: state.step) {
      if configuration.isStageStart(state.step) {
        try await asking { () async throws(PolicyError) in try await policy.freezeReference() }
      }
      let (record, examples) = try await step(stage, onEvent)
      state.step += 1
      if stage == .rl { state.health.note(examples, entropy: record.entropy) }
      try write(record.line, to: sink)
      onEvent(.step(record, examples: examples))
      let isLast = configuration.stage(at: state.step) == nil
      if state.step % configuration.evaluationInterval == 0 || isLast || configuration.isStageStart(state.step) {
        ending = try await endingByEvaluation(after: stage, sink, onEvent)
      }
      let stops = shouldStop()
      if stops, ending == .finished, !isLast { ending = .interrupted }
      if ending == .reachedTarget || ending == .collapsed { state.ending = ending.rawValue }
      if ending != .finished || isLast || state.step % configuration.checkpointInterval == 0 {
        try await checkpoint(.latest)
        onEvent(.checkpoint(step: state.step))
      }
      if ending != .finished { break }
    }
    return try await finish(ending, sink, onEvent)
  }

  private func endingByEvaluation(
    after stage: TrainingRecipe.Stage, _ sink: OutputSink, _ onEvent: (TrainingEvent) -> Void
  ) async throws(TrainingError) -> TrainingResult.Ending {
    let exact = try await evaluate(after: stage, sink, onEvent)
    if let target = configuration.target, exact >= target, stage == configuration.recipe.stages.last {
      return .reachedTarget
    }
    let troubles = state.health.troubles(for: configuration.collapsePatience)
    if troubles.isEmpty { return .finished }
    state.endingReason = troubles.joined(separator: "; ")
    return .collapsed
  }

  private func takeFolder() throws(TrainingError) -> RunLock {
    do throws(InputOutputError) {
      try OutputSink.makeFolder(folder.path)
    } catch {
      throw TrainingError.files("\(error)")
    }
    return try RunLock(folder: folder.path)
  }

  private func begin(resumes: Bool, _ onEvent: (TrainingEvent) -> Void) async throws(TrainingError) -> OutputSink {
    let hasRun = folder.hasRun
    if hasRun, !resumes {
      throw .configuration("\(folder.path) holds a run already: resume it, or give another folder")
    }
    if !settings.has("policy") {
      settings.add("policy", try await asking { () async throws(PolicyError) in try await policy.identity() })
    }
    try checkOverlap(onEvent)
    try folder.claim(settings)
    if let found = try folder.read(.latest, fingerprint: settings.fingerprint) {
      state = found.state
      try checkMetrics()
      try await asking { () async throws(PolicyError) in try await policy.load(from: found.folder) }
      onEvent(.resumed(step: state.step))
    } else if hasRun {
      onEvent(.notice("\(folder.path) has no checkpoint yet: the run begins with its first step again"))
    }
    do throws(InputOutputError) {
      return try OutputSink(path: folder.metrics, keepingBytes: state.metricsBytes)
    } catch {
      throw TrainingError.files("\(error)")
    }
  }

  /// Whether the metrics of the steps that are done are there, whole lines of JSON as they were written.
  private func checkMetrics() throws(TrainingError) {
    let text: [UInt8]
    do throws(InputOutputError) {
      text = try LineSource.wholeFile(folder.metrics)
    } catch {
      throw .checkpoint("\(error): the run's metrics are gone; begin anew in another folder")
    }
    let kept = text.prefix(state.metricsBytes)
    guard kept.count == state.metricsBytes, kept.isEmpty || (kept.first == 0x7B && kept.last == 0x0A) else {
      throw .checkpoint("\(folder.metrics) is not the one that was written; begin anew in another folder")
    }
  }

  private func step(
    _ stage: TrainingRecipe.Stage, _ onEvent: (TrainingEvent) -> Void
  ) async throws(TrainingError) -> (StepRecord, [Rollout]) {
    switch stage {
    case .rl: return try await reinforce(onEvent)
    case .sft: return (try await fineTune(reasons: true, onEvent), [])
    case .noReasonSFT: return (try await fineTune(reasons: false, onEvent), [])
    }
  }

  func write(_ line: [UInt8], to sink: OutputSink) throws(TrainingError) {
    do throws(InputOutputError) {
      try sink.write(line)
    } catch {
      throw TrainingError.files("\(error)")
    }
    state.metricsBytes += line.count
  }

  func checkpoint(_ name: RunFolder.Name) async throws(TrainingError) {
    do throws(InputOutputError) {
      // The metrics that the state counts on are on the disk before it.
      try DurableFiles.synchronize(folder.metrics)
    } catch {
      throw TrainingError.files("\(error)")
    }
    try await folder.write(name, state, fingerprint: settings.fingerprint) { (folder) async throws(PolicyError) in
      try await policy.save(to: folder)
    }
  }

  /// The next task of the current pass over them, in a random order each time.
  func nextTask() -> Int {
    if state.position >= tasks.count {
      state.orderSeed = state.random.next()
      state.position = 0
    }
    if order.seed != state.orderSeed || order.tasks.isEmpty {
      var random = RandomSource(seed: state.orderSeed)
      order = (state.orderSeed, random.permutation(tasks.count))
    }
    defer { state.position += 1 }
    return order.tasks[state.position]
  }
  private var order: (seed: UInt64, tasks: [Int]) = (0, [])

  /// Passes a policy's error on.
  func asking<T>(_ body: () async throws(PolicyError) -> T) async throws(TrainingError) -> T {
    do throws(PolicyError) {
      return try await body()
    } catch {
      throw error.isInputOutput ? .files("\(error)") : .policy(error)
    }
  }
}

@available(*, unavailable)
extension Trainer: Sendable {}
