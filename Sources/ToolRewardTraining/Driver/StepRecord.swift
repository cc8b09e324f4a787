internal import ToolReward

/// What one step did: a line of metrics.jsonl.
public struct StepRecord: Sendable, Hashable {
  /// The step, counted from 1.
  public var step: Int
  /// The stage.
  public var stage: TrainingRecipe.Stage
  /// The completions' means; `nil` in supervised fine-tuning, which writes none.
  public var rollouts: RolloutSummary?
  /// The loss of the last update; `nil` if there was none.
  public var loss: Double?
  /// The estimate of KL(π ‖ π_ref) for a token, before the update; `nil` without a reference.
  public var divergence: Double?
  /// The mean entropy of a token's distribution in nats, before the update.
  public var entropy: Double?
  /// The gradient's norm before it was cut.
  public var gradientNorm: Double?
  /// The share of tokens beyond the clipping bounds in the last update.
  public var clippedShare: Double?
  /// How many groups were drawn, and how many of them had equal rewards.
  public var groups = 0
  /// How many groups had equal rewards, or too few that could be judged.
  public var equalGroups = 0
  /// Why there was no update; `nil` if there was.
  public var skipped: String?

  init(step: Int, stage: TrainingRecipe.Stage) {
    self.step = step
    self.stage = stage
  }

  /// The line, its line feed included.
  var line: [UInt8] {
    var line = RecordLine("step", step)
    line.add("stage", stage.rawValue)
    if let rollouts { line.add(rollouts) }
    line.add("loss", loss)
    line.add("kl", divergence)
    line.add("entropy", entropy)
    line.add("gradient_norm", gradientNorm)
    line.add("clipped", clippedShare)
    if stage == .rl {
      line.add("groups", Double(groups))
      line.add("equal_groups", Double(equalGroups))
    }
    if let skipped { line.add("skipped", skipped) }
    return line.finished
  }
}

/// What the validation tasks say after a step: a line of metrics.jsonl.
public struct EvaluationRecord: Sendable, Hashable {
  /// The step after which, counted from 1; 0 before the first.
  public var step: Int
  /// The means over all validation tasks, each continued once with the likeliest token at each place.
  public var rollouts: RolloutSummary
  /// The best exact match so far, this one included.
  public var best: Double

  var line: [UInt8] {
    var line = RecordLine("evaluation", step)
    line.add(rollouts)
    line.add("best", best)
    return line.finished
  }
}

/// What the held-out tasks say, by which nothing is chosen: before the first step, and of the best checkpoint at the end. A line of
/// metrics.jsonl each.
public struct HeldOutRecord: Sendable, Hashable {
  /// Of the parameters after which step, counted from 1; 0 before the first.
  public var step: Int
  /// The means over all held-out tasks, each continued once with the likeliest token at each place.
  public var rollouts: RolloutSummary
  /// How many of the tasks have a wording that is trained on.
  public var knownWordings: Int
  /// The share of exact matches among these; `nil` if there are none.
  public var exactMatchOfKnown: Double?
  /// The same among the others.
  public var exactMatchOfNew: Double?

  init(step: Int, _ rollouts: [Rollout], _ overlap: TaskOverlap, judge: any RewardPolicy) {
    self.step = step
    self.rollouts = RolloutSummary(rollouts, judge: judge)
    knownWordings = overlap.wordings
    let known = rollouts.filter { overlap.knownWordings[$0.task] }
    let new = rollouts.filter { !overlap.knownWordings[$0.task] }
    (exactMatchOfKnown, exactMatchOfNew) = (Self.exact(known), Self.exact(new))
  }

  private static func exact(_ rollouts: [Rollout]) -> Double? {
    RolloutSummary.mean(rollouts.map { $0.isExact.map { $0 ? 1 : 0 } })
  }

  var line: [UInt8] {
    var line = RecordLine("held_out", step)
    line.add(rollouts)
    line.add("known_wordings", Double(knownWordings))
    line.add("exact_match_of_known", exactMatchOfKnown)
    line.add("exact_match_of_new", exactMatchOfNew)
    return line.finished
  }
}

/// A line of JSON, member by member.
struct RecordLine {
  private var bytes: [UInt8]

  init(_ name: String, _ number: Int) {
    bytes = [0x7B]
    VerdictWriter.append(name, to: &bytes)
    bytes.append(0x3A)
    VerdictWriter.append(number, to: &bytes)
  }

  private mutating func name(_ name: String) {
    bytes.append(0x2C)
    VerdictWriter.append(name, to: &bytes)
    bytes.append(0x3A)
  }

  mutating func add(_ name: String, _ number: Double?) {
    self.name(name)
    VerdictWriter.append(number, to: &bytes)
  }

  mutating func add(_ name: String, _ text: String) {
    self.name(name)
    VerdictWriter.append(text, to: &bytes)
  }

  mutating func add(_ summary: RolloutSummary) {
    add("completions", Double(summary.count))
    add("unscorable", Double(summary.unscorable))
    if summary.nonFinite > 0 { add("non_finite", Double(summary.nonFinite)) }
    add("reward", summary.reward)
    add("exact_match", summary.exactMatch)
    add("format", summary.format)
    add("calls", summary.calls)
    add("length", summary.length)
    add("truncated", summary.truncated)
  }

  var finished: [UInt8] { bytes + [0x7D, 0x0A] }
}
