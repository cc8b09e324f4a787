/// Calls, subscripts and lambdas.
extension PythonParser {
  /// What arguments a call has so far, as the frame's `operation`.
  private enum Seen {
    static let keyword: UInt8 = 1
    static let doubleStar: UInt8 = 2
    static let any: UInt8 = 4
  }

  // MARK: Calls

  mutating func call() throws(PythonError) -> Next {
    var frame = frame(.argument, start: Int(tree[node].start))
    frame.a = node
    try advance()
    if try take(.rightParenthesis) { return completeList(.call, frame, a: frame.a) }
    return try argument(frame)
  }

  private mutating func argument(_ frame: Frame) throws(PythonError) -> Next {
    var frame = frame
    frame.b = Int32(token.start)
    if try take(.doubleStar) {
      frame.step = .doubleStarred
      return try wait(frame, for: Level.expression)
    }
    frame.step = .argument
    return try element(frame, starLevel: Level.expression)
  }

  mutating func resumeCall(_ frame: Frame) throws(PythonError) -> Next {
    var frame = frame
    switch frame.step {
    case .argument:
      if token.kind == .equal, kind(node) == .name, lastGroup != node {
        try advance()
        frame.step = .keyword
        frame.b = node
        return try wait(frame, for: Level.expression)
      }
      if isClause {
        guard frame.operation == 0 else { throw unexpected() }
        return try comprehension(.generator, frame)
      }
      if frame.operation & Seen.doubleStar != 0 || (frame.operation & Seen.keyword != 0 && kind(node) != .starred) {
        throw PythonError(.malformed, at: Int(tree[node].start))
      }
      pending.append(node)
      frame.operation |= Seen.any
    case .keyword:
      let name = tree[frame.b]
      _ = complete(PythonNode(kind: .keyword, a: node, first: name.first, count: name.count), start: name.start)
      pending.append(node)
      frame.operation |= Seen.any | Seen.keyword
    default:
      _ = complete(PythonNode(kind: .keyword, operation: 1, a: node), start: frame.b)
      pending.append(node)
      frame.operation |= Seen.any | Seen.doubleStar
    }
    if try take(.comma), token.kind != .rightParenthesis { return try argument(frame) }
    try expect(.rightParenthesis)
    frame.operation = 0
    return completeList(.call, frame, a: frame.a)
  }

  // MARK: Subscripts

  mutating func subscript_() throws(PythonError) -> Next {
    var frame = frame(.slice, start: Int(tree[node].start))
    frame.a = node
    try advance()
    return try sliceElement(frame)
  }

  private mutating func sliceElement(_ frame: Frame) throws(PythonError) -> Next {
    var frame = frame
    frame.b = Int32(token.start)
    frame.step = .slice
    if token.kind == .colon {
      pending.append(-1)
      return try sliceUpper(frame)
    }
    return try element(frame, starLevel: Level.expression)
  }

  private mutating func sliceUpper(_ frame: Frame) throws(PythonError) -> Next {
    var frame = frame
    try expect(.colon)
    if token.kind == .colon || token.kind == .comma || token.kind == .rightBracket {
      pending.append(-1)
      return try sliceStep(frame)
    }
    frame.step = .sliceUpper
    return try wait(frame, for: Level.expression)
  }

  private mutating func sliceStep(_ frame: Frame) throws(PythonError) -> Next {
    var frame = frame
    if try take(.colon), token.kind != .comma, token.kind != .rightBracket {
      frame.step = .sliceStep
      return try wait(frame, for: Level.expression)
    }
    pending.append(-1)
    return try endSlice(frame)
  }

  /// The three parts of a slice are pending.
  private mutating func endSlice(_ frame: Frame) throws(PythonError) -> Next {
    let lower = pending[pending.count - 3]
    let upper = pending[pending.count - 2]
    let step = pending.last
    pending.removeLast(3)
    let mark = Int32(pending.count)
    pending.append(step)
    node = addList(.slice, mark: mark, start: frame.b, a: lower, b: upper)
    return try endSliceElement(frame)
  }

  private mutating func endSliceElement(_ frame: Frame) throws(PythonError) -> Next {
    var frame = frame
    pending.append(node)
    if try take(.comma) {
      frame.operation = 1
      if token.kind != .rightBracket { return try sliceElement(frame) }
    }
    try expect(.rightBracket)
    var index = node
    if frame.operation == 1 || kind(node) == .starred {
      frame.operation = 0
      index = addList(.tuple, mark: frame.mark, start: frame.b)
    } else {
      pending.removeLast(1)
    }
    return complete(PythonNode(kind: .element, a: frame.a, b: index), start: frame.start)
  }

  mutating func resumeSlice(_ frame: Frame) throws(PythonError) -> Next {
    switch frame.step {
    case .slice:
      guard token.kind == .colon else { return try endSliceElement(frame) }
      if isBareAssignment(node) || kind(node) == .starred { throw unexpected() }
      pending.append(node)
      return try sliceUpper(frame)
    case .sliceUpper:
      pending.append(node)
      return try sliceStep(frame)
    default:
      pending.append(node)
      return try endSlice(frame)
    }
  }

  // MARK: Lambdas

  /// What parameters a lambda has so far, as the frame's `operation`.
  private enum Parameters {
    static let slash: UInt8 = 1
    static let star: UInt8 = 2
    static let bareStar: UInt8 = 4
    static let keywords: UInt8 = 8
    static let defaults: UInt8 = 16
  }

  /// Reads parameters up to one with a default value, or up to the body.
  mutating func lambdaParameters(_ frame: Frame) throws(PythonError) -> Next {
    var frame = frame
    while token.kind != .colon {
      let start = token.start
      if frame.operation & Parameters.keywords != 0 { throw unexpected() }
      switch token.kind {
      case .star:
        guard frame.operation & Parameters.star == 0 else { throw unexpected() }
        try advance()
        frame.operation |= Parameters.star
        if token.kind == .comma {
          frame.operation |= Parameters.bareStar
        } else {
          try parameter(.variadic, start)
        }
      case .doubleStar:
        guard frame.operation & Parameters.bareStar == 0 else { throw unexpected() }
        try advance()
        frame.operation |= Parameters.keywords
        try parameter(.keywords, start)
      case .slash:
        guard frame.operation & (Parameters.slash | Parameters.star) == 0, pending.count > Int(frame.mark) else {
          throw unexpected()
        }
        try advance()
        frame.operation |= Parameters.slash
        for index in Int(frame.mark)..<pending.count {
          tree.nodes[Int(pending[index])].operation = PythonNode.Parameter.positionalOnly.rawValue
        }
      default:
        let isKeyword = frame.operation & Parameters.star != 0
        frame.operation &= ~Parameters.bareStar
        let (first, count) = try nameText()
        frame.a = first
        frame.b = count
        if try take(.equal) {
          if !isKeyword { frame.operation |= Parameters.defaults }
          frame.step = .lambdaDefault
          return try wait(frame, for: Level.expression)
        }
        if !isKeyword, frame.operation & Parameters.defaults != 0 { throw unexpected() }
        addParameter(isKeyword ? .keywordOnly : .plain, frame.a, frame.b, value: -1)
      }
      if token.kind == .colon { break }
      try expect(.comma)
    }
    if frame.operation & Parameters.bareStar != 0 { throw unexpected() }
    try expect(.colon)
    frame.step = .lambdaBody
    frame.operation = 0
    return try wait(frame, for: Level.expression)
  }

  /// Goes on behind a default value.
  mutating func lambdaDefault(_ frame: Frame) throws(PythonError) -> Next {
    let isKeyword = frame.operation & Parameters.star != 0
    addParameter(isKeyword ? .keywordOnly : .plain, frame.a, frame.b, value: node)
    if token.kind != .colon { try expect(.comma) }
    return try lambdaParameters(frame)
  }

  private mutating func parameter(_ kind: PythonNode.Parameter, _ start: Int) throws(PythonError) {
    let (first, count) = try nameText()
    addParameter(kind, first, count, value: -1)
  }

  private mutating func addParameter(_ kind: PythonNode.Parameter, _ first: Int32, _ count: Int32, value: Int32) {
    let end = Int32(lastEnd)
    pending.append(
      tree.add(
        PythonNode(
          kind: .parameter, operation: kind.rawValue, a: value, first: first, count: count, start: end, end: end)))
  }
}
