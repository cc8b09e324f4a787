internal import ToolReward

/// Takes a template's text apart, as Jinja 3.1 does under `trim_blocks` and `lstrip_blocks`. O(text).
struct Lexer {
  /// The text with `\r\n` and `\r` made `\n`, and without its last line end.
  let source: [UInt8]
  private var position = 0
  private var tokens: [Token] = []
  private var brackets: [Symbol] = []

  init(_ text: [UInt8]) {
    var source: [UInt8] = []
    source.reserveCapacity(text.count)
    for (position, byte) in text.enumerated() {
      if byte == 0x0D {
        source.append(0x0A)
      } else if byte != 0x0A || position == 0 || text[position - 1] != 0x0D {
        source.append(byte)
      }
    }
    if source.last == 0x0A { source.removeLast() }
    self.source = source
  }

  private func matches(_ text: StaticString, at position: Int) -> Bool {
    let count = text.utf8CodeUnitCount
    guard position + count <= source.count else { return false }
    return unsafe UnsafeBufferPointer(start: text.utf8Start, count: count).enumerated().allSatisfy {
      source[position + $0.offset] == $0.element
    }
  }

  private func spaceLength(_ position: Int) -> Int {
    guard position < source.count else { return 0 }
    let end = min(position + PythonStrings.length(source[position]), source.count)
    return PythonStrings.isSpace(PythonStrings.points(source[position..<end]).first ?? 0) ? end - position : 0
  }

  private func skippingSpace(_ position: Int) -> Int {
    var position = position
    while case let length = spaceLength(position), length > 0 { position += length }
    return position
  }

  private func failure(_ message: String, _ offset: Int) -> TemplateFailure {
    TemplateFailure(.syntax, message, at: offset)
  }

  /// The text's tokens, the last one ``Token/Kind/end``.
  static func tokens(_ text: [UInt8]) throws(TemplateFailure) -> (tokens: [Token], source: [UInt8]) {
    var lexer = Lexer(text)
    try lexer.run()
    return (lexer.tokens, lexer.source)
  }

  private mutating func run() throws(TemplateFailure) {
    var lineStarting = true
    while position < source.count {
      guard let begin = nextBegin(from: position) else {
        add(.data(Array(source[position...])), position)
        position = source.count
        break
      }
      let kind = source[begin + 1]
      let sign = begin + 2 < source.count ? source[begin + 2] : 0
      let hasSign = sign == 0x2D || sign == 0x2B
      let after = begin + (hasSign ? 3 : 2)
      let text = strippedData(position..<begin, sign: sign, isVariable: kind == 0x7B, lineStarting)
      if !text.isEmpty { add(.data(text), position) }
      position = after
      switch kind {
      case 0x23: try comment(begin)
      case 0x25:
        if let rawEnd = rawBegin(after) {
          position = rawEnd
          try raw(begin)
        } else {
          add(.blockBegin, begin)
          try inside(isBlock: true, begin)
        }
      default:
        add(.variableBegin, begin)
        try inside(isBlock: false, begin)
      }
      lineStarting = position > 0 && source[position - 1] == 0x0A
    }
    tokens.append(Token(kind: .end, offset: source.count))
  }

  private mutating func add(_ kind: Token.Kind, _ offset: Int) { tokens.append(Token(kind: kind, offset: offset)) }

  /// Where the next `{{`, `{%` or `{#` stands.
  private func nextBegin(from start: Int) -> Int? {
    var position = start
    while position + 1 < source.count {
      if source[position] == 0x7B, case let next = source[position + 1], next == 0x7B || next == 0x25 || next == 0x23 {
        return position
      }
      position += 1
    }
    return nil
  }

  /// The text before a tag, without the white space that the tag takes off: all of it before `-`, that of its own line before a block or a
  /// comment (`lstrip_blocks`).
  private func strippedData(_ range: Range<Int>, sign: UInt8, isVariable: Bool, _ lineStarting: Bool) -> [UInt8] {
    let text = Array(source[range])
    if sign == 0x2D { return PythonStrings.strip(text, left: false) }
    guard sign != 0x2B, !isVariable else { return text }
    let line = (text.lastIndex(of: 0x0A) ?? -1) + 1
    guard line > 0 || lineStarting, PythonStrings.strip(Array(text[line...])).isEmpty else { return text }
    return Array(text[..<line])
  }

  private mutating func comment(_ begin: Int) throws(TemplateFailure) {
    var end = position
    while end + 1 < source.count, !(source[end] == 0x23 && source[end + 1] == 0x7D) { end += 1 }
    guard end + 1 < source.count else { throw failure("Missing end of comment tag", begin) }
    let sign = end > position ? source[end - 1] : 0
    position = end + 2
    if sign == 0x2D { position = skippingSpace(position) } else if sign != 0x2B { skipLineEnd() }
  }

  /// `trim_blocks`: a tag takes the line end behind it.
  private mutating func skipLineEnd() {
    if position < source.count, source[position] == 0x0A { position += 1 }
  }

  /// Where the text of a `raw` block starts, if one is opened here.
  private func rawBegin(_ start: Int) -> Int? {
    let name = skippingSpace(start)
    guard matches("raw", at: name) else { return nil }
    let end = skippingSpace(name + 3)
    if matches("-%}", at: end) { return skippingSpace(end + 3) }
    return matches("%}", at: end) ? end + 2 : nil
  }

  private mutating func raw(_ begin: Int) throws(TemplateFailure) {
    let start = position
    var search = start
    while search + 1 < source.count {
      if source[search] == 0x7B, source[search + 1] == 0x25 {
        let sign = search + 2 < source.count ? source[search + 2] : 0
        let name = skippingSpace(search + (sign == 0x2D || sign == 0x2B ? 3 : 2))
        if matches("endraw", at: name) {
          let end = skippingSpace(name + 6)
          let isLineStart = start > 0 && source[start - 1] == 0x0A
          let text = strippedData(start..<search, sign: sign, isVariable: false, isLineStart)
          if matches("-%}", at: end) || matches("+%}", at: end) || matches("%}", at: end) {
            if !text.isEmpty { add(.data(text), start) }
            position = end + (source[end] == 0x25 ? 2 : 3)
            if source[end] == 0x2D { position = skippingSpace(position) } else if source[end] == 0x25 { skipLineEnd() }
            return
          }
        }
      }
      search += 1
    }
    throw failure("Missing end of raw directive", begin)
  }

  // MARK: Inside a tag

  private mutating func inside(isBlock: Bool, _ begin: Int) throws(TemplateFailure) {
    brackets.removeAll()
    while position < source.count {
      if brackets.isEmpty, endTag(isBlock) { return }
      let length = spaceLength(position)
      if length > 0 { position += length } else { try token() }
    }
    throw failure("unexpected end of template, expected '\(isBlock ? "%}" : "}}")'", begin)
  }

  private mutating func endTag(_ isBlock: Bool) -> Bool {
    let start = position
    if isBlock {
      if matches("+%}", at: start) {
        position += 3
      } else if matches("-%}", at: start) {
        position = skippingSpace(start + 3)
      } else if matches("%}", at: start) {
        position += 2
        skipLineEnd()
      } else {
        return false
      }
      add(.blockEnd, start)
      return true
    }
    if matches("-}}", at: start) {
      position = skippingSpace(start + 3)
    } else if matches("}}", at: start) {
      position += 2
    } else {
      return false
    }
    add(.variableEnd, start)
    return true
  }

  private mutating func token() throws(TemplateFailure) {
    let start = position
    let byte = source[start]
    switch byte {
    case 0x30...0x39: try number()
    case 0x41...0x5A, 0x61...0x7A, 0x5F: try name()
    case 0x80...0xFF: try name()
    case 0x22, 0x27: try string(byte)
    default:
      guard let (symbol, bytes) = Symbol.spelled.first(where: { source[start...].starts(with: $0.bytes) }) else {
        throw failure("unexpected char \(PythonPrinting.shortText(byte))", start)
      }
      try balance(symbol, start)
      position += bytes.count
      add(.symbol(symbol), start)
    }
  }

  private mutating func balance(_ symbol: Symbol, _ offset: Int) throws(TemplateFailure) {
    switch symbol {
    case .leftBrace: brackets.append(.rightBrace)
    case .leftBracket: brackets.append(.rightBracket)
    case .leftParenthesis: brackets.append(.rightParenthesis)
    case .rightBrace, .rightBracket, .rightParenthesis:
      guard let expected = brackets.popLast() else { throw failure("unexpected '\(symbol.rawValue)'", offset) }
      if expected != symbol {
        throw failure("unexpected '\(symbol.rawValue)', expected '\(expected.rawValue)'", offset)
      }
    default: break
    }
  }

  private mutating func name() throws(TemplateFailure) {
    let start = position
    while position < source.count {
      let byte = source[position]
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: position += 1
      case 0x80...0xFF:
        let end = min(position + PythonStrings.length(byte), source.count)
        let point = PythonStrings.points(source[position..<end]).first ?? 0
        guard let properties = Unicode.Scalar(point)?.properties,
          position == start ? properties.isXIDStart : properties.isXIDContinue
        else {
          if position == start { throw failure("unexpected char", start) }
          throw failure("Invalid character in identifier", start)
        }
        position = end
      default:
        add(.name(Array(source[start..<position])), start)
        return
      }
    }
    add(.name(Array(source[start..<position])), start)
  }

  // MARK: Numbers

  /// The end of `digits(_digits)*`; `start` if there is none.
  private func digitsEnd(_ start: Int, _ isDigit: (UInt8) -> Bool = { $0 >= 0x30 && $0 <= 0x39 }) -> Int {
    var end = start
    var position = start
    while position < source.count {
      if isDigit(source[position]) {
        position += 1
        end = position
      } else if source[position] == 0x5F, end == position, position > start, position + 1 < source.count,
        isDigit(source[position + 1])
      {
        position += 1
      } else {
        break
      }
    }
    return end
  }

  private mutating func number() throws(TemplateFailure) {
    let start = position
    let wholeEnd = digitsEnd(start)
    // A float is tried first; it does not follow a dot (`a.0.1`).
    if start == 0 || source[start - 1] != 0x2E {
      var end = wholeEnd
      var isFloat = false
      if matches(".", at: end), case let fraction = digitsEnd(end + 1), fraction > end + 1 {
        end = fraction
        isFloat = true
      }
      if end < source.count, source[end] | 0x20 == 0x65 {
        let sign = end + 1 < source.count && (source[end + 1] == 0x2B || source[end + 1] == 0x2D) ? 1 : 0
        let exponent = digitsEnd(end + 1 + sign)
        if exponent > end + 1 + sign {
          end = exponent
          isFloat = true
        }
      }
      if isFloat {
        position = end
        add(.float(PythonNumbers.double(source[start..<end].filter { $0 != 0x5F })), start)
        return
      }
    }
    if source[start] == 0x30, start + 1 < source.count {
      let radixes: [(UInt8, Int)] = [(0x62, 2), (0x6F, 8), (0x78, 16)]
      if let (_, radix) = radixes.first(where: { $0.0 == source[start + 1] | 0x20 }) {
        let isDigit: (UInt8) -> Bool = { byte in
          let value =
            byte >= 0x30 && byte <= 0x39
            ? Int(byte) - 0x30 : byte | 0x20 >= 0x61 && byte | 0x20 <= 0x66 ? Int(byte | 0x20) - 0x57 : 99
          return value < radix
        }
        var first = start + 2
        if first < source.count, source[first] == 0x5F { first += 1 }
        let end = digitsEnd(first, isDigit)
        if end > first {
          let digits = source[first..<end].filter { $0 != 0x5F }
          guard let value = Int(String(decoding: digits, as: UTF8.self), radix: radix) else {
            throw Arithmetic.tooBig.at(start)
          }
          position = end
          add(.integer(.small(value)), start)
          return
        }
      }
      // `0` and its repetitions; `01` is two tokens.
      position = digitsEnd(start) { $0 == 0x30 }
      add(.integer(.small(0)), start)
      return
    }
    position = wholeEnd
    add(.integer(PythonNumbers.integer(source[start..<wholeEnd].filter { $0 != 0x5F })), start)
  }

  // MARK: Strings

  private mutating func string(_ quote: UInt8) throws(TemplateFailure) {
    let start = position
    var end = start + 1
    var hasEscape = false
    while end < source.count, source[end] != quote {
      if source[end] == 0x5C {
        hasEscape = true
        end += 1
      }
      end += 1
    }
    guard end < source.count else {
      throw failure("unexpected char \(PythonPrinting.shortText(quote))", start)
    }
    let body = source[(start + 1)..<end]
    position = end + 1
    add(.string(hasEscape ? try StringEscapes.unescaped(body) : Array(body)), start)
  }
}
