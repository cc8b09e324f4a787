public import ToolReward

/// Something that must be true of a prompt, or of what a model writes after it.
///
/// In a file a check is its type's name, or an object `{"type", "value"?, "threshold"?, …}`; `not-` before the name turns it round. Names are
/// promptfoo's where it has them.
public struct PromptCheck: Sendable {
  /// What is asked.
  public enum Kind: Sendable {
    /// The template gives a prompt.
    case renders
    /// The prompt is the recorded one.
    case snapshot
    /// A comparison with texts.
    case text(TextTest, [[UInt8]], on: Subject)
    /// Some part matches a regular expression (ECMA-262, Unicode mode), in linear time.
    case regex([UInt8], on: Subject)
    /// The whole is JSON, or some part is an object or an array of JSON; valid by the schema, if there is one.
    case json(JSONSchema?, isPart: Bool, on: Subject)
    /// At most so many code points.
    case maxLength(Int)
    /// Each tool's name and its parameters' names come into the prompt because of the tools.
    case toolsRendered
    /// Each call of the conversation comes into the prompt; if it has none, those of the ground truth, as a message of their own.
    case toolCallsRendered
    /// Each tool's answer of the conversation comes into the prompt; if it has none, one to such a call.
    case toolResultsRendered
    /// A call that the template writes is read back as the same call.
    case roundTrip
    /// A longer conversation's prompt begins with the shorter one's.
    case prefixPreserving(Extension)
    /// What the template opens the reply with has a `<think>`, or its format's mark of reasoning, that is still open.
    case opensThink
    /// No message and no tool holds a special token that comes into the prompt.
    case noInjectedSpecialToken
    /// A reward of at least the threshold.
    case reward(any RewardPolicy, threshold: Double)
    /// The completion is written as its format asks: reasoning whole if there is any or the prompt opened it, calls in closed frames, each
    /// readable.
    case format
    /// There are calls, each of a tool that is offered with arguments that its schema accepts.
    case validToolsCall
    /// The harmonic mean of precision and recall of the called names, as sets, is at least the threshold.
    case toolCallF1(threshold: Double)
    /// The calls are those of the ground truth.
    case toolCallMatch
    /// There is no call.
    case noCall
  }

  /// How texts are compared.
  public enum TextTest: String, Sendable, CaseIterable {
    case equals, contains
    /// ASCII letters of either case are the same.
    case ignoringCase = "icontains"
    case containsAll = "contains-all"
    case containsAny = "contains-any"
    case containsAllIgnoringCase = "icontains-all"
    case containsAnyIgnoringCase = "icontains-any"
    case startsWith = "starts-with"
    case endsWith = "ends-with"
  }

  /// What a text is compared with.
  public enum Subject: String, Sendable, CaseIterable { case prompt, completion }

  /// What a conversation is made longer by.
  public enum Extension: String, Sendable, CaseIterable {
    /// A tool's answer to a call: what TRL's loop of tools needs.
    case toolResult = "tool-result"
    /// A user's next turn as well.
    case userTurn = "user-turn"
  }

  /// What is asked.
  public var kind: Kind
  /// Whether the contrary must be true.
  public var isNegated: Bool
  /// What reports call it: its type, as `not-contains`, unless it has a name of its own.
  public var name: String

  /// Creates a check.
  public init(_ kind: Kind, isNegated: Bool = false, name: String? = nil) {
    self.kind = kind
    self.isNegated = isNegated
    self.name = name ?? (isNegated ? "not-" : "") + kind.name
  }

  /// The template gives a prompt.
  public static let renders = PromptCheck(.renders)

  /// Whether it looks at completions rather than at the prompt.
  public var isOfCompletion: Bool {
    switch kind {
    case .text(_, _, let subject), .regex(_, let subject), .json(_, _, let subject): subject == .completion
    case .reward, .format, .validToolsCall, .toolCallF1, .toolCallMatch, .noCall: true
    default: false
    }
  }
}

extension PromptCheck.Kind {
  /// The type's name in a file.
  public var name: String {
    switch self {
    case .renders: "renders"
    case .snapshot: "snapshot"
    case .text(let test, _, _): test.rawValue
    case .regex: "regex"
    case .json(_, let isPart, _): isPart ? "contains-json" : "is-json"
    case .maxLength: "max-length"
    case .toolsRendered: "tools-rendered"
    case .toolCallsRendered: "tool-calls-rendered"
    case .toolResultsRendered: "tool-results-rendered"
    case .roundTrip: "round-trip"
    case .prefixPreserving(.toolResult): "prefix-preserving"
    case .prefixPreserving(.userTurn): "prefix-preserving user-turn"
    case .opensThink: "opens-think"
    case .noInjectedSpecialToken: "no-injected-special-token"
    case .reward(let policy, _): "reward \(policy.name)"
    case .format: "format"
    case .validToolsCall: "is-valid-tools-call"
    case .toolCallF1: "tool-call-f1"
    case .toolCallMatch: "tool-call-match"
    case .noCall: "no-call"
    }
  }
}

/// What became of a check.
public struct CheckResult: Sendable, Hashable {
  /// What became of it.
  public enum Outcome: String, Sendable, Hashable {
    case passed, failed
    /// It says nothing of this cell: there are no tools, or no calls.
    case skipped
    /// It could not be made: the case's tools or ground truth are not what they should be, or no reward can judge the completion.
    case error
  }

  /// The check's name.
  public let check: String
  /// What became of it.
  public let outcome: Outcome
  /// Why, for people; empty where it passed.
  public let message: String
  /// The bytes of the prompt, or of the completion, that are to blame, if some are.
  public let range: Range<Int>?

  /// Creates a result.
  public init(check: String, outcome: Outcome, message: String = "", range: Range<Int>? = nil) {
    self.check = check
    self.outcome = outcome
    self.message = message
    self.range = range
  }

  /// Whether it failed, or could not be made.
  public var isBad: Bool { outcome == .failed || outcome == .error }
}

/// What a check finds, before it is turned round.
struct CheckOutcome: Equatable {
  var outcome: CheckResult.Outcome
  var message = ""
  var range: Range<Int>?
  /// Whether the contrary fails too: what could not be looked at holds as little as its contrary.
  var isUnmade = false

  static let passed = CheckOutcome(outcome: .passed)
  static func passed(at range: Range<Int>?) -> Self { CheckOutcome(outcome: .passed, range: range) }
  static func failed(_ message: String, at range: Range<Int>? = nil) -> Self {
    CheckOutcome(outcome: .failed, message: message, range: range)
  }
  /// A prompt that the check needs cannot be made.
  static func unmade(_ message: String) -> Self { CheckOutcome(outcome: .failed, message: message, isUnmade: true) }
  static func skipped(_ message: String) -> Self { CheckOutcome(outcome: .skipped, message: message) }
  static func error(_ message: String) -> Self { CheckOutcome(outcome: .error, message: message) }
}

extension CheckResult {
  /// A check's result, turned round if it asks for the contrary.
  init(_ check: PromptCheck, _ found: CheckOutcome) {
    switch found.outcome {
    case .skipped, .error: self.init(check: check.name, outcome: found.outcome, message: found.message)
    case .passed where check.isNegated:
      self.init(
        check: check.name, outcome: .failed, message: "\(check.kind.name) holds, and must not", range: found.range)
    case .failed where check.isNegated && !found.isUnmade, .passed: self.init(check: check.name, outcome: .passed)
    case .failed: self.init(check: check.name, outcome: .failed, message: found.message, range: found.range)
    }
  }
}
