import Foundation
import Testing

/// `toolreward train`: what it refuses, and what it leaves.
struct TrainCommandTests {
  @Test func aRunIsKnownByItsRewardFileToo() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("toolreward-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (reward, out) = (folder.appendingPathComponent("reward.json"), folder.appendingPathComponent("run").path)
    func write(_ weight: Double) throws {
      try Data(#"{"name":"mine","summary":"x","reward":{"sum":[{"weight":\#(weight),"of":"tool-n1"}]}}"#.utf8).write(
        to: reward)
    }
    func train(_ more: String...) throws -> Run {
      let small = ["--steps", "1", "--base-steps", "2", "--group", "2", "--prompts", "2", "--max-tokens", "8"]
      return try Run(["train", "-o", out, "--no-dashboard", "--reward", reward.path] + small + more)
    }
    try write(1)
    let first = try train()
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.output.contains("on 40 held-out tasks, by which nothing was chosen: exact match"))
    #expect(first.errors.contains("of 40 held-out tasks 0 have a prompt that is trained on, 19 a wording, 0 a value"))
    let metrics = try Data(contentsOf: URL(fileURLWithPath: "\(out)/metrics.jsonl"))
    #expect(try train().status == 64)
    #expect(try train("--resume").status == 0)
    let steps = try train("--resume", "--base-steps", "3")
    #expect(steps.status == 65 && steps.errors.contains("base steps was '2', is '3'"))
    try write(0.5)
    let other = try train("--resume")
    #expect(other.status == 65 && other.errors.contains("reward's file was") && other.errors.contains("run.json"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: "\(out)/metrics.jsonl")) == metrics)
    #expect(try train("--validation-part", "2").status == 64)
  }
}
