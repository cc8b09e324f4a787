import Testing

@testable import ToolReward

private let call = #"{"name":"f","arguments":{"a":1}}"#
private let truth = "[\(call)]"
private let think = "<think>x</think>"
private func frame(_ payload: String) -> String { "<tool_call>\(payload)</tool_call>" }

@Suite struct StrictRewardTests {
  /// Completion, ground truth, score, and the first finding's code.
  @Test(
    arguments: [
      ("\(think)\(frame("[\(call)]"))", truth, 1, nil),
      ("\(think)\n\n\(frame("\n[\(call)]\n"))\n<|im_end|>\n", truth, 1, nil),
      ("\(think)\(frame(call))", truth, 1, nil),
      ("\(think)\(frame(#"{"name":"f","arguments":{"a":1.0}}"#))", truth, 1, nil),
      ("\(think)\(frame("[]"))", "[]", 1, nil), ("\(think)Nothing fits.", "[]", 1, nil),
      ("\(think)Write <tool_call> and then JSON.", "[]", 1, "unconfirmed_opener"),
      ("</think>x<think>\(frame(call))", truth, 0, "missing_reasoning"),
      ("\(frame(call))\(think)", truth, 0, "reasoning_not_first"),
      ("<think>\(frame(call))</think>", truth, 0, "call_in_reasoning"),
      ("\(think)\(think)\(frame(call))", truth, 0, "repeated_reasoning"),
      ("x</think>\(frame(call))", truth, 0, "missing_reasoning"),
      ("<think> \n</think>\(frame(call))", truth, 0, "empty_reasoning"),
      ("Sure. \(think)\(frame(call))", truth, 0, "reasoning_not_first"),
      ("\(think)\(frame(call)) Done.", truth, 0, "surplus_text"),
      ("\(think)\(frame(#""[]""#))", "[]", 0, "not_a_call"),
      ("\(think)\(frame("oops"))\(frame(call))", truth, 0, "not_a_call"),
      ("\(think)\(frame(#"{"name":"f","arguments":{"a":1},"id":1}"#))", truth, 0, "surplus_member"),
      ("\(think)\(frame(#"{"name":"f","arguments":{"a":1,"a":1}}"#))", truth, 0, "duplicate_member"),
      ("\(think)\(frame(#"{"name":"g","arguments":{"a":1}}"#))", truth, 0, "missing_call"),
      ("\(think)<tool_call>[]", "[]", 0, "unclosed_call"),
      ("\(think)\(frame("[]"))\(frame("[]"))", "[]", 0, "surplus_text"),
      ("\(think)\(frame("[]")) bye", "[]", 0, "surplus_text"), ("\(think)\(frame(call))", "[]", 0, "surplus_call"),
      ("\(think)a </tool_call> b", "[]", 0, "stray_call_close"),
    ] as [(String, String, Double, String?)])
  func scores(_ completion: String, _ truth: String, _ score: Double, _ code: String?) throws {
    let task = ScoringTask(groundTruth: try GroundTruth(json: truth, acceptingValues: true))
    let verdict = try Scorer(reward: StrictReward()).score(completion, for: task)
    #expect(verdict.score == score)
    #expect(verdict.findings.first?.code.name == code)
    #expect(verdict.components[3] == nil)
  }

  @Test func unknownToolsCost() throws {
    let truth = try GroundTruth(json: truth)
    let scorer = try Scorer(reward: StrictReward())
    for (tools, score) in [(#"[{"name":"f"}]"#, 1.0), (#"[{"name":"F"}]"#, 0)] {
      let task = ScoringTask(groundTruth: truth, tools: try Toolbox(ValueReader().read(tools)))
      #expect(scorer.score("\(think)\(frame(call))", for: task).score == score)
    }
  }

  /// Ground truth that accepts several values for an argument.
  @Test(
    arguments: [
      (#"{"city":"Paris","unit":"C"}"#, 1, []), (#"{"unit":"C","city":"Paris, FR"}"#, 1, []), (#"{"unit":"C"}"#, 1, []),
      (#"{"city":"Rome","unit":"C"}"#, 0, ["wrong_argument /city"]),
      (#"{"city":"Paris"}"#, 0, ["missing_argument /unit"]),
      (#"{"city":"Paris","unit":"F","x":1}"#, 0, ["wrong_argument /unit", "surplus_argument /x"]),
    ] as [(String, Double, [String])])
  func acceptedValues(_ arguments: String, _ score: Double, _ told: [String]) throws {
    let truth = try GroundTruth(
      json: #"[{"name":"w","arguments":{"unit":"C"},"accepted":{"city":["Paris","Paris, FR"]},"optional":["city"]}]"#,
      acceptingValues: true)
    let verdict = try Scorer(reward: StrictReward()).score(
      "\(think)\(frame(#"{"name":"w","arguments":\#(arguments)}"#))", for: ScoringTask(groundTruth: truth))
    #expect(verdict.score == score)
    #expect(verdict.findings.map { "\($0.code.name) \($0.pointer ?? "-")" } == told)
  }

  /// Two expected calls that accept overlapping values need a true matching: the first fit for each is not enough.
  @Test func acceptedValuesAreMatched() throws {
    let truth = try GroundTruth(
      json: #"[{"name":"w","arguments":{},"accepted":{"c":[1,2]}},{"name":"w","arguments":{},"accepted":{"c":[1]}}]"#,
      acceptingValues: true)
    let calls = [#"{"name":"w","arguments":{"c":1}}"#, #"{"name":"w","arguments":{"c":2}}"#]
    for order in [[0, 1], [1, 0]] {
      let payload = order.map { calls[$0] }.joined(separator: ",")
      let verdict = try Scorer(reward: StrictReward()).score(
        "\(think)\(frame("[\(payload)]"))", for: ScoringTask(groundTruth: truth))
      #expect(verdict.score == 1)
    }
  }

  @Test(arguments: [
    #"{"accepted":5}"#, #"{"accepted":{"a":[]}}"#, #"{"accepted":{"x":[1]}}"#, #"{"optional":["q"]}"#,
    #"{"accepted":{"a":[1]},"optional":"a"}"#,
  ])
  func brokenAccepted(_ members: String) {
    let json = #"[{"name":"w","arguments":{"x":1},\#(members.dropFirst().dropLast())}]"#
    #expect(throws: GroundTruthError.self) { _ = try GroundTruth(json: json, acceptingValues: true) }
    // Published code ignores such members, and so do the rewards that follow it.
    #expect(throws: Never.self) { _ = try GroundTruth(json: json) }
  }
}
