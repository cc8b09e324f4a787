/// Arithmetic-free readings of a JSON number's text.
package enum NumberLiteral {
  // MARK: Exact decimals

  /// A decimal value in one form: `sign × 0.digits × 10^exponent`, without leading or trailing zeros. Zero has no digits.
  struct Decimal: Equatable {
    var negative: Bool
    var digits: [UInt8]
    /// `nil` if the written exponent is beyond 10¹⁷: then `written` tells it.
    var exponent: Int?
    /// The written exponent's digits without leading zeros and where the point stands, for an exponent beyond 10¹⁷.
    var written: [UInt8] = []
  }

  /// The exact value of a literal, never rounded.
  static func decimal(_ text: Span<UInt8>, _ range: Range<Int>) -> Decimal {
    var position = range.lowerBound
    let end = range.upperBound
    var negative = false
    if position < end, text[position] == 0x2D {
      negative = true
      position += 1
    }
    var digits: [UInt8] = []
    digits.reserveCapacity(range.count)
    var pointOffset = 0
    var afterPoint = false
    while position < end {
      let byte = text[position]
      if byte == 0x2E {
        afterPoint = true
      } else if byte >= 0x30, byte <= 0x39 {
        if digits.isEmpty, byte == 0x30 {
          if afterPoint { pointOffset -= 1 }
        } else {
          digits.append(byte)
          if !afterPoint { pointOffset += 1 }
        }
      } else {
        break
      }
      position += 1
    }
    while digits.last == 0x30 { digits.removeLast() }
    guard !digits.isEmpty else { return Decimal(negative: false, digits: [], exponent: 0) }
    var exponent: Int? = 0
    var written: [UInt8] = []
    if position < end {
      position += 1
      var negativeExponent = false
      if position < end, text[position] == 0x2B || text[position] == 0x2D {
        negativeExponent = text[position] == 0x2D
        position += 1
      }
      var magnitude: Int? = 0
      written.append(negativeExponent ? 0x2D : 0x2B)
      while position < end {
        if written.count > 1 || text[position] != 0x30 { written.append(text[position]) }
        if let value = magnitude {
          let next = value * 10 + Int(text[position] - 0x30)
          magnitude = next > 1_000_000_000_000_000_000 / 10 ? nil : next
        }
        position += 1
      }
      exponent = magnitude.map { negativeExponent ? -$0 : $0 }
    }
    if exponent == nil {
      written.append(contentsOf: "@\(pointOffset)".utf8)
    } else {
      written = []
    }
    return Decimal(
      negative: negative, digits: digits, exponent: exponent.map { $0 + pointOffset }, written: written)
  }

  /// Whether two literals have the same decimal value: `1`, `1.0` and `10e-1` do, `-0` and `0` do.
  static func sameDecimal(_ a: Span<UInt8>, _ aRange: Range<Int>, _ b: Span<UInt8>, _ bRange: Range<Int>) -> Bool {
    if ByteSearch.equal(a, aRange, b, bRange) { return true }
    return decimal(a, aRange) == decimal(b, bRange)
  }

  // MARK: Python's numbers

  /// Where the JSON number that starts at a position ends; `nil` if none does, or if it runs on into a word.
  package static func end(_ text: Span<UInt8>, from start: Int) -> Int? {
    func digits(_ text: Span<UInt8>, _ start: Int) -> Int {
      var position = start
      while position < text.count, (0x30...0x39).contains(text[position]) { position += 1 }
      return position
    }
    let first = start < text.count && text[start] == 0x2D ? start + 1 : start
    var position = digits(text, first)
    // No digit, or one too many after a zero.
    guard position > first, text[first] != 0x30 || position == first + 1 else { return nil }
    if position < text.count, text[position] == 0x2E {
      let end = digits(text, position + 1)
      guard end > position + 1 else { return nil }
      position = end
    }
    if position < text.count, text[position] | 0x20 == 0x65 {
      var from = position + 1
      if from < text.count, text[from] == 0x2B || text[from] == 0x2D { from += 1 }
      let end = digits(text, from)
      guard end > from else { return nil }
      position = end
    }
    guard position < text.count else { return position }
    switch text[position] {
    case 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2E, 0x2B, 0x2D, 0x80...0xFF: return nil
    default: return position
    }
  }

  /// The nearest binary64 of a literal with a fraction or an exponent, as Python's `float()` reads it.
  static func double(_ text: Span<UInt8>, _ range: Range<Int>) -> Double {
    let spelling = unsafe text.extracting(range).withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    switch spelling {
    case "NaN": return .nan
    case "Infinity": return .infinity
    case "-Infinity": return -.infinity
    default: break
    }
    if let value = Double(spelling) { return value }
    // The standard library refuses some literals beyond binary64's range. Their decimal exponent tells which end they are beyond.
    let decimal = decimal(text, range)
    let huge = (decimal.exponent ?? (isExponentNegative(spelling) ? -1 : 1)) > 0
    return huge ? (decimal.negative ? -.infinity : .infinity) : (spelling.utf8.first == 0x2D ? -0.0 : 0.0)
  }

  private static func isExponentNegative(_ spelling: String) -> Bool {
    guard let mark = spelling.utf8.firstIndex(where: { $0 == 0x65 || $0 == 0x45 }) else { return false }
    return spelling.utf8[mark...].dropFirst().first == 0x2D
  }

  /// The range of an integer literal in the one spelling Python's `int` prints: `-0` is `0`.
  static func pythonInteger(_ text: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    if range.count == 2, text[range.lowerBound] == 0x2D, text[range.lowerBound + 1] == 0x30 {
      return (range.lowerBound + 1)..<range.upperBound
    }
    return range
  }

  /// Python's `repr` of a float: the shortest digits that read back, `e` notation below 1e-4 and from 1e16.
  static func pythonRepr(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    if value == 0 { return value.sign == .minus ? "-0.0" : "0.0" }
    // Swift prints the same shortest digits, but switches notation elsewhere.
    var digits: [UInt8] = []
    var exponent = 0
    var pointAt: Int?
    var bytes = Array(value.magnitude.description.utf8)
    if let mark = bytes.firstIndex(of: 0x65) {
      exponent = Int(String(decoding: bytes[(mark + 1)...], as: UTF8.self)) ?? 0
      bytes.removeSubrange(mark...)
    }
    for byte in bytes {
      if byte == 0x2E { pointAt = digits.count } else { digits.append(byte) }
    }
    // The value is 0.digits × 10^point.
    var point = (pointAt ?? digits.count) + exponent
    while digits.count > 1, digits.first == 0x30 {
      digits.removeFirst()
      point -= 1
    }
    while digits.count > 1, digits.last == 0x30 { digits.removeLast() }
    let text = String(decoding: digits, as: UTF8.self)
    let sign = value < 0 ? "-" : ""
    if point > 16 || point <= -4 {
      let power = point - 1
      let mantissa = digits.count == 1 ? text : "\(text.prefix(1)).\(text.dropFirst())"
      let magnitude = power.magnitude < 10 ? "0\(power.magnitude)" : "\(power.magnitude)"
      return "\(sign)\(mantissa)e\(power < 0 ? "-" : "+")\(magnitude)"
    }
    if point <= 0 { return "\(sign)0.\(String(repeating: "0", count: -point))\(text)" }
    if point >= digits.count { return "\(sign)\(text)\(String(repeating: "0", count: point - digits.count)).0" }
    return "\(sign)\(text.prefix(point)).\(text.dropFirst(point))"
  }

  /// A whole float's exact value; `nil` if it has a fraction or is no number.
  static func wholeDecimal(_ value: Double) -> Decimal? {
    guard value.isFinite, value.magnitude >= 9_007_199_254_740_992 || Double(Int64(value)) == value else { return nil }
    if value == 0 { return Decimal(negative: false, digits: [], exponent: 0) }
    var digits = exactDigits(of: value.magnitude)
    let length = digits.count
    while digits.last == 0x30 { digits.removeLast() }
    return Decimal(negative: value < 0, digits: digits, exponent: length)
  }

  /// Whether an integer literal and a float are the same number, compared exactly as Python's `==` does.
  static func same(integer text: Span<UInt8>, _ range: Range<Int>, _ value: Double) -> Bool {
    wholeDecimal(value) == decimal(text, range)
  }

  /// The decimal digits of a whole binary64, all of them.
  private static func exactDigits(of value: Double) -> [UInt8] {
    if value < 9_007_199_254_740_992 { return Array(String(UInt64(value)).utf8) }
    // significand × 2^power in limbs of nine digits, the lowest first.
    var limbs: [UInt64] = []
    var significand = value.significandBitPattern | (1 << 52)
    while significand > 0 {
      limbs.append(significand % 1_000_000_000)
      significand /= 1_000_000_000
    }
    for _ in 0..<max(0, Int(value.exponent) - 52) {
      var carry: UInt64 = 0
      for position in limbs.indices {
        let doubled = limbs[position] * 2 + carry
        limbs[position] = doubled % 1_000_000_000
        carry = doubled / 1_000_000_000
      }
      if carry > 0 { limbs.append(carry) }
    }
    var digits: [UInt8] = []
    for (position, limb) in limbs.reversed().enumerated() {
      let text = Array(String(limb).utf8)
      if position > 0 { digits.append(contentsOf: repeatElement(0x30, count: 9 - text.count)) }
      digits.append(contentsOf: text)
    }
    return digits
  }
}
