#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif
internal import ToolReward

/// Python's operators.
enum Arithmetic {
  enum Operator: String {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case floorDivide = "//"
    case modulo = "%"
    case power = "**"
  }

  static func apply(
    _ operation: Operator, _ a: JinjaValue, _ b: JinjaValue, _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaValue {
    if case .string(let text) = a {
      if operation == .add, case .string(let other) = b {
        try state.charge(bytes: text.count &+ other.count)
        return .string(state.heap.joined(text, other))
      }
      // `%` formats whatever stands to its right.
      if operation == .modulo { return state.string(try PercentFormat.format(text, b, &state)) }
    }
    if case .undefined(let value) = a { throw TemplateFailure.undefined(value) }
    if case .undefined(let value) = b { throw TemplateFailure.undefined(value) }
    if let x = a.integer, let y = b.integer { return try integers(operation, x, y) }
    if let x = double(a), let y = double(b) { return .float(try floats(operation, x, y)) }
    return try others(operation, a, b, &state)
  }

  static func negate(_ value: JinjaValue) throws(TemplateFailure) -> JinjaValue {
    switch value {
    case .undefined(let value): throw TemplateFailure.undefined(value)
    case .float(let double): return .float(-double)
    default:
      guard let integer = value.integer else {
        if case .bigInteger = value { throw tooBig }
        throw TemplateFailure(.type, "bad operand type for unary -: '\(value.typeName)'")
      }
      if integer == .min { throw tooBig }
      return .integer(-integer)
    }
  }

  static func plus(_ value: JinjaValue) throws(TemplateFailure) -> JinjaValue {
    switch value {
    case .undefined(let value): throw TemplateFailure.undefined(value)
    case .float, .bigInteger: return value
    default:
      guard let integer = value.integer else {
        throw TemplateFailure(.type, "bad operand type for unary +: '\(value.typeName)'")
      }
      return .integer(integer)
    }
  }

  static var tooBig: TemplateFailure {
    TemplateFailure(.limit, "an integer beyond 64 bits; Python would compute it, this engine does not")
  }

  private static func double(_ value: JinjaValue) -> Double? {
    if case .float(let double) = value { return double }
    if case .bigInteger(let digits) = value { return PythonValue.double(digits.bytes) }
    return value.integer.map { Double($0) }
  }

  private static func integers(_ operation: Operator, _ x: Int, _ y: Int) throws(TemplateFailure) -> JinjaValue {
    let (value, overflow): (Int, Bool)
    switch operation {
    case .add: (value, overflow) = x.addingReportingOverflow(y)
    case .subtract: (value, overflow) = x.subtractingReportingOverflow(y)
    case .multiply: (value, overflow) = x.multipliedReportingOverflow(by: y)
    case .divide:
      if y == 0 { throw TemplateFailure(.arithmetic, "division by zero") }
      return .float(quotient(x, y))
    case .floorDivide, .modulo:
      if y == 0 { throw TemplateFailure(.arithmetic, "integer division or modulo by zero") }
      if y == -1 {
        if operation == .modulo { return .integer(0) }
        if x == .min { throw tooBig }
        return .integer(-x)
      }
      let (quotient, remainder) = x.quotientAndRemainder(dividingBy: y)
      let isBelow = remainder != 0 && (remainder < 0) != (y < 0)
      return .integer(
        operation == .modulo ? (isBelow ? remainder + y : remainder) : (isBelow ? quotient - 1 : quotient))
    case .power:
      if y < 0 {
        if x == 0 { throw TemplateFailure(.arithmetic, "0.0 cannot be raised to a negative power") }
        return .float(pow(Double(x), Double(y)))
      }
      return .integer(try power(x, y))
    }
    if overflow { throw tooBig }
    return .integer(value)
  }

  /// The nearest binary64 of a quotient of integers.
  private static func quotient(_ x: Int, _ y: Int) -> Double {
    let limit = 1 << 53
    if x.magnitude <= limit.magnitude, y.magnitude <= limit.magnitude { return Double(x) / Double(y) }
    if x == 0 { return y < 0 ? -0.0 : 0.0 }
    // One of them is beyond binary64's exact integers: long division to 64 bits and a sticky one.
    let isNegative = (x < 0) != (y < 0)
    var numerator = UInt128(x.magnitude)
    let denominator = UInt128(y.magnitude)
    var shift = 0
    while numerator / denominator < 1 << 62, numerator >> 126 == 0 {
      numerator <<= 1
      shift += 1
    }
    var bits = numerator / denominator
    if numerator % denominator != 0 { bits |= 1 }
    let value = scalbn(Double(bits), Int32(truncatingIfNeeded: -shift))
    return isNegative ? -value : value
  }

  private static func power(_ x: Int, _ y: Int) throws(TemplateFailure) -> Int {
    if x == 0 || x == 1 { return y == 0 ? 1 : x }
    if x == -1 { return y % 2 == 0 ? 1 : -1 }
    if y > 64 { throw tooBig }
    var result = 1
    for _ in 0..<y {
      let (next, overflow) = result.multipliedReportingOverflow(by: x)
      if overflow { throw tooBig }
      result = next
    }
    return result
  }

  private static func floats(_ operation: Operator, _ x: Double, _ y: Double) throws(TemplateFailure) -> Double {
    switch operation {
    case .add: return x + y
    case .subtract: return x - y
    case .multiply: return x * y
    case .divide:
      if y == 0 { throw TemplateFailure(.arithmetic, "float division by zero") }
      return x / y
    case .floorDivide, .modulo:
      if y == 0 { throw TemplateFailure(.arithmetic, "float floor division or modulo by zero") }
      // CPython's float_divmod.
      var remainder = fmod(x, y)
      var quotient = (x - remainder) / y
      if remainder != 0 {
        if (y < 0) != (remainder < 0) {
          remainder += y
          quotient -= 1
        }
      } else {
        remainder = copysign(0, y)
      }
      if operation == .modulo { return remainder }
      guard quotient != 0 else { return copysign(0, x / y) }
      let floor = quotient.rounded(.down)
      return quotient - floor > 0.5 ? floor + 1 : floor
    case .power:
      if x == 0, y < 0 { throw TemplateFailure(.arithmetic, "0.0 cannot be raised to a negative power") }
      let value = pow(x, y)
      if value.isNaN, !x.isNaN, !y.isNaN { throw TemplateFailure(.type, "complex numbers are not computed") }
      if value.isInfinite, x.isFinite, y.isFinite { throw TemplateFailure(.arithmetic, "Result too large") }
      return value
    }
  }

  private static func others(
    _ operation: Operator, _ a: JinjaValue, _ b: JinjaValue, _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaValue {
    switch (operation, a, b) {
    case (.add, .markup(let x), .string), (.add, .markup(let x), .markup):
      return .markup(try joined(x, HTMLEscape.escaped(b, &state), &state))
    case (.add, .string, .markup(let y)): return .markup(try joined(HTMLEscape.escaped(a, &state), y, &state))
    case (.modulo, .markup(let format), _):
      return .markup(state.heap.text(try PercentFormat.format(format, b, escapes: true, &state)))
    case (.add, .list(let x), .list(let y)):
      try state.charge(bytes: (x.count + y.count) * 16)
      return state.list(Array(x.elements) + y.elements)
    case (.add, .tuple(let x), .tuple(let y)):
      try state.charge(bytes: (x.count + y.count) * 16)
      return state.tuple(Array(x.elements) + y.elements)
    case (.multiply, _, _):
      if let count = b.integer, let value = try repeated(a, count, &state) { return value }
      if let count = a.integer, let value = try repeated(b, count, &state) { return value }
    default: break
    }
    throw TemplateFailure(
      .type, "unsupported operand type(s) for \(operation.rawValue): '\(a.typeName)' and '\(b.typeName)'")
  }

  private static func joined(
    _ x: JinjaText, _ y: JinjaText, _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaText {
    try state.charge(bytes: x.count + y.count)
    return state.heap.joined(x, y)
  }

  private static func repeated(
    _ value: JinjaValue, _ count: Int, _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaValue? {
    let size: Int
    switch value {
    case .string(let text), .markup(let text): size = text.count
    case .list(let list), .tuple(let list): size = list.count * 16
    default: return nil
    }
    let (total, overflow) = size.multipliedReportingOverflow(by: max(0, count))
    try state.charge(bytes: overflow ? .max : total)
    let times = size == 0 ? 0 : max(0, count)
    switch value {
    case .string(let text): return state.string(Array(repeatElement(text, count: times).joined()))
    case .markup(let text): return .markup(state.heap.text(Array(repeatElement(text, count: times).joined())))
    case .list(let list): return state.list(Array(repeatElement(list.elements, count: times).joined()))
    case .tuple(let list): return state.tuple(Array(repeatElement(list.elements, count: times).joined()))
    default: return nil
    }
  }
}

/// What MarkupSafe's `escape` does.
enum HTMLEscape {
  /// `escape(value)`: a marked string as it is.
  static func escaped(_ value: JinjaValue, _ state: inout RenderState) throws(TemplateFailure) -> JinjaText {
    if case .markup(let text) = value { return text }
    let result = escaped(try PythonPrinting.string(value, &state))
    try state.charge(bytes: result.count)
    return state.heap.text(result)
  }

  static func escaped(_ text: JinjaText) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    for byte in text {
      switch byte {
      case 0x26: JinjaText("&amp;").append(to: &result)
      case 0x3C: JinjaText("&lt;").append(to: &result)
      case 0x3E: JinjaText("&gt;").append(to: &result)
      case 0x22: JinjaText("&#34;").append(to: &result)
      case 0x27: JinjaText("&#39;").append(to: &result)
      default: result.append(byte)
      }
    }
    return result
  }
}
