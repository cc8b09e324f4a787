/// `a.name`.
final class AttributeExpression: Expression {
  private let base: Expression
  private let name: [UInt8]
  /// Whether a dictionary may have an attribute of that name, so that an item is not looked for first.
  private let isDictionaryAttribute: Bool
  private let mark: UInt64

  init(_ base: Expression, _ name: [UInt8], _ offset: Int) {
    self.base = base
    self.name = name
    mark = JinjaDictionary.mark(name)
    isDictionaryAttribute = name.first == 0x5F || Self.dictionaryAttributes.contains(name)
    super.init(offset)
  }

  private static let dictionaryAttributes = Set(
    ["clear", "copy", "fromkeys", "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values"].map {
      Array($0.utf8)
    })

  override var children: [Node] { [base] }

  override func evaluate(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    let object = try base.evaluate(&state)
    if case .dictionary(let dictionary) = object, !isDictionaryAttribute {
      if let value = dictionary.value(name, mark: mark) { return value }
      return .undefined(UndefinedValue(.attribute(of: "dict", .string(name))))
    }
    do throws(TemplateFailure) { return try Access.attribute(object, name, &state) } catch { throw error.at(offset) }
  }
}

/// `a[b]`.
final class ItemExpression: Expression {
  private let base: Expression
  private let key: Expression
  /// The key, if it is a string that stands there.
  private let name: [UInt8]
  private let isName: Bool
  private let mark: UInt64

  init(_ base: Expression, _ key: Expression, _ offset: Int) {
    self.base = base
    self.key = key
    let text = (key as? ConstantExpression)?.value.text
    name = text ?? []
    isName = text != nil
    mark = JinjaDictionary.mark(name)
    super.init(offset)
  }

  override var children: [Node] { [base, key] }

  override func evaluate(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    let object = try base.evaluate(&state)
    if isName, case .dictionary(let dictionary) = object, let value = dictionary.value(name, mark: mark) {
      return value
    }
    let key = try key.evaluate(&state)
    do throws(TemplateFailure) { return try Access.item(object, key, &state) } catch { throw error.at(offset) }
  }
}

/// `start:stop:step`, as it stands among several subscripts, where no value takes it.
final class SliceKey: Expression {
  let bounds: [Expression?]

  init(_ bounds: [Expression?], _ offset: Int) {
    self.bounds = bounds
    super.init(offset)
  }

  override var children: [Node] { bounds.compactMap { $0 } }

  override func evaluate(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    for bound in bounds { _ = try bound?.evaluate(&state) }
    throw TemplateFailure(.runtime, "a slice among several subscripts is not supported", at: offset)
  }
}

/// `a[start:stop:step]`.
final class SliceExpression: Expression {
  private let base: Expression
  private let bounds: [Expression?]

  init(_ base: Expression, _ key: SliceKey, _ offset: Int) {
    self.base = base
    bounds = key.bounds
    super.init(offset)
  }

  override var children: [Node] { [base] + bounds.compactMap { $0 } }

  override func evaluate(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    let object = try base.evaluate(&state)
    var values: [JinjaValue] = []
    for bound in bounds {
      if let bound { values.append(try bound.evaluate(&state)) } else { values.append(.null) }
    }
    do throws(TemplateFailure) {
      if case .undefined(let value) = object { throw TemplateFailure.undefined(value) }
      if let slice = try Slicing.slice(object, values[0], values[1], values[2], &state) { return slice }
      // What Jinja computes when it compiles, it computes by another way.
      if state.isFolding || isFolded && isConstant {
        return .undefined(UndefinedValue(.attribute(of: object.typeName, .text("slice"))))
      }
      throw TemplateFailure(.type, "'\(object.typeName)' object is not subscriptable by a slice")
    } catch { throw error.at(offset) }
  }
}

/// The arguments of a call, a filter or a test as they are written.
struct ArgumentExpressions {
  var positional: [Expression] = []
  var named: [(name: [UInt8], value: Expression)] = []
  var spread: Expression?
  var spreadNamed: Expression?

  var nodes: [Node] {
    positional + named.map(\.value) + [spread, spreadNamed].compactMap { $0 }
  }

  func evaluate(_ state: inout RenderState) throws(TemplateFailure) -> CallArguments {
    var arguments = CallArguments()
    for expression in positional { arguments.positional.append(try expression.evaluate(&state)) }
    for (name, value) in named { arguments.named.append((name, try value.evaluate(&state))) }
    if let spread { arguments.positional += try Iteration.elements(try spread.evaluate(&state), &state) }
    if let spreadNamed {
      guard case .dictionary(let dictionary) = try spreadNamed.evaluate(&state) else {
        throw TemplateFailure(.type, "argument after ** must be a mapping")
      }
      for (key, value) in zip(dictionary.keys, dictionary.values) {
        guard let name = key.text else { throw TemplateFailure(.type, "keywords must be strings") }
        if arguments.named.contains(where: { $0.name == name }) {
          throw TemplateFailure(
            .type, "got multiple values for keyword argument '\(String(decoding: name, as: UTF8.self))'")
        }
        arguments.named.append((name, value))
      }
    }
    return arguments
  }
}

/// `a(…)`.
final class CallExpression: Expression {
  private let function: Expression
  private let arguments: ArgumentExpressions

  init(_ function: Expression, _ arguments: ArgumentExpressions, _ offset: Int) {
    self.function = function
    self.arguments = arguments
    super.init(offset)
  }

  override var children: [Node] { [function] + arguments.nodes }
  override var isPure: Bool { false }

  override func evaluate(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    try call(caller: nil, &state)
  }

  func call(caller: JinjaValue?, _ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    let callee = try function.evaluate(&state)
    do throws(TemplateFailure) {
      var arguments = try self.arguments.evaluate(&state)
      if let caller { arguments.named.append((Array("caller".utf8), caller)) }
      switch callee {
      case .object(let object): return try object.call(arguments, &state)
      case .undefined(let value): throw TemplateFailure.undefined(value)
      default: throw TemplateFailure(.type, "'\(callee.typeName)' object is not callable")
      }
    } catch { throw error.at(offset) }
  }
}

/// `a | filter(…)`.
final class FilterExpression: Expression {
  private let name: [UInt8]
  /// `nil` for the text of a block.
  private let value: Expression?
  private let arguments: ArgumentExpressions
  /// `nil` if there is none of that name: an error, at once or, in a branch, where it is run.
  private let filter: Filters.Body?

  init(_ name: [UInt8], _ value: Expression?, _ arguments: ArgumentExpressions, _ offset: Int) {
    self.name = name
    self.value = value
    self.arguments = arguments
    filter = Filters.named(name)
    super.init(offset)
  }

  override var children: [Node] { (value.map { [$0] } ?? []) + arguments.nodes }

  /// Filters that look into the context are run when the template is.
  override var isPure: Bool { filter != nil && value != nil && !Self.namesOfContext.contains(name) }
  private static let namesOfContext = Set(
    ["map", "select", "reject", "selectattr", "rejectattr", "random"].map { Array($0.utf8) })

  override func resolve(_ scope: Scope) throws(TemplateFailure) {
    if filter == nil, !scope.isSoft { throw missing(.syntax).at(offset) }
    try super.resolve(scope)
  }

  private func missing(_ kind: TemplateFailure.Kind) -> TemplateFailure {
    TemplateFailure(kind, "No filter named '\(String(decoding: name, as: UTF8.self))'.")
  }

  override func evaluate(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    try apply(to: .null, &state)
  }

  /// Filters a block's text where the filter, or the innermost of a chain, has no value of its own.
  func apply(to text: JinjaValue, _ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    let operand: JinjaValue
    if let inner = value as? FilterExpression {
      operand = try inner.apply(to: text, &state)
    } else {
      operand = try value?.evaluate(&state) ?? text
    }
    do throws(TemplateFailure) {
      try state.charge()
      guard let filter else { throw missing(.runtime) }
      return try filter(operand, try arguments.evaluate(&state), &state)
    } catch { throw error.at(offset) }
  }
}

/// `a is test(…)`.
final class TestExpression: Expression {
  private let name: [UInt8]
  private let value: Expression
  private let arguments: ArgumentExpressions
  /// `nil` if there is none of that name: an error, at once or, in a branch, where it is run.
  private let test: Tests.Body?

  init(_ name: [UInt8], _ value: Expression, _ arguments: ArgumentExpressions, _ offset: Int) {
    self.name = name
    self.value = value
    self.arguments = arguments
    test = Tests.named(name)
    super.init(offset)
  }

  override var children: [Node] { [value] + arguments.nodes }
  override var isPure: Bool { test != nil }

  override func resolve(_ scope: Scope) throws(TemplateFailure) {
    if test == nil, !scope.isSoft { throw missing(.syntax).at(offset) }
    try super.resolve(scope)
  }

  private func missing(_ kind: TemplateFailure.Kind) -> TemplateFailure {
    TemplateFailure(kind, "No test named '\(String(decoding: name, as: UTF8.self))'.")
  }

  override func evaluate(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    .boolean(try truth(&state))
  }

  override func truth(_ state: inout RenderState) throws(TemplateFailure) -> Bool {
    let operand = try value.evaluate(&state)
    do throws(TemplateFailure) {
      guard let test else { throw missing(.runtime) }
      return try test(operand, try arguments.evaluate(&state), &state)
    } catch { throw error.at(offset) }
  }
}
