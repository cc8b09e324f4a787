import Testing

@testable import ToolReward

/// The tools that the tables of this file are read with.
private let tools: Toolbox = {
  let text = #"""
    [{"name": "f", "parameters": {"type": "object", "properties": {
       "i": {"type": "integer"}, "n": {"type": "number"}, "b": {"type": "boolean"}, "s": {"type": "string"}, "z": {"type": "null"},
       "o": {"type": "object"}, "l": {"type": "array", "items": {"type": "integer"}},
       "sn": {"type": ["string", "null"]}, "si": {"anyOf": [{"type": "string"}, {"type": "integer"}]}, "ib": {"oneOf": [{"type": "integer"}, {"type": "boolean"}]},
       "e": {"enum": ["1", 2, null]}, "c": {"const": "7"}, "ci": {"const": 7}, "r": {"$ref": "#/$defs/deep"}, "any": {},
       "all": {"allOf": [{"$ref": "#/$defs/deep"}, {"minimum": 0}]}, "untyped": {"properties": {"a": {}}}},
       "$defs": {"deep": {"anyOf": [{"$ref": "#/$defs/int"}, {"type": "null"}]}, "int": {"type": "integer"}}}},
     {"name": "write", "parameters": {"type": "object", "properties": {"path": {"type": "string"}, "content": {"type": "string"}}}},
     {"name": "later", "parameters": {"type": "object", "allOf": [{"properties": {"i": {"type": "integer"}}}]}},
     {"name": "untold"}]
    """#
  do {
    return try Toolbox(try ValueReader().read(text))
  } catch {
    preconditionFailure("\(error)")
  }
}()

private func xml(_ function: String, _ parameters: (String, String)...) -> String {
  let inner = parameters.map { "<parameter=\($0.0)>\n\($0.1)\n</parameter>\n" }.joined()
  return "<tool_call>\n<function=\(function)>\n\(inner)</function>\n</tool_call>"
}

@Suite struct TaggedFormatTests {
  /// What a text means is the schema's to say; it stays itself where the schema says string.
  @Test(arguments: [
    // Strings stay text, whatever they look like.
    ("s", #"{"k":1}"#, #""{\"k\":1}""#, ""), ("s", "001", #""001""#, ""), ("s", "true", #""true""#, ""),
    ("s", "null", #""null""#, ""), ("s", "None", #""None""#, ""), ("s", #""q""#, #""\"q\"""#, ""),
    ("s", "", #""""#, ""),
    ("s", "9007199254740993", #""9007199254740993""#, ""), ("s", "a < b && \"c\" &lt;", #""a < b && \"c\" &lt;""#, ""),
    ("s", "  two\n\n lines ", #""  two\n\n lines ""#, ""),
    // Numbers keep their literals.
    ("i", "9007199254740993", "9007199254740993", "typed_by_schema"), ("i", "-1", "-1", "typed_by_schema"),
    ("i", " 5 ", "5", "typed_by_schema"), ("i", "7.0", "7.0", "typed_by_schema"),
    ("n", "1e5", "1e5", "typed_by_schema"),
    ("n", "3", "3", "typed_by_schema"), ("n", "12345678901234567890123", "12345678901234567890123", "typed_by_schema"),
    // What Python's int() would take is no number of JSON: it stays text, and the check of the arguments refuses it.
    ("i", "1_000", #""1_000""#, "untyped_value"), ("i", "１２", #""１２""#, "untyped_value"),
    ("i", "007", #""007""#, "untyped_value"),
    ("i", "+5", #""+5""#, "untyped_value"), ("n", "NaN", #""NaN""#, "untyped_value"),
    ("n", "1e", #""1e""#, "untyped_value"),
    ("i", "", #""""#, "untyped_value"), ("i", "seven", #""seven""#, "untyped_value"),
    ("i", "1 2", #""1 2""#, "untyped_value"),
    ("n", "1e999", "1e999", "typed_by_schema"),
    ("b", "true", "true", "typed_by_schema"), ("b", "True", "true", "typed_by_python_word"),
    ("b", "False", "false", "typed_by_python_word"), ("b", "yes", #""yes""#, "untyped_value"),
    ("b", "1", #""1""#, "untyped_value"),
    ("z", "null", "null", "typed_by_schema"), ("z", "None", "null", "typed_by_python_word"),
    ("o", #"{"a": [1, {"b": null}]}"#, #"{"a":[1,{"b":null}]}"#, "typed_by_schema"),
    ("o", "{bad", #""{bad""#, "untyped_value"),
    ("o", "[1]", #""[1]""#, "untyped_value"), ("l", #"["1", 2]"#, #"["1",2]"#, "typed_by_schema"),
    ("o", #"{"a":1,"a":2}"#, #"{"a":1,"a":2}"#, "typed_by_schema duplicate_member"),
    ("o", #"{"a": "\ud800"}"#, #""{\"a\": \"\\ud800\"}""#, "untyped_value"),
    // Unions, enum and const, references and what they lead to.
    ("sn", "null", "null", "typed_by_choice"), ("sn", "nil", #""nil""#, ""), ("si", "5", "5", "typed_by_choice"),
    ("si", "5a", #""5a""#, ""), ("ib", "5", "5", "typed_by_schema"), ("ib", "true", "true", "typed_by_schema"),
    ("ib", "x", #""x""#, "untyped_value"), ("e", "1", #""1""#, ""), ("e", "2", "2", "typed_by_choice"),
    ("e", "null", "null", "typed_by_choice"), ("c", "7", #""7""#, ""), ("ci", "7", "7", "typed_by_schema"),
    ("r", "4", "4", "typed_by_schema"), ("r", "null", "null", "typed_by_schema"), ("r", "x", #""x""#, "untyped_value"),
    ("all", "4", "4", "typed_by_schema"), ("untyped", #"{"a":1}"#, #"{"a":1}"#, "typed_by_choice"),
    // Nothing is said of it: text.
    ("any", "5", #""5""#, ""), ("unknown", "5", #""5""#, ""),
  ])
  func types(_ parameter: String, _ text: String, _ value: String, _ diagnostics: String) {
    let completion = parsed(Array(xml("f", (parameter, text)).utf8), .qwen3Coder, tools: tools)
    let notes = completion.diagnostics.map(\.code.name).joined(separator: " ")
    #expect(completion.calls.map { "\($0.arguments)" } == [#"{"\#(parameter)":\#(value)}"#])
    #expect(notes == diagnostics)
  }

  @Test func typesThroughAllOf() {
    let completion = parsed(Array(xml("later", ("i", "5")).utf8), .qwen3Coder, tools: tools)
    #expect(completion.calls.map { "\($0.arguments)" } == [#"{"i":5}"#])
  }

  /// Where a value ends: by what follows its closing tag.
  @Test(arguments: [
    ("a </parameter> b", "a </parameter> b"),
    ("a </function> b", "a </function> b"),
    ("a </tool_call> b", "a </tool_call> b"),
    ("<parameter=x>\n1\n</parameter>", "<parameter=x>\n1\n</parameter>"),
    (
      "<parameter=x>1</parameter>\n<parameter=y>2</parameter>", "<parameter=x>1</parameter>\n<parameter=y>2</parameter>"
    ),
    // A whole call, and two of them.
    (xml("f", ("i", "1")), xml("f", ("i", "1"))),
    (xml("f", ("i", "1")) + "\n" + xml("write", ("x", "2")), xml("f", ("i", "1")) + "\n" + xml("write", ("x", "2"))),
    // The end of a call without its beginning.
    ("x</parameter>\n</function>\n</tool_call> y", "x</parameter>\n</function>\n</tool_call> y"),
    ("</parameter></parameter>", "</parameter></parameter>"),
    ("<tool_call>", "<tool_call>"), ("<function=f>", "<function=f>"), ("</think>", "</think>"), ("<think>", "<think>"),
  ])
  func valueEnds(_ value: String, _ expected: String) throws {
    for known in [tools, nil] {
      let completion = parsed(Array(xml("write", ("content", value), ("path", "p")).utf8), .qwen3Coder, tools: known)
      let arguments = try #require(completion.calls.first?.arguments)
      #expect(completion.calls.count == 1)
      #expect(arguments["content"]?.string == expected, "tools \(known != nil)")
      #expect(arguments["path"]?.string == "p")
    }
  }

  @Test(arguments: [
    // An opening tag that nothing closes is the value's own; that this cannot be known is noted.
    (
      "<tool_call><function=write><parameter=content>see <parameter=x> there</parameter></function></tool_call>",
      #"c104 | ok "write"{"content":"see <parameter=x> there"} | ~ambiguous_value_end"#
    ),
    // The next declared parameter begins where this one is not closed.
    (
      "<tool_call><function=write><parameter=content>a<parameter=path>p</parameter></function></tool_call>",
      #"c99 | malformed "write"{"content":"a","path":"p"} | ~unclosed_value"#
    ),
    // A parameter that the tool does not have is the model's mistake.
    (
      "<tool_call><function=write><parameter=content>a</parameter><parameter=zz>1</parameter></function></tool_call>",
      #"c109 | ok "write"{"content":"a","zz":"1"} | ~ambiguous_value_end"#
    ),
    (
      "<tool_call><function=f><parameter=i>1</function></tool_call>",
      #"c60 | malformed "f"{"i":1} | ~unclosed_value | ~typed_by_schema"#
    ),
    (
      "<tool_call><function=f><parameter=i>1</parameter></tool_call>",
      #"c61 | unclosed "f"{"i":1} | ~typed_by_schema | ~unclosed_call"#
    ),
    (
      "<tool_call><function=f><parameter=i>1</parameter></function>",
      #"c60 | unclosed "f"{"i":1} | ~typed_by_schema | ~unclosed_call"#
    ),
    (
      "<tool_call><function=f><parameter=i>1",
      #"c37 | malformed "f"{"i":1} | ~unclosed_value | ~typed_by_schema | ~unclosed_call | ~unclosed_call"#
    ),
    (
      "<tool_call><function=f><parameter=i>1</parameter><parameter=i>2</parameter></function></tool_call>",
      #"c98 | ok "f"{"i":1,"i":2} | ~typed_by_schema | ~typed_by_schema | ~duplicate_member"#
    ),
    ("<tool_call><function=f></function><function=write></function></tool_call>", #"c73 | ok "f"{} | ok "write"{}"#),
    (
      "<tool_call><function=f>hm<parameter=i>1</parameter></function></tool_call>",
      #"c74 | malformed "f"{"i":1} | ~text_after_payload | ~typed_by_schema"#
    ),
    // One bad call beside a good one.
    (
      "<tool_call><function=f</function></tool_call><tool_call><function=f></function></tool_call>",
      #"c45 c46 | invalid_name -{} | ok "f"{} | ~missing_name | ~text_after_payload"#
    ),
    ("<tool_call><function=></function></tool_call>", #"c45 | invalid_name -{} | ~missing_name"#),
    ("<tool_call>{\"name\":\"f\",\"arguments\":{}}</tool_call>", "c50 | not_a_call -- | ~not_a_call"),
    ("<tool_call></tool_call>", "c23 | malformed -- | ~empty_frame"),
    ("write <tool_call> to call", "t25 | ~unconfirmed_opener"),
    ("<think>x<tool_call><function=f></function></tool_call></think>hi", "r62 t2 | ~call_in_reasoning"),
    // A call outside the section it belongs in.
    ("<function=f></function>", #"c23 | malformed "f"{} | ~missing_section"#),
    ("<function=f></function></tool_call>", #"c23 t12 | malformed "f"{} | ~missing_section | ~stray_call_close"#),
    ("plan</think>\n<tool_call><function=f></function></tool_call>\nbye", #"r12 t1 c46 t4 | ok "f"{}"#),
    (
      "<tool_call><function=f></function>and<function=write></function></tool_call>",
      #"c76 | ok "f"{} | ok "write"{} | ~text_in_section"#
    ),
  ])
  func layouts(_ text: String, _ expected: String) {
    #expect(sketch(parsed(Array(text.utf8), .qwen3Coder, tools: tools)) == expected)
  }

  @Test func leniencies() {
    var format = CompletionFormat.qwen3Coder
    format.leniencies = [.missingSection, .missingClose]
    #expect(
      sketch(parsed(Array("<function=f></function>".utf8), format)) == #"c23 | ok "f"{} | ~leniency_missing_section"#)
    #expect(
      sketch(parsed(Array("<tool_call><function=f></function>".utf8), format))
        == #"c34 | ok "f"{} | ~leniency_missing_close"#)
  }

  /// Without a schema a value is text, and it is told that nothing says what it means.
  @Test func withoutSchema() {
    let text = Array(xml("f", ("i", "5")).utf8)
    #expect(sketch(parsed(text, .qwen3Coder)) == #"c\#(text.count) | ok "f"{"i":"5"} | ~values_without_schema"#)
    #expect(
      sketch(parsed(Array(xml("untold", ("i", "5")).utf8), .qwen3Coder, tools: tools)).hasSuffix(
        "~values_without_schema"))
    #expect(
      sketch(parsed(Array(xml("unknown", ("i", "5")).utf8), .qwen3Coder, tools: tools)).hasSuffix(
        "~values_without_schema"))
    #expect(sketch(parsed(Array(xml("f").utf8), .qwen3Coder)).hasSuffix(#"ok "f"{}"#))
  }

  @Test func spellings() {
    let seed =
      "<seed:think>x</seed:think><seed:tool_call>\n<function=f>\n<parameter=i>1</parameter>\n</function>\n</seed:tool_call><seed:eos>"
    #expect(
      sketch(parsed(Array(seed.utf8), .seedOSS, tools: tools)) == #"r26 c86 t10 | ok "f"{"i":1} | ~typed_by_schema"#)
    // MiMo has no framing: line feeds belong to the value.
    let mimo = "<tool_call><function=write><parameter=content>\na\n</parameter></function></tool_call>"
    #expect(sketch(parsed(Array(mimo.utf8), .mimo, tools: tools)) == #"c84 | ok "write"{"content":"\na\n"}"#)
    #expect(sketch(parsed(Array(mimo.utf8), .qwen3Coder, tools: tools)) == #"c84 | ok "write"{"content":"a"}"#)
  }

  @Test(arguments: [
    (
      "<tool_call>f\n<arg_key>i</arg_key>\n<arg_value>1</arg_value>\n</tool_call>",
      #"c71 | ok "f"{"i":1} | ~typed_by_schema"#
    ),
    ("<tool_call>f<arg_key>s</arg_key><arg_value>1</arg_value></tool_call>", #"c68 | ok "f"{"s":"1"}"#),
    ("<tool_call>f</tool_call>\n<tool_call>f\n</tool_call>", #"c24 t1 c25 | ok "f"{} | ok "f"{}"#),
    (
      "<tool_call>write<arg_key>content</arg_key><arg_value>a </arg_value> b </tool_call> c</arg_value></tool_call>",
      #"c108 | ok "write"{"content":"a </arg_value> b </tool_call> c"}"#
    ),
    (
      "<tool_call>write<arg_key>content</arg_key><arg_value><arg_key>x</arg_key><arg_value>1</arg_value></arg_value></tool_call>",
      #"c121 | ok "write"{"content":"<arg_key>x</arg_key><arg_value>1</arg_value>"}"#
    ),
    (
      "<tool_call>write<arg_key>content</arg_key><arg_value>a<arg_key>path</arg_key><arg_value>p</arg_value></tool_call>",
      #"c113 | malformed "write"{"content":"a","path":"p"} | ~unclosed_value"#
    ),
    ("<tool_call>f<arg_key>i</arg_key></tool_call>", #"c44 | malformed "f"{} | ~malformed_json"#),
    (
      "<tool_call>f<arg_key>i</arg_key><arg_value>1</arg_value>",
      #"c56 | unclosed "f"{"i":1} | ~typed_by_schema | ~unclosed_call"#
    ),
    ("a <tool_call> tag\nbegins a call", "t31 | ~unconfirmed_opener"),
    ("<tool_call>two words</tool_call>", "c32 | not_a_call -- | ~not_a_call"),
  ])
  func glm(_ text: String, _ expected: String) {
    #expect(sketch(parsed(Array(text.utf8), .glm, tools: tools)) == expected)
  }

  @Test(arguments: [
    (
      "<｜DSML｜tool_calls>\n<｜DSML｜invoke name=\"f\">\n<｜DSML｜parameter name=\"i\" string=\"false\">1</｜DSML｜parameter>\n"
        + "<｜DSML｜parameter name=\"s\" string=\"true\">1</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜tool_calls>",
      #"ok "f"{"i":1,"s":"1"}"#
    ),
    // The attribute decides, not the schema: the check of the arguments tells that it is wrong.
    (
      "<｜DSML｜tool_calls><｜DSML｜invoke name=\"f\"><｜DSML｜parameter name=\"i\" string=\"true\">1</｜DSML｜parameter></｜DSML｜invoke></｜DSML｜tool_calls>",
      #"ok "f"{"i":"1"}"#
    ),
    (
      "<｜DSML｜tool_calls><｜DSML｜invoke name=\"f\"><｜DSML｜parameter name=\"s\" string=\"false\">hi</｜DSML｜parameter></｜DSML｜invoke></｜DSML｜tool_calls>",
      #"malformed "f"{"s":"hi"} | ~untyped_value"#
    ),
    (
      "<｜DSML｜tool_calls><｜DSML｜invoke name=\"f\"><｜DSML｜parameter name=\"s\">hi</｜DSML｜parameter></｜DSML｜invoke></｜DSML｜tool_calls>",
      #"malformed "f"{} | ~malformed_json | ~text_after_payload"#
    ),
    ("<｜DSML｜ calls>\n<｜DSML｜ invoke name=\"f\">\n</｜DSML｜ invoke>\n</｜DSML｜ calls>", #"ok "f"{}"#),
    (
      "<｜DSML｜function_calls><｜DSML｜invoke name=\"f\"></｜DSML｜invoke><｜DSML｜invoke name=\"g\"></｜DSML｜invoke></｜DSML｜function_calls>",
      #"ok "f"{} | ok "g"{}"#
    ),
  ])
  func dsml(_ text: String, _ expected: String) {
    let whole = sketch(parsed(Array(text.utf8), .deepSeekDSML, tools: tools))
    #expect(whole == "c\(text.utf8.count) | " + expected)
  }
}
