/// A growing list of plain values that nothing else shares.
///
/// An array asks at each change whether it is shared, and counts references; at a hundred million small events that is a third of the
/// time. This one owns its memory and keeps it when emptied.
@safe
struct PlainStack<Element: BitwiseCopyable>: ~Copyable {
  fileprivate var base: UnsafeMutablePointer<Element>
  fileprivate var capacity: Int
  fileprivate(set) var count = 0

  init(capacity: Int = 32) {
    self.capacity = max(1, capacity)
    unsafe base = .allocate(capacity: self.capacity)
  }

  /// A list of an array's values.
  init(copying elements: [Element]) {
    self.init(capacity: elements.count)
    unsafe elements.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }

  deinit { unsafe base.deallocate() }

  var isEmpty: Bool { count == 0 }

  /// The values.
  var span: Span<Element> {
    @_lifetime(borrow self) @inline(__always) get {
      let span = unsafe Span(_unsafeElements: UnsafeBufferPointer(start: base, count: count))
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  /// The values. Valid until the stack changes.
  var elements: UnsafeBufferPointer<Element> { unsafe UnsafeBufferPointer(start: base, count: count) }

  subscript(index: Int) -> Element {
    @inline(__always) get {
      precondition(index >= 0 && index < count)
      return unsafe base[index]
    }
    @inline(__always) set {
      precondition(index >= 0 && index < count)
      unsafe base[index] = newValue
    }
  }

  @inline(__always)
  mutating func append(_ element: Element) {
    if count == capacity { grow(to: count + 1) }
    unsafe (base + count).initialize(to: element)
    count += 1
  }

  @inline(__always)
  mutating func append(contentsOf elements: UnsafeBufferPointer<Element>) {
    guard let source = elements.baseAddress else { return }
    if capacity - count < elements.count { grow(to: count + elements.count) }
    unsafe (base + count).initialize(from: source, count: elements.count)
    count += elements.count
  }

  /// The last value. There must be one.
  var last: Element {
    @inline(__always) get { self[count - 1] }
  }

  @inline(__always)
  mutating func removeLast(_ number: Int) {
    precondition(number >= 0 && number <= count)
    count -= number
  }

  mutating func removeAll() { count = 0 }

  /// Makes room for so many values.
  mutating func reserve(_ number: Int) {
    if capacity < number { grow(to: number) }
  }

  @inline(never)
  private mutating func grow(to needed: Int) {
    let wider = max(needed, capacity * 2)
    let moved = UnsafeMutablePointer<Element>.allocate(capacity: wider)
    unsafe moved.moveInitialize(from: base, count: count)
    unsafe base.deallocate()
    unsafe base = moved
    capacity = wider
  }
}

// It owns its memory alone, and changes only where it can be changed: in one task.
extension PlainStack: @unchecked Sendable where Element: Sendable {}

extension PlainStack<UInt8> {
  /// Appends a short text without a call: most names and words have at most sixteen bytes.
  @inline(__always)
  mutating func append(text: UnsafePointer<UInt8>, count length: Int) {
    guard length <= 16, capacity - count >= 16 else {
      unsafe append(contentsOf: UnsafeBufferPointer(start: text, count: length))
      return
    }
    let from = unsafe UnsafeRawPointer(text)
    let to = unsafe UnsafeMutableRawPointer(base + count)
    if length >= 8 {
      let last = length &- 8
      let (a, b) = unsafe (
        from.loadUnaligned(as: UInt64.self), from.loadUnaligned(fromByteOffset: last, as: UInt64.self)
      )
      unsafe to.storeBytes(of: a, as: UInt64.self)
      unsafe to.storeBytes(of: b, toByteOffset: last, as: UInt64.self)
    } else if length >= 4 {
      let last = length &- 4
      let (a, b) = unsafe (
        from.loadUnaligned(as: UInt32.self), from.loadUnaligned(fromByteOffset: last, as: UInt32.self)
      )
      unsafe to.storeBytes(of: a, as: UInt32.self)
      unsafe to.storeBytes(of: b, toByteOffset: last, as: UInt32.self)
    } else {
      var offset = 0
      while offset < length {
        unsafe to.storeBytes(of: text[offset], toByteOffset: offset, as: UInt8.self)
        offset &+= 1
      }
    }
    count &+= length
  }

  /// The quick hash of some of the bytes.
  @inline(__always)
  func hash(from start: Int, count length: Int) -> UInt32 {
    precondition(start >= 0 && length >= 0 && start &+ length <= count)
    return unsafe quickHash(base + start, length)
  }
}
