internal import ToolReward
internal import ToolRewardPrompts

extension PromptProbe {
  private static let marker = Array("zq7vanished".utf8)

  /// Where the reply that the prompt opens begins with an open block of reasoning; `nil` if it does not.
  ///
  /// - Parameter rules: The markers of reasoning that are looked for; by default those of the template's format.
  func openReasoning(
    _ prompt: [UInt8], _ messages: [Value]? = nil, rules: [ReasoningRule]? = nil
  ) -> Range<Int>? {
    let opening = opening(of: prompt, messages)
    let tail = Array(prompt[opening])
    for rule in rules ?? [template.format.reasoning ?? .think] {
      let marker = Array(rule.open.utf8)
      guard let open = ByteSearch.lastIndex(of: marker, in: tail.span),
        open > ByteSearch.lastIndex(of: Array(rule.close.utf8), in: tail.span) ?? -1
      else { continue }
      let range = (opening.lowerBound + open)..<(opening.lowerBound + open + marker.count)
      return isBehindLastWords(range.lowerBound, prompt, messages) ? range : nil
    }
    return nil
  }

  func opensThink(_ prompt: [UInt8]) -> CheckOutcome {
    let own = template.format.reasoning.map { [$0] } ?? []
    return openReasoning(prompt, rules: [.think] + own).map { .passed(at: $0) }
      ?? .failed("what opens the reply has no open <think>")
  }

  /// What the template writes to open the reply: the end of a prompt that is not there without it; of a template that opens a reply whether or
  /// not it is asked to, or refuses not to be asked, what stands behind the conversation's last words.
  private func opening(of prompt: [UInt8], _ messages: [Value]?) -> Range<Int> {
    if let closed = try? render(messages, opensReply: false), closed != prompt {
      return Self.boundary(in: prompt, at: TextCheck.common(prompt, closed), from: 0)..<prompt.count
    }
    let conversation = messages ?? test.messages.elements
    let tail = tail(conversation) ?? ending(conversation)
    return (prompt.count - TextCheck.common(tail.reversed(), prompt.reversed()))..<prompt.count
  }

  /// A template that is asked to open a reply may write other things too, before the conversation.
  private func isBehindLastWords(_ place: Int, _ prompt: [UInt8], _ messages: [Value]?) -> Bool {
    guard let tail = tail(messages ?? test.messages.elements) else { return true }
    return place >= prompt.count - TextCheck.common(tail.reversed(), prompt.reversed())
  }

  /// What stands behind the words of the last message; `nil` if it is the assistant's, or its words are not in the prompt.
  private func tail(_ messages: [Value]) -> [UInt8]? {
    guard let last = messages.last, !Self.isAssistant(last), last["content"] != nil,
      let words = try? Self.value(Self.rewriting(last, ["content": { _ in content(Self.marker) }]))
    else { return nil }
    return behindMarker(messages.dropLast() + [words], opensReply: true)
  }

  /// What stands behind an assistant's last message, though no reply is to be opened; empty if the template does not take one.
  func ending(_ messages: [Value]) -> [UInt8] {
    guard let words = try? message("assistant", String(decoding: Self.marker, as: UTF8.self)) else { return [] }
    return behindMarker(messages + [words], opensReply: false) ?? []
  }

  private func behindMarker(_ messages: [Value], opensReply: Bool) -> [UInt8]? {
    guard let text = try? render(messages, opensReply: opensReply),
      let start = ByteSearch.lastIndex(of: Self.marker, in: text.span)
    else { return nil }
    return Array(text[(start + Self.marker.count)...])
  }

  /// A place that splits no token in two: behind white space or a bracket, at the given place or before it.
  static func boundary(in text: [UInt8], at place: Int, from least: Int) -> Int {
    var place = place
    while place > least, place < text.count, text[place - 1] != 0x3E, text[place - 1] != 0x5D,
      !TextSpace.isSpace(text[place - 1])
    { place -= 1 }
    return place
  }
}
