/// Checks f-strings as CPython 3.11 does. What they stand for is never worked out.
enum PythonFormattedString {
  /// Fields within a field's format may have no fields in theirs.
  private static let mostLevels = 2

  /// Checks a string's contents: braces, conversions, and each field's expression.
  static func check(_ text: Span<UInt8>, _ form: PythonTree.StringForm) throws(PythonError) {
    if let offset = TextChecks.firstIllFormedUTF8(in: text, form.contents) {
      throw PythonError(.illFormedUTF8, at: offset)
    }
    var position = form.contents.lowerBound
    try parts(text, &position, form, level: 0)
  }

  /// Literal text and fields, up to the end or the brace that closes the field they are the format of.
  private static func parts(
    _ text: Span<UInt8>, _ position: inout Int, _ form: PythonTree.StringForm, level: Int
  ) throws(PythonError) {
    let end = form.contents.upperBound
    while position < end {
      let start = position
      skipLiteral(text, &position, form)
      var literal = form
      literal.contents = start..<position
      let scratch = PythonTree()
      try scratch.appendString(text, literal)
      guard position < end else { return }
      let brace = text[position]
      if level == 0, position + 1 < end, text[position + 1] == brace {
        position += 2
        continue
      }
      if brace == 0x7D {
        if level == 0 { throw PythonError(.malformed, at: position) }
        return
      }
      try field(text, &position, form, level: level)
    }
  }

  /// Skips text up to a brace. The braces of `\N{…}` are none.
  private static func skipLiteral(_ text: Span<UInt8>, _ position: inout Int, _ form: PythonTree.StringForm) {
    let end = form.contents.upperBound
    while position < end {
      let byte = text[position]
      if byte == 0x7B || byte == 0x7D { return }
      position += 1
      guard byte == 0x5C, !form.isRaw, position < end else { continue }
      let escaped = text[position]
      if escaped == 0x7B || escaped == 0x7D { return }
      position += 1
      guard escaped == 0x4E, position < end else { continue }
      position += 1
      if text[position - 1] == 0x7B {
        while position < end, text[position] != 0x7D { position += 1 }
        if position < end { position += 1 }
      }
    }
  }

  /// A field, from its opening brace to behind its closing one.
  private static func field(
    _ text: Span<UInt8>, _ position: inout Int, _ form: PythonTree.StringForm, level: Int
  ) throws(PythonError) {
    let end = form.contents.upperBound
    if level >= mostLevels { throw PythonError(.malformed, at: position) }
    position += 1
    let start = position
    try skipExpression(text, &position, end)
    guard position < end else { throw PythonError(.malformed, at: end) }
    try expression(text, start..<position)
    if text[position] == 0x3D {
      position += 1
      while position < end, text[position] == 0x20 || (text[position] >= 0x09 && text[position] <= 0x0D) {
        position += 1
      }
    }
    if position < end, text[position] == 0x21 {
      guard position + 1 < end, [0x61, 0x72, 0x73].contains(text[position + 1]) else {
        throw PythonError(.malformed, at: position)
      }
      position += 2
    }
    if position < end, text[position] == 0x3A {
      position += 1
      guard position < end else { throw PythonError(.malformed, at: end) }
      try parts(text, &position, form, level: level + 1)
    }
    guard position < end, text[position] == 0x7D else { throw PythonError(.malformed, at: position) }
    position += 1
  }

  /// Moves to what ends a field's expression.
  private static func skipExpression(_ text: Span<UInt8>, _ position: inout Int, _ end: Int) throws(PythonError) {
    var quote: UInt8 = 0
    var isLong = false
    var brackets: [UInt8] = []
    while position < end {
      let byte = text[position]
      let isTripled = position + 2 < end && text[position + 1] == byte && text[position + 2] == byte
      if byte == 0x5C { throw PythonError(.malformed, at: position) }
      if quote != 0 {
        if byte == quote, !isLong || isTripled {
          position += isLong ? 2 : 0
          quote = 0
        }
      } else {
        switch byte {
        case 0x22, 0x27:
          quote = byte
          isLong = isTripled
          position += isLong ? 2 : 0
        case 0x28, 0x5B, 0x7B:
          if brackets.count >= PythonLexer.mostBrackets { throw PythonError(.tooDeep, at: position) }
          brackets.append(byte)
        case 0x23: throw PythonError(.malformed, at: position)
        case 0x21, 0x3A, 0x7D, 0x3D, 0x3C, 0x3E:
          if brackets.isEmpty {
            if byte != 0x3A, byte != 0x7D, position + 1 < end, text[position + 1] == 0x3D {
              position += 1
            } else if byte != 0x3C, byte != 0x3E {
              return
            }
          } else if byte == 0x7D {
            guard brackets.popLast() == 0x7B else { throw PythonError(.malformed, at: position) }
          }
        case 0x29, 0x5D:
          guard let open = brackets.popLast(), (open == 0x28) == (byte == 0x29), open != 0x7B else {
            throw PythonError(.malformed, at: position)
          }
        default: break
        }
      }
      position += 1
    }
    if quote != 0 || !brackets.isEmpty { throw PythonError(.malformed, at: end) }
  }

  /// Parses a field's expression as if it stood in parentheses.
  ///
  /// An f-string within may hold another, each with its own kind of quote, of which there are four.
  private static func expression(_ text: Span<UInt8>, _ range: Range<Int>) throws(PythonError) {
    var copy: [UInt8] = [0x28]
    for position in range { copy.append(text[position]) }
    copy.append(0x29)
    if copy.dropFirst().dropLast().allSatisfy({ $0 == 0x20 || ($0 >= 0x09 && $0 <= 0x0D) }) {
      throw PythonError(.malformed, at: range.lowerBound)
    }
    do throws(PythonError) {
      var parser = try PythonParser(copy.span, 0..<copy.count, tree: PythonTree())
      _ = try parser.whole()
    } catch {
      throw PythonError(error.code, at: range.lowerBound + max(0, error.offset - 1))
    }
  }
}
