internal import ToolReward
internal import ToolRewardPrompts

/// A prompt's own text as JSON, written once for all lines: what stands around the tools.
struct PromptFrame: Sendable {
  /// The pieces that drafts name by number: ``opened``, ``head`` and ``tail``.
  let shared: [[UInt8]]
  private let texts: [[UInt8]]
  private static let opened = 0
  private static let head = 1
  private static let tail = 2

  init(_ prompt: PromptPreset) {
    let (head, tail) = prompt.aroundTools
    texts = [(prompt.opening ?? []) + head, Array(head), Array(tail ?? [])]
    shared = texts.map { text in
      var json: [UInt8] = []
      JSONPiece.appendCharacters(text.span, to: &json)
      return json
    }
  }

  /// Appends a system message as a string of a draft.
  ///
  /// - Parameters:
  ///   - opening: How many bytes of it the data's own system message has.
  ///   - again: Texts in it that the draft holds already, in order, and where.
  func append(
    _ text: [UInt8], opening: Int?, again: [(text: [UInt8], place: Range<Int>)], draftAt start: Int,
    to output: inout [UInt8]
  ) {
    let bytes = text.span
    var position = opening ?? 0
    output.append(0x22)
    JSONPiece.appendCharacters(bytes.extracting(..<position), to: &output)
    let first = opening == nil ? Self.opened : Self.head
    if bytes.extracting(position...).starts(with: texts[first]) {
      LineDraft.appendShared(first, to: &output)
      position += texts[first].count
    }
    var end = text.count
    let tail = texts[Self.tail].count
    if tail > 0, end - position >= tail, bytes.extracting((end - tail)...).starts(with: texts[Self.tail]) {
      end -= tail
    }
    for (piece, place) in again {
      guard let found = ByteSearch.firstIndex(of: piece, in: bytes, from: position), found + piece.count <= end else {
        break
      }
      JSONPiece.appendCharacters(bytes.extracting(position..<found), to: &output)
      LineDraft.appendAgain(place, draftAt: start, to: &output)
      position = found + piece.count
    }
    JSONPiece.appendCharacters(bytes.extracting(position..<end), to: &output)
    if end < text.count { LineDraft.appendShared(Self.tail, to: &output) }
    output.append(0x22)
  }
}

extension Span<UInt8> {
  /// Whether these bytes begin with those.
  fileprivate func starts(with other: [UInt8]) -> Bool {
    count >= other.count && ByteSearch.equal(self, 0..<other.count, other.span, 0..<other.count)
  }
}
