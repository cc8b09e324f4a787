internal import ToolReward

/// Numbers read from text.
enum PythonNumbers {
  static func double(_ digits: [UInt8]) -> Double { PythonValue.double(digits) }

  static func integer(_ digits: [UInt8]) -> JinjaNumber {
    switch PythonValue(integer: digits) {
    case .integer(let value): .small(value)
    case .bigInteger(let digits): .big(digits)
    default: .small(0)
    }
  }

  /// What `int(text, base)` reads; `nil` where it raises `ValueError`.
  static func integer(parsing text: JinjaText, base: Int, _ heap: ValueHeap) -> JinjaValue? {
    var body = PythonStrings.strip(text, nil).bytes[...]
    var isNegative = false
    if let sign = body.first, sign == 0x2B || sign == 0x2D {
      isNegative = sign == 0x2D
      body = body.dropFirst()
    }
    var base = base
    let prefixes: [(letter: UInt8, base: Int)] = [(0x78, 16), (0x6F, 8), (0x62, 2)]
    if body.first == 0x30, let letter = body.dropFirst().first,
      let prefix = prefixes.first(where: { $0.letter == letter | 0x20 && (base == $0.base || base == 0) })
    {
      base = prefix.base
      body = body.dropFirst(2)
      if body.first == 0x5F { body = body.dropFirst() }
    } else if base == 0 {
      base = 10
      if body.first == 0x30, body.contains(where: { $0 != 0x30 && $0 != 0x5F }) { return nil }
    }
    guard let digits = plainDigits(Array(body)) else { return nil }
    for digit in digits {
      guard let value = Character(Unicode.Scalar(digit)).hexDigitValue ?? letterValue(digit), value < base else {
        return nil
      }
    }
    if base == 10 {
      switch integer((isNegative ? [0x2D] : []) + digits) {
      case .small(let value): return .integer(value)
      case .big(let digits): return .bigInteger(heap.text(digits))
      }
    }
    return Int((isNegative ? "-" : "") + String(decoding: digits, as: UTF8.self), radix: base).map { .integer($0) }
  }

  private static func letterValue(_ digit: UInt8) -> Int? {
    let lower = digit | 0x20
    return lower >= 0x61 && lower <= 0x7A ? Int(lower) - 0x61 + 10 : nil
  }

  /// The digits without the underscores between them; other scripts' decimal digits as ASCII's. `nil` if an underscore stands elsewhere.
  private static func plainDigits(_ text: [UInt8]) -> [UInt8]? {
    var digits: [UInt8] = []
    var afterUnderscore = true
    for point in PythonStrings.points(text) {
      if point == 0x5F {
        if afterUnderscore { return nil }
        afterUnderscore = true
        continue
      }
      afterUnderscore = false
      if point < 0x80 {
        digits.append(UInt8(point))
      } else if let properties = Unicode.Scalar(point)?.properties, properties.generalCategory == .decimalNumber,
        let value = properties.numericValue
      {
        digits.append(0x30 + UInt8(value))
      } else {
        return nil
      }
    }
    return afterUnderscore ? nil : digits
  }

  /// What `float(text)` reads; `nil` where it raises `ValueError`.
  static func double(parsing text: JinjaText) -> Double? {
    let body = PythonStrings.strip(text, nil).bytes
    let lower = String(decoding: PythonStrings.lower(body), as: UTF8.self)
    switch lower {
    case "nan", "+nan", "-nan": return .nan
    case "inf", "+inf", "infinity", "+infinity": return .infinity
    case "-inf", "-infinity": return -.infinity
    default: break
    }
    var digits: [UInt8] = []
    var previous: UInt8 = 0
    func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    for (position, byte) in body.enumerated() {
      if byte == 0x5F {
        guard isDigit(previous), position + 1 < body.count, isDigit(body[position + 1]) else { return nil }
      } else {
        guard isDigit(byte) || [0x2B, 0x2D, 0x2E, 0x65, 0x45].contains(byte) else { return nil }
        digits.append(byte)
      }
      previous = byte
    }
    var rest = digits[...]
    if let sign = rest.first, sign == 0x2B || sign == 0x2D { rest = rest.dropFirst() }
    let mantissa = rest.prefix { isDigit($0) || $0 == 0x2E }
    guard mantissa.filter({ $0 == 0x2E }).count <= 1, mantissa.contains(where: isDigit) else { return nil }
    rest = rest[mantissa.endIndex...]
    if let mark = rest.first {
      guard mark | 0x20 == 0x65 else { return nil }
      rest = rest.dropFirst()
      if let sign = rest.first, sign == 0x2B || sign == 0x2D { rest = rest.dropFirst() }
      guard !rest.isEmpty, rest.allSatisfy(isDigit) else { return nil }
    }
    if digits.first == 0x2B { digits.removeFirst() }
    return PythonValue.double(digits)
  }
}
