/// A piece of a template. A template is compiled by having its nodes analyse and then resolve their names; from then on they do not change.
class Node {
  /// Where it stands in the template's text.
  let offset: Int

  init(_ offset: Int) { self.offset = offset }

  /// The nodes inside.
  var children: [Node] { [] }

  /// Tells the scope which names this node reads and sets in it.
  func analyze(_ scope: Scope) { for child in children { child.analyze(scope) } }

  /// Gives the node's names their places.
  func resolve(_ scope: Scope) throws(TemplateFailure) { for child in children { try child.resolve(scope) } }

  /// How deep the constructs inside are nested.
  lazy var depth: Int = 1 + (children.map(\.depth).max() ?? 0)

  /// Whether one of the names is read here before it is set, as Jinja's `find_undeclared` looks for it.
  func findReads(of names: inout Set<[UInt8]>, found: inout Set<[UInt8]>) {
    for child in children { child.findReads(of: &names, found: &found) }
  }

  static func reads(in nodes: [Node], _ names: [String]) -> Set<[UInt8]> {
    var wanted = Set(names.map { Array($0.utf8) })
    var found: Set<[UInt8]> = []
    for node in nodes { node.findReads(of: &wanted, found: &found) }
    return found
  }
}

/// A node with a value.
class Expression: Node {
  func evaluate(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue { .null }

  func truth(_ state: inout RenderState) throws(TemplateFailure) -> Bool { try evaluate(&state).truth(&state) }

  /// Writes the value as a text to the output.
  func write(_ state: inout RenderState) throws(TemplateFailure) {
    switch try evaluate(&state) {
    case .string(let text), .markup(let text): try state.write(text)
    case let value: try state.write(try PythonPrinting.string(value, &state))
    }
  }

  /// Whether nothing but the parts makes the value: no variable, no call.
  var isPure: Bool { true }

  /// Whether Jinja can compute the value when it compiles (nodes.py, `as_const`).
  final lazy var isConstant: Bool = isPure && isMadeOfConstants()

  /// Whether each part that decides the value is constant.
  func isMadeOfConstants() -> Bool { children.allSatisfy { ($0 as? Expression)?.isConstant ?? false } }

  /// Whether Jinja computes the value when it compiles, or that of an expression around it.
  final var isFolded = false

  private final lazy var containsSlice: Bool =
    self is SliceExpression || children.contains { ($0 as? Expression)?.containsSlice ?? false }

  /// Decides what Jinja computes when it compiles. Only slices show a difference, so nothing else is tried.
  override func resolve(_ scope: Scope) throws(TemplateFailure) {
    if containsSlice {
      // Asked for here, so that nothing is written while templates are rendered.
      _ = isConstant
      if !isFolded { isFolded = folds { $0.hasSafeRepr } }
      if isFolded { for child in children { (child as? Expression)?.isFolded = true } }
    }
    try super.resolve(scope)
  }

  /// Whether Jinja computes a value when it compiles, and the value is such a one. Not so if it costs too much.
  final func folds(_ holds: (JinjaValue) -> Bool = { _ in true }) -> Bool {
    guard isConstant else { return false }
    let memory = ValueMemory()
    defer { withExtendedLifetime(memory) {} }
    var state = RenderState.folding(memory.heap)
    return (try? evaluate(&state)).map(holds) ?? false
  }

  /// The truth of that value.
  final func foldedTruth() -> Bool? {
    guard isConstant else { return nil }
    let memory = ValueMemory()
    defer { withExtendedLifetime(memory) {} }
    var state = RenderState.folding(memory.heap)
    return try? truth(&state)
  }

  /// Whether it can be set.
  var isTarget: Bool { false }

  /// Makes it something that is set, in a `for`, a `set` or a `with`.
  func becomeTarget(isParameter: Bool) {}

  /// Sets it.
  func assign(_ value: JinjaValue, _ state: inout RenderState) throws(TemplateFailure) {}
}

/// What happens after a statement.
enum Flow { case next, leaveLoop, nextRound }

/// A node that is run.
class Statement: Node {
  func run(_ state: inout RenderState) throws(TemplateFailure) -> Flow { .next }
}

/// Two statements one after the other.
private final class StatementPair: Statement {
  private let first: Statement
  private let second: Statement

  init(_ first: Statement, _ second: Statement) {
    self.first = first
    self.second = second
    super.init(first.offset)
  }

  override func run(_ state: inout RenderState) throws(TemplateFailure) -> Flow {
    let flow = try first.run(&state)
    return flow == .next ? try second.run(&state) : flow
  }
}

/// Statements one after the other.
struct Body {
  let statements: [Statement]
  /// The statements as a balanced tree of pairs: walking constants of objects counts no references, walking an array does.
  private let root: Statement

  init(statements: [Statement]) {
    self.statements = statements
    var level = statements
    while level.count > 1 {
      level = stride(from: 0, to: level.count, by: 2).map { start in
        start + 1 < level.count ? StatementPair(level[start], level[start + 1]) : level[start]
      }
    }
    root = level.first ?? Statement(0)
  }

  @inline(__always)
  func run(_ state: inout RenderState) throws(TemplateFailure) -> Flow { try root.run(&state) }
}
