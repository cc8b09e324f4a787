public import ToolReward

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

  /// Creates a result.
  public init(description: String, templates: [String], cases: [String], cells: [SuiteCell]) {
    self.description = description
    self.templates = templates
    self.cases = cases
    self.cells = cells
  }

  /// How many cells passed.
  public var passed: Int { cells.count { $0.isPassed } }
  /// How many cells failed.
  public var failed: Int { cells.count - passed }

  /// The cell of a template with a case.
  public func cell(_ template: Int, _ test: Int) -> SuiteCell { cells[template * cases.count + test] }
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

  /// Whether nothing failed. A template that gives no prompt fails unless a check asks just for that.
  public var isPassed: Bool {
    checks.allSatisfy { $0.outcome != .failed } && samples.allSatisfy(\.isPassed)
  }

  /// How many of its completions passed.
  public var passedSamples: Int { samples.count { $0.isPassed } }

  /// How likely it is that of `count` completions one passes, estimated without bias from those there are: 1 − C(n − c, k) / C(n, k)
  /// (Chen et al., arXiv 2107.03374). `nil` if there are fewer.
  public func passAt(_ count: Int) -> Double? {
    guard count > 0, samples.count >= count else { return nil }
    return 1 - Self.ratio(samples.count - passedSamples, samples.count, count)
  }

  /// How likely it is that of `count` completions all pass: C(c, k) / C(n, k) (τ-bench, arXiv 2406.12045). `nil` if there are fewer.
  public func passAll(_ count: Int) -> Double? {
    guard count > 0, samples.count >= count else { return nil }
    return Self.ratio(passedSamples, samples.count, count)
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

  /// Whether nothing failed.
  public var isPassed: Bool { checks.allSatisfy { $0.outcome != .failed } }
}
