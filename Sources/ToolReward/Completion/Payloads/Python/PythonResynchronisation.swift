/// Finds where a call that is no Python ends, by brackets and strings alone.
enum Resynchronisation {
  /// Just after the parenthesis that closes the one at `open`; or where the list that the call is in ends, or the next line's call
  /// begins; or the text's end. O(what is skipped).
  static func call(_ text: Span<UInt8>, from open: Int, end: Int, layout: PythonPayload.Layout) -> Int {
    skip(text, from: open, end: end, layout: layout) { position, brackets in
      if brackets.isEmpty { return true }
      let byte = text[position]
      // A list's end within a parenthesis: the parenthesis is missing.
      if layout == .list { return byte == 0x5D && !brackets.hasSquare }
      return (byte == 0x0A || byte == 0x0D) && isCall(text, position + 1, end)
    }
  }

  /// The next comma outside brackets, or the closing bracket; or the text's end. O(what is skipped).
  static func element(_ text: Span<UInt8>, from start: Int, end: Int) -> Int {
    skip(text, from: start, end: end, layout: .list) { position, brackets in
      let byte = text[position]
      if byte == 0x5D { return !brackets.hasSquare }
      return byte == 0x2C && brackets.isEmpty
    }
  }

  /// The line's end. O(line).
  static func line(_ text: Span<UInt8>, from start: Int, end: Int) -> Int {
    var position = start
    while position < end, text[position] != 0x0A, text[position] != 0x0D { position += 1 }
    return position
  }

  /// Whether a call seems to begin here: a name and a parenthesis. O(name).
  private static func isCall(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    var position = start
    while position < end, PythonLexer.isWordByte(text[position]) || text[position] == 0x2E { position += 1 }
    return position > start && position < end && text[position] == 0x28
  }

  /// The brackets that are open, as far as it matters which are.
  struct Brackets {
    private var depth = 0
    private var square = 0

    var isEmpty: Bool { depth == 0 }
    var hasSquare: Bool { square > 0 }

    mutating func open(_ byte: UInt8) {
      depth += 1
      if byte == 0x5B { square += 1 }
    }

    mutating func close(_ byte: UInt8) {
      depth = max(0, depth - 1)
      if byte == 0x5D { square = max(0, square - 1) }
    }
  }

  /// Skips strings and brackets until a place is met. The place is asked for before a byte counts, but for the first.
  private static func skip(
    _ text: Span<UInt8>, from start: Int, end: Int, layout: PythonPayload.Layout, until isMet: (Int, Brackets) -> Bool
  ) -> Int {
    var brackets = Brackets()
    var position = start
    var previous: UInt8 = 0
    while position < end {
      if position > start, isMet(position, brackets) { return position }
      let byte = text[position]
      switch byte {
      case 0x22, 0x27:
        // A quote that is glued to a word, but for a string's prefix, is an apostrophe.
        if !PythonLexer.isWordByte(previous) || isPrefix(text, position, start) {
          position = afterString(text, position, end, layout)
          previous = byte
          continue
        }
      case 0x28, 0x5B, 0x7B: brackets.open(byte)
      case 0x29, 0x5D, 0x7D: brackets.close(byte)
      default: break
      }
      previous = byte
      position += 1
    }
    return end
  }

  /// Whether the word before a quote is the prefix of a string.
  private static func isPrefix(_ text: Span<UInt8>, _ quote: Int, _ start: Int) -> Bool {
    var first = quote
    while first > start, quote - first < 3, PythonLexer.isWordByte(text[first - 1]) { first -= 1 }
    guard quote - first <= 2 else { return false }
    for position in first..<quote where ![0x62, 0x66, 0x72, 0x75].contains(text[position] | 0x20) { return false }
    return true
  }

  /// Where the string ends that begins at a quote: behind its closing quote, though models break lines within; or before the next line's
  /// call.
  private static func afterString(
    _ text: Span<UInt8>, _ start: Int, _ end: Int, _ layout: PythonPayload.Layout
  ) -> Int {
    let quote = text[start]
    func isTripled(_ position: Int) -> Bool {
      position + 2 < end && text[position + 1] == quote && text[position + 2] == quote
    }
    let isLong = isTripled(start)
    var position = start + (isLong ? 3 : 1)
    while position < end {
      let byte = text[position]
      if byte == 0x5C {
        let isLineEnd = position + 2 < end && text[position + 1] == 0x0D && text[position + 2] == 0x0A
        position += isLineEnd ? 3 : 2
      } else if byte == quote, !isLong || isTripled(position) {
        return position + (isLong ? 3 : 1)
      } else if !isLong, layout == .lines, byte == 0x0A || byte == 0x0D, isCall(text, position + 1, end) {
        return position
      } else {
        position += 1
      }
    }
    return end
  }
}
