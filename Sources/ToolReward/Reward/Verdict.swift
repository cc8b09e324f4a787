/// What a reward says of one completion.
public struct Verdict: Sendable {
  /// The reward; `nil` if the sample could not be judged, which is never the same as 0.
  public var score: Double?
  /// The parts of the reward, in the order of the policy's ``RewardPolicy/componentNames``; `nil` where a part was not checked.
  public var components: [Double?]
  /// The reasons. Empty if there is nothing to say.
  public var findings: [Finding]

  /// Creates a verdict.
  public init(score: Double?, components: [Double?], findings: [Finding] = []) {
    self.score = score
    self.components = components
    self.findings = findings
  }

  /// A verdict on a sample that cannot be judged.
  public static func unscorable(_ code: Diagnostic.Code, componentCount: Int) -> Verdict {
    Verdict(
      score: nil, components: [Double?](repeating: nil, count: componentCount), findings: [Finding(code, .error)])
  }
}
