internal import ToolReward

/// Remembers what values were compiled to, by their text. The lines of one task carry the same tools and ground truth again and again;
/// comparing bytes is far cheaper than reading them.
///
/// Only values that end where they say they end are kept (arrays, objects, strings), so that a text which begins with a kept one has
/// exactly that value there, whatever follows.
struct RawValueMemo<Compiled> {
  private struct Entry {
    let raw: [UInt8]
    let compiled: Compiled
  }
  /// Entries are found by their first bytes: as many of these as they have.
  private static var prefixes: [Int] { [64, 16, 2] }
  private let byteLimit: Int
  private var entries: [Entry] = []
  private var byPrefix: [UInt64: [Int]] = [:]
  private var last: Int?
  private var bytes = 0
  /// How many values in a row were not known. Where every value is new, keeping them all only costs.
  private var misses = 0

  init(byteLimit: Int) {
    self.byteLimit = byteLimit
  }

  /// What the value that begins at `start` was compiled to, and its length; `nil` if it is not known.
  mutating func find(_ text: Span<UInt8>, at start: Int) -> (compiled: Compiled, length: Int)? {
    if let last, ByteSearch.matches(entries[last].raw, in: text, at: start) {
      misses = 0
      return (entries[last].compiled, entries[last].raw.count)
    }
    for prefix in Self.prefixes where start + prefix <= text.count {
      guard let candidates = byPrefix[Self.key(text, start..<(start + prefix))] else { continue }
      for candidate in candidates.suffix(32) where ByteSearch.matches(entries[candidate].raw, in: text, at: start) {
        last = candidate
        misses = 0
        return (entries[candidate].compiled, entries[candidate].raw.count)
      }
    }
    misses += 1
    return nil
  }

  /// Keeps a value. When there is too much, everything is forgotten first. After many new values in a row only one in sixteen is kept.
  mutating func keep(_ text: Span<UInt8>, _ range: Range<Int>, _ compiled: Compiled) {
    guard let prefix = Self.prefixes.first(where: { $0 <= range.count }), range.count <= byteLimit / 4 else { return }
    if misses > 256, misses % 16 != 0 { return }
    let closing = text[range.upperBound - 1]
    guard closing == 0x5D || closing == 0x7D || closing == 0x22 else { return }
    if bytes + range.count > byteLimit {
      entries.removeAll(keepingCapacity: true)
      byPrefix.removeAll(keepingCapacity: true)
      last = nil
      bytes = 0
    }
    var raw: [UInt8] = []
    unsafe text.extracting(range).withUnsafeBufferPointer { unsafe raw.append(contentsOf: $0) }
    entries.append(Entry(raw: raw, compiled: compiled))
    byPrefix[Self.key(text, range.lowerBound..<(range.lowerBound + prefix)), default: []].append(entries.count - 1)
    last = entries.count - 1
    bytes += range.count
  }

  private static func key(_ text: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
    var hash = StableHash(UInt64(range.count))
    for position in range { hash.add(text[position]) }
    return hash.state
  }
}
