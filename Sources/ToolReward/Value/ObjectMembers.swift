/// Walks over an object's members on a tape.
enum ObjectMembers {
  /// Calls `body` with the node of each name, in written order; the value's node is the next one.
  @inline(__always)
  static func forEach(of object: Int, in tape: ValueTape, _ body: (_ name: Int) -> Void) {
    var name = object + 1
    let end = Int(tape.nodes[object].next)
    while name < end {
      body(name)
      name = tape.after(name + 1)
    }
  }

  /// The members as Python's `dict` keeps them: a repeated name once, in its first place, with its last value. O(members).
  static func distinct(of object: Int, in tape: ValueTape) -> [(name: Int, value: Int)] {
    var members: [(name: Int, value: Int)] = []
    members.reserveCapacity(Int(tape.nodes[object].count))
    guard tape.nodes[object].flags.contains(.duplicateNames) else {
      forEach(of: object, in: tape) { members.append((name: $0, value: $0 + 1)) }
      return members
    }
    var positions = NameTable(capacity: Int(tape.nodes[object].count))
    forEach(of: object, in: tape) { name in
      if let position = positions.position(of: name, in: tape, insert: members.count) {
        members[position].value = name + 1
      } else {
        members.append((name: name, value: name + 1))
      }
    }
    return members
  }
}

/// Finds members by name in constant time whatever the names: keyed by a seeded hash of the bytes.
struct NameTable {
  private var slots: [Int: (node: Int, position: Int)] = [:]

  init(capacity: Int) {
    slots.reserveCapacity(capacity)
  }

  /// The position kept for the name at `node`; if there is none, `insert` is kept for it and `nil` returned.
  mutating func position(of node: Int, in tape: ValueTape, insert: Int) -> Int? {
    var key = Self.hash(tape, node)
    while let slot = slots[key] {
      if Self.same(tape, slot.node, tape, node) { return slot.position }
      key &+= 1
    }
    slots[key] = (node, insert)
    return nil
  }

  /// The position kept in this table, made from `own`, for the name that stands at `node` of `tape`.
  func position(of node: Int, in tape: ValueTape, own: ValueTape) -> Int? {
    var key = Self.hash(tape, node)
    while let slot = slots[key] {
      if Self.same(own, slot.node, tape, node) { return slot.position }
      key &+= 1
    }
    return nil
  }

  private static func same(_ a: ValueTape, _ i: Int, _ b: ValueTape, _ j: Int) -> Bool {
    ByteSearch.equal(a.bytes.span, a.nodes[i].payload, b.bytes.span, b.nodes[j].payload)
  }

  private static func hash(_ tape: ValueTape, _ node: Int) -> Int {
    var hasher = Hasher()
    let range = tape.nodes[node].payload
    unsafe tape.bytes.withUnsafeBytes { unsafe hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: $0[range])) }
    return hasher.finalize()
  }
}
