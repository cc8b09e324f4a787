/// `a | filter(…)`.
final class FilterExpression: Expression {
  private let name: [UInt8]
  /// `nil` for the text of a block.
  private let value: Expression?
  private let arguments: ArgumentExpressions
  /// `nil` if there is none of that name: an error, at once or, in a branch, where it is run.
  private let filter: Filters.Body?
  /// Whether there are no arguments.
  private let isPlain: Bool
  /// Whether it is `tojson` without arguments, which can be written straight to the output.
  private let isJSON: Bool

  init(_ name: [UInt8], _ value: Expression?, _ arguments: ArgumentExpressions, _ offset: Int) {
    self.name = name
    self.value = value
    self.arguments = arguments
    filter = Filters.named(name)
    isPlain = arguments.isEmpty
    isJSON = isPlain && value != nil && name.elementsEqual("tojson".utf8)
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

  override func write(_ state: inout RenderState) throws(TemplateFailure) {
    guard isJSON, let value else {
      try super.write(&state)
      return
    }
    let operand = try value.evaluate(&state)
    do throws(TemplateFailure) {
      try state.charge()
      try state.writeJSON(operand)
    } catch { throw error.at(offset) }
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
      return try filter(operand, isPlain ? CallArguments() : try arguments.evaluate(&state), &state)
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
  /// The test, if it asks for nothing but a kind of value.
  private let kind: Tests.Kind?

  init(_ name: [UInt8], _ value: Expression, _ arguments: ArgumentExpressions, _ offset: Int) {
    self.name = name
    self.value = value
    self.arguments = arguments
    test = Tests.named(name)
    kind = arguments.isEmpty ? Tests.Kind(rawValue: String(decoding: name, as: UTF8.self)) : nil
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
    if let kind { return kind.holds(operand) }
    do throws(TemplateFailure) {
      guard let test else { throw missing(.runtime) }
      return try test(operand, try arguments.evaluate(&state), &state)
    } catch { throw error.at(offset) }
  }
}
