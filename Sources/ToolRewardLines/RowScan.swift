internal import ToolReward

/// Where rows begin and end. Each byte is looked at once.
///
/// A quote or a bracket that is missing must cost no other row. Where what is read can be no JSON any more — a line feed within a string, a
/// `{` where an object has its next name — the row is broken off, and the next one is looked for by what rows of the file begin with.
struct RowScan {
  /// What holds the rows.
  enum Layout { case lines, array, values, whole }

  var layout: Layout?
  /// The byte looked at next.
  var position = 0
  /// Where the row began that is not yet at its end.
  private(set) var start: Int?
  private var line = 1
  private var startLine = 1
  private var ordinal = 0
  private var depth = 0
  /// Of the innermost 64 brackets, a bit each: whether it is `{`.
  private var objects: UInt64 = 0
  private var isInString = false
  private var isEscaped = false
  private var isScalar = false
  private var isInArray = false
  /// Bytes of the row that are dropped already.
  private var dropped = 0
  private var margin = RowMargin()
  /// The last byte of the row outside strings that is no white space.
  private var lastMark: UInt8 = 0
  /// The byte of the row at which it is no JSON any more.
  private var brokenAt: Int?
  /// Whether the row holds, outside strings, what no JSON holds there: it cannot be read, and its brackets may be text.
  private var isSuspect = false
  /// Whether a line feed stood in a string, and the next line decides whether the row is broken off there.
  private var isInDoubt = false

  /// Finds the rows that end before the bytes do.
  mutating func run(_ bytes: Span<UInt8>, _ rows: inout [DataRow]) {
    switch layout {
    case .lines, nil: runLines(bytes, &rows)
    case .array, .values: runValues(bytes, &rows)
    case .whole:
      if start == nil, position < bytes.count { begin(position) }
      position = bytes.count
    }
  }

  /// Ends the row that the end of the file cuts off, or that it ends.
  mutating func finish(_ bytes: Span<UInt8>, _ rows: inout [DataRow]) {
    run(bytes, &rows)
    if start != nil {
      let isOpen = layout != .lines && layout != .whole && !isScalar && brokenAt == nil
      end(bytes, at: bytes.count, &rows, isOpen ? .openAtEnd : nil)
    }
    position = bytes.count
  }

  /// Forgets bytes before the place.
  mutating func shift(by count: Int) {
    position -= count
    start = start.map { $0 - count }
  }

  /// What of a row that is longer than it may be can be thrown away.
  mutating func drop(moreThan limit: Int, in count: Int, after last: DataRow?) -> Range<Int>? {
    guard let start, count - start + dropped > limit else { return nil }
    let range = start..<position
    dropped += range.count
    position = start
    return range
  }

  private mutating func begin(_ place: Int) {
    start = place
    startLine = line
    dropped = 0
    brokenAt = nil
    isInDoubt = false
    isSuspect = false
    lastMark = 0
    margin.beginRow()
  }

  private mutating func end(
    _ bytes: Span<UInt8>, at place: Int, _ rows: inout [DataRow], _ damage: RowDamage? = nil
  ) {
    guard let from = start else { return }
    start = nil
    margin.endRow(isGood: brokenAt == nil && damage == nil)
    let damage = brokenAt.map { RowDamage.brokenOff(at: $0) } ?? damage
    brokenAt = nil
    var upper = place
    while upper > from, isJSONSpace(bytes[upper - 1]) { upper -= 1 }
    if dropped > 0 {
      ordinal += 1
      rows.append(
        DataRow(
          line: startLine, range: from..<from, tooLong: dropped + upper - from, ordinal: ordinal, damage: damage))
    } else if upper > from {
      ordinal += 1
      rows.append(DataRow(line: startLine, range: from..<upper, ordinal: ordinal, damage: damage))
    }
    dropped = 0
  }

  private mutating func runLines(_ bytes: Span<UInt8>, _ rows: inout [DataRow]) {
    while position < bytes.count {
      if start == nil { begin(position) }
      let lineEnd = ByteSearchLines.lineEnd(in: bytes, from: position)
      guard lineEnd < bytes.count else {
        position = bytes.count
        return
      }
      end(bytes, at: lineEnd, &rows)
      line += 1
      position = lineEnd + 1
    }
  }

  private mutating func runValues(_ bytes: Span<UInt8>, _ rows: inout [DataRow]) {
    while position < bytes.count {
      if start != nil, brokenAt != nil || isInDoubt {
        seekNext(bytes, &rows)
      } else if isInString {
        runString(bytes)
      } else if start == nil {
        openRow(bytes[position])
      } else if isScalar {
        runScalar(bytes, &rows)
      } else {
        runRow(bytes, &rows)
      }
    }
  }

  private mutating func runString(_ bytes: Span<UInt8>) {
    if !isEscaped {
      position = ByteSearchLines.stringMark(in: bytes, from: position)
      if position == bytes.count { return }
    }
    let byte = bytes[position]
    position += 1
    if byte == 0x0A {
      // JSON has no line feed in a string.
      line += 1
      isEscaped = false
      margin.beginLine()
      if margin.isKnown { breakOff(at: position - 1) } else { isInDoubt = true }
    } else if isEscaped {
      isEscaped = false
    } else if byte == 0x5C {
      isEscaped = true
    } else if byte == 0x22 {
      isInString = false
    }
  }

  private mutating func runScalar(_ bytes: Span<UInt8>, _ rows: inout [DataRow]) {
    let byte = bytes[position]
    if byte == 0x2C || byte == 0x0A || (isInArray && byte == 0x5D) {
      isScalar = false
      end(bytes, at: position, &rows)
    } else {
      position += 1
    }
  }

  /// What stands in a row, outside strings: up to the next string, or to the row's end.
  private mutating func runRow(_ bytes: Span<UInt8>, _ rows: inout [DataRow]) {
    while position < bytes.count {
      let byte = bytes[position]
      if margin.isAtLineStart, byte != 0x0A, !leaveMargin(bytes, byte, &rows) { return }
      position += 1
      switch byte {
      case 0x20, 0x09, 0x0D: continue
      case 0x0A:
        line += 1
        margin.beginLine(inRow: true)
        continue
      case 0x22: isInString = true
      case 0x7B, 0x5B:
        depth += 1
        objects = objects << 1 | (byte == 0x7B ? 1 : 0)
      case 0x7D, 0x5D:
        depth -= 1
        objects >>= 1
        if depth == 0 { return end(bytes, at: position, &rows) }
      default: isSuspect = isSuspect || !Self.isJSON(byte)
      }
      lastMark = byte
      if isInString { return }
    }
  }

  /// Looks at a byte at the beginning of a line. Returns false if the row is broken off before it: an object has a name there, and no object.
  private mutating func leaveMargin(_ bytes: Span<UInt8>, _ byte: UInt8, _ rows: inout [DataRow]) -> Bool {
    if byte == 0x20 || byte == 0x09 || byte == 0x0D {
      margin.indent += 1
      return true
    }
    if isSuspect, margin.isKnown {
      breakOff(at: position)
      return false
    }
    margin.leaveMargin()
    guard byte == 0x7B, isSuspect || objects & 1 == 1 && lastMark != 0x3A else { return true }
    breakOff(at: position)
    beginNext(bytes, &rows)
    return false
  }

  /// Whether a byte may stand outside strings: in a number, a mark, or one of `true`, `false`, `null`, `NaN` and `Infinity`.
  private static func isJSON(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x2B...0x2E, 0x30...0x3A, 0x45, 0x49, 0x4E, 0x61, 0x65, 0x66, 0x69, 0x6C, 0x6E, 0x72...0x75, 0x79: true
    default: false
    }
  }

  /// What stands between rows.
  private mutating func openRow(_ byte: UInt8) {
    switch byte {
    case 0x0A:
      line += 1
      margin.beginLine()
    case 0x20, 0x09, 0x0D: margin.indent += 1
    case 0x2C: margin.leaveMargin()
    case 0x5B where layout == .array && !isInArray:
      isInArray = true
      margin.leaveMargin()
    case 0x5D where isInArray:
      // What may follow the array are values of their own.
      isInArray = false
      layout = .values
      margin.leaveMargin()
    default:
      begin(position)
      margin.leaveMargin()
      if byte == 0x7B || byte == 0x5B {
        depth = 1
        objects = byte == 0x7B ? 1 : 0
      } else {
        isScalar = true
      }
    }
    position += 1
  }

  // MARK: Rows that are broken

  private mutating func breakOff(at place: Int) {
    brokenAt = brokenAt ?? (dropped + place - (start ?? place))
    isInString = false
    isEscaped = false
    isInDoubt = false
  }

  /// Looks for the line that the next row begins on, behind a row that is broken or may be.
  private mutating func seekNext(_ bytes: Span<UInt8>, _ rows: inout [DataRow]) {
    let byte = bytes[position]
    if byte == 0x0A {
      line += 1
      margin.beginLine()
      position += 1
    } else if margin.isAtLineStart, byte == 0x20 || byte == 0x09 || byte == 0x0D {
      margin.indent += 1
      position += 1
    } else if margin.isAtLineStart {
      margin.leaveMargin()
      if byte == 0x7B {
        if isInDoubt { breakOff(at: position) }
        beginNext(bytes, &rows)
      } else if isInDoubt {
        // Nothing tells where rows begin; the string goes on, as its writer seems to have meant.
        isInDoubt = false
      } else if isInArray, byte == 0x5D && margin.mayCloseArray || byte == 0x2C && margin.mayGoOn {
        end(bytes, at: position, &rows)
      } else if byte == 0x7D, margin.mayCloseRow {
        position += 1
        end(bytes, at: position, &rows)
      } else {
        position += 1
      }
    } else {
      position = ByteSearchLines.lineEnd(in: bytes, from: position)
    }
  }

  /// Ends the broken row before a `{`, if rows of the file begin as that does.
  private mutating func beginNext(_ bytes: Span<UInt8>, _ rows: inout [DataRow]) {
    guard margin.mayBeginRow else {
      position += 1
      return
    }
    let indent = margin.indent
    end(bytes, at: position, &rows)
    margin.restore(indent)
  }
}

/// How far rows are from the beginnings of their lines.
private struct RowMargin {
  /// White space since the last line feed.
  var indent = 0
  private(set) var isAtLineStart = true
  /// That of rows that begin a line; `nil` as long as there was none.
  private var rowIndent: Int?
  /// Whether all rows so far, the one at hand included, are on one line.
  private var areOnOneLine = true
  private var wereOnOneLine = true

  /// Whether it is known how rows begin.
  var isKnown: Bool { rowIndent != nil }

  var mayBeginRow: Bool { areOnOneLine || rowIndent.map { $0 == indent } ?? true }

  var mayCloseArray: Bool { areOnOneLine || rowIndent.map { indent < $0 } ?? false }

  /// Whether a comma may be the one between rows.
  var mayGoOn: Bool { rowIndent.map { indent <= $0 } ?? false }

  var mayCloseRow: Bool { !areOnOneLine && rowIndent == indent }

  /// - Parameter inRow: Whether the line feed stands in a row, where it may.
  mutating func beginLine(inRow: Bool = false) {
    indent = 0
    isAtLineStart = true
    if inRow { areOnOneLine = false }
  }

  mutating func leaveMargin() { isAtLineStart = false }

  mutating func restore(_ indent: Int) {
    self.indent = indent
    isAtLineStart = true
  }

  mutating func beginRow() {
    if isAtLineStart { rowIndent = indent }
    wereOnOneLine = areOnOneLine
  }

  mutating func endRow(isGood: Bool) {
    if !isGood { areOnOneLine = wereOnOneLine }
    isAtLineStart = false
  }
}
