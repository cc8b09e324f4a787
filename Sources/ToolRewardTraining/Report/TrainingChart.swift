internal import ToolRewardReport

/// A curve over the steps of a run: training as a line, held-out tasks as a line with dots.
struct TrainingChart {
  let title: String
  let lastStep: Int
  /// Whether the values run from 0 to 1.
  let isShare: Bool
  let training: [(step: Double, value: Double)]
  let heldOut: [(step: Double, value: Double)]

  private static let (width, height) = (300.0, 120.0)

  init(
    title: String, lastStep: Int, isShare: Bool, training: [(Double, Double)], heldOut: [(Double, Double)]
  ) {
    self.title = title
    self.lastStep = lastStep
    self.isShare = isShare
    self.training = training.map { (step: $0.0, value: $0.1) }
    self.heldOut = heldOut.map { (step: $0.0, value: $0.1) }
  }

  static let style: StaticString = """
    <style>
    .curves { display: grid; grid-template-columns: repeat(auto-fill, minmax(18rem, 1fr)); gap: 1.5rem 2rem; }
    .curves figure { margin: 0; min-width: 0; }
    .curves figcaption { font-size: .8125rem; font-weight: 600; }
    .curves .ends { color: var(--soft); font-size: .75rem; font-variant-numeric: tabular-nums; }
    .curves polyline { fill: none; stroke-width: 1.5; vector-effect: non-scaling-stroke; }
    .curves .t { stroke: var(--strict); }
    .curves .h { stroke: var(--official); }
    .curves circle { fill: var(--official); }
    .curves rect { fill: var(--tint); }
    .rollout { margin: 1rem 0; padding: 0 0 .75rem; border-bottom: 1px solid var(--grid); }
    .rollout p, .rollout ul { margin: .25rem 0; }
    .rollout pre { margin: .25rem 0; padding: .5rem .75rem; background: var(--tint); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .8125rem; }
    .asked { font-weight: 600; overflow-wrap: anywhere; }
    </style>

    """

  /// Adds the chart with a sentence that says in words what it shows.
  func write(to page: inout HTMLText) {
    let values = training.map(\.value) + heldOut.map(\.value)
    let low = isShare ? 0 : min(0, values.min() ?? 0)
    let high = isShare ? 1 : max(values.max() ?? 1, low + 1e-9)
    func place(_ point: (step: Double, value: Double)) -> String {
      let x = point.step / Double(lastStep) * Self.width
      let y = (1 - (point.value - low) / (high - low)) * Self.height
      return "\(DecimalText.fixed(x, 2)),\(DecimalText.fixed(y, 2))"
    }
    page.element("figure") { page in
      page.element("figcaption", title)
      page.element(
        "svg",
        ["viewBox": "0 -4 300 128", "height": "128", "preserveAspectRatio": "none", "role": "img", "aria-label": words]
      ) { page in
        page.element("rect", ["x": "0", "y": "0", "width": "300", "height": "120"], "")
        page.element("polyline", ["class": "t", "points": training.map(place).joined(separator: " ")], "")
        page.element("polyline", ["class": "h", "points": heldOut.map(place).joined(separator: " ")], "")
        for point in heldOut {
          let pair = place(point).split(separator: ",")
          if pair.count == 2 {
            page.element("circle", ["cx": String(pair[0]), "cy": String(pair[1]), "r": "2"], "")
          }
        }
      }
      page.element("div", ["class": "ends"], words)
    }
    page.newLine()
  }

  private var words: String {
    func ends(_ name: String, _ points: [(step: Double, value: Double)]) -> String? {
      guard let first = points.first, let last = points.last else { return nil }
      return "\(name) \(DecimalText.fixed(first.value, 3)) → \(DecimalText.fixed(last.value, 3))"
    }
    return [ends("training", training), ends("held out", heldOut)].compactMap { $0 }.joined(separator: "; ")
  }
}
