internal import CYajl

/// The numbers of Python's arithmetic: exact integers and binary64. A boolean counts as an integer.
///
/// An operation gives `nil` where Python raises, where the result is complex, and where it is an integer of more than 4,300 digits.
enum PythonNumber {
  case integer(BigInteger)
  case float(Double)

  /// As a float; `nil` for an integer beyond the range, for which Python raises `OverflowError`.
  var double: Double? {
    switch self {
    case .integer(let value): value.double()
    case .float(let value): value
    }
  }

  var isZero: Bool {
    switch self {
    case .integer(let value): value.isZero
    case .float(let value): value == 0
    }
  }

  /// How much work an operation on it takes: more for longer integers.
  var size: Int {
    switch self {
    case .integer(let value): value.limbs.count + 1
    case .float: 1
    }
  }

  /// `self operation other`.
  func applying(_ operation: PythonToken.Kind, _ other: PythonNumber) -> PythonNumber? {
    if case .integer(let a) = self, case .integer(let b) = other { return Self.integers(a, operation, b) }
    guard let a = double, let b = other.double else { return nil }
    return Self.floats(a, operation, b)
  }

  // MARK: Integers

  private static func integers(_ a: BigInteger, _ operation: PythonToken.Kind, _ b: BigInteger) -> PythonNumber? {
    let result: BigInteger
    switch operation {
    case .plus: result = a + b
    case .minus: result = a - b
    case .star:
      guard a.bitCount + b.bitCount <= BigInteger.mostBits + 2 else { return nil }
      result = a * b
    case .slash: return b.isZero ? nil : a.quotient(by: b).map { .float($0) }
    case .doubleSlash:
      if b.isZero { return nil }
      result = a.flooredDivision(by: b).quotient
    case .percent:
      if b.isZero { return nil }
      result = a.flooredDivision(by: b).remainder
    case .doubleStar:
      if b.isNegative {
        guard let x = a.double(), let y = b.double() else { return nil }
        return floats(x, .doubleStar, y)
      }
      guard let power = power(a, b) else { return nil }
      result = power
    case .leftShift:
      if b.isNegative { return nil }
      guard a.isZero || (b.small ?? .max) <= BigInteger.mostBits else { return nil }
      result = a.shiftedLeft(a.isZero ? 0 : b.small ?? 0)
    case .rightShift:
      if b.isNegative { return nil }
      let bits = min(b.small ?? .max, BigInteger.mostBits * 2)
      // Rounded down.
      result = a.isNegative ? (a + BigInteger(1)).shiftedRight(bits) - BigInteger(1) : a.shiftedRight(bits)
    case .ampersand: result = a.bitwise(b) { $0 & $1 }
    case .bar: result = a.bitwise(b) { $0 | $1 }
    case .caret: result = a.bitwise(b) { $0 ^ $1 }
    default: return nil
    }
    return result.bitCount <= BigInteger.mostBits ? .integer(result) : nil
  }

  /// `base ** exponent`, by squaring; refused before it is worked out if it is too long.
  private static func power(_ base: BigInteger, _ exponent: BigInteger) -> BigInteger? {
    if exponent.isZero { return BigInteger(1) }
    if base.limbs.isEmpty || base.limbs == [1] { return base.isNegative && !exponent.isOdd ? base.negated : base }
    guard let count = exponent.small, count <= BigInteger.mostBits, (base.bitCount - 1) * count <= BigInteger.mostBits
    else { return nil }
    var result = BigInteger(1)
    var square = base
    var rest = count
    while true {
      if rest & 1 == 1 { result = result * square }
      rest >>= 1
      if rest == 0 { return result }
      square = square * square
    }
  }

  // MARK: Floats

  private static func floats(_ a: Double, _ operation: PythonToken.Kind, _ b: Double) -> PythonNumber? {
    switch operation {
    case .plus: return .float(a + b)
    case .minus: return .float(a - b)
    case .star: return .float(a * b)
    case .slash: return b == 0 ? nil : .float(a / b)
    case .doubleSlash: return b == 0 ? nil : .float(division(a, b).quotient)
    case .percent: return b == 0 ? nil : .float(division(a, b).remainder)
    case .doubleStar: return power(a, b).map { .float($0) }
    default: return nil
    }
  }

  /// CPython's `float_divmod`: the remainder is exact and has the divisor's sign.
  private static func division(_ a: Double, _ b: Double) -> (quotient: Double, remainder: Double) {
    var remainder = a.truncatingRemainder(dividingBy: b)
    var quotient = (a - remainder) / b
    if remainder != 0 {
      if (b < 0) != (remainder < 0) {
        remainder += b
        quotient -= 1
      }
    } else {
      remainder = b.sign == .minus ? -0.0 : 0.0
    }
    guard quotient != 0 else { return ((a / b).sign == .minus ? -0.0 : 0.0, remainder) }
    var floor = quotient.rounded(.down)
    if quotient - floor > 0.5 { floor += 1 }
    return (floor, remainder)
  }

  /// CPython's `float_pow`, whose special cases are C99's. A fractional power of a negative number would be complex.
  private static func power(_ a: Double, _ b: Double) -> Double? {
    if b == 0 || a == 1 { return 1 }
    if a.isNaN || b.isNaN { return .nan }
    if a == 0, b < 0 { return nil }
    if a < 0, a.isFinite, b.isFinite, b != b.rounded(.down) { return nil }
    let result = pow(a, b)
    if result.isInfinite, a.isFinite, b.isFinite { return nil }
    return result
  }
}
