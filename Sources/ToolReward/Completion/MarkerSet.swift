internal import CYajl

/// A marker's place in a text.
struct MarkerPosition: BitwiseCopyable {
  enum Kind: UInt8, BitwiseCopyable {
    case reasoningOpen, reasoningClose, frameOpen, frameClose
    /// Within a frame.
    case callOpen, callClose, keyOpen, valueOpen, valueClose
    /// Of messages.
    case messageStart, messageChannel, messageConstraint, messageBody, messageEnd
  }
  let kind: Kind
  private let offset: UInt32
  private let length: UInt32

  init(kind: Kind, start: Int, length: Int) {
    self.kind = kind
    offset = UInt32(clamping: start)
    self.length = UInt32(clamping: length)
  }

  var start: Int { Int(offset) }
  var end: Int { Int(offset) + Int(length) }
}

/// A text's markers in order. Its room is used again from one text to the next.
struct MarkerList: ~Copyable {
  private var all = PlainStack<MarkerPosition>()
  /// The indices in `all` of those that open, and close, a frame.
  private var frameOpens = PlainStack<UInt32>()
  private var frameCloses = PlainStack<UInt32>()
  /// The last marker that closes reasoning.
  private(set) var lastReasoningClose: MarkerPosition?
  /// Whether some marker opens reasoning.
  private(set) var hasReasoningOpen = false

  var count: Int { all.count }

  subscript(index: Int) -> MarkerPosition { all[index] }

  mutating func removeAll() {
    all.removeAll()
    frameOpens.removeAll()
    frameCloses.removeAll()
    lastReasoningClose = nil
    hasReasoningOpen = false
  }

  mutating func append(_ marker: MarkerPosition) {
    switch marker.kind {
    case .frameOpen: frameOpens.append(UInt32(all.count))
    case .frameClose: frameCloses.append(UInt32(all.count))
    case .reasoningOpen: hasReasoningOpen = true
    case .reasoningClose: lastReasoningClose = marker
    default: break
    }
    all.append(marker)
  }

  /// The index of the first marker at or after `offset`. O(log markers).
  func index(from offset: Int) -> Int {
    var low = 0
    var high = all.count
    while low < high {
      let middle = (low + high) / 2
      if all[middle].start < offset { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The first marker that opens a frame at or after `offset`. O(log markers).
  func frameOpen(from offset: Int) -> MarkerPosition? { first(of: frameOpens, from: offset) }

  /// The first marker that closes a frame at or after `offset`. O(log markers).
  func frameClose(from offset: Int) -> MarkerPosition? { first(of: frameCloses, from: offset) }

  @inline(__always)
  private func first(of indices: borrowing PlainStack<UInt32>, from offset: Int) -> MarkerPosition? {
    var low = 0
    var high = indices.count
    while low < high {
      let middle = (low + high) / 2
      if all[Int(indices[middle])].start < offset { low = middle + 1 } else { high = middle }
    }
    return low < indices.count ? all[Int(indices[low])] : nil
  }
}

/// The markers of a format, found together in one pass.
struct MarkerSet: Sendable {
  private struct Marker {
    let kind: MarkerPosition.Kind
    let count: Int
    /// Where it stands in `bytes`.
    let start: Int
    /// Its first bytes, at most eight, as they lie in memory, and which of eight bytes they are.
    let word: UInt64
    let mask: UInt64
  }
  private let markers: [Marker]
  private let bytes: [UInt8]
  /// The byte all markers begin with, if it is one.
  private let commonFirst: UInt8?
  private let isFirst: [Bool]

  init(_ format: CompletionFormat) {
    var markers: [(kind: MarkerPosition.Kind, text: String)] = []
    func add(_ kind: MarkerPosition.Kind, _ texts: [String]) { markers += texts.map { (kind, $0) } }
    add(.frameOpen, format.frame.open)
    add(.frameClose, format.frame.close)
    switch format.payload {
    case .json, .python, .bfcl: break
    case .tagged(let tagged):
      add(.callOpen, tagged.callOpen)
      add(.callClose, tagged.callClose)
      add(.keyOpen, tagged.keyOpen)
      add(.valueOpen, tagged.valueOpen)
      add(.valueClose, tagged.valueClose)
    case .named(let named):
      add(.callOpen, named.callOpen)
      add(.callClose, named.callClose)
    case .channels(let channels):
      add(.messageStart, [channels.start])
      add(.messageChannel, [channels.channel])
      add(.messageConstraint, [channels.constraint])
      add(.messageBody, [channels.body])
      add(.messageEnd, channels.ends)
    }
    // Messages have markers of their own for reasoning.
    var reasoning = format.reasoning
    if case .channels = format.payload { reasoning = nil }
    if let rule = reasoning { markers += [(.reasoningOpen, rule.open), (.reasoningClose, rule.close)] }
    markers.removeAll { $0.text.utf8.isEmpty }
    // Of two markers at one place the longer is meant.
    markers.sort { $0.text.utf8.count > $1.text.utf8.count }
    var bytes: [UInt8] = []
    var isFirst = [Bool](repeating: false, count: 256)
    self.markers = markers.map { marker in
      let start = bytes.count
      bytes += marker.text.utf8
      isFirst[Int(bytes[start])] = true
      var word: UInt64 = 0
      var mask: UInt64 = 0
      for byte in bytes[start...].prefix(8).reversed() {
        word = word << 8 | UInt64(byte)
        mask = mask << 8 | 0xFF
      }
      return Marker(
        kind: marker.kind, count: bytes.count - start, start: start, word: UInt64(littleEndian: word),
        mask: UInt64(littleEndian: mask))
    }
    self.bytes = bytes
    self.isFirst = isFirst
    let firsts = isFirst.indices.filter { isFirst[$0] }
    commonFirst = firsts.count == 1 ? UInt8(firsts[0]) : nil
  }

  /// Every marker from `start` on, in order. Those inside payloads are among them. O(text).
  func scan(_ text: Span<UInt8>, from start: Int, into found: inout MarkerList) {
    found.removeAll()
    unsafe text.withUnsafeBufferPointer { text in
      unsafe markers.withUnsafeBufferPointer { markers in
        unsafe bytes.withUnsafeBufferPointer { bytes in
          guard let base = text.baseAddress, let patterns = bytes.baseAddress else { return }
          var position = start
          while let candidate = unsafe nextCandidate(in: text, from: position) {
            position = candidate &+ 1
            let left = text.count &- candidate
            let place = unsafe base + candidate
            let word = unsafe left < 8 ? nil : UnsafeRawPointer(place).loadUnaligned(as: UInt64.self)
            for index in markers.indices {
              let marker = unsafe markers[index]
              // The first eight bytes are compared as one word.
              let compared = word == nil ? 0 : 8
              if let word, (word ^ marker.word) & marker.mask != 0 { continue }
              if marker.count > compared {
                guard marker.count <= left,
                  unsafe memcmp(patterns + marker.start + compared, place + compared, marker.count &- compared) == 0
                else { continue }
              }
              found.append(MarkerPosition(kind: marker.kind, start: candidate, length: marker.count))
              position = candidate &+ marker.count
              break
            }
          }
        }
      }
    }
  }

  @inline(__always)
  private func nextCandidate(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    guard start < text.count, let base = text.baseAddress else { return nil }
    if let commonFirst {
      guard let found = unsafe memchr(base + start, Int32(commonFirst), text.count &- start) else { return nil }
      return unsafe UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
    }
    var position = start
    while position < text.count {
      if unsafe isFirst[Int(text[position])] { return position }
      position &+= 1
    }
    return nil
  }
}
