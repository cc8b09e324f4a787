/// Comparisons of numbers by their literals: exact, whatever their size, and without allocating.
extension NumberLiteral {
  /// A literal's sign, size and digits, found in one pass. Its value is `± 0.d₁d₂… × 10^exponent`, `d₁` not zero.
  struct Scan {
    var isNegative = false
    /// Whether the value is zero: then nothing else counts.
    var isZero = true
    /// Saturates far beyond any literal that a text could hold digits for.
    var exponent = 0
    /// The first digit that is not zero, and the end of the last that is not.
    var first = 0
    var end = 0

    /// How many digits there are from the first to the last that is not zero.
    func digitCount(_ text: Span<UInt8>) -> Int {
      var count = 0
      for position in first..<end where text[position] != 0x2E { count += 1 }
      return count
    }
  }

  static func scan(_ text: Span<UInt8>, _ range: Range<Int>) -> Scan {
    var scan = Scan()
    var position = range.lowerBound
    if position < range.upperBound, text[position] == 0x2D {
      scan.isNegative = true
      position += 1
    }
    var seenPoint = false
    while position < range.upperBound {
      let byte = text[position]
      if byte == 0x2E {
        seenPoint = true
      } else if byte >= 0x30, byte <= 0x39 {
        if scan.isZero, byte != 0x30 {
          scan.isZero = false
          scan.first = position
        }
        if byte != 0x30 { scan.end = position + 1 }
        if scan.isZero {
          if seenPoint { scan.exponent -= 1 }
        } else if !seenPoint {
          scan.exponent += 1
        }
      } else {
        break
      }
      position += 1
    }
    if position < range.upperBound {
      position += 1
      var isNegative = false
      if position < range.upperBound, text[position] == 0x2B || text[position] == 0x2D {
        isNegative = text[position] == 0x2D
        position += 1
      }
      var written = 0
      while position < range.upperBound {
        written = min(written * 10 + Int(text[position] &- 0x30), 1 << 56)
        position += 1
      }
      scan.exponent += isNegative ? -written : written
    }
    return scan
  }

  /// The order of two literals' exact values: negative, zero or positive. O(digits).
  static func compare(_ a: Span<UInt8>, _ aRange: Range<Int>, _ b: Span<UInt8>, _ bRange: Range<Int>) -> Int {
    let left = scan(a, aRange)
    let right = scan(b, bRange)
    if left.isZero || right.isZero {
      if left.isZero, right.isZero { return 0 }
      return left.isZero ? (right.isNegative ? 1 : -1) : (left.isNegative ? -1 : 1)
    }
    if left.isNegative != right.isNegative { return left.isNegative ? -1 : 1 }
    let sign = left.isNegative ? -1 : 1
    if left.exponent != right.exponent { return left.exponent < right.exponent ? -sign : sign }
    var x = left.first
    var y = right.first
    while x < left.end || y < right.end {
      if x < left.end, a[x] == 0x2E { x += 1 }
      if y < right.end, b[y] == 0x2E { y += 1 }
      let one = x < left.end ? a[x] : 0x30
      let other = y < right.end ? b[y] : 0x30
      if one != other { return one < other ? -sign : sign }
      x += 1
      y += 1
    }
    return 0
  }

  /// Whether a literal's value is whole: `1`, `1.0`, `12e1` and `1.5e1` are. O(digits).
  static func isWhole(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    let scan = scan(text, range)
    return scan.isZero || scan.digitCount(text) <= scan.exponent
  }

  /// A whole literal as `Int`, if it is short and written plainly.
  @inline(__always)
  static func smallInteger(_ text: Span<UInt8>, _ range: Range<Int>) -> Int? {
    guard range.count <= 18 else { return nil }
    var value = 0
    var position = range.lowerBound
    let isNegative = position < range.upperBound && text[position] == 0x2D
    if isNegative { position &+= 1 }
    while position < range.upperBound {
      let digit = text[position] &- 0x30
      guard digit < 10 else { return nil }
      value = value &* 10 &+ Int(digit)
      position &+= 1
    }
    return isNegative ? -value : value
  }

  /// Whether a literal's value is a whole multiple of another's, exactly; `nil` if the divisor has more than eighteen digits. O(digits).
  ///
  /// With both as integers times a power of ten, `a·10^x` is a multiple of `b·10^y` only if `x ≥ y`, since `a` does not end in a zero;
  /// then the remainder of `a·10^(x−y)` by `b` is taken digit by digit.
  static func isMultiple(_ a: Span<UInt8>, _ aRange: Range<Int>, of b: Span<UInt8>, _ bRange: Range<Int>) -> Bool? {
    let dividend = scan(a, aRange)
    let divisor = scan(b, bRange)
    if divisor.isZero { return nil }
    if dividend.isZero { return true }
    let divisorCount = divisor.digitCount(b)
    guard divisorCount <= 18 else { return nil }
    var modulus: UInt64 = 0
    for position in divisor.first..<divisor.end where b[position] != 0x2E {
      modulus = modulus * 10 + UInt64(b[position] - 0x30)
    }
    let shift = (dividend.exponent - dividend.digitCount(a)) - (divisor.exponent - divisorCount)
    if shift < 0 { return false }
    var remainder: UInt64 = 0
    for position in dividend.first..<dividend.end where a[position] != 0x2E {
      remainder = product(remainder, 10, modulo: modulus)
      remainder = (remainder + UInt64(a[position] - 0x30)) % modulus
    }
    return product(remainder, powerOfTen(shift, modulo: modulus), modulo: modulus) == 0
  }

  private static func product(_ x: UInt64, _ y: UInt64, modulo modulus: UInt64) -> UInt64 {
    let full = x.multipliedFullWidth(by: y)
    return modulus.dividingFullWidth((full.high % modulus, full.low)).remainder
  }

  private static func powerOfTen(_ power: Int, modulo modulus: UInt64) -> UInt64 {
    var result = 1 % modulus
    var base = 10 % modulus
    var left = power
    while left > 0 {
      if left & 1 == 1 { result = product(result, base, modulo: modulus) }
      base = product(base, base, modulo: modulus)
      left >>= 1
    }
    return result
  }
}
