public import ToolReward

/// Keeps tasks for which a strong model's completion is rewarded, with that completion as the answer (arXiv 2505.00024, §3.4: 5,518
/// trajectories were kept so).
public final class DistillationFilter {
  private let scorer: Scorer
  private let threshold: Double
  private let workspace = ScoringWorkspace()

  /// Creates a filter.
  ///
  /// - Parameters:
  ///   - scorer: What completions are judged by.
  ///   - threshold: The least reward that is accepted.
  public init(_ scorer: Scorer, threshold: Double = 1) {
    self.scorer = scorer
    self.threshold = threshold
  }

  /// The task with the first completion that is rewarded as its only one, cut behind its calls, and with that completion's reasoning.
  /// O(completions).
  ///
  /// - Throws: ``DroppedRow`` if no completion is rewarded, or the task cannot be judged.
  public func filter(_ task: TrainingRecord) throws(DroppedRow) -> TrainingRecord {
    guard !task.completions.isEmpty else {
      throw DroppedRow(.rejected, "the row brings no \"completion\" and no \"completions\"")
    }
    let prepared = try scoringTask(task)
    for completion in task.completions {
      let verdict = scorer.score(completion.span, for: prepared, using: workspace, isBrief: true)
      guard let score = verdict.score, score >= threshold else { continue }
      var kept = task
      let text = Self.cut(completion)
      kept.completions = [text]
      if let open = text.firstIndex(of: "<think>"), let close = text.firstIndex(of: "</think>", from: open) {
        kept.reasoning = text.stripped((open + 7)..<close)
      }
      return kept
    }
    throw DroppedRow(.rejected, "no completion is rewarded with \(threshold) or more by \(scorer.reward.name)")
  }

  private func scoringTask(_ task: TrainingRecord) throws(DroppedRow) -> ScoringTask {
    var truth: [UInt8] = []
    RecordWriter().append(task.groundTruth ?? [], to: &truth)
    var tools: [UInt8] = [0x5B]
    for (position, tool) in task.tools.enumerated() {
      if position > 0 { tools.append(0x2C) }
      JSONWriter.compact.write(tool, to: &tools)
    }
    tools.append(0x5D)
    do {
      let reader = ValueReader(syntax: .python, limits: .python)
      let compiled = try scorer.reward.compile(groundTruth: try reader.read(truth))
      let usesTools = scorer.reward.usesTools && !task.tools.isEmpty
      return ScoringTask(groundTruth: compiled, tools: usesTools ? try Toolbox(try reader.read(tools)) : nil)
    } catch {
      throw DroppedRow(.rejected, "the task cannot be judged by: \(error)")
    }
  }

  /// What stands up to the first closing tag, as the published preparation cuts it.
  private static func cut(_ completion: [UInt8]) -> [UInt8] {
    guard let close = completion.firstIndex(of: "</tool_call>") else { return completion.stripped }
    return completion.stripped(0..<(close + 12))
  }
}

@available(*, unavailable)
extension DistillationFilter: Sendable {}
