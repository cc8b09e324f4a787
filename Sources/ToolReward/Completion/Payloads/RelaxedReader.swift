/// Reads one value in a ``RelaxedSyntax``. Linear, and without recursion.
struct RelaxedReader: Sendable {
  let syntax: RelaxedSyntax
  let limits: ValueLimits
  private let opens: PatternList
  private let closes: [[UInt8]]

  init(_ syntax: RelaxedSyntax, limits: ValueLimits) {
    self.syntax = syntax
    self.limits = limits
    opens = PatternList(syntax.delimiters.map { Array($0.open.utf8) })
    closes = syntax.delimiters.map { Array($0.close.utf8) }
  }

  /// What may come next.
  private enum Expected {
    case value, firstName, name, firstElement, separator
  }

  /// Reads the value that starts at `start`, white space before it allowed, and ends before `limit`. Returns its node and where it ends.
  ///
  /// Nothing escapes a string between delimiters of its own. It is not looked for beyond the limit, where the next call begins: else one that is
  /// never closed would swallow that call, and hostile text be searched again and again.
  func readPrefix(_ text: Span<UInt8>, from start: Int, limit: Int, _ session: ValueSession) throws(ValueError) -> (
    root: Int, end: Int
  ) {
    session.beginValue(limits: limits)
    do throws(ValueError) {
      let end = try read(text, from: start, limit, session)
      return (try session.finishValue(at: end), end)
    } catch {
      session.discardValue()
      throw error
    }
  }

  private func read(_ text: Span<UInt8>, from start: Int, _ limit: Int, _ session: ValueSession) throws(ValueError)
    -> Int
  {
    /// Whether each open container is an object, the innermost last.
    var objects: [Bool] = []
    var expected = Expected.value
    var position = skipJSONSpace(text, start)
    var scratch: [UInt8] = []
    while position < text.count {
      let byte = text[position]
      switch expected {
      case .separator:
        guard let isObject = objects.last else { return position }
        if byte == (isObject ? 0x7D : 0x5D) {
          position += 1
          objects.removeLast()
          try session.close(at: position)
          if objects.isEmpty { return position }
        } else if byte == 0x2C {
          position += 1
          expected = isObject ? .name : .value
          if syntax.allowsTrailingCommas {
            let next = skipJSONSpace(text, position)
            if next < text.count, text[next] == (isObject ? 0x7D : 0x5D) { expected = .separator }
          }
        } else {
          throw ValueError(.malformed, at: position)
        }
      case .firstName where byte == 0x7D, .firstElement where byte == 0x5D:
        expected = .separator
        continue
      case .firstName, .name:
        position = try readName(text, from: position, &scratch, limit, session)
        position = skipJSONSpace(text, position)
        guard position < text.count else { throw ValueError(.unexpectedEnd, at: position) }
        guard text[position] == 0x3A else { throw ValueError(.malformed, at: position) }
        position += 1
        expected = .value
      case .value, .firstElement:
        if byte == 0x7B || byte == 0x5B {
          try session.open(byte == 0x7B ? .object : .array, at: position)
          objects.append(byte == 0x7B)
          expected = byte == 0x7B ? .firstName : .firstElement
          position += 1
        } else {
          position = try readScalar(text, from: position, &scratch, limit, session)
          if objects.isEmpty { return position }
          expected = .separator
        }
      }
      position = skipJSONSpace(text, position)
    }
    throw ValueError(.unexpectedEnd, at: text.count)
  }

  private func readName(
    _ text: Span<UInt8>, from start: Int, _ scratch: inout [UInt8], _ limit: Int, _ session: ValueSession
  ) throws(ValueError) -> Int {
    if let string = try readString(text, from: start, &scratch, limit, session) {
      if let range = string.verbatim {
        try session.write(name: text, range)
      } else {
        try session.write(name: scratch.span, 0..<scratch.count)
      }
      return string.end
    }
    guard syntax.allowsBareNames else { throw ValueError(.malformed, at: start) }
    var end = start
    while end < text.count, !isJSONSpace(text[end]), !Self.endsName(text[end]) { end += 1 }
    guard end > start else { throw ValueError(.malformed, at: start) }
    try session.write(name: text, start..<end)
    return end
  }

  private static func endsName(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x22, 0x27, 0x2C, 0x3A, 0x5B, 0x5D, 0x7B, 0x7D: true
    default: false
    }
  }

  private func readScalar(
    _ text: Span<UInt8>, from start: Int, _ scratch: inout [UInt8], _ limit: Int, _ session: ValueSession
  ) throws(ValueError) -> Int {
    if let string = try readString(text, from: start, &scratch, limit, session) {
      if let range = string.verbatim {
        try session.write(string: text, range, at: start..<string.end)
      } else {
        try session.write(string: scratch.span, 0..<scratch.count, at: start..<string.end)
      }
      return string.end
    }
    let byte = text[start]
    if byte == 0x2D || (0x30...0x39).contains(byte) {
      guard let end = NumberLiteral.end(text, from: start) else { throw ValueError(.malformed, at: start) }
      try session.write(number: text, start..<end, at: start..<end)
      return end
    }
    for word in Self.words where syntax.allowsPythonWords || !word.isPython {
      let end = start + word.text.count
      if ByteSearch.matches(word.text, in: text, at: start), end >= text.count || !Self.isWord(text[end]) {
        try session.write(word.kind, at: start..<end)
        return end
      }
    }
    throw ValueError(.malformed, at: start)
  }

  private static let words: [(text: [UInt8], kind: TapeNode.Kind, isPython: Bool)] = [
    (Array("true".utf8), .true_, false), (Array("false".utf8), .false_, false), (Array("null".utf8), .null, false),
    (Array("True".utf8), .true_, true), (Array("False".utf8), .false_, true), (Array("None".utf8), .null, true),
  ]

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x80...0xFF: true
    default: false
    }
  }

  // MARK: Strings

  /// A string: where it ends, and its bytes, in the text as they stand or decoded in the scratch.
  private struct StringRead {
    var verbatim: Range<Int>?
    var end: Int
  }

  /// Reads a string if one starts here.
  private func readString(
    _ text: Span<UInt8>, from start: Int, _ scratch: inout [UInt8], _ limit: Int, _ session: ValueSession
  ) throws(ValueError) -> StringRead? {
    if let (index, length) = opens.first(in: text, startingAt: start) {
      let from = start + length
      guard let close = close(closes[index], text, from: from, limit: limit) else {
        throw ValueError(.unexpectedEnd, at: text.count)
      }
      let range = from..<close
      if let offset = TextChecks.firstIllFormedUTF8(in: text, range) { throw ValueError(.illFormedUTF8, at: offset) }
      return StringRead(verbatim: range, end: close + closes[index].count)
    }
    let quote = text[start]
    guard quote == 0x22 || (quote == 0x27 && syntax.allowsSingleQuotes) else { return nil }
    return try readQuoted(text, from: start, quote, &scratch)
  }

  /// Where the delimiter stands that closes a string: the first one that a separator or the end of a container follows.
  private func close(_ delimiter: [UInt8], _ text: Span<UInt8>, from start: Int, limit: Int) -> Int? {
    var position = start
    while let found = ByteSearch.firstIndex(of: delimiter, in: text, from: position), found < limit {
      let next = skipJSONSpace(text, found + delimiter.count)
      if next >= text.count { return found }
      switch text[next] {
      case 0x2C, 0x3A, 0x5D, 0x7D: return found
      default: position = found + 1
      }
    }
    return nil
  }

  /// Reads a string between quotes, with JSON's escapes and `\'`.
  private func readQuoted(
    _ text: Span<UInt8>, from start: Int, _ quote: UInt8, _ scratch: inout [UInt8]
  ) throws(ValueError) -> StringRead {
    var position = start + 1
    while position < text.count, text[position] != quote, text[position] != 0x5C, text[position] >= 0x20 {
      position += 1
    }
    if position < text.count, text[position] == quote {
      let range = (start + 1)..<position
      if let offset = TextChecks.firstIllFormedUTF8(in: text, range) { throw ValueError(.illFormedUTF8, at: offset) }
      return StringRead(verbatim: range, end: position + 1)
    }
    scratch.removeAll(keepingCapacity: true)
    position = start + 1
    while position < text.count {
      let byte = text[position]
      if byte == quote {
        if TextChecks.firstIllFormedUTF8(in: text, (start + 1)..<position) != nil {
          throw ValueError(.illFormedUTF8, at: start)
        }
        return StringRead(verbatim: nil, end: position + 1)
      }
      if byte < 0x20 { throw ValueError(.malformed, at: position) }
      if byte != 0x5C {
        scratch.append(byte)
        position += 1
        continue
      }
      guard position + 1 < text.count else { break }
      let letter = text[position + 1]
      switch letter {
      case 0x22, 0x27, 0x5C, 0x2F: scratch.append(letter)
      case 0x75:
        position = try readUnicodeEscape(text, at: position, &scratch)
        continue
      default:
        guard let character = EscapeLetter.json(letter) else { throw ValueError(.malformed, at: position) }
        scratch.append(character)
      }
      position += 2
    }
    throw ValueError(.unexpectedEnd, at: text.count)
  }

  private func readUnicodeEscape(
    _ text: Span<UInt8>, at start: Int, _ scratch: inout [UInt8]
  ) throws(ValueError) -> Int {
    guard let first = Self.hex(text, start + 2) else { throw ValueError(.malformed, at: start) }
    var value = first
    var end = start + 6
    if (0xD800..<0xDC00).contains(first), end + 1 < text.count, text[end] == 0x5C, text[end + 1] == 0x75,
      let second = Self.hex(text, end + 2), (0xDC00..<0xE000).contains(second)
    {
      value = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
      end += 6
    }
    guard let scalar = Unicode.Scalar(value) else { throw ValueError(.loneSurrogate, at: start) }
    scratch.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    return end
  }

  private static func hex(_ text: Span<UInt8>, _ start: Int) -> UInt32? {
    guard start + 4 <= text.count else { return nil }
    var value: UInt32 = 0
    for position in start..<(start + 4) {
      switch text[position] {
      case 0x30...0x39: value = value << 4 | UInt32(text[position] - 0x30)
      case 0x41...0x46: value = value << 4 | UInt32(text[position] - 0x37)
      case 0x61...0x66: value = value << 4 | UInt32(text[position] - 0x57)
      default: return nil
      }
    }
    return value
  }
}
