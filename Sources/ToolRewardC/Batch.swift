#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif
internal import Synchronization
internal import ToolReward

/// A batch that threads share: each takes the next few completions until none is left.
///
/// `@unchecked`: the caller's buffers are only read, or written at places that are one thread's alone.
@safe
final class Batch: @unchecked Sendable {
  let policy: PolicyObject
  private let tasks: BatchTasks
  private let texts: BatchTexts
  private let count: Int
  private let scores: UnsafeMutablePointer<Double>
  private let components: UnsafeMutablePointer<Double>?
  /// The lines of each share of the work; `nil` if they are not wanted.
  private let linesOfShares: UnsafeMutableBufferPointer<[UInt8]>?
  private let next = Atomic<Int>(0)
  /// How many helpers are at it. ``HelperCrew`` counts them.
  var helpers = 0

  /// As many completions as a thread takes at once.
  private static let share = 16
  /// As many completions as make another thread worth its while.
  private static let leastPerThread = 32

  init(
    policy: PolicyObject, tasks: BatchTasks, texts: BatchTexts, count: Int,
    scores: UnsafeMutablePointer<Double>, components: UnsafeMutablePointer<Double>?, wantsLines: Bool
  ) {
    self.policy = policy
    self.tasks = tasks
    self.texts = texts
    self.count = count
    unsafe self.scores = scores
    unsafe self.components = components
    if wantsLines {
      let shares = (count + Self.share - 1) / Self.share
      let lines = UnsafeMutableBufferPointer<[UInt8]>.allocate(capacity: shares)
      unsafe lines.initialize(repeating: [])
      unsafe linesOfShares = lines
    } else {
      unsafe linesOfShares = nil
    }
  }

  deinit {
    if let lines = unsafe linesOfShares {
      unsafe lines.deinitialize()
      unsafe lines.deallocate()
    }
  }

  /// Scores the batch in this thread and up to `threads - 1` others.
  func run(threads: Int) {
    HelperCrew.work(at: self, helpers: max(0, min(threads, count / Self.leastPerThread) - 1))
  }

  /// Whether nothing is left to take.
  var isDone: Bool { next.load(ordering: .relaxed) * Self.share >= count }

  /// The verdicts as JSON Lines, share by share.
  var lines: [[UInt8]] { unsafe linesOfShares.map { unsafe Array($0) } ?? [] }

  /// As many threads as there are cores.
  static var processorCount: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  /// Scores share after share until none is left.
  func work() {
    let room = LibraryLock.withTable { _ in policy.takeRoom() }
    var hashes: [UInt64] = []
    while true {
      let share = next.add(1, ordering: .relaxed).oldValue
      let start = share * Self.share
      if start >= count { break }
      let end = min(start + Self.share, count)
      switch tasks {
      case .compiled(let tasks): if unsafe tasks.count > 1 { unsafe room.readAhead(tasks[start..<end]) }
      case .texts(let truths):
        hashes.removeAll(keepingCapacity: true)
        for index in start..<end { hashes.append(room.tasks.readAhead(unsafe truths.texts[index].span)) }
      }
      var output: [UInt8] = []
      for index in start..<end { score(index, room, hashes.isEmpty ? nil : hashes[index - start], &output) }
      unsafe linesOfShares?[share] = output
    }
    LibraryLock.withTable { _ in policy.giveBack(room) }
  }

  private func score(_ index: Int, _ room: ScoringRoom, _ hash: UInt64?, _ output: inout [UInt8]) {
    let text = unsafe texts[index]
    let isBrief = unsafe linesOfShares == nil
    var verdict = Verdict(score: nil, components: [], findings: [])
    switch tasks {
    case .compiled(let tasks):
      if let task = unsafe tasks.count == 1 ? tasks[0] : tasks[index] {
        verdict = unsafe task._withUnsafeGuaranteedRef { unsafe room.verdict(text.span, $0.task, isBrief: isBrief) }
      }
    case .texts(let truths):
      let truth = unsafe truths.texts[index]
      if text.count + truth.count <= ValueLimits.standard.bytes,
        let task = unsafe room.tasks.task(
          truth.span, isValue: truths.isValue(index), tools: truths.tools(index), hash: hash)
      {
        verdict = unsafe room.verdict(text.span, task, isBrief: isBrief)
      }
    }
    unsafe scores[index] = verdict.score ?? .nan
    if let components = unsafe components {
      unsafe verdict.write(to: components + index * policy.componentCount, count: policy.componentCount)
    }
    if unsafe linesOfShares != nil {
      policy.writer.append(verdict, id: Array(String(index + 1).utf8), to: &output)
    }
  }
}

/// What the completions of a batch are judged by.
@safe
enum BatchTasks {
  /// One for each completion, or one for all.
  case compiled([Unmanaged<TaskObject>?])
  case texts(TruthTexts)
}

/// Ground truths as text.
@safe
struct TruthTexts {
  let texts: BatchTexts
  /// For each whether it is a record's JSON value, not the string that it holds; `nil` if none is.
  let areValues: UnsafePointer<UInt8>?
  /// One for each completion, one for all, or none.
  let tools: [ToolsObject?]

  func isValue(_ index: Int) -> Bool { unsafe areValues.map { unsafe $0[index] != 0 } ?? false }

  func tools(_ index: Int) -> ToolsObject? { tools.count > 1 ? tools[index] : tools.first ?? nil }
}

extension Verdict {
  /// Writes the components; NaN where a part was not checked.
  func write(to target: UnsafeMutablePointer<Double>, count: Int) {
    for position in 0..<count {
      unsafe target[position] = position < components.count ? components[position] ?? .nan : .nan
    }
  }
}
