/// Expressions, in the order of their precedence.
extension Parser {
  /// An expression, or several with commas between them as a tuple.
  mutating func tuple(
    simplified: Bool = false, withConditional: Bool = true, endingAt end: String? = nil, inParentheses: Bool = false,
    withNamespace: Bool = false
  ) throws(TemplateFailure) -> Expression {
    let start = offset
    var elements: [Expression] = []
    var isTuple = false
    while true {
      if !elements.isEmpty { try expect(.comma) }
      if isTupleEnd(end) { break }
      elements.append(
        simplified
          ? try nested { (parser) throws(TemplateFailure) in try parser.primary(withNamespace: withNamespace) }
          : try expression(withConditional: withConditional))
      guard isSymbol(.comma) else { break }
      isTuple = true
    }
    if !isTuple {
      if let only = elements.first { return only }
      guard inParentheses else { throw failure("Expected an expression, got '\(Self.describe(current))'") }
    }
    return TupleExpression(elements, start)
  }

  private func isTupleEnd(_ end: String?) -> Bool {
    switch current.kind {
    case .variableEnd, .blockEnd, .symbol(.rightParenthesis): true
    default: end.map { isName($0) } ?? false
    }
  }

  mutating func expression(withConditional: Bool = true) throws(TemplateFailure) -> Expression {
    try nested { (parser) throws(TemplateFailure) in
      withConditional ? try parser.conditional() : try parser.disjunction()
    }
  }

  private mutating func conditional() throws(TemplateFailure) -> Expression {
    var value = try disjunction()
    while true {
      let start = offset
      guard skip(name: "if") else { return value }
      let test = try disjunction()
      let otherwise =
        skip(name: "else") ? try nested { (parser) throws(TemplateFailure) in try parser.conditional() } : nil
      value = try built(ConditionalExpression(test, value, otherwise, start))
    }
  }

  private mutating func disjunction() throws(TemplateFailure) -> Expression {
    var left = try conjunction()
    while case let start = offset, skip(name: "or") {
      left = try built(LogicExpression(isAnd: false, left, try conjunction(), start))
    }
    return left
  }

  private mutating func conjunction() throws(TemplateFailure) -> Expression {
    var left = try negation()
    while case let start = offset, skip(name: "and") {
      left = try built(LogicExpression(isAnd: true, left, try negation(), start))
    }
    return left
  }

  private mutating func negation() throws(TemplateFailure) -> Expression {
    let start = offset
    guard skip(name: "not") else { return try comparison() }
    let operand = try nested { (parser) throws(TemplateFailure) in try parser.negation() }
    return UnaryExpression(.not, operand, start)
  }

  private mutating func comparison() throws(TemplateFailure) -> Expression {
    let start = offset
    let first = try sum()
    var rest: [(operation: ComparisonExpression.Operator, operand: Expression)] = []
    while true {
      let operation: ComparisonExpression.Operator
      if case .symbol(let symbol) = current.kind, let known = ComparisonExpression.Operator(rawValue: symbol.rawValue) {
        operation = known
      } else if isName("in") {
        operation = .contained
      } else if isName("not"), isName("in", peek()) {
        next()
        operation = .notContained
      } else {
        return rest.isEmpty ? first : ComparisonExpression(first, rest, start)
      }
      next()
      rest.append((operation, try sum()))
    }
  }

  private mutating func sum() throws(TemplateFailure) -> Expression {
    var left = try concatenation()
    while true {
      let start = offset
      if skip(.add) {
        left = try built(ArithmeticExpression(.add, left, try concatenation(), start))
      } else if skip(.subtract) {
        left = try built(ArithmeticExpression(.subtract, left, try concatenation(), start))
      } else {
        return left
      }
    }
  }

  private mutating func concatenation() throws(TemplateFailure) -> Expression {
    let start = offset
    var parts = [try product()]
    while skip(.concatenate) { parts.append(try product()) }
    return parts.count == 1 ? parts[0] : ConcatenationExpression(parts, start)
  }

  private mutating func product() throws(TemplateFailure) -> Expression {
    let operators: [(Symbol, Arithmetic.Operator)] = [
      (.multiply, .multiply), (.divide, .divide), (.floorDivide, .floorDivide), (.modulo, .modulo),
    ]
    var left = try power()
    while let (_, operation) = operators.first(where: { isSymbol($0.0) }) {
      let start = offset
      next()
      left = try built(ArithmeticExpression(operation, left, try power(), start))
    }
    return left
  }

  private mutating func power() throws(TemplateFailure) -> Expression {
    var left = try unary()
    while case let start = offset, skip(.power) {
      left = try built(ArithmeticExpression(.power, left, try unary(), start))
    }
    return left
  }

  private mutating func unary(withFilter: Bool = true) throws(TemplateFailure) -> Expression {
    let start = offset
    var node: Expression
    if skip(.subtract) {
      node = UnaryExpression(
        .negate, try nested { (parser) throws(TemplateFailure) in try parser.unary(withFilter: false) }, start)
    } else if skip(.add) {
      node = UnaryExpression(
        .plus, try nested { (parser) throws(TemplateFailure) in try parser.unary(withFilter: false) }, start)
    } else {
      node = try primary()
    }
    node = try postfix(node)
    return withFilter ? try filters(node) : node
  }

  // MARK: Operands

  mutating func primary(withNamespace: Bool = false) throws(TemplateFailure) -> Expression {
    let token = current
    switch token.kind {
    case .name(let name):
      next()
      switch String(decoding: name, as: UTF8.self) {
      case "true", "True": return ConstantExpression(.boolean(true), token.offset)
      case "false", "False": return ConstantExpression(.boolean(false), token.offset)
      case "none", "None": return ConstantExpression(.null, token.offset)
      default: break
      }
      if withNamespace, skip(.dot) { return NamespaceTarget(name, try expectName(), heap, token.offset) }
      return NameExpression(name, heap, token.offset)
    case .string(var text):
      next()
      while case .string(let more) = current.kind {
        text += more
        next()
      }
      return ConstantExpression(heap.string(text), token.offset)
    case .integer(let number):
      next()
      return ConstantExpression(number.value(heap), token.offset)
    case .float(let value):
      next()
      return ConstantExpression(.float(value), token.offset)
    case .symbol(.leftParenthesis):
      next()
      let value = try tuple(inParentheses: true)
      try expect(.rightParenthesis)
      return value
    case .symbol(.leftBracket): return try list()
    case .symbol(.leftBrace): return try dictionary()
    default: throw failure("unexpected '\(Self.describe(token))'")
    }
  }

  private mutating func list() throws(TemplateFailure) -> Expression {
    let start = offset
    next()
    var elements: [Expression] = []
    while !isSymbol(.rightBracket) {
      if !elements.isEmpty { try expect(.comma) }
      if isSymbol(.rightBracket) { break }
      elements.append(try expression())
    }
    try expect(.rightBracket)
    return ListExpression(elements, start)
  }

  private mutating func dictionary() throws(TemplateFailure) -> Expression {
    let start = offset
    next()
    var pairs: [(key: Expression, value: Expression)] = []
    while !isSymbol(.rightBrace) {
      if !pairs.isEmpty { try expect(.comma) }
      if isSymbol(.rightBrace) { break }
      let key = try expression()
      try expect(.colon)
      pairs.append((key, try expression()))
    }
    try expect(.rightBrace)
    return DictionaryExpression(pairs, start)
  }

  // MARK: What follows an operand

  private mutating func postfix(_ operand: Expression) throws(TemplateFailure) -> Expression {
    var node = operand
    while true {
      switch current.kind {
      case .symbol(.dot), .symbol(.leftBracket): node = try subscripted(node)
      case .symbol(.leftParenthesis): node = CallExpression(node, try arguments(), offset)
      default: return node
      }
      node = try built(node)
    }
  }

  private mutating func filters(_ operand: Expression) throws(TemplateFailure) -> Expression {
    var node = operand
    while true {
      if isSymbol(.pipe) {
        node = try filterChain(node, startsInline: false)
      } else if isName("is") {
        node = try test(node)
      } else if isSymbol(.leftParenthesis) {
        node = CallExpression(node, try arguments(), offset)
      } else {
        return node
      }
      node = try built(node)
    }
  }

  /// A chain of operators, calls or filters is as deep as it is long when it is evaluated.
  private func built<N: Node>(_ node: N) throws(TemplateFailure) -> N {
    if node.depth > Self.maximalChain {
      throw TemplateFailure(.limit, "more than \(Self.maximalChain) operations in a row", at: offset)
    }
    return node
  }

  private mutating func subscripted(_ node: Expression) throws(TemplateFailure) -> Expression {
    let start = offset
    if skip(.dot) {
      switch next().kind {
      case .name(let name): return AttributeExpression(node, name, heap, start)
      case .integer(let number): return ItemExpression(node, ConstantExpression(number.value(heap), start), heap, start)
      default: throw failure("expected name or number", start)
      }
    }
    next()
    var keys: [Expression] = []
    while !isSymbol(.rightBracket) {
      if !keys.isEmpty { try expect(.comma) }
      keys.append(try key())
    }
    try expect(.rightBracket)
    if keys.count == 1, let slice = keys[0] as? SliceKey { return SliceExpression(node, slice, start) }
    return ItemExpression(node, keys.count == 1 ? keys[0] : TupleExpression(keys, start), heap, start)
  }

  private mutating func key() throws(TemplateFailure) -> Expression {
    let start = offset
    var bounds: [Expression?] = []
    if skip(.colon) {
      bounds.append(nil)
    } else {
      let value = try expression()
      guard skip(.colon) else { return value }
      bounds.append(value)
    }
    if isSymbol(.colon) || isSymbol(.rightBracket) || isSymbol(.comma) {
      bounds.append(nil)
    } else {
      bounds.append(try expression())
    }
    if skip(.colon), !isSymbol(.rightBracket), !isSymbol(.comma) {
      bounds.append(try expression())
    } else {
      bounds.append(nil)
    }
    return SliceKey(bounds, start)
  }

  private mutating func arguments() throws(TemplateFailure) -> ArgumentExpressions {
    let start = offset
    try expect(.leftParenthesis)
    var arguments = ArgumentExpressions()
    func ensure(_ holds: Bool) throws(TemplateFailure) {
      if !holds { throw TemplateFailure(.syntax, "invalid syntax for function call expression", at: start) }
    }
    var needsComma = false
    while !isSymbol(.rightParenthesis) {
      if needsComma {
        try expect(.comma)
        if isSymbol(.rightParenthesis) { break }
      }
      if skip(.multiply) {
        try ensure(arguments.spread == nil && arguments.spreadNamed == nil)
        arguments.spread = try expression()
      } else if skip(.power) {
        try ensure(arguments.spreadNamed == nil)
        arguments.spreadNamed = try expression()
      } else if case .name(let name) = current.kind, peek().kind == .symbol(.assign) {
        try ensure(arguments.spreadNamed == nil)
        next()
        next()
        if arguments.named.contains(where: { $0.name == name }) { throw failure("keyword argument repeated", start) }
        arguments.named.append((heap.text(name), try expression()))
      } else {
        try ensure(arguments.spread == nil && arguments.spreadNamed == nil && arguments.named.isEmpty)
        arguments.positional.append(try expression())
      }
      needsComma = true
    }
    try expect(.rightParenthesis)
    return arguments
  }

  private mutating func dottedName() throws(TemplateFailure) -> [UInt8] {
    var name = try expectName()
    while skip(.dot) { name += try [0x2E] + expectName() }
    return name
  }

  /// Filters one after the other.
  mutating func filterChain(_ value: Expression?, startsInline: Bool) throws(TemplateFailure) -> FilterExpression {
    var inner = value
    var result: FilterExpression?
    var startsInline = startsInline
    while startsInline || isSymbol(.pipe) {
      if !startsInline { next() }
      startsInline = false
      let start = offset
      let name = try dottedName()
      let filter = FilterExpression(
        name, inner, isSymbol(.leftParenthesis) ? try arguments() : ArgumentExpressions(), start)
      inner = filter
      result = filter
      _ = try built(filter)
    }
    guard let result else { throw unexpected("a filter") }
    return result
  }

  private mutating func test(_ value: Expression) throws(TemplateFailure) -> Expression {
    let start = offset
    next()
    let isNegated = skip(name: "not")
    let name = try dottedName()
    var arguments = ArgumentExpressions()
    if isSymbol(.leftParenthesis) {
      arguments = try self.arguments()
    } else if startsTestArgument {
      if isName("is") { throw failure("You cannot chain multiple tests with is") }
      arguments.positional = [
        try nested { (parser) throws(TemplateFailure) in try parser.postfix(try parser.primary()) }
      ]
    }
    let test = TestExpression(name, value, arguments, start)
    return isNegated ? UnaryExpression(.not, test, start) : test
  }

  private var startsTestArgument: Bool {
    switch current.kind {
    case .name: !["else", "or", "and"].contains { isName($0) }
    case .string, .integer, .float, .symbol(.leftParenthesis), .symbol(.leftBracket), .symbol(.leftBrace): true
    default: false
    }
  }
}

extension JinjaNumber {
  func value(_ heap: ValueHeap) -> JinjaValue {
    switch self {
    case .small(let value): .integer(value)
    case .big(let digits): .bigInteger(heap.text(digits))
    }
  }
}
