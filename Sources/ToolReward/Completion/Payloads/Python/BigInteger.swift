/// A whole number of any size, in limbs of 32 bits, the lowest first. Made for a few thousand digits: everything is schoolbook arithmetic.
struct BigInteger: Equatable {
  private(set) var isNegative: Bool
  /// Without zeros at the high end; zero has no limbs.
  private(set) var limbs: [UInt32]

  init(isNegative: Bool = false, limbs: [UInt32]) {
    var limbs = limbs
    while limbs.last == 0 { limbs.removeLast() }
    self.limbs = limbs
    self.isNegative = isNegative && !limbs.isEmpty
  }

  init(_ value: Int) {
    let magnitude = UInt64(value.magnitude)
    self.init(isNegative: value < 0, limbs: [UInt32(truncatingIfNeeded: magnitude), UInt32(magnitude >> 32)])
  }

  /// Reads decimal digits, which may follow a minus sign. O(digits²).
  init(decimal text: some Sequence<UInt8>) {
    var isNegative = false
    var limbs: [UInt32] = []
    var chunk: UInt32 = 0
    var scale: UInt32 = 1
    for byte in text {
      if byte == 0x2D {
        isNegative = true
        continue
      }
      chunk = chunk * 10 + UInt32(byte - 0x30)
      scale *= 10
      if scale == 1_000_000_000 {
        Self.multiply(&limbs, by: scale, adding: chunk)
        (chunk, scale) = (0, 1)
      }
    }
    if scale > 1 { Self.multiply(&limbs, by: scale, adding: chunk) }
    self.init(isNegative: isNegative, limbs: limbs)
  }

  /// Reads digits of a base that is a power of two, underscores skipped; `nil` if there are more than ``mostBits`` bits.
  init?(digits text: Span<UInt8>, _ range: Range<Int>, power: Int) {
    var limbs: [UInt32] = []
    var position = range.upperBound - 1
    var bit = 0
    while position >= range.lowerBound {
      let byte = text[position]
      position -= 1
      if byte == 0x5F { continue }
      let digit = UInt64(hexValue(byte))
      if digit > 0 {
        guard bit <= Self.mostBits else { return nil }
        while limbs.count <= bit / 32 + 1 { limbs.append(0) }
        let shifted = digit << UInt64(bit % 32)
        limbs[bit / 32] |= UInt32(truncatingIfNeeded: shifted)
        limbs[bit / 32 + 1] |= UInt32(truncatingIfNeeded: shifted >> 32)
      }
      bit += power
    }
    self.init(limbs: limbs)
  }

  /// Numbers of 4,300 digits have no more bits.
  static let mostBits = 14_285

  var isZero: Bool { limbs.isEmpty }
  var isOdd: Bool { (limbs.first ?? 0) & 1 == 1 }
  var negated: BigInteger { BigInteger(isNegative: !isNegative, limbs: limbs) }
  var magnitude: BigInteger { BigInteger(limbs: limbs) }

  var bitCount: Int {
    guard let last = limbs.last else { return 0 }
    return limbs.count * 32 - last.leadingZeroBitCount
  }

  /// The value, if it fits.
  var small: Int? {
    guard limbs.count <= 2 else { return nil }
    let value = UInt64(limbs.first ?? 0) | (limbs.count > 1 ? UInt64(limbs[1]) << 32 : 0)
    guard value <= UInt64(Int.max) else { return nil }
    return isNegative ? -Int(value) : Int(value)
  }

  /// The decimal digits, after a minus sign if it is negative; `nil` if there are more than ``PythonTree/mostDigits``. O(digits²).
  func decimal() -> [UInt8]? {
    guard bitCount <= Self.mostBits else { return nil }
    var rest = limbs
    var digits: [UInt8] = []
    while !rest.isEmpty {
      var remainder = Self.divide(&rest, by: 1_000_000_000)
      for _ in 0..<9 {
        digits.append(0x30 + UInt8(remainder % 10))
        remainder /= 10
      }
    }
    while digits.last == 0x30 { digits.removeLast() }
    if digits.isEmpty { digits.append(0x30) }
    guard digits.count <= PythonTree.mostDigits else { return nil }
    if isNegative { digits.append(0x2D) }
    digits.reverse()
    return digits
  }

  // MARK: On limbs

  private static func multiply(_ limbs: inout [UInt32], by factor: UInt32, adding summand: UInt32) {
    var carry = UInt64(summand)
    for index in limbs.indices {
      carry += UInt64(limbs[index]) * UInt64(factor)
      limbs[index] = UInt32(truncatingIfNeeded: carry)
      carry >>= 32
    }
    if carry > 0 { limbs.append(UInt32(carry)) }
  }

  /// Divides in place. Returns the remainder.
  private static func divide(_ limbs: inout [UInt32], by divisor: UInt32) -> UInt32 {
    var remainder: UInt64 = 0
    for index in limbs.indices.reversed() {
      let part = remainder << 32 | UInt64(limbs[index])
      limbs[index] = UInt32(part / UInt64(divisor))
      remainder = part % UInt64(divisor)
    }
    while limbs.last == 0 { limbs.removeLast() }
    return UInt32(remainder)
  }

  private static func isLess(_ a: [UInt32], _ b: [UInt32]) -> Bool {
    if a.count != b.count { return a.count < b.count }
    for index in a.indices.reversed() where a[index] != b[index] { return a[index] < b[index] }
    return false
  }

  private static func sum(_ a: [UInt32], _ b: [UInt32]) -> [UInt32] {
    var result = a.count >= b.count ? a : b
    let other = a.count >= b.count ? b : a
    var carry: UInt64 = 0
    for index in result.indices {
      carry += UInt64(result[index]) + (index < other.count ? UInt64(other[index]) : 0)
      result[index] = UInt32(truncatingIfNeeded: carry)
      carry >>= 32
    }
    if carry > 0 { result.append(UInt32(carry)) }
    return result
  }

  /// `a - b`, where `a` is not less.
  private static func difference(_ a: [UInt32], _ b: [UInt32]) -> [UInt32] {
    var result = a
    var borrow: Int64 = 0
    for index in result.indices {
      var part = Int64(result[index]) - borrow - (index < b.count ? Int64(b[index]) : 0)
      borrow = part < 0 ? 1 : 0
      if part < 0 { part += 1 << 32 }
      result[index] = UInt32(part)
    }
    return result
  }

  // MARK: Arithmetic

  static func + (a: BigInteger, b: BigInteger) -> BigInteger {
    if a.isNegative == b.isNegative { return BigInteger(isNegative: a.isNegative, limbs: sum(a.limbs, b.limbs)) }
    return isLess(a.limbs, b.limbs)
      ? BigInteger(isNegative: b.isNegative, limbs: difference(b.limbs, a.limbs))
      : BigInteger(isNegative: a.isNegative, limbs: difference(a.limbs, b.limbs))
  }

  static func - (a: BigInteger, b: BigInteger) -> BigInteger { a + b.negated }

  static func * (a: BigInteger, b: BigInteger) -> BigInteger {
    var result = [UInt32](repeating: 0, count: a.limbs.count + b.limbs.count)
    for (i, x) in a.limbs.enumerated() {
      var carry: UInt64 = 0
      for (j, y) in b.limbs.enumerated() {
        carry += UInt64(x) * UInt64(y) + UInt64(result[i + j])
        result[i + j] = UInt32(truncatingIfNeeded: carry)
        carry >>= 32
      }
      result[i + b.limbs.count] = UInt32(carry)
    }
    return BigInteger(isNegative: a.isNegative != b.isNegative, limbs: result)
  }

  /// Quotient and remainder of the magnitudes, a bit at a time within a limb (Knuth, volume 2, 4.3.1, algorithm D). The divisor is not 0.
  static func quotientAndRemainder(_ a: BigInteger, _ b: BigInteger) -> (quotient: BigInteger, remainder: BigInteger) {
    if isLess(a.limbs, b.limbs) { return (BigInteger(limbs: []), a.magnitude) }
    if b.limbs.count == 1 {
      var limbs = a.limbs
      let remainder = divide(&limbs, by: b.limbs[0])
      return (BigInteger(limbs: limbs), BigInteger(limbs: [remainder]))
    }
    let shift = b.limbs[b.limbs.count - 1].leadingZeroBitCount
    let divisor = b.magnitude.shiftedLeft(shift).limbs
    var rest = a.magnitude.shiftedLeft(shift).limbs
    while rest.count <= a.limbs.count { rest.append(0) }
    let size = divisor.count
    var quotient = [UInt32](repeating: 0, count: rest.count - size)
    let (high, next) = (UInt64(divisor[size - 1]), UInt64(divisor[size - 2]))
    for place in quotient.indices.reversed() {
      let top = UInt64(rest[place + size]) << 32 | UInt64(rest[place + size - 1])
      var guess = top / high
      var left = top % high
      while guess >> 32 > 0 || guess * next > left << 32 | UInt64(rest[place + size - 2]) {
        guess -= 1
        left += high
        if left >> 32 > 0 { break }
      }
      var borrow: Int64 = 0
      var carry: UInt64 = 0
      for index in 0..<size {
        carry += guess * UInt64(divisor[index])
        let part = Int64(rest[place + index]) - borrow - Int64(carry & 0xFFFF_FFFF)
        rest[place + index] = UInt32(truncatingIfNeeded: part)
        borrow = part < 0 ? 1 : 0
        carry >>= 32
      }
      let part = Int64(rest[place + size]) - borrow - Int64(carry)
      rest[place + size] = UInt32(truncatingIfNeeded: part)
      if part < 0 {
        guess -= 1
        var sum: UInt64 = 0
        for index in 0..<size {
          sum += UInt64(rest[place + index]) + UInt64(divisor[index])
          rest[place + index] = UInt32(truncatingIfNeeded: sum)
          sum >>= 32
        }
        rest[place + size] = UInt32(truncatingIfNeeded: UInt64(rest[place + size]) + sum)
      }
      quotient[place] = UInt32(truncatingIfNeeded: guess)
    }
    return (BigInteger(limbs: quotient), BigInteger(limbs: rest).shiftedRight(shift))
  }

  /// Python's `divmod`: the quotient is rounded down, the remainder has the divisor's sign. The divisor is not 0.
  func flooredDivision(by divisor: BigInteger) -> (quotient: BigInteger, remainder: BigInteger) {
    var (quotient, remainder) = Self.quotientAndRemainder(self, divisor)
    if isNegative != divisor.isNegative {
      quotient = quotient.negated
      if !remainder.isZero {
        quotient = quotient - BigInteger(1)
        remainder = divisor.magnitude - remainder
      }
    }
    return (quotient, divisor.isNegative ? remainder.negated : remainder)
  }

  /// The magnitude, shifted, with the sign.
  func shiftedLeft(_ bits: Int) -> BigInteger {
    guard !isZero, bits > 0 else { return self }
    var result = [UInt32](repeating: 0, count: bits / 32)
    var carry: UInt64 = 0
    for limb in limbs {
      carry |= UInt64(limb) << UInt64(bits % 32)
      result.append(UInt32(truncatingIfNeeded: carry))
      carry >>= 32
    }
    result.append(UInt32(carry))
    return BigInteger(isNegative: isNegative, limbs: result)
  }

  /// The magnitude, shifted, with the sign: rounded towards 0.
  func shiftedRight(_ bits: Int) -> BigInteger {
    guard bits / 32 < limbs.count else { return BigInteger(limbs: []) }
    var result: [UInt32] = []
    let within = UInt64(bits % 32)
    for index in (bits / 32)..<limbs.count {
      let high = index + 1 < limbs.count ? UInt64(limbs[index + 1]) : 0
      result.append(UInt32(truncatingIfNeeded: (high << 32 | UInt64(limbs[index])) >> within))
    }
    return BigInteger(isNegative: isNegative, limbs: result)
  }

  /// A bitwise operation on two's complements.
  func bitwise(_ other: BigInteger, _ operation: (UInt32, UInt32) -> UInt32) -> BigInteger {
    let size = max(limbs.count, other.limbs.count) + 1
    let left = complement(size)
    let right = other.complement(size)
    let result = zip(left, right).map { operation($0, $1) }
    guard let last = result.last, last >> 31 == 1 else { return BigInteger(limbs: result) }
    return BigInteger(isNegative: true, limbs: Self.complemented(result))
  }

  private func complement(_ size: Int) -> [UInt32] {
    let wide = limbs + [UInt32](repeating: 0, count: size - limbs.count)
    return isNegative ? Self.complemented(wide) : wide
  }

  private static func complemented(_ limbs: [UInt32]) -> [UInt32] {
    var carry: UInt64 = 1
    return limbs.map { limb in
      carry += UInt64(~limb)
      defer { carry >>= 32 }
      return UInt32(truncatingIfNeeded: carry)
    }
  }

  // MARK: Floats

  /// The nearest binary64 of the magnitude × 2^exponent, ties to even; `isSticky` says that something smaller than the last bit is left
  /// out. `nil` if it is beyond the range.
  func double(exponent: Int = 0, isSticky: Bool = false) -> Double? {
    let bits = bitCount
    if bits == 0 { return 0 }
    let top = bits - 1 + exponent
    if top > 1023 { return nil }
    let precision = top >= -1022 ? 53 : 53 - (-1022 - top)
    if precision < 0 { return isNegative ? -0.0 : 0 }
    let drop = bits - precision
    var significand = drop > 0 ? shiftedRight(drop).low64 : low64 << UInt64(min(63, -drop))
    if drop > 0 {
      let half = isBitSet(drop - 1)
      if half, isSticky || hasBits(below: drop - 1) || significand & 1 == 1 { significand += 1 }
    }
    let scale = top - precision + 1
    if significand == 1 << 53, top == 1023 { return nil }
    // Both factors are exact: the second half of the scale is a power of two that is no subnormal.
    let first = max(scale, -1022)
    let value = Double(significand) * Double(sign: .plus, exponent: first, significand: 1)
    let result = scale < first ? value * Double(sign: .plus, exponent: scale - first, significand: 1) : value
    return isNegative ? -result : result
  }

  private var low64: UInt64 { UInt64(limbs.first ?? 0) | (limbs.count > 1 ? UInt64(limbs[1]) << 32 : 0) }

  private func isBitSet(_ bit: Int) -> Bool { bit / 32 < limbs.count && limbs[bit / 32] >> UInt32(bit % 32) & 1 == 1 }

  private func hasBits(below bit: Int) -> Bool {
    for index in 0..<min(bit / 32, limbs.count) where limbs[index] != 0 { return true }
    return bit / 32 < limbs.count && limbs[bit / 32] & ((1 << UInt32(bit % 32)) - 1) != 0
  }

  /// Python's `a / b`: the nearest binary64 of the exact quotient; `nil` if it is beyond the range. The divisor is not 0.
  func quotient(by divisor: BigInteger) -> Double? {
    let isNegative = self.isNegative != divisor.isNegative
    let shift = max(0, 66 + divisor.bitCount - bitCount)
    let (whole, rest) = Self.quotientAndRemainder(magnitude.shiftedLeft(shift), divisor)
    guard let value = whole.double(exponent: -shift, isSticky: !rest.isZero) else { return nil }
    return isNegative ? -value : value
  }
}
