import Testing

@testable import ToolReward

private let call = #"{"name":"f","arguments":{"a":1}}"#
private let truth = "[\(call)]"
private let think = "<think>x</think>"

private func frame(_ payload: String) -> String { "<tool_call>\(payload)</tool_call>" }

private func verdict(_ reward: any RewardPolicy, _ completion: String, _ truth: String) throws -> Verdict {
  let task = ScoringTask(groundTruth: try GroundTruth(json: truth, syntax: reward.syntax))
  let verdict = try Scorer(reward: reward, view: .conversation).score(completion, for: task)
  #expect(verdict.components.count == reward.componentNames.count)
  return verdict
}

@Suite struct ToolN1RewardTests {
  /// Completion, ground truth, and the published code's score in v0, v1, v2, v3, v4 and llama.
  @Test(arguments: [
    ("\(think)\(frame("[\(call)]"))", truth, [1, 1.2, 1, 1, 1, 1]),
    ("\(think)\(frame(call))", truth, [1, 1.2, 1, 1, 1, 1]),
    (frame("[\(call)]"), truth, [0, 1, 1, 0.8, 0.8, 0]),
    ("\(think)\(frame("[]"))", truth, [0, -0.2, 0, 0.2, 0.2, 0]),
    ("\(think)\(frame("[]"))", "[]", [1, 1.2, 1, 1, 1, 1]),
    ("\(think)no call", "[]", [0, 0, 0, 0.2, 0.2, 1]),
    ("no call", "[]", [0, 0, 0, 0, 0, 1]),
    ("no call", truth, [0, 0, 0, 0, 0, 0]),
    // The right name with other arguments.
    ("\(think)\(frame(#"{"name":"f","arguments":{"a":2}}"#))", truth, [0, -0.2, 0, 0.2, 0.4, 0]),
    (frame(#"{"name":"f","arguments":{"a":2}}"#), truth, [0, 0, 0, 0, 0.2, 0]),
    // The holes: reversed tags, thinking after the call, text around it, surplus and repeated members, a call in the reasoning.
    ("</think>x<think>\(frame(call)) and more", truth, [1, 1.2, 1, 1, 1, 1]),
    ("\(frame(call))\(think)", truth, [1, 1.2, 1, 1, 1, 1]),
    ("<think>\(frame(call))</think>I will not call.", truth, [1, 1.2, 1, 1, 1, 1]),
    ("\(think)\(frame(#"{"name":"g","name":"f","x":1,"arguments":{"a":0,"a":1}}"#))", truth, [1, 1.2, 1, 1, 1, 1]),
    ("\(think)\(frame("oops"))\(frame(call))", truth, [1, 1.2, 1, 1, 1, 1]),
    ("\(think)\(frame(call))\(frame("oops"))", truth, [0, 0, 0, 0.2, 0.2, 0]),
    // Python's JSON.
    ("\(think)\(frame(#"{"name":"f","arguments":{"a":1.0}}"#))", truth, [0, -0.2, 0, 0.2, 0.4, 0]),
    ("\(think)\(frame(#"{"name":"f","arguments":{"a":true}}"#))", truth, [0, -0.2, 0, 0.2, 0.4, 0]),
    ("\(think)\(frame(#""[{\"name\":\"f\",\"arguments\":{\"a\":1}}]""#))", truth, [1, 1.2, 1, 1, 1, 1]),
    (
      "\(think)\(frame(#"{"name":"f","arguments":{"a":NaN}}"#))", #"[{"name":"f","arguments":{"a":NaN}}]"#,
      [1, 1.2, 1, 1, 1, 1]
    ),
    ("\(think)\(frame("null"))", truth, [0, 0, 0, 0.2, 0.2, 0]),
    ("\(think)\(frame(#"{"name":"f"}"#))", truth, [0, -0.2, 0, 0.2, 0.2, 0]),
    ("\(think)\(frame("[1]"))", truth, [0, -0.2, 0, 0.2, 0.2, 0]),
    ("\(think)\(frame(#"{"name":[],"arguments":{"a":1}}"#))", truth, [0, -0.2, 0, 0.2, 0.2, 0]),
    ("\(think)\(frame(#"{"name":true,"arguments":{}}"#))", #"[{"name":1,"arguments":{}}]"#, [1, 1.2, 1, 1, 1, 1]),
    ("\(think)\(frame(#""\"\"""#))", "[]", [1, 1.2, 1, 1, 1, 1]),
    (frame("5"), truth, [0, 0, 0, 0, 0, 0]),
    // Only the last assistant turn counts.
    ("\(think)<|im_start|>assistant\n\(frame(call))", truth, [0, 1, 1, 0.8, 0.8, 1]),
    ("\(frame(call))<|im_start|>assistant\n\(think)", truth, [0, 0, 0, 0.2, 0.2, 1]),
    // Ground truth encoded twice.
    ("\(think)\(frame(call))", #""[{\"name\":\"f\",\"arguments\":{\"a\":1}}]""#, [1, 1.2, 1, 1, 1, 1]),
  ])
  func scores(_ completion: String, _ truth: String, _ expected: [Double]) throws {
    for (variant, expected) in zip(ToolN1Reward.Variant.allCases, expected) {
      // The llama column above is for its own marker; in ChatML's it sees the whole text.
      let verdict = try verdict(ToolN1Reward(variant), completion, truth)
      #expect(verdict.score == expected, "\(variant.rawValue)")
      if verdict.score ?? 0 <= 0 {
        #expect(verdict.findings.contains { $0.severity == .error }, "\(variant.rawValue) says why")
      }
    }
  }

  /// Where the official code raises, the score is 0 and a finding says so; but two variants look for reasoning first.
  @Test(arguments: [
    "5", "true", "1.5", "NaN", #""5""#, String(repeating: "[", count: 995), String(repeating: "7", count: 4301),
  ])
  func raises(_ payload: String) throws {
    let isScalar = !payload.hasPrefix("[") && payload.utf8.count < 10
    for variant in ToolN1Reward.Variant.allCases {
      let with = try verdict(ToolN1Reward(variant), "\(think)\(frame(payload))", truth)
      #expect(with.score == 0)
      #expect(with.findings.contains { $0.code == .officialRaises }, "\(variant.rawValue)")
      let without = try verdict(ToolN1Reward(variant), frame(payload), truth)
      #expect(without.score == 0)
      let looksFirst = isScalar && (variant == .v0 || variant == .llama)
      #expect(without.findings.contains { $0.code == .officialRaises } == !looksFirst, "\(variant.rawValue)")
    }
    // A string whose text is no JSON: only the Llama variant lets the exception out.
    for variant in ToolN1Reward.Variant.allCases {
      let verdict = try verdict(ToolN1Reward(variant), "\(think)\(frame(#""abc""#))", truth)
      #expect(verdict.findings.contains { $0.code == .officialRaises } == (variant == .llama))
    }
  }

  @Test func findingsPoint() throws {
    let completion = "\(think)\(frame(#"[{"name":"f","arguments":{"a":"no","b":[1,{"c":2}]}}]"#))"
    let verdict = try verdict(
      ToolN1Reward(), completion,
      #"[{"name":"f","arguments":{"a":"yes","b":[1,{"c":3}],"d":0}},{"name":"g","arguments":{}}]"#)
    let told = verdict.findings.map { finding in
      let text = finding.range.map { String(decoding: Array(completion.utf8)[$0], as: UTF8.self) } ?? "-"
      return "\(finding.code.name) \(finding.pointer ?? "-") \(text)"
    }
    let whole = #"{"name":"f","arguments":{"a":"no","b":[1,{"c":2}]}}"#
    #expect(
      told == [
        #"wrong_argument /a "no""#, "wrong_argument /b/1/c 2", "missing_argument /d \(whole)", "missing_call - -",
      ])
  }
}

@Suite struct ExactMatchRewardTests {
  @Test(
    arguments: [
      ("\(think)\(frame(call))", truth, 1, []),
      ("\(think)\(frame("[\(call)]"))", truth, 1, []),
      ("\(think) so: \(frame(call)) done", truth, 1, []),
      ("\(think)\(frame(#"{"arguments":{"a":1.0},"name":"f"}"#))", truth, 1, []),
      ("\(think)\(frame(#"{"name":"f","arguments":{"a":true}}"#))", truth, 0, ["wrong_argument"]),
      (
        #"<think>x</think><tool_call>{"name":"w","arguments":{"t":"</tool_call>"}}</tool_call>"#,
        #"[{"name":"w","arguments":{"t":"</tool_call>"}}]"#, 1, []
      ),
      ("\(think)\(frame("[]"))", "[]", 1, []),
      ("\(think)nothing to call", "[]", 1, []),
      ("\(think)\(frame(call))", "[]", 0, ["surplus_call"]),
      ("nothing", "[]", 0, ["missing_reasoning"]),
      (frame(call), truth, 0, ["missing_reasoning"]),
      ("\(frame(call))\(think)", truth, 0, ["reasoning_not_first"]),
      ("<think>\(frame(call))</think>no", truth, 0, ["call_in_reasoning", "missing_call"]),
      (
        "</think>x<think>\(frame(call))", truth, 0,
        ["missing_reasoning", "repeated_reasoning", "call_in_reasoning", "unclosed_reasoning", "missing_call"]
      ),
      ("\(think)\(frame("oops"))\(frame(call))", truth, 0, ["not_a_call"]),
      ("\(think)\(frame(#"{"name":"f","arguments":{"a":0,"a":1}}"#))", truth, 0, ["duplicate_member"]),
      ("\(think)\(frame(#"{"name":"f","arguments":{"a":1},"x":1}"#))", truth, 1, ["surplus_member"]),
      ("\(think)\(frame(call))\(frame(call))", truth, 0, ["surplus_call"]),
      ("\(think)<tool_call>\(call)", truth, 0, ["unclosed_call"]),
      ("\(think)\(frame(String(repeating: "[", count: 600)))", truth, 0, ["limit_exceeded", "missing_call"]),
    ] as [(String, String, Double, [String])])
  func scores(_ completion: String, _ truth: String, _ score: Double, _ codes: [String]) throws {
    let verdict = try verdict(ExactMatchReward(), completion, truth)
    #expect(verdict.score == score)
    #expect(verdict.findings.map(\.code.name) == codes)
  }

  @Test func toolsAreLookedUp() throws {
    let tools = try Toolbox(
      ValueReader().read(#"[{"name":"g"},{"type":"function","function":{"name":"h"}},{"toolSpec":{"name":"i j"}}]"#))
    #expect(tools.names == ["g", "h", "i j"])
    let task = ScoringTask(groundTruth: try GroundTruth(json: truth), tools: tools)
    let verdict = try Scorer(reward: ExactMatchReward()).score("\(think)\(frame(call))", for: task)
    #expect(verdict.score == 1)
    #expect(verdict.findings.map(\.code) == [.unknownTool])
    #expect(throws: ToolboxError.self) { _ = try Toolbox(ValueReader().read(#"[{"description":"x"}]"#)) }
  }
}

@Suite struct ScorerTests {
  @Test func publishedRewardsBringTheirFormat() throws {
    #expect(throws: ScorerError.self) { _ = try Scorer(reward: ToolN1Reward(), format: .hermes) }
    #expect(try Scorer(reward: ToolN1Reward(), format: .toolN1).parser.format == .toolN1Scan)
    #expect(try Scorer(reward: ExactMatchReward()).parser.format == .toolN1)
  }

  /// Many tasks share one scorer and one ground truth; each has its own room.
  @Test func sharedByTasks() async throws {
    let scorer = try Scorer(reward: ToolN1Reward())
    let task = ScoringTask(groundTruth: try GroundTruth(json: truth))
    let completions = (0..<500).map { "\(think)\(frame(#"{"name":"f","arguments":{"a":\#($0 % 2)}}"#))" }
    let sums = await withTaskGroup(of: Double.self) { group in
      for _ in 0..<8 {
        group.addTask {
          let workspace = ScoringWorkspace()
          return completions.reduce(0) { sum, completion in
            let bytes = Array(completion.utf8)
            return sum + (scorer.score(bytes.span, for: task, using: workspace).score ?? .nan)
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(sums == [Double](repeating: 250, count: 8))
  }

  @Test func writing() throws {
    let writer = VerdictWriter(ToolN1Reward())
    func line(_ verdict: Verdict, error: SampleError? = nil) -> String {
      var output: [UInt8] = []
      writer.append(verdict, id: Array(#""a""#.utf8), index: 2, error: error, to: &output)
      return String(decoding: output, as: UTF8.self)
    }
    #expect(
      line(Verdict(score: -0.2, components: [1, 0, nil, 0.5]))
        == #"{"id":"a","index":2,"score":-0.2,"components":{"reasoning":1,"format":0,"names":null,"calls":0.5},"findings":[]}"#
        + "\n")
    let error = SampleError(line: 3, code: "x", message: "say \"so\"")
    #expect(
      line(Verdict(score: nil, components: []), error: error).hasSuffix(
        #""error":{"line":3,"code":"x","message":"say \"so\""}}"# + "\n"))
    let finding = Finding(.wrongArgument, .error, range: 1..<20, attempt: 0, expectedCall: 12, pointer: "/é\"")
    #expect(
      line(Verdict(score: 0, components: [], findings: [finding])).contains(
        #"{"code":"wrong_argument","severity":"error","range":[1,20],"attempt":0,"expected_call":12,"pointer":"/é\"","message":"#
      ))
  }
}
