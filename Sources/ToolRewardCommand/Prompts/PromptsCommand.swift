import ArgumentParser

/// `toolreward prompts`: prompt templates under test.
struct PromptsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prompts",
    abstract: "Render chat templates, test them like code, and compare them.",
    discussion: """
      A suite names templates, cases and checks in YAML or JSON. Each template is rendered with each case; what models wrote after the prompts comes \
      from JSON Lines, or from an OpenAI-compatible server.

      EXAMPLES
        toolreward prompts render --template chat_template.jinja --context context.json
        toolreward prompts test suite.yaml
        toolreward prompts test suite.yaml --completions rollouts.jsonl --k 1 --k 4 --html report.html --junit report.xml
        toolreward prompts test suite.yaml --endpoint http://localhost:8000/v1 --model m --samples 4 --k 4
        toolreward prompts snapshot suite.yaml
        toolreward prompts diff suite.yaml
        toolreward prompts diff suite.yaml --templates old --templates new
        toolreward prompts compare suite.yaml --completions rollouts.jsonl

      EXIT STATUS
        0 all passed; 100 a check failed, or a prompt differs; 1 the suite or the completions cannot be read, or a check could not be made; 64 usage.
      """,
    subcommands: [
      RenderPromptCommand.self, PromptsTestCommand.self, PromptsSnapshotCommand.self, PromptsDiffCommand.self,
      PromptsCompareCommand.self,
    ])
}
