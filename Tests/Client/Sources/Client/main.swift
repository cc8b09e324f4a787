import ToolReward

// What a trainer does: compile a sample once, score a group of completions, look at the reasons.
let scorer = try Scorer(reward: ToolN1Reward())
let tools = try Toolbox(ValueReader().read(#"[{"name": "get_weather"}]"#))
let task = ScoringTask(
  groundTruth: try GroundTruth(json: #"[{"name": "get_weather", "arguments": {"city": "Paris"}}]"#), tools: tools)

let group = [
  #"<think>Paris.</think><tool_call>[{"name": "get_weather", "arguments": {"city": "Paris"}}]</tool_call>"#,
  #"<think>Paris.</think><tool_call>[{"name": "get_weather", "arguments": {"city": "London"}}]</tool_call>"#,
  "It is sunny.",
]

let rewards = await withTaskGroup(of: (Int, Double?).self) { tasks in
  for (index, completion) in group.enumerated() {
    tasks.addTask { (index, scorer.score(completion, for: task).score) }
  }
  var rewards = [Double?](repeating: nil, count: group.count)
  for await (index, score) in tasks { rewards[index] = score }
  return rewards
}
guard rewards == [1, 0, 0] else {
  print("client: unexpected rewards \(rewards)")
  throw ClientFailure()
}

let verdict = scorer.score(group[1], for: task)
guard verdict.findings.map(\.code) == [.wrongArgument], verdict.findings[0].pointer == "/city" else {
  print("client: unexpected findings \(verdict.findings)")
  throw ClientFailure()
}

// Formats and rewards of one's own stand beside the built-in ones.
struct CallCount: RewardPolicy {
  var name: String { "call-count" }
  var summary: String { "how many calls are whole" }
  var source: String { "this file" }
  var componentNames: [String] { ["calls"] }
  var format: CompletionFormat? { nil }
  var syntax: ValueReader.Syntax { .json }
  func judge(_ completion: Completion, against truth: GroundTruth, tools: Toolbox?) -> Verdict {
    let count = Double(completion.calls.count)
    return Verdict(score: count, components: [count])
  }
}
var registry = RewardRegistry()
registry.add(CallCount())
let format = CompletionFormat(
  name: "mine", frame: CallFrame(open: "<call>", close: "</call>"),
  payload: .json(JSONPayload(nameMember: "tool", argumentsMembers: ["args"])))
guard let reward = registry["call-count"],
  try Scorer(reward: reward, format: format).score(#"<call>{"tool": "f", "args": {}}</call>"#, for: task).score == 1
else {
  throw ClientFailure()
}
print("client: passed")

struct ClientFailure: Error {}
