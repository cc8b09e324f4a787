import Testing
import ToolReward

@testable import ToolRewardTraining

/// When a run is told to have collapsed, and when it is let alone.
struct HealthTests {
  /// Values of n tasks, the floor, and how many evaluations in a row are far below the best at the end.
  @Test(arguments: [
    // From 0.9 down to 0.3 of forty tasks; from 0.05 to 0: two tasks are chance.
    ([0.2, 0.9, 0.3, 0.3], 40, 0.0, 2), ([0.05, 0, 0, 0], 40, 0, 0),
    // The same fall over thousands of samples is none.
    ([0.05, 0, 0, 0], 4000, 0, 3), ([0.002, 0, 0], 500, 0, 0),
    // Recovered; half left; never risen.
    ([0.9, 0.1, 0.8], 40, 0, 0), ([0.9, 0.5, 0.5], 40, 0, 0), ([0, 0, 0], 40, 0, 0),
    // Negative rewards fall from their floor.
    ([-1, 0.5, -2.5, -2.8], 4000, -3, 2), ([-1, 0.5, -1], 4000, -3, 0), ([.nan, 0.9, .nan, 0.1], 40, 0, 1),
  ])
  func falls(_ row: (values: [Double], count: Int, floor: Double, below: Int)) {
    var signal = HealthSignal()
    for (step, value) in row.values.enumerated() {
      let share = min(max(value, 0), 1)
      signal.note(
        value, error: share * (1 - share) / Double(row.count), floor: row.floor, fraction: 0.5, step: step)
    }
    #expect(signal.below == row.below)
  }

  private static func summary(exact: Double?, format: Double? = 1) -> RolloutSummary {
    var summary = RolloutSummary([], judge: ToolN1Reward())
    (summary.count, summary.exactMatch, summary.format) = (40, exact, format)
    return summary
  }

  @Test func whatIsLookedAtAndWhen() {
    func troubles(
      _ stage: TrainingRecipe.Stage?, _ rows: [(exact: Double?, format: Double?, entropy: Double)]
    ) -> [String] {
      var health = RunHealth()
      for (step, row) in rows.enumerated() {
        health.note([], entropy: row.entropy)
        health.note(Self.summary(exact: row.exact, format: row.format), stage: stage, step: step, fraction: 0.5)
        #expect(RunHealth(health.words) == health)
      }
      return health.troubles(for: 3)
    }
    let fine: (Double?, Double?, Double) = (0.9, 1, 1)
    func after(_ row: (Double?, Double?, Double)) -> [(exact: Double?, format: Double?, entropy: Double)] {
      [fine, row, row, row]
    }
    #expect(troubles(.rl, [fine, fine, fine, fine]).isEmpty)
    #expect(
      troubles(.rl, after((0.1, 1, 1))) == ["exact match on validation tasks is far below its best, 0.9 after step 0"])
    #expect(
      troubles(.rl, after((0.9, 0.2, 1))) == ["the format on validation tasks is far below its best, 1.0 after step 0"])
    #expect(troubles(.rl, after((0.4, 1, 0.001))).count == 2)
    // A policy that knows its tasks has little entropy; the one that cannot be judged is not better for it.
    #expect(troubles(.rl, after((0.9, 1, 0.001))).isEmpty)
    #expect(troubles(.rl, after((nil, nil, 0.001))).count == 1)
    // Without reasoning the format goes, as it is meant to.
    #expect(troubles(.noReasonSFT, after((0, 0, 1))).isEmpty)
    #expect(troubles(.rl, Array(after((0.1, 0.1, 1)).dropLast())).isEmpty)
    #expect(RunHealth([]) == nil && RunHealth([UInt64](repeating: 1, count: 29)) == nil)
  }

  /// From a start below a tenth too: the training reward, of many samples, tells what exact match on a few tasks cannot.
  @Test func aRewardThatFallsFromLittleEndsTheRun() async throws {
    let folder = try Scratch()
    let fallen = Fallen()
    let result = try await Small.trainer(
      in: folder.path, try Small.policy(), judge: Small.judge { _ in fallen.reward() }
    ) {
      $0.steps = 60
      $0.groupSize = 16
      $0.learningRate = 0
    }.run()
    #expect(result.ending == .collapsed && result.steps < 60 && result.reason.contains("the training reward"))
    // It stays ended, with its reason.
    let again = try await Small.trainer(
      in: folder.path, try Small.policy(), judge: Small.judge { _ in fallen.reward() }
    ) {
      $0.steps = 60
      $0.groupSize = 16
      $0.learningRate = 0
    }.run(resumes: true)
    #expect(again.ending == .collapsed && again.reason == result.reason && again.steps == result.steps)
  }

  @Test func stepsThatAreNoNumbersEndTheRun() async throws {
    for recipe in [TrainingRecipe.rl, .sft] {
      let folder = try Scratch()
      var records: [StepRecord] = []
      let error = await #expect(throws: TrainingError.self) {
        _ = try await Small.trainer(
          in: folder.path, Wrapped(try Small.policy(), goodSteps: 2), judge: Small.judge(Small.lengthReward)
        ) {
          $0.recipe = recipe
          ($0.steps, $0.fineTuningSteps) = (60, 60)
          $0.hopelessSteps = 5
        }.run(onEvent: { if case .step(let record, _) = $0 { records.append(record) } })
      }
      #expect("\(error as Any)".contains("no number in 5 steps in a row, to step 7"), "\(recipe)")
      #expect(records.count == 6 && records.dropFirst(2).allSatisfy { $0.skipped == "the gradient is no number" })
    }
  }

  /// The counters are part of the checkpoint: stopped and resumed, a hopeless run ends with the same step.
  @Test func countersGoOnAfterAResume() async throws {
    let folder = try Scratch()
    var (message, steps) = ("", 0)
    for attempt in 0..<20 where message.isEmpty {
      do {
        _ = try await Small.trainer(in: folder.path, try Small.policy(), judge: Small.judge { _ in nil }) {
          $0.steps = 100
          $0.hopelessSteps = 7
        }.run(
          resumes: attempt > 0, shouldStop: { true }, onEvent: { if case .step = $0 { steps += 1 } })
      } catch {
        message = "\(error)"
      }
    }
    #expect(message == "no sample could be judged, in 7 steps in a row" && steps == 6)
  }
}

/// A reward of 1 for one completion in ten, until it is none for any.
private final class Fallen: @unchecked Sendable {
  private var count = 0

  func reward() -> Double {
    count += 1
    return count < 1500 && count % 10 == 0 ? 1 : 0
  }
}
