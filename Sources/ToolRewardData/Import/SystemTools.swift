internal import ToolReward

/// Finds the tools that a system text or an instruction holds, and takes them out.
struct SystemTools {
  /// The tools.
  var tools: [Value]
  /// What is left of the text: what its author wrote of the task, without what the format says of tools and calls.
  var rest: [UInt8]

  /// `nil` if the text holds no tools that are known.
  ///
  /// - Throws: ``DroppedRow`` if it does, but they cannot be read.
  static func find(_ text: [UInt8], _ reader: PieceReader) throws(DroppedRow) -> SystemTools? {
    if let found = try inTags(text, reader) { return found }
    if let found = try toolACE(text, reader) { return found }
    if let found = try numbered(text, reader) { return found }
    if let found = try hammer(text, reader) { return found }
    return try glaive(text, reader)
  }

  private static func unreadable(_ place: String) -> DroppedRow {
    DroppedRow(.unreadableTools, "the tools \(place) are neither JSON nor a Python literal")
  }

  /// ToolACE: a list behind a sentence. The text is cut just after the sentence, as Tool-N1's preparation cuts it.
  private static func toolACE(_ text: [UInt8], _ reader: PieceReader) throws(DroppedRow) -> SystemTools? {
    let marker = "JSON format that you can invoke:"
    guard let place = text.firstIndex(of: marker) else { return nil }
    var end = place + marker.utf8.count
    var start = end
    while start < text.count, isJSONSpace(text[start]) { start += 1 }
    guard start < text.count, text[start] == 0x5B || text[start] == 0x7B else { return nil }
    if end < text.count, text[end] == 0x0A { end += 1 }
    let rest = Array(text[..<end])
    if let (value, _) = reader.prefix(text, at: start), let tools = reader.tools(value) {
      return SystemTools(tools: tools, rest: rest)
    }
    // A list that is no JSON ends with the sentence that follows it.
    var limit = text.firstIndex(of: "\nShould you decide", from: start) ?? text.count
    while limit > start, isJSONSpace(text[limit - 1]) || text[limit - 1] == 0x2E { limit -= 1 }
    guard let tools = reader.tools(in: Array(text[start..<limit])) else { throw unreadable("in the system text") }
    return SystemTools(tools: tools, rest: rest)
  }

  /// Hermes, Qwen, Tool-N1: `<tools>…</tools>`, a list or an object a line.
  private static func inTags(_ text: [UInt8], _ reader: PieceReader) throws(DroppedRow) -> SystemTools? {
    var from = 0
    while let open = text.firstIndex(of: "<tools>", from: from) {
      let start = open + 7
      from = start
      guard let close = text.firstIndex(of: "</tools>", from: start) else { return nil }
      let inner = text.stripped(start..<close)
      guard inner.first == 0x5B || inner.first == 0x7B else { continue }
      guard let found = reader.tools(in: inner) else { throw unreadable("in <tools>") }
      // OpenAI's envelope is the format's, and no part of the tool.
      let tools = found.map { tool in
        if let function = tool["function"], function.kind == .object, tool.count <= 2 { return function }
        return tool
      }
      let head = before(text, open) ?? SystemBoilerplate.kept(text[..<open], reader)
      return SystemTools(tools: tools, rest: joined(head, SystemBoilerplate.kept(text[(close + 8)...], reader)))
    }
    return nil
  }

  /// What stands before Tool-N1's heading of the tools, as it is; `nil` if there is none.
  private static func before(_ text: [UInt8], _ open: Int) -> [UInt8]? {
    guard let heading = text.firstIndex(of: "# Tool\n\nHere is a list of functions"), heading < open else { return nil }
    return Array(text[..<heading])
  }

  private static func joined(_ head: [UInt8], _ tail: [UInt8]) -> [UInt8] {
    head + (head.isEmpty || tail.isEmpty ? [] : [0x0A]) + tail
  }

  /// ToolRL: `1. Name: …`, `Description: …`, `Parameters: {…}`; of API-Bank's third level `1. NAME: DESCRIPTION`.
  private static func numbered(_ text: [UInt8], _ reader: PieceReader) throws(DroppedRow) -> SystemTools? {
    guard let heading = text.firstIndex(of: "**Available Tools**") else { return nil }
    let limit = text.firstIndex(of: "\n**Steps for Each Turn**", from: heading) ?? text.count
    var tools: [Value] = []
    var number = 1
    var place = text.firstIndex(of: "\n1. ", from: heading)
    while let start = place, start < limit {
      number += 1
      let next = text.firstIndex(of: "\n\(number). ", from: start + 1).flatMap { $0 < limit ? $0 : nil }
      let entry = text.stripped((start + 1)..<(next ?? limit))
      guard let tool = entryTool(entry, reader) else { throw unreadable("numbered under **Available Tools**") }
      tools.append(tool)
      place = next
    }
    let head = SystemBoilerplate.kept(text[..<heading], reader)
    return SystemTools(tools: tools, rest: joined(head, SystemBoilerplate.kept(text[limit...], reader)))
  }

  private static func entryTool(_ entry: [UInt8], _ reader: PieceReader) -> Value? {
    guard let dot = entry.firstIndex(of: ". "), let parameters = entry.firstIndex(of: "\nParameters:") else {
      return nil
    }
    let head = Array(entry[(dot + 2)..<parameters])
    let name: [UInt8]
    let description: [UInt8]
    let firstEnd = head.firstIndex(of: 0x0A) ?? head.count
    if head.starts(with: "Name: ".utf8) {
      name = head.stripped(6..<firstEnd)
      let rest = head.stripped(firstEnd..<head.count)
      description = rest.starts(with: "Description:".utf8) ? rest.stripped(12..<rest.count) : rest
    } else if let colon = head.firstIndex(of: 0x3A) {
      name = head.stripped(0..<colon)
      description = head.stripped((colon + 1)..<head.count)
    } else {
      return nil
    }
    let written = entry.stripped((parameters + 12)..<entry.count)
    guard let value = reader.literal(written) else { return nil }
    var json = Array("{\"name\":".utf8)
    JSONPiece.append(name, to: &json)
    json += ",\"description\":".utf8
    JSONPiece.append(description, to: &json)
    json += ",\"parameters\":".utf8
    JSONWriter.compact.write(value, to: &json)
    json.append(0x7D)
    return reader.json(json)
  }

  private static func hammer(_ text: [UInt8], _ reader: PieceReader) throws(DroppedRow) -> SystemTools? {
    guard let open = text.firstIndex(of: "[BEGIN OF AVAILABLE TOOLS]"),
      let close = text.firstIndex(of: "[END OF AVAILABLE TOOLS]", from: open)
    else { return nil }
    guard let tools = reader.tools(in: Array(text[(open + 26)..<close])) else { throw unreadable("in the instruction") }
    guard let start = text.firstIndex(of: "[BEGIN OF TASK INSTRUCTION]"), start < open,
      let end = text.firstIndex(of: "[END OF TASK INSTRUCTION]", from: start), end < open
    else { return SystemTools(tools: tools, rest: []) }
    var head = text.stripped(0..<start)
    if head.starts(with: "<|im_start|>".utf8) {
      head = head.firstIndex(of: 0x0A).map { head.stripped($0..<head.count) } ?? []
    }
    let task = SystemBoilerplate.kept(text[(start + 27)..<end], reader)
    return SystemTools(tools: tools, rest: joined(head, task))
  }

  /// Glaive: objects one after another behind a sentence.
  private static func glaive(_ text: [UInt8], _ reader: PieceReader) throws(DroppedRow) -> SystemTools? {
    guard let marker = text.firstIndex(of: "access to the following functions"),
      let start = text[marker...].firstIndex(of: 0x7B)
    else { return nil }
    let head = SystemBoilerplate.kept(text[..<start], reader)
    var tools: [Value] = []
    var end = start
    var position = start
    while position < text.count {
      if isJSONSpace(text[position]) || text[position] == 0x2C {
        position += 1
      } else if text[position] == 0x7B, let (value, next) = reader.prefix(text, at: position) {
        tools.append(value)
        position = next
        end = next
      } else {
        break
      }
    }
    // What follows is the author's, unless it is a definition that is no JSON.
    if !tools.isEmpty, position == text.count || text[position] != 0x7B {
      return SystemTools(tools: tools, rest: joined(head, SystemBoilerplate.kept(text[end...], reader)))
    }
    guard let tools = reader.tools(in: Array(text[start...])) else { throw unreadable("in the system text") }
    return SystemTools(tools: tools, rest: head)
  }
}
