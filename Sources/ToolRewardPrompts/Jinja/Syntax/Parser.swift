/// Reads a template's tokens as Jinja 3.1's parser does, with the tags that Hugging Face's environment knows.
struct Parser {
  private let tokens: [Token]
  /// Where constants are.
  let heap: ValueHeap
  private var position = 0
  private var depthLeft: Int
  /// How many loops are open in the body of the template or macro that is read: `break` and `continue` need one.
  private var loops = 0

  /// The deepest nesting of tags and expressions.
  static let maximalDepth = 120

  /// The longest chain of operations.
  static let maximalChain = 400

  init(_ tokens: [Token], _ heap: ValueHeap) {
    self.tokens = tokens
    self.heap = heap
    depthLeft = Self.maximalDepth
  }

  /// The statements of a whole template. O(tokens).
  static func parse(_ tokens: [Token], _ heap: ValueHeap) throws(TemplateFailure) -> [Statement] {
    var parser = Parser(tokens, heap)
    return try parser.statements(until: []).statements
  }

  // MARK: Tokens

  var current: Token { tokens[position] }
  var offset: Int { tokens[position].offset }

  func peek(_ distance: Int = 1) -> Token { tokens[min(position + distance, tokens.count - 1)] }

  @discardableResult
  mutating func next() -> Token {
    let token = tokens[position]
    if position + 1 < tokens.count { position += 1 }
    return token
  }

  func isSymbol(_ symbol: Symbol) -> Bool { current.kind == .symbol(symbol) }

  func isName(_ name: String, _ token: Token? = nil) -> Bool {
    if case .name(let bytes) = (token ?? current).kind { return bytes.elementsEqual(name.utf8) }
    return false
  }

  mutating func skip(_ symbol: Symbol) -> Bool {
    guard isSymbol(symbol) else { return false }
    next()
    return true
  }

  mutating func skip(name: String) -> Bool {
    guard isName(name) else { return false }
    next()
    return true
  }

  func failure(_ message: String, _ offset: Int? = nil) -> TemplateFailure {
    TemplateFailure(.syntax, message, at: offset ?? self.offset)
  }

  static func describe(_ token: Token) -> String {
    switch token.kind {
    case .data: "text"
    case .blockBegin: "{%"
    case .blockEnd: "end of statement block"
    case .variableBegin: "{{"
    case .variableEnd: "end of print statement"
    case .name(let name): String(decoding: name, as: UTF8.self)
    case .string: "string"
    case .integer: "integer"
    case .float: "float"
    case .symbol(let symbol): symbol.rawValue
    case .end: "end of template"
    }
  }

  func unexpected(_ expected: String) -> TemplateFailure {
    failure("expected \(expected), got '\(Self.describe(current))'")
  }

  mutating func expect(_ symbol: Symbol) throws(TemplateFailure) {
    guard skip(symbol) else { throw unexpected("'\(symbol.rawValue)'") }
  }

  mutating func expectName() throws(TemplateFailure) -> [UInt8] {
    guard case .name(let name) = current.kind else { throw unexpected("a name") }
    next()
    return name
  }

  mutating func expect(name: String) throws(TemplateFailure) {
    guard skip(name: name) else { throw unexpected("'\(name)'") }
  }

  /// Reads one level deeper.
  mutating func nested<R>(_ body: (inout Parser) throws(TemplateFailure) -> R) throws(TemplateFailure) -> R {
    depthLeft -= 1
    defer { depthLeft += 1 }
    if depthLeft < 0 { throw TemplateFailure(.limit, "nested deeper than \(Self.maximalDepth) levels", at: offset) }
    return try body(&self)
  }

  // MARK: Statements

  /// Statements up to a tag of one of the names, which is left to read; all of them if there are no names.
  private mutating func statements(until names: [String]) throws(TemplateFailure) -> (
    statements: [Statement], end: String
  ) {
    var result: [Statement] = []
    while true {
      switch current.kind {
      case .data(let text):
        result.append(DataStatement(heap.text(text), offset))
        next()
      case .variableBegin:
        let start = offset
        next()
        let expression = try tuple()
        guard current.kind == .variableEnd else { throw unexpected("end of print statement") }
        next()
        result.append(OutputStatement(expression, start))
      case .blockBegin:
        next()
        if let name = names.first(where: { isName($0) }) { return (result, name) }
        let added = try nested { (parser) throws(TemplateFailure) in try parser.statement() }
        for statement in added { _ = statement.depth }
        result += added
        guard current.kind == .blockEnd else { throw unexpected("end of statement block") }
        next()
      default:
        guard names.isEmpty else {
          throw failure(
            "Unexpected end of template. Jinja was looking for the following tags: \(names.joined(separator: " or ")).")
        }
        return (result, "")
      }
    }
  }

  /// The body of a tag, up to one of the names. The name is read.
  private mutating func body(until names: [String]) throws(TemplateFailure) -> (statements: [Statement], end: String) {
    _ = skip(.colon)
    guard current.kind == .blockEnd else { throw unexpected("end of statement block") }
    next()
    let (statements, end) = try statements(until: names)
    next()
    return (statements, end)
  }

  private mutating func statement() throws(TemplateFailure) -> [Statement] {
    let start = offset
    guard case .name(let name) = current.kind else { throw failure("tag name expected") }
    next()
    switch String(decoding: name, as: UTF8.self) {
    case "if": return [try ifStatement(start)]
    case "for": return [try forStatement(start)]
    case "set": return [try setStatement(start)]
    case "macro": return [try macroStatement(start)]
    case "call": return [try callBlock(start)]
    case "filter":
      let filter = try filterChain(nil, startsInline: true)
      return [FilterBlockStatement(filter, body: try body(until: ["endfilter"]).statements, start)]
    case "with": return [try withStatement(start)]
    case "generation": return [GenerationStatement(body: try macroBody("endgeneration"), heap, start)]
    case "print":
      var outputs: [Statement] = []
      while current.kind != .blockEnd {
        if !outputs.isEmpty { try expect(.comma) }
        outputs.append(OutputStatement(try expression(), start))
      }
      return outputs
    case "break", "continue":
      guard loops > 0 else { throw failure("'\(String(decoding: name, as: UTF8.self))' outside of a loop", start) }
      return [LoopControlStatement(name.count == 5 ? .leaveLoop : .nextRound, start)]
    case "extends", "include", "import", "from", "block", "autoescape":
      throw failure("'\(String(decoding: name, as: UTF8.self))' is not supported: a chat template is one file", start)
    case let other: throw failure("Encountered unknown tag '\(other)'.", start)
    }
  }

  private mutating func ifStatement(_ start: Int) throws(TemplateFailure) -> Statement {
    var branches: [(test: Expression, body: [Statement])] = []
    while true {
      let test = try tuple(withConditional: false)
      let (statements, end) = try body(until: ["elif", "else", "endif"])
      branches.append((test, statements))
      switch end {
      case "elif": continue
      case "else": return IfStatement(branches, otherwise: try body(until: ["endif"]).statements, start)
      default: return IfStatement(branches, otherwise: [], start)
      }
    }
  }

  private mutating func forStatement(_ start: Int) throws(TemplateFailure) -> Statement {
    let targetPosition = position
    let target = try self.target(endingAt: "in")
    let afterTarget = position
    try expect(name: "in")
    let iterable = try tuple(withConditional: false, endingAt: "recursive")
    var test: Expression?
    var testTarget: Expression?
    if skip(name: "if") {
      test = try expression()
      let here = position
      position = targetPosition
      testTarget = try self.target(endingAt: "in")
      testTarget?.becomeTarget(isParameter: true)
      precondition(position == afterTarget)
      position = here
    }
    let isRecursive = skip(name: "recursive")
    target.becomeTarget(isParameter: true)
    loops += 1
    let (statements, end) = try body(until: ["endfor", "else"])
    loops -= 1
    let otherwise = end == "else" ? try body(until: ["endfor"]).statements : []
    return ForStatement(
      target, testTarget: testTarget, in: iterable, if: test, isRecursive: isRecursive, body: statements,
      otherwise: otherwise, start)
  }

  private mutating func setStatement(_ start: Int) throws(TemplateFailure) -> Statement {
    let target = try self.target(withNamespace: true)
    if skip(.assign) { return SetStatement(target, try tuple(), start) }
    let filter = isSymbol(.pipe) ? try filterChain(nil, startsInline: false) : nil
    return SetBlockStatement(target, filter, body: try body(until: ["endset"]).statements, start)
  }

  private mutating func withStatement(_ start: Int) throws(TemplateFailure) -> Statement {
    var targets: [(target: Expression, value: Expression)] = []
    while current.kind != .blockEnd {
      if !targets.isEmpty { try expect(.comma) }
      let target = try self.target()
      target.becomeTarget(isParameter: true)
      try expect(.assign)
      targets.append((target, try expression()))
    }
    return WithStatement(targets, body: try body(until: ["endwith"]).statements, start)
  }

  /// A body with a frame of its own: loops outside cannot be left from it.
  private mutating func macroBody(_ end: String) throws(TemplateFailure) -> [Statement] {
    let outer = loops
    loops = 0
    defer { loops = outer }
    return try body(until: [end]).statements
  }

  private mutating func macroStatement(_ start: Int) throws(TemplateFailure) -> Statement {
    let name = try expectName()
    let (parameters, defaults) = try signature()
    return MacroStatement(
      MacroDefinition(name, parameters, defaults: defaults, body: try macroBody("endmacro"), heap), heap, start)
  }

  private mutating func callBlock(_ start: Int) throws(TemplateFailure) -> Statement {
    let (parameters, defaults) = isSymbol(.leftParenthesis) ? try signature() : ([], [])
    guard let call = try expression() as? CallExpression else { throw failure("expected call", start) }
    let body = try macroBody("endcall")
    return CallBlockStatement(
      MacroDefinition(Array("caller".utf8), parameters, defaults: defaults, body: body, heap), call, start)
  }

  private mutating func signature() throws(TemplateFailure) -> (parameters: [NameExpression], defaults: [Expression]) {
    try expect(.leftParenthesis)
    var parameters: [NameExpression] = []
    var defaults: [Expression] = []
    while !isSymbol(.rightParenthesis) {
      if !parameters.isEmpty { try expect(.comma) }
      let start = offset
      let name = try expectName()
      try checkAssignable(name, start)
      if parameters.contains(where: { $0.name == name }) { throw failure("duplicate argument in a signature", start) }
      parameters.append(NameExpression(name, heap, start))
      if skip(.assign) {
        defaults.append(try expression())
      } else if !defaults.isEmpty {
        throw failure("non-default argument follows default argument")
      }
    }
    next()
    return (parameters, defaults)
  }

  // MARK: Targets

  private func checkAssignable(_ name: [UInt8], _ offset: Int) throws(TemplateFailure) {
    if ["true", "false", "none", "True", "False", "None"].contains(where: { name.elementsEqual($0.utf8) }) {
      throw failure("can't assign to '\(String(decoding: name, as: UTF8.self))'", offset)
    }
  }

  private mutating func target(endingAt end: String? = nil, withNamespace: Bool = false) throws(TemplateFailure)
    -> Expression
  {
    let start = offset
    let target = try tuple(simplified: true, endingAt: end, withNamespace: withNamespace)
    guard target.isTarget else { throw failure("can't assign to this", start) }
    target.becomeTarget(isParameter: false)
    return target
  }
}
