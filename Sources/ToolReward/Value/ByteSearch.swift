internal import CYajl

/// Byte searches and comparisons over model text. All are linear and none looks at text as characters.
package enum ByteSearch {
  /// The first position of `byte` at or after `start`. O(distance).
  package static func firstIndex(of byte: UInt8, in text: Span<UInt8>, from start: Int = 0) -> Int? {
    guard start < text.count else { return nil }
    return unsafe text.withUnsafeBufferPointer { buffer -> Int? in
      guard let base = buffer.baseAddress,
        let found = unsafe memchr(base + start, Int32(byte), buffer.count - start)
      else { return nil }
      return unsafe UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
    }
  }

  /// The first position of `pattern` that starts at or after `start`. O(distance × pattern) at worst, in practice one pass:
  /// eight positions at a time are filtered by the pattern's first two bytes and its last.
  package static func firstIndex(of pattern: [UInt8], in text: Span<UInt8>, from start: Int = 0) -> Int? {
    let length = pattern.count
    guard length > 0 else { return start <= text.count ? start : nil }
    guard length > 1 else { return firstIndex(of: pattern[0], in: text, from: start) }
    guard text.count - start >= length else { return nil }
    return unsafe text.withUnsafeBufferPointer { buffer -> Int? in
      guard let base = buffer.baseAddress else { return nil }
      let raw = unsafe UnsafeRawPointer(base)
      let first = Word.repeating(pattern[0])
      let second = Word.repeating(pattern[1])
      let last = Word.repeating(pattern[length - 1])
      let lastStart = buffer.count - length
      var position = start
      while position + 7 <= lastStart {
        let a = unsafe raw.loadUnaligned(fromByteOffset: position, as: UInt64.self) ^ first
        let b = unsafe raw.loadUnaligned(fromByteOffset: position + 1, as: UInt64.self) ^ second
        let c = unsafe raw.loadUnaligned(fromByteOffset: position + length - 1, as: UInt64.self) ^ last
        if Word.hasZeroByte(a | b | c) {
          for offset in position..<(position + 8) where unsafe base[offset] == pattern[0] {
            if unsafe memcmp(base + offset, pattern, length) == 0 { return offset }
          }
        }
        position += 8
      }
      while position <= lastStart {
        if unsafe base[position] == pattern[0], unsafe memcmp(base + position, pattern, length) == 0 { return position }
        position += 1
      }
      return nil
    }
  }

  /// The last position of `pattern`. O(count × pattern) at worst.
  package static func lastIndex(of pattern: [UInt8], in text: Span<UInt8>) -> Int? {
    guard let first = pattern.first, text.count >= pattern.count else { return nil }
    return unsafe text.withUnsafeBufferPointer { buffer -> Int? in
      guard let base = buffer.baseAddress else { return nil }
      var position = buffer.count - pattern.count
      while position >= 0 {
        if unsafe base[position] == first, unsafe memcmp(base + position, pattern, pattern.count) == 0 {
          return position
        }
        position -= 1
      }
      return nil
    }
  }

  /// Whether `pattern` stands at `position`.
  package static func matches(_ pattern: [UInt8], in text: Span<UInt8>, at position: Int) -> Bool {
    guard position >= 0, text.count - position >= pattern.count else { return false }
    return unsafe text.withUnsafeBufferPointer { buffer -> Bool in
      guard let base = buffer.baseAddress else { return pattern.isEmpty }
      return unsafe memcmp(base + position, pattern, pattern.count) == 0
    }
  }

  /// Whether two ranges hold the same bytes.
  package static func equal(
    _ left: Span<UInt8>, _ leftRange: Range<Int>, _ right: Span<UInt8>, _ rightRange: Range<Int>
  ) -> Bool {
    guard leftRange.count == rightRange.count else { return false }
    if leftRange.isEmpty { return true }
    let a = left.extracting(leftRange)
    let b = right.extracting(rightRange)
    return unsafe a.withUnsafeBufferPointer { a -> Bool in
      unsafe b.withUnsafeBufferPointer { b -> Bool in
        guard let x = a.baseAddress, let y = b.baseAddress else { return true }
        return unsafe memcmp(x, y, a.count) == 0
      }
    }
  }

  /// Orders two ranges as `memcmp` does, a proper prefix first: for UTF-8 that is code point order.
  package static func precedes(
    _ left: Span<UInt8>, _ leftRange: Range<Int>, _ right: Span<UInt8>, _ rightRange: Range<Int>
  ) -> Bool {
    let shared = min(leftRange.count, rightRange.count)
    var offset = 0
    while offset < shared {
      let a = left[leftRange.lowerBound + offset]
      let b = right[rightRange.lowerBound + offset]
      if a != b { return a < b }
      offset += 1
    }
    return leftRange.count < rightRange.count
  }
}

/// Some patterns in one array, so that looking for them copies no reference.
struct PatternList: Sendable {
  private struct Pattern {
    let index: Int
    let start: Int
    let end: Int
    /// The first byte.
    let first: UInt8
    /// The last byte, and the one before it, if there is one.
    let last: UInt8
    let lastButOne: UInt8?
  }
  private var bytes: [UInt8] = []
  private var patterns: [Pattern] = []

  /// Empty patterns are left out; the others keep their index.
  init(_ list: [[UInt8]]) {
    for (index, pattern) in list.enumerated() where !pattern.isEmpty {
      let last = pattern[pattern.count - 1]
      patterns.append(
        Pattern(
          index: index, start: bytes.count, end: bytes.count + pattern.count, first: pattern[0],
          last: last,
          lastButOne: pattern.count > 1 ? pattern[pattern.count - 2] : nil))
      bytes += pattern
    }
  }

  /// The first pattern that is the range of the text, as its index.
  @inline(__always)
  func firstIndex(equalTo range: Range<Int>, of text: Span<UInt8>) -> Int? {
    for pattern in patterns where pattern.end - pattern.start == range.count {
      if ByteSearch.equal(bytes.span, pattern.start..<pattern.end, text, range) { return pattern.index }
    }
    return nil
  }

  /// The first pattern that begins at a position of the text, as its index and length; `nil` if none does.
  @inline(__always)
  func first(in text: Span<UInt8>, startingAt position: Int) -> (index: Int, length: Int)? {
    guard position < text.count else { return nil }
    let byte = text[position]
    for pattern in patterns where pattern.first == byte {
      let count = pattern.end - pattern.start
      if count <= text.count - position,
        ByteSearch.equal(bytes.span, pattern.start..<pattern.end, text, position..<(position + count))
      {
        return (pattern.index, count)
      }
    }
    return nil
  }

  /// The length of the first pattern that begins at a position of the text; `nil` if none does.
  @inline(__always)
  func lengthOfFirst(in text: Span<UInt8>, startingAt position: Int) -> Int? {
    first(in: text, startingAt: position)?.length
  }

  var isEmpty: Bool { patterns.isEmpty }

  /// The length of the first pattern that ends at a position of the text, not beginning before `limit`.
  func lengthOfFirst(in text: Span<UInt8>, endingAt position: Int, from limit: Int) -> Int? {
    guard position > limit else { return nil }
    let last = text[position - 1]
    let before = position - 1 > limit ? text[position - 2] : last
    for pattern in patterns where pattern.last == last && pattern.lastButOne ?? before == before {
      let place = position - (pattern.end - pattern.start)
      if place >= limit,
        ByteSearch.equal(bytes.span, pattern.start..<pattern.end, text, place..<position)
      {
        return pattern.end - pattern.start
      }
    }
    return nil
  }
}

/// Eight bytes at a time in a 64-bit word. The standard library's vector comparisons run lane by lane (measured on Swift 6.3: forty
/// times slower), so that a plain word is the faster vector.
package enum Word {
  /// The highest bit of each byte.
  package static var highBits: UInt64 { 0x8080_8080_8080_8080 }

  @inline(__always)
  package static func repeating(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

  /// Whether some byte is zero.
  @inline(__always)
  package static func hasZeroByte(_ word: UInt64) -> Bool {
    zeroBytes(word) != 0
  }

  /// A word that is not zero exactly if some byte of `word` is zero.
  @inline(__always)
  package static func zeroBytes(_ word: UInt64) -> UInt64 {
    (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
  }
}

/// The white space that JSON knows: space, tab, line feed, carriage return (RFC 8259 §2).
@inline(__always)
package func isJSONSpace(_ byte: UInt8) -> Bool {
  byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
}
