// Values with tapes of their own, and nodes on the session's, in one call.

extension ValueSession {
  /// What `json.loads` gives; `nil` where it raises. O(text).
  package func pythonValue(_ text: [UInt8]) -> PythonValue? {
    do throws(ValueError) {
      let node = try readDocument(text.span, 0..<text.count, syntax: .python, limits: .python)
      let value = PythonValue(tape, node)
      removeTape()
      return value
    } catch {
      removeTape()
      return nil
    }
  }
}

extension Value {
  /// A string of those bytes. O(bytes).
  package static func string(_ bytes: Span<UInt8>, _ session: ValueSession) -> Value? {
    session.beginValue(limits: .standard)
    do throws(ValueError) {
      try session.write(string: bytes, 0..<bytes.count, at: 0..<bytes.count)
      let node = try session.finishValue(at: bytes.count)
      var tape = ValueTape()
      session.takeTape(into: &tape)
      return Value(tape: tape, index: node)
    } catch {
      session.discardValue()
      return nil
    }
  }
}

extension ValueSession {
  /// A whole text as one value with a tape of its own: what ``ValueReader`` gives, without a session of its own. O(text).
  package func value(
    _ text: Span<UInt8>, syntax: ValueReader.Syntax, limits: ValueLimits, allowingSurrogates: Bool = false
  ) throws(ValueError) -> Value {
    let node: Int
    unsafe builder.pointee.reserve(for: text.count)
    do throws(ValueError) {
      node = try readDocument(
        text, 0..<text.count, syntax: syntax, limits: limits, allowingSurrogates: allowingSurrogates)
    } catch {
      removeTape()
      throw error
    }
    var tape = ValueTape()
    takeTape(into: &tape)
    return Value(tape: tape, index: node)
  }
}

extension ValueSession {
  /// Reads a range as JSON and nothing else, onto the session's tape. Returns its node; `nil` where it is none.
  package func plainDocument(_ text: Span<UInt8>, _ range: Range<Int>) -> Int? {
    try? readDocument(text, range, syntax: .json, limits: .standard)
  }
}

extension Value {
  /// The value where it lies.
  @inline(__always)
  package func withTape<R>(_ body: (TapeView, Int) -> R) -> R { body(tape.view, index) }
}
