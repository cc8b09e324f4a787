/// The rewards of the published Tool-N1 code (NVlabs/Tool-N1, verl/utils/reward_score/toolcall.py; arXiv 2505.00024 §3.2), equal to
/// it on every completion that it can judge, its holes included:
///
/// - only the last `<tool_call>` block counts, wherever it stands, and its end is the next `</tool_call>`, inside a string too;
/// - reasoning is the mere presence of `<think>` and `</think>`, in any order, anywhere;
/// - text around the calls, surplus members and repeated names cost nothing.
///
/// Calls are compared as a multiset of name and `json.dumps(arguments, sort_keys=True)`. Where the official code raises an
/// exception (a number or a boolean as payload, nesting beyond Python's recursion limit, …) the score is 0 with the finding
/// `official_raises`.
public struct ToolN1Reward: RewardPolicy {
  /// The published variants.
  public enum Variant: String, Sendable, Hashable, CaseIterable {
    /// 1 if reasoning and calls are right, else 0: the reward of the paper.
    case v0 = "tool-n1"
    /// 1.2 right with reasoning, 1 right without, −0.2 wrong with reasoning, else 0.
    case v1 = "tool-n1-v1"
    /// As ``v0`` without the look at reasoning.
    case v2 = "tool-n1-v2"
    /// 0.2 for reasoning and 0.8 for the right calls.
    case v3 = "tool-n1-v3"
    /// As ``v3``, and 0.2 for the right names where the calls are wrong.
    case v4 = "tool-n1-v4"
    /// As ``v0`` in Llama 3's framing; a completion without a block is right if no call is expected.
    case llama = "tool-n1-llama"
  }

  /// The variant.
  public let variant: Variant
  private let matcher = CallMatcher(arguments: .toolN1, names: .python)

  /// Creates the reward.
  public init(_ variant: Variant = .v0) {
    self.variant = variant
  }

  public var name: String { variant.rawValue }
  public var summary: String {
    switch variant {
    case .v0: "Tool-N1 as trained: 1 if reasoning is there and the calls match, else 0"
    case .v1: "Tool-N1 ablation v1: 1.2, 1, -0.2 or 0 by reasoning and calls"
    case .v2: "Tool-N1 ablation v2: 1 if the calls match, reasoning not looked at"
    case .v3: "Tool-N1 ablation v3: 0.2 for reasoning + 0.8 for the calls"
    case .v4: "Tool-N1 ablation v4: 0.2 for reasoning + 0.8 for the calls, or 0.2 for their names"
    case .llama: "Tool-N1 for Llama 3: as tool-n1; no block is right where no call is"
    }
  }
  public var source: String { "arXiv 2505.00024; NVlabs/Tool-N1 verl/utils/reward_score/toolcall.py" }
  public var componentNames: [String] { ["reasoning", "format", "names", "calls"] }
  public var format: CompletionFormat? { variant == .llama ? .toolN1LlamaScan : .toolN1Scan }
  public var syntax: ValueReader.Syntax { .python }

  /// The published code does not look at tools.
  public var usesTools: Bool { false }

  /// The components' values for each of their sixteen combinations, so that a verdict makes no list of its own.
  private static let components: [[Double?]] = (0..<16).map { bits in (0..<4).map { Double(bits >> (3 - $0) & 1) } }

  /// What Python holds after the official code took the last block apart.
  private enum Result {
    case noBlock
    case none
    /// A number or a boolean, over which the official code tries to loop.
    case scalar
    /// An exception before anything is compared.
    case raises
    case limit
    /// An empty string, which passes for an empty list.
    case emptyText
    case wrongFormat
    case calls
  }

  public func judge(_ completion: Completion, against truth: GroundTruth, tools: Toolbox?) -> Verdict {
    judge(completion, against: truth, isBrief: false)
  }

  public func judgeBriefly(_ completion: Completion, against truth: GroundTruth, tools: Toolbox?) -> Verdict {
    judge(completion, against: truth, isBrief: true)
  }

  private func judge(_ completion: Completion, against truth: GroundTruth, isBrief: Bool) -> Verdict {
    let reasoning = completion.hasReasoningOpen && completion.hasReasoningClose
    var attempts = 0..<0
    var result = outcome(of: completion, attempts: &attempts)
    // Two variants look for reasoning before they loop, and give 0 without it.
    if result == .scalar { result = !reasoning && (variant == .v0 || variant == .llama) ? .wrongFormat : .raises }
    var calls: [CallMatcher.Actual] = []
    var isMatch = false
    var hasNames = false
    switch result {
    case .none, .wrongFormat, .scalar, .raises: break
    case .noBlock:
      isMatch = variant == .llama && truth.isEmpty
      hasNames = isMatch
    case .limit: return .unscorable(.limitReached, componentCount: componentNames.count)
    case .emptyText:
      isMatch = truth.isEmpty
      hasNames = isMatch
    case .calls:
      // Most completions have one call, and for that no list is made.
      if let call = completion.onlyCall(in: attempts), !completion.tape.nodes[call.name].isContainer,
        matcher.isExact(call, completion.tape, truth)
      {
        isMatch = true
        hasNames = true
        break
      }
      calls = completion.actualCalls(in: attempts)
      // A list or an object cannot be hashed: the official code catches that and calls it a mismatch.
      let isHashable = calls.allSatisfy { !completion.tape.nodes[$0.name].isContainer }
      isMatch = isHashable && matcher.isExact(calls, completion.tape, truth)
      hasNames = isMatch || (isHashable && matcher.hasSameNames(calls, completion.tape, truth))
    }
    let isFormat = result == .calls || result == .emptyText
    let verdict = Verdict(
      score: score(result, reasoning: reasoning, isMatch: isMatch, hasNames: hasNames),
      components: Self.components[(reasoning ? 8 : 0) + (isFormat ? 4 : 0) + (hasNames ? 2 : 0) + (isMatch ? 1 : 0)])
    if isBrief || isMatch && (reasoning || variant == .v2) && completion.diagnostics.isEmpty { return verdict }
    return explained(verdict, completion, truth, result, reasoning, isMatch, calls, attempts)
  }

  private func outcome(of completion: Completion, attempts: inout Range<Int>) -> Result {
    if completion.isStructured, let first = completion.attempts.firstIndex(where: { $0.frame == nil }) {
      attempts = first..<completion.attempts.count
      return completion.attempts[attempts].allSatisfy { $0.status == .ok } ? .calls : .wrongFormat
    }
    guard let frame = completion.frames.last(where: { $0.isClosed }) else { return .noBlock }
    attempts = frame.attempts
    switch frame.content {
    case .empty: return .none
    case .unreadable(let code): return unreadable(code)
    case .value(let root):
      if case .unreadable(let code) = frame.innerText {
        // The Llama variant does not catch the second json.loads' exception.
        let inner = unreadable(code)
        return variant == .llama && inner == .none ? .raises : inner
      }
      switch completion.tape.nodes[root].kind {
      case .null: return .none
      case .true_, .false_, .number: return .scalar
      case .string, .name: return completion.tape.nodes[root].count == 0 ? .emptyText : .wrongFormat
      case .array, .object:
        return completion.attempts[attempts].allSatisfy { $0.status == .ok } ? .calls : .wrongFormat
      }
    }
  }

  private func unreadable(_ code: ValueError.Code) -> Result {
    switch code {
    case .tooDeep, .integerTooLong: .raises
    case .tooLarge, .tooManyNodes: .limit
    default: .none
    }
  }

  private func score(_ result: Result, reasoning: Bool, isMatch: Bool, hasNames: Bool) -> Double {
    if result == .raises { return 0 }
    switch variant {
    case .v0: return isMatch && reasoning ? 1 : 0
    case .llama: return isMatch && (reasoning || result == .noBlock) ? 1 : 0
    case .v2: return isMatch ? 1 : 0
    case .v1:
      if isMatch { return reasoning ? 1.2 : 1 }
      return reasoning && result != .none && result != .noBlock ? -0.2 : 0
    case .v3: return (reasoning ? 0.2 : 0) + (isMatch ? 0.8 : 0)
    case .v4: return (reasoning ? 0.2 : 0) + (isMatch ? 0.8 : hasNames ? 0.2 : 0)
    }
  }

  /// The verdict with its reasons. Apart, because most completions in a good run need none.
  private func explained(
    _ verdict: Verdict, _ completion: Completion, _ truth: GroundTruth, _ result: Result,
    _ reasoning: Bool, _ isMatch: Bool, _ calls: [CallMatcher.Actual], _ attempts: Range<Int>
  ) -> Verdict {
    var verdict = verdict
    if !reasoning {
      let isFree = variant == .v2 || variant == .llama && result == .noBlock
      verdict.findings.append(Finding(.missingReasoning, isFree ? .info : .error))
    }
    let frame = completion.frames.last { $0.isClosed }
    switch result {
    case .noBlock: verdict.findings.append(Finding(.missingFrame, isMatch ? .info : .error))
    case .raises: verdict.findings.append(Finding(.officialRaises, .error, range: frame?.range))
    case .none, .scalar, .wrongFormat: verdict.findings.append(Finding(.notAList, .error, range: frame?.range))
    case .emptyText, .limit: break
    case .calls: break
    }
    verdict.findings += Finding.diagnostics(of: completion) { diagnostic in
      guard !isMatch, let attempt = diagnostic.attempt, attempts.contains(attempt) else { return .info }
      switch diagnostic.code {
      case .duplicateMember, .surplusMember, .nameNotString: return .info
      default: return diagnostic.code.isLeniency ? .info : .error
      }
    }
    if !isMatch, result == .calls || result == .emptyText {
      verdict.findings += Finding.differences(matcher.report(calls, completion.tape, truth), in: completion)
    }
    return verdict
  }
}
