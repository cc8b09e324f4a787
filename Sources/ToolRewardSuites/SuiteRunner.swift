internal import ToolReward
internal import ToolRewardPrompts

/// Runs suites.
public struct SuiteRunner: Sendable {
  /// The recorded prompts; `nil` where there are none.
  public var snapshots: SnapshotStore?

  /// Whether completions were asked for: then a cell that has checks of completions and none to check has a check `completions` that could
  /// not be made. `nil`: if there are any at all.
  public var expectsCompletions: Bool?

  /// Creates a runner.
  public init(snapshots: SnapshotStore? = nil, expectsCompletions: Bool? = nil) {
    self.snapshots = snapshots
    self.expectsCompletions = expectsCompletions
  }

  /// Renders each template with each case, and checks prompts and completions. O(templates × cases × checks).
  ///
  /// - Parameters:
  ///   - suite: The suite.
  ///   - completions: What models wrote; see ``expectsCompletions``.
  ///   - progress: Called after each cell with how many are done.
  public func run(
    _ suite: PromptSuite, completions: SuiteCompletions = SuiteCompletions(), progress: (Int) -> Void = { _ in }
  ) -> SuiteResult {
    var cells: [SuiteCell] = []
    let expects = expectsCompletions ?? !completions.isEmpty
    for template in suite.templates {
      for test in suite.cases {
        let texts = completions.completions(template: template.name, case: test.name)
        let missing = completions.missing(template: template.name, case: test.name)
        cells.append(cell(template, test, suite.checks + test.checks, texts, missing, expects))
        progress(cells.count)
      }
    }
    return SuiteResult(
      description: suite.description, templates: suite.templates.map(\.name), cases: suite.cases.map(\.name),
      cells: cells, specialTokens: suite.templates.map(\.specialTokens))
  }

  private func cell(
    _ template: PromptSuite.Template, _ test: PromptSuite.Case, _ checks: [PromptCheck],
    _ completions: [SuiteCompletion],
    _ missing: [String], _ expects: Bool
  ) -> SuiteCell {
    let probe = PromptProbe(template: template, test: test)
    let asked = checks.filter(\.isOfCompletion)
    var prompt: [UInt8]?
    var failure: PromptError?
    do throws(PromptError) { prompt = try probe.render() } catch { failure = error }
    var results: [CheckResult] = []
    if let prompt {
      results = checks.filter { !$0.isOfCompletion }.map {
        CheckResult($0, probe.outcome(of: $0.kind, prompt, snapshots))
      }
    } else if let failure {
      results = Self.withoutPrompt(checks, failure)
    }
    var missing = missing
    // Without a prompt nothing could come: the template's failure tells of it.
    if expects, prompt != nil, completions.isEmpty, missing.isEmpty, !asked.isEmpty {
      missing = ["there is none of this template and this case"]
    }
    if let why = missing.first {
      let all = missing.count + completions.count
      results.append(
        CheckResult(check: "completions", outcome: .error, message: "\(missing.count) of \(all) did not come: \(why)"))
    }
    let isPrefilled = prompt.map { probe.openReasoning($0) != nil } ?? false
    let judge = completions.isEmpty ? nil : CompletionJudge(template, test, asked, isPrefilled: isPrefilled)
    return SuiteCell(
      template: template.name, test: test.name, prompt: prompt, error: failure, checks: results,
      samples: completions.compactMap { judge?.sample($0) })
  }

  /// Of a template that gives no prompt only `renders` can be told, and `not-renders`. It fails if neither is asked for.
  private static func withoutPrompt(_ checks: [PromptCheck], _ error: PromptError) -> [CheckResult] {
    var results: [CheckResult] = []
    for check in checks {
      guard case .renders = check.kind else { continue }
      results.append(CheckResult(check, .failed("\(error)")))
    }
    if results.isEmpty { results.append(CheckResult(.renders, .failed("\(error)"))) }
    return results
  }
}
