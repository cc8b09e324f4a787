import Testing
import ToolReward

@testable import ToolRewardData

/// A sample as one line.
private func sketch(
  _ line: String, fields: SampleFields = SampleFields(), syntax: ValueReader.Syntax = .json, reader: SampleReader? = nil
) -> String {
  let bytes = Array(line.utf8)
  let reader = reader ?? SampleReader(fields: fields, syntax: syntax)
  do throws(SampleError) {
    return try reader.withSample(bytes.span, 0..<bytes.count, line: 7) { sample in
      let completions = (0..<sample.count).map { sample.completion($0).string ?? "?" }.joined(separator: "|")
      let id = String(decoding: sample.id, as: UTF8.self)
      switch sample.task {
      case .success(let task):
        let calls = task.groundTruth.calls.map { "\($0.name)\($0.arguments)" }.joined(separator: ";")
        return "\(id) \(completions) [\(calls)] \(task.tools?.names.joined(separator: ",") ?? "-")"
      case .failure(let error): return "\(id) \(completions) ! \(error.code)"
      }
    }
  } catch {
    return "!! \(error.code) \(error.line)"
  }
}

@Suite struct SampleReaderTests {
  @Test(arguments: [
    (#"{"id":"a","completion":"x","ground_truth":[]}"#, #""a" x [] -"#),
    (#"{"completion":"x","ground_truth":[]}"#, "7 x [] -"),
    (#"{"id":{"k":1},"completions":["x","y\n"],"ground_truth":"[]"}"#, "{\"k\":1} x|y\n [] -"),
    (
      #"{"ground_truth":[{"name":"f","arguments":{"a":1}}],"tools":[{"name":"f"}],"completion":"x"}"#,
      #"7 x ["f"{"a":1}] f"#
    ),
    (#"{"completion":"x"}"#, "7 x ! missing_ground_truth"),
    (#"{"completion":"x","ground_truth":5}"#, "7 x ! invalid_ground_truth"),
    (#"{"completion":5,"ground_truth":[]}"#, "7 ? [] -"),
    (#"{"ground_truth":[]}"#, "!! missing_completion 7"),
    (#"{"completions":[],"ground_truth":[]}"#, "!! no_completions 7"),
    ("\u{FEFF}{}", "!! malformed_json 7"),
    (#"{"completions":"x","ground_truth":[]}"#, "!! invalid_completions 7"),
    ("[]", "!! not_a_record 7"), ("{", "!! unexpected_end 7"),
    (#"{"completion":"x","ground_truth":[],}"#, "!! malformed_json 7"),
    (#"{"completion":"x","ground_truth":[],"tools":[nope]}"#, "!! malformed_json 7"),
    (#"{"completion":"\ud800"}"#, "!! lone_surrogate 7"),
    // Tools that cannot be read keep nothing from being judged.
    (#"{"completion":"x","ground_truth":[],"tools":5}"#, "7 x [] -"),
    (#"{"completion":"x","ground_truth":[],"tools":null}"#, "7 x [] -"),
    // Names inside strings and deeper objects are no members of the record.
    (
      #"{"completion":"\"ground_truth\": [1]","ground_truth":[],"meta":{"tools":[{"name":"no"}]}}"#,
      #"7 "ground_truth": [1] [] -"#
    ),
    (#"{"a":["tools",{"ground_truth":"x"}],"completion":"x" , "ground_truth" : [] }"#, "7 x [] -"),
    // Of repeated members the last counts.
    (#"{"completion":"x","ground_truth":[{"name":"f","arguments":1}],"ground_truth":[]}"#, "7 x [] -"),
  ])
  func records(_ line: String, _ expected: String) {
    #expect(sketch(line) == expected)
    // With a reader that has seen the line before, and with one that saw others.
    let reader = SampleReader(syntax: .json)
    for _ in 0..<2 {
      #expect(sketch(line, reader: reader) == expected)
      _ = sketch(
        #"{"completion":"z","ground_truth":[{"name":"q","arguments":{}}],"tools":[{"name":"q"}]}"#, reader: reader)
      _ = sketch(#"{"completion":"z","ground_truth":[],"tools":[]"#, reader: reader)
    }
  }

  /// What is remembered by its text must be the whole value, not its beginning.
  @Test func memoryIsExact() {
    let reader = SampleReader(syntax: .json)
    for (truth, expected) in [
      ("[]", ""), (#"[{"name":"f","arguments":{}}]"#, #""f"{}"#),
      (#"[{"name":"f","arguments":{}},{"name":"g","arguments":{}}]"#, #""f"{};"g"{}"#),
      (#"[{"name":"f","arguments":{}}]"#, #""f"{}"#), ("[]", ""), (#""[]""#, ""),
    ] {
      #expect(sketch(#"{"ground_truth":\#(truth),"completion":"x"}"#, reader: reader) == "7 x [\(expected)] -")
      #expect(sketch(#"{"completion":"x","ground_truth":\#(truth)}"#, reader: reader) == "7 x [\(expected)] -")
    }
    // A known value does not excuse what follows it.
    #expect(sketch(#"{"completion":"x","ground_truth":[]]}"#, reader: reader) == "!! malformed_json 7")
    #expect(sketch(#"{"completion":"x","ground_truth":[]"#, reader: reader) == "!! unexpected_end 7")
  }

  @Test func pathsAndPython() {
    let fields = SampleFields(id: "extra.id", completion: "response", groundTruth: "reward_model.ground_truth")
    #expect(
      sketch(#"{"extra":{"id":1},"response":"x","reward_model":{"ground_truth":[]}}"#, fields: fields) == "1 x [] -")
    #expect(sketch(#"{"completion":"x","ground_truth":[],"loss":NaN}"#) == "!! malformed_json 7")
    #expect(sketch(#"{"completion":"x","ground_truth":[],"loss":NaN}"#, syntax: .python) == "7 x [] -")
    #expect(
      sketch(#"{"completion":"x","ground_truth":[{"name":"f","arguments":NaN}]}"#, syntax: .python)
        == #"7 x ["f"NaN] -"#)
  }
}
