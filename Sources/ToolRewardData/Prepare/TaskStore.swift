internal import ToolReward

/// A list that grows without ever being copied as a whole.
struct BlockList<Element: BitwiseCopyable> {
  private static var blockSize: Int { 1 << 14 }
  private var blocks: [[Element]] = []
  private(set) var count = 0

  mutating func append(_ element: Element) {
    if count % Self.blockSize == 0 {
      var block: [Element] = []
      block.reserveCapacity(Self.blockSize)
      blocks.append(block)
    }
    blocks[blocks.count - 1].append(element)
    count += 1
  }

  subscript(position: Int) -> Element {
    get { blocks[position / Self.blockSize][position % Self.blockSize] }
    set { blocks[position / Self.blockSize][position % Self.blockSize] = newValue }
  }
}

/// A set of hashes, in at most sixteen bytes each, and twenty-seven while it grows.
struct HashedSet {
  private var slots: [UInt64] = [UInt64](repeating: 0, count: 1024)
  private var count = 0
  private var hasZero = false

  /// Adds a hash; false if it is there.
  mutating func insert(_ hash: UInt64) -> Bool {
    guard hash != 0 else {
      defer { hasZero = true }
      return !hasZero
    }
    if count * 4 >= slots.count * 3 { grow() }
    guard Self.place(hash, in: &slots) else { return false }
    count += 1
    return true
  }

  private mutating func grow() {
    var larger = [UInt64](repeating: 0, count: slots.count + slots.count / 2)
    for hash in slots where hash != 0 { _ = Self.place(hash, in: &larger) }
    slots = larger
  }

  private static func place(_ hash: UInt64, in slots: inout [UInt64]) -> Bool {
    var slot = Int(hash.multipliedFullWidth(by: UInt64(slots.count)).high)
    while slots[slot] != 0 {
      if slots[slot] == hash { return false }
      slot += 1
      if slot == slots.count { slot = 0 }
    }
    slots[slot] = hash
    return true
  }
}

/// Tasks that were seen, as many as fit in 48 MiB.
public struct SeenTasks: Sendable {
  /// The most that are remembered.
  public static let most = 1_500_000
  private var hashes = HashedSet()
  private var count = 0

  /// Creates an empty set.
  public init() {}

  /// Whether a task came when no more could be remembered.
  public var isFull: Bool { count >= Self.most }

  /// Adds a task; false if the same was seen.
  public mutating func insert(_ print: TaskFingerprint) -> Bool {
    guard !isFull else { return true }
    guard hashes.insert(print.exact) else { return false }
    count += 1
    return true
  }
}

/// A task that a worker wrote.
public struct StoredTask: Sendable {
  /// The bytes of its unfinished line.
  public var length: Int
  /// What tells it from others.
  public var print: TaskFingerprint
  /// Whether its prompt has two messages or more besides the system's.
  public var isMultiTurn: Bool
}

/// The tasks that are kept: where their lines stand in a file on disk. At most 64 bytes a task.
public struct TaskStore {
  /// Which tasks count as seen before.
  public enum Deduplication: String, Sendable, Hashable, CaseIterable {
    /// None.
    case none
    /// Those with the same messages, tools and answer.
    case exact
    /// And those whose words differ little: SimHashes at most three bits apart.
    case near
  }

  private var deduplicator: Deduplicator?
  /// Offset and length in one word: 38 and 26 bits.
  private var places = BlockList<UInt64>()
  private var end = 0

  /// Creates an empty store.
  public init(_ deduplication: Deduplication) {
    deduplicator = deduplication == .none ? nil : Deduplicator(findsNear: deduplication == .near)
  }

  /// How many tasks are kept.
  public var count: Int { places.count }

  /// The longest line that is stored.
  public static let lengthLimit = (1 << 26) - 1

  /// Adds the task whose line was written to the file last. Returns why it is not kept.
  public mutating func add(_ task: StoredTask) -> DroppedRow.Code? {
    let offset = end
    end += task.length
    switch deduplicator?.add(task.print) ?? .new {
    case .duplicate: return .duplicate
    case .nearDuplicate: return .nearDuplicate
    case .new: break
    }
    places.append(UInt64(offset) << 26 | UInt64(task.length))
    return nil
  }

  /// Puts the tasks in a random order, the same for the same seed.
  public mutating func shuffle(seed: UInt64) {
    var random = SplitMix64(seed: seed, 3)
    guard count > 1 else { return }
    for last in stride(from: count - 1, through: 1, by: -1) {
      let other = random.below(last + 1)
      let place = places[last]
      places[last] = places[other]
      places[other] = place
    }
  }

  /// Where a task's line stands.
  public func range(of position: Int) -> Range<Int> {
    let place = places[position]
    let offset = Int(place >> 26)
    return offset..<(offset + Int(place & 0x3FF_FFFF))
  }
}

@available(*, unavailable)
extension TaskStore: Sendable {}
