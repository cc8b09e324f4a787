internal import ToolReward

/// `format % arguments`.
enum PercentFormat {
  static func format(
    _ format: JinjaText, _ arguments: JinjaValue, escapes: Bool = false, _ state: inout RenderState
  ) throws(TemplateFailure) -> [UInt8] {
    var output: [UInt8] = []
    var values: [JinjaValue] = [arguments]
    if case .tuple(let list) = arguments {
      values = Array(list.elements)
    }
    var used = 0
    var position = 0
    var usedNames = false
    func nextValue() throws(TemplateFailure) -> JinjaValue {
      guard used < values.count else { throw TemplateFailure(.type, "not enough arguments for format string") }
      used += 1
      return values[used - 1]
    }
    while position < format.count {
      let byte = format[position]
      position += 1
      guard byte == 0x25 else {
        output.append(byte)
        continue
      }
      var specification = FormatSpecification()
      var named: JinjaValue?
      func current() throws(TemplateFailure) -> UInt8 {
        guard position < format.count else { throw TemplateFailure(.value, "incomplete format") }
        return format[position]
      }
      if try current() == 0x28 {
        var depth = 1
        let start = position + 1
        position += 1
        while depth > 0 {
          let byte = try current()
          depth += byte == 0x28 ? 1 : byte == 0x29 ? -1 : 0
          position += 1
        }
        guard case .dictionary(let dictionary) = arguments else {
          throw TemplateFailure(.type, "format requires a mapping")
        }
        guard let value = dictionary.value(format.part(start..<(position - 1))) else {
          throw TemplateFailure(.lookup, "the format names a key that is not there")
        }
        named = value
        usedNames = true
      }
      flags: while true {
        switch try current() {
        case 0x2D: specification.align = 0x3C
        case 0x2B: specification.sign = 0x2B
        case 0x20: if specification.sign != 0x2B { specification.sign = 0x20 }
        case 0x30: specification.zero = true
        case 0x23: specification.alternate = true
        default: break flags
        }
        position += 1
      }
      func number() throws(TemplateFailure) -> Int? {
        if try current() == 0x2A {
          position += 1
          guard let width = try nextValue().integer else { throw TemplateFailure(.type, "* wants int") }
          return width
        }
        var number: Int?
        while case let digit = try current(), digit >= 0x30, digit <= 0x39 {
          number = min((number ?? 0) * 10 + Int(digit - 0x30), 1 << 40)
          position += 1
        }
        return number
      }
      if let width = try number() {
        specification.width = width.magnitude > 1 << 40 ? 1 << 40 : Int(width.magnitude)
        if width < 0 { specification.align = 0x3C }
      }
      if try current() == 0x2E {
        position += 1
        specification.precision = max(0, try number() ?? 0)
      }
      while [0x68, 0x6C, 0x4C].contains(try current()) { position += 1 }
      let kind = try current()
      position += 1
      if kind == 0x25 {
        output.append(0x25)
        continue
      }
      let value: JinjaValue
      if let named { value = named } else { value = try nextValue() }
      try append(value, kind, specification, escapes, to: &output, &state)
      if output.count > state.limits.outputBytes { try state.charge(bytes: output.count) }
    }
    if !usedNames, used < values.count {
      // What has keys or items may be left over.
      switch arguments {
      case .dictionary, .list, .undefined: break
      case .object(let object) where object.cast(to: RangeObject.self) != nil: break
      default: throw TemplateFailure(.type, "not all arguments converted during string formatting")
      }
    }
    try state.charge(bytes: output.count)
    return output
  }

  private static func append(
    _ value: JinjaValue, _ kind: UInt8, _ given: FormatSpecification, _ escapes: Bool, to output: inout [UInt8],
    _ state: inout RenderState
  ) throws(TemplateFailure) {
    var specification = given
    switch kind {
    case 0x73, 0x72, 0x61:
      specification.zero = false
      specification.sign = nil
      if specification.align == nil { specification.align = 0x3E }
      var text: [UInt8]
      if kind == 0x73 {
        text = escapes ? try HTMLEscape.escaped(value, &state).bytes : try PythonPrinting.string(value, &state).bytes
      } else {
        text = []
        try PythonPrinting.appendRepr(value, to: &text, &state)
        if kind == 0x61 { throw TemplateFailure(.runtime, "%a is not supported") }
      }
      try specification.append(text: text, to: &output, &state)
    case 0x64, 0x69, 0x75, 0x78, 0x58, 0x6F:
      var integer = value.integer
      if kind == 0x64 || kind == 0x69 || kind == 0x75, case .float(let double) = value {
        guard double.isFinite else {
          throw TemplateFailure(.value, "cannot convert float \(PythonPrinting.float(double)) to integer")
        }
        integer = Int(exactly: double.rounded(.towardZero))
      }
      if case .bigInteger = value { throw Arithmetic.tooBig }
      guard let integer else {
        throw TemplateFailure(
          .type, "%\(String(decoding: [kind], as: UTF8.self)) format: a real number is required, not \(value.typeName)")
      }
      specification.kind = kind == 0x69 || kind == 0x75 ? 0x64 : kind
      try specification.append(integer: integer, isPercent: true, to: &output, &state)
    case 0x65, 0x45, 0x66, 0x46, 0x67, 0x47:
      let double: Double
      switch value {
      case .float(let value): double = value
      case .bigInteger(let digits): double = PythonValue.double(digits.bytes)
      default:
        guard let integer = value.integer else {
          throw TemplateFailure(.type, "must be real number, not \(value.typeName)")
        }
        double = Double(integer)
      }
      specification.kind = kind
      try specification.append(float: double, to: &output, &state)
    case 0x63:
      var text = value.text?.bytes
      if let integer = value.integer {
        guard (0...0x10FFFF).contains(integer) else { throw TemplateFailure(.value, "%c arg not in range(0x110000)") }
        text = PythonStrings.bytes([UInt32(integer)])
      }
      guard let text, PythonStrings.count(text) == 1 else { throw TemplateFailure(.type, "%c requires int or char") }
      specification.zero = false
      if specification.align == nil { specification.align = 0x3E }
      specification.precision = nil
      try specification.append(text: text, to: &output, &state)
    default: throw TemplateFailure(.value, "unsupported format character")
    }
  }
}
