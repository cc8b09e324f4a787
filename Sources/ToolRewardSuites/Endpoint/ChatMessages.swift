internal import ToolReward

/// A case's messages as OpenAI's interface of chats asks for them: a call has an id and a type, and its arguments are JSON within a string; a tool's answer
/// names the call that it answers.
enum ChatMessages {
  static func json(_ messages: Value) -> [UInt8] {
    var writer = Writer()
    let texts = messages.elements.map { writer.text(of: $0) }
    return [0x5B] + texts.joined(separator: [0x2C]) + [0x5D]
  }

  private struct Writer {
    /// Calls that no message has answered yet, in their order.
    private var open: [[UInt8]] = []
    private var count = 0

    mutating func text(of message: Value) -> [UInt8] {
      let calls = message["tool_calls"]?.elements ?? []
      let isAnswer = message["role"]?.stringBytes.map { $0.elementsEqual("tool".utf8) } ?? false
      guard !calls.isEmpty || isAnswer, !message.hasDuplicateNames else { return JSONWriter.compact.write(message) }
      var members: [[UInt8]] = []
      if !calls.isEmpty { open = [] }
      for (name, value) in message.members where !name.elementsEqual("tool_calls".utf8) || calls.isEmpty {
        members.append(Self.member(name, JSONWriter.compact.write(value)))
      }
      if !calls.isEmpty {
        let texts = calls.map { text(ofCall: $0) }
        members.append(Self.member(Array("tool_calls".utf8), [0x5B] + texts.joined(separator: [0x2C]) + [0x5D]))
      }
      if isAnswer {
        if let given = message["tool_call_id"]?.stringBytes {
          open.removeAll { $0 == given }
        } else if !open.isEmpty, message["tool_call_id"] == nil {
          members.append(Self.member(Array("tool_call_id".utf8), PromptProbe.string(open.removeFirst())))
        }
      }
      return [0x7B] + members.joined(separator: [0x2C]) + [0x7D]
    }

    private mutating func text(ofCall call: Value) -> [UInt8] {
      let function = call["function"] ?? call
      let identifier = call["id"]?.stringBytes ?? PromptProbe.identifier(count)
      count += 1
      open.append(identifier)
      guard let name = function["name"] else { return JSONWriter.compact.write(call) }
      var arguments = Array("{}".utf8)
      if let given = function["arguments"] { arguments = given.stringBytes ?? JSONWriter.compact.write(given) }
      return Array(#"{"id":"#.utf8) + PromptProbe.string(identifier)
        + Array(#","type":"function","function":{"name":"#.utf8)
        + JSONWriter.compact.write(name) + Array(#","arguments":"#.utf8) + PromptProbe.string(arguments)
        + Array("}}".utf8)
    }

    private static func member(_ name: [UInt8], _ value: [UInt8]) -> [UInt8] {
      PromptProbe.string(name) + [0x3A] + value
    }
  }
}
