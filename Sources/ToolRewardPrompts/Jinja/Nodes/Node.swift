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

  /// Whether Jinja computes the value when it compiles.
  final lazy var isConstant: Bool = isPure && children.allSatisfy { ($0 as? Expression)?.isConstant ?? false }

  override func resolve(_ scope: Scope) throws(TemplateFailure) {
    if isConstant { for child in children { (child as? SliceExpression)?.isComputedEarly = true } }
    try super.resolve(scope)
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

/// Statements one after the other.
struct Body {
  let statements: [Statement]

  @inline(__always)
  func run(_ state: inout RenderState) throws(TemplateFailure) -> Flow {
    for statement in statements {
      let flow = try statement.run(&state)
      if flow != .next { return flow }
    }
    return .next
  }
}
