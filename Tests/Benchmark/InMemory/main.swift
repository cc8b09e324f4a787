import ToolReward

// Scores one completion of about a kilobyte again and again, everything compiled before: what a trainer in Swift pays for a sample.
// usage: InMemory COUNT      prints nanoseconds a sample
let words =
  "To address the query I need to find the right function and fill its arguments from what the user said so that the call is complete "
let call = #"[{"name": "calculate_triangle_area", "arguments": {"base": 10, "height": 5, "unit": "units"}}]"#
let completion = Array("<think>\(String(repeating: words, count: 6))</think>\n<tool_call>\(call)</tool_call>".utf8)
let count = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 200_000 : 200_000

let scorer = try Scorer(reward: ToolN1Reward())
let task = ScoringTask(groundTruth: try GroundTruth(json: call, syntax: .python))
let workspace = ScoringWorkspace()

@MainActor func run(_ count: Int) -> Double {
  var sum = 0.0
  for _ in 0..<count { sum += scorer.score(completion.span, for: task, using: workspace).score ?? 0 }
  return sum
}
precondition(run(1000) == 1000, "the completion is right")
var best = Duration.seconds(1_000_000)
for _ in 0..<5 {
  let start = ContinuousClock.now
  let sum = run(count / 5)
  best = min(best, ContinuousClock.now - start)
  precondition(sum == Double(count / 5))
}
let nanoseconds = Double(best.components.seconds) * 1e9 + Double(best.components.attoseconds) / 1e9
print("\(completion.count) bytes: \(Int(nanoseconds / Double(count / 5))) ns a sample")
