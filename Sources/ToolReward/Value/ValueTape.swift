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
@usableFromInline
package struct TapeNode: Sendable, BitwiseCopyable {
  @usableFromInline
  package enum Kind: UInt8, Sendable, BitwiseCopyable {
    case null, false_, true_, number, string, name, array, object
  }
  @usableFromInline
  struct Flags: OptionSet, Sendable, BitwiseCopyable {
    @usableFromInline let rawValue: UInt8

    @inlinable
    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// An object with two members of the same name.
    @inlinable static var duplicateNames: Flags { Flags(rawValue: 1) }
    /// A number with a fraction or an exponent.
    @inlinable static var fractional: Flags { Flags(rawValue: 2) }
    /// NaN, Infinity or -Infinity: Python syntax only.
    @inlinable static var nonFinite: Flags { Flags(rawValue: 4) }
    /// A container within which some object has two members of the same name.
    @inlinable static var duplicateNamesBelow: Flags { Flags(rawValue: 16) }
    /// Written piece by piece, not read by yajl: `next` of a scalar is where its text starts, and a name's place is not known.
    @inlinable static var written: Flags { Flags(rawValue: 32) }
    /// An array that Python would call a tuple.
    @inlinable static var tuple: Flags { Flags(rawValue: 64) }
  }
  @usableFromInline package var kind: Kind
  @usableFromInline var flags: Flags = []
  /// Bytes of a scalar's payload; elements of an array; members of an object.
  @usableFromInline package var count: UInt32 = 0
  /// The payload's offset in `bytes`; for a container, where its text starts.
  @usableFromInline var offset: UInt32 = 0
  /// The index after a container's subtree; a name's hash; where a written scalar's text starts.
  @usableFromInline var next: UInt32 = 0
  /// Where the token, or the container, ends in the source text.
  package var end: UInt32 = 0

  @inlinable var isContainer: Bool { kind == .array || kind == .object }
  /// The payload's range in the tape's bytes.
  @inlinable package var payload: Range<Int> { Int(offset)..<(Int(offset) + Int(count)) }
}

/// Nodes and the bytes they refer to. Several values may share one tape. Handing it about costs one reference.
package struct ValueTape: Sendable {
  private var storage: TapeStorage

  package init() { storage = .empty }

  package var nodes: Span<TapeNode> {
    @_lifetime(borrow self) @inline(__always) get { view.nodes }
  }

  package var bytes: Span<UInt8> {
    @_lifetime(borrow self) @inline(__always) get { view.bytes }
  }

  /// The same, to be read.
  package var view: TapeView {
    @_lifetime(borrow self) @inline(__always) get {
      let nodes = unsafe Span(_unsafeElements: storage.parts.pointee.nodes.elements)
      let bytes = unsafe Span(_unsafeElements: storage.parts.pointee.bytes.elements)
      let view = TapeView(nodes: nodes, bytes: bytes)
      return unsafe _overrideLifetime(view, borrowing: self)
    }
  }

  /// The same, for as long as something that holds the tape.
  @unsafe @_lifetime(borrow owner)
  func view<Owner: ~Copyable>(borrowing owner: borrowing Owner) -> TapeView {
    unsafe _overrideLifetime(view, borrowing: owner)
  }

  /// The index after the node's subtree.
  @inline(__always)
  package func after(_ index: Int) -> Int { view.after(index) }

  /// The index of the value of the last member with that name, as Python's `dict` keeps it. O(members).
  package func member(_ name: [UInt8], of object: Int) -> Int? { view.member(name, of: object) }

  /// Where a node's text stands: see ``TapeView/sourceRange(of:in:)``.
  package func sourceRange(of index: Int, in text: Span<UInt8>) -> Range<Int>? { view.sourceRange(of: index, in: text) }

  /// Where a value's text stands that was read for its syntax alone: see ``TapeView/discardedRange(after:in:)``.
  package func discardedRange(after name: Int, in text: Span<UInt8>) -> Range<Int>? {
    view.discardedRange(after: name, in: text)
  }

  /// What a node is.
  package func kind(of index: Int) -> TapeNode.Kind { view.nodes[index].kind }

  /// A copy of the node's payload. O(payload).
  package func payload(of index: Int) -> [UInt8] { view.payload(of: index) }

  /// Gives its parts away for others, which are then the tape.
  mutating func swapParts(_ nodes: inout PlainStack<TapeNode>, _ bytes: inout PlainStack<UInt8>) {
    if !isKnownUniquelyReferenced(&storage) { storage = TapeStorage() }
    unsafe swap(&storage.parts.pointee.nodes, &nodes)
    unsafe swap(&storage.parts.pointee.bytes, &bytes)
  }

  /// A tape that holds a value alone, as its node 0. O(value).
  init(copying value: Value) {
    storage = TapeStorage()
    _ = append(value)
  }

  /// Appends a value's subtree from another tape. Returns its node. O(value), and O(tape) if the tape is shared.
  mutating func append(_ value: Value) -> Int {
    if !isKnownUniquelyReferenced(&storage) { storage = TapeStorage(copying: view) }
    let source = value.tape.view
    let root = nodes.count
    let shift = root - value.index
    for index in value.index..<source.after(value.index) {
      var node = source.nodes[index]
      if node.isContainer {
        node.next = UInt32(Int(node.next) + shift)
      } else {
        let payload = node.payload
        node.offset = UInt32(bytes.count)
        unsafe source.bytes.extracting(payload).withUnsafeBufferPointer {
          unsafe storage.parts.pointee.bytes.append(contentsOf: $0)
        }
      }
      unsafe storage.parts.pointee.nodes.append(node)
    }
    return root
  }
}

/// What a tape is made of. It changes only in the hands of the one tape that refers to it: else it is copied first.
@safe
private final class TapeStorage: @unchecked Sendable {
  struct Parts: ~Copyable {
    var nodes = PlainStack<TapeNode>(capacity: 0)
    var bytes = PlainStack<UInt8>(capacity: 0)
  }
  let parts: UnsafeMutablePointer<Parts>

  static let empty = TapeStorage()

  init() {
    unsafe parts = .allocate(capacity: 1)
    unsafe parts.initialize(to: Parts())
  }

  convenience init(copying tape: TapeView) {
    self.init()
    unsafe tape.nodes.withUnsafeBufferPointer { unsafe parts.pointee.nodes.append(contentsOf: $0) }
    unsafe tape.bytes.withUnsafeBufferPointer { unsafe parts.pointee.bytes.append(contentsOf: $0) }
  }

  deinit {
    unsafe parts.deinitialize(count: 1)
    unsafe parts.deallocate()
  }
}

extension Array {
  /// Forgets the elements and keeps the room. For a few elements that is cheaper one by one.
  @inline(__always)
  mutating func empty() {
    if count > 6 {
      removeAll(keepingCapacity: true)
    } else {
      while !isEmpty { removeLast() }
    }
  }
}

/// A tape that is read where it lies, whoever holds it: reading through it counts no reference.
@usableFromInline
package struct TapeView: ~Escapable, Sendable {
  @usableFromInline package let nodes: Span<TapeNode>
  @usableFromInline package let bytes: Span<UInt8>

  @inline(__always) @_lifetime(copy nodes, copy bytes)
  init(nodes: Span<TapeNode>, bytes: Span<UInt8>) {
    self.nodes = nodes
    self.bytes = bytes
  }

  /// The index after the node's subtree.
  @inlinable @inline(__always)
  package func after(_ index: Int) -> Int {
    let node = nodes[index]
    return node.isContainer ? Int(node.next) : index + 1
  }

  /// A copy of the node's payload. O(payload).
  package func payload(of index: Int) -> [UInt8] {
    unsafe bytes.extracting(nodes[index].payload).withUnsafeBufferPointer { unsafe Array($0) }
  }

  /// Whether the payload of the node is `text`.
  @inline(__always)
  package func payload(of index: Int, equals text: [UInt8]) -> Bool {
    let node = nodes[index]
    guard Int(node.count) == text.count else { return false }
    return ByteSearch.equal(bytes, node.payload, text.span, 0..<text.count)
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

  /// Where the text of a member's value stands that was read for its syntax alone: from after the name's colon to the value's end.
  package func discardedRange(after name: Int, in text: Span<UInt8>) -> Range<Int>? {
    guard name + 1 < nodes.count else { return nil }
    var start = Int(nodes[name].end)
    while start < text.count, isJSONSpace(text[start]) || text[start] == 0x3A { start += 1 }
    let end = Int(nodes[name + 1].end)
    return start < end && end <= text.count ? start..<end : nil
  }

  /// Where a node's text stands, its offsets being those of `text`. O(1), but for a string, whose start is searched backwards.
  package func sourceRange(of index: Int, in text: Span<UInt8>) -> Range<Int>? {
    let node = nodes[index]
    let end = Int(node.end)
    let start: Int
    switch node.kind {
    case .name where node.flags.contains(.written): return nil
    case _ where node.flags.contains(.written) && !node.isContainer: start = Int(node.next)
    case .array, .object: start = Int(node.offset)
    case .null, .true_: start = end - 4
    case .false_: start = end - 5
    case .number: start = end - Int(node.count)
    case .string, .name:
      guard end <= text.count, end >= 2 else { return nil }
      var position = end - 2
      while position >= 0 {
        if text[position] == 0x22 {
          var slashes = position
          while slashes > 0, text[slashes - 1] == 0x5C { slashes -= 1 }
          if (position - slashes) % 2 == 0 { break }
        }
        position -= 1
      }
      start = position
    }
    guard start >= 0, start <= end, end <= text.count else { return nil }
    return start..<end
  }
}

/// A quick hash of a member name, used only to tell names apart fast; long objects use a secret seed, which no text can aim at.
@inline(__always)
func quickHash(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt32 {
  unsafe UInt32(truncatingIfNeeded: seededHash(bytes, count, 0x9E37_79B9_7F4A_7C15))
}

/// The quick hash of a name that stands in no tape.
func quickHash(of text: [UInt8]) -> UInt32 {
  var bytes = PlainStack<UInt8>(capacity: text.count + 1)
  unsafe text.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
  return bytes.hash(from: 0, count: text.count)
}

/// Multiplies and folds eight bytes at a time; the last eight overlap those before.
@inline(__always)
func seededHash(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ seed: UInt64) -> UInt64 {
  var hash = seed ^ UInt64(truncatingIfNeeded: count)
  let raw = unsafe UnsafeRawPointer(bytes)
  var rest: UInt64 = 0
  if count >= 8 {
    var offset = 0
    while offset < count &- 8 {
      hash = (hash ^ (unsafe raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))) &* 0xFF51_AFD7_ED55_8CCD
      hash ^= hash >> 32
      offset &+= 8
    }
    rest = unsafe raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
  } else if count >= 4 {
    let low = unsafe UInt64(raw.loadUnaligned(as: UInt32.self))
    rest = unsafe low | UInt64(raw.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)) << 32
  } else {
    var offset = 0
    while offset < count {
      rest = unsafe rest << 8 | UInt64(bytes[offset])
      offset &+= 1
    }
  }
  hash = (hash ^ rest) &* 0xC4CE_B9FE_1A85_EC53
  return hash ^ (hash >> 29)
}

// What modules above the core ask of nodes.
extension TapeView {
  /// What a node is.
  @inlinable @inline(__always)
  package func kind(_ index: Int) -> TapeNode.Kind { nodes[index].kind }

  /// Whether a node is a string, or a member's name.
  @inlinable @inline(__always)
  package func isText(_ index: Int) -> Bool { nodes[index].kind == .string || nodes[index].kind == .name }

  /// Where a scalar's payload is.
  @inlinable @inline(__always)
  package func payload(_ index: Int) -> Range<Int> { nodes[index].payload }

  /// Whether a number has a fraction or an exponent.
  @inlinable @inline(__always)
  package func isFractional(_ index: Int) -> Bool { nodes[index].flags.contains(.fractional) }

  /// Whether a number is none of NaN, Infinity and -Infinity.
  @inlinable @inline(__always)
  package func isFinite(_ index: Int) -> Bool { !nodes[index].flags.contains(.nonFinite) }

  /// Whether an object has a name twice, or something within it has.
  @inlinable @inline(__always)
  package func hasDuplicates(_ index: Int) -> Bool {
    !nodes[index].flags.isDisjoint(with: [.duplicateNames, .duplicateNamesBelow])
  }

  /// Whether an array was written as a tuple.
  @inlinable @inline(__always)
  package func isTuple(_ index: Int) -> Bool { nodes[index].flags.contains(.tuple) }

  /// How many elements an array has, or members an object.
  @inlinable @inline(__always)
  package func count(_ index: Int) -> Int { Int(nodes[index].count) }
}
