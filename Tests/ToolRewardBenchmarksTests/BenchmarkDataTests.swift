import Foundation
import Testing

@testable import ToolRewardBenchmarks

/// Data that cannot be read: which file, which line, and why.
@Suite struct BenchmarkDataTests {
  private static func withFiles(
    _ files: [String: String], _ body: (String) -> Void
  ) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("toolreward-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, text) in files {
      let file = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    body(folder.path)
  }

  private static let question = "data_en/data_normal_atom_bool.json"
  private static let answer = "data_en/possible_answer/data_normal_atom_bool.json"

  /// The files, the error's file and line, and a part of its message; no file for data that can be read.
  @Test(
    arguments: [
      ([question: #"{"id": "a", "function": []}"#, answer: #"{"id": "a", "ground_truth": {}}  "#], nil, nil, ""),
      ([:], "", nil, "data_en"), ([question: #"{"id": "a", "function": []}"#], answer, nil, "is missing"),
      ([question: "{\"id\": \"a\", \"function\": []}\n\n{", answer: ""], question, 3, ".json:3: "),
      ([question: "{}", answer: ""], question, 1, "\"id\""),
      ([question: #"{"id": "a", "function": []}"#, answer: "\n{\"id\": \"a\"}"], answer, 2, "ground_truth"),
      ([question: #"{"id": "a", "function": []}"#, answer: ""], question, 1, "no answer"),
    ] as [([String: String], String?, Int?, String)])
  func aceBench(_ files: [String: String], _ file: String?, _ line: Int?, _ reason: String) throws {
    try Self.withFiles(files) { folder in
      do throws(BenchmarkDataError) {
        _ = try ACEBench(folder: folder)
        #expect(file == nil)
      } catch {
        let place = file.map { $0.isEmpty ? folder : "\(folder)/\($0)" }
        #expect(error.file == place && error.line == line)
        #expect(error.message.hasPrefix(place ?? "-") && error.message.contains(reason))
      }
    }
  }

  private static let sample =
    #"{"answer": [{"name": "F", "parameters": {}}], "other": {"sample_id": 0, "api_id": 1}}"#

  @Test(
    arguments: [
      (["level-3-api_processed.json": "[\(sample)]"], nil, nil, ""), ([:], "", nil, "level-<n>"),
      (["level-1-api_processed.json": "[\n\(sample),\n{]"], "level-1-api_processed.json", 3, ".json:3: "),
      (["level-2-api_processed.json": "{}"], "level-2-api_processed.json", nil, "list"),
      (["level-2-api_processed.json": "[{}]"], "level-2-api_processed.json", nil, "sample 0 has no \"answer\""),
      (
        ["level-2-api_processed.json": #"[{"answer": {"name": "F", "parameters": {}}}]"#], "level-2-api_processed.json",
        nil, "sample 0 has no \"other\""
      ),
    ] as [([String: String], String?, Int?, String)])
  func apiBank(_ files: [String: String], _ file: String?, _ line: Int?, _ reason: String) throws {
    try Self.withFiles(files) { folder in
      do throws(BenchmarkDataError) {
        let benchmark = try APIBank(folder: folder)
        #expect(file == nil && benchmark.level(of: "Level3_0") == 3)
      } catch {
        let place = file.map { $0.isEmpty ? folder : "\(folder)/\($0)" }
        #expect(error.file == place && error.line == line && error.message.contains(reason), "\(error)")
      }
    }
  }
}
