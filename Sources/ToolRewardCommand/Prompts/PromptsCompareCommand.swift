import ArgumentParser
import ToolReward
import ToolRewardLines
import ToolRewardPrompts
import ToolRewardSuites

/// `toolreward prompts compare`.
struct PromptsCompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare templates on the same cases, pair by pair.",
    discussion: """
      Wins, losses and ties by case; the difference with a bootstrap interval; McNemar's exact test where each case has one answer that is right or \
      wrong, otherwise a permutation test by sign flips; Holm's correction over all pairs; the cases that flipped.

      EXAMPLES
        toolreward prompts compare suite.yaml --completions rollouts.jsonl
        toolreward prompts compare suite.yaml --completions rollouts.jsonl --templates new --templates old
        toolreward prompts compare suite.yaml --completions rollouts.jsonl --baseline old --json comparison.json

      EXIT STATUS
        0 done; 1 something could not be read, a completion is missing or cannot be judged, or there is nothing to compare; 64 usage.
      """)

  @OptionGroup var options: SuiteOptions
  @OptionGroup var completions: CompletionOptions
  @OptionGroup(title: "Asking a model") var endpoint: EndpointOptions
  @OptionGroup var outputs: SuiteOutputOptions

  @Option(help: ArgumentHelp("The template to compare each other with; by default every pair.", valueName: "name"))
  var baseline: String?

  @Option(help: ArgumentHelp("Of what is drawn at random.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("How many flipped cases of each pair to list.", valueName: "n"))
  var flips = 20

  func validate() throws {
    if flips < 0 { throw ValidationError("--flips must be 0 or more.") }
  }

  func run() async throws {
    let suite = try options.read()
    if let baseline, !suite.templates.contains(where: { $0.name == baseline }) {
      throw SuiteStatus.error("the suite has no template '\(baseline)' to compare with")
    }
    if suite.templates.count < 2 { throw SuiteStatus.error("the suite has one template: nothing to compare") }
    let inputs = suite.files + completions.completions + [endpoint.store(beside: options.suite)]
    try outputs.check(inputs)
    let texts = try await completions.read(for: suite, options, endpoint)
    let store = SnapshotStore(folder: SnapshotStore.folder(ofSuite: options.suite))
    let result = options.run(
      suite, texts, snapshots: store, expectsCompletions: completions.isGiven(endpoint))
    let comparisons = result.comparisons(baseline: baseline, seed: seed)
    try outputs.write(result, comparisons, [], inputs: inputs)
    try SuiteOutputOptions.write("-", Array(comparisons.text(flips: flips).utf8))
    if comparisons.allSatisfy({ $0.cases == 0 }) {
      SuiteStatus.say("no two templates have a case in common that could be judged: nothing was compared")
      throw SuiteStatus.error
    }
    if result.errors > 0 {
      SuiteStatus.say("\(result.errors) cells have checks that could not be made: see `prompts test`")
      throw SuiteStatus.error
    }
  }
}
