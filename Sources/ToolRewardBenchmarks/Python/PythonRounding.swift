/// Python's `round(value, digits)`.
enum PythonRounding {
  /// The multiple of a power of ten that is nearest to the exact binary value, ties to the even one. For values from 0 to 1,000 and at most
  /// four digits; anything else is returned as it is.
  static func round(_ value: Double, _ digits: Int) -> Double {
    guard value > 0, value <= 1_000, (0...4).contains(digits) else { return value }
    var scale: UInt64 = 1
    for _ in 0..<digits { scale *= 10 }
    // value = significand × 2^-shift: the product fits 67 bits, and a shift of more than 100 leaves nothing of it.
    let shift = 52 - Int(value.exponent)
    guard value.isNormal, shift <= 100 else { return 0 }
    let scaled = UInt128(value.significandBitPattern | 1 << 52) * UInt128(scale)
    var low = scaled >> UInt128(shift)
    let rest = scaled - low << UInt128(shift)
    let half: UInt128 = shift > 0 ? 1 << UInt128(shift - 1) : 0
    if shift > 0, rest > half || (rest == half && low % 2 == 1) { low += 1 }
    return Double(low) / Double(scale)
  }
}
