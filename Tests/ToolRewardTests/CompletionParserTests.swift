import Testing

@testable import ToolReward

/// Parses and checks what holds of any completion: segments tile the text, ranges lie in it, a second parse into used room is the same.
func parsed(
  _ text: [UInt8], _ format: CompletionFormat, view: InputView = .response, tools: Toolbox? = nil,
  sourceLocation: SourceLocation = #_sourceLocation
) -> Completion {
  let parser = CompletionParser(format)
  let completion = parser.parse(text, view: view, tools: tools)
  var position = 0
  for segment in completion.segments {
    #expect(segment.range.lowerBound == position, "segments tile", sourceLocation: sourceLocation)
    #expect(!segment.range.isEmpty, "no segment is empty", sourceLocation: sourceLocation)
    position = segment.range.upperBound
  }
  #expect(position == text.count, "segments reach the end", sourceLocation: sourceLocation)
  #expect(completion.text == text, sourceLocation: sourceLocation)
  for attempt in completion.attempts {
    #expect(attempt.range.upperBound <= text.count, sourceLocation: sourceLocation)
  }
  for diagnostic in completion.diagnostics {
    #expect(diagnostic.range.upperBound <= text.count, sourceLocation: sourceLocation)
  }
  for frame in completion.frames {
    #expect(
      completion.segments.contains { $0.kind == .call && $0.range == frame.range }, sourceLocation: sourceLocation)
  }
  var again = CompletionParser(.hermes).parse("<think>x</think><tool_call>{}</tool_call><tool_call>[")
  unsafe text.withUnsafeBufferPointer {
    let span = unsafe $0.span
    var workspace = ParserWorkspace()
    parser.parse(span, view: view, tools: tools, workspace: &workspace, into: &again)
  }
  #expect(again.segments == completion.segments, sourceLocation: sourceLocation)
  #expect(again.diagnostics == completion.diagnostics, sourceLocation: sourceLocation)
  #expect(again.attempts == completion.attempts, sourceLocation: sourceLocation)
  return completion
}

/// A completion as one line: segments by their first letters, then each attempt, then the diagnostics.
func sketch(_ completion: Completion) -> String {
  let segments = completion.segments.map { segment in
    "\(segment.kind.rawValue.prefix(1))\(segment.range.count)"
  }
  let attempts = completion.attempts.map { attempt in
    let name = completion.name(of: attempt)?.description ?? "-"
    let arguments = completion.arguments(of: attempt)?.description ?? "-"
    return "\(attempt.status.rawValue) \(name)\(arguments)"
  }
  return ([segments.joined(separator: " ")] + attempts + completion.diagnostics.map { "~\($0.code.name)" }).joined(
    separator: " | ")
}

@Suite struct CompletionParserTests {
  private static let call = #"{"name":"f","arguments":{"a":1}}"#

  @Test(arguments: [
    ("", ""),
    ("Hello.", "t6"),
    ("<think>x</think><tool_call>\(call)</tool_call>", #"r16 c55 | ok "f"{"a":1}"#),
    ("<think>x</think>\n<tool_call>\n\(call)\n</tool_call>\n", #"r16 t1 c57 t1 | ok "f"{"a":1}"#),
    // Two calls, text between.
    (
      "<tool_call>\(call)</tool_call> and <tool_call>\(call)</tool_call>",
      #"c55 t5 c55 | ok "f"{"a":1} | ok "f"{"a":1}"#
    ),
    // A closing marker inside a string closes nothing.
    (
      #"<tool_call>{"name":"f","arguments":{"a":"</tool_call><tool_call>"}}</tool_call>"#,
      #"c79 | ok "f"{"a":"</tool_call><tool_call>"}"#
    ),
    // The prompt had the opening reasoning marker.
    ("plan</think><tool_call>\(call)</tool_call>", #"r12 c55 | ok "f"{"a":1}"#),
    // A closing reasoning marker inside a call is no reasoning.
    (#"<tool_call>{"name":"f","arguments":{"a":"</think>"}}</tool_call>"#, #"c64 | ok "f"{"a":"</think>"}"#),
    // Calls inside reasoning are reported, not read.
    ("<think>maybe <tool_call>\(call)</tool_call> no</think>hi", "r79 t2 | ~call_in_reasoning"),
    ("<think>never closed <tool_call>\(call)</tool_call>", "r75 | ~call_in_reasoning | ~unclosed_reasoning"),
    ("<think>a</think>b<think>c</think>", "r16 t1 r16 | ~repeated_reasoning"),
    // Calls that fail, each beside a whole one that is kept.
    (
      "<tool_call>{\"name\":\"f\",</tool_call><tool_call>\(call)</tool_call>",
      #"c35 c55 | malformed -- | ok "f"{"a":1} | ~malformed_json"#
    ),
    (
      "<tool_call>{\"name\":\"f</tool_call><tool_call>\(call)</tool_call>",
      #"c33 c55 | malformed -- | ok "f"{"a":1} | ~malformed_json"#
    ),
    (
      "<tool_call>\(call)}</tool_call><tool_call>\(call)</tool_call>",
      #"c56 c55 | malformed "f"{"a":1} | ok "f"{"a":1} | ~text_after_payload"#
    ),
    (
      "<tool_call>\(call)<tool_call>\(call)</tool_call>",
      #"c43 c55 | unclosed "f"{"a":1} | ok "f"{"a":1} | ~unclosed_call"#
    ),
    ("<tool_call></tool_call>", "c23 | malformed -- | ~empty_frame"),
    ("<tool_call> \n</tool_call>", "c25 | malformed -- | ~empty_frame"),
    ("<tool_call>oops</tool_call>", "c27 | not_a_call -- | ~not_a_call"),
    ("<tool_call>\"hi\"</tool_call>", "c27 | not_a_call -- | ~not_a_call"),
    ("<tool_call>[\(call)]</tool_call>", "c57 | not_a_call -- | ~unexpected_cardinality"),
    (
      "<tool_call>\(call)\n\(call)</tool_call>",
      #"c88 | malformed "f"{"a":1} | malformed "f"{"a":1} | ~unexpected_cardinality"#
    ),
    // What follows a whole call is told, and the call kept.
    ("<tool_call>\(call)\n{\"name\":</tool_call>", #"c64 | malformed "f"{"a":1} | ~text_after_payload"#),
    (#"<tool_call>{"arguments":{}}</tool_call>"#, "c39 | invalid_name -{} | ~missing_name"),
    (#"<tool_call>{"name":5,"arguments":{}}</tool_call>"#, "c48 | invalid_name 5{} | ~name_not_string"),
    (#"<tool_call>{"name":"f"}</tool_call>"#, #"c35 | invalid_arguments "f"- | ~missing_arguments"#),
    (
      #"<tool_call>{"name":"f","arguments":null}</tool_call>"#,
      #"c52 | invalid_arguments "f"null | ~arguments_not_object"#
    ),
    (
      #"<tool_call>{"name":"f","arguments":"{}"}</tool_call>"#,
      #"c52 | invalid_arguments "f""{}" | ~arguments_not_object"#
    ),
    (
      #"<tool_call>{"name":"f","parameters":{}}</tool_call>"#,
      #"c51 | invalid_arguments "f"- | ~surplus_member | ~missing_arguments"#
    ),
    (
      #"<tool_call>{"name":"f","arguments":{"a":1,"a":2}}</tool_call>"#,
      #"c61 | ok "f"{"a":1,"a":2} | ~duplicate_member"#
    ),
    (#"<tool_call>{"name":"f","arguments":{},"x":1}</tool_call>"#, #"c56 | ok "f"{} | ~surplus_member"#),
    (#"<tool_call>{"name":"f","arguments":{"a":"\ud800"}}</tool_call>"#, "c62 | malformed -- | ~lone_surrogate"),
    (#"<tool_call>{"name":"f","arguments":{"a":NaN}}</tool_call>"#, "c57 | malformed -- | ~malformed_json"),
    // A missing close at the end, before an end-of-turn token too.
    ("<tool_call>\(call)", #"c43 | unclosed "f"{"a":1} | ~unclosed_call"#),
    ("<tool_call>\(call)<|im_end|>\n", #"c43 t11 | unclosed "f"{"a":1} | ~unclosed_call"#),
    ("<tool_call>{\"name\":\"f\"", "c22 | malformed -- | ~unexpected_end"),
    // Markers in prose are text.
    ("To call a tool write <tool_call> then JSON.", "t43 | ~unconfirmed_opener"),
    ("a </tool_call> b", "t16 | ~stray_call_close"),
    ("<tool_call >\(call)</tool_call >", "t57"),
    // A frame inside a frame.
    (
      "<tool_call>\n<tool_call>\(call)</tool_call>\n</tool_call>",
      #"t12 c55 t13 | ok "f"{"a":1} | ~unfinished_call | ~stray_call_close"#
    ),
  ])
  func hermes(_ text: String, _ expected: String) {
    #expect(sketch(parsed(Array(text.utf8), .hermes)) == expected)
  }

  @Test(arguments: [
    ("<think>x</think><tool_call>[\(call),\(call)]</tool_call>", #"r16 c90 | ok "f"{"a":1} | ok "f"{"a":1}"#),
    ("<tool_call>[]</tool_call>", "c25"),
    ("<tool_call>\(call)</tool_call>", #"c55 | ok "f"{"a":1}"#),
    ("<tool_call>[1,\(call)]</tool_call>", #"c59 | not_a_call -- | ok "f"{"a":1} | ~not_a_call"#),
    ("<tool_call>{}</tool_call>", "c25 | invalid_name -- | ~missing_name | ~missing_arguments"),
  ])
  func toolN1(_ text: String, _ expected: String) {
    #expect(sketch(parsed(Array(text.utf8), .toolN1)) == expected)
  }

  @Test(arguments: [
    // The published scan: a closing marker in a string closes, calls in reasoning count.
    (
      #"<tool_call>{"name":"f","arguments":{"a":"</tool_call>"}}</tool_call>"#,
      "c53 t15 | malformed -- | ~unexpected_end | ~stray_call_close"
    ),
    ("<think>a <tool_call>[\(call)]</tool_call> b</think>", #"r9 c57 r10 | ok "f"{"a":1}"#),
    ("<tool_call>\u{00A0}[\(call)]\u{2003}</tool_call>", #"c62 | ok "f"{"a":1}"#),
    (#"<tool_call>"[]"</tool_call>"#, "c27 | ~leniency_string_payload"),
    ("<tool_call>null</tool_call>", "c27 | not_a_call -- | ~not_a_call"),
    (#"<tool_call>{"name":"f","arguments":NaN}</tool_call>"#, #"c51 | ok "f"NaN"#),
    ("<tool_call>[", "c12 | unclosed -- | ~unclosed_call"),
  ])
  func toolN1Scan(_ text: String, _ expected: String) {
    #expect(sketch(parsed(Array(text.utf8), .toolN1Scan)) == expected)
  }

  @Test(arguments: [
    ("trailing_comma", #"<tool_call>{"name":"f","arguments":{"a":1,},}</tool_call>"#, #"ok "f"{"a":1}"#),
    ("trailing_comma", #"<tool_call>{"name":"f","arguments":{"a":",]"},}</tool_call>"#, #"ok "f"{"a":",]"}"#),
    ("code_fence", "<tool_call>```json\n\(call)\n```</tool_call>", #"ok "f"{"a":1}"#),
    ("string_arguments", #"<tool_call>{"name":"f","arguments":"{\"a\":1}"}</tool_call>"#, #"ok "f"{"a":1}"#),
    ("string_payload", #"<tool_call>"{\"name\":\"f\",\"arguments\":{}}"</tool_call>"#, #"ok "f"{}"#),
    ("missing_close", "<tool_call>\(call)<|im_end|>", #"ok "f"{"a":1}"#),
    ("missing_arguments", #"<tool_call>{"name":"f"}</tool_call>"#, #"ok "f"{}"#),
    ("parameters_alias", #"<tool_call>{"name":"f","parameters":{"a":1}}</tool_call>"#, #"ok "f"{"a":1}"#),
    ("function_wrapper", #"<tool_call>{"type":"function","function":\#(call)}</tool_call>"#, #"ok "f"{"a":1}"#),
    ("any_cardinality", "<tool_call>[\(call)]</tool_call>", #"ok "f"{"a":1}"#),
    ("any_cardinality", "<tool_call>\(call)\n\(call)</tool_call>", #"ok "f"{"a":1}"#),
    (
      "code_fence,trailing_comma", "<tool_call>```json\n{\"name\":\"f\",\"arguments\":{},}\n```</tool_call>",
      #"ok "f"{}"#
    ),
    ("missing_close,trailing_comma", "<tool_call>{\"name\":\"f\",\"arguments\":{},}\n", #"ok "f"{}"#),
  ])
  func leniencies(_ name: String, _ text: String, _ expected: String) throws {
    var leniency: Leniencies = []
    for name in name.split(separator: ",") {
      leniency.insert(try #require(Leniencies.named.first { $0.name == name }).leniency)
    }
    let strict = parsed(Array(text.utf8), .hermes)
    #expect(strict.attempts.allSatisfy { $0.status != .ok })
    var format = CompletionFormat.hermes
    format.leniencies = leniency
    let lenient = parsed(Array(text.utf8), format)
    #expect(sketch(lenient).contains(expected))
    #expect(lenient.attempts.allSatisfy { $0.status == .ok && $0.usedLeniency })
    for name in name.split(separator: ",") {
      #expect(lenient.diagnostics.contains { $0.code.name == "leniency_\(name)" })
    }
  }

  /// What a leniency does not forgive.
  @Test(arguments: [
    (
      Leniencies.trailingComma, #"<tool_call>{"name":"f","arguments":{,}}</tool_call>"#,
      "c51 | malformed -- | ~malformed_json"
    ),
    (.trailingComma, #"<tool_call>{"name":"f","arguments":[1,,]}</tool_call>"#, "c53 | malformed -- | ~malformed_json"),
    (.missingClose, "<tool_call>\(call) and more", #"c43 t9 | unclosed "f"{"a":1} | ~unclosed_call"#),
    (
      .parametersAlias, #"<tool_call>{"parameters":{},"name":"f","arguments":{}}</tool_call>"#,
      #"c66 | ok "f"{} | ~surplus_member"#
    ),
    (
      .parametersAlias, #"<tool_call>{"name":"f","arguments":{},"parameters":{}}</tool_call>"#,
      #"c66 | ok "f"{} | ~surplus_member"#
    ),
    (
      .anyCardinality, "<tool_call>\(call)\n{\"name\":</tool_call>",
      #"c64 | ok "f"{"a":1} | malformed -- | ~malformed_json"#
    ),
  ])
  func leniencyEnds(_ leniency: Leniencies, _ text: String, _ expected: String) {
    var format = CompletionFormat.hermes
    format.leniencies = leniency
    #expect(sketch(parsed(Array(text.utf8), format)) == expected)
  }

  @Test(arguments: [
    (
      "<tool_call>\n{\"name\":\"f\",\"parameters\":{}}\n{\"name\":\"g\",\"parameters\":{}}\n</tool_call>",
      #"c82 | ok "f"{} | ok "g"{}"#
    ),
    (
      "<tool_call>\n{\"name\":\"f\",\"parameters\":{}}\n{\"name\":\n</tool_call>",
      #"c62 | ok "f"{} | malformed -- | ~malformed_json"#
    ),
    (
      #"<tool_call>{"name":"f","arguments":{}}</tool_call>"#,
      #"c50 | invalid_arguments "f"- | ~surplus_member | ~missing_arguments"#
    ),
  ])
  func toolRL(_ text: String, _ expected: String) {
    #expect(sketch(parsed(Array(text.utf8), .toolRL)) == expected)
  }

  @Test func views() {
    let turn = "<think>x</think><tool_call>\(Self.call)</tool_call>"
    let conversation = "<|im_start|>system\n<tool_call>{}</tool_call><|im_end|><|im_start|>assistant\n\(turn)<|im_end|>"
    #expect(sketch(parsed(Array(conversation.utf8), .hermes, view: .conversation)).hasPrefix("c75 t1 r16 c55 t10 | ok"))
    #expect(sketch(parsed(Array(turn.utf8), .hermes, view: .conversation)).hasPrefix("r16 c55 | ok"))
    let prefilled = parsed(Array("x</think><tool_call>\(Self.call)</tool_call>".utf8), .toolN1Scan, view: .prefilled)
    #expect(prefilled.hasReasoningOpen)
    #expect(sketch(prefilled).hasPrefix("r9 c55 | ok"))
  }

  @Test func messages() throws {
    let reader = ValueReader()
    let parser = CompletionParser(.hermes)
    let message = try reader.read(
      #"""
      {"role":"assistant","content":"ok","reasoning_content":"why","tool_calls":[
        {"type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},{"function":{"name":"g","arguments":{}}},{"function":{"name":"h"}}]}
      """#)
    let completion = try #require(parser.parse(message: message))
    #expect(sketch(completion) == #"t2 | ok "f"{"a":1} | ok "g"{} | invalid_arguments "h"- | ~missing_arguments"#)
    #expect(completion.reasoning.first?.isClosed == true)
    let list = try reader.read(
      #"[{"role":"user","content":"q"},{"role":"assistant","content":null,"tool_calls":null}]"#)
    #expect(try sketch(#require(parser.parse(message: list))) == "")
    #expect(parser.parse(message: try reader.read("5")) == nil)
  }

  /// A format of one's own, whose markers begin with different bytes.
  @Test func ownFormat() {
    let format = CompletionFormat(
      name: "mine", reasoning: ReasoningRule(open: "[T]", close: "[/T]"),
      frame: CallFrame(open: "CALL:", close: ";END"),
      payload: .json(JSONPayload(nameMember: "tool", argumentsMembers: ["args", "input"], otherMembers: ["id"])))
    let text = #"[T]x[/T]CALL:{"tool":"f","input":{"a":";END"},"id":1};END"#
    #expect(sketch(parsed(Array(text.utf8), format)) == #"r8 c49 | ok "f"{"a":";END"}"#)
  }
}
