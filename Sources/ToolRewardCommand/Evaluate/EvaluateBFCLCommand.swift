import ArgumentParser
import ToolReward
import ToolRewardBenchmarks
import ToolRewardData

struct EvaluateBFCLCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bfcl",
    abstract: "The Berkeley Function Calling Leaderboard, versions 3 and 4: all single-turn categories.",
    discussion: """
      Each line of input is {"id", "category"?, "model"?, "raw" | "decoded", "underscore_to_dot"?, "decoder"?}, or a line of an official result file \
      {"id", "result"}. "raw" is the model's text, or the list that its API gave; "decoded" what the official decoder made of it (null where it \
      raises, a tuple as {"__tuple__": […]}). Model text is parsed, never evaluated.

      The decoder is the row's, --decoder's, or that of the model's name; text of unknown models is read as Python calls.

      EXAMPLES
        pip download --no-deps bfcl-eval==2026.3.23 && unzip bfcl_eval-*.whl
        toolreward evaluate bfcl --data bfcl_eval/data predictions.jsonl
        toolreward evaluate bfcl --data bfcl_eval/data --mode both --verdicts verdicts.jsonl predictions.jsonl
        toolreward evaluate bfcl --data bfcl_eval/data result/Qwen_Qwen3-8B-FC/non_live/*.json
        toolreward evaluate bfcl --data bfcl_eval/data --html report.html --json report.json --csv score predictions.jsonl
      """
  )

  @Option(help: ArgumentHelp("The folder 'data' of bfcl_eval, version 3 or 4.", valueName: "folder"))
  var data: String

  @Option(
    help: ArgumentHelp(
      "How text becomes calls: \(BFCLOutputDecoder.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "name"),
    transform: BFCLDecoderName.decoder(named:))
  var decoder: BFCLOutputDecoder?

  @Option(
    help: ArgumentHelp("Which version's decoder reads Python text: 3 or 4; the data's if left out.", valueName: "n"))
  var decoderVersion: Int?

  @OptionGroup var evaluation: EvaluationOptions

  func validate() throws {
    if let decoderVersion, decoderVersion != 3, decoderVersion != 4 {
      throw ValidationError("--decoder-version must be 3 or 4.")
    }
  }

  func run() async throws {
    let dataset = try BenchmarkData.read(data, BFCLDataset.init(folder:))
    let version: BFCLVersion? = decoderVersion.map { $0 == 3 ? .v3 : .v4 }
    let (decoder, model, mode) = (decoder, evaluation.model, evaluation.mode)
    try await evaluation.run {
      BFCLJudge(BFCLEvaluator(dataset, decoderVersion: version), decoder: decoder, model: model, mode: mode)
    } makeReport: { outcomes in
      .bfcl(outcomes.map { ($0.model, $0.sample) }, dataset: dataset, isStrict: mode != .official)
    }
  }
}

/// A decoder, as an option's value.
enum BFCLDecoderName {
  static func decoder(named name: String) throws -> BFCLOutputDecoder {
    guard let decoder = BFCLOutputDecoder(rawValue: name) else {
      let known = BFCLOutputDecoder.allCases.map { "\($0.rawValue) (\($0.summary))" }.joined(separator: "\n  ")
      throw ValidationError("There is no decoder '\(name)'. The decoders are:\n  \(known)")
    }
    return decoder
  }
}

/// Judges lines of the leaderboard.
final class BFCLJudge: LineJudge {
  private let evaluator: BFCLEvaluator
  private let rows: BFCLRowReader
  private let model: String?
  private let isStrict: Bool
  /// What the last file's path tells.
  private var known: (file: String, model: [UInt8], category: BFCLCategory?)?

  init(_ evaluator: BFCLEvaluator, decoder: BFCLOutputDecoder?, model: String?, mode: EvaluationMode) {
    self.evaluator = evaluator
    rows = BFCLRowReader(decoder: decoder)
    self.model = model
    isStrict = mode != .official
  }

  func judge(_ line: Span<UInt8>, file: String) throws(EvaluationProblem) -> EvaluationOutcome {
    if known?.file != file {
      known = (file, Array((model ?? ResultFile.model(of: file) ?? "").utf8), ResultFile.category(of: file))
    }
    let row: BFCLRow
    do throws(BFCLRowError) {
      row = try rows.read(line, category: known?.category, model: known?.model ?? [])
    } catch {
      throw EvaluationProblem(message: "\(error)")
    }
    guard let verdicts = evaluator.verdicts(of: row, isStrict: isStrict) else {
      throw EvaluationProblem(
        message: "\(row.category.name) has no sample '\(String(decoding: row.id, as: UTF8.self))' in the data")
    }
    return EvaluationOutcome(
      model: row.model,
      sample: BenchmarkReport.Sample(
        category: row.category.name, id: row.id, official: verdicts.official, strict: verdicts.strict))
  }
}

/// What an official result file's path tells: `result/MODEL/…/BFCL_v4_CATEGORY_result.json`.
enum ResultFile {
  static func category(of path: String) -> BFCLCategory? {
    guard let name = path.split(separator: "/").last else { return nil }
    for prefix in ["BFCL_v3_", "BFCL_v4_"] where name.hasPrefix(prefix) && name.hasSuffix("_result.json") {
      return BFCLCategory(String(name.dropFirst(prefix.count).dropLast("_result.json".count)))
    }
    return nil
  }

  static func model(of path: String) -> String? {
    let parts = path.split(separator: "/")
    guard let place = parts.lastIndex(of: "result"), place + 2 < parts.count else {
      // Without a folder named 'result' it is the one that the file, or its group, is in.
      guard category(of: path) != nil, parts.count >= 2 else { return nil }
      let parent = parts[parts.count - 2]
      if ["live", "non_live", "multi_turn", "agentic"].contains(parent) {
        return parts.count >= 3 ? String(parts[parts.count - 3]) : nil
      }
      return String(parent)
    }
    return String(parts[place + 1])
  }
}
