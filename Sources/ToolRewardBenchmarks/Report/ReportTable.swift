internal import ToolRewardReport

extension BenchmarkReport {
  /// The report for a terminal: each model's categories and aggregates, how the aggregates are worked out, what differs between official
  /// and strict rules, and the models against each other. It ends with a line feed.
  ///
  /// - Parameters:
  ///   - width: How many columns there are. Intervals are left out of a table that needs more.
  ///   - differences: How many samples are named as examples for each reason that official and strict verdicts differ for.
  public func text(width: Int, differences: Int) -> String {
    let width = max(40, width)
    var lines = TextTable.wrap(summary, width: width, indent: 0)
    if models.isEmpty { lines += ["", "Nothing was judged."] }
    for model in models { lines += [""] + table(of: model, width) }
    if !models.isEmpty, !formulas.isEmpty {
      lines += ["", "Aggregates"]
      for formula in formulas {
        lines += TextTable.wrap(
          "\(VisibleText.of(formula.name)) = \(VisibleText.of(formula.text))", width: width, indent: 2, hanging: 2)
      }
    }
    if hasStrict { lines += [""] + text(ofDifferences: differences, width) }
    let official = comparisons { $0.official }
    if !official.isEmpty {
      lines += [
        "", hasStrict ? "Models compared by official verdicts" : "Models compared",
        "  McNemar's exact test, two-sided, on the samples both were judged on; Holm's correction for all pairs.",
      ]
      lines += table(of: official, width)
      if hasStrict {
        lines += ["", "Models compared by strict verdicts"] + table(of: comparisons { $0.strict }, width)
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What the report is of: `BFCL v3: 6 models, official and strict verdicts, 95 % Wilson intervals`.
  var summary: String {
    "\(VisibleText.of(title)): \(DecimalText.counted(models.count, "model")), \(hasStrict ? "official and strict" : "official") verdicts, 95 % Wilson intervals"
  }

  private func table(of model: Model, _ width: Int) -> [String] {
    var lines = [VisibleText.cutInside(model.shownName, to: width)]
    let shown = [(true, true), (true, false), (false, false)]
    for (official, strict) in shown {
      let table = table(of: model, officialInterval: official, strictInterval: strict)
      if table.width + 2 > width, official || strict { continue }
      lines += table.lines(indent: 2)
      break
    }
    let absent = model.categories.filter { $0.judged == 0 }.map { VisibleText.of($0.name) }
    if !absent.isEmpty {
      lines += TextTable.wrap("Not judged: \(absent.joined(separator: ", ")).", width: width, indent: 2)
    }
    for (reason, count) in model.unjudged {
      lines += TextTable.wrap(
        "\(DecimalText.counted(count, "sample")) could not be judged: \(VisibleText.of(reason)).", width: width,
        indent: 2)
    }
    return lines
  }

  private func table(of model: Model, officialInterval: Bool, strictInterval: Bool) -> TextTable {
    let hasStrict = hasStrict
    var heads = ["<category", "n", "official"]
    if officialInterval { heads.append("95 % interval") }
    if hasStrict {
      heads.append("strict")
      if strictInterval { heads.append("95 % interval") }
      heads.append("change")
    }
    var table = TextTable(heads)
    func add(_ name: String, _ count: String, _ official: Double?, _ strict: Double?, _ ranges: [ClosedRange<Double>?])
    {
      var cells = [VisibleText.of(name), count, official.map { DecimalText.percent($0) } ?? "open"]
      if officialInterval { cells.append(ranges[0].map { DecimalText.percent($0) } ?? "") }
      if hasStrict {
        cells.append(strict.map { DecimalText.percent($0) } ?? "open")
        if strictInterval { cells.append(ranges[1].map { DecimalText.percent($0) } ?? "") }
        var change = ""
        if let official, let strict { change = DecimalText.points(strict - official) }
        cells.append(change)
      }
      table.add(cells)
    }
    func add(_ name: String, _ judged: Int, _ total: Int, _ official: Proportion?, _ strict: Proportion?) {
      add(
        name, judged == total ? "\(judged)" : "\(judged)/\(total)", official?.value, strict?.value,
        [official?.interval, strict?.interval])
    }
    for category in model.categories where category.judged > 0 {
      add(category.name, category.judged, category.total, category.officialProportion, category.strictProportion)
    }
    if model.judged > 0 {
      let total = model.categories.reduce(0) { $0 + $1.total }
      add("all samples", model.judged, total, model.officialProportion, model.strictProportion)
    }
    if !model.aggregates.isEmpty { table.add(["aggregate"]) }
    for aggregate in model.aggregates { add(aggregate.name, "", aggregate.official, aggregate.strict, [nil, nil]) }
    return table
  }

  private func text(ofDifferences examples: Int, _ width: Int) -> [String] {
    let found = differences
    var lines = TextTable.wrap(differenceSummary(found), width: width, indent: 0)
    for difference in found where difference.isOfVerdict {
      lines += text(of: difference, width)
      lines += TextTable.wrap(difference.why, width: width, indent: 6)
      if examples > 0 {
        lines += TextTable.wrap(names(of: difference.entries, atMost: examples), width: width, indent: 6)
      }
    }
    let mereReasons = found.filter { !$0.isOfVerdict }
    if !mereReasons.isEmpty { lines.append("  Wrong by both, by another reason:") }
    for difference in mereReasons { lines += text(of: difference, width) }
    return lines
  }

  private func text(of difference: ReportDifference, _ width: Int) -> [String] {
    let count = DecimalText.grouped(difference.entries.count)
    return TextTable.wrap(
      "\(count)× \(VisibleText.of(difference.title))", width: width, indent: max(0, 5 - count.utf8.count), hanging: 2)
  }

  /// How much differs: `73 of 21,846 verdicts differ between official and strict rules; 134 more differ in the reason only.`
  func differenceSummary(_ found: [ReportDifference]) -> String {
    let all = models.reduce(0) { sum, model in sum + model.samples.count { $0.strict?.isValid != nil } }
    let verdicts = found.reduce(0) { $0 + ($1.isOfVerdict ? $1.entries.count : 0) }
    let reasons = found.reduce(0) { $0 + ($1.isOfVerdict ? 0 : $1.entries.count) }
    return
      "\(DecimalText.grouped(verdicts)) of \(DecimalText.counted(all, "verdict")) differ between official and strict rules\(reasons > 0 ? "; \(DecimalText.grouped(reasons)) more differ in the reason only" : "")."
  }

  /// Samples by identifier, with the model, or with how many of them it is.
  private func names(of entries: [ReportDifference.Entry], atMost limit: Int) -> String {
    var order: [[UInt8]] = []
    var owners: [[UInt8]: [Int]] = [:]
    for entry in entries {
      if owners[entry.id] == nil { order.append(entry.id) }
      owners[entry.id, default: []].append(entry.model)
    }
    var names = order.prefix(limit).map { id in
      let own = owners[id] ?? []
      let name = VisibleText.cut(VisibleText.of(id), to: 60)
      if models.count == 1 { return own.count == 1 ? name : "\(name) (\(own.count)×)" }
      let models = Set(own)
      guard models.count == 1, let model = own.first else { return "\(name) (\(models.count) models)" }
      return "\(name) (\(VisibleText.cutInside(self.models[model].shownName, to: 60)))"
    }
    if order.count > limit { names.append("and \(DecimalText.grouped(order.count - limit)) more") }
    return names.joined(separator: ", ")
  }

  private func table(of pairs: [ModelComparison], _ width: Int) -> [String] {
    var table = TextTable(["<first", "<second", "n", "1st", "2nd", "points", "only 1st", "only 2nd", "p", "p (Holm)"])
    let room = max(8, (width - 76) / 2)
    for pair in pairs {
      func percent(_ right: Int) -> String {
        Proportion(right, of: pair.shared).map { DecimalText.percent($0.value) } ?? "open"
      }
      table.add([
        VisibleText.cutInside(models[pair.first].shownName, to: room),
        VisibleText.cutInside(models[pair.second].shownName, to: room),
        "\(pair.shared)", percent(pair.firstRight), percent(pair.secondRight), DecimalText.points(pair.difference),
        "\(pair.onlyFirst)", "\(pair.onlySecond)", DecimalText.probability(pair.probability),
        DecimalText.probability(pair.adjusted),
      ])
    }
    return table.lines(indent: 2)
  }
}
