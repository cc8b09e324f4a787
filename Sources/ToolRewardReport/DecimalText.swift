/// Numbers as people read them.
package enum DecimalText {
  /// As CPython's `"{:.2f}".format` has it for two places: the exact binary value, rounded half to even. Up to nine places.
  package static func fixed(_ value: Double, _ places: Int) -> String {
    guard value.isFinite, value.magnitude < 0x1p52, (0...9).contains(places) else { return "\(value)" }
    let scale = (0..<places).reduce(UInt128(1)) { product, _ in product * 10 }
    let whole = value.magnitude.rounded(.towardZero)
    let fraction = value.magnitude - whole
    var units = UInt128(whole) * scale
    // What is less is far below half a unit of the ninth place.
    if fraction >= 0x1p-40 {
      let shift = 52 - Int(fraction.exponent)
      let product = UInt128(fraction.significandBitPattern | 1 << 52) * scale
      let rest = product & (1 << shift - 1)
      units += product >> shift
      let half = UInt128(1) << (shift - 1)
      if rest > half || rest == half && units & 1 == 1 { units += 1 }
    }
    let sign = value.sign == .minus ? "-" : ""
    if places == 0 { return "\(sign)\(units)" }
    let digits = String(units % scale)
    return "\(sign)\(units / scale).\(String(repeating: "0", count: places - digits.utf8.count))\(digits)"
  }

  /// A part of one as the leaderboard prints it: `0.96745` as `96.75%`, or whatever its binary value comes to.
  package static func percent(_ part: Double) -> String { fixed(100 * part, 2) + "%" }

  /// An interval of parts.
  package static func percent(_ range: ClosedRange<Double>) -> String {
    "\(percent(range.lowerBound)) – \(percent(range.upperBound))"
  }

  /// A difference of parts, in points and with its sign: `+0.75`.
  package static func points(_ difference: Double) -> String {
    let text = fixed(100 * difference, 2)
    if text == "-0.00" || text == "0.00" { return "0.00" }
    return difference > 0 ? "+" + text : text
  }

  /// A probability of four places.
  package static func probability(_ value: Double) -> String { value < 0.0001 ? "<0.0001" : fixed(value, 4) }

  /// `21846` as `21,846`.
  package static func grouped(_ number: Int) -> String {
    var digits = Array(String(number.magnitude))
    var position = digits.count - 3
    while position > 0 {
      digits.insert(",", at: position)
      position -= 3
    }
    return (number < 0 ? "-" : "") + String(digits)
  }

  /// `1 model`, `6 models`.
  package static func counted(_ number: Int, _ noun: String) -> String {
    "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
  }
}
