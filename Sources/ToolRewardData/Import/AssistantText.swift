internal import ToolReward

/// What an assistant's text holds: reasoning, calls in the spelling of one of the formats, and the rest.
struct AssistantText {
  var content: [UInt8] = []
  var reasoning: [UInt8]?
  var calls: [RecordCall] = []
  /// Whether what should be calls cannot be read as such.
  var isBroken = false

  /// Takes a text apart. O(text).
  ///
  /// - Parameter takesPython: Whether a text that is a list in brackets is one of Python calls.
  init(_ text: [UInt8], takesPython: Bool, _ reader: PieceReader) {
    var body = text
    if let open = text.firstIndex(of: "<think>"), text.stripped(0..<open).isEmpty,
      let close = text.firstIndex(of: "</think>", from: open)
    {
      reasoning = text.stripped((open + 7)..<close)
      body = Array(text[(close + 8)...])
    }
    content = body
    let found: [RecordCall]?
    if body.contains("<tool_call>") {
      found = tagged(body, open: "<tool_call>", close: "</tool_call>", reader)
    } else if body.contains("<TOOLCALL>") {
      found = tagged(body, open: "<TOOLCALL>", close: "</TOOLCALL>", reader)
    } else if let marker = body.firstIndex(of: "<functioncall>") {
      found = glaive(body, marker, reader)
    } else if takesPython {
      let trimmed = body.stripped
      guard trimmed.first == 0x5B, trimmed.last == 0x5D else { return }
      found = reader.pythonCalls(trimmed)
      if found != nil { content = [] }
    } else {
      return
    }
    guard let found else {
      isBroken = true
      reader.warn(
        .unparsableCall,
        "what should be calls cannot be read; the message is kept as text, and is no answer to learn from")
      content = text
      reasoning = nil
      return
    }
    calls = found
  }

  /// The calls of all blocks, and in ``content`` what stands around them; `nil` if one cannot be read.
  private mutating func tagged(_ text: [UInt8], open: String, close: String, _ reader: PieceReader) -> [RecordCall]? {
    var found: [RecordCall] = []
    var rest: [UInt8] = []
    var position = 0
    while let start = text.firstIndex(of: open, from: position) {
      rest += text[position..<start]
      let inner = start + open.utf8.count
      let end = text.firstIndex(of: close, from: inner) ?? text.count
      let payload = text.stripped(inner..<end)
      guard !payload.isEmpty, let calls = Self.payload(payload, reader) else { return nil }
      found += calls
      position = min(text.count, end + close.utf8.count)
    }
    rest += text[position...]
    content = rest.stripped
    return found
  }

  /// A block: JSON, a Python literal, or a call a line.
  static func payload(_ text: [UInt8], _ reader: PieceReader) -> [RecordCall]? {
    if let value = reader.literal(text) { return reader.calls(value) }
    var found: [RecordCall] = []
    for line in text.split(separator: 0x0A) {
      let trimmed = Array(line).stripped
      if trimmed.isEmpty { continue }
      guard let value = reader.literal(trimmed), let call = reader.call(value) else { return nil }
      found.append(call)
    }
    return found.isEmpty ? nil : found
  }

  /// Glaive: `<functioncall> {"name": "f", "arguments": '{"a": 1}'}`. The quotes are no JSON, and nothing in them is escaped.
  private mutating func glaive(_ text: [UInt8], _ marker: Int, _ reader: PieceReader) -> [RecordCall]? {
    content = text.stripped(0..<marker)
    var payload = text.stripped((marker + 14)..<text.count)
    if let end = payload.firstIndex(of: "<|endoftext|>") { payload = payload.stripped(0..<end) }
    if let value = reader.json(payload) { return reader.calls(value) }
    guard let key = payload.firstIndex(of: "\"arguments\""), let open = payload[key...].firstIndex(of: 0x27),
      let close = payload.lastIndex(of: 0x27), close > open
    else { return reader.literal(payload).flatMap { reader.calls($0) } }
    let head = payload[..<open] + Array("null".utf8) + payload[(close + 1)...]
    guard let envelope = reader.json(Array(head)), let call = reader.call(envelope),
      let arguments = reader.literal(Array(payload[(open + 1)..<close])), arguments.kind == .object
    else { return nil }
    return [RecordCall(name: call.name, arguments: arguments)]
  }
}
