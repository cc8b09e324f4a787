public import ToolReward

/// A dialogue with its tools, or a task cut from one: the one form that all formats of training data are read into.
///
/// With ``groundTruth`` it is a task: the messages are the prompt, and these calls are the right answer. Without, each message of the
/// assistant that calls tools is an answer to what comes before it. Docs/training-record.schema.json is its JSON.
public struct TrainingRecord: Sendable {
  /// The identifier as JSON text: a string or a number.
  public var id: [UInt8]
  /// Where it comes from.
  public var source: RecordSource
  /// The messages, in order.
  public var messages: [RecordMessage]
  /// The tool definitions, each as the source gives it.
  public var tools: [Value]
  /// The right calls; `[]` where no call is right; `nil` for a dialogue.
  public var groundTruth: [RecordCall]?
  /// How the answer was reasoned, if the source tells.
  public var reasoning: [UInt8]?
  /// What the assistant says in the answer, beside its calls or in place of them, if the source tells.
  public var response: [UInt8]?
  /// What models wrote for the task, if the row brings it; ``DistillationFilter`` chooses.
  public var completions: [[UInt8]] = []
  /// Whether the right calls come from a file of answers; it is not written.
  public var hasOuterAnswer = false
  /// What was noticed while reading.
  public var warnings: [RecordWarning]

  /// Creates a record.
  public init(
    id: [UInt8], source: RecordSource, messages: [RecordMessage] = [], tools: [Value] = [],
    groundTruth: [RecordCall]? = nil, reasoning: [UInt8]? = nil, warnings: [RecordWarning] = []
  ) {
    self.id = id
    self.source = source
    self.messages = messages
    self.tools = tools
    self.groundTruth = groundTruth
    self.reasoning = reasoning
    self.warnings = warnings
  }
}

/// Where a record comes from.
public struct RecordSource: Sendable, Hashable {
  /// The file, or `-`.
  public var file: String
  /// The line that the row begins on, counted from 1.
  public var line: Int
  /// The format it was read as.
  public var format: DataFormat
  /// For a task cut from a dialogue: which message it answers with, counted from 0.
  public var turn: Int?

  /// Creates a place.
  public init(file: String, line: Int, format: DataFormat, turn: Int? = nil) {
    self.file = file
    self.line = line
    self.format = format
    self.turn = turn
  }
}

/// A message.
public struct RecordMessage: Sendable {
  /// Who speaks.
  public enum Role: String, Sendable, Hashable, CaseIterable {
    /// Instructions.
    case system
    /// The user.
    case user
    /// The model.
    case assistant
    /// A tool's result.
    case tool
  }

  /// Who speaks.
  public var role: Role
  /// What is said, UTF-8; empty for a message of calls alone.
  public var content: [UInt8]
  /// The assistant's reasoning.
  public var reasoning: [UInt8]?
  /// The assistant's calls.
  public var calls: [RecordCall]
  /// The tool's name, of its result.
  public var name: [UInt8]?
  /// Whether the message is context only, and no answer to learn from.
  public var isContext: Bool
  /// Whether it holds what should be calls but cannot be read as such: it is no answer to learn from either.
  public var isBroken: Bool

  /// Creates a message.
  public init(
    _ role: Role, _ content: [UInt8] = [], reasoning: [UInt8]? = nil, calls: [RecordCall] = [], name: [UInt8]? = nil
  ) {
    self.role = role
    self.content = content
    self.reasoning = reasoning
    self.calls = calls
    self.name = name
    isContext = false
    isBroken = false
  }
}

/// A call: a name, an object of arguments, and for ground truths the values that are right as well.
public struct RecordCall: Sendable {
  /// The tool's name.
  public var name: [UInt8]
  /// The arguments, an object.
  public var arguments: Value
  /// For arguments that are not in ``arguments``: an object of lists of values that are right.
  public var accepted: Value?
  /// Which of those may be absent: a list of names.
  public var optional: Value?

  /// Creates a call.
  public init(name: [UInt8], arguments: Value, accepted: Value? = nil, optional: Value? = nil) {
    self.name = name
    self.arguments = arguments
    self.accepted = accepted
    self.optional = optional
  }
}

/// Something about a row that its owner should know. It keeps the row.
public struct RecordWarning: Sendable, Hashable {
  /// A stable reason.
  public enum Code: String, Sendable, Hashable, CaseIterable {
    /// What should be calls cannot be read as such; the message is kept as text.
    case unparsableCall = "unparsable_call"
    /// JSON within JSON within JSON.
    case doubleEncoded = "double_encoded"
    /// The row has no tools.
    case noTools = "no_tools"
    /// The row is read as Python reads it: NaN, Infinity or half a surrogate pair.
    case notStrictJSON = "not_strict_json"
    /// A part of the row is written in Python where JSON is meant.
    case pythonLiteral = "python_literal"
    /// A member is repeated; the last one counts.
    case repeatedName = "repeated_name"
    /// A role is not known; the message is kept as the user's.
    case unknownRole = "unknown_role"
    /// The tools could not all be read.
    case unreadableTools = "unreadable_tools"
    /// A call without arguments has a member that is not known.
    case unknownMember = "unknown_member"
    /// A content is no text: its JSON is kept, or a part is left out.
    case contentNotText = "content_not_text"
    /// The results behind a message of calls are not one for each call.
    case unmatchedResult = "unmatched_result"
    /// Text around the tools is left out that is not certain to be the format's.
    case systemTextDropped = "system_text_dropped"
  }

  /// The reason.
  public var code: Code
  /// What is wrong, for people; it never quotes the text.
  public var message: String

  /// Creates a warning.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}

/// Why a row gives no record, or a record no task.
public struct DroppedRow: Error, Sendable, Hashable {
  /// A stable reason.
  public enum Code: String, Sendable, Hashable, CaseIterable {
    /// The row is not JSON.
    case unreadable
    /// The row has more bytes than is read.
    case tooLong = "too_long"
    /// The row is of no known format, or not of the one asked for.
    case unknownFormat = "unknown_format"
    /// What should be the right calls cannot be read as such.
    case unreadableAnswer = "unreadable_answer"
    /// The tools cannot be read.
    case unreadableTools = "unreadable_tools"
    /// Nothing in the row says what is right.
    case noGroundTruth = "no_ground_truth"
    /// The row has no message.
    case noMessages = "no_messages"
    /// The dialogue calls no tool.
    case noCall = "no_call"
    /// Each message that should call tools is unparsable.
    case unparsableCall = "unparsable_call"
    /// A right call names a tool that is not offered.
    case toolNotOffered = "tool_not_offered"
    /// The row offers no tools.
    case noTools = "no_tools"
    /// The same task was seen before.
    case duplicate
    /// Nearly the same task was seen before.
    case nearDuplicate = "near_duplicate"
    /// The task is longer than asked for.
    case overLong = "over_long"
    /// The right calls are not taken for right by the reward.
    case rejected

    /// Whether the row itself is at fault, and not a filter that was asked for.
    public var isFault: Bool {
      switch self {
      case .unreadable, .tooLong, .unknownFormat, .unreadableAnswer, .unreadableTools: true
      default: false
      }
    }
  }

  /// The reason.
  public var code: Code
  /// What is wrong and how to mend it.
  public var message: String
  /// The message at fault, counted from 0, in a row that gives a record; `nil` where it is the row, or is not told.
  public var turn: Int?

  /// Creates a reason.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}
