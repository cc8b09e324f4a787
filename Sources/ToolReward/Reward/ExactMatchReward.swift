/// Equation 5 of Tool-N1 (arXiv 2505.00024 §3.2) on any format: 1 if the reasoning stands in its markers, every call in its frame is
/// whole, and the calls are the expected ones; else 0.
///
/// - Reasoning: one block, closed, before any call.
/// - Calls: every attempt is whole and without repeated names, and no marker stands about that frames nothing; calls inside reasoning are
///   no calls.
/// - Match: the same multiset of name and arguments under ``EqualityPolicy/numeric``. Where no call is expected, no attempt may be
///   made.
///
/// Where the sample brings tools, whether the calls are known and valid by their schemas is told, and costs nothing.
///
/// Text around the calls costs nothing. A payload beyond a limit cannot equal a ground truth that was read within it, so that it is a
/// mismatch.
public struct ExactMatchReward: RewardPolicy {
  private let matcher: CallMatcher

  /// Creates the reward.
  public init(arguments: EqualityPolicy = .numeric) {
    matcher = CallMatcher(arguments: arguments, names: .numeric)
  }

  public var name: String { "exact-match" }
  public var summary: String { "the paper's equation 5 on any format: reasoning and calls whole, calls equal; 1 or 0" }
  public var source: String { "arXiv 2505.00024, equation 5" }
  public var componentNames: [String] { ["reasoning", "format", "names", "calls", "schema"] }
  public var format: CompletionFormat? { nil }
  public var syntax: ValueReader.Syntax { .json }

  public func judge(_ completion: Completion, against truth: GroundTruth, tools: Toolbox?) -> Verdict {
    let firstFrame = completion.frames.first?.range.lowerBound ?? completion.text.count
    let first = completion.reasoning.first
    let isReasonClosed = completion.reasoning.count == 1 && completion.reasoning.allSatisfy { completion.isWhole($0) }
    let isReasonFirst = first.map { $0.range.upperBound <= firstFrame } ?? false
    // A format without reasoning has none to ask for.
    let needsReasoning = completion.hasReasoningRule || !completion.reasoning.isEmpty
    let reasoning = !needsReasoning || (isReasonClosed && isReasonFirst)
    let calls = completion.actualCalls
    var isFormat = true
    for attempt in completion.attempts where attempt.status != .ok || attempt.hasDuplicateMembers { isFormat = false }
    if completion.frames.contains(where: { !$0.isClosed }) { isFormat = false }
    // Beside calls a marker that frames nothing is no prose.
    if !completion.frames.isEmpty, completion.hasStrayCallMarker { isFormat = false }
    // Nor is the beginning of a call, or text between calls that belong together.
    if completion.diagnostics.contains(where: { $0.code == .unfinishedCall || $0.code == .textInSection }) {
      isFormat = false
    }
    let isWhole = isFormat && calls.count == completion.attempts.count
    let isMatch = isWhole && matcher.isExact(calls, completion.tape, truth)
    let hasNames = isMatch || matcher.hasSameNames(calls, completion.tape, truth)
    let score: Double = reasoning && isMatch ? 1 : 0
    var verdict = Verdict(
      score: score,
      components: [
        needsReasoning ? (reasoning ? 1 : 0) : nil, isFormat ? 1 : 0, hasNames ? 1 : 0, isMatch ? 1 : 0, nil,
      ])
    if score == 1, completion.diagnostics.isEmpty, tools == nil { return verdict }
    if needsReasoning, !isReasonClosed { verdict.findings.append(Finding(.missingReasoning, .error)) }
    if isReasonClosed, !isReasonFirst {
      verdict.findings.append(Finding(.reasoningNotFirst, .error, range: completion.frames.first?.range))
    }
    verdict.findings += Finding.diagnostics(of: completion) { diagnostic in
      if score == 1 || diagnostic.code.isLeniency || diagnostic.code == .surplusMember { return .info }
      return diagnostic.attempt == nil ? .warning : .error
    }
    if !isMatch {
      verdict.findings += Finding.differences(matcher.report(calls, completion.tape, truth), in: completion)
    }
    verdict.findings += unknownTools(completion, tools)
    let schema = SchemaCheck(completion, tools, severity: .warning)
    verdict.components[4] = schema.component
    verdict.findings += schema.findings
    return verdict
  }
}
