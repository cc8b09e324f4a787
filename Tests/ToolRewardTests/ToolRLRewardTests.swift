import Testing

@testable import ToolReward

private let answer = """
  <think>r</think>
  <tool_call>
  {"name": "f", "parameters": {"a": 1, "b": 2}}
  {"name": "g", "parameters": {}}
  </tool_call>
  """

private func lines(_ calls: String...) -> String {
  "<think>x</think>\n<tool_call>\n\(calls.joined(separator: "\n"))\n</tool_call>"
}

private func verdict(_ reward: ToolRLReward, _ completion: String, _ truth: String) throws -> Verdict {
  var json: [UInt8] = []
  VerdictWriter.append(truth, to: &json)
  let truth = try reward.compile(groundTruth: ValueReader().read(json))
  return try Scorer(reward: reward).score(completion, for: ScoringTask(groundTruth: truth))
}

@Suite struct ToolRLRewardTests {
  private static let f = #"{"name": "f", "parameters": {"a": 1, "b": 2}}"#
  private static let g = #"{"name": "g", "parameters": {}}"#

  /// Completion, and its correctness under fine, intermediate, refined and coarse grading. The whole has 1 for names, and for each call
  /// 1 and one an argument: 1 + 3 + 1.
  @Test(
    arguments: [
      (lines(f, g), [3, 3, 3, 3]),
      (lines(g, f), [3, 3, 6.0 * 4 / 5 - 3, -3]),
      (lines(f), [6.0 * 3.5 / 5 - 3, 6.0 * 1.5 / 3 - 3, 6.0 * 3 / 5 - 3, -3]),
      // Of three argument names two are shared; one value is right.
      (
        lines(#"{"name": "f", "parameters": {"b": 2, "a": 9, "c": 0}}"#, g),
        [6.0 * (1 + 2.0 / 3 + 1 + 1) / 5 - 3, 6.0 * 2 / 3 - 3, 6.0 * 3 / 5 - 3, -3]
      ),
      // Python's ==.
      (lines(#"{"name": "f", "parameters": {"a": true, "b": 2.0}}"#, g), [3, 3, 3, 3]),
      // A surplus member makes the call another one, but costs nothing else.
      (lines(#"{"name": "f", "id": 1, "parameters": {"a": 1, "b": 2}}"#, g), [3, 6.0 * 2 / 3 - 3, 3, -3]),
      (lines("oops", g), [-3, -3, -3, -3]),
      (lines(#"{"name": "f", "arguments": {}}"#, g), [-3, 6.0 * 2 / 3 - 3, -3, -3]),
      (lines("[1]", g), [-3, -3, -3, -3]),
      (lines(#"{"name": [], "parameters": {}}"#, g), [-3, -3, 6.0 * 1 / 5 - 3, -3]),
      ("no call", [-3, -3, -3, -3]),
    ] as [(String, [Double])])
  func correctness(_ completion: String, _ expected: [Double]) throws {
    for (grading, expected) in zip([ToolRLReward.Grading.fine, .intermediate, .refined, .coarse], expected) {
      let verdict = try verdict(ToolRLReward(grading: grading), completion, answer)
      #expect(verdict.components[1] == expected, "\(grading.rawValue)")
    }
  }

  /// Format by the parts that the ground truth has.
  @Test(
    arguments: [
      (answer, lines(f), 1), (answer, lines(f) + "<|im_end|>\n", 1), (answer, "\n" + lines(f) + " ", 1),
      (answer, lines(f) + "\n<response>x</response>", 0),
      (answer, "<think>x</think> <tool_call>\n\(f)\n</tool_call>", 0),
      (answer, "<think>x</think>\n<tool_call>\(f)</tool_call>", 0), (answer, "x" + lines(f), 0),
      (answer, lines(f) + lines(f), 0), (answer, "<think>x</think>\n<tool_call>\n\n</tool_call>", 1),
      (answer, "<think>x</think>\n<tool_call>\n</tool_call>", 0),
      (answer + "\n<response>y</response>", lines(f) + "\n<response>x</response>", 1),
      (answer + "\n<response>y</response>", lines(f), 0),
      ("<think>r</think>\n<response>y</response>", "<think>x</think>\n<response></response>", 1),
      ("<think>r</think>\n<response>y</response>", "<think>x</think>\n<response>a</response>b</response>", 0),
      ("<think>r</think>\n<response>y</response>", lines(f), 0),
      ("<think>r</think>", "<think></think>", 1), ("<think>r</think>", "<think>x</think>y", 0),
      ("<think>r</think>", "<think>", 0),
    ] as [(String, String, Double)])
  func format(_ truth: String, _ completion: String, _ expected: Double) throws {
    #expect(try verdict(ToolRLReward(), completion, truth).components[0] == expected)
  }

  /// Step, schedule, and the best and worst totals.
  @Test(
    arguments: [
      (0, ToolRLReward.Schedule.none, 4, -3), (29, .step30, 2, -1), (30, .step30, 3.5, -3), (0, .linear, 4, -4),
      (75, .linear, 4, -3.5), (150, .linear, 4, -4), (600, .linear, 4, -4),
    ] as [(Int, ToolRLReward.Schedule, Double, Double)])
  func schedules(_ step: Int, _ schedule: ToolRLReward.Schedule, _ best: Double, _ worst: Double) throws {
    let reward = ToolRLReward(schedule: schedule, step: step)
    #expect(try verdict(reward, lines(Self.f, Self.g), answer).score == best)
    #expect(try verdict(reward, "", answer).score == worst)
  }

  @Test(arguments: [(0, 0.0), (1, 0.0), (3, 0.01), (256, 0.5), (257, 0.5), (512, 1), (9999, 1)])
  func length(_ words: Int, _ expected: Double) throws {
    let think = String(repeating: "w\u{2003}", count: words)
    let verdict = try verdict(ToolRLReward(length: .fixed), "<think>\(think)</think>", "<think>r</think>")
    #expect(verdict.components[2] == expected)
    #expect(verdict.score == 1 + expected)
  }

  /// A list of calls is a ground truth as well; where it is empty nothing can be gained by calling.
  @Test func listsAsGroundTruth() throws {
    let reward = ToolRLReward()
    let truth = try reward.compile(groundTruth: ValueReader().read(#"[{"name":"f","arguments":{"a":1,"b":2}}]"#))
    let scorer = try Scorer(reward: reward)
    #expect(scorer.score(lines(Self.f), for: ScoringTask(groundTruth: truth)).score == 4)
    let none = ScoringTask(groundTruth: try reward.compile(groundTruth: ValueReader().read("[]")))
    #expect(scorer.score("<think>x</think>\n<response>y</response>", for: none).score == 1)
    #expect(scorer.score(lines(Self.f), for: none).score == 0)
  }

  /// What cannot be judged by.
  @Test(arguments: [
    "<tool_call>\noops\n</tool_call>", "<tool_call>\n{\"name\":\"f\"}\n</tool_call>", "<tool_call></tool_call>",
    "plain",
  ])
  func brokenGroundTruth(_ truth: String) {
    #expect(throws: GroundTruthError.self) { _ = try verdict(ToolRLReward(), "x", truth) }
  }

  /// Python's round() on the exact binary value.
  @Test(arguments: [
    (0.125, 0.12), (0.375, 0.38), (2.675, 2.67), (0.005, 0.01), (0.015, 0.01), (1.005, 1.0), (0.5, 0.5), (0, 0),
  ])
  func rounding(_ value: Double, _ expected: Double) {
    #expect(PythonText.roundedToHundredths(value) == expected)
  }
}
