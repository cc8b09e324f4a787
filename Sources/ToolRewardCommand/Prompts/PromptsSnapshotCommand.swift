import ArgumentParser
import Synchronization
import ToolReward
import ToolRewardLines
import ToolRewardPrompts
import ToolRewardReport
import ToolRewardSuites

/// The modes as an option's values.
enum RecordMode: String, ExpressibleByArgument, CaseIterable {
  case all, failed, missing, never

  var mode: SnapshotStore.Mode {
    switch self {
    case .all: .all
    case .failed: .failed
    case .missing: .missing
    case .never: .never
    }
  }
}

/// Where recorded prompts are.
struct SnapshotOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The folder of recorded prompts; by default __Snapshots__/SUITE beside the suite.", valueName: "folder"))
  var snapshots: String?

  func folder(of suite: String) -> String { snapshots ?? SnapshotStore.folder(ofSuite: suite) }
}

/// `toolreward prompts snapshot`.
struct PromptsSnapshotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot",
    abstract: "Record each template's prompt for each case, for the check \"snapshot\".",
    discussion: """
      A file for each cell, SNAPSHOTS/TEMPLATE__CASE.txt, to be kept with the suite.

      EXAMPLES
        toolreward prompts snapshot suite.yaml                  # what is missing, and what differs
        toolreward prompts snapshot suite.yaml --record missing # nothing that is recorded changes
        toolreward prompts snapshot suite.yaml --record never   # only tell: 100 if something differs or is missing

      EXIT STATUS
        0 every prompt is as recorded, or is recorded now; 100 one is not, or a template gives none; 1 something could not be read or written; \
      64 usage.
      """)

  @OptionGroup var options: SuiteOptions
  @OptionGroup var snapshots: SnapshotOptions

  @Option(help: "What to record: all, what is missing or failed, what is missing, or never anything.")
  var record = RecordMode.failed

  func run() throws {
    var suite = try options.read()
    suite.checks = [PromptCheck(.snapshot)]
    for index in suite.cases.indices { suite.cases[index].checks = [] }
    let folder = snapshots.folder(of: options.suite)
    let recorded = Recorded()
    let store = SnapshotStore(folder: folder, mode: record.mode)
    let counting = SnapshotStore(mode: record.mode, read: store.read) { name, text in
      let problem = store.write(name, text)
      if problem == nil { recorded.names.withLock { $0.append(name) } }
      return problem
    }
    let result = options.run(suite, SuiteCompletions(), snapshots: counting)
    let names = recorded.names.withLock { $0 }
    var lines = names.map { VisibleText.of("recorded \(folder)/\($0)") }
    for cell in result.cells where !cell.isPassed {
      let name = VisibleText.of("\(cell.template) / \(cell.test)")
      lines += cell.checks.filter(\.isBad).map { "\(name): \(SuiteStatus.visible($0.message))" }
    }
    let same = result.passed - names.count
    lines.append(
      "\(names.count) recorded, \(max(0, same)) as recorded before, \(result.cells.count - result.passed) not as recorded"
    )
    try SuiteOutputOptions.write("-", Array((lines.joined(separator: "\n") + "\n").utf8))
    if result.errors > 0 { throw SuiteStatus.error }
    if result.passed < result.cells.count { throw SuiteStatus.failed }
  }

  private final class Recorded: Sendable {
    let names = Mutex<[String]>([])
  }
}
