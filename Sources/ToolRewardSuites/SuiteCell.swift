public import ToolRewardPrompts
internal import ToolRewardReport

/// What became of a suite.
public struct SuiteResult: Sendable {
  /// What the suite is about.
  public let description: String
  /// The templates' names, in the suite's order.
  public let templates: [String]
  /// The cases' names, in the suite's order.
  public let cases: [String]
  /// A cell for each template with each case, template by template.
  public let cells: [SuiteCell]
  /// Each template's special tokens, which pages mark.
  let specialTokens: [[[UInt8]]]

  init(
    description: String, templates: [String], cases: [String], cells: [SuiteCell], specialTokens: [[[UInt8]]] = []
  ) {
    self.description = description
    self.templates = templates
    self.cases = cases
    self.cells = cells
    self.specialTokens = specialTokens
  }

  /// How many cells passed.
  public var passed: Int { cells.count { $0.isPassed } }
  /// How many cells have a check that could not be made.
  public var errors: Int { cells.count { $0.hasErrors } }
  /// How many cells failed, and have no such check.
  public var failed: Int { cells.count - passed - errors }

  /// The cell of a template with a case, by their places in ``templates`` and ``cases``.
  public func cell(_ template: Int, _ test: Int) -> SuiteCell { cells[template * cases.count + test] }

  func cells(of template: Int) -> ArraySlice<SuiteCell> {
    cells[(template * cases.count)..<((template + 1) * cases.count)]
  }

  /// How sure the part of a template's completions that passed is, over cases; `nil` if none could be judged.
  func passInterval(_ template: Int) -> ClosedRange<Double>? {
    let judged = cells(of: template).filter { $0.judgedSamples > 0 }
    return judged.isEmpty ? nil : Statistics.wilson(clusters: judged.map { ($0.passedSamples, $0.judgedSamples) })
  }

  /// The mean of an estimate over a template's cells that have one, and how many those are; `nil` if none has.
  func mean(_ template: Int, _ estimate: (SuiteCell) -> Double?) -> (value: Double, cells: Int)? {
    let values = cells(of: template).compactMap(estimate)
    return values.isEmpty ? nil : (values.reduce(0, +) / Double(values.count), values.count)
  }
}

/// A template with a case.
public struct SuiteCell: Sendable {
  /// The template's name.
  public let template: String
  /// The case's name.
  public let test: String
  /// The prompt; `nil` if the template gave none.
  public let prompt: [UInt8]?
  /// Why there is no prompt.
  public let error: PromptError?
  /// The prompt's checks.
  public let checks: [CheckResult]
  /// What models wrote after the prompt, and its checks.
  public let samples: [SuiteSample]
  /// How many of its completions could be judged.
  public let judgedSamples: Int
  /// How many of its completions passed.
  public let passedSamples: Int

  init(
    template: String, test: String, prompt: [UInt8]?, error: PromptError?, checks: [CheckResult],
    samples: [SuiteSample]
  ) {
    self.template = template
    self.test = test
    self.prompt = prompt
    self.error = error
    self.checks = checks
    self.samples = samples
    let outcomes = samples.map(\.outcome)
    passedSamples = outcomes.count { $0 == .passed }
    judgedSamples = passedSamples + outcomes.count { $0 == .failed }
  }

  /// Whether no check failed, and none could not be made. A template that gives no prompt fails unless a check asks just for that.
  public var isPassed: Bool {
    !checks.contains(where: \.isBad) && !samples.contains { $0.checks.contains(where: \.isBad) }
  }

  /// Whether a check could not be made.
  public var hasErrors: Bool {
    checks.contains { $0.outcome == .error } || samples.contains { $0.outcome == .error }
  }

  /// How likely it is that of `count` completions one passes, estimated without bias from those judged: 1 − C(n − c, k) / C(n, k)
  /// (Chen et al., arXiv 2107.03374). `nil` if there are fewer. 0 if the template gave no prompt and should have.
  public func passAt(_ count: Int) -> Double? {
    if isHopeless { return count > 0 ? 0 : nil }
    guard count > 0, judgedSamples >= count else { return nil }
    return 1 - Self.ratio(judgedSamples - passedSamples, judgedSamples, count)
  }

  /// How likely it is that of `count` completions all pass: C(c, k) / C(n, k) (τ-bench, arXiv 2406.12045). Otherwise as ``passAt(_:)``.
  public func passAll(_ count: Int) -> Double? {
    if isHopeless { return count > 0 ? 0 : nil }
    guard count > 0, judgedSamples >= count else { return nil }
    return Self.ratio(passedSamples, judgedSamples, count)
  }

  /// ``passAt(_:)`` of 1, 2, … completions, so many at most. O(most).
  func passAtFirst(_ most: Int) -> [Double] {
    let isHopeless = isHopeless
    return ratios(judgedSamples - passedSamples, most).map { isHopeless ? 0 : 1 - $0 }
  }

  /// ``passAll(_:)`` of 1, 2, … completions, so many at most. O(most).
  func passAllFirst(_ most: Int) -> [Double] {
    let isHopeless = isHopeless
    return ratios(passedSamples, most).map { isHopeless ? 0 : $0 }
  }

  /// Whether the template gave no prompt, and should have.
  private var isHopeless: Bool { error != nil && !isPassed }

  /// C(some, count) / C(all, count), O(count).
  private static func ratio(_ some: Int, _ all: Int, _ count: Int) -> Double {
    guard some >= count else { return 0 }
    return (0..<count).reduce(1.0) { $0 * Double(some - $1) / Double(all - $1) }
  }

  /// The same of 1, 2, … of the completions that were judged, each from the one before.
  private func ratios(_ some: Int, _ most: Int) -> [Double] {
    var product = 1.0
    return (0..<min(most, judgedSamples)).map { place in
      product = place < some ? product * Double(some - place) / Double(judgedSamples - place) : 0
      return product
    }
  }
}

/// A completion, and what became of its checks.
public struct SuiteSample: Sendable {
  /// What the model wrote.
  public let completion: [UInt8]
  /// The checks.
  public let checks: [CheckResult]
  /// The score of the first reward that is asked for, and not turned round; `nil` if there is none, or the completion cannot be judged.
  public let score: Double?

  /// The worst of the checks' outcomes: one that could not be made, a failure, a pass; skipped if no check says anything.
  public var outcome: CheckResult.Outcome {
    for outcome: CheckResult.Outcome in [.error, .failed, .passed]
    where checks.contains(where: { $0.outcome == outcome }) {
      return outcome
    }
    return .skipped
  }

  /// What it counts for in a comparison: its score, or 1 if its checks passed and 0 if not; `nil` if it cannot be judged.
  var worth: Double? {
    switch outcome {
    case .passed, .failed: score ?? (outcome == .passed ? 1 : 0)
    case .skipped, .error: nil
    }
  }
}
