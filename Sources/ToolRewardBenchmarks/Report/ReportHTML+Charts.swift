internal import ToolRewardReport

extension BenchmarkReport {
  // MARK: Models as dots

  /// The axis of the dots, in percent: from below the lowest interval to above the highest, in steps.
  private struct Axis {
    let low: Int
    let high: Int
    let step: Int

    init(_ ranges: [ClosedRange<Double>]) {
      let lowest = ranges.reduce(1) { min($0, $1.lowerBound) }
      let highest = ranges.reduce(0) { max($0, $1.upperBound) }
      let width = 100 * max(0, highest - lowest)
      step = width > 60 ? 20 : width > 20 ? 10 : width > 8 ? 5 : 1
      low = max(0, Int(100 * min(lowest, highest)) / step * step)
      let top = (Int((100 * highest).rounded(.up)) + step - 1) / step * step
      high = max(low + step, min(100, top))
    }

    var ticks: [Int] { Array(stride(from: low, through: high, by: step)) }

    /// Where a part of one is, in percent of the axis.
    func place(_ value: Double) -> String {
      DecimalText.fixed((100 * value - Double(low)) / Double(high - low) * 100, 3) + "%"
    }
  }

  func writeDotPlot(to page: inout HTMLText) {
    let shown = models.indices.filter { models[$0].judged > 0 }.sorted {
      let (x, y) = (models[$0].officialProportion?.value ?? 0, models[$1].officialProportion?.value ?? 0)
      return x == y ? $0 < $1 : x > y
    }
    let ranges = shown.flatMap { [models[$0].officialProportion?.interval, models[$0].strictProportion?.interval] }
    let axis = Axis(ranges.compactMap { $0 })
    page.raw("<table class=\"chart dots\" role=\"table\">\n<thead role=\"rowgroup\"><tr role=\"row\">")
    page.raw(
      "<th role=\"columnheader\" class=\"name\">Model</th><th role=\"columnheader\" class=\"size number\">n</th>")
    page.element("th", ["role": "columnheader", "class": "plot"]) { page in
      page.element("div", ["class": "ticks", "aria-hidden": "true"]) {
        for tick in axis.ticks {
          $0.element("span", ["style": "left:\(axis.place(Double(tick) / 100))"], "\(tick)")
        }
      }
      page.raw("<span class=\"unseen\">Chart</span>")
    }
    writeHeads(to: &page)
    page.raw("</tr></thead>\n<tbody role=\"rowgroup\">\n")
    for number in shown {
      let model = models[number]
      page.raw("<tr role=\"row\">")
      page.element("th", ["role": "rowheader", "class": "name"], model.shownName)
      page.element("td", ["role": "cell", "class": "size number"], DecimalText.grouped(model.judged))
      page.element("td", ["role": "cell", "class": "plot"]) { page in
        page.element("svg", ["height": model.strictProportion == nil ? "24" : "32", "aria-hidden": "true"]) {
          for tick in axis.ticks { $0.line("grid", axis.place(Double(tick) / 100), "0", "100%") }
          $0.dot(model.officialProportion, "o", model.strictProportion == nil ? 12 : 10, axis.place)
          $0.dot(model.strictProportion, "s", 22, axis.place)
        }
      }
      writeFigures(model.officialProportion, model.strictProportion, to: &page)
      page.raw("</tr>\n")
    }
    page.raw("</tbody>\n</table>\n")
  }

  // MARK: Categories as bars

  func writeCategories(to page: inout HTMLText) {
    page.raw("<section id=\"categories\">\n<h2>Categories</h2>\n")
    if models.count > 1 {
      page.raw("<div class=\"filter scripted\"><label>Model <select id=\"choose\">")
      for (number, model) in models.enumerated() { page.element("option", ["value": "\(number)"], model.shownName) }
      page.raw("<option value=\"\">all</option></select></label></div>\n")
    }
    for (number, model) in models.enumerated() {
      page.element("div", ["class": "panel", "data-model": "\(number)"]) { writePanel(model, to: &$0) }
      page.newLine()
    }
    page.raw("</section>\n")
  }

  private func writePanel(_ model: Model, to page: inout HTMLText) {
    page.element("h3", model.shownName)
    let shown = model.categories.filter { $0.judged > 0 }
    if !shown.isEmpty {
      page.raw("\n<table class=\"chart bars\" role=\"table\">\n<thead role=\"rowgroup\"><tr role=\"row\">")
      page.raw("<th role=\"columnheader\" class=\"name\">Category</th>")
      page.raw("<th role=\"columnheader\" class=\"size number\">n</th><th role=\"columnheader\" class=\"plot\">")
      page.raw("<div class=\"ticks\" aria-hidden=\"true\"><span style=\"left:0\">0</span>")
      page.raw("<span style=\"left:25%\">25</span><span style=\"left:50%\">50</span>")
      page.raw("<span style=\"left:75%\">75</span><span style=\"left:100%\">100</span></div>")
      page.raw("<span class=\"unseen\">Chart</span></th>")
      writeHeads(to: &page)
      page.raw("</tr></thead>\n<tbody role=\"rowgroup\">\n")
      for category in shown { writeRow(category, to: &page) }
      page.raw("</tbody>\n</table>\n")
    }
    let absent = model.categories.filter { $0.judged == 0 }.map(\.name)
    if !absent.isEmpty { page.element("p", ["class": "note"], "Not judged: \(absent.joined(separator: ", ")).") }
    for (reason, count) in model.unjudged {
      page.element(
        "p", ["class": "note"], "\(DecimalText.counted(count, "sample")) could not be judged: \(reason).")
    }
  }

  private func writeRow(_ category: Category, to page: inout HTMLText) {
    page.raw("<tr role=\"row\">")
    page.element("th", ["role": "rowheader", "class": "name"], category.name)
    let judged = DecimalText.grouped(category.judged)
    page.element(
      "td", ["role": "cell", "class": "size number"],
      category.judged == category.total ? judged : "\(judged) of \(DecimalText.grouped(category.total))")
    page.element("td", ["role": "cell", "class": "plot"]) { page in
      page.element("svg", ["height": category.strict == nil ? "18" : "28", "aria-hidden": "true"]) {
        for place: StaticString in ["0%", "25%", "50%", "75%", "100%"] {
          $0.line("grid", place.description, "0", "100%")
        }
        $0.bar(category.officialProportion, "o", 4)
        $0.bar(category.strictProportion, "s", 15)
      }
    }
    writeFigures(category.officialProportion, category.strictProportion, to: &page)
    page.raw("</tr>\n")
  }

  private func writeHeads(to page: inout HTMLText) {
    page.raw("<th role=\"columnheader\" class=\"number official\">Official</th>")
    guard hasStrict else { return }
    page.raw("<th role=\"columnheader\" class=\"number strict\">Strict</th>")
    page.raw("<th role=\"columnheader\" class=\"number change\">Change</th>")
  }

  private func writeFigures(_ official: Proportion?, _ strict: Proportion?, to page: inout HTMLText) {
    func write(_ proportion: Proportion?, _ rule: String) {
      page.element("td", ["role": "cell", "class": "number \(rule)"]) {
        guard let proportion else { return $0.raw("–") }
        $0.element("b", DecimalText.percent(proportion.value))
        $0.element("small", DecimalText.percent(proportion.interval))
      }
    }
    write(official, "official")
    guard hasStrict else { return }
    write(strict, "strict")
    var change = ""
    if let official, let strict { change = DecimalText.points(strict.value - official.value) }
    page.element("td", ["role": "cell", "class": change == "0.00" ? "number change none" : "number change"], change)
  }

  // MARK: Models against each other

  func writeComparisons(to page: inout HTMLText) {
    page.raw(
      """
      <section id="comparisons">
      <h2>Paired comparisons</h2>
      <p class="note">Each pair on the samples that both were judged on. <b>p</b> is McNemar’s exact test, two-sided, on the samples that only one of the two is right in; <b>p (Holm)</b> is corrected for the number of pairs, and bold below 0.05.</p>

      """)
    if hasStrict { page.raw("<h3>By official verdicts</h3>\n") }
    write(comparisons { $0.official }, "o", to: &page)
    if hasStrict {
      page.raw("<h3>By strict verdicts</h3>\n")
      write(comparisons { $0.strict }, "s", to: &page)
    }
    page.raw("</section>\n")
  }

  private func write(_ pairs: [ModelComparison], _ rule: String, to page: inout HTMLText) {
    let widest = pairs.reduce(0.001) { max($0, $1.difference.magnitude) }
    page.raw(
      """
      <div class="scroll" tabindex="0" role="region" aria-label="Paired comparisons">
      <table class="plain pairs">
      <thead><tr><th scope="col">First</th><th scope="col">Second</th><th scope="col" class="number">Points</th><th scope="col"><span class="unseen">Chart</span></th><th scope="col" class="number">Only first</th><th scope="col" class="number">Only second</th><th scope="col" class="number">Shared</th><th scope="col" class="number">p</th><th scope="col" class="number">p (Holm)</th></tr></thead>
      <tbody>

      """)
    for pair in pairs {
      page.raw("<tr>")
      for (model, right) in [(pair.first, pair.firstRight), (pair.second, pair.secondRight)] {
        page.element("td") {
          $0.text(models[model].shownName)
          if let part = Proportion(right, of: pair.shared) { $0.element("small", DecimalText.percent(part.value)) }
        }
      }
      page.element("td", ["class": "number"], DecimalText.points(pair.difference))
      page.raw("<td>")
      page.element("svg", ["class": "split", "height": "14", "aria-hidden": "true"]) {
        let reach = 50 * pair.difference.magnitude / widest
        let start = pair.difference < 0 ? 50 - reach : 50
        $0.rectangle(rule, DecimalText.fixed(start, 3), DecimalText.fixed(reach, 3), 3)
        $0.line("zero", "50%", "0", "100%")
      }
      page.raw("</td>")
      for count in [pair.onlyFirst, pair.onlySecond, pair.shared] {
        page.element("td", ["class": "number"], DecimalText.grouped(count))
      }
      page.element("td", ["class": "number"], DecimalText.probability(pair.probability))
      page.element(
        "td", ["class": "number\(pair.adjusted < 0.05 ? " clear" : "")"], DecimalText.probability(pair.adjusted))
      page.raw("</tr>\n")
    }
    page.raw("</tbody>\n</table></div>\n")
  }
}

extension HTMLText {
  /// An upright line, from and to a height.
  fileprivate mutating func line(_ kind: String, _ place: String, _ from: String, _ to: String) {
    element("line", ["class": kind, "x1": place, "x2": place, "y1": from, "y2": to], "")
  }

  /// A bar of eight units of height, from and with a width in percent.
  fileprivate mutating func rectangle(_ kind: String, _ start: String, _ width: String, _ top: Int) {
    element("rect", ["class": kind, "x": "\(start)%", "width": "\(width)%", "y": "\(top)", "height": "8"], "")
  }

  /// A bar from nothing to a part of all, and its interval.
  fileprivate mutating func bar(_ proportion: Proportion?, _ kind: String, _ top: Int) {
    guard let proportion else { return }
    rectangle(kind, "0", DecimalText.fixed(100 * proportion.value, 3), top)
    whisker(proportion.interval, kind, top + 4) { DecimalText.fixed(100 * $0, 3) + "%" }
  }

  /// A dot and its interval.
  fileprivate mutating func dot(_ proportion: Proportion?, _ kind: String, _ height: Int, _ place: (Double) -> String) {
    guard let proportion else { return }
    whisker(proportion.interval, kind, height, place)
    element("circle", ["class": kind, "cx": place(proportion.value), "cy": "\(height)", "r": "4.5"], "")
  }

  private mutating func whisker(
    _ range: ClosedRange<Double>, _ kind: String, _ height: Int, _ place: (Double) -> String
  ) {
    let (low, high) = (place(range.lowerBound), place(range.upperBound))
    element("line", ["class": "w \(kind)", "x1": low, "x2": high, "y1": "\(height)", "y2": "\(height)"], "")
    line("w \(kind)", low, "\(height - 3)", "\(height + 3)")
    line("w \(kind)", high, "\(height - 3)", "\(height + 3)")
  }
}
