/// Writes the characters of JSON strings.
///
/// Eight bytes at a time are copied up to the first that cannot stand for itself, into room on the stack that is emptied into the output now
/// and then: texts within texts have an escape every few bytes.
struct StringEscaper {
  /// Whether characters beyond ASCII, and the delete, are escaped, as CPython's `json.dumps` does by default.
  var ensureASCII: Bool

  private static let roomLength = 512
  /// The most that is written between two looks at the room: seven bytes and two escaped halves of a surrogate pair.
  private static let stepLength = 20
  private static let hexDigits: StaticString = "0123456789abcdef"

  /// Appends the characters of a string. Lone surrogates are always escaped: they have no UTF-8 of their own.
  func append(_ text: Span<UInt8>, _ range: Range<Int>, to output: inout [UInt8]) {
    guard !range.isEmpty else { return }
    unsafe withUnsafeTemporaryAllocation(byteCount: Self.roomLength, alignment: 8) { buffer in
      var room = unsafe Room(buffer: buffer)
      unsafe text.extracting(range).withUnsafeBytes { bytes in
        var position = 0
        while position < bytes.count {
          if unsafe room.filled + Self.stepLength > Self.roomLength { unsafe room.empty(into: &output) }
          if position + 8 <= bytes.count {
            let word = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let plain = plainCount(of: word)
            unsafe room.put(word, count: plain)
            position += plain
            if plain == 8 { continue }
          }
          position = unsafe step(bytes, position, &room)
        }
      }
      unsafe room.empty(into: &output)
    }
  }

  /// How many bytes of eight stand for themselves, up to the first that may not.
  @inline(__always)
  private func plainCount(of word: UInt64) -> Int {
    // A byte below 0x20 borrows from its high bit, and what is equal becomes zero. A borrow may reach the byte behind the first that is
    // found; none before it.
    var found = (word &- Word.repeating(0x20)) & ~word
    found |= Word.zeroBytes(word ^ Word.repeating(0x22)) | Word.zeroBytes(word ^ Word.repeating(0x5C))
    found |=
      ensureASCII ? word | Word.zeroBytes(word ^ Word.repeating(0x7F)) : Word.zeroBytes(word ^ Word.repeating(0xED))
    return (found & Word.highBits).trailingZeroBitCount >> 3
  }

  /// Writes the character at a place, and returns where the next one begins.
  @inline(__always)
  private func step(_ bytes: UnsafeRawBufferPointer, _ position: Int, _ room: inout Room) -> Int {
    let byte = unsafe bytes[position]
    switch byte {
    case 0x22, 0x5C:
      unsafe room.put(0x5C)
      unsafe room.put(byte)
    case 0x7F where ensureASCII: unsafe escape(0x7F, &room)
    case 0x20..<0x80: unsafe room.put(byte)
    case 0x0A: unsafe escape(letter: 0x6E, &room)
    case 0x09: unsafe escape(letter: 0x74, &room)
    case 0x0D: unsafe escape(letter: 0x72, &room)
    case 0x08: unsafe escape(letter: 0x62, &room)
    case 0x0C: unsafe escape(letter: 0x66, &room)
    case 0x00..<0x20: unsafe escape(UInt32(byte), &room)
    default: return unsafe wide(bytes, position, &room)
    }
    return position + 1
  }

  /// Writes a character of more than one byte.
  private func wide(_ bytes: UnsafeRawBufferPointer, _ position: Int, _ room: inout Room) -> Int {
    let byte = unsafe bytes[position]
    let length = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
    let next = min(position + length, bytes.count)
    let isSurrogate = unsafe byte == 0xED && next == position + 3 && bytes[position + 1] >= 0xA0
    guard ensureASCII || isSurrogate else {
      // One byte: it may be the middle of a character whose first bytes were copied with a word.
      unsafe room.put(byte)
      return position + 1
    }
    var scalar = UInt32(byte) & (length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07)
    for place in (position + 1)..<max(position + 1, next) { unsafe scalar = scalar << 6 | UInt32(bytes[place]) & 0x3F }
    if scalar >= 0x10000 {
      unsafe escape(0xD800 + ((scalar - 0x10000) >> 10), &room)
      unsafe escape(0xDC00 + ((scalar - 0x10000) & 0x3FF), &room)
    } else {
      unsafe escape(scalar, &room)
    }
    return next
  }

  private func escape(letter: UInt8, _ room: inout Room) {
    unsafe room.put(0x5C)
    unsafe room.put(letter)
  }

  private func escape(_ unit: UInt32, _ room: inout Room) {
    unsafe escape(letter: 0x75, &room)
    for shift in [12, 8, 4, 0] as [UInt32] {
      unsafe room.put(Self.hexDigits.utf8Start[Int(unit >> shift & 0xF)])
    }
  }

  /// Bytes on the stack that are not in the output yet.
  @unsafe private struct Room {
    let buffer: UnsafeMutableRawBufferPointer
    var filled = 0

    @inline(__always)
    mutating func put(_ byte: UInt8) {
      unsafe buffer[filled] = byte
      unsafe filled += 1
    }

    /// Writes eight bytes, of which the first so many count.
    @inline(__always)
    mutating func put(_ word: UInt64, count: Int) {
      unsafe buffer.storeBytes(of: word.littleEndian, toByteOffset: filled, as: UInt64.self)
      unsafe filled += count
    }

    mutating func empty(into output: inout [UInt8]) {
      unsafe output.append(
        contentsOf: UnsafeRawBufferPointer(rebasing: buffer[..<filled]).assumingMemoryBound(to: UInt8.self))
      unsafe filled = 0
    }
  }
}
