internal import ToolReward
internal import ToolRewardPrompts

/// Runs suites.
public struct SuiteRunner: Sendable {
  /// The recorded prompts; `nil` where there are none.
  public var snapshots: SnapshotStore?

  /// Creates a runner.
  public init(snapshots: SnapshotStore? = nil) { self.snapshots = snapshots }

  /// Renders each template with each case, and checks prompts and completions. O(templates × cases × checks).
  ///
  /// - Parameters:
  ///   - suite: The suite.
  ///   - completions: What models wrote; checks of completions say nothing of cells that have none.
  ///   - progress: Called after each cell with how many are done.
  public func run(
    _ suite: PromptSuite, completions: SuiteCompletions = SuiteCompletions(), progress: (Int) -> Void = { _ in }
  ) -> SuiteResult {
    var cells: [SuiteCell] = []
    for template in suite.templates {
      for test in suite.cases {
        let texts = completions.completions(template: template.name, case: test.name)
        let missing = completions.missing(template: template.name, case: test.name)
        cells.append(cell(template, test, suite.checks + test.checks, texts, missing))
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
    _ missing: [String]
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
    if let why = missing.first {
      let all = missing.count + completions.count
      results.append(
        CheckResult(check: "completions", outcome: .error, message: "\(missing.count) of \(all) did not come: \(why)"))
    }
    let isPrefilled = prompt.map { ((try? probe.openThink($0)) ?? nil) != nil } ?? false
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
