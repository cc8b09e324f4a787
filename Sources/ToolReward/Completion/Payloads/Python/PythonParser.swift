/// Parses Python expressions, as CPython's grammar has them, to a ``PythonTree``.
///
/// What waits for the expression under way stands on a stack of its own, so that no nesting costs the thread's stack. Each step either
/// needs an operand, or has one in `node` and looks for what may follow:
///
///     a * -b + c      operand a | infix *: wait (a *) | operand -: wait (-) | operand b | + binds less: give -b, give a * -b
///                     | infix +: wait (… +) | operand c | end: give … + c
///
/// `minimum` says how tightly the next operator must bind to be part of the expression under way.
struct PythonParser: ~Copyable, ~Escapable {
  /// How tightly operators bind, loosest first.
  enum Level {
    static let assignment: UInt8 = 0
    static let expression: UInt8 = 1
    static let or: UInt8 = 2
    static let and: UInt8 = 3
    static let not: UInt8 = 4
    static let comparison: UInt8 = 5
    static let bitOr: UInt8 = 6
    static let factor: UInt8 = 12
    static let power: UInt8 = 13
    static let primary: UInt8 = 14
    static let nothing: UInt8 = 15
  }

  /// What an expression under way is wanted for.
  enum Step: UInt8 {
    case unary, await, starred, binary, boolean, comparison, conditionalTest, conditionalElse, assignment
    case lambdaDefault, lambda, lambdaBody
    case group, tuple, list, listRest, brace, set, dictionaryKey, dictionaryValue, dictionaryRest
    case yield, yieldFrom, yieldRest
    case argument, keyword, doubleStarred, slice, sliceUpper, sliceStep
    case comprehension, target, iterable, condition
  }

  /// An expression that waits for a part.
  struct Frame: BitwiseCopyable {
    var step: Step
    /// The level that goes on when the part is there.
    var minimum: UInt8
    /// A token's kind, or flags.
    var operation: UInt8 = 0
    var a: Int32 = -1
    var b: Int32 = -1
    /// How many nodes were pending when it began.
    var mark: Int32 = 0
    var start: Int32 = 0
  }

  /// What a step leaves.
  enum Next {
    case operand, node
    /// Nothing here belongs to the expression.
    case done
  }

  /// More waiting frames than that are refused, as CPython refuses to nest its own parser further.
  static let mostFrames = 4096

  var lexer: PythonLexer
  let tree: PythonTree
  /// The next token.
  var token = PythonToken(kind: .end, start: 0, end: 0)
  /// Where the last token ended.
  var lastEnd = 0
  var minimum = Level.expression
  /// The expression that was completed last.
  var node: Int32 = -1
  /// The last expression in parentheses of its own: no name to assign to, no keyword.
  var lastGroup: Int32 = -1
  var frames = PlainStack<Frame>()
  /// The parts of lists under way.
  var pending = PlainStack<Int32>()

  /// Begins at the range's start.
  @_lifetime(copy text)
  init(_ text: Span<UInt8>, _ range: Range<Int>, tree: PythonTree, depth: Int = 0) throws(PythonError) {
    lexer = PythonLexer(text, range, depth: depth)
    self.tree = tree
    lastEnd = range.lowerBound
    token = try lexer.next()
  }

  // MARK: Entry points

  /// Parses the whole range as `ast.parse(…, mode="eval")` does. Returns the body.
  mutating func whole() throws(PythonError) -> Int32 {
    while token.kind == .newline { try advance() }
    let start = token.start
    var body = try expression()
    if token.kind == .comma {
      let mark = pending.count
      pending.append(body)
      while token.kind == .comma {
        try advance()
        if token.kind == .newline || token.kind == .end { break }
        pending.append(try expression())
      }
      body = addList(.tuple, mark: Int32(mark), start: Int32(start))
    }
    while token.kind == .newline { try advance() }
    if token.kind != .end { throw unexpected() }
    return body
  }

  /// Parses one expression. The token behind it is left.
  mutating func expression() throws(PythonError) -> Int32 {
    let base = frames.count
    minimum = Level.expression
    var next = Next.operand
    while true {
      switch next {
      case .operand: next = try operand()
      case .node: next = try infix()
      case .done:
        if frames.count == base { return node }
        let frame = frames.last
        frames.removeLast(1)
        minimum = frame.minimum
        next = try resume(frame)
      }
    }
  }

  // MARK: Tools

  mutating func advance() throws(PythonError) {
    lastEnd = token.end
    token = try lexer.next()
  }

  /// Takes a token that must come next.
  mutating func expect(_ kind: PythonToken.Kind) throws(PythonError) {
    guard token.kind == kind else { throw unexpected() }
    try advance()
  }

  /// Takes a token if it comes next.
  mutating func take(_ kind: PythonToken.Kind) throws(PythonError) -> Bool {
    guard token.kind == kind else { return false }
    try advance()
    return true
  }

  func unexpected() -> PythonError {
    PythonError(token.kind == .end ? .unexpectedEnd : .malformed, at: token.start)
  }

  /// Has the expression under way wait for a part of at least a level.
  mutating func wait(_ frame: Frame, for level: UInt8) throws(PythonError) -> Next {
    if frames.count >= Self.mostFrames { throw PythonError(.tooDeep, at: token.start) }
    frames.append(frame)
    minimum = level
    return .operand
  }

  func frame(_ step: Step, start: Int) -> Frame {
    Frame(step: step, minimum: minimum, mark: Int32(pending.count), start: Int32(start))
  }

  /// Completes a node that ends where the last token ended.
  mutating func complete(_ node: PythonNode, start: Int32) -> Next {
    var node = node
    node.start = start
    node.end = Int32(lastEnd)
    self.node = tree.add(node)
    return .node
  }

  /// Moves the nodes that are pending since a mark to a list of the tree. Returns the list's start.
  mutating func takePending(_ mark: Int32) -> (first: Int32, count: Int32) {
    let first = tree.lists.count
    for index in Int(mark)..<pending.count { tree.addToList(pending[index]) }
    pending.removeLast(pending.count - Int(mark))
    return (Int32(first), Int32(tree.lists.count - first))
  }

  mutating func addList(
    _ kind: PythonNode.Kind, mark: Int32, start: Int32, a: Int32 = -1, b: Int32 = -1, operation: UInt8 = 0
  ) -> Int32 {
    let (first, count) = takePending(mark)
    return tree.add(
      PythonNode(
        kind: kind, operation: operation, a: a, b: b, first: first, count: count, start: start, end: Int32(lastEnd)))
  }

  mutating func completeList(_ kind: PythonNode.Kind, _ frame: Frame, a: Int32 = -1, b: Int32 = -1) -> Next {
    node = addList(kind, mark: frame.mark, start: frame.start, a: a, b: b, operation: frame.operation)
    return .node
  }

  func kind(_ index: Int32) -> PythonNode.Kind { tree[index].kind }

  /// Whether a node is an assignment without parentheses.
  func isBareAssignment(_ index: Int32) -> Bool { kind(index) == .assignment && lastGroup != index }

  /// Whether a comprehension's clause comes next.
  var isClause: Bool { token.kind == .for_ || token.kind == .async }
}
