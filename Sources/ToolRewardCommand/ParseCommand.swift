import ArgumentParser
import ToolReward
import ToolRewardData
import ToolRewardLines
import ToolRewardReport

struct ParseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "parse",
    abstract: "Take completions apart, without judging them.",
    discussion: """
      Each line of input is a record with "completion" or "completions". Each line of output is {"id", "calls": [{"name", \
      "arguments", "status", "range"}], "segments": [{"kind", "range"}], "diagnostics": […]}. Ranges count bytes; the segments' \
      ranges tile the completion. Formats that write values as plain text (qwen3-coder, glm, …) take their types from the tools: those of \
      --tools, or the record's own.

      EXAMPLES
        toolreward parse --format hermes completions.jsonl
        toolreward parse --format qwen3-coder --tools tools.json completions.jsonl
        toolreward parse --format hermes --completion-field raw --leniency string_arguments outputs.jsonl
      """
  )

  @OptionGroup var stream: StreamOptions

  @Option(
    help: ArgumentHelp("The completions' format: a name (see 'toolreward formats'), or a file.", valueName: "name|file")
  )
  var format = "tool-n1"

  @Option(help: ArgumentHelp("The tools' definitions, of any origin; by default each record's own.", valueName: "file"))
  var tools: String?

  @OptionGroup var reading: ReadingOptions
  @OptionGroup var fields: FieldOptions

  func validate() throws {
    _ = try reading.format(named: format)
  }

  func run() async throws {
    let parser = CompletionParser(try reading.format(named: format))
    let view = reading.view.view
    let toolbox = try tools.map { try ToolsFile.read($0, reader: DefinitionReader()) }
    let sampleFields = fields.fields
    let names = stream.inputs.count > 1
    var total = ParseReport()
    try await stream.run {
      ParseWorker(parser: parser, view: view, fields: sampleFields, tools: toolbox, namesFile: names)
    } onWritten: { report in
      total.add(report)
      return total.samples
    }
    if let hint = total.wholeInputHint {
      Terminal.say("toolreward: \(hint)")
      throw Status.wrongInput
    }
    if let first = total.firstError {
      Terminal.say("toolreward: \(DecimalText.grouped(total.broken)) samples could not be read; the first: \(first)")
      throw Status.someUnscorable
    }
  }
}

/// What is worth knowing of some parsed lines.
struct ParseReport: Sendable {
  var samples = 0
  var broken = 0
  var firstError: SampleError?
  var hint: String?

  /// What the input may be, if no line of it is a record.
  var wholeInputHint: String? { samples > 0 && broken == samples ? hint : nil }

  mutating func add(_ other: ParseReport) {
    samples += other.samples
    broken += other.broken
    firstError = firstError ?? other.firstError
    hint = hint ?? other.hint
  }
}

/// Parses the lines of a chunk.
final class ParseWorker: LineWorker {
  private let parser: CompletionParser
  private let view: InputView
  private let reader: SampleReader
  private let writer = CompletionWriter()
  private let tools: Toolbox?
  private let namesFile: Bool

  init(parser: CompletionParser, view: InputView, fields: SampleFields, tools: Toolbox?, namesFile: Bool) {
    self.parser = parser
    self.tools = tools
    self.view = view
    self.namesFile = namesFile
    reader = SampleReader(
      fields: fields, syntax: .json, view: view, usesTools: tools == nil && parser.format.usesTools)
  }

  func process(_ chunk: LineChunk, file: String, into output: inout [UInt8]) -> ParseReport {
    var report = ParseReport()
    let text = chunk.bytes.span
    chunk.forEachLine { number, range in
      if LineChunk.isBlank(text, range) { return }
      do throws(SampleError) {
        try reader.withSample(text, range, line: number) { sample in
          for index in 0..<sample.count {
            report.samples += 1
            let place = sample.isList ? index : nil
            if let completion = parse(sample, index) {
              writer.append(completion, id: sample.id, index: place, to: &output)
            } else {
              refuse(sample.problem(index), file: file, id: sample.id, index: place, into: &output, &report)
            }
          }
        }
      } catch {
        report.samples += 1
        refuse(error, file: file, id: error.id ?? Array(String(number).utf8), index: nil, into: &output, &report)
        if report.hint == nil { report.hint = InputHint.text(error, text, range, file) }
      }
    }
    return report
  }

  private func parse(_ sample: Sample, _ index: Int) -> Completion? {
    if view == .structured { return parser.parse(message: sample.completion(index)) }
    return sample.withCompletionBytes(index) { span in
      var bytes: [UInt8] = []
      unsafe span.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
      return parser.parse(bytes, view: view, tools: tools ?? sample.tools)
    }
  }

  private func refuse(
    _ error: SampleError, file: String, id: [UInt8], index: Int?, into output: inout [UInt8],
    _ report: inout ParseReport
  ) {
    var error = error
    if namesFile { error.file = file }
    writer.append(error, id: id, index: index, to: &output)
    error.file = file
    report.broken += 1
    if report.firstError == nil { report.firstError = error }
  }
}
