/// Jinja's built-in tests.
enum Tests {
  typealias Body =
    @Sendable (_ value: JinjaValue, _ arguments: CallArguments, _ state: inout RenderState) throws(TemplateFailure)
    -> Bool

  /// The test of that name; `nil` if there is none.
  static func named(_ name: [UInt8]) -> Body? { all[name] }

  private static let all: [[UInt8]: Body] = {
    var all: [[UInt8]: Body] = [:]
    for (name, body) in plain + comparing { all[Array(name.utf8)] = body }
    return all
  }()

  private static func make(
    _ name: String, _ holds: @escaping @Sendable (JinjaValue, inout RenderState) throws(TemplateFailure) -> Bool
  ) -> (String, Body) {
    (
      name,
      { (value, arguments, state) throws(TemplateFailure) in
        if !arguments.isEmpty { _ = try arguments.bound(name, []) }
        return try holds(value, &state)
      }
    )
  }

  private static func compare(
    _ names: [String],
    _ holds: @escaping @Sendable (JinjaValue, JinjaValue, inout RenderState) throws(TemplateFailure) -> Bool
  ) -> [(String, Body)] {
    names.map { name in
      (
        name,
        { (value, arguments, state) throws(TemplateFailure) in
          try holds(value, try arguments.bound(name, ["other"], required: 1)[0] ?? .null, &state)
        }
      )
    }
  }

  private static let plain: [(String, Body)] = [
    make("defined") { (value, _) throws(TemplateFailure) in !value.isUndefined },
    make("undefined") { (value, _) throws(TemplateFailure) in value.isUndefined },
    make("none") { (value, _) throws(TemplateFailure) in if case .null = value { true } else { false } },
    make("boolean") { (value, _) throws(TemplateFailure) in if case .boolean = value { true } else { false } },
    make("true") { (value, _) throws(TemplateFailure) in if case .boolean(true) = value { true } else { false } },
    make("false") { (value, _) throws(TemplateFailure) in if case .boolean(false) = value { true } else { false } },
    make("integer") { (value, _) throws(TemplateFailure) in
      switch value {
      case .integer, .bigInteger: true
      default: false
      }
    },
    make("float") { (value, _) throws(TemplateFailure) in if case .float = value { true } else { false } },
    make("number") { (value, _) throws(TemplateFailure) in
      switch value {
      case .integer, .bigInteger, .float, .boolean: true
      default: false
      }
    },
    make("string") { (value, _) throws(TemplateFailure) in value.text.map { _ in true } ?? false },
    make("mapping") { (value, _) throws(TemplateFailure) in if case .dictionary = value { true } else { false } },
    make("sequence") { (value, state) throws(TemplateFailure) in
      switch value {
      // An undefined value has a length and a `__getitem__`.
      case .string, .markup, .list, .tuple, .dictionary, .undefined: true
      case .object(let object): object is RangeObject || object is GroupObject
      default: false
      }
    },
    make("iterable") { (value, _) throws(TemplateFailure) in
      switch value {
      case .string, .markup, .list, .tuple, .dictionary, .undefined: true
      case .object(let object): object.isIterable
      default: false
      }
    },
    make("callable") { (value, _) throws(TemplateFailure) in
      switch value {
      // `Undefined` has a `__call__`, which raises.
      case .undefined: true
      case .object(let object): object.isCallable
      default: false
      }
    },
    make("escaped") { (value, _) throws(TemplateFailure) in value.isMarkup },
    make("lower") { (value, state) throws(TemplateFailure) in
      try isCase(value, "islower", &state)
    },
    make("upper") { (value, state) throws(TemplateFailure) in
      try isCase(value, "isupper", &state)
    },
    make("odd") { (value, state) throws(TemplateFailure) in try remainder(value, .integer(2), 1, &state) },
    make("even") { (value, state) throws(TemplateFailure) in try remainder(value, .integer(2), 0, &state) },
    make("filter") { (value, _) throws(TemplateFailure) in try lookedUp(value).flatMap { Filters.named($0) } != nil },
    make("test") { (value, _) throws(TemplateFailure) in try lookedUp(value).flatMap { named($0) } != nil },
  ]

  /// The text of what Python looks up in a dictionary; `nil` for what is no text.
  ///
  /// - Throws: Where Python raises `TypeError`: the value has no hash.
  private static func lookedUp(_ value: JinjaValue) throws(TemplateFailure) -> [UInt8]? {
    if let text = value.text { return text }
    _ = try JinjaKey(value)
    return nil
  }

  private static let comparing: [(String, Body)] =
    compare(["eq", "==", "equalto"]) { (a, b, state) throws(TemplateFailure) in try Comparison.areEqual(a, b, &state) }
    + compare(["ne", "!="]) { (a, b, state) throws(TemplateFailure) in try !Comparison.areEqual(a, b, &state) }
    + compare(["lt", "<", "lessthan"]) { (a, b, state) throws(TemplateFailure) in
      try Comparison.compare(a, b, "<", &state) { $0 < 0 }
    }
    + compare(["le", "<="]) { (a, b, state) throws(TemplateFailure) in
      try Comparison.compare(a, b, "<=", &state) { $0 <= 0 }
    }
    + compare(["gt", ">", "greaterthan"]) { (a, b, state) throws(TemplateFailure) in
      try Comparison.compare(a, b, ">", &state) { $0 > 0 }
    }
    + compare(["ge", ">="]) { (a, b, state) throws(TemplateFailure) in
      try Comparison.compare(a, b, ">=", &state) { $0 >= 0 }
    }
    + compare(["in"]) { (a, b, state) throws(TemplateFailure) in try Comparison.contains(b, a, &state) }
    + compare(["divisibleby"]) { (a, b, state) throws(TemplateFailure) in try remainder(a, b, 0, &state) }
    + compare(["sameas"]) { (a, b, state) throws(TemplateFailure) in isSame(a, b) }

  private static func isCase(_ value: JinjaValue, _ method: String, _ state: inout RenderState) throws(TemplateFailure)
    -> Bool
  {
    let text = try PythonPrinting.string(value, &state)
    guard case .object(let object) = StringMethods.method(text, isMarkup: false, Array(method.utf8)) else {
      return false
    }
    return try object.call(CallArguments(), &state).truth(&state)
  }

  private static func remainder(
    _ value: JinjaValue, _ divisor: JinjaValue, _ wanted: Int, _ state: inout RenderState
  ) throws(TemplateFailure) -> Bool {
    try Comparison.areEqual(try Arithmetic.apply(.modulo, value, divisor, &state), .integer(wanted), &state)
  }

  /// `a is b`: small integers and constants are one object in Python, other numbers and texts mostly are not.
  private static func isSame(_ a: JinjaValue, _ b: JinjaValue) -> Bool {
    switch (a, b) {
    case (.null, .null): true
    case (.boolean(let x), .boolean(let y)): x == y
    case (.integer(let x), .integer(let y)): x == y && (-5...256).contains(x)
    case (.list(let x), .list(let y)), (.tuple(let x), .tuple(let y)): x === y
    case (.dictionary(let x), .dictionary(let y)): x === y
    case (.object(let x), .object(let y)): x === y
    case (.undefined(let x), .undefined(let y)): x === y
    default: false
    }
  }
}
