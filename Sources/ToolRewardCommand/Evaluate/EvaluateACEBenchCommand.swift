import ArgumentParser
import ToolReward
import ToolRewardBenchmarks
import ToolRewardData

struct EvaluateACEBenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "acebench",
    abstract: "ACEBench: the normal and special categories.",
    discussion: """
      Each line of input is {"id", "category"?, "model"?, "lang"?, "raw" | "decoded"}: "raw" is the model's text, "decoded" the list of calls that the \
      official decoder made of it; "lang" is en or zh. Model text is parsed, never evaluated. Docs/ACEBench.md tells the rules, and what they pay for.

      EXAMPLES
        toolreward evaluate acebench --data data_all predictions.jsonl
        toolreward evaluate acebench --data data_all --html report.html --verdicts verdicts.jsonl predictions.jsonl
      """
  )

  @Option(help: ArgumentHelp("The folder 'data_all' of ACEBench, with data_en or data_zh in it.", valueName: "folder"))
  var data: String

  @OptionGroup var evaluation: EvaluationOptions

  func run() async throws {
    let benchmark = try BenchmarkData.read(data, ACEBench.init(folder:))
    let (model, isStrict) = (evaluation.model, evaluation.mode != .official)
    try await evaluation.run(data: data) {
      ACEBenchJudge(benchmark, model: model, isStrict: isStrict)
    } makeReport: { outcomes in
      .acebench(
        outcomes.map { ($0.model, ACEBench.Language(rawValue: $0.variant) ?? .en, $0.sample) }, benchmark: benchmark,
        isStrict: isStrict)
    }
  }
}

/// Judges lines of ACEBench.
final class ACEBenchJudge: LineJudge {
  private let benchmark: ACEBench
  private let model: String?
  private let isStrict: Bool

  init(_ benchmark: ACEBench, model: String?, isStrict: Bool) {
    self.benchmark = benchmark
    self.model = model
    self.isStrict = isStrict
  }

  func judge(_ line: Span<UInt8>, file: String) throws(EvaluationProblem) -> EvaluationOutcome {
    let row = try PlainRow(line, model: model)
    let name = row.value["lang"]?.string ?? "en"
    guard let language = ACEBench.Language(rawValue: name) else {
      throw EvaluationProblem(message: "\"lang\" must be en or zh")
    }
    guard
      let official = benchmark.verdict(
        id: row.id, category: row.category, language: language, prediction: row.prediction),
      let category = row.category ?? benchmark.category(of: row.id, in: language)
    else { throw EvaluationProblem(message: "there is no sample '\(row.id)' of \(name) in the data") }
    let strict =
      isStrict
      ? benchmark.strictVerdict(id: row.id, category: row.category, language: language, prediction: row.prediction)
      : nil
    // An error of the official code ends its run: the answer is not right.
    var verdict = official.benchmarkVerdict
    if verdict.isValid == nil {
      verdict = BenchmarkVerdict(isValid: false, errorType: verdict.errorType ?? "official_raises")
    }
    return EvaluationOutcome(
      model: row.model,
      sample: BenchmarkReport.Sample(
        category: category, id: Array(row.id.utf8), official: verdict, strict: strict?.benchmarkVerdict), variant: name)
  }
}
