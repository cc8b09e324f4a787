internal import ToolReward

/// A model family's tokens around messages.
///
/// Where a model brings its own chat template, ``ChatTemplate`` gives that model's exact prompt; a framing is for text prompts that no
/// template knows.
public struct PromptFraming: Sendable, PromptRenderer {
  /// The framing's name: `chatml`.
  public let name: String
  private let family: Family

  private enum Family { case chatML, llama3, mistral }

  /// ChatML as Qwen2.5 and Qwen3 write it: tools' answers within one user turn, each as `<tool_response>`. No system text is made up.
  public static let chatML = PromptFraming(name: "chatml", family: .chatML)
  /// Llama 3: texts without the white space around them, tools' answers in the role `ipython`.
  public static let llama3 = PromptFraming(name: "llama3", family: .llama3)
  /// Mistral's V7 tokens (Mistral Small 3 and later): `[SYSTEM_PROMPT]`, `[INST]`, `[TOOL_RESULTS]`.
  public static let mistral = PromptFraming(name: "mistral", family: .mistral)

  /// Every framing.
  public static let all: [PromptFraming] = [chatML, llama3, mistral]

  /// The framing of that name; `nil` if there is none.
  public static func named(_ name: String) -> PromptFraming? { all.first { $0.name == name } }

  /// The prompt's text. O(messages).
  ///
  /// - Parameter addGenerationPrompt: Whether it ends with the opening of the assistant's next message; Mistral has none.
  public func text(of messages: [PromptMessage], addGenerationPrompt: Bool = true) -> [UInt8] {
    var text: [UInt8] = []
    switch family {
    case .chatML: Self.appendChatML(messages, to: &text)
    case .llama3:
      text += Array("<|begin_of_text|>".utf8)
      for message in messages {
        let role = message.role == .tool ? "ipython" : message.role.rawValue
        let content = message.content.span
        let kept = PythonText.strip(content, 0..<content.count)
        text +=
          Array("<|start_header_id|>\(role)<|end_header_id|>\n\n".utf8) + message.content[kept]
          + Array("<|eot_id|>".utf8)
      }
    case .mistral:
      text += Array("<s>".utf8)
      for message in messages { Self.appendMistral(message, to: &text) }
    }
    guard addGenerationPrompt else { return text }
    switch family {
    case .chatML: text += Array("<|im_start|>assistant\n".utf8)
    case .llama3: text += Array("<|start_header_id|>assistant<|end_header_id|>\n\n".utf8)
    case .mistral: break
    }
    return text
  }

  private static func appendChatML(_ messages: [PromptMessage], to text: inout [UInt8]) {
    for (index, message) in messages.enumerated() {
      guard message.role == .tool else {
        text += Array("<|im_start|>\(message.role.rawValue)\n".utf8) + message.content + Array("<|im_end|>\n".utf8)
        continue
      }
      if index == 0 || messages[index - 1].role != .tool { text += Array("<|im_start|>user".utf8) }
      text += Array("\n<tool_response>\n".utf8) + message.content + Array("\n</tool_response>".utf8)
      if index + 1 == messages.count || messages[index + 1].role != .tool { text += Array("<|im_end|>\n".utf8) }
    }
  }

  private static func appendMistral(_ message: PromptMessage, to text: inout [UInt8]) {
    let (open, close) =
      switch message.role {
      case .system: ("[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]")
      case .user: ("[INST]", "[/INST]")
      case .assistant: ("", "</s>")
      case .tool: ("[TOOL_RESULTS]", "[/TOOL_RESULTS]")
      }
    text += Array(open.utf8) + message.content + Array(close.utf8)
  }

  /// The prompt of a conversation. Tools and variables are not used: a ``PromptPreset`` writes the tools.
  public func render(_ request: PromptRequest) throws(PromptError) -> RenderedPrompt {
    RenderedPrompt(text: try text(of: Self.messages(of: request), addGenerationPrompt: request.addGenerationPrompt))
  }

  static func messages(of request: PromptRequest) throws(PromptError) -> [PromptMessage] {
    guard request.messages.kind == .array else { throw PromptError("the messages are no array") }
    var messages: [PromptMessage] = []
    for message in request.messages.elements { messages.append(try PromptMessage(message)) }
    return messages
  }
}
