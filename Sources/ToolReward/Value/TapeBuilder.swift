internal import CYajl

/// Collects yajl's events into a tape, within limits.
///
/// It lives behind a pointer that C hands back at each event, so it keeps only plain arrays and numbers.
@safe
struct TapeBuilder {
  var tape = ValueTape()
  var limits = ValueLimits.standard
  var syntax = ValueReader.Syntax.json
  /// The number of top-level values that began since `begin`.
  var roots = 0
  /// Why an event refused to go on.
  var failure: ValueError.Code?
  /// The yajl handle whose events these are, for its position.
  var handle: yajl_handle?
  /// Where the text handed to yajl starts in the source.
  var base = 0
  /// Where the last token ended, as an offset from `base`.
  var lastEnd = 0
  /// Where the text ends, as an offset from `base`, once it is all fed: a number at the very end is delivered only after that.
  var textEnd: Int?
  /// Offsets from `base` of NaN, Infinity and -Infinity, for which a stand-in was fed, ascending; and the next one due.
  var standIns: [PythonConstants.StandIn] = []
  var nextStandIn = 0
  /// Offsets from `base` of escapes that are lone surrogates, ascending; and the next one due.
  var loneSurrogates: [Int] = []
  var nextLoneSurrogate = 0
  /// The source text, for strings that yajl decodes otherwise than Python. Valid while yajl runs.
  var source: UnsafePointer<UInt8>?
  /// While a value is read for its syntax alone: how deep the reading is in it, and how many nodes it would have made.
  private var discarded: (depth: Int, nodes: Int)?
  /// Containers that are open: their node, and where their names start in `names`.
  private var open: [(node: Int, names: Int)] = []
  /// Names of the objects that are open.
  private var names: [(hash: UInt32, node: UInt32)] = []
  private var nodeLimit = 0

  /// The depth of the container that is open.
  var depth: Int { open.count }

  mutating func begin(base: Int, limits: ValueLimits, syntax: ValueReader.Syntax) {
    self.base = base
    self.limits = limits
    self.syntax = syntax
    roots = 0
    failure = nil
    lastEnd = 0
    textEnd = nil
    open.removeAll(keepingCapacity: true)
    names.removeAll(keepingCapacity: true)
    if !standIns.isEmpty { standIns.removeAll() }
    nextStandIn = 0
    if !loneSurrogates.isEmpty { loneSurrogates.removeAll() }
    nextLoneSurrogate = 0
    discarded = nil
    nodeLimit = tape.nodes.count + limits.nodes
  }

  /// Reads the value of the member whose name came last for its syntax alone; `null` takes its place on the tape.
  mutating func discardNextValue() {
    discarded = (0, 0)
  }

  /// Takes part of a value that is read for its syntax alone. `nil` if none is.
  @inline(__always)
  private mutating func discard(opening: Int) -> Bool? {
    guard var state = discarded else { return nil }
    state.depth += opening
    state.nodes += 1
    if state.depth + depth > limits.depth {
      failure = .tooDeep
      return false
    }
    if state.nodes > limits.nodes {
      failure = .tooManyNodes
      return false
    }
    if state.depth > 0 {
      discarded = state
      return true
    }
    discarded = nil
    return constant(.null)
  }

  @inline(__always)
  private func consumed() -> Int { textEnd ?? (unsafe yajl_get_bytes_consumed(handle)) }

  /// Counts a node in its container and checks the limits. False stops yajl.
  @inline(__always)
  private mutating func admit(isName: Bool = false) -> Bool {
    if let container = open.last?.node {
      let kind = tape.nodes[container].kind
      if isName || kind == .array { tape.nodes[container].count += 1 }
    } else {
      roots += 1
      if roots > 1 {
        failure = .trailingText
        return false
      }
    }
    if tape.nodes.count >= nodeLimit {
      failure = .tooManyNodes
      return false
    }
    return true
  }

  mutating func constant(_ kind: TapeNode.Kind) -> Bool {
    if let done = discard(opening: 0) { return done }
    guard admit() else { return false }
    lastEnd = consumed()
    tape.nodes.append(TapeNode(kind: kind, end: UInt32(base + lastEnd)))
    return true
  }

  mutating func number(_ literal: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    if let done = discard(opening: 0) { return done }
    guard admit() else { return false }
    lastEnd = consumed()
    var node = TapeNode(kind: .number, offset: UInt32(tape.bytes.count), end: UInt32(base + lastEnd))
    if nextStandIn < standIns.count, standIns[nextStandIn].offset == lastEnd - count {
      let literal = PythonConstants.literals[standIns[nextStandIn].constant]
      nextStandIn += 1
      tape.bytes.append(contentsOf: literal)
      node.count = UInt32(literal.count)
      node.flags = [.nonFinite, .fractional]
    } else {
      let text = unsafe UnsafeBufferPointer(start: literal, count: count)
      let first = unsafe text[0]
      var position = 0
      while position < count {
        let byte = unsafe text[position]
        if byte == 0x2E || byte == 0x65 || byte == 0x45 {
          node.flags = .fractional
          break
        }
        position += 1
      }
      if syntax == .python, node.flags.isEmpty, count > 4300, count - (first == 0x2D ? 1 : 0) > 4300 {
        failure = .integerTooLong
        return false
      }
      unsafe tape.bytes.append(contentsOf: text)
      node.count = UInt32(count)
    }
    tape.nodes.append(node)
    return true
  }

  mutating func string(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    if let done = discard(opening: 0) { return done }
    guard admit() else { return false }
    let start = lastEnd
    lastEnd = consumed()
    unsafe append(.string, text, count, tokenAfter: start)
    return true
  }

  mutating func name(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    if let done = discard(opening: 0) { return done }
    guard admit(isName: true) else { return false }
    let start = lastEnd
    lastEnd = consumed()
    unsafe append(.name, text, count, tokenAfter: start)
    let index = tape.nodes.count - 1
    let payload = tape.nodes[index].payload
    let hash = unsafe tape.bytes.withUnsafeBufferPointer { bytes -> UInt32 in
      guard let base = bytes.baseAddress else { return 0 }
      return unsafe quickHash(base + payload.lowerBound, payload.count)
    }
    tape.nodes[index].next = hash
    names.append((hash, UInt32(index)))
    return true
  }

  @inline(__always)
  private mutating func append(_ kind: TapeNode.Kind, _ text: UnsafePointer<UInt8>, _ count: Int, tokenAfter start: Int) {
    var node = TapeNode(kind: kind, offset: UInt32(tape.bytes.count), end: UInt32(base + lastEnd))
    if nextLoneSurrogate < loneSurrogates.count, loneSurrogates[nextLoneSurrogate] < lastEnd {
      while nextLoneSurrogate < loneSurrogates.count, loneSurrogates[nextLoneSurrogate] < lastEnd { nextLoneSurrogate += 1 }
      unsafe Surrogates.appendDecoded(source, from: start, to: lastEnd, into: &tape.bytes)
      node.count = UInt32(tape.bytes.count) - node.offset
    } else {
      unsafe tape.bytes.append(contentsOf: UnsafeBufferPointer(start: text, count: count))
      node.count = UInt32(count)
    }
    tape.nodes.append(node)
  }

  mutating func open(_ kind: TapeNode.Kind) -> Bool {
    if let done = discard(opening: 1) { return done }
    guard admit() else { return false }
    if open.count >= limits.depth {
      failure = .tooDeep
      return false
    }
    lastEnd = consumed()
    open.append((tape.nodes.count, names.count))
    tape.nodes.append(TapeNode(kind: kind, offset: UInt32(base + lastEnd - 1)))
    return true
  }

  mutating func close() -> Bool {
    if let done = discard(opening: -1) { return done }
    guard let (container, firstName) = open.popLast() else { return false }
    lastEnd = consumed()
    tape.nodes[container].next = UInt32(tape.nodes.count)
    tape.nodes[container].end = UInt32(base + lastEnd)
    if names.count > firstName {
      if names.count - firstName > 1, hasDuplicate(from: firstName) {
        tape.nodes[container].flags.insert([.duplicateNames, .duplicateNamesBelow])
      }
      names.removeLast(names.count - firstName)
    }
    if tape.nodes[container].flags.contains(.duplicateNamesBelow), let parent = open.last?.node {
      tape.nodes[parent].flags.insert(.duplicateNamesBelow)
    }
    return true
  }

  /// Whether two of the open object's names are the same. Pairs for a few names; for more, their hashes are sorted by radix, which reads and
  /// writes memory in order, and only names whose hashes agree are compared: linear whatever the names.
  private func hasDuplicate(from first: Int) -> Bool {
    let count = names.count - first
    if count <= 16 {
      for right in (first + 1)..<(first + count) {
        for left in first..<right where names[left].hash == names[right].hash {
          if sameName(Int(names[left].node), Int(names[right].node)) { return true }
        }
      }
      return false
    }
    let sorted = sortedByHash(from: first)
    var start = 0
    while start < count {
      var end = start + 1
      while end < count, sorted[end].hash == sorted[start].hash { end += 1 }
      if end - start > 1 {
        var table = NameTable(capacity: end - start)
        for position in start..<end {
          if table.position(of: Int(sorted[position].node), in: tape, insert: position) != nil { return true }
        }
      }
      start = end
    }
    return false
  }

  /// The open object's names in the order of their hashes.
  private func sortedByHash(from first: Int) -> [(hash: UInt32, node: UInt32)] {
    var source = Array(names[first...])
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
    return source
  }

  private func sameName(_ left: Int, _ right: Int) -> Bool {
    ByteSearch.equal(tape.bytes.span, tape.nodes[left].payload, tape.bytes.span, tape.nodes[right].payload)
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
