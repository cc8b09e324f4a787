internal import ToolReward
internal import ToolRewardReport

/// A run as a page: its curves, and its best and worst completions with their findings.
public struct TrainingReport: Sendable {
  /// What was run.
  public let title: String
  private let steps: [Row]
  private let evaluations: [Row]
  private let rollouts: [Rollout]
  private let best: Double
  private let bestStep: Int

  /// A line of metrics: the step, and its numbers by name.
  struct Row: Sendable {
    let step: Int
    let stage: String
    let numbers: [String: Double]
  }

  /// Reads a run's metrics. Lines that are none are left out. O(text).
  ///
  /// - Parameters:
  ///   - title: What was run.
  ///   - metrics: The text of metrics.jsonl.
  ///   - rollouts: The completions to show, of held-out tasks.
  ///   - best: The best exact match on held-out tasks.
  ///   - bestStep: After which step that was.
  public init(title: String, metrics: [UInt8], rollouts: [Rollout], best: Double, bestStep: Int) {
    self.title = title
    self.rollouts = rollouts
    self.best = best
    self.bestStep = bestStep
    var (steps, evaluations): ([Row], [Row]) = ([], [])
    for line in metrics.split(separator: 0x0A) {
      guard let value = try? ValueReader().read(Array(line)) else { continue }
      var numbers: [String: Double] = [:]
      for (name, member) in value.members {
        if let number = member.numberLiteral.flatMap({ Double($0) }) {
          numbers[String(decoding: name, as: UTF8.self)] = number
        }
      }
      if let step = numbers["step"].flatMap({ Int(exactly: $0) }) {
        steps.append(Row(step: step, stage: value["stage"]?.string ?? "", numbers: numbers))
      } else if let step = numbers["evaluation"].flatMap({ Int(exactly: $0) }) {
        evaluations.append(Row(step: step, stage: "", numbers: numbers))
      }
    }
    (self.steps, self.evaluations) = (steps, evaluations)
  }

  /// The page, UTF-8: one file that loads nothing.
  public func html() -> [UInt8] {
    HTMLPage.document(title: "\(title) – training report", style: TrainingChart.style) { page in
      page.raw("<header>\n<p class=\"eyebrow\">toolreward train</p>\n")
      page.element("h1", title)
      page.element("p", ["class": "lede"], lede)
      page.raw("<nav aria-label=\"Sections\"><a href=\"#curves\">Curves</a><a href=\"#worst\">Worst completions</a>")
      page.raw(
        "<a href=\"#best\">Best completions</a></nav>\n</header>\n<main>\n<section id=\"curves\">\n<h2>Curves</h2>\n")
      page.raw("<p class=\"note\">By step. Held-out tasks are continued greedily, training tasks are sampled.</p>\n")
      page.raw("<div class=\"curves\">\n")
      for chart in charts { chart.write(to: &page) }
      page.raw("</div>\n</section>\n")
      let order = rollouts.indices.sorted {
        value(rollouts[$0]) == value(rollouts[$1]) ? $0 < $1 : value(rollouts[$0]) < value(rollouts[$1])
      }
      let half = min(8, (order.count + 1) / 2)
      write("worst", "Worst completions", order.prefix(half).map { rollouts[$0] }, to: &page)
      write(
        "best", "Best completions", order.suffix(min(half, order.count - half)).reversed().map { rollouts[$0] },
        to: &page
      )
      page.raw("</main>\n")
    }
  }

  private func value(_ rollout: Rollout) -> Double { rollout.reward ?? -.infinity }

  private var lede: String {
    let last = evaluations.last?.numbers["exact_match"]
    let first = evaluations.first?.numbers["exact_match"]
    func text(_ value: Double?) -> String { value.map { DecimalText.fixed($0, 3) } ?? "unknown" }
    return
      "\(DecimalText.counted(steps.count, "step")). Exact match on held-out tasks went from \(text(first)) to \(text(last)); the best, \(DecimalText.fixed(best, 3)), was after step \(bestStep)."
  }

  private var charts: [TrainingChart] {
    func points(_ rows: [Row], _ name: String) -> [(Double, Double)] {
      rows.compactMap { row in row.numbers[name].map { (Double(row.step), $0) } }
    }
    let last = max(steps.last?.step ?? 1, 1)
    func chart(_ title: String, _ name: String, unit: Bool = false, heldOut: Bool = true) -> TrainingChart {
      TrainingChart(
        title: title, lastStep: last, isShare: unit, training: points(steps, name),
        heldOut: heldOut ? points(evaluations, name) : [])
    }
    return [
      chart("Reward", "reward"), chart("Exact match", "exact_match", unit: true),
      chart("Format", "format", unit: true), chart("Calls right", "calls", unit: true),
      chart("Completion length in tokens", "length"), chart("Entropy in nats a token", "entropy", heldOut: false),
      chart("KL from the reference in nats a token", "kl", heldOut: false), chart("Loss", "loss", heldOut: false),
      chart("Gradient norm", "gradient_norm", heldOut: false),
      chart("Groups with equal rewards", "equal_groups", heldOut: false),
    ].filter { !$0.training.isEmpty || !$0.heldOut.isEmpty }
  }

  private func write(_ id: String, _ heading: String, _ rollouts: [Rollout], to page: inout HTMLText) {
    page.element("section", ["id": id]) { page in
      page.element("h2", heading)
      if rollouts.isEmpty { page.element("p", ["class": "note"], "None.") }
      for rollout in rollouts {
        page.element("article", ["class": "rollout"]) { write(rollout, to: &$0) }
        page.newLine()
      }
    }
    page.newLine()
  }

  private func write(_ rollout: Rollout, to page: inout HTMLText) {
    page.element("p", ["class": "asked"], Self.shown(rollout.prompt))
    page.element("pre", ["class": "wrote"], Self.shown(rollout.generation.text))
    page.element("p", ["class": "note"]) { page in
      page.text("reward \(rollout.reward.map { DecimalText.fixed($0, 3) } ?? "none: it could not be judged")")
      for component in rollout.components {
        page.text(" · \(component.name) \(component.value.map { DecimalText.fixed($0, 2) } ?? "–")")
      }
    }
    let findings = rollout.verdict.findings + (rollout.verdict.findings.isEmpty ? rollout.judgement.findings : [])
    guard !findings.isEmpty else { return }
    page.element("ul") { page in
      for finding in findings.prefix(8) {
        page.element("li") { page in
          page.element("code", finding.code.name)
          page.text(" \(finding.code.message)\(finding.pointer.map { " at \($0)" } ?? "")")
        }
      }
    }
  }

  /// Text of anyone's, cut where it is very long; line feeds stay.
  private static func shown(_ text: [UInt8]) -> String {
    let cut = text.prefix(4000)
    return String(decoding: cut, as: UTF8.self) + (cut.count < text.count ? "…" : "")
  }
}
