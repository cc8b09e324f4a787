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
        toolreward evaluate bfcl --data bfcl_eval/data result
        toolreward evaluate bfcl --data bfcl_eval/data result/Qwen_Qwen3-8B-FC --multi-turn 41.25 --agentic 15.5
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

  @Option(
    help: ArgumentHelp(
      "The official multi-turn accuracy in percent, if known: the overall score needs it, and is open without.",
      valueName: "percent"))
  var multiTurn: Double?

  @Option(
    help: ArgumentHelp(
      "The official agentic accuracy in percent, if known: version 4's overall score needs it.", valueName: "percent"))
  var agentic: Double?

  @Flag(help: "Count categories without answers as 0, as the official summary does; else what needs them is open.")
  var missingAsZero = false

  @OptionGroup var evaluation: EvaluationOptions

  func validate() throws {
    for given in [multiTurn, agentic].compactMap({ $0 }) where !(0...100).contains(given) {
      throw ValidationError("--multi-turn and --agentic are percentages: 0 to 100.")
    }
    if let decoderVersion, decoderVersion != 3, decoderVersion != 4 {
      throw ValidationError("--decoder-version must be 3 or 4.")
    }
  }

  func run() async throws {
    let dataset = try BenchmarkData.read(data, BFCLDataset.init(folder:))
    let inputs = try inputs(dataset.version)
    let version: BFCLVersion? = decoderVersion.map { $0 == 3 ? .v3 : .v4 }
    let (decoder, model, mode) = (decoder, evaluation.model, evaluation.mode)
    let known = BFCLKnownScores(
      multiTurn: multiTurn.map { $0 / 100 }, agentic: agentic.map { $0 / 100 }, missingIsZero: missingAsZero)
    try await evaluation.run(inputs: inputs, data: data) {
      BFCLJudge(BFCLEvaluator(dataset, decoderVersion: version), decoder: decoder, model: model, mode: mode)
    } makeReport: { outcomes in
      .bfcl(outcomes.map { ($0.model, $0.sample) }, dataset: dataset, isStrict: mode != .official, known: known)
    } onEnd: { outcomes in
      Self.sayDecoders(outcomes)
    }
  }

  /// The files to read: those of folders too, but for categories that are not judged turn by turn.
  private func inputs(_ version: BFCLVersion) throws -> [String] {
    var kept: [String] = []
    var skipped: [String] = []
    for path in ResultFolder.files(in: evaluation.inputs) {
      if let (own, category) = ResultFile.parts(of: path) {
        if BFCLCategory(category) == nil {
          skipped.append(path)
          continue
        }
        if own != version {
          Terminal.say(
            "toolreward: \(path) is of version \(own == .v3 ? 3 : 4), and \(data) holds version \(version == .v3 ? 3 : 4): take the data of the same package"
          )
          throw Status.wrongInput
        }
      }
      kept.append(path)
    }
    if let first = skipped.first {
      Terminal.say(
        "toolreward: \(skipped.count) result files are of categories that are not judged here, and left out; the first: \(first) (multi-turn traces: toolreward evaluate bfcl-multi-turn)"
      )
    }
    if kept.isEmpty {
      Terminal.say(
        "toolreward: there is no BFCL_v…_result.json of a single-turn category in \(evaluation.inputs.joined(separator: ", "))"
      )
      throw Status.noInput
    }
    return kept
  }

  /// Which decoder read each model's text, for who trusts the numbers.
  private static func sayDecoders(_ outcomes: [EvaluationOutcome]) {
    var decoders: [String: Set<String>] = [:]
    for outcome in outcomes {
      if let decoder = outcome.decoder { decoders[outcome.model, default: []].insert(decoder) }
    }
    for (model, names) in decoders.sorted(by: { $0.key < $1.key }) {
      Terminal.say("\(model.isEmpty ? "(unnamed)" : model): read by \(names.sorted().joined(separator: ", "))")
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
        category: row.category.name, id: row.id, official: verdicts.official, strict: verdicts.strict),
      decoder: row.isDecoded ? nil : row.decoder.rawValue)
  }
}

/// What an official result file's path tells: `result/MODEL/…/BFCL_v4_CATEGORY_result.json`.
enum ResultFile {
  /// The version and the category that a result file's name tells.
  static func parts(of path: String) -> (version: BFCLVersion, category: String)? {
    guard let name = path.split(separator: "/").last, name.hasSuffix("_result.json") else { return nil }
    for (prefix, version) in [("BFCL_v3_", BFCLVersion.v3), ("BFCL_v4_", .v4)] where name.hasPrefix(prefix) {
      return (version, String(name.dropFirst(prefix.count).dropLast("_result.json".count)))
    }
    return nil
  }

  static func category(of path: String) -> BFCLCategory? { parts(of: path).flatMap { BFCLCategory($0.category) } }

  /// The folder's name that stands for the model, wherever the command is run.
  static func model(of path: String) -> String? {
    guard self.parts(of: path) != nil else { return nil }
    let parts = OutputPaths.absolute(path).split(separator: "/")
    if let place = parts.lastIndex(of: "result"), place + 2 < parts.count { return String(parts[place + 1]) }
    // Without a folder named 'result' it is the one that the file, or its group, is in.
    guard parts.count >= 2 else { return nil }
    let parent = parts[parts.count - 2]
    guard ["live", "non_live", "multi_turn", "agentic"].contains(parent) else { return String(parent) }
    return parts.count >= 3 ? String(parts[parts.count - 3]) : nil
  }
}
