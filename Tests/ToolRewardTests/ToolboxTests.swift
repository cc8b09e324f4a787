import Testing
import ToolReward

/// Tools as rewards and commands see them.
@Suite struct ToolboxTests {
  private static let tools = ##"""
    [{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}},
      "required":["city"]}}},
     {"name":"Wea.ther"},{"name":"weather","input_schema":{"type":"object"}},{"name":"odd","parameters":{"type":"object","properties":{"p":{"pattern":"(?=x)"}}}},
     {"name":"broken","parameters":{"type":"object","properties":{"p":{"$ref":"http://x/none"}}}}]
    """##

  private func toolbox() throws -> Toolbox { try Toolbox(ValueReader().read(Self.tools)) }

  @Test func namesAreExact() throws {
    let toolbox = try toolbox()
    #expect(toolbox.names == ["weather", "Wea.ther", "weather", "odd", "broken"])
    #expect(toolbox.contains(Array("weather".utf8)) && !toolbox.contains(Array("Weather".utf8)))
    #expect(toolbox.nearMiss(of: Array("WEA_THER".utf8))?.definition.displayName == "weather")
    #expect(toolbox.nearMiss(of: Array("wether".utf8)) == nil)
    #expect(
      toolbox.remarks.map(\.description) == [
        #""weather" and "Wea.ther" differ in case or punctuation alone"#,
        #"two tools are named "weather"; the first counts"#,
        #"the parameters of "broken" cannot be used: the schema at /properties/p: the reference "http://x/none" leads nowhere; add its document to the registry"#,
      ])
  }

  @Test(
    arguments: [
      ("weather", #"{"city":"Paris"}"#, "valid"), ("weather", #"{"city":"Paris","days":"3"}"#, "coercible"),
      ("weather", #"{"city":"Paris","days":"three"}"#, "invalid"), ("weather", #"{"city":"Paris","x":1}"#, "invalid"),
      ("weather", "{}", "invalid"),
      // A coercible value beside one that is not.
      ("weather", #"{"days":"3"}"#, "invalid"), ("weather", "[]", "invalid"), ("Weather", "{}", "unknown_tool"),
      ("Wea.ther", #"{"any":1}"#, "not_checked"),
      ("odd", #"{"p":"x"}"#, "indeterminate"), ("odd", #"{"p":"x","q":1}"#, "invalid"),
      ("broken", "{}", "indeterminate"),
    ])
  func outcomes(_ name: String, _ arguments: String, _ expected: String) throws {
    let check = try toolbox().check(name: Array(name.utf8), arguments: ValueReader().read(arguments))
    #expect(check.outcome.rawValue == expected)
    #expect(check.violations.isEmpty == !(expected == "invalid" || expected == "coercible"))
    #expect((check.reason == nil) == (expected != "indeterminate"))
  }

  /// Validity is told by every reward that is asked to, and costs in strict alone.
  @Test(
    arguments: [
      (#"{"city":"Paris","days":3}"#, 1, 1, []), (#"{"city":"Paris","days":"3"}"#, 0, 0, ["schema_coercible /days"]),
      (#"{"city":"Paris","x":1}"#, 0, 0, ["schema_unknown_argument /x"]), (#"{}"#, 0, 0, ["schema_missing_required "]),
    ] as [(String, Double, Double, [String])])
  func rewards(_ arguments: String, _ strict: Double, _ component: Double, _ codes: [String]) throws {
    let call = #"[{"name":"weather","arguments":\#(arguments)}]"#
    let completion = "<think>x</think><tool_call>\(call)</tool_call>"
    for policy in RewardRegistry.builtIn {
      let reward = SchemaCheckedReward(policy)
      let isToolRL = policy.name.hasPrefix("tool-rl")
      let truth = try reward.compile(groundTruth: ValueReader().read(call))
      let scorer = try Scorer(reward: reward)
      let verdict = scorer.score(completion, for: ScoringTask(groundTruth: truth, tools: try toolbox()))
      #expect(verdict.components.count == reward.componentNames.count)
      // ToolRL has its own member for arguments, so that this is no whole call.
      let position = try #require(reward.componentNames.firstIndex(of: "schema"))
      #expect(verdict.components[position] == (isToolRL ? 0 : component), "\(policy.name)")
      let found = verdict.findings.filter { $0.code.name.hasPrefix("schema_") }
      #expect(found.map { "\($0.code.name) \($0.pointer ?? "")" } == (isToolRL ? [] : codes), "\(policy.name)")
      #expect(found.allSatisfy { $0.severity == (policy.name == "strict" ? .error : .warning) })
      if policy.name == "strict" { #expect(verdict.score == strict) }
      if policy.name == "exact-match" || policy.name == "tool-n1" { #expect(verdict.score == 1) }
      // Without tools nothing is checked, and nothing is said.
      let free = scorer.score(completion, for: ScoringTask(groundTruth: truth))
      #expect(free.components[position] == nil && !free.findings.contains { $0.code.name.hasPrefix("schema_") })
      if policy.name == "strict" { #expect(free.score == 1) }
    }
  }

  /// What cannot be told costs nothing, and is told.
  @Test func indeterminateIsNoFault() throws {
    let call = #"[{"name":"odd","arguments":{"p":"x"}}]"#
    let scorer = try Scorer(reward: StrictReward())
    let task = ScoringTask(groundTruth: try GroundTruth(json: call), tools: try toolbox())
    let verdict = scorer.score("<think>x</think><tool_call>\(call)</tool_call>", for: task)
    #expect(verdict.score == 1)
    #expect(verdict.findings.map(\.code.name) == ["schema_indeterminate"])
  }

  /// One definition that cannot be read costs no other; names alone are tools of which nothing else is known.
  @Test func brokenDefinitions() throws {
    let toolbox = try Toolbox(
      ValueReader().read(
        #"[{"name":"f","parameters":{"a":{"type":"int"}}},{"name":"g","parameters":5},{"parameters":{}},"h",{"name":"none","parameters":{}}]"#
      ))
    #expect(toolbox.names == ["f", "g", "h", "none"])
    func outcome(_ name: String, _ arguments: String) throws -> CallCheck.Outcome {
      toolbox.check(name: Array(name.utf8), arguments: try ValueReader().read(arguments)).outcome
    }
    #expect(try outcome("f", #"{"a":1}"#) == .valid && outcome("f", #"{"a":"x"}"#) == .invalid)
    #expect(try outcome("g", "{}") == .indeterminate && outcome("h", #"{"x":1}"#) == .notChecked)
    #expect(try outcome("none", "{}") == .valid && outcome("none", #"{"x":1}"#) == .invalid)
    #expect(toolbox.remarks.count == 2)
    #expect(throws: ToolboxError.self) { try Toolbox(ValueReader().read(#"[{"parameters":{}}]"#)) }
  }

  /// A call that is broken, or to no known tool, is not valid; no call is nothing wrong.
  @Test(
    arguments: [
      (#"[{"name":"weather","arguments":{"city":"a"}},{"name":"nope","arguments":{}}]"#, 0),
      (#"[{"name":"weather","arguments":{"city":"a"}},{"name":"weather"}]"#, 0), ("[]", 1),
      (#"[{"name":"Wea.ther","arguments":{"x":1}}]"#, 1),
    ] as [(String, Double)])
  func component(_ calls: String, _ expected: Double) throws {
    let scorer = try Scorer(reward: ExactMatchReward())
    let task = ScoringTask(groundTruth: try GroundTruth(json: "[]"), tools: try toolbox())
    let verdict = scorer.score("<think>x</think><tool_call>\(calls)</tool_call>", for: task)
    #expect(verdict.components[4] == expected)
  }

  /// A list of failures that is cut proves nothing.
  @Test func manyFailures() throws {
    let toolbox = try Toolbox(
      ValueReader().read(
        #"[{"name":"f","parameters":{"type":"object","properties":{"a":{"items":{"type":"integer"}}}}}]"#))
    let values = Array(repeating: #""1""#, count: 300) + Array(repeating: #""x""#, count: 5)
    let arguments = try ValueReader().read(#"{"a":[\#(values.joined(separator: ","))]}"#)
    #expect(toolbox.check(name: Array("f".utf8), arguments: arguments).outcome == .invalid)
  }

  /// One toolbox, eight tasks: the same verdicts.
  @Test func sharedByTasks() async throws {
    let toolbox = try toolbox()
    let calls = try [#"{"city":"a"}"#, #"{"city":1}"#, #"{"days":1}"#, #"{"city":"a","days":"1"}"#].map {
      try ValueReader().read($0)
    }
    let name = Array("weather".utf8)
    let expected = calls.map { toolbox.check(name: name, arguments: $0).outcome }
    #expect(expected == [.valid, .coercible, .invalid, .coercible])
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<100 where calls.map({ toolbox.check(name: name, arguments: $0).outcome }) != expected {
            return false
          }
          return true
        }
      }
      for await same in group { #expect(same) }
    }
  }
}
