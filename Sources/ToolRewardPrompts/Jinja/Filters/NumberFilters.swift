#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif
internal import ToolReward

/// Filters that make numbers.
extension Filters {
  static let numbers: [(String, Body)] = [
    make("abs") { (value, _, _) throws(TemplateFailure) in
      switch value {
      case .float(let double): return .float(double.magnitude)
      case .undefined(let undefined): throw TemplateFailure.undefined(undefined)
      default:
        guard let integer = value.integer else {
          throw TemplateFailure(.type, "bad operand type for abs(): '\(value.typeName)'")
        }
        if integer == .min { throw Arithmetic.tooBig }
        return .integer(Int(integer.magnitude))
      }
    },
    make("int", ["default", "base"]) { (value, arguments, state) throws(TemplateFailure) in
      let base = try integer(arguments[1], 10)
      let otherwise = arguments[0] ?? .integer(0)
      if let text = value.text {
        if base == 0 || (2...36).contains(base),
          let number = PythonNumbers.integer(parsing: text, base: base, state.heap)
        {
          return number
        }
        return PythonNumbers.double(parsing: text).flatMap { whole($0, state.heap) } ?? otherwise
      }
      switch value {
      case .float(let double): return whole(double, state.heap) ?? otherwise
      case .bigInteger: return value
      case .undefined(let undefined): throw TemplateFailure.undefined(undefined)
      default: return value.integer.map { .integer($0) } ?? otherwise
      }
    },
    make("float", ["default"]) { (value, arguments, _) throws(TemplateFailure) in
      let otherwise = arguments[0] ?? .float(0)
      if let text = value.text { return PythonNumbers.double(parsing: text).map { .float($0) } ?? otherwise }
      switch value {
      case .float: return value
      case .bigInteger(let digits): return .float(PythonValue.double(digits.bytes))
      case .undefined(let undefined): throw TemplateFailure.undefined(undefined)
      default: return value.integer.map { .float(Double($0)) } ?? otherwise
      }
    },
    make("round", ["precision", "method"]) { (value, arguments, _) throws(TemplateFailure) in
      if case .undefined(let undefined) = value { throw TemplateFailure.undefined(undefined) }
      let places = try integer(arguments[0], 0)
      let method = arguments[1]?.text.map { String(decoding: $0, as: UTF8.self) } ?? "common"
      switch (method, value) {
      case ("common", .float(let double)): return .float(try NumberFormat.rounded(double, places))
      case ("common", _):
        guard let integer = value.integer else {
          throw TemplateFailure(.type, "type \(value.typeName) doesn't define __round__ method")
        }
        return .integer(try rounded(integer, places))
      case ("ceil", _), ("floor", _):
        var double: Double
        if case .float(let value) = value {
          double = value
        } else {
          guard let integer = value.integer else {
            throw TemplateFailure(.type, "must be real number, not \(value.typeName)")
          }
          double = Double(integer)
        }
        let scale = pow(10, Double(places))
        double *= scale
        guard double.isFinite else { throw TemplateFailure(.arithmetic, "cannot convert float to integer") }
        return .float((method == "ceil" ? double.rounded(.up) : double.rounded(.down)) / scale)
      default: throw TemplateFailure(.runtime, "method must be common, ceil or floor")
      }
    },
    make("filesizeformat", ["binary"]) { (value, arguments, state) throws(TemplateFailure) in
      let isBinary = try truth(arguments[0], false, &state)
      var number: Double?
      if case .float(let double) = value { number = double } else { number = value.integer.map { Double($0) } }
      if let text = value.text { number = PythonNumbers.double(parsing: text) }
      guard let bytes = number else { throw TemplateFailure(.type, "float() argument must be a number") }
      let base = isBinary ? 1024.0 : 1000.0
      if bytes == 1 { return .text("1 Byte") }
      if bytes < base {
        guard bytes.isFinite, let whole = whole(bytes, state.heap) else {
          throw TemplateFailure(.value, "cannot convert float to integer")
        }
        return state.string(try PythonPrinting.string(whole, &state).bytes + Array(" Bytes".utf8))
      }
      let prefixes =
        isBinary
        ? ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"] : ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"]
      var unit = base
      for (power, prefix) in prefixes.enumerated() {
        unit = pow(base, Double(power + 2))
        if bytes < unit || power + 1 == prefixes.count {
          return state.string(
            try NumberFormat.float(base * bytes / unit, 0x66, precision: 1) + Array(" \(prefix)".utf8))
        }
      }
      return .null
    },
  ]

  /// `int(double)`; `nil` where it raises.
  private static func whole(_ double: Double, _ heap: ValueHeap) -> JinjaValue? {
    guard double.isFinite else { return nil }
    if let integer = Int(exactly: double.rounded(.towardZero)) { return .integer(integer) }
    guard let digits = try? NumberFormat.float(double, 0x66, precision: 0) else { return nil }
    return .bigInteger(heap.text(digits))
  }

  /// `round(integer, places)`: to tens and hundreds, ties to even.
  private static func rounded(_ value: Int, _ places: Int) throws(TemplateFailure) -> Int {
    if places >= 0 { return value }
    if places < -18 { return 0 }
    var scale = 1
    for _ in 0..<(-places) { scale *= 10 }
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: scale)
    let twice = remainder.magnitude.multipliedReportingOverflow(by: 2)
    let isUp =
      twice.overflow || twice.partialValue > scale.magnitude
      || (twice.partialValue == scale.magnitude && quotient % 2 != 0)
    let rounded = isUp ? (value < 0 ? quotient - 1 : quotient + 1) : quotient
    let (result, overflow) = rounded.multipliedReportingOverflow(by: scale)
    if overflow { throw Arithmetic.tooBig }
    return result
  }
}
