import ArgumentParser
import ToolReward
import ToolRewardBenchmarks
import ToolRewardData
import ToolRewardLines
import ToolRewardReport

struct EvaluateAPIBankCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "api-bank",
    abstract: "API-Bank, by the rule that ToolRL scores it with.",
    discussion: """
      Each line of input is {"id", "model"?, "raw"}: "id" is Level1_0 and so on, as ToolRL's own results have it; "raw" is the model's text. The official \
      evaluators run the APIs, which is not done here: --export writes what they read. Docs/APIBank.md tells the rule.

      EXAMPLES
        toolreward evaluate api-bank --data API-Bank responses.jsonl
        toolreward evaluate api-bank --data API-Bank --export predictions.jsonl responses.jsonl
      """
  )

  @Option(help: ArgumentHelp("The folder with level-1-api_processed.json and so on.", valueName: "folder"))
  var data: String

  @Option(
    help: ArgumentHelp("Where to write the first call of each line for the official evaluators.", valueName: "out"))
  var export: String?

  @OptionGroup var evaluation: EvaluationOptions

  func run() async throws {
    let benchmark = try BenchmarkData.read(data, APIBank.init(folder:))
    let (model, isStrict, export) = (evaluation.model, evaluation.mode != .official, export)
    let inputs = evaluation.inputs
    try await evaluation.run(data: data, others: [("--export", export)]) {
      APIBankJudge(benchmark, model: model, isStrict: isStrict, exports: export != nil)
    } makeReport: { outcomes in
      .apiBank(outcomes.map { ($0.model, $0.sample) }, benchmark: benchmark, isStrict: isStrict)
    } onEnd: { outcomes in
      guard let export else { return }
      do throws(InputOutputError) {
        let sink = try OutputSink(path: export, inputs: inputs)
        let models = Set(outcomes.map(\.model)).count
        if models > 1 {
          Terminal.say(
            "toolreward: \(export) holds the calls of \(models) models, which the official evaluators cannot tell apart"
          )
        }
        let lost = outcomes.count { !$0.isFaithful }
        if lost > 0 {
          Terminal.say(
            "toolreward: \(DecimalText.grouped(lost)) calls are not read back as they are by the official evaluators: a value holds a quote, a line feed or nothing"
          )
        }
        for outcome in outcomes {
          if let line = outcome.exported { try sink.write(line) }
        }
      } catch {
        throw Terminal.report(error)
      }
    }
  }
}

/// Judges lines of API-Bank.
final class APIBankJudge: LineJudge {
  private let benchmark: APIBank
  private let model: String?
  private let isStrict: Bool
  private let exports: Bool

  init(_ benchmark: APIBank, model: String?, isStrict: Bool, exports: Bool) {
    self.benchmark = benchmark
    self.model = model
    self.isStrict = isStrict
    self.exports = exports
  }

  func judge(_ line: Span<UInt8>, file: String) throws(EvaluationProblem) -> EvaluationOutcome {
    let row = try PlainRow(line, model: model)
    guard let official = benchmark.verdict(id: row.id, prediction: row.prediction),
      let level = benchmark.level(of: row.id)
    else { throw EvaluationProblem(message: "there is no sample '\(row.id)' in the data") }
    let strict = isStrict ? benchmark.strictVerdict(id: row.id, prediction: row.prediction)?.benchmarkVerdict : nil
    let exported = exports ? benchmark.exportedLine(id: row.id, prediction: row.prediction) : nil
    return EvaluationOutcome(
      model: row.model,
      sample: BenchmarkReport.Sample(
        category: "level-\(level)", id: Array(row.id.utf8), official: official.benchmarkVerdict, strict: strict),
      exported: exported.map { $0.line + [0x0A] }, isFaithful: exported?.isFaithful ?? true)
  }
}
