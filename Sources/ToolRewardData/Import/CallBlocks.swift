internal import ToolReward

/// The calls that stand between tags, and the text around them.
struct CallBlocks {
  private(set) var calls: [RecordCall] = []
  /// What stands outside the blocks.
  private(set) var rest: [UInt8] = []

  /// `nil` if a block holds no calls that can be read. A block may lack its end at the end of the text. O(text).
  init?(_ text: [UInt8], open: String, close: String, _ reader: PieceReader) {
    var position = 0
    while let start = text.firstIndex(of: open, from: position) {
      rest += text[position..<start]
      let inner = start + open.utf8.count
      if let (found, end) = Self.values(text, from: inner, close, reader) {
        calls += found
        position = end
        continue
      }
      let end = text.firstIndex(of: close, from: inner) ?? text.count
      let payload = text.stripped(inner..<end)
      guard !payload.isEmpty, let found = Self.payload(payload, reader) else { return nil }
      calls += found
      position = min(text.count, end + close.utf8.count)
    }
    rest += text[position...]
  }

  /// JSON values one after another up to the end tag, which is none in one of their strings; `nil` if the block holds anything else.
  private static func values(
    _ text: [UInt8], from start: Int, _ close: String, _ reader: PieceReader
  ) -> (calls: [RecordCall], end: Int)? {
    var found: [RecordCall] = []
    var position = start
    while position < text.count {
      if isJSONSpace(text[position]) {
        position += 1
      } else if position > start, ByteSearch.matches(Array(close.utf8), in: text.span, at: position) {
        return (found, position + close.utf8.count)
      } else {
        guard text[position] == 0x7B || text[position] == 0x5B, let (value, end) = reader.prefix(text, at: position),
          let calls = reader.calls(value)
        else { return nil }
        found += calls
        position = end
      }
    }
    return nil
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
}
