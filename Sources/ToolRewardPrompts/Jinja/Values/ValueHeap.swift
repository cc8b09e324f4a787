internal import ToolReward

/// Where values live: what one rendering makes, a template's constants, or a context. Values only point into it, so that copying one counts
/// no reference; everything in it is given up with the ``ValueMemory`` that owns it, and no value is looked at after that.
@safe
struct ValueHeap: BitwiseCopyable {
  @unsafe
  fileprivate struct Contents {
    var next: UnsafeMutableRawPointer
    var end: UnsafeMutableRawPointer
    var chunks: [UnsafeMutableRawPointer]
    var size = 0
    var objects: [AnyObject] = []
    var sources: [Value] = []
    var indexes: [[JinjaKey: Int]] = []
    let limit: Int
  }

  private let contents: UnsafeMutablePointer<Contents>
  private static var firstChunk: Int { 8 << 10 }
  private static var largestChunk: Int { 1 << 20 }

  fileprivate init(limit: Int) {
    unsafe contents = .allocate(capacity: 1)
    let first = UnsafeMutableRawPointer.allocate(byteCount: Self.firstChunk, alignment: 16)
    unsafe contents.initialize(to: Contents(next: first, end: first + Self.firstChunk, chunks: [first], limit: limit))
  }

  fileprivate func giveUp() {
    unsafe contents.pointee.objects = []
    unsafe contents.pointee.chunks.forEach { unsafe $0.deallocate() }
    unsafe contents.deinitialize(count: 1)
    unsafe contents.deallocate()
  }

  /// Whether more memory is in use than a rendering may have.
  var isFull: Bool { unsafe contents.pointee.size > contents.pointee.limit }

  /// Room for so many elements. O(1), and a call of the system's allocator now and then.
  @inline(__always) @unsafe
  func room<Element: BitwiseCopyable>(_ count: Int, of type: Element.Type) -> UnsafeMutablePointer<Element> {
    #if SEPARATE_ROOMS
      // Each piece stands alone, so that AddressSanitizer sees what goes beyond it: the fuzzing is built so.
      return unsafe grow(count &* MemoryLayout<Element>.stride).bindMemory(to: type, capacity: count)
    #else
      let size = (count &* MemoryLayout<Element>.stride &+ 7) & ~7
      var place = unsafe contents.pointee.next
      if unsafe contents.pointee.end - place < size { unsafe place = grow(size) }
      unsafe contents.pointee.next = place + size
      return unsafe place.bindMemory(to: type, capacity: count)
    #endif
  }

  @inline(never) @unsafe
  private func grow(_ size: Int) -> UnsafeMutableRawPointer {
    #if SEPARATE_ROOMS
      let capacity = size
    #else
      let chunks = unsafe contents.pointee.chunks.count
      let capacity = max(size, min(Self.firstChunk << min(chunks, 20), Self.largestChunk))
    #endif
    let chunk = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
    unsafe contents.pointee.chunks.append(chunk)
    unsafe contents.pointee.size += capacity
    unsafe contents.pointee.end = chunk + capacity
    return unsafe chunk
  }

  // MARK: Making values

  /// A text of these bytes.
  func text(_ bytes: some Collection<UInt8>) -> JinjaText {
    let count = bytes.count
    if count == 0 { return JinjaText("") }
    let room = unsafe room(count, of: UInt8.self)
    let isCopied: Void? = bytes.withContiguousStorageIfAvailable { bytes in
      if let start = bytes.baseAddress { unsafe room.initialize(from: start, count: count) }
    }
    if isCopied == nil {
      for (position, byte) in bytes.enumerated() { unsafe (room + position).initialize(to: byte) }
    }
    return unsafe JinjaText(start: room, count: count)
  }

  /// The texts one after the other.
  func joined(_ first: JinjaText, _ second: JinjaText) -> JinjaText {
    let room = unsafe room(first.count &+ second.count, of: UInt8.self)
    unsafe first.copy(to: room)
    unsafe second.copy(to: room + first.count)
    return unsafe JinjaText(start: room, count: first.count &+ second.count)
  }

  func string(_ bytes: some Collection<UInt8>) -> JinjaValue { .string(text(bytes)) }

  func list(_ elements: some Collection<JinjaValue>) -> JinjaValue { .list(JinjaList(elements, self)) }

  func tuple(_ elements: some Collection<JinjaValue>) -> JinjaValue { .tuple(JinjaList(elements, self)) }

  func undefined(_ cause: UndefinedValue.Cause) -> JinjaValue {
    .undefined(UndefinedValue(keep(UndefinedReason(cause))))
  }

  func object(_ object: JinjaObject) -> JinjaValue { .object(ObjectReference(keep(object))) }

  /// Keeps an object as long as the heap. It counts as so many bytes as most take, with what they hold.
  func keep<Object: AnyObject>(_ object: Object) -> Object {
    unsafe contents.pointee.objects.append(object)
    unsafe contents.pointee.size += 160
    return object
  }

  /// Keeps JSON that is read later.
  func keep(_ source: Value) -> Int32 {
    unsafe contents.pointee.sources.append(source)
    unsafe contents.pointee.size += 32
    return Int32(truncatingIfNeeded: unsafe contents.pointee.sources.count - 1)
  }

  func source(_ number: Int32) -> Value? {
    number < 0 ? nil : unsafe contents.pointee.sources[Int(number)]
  }

  /// Keeps the places of a dictionary's keys.
  func keep(_ index: [JinjaKey: Int]) -> Int32 {
    unsafe contents.pointee.indexes.append(index)
    unsafe contents.pointee.size += index.count * 64
    return Int32(truncatingIfNeeded: unsafe contents.pointee.indexes.count - 1)
  }

  func place(_ key: JinjaKey, inIndex number: Int32) -> Int? { unsafe contents.pointee.indexes[Int(number)][key] }
}

/// Owns a heap.
final class ValueMemory {
  let heap: ValueHeap

  /// - Parameter limit: The bytes beyond which the heap says that it is full.
  init(limit: Int = .max) { heap = ValueHeap(limit: limit) }

  deinit { heap.giveUp() }
}
