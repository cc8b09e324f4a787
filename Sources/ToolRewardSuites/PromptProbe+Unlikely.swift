internal import ToolReward
internal import ToolRewardPrompts

extension PromptProbe {
  /// Words that stand in no template and in no conversation: where they are in the prompt, it is because they were given.
  final class Words {
    /// Each word, with what it stands for.
    private var all: [(word: [UInt8], meant: [UInt8])] = []

    func word(for meant: [UInt8]) -> [UInt8] {
      let word = Array("zq\(all.count)vx".utf8)
      all.append((word, meant))
      return word
    }

    func number(for meant: [UInt8]) -> [UInt8] {
      // Far below 2^53, and no part of one another.
      let number = Array("739\(1_000 + all.count % 9_000)937".utf8)
      all.append((number, meant))
      return number
    }

    /// What the first word stands for that is not in a prompt; `nil` if all are.
    func missing(in prompt: [UInt8]) -> [UInt8]? {
      all.first { TextCheck.place($0.word, prompt) == nil }?.meant
    }
  }

  /// How a part of a value is written instead.
  typealias Rewrite = (Value) -> [UInt8]

  // MARK: Tools

  /// The members of a tool that hold its parameters: OpenAI's, Anthropic's and MCP's.
  static let parameterMembers = ["parameters", "input_schema", "inputSchema"]

  /// A name of a tool or of a parameter that is not in the prompt if it is an unlikely one: it stood there for another reason. `nil` if there is
  /// none, or the template refuses such tools.
  func droppedInTools(_ tools: [Value]) -> [UInt8]? {
    for changesNames in [true, false] {
      let words = Words()
      let schema: Rewrite = { schema in
        Self.rewriting(
          schema,
          [
            "properties": { properties in
              Self.object(properties.members.map { (words.word(for: $0.name), JSONWriter.compact.write($0.value)) })
            }
          ])
      }
      var changes = Dictionary(uniqueKeysWithValues: Self.parameterMembers.map { ($0, schema) })
      if changesNames { changes["name"] = { Self.string(words.word(for: $0.stringBytes ?? [])) } }
      let texts = tools.map { Self.rewritingFunction(of: $0, changes) }
      guard let changed = try? Self.value(Self.list(texts)),
        let prompt = try? render(messages: test.messages, tools: changed)
      else { continue }
      return words.missing(in: prompt)
    }
    return nil
  }

  // MARK: Calls

  /// A name or a value of calls that is not in the prompt if it is an unlikely one; `nil` if there is none, or the template refuses such calls.
  func droppedInCalls(_ messages: [Value], opensReply: Bool) -> [UInt8]? {
    for changesNames in [true, false] {
      let words = Words()
      var changes: [String: Rewrite] = ["arguments": Self.withinText { Self.changed($0, words, depth: 0) }]
      if changesNames { changes["name"] = { Self.string(words.word(for: $0.stringBytes ?? [])) } }
      guard let changed = try? Self.rewritingCalls(messages, changes),
        let prompt = try? render(changed, opensReply: opensReply)
      else { continue }
      return words.missing(in: prompt)
    }
    return nil
  }

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
      guard let changed = try? Self.rewritingCalls(messages, ["arguments": arguments]), let found else { return nil }
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

  /// A value with other names, texts and numbers; what is true, false or nothing stays.
  private static func changed(_ value: Value, _ words: Words, depth: Int) -> [UInt8] {
    leaves(of: value, depth: depth, name: words.word) { leaf in
      switch leaf.kind {
      case .string: string(words.word(for: leaf.stringBytes ?? []))
      case .number: words.number(for: JSONWriter.compact.write(leaf))
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

  /// The same of what a tool or a call holds as its `function`, or of itself.
  private static func rewritingFunction(of value: Value, _ changes: [String: Rewrite]) -> [UInt8] {
    value["function"] == nil ? rewriting(value, changes) : rewriting(value, ["function": { rewriting($0, changes) }])
  }

  /// The same of every call of a conversation.
  private static func rewritingCalls(
    _ messages: [Value], _ changes: [String: Rewrite]
  ) throws(PromptError) -> [Value] {
    var result: [Value] = []
    for message in messages {
      guard isCalling(message) else {
        result.append(message)
        continue
      }
      let calls: Rewrite = { list($0.elements.map { rewritingFunction(of: $0, changes) }) }
      result.append(try value(rewriting(message, ["tool_calls": calls])))
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
