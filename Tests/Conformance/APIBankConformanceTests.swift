import Foundation
import Testing
import ToolReward

@testable import ToolRewardBenchmarks

/// ToolRL's samples: their answers fed back, and mutated as `Scripts/api_bank_differential.py` does, which judges them by its own
/// transcription of the rule.
@Suite(.enabled(if: SharedData.folder != nil, SharedData.skipped))
struct APIBankConformanceTests {
  private static func folder() throws -> String { try SharedData.url("api-bank").path }

  private static func mutatedRows() throws -> [[UInt8]] {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Scripts/api_bank_differential.py")
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", script.path, try folder(), "--per-sample", "10"]
    process.standardOutput = output
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return data.split(separator: 0x0A).map { [UInt8]($0) }
  }

  @Test func everyVerdictIsEqual() throws {
    let benchmark = try APIBank(folder: Self.folder())
    #expect(benchmark.samples.map(\.level).count { $0 == 1 } == 399)
    #expect(benchmark.samples.count == 597)
    let reader = ValueReader(syntax: .python)
    var differences: [String] = []
    var count = 0
    var answers = 0
    for line in try Self.mutatedRows() {
      let row = try reader.read(line)
      let id = try #require(row["id"]?.string)
      let raw = try #require(row["raw"]?.stringBytes)
      let verdict = try #require(benchmark.verdict(id: id, prediction: .text(raw)))
      if verdict.isValid != row["valid"]?.boolean { differences.append("\(verdict) \(row)") }
      count += 1
      guard row["mutation"]?.string == "answer" else { continue }
      answers += 1
      #expect(verdict.isValid && benchmark.strictVerdict(id: id, prediction: .text(raw))?.isValid == true, "\(id)")
    }
    #expect(differences.isEmpty, "\(differences.count), first: \(differences.prefix(3))")
    #expect(count == 597 * 11 && answers == 597)
  }

  /// The expected calls in the official evaluators' form. Three of ToolRL's answers hold `2', child_count=` as a value, two an empty one: what
  /// the official patterns made of `adult_count='2', child_count=''`.
  @Test func expectedCallsAreExported() throws {
    let benchmark = try APIBank(folder: Self.folder())
    var unfaithful: [String] = []
    for sample in benchmark.samples {
      let value = sample.checker.parameters
      let text = try #require(sample.checker.name.text)
      let members = value.members.map { member -> [UInt8] in
        guard case .string(let key) = member.key, let text = member.value.text else { return [] }
        var output: [UInt8] = []
        JSONWriter.python().appendString(key.span, 0..<key.count, to: &output)
        output.append(0x3A)
        JSONWriter.python().appendString(text.span, 0..<text.count, to: &output)
        return output
      }
      let call =
        Array("{\"name\": \"\(String(decoding: text, as: UTF8.self))\", \"parameters\": {".utf8)
        + members.joined(separator: [0x2C]) + Array("}}".utf8)
      let decoded = try ValueReader().read(call)
      let export = try #require(benchmark.exportedLine(id: sample.id, prediction: .decoded(decoded)))
      #expect((try? ValueReader().read(export.line)) != nil)
      if !export.isFaithful { unfaithful.append(sample.id) }
    }
    #expect(unfaithful == ["Level1_258", "Level1_285", "Level1_323", "Level1_341", "Level1_393"])
  }
}
