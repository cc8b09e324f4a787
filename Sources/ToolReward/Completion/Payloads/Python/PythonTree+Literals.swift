/// How literals are kept: decoded.
extension PythonTree {
  /// The most digits of an integer that CPython reads from or writes to decimal text.
  static let mostDigits = 4300

  // MARK: Numbers

  /// Keeps an integer by its decimal digits, without underscores or superfluous zeros.
  func addInteger(_ text: Span<UInt8>, _ range: Range<Int>) throws(PythonError) -> Int32 {
    let start = bytes.count
    var node = PythonNode(
      kind: .integer, first: Int32(start), start: Int32(range.lowerBound), end: Int32(range.upperBound))
    let marker = range.count > 2 && text[range.lowerBound] == 0x30 ? text[range.lowerBound + 1] | 0x20 : 0
    if marker == 0x78 || marker == 0x6F || marker == 0x62 {
      let power = marker == 0x78 ? 4 : marker == 0x6F ? 3 : 1
      if let digits = BigInteger(digits: text, (range.lowerBound + 2)..<range.upperBound, power: power)?.decimal() {
        bytes.append(contentsOf: digits)
      } else {
        node.kind = .hugeInteger
      }
    } else {
      var digits = 0
      for position in range where text[position] != 0x5F {
        digits += 1
        if text[position] != 0x30 || bytes.count > start { bytes.append(text[position]) }
      }
      if digits > Self.mostDigits { throw PythonError(.tooLong, at: range.lowerBound) }
      if bytes.count == start { bytes.append(0x30) }
    }
    node.count = Int32(bytes.count - start)
    return add(node)
  }

  /// Keeps a float as a JSON number: `.5` as `0.5`, `5.` as `5.0`. One beyond binary64's range is `Infinity`.
  func addFloat(_ text: Span<UInt8>, _ range: Range<Int>, isImaginary: Bool = false) -> Int32 {
    let start = bytes.count
    var previous: UInt8 = 0
    for position in range {
      let byte = text[position]
      if byte == 0x5F || (isImaginary && position == range.upperBound - 1) { continue }
      let isDigit = byte >= 0x30 && byte <= 0x39
      if previous == 0x2E, !isDigit { bytes.append(0x30) }
      if !isDigit, bytes.count == start { bytes.append(0x30) }
      if isDigit, bytes.count == start + 1, bytes[start] == 0x30 { bytes.removeLast() }
      bytes.append(byte)
      previous = byte
    }
    if previous == 0x2E { bytes.append(0x30) }
    let value = NumberLiteral.double(bytes.span, start..<bytes.count)
    if value.isInfinite {
      bytes.removeSubrange(start...)
      bytes.append(contentsOf: "Infinity".utf8)
    }
    return add(
      PythonNode(
        kind: isImaginary ? .imaginary : .float, first: Int32(start), count: Int32(bytes.count - start),
        start: Int32(range.lowerBound), end: Int32(range.upperBound)))
  }

  // MARK: Strings

  /// What a string token is, by its prefix.
  struct StringForm {
    var isRaw = false
    var isBytes = false
    var isFormatted = false
    /// Where the contents are.
    var contents: Range<Int>

    init(_ text: Span<UInt8>, _ range: Range<Int>) {
      var position = range.lowerBound
      while text[position] != 0x22, text[position] != 0x27 {
        switch text[position] | 0x20 {
        case 0x72: isRaw = true
        case 0x62: isBytes = true
        case 0x66: isFormatted = true
        default: break
        }
        position += 1
      }
      let quote = text[position]
      let isLong =
        range.upperBound - position >= 6 && text[position + 1] == quote && text[position + 2] == quote
      let width = isLong ? 3 : 1
      contents = (position + width)..<(range.upperBound - width)
    }
  }

  /// Appends a string's contents, decoded, to `bytes`.
  func appendString(_ text: Span<UInt8>, _ form: StringForm) throws(PythonError) {
    let range = form.contents
    if let offset = TextChecks.firstIllFormedUTF8(in: text, range) { throw PythonError(.illFormedUTF8, at: offset) }
    var position = range.lowerBound
    while position < range.upperBound {
      let byte = text[position]
      position += 1
      switch byte {
      case 0x0D:
        // Lines end alike, whatever the system they come from.
        if position < range.upperBound, text[position] == 0x0A { position += 1 }
        bytes.append(0x0A)
      case 0x5C where !form.isRaw && position < range.upperBound:
        position = try appendEscape(text, position, range.upperBound, isBytes: form.isBytes)
      case 0x80... where form.isBytes:
        throw PythonError(.malformed, at: position - 1)
      default: bytes.append(byte)
      }
    }
  }

  /// Appends what an escape stands for, from the byte behind its backslash. Returns where it ends.
  private func appendEscape(
    _ text: Span<UInt8>, _ start: Int, _ end: Int, isBytes: Bool
  ) throws(PythonError) -> Int {
    let byte = text[start]
    let after = start + 1
    if let character = EscapeLetter.python(byte) {
      bytes.append(character)
      return after
    }
    switch byte {
    case 0x0A: break
    case 0x0D: return after < end && text[after] == 0x0A ? after + 1 : after
    case 0x30...0x37:
      var value = UInt32(byte - 0x30)
      var position = after
      while position < end, position < start + 3, text[position] >= 0x30, text[position] <= 0x37 {
        value = value << 3 | UInt32(text[position] - 0x30)
        position += 1
      }
      append(value, isBytes: isBytes)
      return position
    case 0x78: return try appendHexadecimal(text, after, end, digits: 2, isBytes: isBytes)
    case 0x75 where !isBytes: return try appendHexadecimal(text, after, end, digits: 4, isBytes: false)
    case 0x55 where !isBytes: return try appendHexadecimal(text, after, end, digits: 8, isBytes: false)
    case 0x4E where !isBytes: return try appendNamed(text, after, end)
    default:
      // An escape that is none stays as it is.
      bytes.append(0x5C)
      if byte >= 0x80 && isBytes { throw PythonError(.malformed, at: start) }
      bytes.append(byte)
    }
    return after
  }

  /// Appends the character of `\N{name}`. Returns where it ends.
  private func appendNamed(_ text: Span<UInt8>, _ start: Int, _ end: Int) throws(PythonError) -> Int {
    guard start < end, text[start] == 0x7B else { throw PythonError(.malformed, at: start) }
    var close = start + 1
    while close < end, text[close] != 0x7D, close - start < 128 { close += 1 }
    guard close < end, text[close] == 0x7D,
      let scalar = UnicodeNames.scalar(named: (start + 1..<close).map { text[$0] })
    else { throw PythonError(.malformed, at: start) }
    append(scalar.value, isBytes: false)
    return close + 1
  }

  private func appendHexadecimal(
    _ text: Span<UInt8>, _ start: Int, _ end: Int, digits: Int, isBytes: Bool
  ) throws(PythonError) -> Int {
    guard start + digits <= end else { throw PythonError(.malformed, at: start) }
    var value: UInt32 = 0
    for position in start..<(start + digits) {
      let digit = hexValue(text[position])
      guard digit < 16, value <= 0x10FFFF else { throw PythonError(.malformed, at: position) }
      value = value << 4 | UInt32(digit)
    }
    guard value <= 0x10FFFF else { throw PythonError(.malformed, at: start) }
    append(value, isBytes: isBytes)
    return start + digits
  }

  /// Appends a code point, lone surrogates too, or a byte.
  private func append(_ value: UInt32, isBytes: Bool) {
    if isBytes {
      bytes.append(UInt8(truncatingIfNeeded: value))
    } else {
      Surrogates.appendGeneralizedUTF8(value, to: &bytes)
    }
  }
}
