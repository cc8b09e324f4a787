internal import ToolReward
internal import ToolRewardPrompts

extension PromptProbe {
  /// Words that stand in no template and in no conversation: where they are in the prompt, it is because they were given.
  private struct Words {
    /// Each word, with what it stands for.
    var all: [(word: [UInt8], meant: [UInt8])] = []

    mutating func word(for meant: [UInt8]) -> [UInt8] {
      let word = Array("zq\(all.count)vx".utf8)
      all.append((word, meant))
      return word
    }

    mutating func number(for meant: [UInt8]) -> [UInt8] {
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

  private static let mostDepth = 64

  /// A parameter whose name is not in the prompt if it is an unlikely one: it stood there for another reason. `nil` if there is none, or the
  /// template refuses such tools.
  func droppedParameter(_ tools: [Value]) -> [UInt8]? {
    var words = Words()
    let texts = tools.map { tool in
      let path = (tool["function"] == nil ? [] : ["function"]) + ["parameters", "properties"]
      return Self.replacing(path[...], in: tool) { properties in
        Self.object(properties.members.map { (words.word(for: $0.name), JSONWriter.compact.write($0.value)) })
      }
    }
    guard let changed = try? Self.value(Self.list(texts)),
      let prompt = try? render(messages: test.messages, tools: changed)
    else { return nil }
    return words.missing(in: prompt)
  }

  /// A name or a value of a message's calls that is not in the prompt if it is an unlikely one; `nil` if there is none, or the template refuses
  /// such calls.
  func droppedArgument(_ before: [Value], _ message: Value) -> [UInt8]? {
    var words = Words()
    let text = Self.replacing(["tool_calls"], in: message) { calls in
      Self.list(
        calls.elements.map { call in
          let path = (call["function"] == nil ? [] : ["function"]) + ["arguments"]
          return Self.replacing(path[...], in: call) { given in
            guard let text = given.stringBytes else { return Self.changed(given, &words, depth: 0) }
            guard let value = try? Self.value(text) else { return Self.string(text) }
            return Self.string(Self.changed(value, &words, depth: 0))
          }
        })
    }
    guard let changed = try? Self.value(text), let prompt = try? render(before + [changed], opensReply: false) else {
      return nil
    }
    return words.missing(in: prompt)
  }

  /// A value with other names, texts and numbers; what is true, false or nothing stays.
  private static func changed(_ value: Value, _ words: inout Words, depth: Int) -> [UInt8] {
    guard depth < mostDepth else { return JSONWriter.compact.write(value) }
    switch value.kind {
    case .object:
      var members: [([UInt8], [UInt8])] = []
      for member in value.members {
        let name = words.word(for: member.name)
        members.append((name, changed(member.value, &words, depth: depth + 1)))
      }
      return object(members)
    case .array:
      var elements: [[UInt8]] = []
      for element in value.elements { elements.append(changed(element, &words, depth: depth + 1)) }
      return list(elements)
    case .string: return string(words.word(for: value.stringBytes ?? []))
    case .number: return words.number(for: JSONWriter.compact.write(value))
    default: return JSONWriter.compact.write(value)
    }
  }

  private static func object(_ members: [([UInt8], [UInt8])]) -> [UInt8] {
    [0x7B] + members.map { string($0.0) + [0x3A] + $0.1 }.joined(separator: [0x2C]) + [0x7D]
  }

  /// A value's JSON with what stands at the end of a path of members written otherwise; as it is, if nothing stands there.
  private static func replacing(
    _ path: ArraySlice<String>, in value: Value, by text: (Value) -> [UInt8]
  ) -> [UInt8] {
    guard let name = path.first else { return text(value) }
    guard value.kind == .object else { return JSONWriter.compact.write(value) }
    return object(
      value.members.map { member in
        let isNext = member.name.elementsEqual(name.utf8)
        return (
          member.name,
          isNext ? replacing(path.dropFirst(), in: member.value, by: text) : JSONWriter.compact.write(member.value)
        )
      })
  }
}
