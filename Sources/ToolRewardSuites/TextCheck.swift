internal import ToolReward

/// Comparisons of texts.
enum TextCheck {
  /// What a check of a text says of it; `nil` if the check is of something else.
  static func outcome(_ kind: PromptCheck.Kind, _ text: [UInt8]) -> CheckOutcome? {
    switch kind {
    case .text(let test, let texts, _): outcome(test, texts, text)
    case .regex(let pattern, _): matches(pattern, text)
    case .json(let schema, let isPart, _): isPart ? containsJSON(schema, text) : isJSON(schema, text)
    default: nil
    }
  }

  private static func matches(_ pattern: [UInt8], _ text: [UInt8]) -> CheckOutcome {
    switch SchemaPattern(pattern).matches(text.span, 0..<text.count) {
    case true?: .passed
    case false?: .failed("nothing matches \(shown(pattern))")
    case nil: .error("\(shown(pattern)) has a form that is not read, or the text is too long for it")
    }
  }

  private static func isJSON(_ schema: JSONSchema?, _ text: [UInt8]) -> CheckOutcome {
    do throws(ValueError) {
      return validity(try ValueReader().read(text), schema)
    } catch {
      return .failed("it is no JSON: \(error)")
    }
  }

  private static func validity(_ value: Value, _ schema: JSONSchema?) -> CheckOutcome {
    guard let report = schema?.explain(value) else { return .passed }
    switch report.verdict {
    case .valid: return .passed
    case .invalid:
      return .failed(
        "the JSON is not what the schema asks for: \(report.violations.first.map { "\($0)" } ?? "it accepts nothing")")
    case .indeterminate(let reason): return .error("\(reason)")
    }
  }

  /// Looks at most at so many brackets that might begin JSON, so that time stays linear.
  private static let beginningLimit = 1_000

  private static func containsJSON(_ schema: JSONSchema?, _ text: [UInt8]) -> CheckOutcome {
    var bad = CheckOutcome.failed("there is no object and no array of JSON in it")
    var position = 0
    for _ in 0..<beginningLimit {
      guard let start = text[position...].firstIndex(where: { $0 == 0x7B || $0 == 0x5B }) else { return bad }
      position = start + 1
      guard let (value, end) = try? ValueReader().readPrefix(text, at: start) else { continue }
      var found = validity(value, schema)
      found.range = start..<end
      if found.outcome == .passed { return found }
      bad = found
      position = end
    }
    if text[position...].contains(where: { $0 == 0x7B || $0 == 0x5B }) {
      return .error("it has more than \(beginningLimit) brackets that begin no such JSON: the rest was not looked at")
    }
    return bad
  }

  static func outcome(_ test: PromptCheck.TextTest, _ texts: [[UInt8]], _ subject: [UInt8]) -> CheckOutcome {
    guard let first = texts.first else { return .passed }
    switch test {
    case .equals: return first == subject ? .passed : .failed(difference(subject, first))
    case .contains: return place(first, subject).map { .passed(at: $0) } ?? .failed("there is no \(shown(first))")
    case .ignoringCase:
      return place(folded(first), folded(subject)).map { .passed(at: $0) }
        ?? .failed("there is no \(shown(first)), in either case")
    case .containsAllIgnoringCase: return outcome(.containsAll, texts.map(folded), folded(subject))
    case .containsAnyIgnoringCase: return outcome(.containsAny, texts.map(folded), folded(subject))
    case .containsAll:
      let missing = texts.filter { place($0, subject) == nil }
      return missing.isEmpty
        ? .passed(at: place(first, subject))
        : .failed("there is no \(missing.map { shown($0) }.joined(separator: ", no "))")
    case .containsAny:
      for text in texts { if let range = place(text, subject) { return .passed(at: range) } }
      return .failed("there is none of \(texts.map { shown($0) }.joined(separator: ", "))")
    case .startsWith:
      let range = 0..<min(first.count, subject.count)
      return subject.starts(with: first)
        ? .passed(at: range)
        : .failed("it begins with \(shown(Array(subject[range]))), not with \(shown(first))", at: range)
    case .endsWith:
      let range = max(0, subject.count - first.count)..<subject.count
      return subject[range].elementsEqual(first)
        ? .passed(at: range)
        : .failed("it ends with \(shown(Array(subject[range]))), not with \(shown(first))", at: range)
    }
  }

  /// Where a text first stands in another.
  static func place(_ part: [UInt8], _ text: [UInt8]) -> Range<Int>? {
    if part.isEmpty { return 0..<0 }
    return ByteSearch.firstIndex(of: part, in: text.span).map { $0..<($0 + part.count) }
  }

  /// How often a text stands in another, without overlap.
  static func occurrences(of part: [UInt8], in text: [UInt8]) -> Int {
    guard !part.isEmpty else { return 0 }
    var count = 0
    var position = 0
    while let found = ByteSearch.firstIndex(of: part, in: text.span, from: position) {
      count += 1
      position = found + part.count
    }
    return count
  }

  /// How many bytes two texts begin with alike.
  static func common(_ one: [UInt8], _ other: [UInt8]) -> Int { zip(one, other).prefix { $0 == $1 }.count }

  /// ASCII letters in lower case.
  private static func folded(_ text: [UInt8]) -> [UInt8] {
    text.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
  }

  /// Where two texts first differ, by line.
  static func difference(_ given: [UInt8], _ expected: [UInt8]) -> String {
    let same = common(given, expected)
    let line = given[..<same].count { $0 == 0x0A } + 1
    let start = given[..<same].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    func rest(_ text: [UInt8]) -> String {
      if same == text.count, start == same { return "at the end" }
      return shown(Array(text[start...].prefix { $0 != 0x0A }))
    }
    return "line \(line) is \(rest(given)), not \(rest(expected))"
  }

  /// A text as a person reads it in a message: as a JSON string, its beginning if it is long.
  static func shown(_ text: [UInt8]) -> String {
    var bytes: [UInt8] = []
    var end = min(text.count, 120)
    // Not within a character.
    while end < text.count, end > 0, text[end] & 0xC0 == 0x80 { end -= 1 }
    let repaired = Array(String(decoding: text[..<end], as: UTF8.self).utf8)
    JSONWriter.compact.appendString(repaired.span, 0..<repaired.count, to: &bytes)
    return String(decoding: bytes, as: UTF8.self) + (end < text.count ? "…" : "")
  }
}
