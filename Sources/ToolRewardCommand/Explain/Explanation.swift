import ToolReward

/// A verdict for people: the completion with the offending bytes underlined, and each finding with what was expected beside what came.
struct Explanation {
  /// How it looks.
  struct Style {
    let isColored: Bool

    func paint(_ text: String, _ code: String) -> String { isColored ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
    func strong(_ text: String) -> String { paint(text, "1") }
    func faint(_ text: String) -> String { paint(text, "2") }
    func severity(_ severity: Finding.Severity) -> String {
      switch severity {
      case .error: paint("error", "31;1")
      case .warning: paint("warning", "33;1")
      case .info: paint("info", "36")
      }
    }
  }

  let completion: Completion
  let verdict: Verdict
  let truth: GroundTruth
  let reward: any RewardPolicy
  let style: Style

  /// The most bytes of a value that are shown.
  private static let previewLimit = 400

  func text(heading: String) -> String {
    var lines = [style.strong("\(heading), reward \(reward.name): \(Self.number(verdict.score))")]
    let components = zip(reward.componentNames, verdict.components).map { "\($0) \(Self.number($1))" }
    lines.append("  " + components.joined(separator: ", "))
    lines.append("")
    lines += marked()
    if !verdict.findings.isEmpty { lines.append("") }
    for (number, finding) in verdict.findings.enumerated() { lines += told(finding, number: number + 1) }
    return lines.joined(separator: "\n")
  }

  private static func number(_ value: Double?) -> String {
    var bytes: [UInt8] = []
    VerdictWriter.append(value, to: &bytes)
    return value == nil ? "-" : String(decoding: bytes, as: UTF8.self)
  }

  // MARK: The completion

  /// The completion's lines, each followed by a line of marks where a finding points into it.
  private func marked() -> [String] {
    let text = completion.text
    var lines: [String] = []
    var start = 0
    while start <= text.count {
      let end = text[start...].firstIndex(of: 0x0A) ?? text.count
      lines.append("  " + painted(start..<end))
      if let marks = marks(start..<end) { lines.append("  " + style.paint(marks, "31")) }
      if end == text.count { break }
      start = end + 1
    }
    return lines
  }

  /// A line's bytes as text, segments told apart by colour.
  private func painted(_ line: Range<Int>) -> String {
    var result = ""
    for segment in completion.segments where segment.range.overlaps(line) {
      let part = segment.range.clamped(to: line)
      let shown = Self.cells(completion.text[part]).joined()
      switch segment.kind {
      case .context: result += style.faint(shown)
      case .reasoning: result += style.paint(shown, "2;3")
      case .call: result += style.paint(shown, "36")
      case .text: result += shown
      }
    }
    return result
  }

  /// Carets and numbers under what findings point at; `nil` if none points into the line.
  private func marks(_ line: Range<Int>) -> String? {
    var cells: [Character] = []
    for (number, finding) in verdict.findings.enumerated() where finding.severity != .info {
      guard let range = finding.range, range.overlaps(line) || (range.isEmpty && line.contains(range.lowerBound)) else {
        continue
      }
      let part = range.clamped(to: line)
      let from = Self.width(completion.text[line.lowerBound..<part.lowerBound])
      let width = max(1, Self.width(completion.text[part]))
      while cells.count < from + width { cells.append(" ") }
      for cell in from..<(from + width) where cells[cell] == " " { cells[cell] = "~" }
      // The number stands where the finding begins, unless another's does.
      if range.lowerBound >= line.lowerBound, cells[from] == "~", number < 9 {
        cells[from] = Character(String(number + 1))
      }
    }
    return cells.isEmpty ? nil : String(cells)
  }

  /// One string a character cell: control characters as their pictures, ill-formed bytes as `\xNN`.
  private static func cells(_ bytes: ArraySlice<UInt8>) -> [String] {
    var cells: [String] = []
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    decoding: while true {
      switch decoder.decode(&iterator) {
      case .scalarValue(let scalar):
        switch scalar.value {
        case 0x09: cells.append("\u{2409}")
        case 0..<0x20: cells.append(String(UnicodeScalar(0x2400 + scalar.value) ?? "?"))
        case 0x7F...0x9F, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x2069, 0xFEFF:
          cells.append("\\u{\(String(scalar.value, radix: 16))}")
        default: cells.append(String(scalar))
        }
      case .emptyInput: break decoding
      case .error: cells.append("\u{FFFD}")
      }
    }
    return cells
  }

  private static func width(_ bytes: ArraySlice<UInt8>) -> Int {
    cells(bytes).reduce(0) { $0 + $1.unicodeScalars.count }
  }

  // MARK: The findings

  private func told(_ finding: Finding, number: Int) -> [String] {
    var place: [String] = []
    if let pointer = finding.pointer {
      place.append(pointer.isEmpty ? "the arguments" : Self.shown(Array(pointer.utf8)))
    }
    if let range = finding.range, !completion.isStructured {
      place.append("bytes \(range.lowerBound)–\(range.upperBound)")
    }
    if let expected = finding.expectedCall, finding.range == nil { place.append("expected call \(expected)") }
    let at = place.isEmpty ? "" : " at \(place.joined(separator: ", "))"
    var lines = [
      "\(number) \(style.severity(finding.severity)) \(style.strong(finding.code.name))\(at): \(finding.code.message)"
    ]
    if let expected = expected(finding) { lines.append("    expected  \(style.paint(expected, "32"))") }
    if let came = came(finding) { lines.append("    came      \(style.paint(came, "31"))") }
    return lines
  }

  private func expected(_ finding: Finding) -> String? {
    guard let index = finding.expectedCall, index < truth.count else { return nil }
    let call = truth.calls[index]
    if finding.code == .missingCall { return Self.preview(call.name) + " " + Self.preview(call.arguments) }
    guard let pointer = finding.pointer else { return nil }
    if let value = call.arguments.at(pointer: pointer) { return Self.preview(value) }
    if let values = truth.acceptedValues(ofCall: index)?.at(pointer: pointer) {
      return "one of " + Self.preview(values)
    }
    return finding.code == .surplusArgument ? "nothing" : nil
  }

  private func came(_ finding: Finding) -> String? {
    if finding.code == .missingArgument || finding.code == .missingCall { return "nothing" }
    if let index = finding.attempt, index < completion.attempts.count, let pointer = finding.pointer,
      let value = completion.arguments(of: completion.attempts[index])?.at(pointer: pointer)
    {
      return Self.preview(value)
    }
    guard let range = finding.range, !range.isEmpty, range.upperBound <= completion.text.count,
      finding.severity == .error
    else {
      return nil
    }
    return Self.shown(Array(completion.text[range]))
  }

  private static func preview(_ value: Value) -> String { shown(JSONWriter.compact.write(value)) }

  private static func shown(_ bytes: [UInt8]) -> String {
    let cut = bytes.count > previewLimit ? bytes[..<previewLimit] : bytes[...]
    return cells(cut).joined() + (bytes.count > previewLimit ? "… (\(bytes.count) bytes)" : "")
  }
}
