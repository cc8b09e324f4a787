public import ToolReward

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
        cells.append(cell(template, test, suite.checks + test.checks, texts))
        progress(cells.count)
      }
    }
    return SuiteResult(
      description: suite.description, templates: suite.templates.map(\.name), cases: suite.cases.map(\.name),
      cells: cells)
  }

  private func cell(
    _ template: PromptSuite.Template, _ test: PromptSuite.Case, _ checks: [PromptCheck], _ completions: [[UInt8]]
  ) -> SuiteCell {
    let probe = PromptProbe(template: template, test: test)
    let prompt: [UInt8]
    do throws(PromptError) {
      prompt = try probe.render().text
    } catch {
      return SuiteCell(
        template: template.name, test: test.name, prompt: nil, error: error,
        checks: Self.withoutPrompt(checks, error), samples: [])
    }
    let results = checks.filter { !$0.isOfCompletion }.map { check in
      CheckResult(check, outcome(of: check, probe, prompt))
    }
    let asked = checks.filter(\.isOfCompletion)
    let judge = asked.isEmpty || completions.isEmpty ? nil : CompletionJudge(template, test, prompt: prompt)
    let samples = completions.map { text in
      judge?.sample(text, asked) ?? SuiteSample(completion: text, checks: [], score: nil)
    }
    return SuiteCell(
      template: template.name, test: test.name, prompt: prompt, error: nil, checks: results, samples: samples)
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

  private func outcome(of check: PromptCheck, _ probe: PromptProbe, _ prompt: [UInt8]) -> CheckOutcome {
    switch check.kind {
    case .renders: .passed
    case .snapshot:
      snapshots.map { $0.outcome(of: prompt, probe.template.name, probe.test.name) }
        ?? .skipped("there is no folder of snapshots")
    case .text(let test, let texts, _): TextCheck.outcome(test, texts, prompt)
    case .maxLength(let most):
      PromptProbe.codePoints(prompt) <= most
        ? .passed : .failed("the prompt has \(PromptProbe.codePoints(prompt)) code points, more than \(most)")
    case .toolsRendered: probe.toolsRendered(prompt)
    case .toolCallsRendered: probe.toolCallsRendered()
    case .roundTrip: probe.roundTrip()
    case .prefixPreserving(let end): probe.prefixPreserving(end)
    case .opensThink: probe.opensThink(prompt)
    case .noInjectedSpecialToken: probe.noInjectedSpecialToken(prompt)
    default: .skipped("")
    }
  }
}

/// What a check finds, before it is turned round.
enum CheckOutcome: Equatable {
  case passed
  case failed(String)
  case skipped(String)
}

extension CheckResult {
  /// A check's result, turned round if it asks for the contrary.
  init(_ check: PromptCheck, _ found: CheckOutcome) {
    switch found {
    case .skipped(let reason): self.init(check: check.name, outcome: .skipped, message: reason)
    case .passed where check.isNegated:
      self.init(check: check.name, outcome: .failed, message: "\(check.kind.name) holds, and must not")
    case .failed where check.isNegated, .passed: self.init(check: check.name, outcome: .passed)
    case .failed(let reason): self.init(check: check.name, outcome: .failed, message: reason)
    }
  }
}

/// Comparisons of texts.
enum TextCheck {
  static func outcome(_ test: PromptCheck.TextTest, _ texts: [[UInt8]], _ subject: [UInt8]) -> CheckOutcome {
    guard let first = texts.first else { return .passed }
    switch test {
    case .equals: return first == subject ? .passed : .failed(difference(subject, first))
    case .contains: return holds(subject, first) ? .passed : .failed("there is no \(shown(first))")
    case .ignoringCase:
      return holds(folded(subject), folded(first)) ? .passed : .failed("there is no \(shown(first)), in any case")
    case .containsAll:
      let missing = texts.filter { !holds(subject, $0) }
      return missing.isEmpty ? .passed : .failed("there is no \(missing.map { shown($0) }.joined(separator: ", no "))")
    case .containsAny:
      return texts.contains { holds(subject, $0) }
        ? .passed : .failed("there is none of \(texts.map { shown($0) }.joined(separator: ", "))")
    case .startsWith:
      return subject.starts(with: first)
        ? .passed : .failed("it begins with \(shown(Array(subject.prefix(first.count)))), not with \(shown(first))")
    case .endsWith:
      return subject.reversed().starts(with: first.reversed())
        ? .passed : .failed("it ends with \(shown(Array(subject.suffix(first.count)))), not with \(shown(first))")
    }
  }

  private static func holds(_ text: [UInt8], _ part: [UInt8]) -> Bool {
    part.isEmpty || ByteSearch.firstIndex(of: part, in: text.span) != nil
  }

  /// ASCII letters in lower case.
  private static func folded(_ text: [UInt8]) -> [UInt8] {
    text.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
  }

  /// Where two texts first differ, by line.
  static func difference(_ given: [UInt8], _ expected: [UInt8]) -> String {
    let same = zip(given, expected).prefix { $0 == $1 }.count
    let line = given[..<same].count { $0 == 0x0A } + 1
    let start = given[..<same].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    func rest(_ text: [UInt8]) -> [UInt8] { Array(text[start...].prefix { $0 != 0x0A }.prefix(160)) }
    return "line \(line) is \(shown(rest(given))), not \(shown(rest(expected)))"
  }

  /// A text as a person reads it in a message: as a JSON string, its beginning if it is long.
  static func shown(_ text: [UInt8]) -> String {
    var bytes: [UInt8] = []
    let part = Array(text.prefix(120))
    let repaired = Array(String(decoding: part, as: UTF8.self).utf8)
    JSONWriter.compact.appendString(repaired.span, 0..<repaired.count, to: &bytes)
    return String(decoding: bytes, as: UTF8.self) + (text.count > 120 ? "…" : "")
  }
}
