internal import ToolReward
public import ToolRewardLines

/// How rows are read.
public struct ImportOptions: Sendable {
  /// The format; `nil` to tell each row's by its members.
  public var format: DataFormat?
  /// How calls written in Python are read.
  public var grammar: PythonicGrammar
  /// Answers that are in files of their own, by the identifier as JSON text.
  public var answers: AnswerTable?

  /// Creates options.
  public init(format: DataFormat? = nil, grammar: PythonicGrammar = .python, answers: AnswerTable? = nil) {
    self.format = format
    self.grammar = grammar
    self.answers = answers
  }
}

/// Reads rows of training data of any known format into records. Keeps its room; one for each thread.
public final class RecordImporter {
  let options: ImportOptions
  let reader: PieceReader
  private let session = ValueSession()
  /// Whether the message read last says by its weight that it is an answer.
  var lastIsWeighted = false
  /// Which calls the results of tools belong to.
  var results = ToolResultOrder()

  /// Creates an importer.
  public init(_ options: ImportOptions = ImportOptions()) {
    self.options = options
    reader = PieceReader(options.grammar)
  }

  /// Reads a row. O(row).
  ///
  /// - Parameters:
  ///   - text: The chunk that the row is in.
  ///   - row: Where in the chunk, and on which line of the file.
  ///   - file: The file's name, for the record.
  /// - Throws: ``DroppedRow`` if the row gives no record.
  public func record(_ text: Span<UInt8>, _ row: DataRow, file: String) throws(DroppedRow) -> TrainingRecord {
    reader.begin()
    results.begin()
    if let size = row.tooLong {
      let cause = row.damage == nil ? "" : ", or mend it: \(RowHint.damage(row, size))"
      throw DroppedRow(.tooLong, "the row has \(size) bytes; raise --row-limit to read it\(cause)")
    }
    let value = try value(text, row)
    guard value.kind == .object else {
      throw DroppedRow(.unknownFormat, "the row is JSON, but no object: it has no members to know a format by")
    }
    guard let format = options.format ?? DataFormat.detect(value) else {
      if value["chosen"] != nil, value["rejected"] != nil {
        throw DroppedRow(
          .unknownFormat,
          "the row is preference data (\"chosen\", \"rejected\"), which is not read: it holds no right calls")
      }
      throw DroppedRow(
        .unknownFormat,
        "the row has no members of a known format; name one with --from, or rename members to those of one")
    }
    let source = RecordSource(file: file, line: row.line, format: format)
    var record = TrainingRecord(id: id(value, row.ordinal), source: source)
    if value.hasDuplicateNames { reader.warn(.repeatedName, "the row repeats a member; the last one counts") }
    try fill(&record, value, format)
    results.sort(&record.messages, reader)
    if let text = value["completion"]?.stringBytes { record.completions = [text] }
    if let list = value["completions"] { record.completions += list.elements.compactMap(\.stringBytes) }
    if record.tools.isEmpty, format != .toolreward { reader.warn(.noTools, "the row has no tools") }
    // A record of our own brings what was noticed when it was made.
    let known = Set(record.warnings.map(\.code))
    record.warnings += reader.warnings.filter { !known.contains($0.code) }
    guard !record.messages.isEmpty else { throw DroppedRow(.noMessages, "the row has no message") }
    return record
  }

  /// Whether a line is a turn of one of API-Bank's dialogues, whose file is one row.
  public static func isDialogueLine(_ line: [UInt8]) -> Bool {
    line.count < 1 << 20 && (PieceReader(.python).json(line)).flatMap { DataFormat.detect($0) } == .apiBank
  }

  private func value(_ text: Span<UInt8>, _ row: DataRow) throws(DroppedRow) -> Value {
    let range = row.range
    let line = text.extracting(range)
    do throws(ValueError) {
      return try session.value(line, syntax: .json, limits: .standard)
    } catch {
      if let value = try? session.value(line, syntax: .python, limits: .python) {
        reader.warn(.notStrictJSON, "NaN, Infinity or half a surrogate pair, as Python's json writes them")
        return value
      }
      if let value = dialogue(text, range) { return value }
      let cause = row.damage == nil ? "" : "; \(RowHint.damage(row, range.count))"
      throw DroppedRow(.unreadable, RowHint.message(error, line) + cause)
    }
  }

  /// API-Bank's dialogue, whose turns are lines: `{"turns": […]}`.
  private func dialogue(_ text: Span<UInt8>, _ range: Range<Int>) -> Value? {
    guard options.format ?? .apiBank == .apiBank else { return nil }
    var json = Array("{\"turns\":[".utf8)
    var isFirst = true
    var start = range.lowerBound
    while start < range.upperBound {
      var end = start
      while end < range.upperBound, text[end] != 0x0A { end += 1 }
      if !LineChunk.isBlank(text, start..<end) {
        if !isFirst { json.append(0x2C) }
        isFirst = false
        for position in start..<end { json.append(text[position]) }
      }
      start = end + 1
    }
    json += "]}".utf8
    guard let value = reader.json(json), let first = value["turns"]?[0], DataFormat.detect(first) == .apiBank else {
      return nil
    }
    return first.kind == .object ? value : nil
  }

  /// The row's own identifier, or one of its place in the file that no row's own is likely to be.
  private func id(_ row: Value, _ ordinal: Int) -> [UInt8] {
    for name in ["id", "uuid", "query_id", "trajectory_id"] {
      if let id = row[name], id.kind == .string || id.kind == .number { return JSONWriter.compact.write(id) }
    }
    if let index = row["extra_info"]?["index"], index.kind == .number { return JSONWriter.compact.write(index) }
    return Array("\"row-\(ordinal)\"".utf8)
  }

  private func fill(_ record: inout TrainingRecord, _ row: Value, _ format: DataFormat) throws(DroppedRow) {
    if row["turns"]?.kind == .array { return try fillAPIBank(&record, row) }
    switch format {
    case .toolreward: try fillNative(&record, row)
    case .xlam: try fillQueries(&record, row)
    case .hammer: try row["query"] != nil ? fillQueries(&record, row) : fillInstruction(&record, row)
    case .toolrl: try fillInstruction(&record, row)
    case .toolace, .hermes, .sharegpt, .apigenMT, .toolN1: try fillConversation(&record, row, format)
    case .llamafactory:
      try row["messages"] != nil ? fillMessages(&record, row) : fillConversation(&record, row, format)
    case .glaive: try fillGlaive(&record, row)
    case .openai, .trl, .nemotron: try fillMessages(&record, row)
    case .toolbench: try fillToolBench(&record, row)
    case .when2call: try row["answers"] != nil ? fillWhen2Call(&record, row) : fillMessages(&record, row)
    case .nemoGym: try fillNeMoGym(&record, row)
    case .verl: try fillVerl(&record, row)
    case .bfcl: try fillBFCL(&record, row)
    case .acebench: try fillACEBench(&record, row)
    case .apiBank: try fillAPIBank(&record, row)
    }
  }

  // MARK: What the formats share

  /// The calls that a value says are right.
  ///
  /// - Throws: ``DroppedRow`` if they cannot be read.
  func answer(_ value: Value, _ member: String) throws(DroppedRow) -> [RecordCall] {
    guard let calls = reader.calls(value) else {
      throw DroppedRow(
        .unreadableAnswer,
        "\"\(member)\" is no list of {\"name\": …, \"arguments\": {…}}, nor a string that holds one")
    }
    return calls
  }

  /// The definitions that a value holds.
  ///
  /// - Throws: ``DroppedRow`` if they cannot be read.
  func tools(_ value: Value?, _ member: String) throws(DroppedRow) -> [Value] {
    guard let tools = reader.tools(value) else {
      throw DroppedRow(.unreadableTools, "\"\(member)\" is no list of definitions, nor a string that holds one")
    }
    return tools
  }

  /// A message's role under any of its names. A call's own role is the assistant's.
  func role(_ name: [UInt8]?) -> RecordMessage.Role? {
    switch String(decoding: name ?? [], as: UTF8.self).lowercased() {
    case "system", "developer": .system
    case "human", "user": .user
    case "gpt", "assistant", "ai", "agent", "bot", "model", "chatgpt", "function_call", "tool_call": .assistant
    case "observation", "tool", "api", "function", "function_response", "tool_response", "ipython", "function response":
      .tool
    default: nil
    }
  }

  /// A message's text: a string, or parts that hold some. What is no text is written as JSON, or left out if it is a part, and noted.
  func text(_ content: Value?) -> [UInt8] {
    guard let content, content.kind != .null else { return [] }
    if let text = content.stringBytes { return text }
    if content.kind == .array, content.count == 0 { return [] }
    guard content.kind == .array,
      content.elements.allSatisfy({ $0.kind == .string || $0.kind == .object && isPart($0) })
    else {
      reader.warn(.contentNotText, "a content is no text; it is kept as its JSON")
      return JSONWriter.compact.write(content)
    }
    var joined: [UInt8] = []
    for part in content.elements {
      if let text = part.stringBytes ?? part["text"]?.stringBytes ?? part["value"]?.stringBytes {
        joined += text
      } else {
        reader.warn(.contentNotText, "a part of a content is no text, and is left out: an image, a sound, a file")
      }
    }
    return joined
  }

  private func isPart(_ value: Value) -> Bool { value["type"] != nil || value["text"] != nil || value["value"] != nil }

  /// The user's one message, without a system's.
  static func question(_ text: [UInt8]) -> [RecordMessage] { text.isEmpty ? [] : [RecordMessage(.user, text)] }

  /// Puts a system text before the messages: what of it is no description of tools and calls.
  func addSystem(_ text: [UInt8], to record: inout TrainingRecord) throws(DroppedRow) {
    guard !text.isEmpty else { return }
    var rest = text
    if let found = try SystemTools.find(text, reader) {
      if record.tools.isEmpty { record.tools = found.tools }
      rest = found.rest
    }
    if !rest.isEmpty { record.messages.append(RecordMessage(.system, rest)) }
  }
}

@available(*, unavailable)
extension RecordImporter: Sendable {}

/// What an unreadable row may be.
enum RowHint {
  static func message(_ error: ValueError, _ row: Span<UInt8>) -> String {
    func begins(_ bytes: [UInt8]) -> Bool { ByteSearch.matches(bytes, in: row, at: 0) }
    if begins([0x1F, 0x8B]) { return "the file is compressed; unpack it first: zcat FILE | toolreward … -" }
    if begins(Array("PAR1".utf8)) {
      return "the file is Parquet; write it as JSON Lines first: python3 -c \"import pyarrow.parquet as p, json; "
        + "[print(json.dumps(r)) for b in p.ParquetFile('FILE').iter_batches() for r in b.to_pylist()]\""
    }
    if begins([0xFF, 0xFE]) || begins([0xFE, 0xFF]) {
      return "the file is UTF-16; write it as UTF-8 first: iconv -f UTF-16 -t UTF-8 FILE"
    }
    if error.code == .illFormedUTF8 {
      return
        "the row is not UTF-8 (byte \(error.offset) of it); write the file as UTF-8 first: iconv -f LATIN1 -t UTF-8 FILE"
    }
    if error.code == .unexpectedEnd { return "the row is cut off: \(error)" }
    return "the row is not JSON: \(error)"
  }

  /// What a row may have swallowed.
  static func damage(_ row: DataRow, _ size: Int) -> String {
    switch row.damage {
    case .brokenOff(let place)?:
      let lost = size - place
      return "a quote or a bracket is missing before byte \(place) of it; "
        + (lost > 0
          ? "the \(lost) bytes from there to the next line that begins a row are passed over with it"
          : "it is taken to end before the next line that begins a row")
    case .openAtEnd?:
      return
        "all \(size) bytes from where it begins to the end of the file are read as part of it: the file is cut off, "
        + "or a quote or a bracket is missing in this row"
    case nil: return ""
    }
  }
}
