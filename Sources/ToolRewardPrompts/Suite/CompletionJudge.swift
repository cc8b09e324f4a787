internal import ToolReward

/// Judges a cell's completions.
struct CompletionJudge {
  private let parser: CompletionParser
  private let view: InputView
  private let toolbox: Toolbox?
  private let test: PromptSuite.Case
  private let format: CompletionFormat

  init(_ template: PromptSuite.Template, _ test: PromptSuite.Case, prompt: [UInt8]) {
    self.test = test
    format = template.format
    parser = CompletionParser(template.format)
    let probe = PromptProbe(template: template, test: test)
    // The prompt may have opened what the completion closes.
    view = probe.opensThink(prompt) == .passed ? .prefilled : .response
    toolbox = test.tools.flatMap { try? Toolbox($0) }
  }

  func sample(_ text: [UInt8], _ checks: [PromptCheck]) -> SuiteSample {
    let completion = parser.parse(text, view: view, tools: toolbox)
    var score: Double?
    var results: [CheckResult] = []
    for check in checks {
      if case .reward(let policy, let threshold) = check.kind {
        let (found, value) = reward(policy, threshold, text)
        score = score ?? value
        results.append(CheckResult(check, found))
      } else {
        results.append(CheckResult(check, outcome(check.kind, completion, text)))
      }
    }
    return SuiteSample(completion: text, checks: results, score: score)
  }

  private func outcome(_ kind: PromptCheck.Kind, _ completion: Completion, _ text: [UInt8]) -> CheckOutcome {
    switch kind {
    case .text(let test, let texts, _): TextCheck.outcome(test, texts, text)
    case .format: formatOutcome(completion)
    case .validToolsCall: validity(completion)
    case .toolCallF1(let threshold): f1(completion, threshold)
    case .toolCallMatch: match(completion)
    case .noCall: completion.attempts.isEmpty ? .passed : .failed("there is a call")
    default: .skipped("")
    }
  }

  private func reward(_ policy: any RewardPolicy, _ threshold: Double, _ text: [UInt8]) -> (CheckOutcome, Double?) {
    guard let given = test.groundTruth else { return (.skipped("the case has no ground_truth"), nil) }
    do {
      let scorer = try Scorer(reward: policy, format: policy.format == nil ? format : nil, view: view)
      let task = ScoringTask(groundTruth: try policy.compile(groundTruth: given), tools: toolbox)
      let verdict = scorer.score(text, for: task)
      guard let score = verdict.score else {
        return (.skipped("\(policy.name) cannot judge it: \(verdict.findings.first?.code.name ?? "no score")"), nil)
      }
      if score >= threshold { return (.passed, score) }
      let why = verdict.findings.map(\.code.name).joined(separator: ", ")
      return (.failed("\(policy.name) is \(score), less than \(threshold)\(why.isEmpty ? "" : ": \(why)")"), score)
    } catch {
      return (.failed("\(error)"), nil)
    }
  }

  private func formatOutcome(_ completion: Completion) -> CheckOutcome {
    if completion.hasReasoningRule, format.reasoning != nil, !completion.reasoning.contains(where: \.isClosed) {
      return .failed("there is no whole block of reasoning")
    }
    if let attempt = completion.attempts.first(where: { $0.status != .ok }) {
      return .failed("a call at byte \(attempt.range.lowerBound) is \(attempt.status.rawValue)")
    }
    if let frame = completion.frames.first(where: { !$0.isClosed }) {
      return .failed("the frame at byte \(frame.range.lowerBound) is not closed")
    }
    return .passed
  }

  private func validity(_ completion: Completion) -> CheckOutcome {
    guard let toolbox else { return .skipped("there are no tools, or they cannot be read") }
    guard !completion.attempts.isEmpty else { return .failed("there is no call") }
    for attempt in completion.attempts {
      guard attempt.status == .ok, let name = completion.name(of: attempt)?.stringBytes,
        let arguments = completion.arguments(of: attempt)
      else { return .failed("a call at byte \(attempt.range.lowerBound) is \(attempt.status.rawValue)") }
      let found = toolbox.check(name: name, arguments: arguments)
      switch found.outcome {
      case .valid, .notChecked: break
      case .indeterminate: return .skipped(found.reason ?? "the schema cannot be told")
      case .unknownTool: return .failed("no tool is called \(TextCheck.shown(name))")
      case .coercible, .invalid:
        let why = found.violations.first.map { ": \($0)" } ?? ""
        return .failed("the arguments of \(TextCheck.shown(name)) are not what its schema asks for\(why)")
      }
    }
    return .passed
  }

  private func truth() -> GroundTruth? { test.groundTruth.flatMap { try? GroundTruth($0) } }

  private func f1(_ completion: Completion, _ threshold: Double) -> CheckOutcome {
    guard let truth = truth() else { return .skipped("the case has no ground_truth that is a list of calls") }
    let given = Set(completion.calls.compactMap(\.name.stringBytes))
    let expected = Set(truth.calls.compactMap(\.name.stringBytes))
    let shared = given.intersection(expected).count
    let value =
      given.isEmpty && expected.isEmpty ? 1 : Double(2 * shared) / Double(given.count + expected.count)
    return value >= threshold ? .passed : .failed("F1 of the called names is \(value), less than \(threshold)")
  }

  private func match(_ completion: Completion) -> CheckOutcome {
    guard let truth = truth() else { return .skipped("the case has no ground_truth that is a list of calls") }
    if let attempt = completion.attempts.first(where: { $0.status != .ok }) {
      return .failed("a call at byte \(attempt.range.lowerBound) is \(attempt.status.rawValue)")
    }
    let match = CallMatcher().match(completion, truth)
    if match.isExact { return .passed }
    if !match.missing.isEmpty || !match.surplus.isEmpty {
      return .failed("\(match.missing.count) calls are missing, \(match.surplus.count) are too many")
    }
    let pointers = match.pairs.flatMap(\.mismatches).map(\.pointer).joined(separator: ", ")
    return .failed("arguments differ: \(pointers)")
  }
}
