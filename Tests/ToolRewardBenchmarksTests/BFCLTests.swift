import Foundation
import Testing
import ToolReward

@testable import ToolRewardBenchmarks

/// A function's parameters and an answer, and what predictions get: the quirks that the leaderboard's code has, probed on it.
@Suite struct BFCLTests {
  struct Row: Sendable, CustomStringConvertible {
    let type: String
    let values: String
    let given: String
    let official: String?
    let strict: String?
    var description: String { "\(type) \(values) <- \(given)" }

    init(_ type: String, _ values: String, _ given: String, _ official: String?, _ strict: String?) {
      self.type = type
      self.values = values
      self.given = given
      self.official = official
      self.strict = strict
    }
  }

  static let python: [Row] = [
    Row("integer", "[1]", "1", nil, nil),
    Row("integer", "[1]", "True", "type_error:simple", "type_error:simple"),
    Row("integer", "[1]", "1.0", "type_error:simple", "type_error:simple"),
    Row("integer", #"[1,""]"#, "''", "type_error:simple", "type_error:simple"),
    Row("integer", "[9007199254740993]", "9007199254740993", nil, nil),
    Row("integer", "[9007199254740993]", "9007199254740992", "value_error:others", "value_error:others"),
    Row("float", "[1.0]", "1", nil, nil), Row("float", "[1]", "1.0", nil, nil),
    Row("float", "[1.5]", "3 / 2", nil, nil),
    Row("float", "[1]", "10 ** 400", "official_raises", "value_error:others"),
    Row("boolean", "[true]", "True", nil, nil),
    Row("boolean", "[true]", "true", "type_error:simple", "type_error:simple"),
    Row("string", #"["New York"]"#, "'new-york,'", nil, nil),
    Row("string", #"["it's"]"#, #""it\"s""#, nil, nil),
    Row("string", #"["a",""]"#, "' .'", nil, "value_error:string"),
    Row("string", #"["e\u0301"]"#, "'é'", "value_error:string", "value_error:string"),
    Row("string", #"["ΑΣ"]"#, "'ας'", nil, nil),
    Row("string", #"["ß"]"#, "'ss'", "value_error:string", "value_error:string"),
    Row("string", #"["a",null]"#, "None", "type_error:simple", nil),
    Row("string", #"[null,"a"]"#, "None", nil, nil),
    Row("string", #"[null,"a"]"#, "'A'", "value_error:others", nil),
    Row("string", #"["a"]"#, "b'a'", "type_error:simple", "type_error:simple"),
    Row("any", "[5]", "5", nil, nil), Row("any", "[5]", "5.0", "type_error:simple", nil),
    Row("array:integer", "[[1,2]]", "[1, 2]", nil, nil),
    Row("array:float", "[[1.0,2.0]]", "[1, 2]", "type_error:nested", nil),
    Row("array:integer", #"[[1,2],""]"#, "[True, 2.0]", nil, "value_error:list/tuple"),
    Row("array:integer", #"[[1],""]"#, "[]", nil, "value_error:list/tuple"),
    Row("array:string", #"[["A b"]]"#, "['ab']", nil, nil),
    Row("array:array", #"[[["a"]]]"#, "[['A']]", "value_error:list/tuple", nil),
    Row("tuple:integer", "[[1,2]]", "(1, 2)", nil, nil),
    Row("array:integer", "[[1,2]]", "(1, 2)", "type_error:simple", nil),
    Row("dict", #"[{"k":[1]}]"#, "{'k': True}", nil, "value_error:dict_value"),
    Row("dict", #"[{"k":[1]}]"#, "{'j': 1}", "value_error:dict_key", "value_error:dict_value"),
    Row("dict", #"[{"k":[["A"]]}]"#, "{'k': ['a']}", "value_error:dict_value", nil),
    Row("dict", #"[{"k":"abc"}]"#, "{'k': 'b'}", nil, "value_error:dict_value"),
    Row("dict", #"[""]"#, "{}", "dict_checker:unclear", "value_error:dict_value"),
    Row(
      "array:dict", #"[[{"k":[1]}]]"#, "[{'k': 1}, {'k': 1}]", "value_error:list_dict_count", "value_error:list/tuple"),
    Row("array:dict", #"[[{"k":[1]}],""]"#, "['x']", "official_raises", "value_error:list/tuple"),
    Row("object", "[1]", "1", "official_raises", nil),
  ]

  @Test(arguments: python)
  func pythonQuirks(_ row: Row) throws {
    try check(row, "simple_python", raw: "[f(a=\(row.given))]")
  }

  @Test(arguments: [
    Row("integer", "[5]", "5", nil, nil), Row("integer", "[5]", "5L", "type_error:simple", "type_error:simple"),
    Row("long", "[5]", "5L", nil, nil), Row("float", "[5.0]", "5f", nil, nil),
    Row("float", "[5.0]", "5.0", "type_error:simple", "type_error:simple"),
    Row("double", "[5.0]", "5.0", nil, nil), Row("integer", "[5]", "５\n", nil, nil),
    Row("Array:String", #"[["\"a\""]]"#, #"new String[]{"a"}"#, nil, nil),
    Row("ArrayList:String", #"[["a","b"]]"#, #"new ArrayList<>(Arrays.asList("a", "b"))"#, nil, nil),
    Row("ArrayList:integer", "[[1,2]]", "new ArrayList<Integer>() {{ add(1); add(2); }}", nil, nil),
    Row("HashMap", #"[{"k":["v"]}]"#, #"new HashMap<String, String>() {{ put("k", "v"); }}"#, nil, nil),
    Row("Queue", "[[1]]", "1", "official_raises", "type_error:simple"),
  ])
  func javaQuirks(_ row: Row) throws { try check(row, "simple_java", decoded: row.given) }

  @Test(arguments: [
    Row("String", #"["a"]"#, "'a'", nil, nil), Row("Bigint", "[5]", "5n", nil, nil),
    Row("float", "[1e5]", "1e5", "type_error:simple", "type_error:simple"),
    Row("array:integer", "[[1,2]]", "[1, 2]", nil, nil), Row("array", "[[1]]", "[1]", "official_raises", nil),
    Row("array:array", "[[[1,2],[3]]]", "[[1, 2], [3]]", nil, nil),
    Row("dict", #"[{"a":[5]}]"#, "{a: '5'}", nil, nil),
    Row("any", #"["'a'"]"#, "'a'", nil, nil),
  ])
  func javaScriptQuirks(_ row: Row) throws { try check(row, "simple_javascript", decoded: row.given) }

  /// One sample of a category, judged with and without the strict verdict: the official one is the same.
  private func check(_ row: Row, _ category: String, raw: String? = nil, decoded: String? = nil) throws {
    let parts = row.type.split(separator: ":").map(String.init)
    let items = parts.count > 1 ? #","items":{"type":"\#(parts[1])"}"# : ""
    let function =
      #"{"name":"f","parameters":{"type":"dict","properties":{"a":{"type":"\#(parts[0])"\#(items)}},"required":[]}}"#
    let evaluator = BFCLEvaluator(try Self.dataset(category, function, #"[{"f":{"a":\#(row.values)}}]"#))
    let line: String
    if let raw {
      line = #"{"id":"\#(category)_0","raw":\#(try Self.json(raw))}"#
    } else {
      line = #"{"id":"\#(category)_0","decoded":[{"f":{"a":\#(try Self.json(decoded ?? ""))}}]}"#
    }
    let read = try BFCLRowReader().read(Array(line.utf8).span)
    let both = try #require(evaluator.verdicts(of: read, isStrict: true))
    #expect(both.official == BenchmarkVerdict(isValid: row.official == nil, errorType: row.official), "\(row)")
    #expect(both.strict == BenchmarkVerdict(isValid: row.strict == nil, errorType: row.strict), "\(row)")
    #expect(evaluator.verdicts(of: read, isStrict: false)?.official == both.official)
  }

  private static func dataset(_ category: String, _ functions: String, _ answers: String) throws -> BFCLDataset {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bfcl-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let answerFolder = folder.appendingPathComponent("possible_answer")
    try FileManager.default.createDirectory(at: answerFolder, withIntermediateDirectories: true)
    let name = "BFCL_v4_\(category).json"
    try Data(#"{"id":"\#(category)_0","function":[\#(functions)]}"#.utf8).write(to: folder.appendingPathComponent(name))
    try Data(#"{"id":"\#(category)_0","ground_truth":\#(answers)}"#.utf8)
      .write(to: answerFolder.appendingPathComponent(name))
    return try BFCLDataset(folder: folder.path)
  }

  private static func json(_ text: String) throws -> String {
    String(String(decoding: try JSONEncoder().encode([text]), as: UTF8.self).dropFirst().dropLast())
  }

  private static let number =
    #"{"name":"g.h","parameters":{"type":"dict","properties":{"a":{"type":"integer"}},"required":["a"]}}"#

  @Test(
    arguments: [
      (
        "parallel", #"[{"g.h":{"a":[1,2]}},{"g.h":{"a":[1]}}]"#, "[g.h(a=1), g.h(a=2)]",
        "parallel_function_checker_no_order:cannot_find_match", nil
      ),
      ("parallel", #"[{"g.h":{"a":[1]}},{"g.h":{"a":[2]}}]"#, "[g.h(a=2), g.h(a=1)]", nil, nil),
      (
        "parallel", #"[{"g.h":{"a":[1]}}]"#, "[]", "parallel_function_checker_no_order:wrong_count",
        "parallel_function_checker_no_order:wrong_count"
      ),
      (
        "multiple", #"[{"g.h":{"a":[1]}}]"#, "[g.h(a=1), g.h(a=1)]", "multiple_function_checker:wrong_count",
        "multiple_function_checker:wrong_count"
      ),
      (
        "multiple", #"[{"g.h":{"a":[1]}}]"#, "[h(a=1)]", "simple_function_checker:wrong_func_name",
        "simple_function_checker:wrong_func_name"
      ),
      (
        "simple_python", #"[{"g.h":{"a":[1]}}]"#, "[g.h()]", "simple_function_checker:missing_required",
        "simple_function_checker:missing_required"
      ),
      (
        "simple_python", #"[{"g.h":{"a":[1]}}]"#, "[g.h(a=1, b=2)]", "simple_function_checker:unexpected_param",
        "simple_function_checker:unexpected_param"
      ),
      (
        "simple_python", #"[{"g.h":{"a":[1]}}]"#, "I cannot.", "ast_decoder:decoder_failed",
        "ast_decoder:decoder_failed"
      ),
      (
        "simple_python", #"[{"g.h":{"a":[1]}}]"#, "1+__import__('os').system('true')", "ast_decoder:decoder_failed",
        "ast_decoder:decoder_failed"
      ),
      (
        "simple_python", #"[{"g.h":{"a":[1]}}]"#, "[g.h(a=1+__import__('os').getpid()*0)]",
        "ast_decoder:decoder_failed",
        "ast_decoder:decoder_failed"
      ),
      ("irrelevance", "[]", "gibberish ((", nil, nil),
      ("irrelevance", "[]", "I'm sorry, I can't.", nil, nil), ("irrelevance", "[]", "Use g.h(a=1)", nil, nil),
      ("irrelevance", "[]", "f'{g.h(a=1)}'", nil, nil),
      ("irrelevance", "[]", "[g.h(a=1)]", "irrelevance_error:decoder_success", "irrelevance_error:decoder_success"),
      ("live_relevance", "[]", "[x()]", nil, "simple_function_checker:wrong_func_name"),
      ("live_relevance", "[]", "no", "relevance_error:decoder_failed", "relevance_error:decoder_failed"),
    ] as [(String, String, String, String?, String?)])
  func callsAreCompared(
    _ category: String, _ answers: String, _ raw: String, _ official: String?, _ strict: String?
  ) throws {
    let evaluator = BFCLEvaluator(try Self.dataset(category, Self.number, answers))
    let line = #"{"id":"\#(category)_0","raw":\#(try Self.json(raw))}"#
    let row = try BFCLRowReader().read(Array(line.utf8).span)
    let both = try #require(evaluator.verdicts(of: row, isStrict: true))
    #expect(both.official.errorType == official && both.official.isValid == (official == nil))
    #expect(both.strict?.errorType == strict)
    #expect(evaluator.verdicts(of: row, isStrict: false)?.official == both.official)
  }

  /// Every type with every answer and every value: what is told at a glance is what the checker says.
  @Test func glanceAgreesWithTheChecker() throws {
    let types = ["string", "integer", "float", "boolean", "any", "dict", "tuple", "object"]
    let items = ["", "string", "integer", "float", "boolean", "array", "dict", "object"]
    let answers = [
      "1", "1.5", "true", #""a b""#, #""É""#, #""""#, "null", "9007199254740993", #"["A","b"]"#, "[1,2]", "[1.0,2.5]",
      "[]", "[true]", #"[[1]]"#, #"{"k":[1]}"#, #"["é"]"#, #"[1,"a"]"#, #"{"k":[1,"A"],"j":["",true]}"#, #"{"k":1}"#,
    ]
    let given = [
      "1", "1.0", "1.5", "-0.0", "9007199254740993", "1e3", "True", "False", "None", "'A-b'", "'é'", "''", "['a','B']",
      "['a']", "['é']", "[1,2]", "[1.0,2.5]", "[2,1]", "[]", "[True]", "[1,'a']", "[[1]]", "{'k':1}", "[{'k':1}]",
      "'1'", "{'j':True,'k':'a'}", "{'k':True}", "{'j':1}", "{}", "{'__tuple__':[1]}", "'É'",
    ]
    let category = try #require(BFCLCategory("simple"))
    var known = 0
    for type in types + items.map({ $0.isEmpty ? "array" : "array:\($0)" }) {
      for first in answers {
        for second in [#""""#, "1", #""a b""#, "[1,2]", "true"] {
          let question = try Self.question(type, "[\(first),\(second)]", category)
          for value in given {
            guard let (told, verdict) = Self.glance(question, value) else { continue }
            switch told {
            case .unknown: continue
            case .right: #expect(verdict == nil, "\(type) [\(first), \(second)] <- \(value)")
            case .wrong(let error): #expect(verdict == error, "\(type) [\(first), \(second)] <- \(value)")
            }
            known += 1
          }
        }
      }
    }
    #expect(known > 1_000)
  }

  private static func question(_ type: String, _ values: String, _ category: BFCLCategory) throws -> BFCLQuestion {
    let parts = type.split(separator: ":").map(String.init)
    let kind = parts.count > 1 ? #""array","items":{"type":"\#(parts[1])"}"# : #""\#(parts[0])""#
    let function = #"[{"name":"f","parameters":{"properties":{"a":{"type":\#(kind)}},"required":["a"]}}]"#
    let reader = ValueReader()
    return try BFCLQuestion(
      id: [], functions: PythonValue(try reader.read(Array(function.utf8))),
      answers: PythonValue(try reader.read(Array(#"[{"f":{"a":\#(values)}}]"#.utf8))), category)
  }

  /// What a glance tells of a call, and what the checker says.
  private static func glance(
    _ question: BFCLQuestion, _ value: String
  ) -> (told: BFCLQuickCheck.Result, verdict: BFCLErrorType?)? {
    let text = Array("f(a=\(value))".utf8)
    let session = ValueSession()
    var nodes: [(name: Int, arguments: Int)] = []
    guard BFCLDecoder(.v3).readPlainCalls(text.span, 0..<text.count, session: session, to: &nodes) else { return nil }
    let arguments = PythonValue(session.tape, nodes[0].arguments).members
    let calls = [BFCLChecker.Call(name: .string(Array("f".utf8)), arguments: arguments)]
    return (
      BFCLQuickCheck([question], .python).check(0, nodes, session.tape, .simple, turnsDots: false),
      BFCLChecker(language: .python, turnsDots: false).verdict(true, calls, question, .simple)
    )
  }

  /// Each decoder on one right call, and on text that is none.
  @Test(arguments: [
    ("prompt", #""g.h(a=1)""#, true),
    ("hermes", #""<tool_call>\n{\"name\":\"g.h\",\"arguments\":{\"a\":1}}\n</tool_call>""#, true),
    ("hermes", #""<tool_call>{\"name\":\"g.h\",\"arguments\":{\"a\":1}}</tool_call>""#, false),
    ("tool-n1", #""<think>x</think><tool_call>[{\"name\":\"g.h\",\"arguments\":{\"a\":1}}]</tool_call>""#, true),
    ("tool-n1", #""<tool_call>{\"name\":\"g.h\",\"arguments\":{\"a\":1}}</tool_call>""#, false),
    ("xlam", #""{\"name\":\"g.h\",\"arguments\":{\"a\":1}}""#, true),
    ("hammer", #""```[{\"name\":\"g.h\",\"arguments\":{\"a\":1}}]```""#, true),
    ("llama", #""<|python_tag|>{\"name\":\"g.h\",\"parameters\":{\"a\":1}}""#, true),
    ("llama", #""[{'name': 'g.h', 'parameters': {'a': 2 - 1}}]""#, true),
    ("fc", #"[{"g.h":"{\"a\":1}"}]"#, true), ("fc", #"[{"g.h":"{"}]"#, false), ("list", #"[{"g.h":{"a":1}}]"#, true),
    ("list", #""text""#, false),
  ])
  func decoders(_ decoder: String, _ raw: String, _ isValid: Bool) throws {
    let evaluator = BFCLEvaluator(try Self.dataset("simple_python", Self.number, #"[{"g.h":{"a":[1]}}]"#))
    let line = #"{"id":"simple_python_0","decoder":"\#(decoder)","raw":\#(raw)}"#
    let row = try BFCLRowReader().read(Array(line.utf8).span)
    #expect(evaluator.verdicts(of: row, isStrict: false)?.official.isValid == isValid)
    #expect(evaluator.verdicts(of: row, isStrict: true)?.official.isValid == isValid)
  }

  @Test func dotsBecomeUnderscores() throws {
    let evaluator = BFCLEvaluator(try Self.dataset("simple_python", Self.number, #"[{"g.h":{"a":[1]}}]"#))
    for (name, flag, isValid) in [("g_h", true, true), ("g.h", true, false), ("g_h", false, false)] {
      let line = #"{"id":"simple_python_0","raw":"[\#(name)(a=1)]","underscore_to_dot":\#(flag)}"#
      let row = try BFCLRowReader().read(Array(line.utf8).span)
      #expect(evaluator.verdicts(of: row, isStrict: false)?.official.isValid == isValid)
    }
  }

  @Test(
    arguments: [
      ("gpt-4o-2024-11-20-FC", BFCLOutputDecoder.fc, true), ("Qwen_Qwen3-8B-FC", .hermes, false),
      ("Qwen/Qwen3-8B-FC", .hermes, false), ("qwen3-8b-FC", .fc, true),
      ("Salesforce_Llama-xLAM-2-8b-fc-r", .xlam, false),
      ("meta-llama/Llama-3.1-8B-Instruct-FC", .llama, false), ("gemini-2.5-pro-FC", .plain, true),
      ("Nemotron-Research-Tool-N1-7B", .toolN1, false), ("MadeAgents/Hammer2.1-7b", .hammer, false),
      ("meta-llama/Llama-3.1-8B-Instruct", nil, false), ("meta-llama_Llama-3.2-3B-Instruct-FC", .prompt, false),
      ("BitAgent/BitAgent-8B", nil, false), ("BitAgent/BitAgent-Bounty-8B", .bitagent, false),
      ("nova-pro-v1.0", .list, true), ("ibm-granite/granite-3.2-8b-instruct", .list, false),
      ("X-Humanoid/Pelican1.0-VL-30B-A3B-FC", .hermes, false), ("firefunction-v2-FC", .fc, false),
      ("qwen3-235b-a22b-instruct-2507-FC", .fc, false), ("microsoft/Phi-4-mini-instruct-FC", .list, false),
    ] as [(String, BFCLOutputDecoder?, Bool)])
  func modelsNamesTell(_ name: String, _ decoder: BFCLOutputDecoder?, _ turnsDots: Bool) {
    #expect(BFCLOutputDecoder.named(after: name) == decoder)
    #expect(BFCLModelName(name).turnsDots == turnsDots)
  }

  /// Models whose official decoder is not built in are not judged by another.
  @Test func missingDecodersAreSaid() throws {
    let line = Array(#"{"id":"simple_python_0","model":"tiiuae_Falcon3-7B-Instruct-FC","raw":"x"}"#.utf8)
    #expect(throws: BFCLRowError.self) { _ = try BFCLRowReader().read(line.span) }
    #expect(try BFCLRowReader(decoder: .hermes).read(line.span).decoder == .hermes)
  }

  /// Rows that cannot be meant as they stand.
  @Test(arguments: [
    #"{"id":"simple_python_0","model":5,"raw":"x"}"#,
    #"{"id":"simple_python_0","underscore_to_dot":"yes","raw":"x"}"#,
    #"{"id":"simple_python_0","decoder":"none","raw":"x"}"#, #"{"id":"elsewhere","raw":"x"}"#,
    #"{"id":"simple_python_0"}"#, #"{"raw":"x"}"#, "[",
  ])
  func looseRowsAreRefused(_ row: String) {
    #expect(throws: BFCLRowError.self) { _ = try BFCLRowReader().read(Array(row.utf8).span) }
  }

  /// What Python's json refuses, the official code has no calls of; and where a definition does not say what is required, it raises.
  @Test func longIntegersAndMissingRequiredAreAsPythonHasThem() throws {
    let long = String(repeating: "9", count: 5000)
    let evaluator = BFCLEvaluator(try Self.dataset("irrelevance", Self.number, "[]"))
    for decoder in ["hermes", "xlam", "bitagent"] {
      let call = #"{"name":"g.h","arguments":{"a":\#(long)}}"#
      let text = decoder == "hermes" ? "<tool_call>\n\(call)\n</tool_call>" : call
      let line = #"{"id":"irrelevance_0","decoder":"\#(decoder)","raw":\#(try Self.json(text))}"#
      let row = try BFCLRowReader().read(Array(line.utf8).span)
      #expect(evaluator.verdicts(of: row, isStrict: false)?.official.isValid == true)
      #expect(evaluator.verdicts(of: row, isStrict: true)?.official.isValid == true)
    }
    let loose = #"{"name":"g.h","parameters":{"type":"dict","properties":{"a":{"type":"integer"}}}}"#
    let other = BFCLEvaluator(try Self.dataset("simple_python", loose, #"[{"g.h":{"a":[1]}}]"#))
    let row = try BFCLRowReader().read(Array(#"{"id":"simple_python_0","raw":"[g.h(a=1)]"}"#.utf8).span)
    for isStrict in [false, true] {
      let verdicts = try #require(other.verdicts(of: row, isStrict: isStrict))
      #expect(verdicts.official.errorType == "official_raises")
      #expect(verdicts.strict?.isValid != false)
    }
  }

  @Test func patternsAreUnderstood() {
    for pattern in JavaText.patterns + JavaScriptText.patterns { #expect(pattern.isValid) }
  }

  /// The benchmark's rules as a reward.
  @Test func reward() throws {
    let truth = #"{"function":[\#(Self.number)],"possible_answer":[{"g.h":{"a":[1]}}]}"#
    for mode in BFCLReward.Mode.allCases {
      let scorer = try Scorer(reward: BFCLReward(mode), format: .hermes)
      let task = ScoringTask(groundTruth: try scorer.reward.compile(groundTruth: try ValueReader().read(truth)))
      let right = scorer.score("<tool_call>\n{\"name\":\"g.h\",\"arguments\":{\"a\":1}}\n</tool_call>", for: task)
      #expect(right.score == 1 && right.findings.isEmpty)
      let wrong = scorer.score("<tool_call>\n{\"name\":\"g.h\",\"arguments\":{\"a\":2}}\n</tool_call>", for: task)
      #expect(wrong.score == 0 && wrong.findings.map(\.code.name) == ["value_error_others"])
      #expect(throws: GroundTruthError.self) { try scorer.reward.compile(groundTruth: try ValueReader().read("[]")) }
    }
    #expect(RewardRegistry.withBenchmarks["bfcl-strict"] != nil)
  }
}
