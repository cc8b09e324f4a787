public import ToolReward

/// A message of a conversation: who speaks, and what.
public struct PromptMessage: Sendable, Hashable {
  /// Who speaks.
  public enum Role: String, Sendable, Hashable, CaseIterable {
    case system, user, assistant, tool
  }

  /// Who speaks.
  public var role: Role
  /// The message's text, UTF-8.
  public var content: [UInt8]

  /// Creates a message.
  public init(_ role: Role, _ content: [UInt8]) {
    self.role = role
    self.content = content
  }

  /// Creates a message.
  public init(_ role: Role, _ content: String) {
    self.init(role, Array(content.utf8))
  }

  /// Reads `{"role", "content"}`. A role may have the name that data sets give it: `human`, `gpt`, `observation` and the like.
  ///
  /// - Throws: ``PromptError`` if the role is unknown, the content is no string, or the message has `tool_calls`, which only a chat template
  ///   can write.
  public init(_ message: Value) throws(PromptError) {
    guard let name = message["role"]?.stringBytes else { throw PromptError("a message has no \"role\"") }
    guard let role = Self.roles.first(where: { name.elementsEqual($0.name.utf8) })?.role else {
      throw PromptError("unknown role '\(String(decoding: name, as: UTF8.self))'")
    }
    if let calls = message["tool_calls"], calls.count > 0 {
      throw PromptError(
        "a message has \"tool_calls\"; write the calls into its content, or render it with a chat template")
    }
    guard let content = message["content"], content.kind != .null else {
      self.init(role, [])
      return
    }
    guard let text = content.stringBytes else { throw PromptError("a message's \"content\" is no string") }
    self.init(role, text)
  }

  /// The message that Tool-N1's preparation makes of a turn `{"from", "value"}`: `human`, `gpt`, `observation`, or `function_call`, whose
  /// text is written as a JSON string within the message, as the published code does (its prompts show past calls in quotes).
  ///
  /// - Throws: ``PromptError`` for another turn.
  public init(toolN1Turn from: String, _ value: Value) throws(PromptError) {
    switch from {
    case "function_call": self.init(.assistant, JSONWriter.python().write(value))
    case "human", "gpt", "observation":
      guard let text = value.stringBytes else { throw PromptError("a turn's \"value\" is no string") }
      self.init(from == "human" ? .user : from == "gpt" ? .assistant : .tool, text)
    default: throw PromptError("unknown turn '\(from)'")
    }
  }

  private static let roles: [(name: String, role: Role)] = [
    ("system", .system), ("developer", .system), ("user", .user), ("human", .user), ("assistant", .assistant),
    ("gpt", .assistant),
    ("tool", .tool), ("observation", .tool), ("ipython", .tool), ("function", .tool),
  ]
}
