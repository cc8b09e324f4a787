public import ToolReward

/// A published prompt: how its system text is made of the tools, and what becomes of the conversation.
///
/// ```swift
/// let messages = try PromptPreset.toolN1Train.messages([PromptMessage(.user, "Hello")], tools: tools)
/// let prompt = PromptFraming.chatML.text(of: messages)
/// ```
public struct PromptPreset: Sendable {
  /// The preset's name: `tool-n1-train`.
  public let name: String
  /// One line on what it is for.
  public let summary: String
  /// The publication it comes from.
  public let source: String
  /// The text as published, with ``toolsMark`` where the tools go.
  public let template: [UInt8]
  /// What stands in ``template`` for the tools; empty if they go nowhere.
  public let toolsMark: String
  /// What stands before the template, if the conversation has no system message; `nil` if such a message is ``LeadingSystem/kept`` or
  /// ``LeadingSystem/replaced``.
  public let opening: [UInt8]?
  /// What becomes of a system message at the head of the conversation.
  public let leadingSystem: LeadingSystem
  private let toolsForm: ToolsForm
  private let history: History

  /// What becomes of a system message at the head of the conversation.
  public enum LeadingSystem: String, Sendable {
    /// It is written before the template, in place of ``PromptPreset/opening``.
    case opens
    /// It stays, after the preset's own system message.
    case kept
    /// It is dropped: the preset's text is the only system text.
    case replaced
  }

  private enum ToolsForm {
    /// `{"type": "function", "function": …}` as `json.dumps` writes it, one a line.
    case lines
    /// ToolRL's numbered list of names, descriptions and parameters.
    case numbered
  }

  private enum History {
    case messages
    /// One user message that holds the dialogue.
    case toolRLRecord
  }

  private init(
    _ name: String, _ summary: String, source: String, template: String, toolsMark: String = "{{tools}}",
    opening: String? = nil,
    leadingSystem: LeadingSystem = .replaced, toolsForm: ToolsForm = .lines, history: History = .messages
  ) {
    self.name = name
    self.summary = summary
    self.source = source
    self.template = Array(template.utf8)
    self.toolsMark = toolsMark
    self.opening = opening.map { Array($0.utf8) }
    self.leadingSystem = leadingSystem
    self.toolsForm = toolsForm
    self.history = history
  }

  // MARK: The presets

  private static let toolN1 = "Nemotron-Research-Tool-N1 (arXiv 2505.00024), NVlabs/Tool-N1"

  /// Tool-N1's prompt of training: the data's system text, or ``toolN1System``'s, then the tools and the rules.
  public static let toolN1Train = PromptPreset(
    "tool-n1-train", "Tool-N1: training", source: toolN1, template: PromptTexts.toolN1Train,
    opening: PromptTexts.toolN1System,
    leadingSystem: .opens)
  /// Tool-N1's prompt of distillation. The published text has `\n` as two characters; they stay two.
  public static let toolN1Distil = PromptPreset(
    "tool-n1-distil", "Tool-N1: distillation", source: toolN1, template: PromptTexts.toolN1Distil,
    toolsMark: "{tools_string}")
  /// Tool-N1's prompt of evaluation on BFCL. It alone says what to write where no function fits.
  public static let toolN1Eval = PromptPreset(
    "tool-n1-eval", "Tool-N1: evaluation on BFCL", source: toolN1, template: PromptTexts.toolN1Eval)
  /// Tool-N1's default system text by itself. It writes no tools.
  public static let toolN1System = PromptPreset(
    "tool-n1-system", "Tool-N1: the system text before the tools", source: toolN1, template: PromptTexts.toolN1System,
    toolsMark: "")
  /// ToolRL's prompt: the tools as a numbered list, the dialogue as one record.
  public static let toolRL = PromptPreset(
    "tool-rl", "ToolRL: training and evaluation", source: "ToolRL (arXiv 2504.13958), qiancheng0/ToolRL",
    template: PromptTexts.toolRL, toolsForm: .numbered, history: .toolRLRecord)
  /// Hermes's prompt, as the tool template of Hermes 3 writes it; the tools as JSON, one a line.
  public static let hermes = PromptPreset(
    "hermes", "Hermes 2 Pro and 3: tools", source: "NousResearch/Hermes-Function-Calling", template: PromptTexts.hermes,
    leadingSystem: .kept)

  /// Every preset.
  public static let all: [PromptPreset] = [toolN1Train, toolN1Distil, toolN1Eval, toolN1System, toolRL, hermes]

  /// The preset of that name; `nil` if there is none.
  public static func named(_ name: String) -> PromptPreset? { all.first { $0.name == name } }

  // MARK: Texts

  /// The text that stands for the tools. O(tools).
  ///
  /// - Parameter tools: Definitions, bare (`{"name", …}`) or as `{"type": "function", "function": …}`.
  /// - Throws: ``PromptError`` naming the tool that is no object, or that lacks what ToolRL's list needs.
  public func toolsText(_ tools: [Value]) throws(PromptError) -> [UInt8] {
    var text: [UInt8] = []
    for (index, tool) in tools.enumerated() {
      guard tool.kind == .object else { throw PromptError("tool \(index + 1) is no object") }
      if index > 0 { text.append(0x0A) }
      switch toolsForm {
      case .lines: Self.appendLine(tool, to: &text)
      case .numbered: try Self.appendNumbered(tool, index + 1, to: &text)
      }
    }
    return text
  }

  /// The system text: the template with the tools in it, after `opening`. O(template and tools).
  ///
  /// - Parameter opening: What stands before the template; by default ``PromptPreset/opening``.
  /// - Throws: As ``toolsText(_:)``.
  public func systemText(tools: [Value], opening: [UInt8]? = nil) throws(PromptError) -> [UInt8] {
    let head = opening ?? self.opening ?? []
    let mark = Array(toolsMark.utf8)
    guard !mark.isEmpty, let place = ByteSearch.firstIndex(of: mark, in: template.span) else { return head + template }
    return try head + template[..<place] + toolsText(tools) + template[(place + mark.count)...]
  }

  /// The prompt's messages. O(messages and tools).
  ///
  /// - Throws: As ``toolsText(_:)``; and for ``toolRL`` if the conversation has a system message behind its head.
  public func messages(_ conversation: [PromptMessage], tools: [Value]) throws(PromptError) -> [PromptMessage] {
    var rest = conversation[...]
    var head: [UInt8]?
    if leadingSystem != .kept, let first = rest.first, first.role == .system {
      rest = rest.dropFirst()
      if leadingSystem == .opens { head = first.content }
    }
    let system = PromptMessage(.system, try systemText(tools: tools, opening: head))
    switch history {
    case .messages: return [system] + rest
    case .toolRLRecord: return [system, PromptMessage(.user, try Self.record(rest))]
    }
  }

  // MARK: Parts

  private static func appendLine(_ tool: Value, to text: inout [UInt8]) {
    let isWrapped = tool["function"]?.kind == .object
    if !isWrapped { text += Array(#"{"type": "function", "function": "#.utf8) }
    JSONWriter.python().write(tool, to: &text)
    if !isWrapped { text.append(0x7D) }
  }

  private static func appendNumbered(_ tool: Value, _ number: Int, to text: inout [UInt8]) throws(PromptError) {
    let function = tool["function"] ?? tool
    guard let name = function["name"]?.stringBytes else { throw PromptError("tool \(number) has no \"name\"") }
    guard let description = function["description"]?.stringBytes else {
      throw PromptError("tool \(number) has no \"description\", which ToolRL's list shows")
    }
    text +=
      Array("\(number). Name: ".utf8) + name + Array("\nDescription: ".utf8) + description
      + Array("\nParameters: ".utf8)
    guard let parameters = function["parameters"] else {
      text += [0x7B, 0x7D]
      return
    }
    // ToolRL's data lists the parameters themselves; a JSON Schema has them under "properties".
    let isSchema = parameters["type"]?.stringBytes != nil && parameters["properties"]?.kind == .object
    JSONWriter.python().write(isSchema ? parameters["properties"] ?? parameters : parameters, to: &text)
  }

  /// ToolRL's dialogue record: a tool's answer follows the call on the next line, every other turn an empty line.
  private static func record(_ messages: ArraySlice<PromptMessage>) throws(PromptError) -> [UInt8] {
    var text = Array("**Dialogue Records History**".utf8)
    var separator = "\n"
    for message in messages {
      switch message.role {
      case .system: throw PromptError("ToolRL's record of the dialogue has no place for a second system message")
      case .user: text += Array("\(separator)<user> ".utf8) + message.content + Array(" </user>".utf8)
      case .assistant: text += Array(separator.utf8) + message.content
      case .tool: text += Array("\n<obs> ".utf8) + message.content + Array(" </obs>".utf8)
      }
      separator = "\n\n"
    }
    return text
  }
}

/// A preset in a model's framing, as one renderer.
public struct PresetRenderer: PromptRenderer {
  /// The prompt.
  public var preset: PromptPreset
  /// The model's tokens around it.
  public var framing: PromptFraming

  /// Creates a renderer.
  public init(_ preset: PromptPreset, framing: PromptFraming = .chatML) {
    self.preset = preset
    self.framing = framing
  }

  /// The prompt of a conversation. The request's variables are not used.
  public func render(_ request: PromptRequest) throws(PromptError) -> RenderedPrompt {
    let messages = try PromptFraming.messages(of: request)
    let prompt = try preset.messages(messages, tools: request.tools?.elements ?? [])
    return RenderedPrompt(text: framing.text(of: prompt, addGenerationPrompt: request.addGenerationPrompt))
  }
}
