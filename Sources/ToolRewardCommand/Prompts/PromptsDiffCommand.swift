import ArgumentParser
import ToolReward
import ToolRewardLines
import ToolRewardPrompts
import ToolRewardReport
import ToolRewardSuites

/// `toolreward prompts diff`.
struct PromptsDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Show line by line how prompts differ from the recorded ones, or two templates' from one another's.",
    discussion: """
      EXAMPLES
        toolreward prompts diff suite.yaml                                    # beside what `prompts snapshot` recorded
        toolreward prompts diff suite.yaml --templates old --templates new    # two templates, case by case

      EXIT STATUS
        0 nothing differs; 100 something does, or is not recorded; 1 something could not be read, or no prompt is there to compare; 64 usage.
      """)

  @OptionGroup var options: SuiteOptions
  @OptionGroup var snapshots: SnapshotOptions

  func run() throws {
    var suite = try options.read()
    suite.checks = []
    for index in suite.cases.indices { suite.cases[index].checks = [] }
    let result = options.run(suite, SuiteCompletions())
    let store = SnapshotStore(folder: snapshots.folder(of: options.suite))
    var found = Found()
    for test in suite.cases.indices {
      if options.templates.count == 2 {
        found.compare(result.cell(0, test), result.cell(1, test))
      } else {
        for template in suite.templates.indices { found.compare(result.cell(template, test), with: store) }
      }
    }
    let command =
      "toolreward prompts snapshot \(options.suite)" + (snapshots.snapshots.map { " --snapshots \($0)" } ?? "")
    try SuiteOutputOptions.write("-", Array((found.text + found.summary(command)).utf8))
    if found.unread > 0 { throw SuiteStatus.error }
    if found.different + found.unrecorded > 0 { throw SuiteStatus.failed }
    if found.bare > 0 { throw SuiteStatus.error }
  }

  /// What differs, as text, and how much of what kind there is.
  private struct Found {
    private(set) var text = ""
    private(set) var different = 0
    /// Prompts that none is recorded for.
    private(set) var unrecorded = 0
    /// Recorded prompts that cannot be read.
    private(set) var unread = 0
    /// Cells where neither side gives a prompt.
    private(set) var bare = 0

    /// Compares two templates' prompts for a case.
    mutating func compare(_ old: SuiteCell, _ new: SuiteCell) {
      if old.prompt == nil, new.prompt == nil {
        bare += 1
        say("\(VisibleText.of(old.test)): neither template gives a prompt: \(old.error.map { "\($0)" } ?? "")")
      } else {
        show(PromptsDiffCommand.side(old), PromptsDiffCommand.side(new))
      }
    }

    /// Compares a prompt with the recorded one.
    mutating func compare(_ cell: SuiteCell, with store: SnapshotStore) {
      let name = SnapshotStore.fileName(template: cell.template, case: cell.test)
      do throws(SnapshotError) {
        if let recorded = try store.read(name) {
          show((name, recorded), PromptsDiffCommand.side(cell))
        } else if cell.prompt == nil {
          bare += 1
          say("\(name) is not recorded, and the template gives no prompt: \(cell.error.map { "\($0)" } ?? "")")
        } else {
          unrecorded += 1
          say("\(name) is not recorded")
        }
      } catch {
        unread += 1
        say("\(error)")
      }
    }

    private mutating func show(_ old: (name: String, text: [UInt8]), _ new: (name: String, text: [UInt8])) {
      guard old.text != new.text else { return }
      different += 1
      text += PromptDifference(old.text, new.text).text(from: old.name, to: new.name)
    }

    private mutating func say(_ line: String) { text += SuiteStatus.visible(line) + "\n" }

    /// The counts.
    ///
    /// - Parameter command: What records prompts.
    func summary(_ command: String) -> String {
      var lines: [String] = []
      if different > 0 { lines.append("\(different) of the prompts differ") }
      if unrecorded > 0 { lines.append("\(unrecorded) of the prompts are not recorded: run `\(command)`") }
      if unread > 0 { lines.append("\(unread) of the recorded prompts cannot be read") }
      if bare > 0 { lines.append("\(bare) could not be compared") }
      if lines.isEmpty { lines.append("nothing differs") }
      return lines.map { $0 + "\n" }.joined()
    }
  }

  fileprivate static func side(_ cell: SuiteCell) -> (name: String, text: [UInt8]) {
    let text = cell.prompt ?? Array((cell.error.map { "no prompt: \($0)" } ?? "").utf8)
    return ("\(cell.template) / \(cell.test)", text)
  }

  func validate() throws {
    if options.templates.count > 2 {
      throw ValidationError(
        "Name two templates to compare them with one another, or one or none for the recorded prompts.")
    }
  }
}
