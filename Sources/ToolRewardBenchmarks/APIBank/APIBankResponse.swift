internal import ToolReward

/// The calls in a response, as ToolRL's `benchmarks/API-Bank/generate.py` reads them.
struct APIBankResponse {
  /// The values of the lines that can be read.
  var calls: [PythonValue] = []
  /// Whether a line cannot be read, or the calls are not in one pair of tags.
  var isIrregular = false

  private static let start = Array("<tool_call>".utf8)
  private static let end = Array("</tool_call>".utf8)

  /// Reads what comes after the last `<tool_call>`, or the whole text if there is none, up to `</tool_call>`: each line that is JSON to
  /// Python is a call, other lines are passed over. O(text).
  init(text: [UInt8]) {
    let last = ByteSearch.lastIndex(of: Self.start, in: text.span)
    var range = (last.map { $0 + Self.start.count } ?? 0)..<text.count
    let end = ByteSearch.firstIndex(of: Self.end, in: text.span, from: range.lowerBound)
    if let end { range = range.lowerBound..<end }
    isIrregular = last == nil || end == nil || ByteSearch.firstIndex(of: Self.start, in: text.span) != last
    range = PythonText.strip(text.span, range)
    let session = ValueSession()
    var position = range.lowerBound
    while position < range.upperBound {
      let lineFeed = ByteSearch.firstIndex(of: 0x0A, in: text.span, from: position) ?? range.upperBound
      let line = position..<min(lineFeed, range.upperBound)
      position = line.upperBound + 1
      if PythonText.strip(text.span, line).isEmpty { continue }
      if let value = Self.json(text, line, session) { calls.append(value) } else { isIrregular = true }
    }
  }

  /// Reads calls that were taken from the text already: a list of them, or one.
  init(decoded value: Value) {
    let value = PythonValue(value)
    calls = value.kind == .list ? value.elements : [value]
  }

  init(_ prediction: BenchmarkPrediction) {
    switch prediction {
    case .text(let text): self.init(text: text)
    case .decoded(let value): self.init(decoded: value)
    }
  }

  /// `json.loads`; `nil` where it raises.
  static func json(_ text: [UInt8], _ range: Range<Int>, _ session: ValueSession) -> PythonValue? {
    defer { session.removeTape() }
    do throws(ValueError) {
      let root = try session.readDocument(
        text.span, range, syntax: .python, limits: .python, allowingSurrogates: true)
      let value = PythonValue(session.tape, root)
      return holdsHugeInteger(value) ? nil : value
    } catch {
      return nil
    }
  }

  /// Whether an integer has more digits than Python's `int` reads. Recursion is bounded by the depth that values are read with.
  private static func holdsHugeInteger(_ value: PythonValue) -> Bool {
    switch value {
    case .bigInteger(let digits): digits.count - (digits.first == 0x2D ? 1 : 0) > 4_300
    case .list(let elements), .tuple(let elements): elements.contains(where: holdsHugeInteger)
    case .dictionary(let members): members.contains { holdsHugeInteger($0.value) }
    default: false
    }
  }
}
