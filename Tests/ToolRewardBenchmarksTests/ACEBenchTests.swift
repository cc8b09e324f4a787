import Testing
import ToolReward

@testable import ToolRewardBenchmarks

/// Verdicts on a question of three tools, each worked out by hand from the official code.
@Suite struct ACEBenchTests {
  private static let tools = #"""
    [{"name": "find", "parameters": {"type": "object", "required": ["city"], "properties": {
        "city": {"type": "string"}, "day": {"type": "string"}, "count": {"type": "integer"}, "price": {"type": "number"},
        "share": {"type": "float"}, "open": {"type": "boolean"}, "kind": {"type": "enum"},
        "tags": {"type": "array", "items": {"type": "string"}}, "rows": {"type": "array", "items": {"type": "object"}},
        "place": {"type": "object", "properties": {"x": {"type": "number"}}}, "pairs": {"type": "list(string)"},
        "grid": {"type": "array", "items": {"type": "array"}}, "objects": {"type": "objectArray"}}}},
     {"name": "clear", "parameters": {"type": "object", "properties": {}, "required": []}},
     {"name": "ping", "parameters": {}},
     {"name": "odd", "parameters": {"properties": {"x": {"type": "date"}}, "required": []}},
     {"name": "bare"}]
    """#

  private static func benchmark(_ answer: String, category: String = "normal_atom_bool") throws -> ACEBench {
    let reader = ValueReader(syntax: .python)
    let tools = try reader.read(tools).elements.map {
      ACEBenchQuestion.Tool(
        name: $0["name"].map { PythonValue($0) }, parameters: $0["parameters"].map { PythonValue($0) })
    }
    let question = ACEBenchQuestion(
      id: Array("q".utf8), category: category, tools: tools, answer: PythonValue(try reader.read(answer)))
    return ACEBench([.en: [question]])
  }

  /// The error's words, `-` for none, `raises` where the official code does.
  private static func word(_ verdict: ACEBenchVerdict?) -> String {
    guard let verdict else { return "no question" }
    return verdict.isValid == nil ? "raises" : verdict.errorType?.rawValue ?? "-"
  }

  /// The answer, the text, the official verdict and the strict one.
  @Test(
    arguments: [
      // Form.
      (#"{"find": {"city": "Rome"}}"#, "[find(city='Rome')]", "-", "-"),
      (#"{"find": {"city": "Rome"}}"#, "Sure! ```[find(city='Rome')]``` [g()]", "-", "-"),
      (#"{"find": {"city": "Rome"}}"#, "find(city='Rome')", "wrong_output_format", "wrong_output_format"),
      (#"{"find": {"city": "R]"}}"#, "[find(city='R]')]", "wrong_output_format", "wrong_output_format"),
      (#"{"find": {"city": "Rome"}}"#, "[find(city='Rome'), 1]", "wrong_output_format", "wrong_output_format"),
      (#"{"find": {"city": "Rome"}}"#, "[]", "wrong functions number", "wrong functions number"),
      (#"{"find": {"city": "Rome"}}"#, "[lose(city='Rome')]", "function_mismatch", "function_mismatch"),
      // Strings: within, after standardisation.
      (#"{"find": {"city": "New York"}}"#, "[find(city='new-york.')]", "-", "-"),
      (#"{"find": {"city": "Rome"}}"#, "[find(city='not Rome at all')]", "-", "value_error:string"),
      (#"{"find": {"city": "Rome"}}"#, "[find(city='Roma')]", "value_error:string", "value_error:string"),
      (#"{"find": {"city": ""}}"#, "[find(city='anything')]", "-", "value_error:string"),
      (#"{"find": {"city": "true"}}"#, "[find(city='true')]", "type_error", "-"),
      (#"{"find": {"city": "ΑΣ"}}"#, "[find(city='Α-Σ')]", "-", "-"),
      (#"{"find": {"city": "é"}}"#, "[find(city='e\u{301}')]", "value_error:string", "value_error:string"),
      // Numbers, booleans, enums: by type alone.
      (#"{"find": {"city": "R", "count": 5}}"#, "[find(city='R', count=7)]", "-", "value_error"),
      (#"{"find": {"city": "R", "count": 5}}"#, "[find(city='R', count=5.0)]", "-", "type_error"),
      (#"{"find": {"city": "R", "count": 5}}"#, "[find(city='R', count=5.5)]", "type_error", "type_error"),
      (#"{"find": {"city": "R", "count": 1}}"#, "[find(city='R', count=True)]", "-", "type_error"),
      (#"{"find": {"city": "R", "price": 2.5}}"#, "[find(city='R', price=9.5)]", "-", "value_error"),
      (#"{"find": {"city": "R", "price": 2}}"#, "[find(city='R', price=2.0)]", "-", "-"),
      (#"{"find": {"city": "R", "share": 2.0}}"#, "[find(city='R', share=3)]", "-", "value_error"),
      (#"{"find": {"city": "R", "open": true}}"#, "[find(city='R', open=False)]", "-", "value_error"),
      (#"{"find": {"city": "R", "open": true}}"#, "[find(city='R', open='true')]", "-", "type_error"),
      (#"{"find": {"city": "R", "kind": "a"}}"#, "[find(city='R', kind='b')]", "-", "value_error:string"),
      (#"{"find": {"city": "R", "kind": "a"}}"#, "[find(city='R', kind=1)]", "type_error", "type_error"),
      (#"{"find": {"city": "R", "day": null}}"#, "[find(city='R', day='x')]", "-", "type_error"),
      // Lists.
      (#"{"find": {"city": "R", "tags": ["a", "b"]}}"#, "[find(city='R', tags=['A', 'b.'])]", "-", "-"),
      (
        #"{"find": {"city": "R", "tags": ["a", "b"]}}"#, "[find(city='R', tags=['b', 'a'])]", "value_error:list/tuple",
        "value_error:list/tuple"
      ),
      (#"{"find": {"city": "R", "tags": []}}"#, "[find(city='R', tags=[])]", "type_error", "-"),
      (#"{"find": {"city": "R", "tags": ["a"]}}"#, "[find(city='R', tags=('a',))]", "type_error", "type_error"),
      (
        #"{"find": {"city": "R", "grid": [["a"]]}}"#, "[find(city='R', grid=[[2]])]", "value_error:list/tuple",
        "value_error:list/tuple"
      ),
      (
        #"{"find": {"city": "R", "grid": [["a"]]}}"#, "[find(city='R', grid=[2])]", "type_error",
        "value_error:list/tuple"
      ),
      // Objects: the expected value's text within the value's.
      (#"{"find": {"city": "R", "place": {"x": 5}}}"#, "[find(city='R', place={'x': 15})]", "-", "value_error"),
      (#"{"find": {"city": "R", "place": {"x": 5}}}"#, "[find(city='R', place={'x': [1, 5]})]", "-", "value_error"),
      (#"{"find": {"city": "R", "place": {"x": 5}}}"#, "[find(city='R', place={'x': 5.0})]", "-", "-"),
      (
        #"{"find": {"city": "R", "place": {"x": 5}}}"#, "[find(city='R', place={'y': 5})]", "value_error", "value_error"
      ),
      (
        #"{"find": {"city": "R", "place": {"x": 5}}}"#, "[find(city='R', place=dict(x=5))]", "value_error",
        "value_error"
      ),
      (#"{"find": {"city": "R", "place": {}}}"#, "[find(city='R', place={})]", "type_error", "-"),
      (
        #"{"find": {"city": "R", "place": {"x": ["A b"]}}}"#, "[find(city='R', place={'x': ['a b']})]", "value_error",
        "-"
      ),
      (
        #"{"find": {"city": "R", "rows": [{"x": "a"}]}}"#, "[find(city='R', rows=[{'x': 'bad'}])]", "-",
        "value_error:list/tuple"
      ),
      (
        #"{"find": {"city": "R", "rows": [{"x": "a"}]}}"#, "[find(city='R', rows=[{'x': 'a'}, {'x': 'a'}])]",
        "value_error:list_dict_count", "value_error:list/tuple"
      ),
      (
        #"{"find": {"city": "R", "objects": [{"x": "a"}]}}"#, "[find(city='R', objects=[])]", "value_error:dict_items",
        "value_error:list/tuple"
      ),
      (#"{"find": {"city": "R", "objects": [{"x": "a"}]}}"#, "[find(city='R', objects=[{'x': 'a'}])]", "raises", "-"),
      // Arguments.
      (#"{"find": {"city": "R", "day": "Monday"}}"#, "[find(city='R')]", "-", "lack_args"),
      (#"{"find": {"city": "R"}}"#, "[find(day='Monday')]", "lack_args", "lack_args"),
      (#"{"find": {"city": "R"}}"#, "[find(city='R', day='Monday')]", "addition_args", "addition_args"),
      (#"{"find": {"city": "R"}}"#, "[find(**{'city': 'R'})]", "lack_args", "lack_args"),
      (#"{"find": {"city": "R"}}"#, "[find(city='R', **x)]", "addition_args", "addition_args"),
      (#"{"find": {"city": "R"}}"#, "[find('R')]", "wrong_param", "lack_args"),
      (#"{"clear": {}}"#, "[clear()]", "wrong_param", "-"),
      (#"{"clear": {}}"#, "[clear(whatever=1)]", "-", "addition_args"),
      (#"{"ping": {}}"#, "[ping()]", "-", "-"),
      (#"{"ping": {}}"#, "[ping(x=1)]", "wrong_param", "addition_args"),
      // Several calls: any that passes, so that one serves two.
      (
        #"{"find_1": {"city": "Rome"}, "find_2": {"city": "Oslo"}}"#, "[find(city='Oslo'), find(city='Rome')]", "-", "-"
      ),
      (
        #"{"find_1": {"city": "Rome"}, "find_2": {"city": "Oslo"}}"#, "[find(city='Rome Oslo'), find(city='x')]", "-",
        "value_error:string"
      ),
      (
        #"{"find": {"city": "Rome"}, "ping": {}}"#, "[find(city='x'), ping()]", "simple_function_checker:unclear",
        "value_error:string"
      ),
      // The expected call's name is a part of no tool's, or of another's.
      (#"{"finder_1": {"city": "R"}}"#, "[finder(city='R')]", "wrong_function_name", "-"),
      (#"{"lost": {"city": "R"}}"#, "[lost(city='R')]", "raises", "-"),
      (#"{"odd": {"x": "R"}}"#, "[odd(x='R')]", "raises", "-"),
      (#"{"bare": {"x": "R"}}"#, "[bare(x='R')]", "raises", "-"),
      // Alternatives: any; the first one's error.
      (#"[{"find": {"city": "A"}}, {"find": {"city": "B"}}]"#, "[find(city='B')]", "-", "-"),
      (#"[{"ping": {}}, {"find": {"city": "B"}}]"#, "[find(city='C')]", "function_mismatch", "function_mismatch"),
    ] as [(String, String, String, String)])
  func normalVerdicts(_ answer: String, _ text: String, _ official: String, _ strict: String) throws {
    let benchmark = try Self.benchmark(answer)
    let prediction = BenchmarkPrediction.text(Array(text.utf8))
    #expect(Self.word(benchmark.verdict(id: "q", prediction: prediction)) == official)
    #expect(Self.word(benchmark.strictVerdict(id: "q", prediction: prediction)) == strict)
  }

  /// What has been decoded may hold what no text gives.
  @Test(arguments: [
    (#"[{"find": {"city": "Rome"}}]"#, "-"), (#"{"find": {"city": "Rome"}}"#, "wrong_output_format"),
    ("null", "wrong_output_format"), (#"["find"]"#, "wrong_output_format"), ("[{}]", "function_mismatch"),
    (#"[{"find": {"city": "Rome"}, "find2": {}}]"#, "function_mismatch"), (#"[{"find": ["city"]}]"#, "raises"),
    (#"[{"find": []}]"#, "lack_args"), (#"[{"find": "the city"}]"#, "raises"), (#"[{"find": 5}]"#, "raises"),
    (#"[{"find": {}}]"#, "wrong_param"), (#"[{"find": {"city": "Rome", "city": "Oslo"}}]"#, "value_error:string"),
  ])
  func decodedPredictions(_ calls: String, _ expected: String) throws {
    let benchmark = try Self.benchmark(#"{"find": {"city": "Rome"}}"#)
    let value = try ValueReader(syntax: .python).read(calls)
    #expect(Self.word(benchmark.verdict(id: "q", prediction: .decoded(value))) == expected)
  }

  private static let sorry = "Due to the limitations of the function, I cannot solve this problem."

  /// The category, the answer, the text, the official verdict and the strict one.
  @Test(
    arguments: [
      (
        "incomplete", #"{"find": ["city", "day"]}"#,
        #"["Missing necessary parameters (day, city) for the api (find)"]"#,
        "-", "-"
      ),
      (
        "incomplete", #"{"find": ["city", "day"]}"#, #"["Missing necessary parameters (city) for the api (find)"]"#,
        "error_correction", "error_correction"
      ),
      (
        "incomplete", #"{"find": ["city"]}"#,
        "Missing necessary parameters (city, day) for the api (find). Or ping(day)?", "-", "error_correction"
      ),
      (
        "incomplete", #"{"find": ["city"]}"#, #"["Missing necessary parameters (city, day) for the api (find)"]"#, "-",
        "error_correction"
      ),
      ("incomplete", #"{"find": ["city"]}"#, "Which city should I find?", "error_detection", "error_detection"),
      (
        "error_param", #"{"place": ["45.A,-1"]}"#,
        #"["There is incorrect value (45.A,-1) for the parameters (place) in the conversation history."]"#, "-", "-"
      ),
      (
        "error_param", #"{"place": ["45.A"]}"#,
        #"["There is incorrect value (45.A) for the parameters (day) in the conversation history."]"#, "-",
        "error_correction"
      ),
      (
        "error_param", #"{"a": ["1"], "b": ["2"]}"#,
        #"["There is incorrect value (1, 2) for the parameters (a, b) in the conversation history."]"#, "-", "-"
      ),
      (
        "error_param", #"{"a": ["1"], "b": ["2"]}"#, "There is incorrect value (1)", "error_correction",
        "error_detection"
      ),
      ("irrelevant", "\"x\"", "[\"\(sorry)\"]", "-", "-"),
      ("irrelevant", "\"x\"", "[find(city='Rome')] \(sorry)", "-", "error_correction"),
      ("irrelevant", "\"x\"", "I know the limitations of the function: none.", "-", "error_detection"),
      ("irrelevant", "\"x\"", "I cannot.", "error_detection", "error_detection"),
    ] as [(String, String, String, String, String)])
  func specialVerdicts(
    _ category: String, _ answer: String, _ text: String, _ official: String, _ strict: String
  ) throws {
    let benchmark = try Self.benchmark(answer, category: "special_\(category)")
    let prediction = BenchmarkPrediction.text(Array(text.utf8))
    #expect(Self.word(benchmark.verdict(id: "q", prediction: prediction)) == official)
    #expect(Self.word(benchmark.strictVerdict(id: "q", prediction: prediction)) == strict)
  }

  /// A test that does not end in seconds has a part whose time grows faster than the text.
  @Test(arguments: ["[", "]", "(", "Missing necessary parameters (", "f(x=1), ", "'", "There is incorrect value (a"])
  func longTextsTakeLinearTime(_ part: String) throws {
    for category in ["normal_atom_bool", "special_incomplete", "special_error_param"] {
      let benchmark = try Self.benchmark(#"{"find": ["city"]}"#, category: category)
      let text = "[" + String(repeating: part, count: 200_000 / part.utf8.count) + "]"
      for text in [text, String(text.prefix(16_000))] {
        let prediction = BenchmarkPrediction.text(Array(text.utf8))
        #expect(benchmark.verdict(id: "q", prediction: prediction) != nil)
        #expect(benchmark.strictVerdict(id: "q", prediction: prediction) != nil)
      }
    }
  }

  @Test func questionsAreFoundByIdCategoryAndLanguage() throws {
    let benchmark = try Self.benchmark(#"{"ping": {}}"#)
    let prediction = BenchmarkPrediction.text(Array("[ping()]".utf8))
    #expect(benchmark.verdict(id: "q", category: "normal_atom_bool", prediction: prediction)?.isValid == true)
    #expect(benchmark.verdict(id: "q", category: "normal_atom_list", prediction: prediction) == nil)
    #expect(benchmark.verdict(id: "q", language: .zh, prediction: prediction) == nil)
    #expect(benchmark.verdict(id: "r", prediction: prediction) == nil)
    #expect(benchmark.identifiers().map(\.id) == ["q"])
  }

  /// As in Python 3.11's `round`.
  @Test(arguments: [
    (0.0005, 3, 0.001), (0.0015, 3, 0.002), (0.0025, 3, 0.003), (0.8375, 3, 0.838), (0.8335, 3, 0.834), (0.5, 0, 0.0),
    (1.5, 0, 2.0), (0.125, 2, 0.12), (0.375, 2, 0.38), (67.165, 2, 67.17), (99.995, 2, 100.0), (0.0, 3, 0.0),
    (1.0 / 3, 3, 0.333), (1e-300, 3, 0.0), (597.0, 2, 597.0),
  ])
  func rounds(_ value: Double, _ digits: Int, _ expected: Double) {
    #expect(PythonRounding.round(value, digits) == expected)
  }

  @Test func scoresByTheOfficialFormulas() {
    func rows(_ category: String, _ valid: [Bool]) -> [ACEBenchScores.Row] {
      valid.enumerated().map {
        ACEBenchScores.Row(id: "\(category)_\($0.offset)", category: category, isValid: $0.element)
      }
    }
    let adjust = "normal_multi_turn_user_adjust"
    let dialogues = [("0_0", true), ("0_1", false), ("1_0", true), ("1_1", true), ("2_0", true)].map {
      ACEBenchScores.Row(id: "\(adjust)_\($0.0)", category: adjust, isValid: $0.1)
    }
    let scores = ACEBenchScores(
      rows("normal_atom_bool", [true, false, false]) + dialogues + rows("special_irrelevant", [true, true, false])
        + rows("agent_multi_step", [true]))
    #expect(scores.categories.map(\.name) == ["normal_atom_bool", adjust, "special_irrelevant"])
    #expect(scores.categories.map(\.accuracy) == [0.333, 0.667, 2.0 / 3])
    // Of a multi-turn category dialogues count, in whatever order their answers come.
    #expect(scores.categories.map(\.correct) == [1, 2, 2])
    #expect(scores.categories.map(\.total) == [3, 3, 3])
    let turned = ACEBenchScores([3, 0, 4, 2, 1].map { dialogues[$0] })
    #expect(turned.categories.map(\.correct) == [2] && turned.categories.map(\.accuracy) == [0.667])
    #expect(scores.means.map(\.name) == ["atom", "single_turn", "multi_turn", "normal", "special"])
    #expect(scores.means.map(\.value) == [0.056, 0.0, 0.334, 0.083, 0.222])
    #expect(scores.means[2].missing == ["normal_multi_turn_user_switch"])
    #expect(scores.summary(agentMultiTurn: 0.5, agentMultiStep: 0.25) == 0.165)
  }
}
