import Testing

@testable import ToolReward

/// What a definition is read as, a tool a line pair: its name and canonical schema, then the rules with their places; or why not.
private func read(_ text: String, _ reader: DefinitionReader = DefinitionReader()) -> [String] {
  guard let value = try? ValueReader().read(text) else { return ["not JSON"] }
  do throws(ToolboxError) {
    return try reader.read(value).flatMap { tool in
      [
        "\(tool.displayName) \(tool.parameters)",
        tool.applied.map { "\($0.rule.rawValue)@\($0.pointer)" }.joined(separator: " "),
      ]
    }
  } catch {
    return ["! \(error)"]
  }
}

/// The same of parameters alone, left open: their schema, then the rules with their places in the parameters.
private func readParameters(_ text: String) -> [String] {
  var reader = DefinitionReader()
  reader.unknownArguments = .open
  let lines = read(#"{"name":"f","parameters":\#(text)}"#, reader)
  guard lines.count == 2 else { return lines }
  let rules = lines[1].split(separator: " ").dropFirst().map { rule in
    let parts = rule.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    return "\(parts[0])@\(parts[1].dropFirst("/parameters".count))"
  }
  return [String(lines[0].dropFirst(2)), rules.isEmpty ? "-" : rules.joined(separator: " ")]
}

/// A table's rows: blank lines between them, the input first, then what is expected.
private func rows(_ table: String) -> [[String]] {
  table.split(separator: "\n\n").map { $0.split(separator: "\n").map(String.init) }
}

/// Reads a canonical schema again: nothing may change, and no rule but the envelope's and reports may be applied.
private func expectStable(_ tool: ToolDefinition, _ reader: DefinitionReader) throws {
  let value = try ValueReader(syntax: .python).read(#"{"name":"f","parameters":\#(tool.parameters)}"#)
  let again = try #require(reader.read(value).first)
  #expect(again.parameters.description == tool.parameters.description)
  #expect(again.applied.allSatisfy { $0.rule.isReport || $0.rule.isEnvelope }, "\(again.applied)")
}

@Suite struct ToolDefinitionTests {
  @Test(arguments: rows(envelopes))
  func envelope(_ row: [String]) throws {
    #expect(read(row[0]) == Array(row.dropFirst()))
    for tool in (try? DefinitionReader().read(ValueReader().read(row[0]))) ?? [] {
      try expectStable(tool, DefinitionReader())
    }
  }

  @Test(arguments: rows(parameters))
  func schema(_ row: [String]) throws {
    #expect(readParameters(row[0]) == Array(row.dropFirst()))
    for unknownArguments in UnknownArguments.allCases {
      var reader = DefinitionReader()
      reader.unknownArguments = unknownArguments
      let value = try ValueReader().read(#"{"name":"f","parameters":\#(row[0])}"#)
      for tool in (try? reader.read(value)) ?? [] { try expectStable(tool, reader) }
    }
  }

  /// What a type's spelling means, and whether it makes the parameter optional; "?" if it is none.
  @Test(arguments: [
    (#"str"#, #"{"type":"string"}"#),
    (#"String"#, #"{"type":"string"}"#),
    (#"char"#, #"{"type":"string"}"#),
    (#"text"#, #"{"type":"string"}"#),
    (#"dict"#, #"{"type":"object"}"#),
    (#"HashMap"#, #"{"type":"object"}"#),
    (#"Hashtable"#, #"{"type":"object"}"#),
    (#"map"#, #"{"type":"object"}"#),
    (#"OBJECT"#, #"{"type":"object"}"#),
    (#"list"#, #"{"type":"array"}"#),
    (#"ArrayList"#, #"{"type":"array"}"#),
    (#"Queue"#, #"{"type":"array"}"#),
    (#"Stack"#, #"{"type":"array"}"#),
    (#"Set"#, #"{"type":"array"}"#),
    (#"tuple"#, #"{"type":"array"}"#),
    (#"int"#, #"{"type":"integer"}"#),
    (#"long"#, #"{"type":"integer"}"#),
    (#"short"#, #"{"type":"integer"}"#),
    (#"byte"#, #"{"type":"integer"}"#),
    (#"Bigint"#, #"{"type":"integer"}"#),
    (#"float"#, #"{"type":"number"}"#),
    (#"double"#, #"{"type":"number"}"#),
    (#"decimal"#, #"{"type":"number"}"#),
    (#"bool"#, #"{"type":"boolean"}"#),
    (#"None"#, #"{"type":"null"}"#),
    (#"void"#, #"{"type":"null"}"#),
    (#"any"#, #"{}"#),
    (#"object?"#, #"{}"#),
    (#""#, #"{}"#),
    (#"Callable[[float], float]"#, #"{}"#),
    (#"str, optional"#, #"{"type":"string"} optional"#),
    (#"int/bool, optional"#, #"{"type":["integer","boolean"]} optional"#),
    (#"int, required"#, #"{"type":"integer"} required"#),
    (#"string (optional)"#, #"{"type":"string"} optional"#),
    (#"List[int]"#, #"{"type":"array","items":{"type":"integer"}}"#),
    (#"list(str)"#, #"{"type":"array","items":{"type":"string"}}"#),
    (#"List[Union[int, float]]"#, #"{"type":"array","items":{"type":["integer","number"]}}"#),
    (#"List[List[float]]"#, #"{"type":"array","items":{"type":"array","items":{"type":"number"}}}"#),
    (#"Optional[str]"#, #"{"type":["string","null"]}"#),
    (
      #"Optional[List[str]], optional"#,
      #"{"anyOf":[{"type":"array","items":{"type":"string"}},{"type":"null"}]} optional"#
    ),
    (#"A|B"#, #"?"#),
    (#"int | None"#, #"{"type":["integer","null"]}"#),
    (#"int or str"#, #"{"type":["integer","string"]}"#),
    (#"Union[str, any]"#, #"{}"#),
    (#"Union[int, int]"#, #"{"type":"integer"}"#),
    (#"Dict[str, int]"#, #"{"type":"object","additionalProperties":{"type":"integer"}}"#),
    (
      #"Dict[str, List[int]]"#,
      #"{"type":"object","additionalProperties":{"type":"array","items":{"type":"integer"}}}"#
    ),
    (#"Map<String, Integer>"#, #"{"type":"object","additionalProperties":{"type":"integer"}}"#),
    (#"HashMap<String, int>"#, #"{"type":"object","additionalProperties":{"type":"integer"}}"#),
    (#"Array<string>"#, #"{"type":"array","items":{"type":"string"}}"#),
    (#"string[]"#, #"{"type":"array","items":{"type":"string"}}"#),
    (#"int[][]"#, #"{"type":"array","items":{"type":"array","items":{"type":"integer"}}}"#),
    (
      #"Tuple[float, float]"#,
      #"{"type":"array","prefixItems":[{"type":"number"},{"type":"number"}],"items":false,"minItems":2,"maxItems":2}"#
    ),
    (#"Tuple[int, ...]"#, #"{"type":"array","items":{"type":"integer"}}"#),
    (#"typing.List[int]"#, #"{"type":"array","items":{"type":"integer"}}"#),
    (#"['string','null']"#, #"{"type":["string","null"]}"#),
    (#"["string", "null"]"#, #"{"type":["string","null"]}"#),
    (#"[int]"#, #"{"type":"integer"}"#),
    (#"List[int"#, #"?"#),
    (#"List[int]]"#, #"?"#),
    (#"List[Foo]"#, #"?"#),
    (#"int,"#, #"?"#),
    (#"int, banana"#, #"?"#),
    (#"int|"#, #"?"#),
    (#"Literal['a']"#, #"?"#),
    (#"str int"#, #"?"#),
    (#" str "#, #"{"type":"string"}"#),
    (#"STR"#, #"{"type":"string"}"#),
    (#"ſtr"#, #"?"#),
    (#"List [int]"#, #"{"type":"array","items":{"type":"integer"}}"#),
  ])
  func type(_ text: String, _ expected: String) {
    var meaning = "?"
    if let spelling = TypeGrammar.read(Array(text.utf8)) {
      var output: [UInt8] = []
      JSONDraft.object(spelling.expression.keywords).write(to: &output)
      let optionality = spelling.isOptional.map { $0 ? " optional" : " required" } ?? ""
      meaning = String(decoding: output, as: UTF8.self) + optionality
    }
    #expect(meaning == expected)
  }

  @Test func nothingIsNoTool() {
    #expect(read("null") == [])
    #expect(read("[]") == [])
  }

  /// Every rule can be switched off alone, and then is not applied.
  @Test(arguments: DefinitionRule.allCases)
  func switchedOff(_ rule: DefinitionRule) throws {
    #expect(!rule.summary.isEmpty)
    let reader = DefinitionReader(rules: Set(DefinitionRule.allCases).subtracting([rule]))
    for row in rows(envelopes) {
      let tools = (try? reader.read(ValueReader().read(row[0]))) ?? []
      #expect(tools.allSatisfy { !$0.applied.map(\.rule).contains(rule) }, "\(row[0])")
    }
    for row in rows(parameters) {
      let value = try ValueReader().read(#"{"name":"f","parameters":\#(row[0])}"#)
      let tools = (try? reader.read(value)) ?? []
      #expect(tools.allSatisfy { !$0.applied.map(\.rule).contains(rule) }, "\(row[0])")
    }
  }

  @Test func unknownArguments() throws {
    let text =
      #"{"name":"f","parameters":{"type":"object","properties":{"o":{"type":"object","properties":{"x":{}}},"#
      + #""l":{"type":"array","items":{"type":"object","properties":{"x":{}}}},"m":{"type":"object"},"#
      + #""a":{"allOf":[{"type":"object","properties":{"x":{}}}]}}}}"#
    let value = try ValueReader().read(text)
    var closed: [UnknownArguments: [String]] = [:]
    for choice in UnknownArguments.allCases {
      var reader = DefinitionReader()
      reader.unknownArguments = choice
      #expect(reader.unknownArguments == choice)
      let tool = try #require(reader.read(value).first)
      closed[choice] = tool.applied.filter { $0.rule == .closedRoot || $0.rule == .closedDeep }.map(\.pointer)
    }
    #expect(closed[.open] == [])
    #expect(closed[.closedRoot] == ["/parameters"])
    #expect(closed[.closedDeep] == ["/parameters/properties/o", "/parameters/properties/l/items", "/parameters"])
  }

  /// Names are bytes: two spellings of é are two parameters, and a tool's name is what was declared.
  @Test func namesAreBytes() throws {
    let value = try ValueReader().read(
      #"{"name":"\u00e9","parameters":{"\u00e9":{"type":"int"},"e\u0301":{"type":"str"}}}"#)
    let tool = try #require(DefinitionReader().read(value).first)
    #expect(tool.name == [0xC3, 0xA9])
    #expect(tool.parameters["properties"]?.count == 2)
    #expect(tool.parameters["required"]?.count == 2)
  }
}

@Suite struct HostileToolDefinitionTests {
  private static func tool(_ parameters: String) -> String { #"{"name":"f","parameters":\#(parameters)}"# }

  private static func type(_ spelling: String) -> String {
    tool(#"{"type":"object","properties":{"a":{"type":"\#(spelling)"}}}"#)
  }

  /// Long and deep spellings are read in one pass, or are unknown: an opening so many times, a middle, a closing as many times.
  @Test(arguments: [
    ("x", 100_000, "", "", "type_unknown"),
    ("List[", 10_000, "int", "]", "type_unknown"),
    ("List[", 64, "int", "]", "type_grammar"),
    ("List[", 65, "int", "]", "type_unknown"),
    ("int|", 50_000, "str", "", "type_grammar"),
    ("", 50_000, "int", "|str", "type_grammar"),
    ("[]", 50_000, "", "", "type_unknown"),
    ("", 50_000, "int", "[]", "type_unknown"),
    ("", 64, "int", "[]", "type_grammar"),
    ("List[int]|", 20_000, "str", "", "type_grammar"),
    ("Union[str,", 64, "int", "]", "type_grammar"),
    ("(", 50_000, "", "", "type_unknown"),
    ("str(optional", 20_000, "", "", "type_unknown"),
    ("Callable[", 50_000, "", "", "type_unknown"),
    ("Callable[", 50_000, "", "]", "type_grammar"),
    ("'", 50_000, "", "", "type_unknown"),
  ])
  func spelling(_ opening: String, _ count: Int, _ middle: String, _ closing: String, _ rule: String) {
    let text = String(repeating: opening, count: count) + middle + String(repeating: closing, count: count)
    let lines = read(Self.type(text))
    #expect(lines.count == 2 && lines[1].contains("\(rule)@/parameters/properties/a/type"))
  }

  @Test func deepSchemas() {
    func nested(_ depth: Int) -> String {
      Self.tool(
        String(repeating: #"{"type":"object","properties":{"a":"#, count: depth) + "{}"
          + String(repeating: "}}", count: depth))
    }
    #expect(read(nested(64)).count == 2)
    #expect(read(nested(65)) == ["! tool 0: the parameters nest too deeply; raise the reader's limit or flatten them"])
  }

  @Test func wideDefinitions() throws {
    let many = (0..<20_000).map { #""p\#($0)":{"type":"int","default":null,"x\#($0)":1}"# }.joined(separator: ",")
    let value = try ValueReader().read(Self.tool("{\(many)}"))
    let tool = try #require(DefinitionReader().read(value).first)
    #expect(tool.parameters["required"]?.count == 20_000)
    // The list of rules is cut, not the schema.
    #expect(tool.unlistedRules > 0 && tool.applied.count > 1_000)

    let names = Array(repeating: #""a""#, count: 100_000).joined(separator: ",")
    #expect(readParameters(#"{"properties":{"a":{}},"required":[\#(names)]}"#)[0].contains(#""required":["a"]"#))
    let members = (0..<100_000).map(String.init).joined(separator: ",")
    let listed = readParameters(#"{"properties":{"a":{"enum":[\#(members)],"default":99999}}}"#)
    #expect(listed.count == 2)

    // Telling whether so many defaults are valid is given up; what is written for them is known again.
    let digits = (0..<100).map(String.init).joined(separator: ",")
    let arrays = (0..<500).map {
      #""p\#($0)":{"type":"array","items":{"enum":[\#(digits)]},"default":[\#(digits)]}"#
    }.joined(separator: ",")
    let defaults = try ValueReader().read(Self.tool(#"{"type":"object","properties":{\#(arrays)}}"#))
    try expectStable(try #require(DefinitionReader().read(defaults).first), DefinitionReader())
  }

  @Test func pythonLiterals() {
    for text in ["{", "{'a", "{'a': lambda}", "(((", "{'a': 1}}", "\\u12", #"{'a': '\\"#, "{1: 2}"] {
      var output: [UInt8] = []
      JSONDraft.string(text).write(to: &output)
      let lines = read(String(decoding: output, as: UTF8.self))
      #expect(lines.count == 1 && lines[0].hasPrefix("! the tools: a string whose text is neither"), "\(lines)")
    }
  }
}

// MARK: Tables

/// A definition, then for each tool its schema and the rules.
private let envelopes = #"""
  {"name":"f","description":"d","parameters":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}}
  f {"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}
  envelope_named@ closed_root@/parameters

  {"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}},"strict":true}}
  f {"type":"object","properties":{},"additionalProperties":false}
  envelope_openai@ closed_root@/function/parameters

  {"type":"function","name":"f","parameters":null}
  f {"type":"object","properties":{},"additionalProperties":false}
  envelope_responses@ parameters_absent@ closed_root@

  {"name":"f","input_schema":{"type":"object"}}
  f {"type":"object","additionalProperties":false}
  envelope_anthropic@ closed_root@/input_schema

  {"name":"f","title":"T","inputSchema":{"type":"object","additionalProperties":true}}
  f {"type":"object","additionalProperties":true}
  envelope_mcp@

  [{"functionDeclarations":[{"name":"f","parameters":{"type":"OBJECT","properties":{"a":{"type":"ARRAY","items":{"type":"STRING"},"maxItems":"10","nullable":true}}}},{"name":"g"}]}]
  f {"type":"object","properties":{"a":{"type":["array","null"],"items":{"type":"string"},"maxItems":10}},"additionalProperties":false}
  envelope_gemini@ envelope_named@ type_name@/parameters/type type_name@/parameters/properties/a/type type_name@/parameters/properties/a/items/type numeric_string_bound@/parameters/properties/a/maxItems nullable@/parameters/properties/a/nullable closed_root@/parameters
  g {"type":"object","properties":{},"additionalProperties":false}
  envelope_gemini@ envelope_named@ parameters_absent@ closed_root@

  {"name":"f","parametersJsonSchema":{"type":"object"}}
  f {"type":"object","additionalProperties":false}
  envelope_gemini@ closed_root@/parametersJsonSchema

  {"tools":[{"toolSpec":{"name":"f","inputSchema":{"json":{"type":"object","properties":{"a":{"type":"boolean"}}}}}}]}
  f {"type":"object","properties":{"a":{"type":"boolean"}},"additionalProperties":false}
  envelope_bedrock@ closed_root@/toolSpec/inputSchema/json

  {"apiCode":"f","parameters":{"a":{"type":"string","required":"True"},"b":{"type":"int"}}}
  f {"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"}},"required":["a"],"additionalProperties":false}
  envelope_api_bank@ flat_map@/parameters required_flag@/parameters/a type_name@/parameters/b/type closed_root@/parameters

  {"name":"f","input_parameters":{"a":{"type":"str","description":"A"}},"output_parameters":{}}
  f {"type":"object","properties":{"a":{"type":"string","description":"A"}},"required":["a"],"additionalProperties":false}
  envelope_api_bank@ tool_member_ignored@ flat_map@/input_parameters required_absent_means_required@/input_parameters type_name@/input_parameters/a/type closed_root@/input_parameters

  {"name":"f","arguments":{"type":"dict","properties":{}},"results":{}}
  f {"type":"object","properties":{},"additionalProperties":false}
  envelope_named@ arguments_key@/arguments tool_member_ignored@ type_name@/arguments/type closed_root@/arguments

  {"title":"f","type":"object","properties":{"name":{"type":"string"}}}
  f {"title":"f","type":"object","properties":{"name":{"type":"string"}},"additionalProperties":false}
  envelope_bare_schema@ closed_root@

  {"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":true}}
   {"type":"object","properties":{"a":true},"additionalProperties":false}
  envelope_bare_schema@ schema_dialect@/$schema closed_root@ root_type@

  "[{'name': 'f', 'parameters': {'a': {'type': 'str', 'description': 'it\\'s', 'default': None}}}]"
  f {"type":"object","properties":{"a":{"type":["string","null"],"description":"it's","default":null}},"required":["a"],"additionalProperties":false}
  python_text@ envelope_named@ flat_map@/parameters required_absent_means_required@/parameters type_name@/parameters/a/type default_accepted@/parameters/a closed_root@/parameters

  "{\"name\":\"f\"}"
  f {"type":"object","properties":{},"additionalProperties":false}
  json_text@ envelope_named@ parameters_absent@ closed_root@

  ["{\"name\":\"f\"}","{'name': 'g', 'parameters': \"{'a': {'type': 'int',}}\"}"]
  f {"type":"object","properties":{},"additionalProperties":false}
  json_text@ envelope_named@ parameters_absent@ closed_root@
  g {"type":"object","properties":{"a":{"type":"integer"}},"required":["a"],"additionalProperties":false}
  python_text@ envelope_named@ python_text@/parameters flat_map@/parameters required_absent_means_required@/parameters type_name@/parameters/a/type closed_root@/parameters

  []

  {"name":"f","parameters":{},"required":null}
  f {"type":"object","properties":{},"additionalProperties":false}
  envelope_named@ tool_required_ignored@/required parameters_absent@/parameters closed_root@/parameters

  {"name":"f","parameters":{"a":{"type":"str"},"b":{"type":"str"}},"required":["b"]}
  f {"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["b"],"additionalProperties":false}
  envelope_named@ tool_required_list@/required flat_map@/parameters type_name@/parameters/a/type type_name@/parameters/b/type closed_root@/parameters

  {"name":"café ☕","parameters":[]}
  café ☕ {"type":"object","properties":{},"additionalProperties":false}
  envelope_named@ parameters_absent@/parameters closed_root@/parameters

  {"operationId":"f","parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"integer"}},{"name":"q","in":"query","schema":{"type":"string","nullable":true}}],"requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","properties":{"b":{"type":"string"}},"required":["b"]}}}}}
  f {"type":"object","properties":{"id":{"type":"integer"},"q":{"type":["string","null"]},"b":{"type":"string"}},"required":["id","b"],"additionalProperties":false}
  envelope_openapi@ required_flag@ nullable@ closed_root@

  {"openapi":"3.0.0","paths":{"/p":{"parameters":[{"$ref":"#/components/parameters/Id"}],"post":{"operationId":"f","summary":"s","requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/N"}}}}},"get":{"operationId":"g"}}},"components":{"parameters":{"Id":{"name":"id","in":"path","required":true,"schema":{"type":"string"}}},"schemas":{"N":{"type":"object","properties":{"next":{"$ref":"#/components/schemas/N"},"v":{"type":"integer","exclusiveMinimum":true,"minimum":0}}}}}}
  f {"type":"object","properties":{"id":{"type":"string"},"next":{"$ref":"#/$defs/N"},"v":{"type":"integer","exclusiveMinimum":0}},"required":["id"],"additionalProperties":false,"$defs":{"N":{"type":"object","properties":{"next":{"$ref":"#/$defs/N"},"v":{"type":"integer","exclusiveMinimum":0}}}}}
  envelope_openapi@ required_flag@ reference_moved@ boolean_exclusive_bound@ closed_root@ reference_moved@ boolean_exclusive_bound@
  g {"type":"object","properties":{"id":{"type":"string"}},"required":["id"],"additionalProperties":false}
  envelope_openapi@ required_flag@ closed_root@

  {"name":"f","parameters":{"type":"string"}}
  ! tool 0: the parameters' "type" excludes objects; arguments are an object: write "object"

  {"name":"f","parameters":{"type":["object","null"],"properties":{}}}
  f {"type":"object","properties":{},"additionalProperties":false}
  envelope_named@ closed_root@/parameters root_type@/parameters

  {"name":"f","parameters":{"type":"banana","properties":{}}}
  f {"type":"object","properties":{},"additionalProperties":false}
  envelope_named@ type_unknown@/parameters/type closed_root@/parameters root_type@/parameters

  {"name":"f","parameters":{"type":{"type":"string"},"x":1}}
  f {"type":"object","x":1,"additionalProperties":false}
  envelope_named@ type_unknown@/parameters/type keyword_ignored@/parameters/x closed_root@/parameters root_type@/parameters

  {"name":"f","parameters":3}
  ! tool 0: the parameters are of kind number; give a JSON Schema object, or leave them out

  {"name":"f","parameters":true}
  ! tool 0: the parameters are of kind boolean; give a JSON Schema object, or leave them out

  {"name":"f","parameters":"oops"}
  ! tool 0: a string whose text is neither JSON nor a Python literal: not JSON (byte 1)

  {"name":3}
  ! tool 0 has no "name", at its top or in "function" or "toolSpec"

  {}
  ! tool 0 has no "name", at its top or in "function" or "toolSpec"

  7
  ! the tools: not a definition; give an object with "name" and "parameters", or a list of them

  [[["x"]]]
  ! the tools: a string whose text is neither JSON nor a Python literal: not JSON (byte 1)

  [{"name":"f"},{"nom":"g"}]
  ! tool 1 has no "name", at its top or in "function" or "toolSpec"

  {"name":""}
   {"type":"object","properties":{},"additionalProperties":false}
  envelope_named@ parameters_absent@ closed_root@

  [[[[[[[[[[[]]]]]]]]]]]
  ! the tools: lists within lists, too deep; give one list of definitions

  {"name":"f","parameters":{"type":"object","patternProperties":{"^x":{"type":"int"}}}}
  f {"type":"object","patternProperties":{"^x":{"type":"integer"}},"additionalProperties":false}
  envelope_named@ type_name@/parameters/patternProperties/^x/type closed_root@/parameters

  {"name":"f","parameters":{"type":"object","anyOf":[{"required":["a"]}]}}
  f {"type":"object","anyOf":[{"required":["a"]}]}
  envelope_named@

  {"name":"f","parameters":{"type":"object","properties":{"a":{}},"required":["b"]}}
  f {"type":"object","properties":{"a":{},"b":true},"required":["b"],"additionalProperties":false}
  envelope_named@ required_unknown_name@/parameters closed_root@/parameters

  {"name":"f","parameters":{"type":"object","properties":{"a":{},"b":{}},"anyOf":[{"required":["a"]},{"required":["b"]}]}}
  f {"type":"object","properties":{"a":{},"b":{}},"anyOf":[{"required":["a"]},{"required":["b"]}],"unevaluatedProperties":false}
  envelope_named@ closed_root@/parameters
  """#

/// Parameters, then their schema left open and the rules.
private let parameters = #"""
  {"city":{"type":"str"},"days":{"type":"int, optional","default":1}}
  {"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer","default":1}},"required":["city"]}
  flat_map@ optional_suffix@/days required_from_optional_list@ type_name@/city/type type_name@/days/type

  {"type":{"type":"str"},"properties":{"type":"int"},"required":{"type":"bool"},"items":{"type":"list"},"enum":{"type":"str"},"default":{"type":"str"},"$ref":{"type":"str"}}
  {"type":"object","properties":{"type":{"type":"string"},"properties":{"type":"integer"},"required":{"type":"boolean"},"items":{"type":"array"},"enum":{"type":"string"},"default":{"type":"string"},"$ref":{"type":"string"}},"required":["type","properties","required","items","enum","default","$ref"]}
  flat_map@ required_absent_means_required@ type_name@/type/type type_name@/properties/type type_name@/required/type type_name@/items/type type_name@/enum/type type_name@/default/type type_name@/$ref/type

  {"type":"object","properties":{"type":{"type":"string"},"properties":{"type":"object","properties":{"required":{"type":"boolean"}}},"required":{"type":"boolean"},"items":{"type":"array"},"enum":{"enum":[1]},"default":{"type":"null"},"$ref":{"type":"string"}},"required":["type","$ref"]}
  {"type":"object","properties":{"type":{"type":"string"},"properties":{"type":"object","properties":{"required":{"type":"boolean"}}},"required":{"type":"boolean"},"items":{"type":"array"},"enum":{"enum":[1]},"default":{"type":"null"},"$ref":{"type":"string"}},"required":["type","$ref"]}
  -

  {"properties":{"type":{"type":"string"}}}
  {"type":"object","properties":{"type":{"type":"string"}}}
  root_type@

  {"properties":{"type":"string","description":"a parameter"}}
  {"type":"object","properties":{"properties":{"type":"string","description":"a parameter"}},"required":["properties"]}
  flat_map@ required_absent_means_required@

  {"additionalProperties":{"type":"string"}}
  {"type":"object","additionalProperties":{"type":"string"}}
  root_type@

  {"a":{"description":"d"},"b":{"type":["int","null"]}}
  {"type":"object","properties":{"a":{"description":"d"},"b":{"type":["integer","null"]}},"required":["a","b"]}
  flat_map@ required_absent_means_required@ type_name@/b/type

  {"a":{"type":"str","required":true},"b":{"type":"str"}}
  {"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["a"]}
  flat_map@ required_flag@/a type_name@/a/type type_name@/b/type

  {"a":{"type":"str","required":false},"b":{"type":"str"}}
  {"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["b"]}
  flat_map@ required_flag@/a required_from_optional_list@ type_name@/a/type type_name@/b/type

  [{"name":"a","type":"int","required":true},{"name":"b","type":"int"}]
  {"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"required":["a"]}
  parameter_list@ required_flag@/0 type_name@/0/type type_name@/1/type

  {"":{"type":"str"},"a/b~c":{"type":"float"}}
  {"type":"object","properties":{"":{"type":"string"},"a/b~c":{"type":"number"}},"required":["","a/b~c"]}
  flat_map@ required_absent_means_required@ type_name@//type type_name@/a~1b~0c/type

  {"type":"object","properties":{"a":{"type":"string","optional":true},"b":{"type":"string"}}}
  {"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["b"]}
  optional_flag@/properties/a required_from_optional_list@

  {"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"optional":["a"]}
  {"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["b"]}
  required_from_optional_list@

  {"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"optional":["a"],"required":["b"]}
  {"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["b"]}
  required_from_optional_list@

  {"type":"object","properties":{"a":{"type":"string"}},"required":"a"}
  {"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}
  required_not_a_list@/required

  {"type":"object","properties":{"a":{"type":"string"}},"required":true}
  {"type":"object","properties":{"a":{"type":"string"}}}
  required_not_a_list@/required

  {"type":"object","properties":{"a":{"type":"string"}},"required":null}
  {"type":"object","properties":{"a":{"type":"string"}}}
  required_not_a_list@/required

  {"type":"object","properties":{"a":{"type":"string"}},"required":["a","a",1,"z"]}
  {"type":"object","properties":{"a":{"type":"string"}},"required":["a","z"]}
  keyword_malformed@/required required_unknown_name@

  {"type":"object","properties":{"o":{"type":"object","properties":{"p":{"type":"string","required":true},"q":{"type":"string"}},"required":true}}}
  {"type":"object","properties":{"o":{"type":"object","properties":{"p":{"type":"string"},"q":{"type":"string"}},"required":["p"]}},"required":["o"]}
  required_flag@/properties/o required_flag@/properties/o/properties/p

  {"type":"object","properties":{"a":{"type":"string"}},"required":[]}
  {"type":"object","properties":{"a":{"type":"string"}},"required":[]}
  -

  {"type":"object","properties":{"a":{"type":"integer","default":"dontcare"},"b":{"type":"string","description":"d","default":null},"c":{"type":"integer","minimum":1,"maximum":9,"default":5},"d":{"type":"integer","minimum":1,"default":0},"e":{"enum":["x"],"default":null},"g":{"type":"string","pattern":"^a$","default":""},"h":{"$ref":"#/$defs/X","default":null},"i":{"type":"array","items":{"type":"string"},"default":[]},"j":{"type":"number","default":1e2},"k":{"default":3}},"required":["b"],"$defs":{"X":{"type":"string"}}}
  {"type":"object","properties":{"a":{"anyOf":[{"type":"integer"},{"const":"dontcare"}],"default":"dontcare"},"b":{"type":["string","null"],"description":"d","default":null},"c":{"type":"integer","minimum":1,"maximum":9,"default":5},"d":{"anyOf":[{"type":"integer","minimum":1},{"const":0}],"default":0},"e":{"enum":["x",null],"default":null},"g":{"anyOf":[{"type":"string","pattern":"^a$"},{"const":""}],"default":""},"h":{"anyOf":[{"$ref":"#/$defs/X"},{"type":"null"}],"default":null},"i":{"type":"array","items":{"type":"string"},"default":[]},"j":{"type":"number","default":1e2},"k":{"default":3}},"required":["b"],"$defs":{"X":{"type":"string"}}}
  default_accepted@/properties/a default_accepted@/properties/b default_accepted@/properties/d null_default@/properties/e default_accepted@/properties/g null_default@/properties/h

  {"type":"object","default":3,"properties":{"a":{"anyOf":[{"type":"integer"},{"type":"null"}],"default":null},"b":{"type":"object","properties":{"x":{"type":"string"}},"default":{"x":1}},"c":{"const":"x","default":"x"}}}
  {"type":"object","default":3,"properties":{"a":{"anyOf":[{"type":"integer"},{"type":"null"}],"default":null},"b":{"anyOf":[{"type":"object","properties":{"x":{"type":"string"}}},{"const":{"x":1}}],"default":{"x":1}},"c":{"const":"x","default":"x"}}}
  default_accepted@/properties/b

  {"type":"object","properties":{"a":{"type":"object","properties":{"x":{"type":"string"}},"default":1},"b":{"$ref":"#/properties/a/properties/x"}}}
  {"type":"object","properties":{"a":{"type":"object","properties":{"x":{"type":"string"}},"default":1},"b":{"$ref":"#/properties/a/properties/x"}}}
  -

  {"type":"object","properties":{"a":{"type":"string","enum":["x"],"nullable":true},"b":{"nullable":true,"$ref":"#/$defs/B"},"c":{"type":"string","nullable":false},"d":{"nullable":1},"e":{"anyOf":[{"type":"string"}],"nullable":true}},"$defs":{"B":{}}}
  {"type":"object","properties":{"a":{"type":["string","null"],"enum":["x",null]},"b":{"anyOf":[{"$ref":"#/$defs/B"},{"type":"null"}]},"c":{"type":"string"},"d":{},"e":{"anyOf":[{"type":"string"},{"type":"null"}]}},"$defs":{"B":{}}}
  nullable@/properties/a/nullable nullable@/properties/b/nullable nullable@/properties/c/nullable keyword_malformed@/properties/d/nullable nullable@/properties/e/nullable

  {"type":"object","properties":{"a":{"type":"array","items":{"type":"string"},"enum":["x","y"]},"b":{"type":"list","enum":[1]},"c":{"type":"array","enum":[["x"]]},"d":{"type":"List[str]","enum":["x"]}}}
  {"type":"object","properties":{"a":{"type":"array","items":{"type":"string","enum":["x","y"]}},"b":{"type":"array","items":{"enum":[1]}},"c":{"type":"array","enum":[["x"]]},"d":{"type":"array","items":{"type":"string","enum":["x"]}}}}
  enum_moved_to_items@/properties/a type_name@/properties/b/type enum_moved_to_items@/properties/b type_grammar@/properties/d/type enum_moved_to_items@/properties/d

  {"type":"object","properties":{"a":{"minimum":"1","maximum":"2.5","minLength":"x","maxLength":"-1","multipleOf":"0","exclusiveMaximum":true},"b":{"exclusiveMinimum":true,"minimum":3},"c":{"exclusiveMinimum":false,"minimum":3},"d":{"exclusiveMinimum":true}}}
  {"type":"object","properties":{"a":{"minimum":1,"exclusiveMaximum":2.5},"b":{"exclusiveMinimum":3},"c":{"minimum":3},"d":{}}}
  numeric_string_bound@/properties/a/minimum keyword_malformed@/properties/a/minLength keyword_malformed@/properties/a/maxLength keyword_malformed@/properties/a/multipleOf boolean_exclusive_bound@/properties/a/exclusiveMaximum boolean_exclusive_bound@/properties/b/exclusiveMinimum boolean_exclusive_bound@/properties/c/exclusiveMinimum boolean_exclusive_bound@/properties/d/exclusiveMinimum

  {"type":"object","x-a":1,"properties":{"a":{"type":"string","example_value":"v","unit":"m","x-a":2,"format":"HH:mm","examples":["e"],"deprecated":true}}}
  {"type":"object","x-a":1,"properties":{"a":{"type":"string","example_value":"v","unit":"m","x-a":2,"format":"HH:mm","examples":["e"],"deprecated":true}}}
  keyword_ignored@/x-a keyword_ignored@/properties/a/example_value keyword_ignored@/properties/a/unit

  {"type":"object","title":1,"description":null,"properties":{"a":{"enum":"a","pattern":1,"allOf":[],"anyOf":{},"oneOf":"x","not":1,"items":null,"prefixItems":[],"additionalProperties":"no","patternProperties":[],"$defs":3,"uniqueItems":"yes","format":1,"examples":"e","$id":"#x","$anchor":"1","$ref":{},"dependentRequired":{"a":["b","b"]},"const":null,"$vocabulary":[],"deprecated":"no","minItems":1.5,"if":"int","$schema":7,"$comment":{}}}}
  {"type":"object","properties":{"a":{"const":null,"if":{"type":"integer"}}}}
  keyword_malformed@/title keyword_malformed@/description keyword_malformed@/properties/a/enum keyword_malformed@/properties/a/pattern keyword_malformed@/properties/a/allOf keyword_malformed@/properties/a/anyOf keyword_malformed@/properties/a/oneOf keyword_malformed@/properties/a/not keyword_malformed@/properties/a/items keyword_malformed@/properties/a/prefixItems keyword_malformed@/properties/a/additionalProperties keyword_malformed@/properties/a/patternProperties keyword_malformed@/properties/a/$defs keyword_malformed@/properties/a/uniqueItems keyword_malformed@/properties/a/format keyword_malformed@/properties/a/examples keyword_malformed@/properties/a/$id keyword_malformed@/properties/a/$anchor keyword_malformed@/properties/a/$ref keyword_malformed@/properties/a/dependentRequired keyword_malformed@/properties/a/$vocabulary keyword_malformed@/properties/a/deprecated keyword_malformed@/properties/a/minItems schema_not_object@/properties/a/if keyword_malformed@/properties/a/$schema keyword_malformed@/properties/a/$comment

  {"type":"object","properties":{"a":{"type":"array","items":[{"type":"int"},{"type":"str"}],"additionalItems":false},"b":{"type":"object","items":{"x":{"type":"int"}}},"c":{"items":[]},"d":{"dependencies":{"x":["y"],"z":{"required":["w"]}}},"e":"str","f":"some text","g":null,"h":7,"i":true,"j":{"properties":"x"},"k":{"properties":[{"name":"x","type":"int"}]}}}
  {"type":"object","properties":{"a":{"type":"array","prefixItems":[{"type":"integer"},{"type":"string"}],"items":false},"b":{"type":"object","properties":{"x":{"type":"integer"}}},"c":{},"d":{"dependentRequired":{"x":["y"]},"dependentSchemas":{"z":{"required":["w"]}}},"e":{"type":"string"},"f":{"description":"some text"},"g":{},"h":{},"i":true,"j":{},"k":{"properties":{"x":{"type":"integer"}}}}}
  items_array@/properties/a/items type_name@/properties/a/items/0/type type_name@/properties/a/items/1/type items_as_properties@/properties/b/items type_name@/properties/b/items/x/type items_array@/properties/c/items dependencies_split@/properties/d/dependencies schema_not_object@/properties/e schema_not_object@/properties/f schema_not_object@/properties/g schema_not_object@/properties/h keyword_malformed@/properties/j/properties parameter_list@/properties/k/properties type_name@/properties/k/properties/0/type

  {"$schema":"http://json-schema.org/draft-04/schema#","type":"object","definitions":{"A":{"type":"dict"}},"properties":{"a":{"$ref":"#/definitions/A"}}}
  {"type":"object","definitions":{"A":{"type":"object"}},"properties":{"a":{"$ref":"#/definitions/A"}}}
  schema_dialect@/$schema type_name@/definitions/A/type

  {"$schema":"urn:unknown","type":"object"}
  {"$schema":"urn:unknown","type":"object"}
  -

  {"type":"object","type":"dict","properties":{"a":{"type":"int"},"a":{"type":"string"}}}
  {"type":"object","properties":{"a":{"type":"string"}}}
  repeated_name@ type_name@/type repeated_name@/properties

  {"type":"object","$ref":"#"}
  {"type":"object","$ref":"#"}
  -

  {"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/a"}}}
  {"type":"object","$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/a"}}}
  root_type@

  {"type":"object","properties":{"a":{"not":1,"if":null,"additionalProperties":"int","contains":3}}}
  {"type":"object","properties":{"a":{"additionalProperties":{"type":"integer"}}}}
  keyword_malformed@/properties/a/not keyword_malformed@/properties/a/if schema_not_object@/properties/a/additionalProperties keyword_malformed@/properties/a/contains

  {"type":"object","properties":{"a":{"type":[]},"b":{"type":["int","banana"]},"c":{"type":null},"d":{"type":7},"e":{"type":["string","string"]},"f":{"type":["List[int]","null"]}}}
  {"type":"object","properties":{"a":{},"b":{},"c":{},"d":{},"e":{"type":"string"},"f":{"anyOf":[{"type":"array","items":{"type":"integer"}},{"type":"null"}]}}}
  type_unknown@/properties/a/type type_unknown@/properties/b/type type_unknown@/properties/c/type type_unknown@/properties/d/type type_name@/properties/e/type type_grammar@/properties/f/type

  {"a":{"type":"str, optional","default":null},"b":{"type":"int","default":""},"c":{"type":"Optional[int]","default":null}}
  {"type":"object","properties":{"a":{"type":["string","null"],"default":null},"b":{"anyOf":[{"type":"integer"},{"const":""}],"default":""},"c":{"type":["integer","null"],"default":null}},"required":["b","c"]}
  flat_map@ optional_suffix@/a required_from_optional_list@ type_name@/a/type null_default@/a type_name@/b/type default_accepted@/b type_grammar@/c/type

  {"type":"object","properties":{"a":{"type":"Tuple[int, str]","items":{"type":"int"}},"b":{"type":"Dict[str, int]","properties":{"x":{"type":"int"}}},"c":{"type":"List[int] | str","anyOf":[{"minLength":1}]}}}
  {"type":"object","properties":{"a":{"type":"array","items":{"type":"integer"}},"b":{"type":"object","properties":{"x":{"type":"integer"}}},"c":{"type":["array","string"],"anyOf":[{"minLength":1}]}}}
  type_grammar@/properties/a/type type_name@/properties/a/items/type type_grammar@/properties/b/type type_name@/properties/b/properties/x/type type_grammar@/properties/c/type

  {"type":"object","properties":{"a":{"enum":[1,"1",true,null,[1],{"x":1}]},"b":{"const":{"x":1.0}}}}
  {"type":"object","properties":{"a":{"enum":[1,"1",true,null,[1],{"x":1}]},"b":{"const":{"x":1.0}}}}
  -

  {"type":"object","properties":{"a":{"type":"string","enum":["x"],"default":"y"},"b":{"type":"string","enum":["True","False"],"default":true}}}
  {"type":"object","properties":{"a":{"anyOf":[{"type":"string","enum":["x"]},{"const":"y"}],"default":"y"},"b":{"anyOf":[{"type":"string","enum":["True","False"]},{"const":true}],"default":true}}}
  default_accepted@/properties/a default_accepted@/properties/b

  {"type":"object","properties":{"a":{"type":"string","required":"yes"},"b":{"type":"string","optional":"False"}},"optional":"a"}
  {"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"optional":"a","required":["b"]}
  optional_flag@/properties/b required_not_a_list@/properties/a/required keyword_ignored@/optional

  {"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{"a":{"$ref":"#/definitions/A","description":"d","minLength":3}},"definitions":{"A":{"type":"string"}}}
  {"type":"object","properties":{"a":{"$ref":"#/definitions/A","description":"d"}},"definitions":{"A":{"type":"string"}}}
  schema_dialect@/$schema reference_siblings_ignored@/properties/a

  {"type":"object","properties":{"a":{"type":"dict","required":["x"]}}}
  {"type":"object","properties":{"a":{"type":"object","required":["x"]}}}
  type_name@/properties/a/type required_unknown_name@/properties/a

  {"type":"object","properties":{"a":{"then":{"type":"string"},"type":"int","default":null},"b":{"dependencies":{"x":{}},"dependentSchemas":{"y":{}}},"c":{"type":"object","items":{"contains":{"type":"int"}}},"d":{"additionalProperties":{"type":"int","optional":[],"default":null}}}}
  {"type":"object","properties":{"a":{"then":{"type":"string"},"type":["integer","null"],"default":null},"b":{"dependentSchemas":{"y":{}}},"c":{"type":"object","items":{"contains":{"type":"integer"}}},"d":{"additionalProperties":{"type":["integer","null"],"optional":[],"default":null}}}}
  type_name@/properties/a/type null_default@/properties/a dependencies_split@/properties/b/dependencies type_name@/properties/c/items/contains/type type_name@/properties/d/additionalProperties/type keyword_ignored@/properties/d/additionalProperties/optional default_accepted@/properties/d/additionalProperties
  """#
