import ArgumentParser
import ToolReward
import ToolRewardBenchmarks
import ToolRewardData
import ToolRewardLines

/// Where a record's parts are.
struct FieldOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Where the sample's identifier is.", valueName: "path"))
  var idField = "id"

  @Option(help: ArgumentHelp("Where the completion is.", valueName: "path"))
  var completionField = "completion"

  @Option(help: ArgumentHelp("Where a list of completions is.", valueName: "path"))
  var completionsField = "completions"

  @Option(
    help: ArgumentHelp("Where the ground truth is. A path may have dots: reward_model.ground_truth.", valueName: "path")
  )
  var groundTruthField = "ground_truth"

  @Option(help: ArgumentHelp("Where the tool definitions are.", valueName: "path"))
  var toolsField = "tools"

  var fields: SampleFields {
    SampleFields(
      id: FieldPath(idField), completion: FieldPath(completionField), completions: FieldPath(completionsField),
      groundTruth: FieldPath(groundTruthField), tools: FieldPath(toolsField))
  }

  func validate() throws {
    let paths = [
      ("--id-field", idField), ("--completion-field", completionField), ("--completions-field", completionsField),
      ("--ground-truth-field", groundTruthField), ("--tools-field", toolsField),
    ]
    for (option, path) in paths
    where path.utf8.split(separator: 0x2E, omittingEmptySubsequences: false).contains(where: \.isEmpty) {
      throw ValidationError("\(option) has an empty name in '\(path)'; write names joined by single dots.")
    }
  }
}

/// How completions are read.
struct ReadingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Which part of a conversation a completion is: response, prefilled (the prompt ended with the opening reasoning marker), conversation (judged from the last assistant marker), structured (messages with tool_calls).",
      valueName: "view"))
  var view = ViewName.response

  @Option(
    name: .customLong("leniency"),
    help: ArgumentHelp(
      "A departure from the format to forgive; each use is reported. May be given again.", valueName: "name"))
  var leniencies: [String] = []

  /// The format of that name with the leniencies asked for.
  func format(named name: String) throws -> CompletionFormat {
    let choice = try ConfigurationFile.format(name)
    do throws(ScorerOptionsError) {
      return try ScorerOptions.format(choice, leniencies: leniencies)
    } catch {
      throw ConfigurationFile.usage(error)
    }
  }
}

/// The views as an option's values.
enum ViewName: String, ExpressibleByArgument, CaseIterable {
  case response, prefilled, conversation, structured

  var view: InputView {
    switch self {
    case .response: .response
    case .prefilled: .prefilled
    case .conversation: .conversation
    case .structured: .structured
    }
  }
}

/// What completions are judged by.
struct JudgingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The reward: a name (see 'toolreward rewards'), or a file that composes some.", valueName: "name|file"))
  var reward = "tool-n1"

  @Option(
    help: ArgumentHelp(
      "The completions' format: a name (see 'toolreward formats'), or a file. The tool-n1 and tool-rl rewards have their own.",
      valueName: "name|file"))
  var format: String?

  @Option(help: ArgumentHelp("The training step, for rewards that move with it.", valueName: "n"))
  var step = 0

  @Flag(
    help:
      "Tell whether calls are valid by their tools' schemas under any reward: the component \"schema\" and its findings. exact-match and strict do so by themselves; in strict it counts."
  )
  var checkTools = false

  @OptionGroup var reading: ReadingOptions

  /// Makes the scorer that the options ask for.
  func makeScorer() throws -> Scorer {
    var options = ScorerOptions()
    options.reward = try ConfigurationFile.choice(reward, isKnown: RewardRegistry.withBenchmarks[reward] != nil)
    options.format = try format.map { try ConfigurationFile.format($0) }
    options.view = reading.view.view
    options.leniencies = reading.leniencies
    options.step = step
    options.checkTools = checkTools
    do throws(ScorerOptionsError) {
      return try Scorer(options, rewards: .withBenchmarks)
    } catch {
      throw ConfigurationFile.usage(error)
    }
  }
}

/// Files that rewards and formats are read from.
enum ConfigurationFile {
  /// What an option's value stands for: something known by name, or what its file holds.
  static func choice(_ value: String, isKnown: Bool) throws -> ScorerOptions.Choice {
    guard !isKnown, value.utf8.contains(0x2F) || value.hasSuffix(".json") || FileNames.exists(value) else {
      return .named(value)
    }
    do throws(InputOutputError) {
      return .file(try LineSource.wholeFile(value), path: value)
    } catch {
      throw Terminal.report(error)
    }
  }

  /// What the value of an option for a format stands for.
  static func format(_ value: String) throws -> ScorerOptions.Choice {
    try choice(value, isKnown: FormatRegistry()[value] != nil)
  }

  /// What is wrong with options, as the command says it.
  static func usage(_ error: ScorerOptionsError) -> ValidationError {
    switch error {
    case .unknownReward(let name, let known):
      ValidationError(
        "There is no reward '\(name)', and no such file. The rewards are: \(known.joined(separator: ", ")).")
    case .unknownFormat(let name, let known):
      ValidationError(
        "There is no format '\(name)', and no such file. The formats are: \(known.joined(separator: ", ")).")
    case .file: ValidationError("\(error)")
    default: ValidationError("\(error.description.prefix(1).uppercased())\(error.description.dropFirst()).")
    }
  }
}

/// Input, output and speed.
struct StreamOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("JSON Lines to read; - is standard input.", valueName: "in"))
  var inputs: [String]

  @Option(name: .shortAndLong, help: ArgumentHelp("Where to write; - is standard output.", valueName: "out"))
  var output = "-"

  @Option(name: .shortAndLong, help: ArgumentHelp("How many threads; 0 for one a core.", valueName: "n"))
  var jobs = 0

  @Flag(inversion: .prefixedNo, help: "Show progress on standard error. By default where that is a terminal.")
  var progress: Bool?

  var jobCount: Int { jobs == 0 ? Terminal.processorCount : jobs }

  /// Has workers read every input and write the output, with progress on a terminal.
  ///
  /// - Parameters:
  ///   - onWritten: Told of what was written, in order; answers how many samples that makes.
  func run<Worker: LineWorker>(
    makeWorker: @escaping @Sendable () -> Worker, onWritten: @escaping (Worker.Report) -> Int
  ) async throws {
    var line = ProgressLine(isOn: progress ?? Terminal.errorIsTerminal)
    do throws(InputOutputError) {
      let sink = try OutputSink(path: output, inputs: inputs)
      let pipeline = LinePipeline(inputs: inputs.map { LineInput(path: $0) }, jobs: jobCount)
      try await pipeline.run(into: sink, makeWorker: makeWorker) { report, read in
        line.update(samples: onWritten(report), read)
      }
    } catch {
      line.clear()
      throw Terminal.report(error)
    }
    line.clear()
  }

  func validate() throws {
    if inputs.isEmpty { throw ValidationError("Name the files to read, or - for standard input.") }
    if jobs < 0 { throw ValidationError("--jobs must be 0 or more.") }
    if inputs.filter({ $0 == "-" }).count > 1 { throw ValidationError("Standard input (-) can be read once only.") }
    if output != "-", inputs.contains(output) {
      throw ValidationError("\(output) is both input and output; writing would empty it first. Write to another file.")
    }
  }
}
