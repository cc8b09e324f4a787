/// What yajl does not check, checked on the text itself: strict UTF-8, surrogate pairs, and the two control characters that it
/// takes for white space (Docs/Yajl.md).
enum TextChecks {
  /// What one pass over a text saw.
  struct Traits: OptionSet {
    let rawValue: UInt8
    static let nonASCII = Traits(rawValue: 1)
    static let backslash = Traits(rawValue: 2)
    static let verticalSpace = Traits(rawValue: 4)
  }

  /// What a text holds of each. The C library's search is vectorised.
  static func traits(of text: Span<UInt8>, _ range: Range<Int>) -> Traits {
    let part = text.extracting(range)
    var traits: Traits = []
    if !isASCII(part) { traits.insert(.nonASCII) }
    if ByteSearch.firstIndex(of: 0x5C, in: part) != nil { traits.insert(.backslash) }
    if ByteSearch.firstIndex(of: 0x0B, in: part) != nil || ByteSearch.firstIndex(of: 0x0C, in: part) != nil {
      traits.insert(.verticalSpace)
    }
    return traits
  }

  /// Whether every byte is ASCII.
  static func isASCII(_ text: Span<UInt8>) -> Bool {
    unsafe text.withUnsafeBufferPointer { buffer -> Bool in
      guard let base = buffer.baseAddress else { return true }
      let raw = unsafe UnsafeRawPointer(base)
      let words = buffer.count / 8
      var seen: UInt64 = 0
      for index in 0..<words { unsafe seen |= raw.loadUnaligned(fromByteOffset: index &* 8, as: UInt64.self) }
      for position in (words &* 8)..<buffer.count { unsafe seen |= UInt64(base[position]) }
      return seen & Word.highBits == 0
    }
  }

  /// The offset of the first ill-formed sequence of a whole text, with a quick pass first.
  static func firstIllFormedUTF8(in text: Span<UInt8>) -> Int? {
    isASCII(text) ? nil : firstIllFormedUTF8(in: text, 0..<text.count)
  }

  /// The first vertical tab or form feed: JSON allows neither, inside strings or out (RFC 8259 §2, §7).
  static func firstVerticalSpace(in text: Span<UInt8>, _ range: Range<Int>) -> Int? {
    for position in range where text[position] == 0x0B || text[position] == 0x0C { return position }
    return nil
  }

  /// The offset of the first ill-formed sequence (Unicode 16, table 3-7: shortest form, no surrogates, at most U+10FFFF).
  /// With `allowingSurrogates`, their three-byte form passes too: a text decoded by Python may hold lone ones.
  static func firstIllFormedUTF8(
    in text: Span<UInt8>, _ range: Range<Int>, allowingSurrogates: Bool = false
  ) -> Int? {
    var position = range.lowerBound
    let end = range.upperBound
    while position < end {
      let lead = text[position]
      if lead < 0x80 {
        position += 1
        continue
      }
      let length: Int
      var low: UInt8 = 0x80
      var high: UInt8 = 0xBF
      switch lead {
      case 0xC2...0xDF: length = 2
      case 0xE0: (length, low) = (3, 0xA0)
      case 0xE1...0xEC, 0xEE...0xEF: length = 3
      case 0xED: (length, high) = (3, allowingSurrogates ? 0xBF : 0x9F)
      case 0xF0: (length, low) = (4, 0x90)
      case 0xF1...0xF3: length = 4
      case 0xF4: (length, high) = (4, 0x8F)
      default: return position
      }
      guard position + length <= end, text[position + 1] >= low, text[position + 1] <= high else { return position }
      for offset in 2..<max(2, length) where text[position + offset] & 0xC0 != 0x80 { return position }
      position += length
    }
    return nil
  }
}

/// `\u` escapes of surrogates. yajl turns a lone one into `?` and never looks at a pair's second half.
package enum Surrogates {
  /// Offsets of the escapes in `range` that are half a pair, ascending, at most `most` of them. Linear: each run of backslashes
  /// is walked once for the escape that may end it.
  static func lone(in text: Span<UInt8>, _ range: Range<Int>, most: Int = .max) -> [Int] {
    var found: [Int] = []
    // The search must not run on into the text behind the range: a text with many ranges would be read once for each.
    let part = text.extracting(range)
    var next = 0
    while let place = escape(in: part, from: next), place + 6 <= part.count {
      let escape = range.lowerBound + place
      var position = escape + 2
      defer { next = position - range.lowerBound }
      var run = escape
      while run > range.lowerBound, text[run - 1] == 0x5C { run -= 1 }
      guard (escape - run) % 2 == 0, let unit = codeUnit(in: text, at: escape + 2) else { continue }
      guard unit & 0xF800 == 0xD800 else { continue }
      if unit < 0xDC00, escape + 12 <= range.upperBound, text[escape + 6] == 0x5C, text[escape + 7] == 0x75,
        let second = codeUnit(in: text, at: escape + 8), second & 0xFC00 == 0xDC00
      {
        position = escape + 12
        continue
      }
      found.append(escape)
      if found.count >= most { break }
    }
    return found
  }

  /// The first `\ud` or `\uD` from a place on, with which the escapes of surrogates begin; eight places at a time.
  private static func escape(in text: Span<UInt8>, from start: Int) -> Int? {
    unsafe text.withUnsafeBytes { bytes -> Int? in
      var position = start
      while position + 10 <= bytes.count {
        let first = unsafe bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self) ^ Word.repeating(0x5C)
        let second = unsafe bytes.loadUnaligned(fromByteOffset: position + 1, as: UInt64.self) ^ Word.repeating(0x75)
        let third = unsafe bytes.loadUnaligned(fromByteOffset: position + 2, as: UInt64.self) | Word.repeating(0x20)
        if Word.hasZeroByte(first | second | (third ^ Word.repeating(0x64))) { break }
        position += 8
      }
      while position + 3 <= bytes.count {
        if unsafe bytes[position] == 0x5C && bytes[position + 1] == 0x75 && bytes[position + 2] | 0x20 == 0x64 {
          return position
        }
        position += 1
      }
      return nil
    }
  }

  private static func codeUnit(in text: Span<UInt8>, at position: Int) -> UInt32? {
    var unit: UInt32 = 0
    for offset in 0..<4 {
      guard let digit = hexDigit(text[position + offset]) else { return nil }
      unit = unit << 4 | digit
    }
    return unit
  }

  private static func hexDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x30...0x39: UInt32(byte - 0x30)
    case 0x41...0x46: UInt32(byte - 0x41 + 10)
    case 0x61...0x66: UInt32(byte - 0x61 + 10)
    default: nil
    }
  }

  /// Decodes the string token in `source[from..<to]`, which may be preceded by separators, as Python does: pairs are joined,
  /// lone halves kept in generalised UTF-8 (three bytes, as any code point below U+10000). The token is known to be well formed.
  static func decoded(_ source: UnsafePointer<UInt8>?, from: Int, to: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    guard let source = unsafe source, to > from else { return bytes }
    let text = unsafe UnsafeBufferPointer(start: source, count: to)
    var position = from
    while position < to, unsafe text[position] != 0x22 { position += 1 }
    position += 1
    let end = to - 1
    while position < end {
      let byte = unsafe text[position]
      guard byte == 0x5C, position + 1 < end else {
        bytes.append(byte)
        position += 1
        continue
      }
      let kind = unsafe text[position + 1]
      position += 2
      switch kind {
      case 0x75:
        let span = unsafe text.span
        guard position + 4 <= end, var scalar = codeUnit(in: span, at: position) else { return bytes }
        position += 4
        if scalar & 0xFC00 == 0xD800, position + 6 <= end, span[position] == 0x5C, span[position + 1] == 0x75,
          let low = codeUnit(in: span, at: position + 2), low & 0xFC00 == 0xDC00
        {
          scalar = 0x10000 + ((scalar & 0x3FF) << 10) + (low & 0x3FF)
          position += 6
        }
        appendGeneralizedUTF8(scalar, to: &bytes)
      default: bytes.append(EscapeLetter.json(kind) ?? kind)
      }
    }
    return bytes
  }

  /// UTF-8's bit layout, surrogates included.
  package static func appendGeneralizedUTF8(_ scalar: UInt32, to bytes: inout [UInt8]) {
    switch scalar {
    case 0..<0x80:
      bytes.append(UInt8(scalar))
    case 0x80..<0x800:
      bytes.append(UInt8(0xC0 | scalar >> 6))
      bytes.append(UInt8(0x80 | scalar & 0x3F))
    case 0x800..<0x10000:
      bytes.append(UInt8(0xE0 | scalar >> 12))
      bytes.append(UInt8(0x80 | scalar >> 6 & 0x3F))
      bytes.append(UInt8(0x80 | scalar & 0x3F))
    default:
      bytes.append(UInt8(0xF0 | scalar >> 18 & 0x07))
      bytes.append(UInt8(0x80 | scalar >> 12 & 0x3F))
      bytes.append(UInt8(0x80 | scalar >> 6 & 0x3F))
      bytes.append(UInt8(0x80 | scalar & 0x3F))
    }
  }
}

/// Python's extra number spellings, which yajl is fed stand-ins of the same length for.
enum PythonConstants {
  /// A constant for which a stand-in is fed.
  struct StandIn {
    let offset: Int
    /// Its index in ``literals``.
    let constant: Int
  }

  static let literals = [Array("NaN".utf8), Array("Infinity".utf8), Array("-Infinity".utf8)]
  private static let standIns = [Array("0e0".utf8), Array("0e000000".utf8), Array("-0e000000".utf8)]

  /// A copy of the range with each NaN, Infinity and -Infinity outside strings replaced, and where; `nil` if there is none.
  /// One pass. A spelling glued to a number or a word is left alone, so that the reader refuses it.
  static func replaced(in text: Span<UInt8>, _ range: Range<Int>) -> (copy: [UInt8], standIns: [StandIn])? {
    var found: [StandIn] = []
    var copy: [UInt8] = []
    var inString = false
    var position = range.lowerBound
    while position < range.upperBound {
      let byte = text[position]
      if inString {
        if byte == 0x5C { position += 1 } else if byte == 0x22 { inString = false }
      } else if byte == 0x22 {
        inString = true
      } else if byte == 0x4E || byte == 0x49 || byte == 0x2D {
        for constant in literals.indices where ByteSearch.matches(literals[constant], in: text, at: position) {
          let after = position + literals[constant].count
          guard after <= range.upperBound,
            position == range.lowerBound || !isWordByte(text[position - 1]),
            after == range.upperBound || !isWordByte(text[after])
          else { break }
          if copy.isEmpty {
            copy.reserveCapacity(range.count)
            unsafe text.extracting(range).withUnsafeBufferPointer { unsafe copy.append(contentsOf: $0) }
          }
          let offset = position - range.lowerBound
          for (place, byte) in standIns[constant].enumerated() { copy[offset + place] = byte }
          found.append(StandIn(offset: offset, constant: constant))
          position = after - 1
          break
        }
      }
      position += 1
    }
    return found.isEmpty ? nil : (copy, found)
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2E, 0x5F: true
    default: false
    }
  }
}
