import ArgumentParser
import ToolReward
import ToolRewardLines
import ToolRewardPrompts
import ToolRewardSuites

/// `toolreward prompts test`.
struct PromptsTestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Render each template with each case, and check prompts and completions.",
    discussion: """
      EXAMPLES
        toolreward prompts test suite.yaml
        toolreward prompts test suite.yaml --completions rollouts.jsonl --k 4
        toolreward prompts test suite.yaml --junit report.xml --html report.html
        toolreward prompts test suite.yaml --endpoint http://localhost:8000/v1 --model m --samples 4 --temperature 0.7
        toolreward prompts test suite.yaml --endpoint https://api.example.com/v1 --model m --key-variable API_KEY

      EXIT STATUS
        0 all passed; 100 a check failed; 1 something could not be read or judged; 64 usage.
      """)

  @OptionGroup var options: SuiteOptions
  @OptionGroup var completions: CompletionOptions
  @OptionGroup(title: "Asking a model") var endpoint: EndpointOptions
  @OptionGroup var snapshots: SnapshotOptions
  @OptionGroup var outputs: SuiteOutputOptions

  @Option(
    name: .customLong("k"),
    help: ArgumentHelp(
      "Show pass@k, that one of k completions passes, and pass^k, that all do. May be given again.", valueName: "n"))
  var counts: [Int] = []

  @Option(help: ArgumentHelp("How many failures to name.", valueName: "n"))
  var failures = 50

  func validate() throws {
    if counts.contains(where: { $0 < 1 }) { throw ValidationError("--k must be 1 or more.") }
    if failures < 0 { throw ValidationError("--failures must be 0 or more.") }
  }

  private func inputs(_ suite: PromptSuite) -> [String] {
    suite.files + completions.completions + [endpoint.store(beside: options.suite)]
  }

  func run() async throws {
    let suite = try options.read()
    let inputs = inputs(suite)
    try outputs.check(inputs)
    let texts = try await completions.read(for: suite, options, endpoint)
    let store = SnapshotStore(folder: snapshots.folder(of: options.suite))
    let result = options.run(
      suite, texts, snapshots: store, expectsCompletions: completions.isGiven(endpoint))
    let comparisons = outputs.wantsComparisons ? result.comparisons() : []
    try outputs.write(result, comparisons, counts, inputs: inputs)
    try SuiteOutputOptions.write(
      "-", Array(result.text(width: Terminal.outputWidth, failures: failures, passAt: counts).utf8))
    if result.errors > 0 { throw SuiteStatus.error }
    if result.failed > 0 { throw SuiteStatus.failed }
  }
}

/// Where a suite's report goes.
struct SuiteOutputOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Where to write the whole result as JSON.", valueName: "file"))
  var json: String?

  @Option(help: ArgumentHelp("Where to write a line of JSON for each cell.", valueName: "file"))
  var jsonl: String?

  @Option(help: ArgumentHelp("Where to write JUnit's XML, with a test case for each cell.", valueName: "file"))
  var junit: String?

  @Option(
    help: ArgumentHelp("Where to write a page with every prompt: one file that loads nothing.", valueName: "file"))
  var html: String?

  var wantsComparisons: Bool { json != nil || html != nil }

  func validate() throws {
    let files = [json, jsonl, junit, html].compactMap { $0 }
    if files.contains("-") { throw ValidationError("A report needs a file: standard output has the table.") }
    for (place, file) in files.enumerated()
    where files[..<place].contains(where: { $0 == file || LineSource.isSamePlace($0, file) }) {
      throw ValidationError("Two reports cannot be written to the same file.")
    }
  }

  /// Refuses to write over what is read, before anything is asked for.
  func check(_ inputs: [String]) throws {
    for file in [json, jsonl, junit, html].compactMap({ $0 })
    where inputs.contains(where: { LineSource.isSamePlace($0, file) }) {
      throw SuiteStatus.error("\(file) is both input and output: name another file for the report")
    }
  }

  func write(_ result: SuiteResult, _ comparisons: [SuiteComparison], _ counts: [Int], inputs: [String]) throws {
    // A file of completions may have come since.
    try check(inputs)
    var written: [String] = []
    func report(_ file: String?, _ bytes: @autoclosure () -> [UInt8]) throws {
      guard let file else { return }
      // Links may lead to one file that was not there before.
      if let other = written.first(where: { LineSource.isSamePlace($0, file) }) {
        throw SuiteStatus.error("\(file) is \(other), which has a report already: name another file")
      }
      try Self.write(file, bytes())
      written.append(file)
    }
    try report(json, result.json(comparisons))
    try report(jsonl, result.jsonLines())
    try report(junit, result.junit())
    try report(html, result.html(comparisons, passAt: counts))
  }

  static func write(_ path: String, _ bytes: [UInt8]) throws {
    do throws(InputOutputError) {
      try OutputSink(path: path).write(bytes)
    } catch {
      throw SuiteStatus.error("\(error)")
    }
  }
}
