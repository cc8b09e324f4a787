import ToolReward

private let scorers: [Scorer] = RewardRegistry.builtIn.compactMap { try? Scorer(reward: $0, view: .conversation) }
// libFuzzer calls from one thread.
nonisolated(unsafe) private let workspace = ScoringWorkspace()

// The first line is a ground truth, the rest a completion: every reward gives a verdict, the same one with used room.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzScore(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = unsafe start.map { unsafe Array(UnsafeBufferPointer(start: $0, count: count)) } ?? []
  let split = bytes.firstIndex(of: 0x0A) ?? bytes.count
  guard let value = try? ValueReader().read(Array(bytes[..<split])) else { return 0 }
  let completion = Array(bytes[split...].dropFirst())
  for scorer in scorers {
    guard let truth = try? scorer.reward.compile(groundTruth: value) else { continue }
    let task = ScoringTask(groundTruth: truth)
    let verdict = scorer.score(completion, for: task)
    precondition(verdict.components.count == scorer.reward.componentNames.count, "constant keys")
    let again = unsafe scorer.score(completion.span, for: task, using: workspace)
    precondition(
      again.score == verdict.score && again.components == verdict.components && again.findings == verdict.findings)
    var line: [UInt8] = []
    VerdictWriter(scorer.reward).append(verdict, id: [0x31], to: &line)
    precondition((try? ValueReader().read(line)) != nil, "a verdict is a line of JSON")
    for finding in verdict.findings { precondition(finding.range?.upperBound ?? 0 <= completion.count) }
  }
  return 0
}
