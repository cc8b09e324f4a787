/// Parentheses, brackets and braces that begin an operand, and comprehensions.
extension PythonParser {
  /// Reads an element that may be starred, whose value then binds at least as tightly as a level.
  mutating func element(_ frame: Frame, starLevel: UInt8 = Level.bitOr, level: UInt8 = Level.assignment)
    throws(PythonError) -> Next
  {
    guard token.kind == .star else { return try wait(frame, for: level) }
    _ = try wait(frame, for: Level.nothing)
    let star = Frame(step: .starred, minimum: Level.nothing, start: Int32(token.start))
    try advance()
    return try wait(star, for: starLevel)
  }

  // MARK: Parentheses

  mutating func parenthesis() throws(PythonError) -> Next {
    var frame = frame(.group, start: token.start)
    try advance()
    if try take(.rightParenthesis) { return completeList(.tuple, frame) }
    guard token.kind == .yield else { return try element(frame) }
    try advance()
    frame.step = .yield
    if try take(.from) {
      frame.step = .yieldFrom
      return try wait(frame, for: Level.expression)
    }
    if token.kind == .rightParenthesis {
      _ = complete(PythonNode(kind: .yield), start: frame.start)
      return try endGroup()
    }
    return try element(frame, level: Level.expression)
  }

  /// The expression in `node` is in parentheses of its own.
  private mutating func endGroup() throws(PythonError) -> Next {
    try expect(.rightParenthesis)
    lastGroup = node
    return .node
  }

  mutating func resumeParenthesis(_ frame: Frame) throws(PythonError) -> Next {
    if frame.step == .group {
      if isClause { return try comprehension(.generator, frame) }
      if token.kind == .rightParenthesis, kind(node) != .starred { return try endGroup() }
      guard token.kind == .comma else { throw unexpected() }
    }
    var frame = frame
    frame.step = .tuple
    pending.append(node)
    if try take(.comma) {
      if token.kind != .rightParenthesis { return try element(frame) }
    }
    try expect(.rightParenthesis)
    return completeList(.tuple, frame)
  }

  mutating func resumeYield(_ frame: Frame) throws(PythonError) -> Next {
    if frame.step == .yieldFrom {
      _ = complete(PythonNode(kind: .yieldFrom, a: node), start: frame.start)
      return try endGroup()
    }
    var value = node
    if frame.step == .yieldRest || token.kind == .comma {
      var frame = frame
      frame.step = .yieldRest
      pending.append(node)
      if try take(.comma), token.kind != .rightParenthesis { return try element(frame, level: Level.expression) }
      value = addList(.tuple, mark: frame.mark, start: frame.start)
    }
    _ = complete(PythonNode(kind: .yield, a: value), start: frame.start)
    return try endGroup()
  }

  // MARK: Brackets

  mutating func bracket() throws(PythonError) -> Next {
    let frame = frame(.list, start: token.start)
    try advance()
    if try take(.rightBracket) { return completeList(.list, frame) }
    return try element(frame)
  }

  mutating func resumeBracket(_ frame: Frame) throws(PythonError) -> Next {
    if frame.step == .list, isClause { return try comprehension(.listComprehension, frame) }
    var frame = frame
    frame.step = .listRest
    pending.append(node)
    if try take(.comma), token.kind != .rightBracket { return try element(frame) }
    try expect(.rightBracket)
    return completeList(.list, frame)
  }

  // MARK: Braces

  mutating func brace() throws(PythonError) -> Next {
    let frame = frame(.brace, start: token.start)
    try advance()
    if try take(.rightBrace) { return completeList(.dictionary, frame) }
    return token.kind == .doubleStar ? try dictionaryEntry(frame) : try element(frame)
  }

  private mutating func dictionaryEntry(_ frame: Frame) throws(PythonError) -> Next {
    var frame = frame
    if try take(.doubleStar) {
      frame.step = .dictionaryRest
      pending.append(-1)
      return try wait(frame, for: Level.bitOr)
    }
    frame.step = .dictionaryKey
    return try wait(frame, for: Level.expression)
  }

  mutating func resumeBrace(_ frame: Frame) throws(PythonError) -> Next {
    var frame = frame
    switch frame.step {
    case .brace where token.kind == .colon, .dictionaryKey:
      if isBareAssignment(node) || kind(node) == .starred { throw unexpected() }
      try expect(.colon)
      frame.operation = frame.step == .brace ? 1 : 0
      frame.step = .dictionaryValue
      frame.a = node
      return try wait(frame, for: Level.expression)
    case .dictionaryValue, .dictionaryRest:
      if frame.step == .dictionaryValue {
        if frame.operation == 1, isClause {
          frame.operation = 0
          return try comprehension(.dictionaryComprehension, frame)
        }
        frame.operation = 0
        pending.append(frame.a)
      }
      pending.append(node)
      if try take(.comma), token.kind != .rightBrace { return try dictionaryEntry(frame) }
      try expect(.rightBrace)
      return completeList(.dictionary, frame)
    default:
      if frame.step == .brace, isClause { return try comprehension(.setComprehension, frame) }
      frame.step = .set
      pending.append(node)
      if try take(.comma), token.kind != .rightBrace { return try element(frame) }
      try expect(.rightBrace)
      return completeList(.set, frame)
    }
  }

  // MARK: Comprehensions

  /// Begins a comprehension whose element is in `node`; a dictionary's key is the frame's.
  mutating func comprehension(_ kind: PythonNode.Kind, _ frame: Frame) throws(PythonError) -> Next {
    if self.kind(node) == .starred { throw unexpected() }
    var outer = frame
    outer.step = .comprehension
    outer.operation = kind.rawValue
    outer.b = node
    _ = try wait(outer, for: minimum)
    return try clause()
  }

  private mutating func clause() throws(PythonError) -> Next {
    var frame = frame(.target, start: token.start)
    if try take(.async) { frame.operation = 1 }
    try expect(.for_)
    return try element(frame, level: Level.bitOr)
  }

  mutating func resumeClause(_ frame: Frame) throws(PythonError) -> Next {
    var frame = frame
    switch frame.step {
    case .target:
      try checkTarget(node)
      pending.append(node)
      if try take(.comma) {
        frame.b = 1
        if token.kind != .in_ { return try element(frame, level: Level.bitOr) }
      }
      let target = frame.b == 1 ? addList(.tuple, mark: frame.mark, start: frame.start) : node
      if frame.b != 1 { pending.removeLast(1) }
      try expect(.in_)
      frame.a = target
      frame.step = .iterable
      return try wait(frame, for: Level.or)
    case .iterable:
      frame.b = node
      frame.step = .condition
    default:
      pending.append(node)
    }
    if try take(.if_) { return try wait(frame, for: Level.or) }
    let clauseNode = addList(
      .clause, mark: frame.mark, start: frame.start, a: frame.a, b: frame.b, operation: frame.operation)
    pending.append(clauseNode)
    if isClause { return try clause() }
    return try endComprehension()
  }

  private mutating func endComprehension() throws(PythonError) -> Next {
    var outer = frames.last
    frames.removeLast(1)
    minimum = outer.minimum
    let kind = PythonNode.Kind(rawValue: outer.operation) ?? .generator
    outer.operation = 0
    switch kind {
    case .listComprehension: try expect(.rightBracket)
    case .setComprehension, .dictionaryComprehension: try expect(.rightBrace)
    default: try expect(.rightParenthesis)
    }
    if kind == .dictionaryComprehension { return completeList(kind, outer, a: outer.a, b: outer.b) }
    _ = completeList(kind, outer, a: outer.b)
    // A generator may be a call's one argument, whose function waits in `a`.
    guard kind == .generator, outer.a >= 0 else { return .node }
    pending.append(node)
    return completeList(.call, outer, a: outer.a)
  }

  /// What a loop assigns to: names, attributes and elements, and lists of them.
  private func checkTarget(_ target: Int32) throws(PythonError) {
    var rest = [(node: target, mayBeStarred: true)]
    while let (index, mayBeStarred) = rest.popLast() {
      let node = tree[index]
      switch node.kind {
      case .name, .attribute, .element: break
      case .tuple, .list: rest.append(contentsOf: tree.list(index).map { ($0, true) })
      case .starred where mayBeStarred: rest.append((node.a, false))
      default: throw PythonError(.malformed, at: Int(node.start))
      }
    }
  }
}
