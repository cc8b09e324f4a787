public import ToolRewardPrompts

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

  /// Whether no check failed, and none could not be made. A template that gives no prompt fails unless a check asks just for that.
  public var isPassed: Bool {
    !checks.contains(where: \.isBad) && !samples.contains { $0.checks.contains(where: \.isBad) }
  }

  /// Whether a check could not be made.
  public var hasErrors: Bool {
    checks.contains { $0.outcome == .error } || samples.contains { $0.outcome == .error }
  }

  /// How many of its completions could be judged.
  public var judgedSamples: Int { samples.count { $0.outcome == .passed || $0.outcome == .failed } }

  /// How many of its completions passed.
  public var passedSamples: Int { samples.count { $0.outcome == .passed } }

  /// How likely it is that of `count` completions one passes, estimated without bias from those judged: 1 − C(n − c, k) / C(n, k)
  /// (Chen et al., arXiv 2107.03374). `nil` if there are fewer. 0 if the template gave no prompt and should have.
  public func passAt(_ count: Int) -> Double? {
    if error != nil, !isPassed { return count > 0 ? 0 : nil }
    guard count > 0, judgedSamples >= count else { return nil }
    return 1 - Self.ratio(judgedSamples - passedSamples, judgedSamples, count)
  }

  /// How likely it is that of `count` completions all pass: C(c, k) / C(n, k) (τ-bench, arXiv 2406.12045). Otherwise as ``passAt(_:)``.
  public func passAll(_ count: Int) -> Double? {
    if error != nil, !isPassed { return count > 0 ? 0 : nil }
    guard count > 0, judgedSamples >= count else { return nil }
    return Self.ratio(passedSamples, judgedSamples, count)
  }

  /// C(some, count) / C(all, count).
  private static func ratio(_ some: Int, _ all: Int, _ count: Int) -> Double {
    guard some >= count else { return 0 }
    return (0..<count).reduce(1.0) { $0 * Double(some - $1) / Double(all - $1) }
  }
}

/// A completion, and what became of its checks.
public struct SuiteSample: Sendable {
  /// What the model wrote.
  public let completion: [UInt8]
  /// The checks.
  public let checks: [CheckResult]
  /// The score of the first reward that is asked for; `nil` if there is none, or the completion cannot be judged.
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
