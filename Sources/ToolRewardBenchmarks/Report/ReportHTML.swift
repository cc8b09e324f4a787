internal import ToolRewardReport

extension BenchmarkReport {
  /// The report as one HTML page, UTF-8, that needs nothing else: style, charts and script are in it, and it may load nothing.
  ///
  /// Charts are tables with drawings in their rows, so that every figure can be read, heard and copied. Without a script everything is
  /// shown; with one there is a choice of the model, and a filter for samples that differ. Of those at most 2,000 are in the page.
  public func html() -> [UInt8] {
    let found = differences
    return HTMLPage.document(title: "\(title) – evaluation report", script: ReportScript.element) { page in
      writeHeader(found, to: &page)
      page.raw("<main>\n")
      if models.isEmpty { page.element("p", "Nothing was judged.") }
      if !models.isEmpty {
        writeModels(to: &page)
        writeCategories(to: &page)
      }
      if hasStrict { writeDifferences(found, to: &page) }
      if models.count > 1 { writeComparisons(to: &page) }
      page.raw("</main>\n")
      page.raw("<footer>\n<p>An interval is Wilson’s score interval of 95 % for the samples of its row. ")
      page.raw("“Open” is an aggregate that needs categories which were not judged.")
      if hasStrict { page.raw(" Strict rules are the benchmark’s own without their accidents.") }
      page.raw("</p>\n</footer>\n")
    }
  }

  private func writeHeader(_ found: [ReportDifference], to page: inout HTMLText) {
    let judged = models.reduce(0) { $0 + $1.judged }
    page.raw("<header>\n<p class=\"eyebrow\">toolreward evaluate</p>\n")
    page.element("h1", title)
    page.element("p", ["class": "lede"]) {
      $0.text(
        "\(DecimalText.counted(models.count, "model")), \(DecimalText.counted(judged, "sample")) judged by \(hasStrict ? "the official rules and by strict ones. " : "the official rules.")"
      )
      if hasStrict { $0.text(differenceSummary(found)) }
    }
    page.raw("\n<nav aria-label=\"Sections\">")
    if !models.isEmpty { page.raw("<a href=\"#models\">Models</a><a href=\"#categories\">Categories</a>") }
    if hasStrict { page.raw("<a href=\"#differences\">Differences</a>") }
    if models.count > 1 { page.raw("<a href=\"#comparisons\">Comparisons</a>") }
    page.raw("</nav>\n<ul class=\"key\"><li><i class=\"o\"></i>official</li>")
    if hasStrict { page.raw("<li><i class=\"s\"></i>strict</li>") }
    page.raw("<li><i class=\"w\"></i>95 % interval (Wilson)</li></ul>\n</header>\n")
  }

  private func writeModels(to page: inout HTMLText) {
    page.raw(
      """
      <section id="models">
      <h2>Models</h2>
      <p class="note">Accuracy over all samples judged, every sample alike. The benchmark’s own aggregates follow.</p>

      """)
    writeDotPlot(to: &page)
    guard !formulas.isEmpty else { return page.raw("</section>\n") }
    page.raw("<h3>Aggregates</h3>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Aggregates\">")
    page.raw("<table class=\"plain\">\n<thead><tr><th scope=\"col\">Model</th>")
    for formula in formulas { page.element("th", ["scope": "col", "class": "number"], formula.name) }
    page.raw("</tr></thead>\n<tbody>\n")
    for model in models {
      page.raw("<tr>")
      page.element("th", ["scope": "row"], model.shownName)
      for formula in formulas {
        let aggregate = model.aggregates.first { $0.name == formula.name }
        page.element("td", ["class": "number"]) {
          writeValue(aggregate?.official, "o", to: &$0)
          if hasStrict, aggregate?.official != nil { writeValue(aggregate?.strict, "s", to: &$0) }
        }
      }
      page.raw("</tr>\n")
    }
    page.raw("</tbody>\n</table></div>\n<h3>How the aggregates are worked out</h3>\n<dl>\n")
    for formula in formulas {
      page.element("dt", formula.name)
      page.element("dd", formula.text)
      page.newLine()
    }
    page.raw("</dl>\n</section>\n")
  }

  private func writeValue(_ value: Double?, _ rule: String, to page: inout HTMLText) {
    page.element(
      "span", ["class": "value \(rule)\(value == nil ? " open" : "")"], value.map { DecimalText.percent($0) } ?? "open")
  }

  private func writeDifferences(_ found: [ReportDifference], to page: inout HTMLText) {
    page.raw("<section id=\"differences\">\n<h2>Official beside strict</h2>\n")
    page.element("p", ["class": "note"], differenceSummary(found))
    guard !found.isEmpty else { return page.raw("\n</section>\n") }
    let verdicts = found.indices.filter { found[$0].isOfVerdict }
    let others = found.indices.filter { !found[$0].isOfVerdict }
    page.raw("\n<ol class=\"reasons\">\n")
    for number in verdicts { writeReason(found[number], number + 1, to: &page) }
    page.raw("</ol>\n")
    if !others.isEmpty {
      page.raw("<details>")
      page.element("summary", "Wrong by both, by another reason (\(others.count) pairs of reasons)")
      page.raw("\n<ol class=\"reasons minor\">\n")
      for number in others { writeReason(found[number], number + 1, to: &page) }
      page.raw("</ol></details>\n")
    }
    page.raw("<h3>The samples</h3>\n")
    writeFilter(found, to: &page)
    let all = found.reduce(0) { $0 + $1.entries.count }
    var left = 2000
    if all > left {
      page.element(
        "p", ["class": "note"],
        "The first \(DecimalText.grouped(left)) of \(DecimalText.grouped(all)) are here; the report as JSON has them all."
      )
    }
    page.raw(
      """
      <div class="scroll tall" tabindex="0" role="region" aria-label="Samples that differ">
      <table class="plain" id="samples" role="table">
      <thead role="rowgroup"><tr role="row"><th role="columnheader">Sample</th><th role="columnheader">Category</th><th role="columnheader">Model</th><th role="columnheader">Official → strict</th></tr></thead>
      <tbody role="rowgroup">

      """)
    for (number, difference) in found.enumerated() {
      for entry in difference.entries.prefix(left) {
        page.element(
          "tr",
          [
            "role": "row", "data-model": "\(entry.model)", "data-reason": "\(number + 1)",
            "data-kind": difference.isOfVerdict ? "verdict" : "reason",
          ]
        ) {
          $0.element("th", ["role": "rowheader"], String(decoding: entry.id, as: UTF8.self))
          $0.element("td", ["role": "cell"], entry.category)
          $0.element("td", ["role": "cell"], models[entry.model].shownName)
          $0.element("td", ["role": "cell", "class": "codes"]) { page in
            page.open("a", ["href": "#reason-\(number + 1)", "title": difference.why])
            writeCodes(difference, to: &page)
            page.raw("</a>")
          }
        }
        page.newLine()
      }
      left = max(0, left - difference.entries.count)
    }
    page.raw("</tbody>\n</table></div>\n</section>\n")
  }

  private func writeReason(_ difference: ReportDifference, _ number: Int, to page: inout HTMLText) {
    page.element("li", ["id": "reason-\(number)"]) {
      $0.element("span", ["class": "count"], DecimalText.grouped(difference.entries.count))
      $0.raw("<div><p class=\"codes\">")
      writeCodes(difference, to: &$0)
      $0.raw("</p>")
      $0.element("p", difference.why)
      $0.raw("</div>")
    }
    page.newLine()
  }

  private func writeCodes(_ difference: ReportDifference, to page: inout HTMLText) {
    func write(_ code: String?) {
      if let code { page.element("code", code) } else { page.raw("<code class=\"valid\">valid</code>") }
    }
    write(difference.official)
    page.raw(" <span class=\"arrow\">→</span> ")
    write(difference.strict)
  }

  private func writeFilter(_ found: [ReportDifference], to page: inout HTMLText) {
    page.raw("<div class=\"filter scripted\">\n<label>Search <input type=\"search\" id=\"search\"></label>\n")
    page.raw("<label>Model <select id=\"by-model\"><option value=\"\">all</option>")
    for (number, model) in models.enumerated() { page.element("option", ["value": "\(number)"], model.shownName) }
    page.raw("</select></label>\n<label>Reason <select id=\"by-reason\"><option value=\"\">all</option>")
    for (number, difference) in found.enumerated() {
      page.element("option", ["value": "\(number + 1)"], difference.title)
    }
    page.raw("</select></label>\n")
    if found.contains(where: \.isOfVerdict), found.contains(where: { !$0.isOfVerdict }) {
      page.raw("<label class=\"check\"><input type=\"checkbox\" id=\"by-kind\" checked> verdicts only</label>\n")
    }
    page.raw("<output id=\"shown\" aria-live=\"polite\"></output>\n</div>\n")
  }
}
