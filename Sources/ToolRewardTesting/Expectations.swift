internal import Synchronization
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
  expectScore(reward, format, view, threshold, completion, prompt, sourceLocation) { $0.score(completion, for: task) }
}

/// Expects a reward of a message that a server has taken apart: `{"role", "content", "tool_calls"}`; see
/// ``expectReward(_:_:reward:format:view:atLeast:prompt:sourceLocation:)``.
@discardableResult
public func expectReward(
  message: Value, _ task: ScoringTask, reward: any RewardPolicy = ExactMatchReward(), atLeast threshold: Double? = nil,
  prompt: [UInt8]? = nil, sourceLocation: SourceLocation = #_sourceLocation
) -> Double? {
  expectScore(reward, nil, .response, threshold, "\(message)", prompt, sourceLocation) {
    $0.score(message: message, for: task)
  }
}

private func expectScore(
  _ reward: any RewardPolicy, _ format: CompletionFormat?, _ view: InputView, _ threshold: Double?,
  _ completion: String, _ prompt: [UInt8]?, _ sourceLocation: SourceLocation, _ score: (Scorer) -> Verdict
) -> Double? {
  let least = threshold ?? RewardThreshold.current
  let scorer: Scorer
  do throws(ScorerError) {
    scorer = try Scorer(reward: reward, format: format, view: view)
  } catch {
    Issue.record("\(error)", sourceLocation: sourceLocation)
    return nil
  }
  let verdict = score(scorer)
  if let score = verdict.score, score >= least { return score }
  let reasons = verdict.findings.map { finding in
    "\(finding.code.name)\(finding.pointer.map { $0.isEmpty ? "" : " \($0)" } ?? "")"
  }
  let why = reasons.isEmpty ? "" : ": \(reasons.joined(separator: ", "))"
  let said = verdict.score.map { "\(reward.name) is \($0), less than \(least)" } ?? "\(reward.name) cannot judge it"
  Issue.record("\(said)\(why)", sourceLocation: sourceLocation)
  if let prompt { attach(String(decoding: prompt, as: UTF8.self), "prompt.txt", sourceLocation) }
  attach(completion, "completion.txt", sourceLocation)
  return verdict.score
}

/// Expects that a call which a template writes is read as the same call. The call is the ground truth's, or the conversation's last.
///
/// - Parameters:
///   - renderer: The template.
///   - format: How its completions are read.
///   - test: A conversation with tools.
///   - variables: The template's own, an object: `{"enable_thinking": true}`.
///   - specialTokens: Tokens that may end a reply behind the call.
public func expectRoundTrip(
  _ renderer: any PromptRenderer, format: CompletionFormat, _ test: PromptSuite.Case, variables: Value? = nil,
  specialTokens: [[UInt8]] = PromptSuite.Template.commonSpecialTokens,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let template = PromptSuite.Template(
    name: "template", renderer: renderer, format: format, variables: variables, specialTokens: specialTokens)
  expectSuite(
    PromptSuite(templates: [template], cases: [test], checks: [PromptCheck(.roundTrip)]), sourceLocation: sourceLocation
  )
}

/// Expects that every check of a suite passes; each that does not is recorded as an issue of its own, with its prompt, and its completion if
/// it looked at one, attached. So is a cell of which no check says anything, and completions of no cell.
///
/// A check `snapshot` compares with `__Snapshots__/TEST_FILE/TEMPLATE__CASE.txt` beside the test's file. What is missing is recorded, and
/// fails once, so that it is looked at; ``SnapshotRecording`` asks for more or less.
///
/// - Parameters:
///   - suite: The suite.
///   - completions: What models wrote.
///   - snapshots: Recorded prompts that stand elsewhere, and what becomes of them.
///   - file: The test's file.
/// - Returns: What became of each cell.
@discardableResult
public func expectSuite(
  _ suite: PromptSuite, completions: SuiteCompletions = SuiteCompletions(), snapshots: SnapshotStore? = nil,
  file: String = #filePath, sourceLocation: SourceLocation = #_sourceLocation
) -> SuiteResult {
  let store =
    snapshots ?? SnapshotStore(folder: SnapshotStore.folder(ofSuite: file), mode: SnapshotRecording.current)
  let recorded = Mutex<[String]>([])
  let telling = SnapshotStore(mode: store.mode, read: store.read) { name, text in
    let problem = store.write(name, text)
    if problem == nil { recorded.withLock { $0.append(name) } }
    return problem
  }
  let result = SuiteRunner(snapshots: telling).run(suite, completions: completions)
  for cell in result.cells { record(cell, sourceLocation) }
  for name in recorded.withLock({ $0 }) {
    Issue.record("recorded \(name): run the test again", sourceLocation: sourceLocation)
  }
  if let (count, first) = completions.strangers(to: suite) {
    Issue.record(
      "\(count) of the completions are of no cell of the suite: the first is of \(first)",
      sourceLocation: sourceLocation)
  }
  return result
}

/// Records what a cell's checks found, and attaches what they looked at, once.
private func record(_ cell: SuiteCell, _ sourceLocation: SourceLocation) {
  let place = "\(cell.template) / \(cell.test)"
  let name = String(SnapshotStore.fileName(template: cell.template, case: cell.test).dropLast(4))
  let all = cell.checks + cell.samples.flatMap(\.checks)
  var isBad = all.contains(where: \.isBad)
  if !all.contains(where: { $0.outcome != .skipped }) {
    let why = all.first?.message ?? "no check is of prompts, and there are no completions"
    Issue.record("\(place): nothing was checked: \(why)", sourceLocation: sourceLocation)
    isBad = true
  }
  for check in cell.checks where check.isBad {
    Issue.record("\(place): \(check.check): \(check.message)", sourceLocation: sourceLocation)
  }
  for (number, sample) in cell.samples.enumerated() where sample.checks.contains(where: \.isBad) {
    for check in sample.checks where check.isBad {
      Issue.record(
        "\(place), completion \(number + 1): \(check.check): \(check.message)", sourceLocation: sourceLocation)
    }
    attach(
      String(decoding: sample.completion, as: UTF8.self), "\(name).completion-\(number + 1).txt", sourceLocation)
  }
  if isBad, let prompt = cell.prompt {
    attach(String(decoding: prompt, as: UTF8.self), "\(name).prompt.txt", sourceLocation)
  }
}

private func attach(_ text: String, _ name: String, _ sourceLocation: SourceLocation) {
  Attachment.record(text, named: name, sourceLocation: sourceLocation)
}
