import ArgumentParser
import ToolReward
import ToolRewardBenchmarks
import ToolRewardLines
import ToolRewardPrompts
import ToolRewardReport
import ToolRewardSuites

/// The statuses of `toolreward prompts`, which are promptfoo's.
enum SuiteStatus {
  /// A check failed.
  static let failed = ExitCode(100)
  /// Something could not be read, or judged.
  static let error = ExitCode(1)

  static func error(_ message: String) -> ExitCode {
    say(message)
    return error
  }

  /// Says something on standard error. It may have others' text in it, names of cases or what a template raises: what would act on a terminal is
  /// spelled out, but for the ends of lines.
  static func say(_ message: String) { Terminal.say("toolreward: \(visible(message))") }

  /// The same text, spelled out. Tabs stay too: a template's line has a mark under its column.
  static func visible(_ text: String) -> String {
    text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
      line.split(separator: 0x09, omittingEmptySubsequences: false).map { VisibleText.of(Array($0)) }
        .joined(separator: "\t")
    }.joined(separator: "\n")
  }
}

/// Which suite, and which part of it.
struct SuiteOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("The suite: YAML, or JSON.", valueName: "suite"))
  var suite: String

  @Option(
    name: .customLong("templates"),
    help: ArgumentHelp("A template to take; by default all. May be given again.", valueName: "name"))
  var templates: [String] = []

  @Option(
    name: .customLong("cases"),
    help: ArgumentHelp("A case to take; by default all. May be given again.", valueName: "name"))
  var cases: [String] = []

  /// Reads the suite.
  func read() throws -> PromptSuite {
    var suite: PromptSuite
    do throws(SuiteError) {
      suite = try PromptSuite(file: self.suite, rewards: .withBenchmarks)
    } catch {
      throw SuiteStatus.error("\(error)")
    }
    if let name = templates.first(where: { name in !suite.templates.contains { $0.name == name } }) {
      throw SuiteStatus.error(
        "\(self.suite) has no template '\(name)'; it has: \(suite.templates.map { VisibleText.of($0.name) }.joined(separator: ", "))"
      )
    }
    if let name = cases.first(where: { name in !suite.cases.contains { $0.name == name } }) {
      throw SuiteStatus.error("\(self.suite) has no case '\(name)'")
    }
    if !templates.isEmpty {
      // In the order asked for: the first is compared with the second.
      suite.templates = templates.compactMap { name in suite.templates.first { $0.name == name } }
    }
    if !cases.isEmpty { suite.cases = suite.cases.filter { cases.contains($0.name) } }
    return suite
  }

  /// Runs a suite, with progress on a terminal.
  func run(
    _ suite: PromptSuite, _ completions: SuiteCompletions, snapshots: SnapshotStore? = nil,
    expectsCompletions: Bool? = nil
  ) -> SuiteResult {
    let total = suite.templates.count * suite.cases.count
    let isShown = Terminal.errorIsTerminal
    var shown = ContinuousClock.now
    let result = SuiteRunner(snapshots: snapshots, expectsCompletions: expectsCompletions).run(
      suite, completions: completions
    ) { done in
      guard isShown, ContinuousClock.now - shown > .milliseconds(200) else { return }
      shown = ContinuousClock.now
      Terminal.sayInPlace("\(DecimalText.grouped(done)) of \(DecimalText.grouped(total)) cells")
    }
    if isShown { Terminal.sayInPlace("") }
    return result
  }

  func validate() throws {
    for names in [templates, cases] where Set(names).count < names.count {
      throw ValidationError("A template or a case is named twice.")
    }
  }
}

/// What models wrote.
struct CompletionOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "JSON Lines of completions: {\"template\", \"case\", \"sample\"?, \"completion\"}. May be given again.",
      valueName: "file"))
  var completions: [String] = []

  func validate() throws {
    for (place, file) in completions.enumerated() {
      guard let other = completions[..<place].first(where: { $0 == file || LineSource.isSamePlace($0, file) }) else {
        continue
      }
      throw ValidationError(
        "\(file) is given twice\(other == file ? "" : ", as \(other) too"): its completions would count twice.")
    }
  }

  /// Whether completions are to be read or asked for.
  func isGiven(_ endpoint: EndpointOptions) -> Bool { !completions.isEmpty || endpoint.endpoint != nil }

  /// Reads the completions, or asks for them; says how many are of no cell.
  func read(
    for suite: PromptSuite, _ options: SuiteOptions, _ endpoint: EndpointOptions
  ) async throws -> SuiteCompletions {
    if endpoint.endpoint != nil {
      if !completions.isEmpty { throw ValidationError("Completions come from --completions or from --endpoint.") }
      return try await endpoint.collect(suite, file: options.suite)
    }
    var found = SuiteCompletions()
    do throws(SuiteError) {
      for file in completions { try found.add(file: file) }
    } catch {
      throw SuiteStatus.error("\(error)")
    }
    let isPart = !options.templates.isEmpty || !options.cases.isEmpty
    if !isPart, let strangers = found.strangers(to: suite) {
      SuiteStatus.say(
        "\(DecimalText.grouped(strangers.count)) completions are of no cell of the suite; the first: \(VisibleText.of(strangers.first))"
      )
      if strangers.count == found.count { throw SuiteStatus.error }
    }
    return found
  }
}
