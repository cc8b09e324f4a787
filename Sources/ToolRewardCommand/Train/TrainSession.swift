import ArgumentParser
import ToolReward
import ToolRewardTraining
import ToolRewardLines
import ToolRewardReport

/// A run of the command: events to the terminal, the ending to an exit status, the report to a file.
struct TrainSession {
  let folder: String
  let configuration: TrainingConfiguration
  let judge: RolloutJudge
  let origin: [String: String]
  let title: String
  let showsDashboard: Bool

  /// The tasks of a run.
  struct Splits {
    let training, validation, heldOut: [TrainingTask]
  }

  func run(
    _ policy: any Policy, _ splits: Splits, resumes: Bool
  ) async throws -> ExitCode? {
    Interruption.watch()
    var board = Dashboard(title: title, total: configuration.totalSteps, isOn: showsDashboard)
    let result: TrainingResult
    do throws(TrainingError) {
      let trainer = try Trainer(
        policy: policy, tasks: splits.training, validation: splits.validation, heldOut: splits.heldOut, judge: judge,
        configuration: configuration, folder: folder, origin: origin)
      result = try await trainer.run(resumes: resumes, shouldStop: { Interruption.wasAsked }) { board.show($0) }
    } catch {
      board.leave()
      Terminal.say("toolreward: \(error)")
      switch error {
      case .configuration: return .validationFailure
      case .inUse: return Status.inputOutput
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
    let best =
      "best exact match on validation tasks \(DecimalText.fixed(result.best, 3)) after step \(result.bestStep)"
    switch result.ending {
    case .finished: print("finished \(result.steps) steps; \(best)")
    case .reachedTarget: print("reached the target after \(result.steps) steps; \(best)")
    case .collapsed:
      print("stopped after \(result.steps) steps, as collapsed: \(result.reason); \(best), kept in \(folder)/best")
    case .interrupted: print("stopped after \(result.steps) steps; --resume goes on; \(best)")
    }
    guard let heldOut = result.heldOut else { return }
    func text(_ value: Double?) -> String { value.map { DecimalText.fixed($0, 3) } ?? "–" }
    let (count, known) = (heldOut.rollouts.count, heldOut.knownWordings)
    print(
      "that checkpoint on \(DecimalText.counted(count, "held-out task")), by which nothing was chosen: exact match \(text(heldOut.rollouts.exactMatch)) (\(known) worded as in training: \(text(heldOut.exactMatchOfKnown)); \(count - known) not: \(text(heldOut.exactMatchOfNew)))"
    )
  }
}
