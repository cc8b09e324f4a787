internal import ToolReward
public import ToolRewardPrompts

/// A shape that tasks are written in.
public enum TaskFormat: String, Sendable, Hashable, CaseIterable {
  /// The records of `toolreward import`.
  case toolreward
  /// verl's rows, as Tool-N1's preparation writes them.
  case verl
  /// TRL: `prompt`, `completion`, `tools`, `ground_truth`; arguments are objects.
  case trl
  /// OpenAI fine-tuning: `messages` and `tools`; arguments are strings.
  case openai
  /// NeMo-Gym: `responses_create_params` and `expected_action`.
  case nemoGym = "nemo-gym"
  /// LLaMA-Factory: `messages` with typed content, for supervised fine-tuning.
  case llamafactory
}

/// How tasks are written.
public struct TaskWriterOptions: Sendable {
  /// The shape.
  public var format: TaskFormat
  /// The prompt whose text takes the system message's place; verl's rows need one.
  public var prompt: PromptPreset?
  /// Whether the reasoning of the answer is written, in the shapes that hold an answer.
  public var includesReasoning: Bool
  /// Whether TRL's tools are one string of JSON, as `datasets` before 4.7 needs them.
  public var toolsAsText: Bool
  /// Whether past calls are written as the published preparation writes them: JSON encoded twice.
  public var isToolN1: Bool

  /// Creates options.
  public init(
    format: TaskFormat = .toolreward, prompt: PromptPreset? = nil, includesReasoning: Bool = true,
    toolsAsText: Bool = false, isToolN1: Bool = false
  ) {
    self.format = format
    self.prompt = prompt ?? (format == .verl ? .toolN1Train : nil)
    self.includesReasoning = includesReasoning
    self.toolsAsText = toolsAsText
    self.isToolN1 = isToolN1
  }
}

/// Writes tasks as lines of JSON.
///
/// A line's end waits for what is known only when all tasks are: its split and its place in it. ``append(_:to:)`` writes all before that,
/// ``appendEnd(split:index:to:)`` the rest.
public struct TaskWriter: Sendable {
  /// How tasks are written.
  public let options: TaskWriterOptions

  /// Creates a writer.
  public init(_ options: TaskWriterOptions) { self.options = options }

  /// Appends a task, but for the end of its line. O(task).
  ///
  /// - Throws: ``DroppedRow`` if the task's tools do not fit the prompt or the shape.
  public func append(_ task: TrainingRecord, to output: inout [UInt8]) throws(DroppedRow) {
    switch options.format {
    case .toolreward:
      var task = task
      if options.prompt != nil {
        task.messages = try promptMessages(task).map { message in
          RecordMessage(RecordMessage.Role(rawValue: message.role.rawValue) ?? .user, message.content)
        }
      }
      if !options.includesReasoning { task.reasoning = nil }
      RecordWriter().append(task, to: &output)
      output.removeLast()
    case .verl: try appendVerl(task, to: &output)
    case .trl: try appendTRL(task, to: &output)
    case .openai: try appendOpenAI(task, to: &output)
    case .nemoGym: try appendNeMoGym(task, to: &output)
    case .llamafactory: try appendLLaMAFactory(task, to: &output)
    }
  }

  /// Appends the end of a line, its line feed included.
  public func appendEnd(split: String, index: Int, to output: inout [UInt8]) {
    if options.format == .verl {
      output += ",\"split\":\"\(split)\",\"index\":\(index),\"prompt_type\":\"qwen\"}".utf8
    }
    output += [0x7D, 0x0A]
  }

  // MARK: Prompts

  /// The task's messages under the prompt, if there is one; calls become text.
  func promptMessages(_ task: TrainingRecord) throws(DroppedRow) -> [PromptMessage] {
    let messages = task.messages.map { message in
      PromptMessage(PromptMessage.Role(rawValue: message.role.rawValue) ?? .user, content(message))
    }
    guard let prompt = options.prompt else { return messages }
    do throws(PromptError) {
      return try prompt.messages(messages, tools: task.tools)
    } catch {
      throw DroppedRow(.unreadableTools, "the prompt '\(prompt.name)' cannot be written: \(error)")
    }
  }

  private func content(_ message: RecordMessage) -> [UInt8] {
    guard !message.calls.isEmpty else { return message.content }
    if options.isToolN1 {
      var text: [UInt8] = []
      JSONPiece.appendPython(CallText.python(message.calls), ensureASCII: true, to: &text)
      return text
    }
    let separator: [UInt8] = message.content.isEmpty ? [] : [0x0A]
    return message.content + separator + CallText.spelt(message.calls, for: options.prompt)
  }

  /// The answer as text, in the spelling that the prompt asks for.
  func answerText(_ task: TrainingRecord) -> [UInt8] {
    if options.includesReasoning, let completion = task.completions.first { return completion }
    var text: [UInt8] = []
    if options.includesReasoning, let reasoning = task.reasoning {
      text += Array("<think>".utf8) + reasoning + Array("</think>\n".utf8)
    }
    return text + CallText.spelt(CallText.plain(task.groundTruth ?? []), for: options.prompt)
  }

  /// The tools in OpenAI's envelope, their parameters as JSON Schema.
  ///
  /// - Throws: ``DroppedRow`` if a definition cannot be read.
  func schemas(_ task: TrainingRecord) throws(DroppedRow) -> [(name: [UInt8], definition: [UInt8])] {
    var reader = DefinitionReader()
    reader.unknownArguments = .open
    var found: [(name: [UInt8], definition: [UInt8])] = []
    for tool in task.tools {
      do throws(ToolboxError) {
        for definition in try reader.read(tool) {
          var json = Array("{\"name\":".utf8)
          JSONPiece.append(definition.name, to: &json)
          if let description = definition.description {
            json += ",\"description\":".utf8
            JSONWriter.compact.write(description, to: &json)
          }
          json += ",\"parameters\":".utf8
          JSONWriter.compact.write(definition.parameters, to: &json)
          found.append((definition.name, json + [0x7D]))
        }
      } catch {
        throw DroppedRow(.unreadableTools, "\(error)")
      }
    }
    return found
  }
}

/// Calls as text.
enum CallText {
  /// `[{"name": …, "arguments": …}]` as `json.dumps` writes it.
  static func python(_ calls: [RecordCall], ensureASCII: Bool = true, arguments: String = "arguments") -> [UInt8] {
    var text: [UInt8] = [0x5B]
    for (position, call) in calls.enumerated() {
      if position > 0 { text += ", ".utf8 }
      append(call, ensureASCII: ensureASCII, arguments, to: &text)
    }
    return text + [0x5D]
  }

  private static func append(_ call: RecordCall, ensureASCII: Bool, _ arguments: String, to text: inout [UInt8]) {
    text += "{\"name\": ".utf8
    JSONPiece.appendPython(call.name, ensureASCII: ensureASCII, to: &text)
    text += ", \"\(arguments)\": ".utf8
    JSONWriter.python(ensureASCII: ensureASCII).write(call.arguments, to: &text)
    if let accepted = call.accepted {
      text += ", \"accepted\": ".utf8
      JSONWriter.python(ensureASCII: ensureASCII).write(accepted, to: &text)
    }
    if let optional = call.optional {
      text += ", \"optional\": ".utf8
      JSONWriter.python(ensureASCII: ensureASCII).write(optional, to: &text)
    }
    text.append(0x7D)
  }

  /// The calls in the spelling of a prompt: Tool-N1's list in one block, Hermes's block a call, ToolRL's lines.
  static func spelt(_ calls: [RecordCall], for prompt: PromptPreset?) -> [UInt8] {
    func one(_ call: RecordCall, _ arguments: String = "arguments") -> [UInt8] {
      var text: [UInt8] = []
      append(call, ensureASCII: false, arguments, to: &text)
      return text
    }
    switch prompt?.name {
    case PromptPreset.hermes.name:
      return Array(
        calls.map { Array("<tool_call>\n".utf8) + one($0) + Array("\n</tool_call>".utf8) }.joined(separator: [0x0A]))
    case PromptPreset.toolRL.name:
      let lines = calls.map { one($0, "parameters") }.joined(separator: [0x0A])
      return Array("<tool_call>\n".utf8) + lines + Array("\n</tool_call>".utf8)
    default:
      return Array("<tool_call>".utf8) + python(calls, ensureASCII: false) + Array("</tool_call>".utf8)
    }
  }

  /// The calls with one value an argument: the first of those that are right.
  static func plain(_ calls: [RecordCall]) -> [RecordCall] {
    calls.map { call in
      guard let accepted = call.accepted else { return call }
      let optional = Set(call.optional?.elements.compactMap(\.stringBytes) ?? [])
      var text: [UInt8] = [0x7B]
      func add(_ name: [UInt8], _ value: Value) {
        if text.count > 1 { text.append(0x2C) }
        JSONPiece.append(name, to: &text)
        text.append(0x3A)
        JSONWriter.compact.write(value, to: &text)
      }
      for (name, value) in call.arguments.members { add(name, value) }
      for (name, values) in accepted.members where !optional.contains(name) {
        if let first = values[0] { add(name, first) }
      }
      let arguments = try? ValueReader(syntax: .python).read(text + [0x7D])
      return RecordCall(name: call.name, arguments: arguments ?? call.arguments)
    }
  }
}
