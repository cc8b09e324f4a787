internal import ToolReward

/// What tells tasks apart: equal ones have equal ``exact``; those with the same answer and the same tools' names that are worded alike are
/// near each other in ``similar``.
public struct TaskFingerprint: Sendable, Hashable {
  /// A hash of messages, tools and answer.
  public var exact: UInt64
  /// The SimHash (Charikar, STOC 2002) of the words of what users and tools say, turned by a hash of the answer and of the tools' names: tasks
  /// with another answer are as far apart as chance has it.
  public var similar: UInt64
  /// How many words that is made of.
  public var words: Int

  /// A fingerprint of nothing, where none is asked for.
  init() {
    exact = 0
    similar = 0
    words = 0
  }

  /// A task's fingerprint. O(task).
  ///
  /// - Parameter findsNear: Whether ``similar`` is asked for.
  init(_ task: TrainingRecord, findsNear: Bool) {
    var hash = StableHash()
    var sums = [Int32](repeating: 0, count: 64)
    var count = 0
    func weigh(_ text: [UInt8]) {
      guard findsNear else { return }
      var previous: UInt64 = 0
      TaskFingerprint.forEachWord(in: text) { word in
        count += 1
        TaskFingerprint.add(word, to: &sums)
        TaskFingerprint.add(SplitMix64.mix(word ^ previous &* 3), to: &sums)
        previous = word
      }
    }
    for message in task.messages {
      hash.add(message.role.rawValue.utf8)
      hash.add([0])
      hash.add(message.content)
      let calls = CallText.python(message.calls)
      if !message.calls.isEmpty { hash.add(calls) }
      if message.role == .user || message.role == .tool { weigh(message.content) }
    }
    for tool in task.tools { hash.add(JSONWriter.compact.write(tool)) }
    let answer = CallText.python(task.groundTruth ?? [])
    hash.add(answer)
    exact = hash.value
    guard findsNear else {
      similar = 0
      words = 0
      return
    }
    var right = StableHash()
    right.add(answer)
    for name in task.tools.compactMap({ ToolName.of($0) }).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      right.add([0])
      right.add(name)
    }
    var bits: UInt64 = 0
    for bit in 0..<64 where sums[bit] > 0 { bits |= 1 << UInt64(bit) }
    similar = bits ^ right.value
    words = count
  }

  private static func add(_ feature: UInt64, to sums: inout [Int32]) {
    var bits = feature
    for bit in 0..<64 {
      sums[bit] += bits & 1 == 1 ? 1 : -1
      bits >>= 1
    }
  }

  /// Words: letters and digits, in lower case; every byte beyond ASCII is part of one.
  private static func forEachWord(in text: [UInt8], _ body: (UInt64) -> Void) {
    var hash = StableHash()
    var isOpen = false
    for byte in text {
      switch byte {
      case 0x30...0x39, 0x61...0x7A, 0x80...0xFF: hash.add(byte)
      case 0x41...0x5A: hash.add(byte | 0x20)
      default:
        if isOpen { body(hash.value) }
        hash = StableHash()
        isOpen = false
        continue
      }
      isOpen = true
    }
    if isOpen { body(hash.value) }
  }
}

/// Finds tasks that were seen before.
struct Deduplicator {
  /// What a task is beside those before it.
  enum Finding { case new, duplicate, nearDuplicate }

  /// The most bits that the hashes of tasks alike differ in: then they share a quarter.
  private static let distance = 3
  /// Fewer words than these are alike by chance.
  private static let fewestWords = 8
  private let findsNear: Bool
  private var exact = HashedSet()
  /// The hashes of the tasks that are kept, and for each quarter of them the next task with the same quarter.
  private var hashes = BlockList<UInt64>()
  private var next = [BlockList<UInt32>](repeating: BlockList(), count: 4)
  private var first: [[UInt32]]

  init(findsNear: Bool) {
    self.findsNear = findsNear
    first = findsNear ? [[UInt32]](repeating: [UInt32](repeating: .max, count: 1 << 16), count: 4) : []
  }

  mutating func add(_ print: TaskFingerprint) -> Finding {
    guard exact.insert(print.exact) else { return .duplicate }
    guard findsNear, print.words >= Self.fewestWords else { return .new }
    for quarter in 0..<4 {
      var place = first[quarter][Self.key(print.similar, quarter)]
      while place != .max {
        if (hashes[Int(place)] ^ print.similar).nonzeroBitCount <= Self.distance { return .nearDuplicate }
        place = next[quarter][Int(place)]
      }
    }
    let place = UInt32(truncatingIfNeeded: hashes.count)
    hashes.append(print.similar)
    for quarter in 0..<4 {
      let key = Self.key(print.similar, quarter)
      next[quarter].append(first[quarter][key])
      first[quarter][key] = place
    }
    return .new
  }

  private static func key(_ hash: UInt64, _ quarter: Int) -> Int { Int(hash >> UInt64(quarter * 16) & 0xFFFF) }
}
