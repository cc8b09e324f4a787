#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif
internal import ToolReward

/// Numbers with a given number of digits, as C's `printf` writes them: Python does too.
enum NumberFormat {
  /// `value` under one of `e`, `f`, `g` and their capitals. Infinity and NaN as Python spells them.
  static func float(
    _ value: Double, _ kind: UInt8, precision: Int, alternate: Bool = false
  ) throws(TemplateFailure) -> [UInt8] {
    guard precision <= 1_000 else { throw TemplateFailure(.limit, "more than 1,000 digits after the point") }
    let isCapital = kind < 0x60
    if value.isNaN { return Array((isCapital ? "NAN" : "nan").utf8) }
    if value.isInfinite { return Array((isCapital ? "\(value < 0 ? "-" : "")INF" : "\(value < 0 ? "-" : "")inf").utf8) }
    let pattern = "%\(alternate ? "#" : "").\(precision)\(String(decoding: [kind], as: UTF8.self))"
    var buffer = [CChar](repeating: 0, count: 1_400)
    let length = unsafe withVaList([value]) { arguments in
      unsafe vsnprintf(&buffer, buffer.count, pattern, arguments)
    }
    return buffer.prefix(max(0, Int(length))).map { UInt8(bitPattern: $0) }
  }

  /// Puts a mark between groups of digits of the whole part.
  static func grouped(_ digits: [UInt8], _ mark: UInt8, _ size: Int = 3) -> [UInt8] {
    let whole = digits.prefix {
      ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66 && size == 4) || ($0 >= 0x41 && $0 <= 0x46 && size == 4)
    }
    var result: [UInt8] = []
    for (position, digit) in whole.enumerated() {
      if position > 0, (whole.count - position) % size == 0 { result.append(mark) }
      result.append(digit)
    }
    return result + digits[whole.count...]
  }

  /// The digits of an integer's magnitude.
  static func digits(_ value: Int, radix: Int, uppercase: Bool = false) -> [UInt8] {
    Array(String(value.magnitude, radix: radix, uppercase: uppercase).utf8)
  }

  /// `round(value, places)` as CPython rounds: correctly, ties of the exact binary value to even.
  static func rounded(_ value: Double, _ places: Int) throws(TemplateFailure) -> Double {
    guard value.isFinite else { return value }
    if places > 323 { return value }
    if places < -308 { return copysign(0, value) }
    if places >= 0 { return PythonValue.double(try float(value, 0x66, precision: places)) }
    // Whole tens and more: exact, for the scale divides a whole number or the value is beyond 2^53 and so a whole number itself.
    let scale = pow(10, Double(-places))
    return copysign((value.magnitude / scale).rounded(.toNearestOrEven) * scale, value)
  }
}
