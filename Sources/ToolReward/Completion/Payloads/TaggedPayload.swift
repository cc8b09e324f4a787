/// A payload whose arguments stand between tags, each value as plain text:
///
/// ```text
/// <tool_call>                                        frame
/// <function=search>                                  callOpen  name  nameEnd
/// <parameter=q>                                      keyOpen   key   keyEnd
/// a < b && "c"
/// </parameter>                                       valueClose
/// </function>                                        callClose
/// </tool_call>
/// ```
///
/// Where a value ends is told by what follows its closing tag, and which tags count by the tool's parameters: see ``TaggedFrameReader``.
public struct TaggedPayload: Sendable, Hashable {
  /// How the text of a value becomes a value.
  public enum Typing: Sendable, Hashable {
    /// As the tool's schema has the parameter; without a schema, text.
    case schema
    /// As an attribute behind the key says: text after one of the first, JSON after one of the second.
    case attribute(text: [String], json: [String])
  }
  /// White space around a value that is not part of it.
  public enum Framing: Sendable, Hashable {
    /// None.
    case none
    /// One line feed after the opening tag and one before the closing one.
    case lineFeed
  }

  /// What a call begins with; none if the frame holds one call, which begins with its name.
  public var callOpen: [String]
  /// What ends the name; none if white space, a key or the frame's end does.
  public var nameEnd: [String]
  /// What closes a call; none if the frame's end does.
  public var callClose: [String]
  /// What opens a key.
  public var keyOpen: [String]
  /// What ends a key.
  public var keyEnd: [String]
  /// What opens a value after its key; none if the key's end does.
  public var valueOpen: [String]
  /// What closes a value.
  public var valueClose: [String]
  /// How a value's text is read.
  public var typing: Typing
  /// White space that is not part of a value.
  public var framing: Framing
  /// Bounds on a call.
  public var limits: ValueLimits

  /// Creates a payload description.
  public init(
    callOpen: [String], nameEnd: [String], callClose: [String], keyOpen: [String], keyEnd: [String],
    valueOpen: [String] = [], valueClose: [String], typing: Typing = .schema, framing: Framing = .none,
    limits: ValueLimits = .standard
  ) {
    self.callOpen = callOpen
    self.nameEnd = nameEnd
    self.callClose = callClose
    self.keyOpen = keyOpen
    self.keyEnd = keyEnd
    self.valueOpen = valueOpen
    self.valueClose = valueClose
    self.typing = typing
    self.framing = framing
    self.limits = limits
  }
}
