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
    let hasTags = ByteSearch.firstIndex(of: 0x3C, in: text.span) != nil
    if hasTags, let open = text.firstIndex(of: "<think>"), text.stripped(0..<open).isEmpty,
      let close = text.firstIndex(of: "</think>", from: open)
    {
      reasoning = text.stripped((open + 7)..<close)
      body = Array(text[(close + 8)...])
    }
    content = body
    let found: [RecordCall]?
    if hasTags, body.contains("<tool_call>") {
      found = tagged(body, open: "<tool_call>", close: "</tool_call>", reader)
    } else if hasTags, body.contains("<TOOLCALL>") {
      found = tagged(body, open: "<TOOLCALL>", close: "</TOOLCALL>", reader)
    } else if hasTags, let marker = body.firstIndex(of: "<functioncall>") {
      found = glaive(body, marker, reader)
    } else if takesPython {
      let trimmed = body.stripped
      guard trimmed.first == 0x5B, trimmed.last == 0x5D else { return }
      // An empty list calls nothing, and says so in words of its own.
      if reader.grammar == .python, trimmed.stripped(1..<(trimmed.count - 1)).isEmpty { return }
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
    guard let blocks = CallBlocks(text, open: open, close: close, reader) else { return nil }
    content = blocks.rest.stripped
    return blocks.calls
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
