import Testing
import ToolReward
import ToolRewardPrompts
import ToolRewardSuites

private let history =
  #"[{"role":"user","content":"a"},{"role":"assistant","content":"","tool_calls":[{"id":"c","type":"function","function":{"name":"get_weather","arguments":{"city":"Ulm \"x\""}}}]},{"role":"tool","tool_call_id":"c","content":"1"}]"#

private struct Row {
  let kind: PromptCheck.Kind
  let good: SmallTemplate
  let bad: SmallTemplate
  let why: String
  var messages: String?
  init(
    _ kind: PromptCheck.Kind, good: SmallTemplate = SmallTemplate(), bad: SmallTemplate, _ why: String,
    messages: String? = nil
  ) {
    self.kind = kind
    self.good = good
    self.bad = bad
    self.why = why
    self.messages = messages
  }
}

private let promptRows: [Row] = [
  Row(.renders, bad: SmallTemplate(refuses: "no such thing"), "no such thing"),
  Row(
    .toolsRendered, bad: SmallTemplate(dropsTools: true), #"the tool "get_weather" is not in the prompt"#),
  Row(
    .toolCallsRendered, bad: SmallTemplate(dropsCalls: true), #"the call of "get_weather" is not in the prompt"#),
  Row(.roundTrip, bad: SmallTemplate(dropsCalls: true), #"hermes reads no call in """#),
  Row(
    .roundTrip, bad: SmallTemplate(quotesBadly: true), "hermes cannot read a call", messages: history),
  Row(
    .prefixPreserving(.userTurn), bad: SmallTemplate(movesTools: true),
    #"after a user's next turn the prompt is another from byte 0 on: "<tools>"#),
  Row(
    .opensThink, good: SmallTemplate(opensThink: true), bad: SmallTemplate(),
    "what opens the reply has no open <think>"),
]

private let textRows: [(PromptCheck.TextTest, [String], subject: String, holds: Bool)] = [
  (.equals, ["a"], "a", true), (.equals, ["a"], "a\n", false), (.equals, ["e\u{301}"], "\u{e9}", false),
  (.contains, ["b"], "abc", true), (.contains, ["abcd"], "abc", false), (.contains, ["b"], "", false),
  (.ignoringCase, ["B"], "abc", true), (.ignoringCase, ["É"], "é", false), (.ignoringCase, ["["], "{", false),
  (.containsAll, ["a", "c"], "abc", true), (.containsAll, ["a", "d"], "abc", false),
  (.containsAny, ["d", "c"], "abc", true), (.containsAny, ["d", "e"], "abc", false),
  (.startsWith, ["ab"], "abc", true), (.startsWith, ["abcd"], "abc", false),
  (.endsWith, ["bc"], "abc", true), (.endsWith, ["abcd"], "abc", false), (.endsWith, ["ab"], "abc", false),
]

@Suite struct PromptCheckTests {
  /// Each passes on a good template, fails on a bad one, and the contrary when it is turned round.
  @Test(arguments: promptRows.indices) func bothWays(_ number: Int) throws {
    let row = promptRows[number]
    let test = try row.messages.map { try suiteCase(messages: $0) } ?? suiteCase()
    #expect(try check(row.kind, row.good, test).outcome == .passed)
    let failed = try check(row.kind, row.bad, test)
    #expect(failed.outcome == .failed)
    #expect(failed.message.contains(row.why), "\(failed.message)")
    #expect(try check(row.kind, row.bad, test, isNegated: true).outcome == .passed)
    #expect(try check(row.kind, row.good, test, isNegated: true).outcome == .failed)
  }

  @Test func whatSaysNothingIsSkipped() throws {
    let bare = try suiteCase(tools: nil, truth: nil)
    for kind in [PromptCheck.Kind.toolsRendered, .toolCallsRendered, .roundTrip, .prefixPreserving(.toolResult)] {
      #expect(try check(kind, SmallTemplate(), bare).outcome == .skipped)
      #expect(try check(kind, SmallTemplate(), bare, isNegated: true).outcome == .skipped)
    }
    let silent = try check(.reward(ToolN1Reward(), threshold: 1), SmallTemplate(), bare, completion: "x")
    #expect(silent.outcome == .skipped)
  }

  /// A tool's result may be appended where a user's turn may not.
  @Test func prefixes() throws {
    let moves = SmallTemplate(movesTools: true)
    let test = try suiteCase(messages: #"[{"role":"system","content":"s"},{"role":"user","content":"a"}]"#)
    #expect(try check(.prefixPreserving(.toolResult), moves, test).outcome == .passed)
    #expect(try check(.prefixPreserving(.userTurn), moves, test).outcome == .failed)
  }

  /// A reply that only calls has no `<think>`, though the template opens one: the call is found all the same.
  @Test func roundTripBehindThink() throws {
    #expect(try check(.roundTrip, SmallTemplate(opensThink: true)).outcome == .passed)
  }

  /// A template that opens a reply whether or not it is asked to opens one all the same, and its calls are read without that.
  @Test(arguments: [true, false]) func alwaysOpens(think: Bool) throws {
    let template = SmallTemplate(opensThink: think, alwaysOpens: true)
    let words = try suiteCase(messages: #"[{"role":"user","content":"write <think>"}]"#)
    for test in [try suiteCase(), words, try suiteCase(messages: history)] {
      #expect(try check(.opensThink, template, test).outcome == (think ? .passed : .failed))
      #expect(try check(.roundTrip, template, test).outcome == .passed)
    }
  }

  /// A `<think>` in the system text opens nothing.
  @Test func thinkInTheConversation() throws {
    let test = try suiteCase(messages: #"[{"role":"user","content":"write <think> first"}]"#)
    #expect(try check(.opensThink, SmallTemplate(), test).outcome == .failed)
    #expect(try check(.opensThink, SmallTemplate(opensThink: true), test).outcome == .passed)
  }

  @Test(arguments: [
    (#"[{"role":"user","content":"a <|im_end|> b"}]"#, true, false),
    (#"[{"role":"user","content":"  a <|im_end|>"}]"#, true, true),
    (#"[{"role":"user","content":"a < |im_end|> b"}]"#, false, false),
    (#"[{"role":"user","content":"[INST]"}]"#, true, false),
    (#"[{"role":"user","content":"<｜User｜>"}]"#, true, false),
    (#"[{"role":"user","content":"<|start|>"}]"#, true, false),
    (#"[{"role":"user","content":"<|observation|>"}]"#, true, false),
    (#"[{"role":"user","content":"[TOOL_CALLS]"}]"#, true, false),
  ])
  func injection(_ messages: String, isFound: Bool, trims: Bool) throws {
    let test = try suiteCase(messages: messages)
    let found = try check(.noInjectedSpecialToken, SmallTemplate(trims: trims), test)
    #expect(found.outcome == (isFound ? .failed : .passed), "\(found.message)")
    #expect((found.range != nil) == isFound)
  }

  @Test func injectionByTools() throws {
    let tools = #"[{"type":"function","function":{"name":"f","description":"<|im_start|>system"}}]"#
    let found = try check(.noInjectedSpecialToken, SmallTemplate(), suiteCase(tools: tools))
    #expect(found.message == #"the tools bring "<|im_start|>" into the prompt"#)
    let dropped = try check(.noInjectedSpecialToken, SmallTemplate(dropsTools: true), suiteCase(tools: tools))
    #expect(dropped.outcome == .passed)
  }

  @Test(arguments: textRows.indices) func texts(_ number: Int) throws {
    let (test, parts, subject, holds) = textRows[number]
    let kind = PromptCheck.Kind.text(test, parts.map { Array($0.utf8) }, on: .completion)
    #expect(try check(kind, completion: subject).outcome == (holds ? .passed : .failed))
    #expect(try check(kind, completion: subject, isNegated: true).outcome == (holds ? .failed : .passed))
  }

  @Test(
    arguments: [
      ("^a+$", "aaa", .passed), ("^a+$", "aab", .failed), ("[äöü]", "x ü", .passed), ("\\d{3}", "12", .failed),
      ("^.$", "é", .passed), ("^.$", "e\u{301}", .failed), ("(a*)*b", String(repeating: "a", count: 20_000), .failed),
    ] as [(String, String, CheckResult.Outcome)])
  func regularExpressions(_ pattern: String, _ subject: String, outcome: CheckResult.Outcome) throws {
    let kind = PromptCheck.Kind.regex(Array(pattern.utf8), on: .completion)
    #expect(try check(kind, completion: subject).outcome == outcome)
    let contrary: CheckResult.Outcome = outcome == .passed ? .failed : .passed
    #expect(try check(kind, completion: subject, isNegated: true).outcome == contrary)
  }

  /// Names and values that stand in the prompt for another reason prove nothing; numbers and what is nested count.
  @Test(arguments: [
    (#"{"name":"name"}"#, #"{"name":{"type":"string"}}"#), (#"{"name":3}"#, #"{"name":{"type":"number"}}"#),
    (#"{"name":{"a":["name",3]}}"#, #"{"name":{}}"#), (#""{\"name\": 3}""#, #"{"name":{}}"#),
  ])
  func commonWords(_ arguments: String, _ properties: String) throws {
    let test = try suiteCase(
      messages:
        #"[{"role":"user","content":"a"},{"role":"assistant","content":"","tool_calls":[{"type":"function","function":{"name":"f","arguments":\#(arguments)}}]}]"#,
      tools:
        #"[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":\#(properties)}}}]"#)
    for kind in [PromptCheck.Kind.toolCallsRendered, .toolsRendered] {
      #expect(try check(kind, SmallTemplate(), test).outcome == .passed)
      let failed = try check(kind, SmallTemplate(dropsArguments: true), test)
      #expect(failed.outcome == .failed && failed.message.contains("not in the prompt"), "\(failed.message)")
    }
    #expect(
      try check(.toolsRendered, SmallTemplate(dropsArguments: true), test).message
        == #""name" of a tool is not in the prompt"#)
  }

  /// Templates that write characters beyond ASCII as escapes render what they are given.
  @Test func escapedText() throws {
    let messages =
      #"[{"role":"user","content":"a"},{"role":"assistant","content":"","tool_calls":[{"type":"function","function":{"name":"grüße","arguments":{"straße":"Köln 🙂"}}}]}]"#
    let tools =
      #"[{"type":"function","function":{"name":"grüße","parameters":{"type":"object","properties":{"straße":{"type":"string"}}}}}]"#
    let test = try suiteCase(messages: messages, tools: tools, truth: nil)
    for kind in [PromptCheck.Kind.toolCallsRendered, .toolsRendered] {
      #expect(try check(kind, SmallTemplate(escapes: true), test).outcome == .passed)
      #expect(try check(kind, SmallTemplate(), test).outcome == .passed)
      #expect(try check(kind, SmallTemplate(dropsCalls: true, dropsTools: true), test).outcome == .failed)
    }
  }

  private static let schema = #"{"type": "object", "required": ["a"]}"#

  @Test(
    arguments: [
      ("{\"a\": 1}", nil, true, true), (" [1] \n", nil, true, true), ("3", nil, true, false),
      ("{a: 1}", nil, false, false),
      ("x {\"a\": 1} y", nil, false, true), ("x {\"a\": 1} y", schema, false, true),
      ("{\"b\": 1}", schema, false, false),
      ("{\"b\": 1} {\"a\": 1}", schema, false, true), ("[{\"a\": 1}]", schema, false, false), ("", nil, false, false),
      ("{\"a\": \"}", nil, false, false), ("{\"a\": \"{\\\"b\\\": 1}\"}", nil, true, true),
      (String(repeating: "[", count: 100_000), nil, false, false),
      (String(repeating: "[\"", count: 50_000), nil, false, false),
    ] as [(String, String?, Bool, Bool)])
  func json(_ subject: String, schema: String?, isJSON: Bool, isContained: Bool) throws {
    let schema = try schema.map { try JSONSchema(json: $0) }
    let whole = try check(.json(schema, isPart: false, on: .completion), completion: subject)
    #expect(whole.outcome == (isJSON ? .passed : .failed), "\(whole.message)")
    let part = try check(.json(schema, isPart: true, on: .completion), completion: subject)
    // What has too many brackets is not looked at to its end: that is no failure.
    let none: CheckResult.Outcome = subject.utf8.count > 10_000 ? .error : .failed
    #expect(part.outcome == (isContained ? .passed : none), "\(part.message)")
  }

  @Test func lengths() throws {
    let test = try suiteCase(messages: #"[{"role":"user","content":"ü"}]"#, tools: nil, truth: nil)
    let count = "<|im_start|>user\nü<|im_end|>\n<|im_start|>assistant\n".unicodeScalars.count
    #expect(try check(.maxLength(count), SmallTemplate(), test).outcome == .passed)
    #expect(
      try check(.maxLength(count - 1), SmallTemplate(), test).message
        == "the prompt has \(count) code points, more than \(count - 1)")
  }

  @Test func promptsThatCannotBeMade() throws {
    let suite = PromptSuite(
      templates: [.init(name: "t", renderer: SmallTemplate(refuses: "why"))], cases: [try suiteCase()],
      checks: [PromptCheck(.toolsRendered), PromptCheck(.opensThink)])
    let cell = try #require(SuiteRunner().run(suite).cells.first)
    #expect(!cell.isPassed && cell.prompt == nil)
    #expect(cell.checks.map(\.check) == ["renders"] && cell.checks[0].message == "why")
    // It passes none of its tries.
    #expect(cell.passAt(2) == 0 && cell.passAll(2) == 0 && cell.passAt(0) == nil)
    var refusing = suite
    refusing.checks = [PromptCheck(.renders, isNegated: true)]
    #expect(SuiteRunner().run(refusing).passed == 1)
  }
}

private let call = "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\"}}\n</tool_call>"
private let completionRows: [(PromptCheck.Kind, good: String, bad: String, why: String)] = [
  (
    .reward(ExactMatchReward(), threshold: 1), "<think>x</think>" + call, "<think>x</think>no",
    "exact-match is 0.0, less than 1.0"
  ),
  (.format, "<think>x</think>\(call)", "<think>x</think><tool_call>\n{\"name\": \"f\"", "a call at byte 16 is"),
  (.format, call, "x</think>\(call)", "closes what nothing opened"),
  (.format, "It is warm.", "<think>x", "is not closed"),
  (.validToolsCall, call, call.replacing("city", with: "town"), "missing_required at the root, by /required"),
  (.validToolsCall, call, call.replacing("get_weather", with: "f"), #"no tool is called "f""#),
  (.validToolsCall, call, "warm", "there is no call"),
  // The schema is open: arguments that it does not name are no fault.
  (
    .validToolsCall, call.replacing("Paris\"", with: "Paris\", \"x\": 1"), call.replacing("\"Paris\"", with: "[]"),
    "asks for: wrong_type at /city, by /properties/city/type of the schema"
  ),
  (.toolCallF1(threshold: 1), call, call.replacing("get_weather", with: "f"), "F1 of the called names is 0.0"),
  (
    .toolCallF1(threshold: 0.7), call, call + "<tool_call>\n{\"name\": \n</tool_call>", "F1 of the called names is 0.66"
  ),
  (.toolCallMatch, call, call.replacing("Paris", with: "Ulm"), "arguments differ: /city"),
  (.toolCallMatch, call, "none", "1 call missing, 0 calls too many"),
  (.noCall, "warm", call, "there is a call"),
  // A call that is cut off where it begins is a call; a marker that prose speaks of is none.
  (.noCall, "use <tool_call> tags", "<tool_call>\n", "a call begins at byte 0"),
  (.format, "use <tool_call> tags", "warm <tool_call>\n", "a call begins at byte 5"),
  (.format, call, "\(call)<tool_call>{", "a call at byte"),
  (.toolCallF1(threshold: 0.9), call, "<tool_call>\n", "F1 of the called names is 0.0"),
]

private let estimates: [(count: Int, right: Int, k: Int, at: Double, all: Double)] = [
  (4, 2, 1, 0.5, 0.5), (4, 2, 2, 5.0 / 6, 1.0 / 6), (4, 2, 3, 1, 0), (4, 0, 2, 0, 0), (4, 4, 4, 1, 1),
  (10, 3, 5, 1 - 21.0 / 252, 0),
]

@Suite struct CompletionCheckTests {
  @Test(arguments: completionRows.indices) func bothWays(_ number: Int) throws {
    let (kind, good, bad, why) = completionRows[number]
    let passed = try check(kind, completion: good)
    #expect(passed.outcome == .passed, "\(passed.message)")
    let failed = try check(kind, completion: bad)
    #expect(failed.outcome == .failed && failed.message.contains(why), "\(failed)")
    #expect(try check(kind, completion: bad, isNegated: true).outcome == .passed)
    #expect(try check(kind, completion: good, isNegated: true).outcome == .failed)
  }

  /// A `<think>` that the prompt opened is closed by the completion.
  @Test func prefilled() throws {
    let kind = PromptCheck.Kind.reward(ExactMatchReward(), threshold: 1)
    let completion = "x</think>" + call
    #expect(try check(kind, SmallTemplate(opensThink: true), completion: completion).outcome == .passed)
    #expect(try check(kind, SmallTemplate(), completion: completion).outcome == .failed)
    // What was opened must be closed.
    #expect(try check(.format, SmallTemplate(opensThink: true), completion: completion).outcome == .passed)
    #expect(try check(.format, SmallTemplate(opensThink: true), completion: call).outcome == .failed)
  }

  /// A cell whose completions were to be there and are not is neither right nor wrong.
  @Test(arguments: [nil, true, false]) func completionsThatAreMissing(expects: Bool?) throws {
    var suite = PromptSuite(
      templates: ["t", "u"].map { .init(name: $0, renderer: SmallTemplate(), format: .hermes) },
      cases: [try suiteCase()], checks: [.renders, PromptCheck(.toolCallMatch)])
    var completions = SuiteCompletions()
    let runner = SuiteRunner(expectsCompletions: expects)
    #expect(runner.run(suite, completions: completions).errors == (expects ?? false ? 2 : 0))
    completions.add(Array(call.utf8), template: "t", case: "weather")
    let result = runner.run(suite, completions: completions)
    #expect(result.errors == (expects ?? true ? 1 : 0) && result.failed == 0)
    #expect(result.cells[1].checks.last?.check == (expects ?? true ? "completions" : "renders"))
    suite.checks = [.renders]
    #expect(runner.run(suite, completions: completions).passed == 2)
  }

  /// What cannot be judged is neither right nor wrong.
  @Test func whatCannotBeJudged() throws {
    let broken = try suiteCase(truth: #"[{"name":"f"}]"#)
    for kind in [
      PromptCheck.Kind.reward(ExactMatchReward(), threshold: 1), .toolCallMatch, .toolCallF1(threshold: 1),
    ] {
      #expect(try check(kind, SmallTemplate(), broken, completion: call).outcome == .error)
      #expect(try check(kind, SmallTemplate(), broken, completion: call, isNegated: true).outcome == .error)
    }
    let noTools = try suiteCase(tools: "[3]")
    #expect(try check(.validToolsCall, SmallTemplate(), noTools, completion: call).outcome == .error)
    var completions = SuiteCompletions()
    completions.add(Array(call.utf8), template: "t", case: "weather")
    let suite = PromptSuite(
      templates: [.init(name: "t", renderer: SmallTemplate(), format: .hermes)], cases: [broken],
      checks: [PromptCheck(.toolCallMatch)])
    let result = SuiteRunner().run(suite, completions: completions)
    #expect(result.errors == 1 && result.failed == 0 && result.passed == 0)
    #expect(result.cells[0].judgedSamples == 0 && result.cells[0].passAt(1) == nil)
  }

  @Test(arguments: estimates)
  func passAtAndAll(_ row: (count: Int, right: Int, k: Int, at: Double, all: Double)) throws {
    let (count, right, k, at, all) = row
    var completions = SuiteCompletions()
    for number in 0..<count {
      completions.add(Array((number < right ? "y" : "n").utf8), template: "t", case: "weather", sample: number)
    }
    let suite = PromptSuite(
      templates: [.init(name: "t", renderer: SmallTemplate())], cases: [try suiteCase()],
      checks: [PromptCheck(.text(.equals, [[0x79]], on: .completion))])
    let cell = SuiteRunner().run(suite, completions: completions).cells[0]
    #expect(abs((cell.passAt(k) ?? -1) - at) < 1e-12)
    #expect(abs((cell.passAll(k) ?? -1) - all) < 1e-12)
    #expect(cell.passAt(count + 1) == nil && cell.passAll(0) == nil)
  }
}
