import Foundation
import Testing
import ToolReward

@testable import ToolRewardData
@testable import ToolRewardLines

/// Reads rows as the command does.
enum Rows {
  static func record(_ json: String, _ options: ImportOptions = ImportOptions()) throws(DroppedRow) -> TrainingRecord {
    let bytes = Array(json.utf8)
    return try RecordImporter(options).record(bytes.span, DataRow(line: 1, range: 0..<bytes.count), file: "f")
  }

  /// A record as `ROLE:CONTENT{calls}` a message, its tools' names, and the right calls.
  static func text(_ record: TrainingRecord) -> String {
    func calls(_ calls: [RecordCall]) -> String {
      calls.map { call in
        var text = String(decoding: call.name, as: UTF8.self) + "\(call.arguments)"
        if let accepted = call.accepted { text += "|\(accepted)" }
        if let optional = call.optional { text += "?\(optional)" }
        return text
      }.joined(separator: ";")
    }
    let messages = record.messages.map { message in
      "\(message.role.rawValue):\(String(decoding: message.content, as: UTF8.self))"
        + (message.calls.isEmpty ? "" : "{\(calls(message.calls))}") + (message.isBroken ? "!" : "")
    }
    let tools = record.tools.map { String(decoding: ToolName.of($0) ?? [], as: UTF8.self) }.joined(separator: ",")
    let truth = record.groundTruth.map { " => [\(calls($0))]" } ?? ""
    return "\(messages.joined(separator: " / ")) tools=\(tools)\(truth)"
  }
}

private let tool = #"{"name":"f","parameters":{"a":{"type":"int"}}}"#
private let toolText = #"{\"name\":\"f\",\"parameters\":{\"a\":{\"type\":\"int\"}}}"#

@Suite struct ImportTests {
  /// A row of each format, what it is told to be, and what is read.
  @Test(
    arguments: [
      (
        DataFormat.xlam,
        #"{"id":8,"query":"q","answers":"[{\"name\":\"f\",\"arguments\":{\"a\":1}}]","tools":"["# + toolText + #"]"}"#,
        "user:q tools=f => [f{\"a\":1}]"
      ),
      (
        .hammer,
        #"{"query":[{"role":"user","content":"q"},{"role":"agent","content":"r"}],"tools":["# + tool
          + #"],"answers":[{"tool":"f","parameters":{"a":1}}]}"#, "user:q / assistant:r tools=f => [f{\"a\":1}]"
      ),
      (
        .hammer,
        #"{"instruction":"[BEGIN OF AVAILABLE TOOLS]\n["# + toolText
          + #"]\n[END OF AVAILABLE TOOLS]\n[BEGIN OF QUERY]\nq\n[END OF QUERY]","input":"","output":"```\n[]\n```"}"#,
        "user:q tools=f => []"
      ),
      (
        .toolace,
        #"{"system":"Help.\nHere is a list of functions in JSON format that you can invoke:\n["# + toolText
          + #"]. \nShould you decide to return the function call(s).","conversations":[{"from":"user","value":"q"},{"from":"assistant","value":"[f(a=1), Get It (b='x')]"},{"from":"tool","value":"r"},{"from":"assistant","value":"[sic] done"}]}"#,
        "system:Help.\nHere is a list of functions in JSON format that you can invoke:\n / user:q / assistant:{f{\"a\":1};Get It{\"b\":\"x\"}} / tool:r / assistant:[sic] done tools=f"
      ),
      (
        .hermes,
        #"{"category":"c","conversations":[{"from":"system","value":"within <tools> </tools> tags\n<tools>\n[{'type': 'function', 'function': {'name': 'f', 'parameters': {'a': None}}}]\n</tools>"},{"from":"human","value":"q"},{"from":"gpt","value":"so\n<tool_call>\n{'name': 'f', 'arguments': {'a': True}}\n</tool_call>\n<tool_call>\n{\"name\":\"g\",\"arguments\":{}}\n</tool_call>"}]}"#,
        "user:q / assistant:so{f{\"a\":true};g{}} tools=f"
      ),
      (
        .glaive,
        #"{"system":"SYSTEM: You are a helpful assistant with access to the following functions. Use them if required -\n"#
          + toolText
          + #"\n\n{\n \"name\": \"g\"}","chat":"USER: q\n\n\nASSISTANT: <functioncall> {\"name\": \"f\", \"arguments\": '{\"a\": \"it's\"}'} <|endoftext|>\n\n\nFUNCTION RESPONSE: {\"r\": 1}\n\n\nASSISTANT: Done. <|endoftext|>"}"#,
        "user:q / assistant:{f{\"a\":\"it's\"}} / tool:{\"r\": 1} / assistant:Done. tools=f,g"
      ),
      (
        .llamafactory,
        #"{"conversations":[{"from":"human","value":"q"},{"from":"function_call","value":"{\"name\":\"f\",\"arguments\":{\"a\":1}}"},{"from":"observation","value":"r"}],"tools":"["#
          + toolText + #"]"}"#, "user:q / assistant:{f{\"a\":1}} / tool:r tools=f"
      ),
      (
        .llamafactory,
        #"{"messages":[{"role":"user","content":[{"type":"text","value":"q"}]},{"role":"assistant","content":[{"type":"reasoning","value":"t"},{"type":"tool_call","value":"{\"name\":\"f\",\"arguments\":{}}"}]}],"tools":"[]"}"#,
        "user:q / assistant:{f{}} tools="
      ),
      (
        .apigenMT,
        #"{"conversations":[{"from":"human","value":"q"},{"from":"function_call","value":"not json"}],"tools":"["#
          + toolText + #"]","system":"S"}"#, "system:S / user:q / assistant:not json! tools=f"
      ),
      (
        .openai,
        #"{"messages":[{"role":"developer","content":"S"},{"role":"user","content":"q"},{"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]}],"tools":[{"type":"function","function":"#
          + tool + #"}]}"#, "system:S / user:q / assistant:{f{\"a\":1}} tools=f"
      ),
      (
        .trl,
        #"{"prompt":[{"role":"user","content":"q"}],"completion":[{"role":"assistant","tool_calls":[{"type":"function","function":{"name":"f","arguments":{"a":1}}}]}],"tools":["#
          + tool + #"],"ground_truth":"[{\"name\":\"f\",\"arguments\":{\"a\":1}}]"}"#, "user:q tools=f => [f{\"a\":1}]"
      ),
      (
        .nemoGym,
        #"{"responses_create_params":{"input":[{"type":"message","role":"user","content":"q"},{"type":"function_call","name":"g","arguments":"{}"},{"type":"function_call","name":"h","arguments":"{}"},{"type":"function_call_output","output":"r"}],"tools":[{"type":"function","name":"f","parameters":{}}]},"expected_action":{"type":"function_call_batch","calls":[{"type":"function_call","name":"f","arguments":"{\"a\":1}"}]}}"#,
        "user:q / assistant:{g{};h{}} / tool:r tools=f => [f{\"a\":1}]"
      ),
      (
        .nemoGym,
        #"{"responses_create_params":{"input":"q","tools":[]},"expected_action":{"type":"message","content":"x"}}"#,
        "user:q tools= => []"
      ),
      (
        .verl,
        #"{"prompt":[{"role":"system","content":"Be good.# Tool\n\nHere is a list of functions in JSON format that you can invoke:\n\n<tools>\n{\"type\": \"function\", \"function\": "#
          + toolText
          + #"}\n</tools>\n"},{"role":"user","content":"q"}],"reward_model":{"style":"rule","ground_truth":"\"[{\\\"name\\\":\\\"f\\\",\\\"arguments\\\":{\\\"a\\\":1}}]\""}}"#,
        "system:Be good. / user:q tools=f => [f{\"a\":1}]"
      ),
      (
        .toolrl,
        #"{"instruction":"**Available Tools**\nIn your response, you can use the following tools:\n1. Name: f\nDescription: d\nParameters: {'a': {'type': 'int'}}\n2. g: does g\nParameters: {}\n\n**Steps for Each Turn**","input":"q","output":"<think>A <tool_call> is due.</think>\n<tool_call>\n{\"name\": \"f\", \"parameters\": {\"a\": 1}}\n{\"name\": \"g\", \"parameters\": {}}\n</tool_call>"}"#,
        "user:q tools=f,g => [f{\"a\":1};g{}]"
      ),
      (
        .bfcl,
        #"{"id":"x_0","question":[[{"role":"user","content":"q"}]],"function":["# + tool
          + #"],"ground_truth":[{"f":{"a":[1],"b":["",2],"c":["x","y"],"d":[]}}]}"#,
        #"user:q tools=f => [f{"a":1}|{"b":[2],"c":["x","y"]}?["b"]]"#
      ),
      (
        .bfcl, #"{"id":"irrelevance_0","question":[[{"role":"user","content":"q"}]],"function":["# + tool + "]}",
        "user:q tools=f => []"
      ),
      (
        .acebench,
        #"{"id":"n_0","question":"user: q\nsystem: which?\nuser: that\n","function":["# + tool
          + #"],"ground_truth":{"f_1":{"a":1},"f_2":{"a":2}}}"#,
        "user:q / assistant:which? / user:that tools=f => [f{\"a\":1};f{\"a\":2}]"
      ),
      (
        .when2call,
        #"{"question":"q","correct_answer":"tool_call","answers":{"tool_call":"{\"name\":\"f\",\"arguments\":{\"a\":1}}"},"tools":[""#
          + toolText + #""]}"#, "user:q tools=f => [f{\"a\":1}]"
      ),
      (
        .toolbench,
        #"{"answer_generation":{"function":["# + tool
          + #"],"train_messages":[[{"role":"user","content":"x"}],[{"role":"user","content":"q"},{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{\"a\":1}"}},{"role":"function","name":"f","content":"r"}]]}}"#,
        "user:q / assistant:{f{\"a\":1}} / tool:r tools=f"
      ),
      (
        .nemotron,
        #"{"messages":[{"role":"user","content":"q","tool_calls":[]},{"role":"assistant","content":"<think>t</think>","tool_calls":[{"function":{"name":"f","arguments":"{}"}}]}],"metadata":"{\"tools\": ["#
          + toolText + #"]}"}"#, "user:q / assistant:{f{}} tools=f"
      ),
      (
        .toolN1,
        #"{"raw_system":"S","tools":["# + tool
          + #"],"conversations":[{"from":"human","value":"q"}],"answer":[{"name":"f","arguments":{"a":1}}]}"#,
        "system:S / user:q tools=f => [f{\"a\":1}]"
      ),
    ] as [(DataFormat, String, String)])
  func aRowOfEachFormat(_ format: DataFormat, _ row: String, _ expected: String) throws {
    let value = try ValueReader().read(row)
    #expect(DataFormat.detect(value) == format)
    let record = try Rows.record(row)
    #expect(Rows.text(record) == expected)
    #expect(record.source == RecordSource(file: "f", line: 1, format: format))
    // What is written is read again as the same.
    var json: [UInt8] = []
    RecordWriter().append(record, to: &json)
    let again = try Rows.record(String(decoding: json, as: UTF8.self))
    #expect(Rows.text(again) == expected)
    #expect(again.source == record.source && again.id == record.id)
  }

  @Test func aDialogueOfAPIBankIsOneRow() throws {
    let file = """
      {"role":"User","text":"q"}
      {"role":"API","api_name":"f","param_dict":{"a":"1"},"result":{"output":2}}

      {"role":"AI","text":"done"}
      """
    #expect(RecordImporter.isDialogueLine(Array(#"{"role":"User","text":"q"}"#.utf8)))
    #expect(!RecordImporter.isDialogueLine(Array(#"{"role":"User","content":"q"}"#.utf8)))
    let record = try Rows.record(file)
    #expect(
      Rows.text(record) == "user:q / assistant:{f{\"a\":\"1\"}} / tool:{\"output\":2} / assistant:done tools=")
    #expect(record.warnings.map(\.code) == [.noTools])
  }

  /// Rows that give nothing, and why.
  @Test(
    arguments: [
      (#"{"a":"#, DroppedRow.Code.unreadable), ("[1]", .unknownFormat), ("{}", .unknownFormat),
      (#"{"x":1}"#, .unknownFormat),
      (#"{"query":"q","answers":"nope","tools":"[]"}"#, .unreadableAnswer),
      (#"{"query":"q","answers":"[{\"name\":1}]","tools":"[]"}"#, .unreadableAnswer),
      (#"{"query":"q","answers":"[{\"name\":\"f\",\"arguments\":[1]}]","tools":"[]"}"#, .unreadableAnswer),
      (#"{"query":"q","answers":"[]","tools":"[{"}"#, .unreadableTools),
      (#"{"query":"","answers":"[]","tools":"[]"}"#, .noMessages),
      (#"{"label":"[]","predict":"[]"}"#, .noMessages), (#"{"id":"a","ground_truth":[{"f":{}}]}"#, .noMessages),
      (#"{"id":"a","question":[[{"role":"user","content":"q"}]],"function":[]}"#, .noGroundTruth),
      (#"{"responses_create_params":{"input":"q"},"response":{}}"#, .noGroundTruth),
      (#"{"api_list":[],"query":"q"}"#, .noGroundTruth),
    ] as [(String, DroppedRow.Code)])
  func rowsThatGiveNothing(_ row: String, _ code: DroppedRow.Code) {
    do throws(DroppedRow) {
      let record = try Rows.record(row)
      Issue.record("\(Rows.text(record))")
    } catch {
      #expect(error.code == code)
      #expect(!error.message.isEmpty)
    }
  }

  @Test func whatIsUnusualIsToldOf() throws {
    let twice =
      #"{"query":"q","answers":"\"[{\\\"name\\\":\\\"f\\\",\\\"arguments\\\":{}}]\"","tools":"[{\"name\":\"f\"}]"}"#
    #expect(try Rows.record(twice).warnings.map(\.code) == [.doubleEncoded])
    let python = #"{"query":"q","answers":"[{'name': 'f', 'arguments': {'a': None}}]","tools":"[{\"name\":\"f\"}]"}"#
    let record = try Rows.record(python)
    #expect(record.warnings.map(\.code) == [.pythonLiteral])
    #expect(Rows.text(record) == "user:q tools=f => [f{\"a\":null}]")
    let nan = #"{"query":"q","answers":[{"name":"f","arguments":{"a":NaN}}],"tools":[{"name":"f"}]}"#
    #expect(try Rows.record(nan).warnings.map(\.code) == [.notStrictJSON])
  }

  @Test func theRecordIsWhatItsSchemaSays() throws {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Docs/training-record.schema.json")
    let schema = try JSONSchema(json: String(contentsOf: url, encoding: .utf8))
    let rows = [
      #"{"id":8,"query":"q","answers":"[{\"name\":\"f\",\"arguments\":{\"a\":1}}]","tools":"[\#(toolText)]","completion":"c"}"#,
      #"{"id":"x","question":[[{"role":"user","content":"q"}]],"function":["f"],"ground_truth":[{"f":{"b":["",2]}}]}"#,
      #"{"conversations":[{"from":"someone","value":"q"},{"from":"gpt","value":"<think>t</think><tool_call>{</tool_call>"},{"from":"function_call","value":"[{\"name\":\"f\"}]"},{"from":"tool","value":"r"}]}"#,
      #"{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a","weight":0},{"role":"tool","name":"f","content":"r"}]}"#,
    ]
    for row in rows {
      let record = try Rows.record(row)
      for record in [record] + TaskCutter(requiresOfferedTools: false).tasks(of: record).tasks {
        var json: [UInt8] = []
        RecordWriter().append(record, to: &json)
        let report = schema.explain(try ValueReader().read(json))
        #expect(report.violations.isEmpty, "\(report.violations.map { $0.instanceLocation + " " + $0.message })")
      }
    }
    let wrong = try ValueReader().read(
      #"{"id":1,"source":{"file":"f","line":1,"format":"x"},"messages":[],"tools":[]}"#)
    #expect(schema.isValid(wrong) == .invalid)
    // Every code and every format is in the schema.
    let text = try String(contentsOf: url, encoding: .utf8)
    for format in DataFormat.allCases { #expect(text.contains("\"\(format.rawValue)\"")) }
    for code in RecordWarning.Code.allCases { #expect(text.contains("\"\(code.rawValue)\"")) }
  }
}
