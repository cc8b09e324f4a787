public import ToolReward

/// What a prompt is made of.
public struct PromptRequest: Sendable {
  /// The conversation: an array of messages, as `{"role", "content", …}` each.
  public var messages: Value
  /// The tools' definitions, an array; `nil` for none.
  public var tools: Value?
  /// Whether the prompt ends with the opening of the assistant's next message.
  public var addGenerationPrompt: Bool
  /// More variables of a template (`bos_token`, `enable_thinking`, …), an object; one of the names above goes before those.
  public var variables: Value?

  /// Creates a request.
  public init(messages: Value, tools: Value? = nil, addGenerationPrompt: Bool = true, variables: Value? = nil) {
    self.messages = messages
    self.tools = tools
    self.addGenerationPrompt = addGenerationPrompt
    self.variables = variables
  }
}

/// A prompt, ready for the tokenizer.
public struct RenderedPrompt: Sendable, Hashable {
  /// The prompt's text, UTF-8.
  public let text: [UInt8]
  /// The byte ranges of ``text`` that the assistant wrote, in order: where a template says `{% generation %}`. Empty for other renderers.
  public let generationSpans: [Range<Int>]

  /// Creates a prompt.
  public init(text: [UInt8], generationSpans: [Range<Int>] = []) {
    self.text = text
    self.generationSpans = generationSpans
  }
}

/// Makes prompts of messages and tools. ``ChatTemplate`` is one, ``PromptPreset`` with a ``PromptFraming`` another; an engine of your own
/// can be a third.
public protocol PromptRenderer: Sendable {
  /// The prompt of a conversation.
  ///
  /// - Throws: ``PromptError`` if the messages or the tools are not what the prompt needs.
  func render(_ request: PromptRequest) throws(PromptError) -> RenderedPrompt
}
