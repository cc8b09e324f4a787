import Foundation
import Testing
import ToolReward

@testable import ToolRewardBenchmarks

/// Mutated answers, as the official code judged them (chenchen0103/ACEBench@56dd66c).
@Suite(.enabled(if: SharedData.folder != nil, SharedData.skipped))
struct ACEBenchConformanceTests {
  private static func benchmark() throws -> ACEBench { try ACEBench(folder: SharedData.url("acebench").path) }

  private static func prediction(_ row: Value) -> BenchmarkPrediction? {
    if let text = row["raw"]?.stringBytes { return .text(text) }
    return row["model_output"].map { .decoded($0) }
  }

  @Test func everyVerdictIsEqual() throws {
    let benchmark = try Self.benchmark()
    let reader = ValueReader(syntax: .python)
    let rows = try SharedData.gzipLines("acebench/ace_mut_in.jsonl.gz")
    let official = try SharedData.gzipLines("acebench/ace_mut_out.jsonl.gz")
    #expect(rows.count == 23_031 && official.count == 23_031)
    var valid = 0
    var strictlyValid = 0
    var differences: [String] = []
    for (line, expectedLine) in zip(rows, official) {
      let row = try reader.read(line)
      let expected = try reader.read(expectedLine)
      let id = try #require(row["id"]?.string)
      let language = try #require(row["lang"]?.string.flatMap { ACEBench.Language(rawValue: $0) })
      let prediction = try #require(Self.prediction(row))
      let verdict = try #require(
        benchmark.verdict(id: id, category: row["category"]?.string, language: language, prediction: prediction))
      let isEqual =
        verdict.isValid == expected["valid"]?.boolean && verdict.errorType?.rawValue == expected["error_type"]?.string
      if !isEqual {
        differences.append("\(language) \(id) \(row["mutation"]?.string ?? "") \(verdict) \(expected)")
      }
      if verdict.isValid == true { valid += 1 }
      let strict = try #require(benchmark.strictVerdict(id: id, language: language, prediction: prediction))
      if strict.isValid == true { strictlyValid += 1 }
    }
    #expect(differences.isEmpty, "\(differences.count), first: \(differences.prefix(5))")
    #expect(valid == 8_574)
    #expect(strictlyValid == 6_302)
  }

  /// The expected calls themselves: eight of them fail officially, and none strictly.
  @Test func expectedCallsPass() throws {
    let benchmark = try Self.benchmark()
    var failing: [String] = []
    var strictlyFailing: [String] = []
    var count = 0
    for language in ACEBench.Language.allCases {
      for category in ACEBench.categories where category.hasPrefix("normal") {
        let file = "acebench/data_\(language.rawValue)/possible_answer/data_\(category).json"
        for line in try SharedData.bytes(file).split(separator: 0x0A) {
          let row = try ValueReader(syntax: .python).read(Array(line))
          let id = try #require(row["id"]?.string)
          let truth = try #require(row["ground_truth"])
          let answer = truth.kind == .array ? try #require(truth[0]) : truth
          count += 1
          let official = try prediction(answer) { ACEBenchText.withoutNumber($0) }
          let verdict = try #require(benchmark.verdict(id: id, language: language, prediction: official))
          if verdict.isValid != true { failing.append("\(language) \(id)") }
          // The tool's own name is one of the two.
          let isStrict = try [official, prediction(answer) { $0 }].contains {
            benchmark.strictVerdict(id: id, language: language, prediction: $0)?.isValid == true
          }
          if !isStrict { strictlyFailing.append("\(language) \(id)") }
        }
      }
    }
    #expect(count == 1_640)
    #expect(failing.count == 8, "\(failing)")
    #expect(strictlyFailing == [])
  }

  private func prediction(_ answer: Value, name: ([UInt8]) -> [UInt8]) throws -> BenchmarkPrediction {
    let calls = answer.members.map { member in
      let name = String(decoding: name(member.name), as: UTF8.self)
      return "{\"\(name)\": \(member.value)}"
    }
    return .decoded(try ValueReader(syntax: .python).read("[\(calls.joined(separator: ", "))]"))
  }
}
