internal import ToolReward

/// What stands after the colon of a replacement field (Python's format specification mini-language).
struct FormatSpecification {
  var fill: [UInt8] = [0x20]
  /// `<`, `>`, `^` or `=`.
  var align: UInt8?
  var sign: UInt8?
  var alternate = false
  var zero = false
  var width = 0
  var grouping: UInt8?
  var precision: Int?
  var kind: UInt8?

  init() {}

  init(_ text: [UInt8]) throws(TemplateFailure) {
    let characters = PythonStrings.characters(text)
    var position = 0
    func byte(_ offset: Int) -> UInt8? {
      position + offset < characters.count && characters[position + offset].count == 1
        ? characters[position + offset].first : nil
    }
    func isAlignment(_ byte: UInt8?) -> Bool { byte == 0x3C || byte == 0x3E || byte == 0x5E || byte == 0x3D }
    if characters.count > 1, isAlignment(byte(1)) {
      fill = Array(characters[0])
      align = byte(1)
      position = 2
    } else if isAlignment(byte(0)) {
      align = byte(0)
      position = 1
    }
    if let byte = byte(0), byte == 0x2B || byte == 0x2D || byte == 0x20 {
      sign = byte
      position += 1
    }
    if byte(0) == 0x7A { throw TemplateFailure(.runtime, "'z' in a format is not supported") }
    if byte(0) == 0x23 {
      alternate = true
      position += 1
    }
    if byte(0) == 0x30 {
      zero = true
      position += 1
    }
    func number() throws(TemplateFailure) -> Int? {
      var number: Int?
      while let digit = byte(0), digit >= 0x30, digit <= 0x39 {
        number = (number ?? 0) * 10 + Int(digit - 0x30)
        position += 1
        if let number, number > 1 << 40 { throw TemplateFailure(.limit, "a width beyond every limit") }
      }
      return number
    }
    width = try number() ?? 0
    if let byte = byte(0), byte == 0x2C || byte == 0x5F {
      grouping = byte
      position += 1
    }
    if byte(0) == 0x2E {
      position += 1
      guard let digits = try number() else { throw TemplateFailure(.value, "Format specifier missing precision") }
      precision = digits
    }
    if position < characters.count {
      kind = byte(0)
      position += 1
    }
    guard position == characters.count else { throw TemplateFailure(.value, "Invalid format specifier") }
  }

  /// Pads what is written: `prefix` stays left of zeros.
  private func pad(
    _ body: [UInt8], prefix: [UInt8] = [], standard: UInt8, to output: inout [UInt8], _ state: inout RenderState
  ) throws(TemplateFailure) {
    let missing = width - PythonStrings.count(body) - prefix.count
    let align = self.align ?? (zero ? 0x3D : standard)
    let fill = zero && self.align == nil ? [0x30] : self.fill
    guard missing > 0 else {
      output += prefix
      output += body
      return
    }
    try state.charge(bytes: missing * fill.count)
    let before = align == 0x3C ? 0 : align == 0x5E ? missing / 2 : missing
    if align == 0x3D { output += prefix }
    output += repeatElement(fill, count: before).joined()
    if align != 0x3D { output += prefix }
    output += body
    output += repeatElement(fill, count: missing - before).joined()
  }

  func append(text: [UInt8], to output: inout [UInt8], _ state: inout RenderState) throws(TemplateFailure) {
    if let precision, PythonStrings.count(text) > precision {
      try pad(Array(PythonStrings.characters(text)[..<precision].joined()), standard: 0x3C, to: &output, &state)
    } else {
      try pad(text, standard: 0x3C, to: &output, &state)
    }
  }

  private func signText(isNegative: Bool) -> [UInt8] {
    isNegative ? [0x2D] : sign == 0x2B || sign == 0x20 ? [sign ?? 0x20] : []
  }

  func append(
    integer: Int, isPercent: Bool = false, to output: inout [UInt8], _ state: inout RenderState
  ) throws(TemplateFailure) {
    let kind = kind ?? 0x64
    let radix =
      switch kind {
      case 0x62: 2
      case 0x6F: 8
      case 0x78, 0x58: 16
      default: 10
      }
    var digits = NumberFormat.digits(integer, radix: radix, uppercase: kind == 0x58)
    var prefix = signText(isNegative: integer < 0)
    if alternate, radix != 10 { prefix += [0x30, kind] }
    if isPercent, let precision, digits.count < precision {
      try state.charge(bytes: precision)
      digits = [UInt8](repeating: 0x30, count: precision - digits.count) + digits
    }
    if let grouping { digits = NumberFormat.grouped(digits, grouping, radix == 10 ? 3 : 4) }
    try pad(padded(digits, prefix), prefix: prefix, standard: 0x3E, to: &output, &state)
  }

  /// Zeros that fill the width are grouped too.
  private func padded(_ digits: [UInt8], _ prefix: [UInt8]) throws(TemplateFailure) -> [UInt8] {
    guard grouping != nil, zero, align == nil, width > digits.count + prefix.count else { return digits }
    throw TemplateFailure(.runtime, "zeros with grouping in a format are not supported")
  }

  func append(float value: Double, to output: inout [UInt8], _ state: inout RenderState) throws(TemplateFailure) {
    var body: [UInt8]
    let magnitude = value.magnitude
    switch kind {
    case nil where precision == nil:
      body = Array(PythonPrinting.float(magnitude).utf8)
    case nil:
      body = try NumberFormat.float(magnitude, 0x67, precision: max(1, precision ?? 6), alternate: alternate)
      if value.isFinite, !body.contains(0x2E), !body.contains(0x65) { body += [0x2E, 0x30] }
    case 0x25:
      body = try NumberFormat.float(magnitude * 100, 0x66, precision: precision ?? 6, alternate: alternate) + [0x25]
    case 0x67?, 0x47?:
      body = try NumberFormat.float(magnitude, kind ?? 0x67, precision: max(1, precision ?? 6), alternate: alternate)
    case let kind?: body = try NumberFormat.float(magnitude, kind, precision: precision ?? 6, alternate: alternate)
    default: body = []
    }
    if let grouping, value.isFinite { body = NumberFormat.grouped(body, grouping) }
    let prefix = signText(isNegative: value.sign == .minus && !value.isNaN)
    try pad(padded(body, prefix), prefix: prefix, standard: 0x3E, to: &output, &state)
  }

  /// `format(value, specification)`.
  func append(_ value: JinjaValue, to output: inout [UInt8], _ state: inout RenderState) throws(TemplateFailure) {
    func refused(_ type: String) -> TemplateFailure {
      TemplateFailure(.value, "Unknown or invalid format code for an object of type '\(type)'")
    }
    if let text = value.text?.bytes {
      guard kind == nil || kind == 0x73, sign == nil, align != 0x3D, grouping == nil, !alternate else {
        throw refused("str")
      }
      try append(text: text, to: &output, &state)
      return
    }
    if let kind, [0x65, 0x45, 0x66, 0x46, 0x67, 0x47, 0x25].contains(kind) {
      if let integer = value.integer {
        try append(float: Double(integer), to: &output, &state)
        return
      }
    }
    switch value {
    case .boolean, .integer:
      guard precision == nil, kind == nil || [0x64, 0x62, 0x6F, 0x78, 0x58, 0x63].contains(kind ?? 0) else {
        throw refused("int")
      }
      guard !(grouping == 0x2C && kind != nil && kind != 0x64) else { throw refused("int") }
      if kind == 0x63 { throw TemplateFailure(.runtime, "'c' in a format is not supported") }
      try append(integer: value.integer ?? 0, to: &output, &state)
    case .float(let double):
      guard kind == nil || [0x65, 0x45, 0x66, 0x46, 0x67, 0x47, 0x25].contains(kind ?? 0) else {
        throw refused("float")
      }
      try append(float: double, to: &output, &state)
    default: throw TemplateFailure(.type, "unsupported format string passed to \(value.typeName).__format__")
    }
  }
}

/// `text.format(…)`, sandboxed.
enum StringFormat {
  static func format(
    _ format: JinjaText, _ arguments: CallArguments, _ state: inout RenderState
  ) throws(TemplateFailure) -> [UInt8] {
    var automatic = 0
    return try self.format(format.bytes, arguments, &automatic, 2, &state)
  }

  /// - Parameter automatic: How many `{}` were numbered; −1 once a field had a number of its own.
  private static func format(
    _ format: [UInt8], _ arguments: CallArguments, _ automatic: inout Int, _ depth: Int, _ state: inout RenderState
  ) throws(TemplateFailure) -> [UInt8] {
    guard depth > 0 else { throw TemplateFailure(.value, "Max string recursion exceeded") }
    var output: [UInt8] = []
    var position = 0
    while position < format.count {
      let byte = format[position]
      position += 1
      if byte == 0x7B || byte == 0x7D, position < format.count, format[position] == byte {
        output.append(byte)
        position += 1
        continue
      }
      if byte == 0x7D { throw TemplateFailure(.value, "Single '}' encountered in format string") }
      guard byte == 0x7B else {
        output.append(byte)
        continue
      }
      let start = position
      var open = 1
      while position < format.count {
        if format[position] == 0x7B { open += 1 }
        if format[position] == 0x7D { open -= 1 }
        if open == 0 { break }
        position += 1
      }
      guard open == 0 else { throw TemplateFailure(.value, "expected '}' before end of string") }
      try field(Array(format[start..<position]), arguments, &automatic, depth, to: &output, &state)
      position += 1
      try state.charge()
      if output.count > state.limits.outputBytes { try state.charge(bytes: output.count) }
    }
    try state.charge(bytes: output.count)
    return output
  }

  private static func field(
    _ text: [UInt8], _ arguments: CallArguments, _ automatic: inout Int, _ depth: Int, to output: inout [UInt8],
    _ state: inout RenderState
  ) throws(TemplateFailure) {
    var nameEnd = 0
    var isInBrackets = false
    while nameEnd < text.count {
      if text[nameEnd] == 0x5B { isInBrackets = true }
      if text[nameEnd] == 0x5D { isInBrackets = false }
      if !isInBrackets, text[nameEnd] == 0x3A || text[nameEnd] == 0x21 { break }
      if text[nameEnd] == 0x7B { throw TemplateFailure(.value, "unexpected '{' in field name") }
      nameEnd += 1
    }
    var rest = text[nameEnd...]
    var conversion: UInt8?
    if rest.first == 0x21 {
      rest = rest.dropFirst()
      guard let kind = rest.first else {
        throw TemplateFailure(.value, "end of string while looking for conversion specifier")
      }
      conversion = kind
      rest = rest.dropFirst()
      guard rest.isEmpty || rest.first == 0x3A else {
        throw TemplateFailure(.value, "expected ':' after conversion specifier")
      }
    }
    var value = try self.value(Array(text[..<nameEnd]), arguments, &automatic, &state)
    switch conversion {
    case nil: break
    case 0x73: value = .string(try PythonPrinting.string(value, &state))
    case 0x72:
      var printed: [UInt8] = []
      try PythonPrinting.appendRepr(value, to: &printed, &state)
      value = state.string(printed)
    default: throw TemplateFailure(.value, "Unknown conversion specifier")
    }
    let specification = try format(Array(rest.dropFirst()), arguments, &automatic, depth - 1, &state)
    if specification.isEmpty {
      output += try PythonPrinting.string(value, &state)
    } else {
      try FormatSpecification(specification).append(value, to: &output, &state)
    }
  }

  private static func value(
    _ name: [UInt8], _ arguments: CallArguments, _ automatic: inout Int, _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaValue {
    let first = name.prefix { $0 != 0x2E && $0 != 0x5B }
    var rest = name[first.endIndex...]
    var value: JinjaValue
    let number = first.isEmpty ? nil : index(first)
    if first.isEmpty || number != nil {
      if first.isEmpty ? automatic < 0 : automatic > 0 {
        throw TemplateFailure(.value, "cannot switch between automatic field numbering and manual field specification")
      }
      let place = number ?? automatic
      automatic = first.isEmpty ? automatic + 1 : -1
      guard place < arguments.positional.count else {
        throw TemplateFailure(.lookup, "Replacement index \(place) out of range for positional args tuple")
      }
      value = arguments.positional[place]
    } else {
      guard let named = arguments.named.first(where: { $0.name.elementsEqual(first) }) else {
        throw TemplateFailure(.lookup, "'\(String(decoding: first, as: UTF8.self))'")
      }
      value = named.value
    }
    while let lead = rest.first {
      rest = rest.dropFirst()
      if lead == 0x2E {
        let part = rest.prefix { $0 != 0x2E && $0 != 0x5B }
        rest = rest[part.endIndex...]
        guard !part.isEmpty else { throw TemplateFailure(.value, "Empty attribute in format string") }
        value = try Access.attribute(value, state.heap.text(part), &state)
      } else {
        guard lead == 0x5B, let end = rest.firstIndex(of: 0x5D), end > rest.startIndex else {
          throw TemplateFailure(.value, "Only '.' or '[' may follow ']' in format field specifier")
        }
        let part = rest[..<end]
        rest = rest[(end + 1)...]
        value = try Access.item(value, index(part).map { .integer($0) } ?? state.string(part), &state)
      }
    }
    return value
  }

  private static func index(_ digits: ArraySlice<UInt8>) -> Int? {
    guard digits.count < 18, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }
}
