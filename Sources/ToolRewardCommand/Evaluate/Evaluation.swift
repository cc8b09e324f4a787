import ArgumentParser
import ToolReward
import ToolRewardBenchmarks
import ToolRewardData
import ToolRewardLines
import ToolRewardReport

/// Which verdicts are wanted.
enum EvaluationMode: String, ExpressibleByArgument, CaseIterable, Sendable {
  case official, strict, both
}

/// A benchmark's data.
enum BenchmarkData {
  /// Reads a folder; says what is wrong with it.
  static func read<Data>(
    _ folder: String, _ make: (String) throws(BenchmarkDataError) -> Data
  ) throws -> Data {
    do throws(BenchmarkDataError) {
      return try make(folder)
    } catch {
      Terminal.say("toolreward: \(error)")
      throw Status.wrongInput
    }
  }
}

/// Why a line cannot be judged.
struct EvaluationProblem: Error {
  let message: String
}

/// What became of a line.
struct EvaluationOutcome: Sendable {
  let model: String
  let sample: BenchmarkReport.Sample
  /// What tells samples of one name apart: the language.
  var variant = ""
  /// How the text became calls; `nil` where there is but one way.
  var decoder: String?
  /// A line for the official evaluator, with its line feed; `nil` if none was asked for.
  var exported: [UInt8]?
  /// Whether the official evaluator reads the line's call back.
  var isFaithful = true
}

/// Judges a benchmark's predictions. One for each thread.
protocol LineJudge: AnyObject, SendableMetatype {
  func judge(_ line: Span<UInt8>, file: String) throws(EvaluationProblem) -> EvaluationOutcome
}

/// Input, verdicts and report of an evaluation.
struct EvaluationOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Where to write a verdict for each line, in its order.", valueName: "out"))
  var verdicts: String?

  @Option(
    help: ArgumentHelp(
      "official: the benchmark's own rules; strict: without their accidents; both: official verdicts, and a report of what differs.",
      valueName: "mode"))
  var mode = EvaluationMode.both

  @Option(help: ArgumentHelp("The model of lines that name none.", valueName: "name"))
  var model: String?

  @OptionGroup var report: ReportOptions

  @Argument(help: ArgumentHelp("JSON Lines to read; - is standard input.", valueName: "in"))
  var inputs: [String]

  @Option(name: .shortAndLong, help: ArgumentHelp("How many threads; 0 for one a core.", valueName: "n"))
  var jobs = 0

  func validate() throws {
    if inputs.isEmpty { throw ValidationError("Name the files to read, or - for standard input.") }
    if jobs < 0 { throw ValidationError("--jobs must be 0 or more.") }
  }

  /// Judges every line, writes the verdicts and the report.
  ///
  /// - Parameters:
  ///   - inputs: The files to read; `nil` for those of the command line.
  ///   - data: The benchmark's folder, which nothing is written into.
  ///   - others: Outputs beside the verdicts and the report, by their options.
  ///   - makeJudge: Makes a thread's judge.
  ///   - makeReport: Makes the report of what was judged.
  ///   - onEnd: Told of all outcomes before the report is written.
  func run<Judge: LineJudge>(
    inputs given: [String]? = nil, data: String, others: [(option: String, path: String?)] = [],
    makeJudge: @escaping @Sendable () -> Judge, makeReport: ([EvaluationOutcome]) -> BenchmarkReport,
    onEnd: ([EvaluationOutcome]) throws -> Void = { _ in }
  ) async throws {
    let inputs = given ?? inputs
    try OutputPaths.check([("--verdicts", verdicts)] + report.outputs + others, data: data)
    let mode = mode
    let writes = verdicts != nil
    var outcomes: [EvaluationOutcome] = []
    var problems = EvaluationReport.Problems()
    var line = ProgressLine(isOn: Terminal.errorIsTerminal)
    do throws(InputOutputError) {
      let sink = try OutputSink(path: verdicts ?? "/dev/null", inputs: inputs)
      let pipeline = LinePipeline(
        inputs: inputs.map { LineInput(path: $0) }, jobs: jobs == 0 ? Terminal.processorCount : jobs)
      try await pipeline.run(into: sink) {
        EvaluationWorker(makeJudge(), mode: mode, writesVerdicts: writes)
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
    try onEnd(outcomes)
    try report.write(makeReport(outcomes), inputs: inputs)
    let repeated = BenchmarkReport.repetitions(in: outcomes.map { ("\($0.model)\u{0}\($0.variant)", $0.sample) })
    if repeated > 0 {
      Terminal.say(
        "toolreward: \(DecimalText.grouped(repeated)) lines answer a sample that the same model had answered before; the report counts the first answer only"
      )
    }
    let undecoded = outcomes.count { $0.sample.official.isValid == nil }
    if undecoded > 0 {
      Terminal.say(
        "toolreward: \(DecimalText.grouped(undecoded)) lines are text of a language that no decoder is built in for; give \"decoded\" with them"
      )
    }
    if let first = problems.first {
      Terminal.say("toolreward: \(DecimalText.grouped(problems.count)) lines could not be judged; the first: \(first)")
    }
    if problems.first != nil || undecoded > 0 { throw Status.someUnscorable }
  }
}

/// What a chunk of lines gave.
struct EvaluationReport: Sendable {
  struct Problems: Sendable {
    var count = 0
    var first: String?

    mutating func add(_ other: Problems) {
      count += other.count
      first = first ?? other.first
    }
  }

  var outcomes: [EvaluationOutcome] = []
  var problems = Problems()
}

/// Judges the lines of a chunk.
final class EvaluationWorker<Judge: LineJudge>: LineWorker {
  private let judge: Judge
  private let mode: EvaluationMode
  private let writesVerdicts: Bool

  init(_ judge: Judge, mode: EvaluationMode, writesVerdicts: Bool) {
    self.judge = judge
    self.mode = mode
    self.writesVerdicts = writesVerdicts
  }

  func process(_ chunk: LineChunk, file: String, into output: inout [UInt8]) -> EvaluationReport {
    var report = EvaluationReport()
    let text = chunk.bytes.span
    chunk.forEachLine { number, whole in
      if LineChunk.isBlank(text, whole) { return }
      let range = number == 1 && Self.hasMark(text, whole) ? (whole.lowerBound + 3)..<whole.upperBound : whole
      do throws(EvaluationProblem) {
        let outcome = try judge.judge(text.extracting(range), file: file)
        if writesVerdicts { write(outcome, &output) }
        report.outcomes.append(outcome)
      } catch {
        var message = error.message
        if number == 1, range.count > 1, text[range.lowerBound] == 0x1F, text[range.lowerBound + 1] == 0x8B {
          message = "the file is compressed; unpack it first: zcat \(file) | toolreward evaluate … -"
        }
        report.problems.add(.init(count: 1, first: "\(file), line \(number): \(message)"))
        if writesVerdicts { Self.write(message, number, text.extracting(range), &output) }
      }
    }
    return report
  }

  /// Whether a byte order mark stands before a line.
  private static func hasMark(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    range.count >= 3 && text[range.lowerBound] == 0xEF && text[range.lowerBound + 1] == 0xBB
      && text[range.lowerBound + 2] == 0xBF
  }

  /// A line that cannot be judged: with its names as far as it tells them.
  private static func write(_ message: String, _ number: Int, _ line: Span<UInt8>, _ output: inout [UInt8]) {
    let row = try? ValueReader(syntax: .python, limits: .python).read(line)
    output.append(0x7B)
    for name in ["id", "category", "model"] {
      output += Array("\"\(name)\":".utf8)
      if let text = row?[name]?.stringBytes {
        JSONWriter.compact.appendString(text.span, 0..<text.count, to: &output)
      } else {
        output += Array("null".utf8)
      }
      output.append(0x2C)
    }
    output += Array(#""valid":null,"error_type":null,"error":{"line":\#(number),"message":"#.utf8)
    VerdictWriter.append(message, to: &output)
    output += Array("}}\n".utf8)
  }

  private func write(_ outcome: EvaluationOutcome, _ output: inout [UInt8]) {
    let sample = outcome.sample
    let verdict = mode == .strict ? sample.strict ?? sample.official : sample.official
    output += Array(#"{"id":"#.utf8)
    JSONWriter.compact.appendString(sample.id.span, 0..<sample.id.count, to: &output)
    output += Array(#","category":"#.utf8)
    VerdictWriter.append(sample.category, to: &output)
    output += Array(#","model":"#.utf8)
    if outcome.model.utf8.isEmpty {
      output += Array("null".utf8)
    } else {
      VerdictWriter.append(outcome.model, to: &output)
    }
    output += Array(#","valid":\#(verdict.isValid.map { "\($0)" } ?? "null"),"error_type":"#.utf8)
    if let error = verdict.errorType { VerdictWriter.append(error, to: &output) } else { output += Array("null".utf8) }
    output += [0x7D, 0x0A]
  }
}

/// A line of the benchmarks that are read plainly: `{"id", "category"?, "model"?, "raw" | "decoded"}`.
struct PlainRow {
  let value: Value
  let id: String
  let category: String?
  let model: String
  let prediction: BenchmarkPrediction

  init(_ line: Span<UInt8>, model: String?) throws(EvaluationProblem) {
    do throws(ValueError) {
      value = try ValueReader(syntax: .python, limits: .python).read(line)
    } catch {
      throw EvaluationProblem(message: "the line is not JSON: \(error)")
    }
    guard let id = value["id"]?.string else { throw EvaluationProblem(message: "there is no \"id\"") }
    self.id = id
    category = value["category"]?.string
    self.model = value["model"]?.string ?? model ?? ""
    if let text = value["raw"]?.stringBytes {
      prediction = .text(text)
    } else if let decoded = value["decoded"] ?? value["model_output"] {
      prediction = .decoded(decoded)
    } else {
      throw EvaluationProblem(message: "there is neither \"raw\", a text, nor \"decoded\"")
    }
  }
}
