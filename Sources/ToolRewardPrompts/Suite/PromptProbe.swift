internal import ToolReward

/// Renders a template with a case, and with what the case becomes when it goes on.
struct PromptProbe {
  let template: PromptSuite.Template
  let test: PromptSuite.Case

  func render(_ messages: [Value]? = nil, tools: Bool = true, opensReply: Bool = true) throws(PromptError)
    -> RenderedPrompt
  {
    try template.renderer.render(
      PromptRequest(
        messages: try messages.map { (messages) throws(PromptError) in try Self.array(messages) } ?? test.messages,
        tools: tools ? test.tools : nil, addGenerationPrompt: opensReply, variables: template.variables))
  }

  static func codePoints(_ text: [UInt8]) -> Int { text.count { $0 & 0xC0 != 0x80 } }

  // MARK: Values

  static func array(_ values: [Value]) throws(PromptError) -> Value {
    var text: [UInt8] = [0x5B]
    for (index, value) in values.enumerated() {
      if index > 0 { text.append(0x2C) }
      text += JSONWriter.compact.write(value)
    }
    return try value(text + [0x5D])
  }

  private static func value(_ text: [UInt8]) throws(PromptError) -> Value {
    do throws(ValueError) {
      return try ValueReader().read(text.span)
    } catch {
      throw PromptError("\(error)")
    }
  }

  static func string(_ bytes: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    JSONWriter.compact.appendString(bytes.span, 0..<bytes.count, to: &text)
    return text
  }

  /// The calls that a reply to the case makes: those of its ground truth, or one of its first tool without arguments.
  private func calls() -> [(name: [UInt8], arguments: Value)] {
    if let truth = test.groundTruth, let calls = try? GroundTruth(truth).calls, !calls.isEmpty {
      return calls.compactMap { call in call.name.stringBytes.map { ($0, call.arguments) } }
    }
    guard let tool = test.tools?.elements.first else { return [] }
    guard let name = (tool["function"]?["name"] ?? tool["name"])?.stringBytes,
      let empty = try? Self.value(Array("{}".utf8))
    else { return [] }
    return [(name, empty)]
  }

  /// A message of the assistant that makes calls; `nil` if there is nothing to call.
  func callMessage() throws(PromptError) -> Value? {
    let calls = calls()
    guard !calls.isEmpty else { return nil }
    var text = Array(#"{"role":"assistant","content":"","tool_calls":["#.utf8)
    for (index, call) in calls.enumerated() {
      if index > 0 { text.append(0x2C) }
      text += Array(#"{"id":"call0000\#(index % 10)","type":"function","function":{"name":"#.utf8)
      text += Self.string(call.name) + Array(#","arguments":"#.utf8)
      text += JSONWriter.compact.write(call.arguments) + Array("}}".utf8)
    }
    return try Self.value(text + Array("]}".utf8))
  }

  private func toolMessage() throws(PromptError) -> Value {
    let name = calls().first?.name ?? []
    return try Self.value(
      Array(#"{"role":"tool","tool_call_id":"call00000","name":"#.utf8) + Self.string(name)
        + Array(#","content":"the tool's answer"}"#.utf8))
  }

  private func userMessage() throws(PromptError) -> Value {
    try Self.value(Array(#"{"role":"user","content":"the user's next words"}"#.utf8))
  }

  static func isAssistant(_ message: Value) -> Bool {
    message["role"]?.stringBytes.map { $0.elementsEqual("assistant".utf8) } ?? false
  }

  static func hasCalls(_ message: Value) -> Bool { (message["tool_calls"]?.count ?? 0) > 0 }

  // MARK: Conversations

  /// The case up to a message with calls, and that message; one is made if the case has none.
  func callTurn() throws(PromptError) -> (before: [Value], call: Value)? {
    let messages = test.messages.elements
    if let index = messages.lastIndex(where: { Self.isAssistant($0) && Self.hasCalls($0) }) {
      return (Array(messages[..<index]), messages[index])
    }
    guard let call = try callMessage() else { return nil }
    // What is made stands behind a user's words.
    let end = messages.lastIndex { !Self.isAssistant($0) }.map { $0 + 1 } ?? 0
    return (Array(messages[..<end]), call)
  }

  /// Whether a shorter conversation's prompt begins the longer one's.
  func prefixPreserving(_ end: PromptCheck.Extension) -> CheckOutcome {
    told { () throws(PromptError) in
      guard let (before, call) = try callTurn() else { return .skipped("there are no calls, and no tools to call") }
      let short = before + [call]
      var long = short + [try toolMessage()]
      if end == .userTurn {
        long += [
          try Self.value(Array(#"{"role":"assistant","content":"the assistant's answer"}"#.utf8)), try userMessage(),
        ]
      }
      let start = try render(short, opensReply: false).text
      let whole = try render(long).text
      if whole.starts(with: start) { return .passed }
      let same = zip(start, whole).prefix { $0 == $1 }.count
      let next = TextCheck.shown(Array(start[same...].prefix(40)))
      return .failed(
        "after a \(end == .toolResult ? "tool's answer" : "user's next turn") the prompt is another from byte \(same) on: \(next) is gone"
      )
    }
  }

  /// Whether the calls of the conversation are in the prompt because the message has them.
  func toolCallsRendered() -> CheckOutcome {
    told { () throws(PromptError) in
      guard let (before, call) = try callTurn() else { return .skipped("there are no calls, and no tools to call") }
      let whole = try render(before + [call], opensReply: false).text
      let without = try render(
        before + [try Self.value(Array(#"{"role":"assistant","content":""}"#.utf8))], opensReply: false
      ).text
      for item in call["tool_calls"]?.elements ?? [] {
        let function = item["function"] ?? item
        guard let name = function["name"]?.stringBytes else { continue }
        if Self.occurrences(of: name, in: whole) <= Self.occurrences(of: name, in: without) {
          return .failed("the call of \(TextCheck.shown(name)) is not in the prompt")
        }
        for (argument, value) in function["arguments"]?.members ?? [] {
          let text = value.stringBytes ?? []
          for part in [argument, text] where !part.isEmpty && value.kind == .string {
            let written =
              Self.occurrences(of: part, in: whole)
              + Self.occurrences(of: Array(Self.string(part).dropFirst().dropLast()), in: whole)
            if written == 0 { return .failed("the call's \(TextCheck.shown(part)) is not in the prompt") }
          }
        }
      }
      return .passed
    }
  }

  /// Whether a call that the template writes is read as the same call.
  func roundTrip() -> CheckOutcome {
    told { () throws(PromptError) in
      guard let (before, call) = try callTurn() else { return .skipped("there are no calls, and no tools to call") }
      let start = try render(before).text
      let whole = try render(before + [call], opensReply: false).text
      // A template may open what a message with calls has not: a block of reasoning.
      let same = zip(start, whole).prefix { $0 == $1 }.count
      var reply = Array(whole[same...])
      reply = strippedOfTokens(reply)
      let truth = try expected(call)
      let completion = CompletionParser(template.format).parse(reply, view: .response, tools: nil)
      if completion.attempts.isEmpty {
        return .failed("\(template.format.name) reads no call in \(TextCheck.shown(reply))")
      }
      let match = CallMatcher().match(completion, truth)
      return match.isExact ? .passed : .failed("\(template.format.name) reads other calls in \(TextCheck.shown(reply))")
    }
  }

  private func expected(_ call: Value) throws(PromptError) -> GroundTruth {
    var text: [UInt8] = [0x5B]
    for (index, item) in (call["tool_calls"]?.elements ?? []).enumerated() {
      if index > 0 { text.append(0x2C) }
      text += JSONWriter.compact.write(item["function"] ?? item)
    }
    let list = try Self.value(text + [0x5D])
    do throws(GroundTruthError) {
      return try GroundTruth(list)
    } catch {
      throw PromptError("the message's calls cannot be compared: \(error)")
    }
  }

  /// A reply without the tokens that end it, and white space around those.
  private func strippedOfTokens(_ reply: [UInt8]) -> [UInt8] {
    var end = reply.count
    var isDone = false
    while !isDone {
      isDone = true
      while end > 0, reply[end - 1] == 0x20 || (0x09...0x0D).contains(reply[end - 1]) { end -= 1 }
      for token in template.specialTokens
      where end >= token.count && reply[(end - token.count)..<end].elementsEqual(token) {
        end -= token.count
        isDone = false
      }
    }
    return Array(reply[..<end])
  }

  // MARK: The prompt

  /// Whether tools are in the prompt because they were given.
  func toolsRendered(_ prompt: [UInt8]) -> CheckOutcome {
    told { () throws(PromptError) in
      guard let tools = test.tools?.elements, !tools.isEmpty else { return .skipped("there are no tools") }
      let without = try render(tools: false).text
      for tool in tools {
        let function = tool["function"] ?? tool
        guard let name = function["name"]?.stringBytes else { continue }
        var parts = [name]
        parts += (function["parameters"]?["properties"]?.members ?? []).map(\.name)
        for part in parts where Self.occurrences(of: part, in: prompt) <= Self.occurrences(of: part, in: without) {
          return .failed("\(TextCheck.shown(part)) of the tool \(TextCheck.shown(name)) is not in the prompt")
        }
      }
      return .passed
    }
  }

  /// Whether the prompt ends within an open `<think>`.
  func opensThink(_ prompt: [UInt8]) -> CheckOutcome {
    let open = ByteSearch.lastIndex(of: Array("<think>".utf8), in: prompt.span)
    let close = ByteSearch.lastIndex(of: Array("</think>".utf8), in: prompt.span)
    guard let open, open > close ?? -1 else { return .failed("the prompt ends outside of <think>") }
    let rest = prompt[(open + 7)...]
    return rest.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
      ? .passed : .failed("something stands behind the last <think>")
  }

  /// Whether no message and no tool holds a special token that comes into the prompt.
  func noInjectedSpecialToken(_ prompt: [UInt8]) -> CheckOutcome {
    for token in template.specialTokens {
      for (path, text) in Self.strings(of: test.messages, "messages")
        + (test.tools.map { Self.strings(of: $0, "tools") } ?? [])
      where ByteSearch.firstIndex(of: token, in: text.span) != nil {
        if ByteSearch.firstIndex(of: text, in: prompt.span) != nil {
          return .failed("\(path) brings \(TextCheck.shown(token)) into the prompt")
        }
      }
    }
    return .passed
  }

  /// Every string in a value, with where it stands. Values are as deep as ``ValueLimits`` let them be.
  private static func strings(of value: Value, _ path: String) -> [(path: String, text: [UInt8])] {
    var found: [(path: String, text: [UInt8])] = []
    var open = [(path, value)]
    while let (path, value) = open.popLast() {
      if let text = value.stringBytes { found.append((path, text)) }
      for (index, element) in value.elements.enumerated() { open.append(("\(path)/\(index)", element)) }
      for (name, member) in value.members { open.append(("\(path)/\(String(decoding: name, as: UTF8.self))", member)) }
    }
    return found.reversed()
  }

  static func occurrences(of part: [UInt8], in text: [UInt8]) -> Int {
    guard !part.isEmpty else { return 0 }
    var count = 0
    var position = 0
    while let found = ByteSearch.firstIndex(of: part, in: text.span, from: position) {
      count += 1
      position = found + part.count
    }
    return count
  }

  /// An outcome; a prompt that cannot be made is a failure.
  private func told(_ body: () throws(PromptError) -> CheckOutcome) -> CheckOutcome {
    do throws(PromptError) {
      return try body()
    } catch {
      return .failed("\(error)")
    }
  }
}
