internal import CYajl

/// Values that no JSON text spells: the payload engines put them together piece by piece, on the same tape as those that yajl reads.
///
/// ```swift
/// session.beginValue(limits: .standard)
/// try session.open(.object, at: 0)
/// try session.write(name: key.span, 0..<key.count)
/// try session.write(.null, at: 4..<8)
/// try session.close(at: 9)
/// let root = try session.finishValue(at: 9)
/// ```
///
/// Ranges are where a piece's text stands in the completion: findings point there. A value that is begun is finished or discarded before
/// another is begun or read.
extension ValueSession {
  /// Begins a value.
  func beginValue(limits: ValueLimits) {
    unsafe builder.pointee.beginWriting(limits: limits)
  }

  /// Writes `null`, `true` or `false`.
  func write(_ constant: TapeNode.Kind, at range: Range<Int>) throws(ValueError) {
    let done = unsafe builder.pointee.write(constant, UnsafeBufferPointer(start: nil, count: 0), flags: [], at: range)
    try check(done, range.lowerBound)
  }

  /// Writes a number by its literal: JSON's, or NaN, Infinity and -Infinity where `isFinite` is false.
  func write(
    number text: Span<UInt8>, _ literal: Range<Int>, isFinite: Bool = true, at range: Range<Int>
  ) throws(ValueError) {
    var flags: TapeNode.Flags = isFinite ? [] : [.nonFinite, .fractional]
    for position in literal where text[position] == 0x2E || text[position] | 0x20 == 0x65 { flags.insert(.fractional) }
    try write(.number, text, literal, flags, at: range)
  }

  /// Writes a string.
  func write(string text: Span<UInt8>, _ part: Range<Int>, at range: Range<Int>) throws(ValueError) {
    try write(.string, text, part, [], at: range)
  }

  /// Writes the name of the member whose value comes next.
  func write(name text: Span<UInt8>, _ part: Range<Int>) throws(ValueError) {
    try write(.name, text, part, [], at: 0..<0)
  }

  private func write(
    _ kind: TapeNode.Kind, _ text: Span<UInt8>, _ part: Range<Int>, _ flags: TapeNode.Flags, at range: Range<Int>
  ) throws(ValueError) {
    let done = unsafe text.extracting(part).withUnsafeBufferPointer { bytes in
      unsafe builder.pointee.write(kind, bytes, flags: flags, at: range)
    }
    try check(done, range.lowerBound)
  }

  /// Opens an array, a tuple or an object.
  func open(_ kind: TapeNode.Kind, isTuple: Bool = false, at start: Int) throws(ValueError) {
    let done = unsafe builder.pointee.writeOpen(kind, flags: isTuple ? .tuple : [], at: start)
    try check(done, start)
  }

  /// Closes the innermost container that is open.
  func close(at end: Int) throws(ValueError) {
    let done = unsafe builder.pointee.writeClose(at: end)
    try check(done, end)
  }

  /// Has yajl read the range, a JSON value with nothing but white space around it, in the place of the next piece. If it cannot, nothing is
  /// written.
  func writeJSON(_ text: Span<UInt8>, _ range: Range<Int>) throws(ValueError) {
    let traits = TextChecks.traits(of: text, range)
    if !traits.isEmpty { try check(traits, text, range, .json) }
    let handle = try unsafe takeHandle(at: range.lowerBound)
    let mark = unsafe builder.pointee.beginNested(base: range.lowerBound, handle: handle)
    var status = unsafe text.extracting(range).withUnsafeBufferPointer { buffer in
      unsafe yajl_parse(handle, buffer.baseAddress, buffer.count)
    }
    if status == yajl_status_ok {
      unsafe builder.pointee.textEnd = range.count
      var newline: UInt8 = 0x0A
      status = unsafe yajl_parse(handle, &newline, 1)
    }
    let isOne = unsafe builder.pointee.hasOneValue(since: mark)
    guard status == yajl_status_ok, isOne else {
      let offset = unsafe range.lowerBound + min(yajl_get_bytes_consumed(handle), range.count)
      unsafe yajl_free(handle)
      let failure = unsafe builder.pointee.failure
      unsafe builder.pointee.restore(mark)
      unsafe builder.pointee.endNested()
      throw ValueError(failure ?? (offset >= range.upperBound ? .unexpectedEnd : .malformed), at: offset)
    }
    unsafe keep(handle)
    unsafe builder.pointee.endNested()
  }

  /// Ends the value. Returns its node.
  func finishValue(at end: Int) throws(ValueError) -> Int {
    let isWhole = unsafe builder.pointee.isWhole
    try check(isWhole, end)
    return unsafe builder.pointee.firstNode
  }

  /// Takes the value off that was begun last, whole or not.
  func discardValue() {
    unsafe builder.pointee.discardValue()
  }

  private func check(_ done: Bool, _ offset: Int) throws(ValueError) {
    if done { return }
    let failure = unsafe builder.pointee.failure
    throw ValueError(failure ?? .malformed, at: offset)
  }
}
