/// Reads JSON text into ``Value``s, exactly: member order, number literals and repeated names survive, and what is not JSON is
/// refused.
///
/// yajl reads the syntax; what it lets through (lone surrogates, ill-formed UTF-8, vertical tabs, an unterminated string after
/// a value) is refused here. See Docs/Yajl.md.
///
/// ```swift
/// let value = try ValueReader().read(#"{"a": 1.0}"#)
/// value["a"]?.numberLiteral   // "1.0"
/// ```
public struct ValueReader: Sendable {
  /// Which texts count as values.
  public enum Syntax: Sendable, Hashable {
    /// RFC 8259, with well-formed Unicode.
    case json
    /// What CPython's `json.loads` accepts: JSON, and `NaN`, `Infinity`, `-Infinity` and lone surrogates.
    case python
  }

  /// Which texts count as values.
  public var syntax: Syntax
  /// Bounds on depth, bytes and nodes.
  public var limits: ValueLimits

  /// Creates a reader.
  public init(syntax: Syntax = .json, limits: ValueLimits = .standard) {
    self.syntax = syntax
    self.limits = limits
  }

  /// Reads a whole text as one value; only white space may surround it. O(text).
  ///
  /// - Throws: ``ValueError`` with the reason and the byte offset, if the text is not such a value or exceeds ``limits``.
  public func read(_ text: Span<UInt8>) throws(ValueError) -> Value {
    try read(text, allowingSurrogates: false)
  }

  func read(_ text: Span<UInt8>, allowingSurrogates: Bool) throws(ValueError) -> Value {
    try ValueSession().value(text, syntax: syntax, limits: limits, allowingSurrogates: allowingSurrogates)
  }

  /// Reads a whole text as one value; only white space may surround it. O(text).
  ///
  /// - Throws: ``ValueError`` with the reason and the byte offset, if the text is not such a value or exceeds ``limits``.
  public func read(_ text: [UInt8]) throws(ValueError) -> Value {
    try read(text.span)
  }

  /// Reads a whole text as one value; only white space may surround it. O(text).
  ///
  /// - Throws: ``ValueError`` with the reason and the byte offset, if the text is not such a value or exceeds ``limits``.
  public func read(_ text: String) throws(ValueError) -> Value {
    try read(Array(text.utf8))
  }

  /// Reads the one value that starts at `offset` (white space before it allowed) and says where it ends, so that an end tag inside
  /// one of its strings is never mistaken for the tag after it. Always JSON, whatever ``syntax`` says. O(value).
  ///
  /// - Returns: The value and the offset of the first byte after it. What follows is not read.
  /// - Throws: ``ValueError`` if no value starts there, if it is unfinished, or if it exceeds ``limits``.
  public func readPrefix(_ text: [UInt8], at offset: Int = 0) throws(ValueError) -> (value: Value, end: Int) {
    guard offset >= 0, offset <= text.count else { throw ValueError(.unexpectedEnd, at: text.count) }
    let session = ValueSession()
    let (root, end) = try session.readPrefix(text.span, from: offset, syntax: .json, limits: limits)
    var tape = ValueTape()
    session.takeTape(into: &tape)
    return (Value(tape: tape, index: root), end)
  }
}
