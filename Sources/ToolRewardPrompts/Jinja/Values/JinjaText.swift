/// A text of a heap: UTF-8, but that a lone surrogate has three bytes. Copying it, or taking a part of it, copies no bytes.
@safe
struct JinjaText: RandomAccessCollection, BitwiseCopyable {
  private let start: UnsafePointer<UInt8>
  private let size: UInt32

  /// - Precondition: At most 4 GiB; limits are far below, and JSON has no longer texts.
  @unsafe @inline(__always)
  init(start: UnsafePointer<UInt8>, count: Int) {
    unsafe self.start = start
    size = UInt32(count)
  }

  /// A text of the program.
  init(_ text: StaticString) {
    unsafe start = text.utf8Start
    size = UInt32(text.utf8CodeUnitCount)
  }

  var startIndex: Int { 0 }
  var endIndex: Int { Int(size) }
  var count: Int { @inline(__always) get { Int(size) } }
  var isEmpty: Bool { @inline(__always) get { size == 0 } }

  subscript(position: Int) -> UInt8 {
    @inline(__always) get {
      precondition(position >= 0 && position < count)
      return unsafe start[position]
    }
  }

  func withContiguousStorageIfAvailable<Result>(
    _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result? {
    try unsafe body(UnsafeBufferPointer(start: start, count: count))
  }

  private var buffer: UnsafeBufferPointer<UInt8> {
    @inline(__always) get { unsafe UnsafeBufferPointer(start: start, count: count) }
  }

  var span: Span<UInt8> {
    @_lifetime(borrow self) @inline(__always) get {
      let span = unsafe Span(_unsafeElements: UnsafeBufferPointer(start: start, count: count))
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  /// The bytes, copied.
  var bytes: [UInt8] { unsafe Array(buffer) }

  /// The text for a message.
  var message: String { unsafe String(decoding: buffer, as: UTF8.self) }

  @inline(__always)
  func append(to output: inout [UInt8]) { unsafe output.append(contentsOf: buffer) }

  /// Whether it is ASCII that `repr` writes as it is, between single quotes. O(bytes).
  var isPlain: Bool {
    let text = span
    for position in text.indices {
      let byte = text[position]
      if byte < 0x20 || byte >= 0x7F || byte == 0x27 || byte == 0x5C { return false }
    }
    return true
  }

  /// Whether every byte is ASCII. O(bytes).
  var isASCII: Bool {
    let text = span
    var seen: UInt8 = 0
    for position in text.indices { seen |= text[position] }
    return seen < 0x80
  }

  /// How many code points it has. O(bytes).
  var pointCount: Int {
    let text = span
    var count = 0
    for position in text.indices where text[position] & 0xC0 != 0x80 { count &+= 1 }
    return count
  }

  /// A part. O(1).
  @inline(__always)
  func part(_ range: Range<Int>) -> JinjaText {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return unsafe JinjaText(start: start + range.lowerBound, count: range.count)
  }

  @unsafe @inline(__always)
  func copy(to place: UnsafeMutablePointer<UInt8>) { unsafe place.initialize(from: start, count: count) }

  /// A number by which most texts differ; of equal ones it is the same.
  var mark: UInt64 {
    @inline(__always) get {
      if size == 0 { return 0 }
      let count = count
      return unsafe UInt64(size) << 24 | UInt64(start[0]) << 16 | UInt64(start[count &- 1]) << 8
        | UInt64(start[count &>> 1])
    }
  }

  @inline(__always)
  static func == (a: JinjaText, b: JinjaText) -> Bool {
    guard a.size == b.size else { return false }
    var position = 0
    let count = a.count
    // Short texts are the rule: words of eight bytes, the last one overlapping.
    if count >= 8 {
      let x = unsafe UnsafeRawPointer(a.start)
      let y = unsafe UnsafeRawPointer(b.start)
      while position &+ 8 <= count {
        if unsafe x.loadUnaligned(fromByteOffset: position, as: UInt64.self)
          != y.loadUnaligned(fromByteOffset: position, as: UInt64.self)
        {
          return false
        }
        position &+= 8
      }
      let last = count &- 8
      return unsafe x.loadUnaligned(fromByteOffset: last, as: UInt64.self)
        == y.loadUnaligned(fromByteOffset: last, as: UInt64.self)
    }
    while position < count {
      if unsafe a.start[position] != b.start[position] { return false }
      position &+= 1
    }
    return true
  }

  static func == (a: JinjaText, b: [UInt8]) -> Bool { a.count == b.count && a.elementsEqual(b) }

  /// Whether these are its first bytes.
  func starts(with prefix: JinjaText) -> Bool { count >= prefix.count && part(0..<prefix.count) == prefix }

  /// Whether these are its last bytes.
  func ends(with suffix: JinjaText) -> Bool { count >= suffix.count && part((count - suffix.count)..<count) == suffix }
}

extension JinjaText: Hashable {
  func hash(into hasher: inout Hasher) { unsafe hasher.combine(bytes: UnsafeRawBufferPointer(buffer)) }
}
