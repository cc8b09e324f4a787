import Testing
import ToolReward

@testable import ToolRewardData
@testable import ToolRewardLines

@Suite struct AuditTests {
  private static let tools =
    #"[{\"name\":\"f\",\"parameters\":{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\"},\"s\":{\"type\":\"string\",\"enum\":[\"x\",\"y\"]},\"d\":{\"type\":\"integer\",\"default\":\"no\"}},\"required\":[\"n\"]}}]"#

  private func rules(_ row: String, limit: Int = 65_536) throws -> [String] {
    var options = AuditOptions(scorer: try Scorer(reward: StrictReward()))
    options.lengthLimit = limit
    let bytes = Array(row.utf8)
    let result = RowAuditor(options).audit(bytes.span, DataRow(line: 1, range: 0..<bytes.count), file: "f")
    return result.findings.map { $0.rule.rawValue + ($0.pointer.map { $0.isEmpty ? "" : "@\($0)" } ?? "") }
  }

  private func row(_ answers: String, query: String = "q", tools: String = AuditTests.tools) -> String {
    #"{"query":"\#(query)","answers":"\#(answers)","tools":"\#(tools)"}"#
  }

  /// The right calls of a row, and what is found beside the default that is no integer.
  @Test(
    arguments: [
      (#"[{\"name\":\"f\",\"arguments\":{\"n\":1,\"s\":\"x\"}}]"#, []), ("[]", []),
      (#"[{\"name\":\"g\",\"arguments\":{}}]"#, ["tool_not_offered", "gold_not_rewarded"]),
      (#"[{\"name\":\"f\",\"arguments\":{\"n\":1,\"z\":2}}]"#, ["unknown_argument@/z", "gold_not_rewarded"]),
      (#"[{\"name\":\"f\",\"arguments\":{}}]"#, ["missing_required", "gold_not_rewarded"]),
      (#"[{\"name\":\"f\",\"arguments\":{\"n\":\"1\"}}]"#, ["type_coercible@/n", "gold_not_rewarded"]),
      (#"[{\"name\":\"f\",\"arguments\":{\"n\":\"one\"}}]"#, ["type_mismatch@/n", "gold_not_rewarded"]),
      (#"[{\"name\":\"f\",\"arguments\":{\"n\":1,\"s\":\"z\"}}]"#, ["value_not_allowed@/s", "gold_not_rewarded"]),
      (
        #"[{\"name\":\"f\",\"arguments\":{\"n\":1,\"s\":\"x</tool_call>\"}}]"#,
        ["value_not_allowed@/s", "tag_in_content", "gold_not_rewarded"]
      ),
      (#"\"[]\""#, ["double_encoded"]), ("{", ["unparsable_call"]),
    ] as [(String, [String])])
  func answersAgainstTools(_ answers: String, _ expected: [String]) throws {
    let found = try rules(row(answers)).filter { $0 != "default_mismatch@/d" }
    #expect(found == expected)
  }

  @Test func whatElseIsFound() throws {
    #expect(try rules(row("[]")) == ["default_mismatch@/d"])
    #expect(try rules(row(#"[{\"name\":\"f\",\"arguments\":{}}]"#, tools: "[]")).first == "no_tools")
    #expect(try rules(row("[]", tools: #"[{\"name\":\"f\"},{\"name\":\"f\"}]"#)) == ["duplicate_tool"])
    #expect(try rules(row("[]", tools: "[{")) == ["unreadable_tool"])
    #expect(
      try rules(
        row(
          "[]",
          tools: ##"[{\"name\":\"f\",\"parameters\":{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/x\"}}}}]"##
        )) == ["unreadable_tool"])
    #expect(try rules(row("[]", query: "say <tool_call> please", tools: "[]")) == ["tag_in_content"])
    #expect(try rules(row("[]", query: String(repeating: "x", count: 99), tools: "[]"), limit: 50) == ["over_long"])
    #expect(try rules("{") == ["unreadable_row"])
    #expect(try rules(#"{"api_list":[],"query":"q"}"#) == ["no_answer"])
    let flat =
      #"[{\"name\":\"f\",\"parameters\":{\"a\":{\"type\":\"str\",\"default\":\"\"},\"b\":{\"type\":\"str\"}}}]"#
    #expect(
      try rules(row(#"[{\"name\":\"f\",\"arguments\":{\"b\":\"x\"}}]"#, tools: flat)) == [
        "missing_defaulted", "gold_not_rewarded",
      ])
    #expect(
      try rules(#"{"conversations":[{"from":"human","value":"q"},{"from":"function_call","value":"?"}]}"#)
        == ["unparsable_call"])
  }

  /// Answers that some model's answer is rewarded for.
  @Test func whatCanBeRightIsNotFaulty() throws {
    // A default is a valid value, whatever its type.
    let flat = #"[{\"name\":\"f\",\"parameters\":{\"n\":{\"type\":\"int\",\"default\":\"dontcare\"}}}]"#
    #expect(
      try rules(row(#"[{\"name\":\"f\",\"arguments\":{\"n\":\"dontcare\"}}]"#, tools: flat))
        == ["default_mismatch@/n", "type_mismatch@/n"])
    func bfcl(_ truth: String) -> String {
      #"{"id":"x","question":[[{"role":"user","content":"q"}]],"function":[{"name":"f","parameters":{"type":"dict","properties":{"n":{"type":"integer"},"m":{"type":"integer"}},"required":["n"]}}],"ground_truth":[{"f":\#(truth)}]}"#
    }
    // An argument that the answer may lack, but the schema requires; a value that fits behind one that does not.
    #expect(try rules(bfcl(#"{"n":["",1]}"#)) == [])
    #expect(try rules(bfcl(#"{"n":["x",1],"m":["","y"]}"#)) == [])
    #expect(try rules(bfcl(#"{"n":["x","y"]}"#)) == ["type_mismatch@/n", "gold_not_rewarded"])
    #expect(try rules(bfcl(#"{"m":["",1]}"#)) == ["missing_required", "gold_not_rewarded"])
  }

  @Test func repeatedNamesAreFound() throws {
    #expect(
      try rules(row(#"[{\"name\":\"f\",\"arguments\":{\"n\":1,\"n\":2}}]"#)).filter { $0 != "default_mismatch@/d" }
        == ["repeated_name"])
  }

  @Test func rowsAreCountedOnceARule() {
    var tally = AuditTally()
    tally.count([AuditFinding(.typeMismatch, "a"), AuditFinding(.typeMismatch, "b"), AuditFinding(.tagInContent, "c")])
    tally.count([AuditFinding(.tagInContent, "c")])
    tally.count([])
    #expect(tally.rows == 3 && tally.faultyRows == 1)
    #expect(tally.findings == [.typeMismatch: 2, .tagInContent: 2])
    #expect(tally.rowsWith == [.typeMismatch: 1, .tagInContent: 2])
    #expect(tally.part(.typeMismatch) == 1.0 / 3)
    var unmarked = AuditFinding(.goldNotRewarded, "a")
    unmarked.isForUnmarkedParameter = true
    tally.count([unmarked])
    tally.count([unmarked, AuditFinding(.goldNotRewarded, "b")])
    #expect(tally.rowsForUnmarkedParameters == 1)
  }

  @Test func thePageShowsNothingAsMarkup() {
    var tally = AuditTally()
    tally.count([AuditFinding(.typeMismatch, "x")])
    let page = AuditPage(
      files: [("<b>.json", tally), ("two", tally)], reward: "<script>",
      examples: [.typeMismatch: [("<i>", "\u{202E}<u>")]])
    let html = String(decoding: page.html(), as: UTF8.self)
    for markup in ["<b>.json", "<script>", "<i>", "<u>", "\u{202E}"] { #expect(!html.contains(markup)) }
    #expect(html.contains("type_mismatch") && html.contains("&lt;b&gt;.json") && html.hasSuffix("</html>\n"))
    // A bar is no child of the line below it, which would not be drawn.
    #expect(html.contains("</line><rect class=\"o\" width=\"100.00\" height=\"12\"></rect></svg>"))
  }
}
