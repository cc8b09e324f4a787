internal import ToolReward
internal import ToolRewardPrompts

extension PromptProbe {
  static let nothingToCall = CheckOutcome.skipped("there are no calls, and no tools to call")

  /// Whether a shorter conversation's prompt begins the longer one's, for each message that calls.
  func prefixPreserving(_ end: PromptCheck.Extension) throws(PromptError) -> CheckOutcome {
    let messages = test.messages.elements
    var turns = messages.indices.filter { Self.isCalling(messages[$0]) }.suffix(Self.mostTurns).map {
      (before: Array(messages[..<$0]), call: messages[$0], after: messages[($0 + 1)...].prefix { Self.isAnswer($0) })
    }
    if turns.isEmpty {
      guard let (before, call) = try callTurn() else { return Self.nothingToCall }
      turns = [(before, call, [])]
    }
    let first = turns.first?.before ?? []
    let alwaysOpens = try render(first, opensReply: false) == render(first)
    for turn in turns {
      let short = turn.before + [turn.call]
      var long = short + (turn.after.isEmpty ? try answers(to: turn.call) : Array(turn.after))
      if end == .userTurn {
        long += try [message("assistant", "the assistant's answer"), message("user", "the user's next words")]
      }
      var start = try render(short, opensReply: false)
      if alwaysOpens { start = withoutEnding(start, behind: turn.before) }
      let whole = try render(long)
      if whole.starts(with: start) { continue }
      let same = Self.boundary(in: start, at: TextCheck.common(start, whole), from: 0)
      let added = end == .toolResult ? "a tool's answer" : "a user's next turn"
      return .failed(
        "after \(added) the prompt is another from byte \(same) on: \(TextCheck.shown(Array(start[same...].prefix(60)))) is gone"
      )
    }
    return .passed
  }

  /// A prompt without what stands behind an assistant's last message: of a template that always opens a reply that one.
  private func withoutEnding(_ prompt: [UInt8], behind before: [Value]) -> [UInt8] {
    let tail = ending(before)
    return prompt.count > tail.count && prompt.suffix(tail.count).elementsEqual(tail)
      ? Array(prompt.dropLast(tail.count)) : prompt
  }

  /// The most messages with calls of a conversation that are looked at one by one: the last.
  private static let mostTurns = 32

  /// Whether the calls of the whole conversation are in its prompt because its messages have them; or one that is made up, if it has none.
  func toolCallsRendered(_ prompt: [UInt8]) throws(PromptError) -> CheckOutcome {
    var (messages, whole, opensReply) = (test.messages.elements, prompt, true)
    if !messages.contains(where: Self.isCalling) {
      guard let (before, call) = try callTurn() else { return Self.nothingToCall }
      (messages, opensReply) = (before + [call], false)
      whole = try render(messages, opensReply: false)
    }
    switch findInCalls(messages, opensReply: opensReply) {
    case .all: break
    case .missing(let part): return .failed("\(part) is not in the prompt")
    case .unknown:
      if let bad = try callsNotAdded(messages, whole, opensReply) { return bad }
    }
    if let part = droppedConstant(messages, in: whole, opensReply: opensReply) {
      return .failed("the value \(String(decoding: part, as: UTF8.self)) of a call is not in the prompt")
    }
    return .passed
  }

  /// Whether the answers to calls are in the prompt: those of the conversation, or to a call that is made up.
  func toolResultsRendered(_ prompt: [UInt8]) throws(PromptError) -> CheckOutcome {
    var messages = test.messages.elements
    let areOwn = messages.contains(where: Self.isAnswer)
    if !areOwn {
      guard let (before, call) = try callTurn() else { return Self.nothingToCall }
      messages = try before + [call] + answers(to: call)
    }
    switch findInAnswers(messages) {
    case .all: return .passed
    case .missing(let part): return .failed("\(part) is not in the prompt")
    case .unknown: break
    }
    // A template may read what answers say, and refuse words.
    let whole = areOwn ? prompt : try render(messages)
    let texts = messages.filter(Self.isAnswer).flatMap(Self.texts(of:)).filter { !$0.isEmpty }
    if texts.isEmpty { return .skipped("the answers to calls say nothing") }
    for text in texts where !isAdded(text, whole, []) {
      return .failed("the answer \(TextCheck.shown(text)) is not in the prompt")
    }
    return .passed
  }

  /// What a template that refuses unlikely words does not write of the calls as they are; `nil` if it writes all.
  private func callsNotAdded(
    _ messages: [Value], _ whole: [UInt8], _ opensReply: Bool
  ) throws(PromptError) -> CheckOutcome? {
    // A template may refuse a message that says nothing.
    let without = (try? render(Self.withoutCalls(messages), opensReply: opensReply)) ?? []
    for message in messages where Self.isCalling(message) {
      for call in try Self.calls(of: message) {
        let name = TextCheck.shown(call.name)
        if !isAdded(call.name, whole, without) { return .failed("the call of \(name) is not in the prompt") }
        for (argument, value) in call.arguments.members {
          for part in [argument, value.stringBytes ?? []] where !part.isEmpty && !isAdded(part, whole, without) {
            return .failed("\(TextCheck.shown(part)) of the call of \(name) is not in the prompt")
          }
        }
      }
    }
    return nil
  }

  /// The texts of a message's content: itself, or those of its parts.
  static func texts(of message: Value) -> [[UInt8]] {
    guard let content = message["content"] else { return [] }
    return content.stringBytes.map { [$0] } ?? content.elements.compactMap { $0["text"]?.stringBytes }
  }

  /// Whether a call that the template writes is read as the same call.
  func roundTrip() throws(PromptError) -> CheckOutcome {
    guard let (before, call) = try callTurn() else { return Self.nothingToCall }
    let texts = try Self.calls(of: call).map { call in
      Array(#"{"name":"#.utf8) + Self.string(call.name) + Array(#","arguments":"#.utf8)
        + JSONWriter.compact.write(call.arguments) + [0x7D]
    }
    guard let truth = try? GroundTruth(Self.value(Self.list(texts))) else {
      return .error("the conversation's calls cannot be compared")
    }
    let parser = CompletionParser(template.format)
    let tools = test.tools.flatMap { try? Toolbox($0) }
    let (reply, view) = try reply(before, call)
    var failure: CheckOutcome?
    for text in endings(of: reply) {
      let completion = parser.parse(text, view: view, tools: tools)
      if completion.attempts.isEmpty { continue }
      if let attempt = completion.attempts.first(where: { $0.status != .ok }) {
        failure =
          failure
          ?? .failed(
            "\(parser.format.name) cannot read a call (\(attempt.status.rawValue)) in \(TextCheck.shown(text))")
      } else if CallMatcher().match(completion, truth).isExact {
        return .passed
      } else {
        failure = failure ?? .failed("\(parser.format.name) reads other calls in \(TextCheck.shown(text))")
      }
    }
    let shown = endings(of: reply).last ?? reply
    return failure ?? .failed("\(parser.format.name) reads no call in \(TextCheck.shown(shown))")
  }

  /// What the template writes for a reply that makes calls, without what it opens every reply with.
  private func reply(_ before: [Value], _ call: Value) throws(PromptError) -> ([UInt8], InputView) {
    let start = try render(before)
    let closed = try render(before, opensReply: false)
    var whole = try render(before + [call], opensReply: false)
    // What always opens a reply opens one behind the calls too.
    if start == closed { whole = withoutEnding(whole, behind: before) }
    if whole.starts(with: start) {
      let isOpen = openReasoning(start, before) != nil
      return (Array(whole[start.count...]), isOpen ? .prefilled : .response)
    }
    // A template may open what a reply that only calls has not: a block of reasoning.
    let least = start == closed ? 0 : TextCheck.common(closed, whole)
    let same = Self.boundary(in: whole, at: TextCheck.common(start, whole), from: least)
    return (Array(whole[same...]), .response)
  }

  /// A reply as it is, and without one, two, … of the tokens that end it, and the white space around those. A token may be a call's own end.
  private func endings(of reply: [UInt8]) -> [[UInt8]] {
    var end = reply.count
    var result: [[UInt8]] = []
    while true {
      while end > 0, TextSpace.isSpace(reply[end - 1]) { end -= 1 }
      result.append(Array(reply[..<end]))
      let token = template.specialTokens.first {
        !$0.isEmpty && end >= $0.count && reply[(end - $0.count)..<end].elementsEqual($0)
      }
      guard let token, result.count < 16 else { return result }
      end -= token.count
    }
  }
}
