/// A rule that turns a parsed completion into a verdict. Immutable and shared; judging allocates nothing that outlives the verdict.
public protocol RewardPolicy: Sendable {
  /// The name in options and output.
  var name: String { get }
  /// One line for people.
  var summary: String { get }
  /// Where the rule comes from: paper, file or specification.
  var source: String { get }
  /// The keys of the components: the same for every verdict of this policy.
  var componentNames: [String] { get }
  /// The format that belongs to the policy, if it judges by that one alone.
  var format: CompletionFormat? { get }
  /// How ground truth given as text is read.
  var syntax: ValueReader.Syntax { get }
  /// Whether the tools of a sample play a part. If not they are not read, though they must be JSON. By default they do.
  var usesTools: Bool { get }
  /// Reads a sample's ground truth. O(value).
  ///
  /// - Throws: ``GroundTruthError`` if nothing can be judged by it.
  func compile(groundTruth value: Value) throws(GroundTruthError) -> GroundTruth
  /// Judges a completion. Total: whatever the completion, there is a verdict. O(completion and ground truth).
  func judge(_ completion: Completion, against truth: GroundTruth, tools: Toolbox?) -> Verdict
  /// Judges a completion where nobody reads the reasons: score and components as ``judge(_:against:tools:)`` gives them, findings only
  /// where they cost nothing or the sample cannot be judged. By default it gives them all.
  func judgeBriefly(_ completion: Completion, against truth: GroundTruth, tools: Toolbox?) -> Verdict
}

extension RewardPolicy {
  public var usesTools: Bool { true }

  public func judgeBriefly(_ completion: Completion, against truth: GroundTruth, tools: Toolbox?) -> Verdict {
    judge(completion, against: truth, tools: tools)
  }

  /// Reads the shapes of ``GroundTruth/init(_:syntax:)``.
  public func compile(groundTruth value: Value) throws(GroundTruthError) -> GroundTruth {
    try GroundTruth(value, syntax: syntax)
  }

  /// Where calls name a tool that the sample does not offer. Without tools nothing is checked.
  func unknownTools(_ completion: Completion, _ tools: Toolbox?) -> [Finding] {
    guard let tools else { return [] }
    var findings: [Finding] = []
    for (index, attempt) in completion.attempts.enumerated() {
      guard let node = attempt.name, completion.tape.nodes[node].kind == .string else { continue }
      if !tools.contains(completion.tape.payload(of: node)) {
        findings.append(Finding(.unknownTool, .warning, range: attempt.range, attempt: index))
        if findings.count >= Finding.limit { break }
      }
    }
    return findings
  }
}

extension Finding {
  /// The most findings of one kind that a verdict carries: the first ones.
  static let limit = 32

  /// The differences of a match, as findings.
  static func differences(_ match: CallMatch, in completion: Completion) -> [Finding] {
    var findings: [Finding] = []
    for pair in match.pairs where !pair.mismatches.isEmpty {
      let attempt = completion.attempts[pair.attempt]
      for mismatch in pair.mismatches where findings.count < limit {
        let range = mismatch.actual.flatMap { completion.sourceRange(of: $0, in: attempt) } ?? attempt.range
        findings.append(
          Finding(
            .mismatch(mismatch.kind), .error, range: range, attempt: pair.attempt, expectedCall: pair.expected,
            pointer: mismatch.pointer))
      }
    }
    for expected in match.missing.prefix(limit) {
      findings.append(Finding(.missingCall, .error, expectedCall: expected))
    }
    for surplus in match.surplus.prefix(limit) {
      findings.append(Finding(.surplusCall, .error, range: completion.attempts[surplus].range, attempt: surplus))
    }
    return findings
  }

  /// The parser's diagnostics, as findings.
  static func diagnostics(of completion: Completion, severity: (Diagnostic) -> Severity) -> [Finding] {
    completion.diagnostics.prefix(limit).map {
      Finding($0.code, severity($0), range: $0.range, attempt: $0.attempt)
    }
  }
}

extension Completion {
  /// Where a node of an attempt stands in ``text``; `nil` if it was read from a text made from it.
  func sourceRange(of node: Int, in attempt: CallAttempt) -> Range<Int>? {
    guard let frame = attempt.frame, !attempt.usedLeniency, frames[frame].innerText == .none,
      let range = tape.sourceRange(of: node, in: text.span), range.lowerBound >= frames[frame].range.lowerBound,
      range.upperBound <= frames[frame].range.upperBound
    else { return nil }
    return range
  }
}
