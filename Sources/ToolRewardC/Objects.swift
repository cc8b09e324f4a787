internal import ToolReward
internal import ToolRewardBenchmarks
internal import ToolRewardData
internal import ToolRewardHeader

/// What a handle stands for.
enum Object {
  case policy(PolicyObject)
  case tools(ToolsObject)
  case task(TaskObject)
}

/// A compiled policy.
///
/// `@unchecked`: all but the room is immutable, and ``LibraryLock`` guards the room.
final class PolicyObject: @unchecked Sendable {
  let scorer: Scorer
  let writer: VerdictWriter
  let componentCount: Int
  private let options: ScorerOptions
  /// Room that no call uses now. Never more than calls ran at once.
  private var room: [ScoringRoom] = []

  init(_ options: ScorerOptions) throws(ScorerOptionsError) {
    self.options = options
    scorer = try Scorer(options, rewards: .withBenchmarks)
    writer = VerdictWriter(scorer.reward)
    componentCount = scorer.reward.componentNames.count
    rehearse()
  }

  /// What the policy is, as JSON.
  var json: [UInt8] {
    var json: [UInt8] = []
    let view = InputView.named.first { $0.value == scorer.view }?.name ?? ""
    let members = [
      ("version", toolRewardVersion), ("reward", scorer.reward.name), ("format", scorer.parser.format.name),
      ("view", view),
    ]
    for (name, value) in members {
      json.append(contentsOf: "\(json.isEmpty ? "{" : ",")\"\(name)\":".utf8)
      VerdictWriter.append(value, to: &json)
    }
    json.append(contentsOf: #","uses_tools":\#(scorer.usesTools),"assistant_markers":["#.utf8)
    for (position, marker) in scorer.parser.format.assistantMarkers.enumerated() {
      if position > 0 { json.append(0x2C) }
      VerdictWriter.append(marker, to: &json)
    }
    json.append(0x5D)
    json.append(contentsOf: #","components":["#.utf8)
    for (position, name) in scorer.reward.componentNames.enumerated() {
      if position > 0 { json.append(0x2C) }
      VerdictWriter.append(name, to: &json)
    }
    json.append(contentsOf: "]}".utf8)
    return json
  }

  /// Takes room for a call. Under the lock.
  ///
  /// Each has a scorer of its own: threads that count references to one another's wait for each other.
  func takeRoom() -> ScoringRoom {
    room.popLast() ?? ScoringRoom((try? Scorer(options, rewards: .withBenchmarks)) ?? scorer)
  }

  /// Gives room back. Under the lock.
  func giveBack(_ room: ScoringRoom) {
    if !room.isHuge { self.room.append(room) }
  }

  /// Scores once, so that what the runtime makes at first use is made while nobody else wants it.
  private func rehearse() {
    let room = takeRoom()
    let completion = Array(
      "<think>x</think><tool_call>[{\"name\":\"f\",\"arguments\":{\"a\":[1,\"\",null]}}]</tool_call>".utf8)
    let truth = Array("[{\"name\":\"f\",\"arguments\":{\"a\":[2]}}]".utf8)
    if let task = room.tasks.task(truth.span, isValue: false, tools: nil) {
      var line: [UInt8] = []
      writer.append(room.verdict(completion.span, task, isBrief: false), id: [0x31], to: &line)
      _ = room.verdict(completion.span, task, isBrief: true)
    }
    giveBack(room)
  }
}

/// Compiled tools.
final class ToolsObject: Sendable {
  let toolbox: Toolbox

  init(_ toolbox: Toolbox) { self.toolbox = toolbox }
}

/// What completions of one prompt are judged by.
final class TaskObject: Sendable {
  let policy: PolicyObject
  let task: ScoringTask

  init(_ policy: PolicyObject, _ task: ScoringTask) {
    self.policy = policy
    self.task = task
  }
}

/// Room for one thread's scoring.
final class ScoringRoom {
  private let scorer: Scorer
  let workspace = ScoringWorkspace()
  private(set) lazy var records = RecordScorer(scorer: scorer)
  private(set) lazy var tasks = TaskMemo(scorer)
  /// Whether it grew by a text so long that it is not worth keeping.
  private(set) var isHuge = false

  private static let longestKept = 1 << 20

  /// Kept, so that reading ahead is not left out.
  private var read = 0

  init(_ scorer: Scorer) { self.scorer = scorer }

  /// Has the processor fetch what some tasks are judged by.
  func readAhead(_ tasks: ArraySlice<Unmanaged<TaskObject>?>) {
    for index in unsafe tasks.indices {
      if let task = unsafe tasks[index] {
        read &+= unsafe task._withUnsafeGuaranteedRef { $0.task.groundTruth.readAhead() }
      }
    }
  }

  /// What the command writes for records in JSON Lines.
  func lines(ofRecords text: Span<UInt8>, firstLine: Int) -> [UInt8] {
    var output: [UInt8] = []
    var start = 0
    var number = firstLine
    while start < text.count {
      var end = start
      while end < text.count, text[end] != 0x0A { end += 1 }
      records.score(text, start..<end, line: number, into: &output)
      number += 1
      start = end + 1
    }
    return output
  }

  /// Judges a completion: text, or under the view `structured` the JSON of messages.
  ///
  /// - Parameter isBrief: Whether nobody reads the findings.
  func verdict(_ completion: Span<UInt8>, _ task: ScoringTask, isBrief: Bool) -> Verdict {
    if completion.count > Self.longestKept { isHuge = true }
    guard scorer.view == .structured else {
      return scorer.score(completion, for: task, using: workspace, isBrief: isBrief)
    }
    do throws(ValueError) {
      return scorer.score(message: try ValueReader.read(completion, as: scorer.reward.syntax, depth: 1), for: task)
    } catch {
      return .unscorable(.invalidMessage, componentCount: scorer.reward.componentNames.count)
    }
  }
}

@available(*, unavailable)
extension ScoringRoom: Sendable {}

extension ValueReader {
  /// Reads a value as it is read within a record, of which it is `depth` levels down: as JSON, and where a reward has Python's syntax and
  /// JSON refuses it, as that.
  static func read(
    _ text: Span<UInt8>, as syntax: Syntax, depth: Int, session: ValueSession = ValueSession()
  ) throws(ValueError) -> Value {
    var limits: ValueLimits = syntax == .python ? .python : .standard
    limits.depth -= depth
    do throws(ValueError) {
      return try session.value(text, syntax: .json, limits: limits)
    } catch {
      guard syntax == .python, error.code == .malformed || error.code == .loneSurrogate else { throw error }
      return try session.value(text, syntax: .python, limits: limits)
    }
  }
}

/// Looks objects up by their handles.
enum Objects {
  static func add(_ object: Object) throws(Failure) -> UInt64 {
    guard let handle = LibraryLock.withTable({ $0.add(object) }) else { throw .tooManyHandles }
    return handle
  }

  static func policy(_ handle: UInt64) throws(Failure) -> PolicyObject {
    guard case .policy(let policy)? = LibraryLock.withTable({ $0[handle] }) else {
      throw .handle("policy")
    }
    return policy
  }

  static func tools(_ handle: UInt64) throws(Failure) -> ToolsObject {
    guard case .tools(let tools)? = LibraryLock.withTable({ $0[handle] }) else {
      throw .handle("tools")
    }
    return tools
  }

  /// A task, and room to score with it: one look at the lock.
  static func taskAndRoom(_ handle: UInt64) throws(Failure) -> (TaskObject, ScoringRoom) {
    let found: (TaskObject, ScoringRoom)? = LibraryLock.withTable { table in
      guard case .task(let task)? = table[handle] else { return nil }
      return (task, task.policy.takeRoom())
    }
    guard let found else { throw .handle("task") }
    return found
  }

  /// A policy, and room to score by it.
  static func policyAndRoom(_ handle: UInt64) throws(Failure) -> (PolicyObject, ScoringRoom) {
    let found: (PolicyObject, ScoringRoom)? = LibraryLock.withTable { table in
      guard case .policy(let policy)? = table[handle] else { return nil }
      return (policy, policy.takeRoom())
    }
    guard let found else { throw .handle("policy") }
    return found
  }

  /// Tools by their handles; `nil` where one is 0.
  static func tools(_ handles: UnsafeBufferPointer<UInt64>) throws(Failure) -> [ToolsObject?] {
    var wrong: Int?
    let found: [ToolsObject?] = LibraryLock.withTable { table in
      (0..<handles.count).map { index in
        let handle = unsafe handles[index]
        if handle == 0 { return nil }
        guard case .tools(let tools)? = table[handle] else {
          wrong = wrong ?? index
          return nil
        }
        return tools
      }
    }
    if let wrong {
      throw Failure(
        TOOLREWARD_INVALID_HANDLE,
        "tools[\(wrong)] is no tools': it was released, belongs to something else, or was never made")
    }
    return found
  }

  /// Runs a batch with its tasks, which must be a policy's own.
  static func withTasks(
    _ handles: UnsafeBufferPointer<UInt64>, of policy: PolicyObject, _ body: ([Unmanaged<TaskObject>?]) -> Void
  ) throws(Failure) {
    let found = unsafe LibraryLock.withTable { unsafe $0.beginBatch(handles, of: policy) }
    if let wrong = unsafe found.wrong {
      throw Failure(
        TOOLREWARD_INVALID_HANDLE,
        "tasks[\(wrong)] is no task of this policy: it was released, belongs to something else, or was never made")
    }
    unsafe body(found.tasks)
    let began = unsafe found.began
    _ = LibraryLock.withTable { $0.endBatch(began) }
  }
}
