/// Turns the text between two tags into a value.
struct ValueText {
  let session: ValueSession
  let types: ParameterTypes?

  /// Writes the value that a text stands for. What was decided is noted, but for text that stays text where nothing else is asked for.
  ///
  /// The schema decides (vLLM's parsers in Rust come nearest, `rust/src/parser/src/tool/parameters.rs`): a parameter that must be a string is
  /// its text, whatever that looks like; one that may not be a string is the JSON that the text spells, number literals as they stand; one
  /// that may be both is the other value, if the text spells one. A text that spells no value of the type asked for stays text, so that the
  /// check of the arguments refuses it.
  func write(
    _ text: Span<UInt8>, _ range: Range<Int>, named key: Range<Int>, attempt: Int, into completion: inout Completion
  ) throws(ValueError) {
    func note(_ code: Diagnostic.Code) { completion.diagnostics.append(Diagnostic(code, range, attempt: attempt)) }
    guard let types, let expected = types.expectation(of: text, key), expected.isGiven, expected.types != .string else {
      return try session.write(string: text, range, at: range)
    }
    let allowsText = expected.types.contains(.string)
    let value = Self.trimmed(text, range)
    if allowsText, types.hasLiteral(expected, text: text, range) {
      return try session.write(string: text, range, at: range)
    }
    if let kind = Self.kind(text, value), expected.types.contains(kind) {
      do throws(ValueError) {
        try session.writeJSON(text, value)
        note(allowsText ? .typedByChoice : .typedBySchema)
        return
      } catch {
        if error.code.isLimit { throw error }
      }
    }
    if let word = Self.pythonWord(text, value), expected.types.contains(TypeMask(word)) {
      try session.write(word, at: value)
      note(.typedByPythonWord)
      return
    }
    if !allowsText { note(.untypedValue) }
    try session.write(string: text, range, at: range)
  }

  /// Writes a value that an attribute calls JSON.
  func writeJSON(
    _ text: Span<UInt8>, _ range: Range<Int>, attempt: Int, into completion: inout Completion
  ) throws(ValueError) -> Bool {
    do throws(ValueError) {
      try session.writeJSON(text, Self.trimmed(text, range))
      return true
    } catch {
      if error.code.isLimit { throw error }
      completion.diagnostics.append(Diagnostic(.untypedValue, range, attempt: attempt))
      try session.write(string: text, range, at: range)
      return false
    }
  }

  private static func trimmed(_ text: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    var start = range.lowerBound
    var end = range.upperBound
    while start < end, isJSONSpace(text[start]) { start += 1 }
    while end > start, isJSONSpace(text[end - 1]) { end -= 1 }
    return start..<end
  }

  /// What kind of JSON a text would be, by its first byte.
  private static func kind(_ text: Span<UInt8>, _ range: Range<Int>) -> TypeMask? {
    guard !range.isEmpty else { return nil }
    switch text[range.lowerBound] {
    case 0x7B: return .object
    case 0x5B: return .array
    case 0x2D, 0x30...0x39: return .number
    case 0x74, 0x66: return .boolean
    case 0x6E: return .null
    // A string in quotes is no text of a string parameter, whose value has none.
    default: return nil
    }
  }

  private static func pythonWord(_ text: Span<UInt8>, _ range: Range<Int>) -> TapeNode.Kind? {
    for (word, kind) in pythonWords where word.count == range.count {
      if ByteSearch.matches(word, in: text, at: range.lowerBound) { return kind }
    }
    return nil
  }

  private static let pythonWords: [([UInt8], TapeNode.Kind)] = [
    (Array("True".utf8), .true_), (Array("False".utf8), .false_), (Array("None".utf8), .null),
  ]
}
