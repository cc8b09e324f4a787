/// JSON with other spellings: names without quotes, strings between delimiters of their own.
///
/// ```text
/// {q:<|"|>a, "b"<|"|>,k:5,tags:[<|"|>x<|"|>]}
/// ```
public struct RelaxedSyntax: Sendable, Hashable {
  /// A pair that a string stands between; nothing escapes in it.
  public struct Delimiter: Sendable, Hashable {
    /// What opens it.
    public var open: String
    /// What closes it.
    public var close: String

    /// Creates a pair.
    public init(open: String, close: String) {
      self.open = open
      self.close = close
    }
  }

  /// The pairs that strings stand between, besides double quotes.
  public var delimiters: [Delimiter]
  /// Whether strings may stand between single quotes, with JSON's escapes and `\'`.
  public var allowsSingleQuotes: Bool
  /// Whether names may stand without quotes.
  public var allowsBareNames: Bool
  /// Whether a comma may stand before `}` or `]`.
  public var allowsTrailingCommas: Bool
  /// Whether `True`, `False` and `None` are read.
  public var allowsPythonWords: Bool

  /// Creates a syntax.
  public init(
    delimiters: [Delimiter] = [], allowsSingleQuotes: Bool = false, allowsBareNames: Bool = false,
    allowsTrailingCommas: Bool = false, allowsPythonWords: Bool = false
  ) {
    self.delimiters = delimiters
    self.allowsSingleQuotes = allowsSingleQuotes
    self.allowsBareNames = allowsBareNames
    self.allowsTrailingCommas = allowsTrailingCommas
    self.allowsPythonWords = allowsPythonWords
  }
}
