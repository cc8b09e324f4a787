// A value is held flat, in the order of its text: one node for each array, object, member name and scalar.
//
//   {"a":[1,"x"],"b":null}
//
//   index  kind    count  next  payload (range in `bytes`)
//     0    object    2      7     –
//     1    name      1      –     "a"        `next` holds the name's hash
//     2    array     2      5     –
//     3    number    1      –     1          the literal, as written
//     4    string    1      –     x          decoded
//     5    name      1      –     "b"
//     6    null      0      –     –
//
// `next` of a container is the index after its subtree, so a member or element is skipped in one step. `start` and `end` are
// offsets in the source text. For a scalar only `end` is known while reading; its `start` is found again from the text.

/// One entry of a tape.
package struct TapeNode: Sendable {
  package enum Kind: UInt8, Sendable {
    case null, false_, true_, number, string, name, array, object
  }
  struct Flags: OptionSet, Sendable {
    let rawValue: UInt8
    /// An object with two members of the same name.
    static let duplicateNames = Flags(rawValue: 1)
    /// A number with a fraction or an exponent.
    static let fractional = Flags(rawValue: 2)
    /// NaN, Infinity or -Infinity: Python syntax only.
    static let nonFinite = Flags(rawValue: 4)
    /// A container within which some object has two members of the same name.
    static let duplicateNamesBelow = Flags(rawValue: 16)
  }
  package var kind: Kind
  var flags: Flags = []
  /// Bytes of a scalar's payload; elements of an array; members of an object.
  package var count: UInt32 = 0
  /// The payload's offset in `bytes`; for a container, where its text starts.
  var offset: UInt32 = 0
  /// The index after a container's subtree; a name's hash.
  var next: UInt32 = 0
  /// Where the token, or the container, ends in the source text.
  package var end: UInt32 = 0

  var isContainer: Bool { kind == .array || kind == .object }
  /// The payload's range in the tape's bytes.
  package var payload: Range<Int> { Int(offset)..<(Int(offset) + Int(count)) }
}

/// Nodes and the bytes they refer to. Several values may share one tape.
package struct ValueTape: Sendable {
  package var nodes: [TapeNode] = []
  package var bytes: [UInt8] = []

  package init() {}

  /// The index after the node's subtree.
  @inline(__always)
  package func after(_ index: Int) -> Int {
    let node = nodes[index]
    return node.isContainer ? Int(node.next) : index + 1
  }

  package mutating func removeAll() {
    nodes.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
  }

  /// Whether the payload of the node is `text`.
  @inline(__always)
  package func payload(of index: Int, equals text: [UInt8]) -> Bool {
    let node = nodes[index]
    guard Int(node.count) == text.count else { return false }
    return ByteSearch.equal(bytes.span, node.payload, text.span, 0..<text.count)
  }

  /// The index of the value of the last member with that name, as Python's `dict` keeps it. O(members).
  package func member(_ name: [UInt8], of object: Int) -> Int? {
    guard nodes[object].kind == .object else { return nil }
    var found: Int?
    var index = object + 1
    let end = Int(nodes[object].next)
    while index < end {
      if payload(of: index, equals: name) { found = index + 1 }
      index = after(index + 1)
    }
    return found
  }
}

/// A quick hash of a member name, used only to tell names apart fast; long objects use a secret seed, which no text can aim at.
@inline(__always)
func quickHash(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt32 {
  unsafe UInt32(truncatingIfNeeded: seededHash(bytes, count, 0x9E37_79B9_7F4A_7C15))
}

/// Multiplies and folds eight bytes at a time.
@inline(__always)
func seededHash(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ seed: UInt64) -> UInt64 {
  var hash = seed ^ UInt64(truncatingIfNeeded: count)
  let raw = unsafe UnsafeRawPointer(bytes)
  var offset = 0
  while offset + 8 <= count {
    hash = (hash ^ (unsafe raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))) &* 0xFF51_AFD7_ED55_8CCD
    hash ^= hash >> 32
    offset += 8
  }
  var rest: UInt64 = 0
  while offset < count {
    rest = rest << 8 | UInt64(unsafe bytes[offset])
    offset += 1
  }
  hash = (hash ^ rest) &* 0xC4CE_B9FE_1A85_EC53
  return hash ^ (hash >> 29)
}
