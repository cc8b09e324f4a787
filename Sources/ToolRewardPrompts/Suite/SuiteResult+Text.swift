internal import ToolRewardReport

extension SuiteResult {
  /// The result as a terminal shows it: a table of templates, and what failed.
  ///
  /// - Parameters:
  ///   - width: How many columns there are.
  ///   - most: How many failures are named.
  public func text(width: Int = 120, failures most: Int = 50) -> String {
    var lines: [String] = []
    if !description.utf8.isEmpty { lines += [VisibleText.of(description), ""] }
    let checks = checkNames
    var table = TextTable(["<template", "cells", "passed"] + checks + (hasSamples ? ["completions", "passed"] : []))
    for (index, template) in templates.enumerated() {
      let own = cases.indices.map { cell(index, $0) }
      var row = [
        VisibleText.cutInside(VisibleText.of(template), to: 40), DecimalText.grouped(own.count),
        DecimalText.grouped(own.count { $0.isPassed }),
      ]
      row += checks.map { Self.tally(own, $0) }
      if hasSamples {
        let samples = own.flatMap(\.samples)
        row += [DecimalText.grouped(samples.count), DecimalText.grouped(samples.count { $0.isPassed })]
      }
      table.add(row)
    }
    lines += table.width <= width || checks.count < 2 ? table.lines(indent: 0) : checkLines(checks)
    lines += failureLines(width, most)
    lines += [
      "",
      "\(DecimalText.counted(cells.count, "cell")): \(DecimalText.grouped(passed)) passed, \(DecimalText.grouped(failed)) failed",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  /// The checks' names in the order of their first coming.
  var checkNames: [String] {
    var names: [String] = []
    for cell in cells {
      for check in cell.checks + cell.samples.flatMap(\.checks) where !names.contains(check.check) {
        names.append(check.check)
      }
    }
    return names
  }

  var hasSamples: Bool { cells.contains { !$0.samples.isEmpty } }

  /// How many of a check's results passed, of how many that say something.
  static func tally(_ cells: [SuiteCell], _ check: String) -> String {
    let results = cells.flatMap { $0.checks + $0.samples.flatMap(\.checks) }.filter { $0.check == check }
    let told = results.count { $0.outcome != .skipped }
    return told == 0 ? "–" : "\(results.count { $0.outcome == .passed })/\(told)"
  }

  /// The same with a line for each check, where they are too many for columns.
  private func checkLines(_ checks: [String]) -> [String] {
    var lines: [String] = []
    for (index, template) in templates.enumerated() {
      let own = cases.indices.map { cell(index, $0) }
      lines.append("\(VisibleText.of(template)): \(own.count { $0.isPassed }) of \(own.count) cells passed")
      var table = TextTable(["<", ""])
      for check in checks { table.add([check, Self.tally(own, check)]) }
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
        lines.append("\(place): \(check.check)")
        lines += TextTable.wrap(VisibleText.of(check.message), width: width, indent: 4)
      }
    }
    if count > most { lines.append("… and \(DecimalText.grouped(count - most)) more failures") }
    return lines.isEmpty ? [] : ["", "Failures"] + lines
  }
}

extension SuiteCell {
  /// What failed, with the completion's number where it is one's.
  var failures: [(sample: Int?, check: CheckResult)] {
    checks.filter { $0.outcome == .failed }.map { (nil, $0) }
      + samples.enumerated().flatMap { number, sample in
        sample.checks.filter { $0.outcome == .failed }.map { (number, $0) }
      }
  }
}

extension [SuiteComparison] {
  /// The comparisons as a terminal shows them, with the cases that flipped.
  public func text(flips most: Int = 20) -> String {
    var table = TextTable([
      "<first", "<second", "cases", "wins", "losses", "ties", "difference", "95 % interval", "<test", "p", "p (Holm)",
    ])
    for pair in self {
      table.add([
        VisibleText.of(pair.first), VisibleText.of(pair.second), DecimalText.grouped(pair.cases), "\(pair.wins)",
        "\(pair.losses)", "\(pair.ties)", DecimalText.points(pair.difference),
        "\(DecimalText.points(pair.interval.lowerBound)) – \(DecimalText.points(pair.interval.upperBound))",
        pair.test.rawValue, DecimalText.probability(pair.probability), DecimalText.probability(pair.adjusted),
      ])
    }
    var lines = table.lines(indent: 0)
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
