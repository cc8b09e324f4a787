/// Walks over an object's members on a tape.
enum ObjectMembers {
  /// Calls `body` with the node of each name, in written order; the value's node is the next one.
  @inline(__always)
  static func forEach(of object: Int, in tape: TapeView, _ body: (_ name: Int) -> Void) {
    var name = object + 1
    let end = Int(tape.nodes[object].next)
    while name < end {
      body(name)
      name = tape.after(name + 1)
    }
  }

  /// The members as Python's `dict` keeps them: a repeated name once, in its first place, with its last value. O(members).
  static func distinct(of object: Int, in tape: TapeView) -> [(name: Int, value: Int)] {
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

extension ObjectMembers {
  /// Calls `body` with the node of each name, in written order; the value's node is the next one.
  static func forEach(of object: Int, in tape: ValueTape, _ body: (_ name: Int) -> Void) {
    forEach(of: object, in: tape.view, body)
  }

  /// The members as Python's `dict` keeps them: a repeated name once, in its first place, with its last value. O(members).
  static func distinct(of object: Int, in tape: ValueTape) -> [(name: Int, value: Int)] {
    distinct(of: object, in: tape.view)
  }
}

extension NameTable {
  mutating func position(of node: Int, in tape: ValueTape, insert: Int) -> Int? {
    position(of: node, in: tape.view, insert: insert)
  }

  func position(of node: Int, in tape: ValueTape, own: ValueTape) -> Int? {
    position(of: node, in: tape.view, own: own.view)
  }
}

/// Finds members by name in constant time whatever the names: an open table keyed by a hash with a secret seed.
struct NameTable {
  /// Positions in `entries`, plus one, under the upper half of the hash; 0 is free. The hash is kept beside the position so that
  /// another name's entry is looked at by chance only.
  private var slots: [UInt64]
  private var entries: [(node: UInt32, position: UInt32)] = []
  private let mask: Int

  /// A seed that no text can know.
  static let seed: UInt64 = {
    var hasher = Hasher()
    hasher.combine(0)
    return UInt64(bitPattern: Int64(hasher.finalize()))
  }()

  /// Creates a table for so many names; more would make it slow, and are not meant.
  init(capacity: Int) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    slots = [UInt64](repeating: 0, count: size)
    mask = size - 1
    entries.reserveCapacity(capacity)
  }

  /// The position kept for the name at `node`; if there is none, `insert` is kept for it and `nil` returned.
  mutating func position(of node: Int, in tape: TapeView, insert: Int) -> Int? {
    let hash = hash(tape, node)
    let place = find(hash, node, tape, own: tape)
    if let position = place.position { return position }
    entries.append((UInt32(node), UInt32(insert)))
    slots[place.slot] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(entries.count)
    return nil
  }

  /// The position kept in this table, made from `own`, for the name that stands at `node` of `tape`.
  func position(of node: Int, in tape: TapeView, own: TapeView) -> Int? {
    find(hash(tape, node), node, tape, own: own).position
  }

  /// Where a name is kept, or the free slot where it would be.
  @inline(__always)
  private func find(
    _ hash: UInt64, _ node: Int, _ tape: TapeView, own: TapeView
  ) -> (position: Int?, slot: Int) {
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      if (slots[slot] ^ hash) >> 32 == 0 {
        let entry = entries[Int(UInt32(truncatingIfNeeded: slots[slot])) - 1]
        if Self.same(own, Int(entry.node), tape, node) { return (Int(entry.position), slot) }
      }
      slot = (slot + 1) & mask
    }
    return (nil, slot)
  }

  @inline(__always)
  private static func same(_ a: TapeView, _ i: Int, _ b: TapeView, _ j: Int) -> Bool {
    a.nodes[i].next == b.nodes[j].next
      && ByteSearch.equal(a.bytes, a.nodes[i].payload, b.bytes, b.nodes[j].payload)
  }

  private func hash(_ tape: TapeView, _ node: Int) -> UInt64 {
    let range = tape.nodes[node].payload
    return unsafe tape.bytes.withUnsafeBufferPointer { bytes -> UInt64 in
      guard let base = bytes.baseAddress else { return Self.seed }
      return unsafe seededHash(base + range.lowerBound, range.count, Self.seed)
    }
  }
}
