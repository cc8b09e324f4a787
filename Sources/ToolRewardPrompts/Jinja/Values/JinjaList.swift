internal import ToolReward

/// Elements one after the other in a heap.
@safe
struct HeapArray<Element: BitwiseCopyable>: RandomAccessCollection, BitwiseCopyable {
  private let start: UnsafePointer<Element>?
  let count: Int

  /// No elements.
  init() {
    unsafe start = nil
    count = 0
  }

  @unsafe @inline(__always)
  init(start: UnsafePointer<Element>?, count: Int) {
    unsafe self.start = start
    self.count = count
  }

  /// A copy of an array's elements.
  init(_ elements: [Element], _ heap: ValueHeap) {
    let room = unsafe heap.room(elements.count, of: Element.self)
    for (position, element) in elements.enumerated() { unsafe (room + position).initialize(to: element) }
    unsafe self.init(start: room, count: elements.count)
  }

  var startIndex: Int { 0 }
  var endIndex: Int { count }

  subscript(position: Int) -> Element {
    @inline(__always) get {
      guard let start = unsafe start, position >= 0, position < count else { preconditionFailure("out of bounds") }
      return unsafe start[position]
    }
  }

  func withContiguousStorageIfAvailable<Result>(
    _ body: (UnsafeBufferPointer<Element>) throws -> Result
  ) rethrows -> Result? {
    try unsafe body(UnsafeBufferPointer(start: start, count: count))
  }
}

typealias JinjaElements = HeapArray<JinjaValue>

/// A list's or tuple's elements, read from JSON when they are first looked at.
@safe
struct JinjaList: BitwiseCopyable {
  @unsafe
  private struct Header {
    var elements: UnsafeMutablePointer<JinjaValue>?
    var isRead: Bool
    var depth: Int32
    let source: Int32
    let count: Int
    let heap: ValueHeap
  }

  private let header: UnsafeMutablePointer<Header>

  init(_ elements: some Collection<JinjaValue>, _ heap: ValueHeap) {
    self.init(count: elements.count, heap)
    for (position, element) in elements.enumerated() { set(position, element) }
  }

  /// A list whose elements are yet to be set, each once.
  init(count: Int, _ heap: ValueHeap) {
    unsafe header = heap.room(1, of: Header.self)
    let room = unsafe heap.room(count, of: JinjaValue.self)
    unsafe room.initialize(repeating: .null, count: count)
    unsafe header.initialize(
      to: Header(elements: room, isRead: true, depth: 1, source: -1, count: count, heap: heap))
  }

  init(_ value: Value, _ heap: ValueHeap) {
    unsafe header = heap.room(1, of: Header.self)
    unsafe header.initialize(
      to: Header(
        elements: nil, isRead: value.count == 0, depth: 1, source: heap.keep(value), count: value.count, heap: heap))
  }

  /// Sets an element while the list is made.
  @inline(__always)
  func set(_ position: Int, _ element: JinjaValue) {
    precondition(position >= 0 && position < count)
    unsafe header.pointee.elements?[position] = element
    let depth = Int32(truncatingIfNeeded: element.depth &+ 1)
    if unsafe depth > header.pointee.depth { unsafe header.pointee.depth = depth }
  }

  static func === (a: JinjaList, b: JinjaList) -> Bool { unsafe a.header == b.header }

  /// What tells it from every other list of its time.
  var identity: UInt { unsafe UInt(bitPattern: header) }

  /// The JSON it is, if it is.
  var source: Value? { unsafe header.pointee.heap.source(header.pointee.source) }

  var count: Int { @inline(__always) get { unsafe header.pointee.count } }

  var depth: Int { unsafe Int(header.pointee.depth) }

  /// Reads everything, so that nothing is written from then on and threads can share it.
  func freeze() { for element in elements { element.freeze() } }

  var elements: JinjaElements {
    @inline(__always) get {
      if unsafe !header.pointee.isRead { read() }
      return unsafe JinjaElements(start: header.pointee.elements, count: header.pointee.count)
    }
  }

  @inline(never)
  private func read() {
    let heap = unsafe header.pointee.heap
    let room = unsafe heap.room(count, of: JinjaValue.self)
    for (position, element) in (source?.elements ?? []).enumerated() where position < count {
      unsafe (room + position).initialize(to: JinjaValue(element, heap))
    }
    unsafe header.pointee.elements = room
    unsafe header.pointee.isRead = true
  }
}
