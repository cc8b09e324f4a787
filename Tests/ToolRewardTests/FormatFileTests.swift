import Testing

@testable import ToolReward

@Suite struct FormatFileTests {
  private static let think = #""reasoning":{"open":"<think>","close":"</think>"}"#

  /// Every engine from a file: the built-in format of that name, but for what people read.
  @Test(arguments: [
    #"{"name":"hermes","frame":{"open":"<tool_call>","close":"</tool_call>"},"payload":{"json":{}}}"#,
    #"""
    {"name":"qwen3-coder","frame":{"open":"<tool_call>","close":"</tool_call>"},
     "payload":{"tagged":{"call_open":"<function=","name_end":">","call_close":"</function>","key_open":"<parameter=","key_end":[">"],
                          "value_close":"</parameter>","framing":"line_feed","typing":"schema"}}}
    """#,
    #"""
    {"name":"glm","frame":{"open":["<tool_call>"],"close":["</tool_call>"],"ends":"grammar"},
     "payload":{"tagged":{"key_open":"<arg_key>","key_end":"</arg_key>","value_open":"<arg_value>","value_close":"</arg_value>"}},
     "terminators":["<|im_end|>","<|endoftext|>","<|eot_id|>","<|eom_id|>","</s>","<|observation|>","<|user|>"],"assistant_markers":["<|assistant|>"]}
    """#,
    #"""
    {"name":"deepseek-v3","frame":{"open":"<｜tool▁calls▁begin｜>","close":"<｜tool▁calls▁end｜>"},
     "payload":{"named":{"call_open":"<｜tool▁call▁begin｜>","kind":"function<｜tool▁sep｜>","name_end":"\n","fence":{"open":"```json\n","close":"```"},
                         "call_close":"<｜tool▁call▁end｜>"}},
     "terminators":["<|im_end|>","<|endoftext|>","<|eot_id|>","<|eom_id|>","</s>","<｜end▁of▁sentence｜>"],"assistant_markers":["<｜Assistant｜>"]}
    """#,
    #"""
    {"name":"kimi-k2","frame":{"open":["<|tool_calls_section_begin|>","<|tool_call_section_begin|>"],"close":["<|tool_calls_section_end|>","<|tool_call_section_end|>"]},
     "payload":{"named":{"call_open":"<|tool_call_begin|>","name_prefix":"functions.","index_separator":":","name_end":"<|tool_call_argument_begin|>",
                         "call_close":"<|tool_call_end|>","syntax":"json"}},"assistant_markers":["<|im_assistant|>assistant<|im_middle|>"]}
    """#,
    #"""
    {"name":"mistral","reasoning":{"open":"[THINK]","close":"[/THINK]"},"frame":{"open":"[TOOL_CALLS]","close":[]},
     "payload":{"named":{"identifier_open":"[CALL_ID]","name_end":"[ARGS]","name_end_optional":true}},"assistant_markers":["[/INST]"]}
    """#,
    #"""
    {"name":"gemma-4","reasoning":{"open":"<|channel>thought","close":"<channel|>"},"frame":{"open":"<|tool_call>","close":"<tool_call|>"},
     "payload":{"named":{"kind":"call:","name_end_optional":true,"syntax":{"string_delimiters":[{"open":"<|\"|>","close":"<|\"|>"}],"bare_names":true}}},
     "terminators":["<|im_end|>","<|endoftext|>","<|eot_id|>","<|eom_id|>","</s>","<turn|>"],"assistant_markers":["<|turn>model"]}
    """#,
    #"""
    {"name":"llama3-json","reasoning":null,"frame":{"open":"<|python_tag|>","close":[],"open_optional":true},
     "payload":{"json":{"cardinality":["one","lines"],"arguments":["parameters","arguments"],"other":["type"],"separators":[";"]}},
     "assistant_markers":["<|start_header_id|>assistant<|end_header_id|>"]}
    """#,
    #"""
    {"name":"deepseek-dsml","frame":{"open":["<｜DSML｜function_calls>","<｜DSML｜tool_calls>","<｜DSML｜ calls>"],
       "close":["</｜DSML｜function_calls>","</｜DSML｜tool_calls>","</｜DSML｜ calls>"]},
     "payload":{"tagged":{"call_open":["<｜DSML｜invoke name=\"","<｜DSML｜ invoke name=\""],"name_end":"\">","call_close":["</｜DSML｜invoke>","</｜DSML｜ invoke>"],
       "key_open":["<｜DSML｜parameter name=\"","<｜DSML｜ parameter name=\""],"key_end":"\" ","value_close":["</｜DSML｜parameter>","</｜DSML｜ parameter>"],
       "typing":{"text":"string=\"true\">","json":"string=\"false\">"}}},
     "terminators":["<|im_end|>","<|endoftext|>","<|eot_id|>","<|eom_id|>","</s>","<｜end▁of▁sentence｜>"],"assistant_markers":["<｜Assistant｜>"]}
    """#,
    #"{"name":"olmo3","frame":{"open":"<function_calls>","close":"</function_calls>"},"payload":{"python":{"layout":"lines","json_words":true}}}"#,
    #"{"name":"toolace","reasoning":null,"frame":{"open_optional":true,"close":[]},"payload":{"python":{"spaced_names":true}}}"#,
    #"{"name":"bfcl-v4","reasoning":null,"frame":{"open_optional":true,"close":[]},"payload":{"bfcl":"v4"},"terminators":[]}"#,
    #"""
    {"name":"harmony","reasoning":{"open":"<|channel|>analysis<|message|>","close":"<|end|>"},"payload":{"channels":{"ends":["<|end|>","<|call|>","<|return|>"]}},
     "terminators":[],"assistant_markers":["<|start|>assistant"]}
    """#,
  ])
  func builtIn(_ text: String) throws {
    let format = try CompletionFormat(file: Array(text.utf8))
    var known = try #require(FormatRegistry()[format.name])
    (known.summary, known.example) = ("", "")
    #expect(format == known)
  }

  @Test(arguments: [
    (
      #"{"name":"m","frame":{"close":"B"},"payload":{"json":{}}}"#,
      #"1:21: /frame: must have "open", or "open_optional": true"#
    ),
    (
      #"{"name":"m","frame":{"open":[],"close":"B"},"payload":{"json":{}}}"#,
      #"1:29: /frame/open: must be a string, or a list of at least one"#
    ),
    (
      #"{"name":"m","frame":{"open":"A","close":[],"ends":"first_closer"},"payload":{"json":{}}}"#,
      #"1:21: /frame: must have "close" where "ends" is "first_closer""#
    ),
    (
      #"{"name":"m","frame":{"open":"A","close":"B","ends":"first_closer"},"payload":{"python":{}}}"#,
      #"1:21: /frame: may have "ends": "first_closer" with a json payload alone"#
    ),
    (
      #"{"name":"m","frame":{"open":"A","close":"B"},"payload":{}}"#,
      #"1:56: /payload: must have one of the members json, tagged, named, python, bfcl, channels"#
    ),
    (
      #"{"name":"m","frame":{"open":"A","close":"B"},"payload":{"json":{},"bfcl":"v3"}}"#,
      #"1:56: /payload: must have one of the members json, tagged, named, python, bfcl, channels"#
    ),
    (
      #"{"name":"m","frame":{"open":"A","close":"B"},"payload":{"named":{}}}"#,
      #"1:65: /payload/named: must have "name_end", or "name_end_optional": true"#
    ),
    (
      #"{"name":"m","frame":{"open":"A","close":"B"},"payload":{"tagged":{"call_open":"C","key_open":"K","key_end":"E","value_close":"V"}}}"#,
      #"1:66: /payload/tagged: must have "name_end" where it has "call_open""#
    ),
    (#"{"name":"m","payload":{"tagged":{}}}"#, #"1:33: /payload/tagged: "key_open" is missing"#),
    (
      #"{"name":"m","frame":{"open":"A","close":"B","open_optional":true},"payload":{"named":{"name_end":":"}}}"#,
      #"1:21: /frame: may have "open_optional" with a json or python payload alone"#
    ),
    (
      #"{"name":"m","frame":{"open":"A","close":"A"},"payload":{"json":{}}}"#,
      "1:21: /frame: has a marker that opens or closes something else as well: A"
    ),
    (
      #"{"name":"m","frame":{"open":"<think>","close":"A"},"payload":{"json":{}}}"#,
      "1:21: /frame: has a marker that opens or closes something else as well: <think>"
    ),
    (
      #"{"name":"m","frame":{"open":"A","close":[]},"payload":{"channels":{}}}"#,
      "1:21: /frame: is not for messages on channels, which are the frames; leave it out"
    ),
    (
      #"{"name":"m","frame":{"open":"A","close":[]},"payload":{"bfcl":"v3"}}"#,
      #"1:21: /frame: may not have "open" with a bfcl payload, which is the whole answer"#
    ),
    (
      #"{"name":"m","frame":{"open":"A","close":[]},"payload":{"named":{"name_end":":","syntax":"relaxed"}}}"#,
      "1:89: /payload/named/syntax: must be one of: json, or an object of a relaxed syntax"
    ),
    (#"{"name":"m","payload":{"bfcl":"v3"}}"#, #"1:1: "frame" is missing"#),
  ])
  func mistakes(_ text: String, _ message: String) {
    #expect {
      _ = try CompletionFormat(file: Array(text.utf8))
    } throws: {
      "\($0)" == message
    }
  }

  /// Each built-in format reads its own example: a whole call, and nothing noted but types.
  @Test func examples() throws {
    let tools = try Toolbox(
      try ValueReader().read(
        #"[{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}}}}]"#
      ))
    for format in FormatRegistry.builtIn {
      let completion = CompletionParser(format).parse(format.example, tools: tools)
      #expect(completion.calls.count == 1, "\(format.name)")
      #expect(completion.diagnostics.isEmpty, "\(format.name): \(completion.diagnostics)")
      if format.reasoning != nil, format.example.contains("Need") {
        #expect(completion.reasoning.first.map(completion.isWhole) == true, "\(format.name)")
      }
    }
  }
}
