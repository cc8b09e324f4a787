/// Turns expressions into values on a tape, by one of two rules.
///
/// First all of a value is resolved: every part of it is looked at, and one that is no constant is given a node that is. Then it is
/// written. Both go by a stack of their own.
struct PythonValues {
  /// What a value may be.
  enum Rules {
    /// Literals, and signs before numbers.
    case literals(allowsJSONWords: Bool)
    /// What BFCL's `resolve_ast_by_type` makes of an expression.
    case bfcl
    /// What ACEBench's does: a call without keywords is a call too, where BFCL has its text.
    case acebench
    /// What Python makes of constants: any arithmetic on them, but nothing that has a name.
    case constants
  }

  /// Why an expression is no value.
  struct Failure: Error {
    let code: Diagnostic.Code
    let offset: Int
  }

  private let tree: PythonTree
  private let rules: Rules
  /// Whether a tuple may be a key: for values that need not be JSON.
  var keepsAllKeys = false
  /// What is added to an offset of the text that was parsed.
  private let shift: Int
  private var folder: PythonFolder
  /// The nodes that stand for others.
  private var resolved: [Int32: Int32] = [:]
  private var rest: [Int32] = []

  init(_ tree: PythonTree, _ rules: Rules, shift: Int = 0) {
    self.tree = tree
    self.rules = rules
    self.shift = shift
    folder = PythonFolder(tree)
  }

  private var callsAreAlwaysCalls: Bool {
    if case .acebench = rules { return true }
    return false
  }

  // MARK: Resolving

  /// Resolves a value. O(value).
  mutating func resolve(_ root: Int32) throws(Failure) {
    rest.empty()
    rest.append(root)
    while let index = rest.popLast() { try resolveOne(index) }
  }

  private mutating func resolveOne(_ index: Int32) throws(Failure) {
    let node = tree[index]
    switch node.kind {
    case .integer, .string, .none, .true_, .false_: break
    case .tuple, .list: rest.append(contentsOf: tree.list(index))
    case .dictionary:
      var isKey = true
      for entry in tree.list(index) {
        if entry < 0 { throw failure(.notALiteral, node) }
        if isKey { try checkKey(entry) }
        rest.append(entry)
        isKey.toggle()
      }
    default:
      switch rules {
      case .literals(let allowsJSONWords): try resolveLiteral(index, node, allowsJSONWords)
      case .bfcl, .acebench: try resolveExpression(index, node)
      case .constants:
        switch node.kind {
        case .float, .bytes, .imaginary, .hugeInteger, .ellipsis: break
        case .unary, .binary:
          guard let value = folder.fold(index) else { throw failure(.notALiteral, node) }
          resolved[index] = value
        default: throw failure(.notALiteral, node)
        }
      }
    }
  }

  private mutating func resolveLiteral(_ index: Int32, _ node: PythonNode, _ allowsJSONWords: Bool) throws(Failure) {
    switch node.kind {
    case .float:
      if tree.bytes[Int(node.first)] == 0x49 { throw failure(.numberOutOfRange, node) }
    case .name:
      guard allowsJSONWords, let word = jsonWord(index) else { throw failure(.notALiteral, node) }
      resolved[index] = tree.add(PythonNode(kind: word, start: node.start, end: node.end))
    case .unary: resolved[index] = try signed(index)
    case .hugeInteger: throw failure(.limitExceeded, node)
    default: throw failure(.notALiteral, node)
    }
  }

  private func jsonWord(_ index: Int32) -> PythonNode.Kind? {
    let text = tree.text(index)
    if text.elementsEqual("true".utf8) { return .true_ }
    if text.elementsEqual("false".utf8) { return .false_ }
    return text.elementsEqual("null".utf8) ? PythonNode.Kind.none : nil
  }

  /// A number behind any number of signs.
  private func signed(_ index: Int32) throws(Failure) -> Int32 {
    var isNegative = false
    var number = index
    while tree[number].kind == .unary {
      switch PythonToken.Kind(rawValue: tree[number].operation) {
      case .minus: isNegative.toggle()
      case .plus: break
      default: throw failure(.notALiteral, tree[index])
      }
      number = tree[number].a
    }
    switch tree[number].kind {
    case .integer, .float: return try withSign(number, isNegative, at: tree[index])
    case .hugeInteger: throw failure(.limitExceeded, tree[number])
    default: throw failure(.notALiteral, tree[number])
    }
  }

  /// The number, negated or not, that stands where another node does. Zero has a sign only as a float.
  private func withSign(_ number: Int32, _ isNegative: Bool, at place: PythonNode) throws(Failure) -> Int32 {
    var node = tree[number]
    if node.kind == .float, tree.bytes[Int(node.first)] == 0x49, case .literals = rules {
      throw failure(.numberOutOfRange, node)
    }
    (node.start, node.end) = (place.start, place.end)
    let isZero = node.kind == .integer && tree.text(number).elementsEqual([0x30])
    if isNegative, !isZero {
      let text = tree.text(number)
      node.first = Int32(tree.bytes.count)
      node.count += 1
      tree.bytes.append(0x2D)
      tree.bytes.append(contentsOf: text)
    }
    return tree.add(node)
  }

  /// `resolve_ast_by_type`.
  private mutating func resolveExpression(_ index: Int32, _ node: PythonNode) throws(Failure) {
    switch node.kind {
    case .float, .name, .ellipsis: break
    // What JSON cannot hold may be the value of a name that comes again, which then counts. See writeScalar.
    case .bytes, .imaginary, .hugeInteger: break
    case .unary:
      // Whatever the sign is, the operand is negated.
      let operand = tree[node.a]
      switch operand.kind {
      case .integer, .float: resolved[index] = try withSign(node.a, true, at: node)
      case .imaginary, .hugeInteger: resolved[index] = node.a
      case .true_, .false_:
        let first = tree.bytes.count
        tree.bytes.append(contentsOf: operand.kind == .true_ ? Array("-1".utf8) : Array("0".utf8))
        resolved[index] = tree.add(
          PythonNode(
            kind: .integer, first: Int32(first), count: Int32(tree.bytes.count - first), start: node.start,
            end: node.end))
      default: throw failure(.notALiteral, node)
      }
    case .binary:
      guard let value = folder.fold(index) else { throw failure(.notALiteral, node) }
      resolved[index] = value
    case .call:
      let keywords = tree.list(index).filter { tree[$0].kind == .keyword }
      if keywords.isEmpty, !callsAreAlwaysCalls {
        try resolveText(index, node)
      } else {
        rest.append(contentsOf: keywords.map { tree[$0].a })
      }
    case .element: try resolveText(index, node)
    default: throw failure(.notALiteral, node)
    }
  }

  /// A string of the expression's text.
  private mutating func resolveText(_ index: Int32, _ node: PythonNode) throws(Failure) {
    var text: [UInt8]?
    if node.kind == .element {
      // The two parts are written for themselves, so that a tuple within the brackets has parentheses.
      if let value = PythonUnparser.text(of: node.a, in: tree), let slice = PythonUnparser.text(of: node.b, in: tree) {
        text = value + [0x5B] + slice + [0x5D]
      }
    } else {
      text = PythonUnparser.text(of: index, in: tree)
    }
    guard let text else { throw failure(.notALiteral, node) }
    let first = tree.bytes.count
    tree.bytes.append(contentsOf: text)
    resolved[index] = tree.add(
      PythonNode(kind: .string, first: Int32(first), count: Int32(text.count), start: node.start, end: node.end))
  }

  /// Refuses a key that no dictionary has, or `json.dumps` does not write.
  private func checkKey(_ index: Int32) throws(Failure) {
    let node = tree[index]
    switch node.kind {
    case .tuple where keepsAllKeys:
      var rest = Array(tree.list(index))
      while let element = rest.popLast() {
        if tree[element].kind == .tuple { rest += Array(tree.list(element)) } else { try checkKey(element) }
      }
    case .list, .tuple, .dictionary: throw failure(.notALiteral, node)
    case .call where callsAreAlwaysCalls || tree.list(index).contains { tree[$0].kind == .keyword }:
      throw failure(.notALiteral, node)
    default: break
    }
  }

  private func failure(_ code: Diagnostic.Code, _ node: PythonNode) -> Failure {
    Failure(code: code, offset: Int(node.start) + shift)
  }

  // MARK: Writing

  /// A member of an object to be written.
  struct Member {
    var name: [UInt8]
    /// What is equal for keys that are one key to Python: `1`, `1.0` and `True`.
    var identity: [UInt8]
    var value: Int32
  }

  private enum Work {
    case value(Int32)
    case member(Member)
    case close(Int)
  }

  /// Writes a resolved value as a value of its own. Returns its node on the tape.
  mutating func write(_ root: Int32, limits: ValueLimits, to session: ValueSession) throws(ValueError) -> Int {
    try finish([.value(root)], limits, session)
  }

  /// Writes a name as a string of its own. Returns its node on the tape.
  func write(
    name: [UInt8], at range: Range<Int>, limits: ValueLimits, to session: ValueSession
  ) throws(ValueError) -> Int {
    session.beginValue(limits: limits)
    do throws(ValueError) {
      let place = shifted(range.lowerBound)..<max(shifted(range.lowerBound), shifted(range.upperBound))
      try session.write(string: name.span, 0..<name.count, at: place)
      return try session.finishValue(at: place.upperBound)
    } catch {
      session.discardValue()
      throw error
    }
  }

  /// Writes an object of resolved members as a value of its own. Returns its node on the tape, and whether a name came twice.
  mutating func write(
    _ members: [Member], at range: Range<Int>, limits: ValueLimits, to session: ValueSession
  ) throws(ValueError) -> (node: Int, hasDuplicates: Bool) {
    let distinct = Self.distinct(members)
    session.beginValue(limits: limits)
    do throws(ValueError) {
      try session.open(.object, at: shifted(range.lowerBound))
      let works: [Work] = [.close(shifted(range.upperBound))] + distinct.reversed().map { .member($0) }
      return (try run(works, session), distinct.count < members.count || hasDuplicates)
    } catch {
      session.discardValue()
      throw error
    }
  }

  /// Whether a dictionary that was written had a key twice.
  private(set) var hasDuplicates = false

  private mutating func finish(_ works: [Work], _ limits: ValueLimits, _ session: ValueSession) throws(ValueError)
    -> Int
  {
    session.beginValue(limits: limits)
    do throws(ValueError) {
      return try run(works, session)
    } catch {
      session.discardValue()
      throw error
    }
  }

  private mutating func run(_ works: [Work], _ session: ValueSession) throws(ValueError) -> Int {
    var works = works
    let bytes = tree.bytes
    var end = 0
    while let work = works.popLast() {
      switch work {
      case .close(let place):
        end = place
        try session.close(at: place)
      case .member(let member):
        try session.write(name: member.name.span, 0..<member.name.count)
        works.append(.value(member.value))
      case .value(let index):
        let index = resolved[index] ?? index
        let node = tree[index]
        let place = shifted(Int(node.start))..<max(shifted(Int(node.start)), shifted(Int(node.end)))
        end = place.upperBound
        switch node.kind {
        case .tuple, .list:
          try session.open(.array, isTuple: node.kind == .tuple, at: place.lowerBound)
          works.append(.close(place.upperBound))
          for element in tree.list(index).reversed() { works.append(.value(element)) }
        case .dictionary:
          let members = try members(of: index, at: place.lowerBound)
          let distinct = Self.distinct(members)
          if distinct.count < members.count { hasDuplicates = true }
          try session.open(.object, at: place.lowerBound)
          works.append(.close(place.upperBound))
          for member in distinct.reversed() { works.append(.member(member)) }
        case .call:
          try session.open(.object, at: place.lowerBound)
          let name = functionName(index)
          try session.write(name: name.span, 0..<name.count)
          try session.open(.object, at: place.lowerBound)
          works.append(.close(place.upperBound))
          works.append(.close(place.upperBound))
          for member in Self.distinct(keywords(of: index)).reversed() { works.append(.member(member)) }
        default: try writeScalar(node, bytes, at: place, to: session)
        }
      }
    }
    return try session.finishValue(at: end)
  }

  private func writeScalar(
    _ node: PythonNode, _ bytes: [UInt8], at place: Range<Int>, to session: ValueSession
  ) throws(ValueError) {
    switch node.kind {
    case .none: try session.write(.null, at: place)
    case .true_: try session.write(.true_, at: place)
    case .false_: try session.write(.false_, at: place)
    case .integer: try session.write(number: bytes.span, node.range, at: place)
    case .float:
      let last = bytes[node.range.upperBound - 1]
      try session.write(number: bytes.span, node.range, isFinite: last >= 0x30 && last <= 0x39, at: place)
    case .ellipsis: try session.write(string: Self.ellipsis.span, 0..<Self.ellipsis.count, at: place)
    case .string, .name: try session.write(string: bytes.span, node.range, at: place)
    default: throw ValueError(.malformed, at: place.lowerBound)
    }
  }

  private static let ellipsis = Array("...".utf8)

  private func shifted(_ offset: Int) -> Int { max(0, offset + shift) }

  // MARK: Members

  /// A call's keyword arguments. The name of `**value` is `null`, as `json.dumps` spells None.
  func keywords(of call: Int32) -> [Member] {
    var members: [Member] = []
    for index in tree.list(call) where tree[index].kind == .keyword {
      let name = tree[index].operation == 1 ? Array("null".utf8) : Array(tree.text(index))
      members.append(Member(name: name, identity: name, value: tree[index].a))
    }
    return members
  }

  /// The name of what is called: attributes joined by dots, from a name if one is at the root.
  func functionName(_ call: Int32) -> [UInt8] {
    var parts: [Int32] = []
    var function = tree[call].a
    while tree[function].kind == .attribute {
      parts.append(function)
      function = tree[function].a
    }
    if tree[function].kind == .name { parts.append(function) }
    return Array(parts.reversed().map { tree.text($0) }.joined(separator: [0x2E]))
  }

  private func members(of dictionary: Int32, at start: Int) throws(ValueError) -> [Member] {
    let entries = tree.list(dictionary)
    var members: [Member] = []
    var place = entries.startIndex
    while place + 1 < entries.endIndex {
      let key = resolved[entries[place]] ?? entries[place]
      switch tree[key].kind {
      case .bytes, .imaginary, .hugeInteger, .tuple, .list: throw ValueError(.malformed, at: start)
      default: break
      }
      let (name, identity) = spelling(key)
      members.append(Member(name: name, identity: identity, value: entries[place + 1]))
      place += 2
    }
    return members
  }

  /// A key as `json.dumps` spells it, and what tells it from others to Python.
  private func spelling(_ index: Int32) -> (name: [UInt8], identity: [UInt8]) {
    let text = Array(tree.text(index))
    switch tree[index].kind {
    case .none: return (Array("null".utf8), [2])
    case .true_: return (Array("true".utf8), [1, 0x31])
    case .false_: return (Array("false".utf8), [1, 0x30])
    case .ellipsis: return (Array("...".utf8), [0] + Array("...".utf8))
    case .integer: return (text, [1] + text)
    case .float:
      let value = NumberLiteral.double(text.span, 0..<text.count)
      let name = Array(NumberLiteral.pythonRepr(value).utf8)
      guard let whole = NumberLiteral.wholeDecimal(value), let exponent = whole.exponent else {
        return (name, [1] + name)
      }
      let zeros = [UInt8](repeating: 0x30, count: max(0, exponent - whole.digits.count))
      let digits = whole.digits.isEmpty ? [0x30] : whole.digits + zeros
      return (name, [1] + (whole.negative ? [0x2D] : []) + digits)
    default: return (text, [0] + text)
    }
  }

  /// Of members that are one to Python, or are spelled alike, the last value in the first one's place.
  static func distinct(_ members: [Member]) -> [Member] {
    var members = members
    for usesIdentity in [true, false] {
      var places: [[UInt8]: Int] = [:]
      var result: [Member] = []
      for member in members {
        let key = usesIdentity ? member.identity : member.name
        var place: Int?
        if members.count <= 12 {
          place = result.firstIndex { (usesIdentity ? $0.identity : $0.name) == key }
        } else {
          place = places[key]
          if place == nil { places[key] = result.count }
        }
        if let place { result[place].value = member.value } else { result.append(member) }
      }
      members = result
    }
    return members
  }

  // MARK: As Python has them

  /// A resolved value with all that Python has: bytes, complex numbers, tuples, keys of any kind. `nil` where it is nested beyond a limit, or
  /// a key is none.
  func pythonValue(_ root: Int32, depth: Int = 0) -> PythonValue? {
    guard depth < ValueLimits.standard.depth else { return nil }
    let index = resolved[root] ?? root
    let node = tree[index]
    switch node.kind {
    case .none: return PythonValue.none
    case .true_: return .boolean(true)
    case .false_: return .boolean(false)
    case .integer: return PythonValue(integer: tree.text(index))
    case .float:
      let text = Array(tree.text(index))
      return .float(NumberLiteral.double(text.span, 0..<text.count))
    case .ellipsis: return .string(Self.ellipsis)
    case .string, .name: return .string(Array(tree.text(index)))
    case .list, .tuple:
      var elements: [PythonValue] = []
      for element in tree.list(index) {
        guard let value = pythonValue(element, depth: depth + 1) else { return nil }
        elements.append(value)
      }
      return node.kind == .list ? .list(elements) : .tuple(elements)
    case .dictionary:
      var members: [PythonValue.Member] = []
      let entries = Array(tree.list(index))
      for place in stride(from: 0, to: entries.count - 1, by: 2) {
        guard let key = pythonKey(entries[place]), let value = pythonValue(entries[place + 1], depth: depth + 1) else {
          return nil
        }
        members.append(PythonValue.Member(key: key, value: value))
      }
      return .dictionary(PythonValue.distinct(members))
    case .call:
      guard let arguments = pythonArguments(of: index, depth: depth + 2) else { return nil }
      return .dictionary([PythonValue.Member(key: .string(functionName(index)), value: arguments)])
    case .bytes:
      var text: [UInt8] = []
      PythonText.appendBytesRepr(Array(tree.text(index))[...], to: &text)
      return .other(text)
    case .imaginary:
      var text: [UInt8] = []
      PythonText.appendImaginary(Array(tree.text(index))[...], to: &text)
      return .other(text)
    case .hugeInteger: return .other(Array(tree.text(index)))
    default: return nil
    }
  }

  /// A call's keyword arguments; `**value` has the key None.
  func pythonArguments(of call: Int32, depth: Int = 0) -> PythonValue? {
    var members: [PythonValue.Member] = []
    for index in tree.list(call) where tree[index].kind == .keyword {
      let key: PythonValue.Key = tree[index].operation == 1 ? .other([2]) : .string(Array(tree.text(index)))
      guard let value = pythonValue(tree[index].a, depth: depth + 1) else { return nil }
      members.append(PythonValue.Member(key: key, value: value))
    }
    return .dictionary(PythonValue.distinct(members))
  }

  private func pythonKey(_ entry: Int32) -> PythonValue.Key? {
    let index = resolved[entry] ?? entry
    switch tree[index].kind {
    case .string, .name, .ellipsis:
      return .string(tree[index].kind == .ellipsis ? Self.ellipsis : Array(tree.text(index)))
    case .bytes, .imaginary, .hugeInteger: return .other([3] + Array(tree.text(index)))
    case .tuple: return PythonUnparser.text(of: index, in: tree).map { .other([5] + $0) }
    case .list, .dictionary, .call: return nil
    default: return .other(spelling(index).identity)
    }
  }
}
