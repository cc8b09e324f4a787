internal import CYajl

/// yajl, driven over whole texts, one after the other. Not shared between threads.
///
/// A handle is kept for as long as the texts it read were whole values: making one costs about as much as reading a small call.
/// One that stopped in the middle is dead, and replaced.
@safe
package final class ValueSession {
  let builder: UnsafeMutablePointer<TapeBuilder>
  private let events: UnsafeMutablePointer<yajl_callbacks>
  /// A handle that waits for the next value, in yajl's mode for several values a text.
  private var idle: yajl_handle?

  package init() {
    unsafe events = .allocate(capacity: 1)
    unsafe events.initialize(to: TapeEvents.table())
    unsafe builder = .allocate(capacity: 1)
    unsafe builder.initialize(to: TapeBuilder(events: events))
  }

  deinit {
    if let idle = unsafe idle { unsafe yajl_free(idle) }
    if let partial = unsafe partial { unsafe yajl_free(partial) }
    unsafe builder.deinitialize(count: 1)
    unsafe builder.deallocate()
    unsafe events.deinitialize(count: 1)
    unsafe events.deallocate()
  }

  /// The values read since the last ``takeTape(into:)`` or ``removeTape()``. Not to be kept while more is read.
  package var tape: TapeView {
    @_lifetime(borrow self) @inline(__always) get {
      let view = unsafe builder.pointee.view
      return unsafe _overrideLifetime(view, borrowing: self)
    }
  }

  /// Moves what was read to a tape, in place of what it held.
  package func takeTape(into tape: inout ValueTape) {
    unsafe builder.pointee.move(to: &tape)
  }

  package func removeTape() {
    unsafe builder.pointee.removeAll()
  }

  // MARK: A whole document

  /// Reads the range as one value with nothing but white space around it, and appends it to the tape. Returns its node.
  ///
  /// A text that was itself decoded by Python's rules may hold lone surrogates, which pass if `allowingSurrogates`.
  package func readDocument(
    _ text: Span<UInt8>, _ range: Range<Int>, syntax: ValueReader.Syntax, limits: ValueLimits,
    allowingSurrogates: Bool = false
  ) throws(ValueError) -> Int {
    guard range.count <= limits.bytes else { throw ValueError(.tooLarge, at: range.lowerBound) }
    let traits = TextChecks.traits(of: text, range)
    // What yajl lets through counts where it comes before what yajl refuses: Python would meet it first.
    var early: ValueError?
    if !traits.isEmpty {
      do throws(ValueError) {
        try check(traits, text, range, syntax, allowingSurrogates: allowingSurrogates)
      } catch {
        early = error
      }
    }
    let lone = syntax == .python && traits.contains(.backslash) ? Surrogates.lone(in: text, range) : []
    do throws(ValueError) {
      let root = try feedDocument(text, range, base: range.lowerBound, syntax, limits, lone: lone, standIns: [])
      if let early {
        unsafe builder.pointee.discardValue()
        throw early
      }
      return root
    } catch {
      if let early, early.offset <= error.offset || !error.code.isLimit { throw early }
      guard syntax == .python, error.code == .malformed || error.code == .unexpectedEnd,
        let (copy, standIns) = PythonConstants.replaced(in: text, range)
      else { throw error }
      return try feedDocument(
        copy.span, 0..<copy.count, base: range.lowerBound, syntax, limits, lone: lone, standIns: standIns)
    }
  }

  private func feedDocument(
    _ text: Span<UInt8>, _ range: Range<Int>, base: Int, _ syntax: ValueReader.Syntax, _ limits: ValueLimits,
    lone: [Int], standIns: [PythonConstants.StandIn]
  ) throws(ValueError) -> Int {
    let handle = try unsafe takeHandle(at: base)
    unsafe builder.pointee.begin(
      base: base, handle: handle, limits: limits, syntax: syntax, lone: lone, standIns: standIns)
    let status = unsafe text.extracting(range).withUnsafeBufferPointer { buffer -> yajl_status in
      unsafe builder.pointee.source = buffer.baseAddress
      defer { unsafe builder.pointee.source = nil }
      return unsafe yajl_parse(handle, buffer.baseAddress, buffer.count)
    }
    if status != yajl_status_ok {
      let offset = unsafe base + min(yajl_get_bytes_consumed(handle), range.count)
      unsafe yajl_free(handle)
      unsafe builder.pointee.discardValue()
      throw unsafe ValueError(builder.pointee.failure ?? .malformed, at: offset)
    }
    // A line feed ends a number and makes an unfinished string an error. An array or object that is the last thing needs none.
    var ended = yajl_status_ok
    if unsafe !builder.pointee.hasClosedRoot(at: range.count) {
      unsafe builder.pointee.textEnd = range.count
      var newline: UInt8 = 0x0A
      unsafe ended = yajl_parse(handle, &newline, 1)
    }
    guard ended == yajl_status_ok, unsafe builder.pointee.isWhole else {
      unsafe yajl_free(handle)
      unsafe builder.pointee.discardValue()
      let failure = unsafe builder.pointee.failure
      throw ValueError(failure ?? .unexpectedEnd, at: base + range.count)
    }
    unsafe idle = handle
    return unsafe builder.pointee.firstNode
  }

  /// What yajl takes and JSON does not.
  func check(
    _ traits: TextChecks.Traits, _ text: Span<UInt8>, _ range: Range<Int>, _ syntax: ValueReader.Syntax,
    allowingSurrogates: Bool = false
  ) throws(ValueError) {
    if traits.contains(.nonASCII),
      let offset = TextChecks.firstIllFormedUTF8(in: text, range, allowingSurrogates: allowingSurrogates)
    {
      throw ValueError(.illFormedUTF8, at: offset)
    }
    if traits.contains(.verticalSpace), let offset = TextChecks.firstVerticalSpace(in: text, range) {
      throw ValueError(.malformed, at: offset)
    }
    if syntax == .json, traits.contains(.backslash), let offset = Surrogates.lone(in: text, range, most: 1).first {
      throw ValueError(.loneSurrogate, at: offset)
    }
  }

  func takeHandle(at offset: Int) throws(ValueError) -> yajl_handle {
    if let handle = unsafe idle {
      unsafe idle = nil
      return unsafe handle
    }
    let handle = try unsafe makeHandle(at: offset)
    _ = unsafe toolreward_yajl_set(handle, yajl_allow_multiple_values, 1)
    return unsafe handle
  }

  /// Keeps a handle whose text was whole for the next one.
  func keep(_ handle: yajl_handle) {
    if let other = unsafe idle { unsafe yajl_free(other) }
    unsafe idle = handle
  }

  private func makeHandle(at offset: Int) throws(ValueError) -> yajl_handle {
    guard let handle = unsafe yajl_alloc(events, nil, builder) else { throw ValueError(.tooLarge, at: offset) }
    return unsafe handle
  }

  // MARK: A document in parts

  /// The handle of a document that is fed in parts.
  private var partial: yajl_handle?

  /// Begins a document that comes in parts. The parts must split it between tokens; what is not read in full, because a value of the
  /// same text is known already, is fed as `null` by ``feedNull()``. JSON syntax only.
  package func beginParts(limits: ValueLimits) throws(ValueError) {
    endParts()
    let handle = try unsafe takeHandle(at: 0)
    unsafe builder.pointee.begin(base: 0, handle: handle, limits: limits, syntax: .json)
    unsafe partial = handle
  }

  /// Feeds a part.
  package func feed(_ text: Span<UInt8>, _ range: Range<Int>) throws(ValueError) {
    guard let handle = unsafe partial else { throw ValueError(.unexpectedEnd, at: range.lowerBound) }
    let traits = TextChecks.traits(of: text, range)
    if !traits.isEmpty { try check(traits, text, range, .json) }
    unsafe builder.pointee.base = range.lowerBound
    unsafe builder.pointee.lastEnd = 0
    let status = unsafe text.extracting(range).withUnsafeBufferPointer { buffer in
      unsafe yajl_parse(handle, buffer.baseAddress, buffer.count)
    }
    guard status == yajl_status_ok else {
      let offset = unsafe range.lowerBound + min(yajl_get_bytes_consumed(handle), range.count)
      throw unsafe ValueError(builder.pointee.failure ?? .malformed, at: offset)
    }
  }

  /// Reads the value that comes next, a member's array or object, for its syntax alone: `null` takes its place.
  package func discardNextValue() {
    unsafe builder.pointee.discardNextValue()
  }

  /// Feeds `null` where a value stands that is known already.
  package func feedNull() throws(ValueError) {
    let null: [UInt8] = [0x6E, 0x75, 0x6C, 0x6C]
    try feed(null.span, 0..<4)
  }

  /// If the last token fed was the name of a member of the outermost object, whose value is still to come, and it is `name`: its node.
  package func openMember(_ name: [UInt8]) -> Int? {
    unsafe builder.pointee.openMember(name)
  }

  /// Ends the document. Returns its node.
  package func finishParts(at end: Int) throws(ValueError) -> Int {
    guard let handle = unsafe partial else { throw ValueError(.unexpectedEnd, at: end) }
    var newline: UInt8 = 0x0A
    let ended = unsafe yajl_parse(handle, &newline, 1)
    guard ended == yajl_status_ok, unsafe builder.pointee.isWhole else {
      let failure = unsafe builder.pointee.failure
      endParts()
      throw ValueError(failure ?? .unexpectedEnd, at: end)
    }
    unsafe idle = handle
    unsafe partial = nil
    return unsafe builder.pointee.firstNode
  }

  /// Gives up a document in the middle.
  package func endParts() {
    if let handle = unsafe partial { unsafe yajl_free(handle) }
    unsafe partial = nil
  }

  // MARK: A value at an offset

  /// Reads the one value that starts at `start`, white space before it allowed, and appends it to the tape. Returns its node and
  /// the offset just after it; what follows is not looked at, but that a number or a word must not run on.
  func readPrefix(
    _ text: Span<UInt8>, from start: Int, syntax: ValueReader.Syntax, limits: ValueLimits
  ) throws(ValueError) -> (root: Int, end: Int) {
    let handle = try unsafe makeHandle(at: start)
    defer { unsafe yajl_free(handle) }
    _ = unsafe toolreward_yajl_set(handle, yajl_allow_trailing_garbage, 1)
    do throws(ValueError) {
      return try unsafe feedPrefix(handle, text, from: start, syntax, limits)
    } catch {
      unsafe builder.pointee.discardValue()
      throw error
    }
  }

  private func feedPrefix(
    _ handle: yajl_handle, _ text: Span<UInt8>, from start: Int, _ syntax: ValueReader.Syntax, _ limits: ValueLimits
  ) throws(ValueError) -> (root: Int, end: Int) {
    unsafe builder.pointee.begin(base: start, handle: handle, limits: limits, syntax: syntax)
    let available = min(text.count - start, limits.bytes)
    var status = unsafe text.extracting(start..<(start + available)).withUnsafeBufferPointer { buffer in
      unsafe yajl_parse(handle, buffer.baseAddress, buffer.count)
    }
    var end = unsafe start + yajl_get_bytes_consumed(handle)
    if status == yajl_status_ok, unsafe !builder.pointee.isWhole {
      // Only a number can still be on its way; yajl delivers it when told that the text is over.
      unsafe builder.pointee.textEnd = available
      status = unsafe yajl_complete_parse(handle)
      end = start + available
      if status == yajl_status_ok, unsafe !builder.pointee.isWhole { status = yajl_status_error }
      if status != yajl_status_ok {
        let failure = unsafe builder.pointee.failure
        throw ValueError(failure ?? (available < text.count - start ? .tooLarge : .unexpectedEnd), at: end)
      }
    }
    guard status == yajl_status_ok else {
      let failure = unsafe builder.pointee.failure
      throw ValueError(failure ?? .malformed, at: min(end, text.count))
    }
    let traits = TextChecks.traits(of: text, start..<end)
    if !traits.isEmpty { try check(traits, text, start..<end, .json) }
    let kind = unsafe builder.pointee.rootKind
    if end < text.count, kind != .string, kind != .array, kind != .object, isWordByte(text[end]) {
      throw ValueError(.malformed, at: end)
    }
    return unsafe (builder.pointee.firstNode, end)
  }

  private func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2E, 0x5F, 0x80...0xFF: true
    default: false
    }
  }
}
