internal import ToolReward

/// The special categories: the model is to say what is missing, wrong or impossible, in the words that the prompt gives it.
struct ACEBenchSpecial {
  private let question: ACEBenchQuestion

  init(_ question: ACEBenchQuestion) { self.question = question }

  private var isIncomplete: Bool { question.category == "special_incomplete" }
  private var isIrrelevant: Bool { question.category == "special_irrelevant" }

  // MARK: Official

  private static let missing = "Missing necessary parameters"
  private static let incorrect = "There is incorrect value"
  private static let limitations = "the limitations of the function"

  /// `special_eval`: the phrase is somewhere in the text, and so is every name or value that is expected.
  func error(in prediction: BenchmarkPrediction) throws(ACEBenchChecker.Raised) -> ACEBenchErrorType? {
    let answer: PythonValue =
      switch prediction {
      case .text(let text): .string(text)
      case .decoded(let value): PythonValue(value)
      }
    func says(_ part: PythonValue) throws(ACEBenchChecker.Raised) -> Bool {
      try ACEBenchChecker.contains(part, in: answer)
    }
    func says(_ part: String) throws(ACEBenchChecker.Raised) -> Bool { try says(.string(Array(part.utf8))) }
    if isIrrelevant { return try says(Self.limitations) ? nil : .errorDetection }
    guard case .dictionary(let expected) = question.answer else { throw ACEBenchChecker.Raised() }
    var error: ACEBenchErrorType?
    for member in expected {
      guard case .string(let name) = member.key else { throw ACEBenchChecker.Raised() }
      if try !says(isIncomplete ? Self.missing : Self.incorrect) {
        error = .errorDetection
      } else if isIncomplete, try !says(.string(name)) {
        error = .errorCorrection
      } else {
        for value in try ACEBenchChecker.elements(of: member.value) where try !says(value) { error = .errorCorrection }
      }
    }
    return error
  }

  // MARK: Strict

  private static let missingSentence = PythonPattern(
    #"Missing necessary parameters \((.+?)\) for the api \(([^()]+)\)"#)
  private static let incorrectSentence = PythonPattern(
    #"There is incorrect value \((.+?)\) for the parameters \(([^()]+)\) in the conversation history"#)
  private static let limitationsSentence = PythonPattern(
    "Due to the limitations of the function, I cannot solve this problem")

  /// More text than any such sentences have; looking for them in it would take time that grows with its square.
  private static let mostBytes = 16 << 10

  /// The sentences that the prompt asks for, which name what is expected and no more; and nothing beside them.
  func strictError(in prediction: BenchmarkPrediction) -> ACEBenchErrorType? {
    guard case .text(let bytes) = prediction else { return .wrongOutputFormat }
    guard bytes.count <= Self.mostBytes else { return .errorCorrection }
    let text = CodePoints(utf8: bytes)
    let pattern =
      isIrrelevant ? Self.limitationsSentence : isIncomplete ? Self.missingSentence : Self.incorrectSentence
    let sentences = pattern.findAll(text)
    guard !sentences.isEmpty else { return .errorDetection }
    var rest = text
    for sentence in sentences.reversed() { rest.points.removeSubrange(sentence.range) }
    guard Self.isPunctuation(rest) else { return .errorCorrection }
    if isIrrelevant { return nil }
    let groups = sentences.map { sentence in
      [1, 2].map { number in CodePoints(sentence.group(number).map { text[$0].points } ?? []) }
    }
    let expected = question.answer.members.map { member in
      (name: member.key.text, values: member.value.elements.compactMap(\.text))
    }
    if isIncomplete {
      // One sentence for each tool: its parameters, then its name.
      guard groups.count == expected.count else { return .errorCorrection }
      let isNamed = expected.allSatisfy { tool in
        groups.contains { Self.lists($0[1], [tool.name]) && Self.lists($0[0], tool.values) }
      }
      return isNamed ? nil : .errorCorrection
    }
    let values = CodePoints(groups.map { $0[0].points }.joined(separator: [0x2C]))
    let names = CodePoints(groups.map { $0[1].points }.joined(separator: [0x2C]))
    let isNamed = Self.lists(values, expected.flatMap(\.values)) && Self.lists(names, expected.map(\.name))
    return isNamed ? nil : .errorCorrection
  }

  /// Whether a text is these parts, in any order, with nothing but punctuation between them. Values may hold commas, so that the text cannot
  /// be split at them; the longest part is looked for first.
  private static func lists(_ text: CodePoints, _ parts: [[UInt8]]) -> Bool {
    var rest = text.utf8
    for part in parts.sorted(by: { $0.count > $1.count }) {
      guard !part.isEmpty, let start = ByteSearch.firstIndex(of: part, in: rest.span) else { return false }
      rest.replaceSubrange(start..<(start + part.count), with: [0x2C])
    }
    return isPunctuation(CodePoints(utf8: rest))
  }

  private static func isPunctuation(_ text: CodePoints) -> Bool {
    text.points.allSatisfy { CodePoints.isSpace($0) || $0 < 0x80 && "[]\"'`,.;:".utf8.contains(UInt8($0)) }
  }
}

extension PythonValue.Key {
  fileprivate var text: [UInt8] {
    if case .string(let bytes) = self { return bytes }
    return []
  }
}
