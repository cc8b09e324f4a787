import ArgumentParser

struct EvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Score a benchmark's predictions as its official code does, and as it should.",
    subcommands: [
      EvaluateBFCLCommand.self, EvaluateBFCLMultiTurnCommand.self, EvaluateACEBenchCommand.self,
      EvaluateAPIBankCommand.self,
    ]
  )
}
