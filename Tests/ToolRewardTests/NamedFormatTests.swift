import Testing

@testable import ToolReward

@Suite struct NamedFormatTests {
  @Test(arguments: [
    ("f\n```json\n{\"a\":1}\n```", #"ok "f"{"a":1}"#),
    ("f\n```json\n{\"a\":\"```<｜tool▁call▁end｜>\"}\n```", #"ok "f"{"a":"```<｜tool▁call▁end｜>"}"#),
    ("f\n{\"a\":1}", #"malformed "f"{"a":1} | ~missing_fence"#),
    ("f\n```json\n{\"a\":\n```", #"malformed "f"- | ~malformed_json"#),
    ("f\n```json\n{\"a\":1}", #"malformed "f"{"a":1} | ~missing_fence"#),
    ("f\n```json\n[1]\n```", #"invalid_arguments "f"[1] | ~arguments_not_object"#),
    ("f\n```json\n{\"a\":1,\"a\":2}\n```", #"ok "f"{"a":1,"a":2} | ~duplicate_member"#),
    ("f\n```json\n{}\n```bye", #"malformed "f"{} | ~text_after_payload"#),
    ("\n```json\n{}\n```", #"invalid_name -- | ~missing_name"#),
  ])
  func deepSeekV3(_ call: String, _ expected: String) {
    let text =
      "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>\(call)<｜tool▁call▁end｜><｜tool▁calls▁end｜>"
    #expect(sketch(parsed(Array(text.utf8), .deepSeekV3)) == "c\(text.utf8.count) | " + expected)
  }

  /// Sections, ends and siblings, in one of the formats.
  @Test(arguments: [
    ("{S}{C}f{A}{\"a\":1}{E}{C}g{A}{}{E}{Z}", #"ok "f"{"a":1} | ok "g"{}"#),
    ("{S}\n{C}f{A}{}{E}\n{Z}", #"ok "f"{}"#),
    ("{S}{C}f{A}{\"a\":\"{E}{Z}\"}{E}{Z}", #"ok "f"{"a":"<｜tool▁call▁end｜><｜tool▁calls▁end｜>"}"#),
    ("{S}{C}f{A}{\"a\":{E}{C}g{A}{}{E}{Z}", #"malformed "f"- | ok "g"{} | ~malformed_json"#),
    ("{S}{C}f{A}{\"a\":\"{E}{C}g{A}{}{E}{Z}", #"malformed "f"- | ok "g"{} | ~unexpected_end"#),
    ("{S}{C}f{A}{}{C}g{A}{}{E}{Z}", #"unclosed "f"{} | ok "g"{} | ~unclosed_call"#),
    ("{S}{C}f{A}{}{E}", #"unclosed "f"{} | ~unclosed_call"#),
    ("{S}{C}f{A}{}", #"unclosed "f"{} | ~unclosed_call | ~unclosed_call"#),
    ("{C}f{A}{}{E}", #"malformed "f"{} | ~missing_section"#),
    ("{S}{C}f{A}{}{E}hm{C}g{A}{}{E}{Z}", #"ok "f"{} | ok "g"{} | ~text_in_section"#),
    ("{S}{Z}", "malformed -- | ~empty_frame"), ("{S}oops{Z}", "not_a_call -- | ~not_a_call"),
    ("{S}{C}two words{A}{}{E}{Z}", "invalid_name -- | ~missing_name"),
  ])
  func sections(_ pattern: String, _ expected: String) {
    var text = pattern[...]
    var bytes: [UInt8] = []
    let parts: [Character: String] = [
      "S": "<｜tool▁calls▁begin｜>", "C": "<｜tool▁call▁begin｜>", "A": "<｜tool▁sep｜>", "E": "<｜tool▁call▁end｜>",
      "Z": "<｜tool▁calls▁end｜>",
    ]
    while let first = text.first {
      if first == "{", text.dropFirst(2).first == "}", let part = text.dropFirst().first.flatMap({ parts[$0] }) {
        bytes += part.utf8
        text = text.dropFirst(3)
      } else {
        bytes += first.utf8
        text = text.dropFirst()
      }
    }
    #expect(sketch(parsed(bytes, .deepSeekV31)) == "c\(bytes.count) | " + expected)
  }

  @Test(arguments: [
    ("functions.f:0", #"ok "f"{}"#), ("functions.mod.f:12", #"ok "mod.f"{}"#), ("f:0", #"ok "f"{}"#),
    ("functions.f:0\n", #"ok "f"{}"#), ("functions.a:b:3", #"ok "a:b"{}"#),
    ("functions.f", #"invalid_name "f"{} | ~unusual_identifier"#),
    ("functions_f_1", #"invalid_name "functions_f_1"{} | ~unusual_identifier"#),
    ("3", #"invalid_name "3"{} | ~unusual_identifier"#),
    ("functions.f:x", #"invalid_name "f:x"{} | ~unusual_identifier"#),
  ])
  func kimi(_ identifier: String, _ expected: String) {
    for (open, close) in [("calls_section", "calls_section"), ("call_section", "call_section")] {
      let text =
        "<|tool_\(open)_begin|><|tool_call_begin|>\(identifier)<|tool_call_argument_begin|>{}<|tool_call_end|><|tool_\(close)_end|>"
      #expect(sketch(parsed(Array(text.utf8), .kimiK2)) == "c\(text.utf8.count) | " + expected)
    }
  }

  @Test(arguments: [
    (#"[TOOL_CALLS]f[ARGS]{"a": 1}[TOOL_CALLS]g[ARGS]{}"#, #"c27 c21 | ok "f"{"a":1} | ok "g"{}"#),
    (#"[TOOL_CALLS]f{"a": 1}"#, #"c21 | ok "f"{"a":1}"#),
    (#"[TOOL_CALLS]f[CALL_ID]abc123456[ARGS]{"a":1}"#, #"c44 | ok "f"{"a":1}"#),
    (#"[TOOL_CALLS]f[ARGS]{"a":"[TOOL_CALLS]g[ARGS]{}"}"#, #"c48 | ok "f"{"a":"[TOOL_CALLS]g[ARGS]{}"}"#),
    (#"[THINK]x[/THINK]ok [TOOL_CALLS]f[ARGS]{} bye</s>"#, #"r16 t3 c21 t8 | ok "f"{}"#),
    (#"[TOOL_CALLS]f[ARGS]{"a": 1[TOOL_CALLS]g[ARGS]{}"#, #"c26 c21 | malformed "f"- | ok "g"{} | ~malformed_json"#),
    (#"[TOOL_CALLS]f[ARGS]{"a": 1"#, #"c26 | malformed "f"- | ~unexpected_end"#),
    ("use [TOOL_CALLS] to call", "t24 | ~unconfirmed_opener"),
    (#"[TOOL_CALLS] [{"name": "f", "arguments": {}}]"#, "t45 | ~unfinished_call"),
  ])
  func mistral(_ text: String, _ expected: String) {
    #expect(sketch(parsed(Array(text.utf8), .mistral)) == expected)
  }

  @Test(arguments: [
    (#"[TOOL_CALLS] [{"name": "f", "arguments": {"a": 1}}]"#, #"c51 | ok "f"{"a":1}"#),
    (
      #"[TOOL_CALLS][{"name":"f","arguments":{},"id":"x"},{"name":"g","arguments":{"a":"]"}}] bye"#,
      #"c85 t4 | ok "f"{} | ok "g"{"a":"]"}"#
    ),
    (#"[TOOL_CALLS]{"name":"f","arguments":{}}"#, #"c39 | not_a_call "f"{} | ~unexpected_cardinality"#),
    (#"[TOOL_CALLS]f[ARGS]{}"#, "t21 | ~unfinished_call"),
  ])
  func mistralList(_ text: String, _ expected: String) {
    #expect(sketch(parsed(Array(text.utf8), .mistralList)) == expected)
  }

  @Test(arguments: [
    (#"{"name": "f", "parameters": {"a": 1}}"#, #"c37 | ok "f"{"a":1}"#),
    (#"<|python_tag|>{"name": "f", "parameters": {"a": 1}}<|eom_id|>"#, #"c51 t10 | ok "f"{"a":1}"#),
    (#"{"name":"f","parameters":{}}; {"name":"g","parameters":{}}"#, #"c58 | ok "f"{} | ok "g"{}"#),
    ("{\"name\":\"f\",\"parameters\":{}}\n{\"name\":\"g\",\"parameters\":{}}", #"c57 | ok "f"{} | ok "g"{}"#),
    (
      #"<|python_tag|>{"name":"f","parameters":{}}<|python_tag|>{"name":"g","parameters":{}}"#,
      #"c42 c42 | ok "f"{} | ok "g"{}"#
    ),
    // No marker announces these: they are an answer, whatever they look like.
    (#"{"answer": 42}"#, "t14"), (#"{"name":"Alice","age":3}"#, "t24"), ("{1, 2}", "t6"), ("[1]", "t3"),
    (#"Sure: {"name":"f","parameters":{}}"#, "t34"),
    (#"{"name":"f","parameters":{}} done"#, #"c28 t5 | ok "f"{}"#),
    (#"{"name":"f","parameters":{"a":}}"#, #"c32 | malformed -- | ~malformed_json"#),
    (#"[{"name":"f","parameters":{}}]"#, "c30 | not_a_call -- | ~unexpected_cardinality"),
    ("<|python_tag|>f.call(a=1)", "t25 | ~unfinished_call"),
  ])
  func llama3(_ text: String, _ expected: String) {
    #expect(sketch(parsed(Array(text.utf8), .llama3JSON)) == expected)
  }

  @Test(arguments: [
    (
      #"{q:<|"|>a<|"|>,n:-1.5e3,b:true,z:null,l:[1,<|"|>x,y:{}<|"|>],o:{k:{}}}"#,
      #"ok "f"{"q":"a","n":-1.5e3,"b":true,"z":null,"l":[1,"x,y:{}"],"o":{"k":{}}}"#
    ),
    (#"{}"#, #"ok "f"{}"#), (#"{ "q" : "a\"\u00e9\ud83d\ude00\n" }"#, #"ok "f"{"q":"a\"é😀\n"}"#),
    // A delimiter that nothing of the grammar follows stands within the string.
    (#"{q:<|"|>say <|"|>hi<|"|> now<|"|>}"#, #"ok "f"{"q":"say <|\"|>hi<|\"|> now"}"#),
    (#"{q:<|"|>a}"#, #"malformed "f"- | ~unexpected_end"#), (#"{q:a}"#, #"malformed "f"- | ~malformed_json"#),
    (#"{q:1,}"#, #"malformed "f"- | ~malformed_json"#), (#"{q:01}"#, #"malformed "f"- | ~malformed_json"#),
    (#"{q:"\ud800"}"#, #"malformed "f"- | ~lone_surrogate"#), (#"{q:1 r:2}"#, #"malformed "f"- | ~malformed_json"#),
    (#"{q:1,q:2}"#, #"ok "f"{"q":1,"q":2} | ~duplicate_member"#), (#"{q:True}"#, #"malformed "f"- | ~malformed_json"#),
  ])
  func gemma(_ arguments: String, _ expected: String) {
    let text = "<|tool_call>call:f\(arguments)<tool_call|>"
    #expect(sketch(parsed(Array(text.utf8), .gemma4)) == "c\(text.utf8.count) | " + expected)
  }

  /// Every switch of the relaxed syntax, in a format of one's own.
  @Test func relaxedSyntax() {
    let format = CompletionFormat(
      name: "mine", frame: CallFrame(open: "<call>", close: "</call>"),
      payload: .named(
        NamedPayload(
          nameEnd: [":"],
          syntax: .relaxed(
            RelaxedSyntax(
              allowsSingleQuotes: true, allowsBareNames: true, allowsTrailingCommas: true, allowsPythonWords: true)))))
    let text = #"<call>f:{'a': 'it\'s', b: [True, None, False,], "c": "d",}</call>"#
    #expect(
      sketch(parsed(Array(text.utf8), format))
        == #"c65 | ok "f"{"a":"it's","b":[true,null,false],"c":"d"}"#)
    let deep = "<call>f:" + String(repeating: "[", count: 600) + "</call>"
    #expect(sketch(parsed(Array(deep.utf8), format)) == #"c615 | limit_exceeded "f"- | ~limit_exceeded"#)
  }
}
