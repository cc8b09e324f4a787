import Testing

@testable import ToolReward

/// What `strict` and `exact-match` pay for in formats other than Tool-N1's.
@Suite struct FormatRewardTests {
  private static let call = #"[{"name": "f", "arguments": {"a": 1}}]"#
  private static let tools =
    #"[{"name":"f","parameters":{"type":"object","properties":{"a":{"type":"integer"},"s":{"type":"string"}}}},{"name":"g","parameters":{"type":"object","properties":{}}}]"#

  private static func scores(_ text: String, _ format: CompletionFormat, _ truth: String, view: InputView = .response)
    throws -> [Double?]
  {
    let task = ScoringTask(
      groundTruth: try GroundTruth(json: truth), tools: try Toolbox(try ValueReader().read(tools)))
    return try [StrictReward() as any RewardPolicy, ExactMatchReward()].map { reward in
      try Scorer(reward: reward, format: format, view: view).score(text, for: task).score
    }
  }

  private static let section = "<think>x</think><｜tool▁calls▁begin｜>"
  private static let unit = "<｜tool▁call▁begin｜>f<｜tool▁sep｜>{\"a\":1}<｜tool▁call▁end｜>"
  private static let analysis = "<|channel|>analysis<|message|>x<|end|><|start|>assistant"

  @Test(arguments: [
    (CompletionFormat.deepSeekV31, section + unit + "<｜tool▁calls▁end｜>", 1.0, 1.0),
    // Text within a section is no part of any call.
    (.deepSeekV31, section + unit + "\nfoo\n<｜tool▁calls▁end｜>", 0, 0),
    (.qwen3Coder, "<think>x</think><tool_call><function=f><parameter=a>1</parameter></function> so </tool_call>", 0, 0),
    // Markers that may be left out are no fault.
    (.harmony, analysis + "<|channel|>commentary to=functions.f<|message|>{\"a\":1}", 1, 1),
    (.harmony, analysis + "<|channel|>commentary to=functions.f<|message|>{\"a\":1}<|call|>", 1, 1),
    (.harmony, analysis + "<|channel|>commentary to=functions.f to=functions.g<|message|>{\"a\":1}<|call|>", 0, 0),
    // Formats without reasoning have none to ask for.
    (.pythonic, "[f(a=1)]", 1, 1), (.pythonic, "[f(a=1)] done", 0, 1), (.pythonic, "[f(a=2)]", 0, 0),
    (.llama3JSON, #"{"name":"f","parameters":{"a":1}}"#, 1, 1),
    (.mistralList, #"[TOOL_CALLS] [{"name":"f","arguments":{"a":1}}]"#, 1, 1),
    (.bfclV4, "[f(a=1)]", 1, 1), (.olmo3, "<function_calls>f(a=1)</function_calls>", 0, 0),
    (.olmo3, "<think>x</think><function_calls>f(a=1)</function_calls>", 1, 1),
    // Text that holds the number is the number's only by the schema.
    (.qwen3Coder, "<think>x</think><tool_call><function=f><parameter=a>1</parameter></function></tool_call>", 1, 1),
    (.qwen3Coder, "<think>x</think><tool_call><function=f><parameter=a>1_0</parameter></function></tool_call>", 0, 0),
    (.glm, "<think>x</think><tool_call>f<arg_key>a</arg_key><arg_value>1</arg_value></tool_call>", 1, 1),
    (
      .kimiK2,
      "<think>x</think><|tool_calls_section_begin|><|tool_call_begin|>functions.f:0<|tool_call_argument_begin|>{\"a\":1}<|tool_call_end|><|tool_calls_section_end|>",
      1, 1
    ),
    (.mistral, "[THINK]x[/THINK][TOOL_CALLS]f[ARGS]{\"a\":1}", 1, 1),
  ])
  func calls(_ format: CompletionFormat, _ text: String, _ strict: Double, _ exact: Double) throws {
    #expect(try Self.scores(text, format, Self.call) == [strict, exact])
  }

  /// A call that is begun is no answer without calls; prose that mentions a marker is.
  @Test(arguments: [
    (CompletionFormat.harmony, analysis + "<|channel|>commentary to=functions.f"),
    (.harmony, analysis + "<|channel|>commentary to=functions.f <|constrain|>json {\"a\":1}<|call|>"),
    (.harmony, analysis + "<|channel|>final<|message|>ok <|channel|>commentary to=functions.g<|message|>{}<|call|>"),
    (.harmony, "<|channel|>analysis<|message|>x<|channel|>commentary to=functions.g<|message|>{}<|end|>"),
    (.mistral, "[THINK]x[/THINK][TOOL_CALLS]f {\"a\":1}"), (.mistral, "[THINK]x[/THINK][TOOL_CALLS]f"),
    (.mistral, #"[THINK]x[/THINK][TOOL_CALLS][{"name":"f","arguments":{}}]"#),
    (.gemma4, "<|channel>thought\nx<channel|><|tool_call>call:f"),
    (.gemma4, "<|channel>thought\nx<channel|><|tool_call>call:f {a:1}"),
    (.glm, "<think>x</think><tool_call>f"), (.glm, "<think>x</think><tool_call>f(a=1)"),
    (.glm, "<think>x</think><tool_call>f\n<arg_value>"),
    (.kimiK2, "<think>x</think><|tool_calls_section_begin|><|tool_call_begin|>functions.f:0"),
    (.lfm2, "<think>x</think><|tool_call_start|>f(a=1)"),
    (.qwen3Coder, "<think>x</think><tool_call>\n{\"name\":\"f\"}"),
    (.qwen3Coder, "<think>x</think><tool_call>"), (.pythonic, "[f(a=1"),
  ])
  func begunCalls(_ format: CompletionFormat, _ text: String) throws {
    #expect(try Self.scores(text, format, "[]")[0] == 0)
  }

  @Test(arguments: [
    (CompletionFormat.qwen3Coder, "<think>x</think>I would write <tool_call> to call a tool."),
    (.mistral, "[THINK]x[/THINK]The marker [TOOL_CALLS] begins a call."), (.pythonic, "There is no tool for that [1]."),
    (.llama3JSON, #"{"answer": 42}"#),
  ])
  func mentions(_ format: CompletionFormat, _ text: String) throws {
    #expect(try Self.scores(text, format, "[]") == [1, 1])
  }

  /// Of a whole conversation the turn is what follows the last message of another role.
  @Test func harmonyConversation() throws {
    let text =
      "<|start|>user<|message|>hi<|end|><|start|>assistant<|channel|>analysis<|message|>x<|end|><|start|>assistant<|channel|>commentary to=functions.f<|message|>{\"a\":1}<|call|>"
    #expect(try Self.scores(text, .harmony, Self.call, view: .conversation) == [1, 1])
  }
}

/// What the hostile review found, one row each.
@Suite struct FormatFindingTests {
  /// Closing markers that begin with the white space that is passed over before them.
  @Test(arguments: [
    CompletionFormat.Payload.json(JSONPayload()), .python(PythonPayload()),
    .named(NamedPayload(nameEnd: [":"], callClose: [])),
    .tagged(
      TaggedPayload(
        callOpen: ["<f="], nameEnd: [">"], callClose: ["\n</f>"], keyOpen: ["\n<p="], keyEnd: [">"],
        valueClose: ["\n</p>"])),
  ])
  func closersWithSpace(_ payload: CompletionFormat.Payload) {
    let format = CompletionFormat(name: "mine", frame: CallFrame(open: "<c>\n", close: "\n</c>"), payload: payload)
    for body in [
      #"{"name":"f","arguments":{}}"#, "[f(a=1)]", "f:{}", "<f=g>\n<p=a>1\n</p>\n</f>", "", "\n", "oops", "{", "[f(",
      "f:{", "<f=g>",
    ] {
      _ = parsed(Array("x<c>\n\(body)\n</c>\n<c>\n\(body)\n\n</c>y".utf8), format)
    }
    guard case .json = payload else { return }
    let whole = "<c>\n{\"name\":\"f\",\"arguments\":{}}\n</c>"
    #expect(sketch(parsed(Array(whole.utf8), format)) == #"c36 | ok "f"{}"#)
  }

  @Test func siblingsAreKept() {
    let gemma = #"<|tool_call>call:f{a:<|"|>x<tool_call|><|tool_call>call:g{s:<|"|>y<|"|>}<tool_call|>"#
    #expect(sketch(parsed(Array(gemma.utf8), .gemma4)).contains(#"ok "g"{"s":"y"}"#))
    let qwen =
      "<tool_call><function=w><parameter=c>\na\n</function>\n</tool_call>\n<tool_call><function=f></function></tool_call>"
    #expect(sketch(parsed(Array(qwen.utf8), .qwen3Coder)).contains(#"malformed "w"{"c":"a"} | ok "f"{}"#))
    let llama = "{\"name\":\"f\",\"parameters\":{}}\n{\"name\":\"g\",\"param"
    #expect(sketch(parsed(Array(llama.utf8), .llama3JSON)) == #"c47 | ok "f"{} | malformed -- | ~unexpected_end"#)
  }

  /// Parameters that only a choice of objects, a pattern or `additionalProperties` describes.
  @Test(arguments: [
    (
      #"{"oneOf":[{"properties":{"k":{"const":"a"},"v":{"type":"string"}}},{"properties":{"k":{"const":"b"},"v":{"type":"integer"}}}]}"#,
      "v", "5", "5"
    ),
    (#"{"type":"object","additionalProperties":{"type":"integer"}}"#, "v", "5", "5"),
    (#"{"type":"object","patternProperties":{"^v":{"type":"integer"}}}"#, "v", "5", "5"),
    (#"{"type":"object","properties":{"a":{}},"additionalProperties":false}"#, "v", "5", #""5""#),
    (
      ##"{"$defs":{"t":{"anyOf":[{"$ref":"#/$defs/t"},{"type":"integer"}]}},"type":"object","properties":{"v":{"$ref":"#/$defs/t"}}}"##,
      "v", "5", "5"
    ),
  ])
  func types(_ schema: String, _ parameter: String, _ text: String, _ value: String) throws {
    let tools = try Toolbox(try ValueReader().read(#"[{"name":"f","parameters":\#(schema)}]"#))
    let completion = parsed(
      Array("<tool_call><function=f><parameter=\(parameter)>\(text)</parameter></function></tool_call>".utf8),
      .qwen3Coder, tools: tools)
    #expect(completion.calls.map { "\($0.arguments)" } == [#"{"\#(parameter)":\#(value)}"#])
  }
}
