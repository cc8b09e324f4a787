import Foundation
import Testing
import ToolReward

@testable import ToolRewardData
@testable import ToolRewardLines

/// Rows that are easily read as something else than they say.
@Suite struct ImportTrapsTests {
  private func bfcl(_ truth: String) -> String {
    #"{"id":"x","question":[[{"role":"user","content":"q"}]],"function":[{"name":"f"}],"ground_truth":[{"f":\#(truth)}]}"#
  }

  private func code(_ row: String) -> DroppedRow.Code? {
    do throws(DroppedRow) {
      _ = try Rows.record(row)
      return nil
    } catch {
      return error.code
    }
  }

  /// The calls that a row says are right.
  private func truth(_ row: String) throws -> String {
    let text = Rows.text(try Rows.record(row))
    return text.range(of: " => ").map { String(text[$0.upperBound...]) } ?? text
  }

  /// Alternatives of a parameter of BFCL, and the values that they stand for (bfcl_eval's dict_checker and list_dict_checker).
  @Test(
    arguments: [
      (#"{"b":[{"min":[3],"max":[4]}]}"#, #"[f{"b":{"min":3,"max":4}}]"#),
      (#"{"b":[{"min":[3,5],"max":[4]}]}"#, #"[f{}|{"b":[{"min":3,"max":4},{"min":5,"max":4}]}]"#),
      (#"{"b":[{"min":[3],"new":["",false]}]}"#, #"[f{}|{"b":[{"min":3,"new":false},{"min":3}]}]"#),
      (#"{"b":[{"min":[3],"new":[""]}]}"#, #"[f{}|{"b":[{"min":3},{"min":3,"new":""}]}]"#),
      (#"{"b":["",{"x":[1]}]}"#, #"[f{}|{"b":[{"x":1}]}?["b"]]"#),
      (#"{"b":[[{"n":["a","b"]},{"n":["c"]}]]}"#, #"[f{}|{"b":[[{"n":"a"},{"n":"c"}],[{"n":"b"},{"n":"c"}]]}]"#),
      // No alternatives of keys: a value as it is. What is deeper is compared as it is.
      (
        #"{"b":[{}],"c":[{"k":1}],"d":[{"k":[{"z":[1]}]}],"e":[[1,2]]}"#,
        #"[f{"b":{},"c":{"k":1},"d":{"k":{"z":[1]}},"e":[1,2]}]"#
      ),
      (#"{"b":[[]]}"#, #"[f{"b":[]}]"#), (#"{"b":[""]}"#, #"[f{}|{"b":[""]}?["b"]]"#), (#"{"b":[]}"#, "[f{}]"),
    ] as [(String, String)])
  func valuesOfBFCL(_ alternatives: String, _ expected: String) throws {
    #expect(try truth(bfcl(alternatives)) == expected)
  }

  @Test func answersThatNoRecordCanHold() {
    let many = (0..<9).map { #""k\#($0)":[1,2]"# }.joined(separator: ",")
    #expect(code(bfcl(#"{"b":[{\#(many)}]}"#)) == .unreadableAnswer)
    #expect(code(bfcl(#"{"b":[{"k":[]}]}"#)) == .unreadableAnswer)
    #expect(code(bfcl(#"{"b":1}"#)) == .unreadableAnswer)
    for truth in [#"[{"f":{"a":1}},{"g":{"a":1}}]"#, #"[{"f":{}},{"f":{},"f_2":{}}]"#, "[]", "null", "3", "[1]"] {
      let row = #"{"id":"n","question":"user: q","function":[{"name":"f"}],"ground_truth":\#(truth)}"#
      #expect(code(row) == .unreadableAnswer, "\(truth)")
    }
    #expect(
      code(
        #"{"answer_generation":{"valid_data":false,"function":[],"train_messages":[[{"role":"user","content":"q"}]]}}"#)
        == .noGroundTruth)
    #expect(
      code(
        #"{"answer_generation":{"finish_type":"give_up","function":[],"train_messages":[[{"role":"user","content":"q"}]]}}"#
      ) == .noGroundTruth)
  }

  /// Whole rows, and what is read.
  @Test(
    arguments: [
      // ACEBench: several answers, and what they depend on besides the question.
      (
        #"{"id":"n","question":"user: q","time":"It is June 10. ","profile":"{'UserName': 'Al'}","function":[{"name":"f"}],"ground_truth":[{"f_1":{"a":1,"b":"x"},"f_2":{}},{"f_1":{"a":1,"b":"y"},"f_2":{"c":0}}]}"#,
        "system:It is June 10.\nThe user's profile: {'UserName': 'Al'} / user:q tools=f => [f{\"a\":1}|{\"b\":[\"x\",\"y\"]};f{}|{\"c\":[0]}?[\"c\"]]"
      ),
      (
        #"{"id":"special_irrelevant_0","question":"user: q","function":[{"name":"f"}],"ground_truth":{"f":["a"]}}"#,
        "user:q tools=f => []"
      ),
      // ToolRL: each block counts; a tag in an argument is no tag.
      (
        #"{"instruction":"**Available Tools**\n1. Name: f\nDescription: d\nParameters: {}\n","input":"q","output":"<think>t</think>\n<tool_call>\n{\"name\":\"f\",\"parameters\":{\"a\":\"</tool_call></think>\"}}\n</tool_call> and\n<tool_call>\n{\"name\":\"g\",\"parameters\":{}}\n{\"name\":\"h\",\"parameters\":{}}\n</tool_call>"}"#,
        #"user:q tools=f => [f{"a":"</tool_call></think>"};g{};h{}]"#
      ),
      // verl: JSON first, whatever its strings hold; then the text of an answer, as it is or as a string of JSON.
      (
        #"{"prompt":[{"role":"user","content":"q"}],"reward_model":{"ground_truth":"[{\"name\":\"f\",\"arguments\":{\"a\":\"<think> <response>\"}}]"}}"#,
        #"user:q tools= => [f{"a":"<think> <response>"}]"#
      ),
      (
        #"{"prompt":[{"role":"user","content":"q"}],"reward_model":{"ground_truth":"<think>t</think><tool_call>{\"name\":\"f\",\"arguments\":{}}</tool_call><tool_call>{\"name\":\"g\",\"arguments\":{}}</tool_call>"}}"#,
        "user:q tools= => [f{};g{}]"
      ),
      // Hermes: a closing tag in a string of a call.
      (
        #"{"conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"a <tool_call> {\"name\":\"f\",\"arguments\":{\"a\":\"</tool_call>\"}}</tool_call> b"}]}"#,
        #"user:q / assistant:a  b{f{"a":"</tool_call>"}} tools="#
      ),
      // Results in the order of their calls, whatever their own.
      (
        #"{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":null,"tool_calls":[{"id":"A","function":{"name":"f","arguments":"{}"}},{"id":"B","function":{"name":"g","arguments":"{}"}}]},{"role":"tool","tool_call_id":"B","content":"b"},{"role":"tool","tool_call_id":"A","content":"a"},{"role":"user","content":"r"}]}"#,
        "user:q / assistant:{f{};g{}} / tool:a / tool:b / user:r tools="
      ),
      (
        #"{"responses_create_params":{"input":[{"type":"message","role":"user","content":"q"},{"type":"function_call","call_id":"A","name":"f","arguments":"{}"},{"type":"function_call","call_id":"B","name":"g","arguments":"{}"},{"type":"function_call_output","call_id":"B","output":"b"},{"type":"function_call_output","call_id":"A","output":"a"}]},"expected_answers":[]}"#,
        "user:q / assistant:{f{};g{}} / tool:a / tool:b tools= => []"
      ),
      // ShareGPT: calls with no result between them are one answer.
      (
        #"{"conversations":[{"from":"human","value":"q"},{"from":"function_call","value":"{\"name\":\"f\",\"arguments\":{}}"},{"from":"function_call","value":"{\"name\":\"g\",\"arguments\":{}}"},{"from":"observation","value":"a"},{"from":"function_call","value":"{\"name\":\"h\",\"arguments\":{}}"}]}"#,
        "user:q / assistant:{f{};g{}} / tool:a / assistant:{h{}} tools="
      ),
      // ToolACE: an empty list calls nothing.
      (
        #"{"system":"Here is a list of functions in JSON format that you can invoke:\n[]","conversations":[{"from":"user","value":"q"},{"from":"assistant","value":" [ ] "}]}"#,
        "system:Here is a list of functions in JSON format that you can invoke:\n / user:q / assistant: [ ]  tools="
      ),
    ] as [(String, String)])
  func wholeRows(_ row: String, _ expected: String) throws {
    #expect(Rows.text(try Rows.record(row)) == expected)
  }

  private func query(_ answers: String, _ more: String = "") -> String {
    #"{"query":"q","answers":\#(answers),"tools":[{"name":"f"}]\#(more)}"#
  }

  @Test func namesThatAreRepeated() throws {
    for row in [
      query(#"[{"name":"f","arguments":{"a":1,"a":2}}]"#), query(#"[{"name":"f","arguments":{"o":[{"b":1,"b":2}]}}]"#),
      query(#"[{"name":"f","name":"f","arguments":{}}]"#), query("[]", #","query":"r""#),
      #"{"messages":[{"role":"user","content":"q","content":"r"}],"tools":[{"name":"f"}]}"#,
    ] {
      #expect(try Rows.record(row).warnings.map(\.code) == [.repeatedName], "\(row)")
    }
    #expect(try Rows.record(query(#"[{"name":"f","arguments":{"a":{"b":1},"c":{"b":1}}}]"#)).warnings.isEmpty)
  }

  @Test func callsWithoutArguments() throws {
    for call in [#""Arguments":{"k":1}"#, #""params":"{\"k\":1}""#, #""values":[1]"#] {
      #expect(code(query(#"[{"name":"f",\#(call)}]"#)) == .unreadableAnswer, "\(call)")
    }
    for choices in [
      #""accepted":1"#, #""accepted":{"a":[]}"#, #""accepted":{"a":1}"#, #""optional":"a""#, #""optional":[1]"#,
    ] {
      #expect(code(query(#"[{"name":"f","arguments":{},\#(choices)}]"#)) == .unreadableAnswer, "\(choices)")
    }
    #expect(try Rows.record(query(#"[{"name":"f","id":"1","type":"function"}]"#)).warnings.isEmpty)
    #expect(try Rows.record(query(#"[{"name":"f","note":"x"}]"#)).warnings.map(\.code) == [.unknownMember])
  }

  @Test func whatTheRecordsSchemaHasNoPlaceFor() throws {
    func warnings(_ messages: String, tools: String = #"[{"name":"f"}]"#) throws -> ([String], [RecordWarning.Code]) {
      let record = try Rows.record(#"{"messages":[\#(messages)],"tools":\#(tools)}"#)
      return (record.messages.map { String(decoding: $0.content, as: UTF8.self) }, record.warnings.map(\.code))
    }
    #expect(try warnings(#"{"role":"user","content":5}"#) == (["5"], [.contentNotText]))
    #expect(try warnings(#"{"role":"tool","content":{"t": 1}}"#) == ([#"{"t":1}"#], [.contentNotText]))
    #expect(try warnings(#"{"role":"tool","content":[{"t":1}]}"#) == ([#"[{"t":1}]"#], [.contentNotText]))
    #expect(
      try warnings(
        #"{"role":"user","content":[{"type":"text","text":"see "},{"type":"image_url","image_url":{"url":"u"}},"this"]}"#
      )
        == (["see this"], [.contentNotText]))
    #expect(try warnings(#"{"role":"user","content":[{"type":"text","text":"x"}]}"#) == (["x"], []))
    #expect(
      try warnings(#"{"role":"user","content":"q"}"#, tools: #"[null,1,{"name":"f"},"null"]"#).1 == [.unreadableTools])
    #expect(
      try Rows.record(#"{"messages":[{"role":"user","content":"q"}],"tools":[null,1,{"x":1}]}"#).tools.count == 1)
    // Results that cannot be attached stay where they are.
    let calls =
      #"{"role":"user","content":"q"},{"role":"assistant","tool_calls":[{"id":"A","function":{"name":"f","arguments":"{}"}},{"id":"B","function":{"name":"f","arguments":"{}"}}]}"#
    for results in [
      #"{"role":"tool","tool_call_id":"C","content":"c"},{"role":"tool","tool_call_id":"A","content":"a"}"#,
      #"{"role":"tool","tool_call_id":"B","content":"b"}"#,
      #"{"role":"tool","tool_call_id":"B","content":"b"},{"role":"tool","tool_call_id":"B","content":"b"}"#,
    ] {
      #expect(try warnings("\(calls),\(results)").1 == [.unmatchedResult])
    }
  }

  /// A system text around `<tools>[…]</tools>`, and what is kept of it; `nil` for what is left out with a warning.
  @Test(
    arguments: [
      ("", "", ""), ("You are Bob.\n", "\nAlways speak French.", "You are Bob.\nAlways speak French."),
      (
        "You are Bob. You are a function calling AI model. You are provided with function signatures within <tools></tools> XML tags. You may call one or more functions to assist with the user query. Don't make assumptions about what values to plug into functions. Here are the available tools: ",
        " Use the following pydantic model json schema for each tool call you will make: {'title': 'F', 'properties': {'n': {}}} For each function call return a json object with function name and arguments within <tool_call></tool_call> XML tags as follows:\n<tool_call>\n{'arguments': <args-dict>, 'name': <function-name>}\n</tool_call>\nAlways speak French.",
        "You are Bob.\nAlways speak French."
      ),
      (
        "You are Qwen.\n\n# Tools\n\nYou may call one or more functions to assist with the user query.\n\nYou are provided with function signatures within <tools></tools> XML tags:\n",
        "\n\nFor each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:\n<tool_call>\n{\"name\": <function-name>, \"arguments\": <args-json-object>}\n</tool_call>",
        "You are Qwen."
      ),
      ("Be good.# Tool\n\nHere is a list of functions in JSON format that you can invoke:\n\n", "", "Be good."),
      ("Answer with a <tool_call> or so. You are Bob.\n", "\nSpeak French.", nil),
    ] as [(String, String, String?)])
  func systemTextsAroundTools(_ before: String, _ after: String, _ kept: String?) throws {
    let reader = PieceReader(.python)
    let found = try SystemTools.find(Array("\(before)<tools>[{\"name\":\"f\"}]</tools>\(after)".utf8), reader)
    #expect(found?.tools.count == 1)
    #expect(String(decoding: found?.rest ?? [], as: UTF8.self) == kept ?? "Speak French.")
    #expect(reader.warnings.map(\.code) == (kept == nil ? [.systemTextDropped] : []))
  }

  @Test func systemTextsOfOtherShapes() throws {
    func rest(_ text: String) throws -> String {
      let found = try SystemTools.find(Array(text.utf8), PieceReader(.python))
      return "\(found?.tools.count ?? -1):" + String(decoding: found?.rest ?? [], as: UTF8.self)
    }
    let glaive = "You are a helpful assistant with access to the following functions. Use them if required -\n"
    #expect(try rest(glaive + "{\"name\":\"f\"}\n\n{\"name\":\"g\"}\n") == "2:")
    #expect(
      try rest("You are Bob. \(glaive){\"name\":\"f\"}\nAlways speak French.") == "1:You are Bob.\nAlways speak French."
    )
    #expect(try rest("You are Bob, with access to the following functions:\n{\"name\":\"f\"}") == "1:")
    let numbered = "**Available Tools**\n1. Name: f\nDescription: d\nParameters: {}\n\n**Steps for Each Turn**"
    #expect(try rest("You are Bob.\n\n\(numbered)") == "1:You are Bob.")
    let task = "You are a tool calling assistant."
    #expect(
      try rest(
        "[BEGIN OF TASK INSTRUCTION]\(task)[END OF TASK INSTRUCTION][BEGIN OF AVAILABLE TOOLS][{\"name\":\"f\"}][END OF AVAILABLE TOOLS]"
      )
        == "1:\(task)")
  }

  @Test func identifiersOfPlace() throws {
    func id(_ row: String, _ ordinal: Int) throws -> String {
      let bytes = Array(row.utf8)
      let row = DataRow(line: 1, range: 0..<bytes.count, ordinal: ordinal)
      return String(decoding: try RecordImporter().record(bytes.span, row, file: "f").id, as: UTF8.self)
    }
    #expect(try id(query("[]"), 7) == "\"row-7\"")
    #expect(try id(query("[]", #","id":7"#), 1) == "7")
  }

  @Test func brokenMessagesAreNamed() throws {
    let record = try Rows.record(
      #"{"conversations":[{"from":"human","value":"q"},{"from":"function_call","value":"?"},{"from":"human","value":"r"},{"from":"gpt","value":"<tool_call>{</tool_call>"}]}"#
    )
    let dropped = TaskCutter(requiresOfferedTools: false).tasks(of: record).dropped
    #expect(dropped.map(\.turn) == [1, 3])
  }

  @Test func preferencesAreTold() {
    do throws(DroppedRow) {
      _ = try Rows.record(#"{"prompt":"q","chosen":"a","rejected":"b"}"#)
      Issue.record("read")
    } catch {
      #expect(error.code == .unknownFormat && error.message.contains("preference"))
    }
  }

  @Test func answersOfAnotherFile() throws {
    var answers = AnswerTable()
    func add(_ row: String, line: Int) throws(DroppedRow) {
      let bytes = Array(row.utf8)
      try answers.add(bytes.span, DataRow(line: line, range: 0..<bytes.count), file: "a")
    }
    try add(#"{"id":"a","ground_truth":[{"f":{"x":[1]}}]}"#, line: 1)
    try add(#"{"id":"a","ground_truth":[{"f":{"x":[1]}}]}"#, line: 2)
    for (row, message) in [
      (#"{"id":"a","ground_truth":[]}"#, "another answer in a:1"), ("{", "not JSON"), (#"{"id":"b"}"#, "lacks"),
    ] {
      do throws(DroppedRow) {
        try add(row, line: 3)
        Issue.record("\(row) is taken")
      } catch {
        #expect(error.message.contains(message))
      }
    }
    let row = #"{"id":"a","question":[[{"role":"user","content":"q"}]],"function":[{"name":"f"}]}"#
    let record = try Rows.record(row, ImportOptions(answers: answers))
    #expect(Rows.text(record) == "user:q tools=f => [f{\"x\":1}]")
    #expect(record.hasOuterAnswer)
  }
}
