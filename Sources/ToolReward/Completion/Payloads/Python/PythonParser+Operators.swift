/// Operands and operators.
extension PythonParser {
  /// Reads an operand, or as far as the operand of what stands before it.
  mutating func operand() throws(PythonError) -> Next {
    let start = token.start
    switch token.kind {
    case .name:
      node = try name()
      return .node
    case .integer: return try literal(tree.addInteger(lexer.text, start..<token.end))
    case .float: return try literal(tree.addFloat(lexer.text, start..<token.end))
    case .imaginary: return try literal(tree.addFloat(lexer.text, start..<token.end, isImaginary: true))
    case .string: return try strings()
    case .none: return try constant(.none)
    case .true_: return try constant(.true_)
    case .false_: return try constant(.false_)
    case .ellipsis: return try constant(.ellipsis)
    case .plus, .minus, .tilde: return try prefix(.unary, Level.factor)
    case .not: return try prefix(.unary, Level.not)
    case .await: return try prefix(.await, Level.primary, under: Level.power)
    case .lambda:
      guard minimum <= Level.expression else { throw unexpected() }
      try advance()
      return try lambdaParameters(frame(.lambda, start: start))
    case .leftParenthesis: return try parenthesis()
    case .leftBracket: return try bracket()
    case .leftBrace: return try brace()
    default: throw unexpected()
    }
  }

  private mutating func literal(_ node: Int32) throws(PythonError) -> Next {
    try advance()
    self.node = node
    return .node
  }

  private mutating func constant(_ kind: PythonNode.Kind) throws(PythonError) -> Next {
    let start = token.start
    try advance()
    return complete(PythonNode(kind: kind), start: Int32(start))
  }

  private mutating func prefix(_ step: Step, _ level: UInt8, under most: UInt8? = nil) throws(PythonError) -> Next {
    guard minimum <= most ?? level else { throw unexpected() }
    var frame = frame(step, start: token.start)
    frame.operation = token.kind.rawValue
    try advance()
    return try wait(frame, for: level)
  }

  /// A name as an expression.
  mutating func name() throws(PythonError) -> Int32 {
    let start = token.start
    let (first, count) = try nameText()
    return tree.add(
      PythonNode(kind: .name, first: first, count: count, start: Int32(start), end: Int32(lastEnd)))
  }

  /// Takes a name and keeps its text in the one form that Python compares.
  mutating func nameText() throws(PythonError) -> (first: Int32, count: Int32) {
    guard token.kind == .name else { throw unexpected() }
    let first = tree.bytes.count
    try tree.appendName(lexer.text, token.start..<token.end)
    try advance()
    return (Int32(first), Int32(tree.bytes.count - first))
  }

  /// Strings that stand beside each other are one.
  private mutating func strings() throws(PythonError) -> Next {
    let start = token.start
    let first = tree.bytes.count
    var kind: PythonNode.Kind?
    var isFormatted = false
    let isUnicode = lexer.text[start] == 0x75
    while token.kind == .string {
      let form = PythonTree.StringForm(lexer.text, token.start..<token.end)
      let own: PythonNode.Kind = form.isBytes ? .bytes : .string
      if let kind, kind != own { throw PythonError(.malformed, at: token.start) }
      kind = own
      if form.isFormatted {
        isFormatted = true
        try PythonFormattedString.check(lexer.text, form)
      } else {
        try tree.appendString(lexer.text, form)
      }
      try advance()
    }
    let count = tree.bytes.count - first
    return complete(
      PythonNode(
        kind: isFormatted ? .formatted : kind ?? .string, operation: isUnicode ? 1 : 0, first: Int32(first),
        count: Int32(count)),
      start: Int32(start))
  }

  // MARK: Behind an operand

  /// Takes what may follow the operand in `node`.
  mutating func infix() throws(PythonError) -> Next {
    let kind = token.kind
    switch kind {
    case .dot where minimum < Level.nothing:
      let value = node
      try advance()
      let (first, count) = try nameText()
      return complete(PythonNode(kind: .attribute, a: value, first: first, count: count), start: tree[value].start)
    case .leftParenthesis where minimum < Level.nothing: return try call()
    case .leftBracket where minimum < Level.nothing: return try subscript_()
    case .walrus:
      guard minimum == Level.assignment, self.kind(node) == .name, lastGroup != node else { return .done }
      var frame = frame(.assignment, start: Int(tree[node].start))
      frame.a = node
      try advance()
      return try wait(frame, for: Level.expression)
    case .if_:
      guard minimum <= Level.expression else { return .done }
      var frame = frame(.conditionalTest, start: Int(tree[node].start))
      frame.a = node
      try advance()
      return try wait(frame, for: Level.or)
    case .or, .and:
      let level = kind == .or ? Level.or : Level.and
      guard minimum <= level else { return .done }
      var frame = frame(.boolean, start: Int(tree[node].start))
      frame.operation = kind.rawValue
      pending.append(node)
      try advance()
      return try wait(frame, for: level + 1)
    case .less, .greater, .lessEqual, .greaterEqual, .doubleEqual, .notEqual, .in_, .is_, .not:
      guard minimum <= Level.comparison else { return .done }
      var frame = frame(.comparison, start: Int(tree[node].start))
      frame.a = node
      try comparisonOperator()
      frame.operation = 0
      return try wait(frame, for: Level.bitOr)
    default:
      guard let level = Self.level(of: kind), minimum <= level else { return .done }
      var frame = frame(.binary, start: Int(tree[node].start))
      frame.operation = kind.rawValue
      frame.a = node
      try advance()
      return try wait(frame, for: kind == .doubleStar ? Level.factor : level + 1)
    }
  }

  private static func level(of kind: PythonToken.Kind) -> UInt8? {
    switch kind {
    case .bar: Level.bitOr
    case .caret: 7
    case .ampersand: 8
    case .leftShift, .rightShift: 9
    case .plus, .minus: 10
    case .star, .slash, .doubleSlash, .percent, .at: 11
    case .doubleStar: Level.power
    default: nil
    }
  }

  /// Takes a comparison's operator; its operation is pending.
  private mutating func comparisonOperator() throws(PythonError) {
    var kind = token.kind
    try advance()
    if kind == .not {
      try expect(.in_)
      kind = .notIn
    } else if kind == .is_, try take(.not) {
      kind = .isNot
    }
    pending.append(Int32(kind.rawValue))
  }

  private var isComparison: Bool {
    switch token.kind {
    case .less, .greater, .lessEqual, .greaterEqual, .doubleEqual, .notEqual, .in_, .is_, .not: true
    default: false
    }
  }

  /// Goes on with what waited for the expression in `node`.
  mutating func resume(_ frame: Frame) throws(PythonError) -> Next {
    switch frame.step {
    case .unary: return complete(PythonNode(kind: .unary, operation: frame.operation, a: node), start: frame.start)
    case .await: return complete(PythonNode(kind: .await, a: node), start: frame.start)
    case .starred: return complete(PythonNode(kind: .starred, a: node), start: frame.start)
    case .binary:
      return complete(
        PythonNode(kind: .binary, operation: frame.operation, a: frame.a, b: node), start: frame.start)
    case .boolean:
      pending.append(node)
      if token.kind.rawValue == frame.operation {
        try advance()
        return try wait(frame, for: (frame.operation == PythonToken.Kind.or.rawValue ? Level.or : Level.and) + 1)
      }
      return completeList(.boolean, frame)
    case .comparison:
      pending.append(node)
      if isComparison {
        try comparisonOperator()
        return try wait(frame, for: Level.bitOr)
      }
      return completeList(.comparison, frame, a: frame.a)
    case .conditionalTest:
      var frame = frame
      frame.step = .conditionalElse
      frame.b = node
      try expect(.else_)
      return try wait(frame, for: Level.expression)
    case .conditionalElse:
      pending.append(node)
      return completeList(.conditional, frame, a: frame.a, b: frame.b)
    case .assignment:
      return complete(PythonNode(kind: .assignment, a: frame.a, b: node), start: frame.start)
    case .lambda: return .node
    case .lambdaDefault: return try lambdaDefault(frame)
    case .lambdaBody: return completeList(.lambda, frame, a: node)
    case .group, .tuple: return try resumeParenthesis(frame)
    case .yield, .yieldFrom, .yieldRest: return try resumeYield(frame)
    case .list, .listRest: return try resumeBracket(frame)
    case .brace, .set, .dictionaryKey, .dictionaryValue, .dictionaryRest: return try resumeBrace(frame)
    case .argument, .keyword, .doubleStarred: return try resumeCall(frame)
    case .slice, .sliceUpper, .sliceStep: return try resumeSlice(frame)
    case .comprehension: return .node
    case .target, .iterable, .condition: return try resumeClause(frame)
    }
  }
}
