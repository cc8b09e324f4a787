internal import ToolRewardReport

extension SuiteResult {
  /// The result as a terminal shows it: a table of templates, and what failed.
  ///
  /// - Parameters:
  ///   - width: How many columns there are.
  ///   - most: How many failures are named.
  ///   - counts: The k of the columns pass@k and pass^k, which are means over the cells with at least so many completions.
  public func text(width: Int = 120, failures most: Int = 50, passAt counts: [Int] = []) -> String {
    var lines: [String] = []
    if !description.utf8.isEmpty { lines += [VisibleText.of(description), ""] }
    let checks = checkNames
    let estimates = counts.flatMap { ["pass@\($0)", "pass^\($0)"] }
    var table = TextTable(
      ["<template", "cells", "passed"] + checks.map(Self.head)
        + (hasSamples ? ["completions", "passed"] + estimates : []))
    for (index, template) in templates.enumerated() {
      let own = cells(of: index)
      var row = [
        VisibleText.cutInside(VisibleText.of(template), to: 40), DecimalText.grouped(own.count),
        DecimalText.grouped(own.count { $0.isPassed }),
      ]
      row += checks.map { Self.tally(own, $0) }
      if hasSamples { row += sampleFigures(index, counts) }
      table.add(row)
    }
    lines += table.width <= width || checks.count < 2 ? table.lines(indent: 0) : checkLines(checks, counts)
    lines += failureLines(width, most)
    lines += ["", summary]
    return lines.joined(separator: "\n") + "\n"
  }

  /// `4 cells: 2 passed, 1 failed, 1 could not be judged`.
  var summary: String {
    let unjudged = errors > 0 ? ", \(DecimalText.grouped(errors)) could not be judged" : ""
    return
      "\(DecimalText.counted(cells.count, "cell")): \(DecimalText.grouped(passed)) passed, \(DecimalText.grouped(failed)) failed\(unjudged)"
  }

  /// How many completions there are, how many passed, and the estimates of a template.
  func sampleFigures(_ index: Int, _ counts: [Int]) -> [String] {
    let own = cells(of: index)
    let figures = [
      DecimalText.grouped(own.reduce(0) { $0 + $1.samples.count }),
      DecimalText.grouped(own.reduce(0) { $0 + $1.passedSamples }),
    ]
    return figures
      + counts.flatMap { count in
        [mean(index) { $0.passAt(count) }, mean(index) { $0.passAll(count) }].map {
          $0.map { DecimalText.fixed($0.value, 3) } ?? "–"
        }
      }
  }

  /// The checks' names in the order of their first coming.
  var checkNames: [String] {
    var names: [String] = []
    var known: Set<String> = []
    for cell in cells {
      for check in cell.checks + cell.samples.flatMap(\.checks) where known.insert(check.check).inserted {
        names.append(check.check)
      }
    }
    return names
  }

  var hasSamples: Bool { cells.contains { !$0.samples.isEmpty } }

  /// A check's name as a heading: what begins with "<" is of text, and loses it.
  private static func head(_ check: String) -> String {
    (check.utf8.first == 0x3C ? "<" : "") + VisibleText.of(check)
  }

  /// How many of a check's results passed, of how many that say something.
  static func tally(_ cells: ArraySlice<SuiteCell>, _ check: String) -> String {
    let results = cells.flatMap { $0.checks + $0.samples.flatMap(\.checks) }.filter { $0.check == check }
    let told = results.count { $0.outcome != .skipped }
    return told == 0 ? "–" : "\(results.count { $0.outcome == .passed })/\(told)"
  }

  /// The same with a line for each check, where they are too many for columns.
  private func checkLines(_ checks: [String], _ counts: [Int]) -> [String] {
    var lines: [String] = []
    for (index, template) in templates.enumerated() {
      let own = cells(of: index)
      lines.append("\(VisibleText.of(template)): \(own.count { $0.isPassed }) of \(own.count) cells passed")
      var table = TextTable(["<", ""])
      for check in checks { table.add([VisibleText.of(check), Self.tally(own, check)]) }
      if hasSamples {
        let names = ["completions", "completions passed"] + counts.flatMap { ["pass@\($0)", "pass^\($0)"] }
        for (name, figure) in zip(names, sampleFigures(index, counts)) { table.add([name, figure]) }
      }
      lines += table.lines(indent: 2).dropFirst()
    }
    return lines
  }

  private func failureLines(_ width: Int, _ most: Int) -> [String] {
    var lines: [String] = []
    var count = 0
    for cell in cells where !cell.isPassed {
      for (sample, check) in cell.failures {
        count += 1
        guard count <= most else { continue }
        let place = VisibleText.of("\(cell.template) / \(cell.test)") + (sample.map { ", completion \($0 + 1)" } ?? "")
        lines.append("\(place): \(VisibleText.of(check.check))\(check.outcome == .error ? " could not be judged" : "")")
        for line in check.message.split(separator: "\n", omittingEmptySubsequences: true) {
          lines += TextTable.wrap(VisibleText.of(String(line)), width: width, indent: 4)
        }
      }
    }
    if count > most { lines.append("… and \(DecimalText.grouped(count - most)) more failures") }
    return lines.isEmpty ? [] : ["", "Failures"] + lines
  }
}

extension SuiteCell {
  /// What failed, with the completion's number where it is one's.
  var failures: [(sample: Int?, check: CheckResult)] {
    checks.filter(\.isBad).map { (nil, $0) }
      + samples.enumerated().flatMap { number, sample in sample.checks.filter(\.isBad).map { (number, $0) } }
  }
}

extension [SuiteComparison] {
  /// The comparisons as a terminal shows them, with the cases that flipped.
  public func text(flips most: Int = 20) -> String {
    var table = TextTable([
      "<first", "<second", "cases", "wins", "losses", "ties", "difference", "95 % interval", "<test", "p", "p (Holm)",
    ])
    for pair in self {
      table.add(
        [VisibleText.of(pair.first), VisibleText.of(pair.second)] + pair.figures
          + [pair.adjustedFigure])
    }
    var lines = table.lines(indent: 0)
    for pair in self where pair.unpaired > 0 {
      lines.append(
        "\(VisibleText.of(pair.first)) against \(VisibleText.of(pair.second)): \(DecimalText.counted(pair.unpaired, "case")) left out, because one of the two has nothing that could be judged"
      )
    }
    for pair in self where !pair.flips.isEmpty {
      lines += ["", "\(VisibleText.of(pair.first)) against \(VisibleText.of(pair.second))"]
      for flip in pair.flips.prefix(most) {
        lines.append(
          "  \(VisibleText.of(flip.test)): \(DecimalText.fixed(flip.first, 2)) against \(DecimalText.fixed(flip.second, 2))"
        )
      }
      if pair.flips.count > most { lines.append("  … and \(pair.flips.count - most) more") }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
