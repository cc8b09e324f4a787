internal import ToolReward
internal import ToolRewardPrompts

extension PromptProbe {
  /// Words that stand in no template and in no conversation: where they are in the prompt, it is because they were given.
  final class Words {
    /// Each word, with what it stands for, for people.
    private var all: [(word: [UInt8], meant: String)] = []

    var isEmpty: Bool { all.isEmpty }

    func word(for meant: String) -> [UInt8] {
      let word = Array("zq\(all.count)vx".utf8)
      all.append((word, meant))
      return word
    }

    /// A text between two words: a template that cuts it loses one.
    func text(around text: [UInt8], for meant: String) -> [UInt8] { word(for: meant) + text + word(for: meant) }

    func number(for meant: String) -> [UInt8] {
      // Far below 2^53, and no part of one another.
      let number = Array("739\(1_000 + all.count % 9_000)937".utf8)
      all.append((number, meant))
      return number
    }

    /// What the first word stands for that is not in a prompt; `nil` if all are.
    func missing(in prompt: [UInt8]) -> String? {
      // Words mostly stand there in their order.
      var position = 0
      for (word, meant) in all {
        guard
          let found = ByteSearch.firstIndex(of: word, in: prompt.span, from: position)
            ?? ByteSearch.firstIndex(of: word, in: prompt.span)
        else { return meant }
        position = found
      }
      return nil
    }
  }

  /// What a rendering with unlikely words shows.
  enum Finding {
    case all
    /// What is not in the prompt, for people.
    case missing(String)
    /// The template refuses such words, or there was nothing to put words for.
    case unknown
  }

  private static func finding(_ words: Words, _ render: () throws(PromptError) -> [UInt8]) -> Finding {
    guard !words.isEmpty, let prompt = try? render() else { return .unknown }
    return words.missing(in: prompt).map { .missing($0) } ?? .all
  }

  /// How a part of a value is written instead.
  typealias Rewrite = (Value) -> [UInt8]

  // MARK: Tools

  /// The members of a tool that hold its parameters: OpenAI's, Anthropic's and MCP's.
  static let parameterMembers = ["parameters", "input_schema", "inputSchema"]

  /// Whether names of tools and of parameters are in the prompt if they are unlikely ones: common words may stand there for other reasons.
  func findInTools(_ tools: [Value]) -> Finding {
    for changesNames in [true, false] {
      let words = Words()
      let schema: Rewrite = { schema in
        let properties: Rewrite = { properties in
          Self.object(
            properties.members.map {
              (words.word(for: "\(TextCheck.shown($0.name)) of a tool"), JSONWriter.compact.write($0.value))
            })
        }
        return Self.rewriting(schema, ["properties": properties])
      }
      var changes = Dictionary(uniqueKeysWithValues: Self.parameterMembers.map { ($0, schema) })
      if changesNames {
        changes["name"] = { name in
          Self.string(words.word(for: "the tool \(TextCheck.shown(name.stringBytes ?? []))"))
        }
      }
      let texts = tools.map { Self.rewritingFunction(of: $0, changes) }
      let found = Self.finding(words) { () throws(PromptError) in
        try render(messages: test.messages, tools: Self.value(Self.list(texts)))
      }
      switch found {
      case .missing: return found
      case .all where changesNames: return found
      // Of the names nothing is known.
      case .all, .unknown: continue
      }
    }
    return .unknown
  }

  // MARK: Calls

  /// Whether names and values of calls are in the prompt if they are unlikely ones.
  func findInCalls(_ messages: [Value], opensReply: Bool) -> Finding {
    for changesNames in [true, false] {
      let words = Words()
      // Kimi K2's calls are named by their identifiers, which answers repeat.
      var identifiers: [(old: [UInt8], new: [UInt8])] = []
      let changed = try? Self.rewritingCalls(messages) { call in
        let function = call["function"] ?? call
        let name = function["name"]?.stringBytes ?? []
        let called = TextCheck.shown(name)
        var changes: [String: Rewrite] = [
          "arguments": Self.withinText { Self.changed($0, words, " of the call of \(called)") }
        ]
        guard changesNames else { return Self.rewritingFunction(of: call, changes) }
        let word = words.word(for: "the call of \(called)")
        changes["name"] = { _ in Self.string(word) }
        let identifier = call["id"]?.stringBytes ?? []
        guard !name.isEmpty, let place = TextCheck.place(name, identifier) else {
          return Self.rewritingFunction(of: call, changes)
        }
        let new = Array(identifier[..<place.lowerBound] + word + identifier[place.upperBound...])
        identifiers.append((identifier, new))
        return Self.rewritingFunction(of: call, changes, own: ["id": { _ in Self.string(new) }])
      }
      guard let changed, let renamed = try? Self.renaming(changed, identifiers) else { return .unknown }
      let found = Self.finding(words) { () throws(PromptError) in try render(renamed, opensReply: opensReply) }
      switch found {
      case .missing: return found
      case .all where changesNames: return found
      // Of the names nothing is known.
      case .all, .unknown: continue
      }
    }
    return .unknown
  }

  /// The same with answers to calls that have other identifiers now.
  private static func renaming(
    _ messages: [Value], _ identifiers: [(old: [UInt8], new: [UInt8])]
  ) throws(PromptError) -> [Value] {
    guard !identifiers.isEmpty else { return messages }
    var result: [Value] = []
    for message in messages {
      let identifier: Rewrite = { given in
        let new = identifiers.last { $0.old == given.stringBytes }?.new
        return new.map { string($0) } ?? JSONWriter.compact.write(given)
      }
      result.append(isAnswer(message) ? try value(rewriting(message, ["tool_call_id": identifier])) : message)
    }
    return result
  }

  // MARK: Answers

  /// Whether the answers of a conversation are in its prompt if they hold unlikely words.
  func findInAnswers(_ messages: [Value]) -> Finding {
    let words = Words()
    let around: Rewrite = { Self.changed($0, words, " of an answer") }
    let content: Rewrite = { Self.rewritingParts($0, around) ?? around($0) }
    var changed: [Value] = []
    for message in messages {
      guard Self.isAnswer(message) else {
        changed.append(message)
        continue
      }
      guard let answer = try? Self.value(Self.rewriting(message, ["content": content])) else { return .unknown }
      changed.append(answer)
    }
    return Self.finding(words) { () throws(PromptError) in try render(changed) }
  }

  // MARK: Constants

  /// The most values of calls that are rendered with another in their place.
  private static let mostConstants = 32

  /// A value `true`, `false`, `null` or 0 of calls that the prompt does not have: where another stands in its place, the prompt has as many.
  /// `nil` if there is none.
  func droppedConstant(_ messages: [Value], in prompt: [UInt8], opensReply: Bool) -> [UInt8]? {
    for number in 0..<Self.mostConstants {
      var (seen, found): (Int, (spellings: [[UInt8]], other: [UInt8])?) = (0, nil)
      let arguments = Self.withinText { value in
        Self.leaves(of: value, depth: 0) { leaf in
          guard let constant = Self.constant(leaf) else { return JSONWriter.compact.write(leaf) }
          defer { seen += 1 }
          guard seen == number else { return JSONWriter.compact.write(leaf) }
          found = constant
          return constant.other
        }
      }
      let changed = try? Self.rewritingCalls(messages) { Self.rewritingFunction(of: $0, ["arguments": arguments]) }
      guard let changed, let found else { return nil }
      guard let other = try? render(changed, opensReply: opensReply) else { continue }
      let isThere = found.spellings.contains {
        TextCheck.occurrences(of: $0, in: prompt) > TextCheck.occurrences(of: $0, in: other)
      }
      if !isThere { return found.spellings[0] }
    }
    return nil
  }

  /// How templates write what they may take for nothing, by JSON's words or Python's, and what stands in its place.
  private static func constant(_ value: Value) -> (spellings: [[UInt8]], other: [UInt8])? {
    func constant(_ spellings: [String], _ other: String) -> (spellings: [[UInt8]], other: [UInt8]) {
      (spellings.map { Array($0.utf8) }, Array(other.utf8))
    }
    switch value.kind {
    case .boolean where value.boolean ?? false: return constant(["true", "True"], "false")
    case .boolean: return constant(["false", "False"], "true")
    case .null: return constant(["null", "None", "none"], "true")
    case .number where value.numberLiteral == "0": return constant(["0"], "7")
    default: return nil
    }
  }

  // MARK: Writing

  /// Arguments that are JSON within a string are written within a string again.
  private static func withinText(_ rewrite: @escaping Rewrite) -> Rewrite {
    { given in
      guard let text = given.stringBytes else { return rewrite(given) }
      return string((try? value(text)).map(rewrite) ?? text)
    }
  }

  /// A value with other names and numbers, and words around its texts; what is true, false or nothing stays.
  private static func changed(_ value: Value, _ words: Words, _ owner: String) -> [UInt8] {
    func meant(_ text: [UInt8]) -> String { TextCheck.shown(text) + owner }
    return leaves(of: value, depth: 0, name: { words.word(for: meant($0)) }) { leaf in
      switch leaf.kind {
      case .string: string(words.text(around: leaf.stringBytes ?? [], for: meant(leaf.stringBytes ?? [])))
      case .number: words.number(for: meant(JSONWriter.compact.write(leaf)))
      default: JSONWriter.compact.write(leaf)
      }
    }
  }

  /// A value's JSON with other names and leaves, 64 levels deep; what lies deeper stays.
  private static func leaves(
    of value: Value, depth: Int, name: ([UInt8]) -> [UInt8] = { $0 }, _ leaf: Rewrite
  ) -> [UInt8] {
    guard depth < 64 else { return JSONWriter.compact.write(value) }
    switch value.kind {
    case .object:
      var members: [([UInt8], [UInt8])] = []
      for member in value.members {
        members.append((name(member.name), leaves(of: member.value, depth: depth + 1, name: name, leaf)))
      }
      return object(members)
    case .array: return list(value.elements.map { leaves(of: $0, depth: depth + 1, name: name, leaf) })
    default: return leaf(value)
    }
  }

  private static func object(_ members: [([UInt8], [UInt8])]) -> [UInt8] {
    [0x7B] + members.map { string($0.0) + [0x3A] + $0.1 }.joined(separator: [0x2C]) + [0x7D]
  }

  /// A value's JSON with some members written otherwise, if it is an object and has them.
  static func rewriting(_ value: Value, _ changes: [String: Rewrite]) -> [UInt8] {
    guard value.kind == .object else { return JSONWriter.compact.write(value) }
    return object(
      value.members.map { member in
        let change = changes.first { member.name.elementsEqual($0.key.utf8) }?.value
        return (member.name, change?(member.value) ?? JSONWriter.compact.write(member.value))
      })
  }

  /// A content with the texts of its parts written otherwise; `nil` if it is no list of parts. What stands beside a text, its type, stays.
  static func rewritingParts(_ content: Value, _ text: @escaping Rewrite) -> [UInt8]? {
    guard content.kind == .array, content.elements.contains(where: { $0["text"]?.kind == .string }) else { return nil }
    return list(content.elements.map { rewriting($0, ["text": text]) })
  }

  /// The same of what a tool or a call holds as its `function`, or of itself; and of itself, what is its own.
  private static func rewritingFunction(
    of value: Value, _ changes: [String: Rewrite], own: [String: Rewrite] = [:]
  ) -> [UInt8] {
    let inner = value["function"] == nil ? changes : ["function": { rewriting($0, changes) }]
    return rewriting(value, inner.merging(own) { _, own in own })
  }

  /// A conversation with every call written otherwise.
  private static func rewritingCalls(_ messages: [Value], _ call: Rewrite) throws(PromptError) -> [Value] {
    var result: [Value] = []
    for message in messages {
      guard isCalling(message) else {
        result.append(message)
        continue
      }
      let calls = list((message["tool_calls"]?.elements ?? []).map(call))
      result.append(try value(rewriting(message, ["tool_calls": { _ in calls }])))
    }
    return result
  }

  /// A conversation whose messages make no calls.
  static func withoutCalls(_ messages: [Value]) throws(PromptError) -> [Value] {
    var result: [Value] = []
    for message in messages {
      let members = message.members.filter { !$0.name.elementsEqual("tool_calls".utf8) }
      result.append(
        isCalling(message) ? try value(object(members.map { ($0.name, JSONWriter.compact.write($0.value)) })) : message)
    }
    return result
  }
}
