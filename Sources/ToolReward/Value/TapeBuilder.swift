internal import CYajl

/// Collects yajl's events into a tape, within limits.
///
/// It lives behind a pointer that C hands back at each event, so it keeps only plain lists and numbers.
@safe
struct TapeBuilder: ~Copyable {
  /// An array or object that is open; or what is outside all, which holds the text's one value.
  fileprivate struct Container: BitwiseCopyable {
    var node: UInt32 = 0
    /// Its elements or members so far.
    var count: UInt32 = 0
    /// What a value adds to the count: nothing in an object, where names count.
    var valueStep: UInt32 = 1
    /// Whether two names share a bit, so that they may be the same.
    var mayRepeat = false
    /// A bit for the hash of each name so far.
    var nameBits: UInt64 = 0
  }

  private var limits = ValueLimits.standard
  private var syntax = ValueReader.Syntax.json
  /// Why an event refused to go on.
  private(set) var failure: ValueError.Code?
  /// The yajl handle whose events these are, for its position.
  private var handle: yajl_handle?
  /// The events that yajl looks up.
  private let events: UnsafeMutablePointer<yajl_callbacks>
  /// Where the text handed to yajl starts in the source.
  var base = 0
  /// Where the last token ended, as an offset from `base`.
  var lastEnd = 0
  /// Where the text ends, as an offset from `base`, once it is all fed: a number at the very end is delivered only after that.
  var textEnd: Int?
  /// Offsets from `base` of NaN, Infinity and -Infinity, for which a stand-in was fed, ascending; and the next one due.
  private var standIns: [PythonConstants.StandIn] = []
  private var nextStandIn = 0
  /// Offsets from `base` of escapes that are lone surrogates, ascending; the next one due; and its offset, or one that never comes.
  private var loneSurrogates: [Int] = []
  private var nextLoneSurrogate = 0
  private var nextLoneOffset = Int.max
  /// The source text, for strings that yajl decodes otherwise than Python. Valid while yajl runs.
  var source: UnsafePointer<UInt8>?
  /// While a value is read for its syntax alone: how many of its containers are open.
  private var discardedDepth: Int?
  /// The values that are whole, and the one under way: what will be the tape.
  private var nodes = PlainStack<TapeNode>()
  private var bytes = PlainStack<UInt8>(capacity: 1024)
  /// Where the value under way begins.
  private(set) var firstNode = 0
  private var firstByte = 0
  /// How many nodes there may be.
  private var nodeLimit = 0
  /// The innermost container that is open, and those around it.
  private var current = Container()
  private var enclosing = PlainStack<Container>()

  init(events: UnsafeMutablePointer<yajl_callbacks>) {
    unsafe self.events = events
  }

  /// The depth of the container that is open.
  var depth: Int { enclosing.count }

  /// Whether one value was read, and no container is open.
  var isWhole: Bool { enclosing.isEmpty && current.count == 1 }

  mutating func begin(
    base: Int, handle: yajl_handle, limits: ValueLimits, syntax: ValueReader.Syntax, lone: [Int] = [],
    standIns: [PythonConstants.StandIn] = []
  ) {
    self.base = base
    unsafe self.handle = handle
    self.limits = limits
    self.syntax = syntax
    failure = nil
    lastEnd = 0
    textEnd = nil
    current = Container()
    enclosing.removeAll()
    firstNode = nodes.count
    firstByte = bytes.count
    nodeLimit = firstNode + limits.nodes
    if !standIns.isEmpty || !self.standIns.isEmpty { self.standIns = standIns }
    nextStandIn = 0
    if !lone.isEmpty || !loneSurrogates.isEmpty { loneSurrogates = lone.map { $0 - base } }
    nextLoneSurrogate = 0
    nextLoneOffset = loneSurrogates.first ?? .max
    if discardedDepth != nil { endDiscarding() }
  }

  /// Takes the value off that was read last, or is under way.
  mutating func discardValue() {
    nodes.removeLast(nodes.count - firstNode)
    bytes.removeLast(bytes.count - firstByte)
  }

  /// The values read since ``removeAll()``.
  var view: TapeView {
    @_lifetime(borrow self) @inline(__always) get { TapeView(nodes: nodes.span, bytes: bytes.span) }
  }

  /// Forgets the values.
  mutating func removeAll() {
    nodes.removeAll()
    bytes.removeAll()
  }

  /// Makes room for a text of so many bytes, as values mostly need it.
  mutating func reserve(for length: Int) {
    nodes.reserve(length / 16)
    bytes.reserve(length)
  }

  /// Moves the values to a tape, in place of what it held.
  mutating func move(to tape: inout ValueTape) {
    tape.swapParts(&nodes, &bytes)
    removeAll()
  }

  /// If the last token was the name of a member of the outermost object, whose value is still to come, and it is `name`: its node.
  func openMember(_ name: [UInt8]) -> Int? {
    guard depth == 1, nodes.count > firstNode, nodes.last.kind == .name else { return nil }
    return view.payload(of: nodes.count - 1, equals: name) ? nodes.count - 1 : nil
  }

  /// Whether one array or object was read, and ends at `end`.
  @inline(__always)
  func hasClosedRoot(at end: Int) -> Bool {
    isWhole && lastEnd == end && nodes[firstNode].isContainer
  }

  /// What kind of value was read.
  var rootKind: TapeNode.Kind? { nodes.count > firstNode ? nodes[firstNode].kind : nil }

  // MARK: Values read for their syntax alone

  /// Reads the value of the member whose name came last, an array or an object, for its syntax alone; `null` takes its place on the tape.
  /// Meanwhile only containers' events come: what else there is leaves nothing, so that only depth is limited.
  mutating func discardNextValue() {
    discardedDepth = 0
    unsafe events.pointee = TapeEvents.containers()
  }

  private mutating func endDiscarding() {
    discardedDepth = nil
    unsafe events.pointee = TapeEvents.table()
  }

  /// Takes an end of a container within a value that is read for its syntax alone. `nil` if none is.
  @inline(__always)
  private mutating func discard(opening: Int) -> Bool? {
    guard let before = discardedDepth else { return nil }
    let within = before + opening
    if within + depth > limits.depth {
      failure = .tooDeep
      return false
    }
    discardedDepth = within
    if within > 0 { return true }
    endDiscarding()
    return constant(.null)
  }

  // MARK: Values written piece by piece

  /// Begins a value that is not read by yajl.
  mutating func beginWriting(limits: ValueLimits) {
    base = 0
    self.limits = limits
    syntax = .json
    failure = nil
    lastEnd = 0
    textEnd = 0
    current = Container()
    enclosing.removeAll()
    firstNode = nodes.count
    firstByte = bytes.count
    nodeLimit = firstNode + limits.nodes
    nextStandIn = standIns.count
    nextLoneOffset = .max
    if discardedDepth != nil { endDiscarding() }
  }

  /// Writes a scalar whose text stands at `range`. `text` is a number's literal or a string's bytes.
  mutating func write(
    _ kind: TapeNode.Kind, _ text: UnsafeBufferPointer<UInt8>, flags: TapeNode.Flags, at range: Range<Int>
  ) -> Bool {
    textEnd = range.upperBound
    guard admit(adding: kind == .name ? 1 : current.valueStep) else { return false }
    var node = node(kind)
    unsafe bytes.append(contentsOf: text)
    node.count = UInt32(truncatingIfNeeded: text.count)
    node.flags = flags.union(.written)
    if kind == .name {
      node.next = bytes.hash(from: Int(node.offset), count: text.count)
      let bit = UInt64(1) << UInt64(node.next & 63)
      current.mayRepeat = current.mayRepeat || current.nameBits & bit != 0
      current.nameBits |= bit
    } else {
      node.next = UInt32(truncatingIfNeeded: range.lowerBound)
    }
    nodes.append(node)
    return true
  }

  /// Opens a container whose text starts at an offset.
  mutating func writeOpen(_ kind: TapeNode.Kind, flags: TapeNode.Flags, at start: Int) -> Bool {
    textEnd = start + 1
    guard open(kind) else { return false }
    nodes[nodes.count - 1].flags = flags.union(.written)
    return true
  }

  /// A state to come back to.
  struct Mark: BitwiseCopyable {
    fileprivate let current: Container
    fileprivate let depth: Int
    fileprivate let nodes: Int
    fileprivate let bytes: Int
  }

  /// Has yajl read a value in the place of the next piece. Returns where to come back to if it cannot.
  mutating func beginNested(base: Int, handle: yajl_handle) -> Mark {
    self.base = base
    unsafe self.handle = handle
    lastEnd = 0
    textEnd = nil
    return Mark(current: current, depth: enclosing.count, nodes: nodes.count, bytes: bytes.count)
  }

  /// Whether exactly one value was read since.
  func hasOneValue(since mark: Mark) -> Bool {
    enclosing.count == mark.depth && nodes.count > mark.nodes && view.after(mark.nodes) == nodes.count
  }

  /// Ends what ``beginNested(base:handle:)`` began: goes on with pieces.
  mutating func endNested() {
    base = 0
    textEnd = 0
  }

  /// Takes back what was read since.
  mutating func restore(_ mark: Mark) {
    nodes.removeLast(nodes.count - mark.nodes)
    bytes.removeLast(bytes.count - mark.bytes)
    enclosing.removeLast(enclosing.count - mark.depth)
    current = mark.current
    failure = nil
  }

  /// Closes the container whose text ends at an offset.
  mutating func writeClose(at end: Int) -> Bool {
    textEnd = end
    return close()
  }

  // MARK: Events

  /// Counts a node in its container, checks the limits, and moves to the token's end. False stops yajl.
  @inline(__always)
  private mutating func admit(adding step: UInt32) -> Bool {
    current.count &+= step
    if enclosing.isEmpty, current.count > 1 {
      failure = .trailingText
      return false
    }
    if nodes.count >= nodeLimit {
      failure = .tooManyNodes
      return false
    }
    lastEnd = textEnd ?? (unsafe yajl_get_bytes_consumed(handle))
    return true
  }

  /// A node that ends at the last token. Offsets fit 32 bits: no text is longer than ``ValueLimits`` allow.
  @inline(__always)
  private func node(_ kind: TapeNode.Kind) -> TapeNode {
    TapeNode(
      kind: kind, offset: UInt32(truncatingIfNeeded: bytes.count), end: UInt32(truncatingIfNeeded: base &+ lastEnd))
  }

  mutating func constant(_ kind: TapeNode.Kind) -> Bool {
    guard admit(adding: current.valueStep) else { return false }
    nodes.append(node(kind))
    return true
  }

  mutating func number(_ literal: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    guard admit(adding: current.valueStep) else { return false }
    var node = node(.number)
    if nextStandIn < standIns.count, standIns[nextStandIn].offset == lastEnd - count {
      let literal = PythonConstants.literals[standIns[nextStandIn].constant]
      nextStandIn += 1
      unsafe literal.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
      node.count = UInt32(literal.count)
      node.flags = [.nonFinite, .fractional]
    } else {
      var position = 0
      while position < count {
        let byte = unsafe literal[position]
        if byte == 0x2E || byte == 0x65 || byte == 0x45 {
          node.flags = .fractional
          break
        }
        position &+= 1
      }
      if syntax == .python, node.flags.isEmpty, count > 4300, unsafe count - (literal[0] == 0x2D ? 1 : 0) > 4300 {
        failure = .integerTooLong
        return false
      }
      unsafe bytes.append(text: literal, count: count)
      node.count = UInt32(truncatingIfNeeded: count)
    }
    nodes.append(node)
    return true
  }

  mutating func string(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    let start = lastEnd
    guard admit(adding: current.valueStep) else { return false }
    nodes.append(unsafe token(.string, text, count, after: start))
    return true
  }

  mutating func name(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    let start = lastEnd
    guard admit(adding: 1) else { return false }
    var node = unsafe token(.name, text, count, after: start)
    node.next = bytes.hash(from: Int(node.offset), count: Int(node.count))
    let bit = UInt64(1) << UInt64(node.next & 63)
    current.mayRepeat = current.mayRepeat || current.nameBits & bit != 0
    current.nameBits |= bit
    nodes.append(node)
    return true
  }

  @inline(__always)
  private mutating func token(_ kind: TapeNode.Kind, _ text: UnsafePointer<UInt8>, _ count: Int, after start: Int)
    -> TapeNode
  {
    var node = node(kind)
    if nextLoneOffset < lastEnd {
      node.count = UInt32(truncatingIfNeeded: appendWithLoneSurrogates(from: start))
    } else {
      unsafe bytes.append(text: text, count: count)
      node.count = UInt32(truncatingIfNeeded: count)
    }
    return node
  }

  /// Appends the string token that ends at `lastEnd` as Python decodes it. Returns how many bytes it has.
  @inline(never)
  private mutating func appendWithLoneSurrogates(from start: Int) -> Int {
    while nextLoneSurrogate < loneSurrogates.count, loneSurrogates[nextLoneSurrogate] < lastEnd {
      nextLoneSurrogate += 1
    }
    nextLoneOffset = nextLoneSurrogate < loneSurrogates.count ? loneSurrogates[nextLoneSurrogate] : .max
    let decoded = unsafe Surrogates.decoded(source, from: start, to: lastEnd)
    unsafe decoded.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    return decoded.count
  }

  mutating func open(_ kind: TapeNode.Kind) -> Bool {
    if let done = discard(opening: 1) { return done }
    guard admit(adding: current.valueStep) else { return false }
    if enclosing.count >= limits.depth {
      failure = .tooDeep
      return false
    }
    enclosing.append(current)
    current = Container(node: UInt32(truncatingIfNeeded: nodes.count), valueStep: kind == .array ? 1 : 0)
    nodes.append(TapeNode(kind: kind, offset: UInt32(truncatingIfNeeded: base &+ lastEnd &- 1)))
    return true
  }

  mutating func close() -> Bool {
    if let done = discard(opening: -1) { return done }
    guard !enclosing.isEmpty else { return false }
    lastEnd = textEnd ?? (unsafe yajl_get_bytes_consumed(handle))
    let closed = Int(current.node)
    var node = nodes[closed]
    node.count = current.count
    node.next = UInt32(truncatingIfNeeded: nodes.count)
    node.end = UInt32(truncatingIfNeeded: base &+ lastEnd)
    let mayRepeat = current.mayRepeat
    nodes[closed] = node
    current = enclosing.last
    enclosing.removeLast(1)
    if mayRepeat, RepeatedNames.any(in: closed, of: view) {
      nodes[closed].flags.insert([.duplicateNames, .duplicateNamesBelow])
    }
    if nodes[closed].flags.contains(.duplicateNamesBelow), !enclosing.isEmpty {
      nodes[Int(current.node)].flags.insert(.duplicateNamesBelow)
    }
    return true
  }
}

/// Whether two of an object's names are the same. Pairs for a few names; for more, their hashes are sorted by radix, which reads and
/// writes memory in order, and only names whose hashes agree are compared: linear, but where many different names share a hash, which then
/// are sorted.
private enum RepeatedNames {
  private struct Name {
    let hash: UInt32
    let node: UInt32
  }

  @inline(never)
  static func any(in object: Int, of tape: TapeView) -> Bool {
    var names: [Name] = []
    names.reserveCapacity(Int(tape.nodes[object].count))
    var member = object + 1
    let end = Int(tape.nodes[object].next)
    while member < end {
      names.append(Name(hash: tape.nodes[member].next, node: UInt32(truncatingIfNeeded: member)))
      member = tape.after(member + 1)
    }
    if names.count <= 16 {
      for right in names.indices.dropFirst() {
        for left in 0..<right where names[left].hash == names[right].hash {
          if order(names[left], names[right], tape) == 0 { return true }
        }
      }
      return false
    }
    sortByHash(&names)
    var start = 0
    while start < names.count {
      var end = start + 1
      while end < names.count, names[end].hash == names[start].hash { end += 1 }
      if end - start > 1, hasEqual(names[start..<end], tape) { return true }
      start = end
    }
    return false
  }

  private static func sortByHash(_ source: inout [Name]) {
    var target = source
    // A byte of the hash at a time, the lowest first.
    for shift in [0, 8, 16, 24] as [UInt32] {
      var places = [Int](repeating: 0, count: 257)
      for name in source { places[Int(name.hash >> shift & 0xFF) + 1] += 1 }
      for digit in 1..<257 { places[digit] += places[digit - 1] }
      for name in source {
        let digit = Int(name.hash >> shift & 0xFF)
        target[places[digit]] = name
        places[digit] += 1
      }
      swap(&source, &target)
    }
  }

  private static func hasEqual(_ group: ArraySlice<Name>, _ tape: TapeView) -> Bool {
    let sorted = unsafe tape.nodes.withUnsafeBufferPointer { nodes in
      unsafe tape.bytes.withUnsafeBufferPointer { bytes in
        group.sorted { unsafe order($0, $1, TapeView(nodes: nodes.span, bytes: bytes.span)) < 0 }
      }
    }
    for position in 1..<sorted.count where order(sorted[position - 1], sorted[position], tape) == 0 { return true }
    return false
  }

  /// The shorter name first; names of one length by their bytes.
  private static func order(_ left: Name, _ right: Name, _ tape: TapeView) -> Int {
    let a = tape.nodes[Int(left.node)]
    let b = tape.nodes[Int(right.node)]
    guard a.count == b.count else { return Int(a.count) - Int(b.count) }
    return unsafe tape.bytes.withUnsafeBufferPointer { bytes -> Int in
      guard let base = bytes.baseAddress else { return 0 }
      return unsafe Int(memcmp(base + Int(a.offset), base + Int(b.offset), Int(a.count)))
    }
  }
}

/// yajl's event table. Each entry finds the builder behind the context pointer.
@safe
enum TapeEvents {
  typealias Builder = UnsafeMutablePointer<TapeBuilder>

  @inline(__always)
  private static func builder(_ context: UnsafeMutableRawPointer?) -> Builder? {
    unsafe context?.assumingMemoryBound(to: TapeBuilder.self)
  }

  /// The events of containers alone: yajl then decodes no string.
  static func containers() -> yajl_callbacks {
    var table = Self.table()
    unsafe table.yajl_null = nil
    unsafe table.yajl_boolean = nil
    unsafe table.yajl_number = nil
    unsafe table.yajl_string = nil
    unsafe table.yajl_map_key = nil
    return table
  }

  static func table() -> yajl_callbacks {
    unsafe yajl_callbacks(
      yajl_null: { unsafe (TapeEvents.builder($0)?.pointee.constant(.null) ?? false) ? 1 : 0 },
      yajl_boolean: { unsafe (TapeEvents.builder($0)?.pointee.constant($1 != 0 ? .true_ : .false_) ?? false) ? 1 : 0 },
      yajl_integer: nil,
      yajl_double: nil,
      yajl_number: { context, text, count in
        guard let builder = unsafe TapeEvents.builder(context), let text = unsafe text else { return 0 }
        let bytes = unsafe UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self)
        return unsafe builder.pointee.number(bytes, count) ? 1 : 0
      },
      yajl_string: { context, text, count in
        guard let builder = unsafe TapeEvents.builder(context), let text = unsafe text else { return 0 }
        return unsafe builder.pointee.string(text, count) ? 1 : 0
      },
      yajl_start_map: { unsafe (TapeEvents.builder($0)?.pointee.open(.object) ?? false) ? 1 : 0 },
      yajl_map_key: { context, text, count in
        guard let builder = unsafe TapeEvents.builder(context), let text = unsafe text else { return 0 }
        return unsafe builder.pointee.name(text, count) ? 1 : 0
      },
      yajl_end_map: { unsafe (TapeEvents.builder($0)?.pointee.close() ?? false) ? 1 : 0 },
      yajl_start_array: { unsafe (TapeEvents.builder($0)?.pointee.open(.array) ?? false) ? 1 : 0 },
      yajl_end_array: { unsafe (TapeEvents.builder($0)?.pointee.close() ?? false) ? 1 : 0 }
    )
  }
}
