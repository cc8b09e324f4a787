internal import ToolReward

/// Ways to write a right answer down, where several are right.
struct GoldAnswer {
  /// One value an argument; the most likely way to be taken for right.
  let calls: [RecordCall]
  /// All ways to try, ``calls`` first.
  let ways: [[RecordCall]]

  /// - Parameter tools: The tools that values are chosen to fit: the first that does, or else the first.
  init(_ answer: [RecordCall], _ tools: Toolbox?) {
    guard answer.contains(where: { $0.accepted != nil }) else {
      (calls, ways) = (answer, [answer])
      return
    }
    calls = answer.map { Self.written($0, tools, optional: .required) }
    let fewest = answer.map { Self.written($0, tools, optional: .none) }
    let most = answer.map { Self.written($0, tools, optional: .all) }
    ways = [calls, fewest, most, CallText.plain(answer)]
  }

  /// Which of the arguments that may be absent are written.
  private enum Optional { case none, required, all }

  private static func written(_ call: RecordCall, _ tools: Toolbox?, optional kind: Optional) -> RecordCall {
    guard let accepted = call.accepted else { return call }
    let optional = Set(call.optional?.elements.compactMap(\.stringBytes) ?? [])
    let required = Set(
      tools?.tool(named: call.name)?.definition.parameters["required"]?.elements.compactMap(\.stringBytes) ?? [])
    var members: [(name: [UInt8], value: Value)] = call.arguments.members
    for (name, values) in accepted.members {
      guard let first = values[0] else { continue }
      if optional.contains(name), kind == .none || kind == .required && !required.contains(name) { continue }
      let value = values.count == 1 ? first : fitting(values, of: name, call.name, tools) ?? first
      members.append((name, value))
    }
    return RecordCall(name: call.name, arguments: object(members) ?? call.arguments)
  }

  /// The first value that the tool's schema has nothing against.
  private static func fitting(_ values: Value, of name: [UInt8], _ tool: [UInt8], _ tools: Toolbox?) -> Value? {
    guard let tools else { return nil }
    return values.elements.first { value in
      guard let arguments = object([(name, value)]) else { return false }
      // What is said of the whole object, that other arguments are missing, is not about this one.
      return tools.check(name: tool, arguments: arguments).violations.allSatisfy { $0.instanceLocation.isEmpty }
    }
  }

  private static func object(_ members: [(name: [UInt8], value: Value)]) -> Value? {
    var text: [UInt8] = [0x7B]
    for (position, member) in members.enumerated() {
      if position > 0 { text.append(0x2C) }
      JSONPiece.append(member.name, to: &text)
      text.append(0x3A)
      JSONWriter.compact.write(member.value, to: &text)
    }
    return try? ValueReader(syntax: .python).read(text + [0x7D])
  }
}
