import Testing
import ToolReward

/// The hostile Hermes completions of the reference data, each after `<think>x</think>`, with the calls one would expect.
@Suite(.enabled(if: SharedData.folder != nil, SharedData.skipped))
struct AdversarialRewardTests {
  private static let f = #"[{"name":"f","arguments":{"a":1}}]"#

  /// Row, expected calls, and for strict and exact-match the score and the first finding.
  private static let table: [(id: String, truth: String, strict: (Double, String?), exact: (Double, String?))] = [
    ("H1 plain", f, (1, nil), (1, nil)),
    ("H4 Tool-N1 list", #"[{"name":"f","arguments":{"a":1}},{"name":"g","arguments":{}}]"#, (1, nil), (1, nil)),
    (
      "H5 ndjson in one block", #"[{"name":"f","arguments":{"a":1}},{"name":"g","arguments":{}}]"#,
      (0, "unexpected_cardinality"), (0, "unexpected_cardinality")
    ),
    ("H7 open tag in string", #"[{"name":"write","arguments":{"content":"x <tool_call> y"}}]"#, (1, nil), (1, nil)),
    (
      "H12 text between", #"[{"name":"f","arguments":{"a":1}},{"name":"f","arguments":{"a":1}}]"#, (0, "surplus_text"),
      (1, nil)
    ),
    ("H13 call in think", f, (0, "repeated_reasoning"), (0, "missing_reasoning")),
    ("H14 think then call", f, (0, "repeated_reasoning"), (0, "missing_reasoning")),
    ("H16 single quotes (python dict)", f, (0, "malformed_json"), (0, "malformed_json")),
    ("H17 trailing comma", f, (0, "malformed_json"), (0, "malformed_json")),
    ("H20 parameters key", f, (0, "surplus_member"), (0, "surplus_member")),
    ("H21 args before name", f, (1, nil), (1, nil)),
    ("H22 extra closing brace", f, (0, "text_after_payload"), (0, "text_after_payload")),
    ("H25 dup keys", #"[{"name":"f","arguments":{"a":2}}]"#, (0, "duplicate_member"), (0, "duplicate_member")),
    (
      "H27 raw newline in string", #"[{"name":"write","arguments":{"content":"l1\nl2"}}]"#, (0, "malformed_json"),
      (0, "malformed_json")
    ),
    (
      "H28 lone surrogate", #"[{"name":"write","arguments":{"content":"?"}}]"#, (0, "lone_surrogate"),
      (0, "lone_surrogate")
    ),
    ("H29 bigint", #"[{"name":"f","arguments":{"a":12345678901234567890123}}]"#, (1, nil), (1, nil)),
    ("H30 empty block", "[]", (0, "empty_frame"), (0, "empty_frame")),
    ("H31 args null", #"[{"name":"g","arguments":{}}]"#, (0, "arguments_not_object"), (0, "arguments_not_object")),
    ("H32 nested tool_call tags", f, (0, "surplus_text"), (0, "unfinished_call")),
    ("H33 name non-string", #"[{"name":"5","arguments":{}}]"#, (0, "name_not_string"), (0, "name_not_string")),
    ("H34 scalar payload", "[]", (0, "not_a_call"), (0, "not_a_call")),
    ("H35 no tags bare JSON", f, (0, "surplus_text"), (0, "missing_call")),
    ("H36 literal mention in prose", "[]", (1, "unconfirmed_opener"), (1, "unconfirmed_opener")),
    ("H39 function wrapper", f, (0, "surplus_member"), (0, "surplus_member")),
    ("H43 whitespace in tag", f, (0, "surplus_text"), (0, "missing_call")),
  ]

  @Test func everyRow() throws {
    let strict = try Scorer(reward: StrictReward())
    let exact = try Scorer(reward: ExactMatchReward())
    var rows: Set<String> = []
    for line in try SharedData.bytes("parsers/adversarial.jsonl").split(separator: 0x0A).dropFirst() {
      let row = try ValueReader(syntax: .python).read(Array(line))
      let id = try #require(row["id"]?.string)
      guard id.hasPrefix("H") else { continue }
      rows.insert(id)
      let expected = try #require(Self.table.first { $0.id == id }, "\(id) has no line in the table")
      let completion = Array("<think>x</think>".utf8) + (try #require(row["text"]?.stringBytes))
      let task = ScoringTask(groundTruth: try GroundTruth(json: expected.truth))
      for (scorer, expected) in [(strict, expected.strict), (exact, expected.exact)] {
        let verdict = scorer.score(completion, for: task)
        #expect(verdict.score == expected.0, "\(id), \(scorer.reward.name)")
        #expect(verdict.findings.first?.code.name == expected.1, "\(id), \(scorer.reward.name)")
      }
    }
    #expect(rows == Set(Self.table.map(\.id)))
  }
}

/// ToolRL's published scores, and strict beside Tool-N1's.
@Suite(.enabled(if: SharedData.folder != nil, SharedData.skipped))
struct OfficialGradedRewardTests {
  @Test func toolRL() throws {
    let reward = ToolRLReward()
    let scorer = try Scorer(reward: reward)
    var compared = 0
    for line in try SharedData.gzipLines("rewards/official.jsonl.gz") {
      guard let triple = try ValueReader().read(line)["tool_rl"], triple.kind == .object else { continue }
      let truth = try reward.compile(groundTruth: #require(triple["ground_truth"]))
      let verdict = scorer.score(try #require(triple["completion"]?.stringBytes), for: ScoringTask(groundTruth: truth))
      let official = try #require(triple["score"]).elements.map { $0.numberLiteral.flatMap { Double($0) } }
      #expect([verdict.score, verdict.components[0], verdict.components[1]] == Array(official[..<3]))
      compared += 1
    }
    #expect(compared == 3235)
  }

  /// The holes that strict closes: what Tool-N1's code pays for, by how the completion was wrapped.
  @Test func strict() throws {
    let reader = ValueReader()
    let scorer = try Scorer(reward: StrictReward(), view: .conversation)
    let mustFail: Set = ["rev", "thinkafter", "inthink", "two", "trail", "lead", "emptythink", "string", "firstbad"]
    var counts = [1: 0, 0: 0]
    for line in try SharedData.gzipLines("rewards/official.jsonl.gz") {
      let row = try reader.read(line)
      guard row["tool_n1"]?["v0"]?.numberLiteral == "1" else { continue }
      let mutation = try #require(row["mutation"]?.string).split(separator: "/").map(String.init)
      let truth = try GroundTruth(#require(row["ground_truth"]), acceptingValues: true)
      let names = truth.calls.map { #"{"name":\#($0.name)}"# }.joined(separator: ",")
      let task = ScoringTask(groundTruth: truth, tools: try Toolbox(reader.read("[\(names)]")))
      let completion = try #require(row["completion"]?.stringBytes)
      let verdict = scorer.score(completion, for: task)
      let parsed = scorer.parser.parse(completion, view: .conversation)
      let isArray = parsed.frames.count == 1 && parsed.text[parsed.frames[0].payload].first { $0 > 0x20 } == 0x5B
      let isClean = parsed.attempts.allSatisfy { !$0.hasDuplicateMembers && !$0.hasSurplusMembers }
      if ["ok", "nospace"].contains(mutation[0]), isArray, isClean {
        #expect(verdict.score == 1, "\(mutation) \(row["id"]?.description ?? "")")
        counts[1, default: 0] += 1
      }
      if mustFail.contains(mutation[0]), !truth.isEmpty {
        #expect(verdict.score == 0, "\(mutation) \(row["id"]?.description ?? "")")
        counts[0, default: 0] += 1
      }
    }
    #expect(counts[1, default: 0] > 250 && counts[0, default: 0] > 350, "\(counts)")
  }
}
