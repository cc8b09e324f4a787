import Foundation
import Testing

/// `toolreward evaluate`, on data of one sample a category.
@Suite struct EvaluateCommandTests {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("evaluate-\(UUID().uuidString)")
  private var data: String { path("data") }

  init() throws {
    let function =
      #"{"name":"f","parameters":{"type":"dict","properties":{"a":{"type":"integer"}},"required":["a"]}}"#
    for (category, truth) in [("simple", #"[{"f":{"a":[1]}}]"#), ("irrelevance", ""), ("java", #"[{"f":{"a":[1]}}]"#)] {
      try write("data/BFCL_v3_\(category).json", #"{"id":"\#(category)_0","function":[\#(function)]}"#)
      if !truth.isEmpty {
        try write(
          "data/possible_answer/BFCL_v3_\(category).json", #"{"id":"\#(category)_0","ground_truth":\#(truth)}"#)
      }
    }
  }

  private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  private func write(_ name: String, _ text: String) throws {
    let file = folder.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  private func read(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

  private func evaluate(_ arguments: [String], input: String = "") throws -> Run {
    try Run(["evaluate", "bfcl", "--data", data] + arguments, input: input)
  }

  @Test func verdictsAreInTheOrderOfTheLines() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try write(
      "in.jsonl",
      """
      \u{FEFF}{"id":"simple_0","model":"m","raw":"[f(a=1)]"}
      {"id":"simple_0","model":"n","raw":"[f(a=2)]"}
      {"id":"simple_7","category":"simple","model":"n","raw":"[f(a=2)]"}

      {"id":"irrelevance_0","model":"m","raw":"I cannot."}
      """)
    for jobs in ["1", "4"] {
      let run = try evaluate(["-j", jobs, "--verdicts", path("out"), "--mode", "official", path("in.jsonl")])
      #expect(run.status == 1)
      #expect(run.errors.contains("1 lines could not be judged") && run.errors.contains("line 3"), "\(run.errors)")
      #expect(run.errors.contains("m: read by prompt"))
      #expect(
        try read("out") == """
          {"id":"simple_0","category":"simple","model":"m","valid":true,"error_type":null}
          {"id":"simple_0","category":"simple","model":"n","valid":false,"error_type":"value_error:others"}
          {"id":"simple_7","category":"simple","model":"n","valid":null,"error_type":null,"error":{"line":3,"message":"simple has no sample 'simple_7' in the data"}}
          {"id":"irrelevance_0","category":"irrelevance","model":"m","valid":true,"error_type":null}

          """)
    }
  }

  /// A folder as the leaderboard's own code writes it, wherever the command is run.
  @Test func resultFoldersAreReadAsTheyAre() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try write(
      "result/Qwen_Qwen3-8B-FC/BFCL_v3_simple_result.json",
      #"{"id":"simple_0","result":"<tool_call>\n{\"name\":\"f\",\"arguments\":{\"a\":1}}\n</tool_call>"}"#)
    try write("result/Qwen_Qwen3-8B-FC/BFCL_v3_multi_turn_base_result.json", #"{"id":"multi_turn_base_0","result":[]}"#)
    let run = try evaluate(["--mode", "official", path("result")])
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("Qwen_Qwen3-8B-FC") && run.output.contains("100.00%"), "\(run.output)")
    #expect(run.errors.contains("read by hermes") && run.errors.contains("1 result files are of categories"))
    try write("v4/BFCL_v4_simple_python_result.json", #"{"id":"simple_python_0","result":"x"}"#)
    let other = try evaluate([path("v4")])
    #expect(other.status == 65 && other.errors.contains("is of version 4"), "\(other.errors)")
    #expect(try evaluate([path("data/possible_answer")]).status == 66)
  }

  @Test func aSecondAnswerDoesNotCount() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let line = #"{"id":"simple_0","model":"m","raw":"[f(a=1)]"}"#
    try write("in.jsonl", "\(line)\n\(line)\n\(line.replacingOccurrences(of: "a=1", with: "a=2"))\n")
    let run = try evaluate(["--mode", "official", path("in.jsonl")])
    #expect(run.status == 0 && run.errors.contains("2 lines answer a sample"), "\(run.errors)")
    #expect(run.output.contains("100.00%"))
  }

  @Test func whatIsNotDecodedIsNotJudged() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try write("in.jsonl", #"{"id":"java_0","raw":"f(1)"}"#)
    let run = try evaluate([path("in.jsonl")])
    #expect(run.status == 1 && run.errors.contains("give \"decoded\""), "\(run.errors)")
  }

  @Test func theOverallScoreNeedsWhatIsNotJudged() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try write("in.jsonl", #"{"id":"simple_0","raw":"[f(a=1)]"}"#)
    let open = try evaluate(["--mode", "official", path("in.jsonl")])
    #expect(open.output.contains("open"))
    // non_live: mean(simple_ast 1/3, 0, 0, 0, 0); live: 0.
    let all = try evaluate([
      "--mode", "official", "--multi-turn", "30", "--missing-as-zero", "--json", path("r.json"), path("in.jsonl"),
    ])
    #expect(all.status == 0)
    let report = try read("r.json")
    #expect(report.contains(#"{"name": "non_live", "official": 0.06666666666666667,"#), "\(report)")
    #expect(report.contains(#"{"name": "overall", "official": 0.12222222222222222,"#), "\(report)")
  }

  /// Outputs that would write over each other, over the input, or over the data.
  @Test func nothingIsWrittenOver() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try write("in.jsonl", #"{"id":"simple_0","raw":"[f(a=1)]"}"#)
    for outputs in [
      ["--verdicts", path("x"), "--json", path("x")], ["--json", path("x"), "--html", path("./x")],
      ["--verdicts", path("data/BFCL_v3_simple.json")], ["--verdicts", path("in.jsonl")],
    ] {
      let run = try evaluate(outputs + [path("in.jsonl")])
      #expect(run.status == 64, "\(outputs) \(run.errors)")
    }
    #expect(try read("data/BFCL_v3_simple.json").contains("simple_0") && read("in.jsonl").contains("simple_0"))
  }

  /// A model's name is a folder's, and leads nowhere else.
  @Test(arguments: ["..", ".", "a/../../b", "a\\u0000b", ""])
  func exportsStayInTheirFolder(_ model: String) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try write("data/BFCL_v3_multi_turn_base.json", #"{"id":"multi_turn_base_0","involved_classes":[]}"#)
    try write(
      "data/possible_answer/BFCL_v3_multi_turn_base.json", #"{"id":"multi_turn_base_0","ground_truth":[["x()"]]}"#)
    try write("in.jsonl", #"{"id":"multi_turn_base_0","model":"\#(model)","result":[["x"]]}"#)
    let run = try Run(["evaluate", "bfcl-multi-turn", "--data", data, "--export", path("x/y"), path("in.jsonl")])
    #expect(run.status == 0 || run.status == 74, "\(run.errors)")
    try FileManager.default.createDirectory(atPath: path("x"), withIntermediateDirectories: true)
    let again = try Run(["evaluate", "bfcl-multi-turn", "--data", data, "--export", path("x/y"), path("in.jsonl")])
    #expect(again.status == 0, "\(again.errors)")
    let inside = try FileManager.default.subpathsOfDirectory(atPath: path("x/y")).filter { $0.hasSuffix(".json") }
    #expect(inside.count == 1)
    #expect(
      try FileManager.default.subpathsOfDirectory(atPath: folder.path).count { $0.hasSuffix("base_result.json") } == 1)
  }
}
