/// A marker's place in a text.
struct MarkerPosition {
  enum Kind: UInt8 {
    case reasoningOpen, reasoningClose, frameOpen, frameClose
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

/// The markers of a format, found together in one pass.
struct MarkerSet: Sendable {
  private let kinds: [MarkerPosition.Kind]
  private let patterns: PatternList
  /// The byte all markers begin with, if it is one.
  private let commonFirst: UInt8?
  private let isFirst: [Bool]

  init(_ format: CompletionFormat) {
    var markers: [(kind: MarkerPosition.Kind, bytes: [UInt8])] = [
      (.frameOpen, Array(format.frame.open.utf8)), (.frameClose, Array(format.frame.close.utf8)),
    ]
    if let rule = format.reasoning {
      markers.append((.reasoningOpen, Array(rule.open.utf8)))
      markers.append((.reasoningClose, Array(rule.close.utf8)))
    }
    markers.removeAll { $0.bytes.isEmpty }
    // Of two markers at one place the longer is meant.
    markers.sort { $0.bytes.count > $1.bytes.count }
    kinds = markers.map(\.kind)
    patterns = PatternList(markers.map(\.bytes))
    var isFirst = [Bool](repeating: false, count: 256)
    for marker in markers { isFirst[Int(marker.bytes[0])] = true }
    self.isFirst = isFirst
    let firsts = Set(markers.map { $0.bytes[0] })
    commonFirst = firsts.count == 1 ? firsts.first : nil
  }

  /// Every marker from `start` on, in order. Those inside payloads are among them. O(text).
  func scan(_ text: Span<UInt8>, from start: Int) -> [MarkerPosition] {
    var found: [MarkerPosition] = []
    var position = start
    while let candidate = nextCandidate(in: text, from: position) {
      position = candidate + 1
      if let marker = patterns.first(in: text, at: candidate) {
        found.append(MarkerPosition(kind: kinds[marker.index], start: candidate, length: marker.count))
        position = candidate + marker.count
      }
    }
    return found
  }

  @inline(__always)
  private func nextCandidate(in text: Span<UInt8>, from start: Int) -> Int? {
    if let commonFirst { return ByteSearch.firstIndex(of: commonFirst, in: text, from: start) }
    var position = start
    while position < text.count {
      if isFirst[Int(text[position])] { return position }
      position += 1
    }
    return nil
  }
}
