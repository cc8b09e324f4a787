internal import ToolReward
internal import ToolRewardPrompts

extension PromptProbe {
  func outcome(of kind: PromptCheck.Kind, _ prompt: [UInt8], _ snapshots: SnapshotStore?) -> CheckOutcome {
    do throws(PromptError) {
      switch kind {
      case .renders: return .passed
      case .snapshot:
        return snapshots.map { $0.outcome(of: prompt, template.name, test.name) }
          ?? .error("there are no recorded prompts to compare with: the run was given none")
      case .text, .regex, .json: return TextCheck.outcome(kind, prompt) ?? .skipped("")
      case .maxLength(let most):
        let count = prompt.count { $0 & 0xC0 != 0x80 }
        return count <= most ? .passed : .failed("the prompt has \(count) code points, more than \(most)")
      case .toolsRendered: return try toolsRendered(prompt)
      case .toolCallsRendered: return try toolCallsRendered()
      case .roundTrip: return try roundTrip()
      case .prefixPreserving(let end): return try prefixPreserving(end)
      case .opensThink: return try opensThink(prompt)
      case .noInjectedSpecialToken: return try noInjectedSpecialToken(prompt)
      case .reward, .format, .validToolsCall, .toolCallF1, .toolCallMatch, .noCall: return .skipped("")
      }
    } catch {
      // A prompt that the check needs cannot be made.
      return .failed("\(error)")
    }
  }

  private static let nothingToCall = CheckOutcome.skipped("there are no calls, and no tools to call")

  /// Whether a shorter conversation's prompt begins the longer one's.
  private func prefixPreserving(_ end: PromptCheck.Extension) throws(PromptError) -> CheckOutcome {
    guard let (before, call) = try callTurn() else { return Self.nothingToCall }
    let short = before + [call]
    var long = short + (try Self.answers(to: call))
    if end == .userTurn {
      long += try [
        Self.message("assistant", "the assistant's answer"), Self.message("user", "the user's next words"),
      ]
    }
    let start = try render(short, opensReply: false)
    let whole = try render(long)
    if whole.starts(with: start) { return .passed }
    let same = Self.boundary(in: start, at: TextCheck.common(start, whole), from: 0)
    let added = end == .toolResult ? "a tool's answer" : "a user's next turn"
    return .failed(
      "after \(added) the prompt is another from byte \(same) on: \(TextCheck.shown(Array(start[same...].prefix(60)))) is gone"
    )
  }

  /// Whether the calls of the conversation are in the prompt because the message has them.
  private func toolCallsRendered() throws(PromptError) -> CheckOutcome {
    guard let (before, call) = try callTurn() else { return Self.nothingToCall }
    let whole = try render(before + [call], opensReply: false)
    // A template may refuse a message that says nothing.
    let without = (try? render(before + [Self.message("assistant", "")], opensReply: false)) ?? []
    for call in try Self.calls(of: call) {
      if !isAdded(call.name, whole, without) {
        return .failed("the call of \(TextCheck.shown(call.name)) is not in the prompt")
      }
      for (argument, value) in call.arguments.members {
        for part in [argument, value.stringBytes ?? []] where !part.isEmpty && !isAdded(part, whole, without) {
          return .failed("\(TextCheck.shown(part)) of the call of \(TextCheck.shown(call.name)) is not in the prompt")
        }
      }
    }
    if let part = droppedArgument(before, call) {
      return .failed("\(TextCheck.shown(part)) of a call is not in the prompt, though the same text is")
    }
    return .passed
  }

  /// Whether a text stands in the one prompt more often than in the other, as it is or as JSON writes it, with characters beyond ASCII or without.
  private func isAdded(_ part: [UInt8], _ whole: [UInt8], _ without: [UInt8]) -> Bool {
    var spelled: [UInt8] = []
    JSONWriter(ensureASCII: true).appendString(part.span, 0..<part.count, to: &spelled)
    return [part, Array(Self.string(part).dropFirst().dropLast()), Array(spelled.dropFirst().dropLast())].contains {
      TextCheck.occurrences(of: $0, in: whole) > TextCheck.occurrences(of: $0, in: without)
    }
  }

  /// Whether a call that the template writes is read as the same call.
  private func roundTrip() throws(PromptError) -> CheckOutcome {
    guard let (before, call) = try callTurn() else { return Self.nothingToCall }
    let (reply, view) = try reply(before, call)
    let tools = test.tools.flatMap { try? Toolbox($0) }
    let completion = CompletionParser(template.format).parse(reply, view: view, tools: tools)
    if completion.attempts.isEmpty {
      return .failed("\(template.format.name) reads no call in \(TextCheck.shown(reply))")
    }
    let texts = try Self.calls(of: call).map { call in
      Array(#"{"name":"#.utf8) + Self.string(call.name) + Array(#","arguments":"#.utf8)
        + JSONWriter.compact.write(call.arguments) + [0x7D]
    }
    let list = try Self.value([0x5B] + texts.joined(separator: [0x2C]) + [0x5D])
    guard let truth = try? GroundTruth(list) else { return .error("the conversation's calls cannot be compared") }
    if let attempt = completion.attempts.first(where: { $0.status != .ok }) {
      return .failed(
        "\(template.format.name) cannot read a call (\(attempt.status.rawValue)) in \(TextCheck.shown(reply))")
    }
    return CallMatcher().match(completion, truth).isExact
      ? .passed : .failed("\(template.format.name) reads other calls in \(TextCheck.shown(reply))")
  }

  /// What the template writes for a reply that makes calls, without what it opens every reply with.
  private func reply(_ before: [Value], _ call: Value) throws(PromptError) -> ([UInt8], InputView) {
    let start = try render(before)
    var whole = try render(before + [call], opensReply: false)
    let closed = try render(before, opensReply: false)
    if start == closed {
      // What always opens a reply opens one behind the calls too.
      let tail = ending(before)
      if whole.count > tail.count, whole.suffix(tail.count).elementsEqual(tail) { whole.removeLast(tail.count) }
    }
    if whole.starts(with: start) {
      let isOpen = try openThink(start, before) != nil
      return (strippedOfTokens(Array(whole[start.count...])), isOpen ? .prefilled : .response)
    }
    // A template may open what a reply that only calls has not: a block of reasoning.
    let least = TextCheck.common(closed, whole)
    let same = Self.boundary(in: whole, at: TextCheck.common(start, whole), from: least)
    return (strippedOfTokens(Array(whole[same...])), .response)
  }

  /// A reply without the tokens that end it, and the white space around those.
  private func strippedOfTokens(_ reply: [UInt8]) -> [UInt8] {
    var end = reply.count
    while true {
      while end > 0, TextSpace.isSpace(reply[end - 1]) { end -= 1 }
      let token = template.specialTokens.first {
        !$0.isEmpty && end >= $0.count && reply[(end - $0.count)..<end].elementsEqual($0)
      }
      guard let token else { return Array(reply[..<end]) }
      end -= token.count
    }
  }

  /// Whether tools are in the prompt because they were given.
  private func toolsRendered(_ prompt: [UInt8]) throws(PromptError) -> CheckOutcome {
    guard let tools = test.tools?.elements, !tools.isEmpty else { return .skipped("there are no tools") }
    // A template may refuse to go without.
    let without = (try? render(messages: test.messages, tools: nil)) ?? []
    for tool in tools {
      let function = tool["function"] ?? tool
      guard let name = function["name"]?.stringBytes else { continue }
      for part in [name] + (function["parameters"]?["properties"]?.members ?? []).map(\.name)
      where !isAdded(part, prompt, without) {
        return .failed(
          part == name
            ? "the tool \(TextCheck.shown(name)) is not in the prompt"
            : "\(TextCheck.shown(part)) of the tool \(TextCheck.shown(name)) is not in the prompt")
      }
    }
    // A common word may stand there for another reason.
    if let name = droppedParameter(tools) {
      return .failed("the parameter \(TextCheck.shown(name)) of a tool is not in the prompt, though its name is")
    }
    return .passed
  }

  /// Where the reply that the prompt opens begins with an open block of reasoning; `nil` if it does not.
  func openThink(_ prompt: [UInt8], _ messages: [Value]? = nil) throws(PromptError) -> Range<Int>? {
    let opening = try opening(of: prompt, messages)
    let tail = Array(prompt[opening])
    guard let open = ByteSearch.lastIndex(of: Array("<think>".utf8), in: tail.span),
      open > ByteSearch.lastIndex(of: Array("</think>".utf8), in: tail.span) ?? -1
    else { return nil }
    return (opening.lowerBound + open)..<(opening.lowerBound + open + 7)
  }

  private func opensThink(_ prompt: [UInt8]) throws(PromptError) -> CheckOutcome {
    try openThink(prompt).map { .passed(at: $0) } ?? .failed("what opens the reply has no open <think>")
  }

  /// Whether a message or a tool holds a special token that comes into the prompt: whether the prompt has more of them than it has when
  /// the conversation's are taken apart.
  private func noInjectedSpecialToken(_ prompt: [UInt8]) throws(PromptError) -> CheckOutcome {
    let parts = [("messages", test.messages)] + (test.tools.map { [("tools", $0)] } ?? [])
    for token in template.specialTokens where token.count > 1 {
      let spelled = Array(Self.string(token).dropFirst().dropLast())
      for (part, value) in parts {
        let text = JSONWriter.compact.write(value)
        guard TextCheck.place(spelled, text) != nil else { continue }
        let apart = try Self.value(Self.apart(spelled, text))
        let neutral =
          try part == "messages"
          ? render(messages: apart, tools: test.tools) : render(messages: test.messages, tools: apart)
        guard TextCheck.occurrences(of: token, in: prompt) > TextCheck.occurrences(of: token, in: neutral) else {
          continue
        }
        let place = ByteSearch.firstIndex(
          of: token, in: prompt.span, from: max(0, TextCheck.common(prompt, neutral) - 4))
        return .failed(
          "the \(part) bring \(TextCheck.shown(token)) into the prompt", at: place.map { $0..<($0 + token.count) })
      }
    }
    return .passed
  }

  /// A text in which a token has a space behind its first character.
  private static func apart(_ token: [UInt8], _ text: [UInt8]) -> [UInt8] {
    var first = 1
    while first < token.count, token[first] & 0xC0 == 0x80 { first += 1 }
    let split = Array(token[..<first] + [0x20] + token[first...])
    var result: [UInt8] = []
    var position = 0
    while let found = ByteSearch.firstIndex(of: token, in: text.span, from: position) {
      result += text[position..<found] + split
      position = found + token.count
    }
    return result + text[position...]
  }
}
