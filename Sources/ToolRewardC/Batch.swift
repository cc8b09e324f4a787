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
  /// One for each completion, or one for all.
  private let tasks: [Unmanaged<TaskObject>?]
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
    policy: PolicyObject, tasks: [Unmanaged<TaskObject>?], texts: BatchTexts, count: Int,
    scores: UnsafeMutablePointer<Double>, components: UnsafeMutablePointer<Double>?, wantsLines: Bool
  ) {
    self.policy = policy
    unsafe self.tasks = tasks
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

  /// The verdicts as JSON Lines, share by share.
  var lines: [[UInt8]] { unsafe linesOfShares.map { unsafe Array($0) } ?? [] }

  /// As many threads as there are cores.
  static var processorCount: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  /// Scores share after share until none is left.
  func work() {
    let room = LibraryLock.withTable { _ in policy.takeRoom() }
    while true {
      let share = next.add(1, ordering: .relaxed).oldValue
      let start = share * Self.share
      if start >= count { break }
      let end = min(start + Self.share, count)
      if unsafe tasks.count > 1 { unsafe room.readAhead(tasks[start..<end]) }
      var output: [UInt8] = []
      for index in start..<end { score(index, room, &output) }
      unsafe linesOfShares?[share] = output
    }
    LibraryLock.withTable { _ in policy.giveBack(room) }
  }

  private func score(_ index: Int, _ room: ScoringRoom, _ output: inout [UInt8]) {
    let task = unsafe tasks.count == 1 ? tasks[0] : tasks[index]
    let text = unsafe texts[index]
    let verdict: Verdict
    if let task = unsafe task {
      verdict = unsafe task._withUnsafeGuaranteedRef {
        unsafe room.verdict(text.span, $0.task, isBrief: linesOfShares == nil)
      }
    } else {
      verdict = Verdict(score: nil, components: [], findings: [])
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

extension Verdict {
  /// Writes the components; NaN where a part was not checked.
  func write(to target: UnsafeMutablePointer<Double>, count: Int) {
    for position in 0..<count {
      unsafe target[position] = position < components.count ? components[position] ?? .nan : .nan
    }
  }
}
