/// `{% for a in b if c recursive %}…{% else %}…{% endfor %}`.
final class ForStatement: Statement {
  private let target: Expression
  private let iterable: Expression
  private let test: Expression?
  /// The target again, for the test has a scope of its own.
  private let testTarget: Expression?
  private let isRecursive: Bool
  private let body: Body
  private let otherwise: Body
  private var loopSlot: Int?
  private var bodyEntry = ScopeEntry.none
  private var testEntry = ScopeEntry.none
  private var elseEntry = ScopeEntry.none
  /// The frame of a recursive loop's round, and of a test.
  private var frameSize = 0

  init(
    _ target: Expression, testTarget: Expression?, in iterable: Expression, if test: Expression?, isRecursive: Bool,
    body: [Statement],
    otherwise: [Statement], _ offset: Int
  ) {
    self.target = target
    self.testTarget = testTarget
    self.iterable = iterable
    self.test = test
    self.isRecursive = isRecursive
    self.body = Body(statements: body)
    self.otherwise = Body(statements: otherwise)
    super.init(offset)
  }

  override var children: [Node] {
    [target, iterable] + [test].compactMap { $0 } + body.statements + otherwise.statements
  }

  override func analyze(_ scope: Scope) { iterable.analyze(scope) }

  override func resolve(_ scope: Scope) throws(TemplateFailure) {
    try iterable.resolve(scope)
    let outer = isRecursive ? scope.innerActivation() : scope
    let loopName = Array("loop".utf8)
    let bodyScope = isRecursive ? outer : scope.inner()
    let usesLoop = isRecursive || !Node.reads(in: body.statements, ["loop"]).isEmpty
    if usesLoop { bodyScope.declareParameter(loopName) }
    target.analyze(bodyScope)
    for statement in body.statements { statement.analyze(bodyScope) }
    try target.resolve(bodyScope)
    for statement in body.statements { try statement.resolve(bodyScope) }
    if usesLoop { loopSlot = bodyScope.find(loopName)?.slot }
    bodyEntry = bodyScope.entry()
    if let test, let testTarget {
      let testScope = outer.inner()
      testTarget.analyze(testScope)
      test.analyze(testScope)
      try testTarget.resolve(testScope)
      try test.resolve(testScope)
      testEntry = testScope.entry()
    }
    let elseScope = outer.inner()
    for statement in otherwise.statements { statement.analyze(elseScope) }
    for statement in otherwise.statements { try statement.resolve(elseScope) }
    elseEntry = elseScope.entry()
    frameSize = outer.activation.size
  }

  override func run(_ state: inout RenderState) throws(TemplateFailure) -> Flow {
    try state.charge()
    let sequence = try iterable.evaluate(&state)
    do throws(TemplateFailure) {
      if isRecursive {
        let text = try recurse(sequence, depth: 0, definition: state.frame, &state)
        try state.write(text)
        return .next
      }
      return try loop(over: sequence, depth: 0, recurse: nil, &state)
    } catch { throw error.at(offset) }
  }

  /// A recursive loop's text, with a frame of its own.
  private func recurse(
    _ sequence: JinjaValue, depth: Int, definition: Frame, _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaText {
    let cost = self.depth
    try state.enter(cost)
    let outer = state.frame
    state.frame = Frame(size: frameSize, parent: definition, state.heap)
    let again = FunctionObject("loop") { [self] (arguments, state) throws(TemplateFailure) in
      let iterable = try arguments.bound("loop", ["iterable"], required: 1)[0] ?? .null
      return .string(try self.recurse(iterable, depth: depth + 1, definition: definition, &state))
    }
    let text = try state.capture { (state) throws(TemplateFailure) in
      _ = try loop(over: sequence, depth: depth, recurse: again, &state)
    }
    state.frame = outer
    state.leave(cost)
    return text
  }

  private func loop(
    over sequence: JinjaValue, depth: Int, recurse: FunctionObject?, _ state: inout RenderState
  ) throws(TemplateFailure) -> Flow {
    // Whether a round came to its end: Jinja runs the `else` of a loop whose every round was cut short, too.
    var hasRun = false
    var elements: JinjaElements?
    switch sequence {
    case .list(let list), .tuple(let list): if test == nil { elements = list.elements }
    default: break
    }
    if loopSlot == nil, let elements {
      // The common case, without an iterator.
      var position = 0
      while position < elements.count {
        let flow = try round(elements[position], &state)
        position += 1
        if flow == .next { hasRun = true }
        if flow == .leaveLoop { break }
      }
    } else {
      let loop: LoopObject
      if let elements {
        loop = LoopObject(elements, depth: depth, recurse: recurse)
      } else {
        let iterator = try filtered(sequence, &state)
        loop = LoopObject(iterator, sequence: test == nil ? sequence : nil, depth: depth, recurse: recurse)
      }
      let value = loopSlot == nil ? JinjaValue.null : state.object(loop)
      while let item = try loop.advance(&state) {
        if let loopSlot { state.frame[loopSlot] = value }
        let flow = try round(item, &state)
        if flow == .next { hasRun = true }
        if flow == .leaveLoop { break }
      }
    }
    bodyEntry.leave(&state)
    if hasRun { return .next }
    elseEntry.enter(&state)
    return try otherwise.run(&state)
  }

  @inline(__always)
  private func round(_ item: JinjaValue, _ state: inout RenderState) throws(TemplateFailure) -> Flow {
    try state.charge()
    try state.checkMemory()
    try target.assign(item, &state)
    bodyEntry.enter(&state)
    return try body.run(&state)
  }

  private func filtered(_ sequence: JinjaValue, _ state: inout RenderState) throws(TemplateFailure) -> JinjaIterator {
    let iterator = try Iteration.iterator(sequence, &state)
    guard let test, let testTarget else { return iterator }
    let frame = state.frame
    return ClosureIterator(depth: iterator.depth + 1) { [testEntry] (state) throws(TemplateFailure) in
      let outer = state.frame
      state.frame = frame
      while let item = try iterator.next(&state) {
        try state.charge()
        try testTarget.assign(item, &state)
        testEntry.enter(&state)
        if try test.truth(&state) {
          // Jinja's filter gives its targets back: several are a tuple made anew, whatever the element was.
          let passed = testTarget is TupleExpression ? try testTarget.evaluate(&state) : item
          state.frame = outer
          return passed
        }
      }
      state.frame = outer
      return nil
    }
  }
}
