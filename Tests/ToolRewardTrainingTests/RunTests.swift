import Foundation
import Testing
import ToolReward

@testable import ToolRewardTraining

/// Whose run a folder is, and what nobody else may do to it.
struct RunTests {
  private static func error(_ body: () async throws -> Void) async -> String {
    do {
      try await body()
      return ""
    } catch {
      return "\(error as? TrainingError)"
    }
  }

  private static let toolLine =
    #"{"prompt": "Call Anna now.", "ground_truth": [{"name": "call_contact", "arguments": {"name": "Anna"}}], "tools": "#

  /// Whatever changes a run's bytes is refused by name, and nothing of the run is touched.
  @Test func otherRunsAreRefusedByName() async throws {
    let lines = Small.lines + "\n" + Self.toolLine + #"[{"name": "call_contact", "parameters": {"type": "object"}}]}"#
    func tasks(_ change: (String) -> String = { $0 }) -> [TrainingTask] { Small.tasks(change(lines)).tasks }
    let folder = try Scratch()
    func run(
      tasks: [TrainingTask], heldOut: [TrainingTask], origin: [String: String] = ["reward's file": "a"],
      policy: LogLinearPolicy? = nil, _ change: (inout TrainingConfiguration) -> Void = { _ in }
    ) async -> String {
      await Self.error {
        _ = try await Small.trainer(
          in: folder.path, try policy ?? Small.policy(), tasks: tasks, heldOut: heldOut, origin: origin
        ) {
          $0.steps = 2
          change(&$0)
        }.run(resumes: true)
      }
    }
    let (own, held) = (tasks(), tasks())
    #expect(await run(tasks: own, heldOut: held) == "")
    let before = try folder.snapshot()
    let other = try Small.policy()
    other.parameters[7] += 1e-9
    let rows: [(name: String, error: String)] = [
      ("reward's file", await run(tasks: own, heldOut: held, origin: ["reward's file": "b"])),
      ("reward's file", await run(tasks: own, heldOut: held, origin: [:])),
      ("policy was", await run(tasks: own, heldOut: held, policy: other)),
      // An argument's value, its type, the tools, a demonstration, the order.
      ("training tasks", await run(tasks: tasks { $0.replacing("\"Peter\"}", with: "\"Petra\"}") }, heldOut: held)),
      ("training tasks", await run(tasks: tasks { $0.replacing("\"Paris\"}", with: "1}") }, heldOut: held)),
      ("training tasks", await run(tasks: tasks { $0.replacing("\"object\"", with: "\"array\"") }, heldOut: held)),
      (
        "training tasks",
        await run(tasks: tasks { $0.replacing("\"tools\"", with: "\"completion\": \"x\", \"tools\"") }, heldOut: held)
      ),
      ("training tasks", await run(tasks: own.reversed(), heldOut: held)),
      ("held-out tasks", await run(tasks: own, heldOut: Array(held.dropLast()))),
      ("steps was '2', is '3'", await run(tasks: own, heldOut: held) { $0.steps = 3 }),
      ("seed", await run(tasks: own, heldOut: held) { $0.seed = 2 }),
      ("target was 'none', is '0.5'", await run(tasks: own, heldOut: held) { $0.target = 0.5 }),
      ("steps without learning", await run(tasks: own, heldOut: held) { $0.hopelessSteps = 9 }),
      ("collapse fraction", await run(tasks: own, heldOut: held) { $0.collapseFraction = 0.4 }),
      ("algorithm's parts", await run(tasks: own, heldOut: held) { $0.algorithm.kl?.valueLimit = 9 }),
      ("algorithm's parts", await run(tasks: own, heldOut: held) { $0.algorithm.entropyCoefficient = 1 }),
    ]
    for row in rows {
      #expect(row.error.contains(row.name) && row.error.contains("run.json") && row.error.contains("another folder"))
    }
    #expect(try folder.snapshot() == before)
    #expect(await run(tasks: own, heldOut: held) == "")
    #expect(try folder.snapshot() == before)
  }

  /// Killed before its first checkpoint a run begins again; a run that cannot be told from another's does not.
  @Test func withoutACheckpointTheSettingsDecide() async throws {
    let (whole, part) = (try Scratch(), try Scratch())
    for folder in [whole, part] { _ = try await Small.trainer(in: folder.path, try Small.policy()).run() }
    try FileManager.default.removeItem(atPath: "\(part.path)/latest")
    let before = try part.snapshot()
    let refused = await Self.error {
      _ = try await Small.trainer(in: part.path, try Small.policy()) { $0.seed = 5 }.run(resumes: true)
    }
    #expect(refused.contains("seed was '1', is '5'"))
    #expect(try part.snapshot() == before)
    var notices: [String] = []
    _ = try await Small.trainer(in: part.path, try Small.policy()).run(
      resumes: true, onEvent: { if case .notice(let text) = $0 { notices.append(text) } })
    #expect(notices.contains { $0.contains("no checkpoint yet") })
    #expect(try part.snapshot() == whole.snapshot())
    try FileManager.default.removeItem(atPath: "\(part.path)/run.json")
    let unknown = await Self.error {
      _ = try await Small.trainer(in: part.path, try Small.policy()).run(resumes: true)
    }
    #expect(unknown.contains("run.json") && unknown.contains("another folder"))
    try part.write("run.json", Array("[".utf8))
    let broken = await Self.error {
      _ = try await Small.trainer(in: part.path, try Small.policy()).run(resumes: true)
    }
    #expect(broken.contains("cannot be read"))
  }

  @Test func oneRunAtATime() async throws {
    let folder = try Scratch()
    var lock: RunLock? = try RunLock(folder: folder.path)
    for resumes in [false, true] {
      let error = await Self.error {
        _ = try await Small.trainer(in: folder.path, try Small.policy()).run(resumes: resumes)
      }
      #expect(error.contains("in use by another run") && error.contains(folder.path))
    }
    #expect(try folder.snapshot().isEmpty)
    withExtendedLifetime(lock) {}
    lock = nil
    _ = try await Small.trainer(in: folder.path, try Small.policy()).run()
    #expect(try folder.snapshot()["latest"] != nil)
  }

  /// Held-out tasks decide nothing: with others the run is the same but for what is said of them.
  @Test func heldOutTasksDecideNothing() async throws {
    var runs: [[String: [UInt8]]] = []
    var records: [[HeldOutRecord]] = []
    let all = Small.tasks().tasks
    for heldOut in [Array(all.prefix(2)), Array(all.suffix(3)), []] {
      let folder = try Scratch()
      var seen: [HeldOutRecord] = []
      let policy = try Small.policy()
      let result = try await Small.trainer(in: folder.path, policy, heldOut: heldOut) { $0.recipe = .sft }.run(
        onEvent: { if case .heldOut(let record) = $0 { seen.append(record) } })
      #expect(result.heldOut == seen.last && seen.count == (heldOut.isEmpty ? 0 : 2))
      #expect(seen.last.map { $0.step == result.bestStep && $0.rollouts.count == heldOut.count } ?? true)
      records.append(seen)
      let last = LogLinearPolicy(tasks: all, sizeExponent: 10)
      try last.load(from: try #require(try RunFolder(path: folder.path).folder(.latest)))
      #expect(last.parameters == policy.parameters)
      runs.append(try folder.snapshot().filter { $0.key.hasSuffix("policy.bin") })
    }
    #expect(runs[0] == runs[1])
    #expect(runs[1] == runs[2] && runs[0].isEmpty == false)
    #expect(records[0].first?.step == 0)
  }

  @Test func overlapIsCountedAndRefusedIfAsked() async throws {
    let text = """
      {"prompt": "what is the  WEATHER in Paris", "ground_truth": [{"name": "get_weather", "arguments": {"city": "Paris"}}]}
      {"prompt": "Call Zoe now.", "ground_truth": [{"name": "call_contact", "arguments": {"name": "Zoe"}}]}
      {"prompt": "Ring up Anna.", "ground_truth": [{"name": "call_contact", "arguments": {"name": "Anna"}}]}
      {"prompt": "Ring up Zoe.", "ground_truth": [{"name": "call_contact", "arguments": {"list": ["Zoe", 3]}}]}
      """
    let overlap = TaskOverlap(of: Small.tasks(text).tasks, with: Small.tasks().tasks)
    #expect(overlap.count == 4 && overlap.prompts == 1 && overlap.wordings == 2 && overlap.values == 2)
    #expect(overlap.knownWordings == [true, true, false, false])
    let folder = try Scratch()
    var notices: [String] = []
    _ = try await Small.trainer(in: folder.path, try Small.policy(), heldOut: Small.tasks(text).tasks).run(
      onEvent: { if case .notice(let text) = $0 { notices.append(text) } })
    #expect(notices.contains("of 4 held-out tasks 1 have a prompt that is trained on, 2 a wording, 2 a value"))
    let other = try Scratch()
    let error = await Self.error {
      _ = try await Small.trainer(in: other.path, try Small.policy(), heldOut: Small.tasks(text).tasks) {
        $0.refusesOverlap = true
      }.run()
    }
    #expect(error.contains("take those tasks out"))
    #expect(try other.snapshot().isEmpty)
  }

  @Test(arguments: [(0.0, 1), (0.1, 1), (0.5, 3), (1, 5), (7, 5), (-1, 1)])
  func tasksSetApart(_ row: (part: Double, count: Int)) {
    var tasks = Small.tasks()
    let all = Set(tasks.tasks.map(\.prompt))
    let apart = tasks.setApart(row.part)
    #expect(apart.count == row.count && tasks.tasks.count == all.count - row.count)
    #expect(Set(apart.map(\.prompt)).union(tasks.tasks.map(\.prompt)) == all)
    var again = Small.tasks()
    again.tasks.reverse()
    #expect(Set(again.setApart(row.part).map(\.prompt)) == Set(apart.map(\.prompt)))
    var one = TrainingTasks(tasks: Array(Small.tasks().tasks.prefix(1)) + Array(Small.tasks().tasks.prefix(1)))
    #expect(one.setApart(0.5).isEmpty && one.tasks.count == 2)
  }
}
