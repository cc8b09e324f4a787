import ArgumentParser
import Synchronization
import ToolReward
import ToolRewardTraining
import ToolRewardLines
import ToolRewardReport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Whether Ctrl-C was pressed. The first time the run finishes its step; the second time the process ends at once.
enum Interruption {
  private static let isAsked = Atomic(false)

  static var wasAsked: Bool { isAsked.load(ordering: .relaxed) }

  static func watch() {
    // Made before a signal can come: a handler must not make globals.
    isAsked.store(false, ordering: .relaxed)
    for number in [SIGINT, SIGTERM] {
      _ = signal(number) { number in
        Interruption.isAsked.store(true, ordering: .relaxed)
        _ = signal(number, SIG_DFL)
      }
    }
  }
}

/// A run of the command: events to the terminal, the ending to an exit status, the report to a file.
struct TrainSession {
  let folder: String
  let configuration: TrainingConfiguration
  let judge: RolloutJudge
  let title: String
  let showsDashboard: Bool

  func run(
    _ policy: any Policy, _ tasks: [TrainingTask], _ heldOut: [TrainingTask], resumes: Bool
  ) async throws -> ExitCode? {
    Interruption.watch()
    var board = Dashboard(title: title, total: configuration.totalSteps, isOn: showsDashboard)
    let result: TrainingResult
    do throws(TrainingError) {
      let trainer = try Trainer(
        policy: policy, tasks: tasks, heldOut: heldOut, judge: judge, configuration: configuration, folder: folder)
      result = try await trainer.run(resumes: resumes, shouldStop: { Interruption.wasAsked }) { board.show($0) }
    } catch {
      board.leave()
      Terminal.say("toolreward: \(error)")
      switch error {
      case .configuration: return .validationFailure
      case .files:
        guard Trainer.hasRun(in: folder) else { return Status.inputOutput }
        Terminal.say(
          "toolreward: what was saved before is whole; 'toolreward train -o \(folder) --resume' goes on from it")
        return Status.inputOutput
      default: return Status.wrongInput
      }
    }
    board.leave()
    say(result)
    let report = TrainingReport(
      title: title, metrics: try metrics(), rollouts: result.evaluation, best: result.best, bestStep: result.bestStep)
    do throws(InputOutputError) {
      try OutputSink(path: "\(folder)/report.html").write(report.html())
    } catch {
      throw Terminal.report(error)
    }
    print("\(folder)/report.html")
    return nil
  }

  private func metrics() throws -> [UInt8] {
    do throws(InputOutputError) {
      return try LineSource.wholeFile("\(folder)/metrics.jsonl")
    } catch {
      throw Terminal.report(error)
    }
  }

  private func say(_ result: TrainingResult) {
    let best = "best exact match on held-out tasks \(DecimalText.fixed(result.best, 3)) after step \(result.bestStep)"
    switch result.ending {
    case .finished: print("finished \(result.steps) steps; \(best)")
    case .reachedTarget: print("reached the target after \(result.steps) steps; \(best)")
    case .collapsed:
      print("stopped after \(result.steps) steps: exact match fell and stayed down; \(best), kept in \(folder)/best")
    case .interrupted: print("stopped after \(result.steps) steps; --resume goes on; \(best)")
    }
  }
}
