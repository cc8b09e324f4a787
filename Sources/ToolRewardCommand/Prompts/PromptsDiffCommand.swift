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
        0 nothing differs; 100 something does; 1 something could not be read, or no prompt is there to compare; 64 usage.
      """)

  @OptionGroup var options: SuiteOptions
  @OptionGroup var snapshots: SnapshotOptions

  func run() throws {
    var suite = try options.read()
    suite.checks = []
    for index in suite.cases.indices { suite.cases[index].checks = [] }
    let result = options.run(suite, SuiteCompletions())
    let store = SnapshotStore(folder: snapshots.folder(of: options.suite))
    var text = ""
    var count = 0
    var bare = 0
    func show(_ old: (name: String, text: [UInt8]), _ new: (name: String, text: [UInt8])) {
      guard old.text != new.text else { return }
      count += 1
      text += PromptDifference(old.text, new.text).text(from: old.name, to: new.name)
    }
    for test in suite.cases.indices {
      if options.templates.count == 2 {
        let (old, new) = (result.cell(0, test), result.cell(1, test))
        if old.prompt == nil, new.prompt == nil {
          bare += 1
          text +=
            VisibleText.of("\(result.cases[test]): neither template gives a prompt: \(old.error.map { "\($0)" } ?? "")")
            + "\n"
        } else {
          show(Self.side(old), Self.side(new))
        }
      } else {
        for template in suite.templates.indices {
          let cell = result.cell(template, test)
          let name = SnapshotStore.fileName(template: cell.template, case: cell.test)
          let recorded = store.read(name)
          if recorded == nil, cell.prompt == [] { text += "\(name) is not recorded, and the prompt is empty\n" }
          if recorded == nil, cell.prompt == [] { count += 1 }
          show((name, recorded ?? []), Self.side(cell))
        }
      }
    }
    text += count > 0 ? "\(count) of the prompts differ\n" : bare > 0 ? "" : "nothing differs\n"
    if bare > 0 { text += "\(bare) could not be compared\n" }
    try SuiteOutputOptions.write("-", Array(text.utf8))
    if count > 0 { throw SuiteStatus.failed }
    if bare > 0 { throw SuiteStatus.error }
  }

  private static func side(_ cell: SuiteCell) -> (name: String, text: [UInt8]) {
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
