/// A value as Python has it: integers and floats are of two types, tuples are no lists, and what JSON cannot hold is there.
///
/// Benchmarks whose official code asks `type(value) == int` are judged on these. Strings are UTF-8, in which a lone surrogate has three bytes.
package enum PythonValue: Sendable {
  case none
  case boolean(Bool)
  case integer(Int)
  /// An integer beyond 64 bits: its decimal digits, after a minus sign if it is negative, without leading zeros.
  case bigInteger([UInt8])
  case float(Double)
  case string([UInt8])
  indirect case list([PythonValue])
  indirect case tuple([PythonValue])
  /// In the order in which the keys came first; each with the value that came last.
  indirect case dictionary([Member])
  /// A byte string, a complex number and the like, by its `repr`: equal to nothing that JSON can hold.
  case other([UInt8])

  /// A member of a dictionary.
  package struct Member: Sendable {
    package var key: Key
    package var value: PythonValue

    package init(key: Key, value: PythonValue) {
      self.key = key
      self.value = value
    }
  }

  /// A key of a dictionary.
  package enum Key: Sendable, Hashable {
    case string([UInt8])
    /// Anything else, by what tells it from others to Python: `1`, `1.0` and `True` are one.
    case other([UInt8])
  }

  /// A type, as `type(value)` gives it.
  package enum Kind: Sendable, Hashable {
    case none, boolean, integer, float, string, list, tuple, dictionary, other
  }

  /// What `type(value)` is.
  package var kind: Kind {
    switch self {
    case .none: .none
    case .boolean: .boolean
    case .integer, .bigInteger: .integer
    case .float: .float
    case .string: .string
    case .list: .list
    case .tuple: .tuple
    case .dictionary: .dictionary
    case .other: .other
    }
  }

  /// A list's or a tuple's elements; empty for anything else.
  package var elements: [PythonValue] {
    switch self {
    case .list(let elements), .tuple(let elements): elements
    default: []
    }
  }

  /// A dictionary's members; empty for anything else.
  package var members: [Member] {
    if case .dictionary(let members) = self { return members }
    return []
  }

  /// A string's bytes; `nil` for anything else.
  package var text: [UInt8]? {
    if case .string(let bytes) = self { return bytes }
    return nil
  }

  /// The value of a string key; `nil` if there is none or this is no dictionary. O(members).
  package subscript(name: [UInt8]) -> PythonValue? {
    guard case .dictionary(let members) = self else { return nil }
    for member in members {
      if case .string(let key) = member.key, key == name { return member.value }
    }
    return nil
  }

  /// The same.
  package subscript(name: String) -> PythonValue? { self[Array(name.utf8)] }

  /// An integer by its digits, after any sign.
  package init(integer digits: some Sequence<UInt8>) {
    var isNegative = false
    var text: [UInt8] = []
    for byte in digits {
      if byte == 0x2D { isNegative = true } else if byte >= 0x30, byte <= 0x39 { text.append(byte) }
    }
    let zeros = text.prefix { $0 == 0x30 }.count
    text.removeFirst(min(zeros, max(0, text.count - 1)))
    if text.count <= 18 {
      var value = 0
      for byte in text { value = value * 10 + Int(byte - 0x30) }
      self = .integer(isNegative ? -value : value)
      return
    }
    if isNegative { text.insert(0x2D, at: 0) }
    if let value = Int(String(decoding: text, as: UTF8.self)) {
      self = .integer(value)
    } else {
      self = .bigInteger(text)
    }
  }

  /// A value that JSON's text, or a payload, spelled.
  package init(_ value: Value) {
    self.init(value.tape.view, value.index)
  }

  /// The value at a node. Recursion is bounded by the depth that values are read with.
  package init(_ tape: TapeView, _ index: Int) {
    let node = tape.nodes[index]
    switch node.kind {
    case .null: self = .none
    case .true_: self = .boolean(true)
    case .false_: self = .boolean(false)
    case .string, .name: self = .string(tape.payload(of: index))
    case .number:
      if node.flags.contains(.fractional) {
        self = .float(NumberLiteral.double(tape.bytes, node.payload))
      } else {
        self.init(integerIn: tape.bytes, node.payload)
      }
    case .array:
      var elements: [PythonValue] = []
      elements.reserveCapacity(Int(node.count))
      var child = index + 1
      while child < Int(node.next) {
        elements.append(PythonValue(tape, child))
        child = tape.after(child)
      }
      self = node.flags.contains(.tuple) ? .tuple(elements) : .list(elements)
    case .object:
      var members: [Member] = []
      members.reserveCapacity(Int(node.count))
      var child = index + 1
      while child < Int(node.next) {
        members.append(Member(key: .string(tape.payload(of: child)), value: PythonValue(tape, child + 1)))
        child = tape.after(child + 1)
      }
      self = .dictionary(node.flags.contains(.duplicateNames) ? Self.distinct(members) : members)
    }
  }

  private init(integerIn bytes: Span<UInt8>, _ range: Range<Int>) {
    guard range.count <= 18 else {
      self.init(integer: range.map { bytes[$0] })
      return
    }
    var value = 0
    var isNegative = false
    for position in range {
      if bytes[position] == 0x2D { isNegative = true } else { value = value * 10 + Int(bytes[position] &- 0x30) }
    }
    self = .integer(isNegative ? -value : value)
  }

  /// Of members with one key the last value in the first one's place.
  package static func distinct(_ members: [Member]) -> [Member] {
    var places: [Key: Int] = [:]
    var result: [Member] = []
    for member in members {
      if let place = places[member.key] {
        result[place].value = member.value
      } else {
        places[member.key] = result.count
        result.append(member)
      }
    }
    return result
  }

  // MARK: Equality

  /// Python's `==`: `True == 1 == 1.0`; an integer and a float are compared exactly; a list is no tuple; the order of keys does not count.
  /// O(smaller value), for dictionaries in another order O(value²).
  package static func areEqual(_ a: PythonValue, _ b: PythonValue) -> Bool {
    switch (a, b) {
    case (.none, .none): return true
    case (.string(let x), .string(let y)): return x == y
    case (.list(let x), .list(let y)), (.tuple(let x), .tuple(let y)):
      guard x.count == y.count else { return false }
      for index in x.indices where !areEqual(x[index], y[index]) { return false }
      return true
    case (.dictionary(let x), .dictionary(let y)):
      guard x.count == y.count else { return false }
      for (index, member) in x.enumerated() {
        let other = y[index].key == member.key ? y[index] : y.first { $0.key == member.key }
        guard let other, areEqual(member.value, other.value) else { return false }
      }
      return true
    case (.other(let x), .other(let y)): return x == y
    default: return areEqualNumbers(a, b)
    }
  }

  private static func areEqualNumbers(_ a: PythonValue, _ b: PythonValue) -> Bool {
    switch (a.asNumber, b.asNumber) {
    case (.integer(let x), .integer(let y)): return x == y
    case (.bigInteger(let x), .bigInteger(let y)): return x == y
    case (.float(let x), .float(let y)): return x == y
    case (.integer(let x), .float(let y)), (.float(let y), .integer(let x)):
      return Double(exactly: x) == y || Int(exactly: y) == x
    case (.bigInteger(let x), .float(let y)), (.float(let y), .bigInteger(let x)):
      return NumberLiteral.same(integer: x.span, 0..<x.count, y)
    default: return false
    }
  }

  /// A truth value as the integer it is.
  private var asNumber: PythonValue {
    if case .boolean(let truth) = self { return .integer(truth ? 1 : 0) }
    return self
  }

  /// `value in list`.
  package static func contains(_ list: [PythonValue], _ value: PythonValue) -> Bool {
    for element in list where areEqual(element, value) { return true }
    return false
  }
}

extension PythonValue {
  /// The value of a float's literal, as JSON spells one.
  package static func double(_ literal: [UInt8]) -> Double { NumberLiteral.double(literal.span, 0..<literal.count) }

  /// `repr` of a finite float.
  package static func repr(_ value: Double) -> String { NumberLiteral.pythonRepr(value) }
}

extension Value {
  /// The value of the member with that name, as ``subscript(_:)-(String)`` gives it.
  package subscript(bytes name: [UInt8]) -> Value? { tape.member(name, of: index).map { Value(tape: tape, index: $0) } }
}

/// Strict UTF-8.
package enum UTF8Check {
  /// The offset of the first ill-formed sequence; `nil` if there is none. O(text).
  package static func firstIllFormed(in text: [UInt8]) -> Int? { TextChecks.firstIllFormedUTF8(in: text.span) }
}
