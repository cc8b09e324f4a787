internal import ToolReward
internal import ToolRewardReport

/// Judges a cell's completions. What does not change from one to the next is compiled once.
struct CompletionJudge {
  private let parser: CompletionParser
  private let view: InputView
  private let toolbox: Result<Toolbox, ToolboxError>?
  /// The same by schemas as they are written: arguments that a schema does not name are forbidden only where it says so.
  private let openToolbox: Result<Toolbox, ToolboxError>?
  private let truth: Result<GroundTruth, GroundTruthError>?
  private let checks: [(check: PromptCheck, scoring: Scoring?)]

  /// A reward, ready to judge; or why it cannot.
  private enum Scoring {
    case ready(Scorer, ScoringTask, threshold: Double)
    case not(CheckOutcome)
  }

  /// - Parameter isPrefilled: Whether the prompt has opened the block of reasoning that the completion closes.
  init(
    _ template: PromptSuite.Template, _ test: PromptSuite.Case, _ checks: [PromptCheck], isPrefilled: Bool
  ) {
    parser = CompletionParser(template.format)
    view = isPrefilled ? .prefilled : .response
    toolbox = test.tools.map { tools in Result { () throws(ToolboxError) in try Toolbox(tools) } }
    let asksValidity = checks.contains { if case .validToolsCall = $0.kind { true } else { false } }
    openToolbox = (asksValidity ? test.tools : nil).map { tools in
      var reader = DefinitionReader()
      reader.unknownArguments = .open
      return Result { () throws(ToolboxError) in try Toolbox(tools, reader: reader) }
    }
    truth = test.groundTruth.map { given in Result { () throws(GroundTruthError) in try GroundTruth(given) } }
    var prepared: [(PromptCheck, Scoring?)] = []
    for check in checks {
      guard case .reward(let policy, let threshold) = check.kind else {
        prepared.append((check, nil))
        continue
      }
      prepared.append(
        (check, Self.scoring(policy, threshold, template.format, view, test.groundTruth, try? toolbox?.get())))
    }
    self.checks = prepared
  }

  private static func scoring(
    _ policy: any RewardPolicy, _ threshold: Double, _ format: CompletionFormat, _ view: InputView, _ truth: Value?,
    _ tools: Toolbox?
  ) -> Scoring {
    guard let truth else { return .not(.skipped("the case has no ground_truth")) }
    do {
      let scorer = try Scorer(reward: policy, format: policy.format == nil ? format : nil, view: view)
      let task = ScoringTask(groundTruth: try policy.compile(groundTruth: truth), tools: tools)
      return .ready(scorer, task, threshold: threshold)
    } catch {
      return .not(.error("\(error)"))
    }
  }

  func sample(_ given: SuiteCompletion) -> SuiteSample {
    var completion: Completion
    switch given {
    case .text(let text): completion = parser.parse(text, view: view, tools: try? toolbox?.get())
    case .message(let message):
      let isOld = message["function_call"].map { $0.kind != .null } ?? false
      guard !isOld, let parsed = parser.parse(message: message) else {
        let why = isOld ? "its function_call is not read: write tool_calls" : "it is no message of an assistant"
        let broken = CheckOutcome.error(why)
        return SuiteSample(completion: given.shown, checks: checks.map { CheckResult($0.check, broken) }, score: nil)
      }
      completion = parsed
    }
    var score: Double?
    var asksReward = false
    var results: [CheckResult] = []
    for (check, scoring) in checks {
      var found: CheckOutcome
      if let scoring {
        var value: Double?
        (found, value) = reward(scoring, given)
        // A reward that must not be had is none to compare by: more of it is worse.
        if !asksReward, !check.isNegated { score = value }
        asksReward = asksReward || !check.isNegated
      } else {
        found = outcome(check.kind, completion, completion.text)
      }
      // Places are those of the text, which a message is shown around.
      if case .message = given { found.range = nil }
      results.append(CheckResult(check, found))
    }
    return SuiteSample(completion: given.shown, checks: results, score: score)
  }

  private func outcome(_ kind: PromptCheck.Kind, _ completion: Completion, _ text: [UInt8]) -> CheckOutcome {
    switch kind {
    case .text, .regex, .json: TextCheck.outcome(kind, text) ?? .skipped("")
    case .format: format(completion)
    case .validToolsCall: validity(completion)
    case .toolCallF1(let threshold): f1(completion, threshold)
    case .toolCallMatch: match(completion)
    case .noCall:
      completion.attempts.first.map { .failed("there is a call", at: $0.range) } ?? Self.unreadable(completion)
        ?? .passed
    default: .skipped("")
    }
  }

  private func reward(_ scoring: Scoring, _ given: SuiteCompletion) -> (CheckOutcome, Double?) {
    switch scoring {
    case .not(let why): return (why, nil)
    case .ready(let scorer, let task, let threshold):
      let verdict =
        switch given {
        case .text(let text): scorer.score(text, for: task)
        case .message(let message): scorer.score(message: message, for: task)
        }
      let codes = verdict.findings.map(\.code.name).joined(separator: ", ")
      guard let score = verdict.score else { return (.error("it cannot be judged: \(codes)"), nil) }
      if score >= threshold { return (.passed, score) }
      return (
        .failed(
          "\(scorer.reward.name) is \(score), less than \(threshold)\(codes.isEmpty ? "" : ": \(codes)")",
          at: verdict.findings.lazy.compactMap(\.range).first), score
      )
    }
  }

  /// Whether there must be reasoning is a reward's question: here what there is must be whole.
  private func format(_ completion: Completion) -> CheckOutcome {
    if let block = completion.reasoning.first(where: { !completion.isWhole($0) }) {
      let why = block.isClosed ? "closes what nothing opened" : "is not closed"
      return .failed("the reasoning at byte \(block.range.lowerBound) \(why)", at: block.range)
    }
    if let stray = completion.diagnostics.first(where: { $0.code == .strayReasoningClose }) {
      return .failed(stray.code.message, at: stray.range)
    }
    if view == .prefilled, completion.hasReasoningRule, completion.reasoning.isEmpty {
      return .failed("the reasoning that the prompt opened is not closed")
    }
    if let bad = Self.unreadable(completion) { return bad }
    if !completion.frames.isEmpty, completion.hasStrayCallMarker {
      return .failed("a marker of calls beside the calls frames nothing")
    }
    if let frame = completion.frames.first(where: { !$0.isClosed }) {
      return .failed("the frame at byte \(frame.range.lowerBound) is not closed", at: frame.range)
    }
    return .passed
  }

  /// The failure of the first call that cannot be read, or of one that is cut off where it begins; `nil` if there is none.
  private static func unreadable(_ completion: Completion) -> CheckOutcome? {
    if let bad = completion.attempts.first(where: { $0.status != .ok }) {
      return .failed("a call at byte \(bad.range.lowerBound) is \(bad.status.rawValue)", at: bad.range)
    }
    return completion.diagnostics.first { isBegun($0, completion) }.map {
      .failed("a call begins at byte \($0.range.lowerBound) and does not end", at: $0.range)
    }
  }

  /// Whether a diagnostic is of an opening marker behind which a call begins. One that prose speaks of has words behind it.
  private static func isBegun(_ diagnostic: Diagnostic, _ completion: Completion) -> Bool {
    switch diagnostic.code {
    case .unfinishedCall, .textInSection: return true
    case .unconfirmedOpener:
      let rest = completion.text[min(diagnostic.range.upperBound, completion.text.count)...]
        .drop { TextSpace.isSpace($0) }
      let beginnings: [UInt8] = [0x3C, 0x5B, 0x7B]
      guard let first = rest.first else { return true }
      return beginnings.contains(first) && !rest.contains { TextSpace.isSpace($0) }
    default: return false
    }
  }

  private func validity(_ completion: Completion) -> CheckOutcome {
    let tools: Toolbox
    switch openToolbox {
    case .none: return .skipped("the case has no tools")
    case .failure(let error): return .error("\(error)")
    case .success(let found): tools = found
    }
    guard !completion.attempts.isEmpty else { return .failed("there is no call") }
    if let bad = Self.unreadable(completion) { return bad }
    for attempt in completion.attempts {
      guard let name = completion.name(of: attempt)?.stringBytes, let arguments = completion.arguments(of: attempt)
      else { return .failed("a call at byte \(attempt.range.lowerBound) has no name", at: attempt.range) }
      let found = tools.check(name: name, arguments: arguments)
      switch found.outcome {
      case .valid, .notChecked: break
      case .indeterminate: return .error(found.reason ?? "the schema does not say")
      case .unknownTool: return .failed("no tool is called \(TextCheck.shown(name))", at: attempt.range)
      case .coercible, .invalid:
        let why = found.violations.first.map { ": \($0)" } ?? ""
        return .failed(
          "the arguments of \(TextCheck.shown(name)) are not what its schema asks for\(why)", at: attempt.range)
      }
    }
    return .passed
  }

  private func withTruth(_ body: (GroundTruth) -> CheckOutcome) -> CheckOutcome {
    switch truth {
    case .none: .skipped("the case has no ground_truth")
    case .failure(let error): .error("\(error)")
    case .success(let truth): body(truth)
    }
  }

  private func f1(_ completion: Completion, _ threshold: Double) -> CheckOutcome {
    withTruth { truth in
      let given = Set(completion.calls.compactMap(\.name.stringBytes))
      let expected = Set(truth.calls.compactMap(\.name.stringBytes))
      let shared = given.intersection(expected).count
      // A call that cannot be read is a call all the same, of no tool that was expected.
      let isBegun = completion.attempts.isEmpty && Self.unreadable(completion) != nil
      let made = given.count + completion.attempts.count { $0.status != .ok } + (isBegun ? 1 : 0)
      let value = made + expected.count == 0 ? 1 : Double(2 * shared) / Double(made + expected.count)
      return value >= threshold ? .passed : .failed("F1 of the called names is \(value), less than \(threshold)")
    }
  }

  private func match(_ completion: Completion) -> CheckOutcome {
    withTruth { truth in
      if let bad = Self.unreadable(completion) { return bad }
      let match = CallMatcher().match(completion, truth)
      if match.isExact { return .passed }
      if !match.missing.isEmpty || !match.surplus.isEmpty {
        return .failed(
          "\(DecimalText.counted(match.missing.count, "call")) missing, \(DecimalText.counted(match.surplus.count, "call")) too many"
        )
      }
      let pointers = match.pairs.flatMap(\.mismatches).map(\.pointer).joined(separator: ", ")
      let place = completion.attempts.count == 1 ? completion.attempts.first?.range : nil
      return .failed("arguments differ: \(pointers)", at: place)
    }
  }
}
