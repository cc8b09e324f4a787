import Testing

@testable import ToolReward

/// A reward whose score the completion spells: `0.5`, or nothing for one that cannot be judged.
private struct Spelled: RewardPolicy {
  let name: String
  var summary: String { "" }
  var source: String { "this file" }
  var componentNames: [String] { ["half"] }
  var format: CompletionFormat? { nil }
  var syntax: ValueReader.Syntax { .json }
  func judge(_ completion: Completion, against truth: GroundTruth, tools: Toolbox?) -> Verdict {
    let score = Double(String(decoding: completion.text, as: UTF8.self))
    return Verdict(score: score, components: [score.map { $0 / 2 }])
  }
}

@Suite struct CompositionTests {
  private static let registry = RewardRegistry([Spelled(name: "s"), StrictReward(), ToolRLReward()])

  /// An expression, the spelled score, the step, and the composed score.
  @Test(
    arguments: [
      (#""s""#, "0.5", 0, 0.5), (#"{"sum":[{"weight":2,"of":"s"},0.25]}"#, "0.5", 0, 1.25),
      (#"{"component":"half","of":"s"}"#, "3", 0, 1.5),
      (#"{"sum":["s",1]}"#, "", 0, nil), (#"{"gate":"s","then":2}"#, "1", 0, 2),
      (#"{"gate":"s","then":2}"#, "0.9", 0, 0),
      (#"{"gate":"s","at_least":0.5,"then":"s","else":-1}"#, "0.5", 0, 0.5),
      (#"{"gate":"s","at_least":0.5,"then":"s","else":-1}"#, "0.4", 0, -1),
      (#"{"scale":2,"offset":-1,"of":"s"}"#, "0.75", 0, 0.5), (#"{"clamp":"s","min":0,"max":1}"#, "7", 0, 1),
      (#"{"clamp":"s","min":0}"#, "-7", 0, 0),
      (#"{"sum":[{"weight":{"schedule":[[0,0],[10,1],[20,0.5]]},"of":"s"}]}"#, "1", 0, 0),
      (#"{"sum":[{"weight":{"schedule":[[0,0],[10,1],[20,0.5]]},"of":"s"}]}"#, "1", 5, 0.5),
      (#"{"sum":[{"weight":{"schedule":[[0,0],[10,1],[20,0.5]]},"of":"s"}]}"#, "1", 15, 0.75),
      (#"{"sum":[{"weight":{"schedule":[[0,0],[10,1],[20,0.5]]},"of":"s"}]}"#, "1", 99, 0.5),
    ] as [(String, String, Int, Double?)])
  func expressions(_ expression: String, _ completion: String, _ step: Int, _ expected: Double?) throws {
    let file = Array(#"{"name":"c","reward":\#(expression)}"#.utf8)
    let reward = try CompositeReward(file: file, registry: Self.registry, step: step)
    let truth = try reward.compile(groundTruth: ValueReader().read("[]"))
    let verdict = try Scorer(reward: reward).score(completion, for: ScoringTask(groundTruth: truth))
    #expect(verdict.score == expected)
    #expect(reward.componentNames == ["s", "s.half"] && verdict.components.count == 2)
  }

  /// Each reward reads the completion and the ground truth in its own way.
  @Test func partsKeepTheirWays() throws {
    let file = Array(#"{"name":"c","reward":{"sum":["strict",{"component":"format","of":"tool-rl"}]}}"#.utf8)
    let reward = try CompositeReward(file: file, registry: Self.registry)
    let truth = try reward.compile(groundTruth: ValueReader().read(#"[{"name":"f","arguments":{}}]"#))
    let completion = "<think>x</think>\n<tool_call>\n{\"name\":\"f\",\"arguments\":{}}\n</tool_call>"
    let verdict = try Scorer(reward: reward).score(completion, for: ScoringTask(groundTruth: truth))
    #expect(verdict.score == 2)
    #expect(reward.format == nil && reward.usesTools)
    #expect(verdict.components.count == reward.componentNames.count)
  }

  /// A mistake in a file, and what is said of it.
  @Test(arguments: [
    ("{", "1:2: the file is not JSON: the JSON ends too early (byte 1)"),
    ("[]", "1:1: must be an object"),
    ("{\n \"name\": \"c\",\n \"rewrd\": 1}", "1:1: has no member \"rewrd\"; it may have: name, summary, reward"),
    (#"{"name":"c"}"#, "1:1: \"reward\" is missing"), (#"{"reward":"s"}"#, "1:1: \"name\" is missing"),
    (#"{"name":"","reward":"s"}"#, "1:9: /name: must not be empty"),
    (#"{"name":"c","reward":1}"#, "1:22: /reward: names no reward: every score would be the same"),
    (
      #"{"name":"c","reward":true}"#,
      "1:22: /reward: must be a number, the name of a reward, or an object with one of: reward, component, sum, gate, schedule, clamp, scale, offset"
    ),
    (#"{"name":"c","reward":"q"}"#, #"1:22: /reward: there is no reward "q"; the rewards are: s, strict, tool-rl"#),
    (
      "{\"name\":\"c\",\"reward\":{\"sum\":[\n\n  {\"weight\":[],\"of\":\"s\"}]}}",
      "3:13: /reward/sum/0/weight: must be a number, the name of a reward, or an object with one of: reward, component, sum, gate, schedule, clamp, scale, offset"
    ),
    (#"{"name":"c","reward":{"sum":[]}}"#, "1:29: /reward/sum: must have at least one term"),
    (
      #"{"name":"c","reward":{"component":"x","of":"s"}}"#,
      "1:35: /reward/component: s has no such component; it has: half"
    ),
    (#"{"name":"c","reward":{"clamp":"s","min":2,"max":1}}"#, "1:22: /reward: \"min\" is above \"max\""),
    (
      #"{"name":"c","reward":{"sum":[{"weight":{"schedule":[[1,0],[1,1]]},"of":"s"}]}}"#,
      "1:59: /reward/sum/0/weight/schedule/1: steps must ascend"
    ),
    (
      #"{"name":"c","reward":{"reward":"tool-rl","grading":"x"}}"#,
      "1:52: /reward/grading: must be one of: fine, intermediate, refined, coarse"
    ),
    (#"{"name":"c","name":"d","reward":"s"}"#, "1:1: has two members of the same name"),
  ])
  func mistakes(_ text: String, _ message: String) {
    #expect {
      _ = try CompositeReward(file: Array(text.utf8), registry: Self.registry)
    } throws: {
      "\($0)" == message
    }
  }

  @Test func deepNestingIsRefused() {
    let deep = String(repeating: #"{"scale":1,"of":"#, count: 40) + #""s""# + String(repeating: "}", count: 40)
    #expect(throws: ConfigurationError.self) {
      _ = try CompositeReward(file: Array(#"{"name":"c","reward":\#(deep)}"#.utf8), registry: Self.registry)
    }
  }

  @Test func formatFile() throws {
    let text = """
      {"name":"mine","reasoning":{"open":"[T]","close":"[/T]","start":"closed","closes":"last","calls_inside":"counted"},
       "frame":{"open":"A","close":"B","ends":"first_closer"},
       "payload":{"json":{"cardinality":["array","lines"],"name":"tool","arguments":["args"],"other":["id"],"arguments_are_object":false,"syntax":"python"}},
       "terminators":["END"],"assistant_markers":["M"],"leniencies":["trailing_comma","code_fence"]}
      """
    let format = try CompletionFormat(file: Array(text.utf8))
    let expected = CompletionFormat(
      name: "mine",
      reasoning: ReasoningRule(open: "[T]", close: "[/T]", start: .closed, closes: .last, callsInside: .counted),
      frame: CallFrame(open: "A", close: "B", ends: .firstCloser),
      payload: .json(
        JSONPayload(
          cardinality: [.array, .lines], nameMember: "tool", argumentsMembers: ["args"], otherMembers: ["id"],
          argumentsAreObject: false, syntax: .python, limits: .python)),
      terminators: ["END"], assistantMarkers: ["M"], leniencies: [.trailingComma, .codeFence])
    #expect(format == expected)
    let least = try CompletionFormat(
      file: Array(#"{"name":"m","frame":{"open":"A","close":"B"},"payload":{"json":{}},"reasoning":null}"#.utf8))
    #expect(least.reasoning == nil)
    #expect {
      _ = try CompletionFormat(file: Array(#"{"name":"m","frame":{"open":"A"},"payload":{"json":{}}}"#.utf8))
    } throws: {
      "\($0)" == "1:21: /frame: \"close\" is missing"
    }
  }
}
