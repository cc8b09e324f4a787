/// When two values count as the same.
///
/// The three named policies differ only in numbers and booleans:
///
/// | pair | ``numeric`` | ``toolN1`` | ``python`` |
/// |---|---|---|---|
/// | `1`, `1.0` | same | differ | same |
/// | `1`, `true` | differ | differ | same |
/// | `0.1`, `1e-1` | same | same | same |
/// | `9007199254740993.0`, `9007199254740992.0` | differ | same | same |
/// | `-0.0`, `0.0` | same | differ | same |
/// | `1e400`, `1e401` | differ | same (both `Infinity`) | same |
///
/// Under all of them strings are compared by code point, arrays by position, objects by name whatever the order; of a repeated
/// name the last value counts, as in Python's `dict`.
public struct EqualityPolicy: Sendable, Hashable {
  /// How two numbers are compared.
  public enum Numbers: Sendable, Hashable {
    /// By exact decimal value; nothing is rounded.
    case exactDecimal
    /// By the text CPython's `json.dumps` would write for them: integers by their digits, others as the nearest binary64.
    case pythonText
    /// By CPython's `==` on what its `json.loads` gives: integers and nearest binary64, compared exactly with each other. NaN equals
    /// nothing, but is the same as NaN inside a container.
    case pythonValue
  }

  /// The name in output and options.
  public let name: String
  /// How two numbers are compared.
  public let numbers: Numbers
  /// Whether `true` is 1 and `false` is 0.
  public let booleansAreNumbers: Bool

  /// Creates a policy of one's own.
  public init(name: String, numbers: Numbers, booleansAreNumbers: Bool = false) {
    self.name = name
    self.numbers = numbers
    self.booleansAreNumbers = booleansAreNumbers
  }

  /// Exact decimal value: the default wherever no published code is followed.
  public static let numeric = EqualityPolicy(name: "numeric", numbers: .exactDecimal)
  /// Tool-N1's: equal where `json.dumps(_, sort_keys=True)` writes the same text.
  public static let toolN1 = EqualityPolicy(name: "toolN1", numbers: .pythonText)
  /// Python's `==`, under which `True == 1 == 1.0`.
  public static let python = EqualityPolicy(name: "python", numbers: .pythonValue, booleansAreNumbers: true)

  /// Whether two values are the same under this policy. O(smaller value) in the usual case that members come in the same order,
  /// else O(both values).
  public func areEqual(_ left: Value, _ right: Value) -> Bool {
    areEqual(left.tape.view, left.index, right.tape.view, right.index)
  }

  // MARK: On tapes

  /// Whether two elements or member values are the same. Python's lists and dictionaries look at identity before equality, and its
  /// `json.loads` gives one and the same NaN each time: inside a container NaN is the same as NaN.
  @inline(__always)
  func areSameItems(_ a: TapeView, _ i: Int, _ b: TapeView, _ j: Int) -> Bool {
    areEqual(a, i, b, j) || (numbers == .pythonValue && isNaN(a, i) && isNaN(b, j))
  }

  func areEqual(_ a: ValueTape, _ i: Int, _ b: ValueTape, _ j: Int) -> Bool { areEqual(a.view, i, b.view, j) }

  func areSameItems(_ a: ValueTape, _ i: Int, _ b: ValueTape, _ j: Int) -> Bool { areSameItems(a.view, i, b.view, j) }

  func isNaN(_ tape: TapeView, _ index: Int) -> Bool {
    tape.nodes[index].flags.contains(.nonFinite) && tape.nodes[index].count == 3
  }

  func areEqual(_ a: TapeView, _ i: Int, _ b: TapeView, _ j: Int) -> Bool {
    let left = a.nodes[i]
    let right = b.nodes[j]
    if booleansAreNumbers, left.kind != right.kind, let equal = equalAcrossKinds(a, left, b, right) { return equal }
    switch (left.kind, right.kind) {
    case (.null, .null), (.true_, .true_), (.false_, .false_):
      return true
    case (.string, .string):
      return ByteSearch.equal(a.bytes, left.payload, b.bytes, right.payload)
    case (.number, .number):
      return sameNumber(a, left, b, right)
    case (.array, .array):
      guard left.count == right.count else { return false }
      if isWrittenAlike(a, i, b, j) { return true }
      var x = i + 1
      var y = j + 1
      let end = Int(left.next)
      while x < end {
        guard areSameItems(a, x, b, y) else { return false }
        x = a.after(x)
        y = b.after(y)
      }
      return true
    case (.object, .object):
      return isWrittenAlike(a, i, b, j) || sameObject(a, i, b, j)
    default:
      return false
    }
  }

  /// Whether two containers have the same nodes and bytes one by one: then they are the same under every policy, but for NaN, which is
  /// left to the slower way. Most right answers are written as the expected one is. False soon where they are not.
  private func isWrittenAlike(_ a: TapeView, _ i: Int, _ b: TapeView, _ j: Int) -> Bool {
    let count = Int(a.nodes[i].next) - i
    guard Int(b.nodes[j].next) - j == count else { return false }
    // Payloads lie one after the other in the order of the nodes, so that they are compared in one piece.
    var isAlike = true
    var length: UInt32 = 0
    var first = 0
    unsafe a.nodes.extracting(i..<(i + count)).withUnsafeBufferPointer { left in
      unsafe b.nodes.extracting(j..<(j + count)).withUnsafeBufferPointer { right in
        for index in 0..<count {
          let x = unsafe left[index]
          let y = unsafe right[index]
          if x.kind != y.kind || x.count != y.count || x.flags.contains(.nonFinite) {
            isAlike = false
            return
          }
          if !x.isContainer {
            if first == 0 { first = index }
            length &+= x.count
          }
        }
      }
    }
    guard isAlike else { return false }
    if length == 0 { return true }
    let start = Int(a.nodes[i + first].offset)
    let other = Int(b.nodes[j + first].offset)
    return ByteSearch.equal(a.bytes, start..<(start + Int(length)), b.bytes, other..<(other + Int(length)))
  }

  private func sameObject(_ a: TapeView, _ i: Int, _ b: TapeView, _ j: Int) -> Bool {
    let left = a.nodes[i]
    let right = b.nodes[j]
    let repeats = left.flags.contains(.duplicateNames) || right.flags.contains(.duplicateNames)
    if !repeats {
      guard left.count == right.count else { return false }
      // Members in the same order are compared in one pass, up to the first name that differs.
      var x = i + 1
      var y = j + 1
      let end = Int(left.next)
      while x < end, a.nodes[x].next == b.nodes[y].next, sameName(a, x, b, y) {
        guard areSameItems(a, x + 1, b, y + 1) else { return false }
        x = a.after(x + 1)
        y = b.after(y + 1)
      }
      return x >= end || sameMembers(a, i, b, j)
    }
    return sameMembers(a, i, b, j)
  }

  private func sameMembers(_ a: TapeView, _ i: Int, _ b: TapeView, _ j: Int) -> Bool {
    let left = ObjectMembers.distinct(of: i, in: a)
    let right = ObjectMembers.distinct(of: j, in: b)
    guard left.count == right.count else { return false }
    if left.count <= 8 {
      for member in left {
        guard let other = right.first(where: { sameName(a, member.name, b, $0.name) }),
          areSameItems(a, member.value, b, other.value)
        else { return false }
      }
      return true
    }
    var table = NameTable(capacity: right.count)
    for (position, member) in right.enumerated() { _ = table.position(of: member.name, in: b, insert: position) }
    for member in left {
      guard let position = table.position(of: member.name, in: a, own: b),
        areSameItems(a, member.value, b, right[position].value)
      else { return false }
    }
    return true
  }

  @inline(__always)
  private func sameName(_ a: TapeView, _ x: Int, _ b: TapeView, _ y: Int) -> Bool {
    a.nodes[x].next == b.nodes[y].next
      && ByteSearch.equal(a.bytes, a.nodes[x].payload, b.bytes, b.nodes[y].payload)
  }

  private func sameNumber(_ a: TapeView, _ left: TapeNode, _ b: TapeView, _ right: TapeNode) -> Bool {
    let x = a.bytes
    let y = b.bytes
    let sameText = ByteSearch.equal(x, left.payload, y, right.payload)
    switch numbers {
    case .exactDecimal:
      if left.flags.contains(.nonFinite) || right.flags.contains(.nonFinite) { return sameText }
      return sameText || NumberLiteral.sameDecimal(x, left.payload, y, right.payload)
    case .pythonText:
      let isFloat = left.flags.contains(.fractional)
      guard isFloat == right.flags.contains(.fractional) else { return false }
      if sameText { return true }
      if !isFloat {
        return ByteSearch.equal(
          x, NumberLiteral.pythonInteger(x, left.payload), y, NumberLiteral.pythonInteger(y, right.payload))
      }
      let one = NumberLiteral.double(x, left.payload)
      let other = NumberLiteral.double(y, right.payload)
      return one.isNaN ? other.isNaN : one.bitPattern == other.bitPattern
    case .pythonValue:
      switch (left.flags.contains(.fractional), right.flags.contains(.fractional)) {
      case (true, true):
        return NumberLiteral.double(x, left.payload) == NumberLiteral.double(y, right.payload)
      case (false, false):
        return sameText
          || ByteSearch.equal(
            x, NumberLiteral.pythonInteger(x, left.payload), y, NumberLiteral.pythonInteger(y, right.payload))
      case (false, true):
        return NumberLiteral.same(integer: x, left.payload, NumberLiteral.double(y, right.payload))
      case (true, false):
        return NumberLiteral.same(integer: y, right.payload, NumberLiteral.double(x, left.payload))
      }
    }
  }

  /// `true` and `false` beside a number, as 1 and 0; `nil` if neither is a boolean.
  private func equalAcrossKinds(_ a: TapeView, _ left: TapeNode, _ b: TapeView, _ right: TapeNode) -> Bool? {
    switch (left.kind, right.kind) {
    case (.true_, .number): isWhole("1", b, right)
    case (.false_, .number): isWhole("0", b, right)
    case (.number, .true_): isWhole("1", a, left)
    case (.number, .false_): isWhole("0", a, left)
    default: nil
    }
  }

  private func isWhole(_ digits: String, _ tape: TapeView, _ node: TapeNode) -> Bool {
    let text = Array(digits.utf8)
    if numbers == .pythonValue, node.flags.contains(.fractional) {
      return NumberLiteral.same(
        integer: text.span, 0..<text.count, NumberLiteral.double(tape.bytes, node.payload))
    }
    if node.flags.contains(.nonFinite) { return false }
    return NumberLiteral.sameDecimal(text.span, 0..<text.count, tape.bytes, node.payload)
  }

  // MARK: Hashing

  /// A hash that equal values share. O(value).
  func hash(_ tape: ValueTape, _ index: Int) -> UInt64 { hash(tape.view, index) }

  /// A hash that equal values share. O(value).
  func hash(_ tape: TapeView, _ index: Int) -> UInt64 {
    let node = tape.nodes[index]
    switch node.kind {
    case .null: return 0x11
    case .true_: return booleansAreNumbers ? numberHash(of: Array("1".utf8)) : 0x12
    case .false_: return booleansAreNumbers ? numberHash(of: Array("0".utf8)) : 0x13
    case .string, .name: return bytesHash(tape, node.payload, seed: 0x14)
    case .number: return numberHash(tape.bytes, node.payload, isFractional: node.flags.contains(.fractional))
    case .array:
      var result: UInt64 = 0x17
      var child = index + 1
      let end = Int(node.next)
      while child < end {
        result = mix(result, hash(tape, child))
        child = tape.after(child)
      }
      return result
    case .object:
      var sum: UInt64 = 0x18
      for member in ObjectMembers.distinct(of: index, in: tape) {
        let name = bytesHash(tape, tape.nodes[member.name].payload, seed: 0x19)
        sum = sum &+ mix(name, hash(tape, member.value))
      }
      return sum
    }
  }

  private func numberHash(of literal: [UInt8]) -> UInt64 {
    numberHash(literal.span, 0..<literal.count, isFractional: false)
  }

  /// By what the policy compares, so that numbers which differ share a hash by chance only.
  private func numberHash(_ text: Span<UInt8>, _ range: Range<Int>, isFractional: Bool) -> UInt64 {
    switch numbers {
    case .exactDecimal: return decimalHash(NumberLiteral.decimal(text, range))
    case .pythonText, .pythonValue:
      guard isFractional else { return decimalHash(NumberLiteral.decimal(text, range)) }
      let value = NumberLiteral.double(text, range)
      if value.isNaN { return 0x15 }
      // A float that is whole may equal an integer.
      if numbers == .pythonValue, let whole = NumberLiteral.wholeDecimal(value) { return decimalHash(whole) }
      return mix(0x16, value.bitPattern)
    }
  }

  private func decimalHash(_ decimal: NumberLiteral.Decimal) -> UInt64 {
    var result: UInt64 = decimal.negative ? 0x1A : 0x1B
    if let exponent = decimal.exponent { result = mix(result, UInt64(bitPattern: Int64(exponent))) }
    let count = decimal.digits.count
    let digits = unsafe decimal.digits.withUnsafeBufferPointer { digits -> UInt64 in
      guard let base = digits.baseAddress else { return 0 }
      return unsafe seededHash(base, count, NameTable.seed)
    }
    return mix(result, digits)
  }

  private func bytesHash(_ tape: TapeView, _ range: Range<Int>, seed: UInt64) -> UInt64 {
    unsafe tape.bytes.withUnsafeBufferPointer { bytes -> UInt64 in
      guard let base = bytes.baseAddress else { return seed }
      return mix(seed, unsafe seededHash(base + range.lowerBound, range.count, NameTable.seed))
    }
  }

  @inline(__always)
  private func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    var result = (a ^ b &* 0x9E37_79B9_7F4A_7C15) &* 0xFF51_AFD7_ED55_8CCD
    result ^= result >> 32
    return result
  }
}
