import ArgumentParser
import ToolReward

/// `toolreward`: judges what a tool-calling language model wrote.
@main
struct ToolRewardCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "toolreward",
    abstract: "Judge what a tool-calling language model wrote.",
    discussion: """
      Reads completions, finds the reasoning and the tool calls in them, compares the calls with the ground truth, and gives a \
      reward with its reasons.

      EXAMPLES
        toolreward score completions.jsonl -o scored.jsonl
        toolreward score --reward exact-match --format hermes completions.jsonl
        toolreward explain completions.jsonl --id "wrong argument"
        toolreward parse --format hermes completions.jsonl
        toolreward validate --tools tools.json calls.jsonl
        toolreward evaluate bfcl --data bfcl_eval/data predictions.jsonl
        toolreward import xlam.json ToolACE.json -o records.jsonl
        toolreward prompts render --template chat_template.jinja --context context.json
        toolreward train -o run
        toolreward rewards

      EXIT STATUS
        0 done; 1 done, but some samples could not be judged; 2 a threshold asked for was missed; 64 usage; 65 the input is not JSON Lines; 66 no input; 74 input or \
      output failed.
      """,
    version: toolRewardVersion,
    subcommands: [
      ScoreCommand.self, ExplainCommand.self, ParseCommand.self, FormatsCommand.self, RewardsCommand.self,
      ValidateCommand.self, ToolsCommand.self, EvaluateCommand.self, ImportCommand.self, PrepareCommand.self,
      AuditCommand.self, PromptsCommand.self, TrainCommand.self, BowtieCommand.self, TrainingMathCommand.self,
    ]
  )
}
