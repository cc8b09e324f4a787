internal import ToolReward

/// A task's line while it waits for its place among the others: what every line says, and what this one says twice, is not in it again.
///
/// No byte below 0x20 stands in a line of JSON. In a draft 0x01 and a number stand for a piece of text that many lines share, and 0x02, an
/// offset and a length, four bytes each, for bytes of the draft itself. Tool-N1's lines hold their tools, their question and their answer
/// twice, and two thousand bytes of instructions: their drafts are a third as long.
enum LineDraft {
  private static let shared: UInt8 = 1
  private static let again: UInt8 = 2
  private static let againLength = 9

  /// Appends a shared piece.
  static func appendShared(_ number: Int, to output: inout [UInt8]) {
    output.append(shared)
    output.append(UInt8(truncatingIfNeeded: number))
  }

  /// Appends bytes of the draft that begins at `start` once more. They hold no marks.
  static func appendAgain(_ range: Range<Int>, draftAt start: Int, to output: inout [UInt8]) {
    guard range.count > againLength, range.upperBound - start <= Int(UInt32.max) else {
      // Capacity first: the bytes are read from what they are appended to.
      output.reserveCapacity(output.count + range.count)
      for place in range { output.append(output[place]) }
      return
    }
    output.append(again)
    append(UInt32(range.lowerBound - start), to: &output)
    append(UInt32(range.count), to: &output)
  }

  private static func append(_ number: UInt32, to output: inout [UInt8]) {
    for shift in [0, 8, 16, 24] as [UInt32] { output.append(UInt8(truncatingIfNeeded: number >> shift)) }
  }

  /// How long a draft's line is. O(draft).
  static func lineLength(_ draft: Span<UInt8>, shared pieces: [[UInt8]]) -> Int {
    var length = 0
    forEachPart(of: draft) { part in
      switch part {
      case .plain(let range): length += range.count
      case .shared(let number): length += number < pieces.count ? pieces[number].count : 0
      }
    }
    return length
  }

  /// Appends the line that a draft stands for. O(line).
  static func appendLine(of draft: Span<UInt8>, shared pieces: [[UInt8]], to output: inout [UInt8]) {
    forEachPart(of: draft) { part in
      switch part {
      case .plain(let range):
        unsafe draft.extracting(range).withUnsafeBufferPointer { unsafe output.append(contentsOf: $0) }
      case .shared(let number): if number < pieces.count { output += pieces[number] }
      }
    }
  }

  private enum Part {
    case plain(Range<Int>)
    case shared(Int)
  }

  private static func forEachPart(of draft: Span<UInt8>, _ body: (Part) -> Void) {
    var position = 0
    while position < draft.count {
      let mark = firstMark(in: draft, from: position)
      if mark > position { body(.plain(position..<mark)) }
      position = mark
      guard mark < draft.count else { break }
      if draft[mark] == shared, mark + 1 < draft.count {
        body(.shared(Int(draft[mark + 1])))
        position = mark + 2
      } else if draft[mark] == again, mark + againLength <= draft.count {
        let offset = number(draft, at: mark + 1)
        let end = offset + number(draft, at: mark + 5)
        if end <= mark { body(.plain(offset..<end)) }
        position = mark + againLength
      } else {
        position = mark + 1
      }
    }
  }

  private static func number(_ draft: Span<UInt8>, at place: Int) -> Int {
    Int(draft[place]) | Int(draft[place + 1]) << 8 | Int(draft[place + 2]) << 16 | Int(draft[place + 3]) << 24
  }

  /// The first mark from a place on, or the end; eight bytes at a time.
  private static func firstMark(in draft: Span<UInt8>, from start: Int) -> Int {
    unsafe draft.withUnsafeBytes { bytes -> Int in
      var position = start
      while position + 8 <= bytes.count {
        let word = unsafe bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
        if (word &- Word.repeating(again + 1)) & ~word & Word.highBits != 0 { break }
        position += 8
      }
      while position < bytes.count, unsafe bytes[position] > again { position += 1 }
      return position
    }
  }
}
