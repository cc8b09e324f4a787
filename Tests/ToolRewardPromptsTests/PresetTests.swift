import Testing
import ToolReward
import ToolRewardPrompts

private func value(_ json: String) throws -> Value { try ValueReader().read(json) }

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

@Suite struct PresetTests {
  @Test func namesAreUnique() {
    #expect(
      PromptPreset.all.map(\.name) == [
        "tool-n1-train", "tool-n1-distil", "tool-n1-eval", "tool-n1-system", "tool-rl", "hermes",
      ])
    #expect(PromptPreset.named("tool-rl")?.source.contains("ToolRL") == true)
    #expect(PromptPreset.named("ToolRL") == nil)
    #expect(PromptFraming.all.map(\.name) == ["chatml", "llama3", "mistral"])
  }

  /// Every preset with a place for tools has it once.
  @Test func toolsHaveOnePlace() {
    for preset in PromptPreset.all where preset.toolsMark != "" {
      #expect(preset.template.ranges(of: Array(preset.toolsMark.utf8)).count == 1, "\(preset.name)")
    }
  }

  @Test func toolLines() throws {
    let tools = try [
      value(#"{"name":"f","description":"ü","parameters":{"a":1e3}}"#),
      value(#"{"type":"function","function":{"name":"g"}}"#),
    ]
    #expect(
      text(try PromptPreset.toolN1Train.toolsText(tools)) == """
        {"type": "function", "function": {"name": "f", "description": "\\u00fc", "parameters": {"a": 1000.0}}}
        {"type": "function", "function": {"name": "g"}}
        """)
    #expect(throws: PromptError.self) { try PromptPreset.hermes.toolsText([value("1")]) }
  }

  @Test func numberedTools() throws {
    let tools = try [
      value(#"{"name":"f g","description":"d","parameters":{"a":{"type":"int"}}}"#),
      value(#"{"function":{"name":"h","description":"e","parameters":{"type":"object","properties":{"b":{}}}}}"#),
    ]
    #expect(
      text(try PromptPreset.toolRL.toolsText(tools)) == """
        1. Name: f g
        Description: d
        Parameters: {"a": {"type": "int"}}
        2. Name: h
        Description: e
        Parameters: {"b": {}}
        """)
    #expect(throws: PromptError.self) { try PromptPreset.toolRL.toolsText([value(#"{"name":"f"}"#)]) }
  }

  @Test func systemMessages() throws {
    let conversation = [PromptMessage(.system, "S."), PromptMessage(.user, "U")]
    let rows: [(PromptPreset, count: Int, start: String)] = [
      (.toolN1Train, 2, "S.# Tool\n\nHere is a list"), (.toolN1Distil, 2, "\n    You are an expert"),
      (.hermes, 3, "You are a function calling AI"),
      (.toolRL, 2, "You are a helpful multi-turn"), (.toolN1System, 2, "You are an expert"),
    ]
    for (preset, count, start) in rows {
      let messages = try preset.messages(conversation, tools: [])
      #expect(messages.count == count, "\(preset.name)")
      #expect(text(messages[0].content).hasPrefix(start), "\(preset.name)")
    }
    let alone = try PromptPreset.toolN1Train.messages([PromptMessage(.user, "U")], tools: [])
    #expect(alone[0].content.starts(with: PromptPreset.toolN1System.template))
  }

  @Test func toolRLRecord() throws {
    let messages = try PromptPreset.toolRL.messages(
      [
        PromptMessage(.user, "a"), PromptMessage(.assistant, "<think> t </think>"), PromptMessage(.tool, "[]"),
        PromptMessage(.user, "b"),
      ],
      tools: [])
    #expect(
      text(messages[1].content)
        == "**Dialogue Records History**\n<user> a </user>\n\n<think> t </think>\n<obs> [] </obs>\n\n<user> b </user>")
  }

  @Test func turns() throws {
    #expect(try PromptMessage(toolN1Turn: "function_call", value(#""[{}]""#)) == PromptMessage(.assistant, #""[{}]""#))
    #expect(try PromptMessage(toolN1Turn: "observation", value(#""x""#)) == PromptMessage(.tool, "x"))
    #expect(throws: PromptError.self) { try PromptMessage(toolN1Turn: "nobody", value(#""x""#)) }
    #expect(try PromptMessage(value(#"{"role":"human","content":null}"#)) == PromptMessage(.user, ""))
    for broken in [
      #"{"role":"x","content":""}"#, #"{"content":""}"#, #"{"role":"user","content":1}"#,
      #"{"role":"assistant","tool_calls":[1]}"#,
    ] {
      #expect(throws: PromptError.self, "\(broken)") { try PromptMessage(value(broken)) }
    }
  }

  @Test(arguments: [
    (
      PromptFraming.chatML,
      "<|im_start|>system\ns<|im_end|>\n<|im_start|>user\n<tool_response>\n1\n</tool_response>\n<tool_response>\n2\n</tool_response><|im_end|>\n<|im_start|>assistant\n"
    ),
    (
      .llama3,
      "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\ns<|eot_id|><|start_header_id|>ipython<|end_header_id|>\n\n1<|eot_id|><|start_header_id|>ipython<|end_header_id|>\n\n2<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"
    ),
    (.mistral, "<s>[SYSTEM_PROMPT]s[/SYSTEM_PROMPT][TOOL_RESULTS]1[/TOOL_RESULTS][TOOL_RESULTS]2[/TOOL_RESULTS]"),
  ]) func framings(framing: PromptFraming, expected: String) throws {
    let request = PromptRequest(
      messages: try value(
        #"[{"role":"system","content":"s"},{"role":"tool","content":"1"},{"role":"tool","content":"2"}]"#))
    #expect(text(try framing.render(request).text) == expected)
  }
}
