/// A payload that gives the name as text and the arguments as JSON:
///
/// ```text
/// <|tool_call_begin|>functions.search:0<|tool_call_argument_begin|>{"q":"swift"}<|tool_call_end|>
/// callOpen           prefix    name  index   nameEnd               arguments    callClose
/// ```
public struct NamedPayload: Sendable, Hashable {
  /// What a call begins with; none if the frame's marker does.
  public var callOpen: [String]
  /// What must stand before the name, such as a kind of call.
  public var kind: String
  /// What may stand before the name and is not part of it.
  public var namePrefix: String
  /// What parts the name from its number, which is not part of it; empty if names have none. The number may not be left out.
  public var indexSeparator: String
  /// What an identifier of the call begins with, after the name; empty if calls have none.
  public var identifierOpen: String
  /// What ends the name.
  public var nameEnd: [String]
  /// Whether the arguments may also follow the name at once.
  public var isNameEndOptional: Bool
  /// The code fence around the arguments: what opens and what closes it; `nil` without one.
  public var fence: Fence?
  /// How the arguments are spelled.
  public var syntax: Syntax
  /// What closes a call; none if its arguments' end does.
  public var callClose: [String]
  /// Bounds on a payload.
  public var limits: ValueLimits

  /// A spelling of arguments.
  public enum Syntax: Sendable, Hashable {
    /// JSON.
    case json
    /// JSON with other spellings.
    case relaxed(RelaxedSyntax)
  }

  /// A code fence.
  public struct Fence: Sendable, Hashable {
    /// What opens it.
    public var open: String
    /// What closes it.
    public var close: String

    /// Creates a fence.
    public init(open: String, close: String) {
      self.open = open
      self.close = close
    }
  }

  /// Creates a payload description.
  public init(
    callOpen: [String] = [], kind: String = "", namePrefix: String = "", indexSeparator: String = "",
    identifierOpen: String = "", nameEnd: [String], isNameEndOptional: Bool = false, fence: Fence? = nil,
    syntax: Syntax = .json, callClose: [String] = [], limits: ValueLimits = .standard
  ) {
    self.callOpen = callOpen
    self.kind = kind
    self.namePrefix = namePrefix
    self.indexSeparator = indexSeparator
    self.identifierOpen = identifierOpen
    self.nameEnd = nameEnd
    self.isNameEndOptional = isNameEndOptional
    self.fence = fence
    self.syntax = syntax
    self.callClose = callClose
    self.limits = limits
  }
}
