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

  @Option(help: ArgumentHelp("Where to write a verdict for each line, in its order.", valueName: "out"))
  var verdicts: String?

  @Option(
    help: ArgumentHelp(
      "official: the leaderboard's rules; strict: without their accidents (Docs/BFCL.md); both: official verdicts, and a report of what differs.",
      valueName: "mode"))
  var mode = EvaluationMode.both

  @Option(
    help: ArgumentHelp(
      "How text becomes calls: \(BFCLOutputDecoder.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "name"),
    transform: Self.decoder(named:))
  var decoder: BFCLOutputDecoder?

  @Option(
    help: ArgumentHelp("Which version's decoder reads Python text: 3 or 4; the data's if left out.", valueName: "n"))
  var decoderVersion: Int?

  @Option(help: ArgumentHelp("The model of lines that name none.", valueName: "name"))
  var model: String?

  @OptionGroup var report: ReportOptions

  @Argument(help: ArgumentHelp("JSON Lines to read; - is standard input.", valueName: "in"))
  var inputs: [String]

  @Option(name: .shortAndLong, help: ArgumentHelp("How many threads; 0 for one a core.", valueName: "n"))
  var jobs = 0

  private static func decoder(named name: String) throws -> BFCLOutputDecoder {
    guard let decoder = BFCLOutputDecoder(rawValue: name) else {
      let known = BFCLOutputDecoder.allCases.map { "\($0.rawValue) (\($0.summary))" }.joined(separator: "\n  ")
      throw ValidationError("There is no decoder '\(name)'. The decoders are:\n  \(known)")
    }
    return decoder
  }

  func validate() throws {
    if inputs.isEmpty { throw ValidationError("Name the files to read, or - for standard input.") }
    if jobs < 0 { throw ValidationError("--jobs must be 0 or more.") }
    if let decoderVersion, decoderVersion != 3, decoderVersion != 4 {
      throw ValidationError("--decoder-version must be 3 or 4.")
    }
  }

  func run() async throws {
    let dataset: BFCLDataset
    do throws(BenchmarkDataError) {
      dataset = try BFCLDataset(folder: data)
    } catch {
      Terminal.say("toolreward: \(error)")
      throw Status.wrongInput
    }
    let version: BFCLVersion? = decoderVersion.map { $0 == 3 ? .v3 : .v4 }
    let settings = BFCLWorker.Settings(
      decoder: decoder, model: model, mode: mode, writesVerdicts: verdicts != nil)
    var outcomes: [BFCLWorker.Outcome] = []
    var problems = BFCLWorker.Problems()
    var line = ProgressLine(isOn: Terminal.errorIsTerminal)
    do throws(InputOutputError) {
      let sink = try OutputSink(path: verdicts ?? "/dev/null", inputs: inputs)
      let pipeline = LinePipeline(
        inputs: inputs.map { LineInput(path: $0) }, jobs: jobs == 0 ? Terminal.processorCount : jobs)
      try await pipeline.run(into: sink) {
        BFCLWorker(BFCLEvaluator(dataset, decoderVersion: version), settings)
      } onWritten: { report, read in
        outcomes += report.outcomes
        problems.add(report.problems)
        line.update(samples: outcomes.count, read)
      }
    } catch {
      line.clear()
      throw Terminal.report(error)
    }
    line.clear()
    try report.write(.bfcl(outcomes, dataset: dataset, isStrict: mode != .official), inputs: inputs)
    if let first = problems.first {
      Terminal.say("toolreward: \(Terminal.grouped(problems.count)) lines could not be judged; the first: \(first)")
      throw Status.someUnscorable
    }
  }
}

/// Which verdicts are wanted.
enum EvaluationMode: String, ExpressibleByArgument, CaseIterable, Sendable {
  case official, strict, both
}

/// Judges the lines of a chunk.
final class BFCLWorker: LineWorker {
  struct Settings: Sendable {
    let decoder: BFCLOutputDecoder?
    let model: String?
    let mode: EvaluationMode
    let writesVerdicts: Bool
  }

  /// What became of a line.
  typealias Outcome = (model: String, sample: BenchmarkReport.Sample)

  struct Problems: Sendable {
    var count = 0
    var first: String?

    mutating func add(_ other: Problems) {
      count += other.count
      first = first ?? other.first
    }
  }

  struct Report: Sendable {
    var outcomes: [Outcome] = []
    var problems = Problems()
  }

  private let evaluator: BFCLEvaluator
  private let settings: Settings
  private let rows: BFCLRowReader

  init(_ evaluator: BFCLEvaluator, _ settings: Settings) {
    self.evaluator = evaluator
    rows = BFCLRowReader(decoder: settings.decoder)
    self.settings = settings
  }

  func process(_ chunk: LineChunk, file: String, into output: inout [UInt8]) -> Report {
    var report = Report()
    let text = chunk.bytes.span
    let model = Array((settings.model ?? ResultFile.model(of: file) ?? "").utf8)
    let category = ResultFile.category(of: file)
    chunk.forEachLine { number, range in
      if LineChunk.isBlank(text, range) { return }
      func refuse(_ message: String) {
        report.problems.add(Problems(count: 1, first: "\(file), line \(number): \(message)"))
        if settings.writesVerdicts {
          output += Array(
            #"{"id":null,"category":null,"model":null,"valid":null,"error_type":null,"error":{"line":\#(number),"message":"#
              .utf8)
          VerdictWriter.append(message, to: &output)
          output += Array("}}\n".utf8)
        }
      }
      let row: BFCLRow
      do throws(BFCLRowError) {
        row = try rows.read(text.extracting(range), category: category, model: model)
      } catch {
        return refuse("\(error)")
      }
      guard let verdicts = evaluator.verdicts(of: row, isStrict: settings.mode != .official) else {
        return refuse("\(row.category.name) has no sample '\(String(decoding: row.id, as: UTF8.self))' in the data")
      }
      report.outcomes.append(
        (
          row.model,
          BenchmarkReport.Sample(
            category: row.category.name, id: row.id, official: verdicts.official, strict: verdicts.strict)
        ))
      if settings.writesVerdicts {
        write(row, settings.mode == .strict ? verdicts.strict ?? verdicts.official : verdicts.official, &output)
      }
    }
    return report
  }

  private func write(_ row: BFCLRow, _ verdict: BenchmarkVerdict, _ output: inout [UInt8]) {
    output += Array(#"{"id":"#.utf8)
    JSONWriter.compact.appendString(row.id.span, 0..<row.id.count, to: &output)
    output += Array(#","category":"\#(row.category.name)","model":"#.utf8)
    if row.model.utf8.isEmpty { output += Array("null".utf8) } else { VerdictWriter.append(row.model, to: &output) }
    output += Array(#","valid":\#(verdict.isValid.map { "\($0)" } ?? "null"),"error_type":"#.utf8)
    if let error = verdict.errorType { VerdictWriter.append(error, to: &output) } else { output += Array("null".utf8) }
    output += [0x7D, 0x0A]
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
