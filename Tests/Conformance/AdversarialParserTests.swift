import Testing
import ToolReward

/// The hostile completions of the reference data, but for those in Hermes's format, each with the answer one would expect. What vLLM and
/// SGLang make of them is in Docs/Dialects.md.
@Suite(.enabled(if: SharedData.folder != nil, SharedData.skipped))
struct AdversarialParserTests {
  /// Row, format, and the attempts and diagnostics expected.
  private static let table: [(id: String, format: String, expected: String)] = [
    (
      "X4 bad types", "qwen3-coder",
      #"ok "f"{"a":"seven","b":"yes","o":"{bad"} | ~untyped_value ~untyped_value ~untyped_value"#
    ),
    ("X7 close function in value", "qwen3-coder", #"ok "write"{"content":"a </function> b"}"#),
    ("X8 nested param-like", "qwen3-coder", #"ok "write"{"content":"<parameter=x>\n1\n</parameter>"}"#),
    ("X9 missing </parameter>", "qwen3-coder", #"malformed "f"{"a":1} | ~unclosed_value ~typed_by_schema"#),
    ("X10 missing </function>", "qwen3-coder", #"unclosed "f"{"a":1} | ~typed_by_schema ~unclosed_call"#),
    ("X13 dup param", "qwen3-coder", #"ok "f"{"a":1,"a":2} | ~typed_by_schema ~typed_by_schema ~duplicate_member"#),
    ("X14 unknown param", "qwen3-coder", #"ok "f"{"zz":"1"}"#),
    ("X16 text after", "qwen3-coder", #"ok "f"{"a":1} | ~typed_by_schema"#),
    ("X17 JSON body (Hermes in XML parser)", "qwen3-coder", "not_a_call -- | ~not_a_call"),
    ("X18 entities", "qwen3-coder", #"ok "f"{"s":"a &lt; b &amp; c"}"#),
    (#"X20 string "quoted""#, "qwen3-coder", #"ok "f"{"s":"\"q\""}"#),
    ("X21 multiline+indent", "qwen3-coder", #"ok "f"{"s":"  l1\n\n  l2  "}"#),
    ("X22 inline no newline", "qwen3-coder", #"ok "f"{"a":1} | ~typed_by_schema"#),
    ("X23 space in tag", "qwen3-coder", "not_a_call -- | ~not_a_call"),
    ("X24 two functions in one tool_call", "qwen3-coder", #"ok "f"{"a":1} | ok "g"{} | ~typed_by_schema"#),
    (#"X26 bool "True"/"1""#, "qwen3-coder", #"ok "f"{"b":true} | ~typed_by_python_word"#),
    ("X29 literal mention", "qwen3-coder", "~unconfirmed_opener"),
    ("X30 call in think", "qwen3-coder", "~call_in_reasoning"),
    ("X32 int 1_000", "qwen3-coder", #"ok "f"{"a":"1_000"} | ~untyped_value"#),
    ("X33 int unicode digits", "qwen3-coder", #"ok "f"{"a":"１２"} | ~untyped_value"#),
    ("G1", "glm", #"ok "f"{"a":1,"s":"hi"} | ~typed_by_schema"#),
    ("G4 close in value", "glm", #"ok "write"{"content":"a </arg_value> b"}"#),
    ("G5 tool close in value", "glm", #"ok "write"{"content":"a </tool_call> b"}"#),
    ("G6 unclosed", "glm", #"unclosed "f"{"a":1} | ~typed_by_schema ~unclosed_call"#),
    ("G7 two", "glm", #"ok "f"{"a":1} | ok "g"{} | ~typed_by_schema"#),
    ("G9 text after", "glm", #"ok "f"{"a":1} | ~typed_by_schema"#),
    ("G11 json str", "glm", #"ok "f"{"s":"{\"x\":1}"}"#),
    ("L1", "llama3-json", #"ok "f"{"a":1}"#),
    ("L2 python_tag", "llama3-json", #"ok "f"{"a":1}"#),
    ("L3 semi", "llama3-json", #"ok "f"{"a":1} | ok "g"{}"#),
    ("L4 prose before", "llama3-json", ""),
    ("L5 prose after", "llama3-json", #"ok "f"{"a":1}"#),
    ("L6 plain JSON answer", "llama3-json", ""),
    ("L9 array", "llama3-json", "not_a_call -- | ~unexpected_cardinality"),
    ("L10 python_tag code", "llama3-json", "~unfinished_call"),
    ("L11 newline sep", "llama3-json", #"ok "f"{"a":1} | ok "g"{}"#),
    ("L12 param str number", "llama3-json", #"ok "f"{"a":"1"}"#),
    ("L14 person", "llama3-json", ""),
    ("P2 neg", "pythonic", #"ok "f"{"a":-1}"#),
    ("P3 markers", "llama4-pythonic", #"ok "f"{"a":1}"#),
    ("P4 prose before", "pythonic", ""),
    ("P5 prose after", "pythonic", #"ok "f"{"a":1}"#),
    ("P6 positional", "pythonic", #"invalid_arguments "f"{} | ~positional_argument"#),
    ("P7 true/false lower", "pythonic", #"malformed "f"- | ~not_a_literal"#),
    ("P8 None", "pythonic", #"ok "f"{"u":null}"#),
    ("P13 dotted name", "pythonic", #"ok "mod.f"{"a":1}"#),
    ("P15 empty", "pythonic", ""),
    ("P16 escapes", "pythonic", #"ok "write"{"content":"a\nb é 'q'"}"#),
    ("P20 name digits", "pythonic", "malformed -- | ~malformed_python"),
    ("P21 kwargs splat", "pythonic", #"malformed "f"- | ~unpacked_argument"#),
    ("P22 dup kw", "pythonic", #"ok "f"{"a":2} | ~duplicate_member"#),
    ("P23 newline in str", "pythonic", #"malformed "write"- | ~malformed_python"#),
    ("P24 _name", "pythonic", #"ok "_f"{"a":1}"#),
    ("P26 keyword arg", "pythonic", #"ok "f"{"from":"x"} | ~keyword_as_name"#),
    ("M1 old", "mistral-v7", #"ok "f"{"a":1}"#),
    ("M2 old nospace", "mistral-v7", #"ok "f"{"a":1} | ok "g"{}"#),
    ("M3 new", "mistral", #"ok "f"{"a":1}"#),
    ("M4 new parallel", "mistral", #"ok "f"{"a":1} | ok "g"{}"#),
    ("M7 marker in string", "mistral", #"ok "write"{"content":"x [TOOL_CALLS]g[ARGS]{} y"}"#),
    ("M8 text before/after", "mistral", #"ok "f"{"a":1}"#),
    ("M9 call id", "mistral", #"ok "f"{"a":1}"#),
    ("M10 bare obj", "mistral-v7", #"not_a_call "f"{"a":1} | ~unexpected_cardinality"#),
    ("D1", "deepseek-v3", #"ok "f"{"a":1} | ok "g"{}"#),
    ("D2 no end", "deepseek-v3", #"unclosed "f"{"a":1} | ~unclosed_call"#),
    ("D3 no fence", "deepseek-v3", #"malformed "f"{"a":1} | ~missing_fence"#),
    ("D5 bad json", "deepseek-v3", #"malformed "f"- | ok "g"{} | ~malformed_json"#),
    ("D6 end marker in str", "deepseek-v3", #"ok "write"{"content":"x<｜tool▁call▁end｜>y"}"#),
    ("D31-1", "deepseek-v3.1", #"ok "f"{"a":1} | ok "g"{}"#),
    ("D31-2 bad", "deepseek-v3.1", #"malformed "f"- | ok "g"{} | ~malformed_json"#),
    ("D31-3 no call end", "deepseek-v3.1", #"unclosed "f"{"a":1} | ~unclosed_call"#),
    ("V4 wrong string attr", "deepseek-dsml", #"ok "f"{"a":"1"}"#),
    ("K1", "kimi-k2", #"ok "f"{"a":1} | ok "g"{}"#),
    ("K2 no section end", "kimi-k2", #"unclosed "f"{"a":1} | ~unclosed_call"#),
    ("K3 no prefix", "kimi-k2", #"ok "f"{"a":1}"#),
    ("K4 no index", "kimi-k2", #"invalid_name "f"{"a":1} | ~unusual_identifier"#),
    ("K7 dotted", "kimi-k2", #"ok "mod.f"{"a":1}"#),
    ("K9 underscore id", "kimi-k2", #"invalid_name "functions_f_1"{"a":1} | ~unusual_identifier"#),
    ("SEED", "seed-oss", #"ok "f"{"a":1} | ~typed_by_schema"#),
    ("GEMMA4", "gemma-4", #"ok "f"{"a":1,"s":"x,y:{}"}"#),
    ("DS no wrapper", "deepseek-v3", #"malformed "f"{"a":1} | ~missing_section"#),
  ]

  /// Rows of formats that this library does not read yet.
  private static let others: Set<String> = [
    "MM1", "MM3 unclosed", "JA", "GR3.1", "PHI", "XL1", "XL4", "PHI list arg", "PHI prose", "IL double",
    "JA two blocks",
    "JA close in string", "XL think json", "XL prose+array", "GR4 two starts", "GR4 str args", "Trinity/think",
  ]

  @Test func everyRow() throws {
    let registry = FormatRegistry()
    let documented = try Documentation.text("Dialects.md")
    let lines = try SharedData.bytes("parsers/adversarial.jsonl").split(separator: 0x0A)
    let header = try ValueReader().read(Array(try #require(lines.first)))
    let tools = try Toolbox(try #require(header["tools"]))
    var rows: Set<String> = []
    for line in lines.dropFirst() {
      let row = try ValueReader(syntax: .python).read(Array(line))
      let id = try #require(row["id"]?.string)
      if id.hasPrefix("H") || Self.others.contains(id) { continue }
      rows.insert(id)
      let expected = try #require(Self.table.first { $0.id == id }, "\(id) has no line in the table")
      let format = try #require(registry[expected.format])
      let completion = CompletionParser(format).parse(try #require(row["text"]?.stringBytes), tools: tools)
      let attempts = completion.attempts.map { attempt in
        let name = completion.name(of: attempt)?.description ?? "-"
        let arguments = completion.arguments(of: attempt)?.description ?? "-"
        return "\(attempt.status.rawValue) \(name)\(arguments)"
      }
      let notes = completion.diagnostics.map { "~\($0.code.name)" }.joined(separator: " ")
      #expect((attempts + (notes.isEmpty ? [] : [notes])).joined(separator: " | ") == expected.expected, "\(id)")
      if try differs(row, completion) {
        #expect(documented.contains("\n| \(id.split(separator: " ")[0])"), "\(id) is not in Docs/Dialects.md")
      }
    }
    #expect(rows == Set(Self.table.map(\.id)))
  }

  /// Whether vLLM or SGLang, as recorded, gives other calls.
  private func differs(_ row: Value, _ completion: Completion) throws -> Bool {
    for (_, observed) in try #require(row["observed"]).members {
      guard let calls = observed["calls"], calls.kind == .array else { return true }
      guard calls.count == completion.calls.count else { return true }
      for (theirs, ours) in zip(calls.elements, completion.calls) {
        guard theirs.elements[0].stringBytes == ours.name.stringBytes,
          let text = theirs.elements[1].stringBytes, let arguments = try? ValueReader().read(text),
          EqualityPolicy.toolN1.areEqual(arguments, ours.arguments)
        else { return true }
      }
    }
    return false
  }
}
