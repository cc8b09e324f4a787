/// How a model writes reasoning and tool calls: a dialect, as data.
///
/// A format says where reasoning stands, what frames a call, what the frame holds and which departures are forgiven. Reading is
/// the ``CompletionParser``'s work; what a departure costs is the reward's.
public struct CompletionFormat: Sendable, Hashable {
  /// The name in options and output.
  public var name: String
  /// One line for people.
  public var summary: String
  /// A completion in this format.
  public var example: String
  /// Where reasoning stands; `nil` if the format has none.
  public var reasoning: ReasoningRule?
  /// What surrounds the payload of a call.
  public var frame: CallFrame
  /// What a frame holds.
  public var payload: Payload
  /// Strings that may close a completion without being part of it, such as `<|im_end|>`.
  public var terminators: [String]
  /// What the assistant's turn begins with in a whole conversation; the last occurrence counts.
  public var assistantMarkers: [String]
  /// Departures that are read all the same, each recorded when used.
  public var leniencies: Leniencies

  /// Creates a format of one's own.
  public init(
    name: String, summary: String = "", example: String = "", reasoning: ReasoningRule? = .think, frame: CallFrame,
    payload: Payload, terminators: [String] = CompletionFormat.chatTerminators,
    assistantMarkers: [String] = ["<|im_start|>assistant"], leniencies: Leniencies = []
  ) {
    self.name = name
    self.summary = summary
    self.example = example
    self.reasoning = reasoning
    self.frame = frame
    self.payload = payload
    self.terminators = terminators
    self.assistantMarkers = assistantMarkers
    self.leniencies = leniencies
  }

  /// End-of-turn tokens of the ChatML and Llama 3 families.
  public static let chatTerminators = ["<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|eom_id|>", "</s>"]

  /// What a frame holds, by payload engine.
  public enum Payload: Sendable, Hashable {
    /// JSON text: see ``JSONPayload``.
    case json(JSONPayload)
  }
}

/// Where reasoning stands.
public struct ReasoningRule: Sendable, Hashable {
  /// Whether the completion begins inside reasoning.
  public enum Start: Sendable, Hashable {
    /// Only the opening marker begins it.
    case closed
    /// The prompt ended with the opening marker.
    case open
    /// As ``open`` if a closing marker comes before any opening one, outside calls; else as ``closed``.
    case auto
  }
  /// Which closing marker ends it.
  public enum Close: Sendable, Hashable {
    /// The first one.
    case first
    /// The last one of the completion.
    case last
  }
  /// What calls within reasoning are.
  public enum CallsInside: Sendable, Hashable {
    /// Text of the reasoning; reported, not read.
    case ignored
    /// Calls like any other, as the Tool-N1 code has it.
    case counted
  }

  /// The opening marker.
  public var open: String
  /// The closing marker.
  public var close: String
  /// Whether the completion begins inside reasoning.
  public var start: Start
  /// Which closing marker ends it.
  public var closes: Close
  /// What calls within reasoning are.
  public var callsInside: CallsInside

  /// Creates a rule.
  public init(
    open: String, close: String, start: Start = .auto, closes: Close = .first, callsInside: CallsInside = .ignored
  ) {
    self.open = open
    self.close = close
    self.start = start
    self.closes = closes
    self.callsInside = callsInside
  }

  /// `<think>…</think>`, the opening marker possibly in the prompt, calls inside ignored.
  public static let think = ReasoningRule(open: "<think>", close: "</think>")
}

/// What surrounds the payload of one or more calls.
public struct CallFrame: Sendable, Hashable {
  /// How the end of a frame is found.
  public enum Ends: Sendable, Hashable {
    /// Where the payload's own grammar ends: a closing marker inside a JSON string closes nothing.
    case grammar
    /// At the first closing marker, wherever it stands, as a lazy text match finds it.
    case firstCloser
  }
  /// The opening marker.
  public var open: String
  /// The closing marker.
  public var close: String
  /// How the end is found.
  public var ends: Ends

  /// Creates a frame.
  public init(open: String, close: String, ends: Ends = .grammar) {
    self.open = open
    self.close = close
    self.ends = ends
  }
}

/// A payload in JSON.
public struct JSONPayload: Sendable, Hashable {
  /// How many calls one frame holds, and how they are written.
  public struct Cardinality: OptionSet, Sendable, Hashable {
    /// The bits.
    public let rawValue: UInt8
    /// Creates a set from bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// One object.
    public static let one = Cardinality(rawValue: 1)
    /// An array of objects.
    public static let array = Cardinality(rawValue: 2)
    /// Objects one after another, usually one a line.
    public static let lines = Cardinality(rawValue: 4)
  }

  /// What a frame may hold.
  public var cardinality: Cardinality
  /// The member that holds the tool's name.
  public var nameMember: String
  /// The members that may hold the arguments; the first one present counts.
  public var argumentsMembers: [String]
  /// Members that a call may have besides, such as an identifier.
  public var otherMembers: [String]
  /// Whether arguments must be an object.
  public var argumentsAreObject: Bool
  /// Which texts count as JSON.
  public var syntax: ValueReader.Syntax
  /// Bounds on a payload.
  public var limits: ValueLimits

  /// Creates a payload description.
  public init(
    cardinality: Cardinality = .one, nameMember: String = "name", argumentsMembers: [String] = ["arguments"],
    otherMembers: [String] = [], argumentsAreObject: Bool = true, syntax: ValueReader.Syntax = .json,
    limits: ValueLimits = .standard
  ) {
    self.cardinality = cardinality
    self.nameMember = nameMember
    self.argumentsMembers = argumentsMembers
    self.otherMembers = otherMembers
    self.argumentsAreObject = argumentsAreObject
    self.syntax = syntax
    self.limits = limits
  }
}

/// Departures from a format that are read all the same. Each use leaves a diagnostic named `leniency_…`.
public struct Leniencies: OptionSet, Sendable, Hashable {
  /// The bits.
  public let rawValue: UInt32
  /// Creates a set from bits.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// A comma before `}` or `]`.
  public static let trailingComma = Leniencies(rawValue: 1 << 0)
  /// A Markdown code fence around the payload.
  public static let codeFence = Leniencies(rawValue: 1 << 1)
  /// Arguments given as a string that holds JSON.
  public static let stringArguments = Leniencies(rawValue: 1 << 2)
  /// A whole payload given as a string that holds JSON.
  public static let stringPayload = Leniencies(rawValue: 1 << 3)
  /// A closing marker that is missing at the end of the completion.
  public static let missingClose = Leniencies(rawValue: 1 << 4)
  /// A call without arguments, read as `{}`.
  public static let missingArguments = Leniencies(rawValue: 1 << 5)
  /// `parameters` in place of `arguments`.
  public static let parametersAlias = Leniencies(rawValue: 1 << 6)
  /// `{"type":"function","function":{…}}` around a call.
  public static let functionWrapper = Leniencies(rawValue: 1 << 7)
  /// One call, an array or several objects where the format has another of the three.
  public static let anyCardinality = Leniencies(rawValue: 1 << 8)

  /// Each leniency with its name in options and, behind `leniency_`, in diagnostics.
  public static let named: [(name: String, leniency: Leniencies)] = [
    ("trailing_comma", .trailingComma), ("code_fence", .codeFence), ("string_arguments", .stringArguments),
    ("string_payload", .stringPayload), ("missing_close", .missingClose), ("missing_arguments", .missingArguments),
    ("parameters_alias", .parametersAlias), ("function_wrapper", .functionWrapper),
    ("any_cardinality", .anyCardinality),
  ]
}
