/// A token of Python's grammar.
struct PythonToken: BitwiseCopyable {
  enum Kind: UInt8 {
    case end, newline, name, integer, float, imaginary, string
    // Words.
    case none, true_, false_, and, or, not, in_, is_, if_, else_, for_, async, await, lambda, yield, from
    /// A word that begins no part of an expression.
    case otherWord
    // Brackets and signs.
    case leftParenthesis, rightParenthesis, leftBracket, rightBracket, leftBrace, rightBrace
    case comma, colon, walrus, dot, ellipsis, equal
    case plus, minus, star, doubleStar, slash, doubleSlash, percent, at, leftShift, rightShift
    case ampersand, bar, caret, tilde, less, greater, lessEqual, greaterEqual, doubleEqual, notEqual
    /// A sign that stands in no expression, such as `+=`.
    case otherSign
    /// `not in` and `is not`, as operations.
    case notIn, isNot
  }

  var kind: Kind
  var start: Int
  var end: Int

  /// The words. `print`, `match` and the like are names.
  static func word(_ text: Span<UInt8>, _ range: Range<Int>) -> Kind? {
    guard range.count >= 2, range.count <= 8, mayBegin(text[range.lowerBound], count: range.count) else { return nil }
    for (word, kind) in words[range.count] where ByteSearch.matches(word, in: text, at: range.lowerBound) {
      return kind
    }
    return nil
  }

  /// Whether some word of a length begins with a byte. Most names are told from words by this alone.
  @inline(__always)
  private static func mayBegin(_ byte: UInt8, count: Int) -> Bool {
    switch (count, byte) {
    // as; if, in, is; or
    case (2, 0x61), (2, 0x69), (2, 0x6F): true
    // and; def, del; for; not; try
    case (3, 0x61), (3, 0x64), (3, 0x66), (3, 0x6E), (3, 0x74): true
    // None; True; elif, else; from; pass; with
    case (4, 0x4E), (4, 0x54), (4, 0x65), (4, 0x66), (4, 0x70), (4, 0x77): true
    // False; async, await; break; class; raise; while; yield
    case (5, 0x46), (5, 0x61...0x63), (5, 0x72), (5, 0x77), (5, 0x79): true
    // assert; except; global; import; lambda; return
    case (6, 0x61), (6, 0x65), (6, 0x67), (6, 0x69), (6, 0x6C), (6, 0x72): true
    // finally
    case (7, 0x66): true
    // continue; nonlocal
    case (8, 0x63), (8, 0x6E): true
    default: false
    }
  }

  /// By length.
  private static let words: [[([UInt8], Kind)]] = {
    let kinds: [(String, Kind)] = [
      ("None", .none), ("True", .true_), ("False", .false_), ("and", .and), ("or", .or), ("not", .not), ("in", .in_),
      ("is", .is_), ("if", .if_), ("else", .else_), ("for", .for_), ("async", .async), ("await", .await),
      ("lambda", .lambda), ("yield", .yield), ("from", .from),
    ]
    let others = [
      "as", "assert", "break", "class", "continue", "def", "del", "elif", "except", "finally", "global", "import",
      "nonlocal", "pass", "raise", "return", "try", "while", "with",
    ]
    var byLength = [[([UInt8], Kind)]](repeating: [], count: 9)
    for (word, kind) in kinds { byLength[word.utf8.count].append((Array(word.utf8), kind)) }
    for word in others { byLength[word.utf8.count].append((Array(word.utf8), .otherWord)) }
    return byLength
  }()

  /// The sign that begins with a byte, and its length: the longest there is.
  static func sign(_ text: Span<UInt8>, at position: Int, end: Int) -> (kind: Kind, length: Int)? {
    let first = text[position]
    let second = position + 1 < end ? text[position + 1] : 0
    let third = position + 2 < end ? text[position + 2] : 0
    switch first {
    case 0x28: return (.leftParenthesis, 1)
    case 0x29: return (.rightParenthesis, 1)
    case 0x5B: return (.leftBracket, 1)
    case 0x5D: return (.rightBracket, 1)
    case 0x7B: return (.leftBrace, 1)
    case 0x7D: return (.rightBrace, 1)
    case 0x2C: return (.comma, 1)
    case 0x3B: return (.otherSign, 1)
    case 0x7E: return (.tilde, 1)
    case 0x3A: return second == 0x3D ? (.walrus, 2) : (.colon, 1)
    case 0x2E: return second == 0x2E && third == 0x2E ? (.ellipsis, 3) : (.dot, 1)
    case 0x3D: return second == 0x3D ? (.doubleEqual, 2) : (.equal, 1)
    case 0x21: return second == 0x3D ? (.notEqual, 2) : nil
    case 0x2B: return second == 0x3D ? (.otherSign, 2) : (.plus, 1)
    case 0x2D: return second == 0x3D || second == 0x3E ? (.otherSign, 2) : (.minus, 1)
    case 0x25: return second == 0x3D ? (.otherSign, 2) : (.percent, 1)
    case 0x40: return second == 0x3D ? (.otherSign, 2) : (.at, 1)
    case 0x26: return second == 0x3D ? (.otherSign, 2) : (.ampersand, 1)
    case 0x7C: return second == 0x3D ? (.otherSign, 2) : (.bar, 1)
    case 0x5E: return second == 0x3D ? (.otherSign, 2) : (.caret, 1)
    case 0x2A:
      guard second == 0x2A else { return second == 0x3D ? (.otherSign, 2) : (.star, 1) }
      return third == 0x3D ? (.otherSign, 3) : (.doubleStar, 2)
    case 0x2F:
      guard second == 0x2F else { return second == 0x3D ? (.otherSign, 2) : (.slash, 1) }
      return third == 0x3D ? (.otherSign, 3) : (.doubleSlash, 2)
    case 0x3C:
      if second == 0x3D { return (.lessEqual, 2) }
      if second == 0x3E { return (.otherSign, 2) }
      guard second == 0x3C else { return (.less, 1) }
      return third == 0x3D ? (.otherSign, 3) : (.leftShift, 2)
    case 0x3E:
      if second == 0x3D { return (.greaterEqual, 2) }
      guard second == 0x3E else { return (.greater, 1) }
      return third == 0x3D ? (.otherSign, 3) : (.rightShift, 2)
    default: return nil
    }
  }
}
