/// Why a text is not a value that the reader accepts, and where.
public struct ValueError: Error, Sendable, Hashable {
  /// What is wrong.
  public let code: Code
  /// The byte offset in the text that was handed to the reader. For a syntax error it is where reading stopped, which may be
  /// just after the offending token.
  public let offset: Int

  package init(_ code: Code, at offset: Int) {
    self.code = code
    self.offset = offset
  }

  /// A stable reason; ``name`` is its spelling in output.
  public struct Code: Sendable, Hashable {
    private enum Storage: String, Sendable {
      case malformed = "malformed_json"
      case unexpectedEnd = "unexpected_end"
      case trailingText = "trailing_text"
      case illFormedUTF8 = "ill_formed_utf8"
      case loneSurrogate = "lone_surrogate"
      case tooDeep = "too_deep"
      case tooLarge = "too_large"
      case tooManyNodes = "too_many_nodes"
      case integerTooLong = "integer_too_long"
    }
    private let storage: Storage

    /// The text breaks JSON's grammar (RFC 8259).
    public static let malformed = Code(storage: .malformed)
    /// The text ends inside a value, or holds none.
    public static let unexpectedEnd = Code(storage: .unexpectedEnd)
    /// Something other than white space follows the value.
    public static let trailingText = Code(storage: .trailingText)
    /// A byte sequence is not UTF-8 (Unicode 16, table 3-7).
    public static let illFormedUTF8 = Code(storage: .illFormedUTF8)
    /// A `\u` escape names one half of a surrogate pair without the other.
    public static let loneSurrogate = Code(storage: .loneSurrogate)
    /// Nesting exceeds ``ValueLimits/depth``.
    public static let tooDeep = Code(storage: .tooDeep)
    /// The text exceeds ``ValueLimits/bytes``.
    public static let tooLarge = Code(storage: .tooLarge)
    /// The value exceeds ``ValueLimits/nodes``.
    public static let tooManyNodes = Code(storage: .tooManyNodes)
    /// An integer of more than 4,300 digits, for which CPython's `int()` raises `ValueError`. Python syntax only.
    public static let integerTooLong = Code(storage: .integerTooLong)

    /// The snake_case spelling used in JSON output.
    public var name: String { storage.rawValue }

    /// Whether a limit ended the reading, so that the text may be JSON for a reader with more room.
    public var isLimit: Bool {
      switch storage {
      case .tooDeep, .tooLarge, .tooManyNodes, .integerTooLong: true
      case .malformed, .unexpectedEnd, .trailingText, .illFormedUTF8, .loneSurrogate: false
      }
    }
  }
}

extension ValueError: CustomStringConvertible {
  /// A sentence for people. It never quotes the text.
  public var description: String {
    let what =
      switch code {
      case .malformed: "not JSON"
      case .unexpectedEnd: "the JSON ends too early"
      case .trailingText: "text follows the JSON value"
      case .illFormedUTF8: "ill-formed UTF-8"
      case .loneSurrogate: "a \\u escape holds half a surrogate pair"
      case .tooDeep: "nested too deeply"
      case .tooLarge: "too many bytes"
      case .tooManyNodes: "too many values"
      default: "an integer of more than 4,300 digits"
      }
    return "\(what) (byte \(offset))"
  }
}
