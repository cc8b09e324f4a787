/// Splits Python text into tokens, one at a time, as CPython's tokenizer does.
struct PythonLexer: ~Escapable {
  let text: Span<UInt8>
  /// Where the text ends.
  let end: Int
  private(set) var position: Int
  /// How many brackets are open: within them a line's end is white space.
  var depth: Int
  private var isAtLineStart: Bool
  /// As CPython's tokenizer has it.
  static let mostBrackets = 200

  @_lifetime(copy text)
  init(_ text: Span<UInt8>, _ range: Range<Int>, depth: Int = 0) {
    self.text = text
    end = range.upperBound
    position = range.lowerBound
    self.depth = depth
    isAtLineStart = depth == 0
  }

  /// The byte so many places on; 0 behind the end.
  private func byte(_ distance: Int = 0) -> UInt8 { position + distance < end ? text[position + distance] : 0 }

  /// Whether a line ends here, and how long its end is.
  private func lineEnd(at place: Int) -> Int {
    guard place < end else { return 0 }
    if text[place] == 0x0A { return 1 }
    guard text[place] == 0x0D else { return 0 }
    return place + 1 < end && text[place + 1] == 0x0A ? 2 : 1
  }

  /// The next token.
  mutating func next() throws(PythonError) -> PythonToken {
    if isAtLineStart, depth == 0 { try skipIndentation() }
    isAtLineStart = false
    while position < end {
      let byte = text[position]
      switch byte {
      case 0x20, 0x09, 0x0C: position += 1
      case 0x23: skipComment()
      case 0x0A, 0x0D:
        let start = position
        position += lineEnd(at: position)
        if depth == 0 {
          isAtLineStart = true
          return PythonToken(kind: .newline, start: start, end: position)
        }
      case 0x5C: try continueLine()
      default: return try token(byte)
      }
    }
    return PythonToken(kind: .end, start: end, end: end)
  }

  private mutating func skipComment() {
    while position < end, text[position] != 0x0A, text[position] != 0x0D { position += 1 }
  }

  /// A backslash joins two lines; a line must follow.
  private mutating func continueLine() throws(PythonError) {
    let length = lineEnd(at: position + 1)
    if position + 1 + length >= end { throw PythonError(.unexpectedEnd, at: end) }
    guard length > 0 else { throw PythonError(.malformed, at: position) }
    position += 1 + length
  }

  /// Skips blank lines. A line with something on it must not be indented.
  private mutating func skipIndentation() throws(PythonError) {
    var column = 0
    var continued = 0
    while position < end {
      switch text[position] {
      case 0x20, 0x09: column += 1
      case 0x0C: column = 0
      case 0x5C:
        if continued == 0 { continued = column }
        try continueLine()
        continue
      case 0x23:
        skipComment()
        (column, continued) = (0, 0)
        continue
      case 0x0A, 0x0D:
        (column, continued) = (0, 0)
      default:
        if column > 0 || continued > 0 { throw PythonError(.malformed, at: position) }
        return
      }
      position += 1
    }
    // White space with no line's end behind it is an indented line too.
    if column > 0 || continued > 0 { throw PythonError(.malformed, at: end) }
  }

  private mutating func token(_ byte: UInt8) throws(PythonError) -> PythonToken {
    let start = position
    switch byte {
    case 0x30...0x39: return try number()
    case 0x2E where isDigit(self.byte(1)): return try number()
    case 0x22, 0x27: return try string(from: start)
    case 0x41...0x5A, 0x5F, 0x61...0x7A, 0x80...0xFF:
      let prefix = stringPrefix()
      if prefix > 0 {
        position += prefix
        return try string(from: start)
      }
      while position < end, Self.isWordByte(text[position]) { position += 1 }
      let kind = PythonToken.word(text, start..<position) ?? .name
      return PythonToken(kind: kind, start: start, end: position)
    default:
      guard let (kind, length) = PythonToken.sign(text, at: position, end: end) else {
        throw PythonError(.malformed, at: position)
      }
      switch kind {
      case .leftParenthesis, .leftBracket, .leftBrace:
        if depth >= Self.mostBrackets { throw PythonError(.tooDeep, at: position) }
        depth += 1
      case .rightParenthesis, .rightBracket, .rightBrace:
        if depth == 0 { throw PythonError(.malformed, at: position) }
        depth -= 1
      default: break
      }
      position += length
      return PythonToken(kind: kind, start: start, end: position)
    }
  }

  static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A, 0x80...0xFF: true
    default: false
    }
  }

  private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  // MARK: Strings

  /// How many letters before a quote make a string's prefix; 0 if none do.
  private func stringPrefix() -> Int {
    let first = byte() | 0x20
    let second = byte(1)
    let isQuote = second == 0x22 || second == 0x27
    switch first {
    case 0x75: return isQuote ? 1 : 0
    case 0x62, 0x66, 0x72:
      if isQuote { return 1 }
      let third = byte(2)
      guard third == 0x22 || third == 0x27 else { return 0 }
      let other = second | 0x20
      let isPair = first == 0x72 ? other == 0x62 || other == 0x66 : other == 0x72
      return isPair ? 2 : 0
    default: return 0
    }
  }

  /// A string from its opening quote, which is where the lexer is.
  private mutating func string(from start: Int) throws(PythonError) -> PythonToken {
    let quote = text[position]
    let isLong = byte(1) == quote && byte(2) == quote
    position += isLong ? 3 : 1
    while position < end {
      let byte = text[position]
      switch byte {
      case 0x5C:
        position += 1
        // What follows is no end, whatever it is; a line's end may be two bytes.
        if self.byte() != 0 { position += max(1, lineEnd(at: position)) }
      case 0x00: throw PythonError(.malformed, at: position)
      case 0x0A, 0x0D:
        if !isLong { throw PythonError(.malformed, at: position) }
        position += 1
      case quote:
        position += 1
        if !isLong { return PythonToken(kind: .string, start: start, end: position) }
        if self.byte() == quote, self.byte(1) == quote {
          position += 2
          return PythonToken(kind: .string, start: start, end: position)
        }
      default: position += 1
      }
    }
    position = end
    throw PythonError(.unexpectedEnd, at: end)
  }

  // MARK: Numbers

  private mutating func number() throws(PythonError) -> PythonToken {
    let start = position
    if byte() == 0x30 {
      switch byte(1) | 0x20 {
      case 0x78: return try whole(from: start, radix: 16)
      case 0x6F: return try whole(from: start, radix: 8)
      case 0x62: return try whole(from: start, radix: 2)
      default: break
      }
    }
    var hasLeadingZero = false
    if byte() != 0x2E {
      try digits()
      hasLeadingZero = text[start] == 0x30 && (start..<position).contains { text[$0] != 0x30 && text[$0] != 0x5F }
    }
    var kind = PythonToken.Kind.integer
    if byte() == 0x2E {
      kind = .float
      position += 1
      if isDigit(byte()) { try digits() }
    }
    if byte() | 0x20 == 0x65 {
      let sign = byte(1) == 0x2B || byte(1) == 0x2D
      if isDigit(byte(sign ? 2 : 1)) {
        kind = .float
        position += sign ? 2 : 1
        try digits()
      } else if sign {
        throw PythonError(.malformed, at: position)
      }
    }
    if byte() | 0x20 == 0x6A {
      kind = .imaginary
      position += 1
    }
    if kind == .integer, hasLeadingZero { throw PythonError(.malformed, at: start) }
    try endNumber()
    return PythonToken(kind: kind, start: start, end: position)
  }

  /// Digits, with single underscores between them.
  private mutating func digits() throws(PythonError) {
    while true {
      while isDigit(byte()) { position += 1 }
      guard byte() == 0x5F else { return }
      position += 1
      if !isDigit(byte()) { throw PythonError(.malformed, at: position) }
    }
  }

  /// `0x…`, `0o…` or `0b…`.
  private mutating func whole(from start: Int, radix: Int) throws(PythonError) -> PythonToken {
    position += 2
    repeat {
      if byte() == 0x5F { position += 1 }
      guard hexValue(byte()) < radix else { throw PythonError(.malformed, at: position) }
      while hexValue(byte()) < radix { position += 1 }
    } while byte() == 0x5F
    if isDigit(byte()) { throw PythonError(.malformed, at: position) }
    try endNumber()
    return PythonToken(kind: .integer, start: start, end: position)
  }

  /// A word must not be glued to a number, but for some words of the grammar, for old programs' sake.
  private func endNumber() throws(PythonError) {
    guard Self.isWordByte(byte()) else { return }
    for word in Self.gluedWords where position + word.count <= end && ByteSearch.matches(word, in: text, at: position) {
      return
    }
    throw PythonError(.malformed, at: position)
  }

  private static let gluedWords = ["and", "else", "for", "if", "in", "is", "or", "not"].map { Array($0.utf8) }
}

/// The value of a hexadecimal digit; 255 for any other byte.
func hexValue(_ byte: UInt8) -> UInt8 {
  switch byte {
  case 0x30...0x39: byte - 0x30
  case 0x41...0x46: byte - 0x41 + 10
  case 0x61...0x66: byte - 0x61 + 10
  default: 255
  }
}
