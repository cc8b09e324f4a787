internal import ToolRewardReport

/// An audit as one HTML page that needs nothing else.
public struct AuditPage: Sendable {
  /// The files, each with its counts.
  public var files: [(file: String, tally: AuditTally)]
  /// The reward that answers are scored by.
  public var reward: String
  /// Examples of each rule: the place, and what is wrong there.
  public var examples: [AuditRule: [(place: String, message: String)]]

  /// Creates a page.
  public init(
    files: [(file: String, tally: AuditTally)], reward: String,
    examples: [AuditRule: [(place: String, message: String)]] = [:]
  ) {
    self.files = files
    self.reward = reward
    self.examples = examples
  }

  private var total: AuditTally {
    var total = AuditTally()
    for entry in files { total.add(entry.tally) }
    return total
  }

  /// The page, UTF-8.
  public func html() -> [UInt8] {
    let total = total
    return HTMLPage.document(title: "Training data – audit") { page in
      page.raw("<header>\n<p class=\"eyebrow\">toolreward audit</p>\n<h1>Training data</h1>\n")
      page.element("p", ["class": "lede"]) {
        $0.text(
          "\(DecimalText.counted(total.rows, "row")), \(DecimalText.counted(total.tasks, "task")), "
            + "\(DecimalText.counted(total.calls, "right call")) with \(DecimalText.counted(total.arguments, "argument")). "
            + "\(DecimalText.grouped(total.faultyRows)) rows (\(DecimalText.percent(total.faultyPart))) have a fault.")
      }
      page.raw("\n</header>\n<main>\n<section id=\"rules\">\n<h2>What was found</h2>\n")
      page.element(
        "p", ["class": "note"],
        "Rows with a finding of each rule, as a part of all rows. Answers were scored by \(reward).")
      writeRules(total, to: &page)
      page.raw("</section>\n")
      if files.count > 1 { writeFiles(to: &page) }
      page.raw(
        "</main>\n<footer>\n<p>A row counts once a rule, however many findings it has.</p>\n</footer>\n"
      )
    }
  }

  private func writeRules(_ total: AuditTally, to page: inout HTMLText) {
    let rules = AuditRule.allCases.filter { total.rowsWith[$0] != nil }
      .sorted { (total.rowsWith[$0] ?? 0) > (total.rowsWith[$1] ?? 0) }
    guard !rules.isEmpty else { return page.element("p", "Nothing is wrong with these rows.") }
    page.raw(
      "<table class=\"chart\">\n<thead><tr><th scope=\"col\">Rule</th><th scope=\"col\" class=\"number\">Rows</th>")
    page.raw(
      "<th scope=\"col\" class=\"number\">Findings</th><th scope=\"col\" class=\"plot\">Part of the rows</th></tr></thead>\n<tbody>\n"
    )
    for rule in rules {
      page.raw("<tr>")
      page.element("th", ["scope": "row", "class": "name"]) {
        $0.element("code", rule.rawValue)
        $0.element("small", ["style": "white-space: normal"], rule.summary)
      }
      page.element("td", ["class": "number"], DecimalText.grouped(total.rowsWith[rule] ?? 0))
      page.element("td", ["class": "number"], DecimalText.grouped(total.findings[rule] ?? 0))
      let part = total.part(rule)
      page.element("td", ["class": "plot"]) {
        $0.open("svg", ["height": "14", "viewBox": "0 0 100 14", "preserveAspectRatio": "none", "aria-hidden": "true"])
        $0.element("line", ["class": "grid", "x1": "0", "x2": "100", "y1": "13", "y2": "13"]) { _ in }
        $0.element(
          "rect",
          ["class": rule.isNote ? "s" : "o", "width": DecimalText.fixed(100 * part, 2), "height": "12"]
        ) { _ in }
        $0.raw("</svg>")
        $0.element("small", DecimalText.percent(part))
      }
      page.raw("</tr>\n")
      writeExamples(rule, to: &page)
    }
    page.raw("</tbody>\n</table>\n")
  }

  private func writeExamples(_ rule: AuditRule, to page: inout HTMLText) {
    guard let found = examples[rule], !found.isEmpty else { return }
    page.raw("<tr><td colspan=\"4\"><details>")
    page.element("summary", "\(DecimalText.counted(found.count, "example")) of \(rule.rawValue)")
    page.raw("<dl>")
    for example in found {
      page.element("dt", example.place)
      page.element("dd", example.message)
    }
    page.raw("</dl></details></td></tr>\n")
  }

  private func writeFiles(to page: inout HTMLText) {
    page.raw(
      "<section id=\"files\">\n<h2>Files</h2>\n<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr><th scope=\"col\">File</th>"
    )
    page.raw("<th scope=\"col\" class=\"number\">Rows</th><th scope=\"col\" class=\"number\">Tasks</th>")
    page.raw("<th scope=\"col\" class=\"number\">Faulty</th></tr></thead>\n<tbody>\n")
    for entry in files {
      page.raw("<tr>")
      page.element("th", ["scope": "row"], entry.file)
      page.element("td", ["class": "number"], DecimalText.grouped(entry.tally.rows))
      page.element("td", ["class": "number"], DecimalText.grouped(entry.tally.tasks))
      page.element(
        "td", ["class": "number"],
        "\(DecimalText.grouped(entry.tally.faultyRows)) (\(DecimalText.percent(entry.tally.faultyPart)))")
      page.raw("</tr>\n")
    }
    page.raw("</tbody>\n</table></div>\n</section>\n")
  }
}
