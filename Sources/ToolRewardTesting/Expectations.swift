public import Testing
public import ToolReward
public import ToolRewardPrompts
public import ToolRewardSuites

/// Expects a reward. A failure is recorded with the reasons, and with the prompt and the completion attached.
///
/// ```swift
/// @Test func asksForParis() throws {
///   let task = ScoringTask(groundTruth: try GroundTruth(json: #"[{"name": "get_weather", "arguments": {"city": "Paris"}}]"#))
///   expectReward(completion, task, reward: ExactMatchReward(), format: .hermes)
/// }
/// ```
///
/// - Parameters:
///   - completion: What the model wrote.
///   - task: The ground truth, and the tools.
///   - reward: What judges.
///   - format: How the completion is read; `nil` for the reward's own.
///   - view: Which part of the conversation the completion is.
///   - threshold: The least reward; `nil` for ``RewardThreshold``'s.
///   - prompt: What the model was asked, to be attached.
/// - Returns: The score; `nil` if the completion cannot be judged, which is recorded too.
@discardableResult
public func expectReward(
  _ completion: String, _ task: ScoringTask, reward: any RewardPolicy = ExactMatchReward(),
  format: CompletionFormat? = nil, view: InputView = .response, atLeast threshold: Double? = nil,
  prompt: [UInt8]? = nil, sourceLocation: SourceLocation = #_sourceLocation
) -> Double? {
  let least = threshold ?? RewardThreshold.current
  let scorer: Scorer
  do throws(ScorerError) {
    scorer = try Scorer(reward: reward, format: format, view: view)
  } catch {
    Issue.record("\(error)", sourceLocation: sourceLocation)
    return nil
  }
  let verdict = scorer.score(completion, for: task)
  if let score = verdict.score, score >= least { return score }
  let reasons = verdict.findings.map { finding in
    "\(finding.code.name)\(finding.pointer.map { $0.isEmpty ? "" : " \($0)" } ?? "")"
  }
  let why = reasons.isEmpty ? "" : ": \(reasons.joined(separator: ", "))"
  let said = verdict.score.map { "\(reward.name) is \($0), less than \(least)" } ?? "\(reward.name) cannot judge it"
  record("\(said)\(why)", completion: completion, prompt: prompt, sourceLocation)
  return verdict.score
}

/// Expects that a call which a template writes is read as the same call. The call is the ground truth's, or the conversation's last.
///
/// - Parameters:
///   - renderer: The template.
///   - format: How its completions are read.
///   - test: A conversation with tools.
public func expectRoundTrip(
  _ renderer: any PromptRenderer, format: CompletionFormat, _ test: PromptSuite.Case,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let template = PromptSuite.Template(name: "template", renderer: renderer, format: format)
  expectSuite(
    PromptSuite(templates: [template], cases: [test], checks: [PromptCheck(.roundTrip)]), sourceLocation: sourceLocation
  )
}

/// Expects that every check of a suite passes; each that does not is recorded as an issue of its own, with its prompt, and its completion if
/// it looked at one, attached.
///
/// - Parameters:
///   - suite: The suite.
///   - completions: What models wrote.
///   - snapshots: The recorded prompts; without them a check `snapshot` is an issue.
/// - Returns: What became of each cell.
@discardableResult
public func expectSuite(
  _ suite: PromptSuite, completions: SuiteCompletions = SuiteCompletions(), snapshots: SnapshotStore? = nil,
  sourceLocation: SourceLocation = #_sourceLocation
) -> SuiteResult {
  let result = SuiteRunner(snapshots: snapshots).run(suite, completions: completions)
  for cell in result.cells {
    let place = "\(cell.template) / \(cell.test)"
    for check in cell.checks where check.isBad || saysNothing(check, cell) {
      record("\(place): \(check.check): \(check.message)", prompt: cell.prompt, sourceLocation)
    }
    for (number, sample) in cell.samples.enumerated() {
      for check in sample.checks where check.isBad {
        record(
          "\(place), completion \(number + 1): \(check.check): \(check.message)",
          completion: String(decoding: sample.completion, as: UTF8.self), prompt: cell.prompt, sourceLocation)
      }
    }
  }
  return result
}

/// A round trip that was asked for but has nothing to call proves nothing.
private func saysNothing(_ check: CheckResult, _ cell: SuiteCell) -> Bool {
  check.outcome == .skipped && check.check == "round-trip" && cell.checks.count == 1
}

private func record(
  _ message: String, completion: String? = nil, prompt: [UInt8]? = nil, _ sourceLocation: SourceLocation
) {
  Issue.record("\(message)", sourceLocation: sourceLocation)
  if let prompt {
    Attachment.record(String(decoding: prompt, as: UTF8.self), named: "prompt.txt", sourceLocation: sourceLocation)
  }
  if let completion { Attachment.record(completion, named: "completion.txt", sourceLocation: sourceLocation) }
}
