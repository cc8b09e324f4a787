/// Calls written in Python: `f(a=1, s='x')`. Values are literals, and never evaluated.
///
/// A call's name may be dotted. Its arguments are keyword arguments; the words of the grammar, such as `from`, may name them too.
public struct PythonPayload: Sendable, Hashable {
  /// How calls stand beside each other.
  public enum Layout: Sendable, Hashable {
    /// As a list: `[f(a=1), g()]`.
    case list
    /// One after the other, each on lines of its own: `f(a=1)⏎g()`.
    case lines
  }

  /// How calls stand beside each other.
  public var layout: Layout
  /// Whether `true`, `false` and `null` are values, as in JSON, besides `True`, `False` and `None`.
  public var allowsJSONWords: Bool
  /// Whether a name may be any text up to the parenthesis that holds no quote, bracket, `=`, `,` or line feed:
  /// `[Get Weather (city='x'), get/v1/x(a=1)]`. White space around it is not part of it.
  public var allowsSpacedNames: Bool
  /// The limits of each call's arguments.
  public var limits: ValueLimits

  /// Creates a payload rule.
  public init(
    layout: Layout = .list, allowsJSONWords: Bool = false, allowsSpacedNames: Bool = false,
    limits: ValueLimits = .standard
  ) {
    self.layout = layout
    self.allowsJSONWords = allowsJSONWords
    self.allowsSpacedNames = allowsSpacedNames
    self.limits = limits
  }
}
