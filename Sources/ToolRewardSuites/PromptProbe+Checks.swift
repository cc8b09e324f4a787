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
      case .toolsRendered: return toolsRendered(prompt)
      case .toolCallsRendered: return try toolCallsRendered(prompt)
      case .toolResultsRendered: return try toolResultsRendered(prompt)
      case .roundTrip: return try roundTrip()
      case .prefixPreserving(let end): return try prefixPreserving(end)
      case .opensThink: return opensThink(prompt)
      case .noInjectedSpecialToken: return try noInjectedSpecialToken(prompt)
      case .reward, .format, .validToolsCall, .toolCallF1, .toolCallMatch, .noCall: return .skipped("")
      }
    } catch {
      return .unmade("\(error)")
    }
  }

  /// Whether a text stands in the one prompt more often than in the other, as it is or as JSON writes it, with characters beyond ASCII or without.
  func isAdded(_ part: [UInt8], _ whole: [UInt8], _ without: [UInt8]) -> Bool {
    var spelled: [UInt8] = []
    JSONWriter(ensureASCII: true).appendString(part.span, 0..<part.count, to: &spelled)
    return [part, Array(Self.string(part).dropFirst().dropLast()), Array(spelled.dropFirst().dropLast())].contains {
      TextCheck.occurrences(of: $0, in: whole) > TextCheck.occurrences(of: $0, in: without)
    }
  }

  /// Whether tools are in the prompt because they were given.
  private func toolsRendered(_ prompt: [UInt8]) -> CheckOutcome {
    guard let tools = test.tools?.elements, !tools.isEmpty else { return .skipped("there are no tools") }
    for (number, tool) in tools.enumerated()
    where ((tool["function"] ?? tool)["name"]?.stringBytes ?? []).isEmpty {
      return .error("tool \(number + 1) of the case has no \"name\"")
    }
    switch findInTools(tools) {
    case .all: return .passed
    case .missing(let part): return .failed("\(part) is not in the prompt")
    case .unknown: return toolsNotAdded(tools, prompt) ?? .passed
    }
  }

  /// What a template that refuses unlikely words does not write of the tools as they are; `nil` if it writes all.
  private func toolsNotAdded(_ tools: [Value], _ prompt: [UInt8]) -> CheckOutcome? {
    // A template may refuse to go without.
    let without = (try? render(messages: test.messages, tools: nil)) ?? []
    for tool in tools {
      let function = tool["function"] ?? tool
      guard let name = function["name"]?.stringBytes else { continue }
      if !isAdded(name, prompt, without) { return .failed("the tool \(TextCheck.shown(name)) is not in the prompt") }
      let schema = Self.parameterMembers.lazy.compactMap { function[$0] }.first
      for (part, _) in schema?["properties"]?.members ?? [] where !isAdded(part, prompt, without) {
        return .failed("\(TextCheck.shown(part)) of a tool is not in the prompt")
      }
    }
    return nil
  }

  // MARK: Special tokens

  /// Whether a message or a tool holds a special token that comes into the prompt: whether the prompt has more of them than it has when
  /// the conversation's are taken apart.
  private func noInjectedSpecialToken(_ prompt: [UInt8]) throws(PromptError) -> CheckOutcome {
    let parts = [("messages", test.messages)] + (test.tools.map { [("tools", $0)] } ?? [])
    for token in template.specialTokens where token.count > 1 {
      let spelled = Array(Self.string(token).dropFirst().dropLast())
      for (part, value) in parts {
        let text = JSONWriter.compact.write(value)
        let apart: Value
        if TextCheck.place(spelled, text) != nil {
          apart = try Self.value(Self.apart(spelled, text))
        } else if part == "messages", let joined = try Self.partsApart(token, value) {
          apart = joined
        } else {
          continue
        }
        let neutral =
          try part == "messages"
          ? render(messages: apart, tools: test.tools) : render(messages: test.messages, tools: apart)
        guard TextCheck.occurrences(of: token, in: prompt) > TextCheck.occurrences(of: token, in: neutral) else {
          continue
        }
        let place = ByteSearch.firstIndex(
          of: token, in: prompt.span, from: max(0, TextCheck.common(prompt, neutral) - token.count))
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

  /// A conversation with a space before each part's text, if the parts of a message that stand apart make a token together; else `nil`.
  private static func partsApart(_ token: [UInt8], _ messages: Value) throws(PromptError) -> Value? {
    let isJoined = messages.elements.contains {
      let texts = texts(of: $0)
      return texts.count > 1 && TextCheck.place(token, Array(texts.joined())) != nil
    }
    guard isJoined else { return nil }
    let text: Rewrite = { part in part.stringBytes.map { string([0x20] + $0) } ?? JSONWriter.compact.write(part) }
    let parts: Rewrite = { rewritingParts($0, text) ?? JSONWriter.compact.write($0) }
    return try value(list(messages.elements.map { rewriting($0, ["content": parts]) }))
  }
}
