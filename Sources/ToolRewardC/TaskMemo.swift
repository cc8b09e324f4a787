internal import ToolReward

/// Compiles ground truths that come as text, and remembers the last ones: a group of completions shares one, and an epoch has the same again.
/// One thread's own, so that nothing is locked.
final class TaskMemo {
  private final class Entry {
    let hash: UInt64
    let truth: [UInt8]
    let isValue: Bool
    let tools: ToolsObject?
    let task: ScoringTask

    init(hash: UInt64, truth: [UInt8], isValue: Bool, tools: ToolsObject?, task: ScoringTask) {
      self.hash = hash
      self.truth = truth
      self.isValue = isValue
      self.tools = tools
      self.task = task
    }
  }

  private let scorer: Scorer
  private let session = ValueSession()
  /// By hash; whatever comes to a place that is taken takes it over.
  private var entries: [Entry?] = []
  private var bytes = 0
  private let seed = UInt64.random(in: .min ... .max) | 1

  private static let places = 1 << 14
  /// The longest text that is remembered, and how much of all.
  private static let longest = 16 << 10
  private static let mostBytes = 32 << 20

  init(_ scorer: Scorer) { self.scorer = scorer }

  /// Hashes a text, and has the processor fetch what is remembered of it: for several in turn, where each would be waited for.
  func readAhead(_ truth: Span<UInt8>) -> UInt64 {
    let hash = hash(truth)
    if !entries.isEmpty, let entry = entries[Int(truncatingIfNeeded: hash >> 50)], entry.hash == hash {
      var position = 0
      while position < entry.truth.count {
        read &+= Int(entry.truth[position])
        position += 64
      }
      read &+= entry.task.groundTruth.readAhead()
    }
    return hash
  }

  /// Kept, so that reading ahead is not left out.
  private var read = 0

  /// What a ground truth's completions are judged by; `nil` if it cannot be compiled.
  ///
  /// - Parameters:
  ///   - truth: The text: what a record's string holds, or its JSON value.
  ///   - isValue: Whether it is the JSON value.
  ///   - hash: What ``readAhead(_:)`` gave for the text.
  func task(_ truth: Span<UInt8>, isValue: Bool, tools: ToolsObject?, hash: UInt64? = nil) -> ScoringTask? {
    let hash = hash ?? self.hash(truth)
    let place = Int(truncatingIfNeeded: hash >> 50)
    if !entries.isEmpty, let entry = entries[place], entry.hash == hash, entry.isValue == isValue,
      entry.tools === tools,
      Self.areEqual(entry.truth, truth)
    {
      return entry.task
    }
    guard let value = isValue ? value(truth) : text(truth) else { return nil }
    let compiled: GroundTruth
    do throws(GroundTruthError) {
      compiled = try scorer.reward.compile(groundTruth: value)
    } catch {
      return nil
    }
    let task = ScoringTask(groundTruth: compiled, tools: scorer.usesTools ? tools?.toolbox : nil)
    guard truth.count <= Self.longest else { return task }
    if entries.isEmpty { entries = [Entry?](repeating: nil, count: Self.places) }
    bytes += truth.count - (entries[place]?.truth.count ?? 0)
    if bytes > Self.mostBytes {
      entries = [Entry?](repeating: nil, count: Self.places)
      bytes = truth.count
    }
    entries[place] = Entry(
      hash: hash, truth: unsafe truth.withUnsafeBufferPointer { unsafe Array($0) }, isValue: isValue, tools: tools,
      task: task)
    return task
  }

  /// The value of a record's member, one level within it.
  private func value(_ truth: Span<UInt8>) -> Value? {
    try? ValueReader.read(truth, as: scorer.reward.syntax, depth: 1, session: session)
  }

  /// The value that a record's string holds. What is not JSON, or a string again, is left to the reward as the string it is.
  private func text(_ truth: Span<UInt8>) -> Value? {
    let syntax = scorer.reward.syntax
    if let value = try? session.value(truth, syntax: syntax, limits: syntax == .python ? .python : .standard),
      value.kind == .array
    {
      return value
    }
    return Value.string(truth, session)
  }

  private static func areEqual(_ bytes: [UInt8], _ text: Span<UInt8>) -> Bool {
    ByteSearch.equal(bytes.span, 0..<bytes.count, text, 0..<text.count)
  }

  private func hash(_ text: Span<UInt8>) -> UInt64 {
    var hash = seed ^ UInt64(text.count)
    var position = 0
    unsafe text.withUnsafeBytes { bytes in
      while position + 8 <= bytes.count {
        let word = unsafe bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
        hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
        hash ^= hash >> 32
        position += 8
      }
      while position < bytes.count {
        hash = unsafe (hash ^ UInt64(bytes[position])) &* 0x9E37_79B9_7F4A_7C15
        position += 1
      }
    }
    return (hash ^ hash >> 29) &* 0xBF58_476D_1CE4_E5B9
  }
}
