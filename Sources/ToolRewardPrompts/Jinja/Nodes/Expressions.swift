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
