/// `a + b` and the like.
final class ArithmeticExpression: Expression {
  private let operation: Arithmetic.Operator
  private let left: Expression
  private let right: Expression
  /// What stands to the left, if both are sums: then all their terms are put together at once.
  private let sum: ArithmeticExpression?

  init(_ operation: Arithmetic.Operator, _ left: Expression, _ right: Expression, _ offset: Int) {
    self.operation = operation
    self.left = left
    self.right = right
    let inner = left as? ArithmeticExpression
    sum = operation == .add && inner?.operation == .add ? inner : nil
    super.init(offset)
  }

  override var children: [Node] { [left, right] }

  override func evaluate(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    if sum != nil {
      var total = SumOfTerms(state.output.count, offset)
      try add(to: &total, &state)
      return try total.value(&state)
    }
    let a = try left.evaluate(&state)
    let b = try right.evaluate(&state)
    do throws(TemplateFailure) { return try Arithmetic.apply(operation, a, b, &state) } catch { throw error.at(offset) }
  }

  override func write(_ state: inout RenderState) throws(TemplateFailure) {
    guard operation == .add else {
      try super.write(&state)
      return
    }
    var total = SumOfTerms(state.output.count, offset)
    try add(to: &total, &state)
    try total.write(&state)
  }

  /// Adds the terms, from the left. As deep as sums are long, which the parser bounds.
  private func add(to total: inout SumOfTerms, _ state: inout RenderState) throws(TemplateFailure) {
    if let sum { try sum.add(to: &total, &state) } else { try total.add(try left.evaluate(&state), &state) }
    try total.add(try right.evaluate(&state), &state)
  }
}

/// A sum as it grows: as long as its terms are texts, they stand in the output.
private struct SumOfTerms {
  private let start: Int
  private let offset: Int
  private var isEmpty = true
  private var total: JinjaValue?

  init(_ start: Int, _ offset: Int) {
    self.start = start
    self.offset = offset
  }

  mutating func add(_ value: JinjaValue, _ state: inout RenderState) throws(TemplateFailure) {
    do throws(TemplateFailure) {
      if let sum = total {
        total = try Arithmetic.apply(.add, sum, value, &state)
      } else if case .string(let text) = value {
        try state.write(text)
      } else {
        total = isEmpty ? value : try Arithmetic.apply(.add, .string(try state.taken(from: start)), value, &state)
      }
    } catch { throw error.at(offset) }
    isEmpty = false
  }

  func value(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    if let total { return total }
    return .string(try state.taken(from: start))
  }

  func write(_ state: inout RenderState) throws(TemplateFailure) {
    guard let total else { return }
    do throws(TemplateFailure) { try state.write(try PythonPrinting.string(total, &state)) } catch {
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
    let text = try state.taken(from: start)
    try state.charge(bytes: text.count)
    return .string(text)
  }

  override func write(_ state: inout RenderState) throws(TemplateFailure) {
    // All parts are computed before the first is printed.
    let values = try parts.evaluated(&state)
    for value in values.elements { try state.write(try PythonPrinting.string(value, &state)) }
  }
}
