import Foundation
import Testing
import ToolReward

/// The scores of the published Tool-N1 code, which was run unchanged over 4,000 completions.
@Suite(.enabled(if: SharedData.folder != nil, SharedData.skipped))
struct OfficialRewardTests {
  @Test(arguments: [
    ("v0", ToolN1Reward.Variant.v0), ("v1", .v1), ("v2", .v2), ("v3", .v3), ("v4", .v4), ("llama", .llama),
  ])
  func everyScoreIsEqual(_ key: String, _ variant: ToolN1Reward.Variant) throws {
    let scorer = try Scorer(reward: ToolN1Reward(variant), view: .conversation)
    let reader = ValueReader()
    let workspace = ScoringWorkspace()
    var compared = 0
    var raised = 0
    for line in try SharedData.gzipLines("rewards/official.jsonl.gz") {
      let row = try reader.read(line)
      let completion = try #require(row["completion"]?.stringBytes)
      let truth = try GroundTruth(#require(row["ground_truth"]), syntax: .python)
      let verdict = scorer.score(completion.span, for: ScoringTask(groundTruth: truth), using: workspace)
      let expected = try #require(row["tool_n1"]?[key])
      let raises = verdict.findings.contains { $0.code == .officialRaises }
      if expected.kind == .string {
        #expect(verdict.score == 0 && raises, "\(row["id"]?.description ?? "") \(row["mutation"]?.description ?? "")")
        raised += 1
      } else {
        let score = try #require(expected.numberLiteral.flatMap { Double($0) })
        #expect(
          verdict.score == score && !raises, "\(row["id"]?.description ?? "") \(row["mutation"]?.description ?? "")")
      }
      compared += 1
    }
    #expect(compared == 4000)
    #expect(raised == (variant == .llama ? 143 : 142))
  }

  /// Two hundred of these completions, cut at every byte: an answer each, and segments that tile.
  @Test func cutAtEveryByte() throws {
    let task = ScoringTask(groundTruth: try GroundTruth(json: #"[{"name":"f","arguments":{}}]"#))
    let policies: [any RewardPolicy] = [ToolN1Reward(.v4), ExactMatchReward()]
    let scorers = try policies.map { try Scorer(reward: $0) }
    let workspace = ScoringWorkspace()
    var cuts = 0
    for line in try SharedData.gzipLines("rewards/official.jsonl.gz").prefix(200) {
      let completion = try #require(ValueReader().read(line)["completion"]?.stringBytes)
      for end in 0...completion.count {
        for scorer in scorers {
          let verdict = scorer.score(completion.span.extracting(0..<end), for: task, using: workspace)
          var position = 0
          for segment in workspace.completion.segments {
            if segment.range.lowerBound != position { Issue.record("segments do not tile") }
            position = segment.range.upperBound
          }
          if position != end || verdict.score == nil { Issue.record("cut at \(end): segments end at \(position)") }
        }
        cuts += 1
      }
    }
    #expect(cuts > 40_000)
  }
}

/// Real outputs of Qwen3-8B with tools, as BFCL's official handler decodes them.
@Suite(.enabled(if: SharedData.folder != nil, SharedData.skipped))
struct QwenOutputTests {
  /// Where we differ, and why: the handler drops the good sibling of a bad block, and cannot decode string-encoded arguments.
  private static let differences = [
    "live_irrelevance_466-129-1": "ok malformed",
    "live_simple_89-50-0": "invalid_arguments",
  ]

  @Test func callsAreTheDecodedOnes() throws {
    let parser = CompletionParser(.hermes)
    var rows = 0
    var seen: [String: String] = [:]
    for line in try SharedData.gzipLines("bfcl/real-outputs-v3.jsonl.gz") {
      let row = try ValueReader().read(line)
      guard row["model"]?.string == "Qwen_Qwen3-8B-FC" else { continue }
      rows += 1
      let completion = parser.parse(try #require(row["raw"]?.stringBytes))
      let decoded = try #require(row["decoded"])
      let calls = completion.calls
      let isSame =
        decoded.kind == .array && decoded.count == calls.count
        && zip(decoded.elements, calls).allSatisfy { official, call in
          official.count == 1 && official.members[0].name == call.name.stringBytes
            && EqualityPolicy.toolN1.areEqual(official.members[0].value, call.arguments)
        }
      if !isSame {
        seen[row["id"]?.string ?? "?"] = completion.attempts.map(\.status.rawValue).joined(separator: " ")
      }
    }
    #expect(rows == 3641)
    #expect(seen == Self.differences)
  }
}
