/// The Tool-N1 paper's definition without the holes of its code: what a completion must be, and nothing else (arXiv 2505.00024,
/// equation 5, read to the letter).
///
/// 1 if all of this holds, else 0:
/// - exactly one reasoning block; it comes first, is closed, and holds more than white space; none is asked of formats that have none;
/// - calls after it, outside it; besides them only white space and end-of-turn tokens;
/// - every call whole, without repeated or surplus members and without any leniency;
/// - where the sample brings tools, every call names one of them, and its arguments are valid by the tool's schema; arguments of another type
///   that could be read as the right one are not: coercion is never silent. What cannot be told does not cost;
/// - the calls are the expected ones, each exactly once, under ``EqualityPolicy/numeric``. A ground truth may accept several values
///   for an argument: ``GroundTruth/init(_:syntax:acceptingValues:)``.
///
/// Where no call is right, the reasoning is followed by an empty list in the call tags, or by plain text without any attempt at a call, a begun one
/// included.
public struct StrictReward: RewardPolicy {
  private let matcher = CallMatcher(arguments: .numeric, names: .numeric)

  /// Creates the reward.
  public init() {}

  public var name: String { "strict" }
  public var summary: String {
    "one reasoning block, then exactly the expected calls, all whole and known, and nothing else; 1 or 0"
  }
  public var source: String { "arXiv 2505.00024, equation 5, without the published code's holes" }
  public var componentNames: [String] { ["reasoning", "layout", "format", "tools", "schema", "names", "calls"] }
  public var format: CompletionFormat? { nil }
  public var syntax: ValueReader.Syntax { .json }

  /// Reads accepted values as well.
  public func compile(groundTruth value: Value) throws(GroundTruthError) -> GroundTruth {
    try GroundTruth(value, syntax: .json, acceptingValues: true)
  }

  public func judge(_ completion: Completion, against truth: GroundTruth, tools: Toolbox?) -> Verdict {
    var findings: [Finding] = []
    // A format without reasoning has none to ask for.
    let needsReasoning = completion.hasReasoningRule || !completion.reasoning.isEmpty
    let reasoning = !needsReasoning || hasReasoning(completion, &findings)
    let layout = hasLayout(completion, truth, &findings)
    var isWhole = true
    let calls = completion.actualCalls
    for attempt in completion.attempts
    where attempt.status != .ok || attempt.hasDuplicateMembers || attempt.hasSurplusMembers || attempt.usedLeniency {
      isWhole = false
    }
    if completion.frames.contains(where: { !$0.isClosed }) { isWhole = false }
    if completion.diagnostics.contains(where: { $0.code == .illFormedUTF8 }) { isWhole = false }
    let unknown = unknownTools(completion, tools)
    let isExact =
      calls.count == completion.attempts.count && matcher.isExact(calls, completion.tape, truth)
    let hasNames = isExact || matcher.hasSameNames(calls, completion.tape, truth)
    let schema = SchemaCheck(completion, tools, severity: .error)
    let isRight = reasoning && layout && isWhole && unknown.isEmpty && !schema.isInvalid && isExact
    var verdict = Verdict(
      score: isRight ? 1 : 0,
      components: [
        needsReasoning ? (reasoning ? 1 : 0) : nil, layout ? 1 : 0, isWhole ? 1 : 0,
        tools == nil ? nil : unknown.isEmpty ? 1 : 0,
        schema.component, hasNames ? 1 : 0, isExact ? 1 : 0,
      ])
    if isRight, completion.diagnostics.isEmpty, schema.findings.isEmpty { return verdict }
    verdict.findings = findings
    verdict.findings += Finding.diagnostics(of: completion) { _ in isRight ? .info : .error }
    if !isExact {
      verdict.findings += Finding.differences(matcher.report(calls, completion.tape, truth), in: completion)
    }
    verdict.findings += unknown.map {
      var finding = $0
      finding.severity = .error
      return finding
    }
    verdict.findings += schema.findings
    return verdict
  }

  /// One block, first, closed, not empty.
  private func hasReasoning(_ completion: Completion, _ findings: inout [Finding]) -> Bool {
    guard let block = completion.reasoning.first, completion.isWhole(block) else {
      findings.append(Finding(.missingReasoning, .error))
      return false
    }
    var isGood = true
    func fail(_ code: Diagnostic.Code, _ range: Range<Int>) {
      findings.append(Finding(code, .error, range: range))
      isGood = false
    }
    if completion.reasoning.count > 1 { fail(.repeatedReasoning, completion.reasoning[1].range) }
    if !completion.isStructured || !block.isPrefilled {
      let content = PythonText.strip(completion.text.span, block.content)
      if content.isEmpty { fail(.emptyReasoning, block.range) }
      let before = PythonText.strip(completion.text.span, completion.bodyStart..<block.range.lowerBound)
      if !before.isEmpty { fail(.reasoningNotFirst, before) }
    }
    return isGood
  }

  /// Nothing but the calls after the reasoning; or, where no call is right, text without any marker.
  private func hasLayout(_ completion: Completion, _ truth: GroundTruth, _ findings: inout [Finding]) -> Bool {
    var isGood = true
    func fail(_ code: Diagnostic.Code, _ range: Range<Int>) {
      if isGood { findings.append(Finding(code, .error, range: range)) }
      isGood = false
    }
    let mayTalk = truth.isEmpty && completion.frames.isEmpty
    for segment in completion.segments where segment.kind == .text {
      let end = min(segment.range.upperBound, completion.bodyEnd)
      guard segment.range.lowerBound < end else { continue }
      let text = PythonText.strip(completion.text.span, segment.range.lowerBound..<end)
      if !text.isEmpty, !mayTalk { fail(.surplusText, text) }
    }
    // A stray marker is an attempt of a kind; but prose may mention the opening one.
    for diagnostic in completion.diagnostics {
      switch diagnostic.code {
      case .unconfirmedOpener where mayTalk: break
      case .strayCallClose, .strayReasoningClose, .unconfirmedOpener, .unfinishedCall, .callInReasoning,
        .callEndsReasoning,
        .textInSection:
        fail(diagnostic.code, diagnostic.range)
      default: break
      }
    }
    if truth.isEmpty, completion.frames.count > 1 { fail(.surplusText, completion.frames[1].range) }
    return isGood
  }
}

extension Diagnostic.Code {
  /// `empty_reasoning`: the reasoning block is empty.
  public static let emptyReasoning = Self("empty_reasoning", "the reasoning block is empty")
  /// `surplus_text`: something stands where only the calls should.
  public static let surplusText = Self("surplus_text", "something stands where only the calls should")
}
