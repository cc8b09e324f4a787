import ToolReward
import ToolRewardReport
import ToolRewardTraining

/// What a run looks like while it goes on: on a terminal a board in place, elsewhere a line for each evaluation.
struct Dashboard {
  private let title: String
  private let total: Int
  private let isOn: Bool
  private var rewards: [Double] = []
  private var exact: [Double] = []
  private var last: StepRecord?
  private var evaluation: EvaluationRecord?
  private var example: Rollout?
  private var notices: [String] = []
  private var height = 0
  private var lastShown = ContinuousClock.now - .seconds(1)

  init(title: String, total: Int, isOn: Bool) {
    self.title = title
    self.total = total
    self.isOn = isOn
  }

  mutating func show(_ event: TrainingEvent) {
    switch event {
    case .resumed(let step): note("goes on after step \(step)")
    case .notice(let text): note(text)
    case .checkpoint: break
    case .step(let record, let examples):
      last = record
      if let reward = record.rollouts?.reward { rewards.append(reward) }
      example = examples.max { ($0.reward ?? -.infinity) < ($1.reward ?? -.infinity) } ?? example
    case .evaluation(let record):
      evaluation = record
      exact.append(record.rollouts.exactMatch ?? 0)
      if !isOn { Terminal.say(line(record)) }
    }
    draw()
  }

  /// Leaves the board as it stands.
  mutating func leave() {
    lastShown = ContinuousClock.now - .seconds(1)
    draw()
  }

  private mutating func note(_ text: String) {
    if isOn {
      notices = notices.suffix(2) + [text]
    } else {
      Terminal.say(text)
    }
  }

  private func line(_ record: EvaluationRecord) -> String {
    let means = record.rollouts
    return
      "step \(record.step): held-out exact match \(number(means.exactMatch)), reward \(number(means.reward)), format \(number(means.format)), calls \(number(means.calls)), length \(DecimalText.fixed(means.length, 1))"
  }

  private func number(_ value: Double?, _ places: Int = 3) -> String {
    value.map { DecimalText.fixed($0, places) } ?? "–"
  }

  private mutating func draw() {
    guard isOn, ContinuousClock.now - lastShown > .milliseconds(100) else { return }
    lastShown = ContinuousClock.now
    let lines = board()
    var text = height > 0 ? "\u{1B}[\(height)A" : ""
    for line in lines { text += "\r\(VisibleText.cut(line, to: Terminal.errorWidth - 1))\u{1B}[K\n" }
    if lines.count < height { text += "\u{1B}[J" }
    height = lines.count
    Terminal.put(text)
  }

  private func board() -> [String] {
    var lines = ["\(title)   step \(last?.step ?? 0) of \(total)\(last.map { " · \($0.stage.rawValue)" } ?? "")"]
    lines.append("reward       \(Self.curve(rewards))  \(number(last?.rollouts?.reward))")
    lines.append(
      "exact match  \(Self.curve(exact))  \(number(evaluation?.rollouts.exactMatch)) held out, best \(number(evaluation?.best))"
    )
    lines.append(
      "format \(number(evaluation?.rollouts.format))  calls \(number(evaluation?.rollouts.calls))  KL \(number(last?.divergence, 4))  entropy \(number(last?.entropy))  length \(number(last?.rollouts?.length, 1))  equal groups \(last?.equalGroups ?? 0) of \(last?.groups ?? 0)"
    )
    if let example {
      lines.append("asked  \(Self.oneLine(example.prompt))")
      lines.append("wrote  \(Self.oneLine(example.generation.text))")
      let finding = example.verdict.findings.first.map { " · \($0.code.name)" } ?? ""
      lines.append("earned \(number(example.reward))\(finding)")
    }
    return lines + notices.map { "! \($0)" }
  }

  /// The last values as eighths of a line's height, from 0 to 1 or to the greatest.
  private static func curve(_ values: [Double]) -> String {
    let shown = values.suffix(40)
    let low = min(0, shown.min() ?? 0)
    let span = max(1, shown.max() ?? 1) - low
    let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    let line = String(shown.map { blocks[min(7, max(0, Int(($0 - low) / span * 7.999)))] })
    return line + String(repeating: " ", count: 40 - shown.count)
  }

  private static func oneLine(_ bytes: [UInt8]) -> String {
    VisibleText.cut(VisibleText.of(bytes), to: max(20, Terminal.errorWidth - 8))
  }
}
