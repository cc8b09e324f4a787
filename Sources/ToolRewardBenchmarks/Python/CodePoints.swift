internal import ToolReward

/// A text as Python's `str` has it: code points, lone surrogates among them.
struct CodePoints: Hashable, Sendable {
  var points: [UInt32]

  init(_ points: some Sequence<UInt32>) { self.points = Array(points) }

  /// Reads UTF-8 in which a lone surrogate has three bytes. O(bytes).
  init(utf8 bytes: [UInt8]) {
    points = []
    points.reserveCapacity(bytes.count)
    var position = 0
    while position < bytes.count {
      let byte = UInt32(bytes[position])
      let length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
      guard length > 1, position + length <= bytes.count else {
        points.append(byte)
        position += 1
        continue
      }
      var point = byte & (0x7F >> UInt32(length))
      for offset in 1..<length { point = point << 6 | UInt32(bytes[position + offset] & 0x3F) }
      points.append(point)
      position += length
    }
  }

  /// The same as UTF-8.
  var utf8: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(points.count)
    for point in points { Surrogates.appendGeneralizedUTF8(point, to: &bytes) }
    return bytes
  }

  var count: Int { points.count }
  var isEmpty: Bool { points.isEmpty }

  func hasPrefix(_ character: Unicode.Scalar) -> Bool { points.first == character.value }
  func hasSuffix(_ character: Unicode.Scalar) -> Bool { points.last == character.value }

  /// `text[1:-1]`.
  var inner: CodePoints { CodePoints(points.dropFirst().dropLast()) }

  /// `text.strip()`.
  func stripped() -> CodePoints { stripped { Self.isSpace($0) } }

  /// `text.strip(characters)`.
  func stripped(_ isStripped: (UInt32) -> Bool) -> CodePoints {
    guard let first = points.firstIndex(where: { !isStripped($0) }),
      let last = points.lastIndex(where: { !isStripped($0) })
    else { return CodePoints([]) }
    return CodePoints(points[first...last])
  }

  /// `text.split(character)`.
  func split(_ character: Unicode.Scalar) -> [CodePoints] {
    points.split(separator: character.value, omittingEmptySubsequences: false).map { CodePoints($0) }
  }

  subscript(range: Range<Int>) -> CodePoints { CodePoints(points[range]) }

  static func == (text: CodePoints, string: String) -> Bool {
    text.points.elementsEqual(string.unicodeScalars.lazy.map(\.value))
  }

  // MARK: Characters

  /// `str.isspace()`.
  static func isSpace(_ point: UInt32) -> Bool {
    if point < 0x80 { return point == 0x20 || (0x09...0x0D).contains(point) || (0x1C...0x1F).contains(point) }
    return Unicode.Scalar(point)?.properties.isWhitespace ?? false
  }

  /// A decimal digit's value, of any script.
  static func digit(_ point: UInt32) -> Int? {
    if point < 0x80 { return (0x30...0x39).contains(point) ? Int(point - 0x30) : nil }
    guard let properties = Unicode.Scalar(point)?.properties, properties.generalCategory == .decimalNumber,
      let value = properties.numericValue
    else { return nil }
    return Int(value)
  }

  /// `\w` of Python's `re`: `str.isalnum()` or an underscore.
  static func isWord(_ point: UInt32) -> Bool {
    if point < 0x80 {
      return point == 0x5F || (0x30...0x39).contains(point) || (0x41...0x5A).contains(point & ~0x20)
    }
    guard let properties = Unicode.Scalar(point)?.properties else { return false }
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber:
      return true
    default: return properties.numericType != nil
    }
  }

  // MARK: Lower case

  /// `text.lower()`: every character's full mapping; a capital sigma at a word's end is ς.
  func lowercased() -> CodePoints {
    var result: [UInt32] = []
    result.reserveCapacity(points.count)
    for (index, point) in points.enumerated() {
      if point < 0x80 {
        result.append((0x41...0x5A).contains(point) ? point | 0x20 : point)
      } else if point == 0x3A3 {
        result.append(isFinalSigma(index) ? 0x3C2 : 0x3C3)
      } else if let scalar = Unicode.Scalar(point) {
        for mapped in scalar.properties.lowercaseMapping.unicodeScalars { result.append(mapped.value) }
      } else {
        result.append(point)
      }
    }
    return CodePoints(result)
  }

  private func isFinalSigma(_ index: Int) -> Bool {
    func isIgnorable(_ point: UInt32) -> Bool { Unicode.Scalar(point)?.properties.isCaseIgnorable ?? false }
    func isCased(_ point: UInt32?) -> Bool { point.flatMap { Unicode.Scalar($0) }?.properties.isCased ?? false }
    return isCased(points[..<index].last { !isIgnorable($0) })
      && !isCased(points[(index + 1)...].first { !isIgnorable($0) })
  }

  // MARK: Numbers

  /// `int(text)`; `nil` where it raises.
  func pythonInteger() -> PythonValue? {
    var digits: [UInt8] = []
    guard let rest = sign(&digits), let end = Self.digits(rest, from: 0, into: &digits), end == rest.count,
      digits.count <= 4_301
    else { return nil }
    return PythonValue(integer: digits)
  }

  /// `float(text)`; `nil` where it raises.
  func pythonFloat() -> PythonValue? {
    var literal: [UInt8] = []
    guard let rest = sign(&literal) else { return nil }
    let isNegative = literal.first == 0x2D
    let word = CodePoints(rest).lowercased()
    if rest.allSatisfy({ $0 < 0x80 }) {
      if word == "inf" || word == "infinity" { return .float(isNegative ? -.infinity : .infinity) }
      if word == "nan" { return .float(.nan) }
    }
    var position = 0
    var hasDigits = false
    if let end = Self.digits(rest, from: 0, into: &literal) {
      position = end
      hasDigits = true
    } else {
      literal.append(0x30)
    }
    if position < rest.count, rest[position] == 0x2E {
      position += 1
      literal.append(0x2E)
      if let end = Self.digits(rest, from: position, into: &literal) {
        position = end
        hasDigits = true
      } else {
        literal.append(0x30)
      }
    }
    guard hasDigits else { return nil }
    if position < rest.count, rest[position] | 0x20 == 0x65 {
      literal.append(0x65)
      position += 1
      if position < rest.count, rest[position] == 0x2B || rest[position] == 0x2D {
        literal.append(UInt8(rest[position]))
        position += 1
      }
      guard let end = Self.digits(rest, from: position, into: &literal) else { return nil }
      position = end
    }
    guard position == rest.count else { return nil }
    return .float(PythonValue.double(literal))
  }

  /// What follows the sign in the text without white space around it.
  private func sign(_ literal: inout [UInt8]) -> [UInt32]? {
    var rest = stripped().points
    if rest.first == 0x2D || rest.first == 0x2B {
      if rest[0] == 0x2D { literal.append(0x2D) }
      rest.removeFirst()
    }
    return rest.isEmpty ? nil : rest
  }

  /// The end of digits, single underscores between them; `nil` if there is none.
  private static func digits(_ text: [UInt32], from start: Int, into literal: inout [UInt8]) -> Int? {
    var position = start
    var wasDigit = false
    while position < text.count {
      if let digit = digit(text[position]) {
        literal.append(UInt8(0x30 + digit))
        wasDigit = true
      } else if text[position] == 0x5F, wasDigit, position + 1 < text.count, Self.digit(text[position + 1]) != nil {
        wasDigit = false
      } else {
        break
      }
      position += 1
    }
    return position > start ? position : nil
  }
}

extension PythonValue {
  /// A string of code points.
  static func string(_ text: CodePoints) -> PythonValue { .string(text.utf8) }
}
