internal import ToolReward

/// Reads calls written in Python as the preparation published with Tool-N1 reads them, so that its training data can be made again.
///
/// Its patterns end a call at the first `)` and keep as text what is no Python literal: a bracket or an escaped quote in a string, JSON's
/// `true` and `null`, a name with `/` and arguments without names give other calls than were written. Docs/TrainingData.md lists what.
enum ToolN1Parser {
  /// The calls; `nil` where the official code takes the text for prose, or raises. O(text).
  static func calls(_ text: [UInt8], _ reader: PieceReader) -> [RecordCall]? {
    guard text.first == 0x5B, text.last == 0x5D, looksLikeCalls(text) else { return nil }
    var found: [RecordCall] = []
    for (name, arguments) in matches(text) {
      guard let call = call(Array(text[name]), Array(text[arguments]), reader) else { return nil }
      found.append(call)
    }
    return found.isEmpty ? nil : found
  }

  /// What its check asks for: from bracket to bracket, names with something in parentheses, commas between them.
  private static func looksLikeCalls(_ text: [UInt8]) -> Bool {
    let range = PythonText.strip(text.span, 0..<text.count)
    // Where one may stand: before a name, in it, in parentheses, behind them, behind the last bracket.
    let before = 1, name = 2, inside = 4, behind = 8, end = 16
    guard !range.isEmpty, text[range.lowerBound] == 0x5B else { return false }
    var places = before
    var position = range.lowerBound + 1
    while position < range.upperBound, places != 0 {
      let space = PythonText.spaceLength(text.span, at: position, end: range.upperBound)
      let byte = text[position]
      var next = 0
      if places & (before | name) != 0, space > 0 || isNameByte(byte) || byte == 0x2F { next |= name }
      if places & name != 0, byte == 0x28 { next |= inside }
      if places & inside != 0, byte != 0x0A { next |= byte == 0x29 ? inside | behind : inside }
      if places & behind != 0 {
        if space > 0 { next |= behind }
        if byte == 0x2C { next |= before }
        if byte == 0x5D { next |= end }
      }
      places = next
      position += max(1, space)
    }
    return places & end != 0
  }

  /// Names with what stands in their parentheses, up to the first `)` on the line.
  private static func matches(_ text: [UInt8]) -> [(name: Range<Int>, arguments: Range<Int>)] {
    var found: [(name: Range<Int>, arguments: Range<Int>)] = []
    var position = 0
    var close = -1
    while position < text.count {
      let start = position
      while position < text.count {
        let space = PythonText.spaceLength(text.span, at: position, end: text.count)
        guard space > 0 || isNameByte(text[position]) else { break }
        position += max(1, space)
      }
      guard position > start, position < text.count, text[position] == 0x28 else {
        position += position == start || position < text.count ? 1 : 0
        continue
      }
      let open = position + 1
      // The next `)` or line feed is looked for once, however many names come before it.
      if close < open { close = text[open...].firstIndex { $0 == 0x29 || $0 == 0x0A } ?? text.count }
      guard close < text.count, text[close] == 0x29 else {
        position = open
        continue
      }
      found.append((PythonText.strip(text.span, start..<(open - 1)), open..<close))
      position = close + 1
    }
    return found
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2E, 0x5F, 0x3F, 0x7C, 0x2D: true
    default: false
    }
  }

  private static func call(_ name: [UInt8], _ arguments: [UInt8], _ reader: PieceReader) -> RecordCall? {
    var members: [(key: [UInt8], value: [UInt8])] = []
    for item in items(arguments) {
      guard let equals = arguments[item].firstIndex(of: 0x3D) else { continue }
      let key = arguments.stripped(item.lowerBound..<equals)
      guard let value = json(arguments.stripped((equals + 1)..<item.upperBound)) else { return nil }
      if let place = members.firstIndex(where: { $0.key == key }) {
        members[place].value = value
      } else {
        members.append((key, value))
      }
    }
    var text: [UInt8] = [0x7B]
    for (position, member) in members.enumerated() {
      if position > 0 { text.append(0x2C) }
      JSONPiece.append(member.key, to: &text)
      text.append(0x3A)
      text += member.value
    }
    text.append(0x7D)
    return reader.json(text).map { RecordCall(name: name, arguments: $0) }
  }

  /// The parts between commas that stand in no bracket and in no quotes. A quote is closed by the next one like it, escaped or not.
  private static func items(_ text: [UInt8]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var start = 0
    var quote: UInt8?
    var round = 0, square = 0, curly = 0
    for (position, byte) in text.enumerated() {
      if let open = quote {
        if byte == open { quote = nil }
        continue
      }
      switch byte {
      case 0x22, 0x27: quote = byte
      case 0x28: round += 1
      case 0x29: round -= 1
      case 0x5B: square += 1
      case 0x5D: square -= 1
      case 0x7B: curly += 1
      case 0x7D: curly -= 1
      case 0x2C where round == 0 && square == 0 && curly == 0:
        found.append(start..<position)
        start = position + 1
      default: break
      }
    }
    if start < text.count { found.append(start..<text.count) }
    return found
  }

  /// `json.dumps` of the literal, or of the text without quotes at its ends; `nil` where that raises.
  private static func json(_ text: [UInt8]) -> [UInt8]? {
    var output: [UInt8] = []
    if !hasOperator(text), let value = BFCLDecoder(.v4).pythonLiteral(text.span) {
      return value.appendJSON(to: &output) ? output : nil
    }
    var start = 0
    var end = text.count
    while start < end, text[start] == 0x27 || text[start] == 0x22 { start += 1 }
    while end > start, text[end - 1] == 0x27 || text[end - 1] == 0x22 { end -= 1 }
    JSONPiece.append(Array(text[start..<end]), to: &output)
    return output
  }
}

extension ToolN1Parser {
  /// Whether an operator stands between values, or a sign before a sign, outside strings: `ast.literal_eval` works nothing out.
  private static func hasOperator(_ text: [UInt8]) -> Bool {
    var quote: UInt8?
    var previous: UInt8 = 0
    var isEscaped = false
    for (position, byte) in text.enumerated() {
      if let open = quote {
        if isEscaped {
          isEscaped = false
        } else if byte == 0x5C {
          isEscaped = true
        } else if byte == open {
          quote = nil
        }
        previous = byte
        continue
      }
      switch byte {
      case 0x22, 0x27: quote = byte
      case 0x20, 0x09, 0x0A, 0x0D: continue
      case 0x25, 0x26, 0x2A, 0x2F, 0x3C, 0x3E, 0x40, 0x5E, 0x7C: return true
      case 0x2B, 0x2D:
        let isExponent = position > 1 && text[position - 1] | 0x20 == 0x65 && (0x2E...0x39).contains(text[position - 2])
        let endsValue: Bool
        switch previous {
        case 0x22, 0x27, 0x29, 0x2B, 0x2D, 0x2E, 0x30...0x39, 0x41...0x5A, 0x5D, 0x5F, 0x61...0x7A, 0x7D:
          endsValue = true
        default: endsValue = false
        }
        if endsValue, !isExponent { return true }
      default: break
      }
      previous = byte
    }
    return false
  }
}

extension PythonValue {
  /// Appends what `json.dumps` gives. Returns false where it raises. Recursion is bounded by the depth that values are read with.
  fileprivate func appendJSON(to output: inout [UInt8]) -> Bool {
    switch self {
    case .none: output += "null".utf8
    case .boolean(let truth): output += (truth ? "true" : "false").utf8
    case .integer(let value): output += String(value).utf8
    case .bigInteger(let digits): output += digits
    case .float(let value):
      if value.isNaN {
        output += "NaN".utf8
      } else if value.isInfinite {
        output += (value < 0 ? "-Infinity" : "Infinity").utf8
      } else {
        output += pythonString
      }
    case .string(let bytes): JSONPiece.append(bytes, to: &output)
    case .list(let elements), .tuple(let elements):
      output.append(0x5B)
      for (position, element) in elements.enumerated() {
        if position > 0 { output.append(0x2C) }
        guard element.appendJSON(to: &output) else { return false }
      }
      output.append(0x5D)
    case .dictionary(let members):
      output.append(0x7B)
      for (position, member) in members.enumerated() {
        guard let key = member.key.jsonName else { return false }
        if position > 0 { output.append(0x2C) }
        JSONPiece.append(key, to: &output)
        output.append(0x3A)
        guard member.value.appendJSON(to: &output) else { return false }
      }
      output.append(0x7D)
    case .other: return false
    }
    return true
  }
}

extension PythonValue.Key {
  /// The name that `json.dumps` makes of a key; `nil` where it raises. `True` and `1.0` are spelled as the number that they equal.
  fileprivate var jsonName: [UInt8]? {
    switch self {
    case .string(let text): return text
    case .other(let identity):
      // The first byte says of which kind the key is: 1 a number, 2 None.
      if identity == [2] { return Array("null".utf8) }
      return identity.first == 1 ? Array(identity.dropFirst()) : nil
    }
  }
}
