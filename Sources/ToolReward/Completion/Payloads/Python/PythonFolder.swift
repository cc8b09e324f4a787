/// Works out arithmetic on constants, as CPython's `eval` would, and nothing else: a name or a call within it gives nothing.
///
/// What it makes are nodes again: constants, whose numbers may have a sign, and lists and tuples of them. Work is bounded, so that
/// `9**9**9` and `'a'*10**9` are refused at once.
struct PythonFolder {
  private enum Operand {
    case number(PythonNumber)
    case boolean(Bool)
    case string([UInt8])
    case none
    case ellipsis
    /// Nodes made here. The weight is about how many bytes they would take, by sixteen.
    case sequence([Int32], isTuple: Bool, weight: Int)
  }

  /// The most a list or a string may weigh.
  private static let mostWeight = 1 << 16
  /// How many limbs may be touched in all.
  private var work = 5_000_000

  private let tree: PythonTree
  private var operands: [Operand] = []
  private var rest: [(node: Int32, isReady: Bool)] = []

  init(_ tree: PythonTree) {
    self.tree = tree
  }

  /// The node of the value that an expression has; `nil` if it is no arithmetic on constants, or Python raises.
  mutating func fold(_ root: Int32) -> Int32? {
    operands.empty()
    rest.empty()
    rest.append((root, false))
    while let (index, isReady) = rest.popLast() {
      let node = tree[index]
      switch node.kind {
      case .unary where !isReady:
        rest.append((index, true))
        rest.append((node.a, false))
      case .binary where !isReady:
        rest.append((index, true))
        rest.append((node.b, false))
        rest.append((node.a, false))
      case .tuple where !isReady, .list where !isReady:
        rest.append((index, true))
        rest.append(contentsOf: tree.list(index).reversed().map { ($0, false) })
      case .unary:
        guard let operand = operands.popLast(), let result = unary(node.operation, operand) else { return nil }
        operands.append(result)
      case .binary:
        guard let right = operands.popLast(), let left = operands.popLast(),
          let operation = PythonToken.Kind(rawValue: node.operation), let result = binary(left, operation, right)
        else { return nil }
        operands.append(result)
      case .tuple, .list:
        var elements: [Int32] = []
        for operand in operands.suffix(Int(node.count)) {
          guard let element = makeNode(operand, tree[root]) else { return nil }
          elements.append(element)
        }
        operands.removeLast(Int(node.count))
        guard let sequence = sequence(elements, isTuple: node.kind == .tuple) else { return nil }
        operands.append(sequence)
      default:
        guard let operand = operand(index) else { return nil }
        operands.append(operand)
      }
    }
    guard let result = operands.popLast() else { return nil }
    return makeNode(result, tree[root])
  }

  // MARK: Nodes

  /// A constant's value.
  private mutating func operand(_ index: Int32) -> Operand? {
    let node = tree[index]
    switch node.kind {
    case .integer:
      guard spend((Int(node.count) / 9 + 1) * (Int(node.count) / 9 + 1)) else { return nil }
      return .number(.integer(BigInteger(decimal: tree.text(index))))
    case .float:
      let text = Array(tree.text(index))
      return .number(.float(NumberLiteral.double(text.span, 0..<text.count)))
    case .string:
      guard spend(Int(node.count) / 16) else { return nil }
      return .string(Array(tree.text(index)))
    case .none: return Operand.none
    case .ellipsis: return .ellipsis
    case .true_: return .boolean(true)
    case .false_: return .boolean(false)
    case .list, .tuple: return .sequence(Array(tree.list(index)), isTuple: node.kind == .tuple, weight: Int(node.b))
    default: return nil
    }
  }

  /// A node for a value, which stands where the whole expression does.
  private func makeNode(_ operand: Operand, _ place: PythonNode) -> Int32? {
    var node = PythonNode(kind: .none, first: Int32(tree.bytes.count), start: place.start, end: place.end)
    switch operand {
    case .none: break
    case .ellipsis: node.kind = .ellipsis
    case .boolean(let value): node.kind = value ? .true_ : .false_
    case .number(.integer(let value)):
      guard let digits = value.decimal() else { return nil }
      node.kind = .integer
      tree.bytes.append(contentsOf: digits)
    case .number(.float(let value)):
      node.kind = .float
      tree.bytes.append(contentsOf: NumberLiteral.pythonRepr(value).utf8)
    case .string(let text):
      node.kind = .string
      tree.bytes.append(contentsOf: text)
    case .sequence(let elements, let isTuple, let weight):
      node.kind = isTuple ? .tuple : .list
      node.first = Int32(tree.lists.count)
      node.count = Int32(elements.count)
      node.b = Int32(weight)
      tree.lists.append(contentsOf: elements)
      return tree.add(node)
    }
    node.count = Int32(tree.bytes.count) - node.first
    return tree.add(node)
  }

  private func weight(_ index: Int32) -> Int {
    let node = tree[index]
    return node.kind == .list || node.kind == .tuple ? Int(node.b) : 1 + Int(node.count) / 16
  }

  private mutating func sequence(_ elements: [Int32], isTuple: Bool) -> Operand? {
    let weight = elements.reduce(1) { $0 + self.weight($1) }
    guard weight <= Self.mostWeight, spend(weight) else { return nil }
    return .sequence(elements, isTuple: isTuple, weight: weight)
  }

  private mutating func string(_ text: [UInt8]) -> Operand? {
    guard text.count / 16 <= Self.mostWeight, spend(text.count / 16 + 1) else { return nil }
    return .string(text)
  }

  private mutating func spend(_ amount: Int) -> Bool {
    work -= amount
    return work >= 0
  }

  // MARK: Operations

  private func unary(_ operation: UInt8, _ operand: Operand) -> Operand? {
    if operation == PythonToken.Kind.not.rawValue { return .boolean(!isTrue(operand)) }
    guard let number = number(operand) else { return nil }
    switch (number, PythonToken.Kind(rawValue: operation)) {
    case (_, .plus): return .number(number)
    case (.integer(let value), .minus): return .number(.integer(value.negated))
    case (.float(let value), .minus): return .number(.float(-value))
    case (.integer(let value), .tilde): return .number(.integer(value.negated - BigInteger(1)))
    default: return nil
    }
  }

  private func isTrue(_ operand: Operand) -> Bool {
    switch operand {
    case .number(let number): !number.isZero
    case .boolean(let value): value
    case .string(let text): !text.isEmpty
    case .none: false
    case .ellipsis: true
    case .sequence(let elements, _, _): !elements.isEmpty
    }
  }

  private func number(_ operand: Operand) -> PythonNumber? {
    switch operand {
    case .number(let number): number
    case .boolean(let value): .integer(BigInteger(value ? 1 : 0))
    default: nil
    }
  }

  private mutating func binary(_ left: Operand, _ operation: PythonToken.Kind, _ right: Operand) -> Operand? {
    if case .boolean(let a) = left, case .boolean(let b) = right {
      switch operation {
      case .ampersand: return .boolean(a && b)
      case .bar: return .boolean(a || b)
      case .caret: return .boolean(a != b)
      default: break
      }
    }
    if let a = number(left), let b = number(right) {
      guard spend(workOf(a, operation, b)) else { return nil }
      return a.applying(operation, b).map { .number($0) }
    }
    switch (left, operation, right) {
    case (.string(let a), .plus, .string(let b)): return string(a + b)
    case (.sequence(let a, let isTuple, _), .plus, .sequence(let b, let isOther, _)):
      return isTuple == isOther ? sequence(a + b, isTuple: isTuple) : nil
    case (.string, .star, _), (.sequence, .star, _): return repeated(left, right)
    case (_, .star, .string), (_, .star, .sequence): return repeated(right, left)
    case (.string(let format), .percent, _): return formatted(format, right)
    default: return nil
    }
  }

  /// About how many limbs an operation touches.
  private func workOf(_ a: PythonNumber, _ operation: PythonToken.Kind, _ b: PythonNumber) -> Int {
    switch operation {
    case .star, .slash, .doubleSlash, .percent: return a.size * b.size
    case .doubleStar:
      // The last squaring costs most; what is longer than the limit is refused before.
      guard case .integer(let base) = a, case .integer(let exponent) = b, let count = exponent.small, count > 0 else {
        return 1
      }
      let limbs = min(base.bitCount &* min(count, BigInteger.mostBits) / 32 + 1, BigInteger.mostBits / 32)
      return limbs * limbs
    default: return a.size + b.size
    }
  }

  /// `sequence * count`.
  private mutating func repeated(_ operand: Operand, _ factor: Operand) -> Operand? {
    // Python wants a count that fits a machine word, whatever is repeated.
    guard case .integer(let whole)? = number(factor), let factor = whole.small else { return nil }
    let count = isTrue(operand) ? max(0, factor) : 0
    switch operand {
    case .string(let text):
      let (total, overflow) = text.count.multipliedReportingOverflow(by: count)
      guard !overflow, total / 16 <= Self.mostWeight else { return nil }
      var result: [UInt8] = []
      result.reserveCapacity(total)
      for _ in 0..<count { result.append(contentsOf: text) }
      return string(result)
    case .sequence(let elements, let isTuple, let weight):
      let (total, overflow) = weight.multipliedReportingOverflow(by: count)
      guard !overflow, total <= Self.mostWeight else { return nil }
      var result: [Int32] = []
      for _ in 0..<count { result.append(contentsOf: elements) }
      return sequence(result, isTuple: isTuple)
    default: return nil
    }
  }

  /// `format % values`, for `%s`, `%d`, `%i` and `%%` without flags; other formats give nothing.
  private mutating func formatted(_ format: [UInt8], _ values: Operand) -> Operand? {
    var arguments: [Operand] = [values]
    // A list may be left over, as what might be looked up by key.
    var mayBeLeft = false
    var isTuple = false
    if case .sequence(let elements, let tuple, _) = values {
      isTuple = tuple
      mayBeLeft = !tuple
      if isTuple { arguments = [] }
      for element in isTuple ? elements : [] {
        guard let operand = operand(element) else { return nil }
        arguments.append(operand)
      }
    }
    var output: [UInt8] = []
    var next = 0
    var position = 0
    while position < format.count {
      let byte = format[position]
      position += 1
      guard byte == 0x25 else {
        output.append(byte)
        continue
      }
      guard position < format.count else { return nil }
      let kind = format[position]
      position += 1
      if kind == 0x25 {
        output.append(0x25)
        continue
      }
      guard next < arguments.count, kind == 0x73 || kind == 0x64 || kind == 0x69,
        let text = printed(arguments[next], isString: kind == 0x73)
      else { return nil }
      output.append(contentsOf: text)
      next += 1
      guard output.count / 16 <= Self.mostWeight else { return nil }
    }
    guard next == arguments.count || mayBeLeft else { return nil }
    return string(output)
  }

  private func printed(_ operand: Operand, isString: Bool) -> [UInt8]? {
    switch operand {
    case .number(.integer(let value)): return value.decimal()
    case .number(.float(let value)):
      guard isString else { return nil }
      if value.isNaN { return Array("nan".utf8) }
      if value.isInfinite { return Array((value < 0 ? "-inf" : "inf").utf8) }
      return Array(NumberLiteral.pythonRepr(value).utf8)
    case .boolean(let value): return Array((isString ? value ? "True" : "False" : value ? "1" : "0").utf8)
    case .string(let text): return isString ? text : nil
    case .none: return isString ? Array("None".utf8) : nil
    case .ellipsis: return isString ? Array("Ellipsis".utf8) : nil
    case .sequence: return nil
    }
  }
}
