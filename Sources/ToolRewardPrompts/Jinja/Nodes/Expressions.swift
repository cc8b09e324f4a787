/// A constant.
final class ConstantExpression: Expression {
  let value: JinjaValue

  init(_ value: JinjaValue, _ offset: Int) {
    self.value = value
    super.init(offset)
  }

  override func evaluate(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue { value }
}

/// A variable.
final class NameExpression: Expression {
  let name: [UInt8]
  private enum Use { case load, store, parameter }
  private var use = Use.load
  private var distance = 0
  private var slot = 0
  private let undefined: JinjaValue

  init(_ name: [UInt8], _ heap: ValueHeap, _ offset: Int) {
    self.name = name
    undefined = heap.undefined(.name(name))
    super.init(offset)
  }

  override var isPure: Bool { false }
  override var isTarget: Bool { true }
  override func becomeTarget(isParameter: Bool) { use = isParameter ? .parameter : .store }

  override func analyze(_ scope: Scope) {
    switch use {
    case .load: scope.load(name)
    case .store: scope.store(name)
    case .parameter: scope.declareParameter(name)
    }
  }

  override func resolve(_ scope: Scope) throws(TemplateFailure) {
    guard let place = scope.find(name) else {
      throw TemplateFailure(.syntax, "'\(String(decoding: name, as: UTF8.self))' has no place", at: offset)
    }
    distance = scope.activation.distance(to: place.activation)
    slot = place.slot
  }

  override func findReads(of names: inout Set<[UInt8]>, found: inout Set<[UInt8]>) {
    guard names.contains(name) else { return }
    if use == .load { found.insert(name) } else { names.remove(name) }
  }

  override func evaluate(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    let value = state.frame.up(distance)[slot]
    if case .missing = value { return undefined }
    return value
  }

  override func assign(_ value: JinjaValue, _ state: inout RenderState) throws(TemplateFailure) {
    state.frame.up(distance)[slot] = value
  }

  /// Whether the variable has a value or a default may take its place.
  func isMissing(_ state: inout RenderState) -> Bool {
    if case .missing = state.frame.up(distance)[slot] { return true }
    return false
  }
}

/// `namespace.name` where it is set.
final class NamespaceTarget: Expression {
  private let base: NameExpression
  private let attribute: JinjaText

  init(_ name: [UInt8], _ attribute: [UInt8], _ heap: ValueHeap, _ offset: Int) {
    base = NameExpression(name, heap, offset)
    self.attribute = heap.text(attribute)
    super.init(offset)
  }

  override var children: [Node] { [base] }
  override var isTarget: Bool { true }

  override func assign(_ value: JinjaValue, _ state: inout RenderState) throws(TemplateFailure) {
    guard case .object(let object) = try base.evaluate(&state), let namespace = object.namespace else {
      throw TemplateFailure(.runtime, "cannot assign attribute on non-namespace object", at: offset)
    }
    do throws(TemplateFailure) { try value.checkDepth() } catch { throw error.at(offset) }
    namespace.set(attribute, value)
  }
}

/// `(a, b)`, as a value or a target.
final class TupleExpression: Expression {
  let elements: [Expression]

  init(_ elements: [Expression], _ offset: Int) {
    self.elements = elements
    super.init(offset)
  }

  override var children: [Node] { elements }
  override var isTarget: Bool { elements.allSatisfy(\.isTarget) }
  override func becomeTarget(isParameter: Bool) {
    for element in elements { element.becomeTarget(isParameter: isParameter) }
  }

  override func evaluate(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    .tuple(try elements.evaluated(&state))
  }

  override func assign(_ value: JinjaValue, _ state: inout RenderState) throws(TemplateFailure) {
    let values: JinjaElements
    do throws(TemplateFailure) { values = try Iteration.elements(value, &state) } catch { throw error.at(offset) }
    guard values.count == elements.count else {
      throw TemplateFailure(
        .value,
        "\(values.count < elements.count ? "not enough" : "too many") values to unpack (expected \(elements.count))",
        at: offset)
    }
    for (element, value) in zip(elements, values) { try element.assign(value, &state) }
  }
}

extension [Expression] {
  /// The values, in order.
  func evaluated(_ state: inout RenderState) throws(TemplateFailure) -> JinjaList {
    let list = JinjaList(count: count, state.heap)
    for position in indices { list.set(position, try self[position].evaluate(&state)) }
    return list
  }
}

/// `[a, b]`.
final class ListExpression: Expression {
  private let elements: [Expression]

  init(_ elements: [Expression], _ offset: Int) {
    self.elements = elements
    super.init(offset)
  }

  override var children: [Node] { elements }
  override func evaluate(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    .list(try elements.evaluated(&state))
  }
}

/// `{a: b}`.
final class DictionaryExpression: Expression {
  private let pairs: [(key: Expression, value: Expression)]

  init(_ pairs: [(key: Expression, value: Expression)], _ offset: Int) {
    self.pairs = pairs
    super.init(offset)
  }

  override var children: [Node] { pairs.flatMap { [$0.key, $0.value] } }

  override func evaluate(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    var values: [(key: JinjaValue, value: JinjaValue)] = []
    for pair in pairs { values.append((try pair.key.evaluate(&state), try pair.value.evaluate(&state))) }
    do throws(TemplateFailure) { return .dictionary(try JinjaDictionary(values, state.heap)) } catch {
      throw error.at(offset)
    }
  }
}

/// `a + b` and the like.
final class ArithmeticExpression: Expression {
  private let operation: Arithmetic.Operator
  private let left: Expression
  private let right: Expression
  /// All terms of a sum, from the left.
  private let terms: [Expression]

  init(_ operation: Arithmetic.Operator, _ left: Expression, _ right: Expression, _ offset: Int) {
    self.operation = operation
    self.left = left
    self.right = right
    if operation == .add {
      let sum = left as? ArithmeticExpression
      terms = (sum.flatMap { $0.operation == .add ? $0.terms : nil } ?? [left]) + [right]
    } else {
      terms = []
    }
    super.init(offset)
  }

  override var children: [Node] { [left, right] }

  override func evaluate(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    if terms.count > 2 {
      let start = state.output.count
      let value = try sum(&state)
      return value ?? .string(state.taken(from: start))
    }
    let a = try left.evaluate(&state)
    let b = try right.evaluate(&state)
    do throws(TemplateFailure) { return try Arithmetic.apply(operation, a, b, &state) } catch { throw error.at(offset) }
  }

  /// Writes the sum of the terms to the output if all are texts, else gives it as a value.
  private func sum(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue? {
    let start = state.output.count
    var total: JinjaValue?
    for term in terms {
      let value = try term.evaluate(&state)
      do throws(TemplateFailure) {
        if let sum = total {
          total = try Arithmetic.apply(.add, sum, value, &state)
        } else if case .string(let text) = value {
          try state.write(text)
        } else if term === terms[0] {
          total = value
        } else {
          // The terms before were texts, and stand in the output.
          total = try Arithmetic.apply(.add, .string(state.taken(from: start)), value, &state)
        }
      } catch { throw error.at(offset) }
    }
    return total
  }

  override func write(_ state: inout RenderState) throws(TemplateFailure) {
    guard operation == .add else {
      try super.write(&state)
      return
    }
    guard let value = try sum(&state) else { return }
    do throws(TemplateFailure) { try state.write(try PythonPrinting.string(value, &state)) } catch {
      throw error.at(offset)
    }
  }
}

/// `-a`, `+a`, `not a`.
final class UnaryExpression: Expression {
  enum Operator { case negate, plus, not }

  private let operation: Operator
  private let operand: Expression

  init(_ operation: Operator, _ operand: Expression, _ offset: Int) {
    self.operation = operation
    self.operand = operand
    super.init(offset)
  }

  override var children: [Node] { [operand] }
  override func evaluate(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    if operation == .not { return .boolean(try !operand.truth(&state)) }
    let value = try operand.evaluate(&state)
    do throws(TemplateFailure) {
      return operation == .negate ? try Arithmetic.negate(value) : try Arithmetic.plus(value)
    } catch { throw error.at(offset) }
  }

  override func truth(_ state: inout RenderState) throws(TemplateFailure) -> Bool {
    operation == .not ? try !operand.truth(&state) : try evaluate(&state).truth(&state)
  }
}

/// `a and b`, `a or b`: the operand that decides.
final class LogicExpression: Expression {
  private let isAnd: Bool
  private let left: Expression
  private let right: Expression

  init(isAnd: Bool, _ left: Expression, _ right: Expression, _ offset: Int) {
    self.isAnd = isAnd
    self.left = left
    self.right = right
    super.init(offset)
  }

  override var children: [Node] { [left, right] }

  override func evaluate(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    let value = try left.evaluate(&state)
    return try value.truth(&state) == isAnd ? try right.evaluate(&state) : value
  }

  override func truth(_ state: inout RenderState) throws(TemplateFailure) -> Bool {
    try left.truth(&state) == isAnd ? try right.truth(&state) : !isAnd
  }

  override func isMadeOfConstants() -> Bool {
    left.isConstant && (right.isConstant || left.foldedTruth() == !isAnd)
  }
}

/// `a < b <= c`.
final class ComparisonExpression: Expression {
  enum Operator: String {
    case equal = "==", notEqual = "!=", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">=", contained,
      notContained
  }

  private let first: Expression
  private let rest: [(operation: Operator, operand: Expression)]
  private let operation: Operator
  private let second: Expression
  private let isChain: Bool
  /// The text that the first operand is compared with, if it stands there; whether equality is wanted.
  private let constant: JinjaText
  private let isTextComparison: Bool

  init(_ first: Expression, _ rest: [(operation: Operator, operand: Expression)], _ offset: Int) {
    self.first = first
    self.rest = rest
    operation = rest.first?.operation ?? .equal
    second = rest.first?.operand ?? first
    isChain = rest.count != 1
    let isEquality = operation == .equal || operation == .notEqual
    let text = isEquality && !isChain ? (second as? ConstantExpression)?.value.text : nil
    constant = text ?? JinjaText("")
    isTextComparison = text != nil
    super.init(offset)
  }

  override var children: [Node] { [first] + rest.map(\.operand) }

  override func evaluate(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    .boolean(try truth(&state))
  }

  override func truth(_ state: inout RenderState) throws(TemplateFailure) -> Bool {
    var left = try first.evaluate(&state)
    if isTextComparison {
      switch left {
      case .string(let text), .markup(let text): return (text == constant) == (operation == .equal)
      default: return operation == .notEqual
      }
    }
    if !isChain {
      let right = try second.evaluate(&state)
      do throws(TemplateFailure) { return try Self.holds(operation, left, right, &state) } catch {
        throw error.at(offset)
      }
    }
    for (operation, operand) in rest {
      let right = try operand.evaluate(&state)
      let holds: Bool
      do throws(TemplateFailure) { holds = try Self.holds(operation, left, right, &state) } catch {
        throw error.at(offset)
      }
      if !holds { return false }
      left = right
    }
    return true
  }

  override func isMadeOfConstants() -> Bool {
    guard first.isConstant else { return false }
    guard let end = rest.firstIndex(where: { !$0.operand.isConstant }) else { return true }
    // What comes after a comparison that does not hold is not looked at.
    return end > 0 && ComparisonExpression(first, Array(rest[..<end]), offset).foldedTruth() == false
  }

  private static func holds(
    _ operation: Operator, _ a: JinjaValue, _ b: JinjaValue, _ state: inout RenderState
  ) throws(TemplateFailure) -> Bool {
    switch operation {
    case .equal: try Comparison.areEqual(a, b, &state)
    case .notEqual: try !Comparison.areEqual(a, b, &state)
    case .less: try Comparison.compare(a, b, "<", &state) { $0 < 0 }
    case .lessOrEqual: try Comparison.compare(a, b, "<=", &state) { $0 <= 0 }
    case .greater: try Comparison.compare(a, b, ">", &state) { $0 > 0 }
    case .greaterOrEqual: try Comparison.compare(a, b, ">=", &state) { $0 >= 0 }
    case .contained: try Comparison.contains(b, a, &state)
    case .notContained: try !Comparison.contains(b, a, &state)
    }
  }
}

/// `a ~ b`.
final class ConcatenationExpression: Expression {
  private let parts: [Expression]

  init(_ parts: [Expression], _ offset: Int) {
    self.parts = parts
    super.init(offset)
  }

  override var children: [Node] { parts }

  override func evaluate(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    let start = state.output.count
    try write(&state)
    let text = state.taken(from: start)
    try state.charge(bytes: text.count)
    return .string(text)
  }

  override func write(_ state: inout RenderState) throws(TemplateFailure) {
    // All parts are computed before the first is printed.
    let values = try parts.evaluated(&state)
    for value in values.elements { try state.write(try PythonPrinting.string(value, &state)) }
  }
}

/// `a if b else c`.
final class ConditionalExpression: Expression {
  private let test: Expression
  private let value: Expression
  private let otherwise: Expression?

  init(_ test: Expression, _ value: Expression, _ otherwise: Expression?, _ offset: Int) {
    self.test = test
    self.value = value
    self.otherwise = otherwise
    super.init(offset)
  }

  override var children: [Node] { [test, value] + (otherwise.map { [$0] } ?? []) }

  override func resolve(_ scope: Scope) throws(TemplateFailure) {
    let wasSoft = scope.isSoft
    scope.isSoft = true
    try super.resolve(scope)
    scope.isSoft = wasSoft
  }

  override func isMadeOfConstants() -> Bool {
    guard let truth = test.foldedTruth() else { return false }
    return truth ? value.isConstant : otherwise?.isConstant ?? false
  }

  override func evaluate(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    if try test.truth(&state) { return try value.evaluate(&state) }
    if let otherwise { return try otherwise.evaluate(&state) }
    return state.undefined(
      .message("the inline if-expression evaluated to false and no else section was defined."))
  }
}
