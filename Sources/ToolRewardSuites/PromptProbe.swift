internal import ToolReward
internal import ToolRewardPrompts

/// Renders a template with a case, and with what the case becomes when it goes on.
struct PromptProbe {
  let template: PromptSuite.Template
  let test: PromptSuite.Case

  func render(_ messages: [Value]? = nil, opensReply: Bool = true) throws(PromptError) -> [UInt8] {
    let given = try messages.map { (messages) throws(PromptError) in try Self.array(messages) } ?? test.messages
    return try render(messages: given, tools: test.tools, opensReply: opensReply)
  }

  func render(messages: Value, tools: Value?, opensReply: Bool = true) throws(PromptError) -> [UInt8] {
    try template.renderer.render(
      PromptRequest(
        messages: messages, tools: tools, addGenerationPrompt: opensReply, variables: template.variables)
    ).text
  }

  // MARK: Values

  static func value(_ text: [UInt8]) throws(PromptError) -> Value {
    do throws(ValueError) {
      return try ValueReader().read(text.span)
    } catch {
      throw PromptError("\(error)")
    }
  }

  private static func array(_ values: [Value]) throws(PromptError) -> Value {
    try value(list(values.map { JSONWriter.compact.write($0) }))
  }

  static func list(_ texts: [[UInt8]]) -> [UInt8] { [0x5B] + texts.joined(separator: [0x2C]) + [0x5D] }

  static func string(_ bytes: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    JSONWriter.compact.appendString(bytes.span, 0..<bytes.count, to: &text)
    return text
  }

  func message(_ role: String, _ content: String) throws(PromptError) -> Value {
    try Self.value(Array(#"{"role":"\#(role)","content":"#.utf8) + self.content(Array(content.utf8)) + [0x7D])
  }

  /// A message's content as the case writes it: text, or a list of parts. Some templates take only the one.
  func content(_ text: [UInt8]) -> [UInt8] {
    let kinds = test.messages.elements.compactMap { $0["content"]?.kind }
    guard kinds.contains(.array), !kinds.contains(.string) else { return Self.string(text) }
    return Array(#"[{"type":"text","text":"#.utf8) + Self.string(text) + Array("}]".utf8)
  }

  // MARK: Calls

  struct Call {
    let id: [UInt8]?
    let name: [UInt8]
    let arguments: Value
  }

  /// A message's calls; arguments that are JSON within a string are read.
  static func calls(of message: Value) throws(PromptError) -> [Call] {
    var calls: [Call] = []
    for item in message["tool_calls"]?.elements ?? [] {
      let function = item["function"] ?? item
      guard let name = function["name"]?.stringBytes else {
        throw PromptError("a call of the conversation has no name")
      }
      var arguments = try value(Array("{}".utf8))
      if let given = function["arguments"] { arguments = given }
      if let text = arguments.stringBytes { arguments = try value(text) }
      calls.append(Call(id: item["id"]?.stringBytes, name: name, arguments: arguments))
    }
    return calls
  }

  /// The calls that a reply to the case makes: those of its ground truth, or one of its first tool.
  private func repliedCalls() throws(PromptError) -> [Call] {
    if let truth = test.groundTruth, let calls = try? GroundTruth(truth).calls, !calls.isEmpty {
      return calls.enumerated().compactMap { place, call in
        call.name.stringBytes.map { Call(id: Self.identifier(place), name: $0, arguments: call.arguments) }
      }
    }
    guard let tool = test.tools?.elements.first else { return [] }
    let function = tool["function"] ?? tool
    guard let name = function["name"]?.stringBytes else { return [] }
    // A text for each parameter that takes one; templates write no arguments in many ways, and some not at all.
    var members: [[UInt8]] = []
    for (name, schema) in function["parameters"]?["properties"]?.members ?? [] {
      guard schema["type"]?.stringBytes.map({ $0.elementsEqual("string".utf8) }) ?? false else { continue }
      let text = schema["enum"]?.elements.first?.stringBytes ?? Array("some text".utf8)
      members.append(Self.string(name) + [0x3A] + Self.string(text))
    }
    let arguments = try Self.value([0x7B] + members.joined(separator: [0x2C]) + [0x7D])
    return [Call(id: Self.identifier(0), name: name, arguments: arguments)]
  }

  /// Nine letters and digits.
  static func identifier(_ place: Int) -> [UInt8] {
    let digits = String(place % 100_000)
    return Array(("call" + String(repeating: "0", count: 5 - digits.utf8.count) + digits).utf8)
  }

  /// Messages of the assistant that make the case's calls, in the ways that templates ask for: arguments as objects, or as JSON in a string;
  /// identifiers of nine characters, which Mistral's templates insist on, or with the tool's name, which Kimi K2's writes from there. Empty
  /// if there is nothing to call.
  private func callMessages() throws(PromptError) -> [Value] {
    let calls = try repliedCalls()
    guard !calls.isEmpty else { return [] }
    var messages: [Value] = []
    for (isText, isNamed) in [(false, false), (true, false), (false, true), (true, true)] {
      let texts = calls.enumerated().map { place, call in
        let named = Array("functions.".utf8) + call.name + Array(":\(place)".utf8)
        let arguments = JSONWriter.compact.write(call.arguments)
        return Array(#"{"id":"#.utf8) + Self.string(isNamed ? named : call.id ?? [])
          + Array(#","type":"function","function":{"name":"#.utf8) + Self.string(call.name)
          + Array(#","arguments":"#.utf8) + (isText ? Self.string(arguments) : arguments) + Array("}}".utf8)
      }
      messages.append(
        try Self.value(
          Array(#"{"role":"assistant","content":"#.utf8) + content([]) + Array(#","tool_calls":"#.utf8)
            + Self.list(texts) + [0x7D]))
    }
    return messages
  }

  /// The first of such messages that the template takes and writes the names of; else the first that it takes, else the first.
  private func callMessage(after before: [Value]) throws(PromptError) -> Value? {
    var taken: Value?
    let messages = try callMessages()
    let without = (try? render(before, opensReply: false)) ?? []
    for message in messages {
      guard let prompt = try? render(before + [message], opensReply: false) else { continue }
      let names = try Self.calls(of: message).map(\.name)
      if names.allSatisfy({ isAdded($0, prompt, without) }) { return message }
      taken = taken ?? message
    }
    return taken ?? messages.first
  }

  /// Answers to a message's calls.
  func answers(to message: Value) throws(PromptError) -> [Value] {
    var answers: [Value] = []
    for (place, call) in try Self.calls(of: message).enumerated() {
      answers.append(
        try Self.value(
          Array(#"{"role":"tool","tool_call_id":"#.utf8) + Self.string(call.id ?? Self.identifier(place))
            + Array(#","name":"#.utf8) + Self.string(call.name) + Array(#","content":"#.utf8)
            + content(Array("the tool's answer".utf8)) + [0x7D]))
    }
    return answers
  }

  // MARK: Conversations

  static func isAssistant(_ message: Value) -> Bool { has(message, role: "assistant") }

  /// Whether a message is of the assistant and makes calls.
  static func isCalling(_ message: Value) -> Bool { isAssistant(message) && (message["tool_calls"]?.count ?? 0) > 0 }

  /// Whether a message is a tool's answer.
  static func isAnswer(_ message: Value) -> Bool { has(message, role: "tool") || has(message, role: "function") }

  private static func has(_ message: Value, role: String) -> Bool {
    message["role"]?.stringBytes.map { $0.elementsEqual(role.utf8) } ?? false
  }

  /// The case up to its last message with calls, and that message; one is made if the case has none.
  func callTurn() throws(PromptError) -> (before: [Value], call: Value)? {
    let messages = test.messages.elements
    if let index = messages.lastIndex(where: Self.isCalling) { return (Array(messages[..<index]), messages[index]) }
    // What is made stands behind a user's words.
    let end = messages.lastIndex { !Self.isAssistant($0) }.map { $0 + 1 } ?? 0
    let before = Array(messages[..<end])
    return try callMessage(after: before).map { (before, $0) }
  }
}

/// ASCII white space.
enum TextSpace {
  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  /// A file's text without the mark U+FEFF that some editors begin it with.
  static func withoutMark(_ text: [UInt8]) -> [UInt8] {
    text.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(text.dropFirst(3)) : text
  }
}
