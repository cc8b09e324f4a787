/// Rewards put together by an expression: weighted sums, gates, affine maps, bounds, schedules.
///
/// Each reward in it is judged once, in its own format if it has one. Components are the rewards' scores by name, then their components as
/// `name.component`, always all of them. The score is `nil` if the expression needs a part that could not be judged.
public struct CompositeReward: RewardPolicy {
  public let name: String
  public let summary: String
  /// What is computed.
  public let expression: RewardExpression
  /// The training step, for schedules.
  public let step: Int
  public let componentNames: [String]
  private let parts: [Part]

  private struct Part: Sendable {
    let policy: any RewardPolicy
    /// For a policy that reads completions its own way.
    let parser: CompletionParser?
    /// Where its score and components stand among ``componentNames``.
    let firstComponent: Int
  }

  /// Puts rewards together.
  ///
  /// Rewards of the same name count as the same reward.
  public init(name: String, summary: String = "a composition of rewards", _ expression: RewardExpression, step: Int = 0)
  {
    self.name = name
    self.summary = summary
    self.expression = expression
    self.step = step
    var parts: [Part] = []
    var names: [String] = []
    for policy in expression.policies where !parts.contains(where: { $0.policy.name == policy.name }) {
      parts.append(
        Part(policy: policy, parser: policy.format.map { CompletionParser($0) }, firstComponent: names.count))
      names.append(policy.name)
      names += policy.componentNames.map { "\(policy.name).\($0)" }
    }
    self.parts = parts
    componentNames = names
  }

  public var source: String { parts.map(\.policy.source).joined(separator: "; ") }
  /// The parts' own format, if all have the same.
  public var format: CompletionFormat? {
    guard let first = parts.first?.policy.format, parts.allSatisfy({ $0.policy.format == first }) else { return nil }
    return first
  }
  /// Python's if some part reads so.
  public var syntax: ValueReader.Syntax { parts.contains { $0.policy.syntax == .python } ? .python : .json }

  public var usesTools: Bool { parts.contains { $0.policy.usesTools || $0.parser?.usesTools ?? false } }

  /// Reads the ground truth for each part as that part does.
  public func compile(groundTruth value: Value) throws(GroundTruthError) -> GroundTruth {
    var truths: [GroundTruth] = []
    for part in parts { truths.append(try part.policy.compile(groundTruth: value)) }
    return try GroundTruth(parts: truths)
  }

  public func judge(_ completion: Completion, against truth: GroundTruth, tools: Toolbox?) -> Verdict {
    var components = [Double?](repeating: nil, count: componentNames.count)
    var findings: [Finding] = []
    var verdicts: [Verdict] = []
    for (index, part) in parts.enumerated() {
      var own = completion
      if let parser = part.parser, !completion.isStructured {
        own = parser.parse(completion.text, view: completion.view, tools: tools)
      }
      let partTruth = index < truth.parts.count ? truth.parts[index] : truth
      let verdict = part.policy.judge(own, against: partTruth, tools: tools)
      components[part.firstComponent] = verdict.score
      for (offset, component) in verdict.components.enumerated() {
        components[part.firstComponent + 1 + offset] = component
      }
      for finding in verdict.findings where !findings.contains(finding) { findings.append(finding) }
      verdicts.append(verdict)
    }
    return Verdict(score: value(of: expression, verdicts), components: components, findings: findings)
  }

  /// Depth is bounded by who wrote the expression: a file's by ``CompositeReward/init(file:registry:step:)``.
  private func value(of expression: RewardExpression, _ verdicts: [Verdict]) -> Double? {
    switch expression {
    case .score(let policy): return part(policy).flatMap { verdicts[$0].score }
    case .component(let name, let policy):
      guard let index = part(policy), let position = policy.componentNames.firstIndex(of: name) else { return nil }
      return position < verdicts[index].components.count ? verdicts[index].components[position] : nil
    case .constant(let number): return number
    case .schedule(let points): return SchedulePoint.value(of: points, at: Double(step))
    case .sum(let terms):
      var sum = 0.0
      for (weight, term) in terms {
        guard let weight = value(of: weight, verdicts), let term = value(of: term, verdicts) else { return nil }
        sum += weight * term
      }
      return sum
    case .gate(let condition, let bound, let then, let otherwise):
      guard let condition = value(of: condition, verdicts) else { return nil }
      return value(of: condition >= bound ? then : otherwise, verdicts)
    case .affine(let term, let scale, let offset): return value(of: term, verdicts).map { scale * $0 + offset }
    case .clamp(let term, let minimum, let maximum):
      return value(of: term, verdicts).map { min(max($0, minimum), maximum) }
    }
  }

  private func part(_ policy: any RewardPolicy) -> Int? { parts.firstIndex { $0.policy.name == policy.name } }
}

extension RewardExpression {
  /// The rewards in it, in order, with repetitions.
  var policies: [any RewardPolicy] {
    switch self {
    case .score(let policy), .component(_, let policy): [policy]
    case .constant, .schedule: []
    case .sum(let terms): terms.flatMap { $0.weight.policies + $0.term.policies }
    case .gate(let condition, _, let then, let otherwise): condition.policies + then.policies + otherwise.policies
    case .affine(let term, _, _), .clamp(let term, _, _): term.policies
    }
  }
}
