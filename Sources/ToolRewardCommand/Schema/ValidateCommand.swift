import ArgumentParser
import ToolReward
import ToolRewardData
import ToolRewardLines
import ToolRewardReport

struct ValidateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Validate calls against their tools' schemas.",
    discussion: """
      Each line of input is a call {"name", "arguments"}, a list of calls, {"calls": […]} or {"tool_calls": […]}, or a record with "completion" or \
      "completions", whose calls are read in --format. The tools are those of --tools, or the record's own. Each line of output is \
      {"id", "index"?, "calls": [{"name", "outcome", "violations": […]}]}.

      Outcomes: valid; coercible (invalid, but each value at fault spells one that would do: it is told, never changed silently); invalid; \
      indeterminate (it cannot be told, and why); unknown_tool; not_checked (the tool says nothing about its arguments); no_call (an attempt without \
      a name or arguments). Exit status 0 whatever the outcomes, 1 if lines could not be read.

      EXAMPLES
        toolreward validate --tools tools.json calls.jsonl
        toolreward validate --format hermes --summary rollouts.jsonl
        toolreward validate --tools tools.json --unknown-arguments open calls.jsonl -o checked.jsonl
      """
  )

  @Option(help: ArgumentHelp("The tools' definitions, of any origin.", valueName: "file"))
  var tools: String?

  @OptionGroup var definitions: DefinitionOptions

  @Option(
    help: ArgumentHelp("The completions' format: a name (see 'toolreward formats'), or a file.", valueName: "name|file")
  )
  var format = "tool-n1"

  @OptionGroup var stream: StreamOptions
  @OptionGroup var reading: ReadingOptions
  @OptionGroup var fields: FieldOptions

  @Flag(help: "Print how many calls had which outcome to standard error at the end.")
  var summary = false

  func validate() throws {
    _ = try reading.format(named: format)
    _ = try definitions.makeReader()
  }

  func run() async throws {
    let reader = try definitions.makeReader()
    let toolbox = try tools.map { try ToolsFile.read($0, reader: reader) }
    for remark in toolbox?.remarks ?? [] { Terminal.say("toolreward: \(remark)") }
    let parser = CompletionParser(try reading.format(named: format))
    let view = reading.view.view
    let sampleFields = fields.fields
    var total = ValidateReport()
    try await stream.run {
      ValidateWorker(toolbox: toolbox, reader: reader, parser: parser, view: view, fields: sampleFields)
    } onWritten: { report in
      total.add(report)
      return total.lines
    }
    if summary {
      let counts = total.outcomes.sorted { $0.value > $1.value }.map { "\($0.key) \(DecimalText.grouped($0.value))" }
      Terminal.say("calls       \(counts.isEmpty ? "none" : counts.joined(separator: ", "))")
      for (code, count) in total.violations.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }).prefix(10) {
        Terminal.say("  \(DecimalText.grouped(count))  \(code)")
      }
    }
    if let first = total.firstError {
      Terminal.say("toolreward: \(DecimalText.grouped(total.broken)) lines could not be read; the first: \(first)")
      throw Status.someUnscorable
    }
  }
}

/// What is worth knowing of some validated lines.
struct ValidateReport: Sendable {
  var lines = 0
  var broken = 0
  var firstError: String?
  var outcomes: [String: Int] = [:]
  var violations: [String: Int] = [:]

  mutating func add(_ other: ValidateReport) {
    lines += other.lines
    broken += other.broken
    firstError = firstError ?? other.firstError
    outcomes.merge(other.outcomes, uniquingKeysWith: +)
    violations.merge(other.violations, uniquingKeysWith: +)
  }
}

/// Validates the calls of the lines of a chunk.
final class ValidateWorker: LineWorker {
  private let toolbox: Toolbox?
  private let definitions: DefinitionReader
  private let parser: CompletionParser
  private let view: InputView
  private let fields: SampleFields
  /// The tools of the last record that brought its own, by their text.
  private var own: (text: [UInt8], toolbox: Result<Toolbox, ToolboxError>)?

  init(toolbox: Toolbox?, reader: DefinitionReader, parser: CompletionParser, view: InputView, fields: SampleFields) {
    self.toolbox = toolbox
    definitions = reader
    self.parser = parser
    self.view = view
    self.fields = fields
  }

  private struct Problem: Error {
    let message: String
  }

  func process(_ chunk: LineChunk, file: String, into output: inout [UInt8]) -> ValidateReport {
    var report = ValidateReport()
    let text = chunk.bytes.span
    chunk.forEachLine { number, range in
      if LineChunk.isBlank(text, range) { return }
      report.lines += 1
      var id = Array(String(number).utf8)
      do throws(Problem) {
        try validate(text.extracting(range), &id, &output, &report)
      } catch {
        report.broken += 1
        if report.firstError == nil { report.firstError = "\(file), line \(number): \(error.message)" }
        output += Array(#"{"id":"#.utf8) + id + Array(#","calls":null,"error":{"line":\#(number),"message":"#.utf8)
        VerdictWriter.append(error.message, to: &output)
        output += [0x7D, 0x7D, 0x0A]
      }
    }
    return report
  }

  private func validate(
    _ line: Span<UInt8>, _ id: inout [UInt8], _ output: inout [UInt8], _ report: inout ValidateReport
  ) throws(Problem) {
    let record: Value
    do throws(ValueError) {
      record = try ValueReader().read(line)
    } catch {
      throw Problem(message: "the line is not JSON: \(error)")
    }
    if let own = record.at(fields.id), own.kind != .null { id = JSONWriter.compact.write(own) }
    let tools = try tools(of: record)
    if let completion = record.at(fields.completion) {
      try write(calls(in: completion, tools), tools, id, nil, &output, &report)
    } else if let list = record.at(fields.completions) {
      guard list.kind == .array else {
        throw Problem(message: "\"\(fields.completions)\" must be a list of completions")
      }
      for (index, completion) in list.elements.enumerated() {
        try write(calls(in: completion, tools), tools, id, index, &output, &report)
      }
    } else {
      try write(calls(of: record), tools, id, nil, &output, &report)
    }
  }

  private func tools(of record: Value) throws(Problem) -> Toolbox {
    if let toolbox { return toolbox }
    guard let value = record.at(fields.tools) else {
      throw Problem(message: "there are no tools: give --tools FILE, or put \"\(fields.tools)\" into the record")
    }
    let text = JSONWriter.compact.write(value)
    let found: Result<Toolbox, ToolboxError>
    if let own, own.text == text {
      found = own.toolbox
    } else {
      do throws(ToolboxError) {
        found = .success(try Toolbox(value, reader: definitions))
      } catch {
        found = .failure(error)
      }
      own = (text, found)
    }
    switch found {
    case .success(let toolbox): return toolbox
    case .failure(let error): throw Problem(message: "\(error)")
    }
  }

  /// The calls of a completion, as name and arguments.
  private func calls(in completion: Value, _ tools: Toolbox) throws(Problem) -> [(name: Value?, arguments: Value?)] {
    let parsed: Completion
    if view == .structured {
      guard let message = parser.parse(message: completion) else {
        throw Problem(message: "the completion is no message")
      }
      parsed = message
    } else {
      guard let text = completion.stringBytes else { throw Problem(message: "the completion must be a string") }
      parsed = parser.parse(text, view: view, tools: tools)
    }
    return parsed.attempts.map { (parsed.name(of: $0), parsed.arguments(of: $0)) }
  }

  /// The calls that a line gives as values.
  private func calls(of record: Value) throws(Problem) -> [(name: Value?, arguments: Value?)] {
    var list = record.kind == .array ? record : nil
    for field in ["calls", "tool_calls"] where list == nil {
      guard let value = record[field], value.kind != .null else { continue }
      guard value.kind == .array else { throw Problem(message: "\"\(field)\" must be a list of calls") }
      list = value
    }
    let calls = list?.elements ?? [record]
    var found: [(name: Value?, arguments: Value?)] = []
    for call in calls {
      let inner = call["function"].flatMap { $0.kind == .object ? $0 : nil } ?? call
      guard inner.kind == .object, let name = inner["name"] else {
        throw Problem(
          message:
            "the line holds no call: write {\"name\": …, \"arguments\": {…}}, a list of such, or a record with a completion"
        )
      }
      var arguments = inner["arguments"] ?? inner["parameters"]
      if let text = arguments?.stringBytes, let parsed = try? ValueReader().read(text) { arguments = parsed }
      found.append((name, arguments))
    }
    return found
  }

  private func write(
    _ calls: [(name: Value?, arguments: Value?)], _ tools: Toolbox, _ id: [UInt8], _ index: Int?,
    _ output: inout [UInt8],
    _ report: inout ValidateReport
  ) throws(Problem) {
    output += Array(#"{"id":"#.utf8) + id
    if let index { output += Array(",\"index\":\(index)".utf8) }
    output += Array(#","calls":["#.utf8)
    for (position, call) in calls.enumerated() {
      if position > 0 { output.append(0x2C) }
      output += Array(#"{"name":"#.utf8) + (call.name.map { JSONWriter.compact.write($0) } ?? Array("null".utf8))
      guard let name = call.name?.stringBytes, let arguments = call.arguments else {
        output += Array(#","outcome":"no_call"}"#.utf8)
        report.outcomes["no_call", default: 0] += 1
        continue
      }
      let check = tools.check(name: name, arguments: arguments)
      report.outcomes[check.outcome.rawValue, default: 0] += 1
      output += Array(#","outcome":"\#(check.outcome.rawValue)""#.utf8)
      if check.outcome == .unknownTool, let near = tools.nearMiss(of: name) {
        output += Array(#","nearest":"#.utf8)
        VerdictWriter.append(near.definition.displayName, to: &output)
      }
      if let reason = check.reason {
        output += Array(#","reason":"#.utf8)
        VerdictWriter.append(reason, to: &output)
      }
      output += Array(#","violations":["#.utf8)
      for (position, violation) in check.violations.enumerated() {
        if position > 0 { output.append(0x2C) }
        report.violations[violation.code.rawValue, default: 0] += 1
        append(violation, naming: position < 16, to: &output)
      }
      output += [0x5D, 0x7D]
    }
    output += [0x5D, 0x7D, 0x0A]
  }

  /// Appends a violation; the nearest member of an `enum`, which costs more than all else, for the first ones alone.
  private func append(_ violation: SchemaViolation, naming namesNearest: Bool, to output: inout [UInt8]) {
    func member(_ name: String, _ text: String) {
      output += Array(#","\#(name)":"#.utf8)
      VerdictWriter.append(text, to: &output)
    }
    output += Array(#"{"code":"\#(violation.code.rawValue)""#.utf8)
    member("pointer", violation.instanceLocation)
    member("keyword", violation.keywordLocation)
    member("message", violation.message)
    if let coerced = violation.coerced { output += Array(#","coerced":"#.utf8) + JSONWriter.compact.write(coerced) }
    if namesNearest, let nearest = violation.nearest {
      output += Array(#","nearest":"#.utf8) + JSONWriter.compact.write(nearest.value)
    }
    output.append(0x7D)
  }
}

extension Value {
  /// The value at a path of names.
  fileprivate func at(_ path: FieldPath) -> Value? {
    var value = self
    for name in path.names {
      guard let next = value[String(decoding: name, as: UTF8.self)] else { return nil }
      value = next
    }
    return value
  }
}
