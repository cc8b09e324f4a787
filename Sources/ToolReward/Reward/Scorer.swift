/// Scores completions: a reward and the format it reads, compiled once and shared by any number of tasks.
///
/// ```swift
/// let scorer = try Scorer(reward: ToolN1Reward())
/// let task = ScoringTask(groundTruth: try GroundTruth(json: #"[{"name": "f", "arguments": {"a": 1}}]"#))
/// let verdict = scorer.score(#"<think>x</think><tool_call>[{"name": "f", "arguments": {"a": 1}}]</tool_call>"#, for: task)
/// verdict.score   // 1.0
/// ```
public struct Scorer: Sendable {
  /// The reward.
  public let reward: any RewardPolicy
  /// The format's parser.
  public let parser: CompletionParser
  /// Which part of a conversation the completions are.
  public let view: InputView

  /// Prepares a reward.
  ///
  /// - Parameters:
  ///   - reward: The reward.
  ///   - format: The completions' format; `nil` for the reward's own, or ``CompletionFormat/toolN1`` if it has none.
  ///   - view: Which part of a conversation the completions are.
  /// - Throws: ``ScorerError`` if the reward follows published code that reads Tool-N1's framing its own way, and a format other than
  ///   that one is asked for.
  public init(
    reward: any RewardPolicy, format: CompletionFormat? = nil, view: InputView = .response
  ) throws(ScorerError) {
    if let own = reward.format, let format, format != own, format.name != CompletionFormat.toolN1.name {
      throw ScorerError(reward: reward.name, ownFormat: own.name, askedFormat: format.name)
    }
    self.reward = reward
    self.view = view
    parser = CompletionParser(reward.format ?? format ?? .toolN1)
  }

  /// Whether a task's tools are looked at: by the reward, or by the format to read values.
  public var usesTools: Bool { reward.usesTools || parser.usesTools }

  /// Scores a completion. Never throws: what cannot be judged has a verdict without a score. O(completion and ground truth).
  public func score(_ completion: [UInt8], for task: ScoringTask) -> Verdict {
    reward.judge(parser.parse(completion, view: view, tools: task.tools), against: task.groundTruth, tools: task.tools)
  }

  /// Scores a completion. Never throws: what cannot be judged has a verdict without a score. O(completion and ground truth).
  public func score(_ completion: String, for task: ScoringTask) -> Verdict {
    score(Array(completion.utf8), for: task)
  }

  /// Scores a completion with room that is kept from one to the next: the fastest way through many. O(completion and ground truth).
  ///
  /// - Parameter isBrief: Whether only score and components are wanted: ``RewardPolicy/judgeBriefly(_:against:tools:)``.
  public func score(
    _ completion: Span<UInt8>, for task: ScoringTask, using workspace: ScoringWorkspace, isBrief: Bool = false
  ) -> Verdict {
    unsafe score(completion, for: task, &workspace.room.pointee, isBrief)
  }

  /// With the room in hand alone nothing of it is copied.
  private func score(
    _ text: Span<UInt8>, for task: ScoringTask, _ room: inout ScoringWorkspace.Room, _ isBrief: Bool
  ) -> Verdict {
    parser.parse(
      text, view: view, tools: parser.usesTools ? task.tools : nil, workspace: &room.parser, into: &room.completion)
    return isBrief
      ? reward.judgeBriefly(room.completion, against: task.groundTruth, tools: task.tools)
      : reward.judge(room.completion, against: task.groundTruth, tools: task.tools)
  }

  /// Scores a message whose calls are already values: see ``CompletionParser/parse(message:)``. O(message and ground truth).
  public func score(message: Value, for task: ScoringTask) -> Verdict {
    guard let completion = parser.parse(message: message) else {
      return .unscorable(.invalidMessage, componentCount: reward.componentNames.count)
    }
    return reward.judge(completion, against: task.groundTruth, tools: task.tools)
  }
}

/// What all completions of one sample share.
public struct ScoringTask: Sendable {
  /// The calls that are right.
  public var groundTruth: GroundTruth
  /// The tools offered; `nil` if the sample brings none: then nothing about tools is checked.
  public var tools: Toolbox?

  /// Creates a task.
  public init(groundTruth: GroundTruth, tools: Toolbox? = nil) {
    self.groundTruth = groundTruth
    self.tools = tools
  }
}

/// Room that scoring uses again. One for each thread: it is not shared.
@safe
public final class ScoringWorkspace {
  struct Room: ~Copyable {
    var parser = ParserWorkspace()
    var completion = Completion()
  }
  /// Behind a pointer, so that scoring, which has it alone, pays for no check of that.
  fileprivate let room: UnsafeMutablePointer<Room>

  /// The completion scored last.
  public var completion: Completion { unsafe room.pointee.completion }

  /// Creates room.
  public init() {
    unsafe room = .allocate(capacity: 1)
    unsafe room.initialize(to: Room())
  }

  deinit {
    unsafe room.deinitialize(count: 1)
    unsafe room.deallocate()
  }
}

@available(*, unavailable)
extension ScoringWorkspace: Sendable {}

/// Why a scorer cannot be made.
public struct ScorerError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The reward asked for.
  public let reward: String
  /// The format that belongs to it.
  public let ownFormat: String
  /// The format asked for.
  public let askedFormat: String

  /// What is wrong and how to mend it.
  public var description: String {
    """
    the reward \(reward) follows published code that reads completions in its own way (format \(ownFormat)), not as \
    \(askedFormat); leave the format out, or use the reward exact-match with it
    """
  }
}
