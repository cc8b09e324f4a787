import Testing
import ToolReward

/// Every keyword of both dialects, beside what it must not do; what the published suites leave out (canonical equivalence, graphemes, limits).
@Suite struct JSONSchemaTests {
  private func check(
    _ schema: String, _ valid: [String], _ invalid: [String], dialect: SchemaDialect = .draft2020,
    registry: SchemaRegistry = SchemaRegistry()
  ) throws {
    let compiled = try JSONSchema(json: schema, registry: registry, dialect: dialect)
    for (texts, expected) in [(valid, SchemaVerdict.valid), (invalid, .invalid)] {
      for text in texts {
        let value = try ValueReader().read(text)
        let report = compiled.explain(value)
        #expect(compiled.isValid(value) == expected, "\(schema) on \(text)")
        #expect(report.verdict == expected, "\(schema) on \(text)")
        // An invalid value has a reason, each with its places; a valid one has none.
        #expect(report.violations.isEmpty == (expected == .valid), "\(schema) on \(text)")
        for violation in report.violations {
          #expect(
            value.at(pointer: violation.instanceLocation) != nil, "\(schema) on \(text): \(violation.instanceLocation)")
          #expect(!violation.message.isEmpty)
        }
        let output = String(decoding: report.write(.flag), as: UTF8.self)
        #expect(output == (expected == .valid ? ##"{"valid":true}"## : ##"{"valid":false}"##))
        #expect(throws: Never.self) { try ValueReader().read(report.write(.basic)) }
      }
    }
  }

  @Test(
    arguments: [
      ("true", ["1", "null"], []), ("false", [], ["1", "null"]), ("{}", ["1"], []),
      (
        ##"{"type":"integer"}"##, ["1", "1.0", "1e2", "-0", "123456789012345678901234567890"],
        ["1.5", "\"1\"", "true", "1e-1"]
      ),
      (##"{"type":["string","null"]}"##, ["\"\"", "null"], ["0", "[]"]),
      (##"{"type":"number"}"##, ["1", "1.5"], ["\"1\""]),
      (##"{"type":"boolean"}"##, ["true"], ["1"]), (##"{"type":"object"}"##, ["{}"], ["[]"]),
      (##"{"type":"array"}"##, ["[]"], ["{}"]),
      (
        ##"{"enum":[1,"a",null,[1,{"b":2}]]}"##, ["1.0", "\"a\"", "null", ##"[1.0,{"b":2}]"##],
        ["true", "\"A\"", "[1]"]
      ),
      (##"{"enum":[]}"##, [], ["1"]), (##"{"const":1}"##, ["1", "1.0", "10e-1"], ["true", "2"]),
      (##"{"const":"é"}"##, ["\"é\""], [##""e\u0301""##]),
      (##"{"const":{"a":1,"b":2}}"##, [##"{"b":2,"a":1}"##], [##"{"a":1}"##]),
      (##"{"minimum":1.5}"##, ["1.5", "2", "\"x\""], ["1.49", "-2"]),
      (##"{"maximum":9007199254740992}"##, ["9007199254740992"], ["9007199254740993"]),
      (##"{"exclusiveMinimum":0}"##, ["0.1", "1e-400"], ["0", "-0.0", "-1"]),
      (##"{"exclusiveMaximum":1e1}"##, ["9.99"], ["10", "10.0"]),
      (##"{"multipleOf":0.01}"##, ["19.99", "0.07", "0", "1e308"], ["0.001", "1e-3"]),
      (##"{"multipleOf":0.4}"##, ["2", "1.2"], ["3"]),
      (##"{"multipleOf":7}"##, ["123456789012345678901234567890", "14"], ["123456789012345678901234567891"]),
      (##"{"minLength":2}"##, [##""ab""##, ##""\r\n""##, ##""e\u0301""##, "1"], [##""a""##, ##""\ud83d\udca9""##]),
      (##"{"maxLength":1}"##, [##""\ud83d\udca9""##], [##""e\u0301""##]),
      (##"{"minItems":1,"maxItems":2}"##, ["[1]", "[1,2]", "{}"], ["[]", "[1,2,3]"]),
      (
        ##"{"uniqueItems":true}"##, ["[1,true]", "[]", ##"[{"a":1},{"a":2}]"##],
        ["[1,1.0]", ##"[{"a":1,"b":2},{"b":2,"a":1}]"##]
      ),
      (##"{"uniqueItems":false}"##, ["[1,1]"], []),
      (##"{"prefixItems":[{"type":"string"},true]}"##, [##"["a",1,2]"##, "[]"], ["[1]"]),
      (##"{"prefixItems":[true],"items":{"type":"integer"}}"##, [##"["a",1]"##], [##"["a","b"]"##]),
      (##"{"items":false}"##, ["[]"], ["[1]"]),
      (##"{"contains":{"const":1}}"##, ["[2,1]"], ["[2]", "[]"]),
      (##"{"contains":{"const":1},"minContains":2,"maxContains":3}"##, ["[1,1]", "[1,1,1,0]"], ["[1]", "[1,1,1,1]"]),
      (##"{"contains":{"const":1},"minContains":0}"##, ["[]", "[2]"], []), (##"{"minContains":2}"##, ["[]"], []),
      (##"{"required":["a"]}"##, [##"{"a":null}"##, "1"], ["{}", ##"{"A":1}"##]),
      (##"{"required":["é"]}"##, [##"{"é":1}"##], [##"{"e\u0301":1}"##]),
      (##"{"properties":{"a":{"type":"integer"}}}"##, ["{}", ##"{"a":1,"b":"x"}"##], [##"{"a":"x"}"##]),
      // Of a repeated name the last value counts.
      (##"{"properties":{"a":{"type":"integer"}}}"##, [##"{"a":"x","a":1}"##], [##"{"a":1,"a":"x"}"##]),
      (##"{"properties":{"a":true},"additionalProperties":false}"##, [##"{"a":1}"##], [##"{"b":1}"##]),
      (
        ##"{"patternProperties":{"^x":{"type":"integer"}},"additionalProperties":{"type":"string"}}"##,
        [##"{"x1":1,"y":"s"}"##], [##"{"x1":"s"}"##, ##"{"y":1}"##]
      ),
      (
        ##"{"propertyNames":{"maxLength":2,"enum":["a","bc"]}}"##, [##"{"a":1,"bc":2}"##],
        [##"{"abc":1}"##, ##"{"d":1}"##]
      ),
      (##"{"minProperties":1,"maxProperties":1}"##, [##"{"a":1}"##], ["{}", ##"{"a":1,"b":2}"##]),
      (##"{"dependentRequired":{"a":["b"]}}"##, ["{}", ##"{"a":1,"b":2}"##, ##"{"b":2}"##], [##"{"a":1}"##]),
      (##"{"dependentSchemas":{"a":{"minProperties":2}}}"##, [##"{"a":1,"b":2}"##, "{}"], [##"{"a":1}"##]),
      (##"{"allOf":[{"minimum":1},{"maximum":3}]}"##, ["2"], ["0", "4"]),
      (##"{"anyOf":[{"type":"string"},{"minimum":3}]}"##, ["\"\"", "3"], ["2"]),
      (##"{"oneOf":[{"minimum":1},{"maximum":3}]}"##, ["0", "4"], ["2"]),
      (##"{"not":{"type":"string"}}"##, ["1"], ["\"\""]),
      (##"{"if":{"minimum":10},"then":{"multipleOf":10},"else":{"maximum":5}}"##, ["20", "5"], ["11", "6"]),
      (##"{"then":false}"##, ["1"], []),
      (##"{"$ref":"#/$defs/a","$defs":{"a":{"type":"string"}},"maxLength":1}"##, ["\"a\""], ["\"ab\"", "1"]),
      (##"{"$ref":"#b","$defs":{"a":{"$anchor":"b","type":"string"}}}"##, ["\"a\""], ["1"]),
      (##"{"properties":{"a":{"type":"string"},"b":{"$ref":"#/properties/a"}}}"##, [##"{"b":"x"}"##], [##"{"b":1}"##]),
      (##"{"$ref":"#/$defs/a~1b/x%25","$defs":{"a/b":{"x%":{"type":"null"}}}}"##, ["null"], ["1"]),
      // A list of lists, by itself.
      (##"{"type":"array","items":{"$ref":"#"}}"##, ["[[],[[]]]"], ["[[1]]"]),
      (
        ##"{"$id":"http://x/tree","$dynamicAnchor":"n","properties":{"c":{"$dynamicRef":"#n"}},"type":"object"}"##,
        [##"{"c":{"c":{}}}"##], [##"{"c":1}"##]
      ),
      (
        ##"{"unevaluatedProperties":false,"allOf":[{"properties":{"a":true}}],"properties":{"b":true}}"##,
        [##"{"a":1,"b":2}"##], [##"{"c":1}"##]
      ),
      (
        ##"{"unevaluatedProperties":false,"anyOf":[{"required":["a"],"properties":{"a":true}},{"properties":{"b":true}}]}"##,
        [##"{"b":1}"##, ##"{"a":1,"b":1}"##], [##"{"c":1}"##]
      ),
      (##"{"unevaluatedProperties":false,"not":{"not":{"properties":{"a":true}}}}"##, ["{}"], [##"{"a":1}"##]),
      (
        ##"{"unevaluatedProperties":{"type":"integer"},"patternProperties":{"^a":true}}"##, [##"{"a":"x","b":1}"##],
        [##"{"b":"x"}"##]
      ),
      (##"{"unevaluatedItems":false,"prefixItems":[true],"contains":{"const":1}}"##, ["[0,1]"], ["[0,1,2]"]),
      (
        ##"{"unevaluatedItems":{"type":"string"},"allOf":[{"prefixItems":[true,true]}]}"##, [##"[1,2,"a"]"##],
        ["[1,2,3]"]
      ),
      // Annotations.
      (
        ##"{"format":"email","contentEncoding":"base64","title":"t","default":1,"x-own":{"type":"nope"}}"##,
        ["\"no\"", "1"], []
      ),
    ] as [(String, [String], [String])])
  func draft2020(_ schema: String, _ valid: [String], _ invalid: [String]) throws {
    try check(schema, valid, invalid)
  }

  @Test(
    arguments: [
      (##"{"$ref":"#/definitions/a","maxLength":1,"definitions":{"a":{"type":"string"}}}"##, ["\"abc\""], ["1"]),
      (
        ##"{"items":[{"type":"string"}],"additionalItems":{"type":"integer"}}"##, [##"["a",1]"##],
        [##"["a","b"]"##, "[1]"]
      ),
      (##"{"additionalItems":false}"##, ["[1]"], []), (##"{"items":{"type":"integer"}}"##, ["[1]"], ["[\"a\"]"]),
      (
        ##"{"dependencies":{"a":["b"],"c":{"minProperties":2}}}"##, [##"{"a":1,"b":1}"##, ##"{"c":1,"d":1}"##],
        [##"{"a":1}"##, ##"{"c":1}"##]
      ),
      (
        ##"{"definitions":{"a":{"$id":"#x","type":"null"}},"properties":{"p":{"$ref":"#x"}}}"##, [##"{"p":null}"##],
        [##"{"p":1}"##]
      ),
      (##"{"contains":{"const":1},"minContains":2}"##, ["[1]"], ["[]"]),
      (##"{"unevaluatedProperties":false}"##, [##"{"a":1}"##], []),
      (##"{"prefixItems":[false]}"##, ["[1]"], []), (##"{"if":{"const":1},"then":false}"##, ["2"], ["1"]),
    ] as [(String, [String], [String])])
  func draft7(_ schema: String, _ valid: [String], _ invalid: [String]) throws {
    try check(schema, valid, invalid, dialect: .draft7)
    // The same by its own name.
    let named = ##"{"$schema":"http://json-schema.org/draft-07/schema#","## + schema.dropFirst()
    if !schema.contains("$ref\":\"#/") || schema.contains("properties") { try check(named, valid, invalid) }
  }

  /// Documents are found in the registry, and there alone.
  @Test func references() throws {
    var registry = SchemaRegistry()
    registry.add(
      try ValueReader().read(
        ##"{"$id":"http://x/a.json","$defs":{"n":{"type":"integer"}},"items":{"$ref":"b.json"}}"##),
      at: "http://x/a.json")
    registry.add(try ValueReader().read(##"{"type":"string"}"##), at: "http://x/b.json#")
    try check(##"{"$ref":"http://x/a.json"}"##, [##"["a"]"##], ["[1]"], registry: registry)
    try check(##"{"$ref":"http://x/y/../a.json#/$defs/n"}"##, ["1"], ["\"a\""], registry: registry)
    try check(##"{"$id":"http://x/","$ref":"./b.json"}"##, ["\"a\""], ["1"], registry: registry)
    // Metaschemas are there from the start.
    try check(
      ##"{"$ref":"https://json-schema.org/draft/2020-12/schema"}"##, [##"{"type":"string"}"##, "true"],
      [##"{"type":"dict"}"##, ##"{"properties":{"a":{"minLength":-1}}}"##])
    try check(
      ##"{"$ref":"http://json-schema.org/draft-07/schema#"}"##, [##"{"items":[true]}"##], [##"{"required":"a"}"##])
    // A metaschema of one's own without the vocabulary of assertions.
    registry.add(
      try ValueReader().read(
        ##"{"$id":"http://x/meta","$vocabulary":{"https://json-schema.org/draft/2020-12/vocab/applicator":true}}"##),
      at: "http://x/meta")
    try check(
      ##"{"$schema":"http://x/meta","properties":{"a":false,"b":{"type":"string"}}}"##, [##"{"b":1}"##],
      [##"{"a":1}"##], registry: registry)
  }

  @Test(
    arguments: [
      ("1", "the schema is neither an object nor true or false"),
      (##"{"properties":{"a":[]}}"##, "the schema at /properties/a is neither"),
      (##"{"type":"dict"}"##, ##""dict" is no type of JSON Schema"##),
      (##"{"type":5}"##, ##""type" must be a type's name"##),
      (##"{"required":null}"##, ##""required" must be a list of names"##),
      (##"{"required":[1]}"##, ##""required" must be a list of names"##),
      (##"{"minimum":"5"}"##, ##""minimum" must be a number"##),
      (##"{"multipleOf":0}"##, ##""multipleOf" must be a number above 0"##),
      (##"{"minLength":1.5}"##, "must be a whole number"), (##"{"maxItems":-1}"##, "must be a whole number"),
      (##"{"enum":1}"##, ##""enum" must be an array"##),
      (##"{"allOf":[]}"##, "must be an array of schemas that is not empty"),
      (##"{"items":[true]}"##, ##"a list of them is "prefixItems""##),
      (##"{"uniqueItems":1}"##, "must be true or false"), (##"{"pattern":1}"##, ##""pattern" must be a string"##),
      (##"{"$ref":1}"##, ##""$ref" must be a string"##),
      (##"{"$ref":"#/$defs/none"}"##, "leads nowhere"),
      (##"{"$ref":"http://x/y"}"##, "add its document to the registry"),
      (##"{"$schema":"http://x/none"}"##, "is not known"), ("[", "is not JSON"),
      (##"{"properties":[]}"##, "must be an object of schemas"),
      (##"{"dependentRequired":{"a":1}}"##, "must be an object of lists of names"),
    ])
  func refused(_ schema: String, _ message: String) {
    let error = #expect(throws: SchemaError.self) { try JSONSchema(json: schema) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  /// What cannot be told is told to be so: cycles, doubling, patterns that are not read.
  @Test func indeterminate() throws {
    let one = try ValueReader().read("1")
    let loops = [
      ##"{"$ref":"#"}"##, ##"{"allOf":[{"$ref":"#"}]}"##, ##"{"anyOf":[{"$ref":"#"},{"$ref":"#"}]}"##,
      ##"{"$ref":"#/$defs/a","$defs":{"a":{"allOf":[{"$ref":"#/$defs/b"}]},"b":{"not":{"$ref":"#/$defs/a"}}}}"##,
    ]
    for loop in loops { #expect(try JSONSchema(json: loop).isValid(one) == .indeterminate(.depth), "\(loop)") }
    var doubling = ##"{"$ref":"#/$defs/d40","$defs":{"d0":true"##
    for level in 1...40 {
      doubling += ##","d\##(level)":{"allOf":[{"$ref":"#/$defs/d\##(level - 1)"},{"$ref":"#/$defs/d\##(level - 1)"}]}"##
    }
    #expect(try JSONSchema(json: doubling + "}}").isValid(one) == .indeterminate(.steps))
    let text = try ValueReader().read(##""ab""##)
    for pattern in ["(?<=a)b", ##"(a)\\1"##, ##"\\bx"##, ##"\\p{Script=Greek}"##, "(", "a{3,1}", "[b-a]", "*"] {
      let schema = try JSONSchema(json: ##"{"pattern":"\##(pattern)"}"##)
      guard case .indeterminate(.pattern) = schema.isValid(text) else {
        Issue.record("\(pattern): \(schema.isValid(text))")
        continue
      }
      // What else fails decides all the same; what is not a string is not asked.
      #expect(try JSONSchema(json: ##"{"pattern":"\##(pattern)","maxLength":1}"##).isValid(text) == .invalid)
      #expect(schema.isValid(one) == .valid)
      guard case .indeterminate = try JSONSchema(json: ##"{"not":{"pattern":"\##(pattern)"}}"##).isValid(text) else {
        Issue.record("not \(pattern)")
        continue
      }
    }
    // A name that may match a pattern may be evaluated by it.
    let open = try JSONSchema(json: ##"{"patternProperties":{"(?=a)":true},"additionalProperties":false}"##)
    guard case .indeterminate = open.isValid(try ValueReader().read(##"{"b":1}"##)) else {
      Issue.record("an undecided pattern beside additionalProperties")
      return
    }
  }

  /// Where one branch fails and another leads in circles, asking and explaining say the same (found by fuzzing).
  @Test func failsBesideACircle() throws {
    let schema = try JSONSchema(
      json: ##"""
        {"$defs":{"one":{"oneOf":[{"$ref":"#/$defs/two"},{"required":["b"]},{"required":["c"],"allOf":[{"$ref":"#/$defs/one"}]}]},
          "two":{"oneOf":[{"required":["c"]},{"required":["d"]}]}},"oneOf":[{"$ref":"#/$defs/one"},{"required":["a"]}],"unevaluatedProperties":false}
        """##)
    for text in ["{}", #"{"a":1}"#, #"{"c":1}"#, #"{"a":1,"b":1}"#] {
      let value = try ValueReader().read(text)
      #expect(schema.explain(value).verdict == schema.isValid(value), "\(text)")
    }
  }

  /// NaN and the infinities, which Python's reader takes, are of no type, equal to nothing and beyond every bound.
  @Test(arguments: ["NaN", "Infinity", "-Infinity"])
  func nonFinite(_ literal: String) throws {
    let value = try ValueReader(syntax: .python).read(literal)
    for schema in [
      #"{"type":"number"}"#, #"{"type":"integer"}"#, #"{"minimum":-5}"#, #"{"maximum":5}"#, #"{"multipleOf":5}"#,
      #"{"enum":[0]}"#, #"{"const":0}"#,
    ] {
      let report = try JSONSchema(json: schema).explain(value)
      #expect(
        report.verdict == .invalid && !report.violations.isEmpty && report.violations[0].coerced == nil, "\(schema)")
    }
    #expect(try JSONSchema(json: "{}").isValid(value) == .valid)
  }

  /// What was not evaluated because of a circle or a limit is not known to be unevaluated.
  @Test func circlesBesideUnevaluated() throws {
    let value = try ValueReader().read(#"{"a":1}"#)
    for schema in [
      ##"{"allOf":[{"$ref":"#"}],"unevaluatedProperties":false}"##,
      ##"{"not":{"allOf":[{"$ref":"#/not"}],"unevaluatedProperties":false}}"##,
      ##"{"anyOf":[{"$ref":"#"}],"unevaluatedProperties":false}"##,
    ] {
      guard case .indeterminate = try JSONSchema(json: schema).isValid(value) else {
        Issue.record("\(schema)")
        continue
      }
    }
  }

  /// Asking stops at the first failure, explaining goes on; where it is led too far there is a reason all the same.
  @Test func reasonsWhereReferencesDouble() throws {
    var bomb = ""
    for level in 1...40 {
      bomb += ##","d\##(level)":{"allOf":[{"$ref":"#/$defs/d\##(level - 1)"},{"$ref":"#/$defs/d\##(level - 1)"}]}"##
    }
    let schema = try JSONSchema(
      json:
        ##"{"anyOf":[{"type":"null"},{"type":"string","allOf":[{"$ref":"#/$defs/d40"}]}],"$defs":{"d0":{"maxLength":1}"##
        + bomb + "}}")
    for text in ["5", #""ab""#] {
      let report = schema.explain(try ValueReader().read(text))
      #expect(report.verdict == .invalid && !report.violations.isEmpty, "\(text)")
    }
  }

  /// A long text costs a pattern so much and no more; a pattern that is none is not guessed at.
  @Test func patternBudgets() throws {
    let long = try ValueReader().read("\"" + String(repeating: "x", count: 300_000) + "\"")
    for pattern in [
      "x.{0,400}y", "[a-z].{0,200}[a-z]{0,200}!",
      String(repeating: "(", count: 20) + "a{0,400}" + String(repeating: ")*", count: 20),
    ] {
      let verdict = try JSONSchema(json: #"{"pattern":"\#(pattern)"}"#).isValid(long)
      #expect(verdict == .indeterminate(.pattern(pattern)) || verdict == .valid, "\(pattern)")
    }
    for pattern in ["a{2}{3}", "x{1,2}{1}", "{2}", "a+{2}"] {
      #expect(
        try JSONSchema(json: #"{"pattern":"\#(pattern)"}"#).isValid(try ValueReader().read(#""aaa""#))
          == .indeterminate(.pattern(pattern)))
    }
  }

  /// The deepest value that the reader gives, through as many references.
  @Test func deep() throws {
    let schema = try JSONSchema(json: ##"{"type":"array","items":{"$ref":"#"}}"##)
    func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    #expect(schema.isValid(try ValueReader().read(nested(150))) == .valid)
    let deepest = try ValueReader(limits: ValueLimits(depth: 2048)).read(nested(2048))
    #expect(schema.isValid(deepest) == .indeterminate(.depth))
  }

  @Test(
    arguments: [
      ("^a", ["a", "ab"], ["ba", ""]), ("b$", ["b", "ab"], ["ba"]), ("", ["", "x"], []), ("^$", [""], ["x"]),
      ("b", ["abc"], ["ac"]),
      ("^abc$", ["abc"], ["abc\n", "ABC"]), (##"^\d+$"##, ["12"], ["\u{0967}", ""]), (##"^\w$"##, ["_", "a"], ["é"]),
      (##"^\s$"##, [" ", "\u{FEFF}", "\u{00A0}", "\n"], ["x"]), (##"^\S\D\W$"##, ["xx-"], ["1 a"]),
      ("^.$", ["x", "\u{1F409}"], ["\n", "e\u{301}", ""]),
      ("^[a-c]+$", ["abc"], ["abd"]), ("^[^a-c]$", ["d", "é"], ["a"]), (##"^[\d-]+$"##, ["1-2"], ["a"]),
      ("^[]]$", [], ["]"]), ("^(a|b|cd)$", ["a", "cd"], ["c"]),
      ("a|^b$", ["xa", "b"], ["xb"]), ("^(?:ab){2,3}$", ["abab", "ababab"], ["ab", "abababab"]),
      ("^a{2}$", ["aa"], ["a", "aaa"]),
      ("^a{2,}$", ["aa", "aaaa"], ["a"]), ("^x{0,2}y?z*$", ["", "xxyzz"], ["xxx"]), ("^a+?b*?$", ["aab"], ["b"]),
      ("^a{,3}$", ["a{,3}"], ["aa"]),
      (##"^\u{1F409}\x41\u0042\cJ$"##, ["\u{1F409}AB\n"], ["\u{1F409}AB"]),
      (##"^\ud83d\udc09$"##, ["\u{1F409}"], ["x"]),
      (##"^\p{Lu}\p{Letter}\P{N}$"##, ["Éé-"], ["éé-", "Éé1"]), (##"^\{\.\/\-$"##, ["{./-"], ["{x/-"]),
      ("^[A-Za-z0-9_-]{1,64}$", ["get_weather"], ["a b", "", String(repeating: "a", count: 65)]),
      ("^(?<year>\\d{4})-\\d{2}$", ["2024-01"], ["2024-1"]),
      ("^.{3,500}$", ["abc"], ["ab", String(repeating: "x", count: 501)]),
      // Exponential for those that try one way after the other.
      ("^(a+)+$", [String(repeating: "a", count: 10_000)], [String(repeating: "a", count: 10_000) + "!"]),
      ("(x+x+)+y", [String(repeating: "x", count: 5000) + "y"], [String(repeating: "x", count: 5000)]),
    ] as [(String, [String], [String])])
  func patterns(_ pattern: String, _ matching: [String], _ other: [String]) throws {
    let schema = try JSONSchema(json: ##"{"pattern":"## + quoted(pattern) + "}")
    for (texts, expected) in [(matching, SchemaVerdict.valid), (other, .invalid)] {
      for text in texts {
        #expect(schema.isValid(try ValueReader().read(quoted(text))) == expected, "\(pattern) on \(text.prefix(40))")
      }
    }
  }

  private func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  /// What failed, where, what was expected, and what a value at fault spells.
  @Test(
    arguments: [
      (##"{"type":"integer"}"##, ##""5""##, "wrong_type|/type||is a string, not integer|5"),
      (##"{"type":"integer"}"##, ##""5.5""##, "wrong_type|/type||is a string, not integer|-"),
      (##"{"type":"boolean"}"##, ##""True""##, "wrong_type|/type||is a string, not boolean|true"),
      (##"{"type":"array"}"##, ##""[1]""##, "wrong_type|/type||is a string, not array|[1]"),
      (##"{"type":"string"}"##, "5", ##"wrong_type|/type||is a number, not string|"5""##),
      (##"{"type":"string"}"##, "null", "wrong_type|/type||is null, not string|-"),
      (
        ##"{"type":"integer","minimum":10}"##, ##""5""##, "wrong_type|/type||is a string, not integer|-"
      ),
      (##"{"type":"number"}"##, ##""NaN""##, "wrong_type|/type||is a string, not number|-"),
      (
        ##"{"anyOf":[{"type":"integer"},{"type":"null"}]}"##, ##""5""##,
        ##"no_branch|/anyOf||fits no branch of "anyOf"|5;wrong_type|/anyOf/0/type||is a string, not integer|5;wrong_type|/anyOf/1/type||is a string, not null|-"##
      ),
      (
        ##"{"enum":["celsius","kelvin"]}"##, ##""Celsius""##,
        ##"enum_mismatch|/enum||is none of ["celsius","kelvin"]|"celsius""##
      ),
      (
        ##"{"enum":["celsius"]}"##, ##""celsus""##,
        ##"enum_mismatch|/enum||is none of ["celsius"]|- nearest "celsius""##
      ),
      (
        ##"{"properties":{"a/b":{"items":{"minimum":3}}}}"##, ##"{"a/b":[4,1]}"##,
        "out_of_range|/properties/a~1b/items/minimum|/a~1b/1|is below 3|-"
      ),
      (##"{"required":["a","b"]}"##, ##"{"a":1}"##, ##"missing_required|/required||lacks the member "b"|-"##),
      (
        ##"{"additionalProperties":false}"##, ##"{"x":1}"##,
        "unknown_argument|/additionalProperties|/x|is not one of the members that the schema knows|-"
      ),
      (
        ##"{"$ref":"#/$defs/a","$defs":{"a":{"maxLength":1}}}"##, ##""ab""##,
        "wrong_length|/$ref/maxLength||has more than 1 code points|- absolute #/$defs/a/maxLength"
      ),
      (
        ##"{"anyOf":[{"type":"string"},{"type":"null"}]}"##, "1",
        ##"no_branch|/anyOf||fits no branch of "anyOf"|"1";wrong_type|/anyOf/0/type||is a number, not string|"1";wrong_type|/anyOf/1/type||is a number, not null|-"##
      ),
      (##"{"oneOf":[true,true]}"##, "1", ##"not_one_branch|/oneOf||fits 2 branches of "oneOf", not one|-"##),
      (##"{"not":{"type":"string"}}"##, ##""""##, ##"forbidden|/not||is what "not" forbids|-"##),
      (##"false"##, "1", "false_schema|||is not allowed at all|-"),
    ])
  func violations(_ schema: String, _ value: String, _ expected: String) throws {
    let report = try JSONSchema(json: schema).explain(try ValueReader().read(value))
    let found = report.violations.map { violation in
      var text =
        "\(violation.code.rawValue)|\(violation.keywordLocation)|\(violation.instanceLocation)|\(violation.message)|\(violation.coerced?.description ?? "-")"
      if violation.coerced == nil, let nearest = violation.nearest { text += " nearest \(nearest.value)" }
      if let absolute = violation.absoluteKeywordLocation { text += " absolute \(absolute)" }
      #expect(violation.isCoercible == (violation.coerced != nil))
      return text
    }
    #expect(found.joined(separator: ";") == expected)
  }

  /// One schema, many tasks: the same verdicts.
  @Test func sharedByTasks() async throws {
    let schema = try JSONSchema(
      json:
        ##"{"type":"object","properties":{"a":{"type":"integer"},"b":{"pattern":"^x+$"}},"required":["a"],"unevaluatedProperties":false}"##
    )
    let values = try [##"{"a":1}"##, ##"{"a":"1"}"##, ##"{"b":"x"}"##, ##"{"a":1,"b":"xx"}"##, ##"{"a":1,"c":2}"##].map
    { try ValueReader().read($0) }
    let expected = values.map { schema.isValid($0) }
    #expect(expected == [.valid, .invalid, .invalid, .valid, .invalid])
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<200
          where values.map({ schema.isValid($0) }) != expected || values.map({ schema.explain($0).verdict }) != expected
          { return false }
          return true
        }
      }
      for await same in group { #expect(same) }
    }
  }
}
