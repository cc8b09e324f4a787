internal import ToolReward
internal import ToolRewardReport

extension SuiteResult {
  /// The result as a page that loads nothing: templates, cells, comparisons, and every prompt with its special tokens marked and what is to
  /// blame for a failure.
  ///
  /// - Parameters:
  ///   - comparisons: What ``comparisons(of:baseline:seed:)`` gave; empty for none.
  ///   - counts: The k of pass@k and pass^k.
  public func html(_ comparisons: [SuiteComparison] = [], passAt counts: [Int] = []) -> [UInt8] {
    let title = description.utf8.isEmpty ? "Prompt suite" : description
    return HTMLPage.document(title: title, style: Self.style) { page in
      page.element("header", [:]) { page in
        page.raw("<p class=\"eyebrow\">toolreward prompts test</p>\n")
        page.element("h1", title)
        page.element("p", ["class": "lede"], summary + ".")
        page.raw("<nav><a href=\"#templates\">Templates</a><a href=\"#cells\">Cells</a><a href=\"#checks\">Checks</a>")
        if !comparisons.isEmpty { page.raw("<a href=\"#comparison\">Comparison</a>") }
        page.raw("<a href=\"#prompts\">Prompts</a></nav>\n")
      }
      page.element("main", [:]) { page in
        writeTemplates(counts, to: &page)
        writeMatrix(to: &page)
        writeChecks(to: &page)
        if !comparisons.isEmpty { Self.write(comparisons, to: &page) }
        writeCells(to: &page)
      }
      page.raw("<footer><p>One file; it loads nothing.</p></footer>\n")
    }
  }

  // MARK: Tables

  private func writeTemplates(_ counts: [Int], to page: inout HTMLText) {
    page.raw(
      "<section id=\"templates\">\n<h2>Templates</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th>Template</th>")
    page.raw("<th class=\"number\">Cells passed</th>")
    var heads: [String] = []
    if hasSamples {
      heads += ["Completions", "Passed", "95 % interval"] + counts.flatMap { ["pass@\($0)", "pass^\($0)"] }
    }
    for head in heads { page.element("th", ["class": "number"], head) }
    page.raw("</tr></thead>\n<tbody>\n")
    for (index, template) in templates.enumerated() {
      let own = cells(of: index)
      page.raw("<tr>")
      page.element("th", template)
      Self.figure("\(own.count { $0.isPassed })/\(own.count)", isBad: own.contains { !$0.isPassed }, to: &page)
      if hasSamples {
        var figures = sampleFigures(index, counts)
        figures.insert(passInterval(index).map { DecimalText.percent($0) } ?? "–", at: 2)
        for figure in figures { Self.figure(figure, isBad: false, to: &page) }
      }
      page.raw("</tr>\n")
    }
    page.raw("</tbody></table></div>\n")
    if cells.contains(where: { $0.judgedSamples > 1 }) {
      page.element(
        "p", ["class": "note"],
        "The interval is over cases: completions of one case count for fewer, the more they are alike.")
    }
    page.raw("</section>\n")
  }

  private func writeChecks(to page: inout HTMLText) {
    let checks = checkNames
    guard !checks.isEmpty else { return }
    page.raw("<section id=\"checks\">\n<h2>Checks</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th>Check</th>")
    for template in templates { page.element("th", ["class": "number"], template) }
    page.raw("</tr></thead>\n<tbody>\n")
    for check in checks {
      page.raw("<tr>")
      page.element("th", check)
      for index in templates.indices {
        let own = cells(of: index)
        let isBad = own.contains { cell in
          (cell.checks + cell.samples.flatMap(\.checks)).contains { $0.check == check && $0.isBad }
        }
        Self.figure(Self.tally(own, check), isBad: isBad, to: &page)
      }
      page.raw("</tr>\n")
    }
    page.raw("</tbody></table></div>\n</section>\n")
  }

  private static func figure(_ text: String, isBad: Bool, to page: inout HTMLText) {
    page.element("td", ["class": isBad ? "number bad" : "number"], text)
  }

  private func writeMatrix(to page: inout HTMLText) {
    page.raw(
      "<section id=\"cells\">\n<h2>Cells</h2>\n<div class=\"scroll\"><table class=\"matrix\">\n<thead><tr><th>Case</th>"
    )
    for template in templates { page.element("th", template) }
    page.raw("</tr></thead>\n<tbody>\n")
    for test in cases.indices {
      page.raw("<tr>")
      page.element("th", cases[test])
      for template in templates.indices {
        let cell = cell(template, test)
        page.element("td", ["class": cell.look]) { page in
          page.element("a", ["href": "#cell-\(template)-\(test)"]) { page in
            page.text(cell.isPassed ? "passed" : cell.hasErrors ? "not judged" : "failed")
          }
          if !cell.samples.isEmpty {
            page.element("small", "\(cell.passedSamples) of \(DecimalText.counted(cell.judgedSamples, "completion"))")
          } else if !cell.isPassed {
            let count = cell.checks.count(where: \.isBad)
            page.element("small", DecimalText.counted(count, "check"))
          }
        }
      }
      page.raw("</tr>\n")
    }
    page.raw("</tbody></table></div>\n</section>\n")
  }

  private static func write(_ comparisons: [SuiteComparison], to page: inout HTMLText) {
    page.raw("<section id=\"comparison\">\n<h2>Comparison</h2>\n")
    page.raw(
      "<p class=\"note\">Case by case. The difference is the first’s mean less the second’s, in points, with a bootstrap interval of"
    )
    page.raw(
      " 95 %; p is McNemar’s exact test, or a test by sign flips where a case has several completions or scores between 0 and 1.</p>\n"
    )
    page.raw("<div class=\"scroll\"><table>\n<thead><tr><th>First</th><th>Second</th>")
    for head in ["Cases", "Wins", "Losses", "Ties", "Difference", "95 % interval", "Test", "p", "p (Holm)"] {
      page.element("th", ["class": "number"], head)
    }
    page.raw("</tr></thead>\n<tbody>\n")
    for pair in comparisons {
      page.raw("<tr>")
      page.element("th", pair.first)
      page.element("th", pair.second)
      for figure in pair.figures { Self.figure(figure, isBad: false, to: &page) }
      page.element(
        "td", ["class": pair.adjusted < 0.05 ? "number clear" : "number"], pair.adjustedFigure)
      page.raw("</tr>\n")
    }
    page.raw("</tbody></table></div>\n")
    for pair in comparisons where !pair.flips.isEmpty { write(pair.flips, of: pair, to: &page) }
    page.raw("</section>\n")
  }

  private static func write(_ flips: [SuiteComparison.Flip], of pair: SuiteComparison, to page: inout HTMLText) {
    page.element("details", [:]) { page in
      page.element(
        "summary",
        "\(DecimalText.counted(flips.count, "case")) that \(pair.first) and \(pair.second) do not answer alike")
      page.raw("\n<div class=\"scroll\"><table><thead><tr><th>Case</th>")
      page.element("th", ["class": "number"], pair.first)
      page.element("th", ["class": "number"], pair.second)
      page.raw("</tr></thead>\n<tbody>\n")
      for flip in flips {
        page.raw("<tr>")
        page.element("th", flip.test)
        for value in [flip.first, flip.second] {
          page.element("td", ["class": "number"], DecimalText.fixed(value, 2))
        }
        page.raw("</tr>\n")
      }
      page.raw("</tbody></table></div>\n")
    }
    page.newLine()
  }

  // MARK: Prompts

  private func writeCells(to page: inout HTMLText) {
    page.raw(
      "<section id=\"prompts\">\n<h2>Prompts</h2>\n<p class=\"note\">Special tokens are <mark class=\"token\">marked</mark>, and so is "
    )
    page.raw("<mark class=\"blame\">what a check blames</mark>. Cells that failed are open.</p>\n")
    for template in templates.indices {
      page.element("h3", templates[template])
      page.newLine()
      for test in cases.indices { write(cell(template, test), template, test, to: &page) }
    }
    page.raw("</section>\n")
  }

  private func write(_ cell: SuiteCell, _ template: Int, _ test: Int, to page: inout HTMLText) {
    let tokens = template < specialTokens.count ? specialTokens[template] : []
    let name = "cell-\(template)-\(test)"
    page.open(
      "details", cell.isPassed ? ["id": name, "class": cell.look] : ["id": name, "class": cell.look, "open": ""])
    page.raw("<summary>")
    page.element("b", cell.test)
    page.raw(" ")
    page.element("span", ["class": "state"], cell.isPassed ? "passed" : cell.hasErrors ? "not judged" : "failed")
    page.raw("</summary>\n")
    Self.write(cell.checks, to: &page)
    if let prompt = cell.prompt {
      page.element("pre", ["tabindex": "0"]) {
        MarkedText(prompt, tokens: tokens, blamed: cell.checks.compactMap(\.blamed)).write(to: &$0)
      }
    }
    for (number, sample) in cell.samples.enumerated() {
      page.element(
        "h4", "Completion \(number + 1): \(sample.outcome.rawValue)\(sample.score.map { ", reward \($0)" } ?? "")")
      Self.write(sample.checks, to: &page)
      page.element("pre", ["tabindex": "0"]) {
        MarkedText(sample.completion, tokens: tokens, blamed: sample.checks.compactMap(\.blamed)).write(to: &$0)
      }
    }
    page.raw("</details>\n")
  }

  private static func write(_ checks: [CheckResult], to page: inout HTMLText) {
    guard !checks.isEmpty else { return }
    page.raw("<ul class=\"checks\">\n")
    for check in checks {
      page.element("li", ["class": check.isBad ? "bad" : check.outcome.rawValue]) { page in
        page.element("code", check.check)
        page.text(" \(check.outcome == .error ? "could not be judged" : check.outcome.rawValue)")
        if !check.message.utf8.isEmpty { page.text(": \(check.message)") }
      }
      page.newLine()
    }
    page.raw("</ul>\n")
  }

  private static let style: StaticString = #"""
    <style>
    :root { --bad: #b3362b; --token: #dfe8f7; --token-ink: #274b86; --blame: #f9d4cf; --blame-ink: #8c1d12; }
    @media (prefers-color-scheme: dark) {
      :root { --bad: #f0867b; --token: #22334f; --token-ink: #a9c6f5; --blame: #5a241e; --blame-ink: #ffc9c2; }
    }
    td.bad, li.bad, .failed .state, .failed > a, .error .state, .error > a { color: var(--bad); font-weight: 600; }
    .passed > a, .passed .state { color: var(--good); }
    .matrix small { white-space: normal; }
    .matrix tbody th { position: sticky; left: 0; background: var(--sheet); }
    .matrix thead th { overflow-wrap: anywhere; min-width: 7rem; }
    thead th.number { white-space: normal; overflow-wrap: normal; }
    .scroll tbody th { overflow-wrap: break-word; }
    details { margin: .5rem 0; border: 1px solid var(--line); border-radius: 8px; padding: 0 1rem; scroll-margin-top: 1rem; }
    details:target { border-color: var(--official); }
    details > summary { margin: 0; padding: .6rem 0; overflow-wrap: anywhere; }
    details .state { margin-left: .5rem; font-size: .8125rem; }
    details > .scroll { margin-bottom: 1rem; }
    h4 { margin: 1rem 0 .4rem; font-size: .875rem; }
    .checks { margin: 0 0 .75rem; padding: 0; list-style: none; font-size: .875rem; }
    .checks li { padding: .1rem 0; overflow-wrap: anywhere; }
    .checks .skipped { color: var(--soft); }
    .checks li.bad { font-weight: 400; }
    pre { margin: 0 0 1rem; padding: .875rem 1rem; max-height: 30rem; overflow: auto; background: var(--ground); border: 1px solid var(--grid);
      border-radius: 6px; font: .8125rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
    mark { padding: .05em .1em; border-radius: 3px; background: var(--token); color: var(--token-ink); }
    mark.blame { background: var(--blame); color: var(--blame-ink); }
    @media print { pre { max-height: none; } }
    </style>

    """#
}

extension SuiteCell {
  /// The class of its elements.
  fileprivate var look: String { isPassed ? "passed" : hasErrors ? "error" : "failed" }
}

extension CheckResult {
  fileprivate var blamed: Range<Int>? { isBad ? range : nil }
}

extension SuiteComparison {
  /// Its figures as tables show them, up to the probability without correction.
  var figures: [String] {
    if cases == 0 { return ["0", "0", "0", "0", "–", "–", "–", "–"] }
    return [
      DecimalText.grouped(cases), "\(wins)", "\(losses)", "\(ties)", DecimalText.points(difference),
      "\(DecimalText.points(interval.lowerBound)) – \(DecimalText.points(interval.upperBound))", test.rawValue,
      DecimalText.probability(probability),
    ]
  }

  /// The probability with the correction.
  var adjustedFigure: String { cases == 0 ? "–" : DecimalText.probability(adjusted) }
}

/// A text with some of its bytes marked.
struct MarkedText {
  private enum Mark { case none, token, blame }
  private let text: [UInt8]
  private var marks: [Mark]

  init(_ text: [UInt8], tokens: [[UInt8]], blamed: [Range<Int>]) {
    self.text = text
    marks = Array(repeating: .none, count: text.count)
    for token in tokens where !token.isEmpty {
      var position = 0
      while let found = ByteSearch.firstIndex(of: token, in: text.span, from: position) {
        set(.token, found..<(found + token.count))
        position = found + token.count
      }
    }
    for range in blamed { set(.blame, range.clamped(to: 0..<text.count)) }
  }

  private mutating func set(_ mark: Mark, _ range: Range<Int>) {
    for index in range { marks[index] = mark }
  }

  func write(to page: inout HTMLText) {
    var start = 0
    while start < text.count {
      var end = start + 1
      while end < text.count, marks[end] == marks[start] || text[end] & 0xC0 == 0x80 { end += 1 }
      switch marks[start] {
      case .none: Self.write(text[start..<end], to: &page)
      case .token: page.element("mark", ["class": "token"]) { Self.write(text[start..<end], to: &$0) }
      case .blame: page.element("mark", ["class": "blame"]) { Self.write(text[start..<end], to: &$0) }
      }
      start = end
    }
  }

  /// Lines as lines; what else acts without being seen is spelled out.
  private static func write(_ part: ArraySlice<UInt8>, to page: inout HTMLText) {
    for (number, line) in part.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      if number > 0 { page.newLine() }
      page.text(String(decoding: line, as: UTF8.self))
    }
  }
}
