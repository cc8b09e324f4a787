/// Writes an expression as CPython 3.11's `ast.unparse` does. What is still to be written stands on a stack, so that no nesting costs the
/// thread's.
struct PythonUnparser {
  /// How tightly an expression must bind to stand without parentheses, as `ast._Precedence` has it.
  private enum Precedence {
    static let assignment: UInt8 = 1
    static let tuple: UInt8 = 2
    static let yield: UInt8 = 3
    static let test: UInt8 = 4
    static let or: UInt8 = 5
    static let and: UInt8 = 6
    static let not: UInt8 = 7
    static let comparison: UInt8 = 8
    static let bitOr: UInt8 = 9
    static let factor: UInt8 = 15
    static let power: UInt8 = 16
    static let await: UInt8 = 17
    static let atom: UInt8 = 18
  }

  /// What is to be written.
  private enum Item {
    case node(Int32, UInt8)
    case sign(StaticString)
    case text(Int32)
  }

  /// A text beyond that is not written.
  static let mostBytes = 16 << 20

  private let tree: PythonTree
  private var output: [UInt8] = []
  private var items: [Item] = []
  /// The parts of the expression under way, first to last.
  private var parts: [Item] = []

  private init(_ tree: PythonTree) {
    self.tree = tree
  }

  /// The text of an expression; `nil` if it holds an f-string, an integer too long to print, or is too large. O(text).
  static func text(of node: Int32, in tree: PythonTree) -> [UInt8]? {
    var unparser = PythonUnparser(tree)
    unparser.items.append(.node(node, Precedence.test))
    while let item = unparser.items.popLast() {
      switch item {
      case .sign(let sign): unparser.write(sign)
      case .text(let index): unparser.output.append(contentsOf: tree.text(index))
      case .node(let index, let precedence):
        guard unparser.write(index, precedence), unparser.output.count <= mostBytes else { return nil }
        unparser.items.append(contentsOf: unparser.parts.reversed())
        unparser.parts.empty()
      }
    }
    return unparser.output
  }

  private mutating func write(_ sign: StaticString) {
    sign.withUTF8Buffer { unsafe output.append(contentsOf: $0) }
  }

  private mutating func add(_ sign: StaticString) { parts.append(.sign(sign)) }

  private mutating func add(_ node: Int32, _ precedence: UInt8 = Precedence.test) {
    if node >= 0 { parts.append(.node(node, precedence)) }
  }

  private mutating func add(_ nodes: some Sequence<Int32>) {
    var isFirst = true
    for node in nodes {
      if !isFirst { add(", ") }
      isFirst = false
      add(node)
    }
  }

  /// Elements, with a comma behind a single one.
  private mutating func addItems(_ nodes: ArraySlice<Int32>) {
    add(nodes)
    if nodes.count == 1 { add(",") }
  }

  /// Encloses the parts in parentheses where what stands around binds more tightly.
  private mutating func enclose(_ own: UInt8, _ wanted: UInt8) {
    guard wanted > own else { return }
    parts.insert(.sign("("), at: 0)
    parts.append(.sign(")"))
  }

  /// Writes a constant, or sets `parts`. False if it cannot be written.
  private mutating func write(_ index: Int32, _ wanted: UInt8) -> Bool {
    let node = tree[index]
    switch node.kind {
    case .name, .integer: output.append(contentsOf: tree.text(index))
    case .float: PythonText.appendFloat(tree.text(index), to: &output)
    case .imaginary: PythonText.appendImaginary(tree.text(index), to: &output)
    case .string:
      if node.operation == 1 { write("u") }
      PythonText.appendRepr(tree.text(index), to: &output)
    case .bytes: PythonText.appendBytesRepr(tree.text(index), to: &output)
    case .none: write("None")
    case .true_: write("True")
    case .false_: write("False")
    case .ellipsis: write("...")
    case .hugeInteger, .formatted: return false
    case .attribute, .element, .call, .keyword, .starred, .slice: addPrimary(index, node)
    case .unary, .binary, .boolean, .comparison, .conditional, .lambda, .assignment, .await, .yield, .yieldFrom:
      addOperator(index, node, wanted)
    case .parameter: addParameter(index, node)
    case .tuple:
      addItems(tree.list(index))
      if node.count == 0 { enclose(0, 1) } else { enclose(Precedence.tuple, wanted) }
    case .list:
      add("[")
      add(tree.list(index))
      add("]")
    case .set:
      add("{")
      add(tree.list(index))
      add("}")
    case .dictionary: addDictionary(index)
    case .listComprehension, .setComprehension, .generator, .dictionaryComprehension: addComprehension(index, node)
    case .clause: addClause(index, node)
    }
    return true
  }

  private mutating func addPrimary(_ index: Int32, _ node: PythonNode) {
    switch node.kind {
    case .attribute:
      add(node.a, Precedence.atom)
      let value = tree[node.a].kind
      if value == .integer || value == .true_ || value == .false_ { add(" ") }
      add(".")
      parts.append(.text(index))
    case .element:
      add(node.a, Precedence.atom)
      add("[")
      if tree[node.b].kind == .tuple, tree[node.b].count > 0 { addItems(tree.list(node.b)) } else { add(node.b) }
      add("]")
    case .call:
      add(node.a, Precedence.atom)
      add("(")
      let arguments = tree.list(index)
      add(
        arguments.filter { tree[$0].kind != .keyword } + arguments.filter { tree[$0].kind == .keyword })
      add(")")
    case .keyword:
      if node.operation == 1 {
        add("**")
      } else {
        parts.append(.text(index))
        add("=")
      }
      add(node.a)
    case .starred:
      add("*")
      add(node.a, Precedence.bitOr)
    default:
      add(node.a)
      add(":")
      add(node.b)
      let step = tree.lists[Int(node.first)]
      if step >= 0 {
        add(":")
        add(step)
      }
    }
  }

  private mutating func addOperator(_ index: Int32, _ node: PythonNode, _ wanted: UInt8) {
    switch node.kind {
    case .unary:
      let isNot = node.operation == PythonToken.Kind.not.rawValue
      let own = isNot ? Precedence.not : Precedence.factor
      add(Self.sign(node.operation))
      if isNot { add(" ") }
      add(node.a, own)
      enclose(own, wanted)
    case .binary:
      let own = Self.precedence(node.operation)
      let isPower = own == Precedence.power
      add(node.a, isPower ? own + 1 : own)
      add(" ")
      add(Self.sign(node.operation))
      add(" ")
      add(node.b, isPower ? own : own + 1)
      enclose(own, wanted)
    case .boolean:
      let isOr = node.operation == PythonToken.Kind.or.rawValue
      let own = isOr ? Precedence.or : Precedence.and
      // Each value is asked to bind more tightly than the one before, up to the tightest: so CPython has it.
      var level = own
      for (place, value) in tree.list(index).enumerated() {
        if place > 0 { add(isOr ? " or " : " and ") }
        level = min(level + 1, Precedence.atom)
        add(value, level)
      }
      enclose(own, wanted)
    case .comparison:
      add(node.a, Precedence.bitOr)
      let rest = tree.list(index)
      var place = rest.startIndex
      while place + 1 < rest.endIndex {
        add(" ")
        add(Self.sign(UInt8(truncatingIfNeeded: rest[place])))
        add(" ")
        add(rest[place + 1], Precedence.bitOr)
        place += 2
      }
      enclose(Precedence.comparison, wanted)
    case .conditional:
      add(node.a, Precedence.or)
      add(" if ")
      add(node.b, Precedence.or)
      add(" else ")
      add(tree.lists[Int(node.first)])
      enclose(Precedence.test, wanted)
    case .lambda: addLambda(index, node, wanted)
    case .assignment:
      add(node.a, Precedence.atom)
      add(" := ")
      add(node.b, Precedence.atom)
      enclose(Precedence.assignment, wanted)
    case .await:
      add("await ")
      add(node.a, Precedence.atom)
      enclose(Precedence.await, wanted)
    default:
      add(node.kind == .yieldFrom ? "yield from " : node.a >= 0 ? "yield " : "yield")
      add(node.a, Precedence.atom)
      enclose(Precedence.yield, wanted)
    }
  }

  private mutating func addLambda(_ index: Int32, _ node: PythonNode, _ wanted: UInt8) {
    add(node.count > 0 ? "lambda " : "lambda")
    let parameters = tree.list(index)
    var hasStar = false
    for (place, parameter) in parameters.enumerated() {
      if place > 0 { add(", ") }
      let kind = PythonNode.Parameter(rawValue: tree[parameter].operation)
      if kind == .keywordOnly, !hasStar { add("*, ") }
      if kind == .keywordOnly || kind == .variadic { hasStar = true }
      add(parameter)
      let next = parameters.startIndex + place + 1
      if kind == .positionalOnly,
        next == parameters.endIndex
          || tree[parameters[next]].operation != PythonNode.Parameter.positionalOnly.rawValue
      {
        add(", /")
      }
    }
    add(": ")
    add(node.a)
    enclose(Precedence.test, wanted)
  }

  private mutating func addParameter(_ index: Int32, _ node: PythonNode) {
    switch PythonNode.Parameter(rawValue: node.operation) {
    case .variadic: add("*")
    case .keywords: add("**")
    default: break
    }
    parts.append(.text(index))
    if node.a >= 0 {
      add("=")
      add(node.a)
    }
  }

  private mutating func addDictionary(_ index: Int32) {
    add("{")
    let entries = tree.list(index)
    var place = entries.startIndex
    while place + 1 < entries.endIndex {
      if place > entries.startIndex { add(", ") }
      if entries[place] < 0 {
        add("**")
        add(entries[place + 1], Precedence.bitOr)
      } else {
        add(entries[place])
        add(": ")
        add(entries[place + 1])
      }
      place += 2
    }
    add("}")
  }

  private mutating func addComprehension(_ index: Int32, _ node: PythonNode) {
    add(node.kind == .generator ? "(" : node.kind == .listComprehension ? "[" : "{")
    add(node.a)
    if node.kind == .dictionaryComprehension {
      add(": ")
      add(node.b)
    }
    for clause in tree.list(index) { add(clause) }
    add(node.kind == .generator ? ")" : node.kind == .listComprehension ? "]" : "}")
  }

  private mutating func addClause(_ index: Int32, _ node: PythonNode) {
    add(node.operation == 1 ? " async for " : " for ")
    add(node.a, Precedence.tuple)
    add(" in ")
    add(node.b, Precedence.or)
    for condition in tree.list(index) {
      add(" if ")
      add(condition, Precedence.or)
    }
  }

  // MARK: Operations

  private static func precedence(_ operation: UInt8) -> UInt8 {
    switch PythonToken.Kind(rawValue: operation) {
    case .bar: Precedence.bitOr
    case .caret: 10
    case .ampersand: 11
    case .leftShift, .rightShift: 12
    case .plus, .minus: 13
    case .doubleStar: Precedence.power
    default: 14
    }
  }

  private static func sign(_ operation: UInt8) -> StaticString {
    switch PythonToken.Kind(rawValue: operation) {
    case .plus: "+"
    case .minus: "-"
    case .tilde: "~"
    case .not: "not"
    case .star: "*"
    case .doubleStar: "**"
    case .slash: "/"
    case .doubleSlash: "//"
    case .percent: "%"
    case .at: "@"
    case .leftShift: "<<"
    case .rightShift: ">>"
    case .ampersand: "&"
    case .bar: "|"
    case .caret: "^"
    case .less: "<"
    case .greater: ">"
    case .lessEqual: "<="
    case .greaterEqual: ">="
    case .doubleEqual: "=="
    case .notEqual: "!="
    case .in_: "in"
    case .notIn: "not in"
    case .is_: "is"
    default: "is not"
    }
  }
}
