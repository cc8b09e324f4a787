/// Text outside tags.
final class DataStatement: Statement {
  private let text: JinjaText

  init(_ text: JinjaText, _ offset: Int) {
    self.text = text
    super.init(offset)
  }

  override func run(_ state: inout RenderState) throws(TemplateFailure) -> Flow {
    try state.charge()
    do throws(TemplateFailure) { try state.write(text) } catch { throw error.at(offset) }
    return .next
  }
}

/// `{{ expression }}`.
final class OutputStatement: Statement {
  private let expression: Expression

  init(_ expression: Expression, _ offset: Int) {
    self.expression = expression
    super.init(offset)
  }

  override var children: [Node] { [expression] }

  override func resolve(_ scope: Scope) throws(TemplateFailure) {
    // What is printed is computed whatever it is.
    expression.isFolded = expression.folds()
    try super.resolve(scope)
  }

  override func run(_ state: inout RenderState) throws(TemplateFailure) -> Flow {
    do throws(TemplateFailure) {
      try state.charge()
      try expression.write(&state)
    } catch { throw error.at(offset) }
    return .next
  }
}

/// `{% if %}`, `{% elif %}`, `{% else %}`.
final class IfStatement: Statement {
  private let branches: [(test: Expression, body: Body)]
  private let otherwise: Body
  /// The first branch, with the others behind it.
  private let first: Branch?

  /// A branch and the next one: going from one to the other counts no reference, walking an array does.
  private final class Branch {
    private let test: Expression
    private let body: Body
    private let next: Branch?

    init(_ test: Expression, _ body: Body, next: Branch?) {
      self.test = test
      self.body = body
      self.next = next
    }

    func run(_ state: inout RenderState, otherwise: borrowing Body) throws(TemplateFailure) -> Flow {
      if try test.truth(&state) { return try body.run(&state) }
      if let next { return try next.run(&state, otherwise: otherwise) }
      return try otherwise.run(&state)
    }
  }

  init(_ branches: [(test: Expression, body: [Statement])], otherwise: [Statement], _ offset: Int) {
    self.branches = branches.map { ($0.test, Body(statements: $0.body)) }
    first = self.branches.reversed().reduce(nil) { Branch($1.test, $1.body, next: $0) }
    self.otherwise = Body(statements: otherwise)
    super.init(offset)
  }

  override var children: [Node] { branches.flatMap { [$0.test] + $0.body.statements } + otherwise.statements }

  override func analyze(_ scope: Scope) {
    guard let first = branches.first else { return }
    first.test.analyze(scope)
    // An `elif` is an `if` of its own inside the branch of all of them.
    let rest = branches.dropFirst()
    scope.branches([
      { scope in for statement in first.body.statements { statement.analyze(scope) } },
      { scope in
        for branch in rest {
          branch.test.analyze(scope)
          scope.branches([
            { scope in for statement in branch.body.statements { statement.analyze(scope) } }, { _ in }, { _ in },
          ])
        }
      },
      { [otherwise] scope in for statement in otherwise.statements { statement.analyze(scope) } },
    ])
  }

  override func resolve(_ scope: Scope) throws(TemplateFailure) {
    let wasSoft = scope.isSoft
    scope.isSoft = true
    try super.resolve(scope)
    scope.isSoft = wasSoft
  }

  override func run(_ state: inout RenderState) throws(TemplateFailure) -> Flow {
    try state.charge()
    return try first?.run(&state, otherwise: otherwise) ?? .next
  }
}

/// `{% set a = b %}`.
final class SetStatement: Statement {
  private let target: Expression
  private let value: Expression

  init(_ target: Expression, _ value: Expression, _ offset: Int) {
    self.target = target
    self.value = value
    super.init(offset)
  }

  override var children: [Node] { [value, target] }

  override func run(_ state: inout RenderState) throws(TemplateFailure) -> Flow {
    try state.charge()
    let value = try value.evaluate(&state)
    do throws(TemplateFailure) { try value.checkDepth() } catch { throw error.at(offset) }
    try target.assign(value, &state)
    return .next
  }
}

/// A body with a scope of its own, and what is done with its text.
class ScopedStatement: Statement {
  fileprivate let body: Body
  fileprivate var entry = ScopeEntry.none

  init(body: [Statement], _ offset: Int) {
    self.body = Body(statements: body)
    super.init(offset)
  }

  /// The text of the body.
  fileprivate func text(_ state: inout RenderState) throws(TemplateFailure) -> (text: JinjaText, flow: Flow) {
    entry.enter(&state)
    var flow = Flow.next
    let text = try state.capture { (state) throws(TemplateFailure) in flow = try body.run(&state) }
    return (text, flow)
  }
}

/// `{% set a %}…{% endset %}`.
final class SetBlockStatement: ScopedStatement {
  private let target: Expression
  private let filter: FilterExpression?

  init(_ target: Expression, _ filter: FilterExpression?, body: [Statement], _ offset: Int) {
    self.target = target
    self.filter = filter
    super.init(body: body, offset)
  }

  override var children: [Node] { [target] + (filter.map { [$0] } ?? []) + body.statements }

  override func analyze(_ scope: Scope) { target.analyze(scope) }

  override func resolve(_ scope: Scope) throws(TemplateFailure) {
    try target.resolve(scope)
    let inner = scope.inner()
    for statement in body.statements { statement.analyze(inner) }
    // Names of the filter's arguments are the outer scope's, as they are not looked at here.
    for statement in body.statements { try statement.resolve(inner) }
    try filter?.resolve(inner)
    entry = inner.entry()
  }

  override func run(_ state: inout RenderState) throws(TemplateFailure) -> Flow {
    try state.charge()
    let (text, flow) = try text(&state)
    if flow != .next { return flow }
    let value = try filter?.apply(to: .string(text), &state) ?? .string(text)
    try target.assign(value, &state)
    return .next
  }
}

/// `{% filter f %}…{% endfilter %}`.
final class FilterBlockStatement: ScopedStatement {
  private let filter: FilterExpression

  init(_ filter: FilterExpression, body: [Statement], _ offset: Int) {
    self.filter = filter
    super.init(body: body, offset)
  }

  override var children: [Node] { body.statements + [filter] }

  override func analyze(_ scope: Scope) { filter.analyze(scope) }

  override func resolve(_ scope: Scope) throws(TemplateFailure) {
    let inner = scope.inner()
    for child in children { child.analyze(inner) }
    for child in children { try child.resolve(inner) }
    entry = inner.entry()
  }

  override func run(_ state: inout RenderState) throws(TemplateFailure) -> Flow {
    try state.charge()
    let (text, flow) = try text(&state)
    if flow != .next { return flow }
    let value = try filter.apply(to: .string(text), &state)
    try state.write(joining: value)
    return .next
  }
}

/// `{% with a = b %}…{% endwith %}`.
final class WithStatement: ScopedStatement {
  private let targets: [(target: Expression, value: Expression)]

  init(_ targets: [(target: Expression, value: Expression)], body: [Statement], _ offset: Int) {
    self.targets = targets
    super.init(body: body, offset)
  }

  override var children: [Node] { targets.map(\.value) + targets.map(\.target) + body.statements }

  override func analyze(_ scope: Scope) { for (_, value) in targets { value.analyze(scope) } }

  override func resolve(_ scope: Scope) throws(TemplateFailure) {
    for (_, value) in targets { try value.resolve(scope) }
    let inner = scope.inner()
    let inside = targets.map(\.target) + body.statements
    for node in inside { node.analyze(inner) }
    for node in inside { try node.resolve(inner) }
    entry = inner.entry()
  }

  override func run(_ state: inout RenderState) throws(TemplateFailure) -> Flow {
    try state.charge()
    entry.enter(&state)
    for (target, value) in targets {
      let value = try value.evaluate(&state)
      try value.checkDepth()
      try target.assign(value, &state)
    }
    let flow = try body.run(&state)
    entry.leave(&state)
    return flow
  }
}

/// `{% break %}` and `{% continue %}`.
final class LoopControlStatement: Statement {
  private let flow: Flow

  init(_ flow: Flow, _ offset: Int) {
    self.flow = flow
    super.init(offset)
  }

  override func run(_ state: inout RenderState) throws(TemplateFailure) -> Flow { flow }
}
