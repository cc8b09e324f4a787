/// What Python's string methods do, on UTF-8.
package enum PythonText {
  /// The range that `str.strip()` leaves: without the white space of Unicode's `White_Space` and the separators U+001C–U+001F.
  package static func strip(_ text: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    var start = range.lowerBound
    var end = range.upperBound
    if start < end, isGraphic(text[start]), isGraphic(text[end - 1]) { return range }
    while start < end {
      let length = spaceLength(text, at: start, end: end)
      if length == 0 { break }
      start += length
    }
    while end > start {
      var length = 0
      for candidate in 1...3 where end - candidate >= start {
        if spaceLength(text, at: end - candidate, end: end) == candidate { length = candidate }
      }
      if length == 0 { break }
      end -= length
    }
    return start..<end
  }

  /// Whether a byte is an ASCII character that shows.
  @inline(__always)
  private static func isGraphic(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }

  /// How many words `str.split()` gives.
  static func wordCount(_ text: Span<UInt8>, _ range: Range<Int>) -> Int {
    var words = 0
    var inWord = false
    var position = range.lowerBound
    while position < range.upperBound {
      let length = spaceLength(text, at: position, end: range.upperBound)
      if length > 0 {
        inWord = false
        position += length
      } else {
        if !inWord { words += 1 }
        inWord = true
        position += 1
      }
    }
    return words
  }

  /// `round(value, 2)` for a value of 0 or more: the nearest hundredth of the exact binary value, ties to the even one.
  static func roundedToHundredths(_ value: Double) -> Double {
    guard value > 0, value < 1e9 else { return value }
    // value = significand × 2^-shift, compared with the middle (2 low + 1) / 200 of two hundredths in whole numbers.
    var low = UInt64(value * 100)
    if Double(low) / 100 > value, low > 0 { low -= 1 }
    let significand = value.significandBitPattern | 1 << 52
    let shift = 52 - Int(value.exponent)
    let twice = UInt128(significand) * 200
    let middle =
      shift >= 0
      ? (shift < 100 ? UInt128(2 * low + 1) << UInt128(shift) : .max) : UInt128(2 * low + 1) >> UInt128(-shift)
    let isUp = twice > middle || (twice == middle && low % 2 == 1)
    return Double(low + (isUp ? 1 : 0)) / 100
  }

  /// The length of the white-space character at a position; 0 if there is none.
  package static func spaceLength(_ text: Span<UInt8>, at position: Int, end: Int) -> Int {
    let first = text[position]
    switch first {
    case 0x09...0x0D, 0x1C...0x20: return 1
    case 0xC2:
      guard position + 1 < end else { return 0 }
      return text[position + 1] == 0x85 || text[position + 1] == 0xA0 ? 2 : 0
    case 0xE1, 0xE2, 0xE3:
      guard position + 2 < end else { return 0 }
      let scalar =
        UInt32(first & 0x0F) << 12 | UInt32(text[position + 1] & 0x3F) << 6 | UInt32(text[position + 2] & 0x3F)
      switch scalar {
      case 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: return 3
      default: return 0
      }
    default: return 0
    }
  }
}
