/// Jinja's built-in tests.
enum Tests {
  typealias Body =
    @Sendable (_ value: JinjaValue, _ arguments: CallArguments, _ state: inout RenderState) throws(TemplateFailure)
    -> Bool

  /// The test of that name; `nil` if there is none.
  static func named(_ name: some Collection<UInt8>) -> Body? { all[String(decoding: name, as: UTF8.self)] }

  private static let all: [String: Body] = {
    var all: [String: Body] = [:]
    for kind in Kind.allCases {
      let (name, body) = make(kind.rawValue) { (value, _) throws(TemplateFailure) in kind.holds(value) }
      all[name] = body
    }
    for (name, body) in plain + comparing { all[name] = body }
    return all
  }()

  /// The tests that ask for nothing but a kind of value.
  enum Kind: String, CaseIterable {
    case defined, undefined, none, boolean, `true`, `false`, integer, float, number, string, mapping

    func holds(_ value: JinjaValue) -> Bool {
      switch (self, value) {
      case (.defined, _): !value.isUndefined
      case (.undefined, .undefined), (.none, .null), (.boolean, .boolean), (.true, .boolean(true)),
        (.false, .boolean(false)), (.integer, .integer), (.integer, .bigInteger), (.float, .float), (.number, .integer),
        (.number, .bigInteger), (.number, .float), (.number, .boolean), (.string, .string), (.string, .markup),
        (.mapping, .dictionary):
        true
      default: false
      }
    }
  }

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
    make("sequence") { (value, state) throws(TemplateFailure) in
      switch value {
      // An undefined value has a length and a `__getitem__`.
      case .string, .markup, .list, .tuple, .dictionary, .undefined: true
      case .object(let object): object.cast(to: RangeObject.self) != nil || object.cast(to: GroupObject.self) != nil
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
      try isCase(value, JinjaText("islower"), &state)
    },
    make("upper") { (value, state) throws(TemplateFailure) in
      try isCase(value, JinjaText("isupper"), &state)
    },
    make("odd") { (value, state) throws(TemplateFailure) in try remainder(value, .integer(2), 1, &state) },
    make("even") { (value, state) throws(TemplateFailure) in try remainder(value, .integer(2), 0, &state) },
    make("filter") { (value, _) throws(TemplateFailure) in try lookedUp(value).flatMap { Filters.named($0) } != nil },
    make("test") { (value, _) throws(TemplateFailure) in try lookedUp(value).flatMap { named($0) } != nil },
  ]

  /// The text of what Python looks up in a dictionary; `nil` for what is no text.
  ///
  /// - Throws: Where Python raises `TypeError`: the value has no hash.
  private static func lookedUp(_ value: JinjaValue) throws(TemplateFailure) -> JinjaText? {
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

  private static func isCase(_ value: JinjaValue, _ method: JinjaText, _ state: inout RenderState)
    throws(TemplateFailure)
    -> Bool
  {
    let text = try PythonPrinting.string(value, &state)
    guard let method = StringMethod(method) else { return false }
    return try method.call(text, isMarkup: false, CallArguments(), &state).truth(&state)
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
