internal import ToolReward
internal import ToolRewardLines

/// What a run tells while it goes on.
public enum TrainingEvent: Sendable {
  /// The run goes on from a checkpoint.
  case resumed(step: Int)
  /// A step is done; some of its completions, if it wrote any.
  case step(StepRecord, examples: [Rollout])
  /// The held-out tasks were judged.
  case evaluation(EvaluationRecord)
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
    /// Exact match on held-out tasks reached the target.
    case reachedTarget = "reached-target"
    /// Exact match on held-out tasks fell and stayed down: the best checkpoint is the one to take.
    case collapsed
    /// It was asked to stop: the last step is finished and saved.
    case interrupted
  }

  /// Why it ended.
  public var ending: Ending
  /// How many steps are done.
  public var steps: Int
  /// The best exact match on held-out tasks, and after which step.
  public var best: Double
  /// After which step that was.
  public var bestStep: Int
  /// The held-out tasks under the last parameters.
  public var evaluation: [Rollout]
}

/// Trains a policy: rollouts, the oracle, advantages, updates, evaluation, checkpoints.
///
/// A run's folder has `metrics.jsonl`, the checkpoint named by `latest` and the one named by `best`. A run that was stopped at any moment, and
/// is resumed, ends with the same parameters and the same metrics as one that was not, provided that the policy is repeatable.
public final class Trainer {
  let policy: any Policy
  let tasks: [TrainingTask]
  let heldOut: [TrainingTask]
  let judge: RolloutJudge
  let configuration: TrainingConfiguration
  let folder: RunFolder
  var state: TrainingState
  var emptySteps = 0
  private let fingerprint: String

  /// Prepares a run.
  ///
  /// - Parameters:
  ///   - policy: What is trained, as it is before the first step.
  ///   - tasks: What it is trained on.
  ///   - heldOut: What it is judged on, and never trained on.
  ///   - judge: The rewards.
  ///   - configuration: The settings.
  ///   - folder: Where the run's files go; it is made if need be.
  /// - Throws: ``TrainingError`` if a setting is of no use or there are no tasks.
  public init(
    policy: any Policy, tasks: [TrainingTask], heldOut: [TrainingTask], judge: RolloutJudge,
    configuration: TrainingConfiguration, folder: String
  ) throws(TrainingError) {
    try configuration.validate()
    if tasks.isEmpty { throw .nothingToLearn("there are no tasks to train on") }
    if heldOut.isEmpty {
      throw .nothingToLearn("there are no held-out tasks: without them nobody would see a reward being gamed")
    }
    self.policy = policy
    self.tasks = tasks
    self.heldOut = heldOut
    self.judge = judge
    self.configuration = configuration
    self.folder = RunFolder(path: folder)
    state = TrainingState(seed: configuration.seed, taskCount: tasks.count)
    var digest = FeatureHash(UInt64(tasks.count))
    for task in tasks + heldOut {
      digest.add(FeatureHash.of(task.prompt))
      digest.add(FeatureHash.of(task.demonstration ?? []))
      digest.add(FeatureHash.of(Demonstration.completion(for: task.task.groundTruth.calls)))
    }
    fingerprint =
      "\(configuration.fingerprint) reward=\(judge.reward(0).reward.name) judge=\(judge.exactMatch.reward.name) tasks=\(String(digest.value, radix: 16))"
  }

  /// Whether the folder holds a run that can be gone on with, or would be written over.
  public static func hasRun(in folder: String) -> Bool {
    ["metrics.jsonl", "latest", "best"].contains { FileNames.exists("\(folder)/\($0)") }
  }

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
    let sink = try await begin(resumes: resumes, onEvent)
    var ending = TrainingResult.Ending.finished
    if let ended = TrainingResult.Ending(rawValue: state.ending) {
      return TrainingResult(
        ending: ended, steps: state.step, best: state.best, bestStep: state.bestStep,
        evaluation: try await greedyRollouts())
    }
    if state.step == 0 { _ = try await evaluate(sink, onEvent) }
    while let stage = configuration.stage(at: state.step) {
      if configuration.isStageStart(state.step) {
        try await asking { () async throws(PolicyError) in try await policy.freezeReference() }
      }
      let (record, examples) = try await step(stage, onEvent)
      state.step += 1
      try write(record.line, to: sink)
      onEvent(.step(record, examples: examples))
      let isLast = configuration.stage(at: state.step) == nil
      if state.step % configuration.evaluationInterval == 0 || isLast || configuration.isStageStart(state.step) {
        let exact = try await evaluate(sink, onEvent)
        if let target = configuration.target, exact >= target, stage == configuration.recipe.stages.last {
          ending = .reachedTarget
        } else if state.evaluationsBelow >= configuration.collapsePatience {
          ending = .collapsed
        }
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
    return TrainingResult(
      ending: ending, steps: state.step, best: state.best, bestStep: state.bestStep,
      evaluation: try await greedyRollouts())
  }

  private func begin(resumes: Bool, _ onEvent: (TrainingEvent) -> Void) async throws(TrainingError) -> OutputSink {
    do throws(InputOutputError) {
      try OutputSink.makeFolder(folder.path)
    } catch {
      throw TrainingError.files("\(error)")
    }
    if resumes, let found = try folder.read(.latest, fingerprint: fingerprint) {
      state = found.state
      try checkMetrics()
      try await asking { () async throws(PolicyError) in try await policy.load(from: found.folder) }
      onEvent(.resumed(step: state.step))
    } else if !resumes, Self.hasRun(in: folder.path) {
      throw .configuration("\(folder.path) holds a run already: resume it, or give another folder")
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
    try await folder.write(name, state, fingerprint: fingerprint) { (folder) async throws(PolicyError) in
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
