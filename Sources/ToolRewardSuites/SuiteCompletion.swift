public import ToolReward

/// What a model wrote after a prompt.
public enum SuiteCompletion: Sendable {
  /// Text, as the model wrote it.
  case text([UInt8])
  /// A message that a server has taken apart: `{"role", "content", "tool_calls", "reasoning_content"}`.
  case message(Value)

  /// What people are shown: the text, or the message as JSON.
  public var shown: [UInt8] {
    switch self {
    case .text(let text): text
    case .message(let message): JSONWriter.compact.write(message)
    }
  }

  /// The member of a row of JSON Lines that holds it, UTF-8: `"completion":"…"`, or `"message":{…}`.
  var member: [UInt8] {
    switch self {
    case .text(let text): Array(#""completion":"#.utf8) + PromptProbe.string(text)
    case .message(let message): Array(#""message":"#.utf8) + JSONWriter.compact.write(message)
    }
  }

  /// Reads it from a row of JSON Lines.
  init(row: Configuration) throws(ConfigurationError) {
    if let place = row["message"] {
      guard place.value.kind == .object else { throw place.error("must be a message: {\"role\": …, \"content\": …}") }
      if let other = row["completion"] { throw other.error("stands beside \"message\": take one away") }
      if let role = place["role"], role.value.string != "assistant" {
        throw role.error("must be \"assistant\": a completion is what a model writes")
      }
      self = .message(place.value.detached())
    } else {
      self = try SuiteCompletion(text: row.required("completion"))
    }
  }

  init(text place: Configuration) throws(ConfigurationError) {
    guard let text = place.value.stringBytes else { throw place.error("must be a string") }
    self = .text(text)
  }
}
