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

  /// The task with the first completion that is rewarded as its only one, and with that completion's reasoning. What follows its last call is
  /// cut off, as in the published preparation, if what is left is rewarded as well; it may hold tags within strings, or several calls.
  /// O(completions).
  ///
  /// - Throws: ``DroppedRow`` if no completion is rewarded, or the task cannot be judged.
  public func filter(_ task: TrainingRecord) throws(DroppedRow) -> TrainingRecord {
    guard !task.completions.isEmpty else {
      throw DroppedRow(.rejected, "the row brings no \"completion\" and no \"completions\"")
    }
    let prepared = try scoringTask(task)
    for completion in task.completions {
      guard isAccepted(completion, prepared) else { continue }
      var kept = task
      let cut = Self.cut(completion)
      let text = isAccepted(cut, prepared) ? cut : completion
      kept.completions = [text]
      if let open = text.firstIndex(of: "<think>"), let close = text.firstIndex(of: "</think>", from: open) {
        kept.reasoning = text.stripped((open + 7)..<close)
      }
      return kept
    }
    throw DroppedRow(.rejected, "no completion is rewarded with \(threshold) or more by \(scorer.reward.name)")
  }

  private func isAccepted(_ completion: [UInt8], _ task: ScoringTask) -> Bool {
    let verdict = scorer.score(completion.span, for: task, using: workspace, isBrief: true)
    return verdict.score.map { $0 >= threshold } ?? false
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

  /// What stands up to the last closing tag.
  private static func cut(_ completion: [UInt8]) -> [UInt8] {
    guard let close = completion.lastIndex(of: "</tool_call>") else { return completion.stripped }
    return completion.stripped(0..<(close + 12))
  }
}

@available(*, unavailable)
extension DistillationFilter: Sendable {}
