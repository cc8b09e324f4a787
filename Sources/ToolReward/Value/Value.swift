/// A value as it was written: an immutable view into a shared tape. Copying is O(1).
///
/// Numbers keep their literal, objects their order and their repeated names, strings their code points. Nothing is compared by
/// canonical equivalence: `"é"` and `"e\u{301}"` differ. Two values are compared under a named ``EqualityPolicy``; there is
/// deliberately no `==`.
public struct Value: Sendable {
  let tape: ValueTape
  let index: Int

  package init(tape: ValueTape, index: Int) {
    self.tape = tape
    self.index = index
  }

  /// What a value is.
  public enum Kind: String, Sendable, Hashable {
    /// `null`.
    case null
    /// `true` or `false`.
    case boolean
    /// A number, by its literal.
    case number
    /// A string.
    case string
    /// An array.
    case array
    /// An object.
    case object
  }

  /// What the value is.
  public var kind: Kind { tape.nodes[index].valueKind }

  /// The truth of a boolean; `nil` for anything else.
  public var boolean: Bool? {
    switch tape.nodes[index].kind {
    case .true_: true
    case .false_: false
    default: nil
    }
  }

  /// A number as it was written; `nil` for anything else. Under Python syntax also `NaN`, `Infinity` and `-Infinity`.
  public var numberLiteral: String? {
    guard kind == .number else { return nil }
    return String(decoding: tape.payload(of: index), as: UTF8.self)
  }

  /// A string's bytes, decoded: UTF-8, but that a lone surrogate (Python syntax only) has three bytes; `nil` for anything else.
  public var stringBytes: [UInt8]? {
    guard tape.nodes[index].kind == .string else { return nil }
    return tape.payload(of: index)
  }

  /// A string's text; `nil` for anything else. Lone surrogates become U+FFFD. Compare ``stringBytes``, not this: Swift's string
  /// equality is canonical equivalence.
  public var string: String? {
    guard tape.nodes[index].kind == .string else { return nil }
    return String(decoding: tape.payload(of: index), as: UTF8.self)
  }

  /// How many elements an array, or members an object, has (a repeated name counts each time); 0 for anything else.
  public var count: Int {
    let node = tape.nodes[index]
    return node.isContainer ? Int(node.count) : 0
  }

  /// The elements of an array in order; empty for anything else. O(elements).
  public var elements: [Value] {
    guard kind == .array else { return [] }
    return children.map { Value(tape: tape, index: $0) }
  }

  /// The members of an object in the order they were written, repeated names included; empty for anything else. O(members).
  public var members: [(name: [UInt8], value: Value)] {
    guard kind == .object else { return [] }
    return children.map { name in
      (tape.payload(of: name), Value(tape: tape, index: name + 1))
    }
  }

  /// Whether the object has two members of the same name. Objects inside it are not looked at.
  public var hasDuplicateNames: Bool { tape.nodes[index].flags.contains(.duplicateNames) }

  /// The value of the member with that name, the last one if the name is repeated, as Python's `dict` keeps it; `nil` if there is
  /// none or this is no object. Names compare byte by byte. O(members).
  public subscript(name: String) -> Value? {
    let name = name.utf8
    return tape.view.member(name.span, of: index).map { Value(tape: tape, index: $0) }
  }

  /// The element at a position of an array; `nil` beyond its end or if this is no array. O(position).
  public subscript(position: Int) -> Value? {
    guard kind == .array, position >= 0, position < count else { return nil }
    var child = index + 1
    for _ in 0..<position { child = tape.after(child) }
    return Value(tape: tape, index: child)
  }

  /// The value on a tape of its own, so that it keeps nothing else alive. O(value).
  package func detached() -> Value {
    Value(tape: ValueTape(copying: self), index: 0)
  }

  /// The nodes of an array's elements, or of an object's names.
  private var children: [Int] {
    var result: [Int] = []
    result.reserveCapacity(count)
    let isObject = kind == .object
    var child = index + 1
    let end = tape.after(index)
    while child < end {
      result.append(child)
      child = tape.after(isObject ? child + 1 : child)
    }
    return result
  }
}

extension Value: CustomStringConvertible {
  /// The value as compact JSON.
  public var description: String { String(decoding: JSONWriter.compact.write(self), as: UTF8.self) }
}

extension TapeNode {
  var valueKind: Value.Kind {
    switch kind {
    case .null: .null
    case .false_, .true_: .boolean
    case .number: .number
    case .string, .name: .string
    case .array: .array
    case .object: .object
    }
  }
}
