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

  /// Whether the tools' schemas say what a completion means, as where values are plain text.
  public var usesTools: Bool {
    switch payload {
    case .json, .named, .python, .bfcl, .channels: false
    case .tagged(let tagged): tagged.typing == .schema
    }
  }

  /// End-of-turn tokens of the ChatML and Llama 3 families.
  public static let chatTerminators = ["<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|eom_id|>", "</s>"]

  /// What a frame holds, by payload engine.
  public enum Payload: Sendable, Hashable {
    /// JSON text: see ``JSONPayload``.
    case json(JSONPayload)
    /// Calls whose arguments stand between tags: see ``TaggedPayload``.
    case tagged(TaggedPayload)
    /// A name, then the arguments as JSON: see ``NamedPayload``.
    case named(NamedPayload)
    /// Calls written in Python: see ``PythonPayload``.
    case python(PythonPayload)
    /// The whole answer as the Berkeley Function Calling Leaderboard decodes it.
    case bfcl(BFCLVersion)
    /// Messages on channels: see ``ChannelPayload``. The messages are the frames: ``CallFrame/messages``.
    case channels(ChannelPayload)
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
    /// The end of the reasoning, as vLLM has it; reported.
    case ending
    /// As ``ending`` if no closing marker comes later, else as ``ignored``.
    case endingUnlessClosed
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
  /// The opening marker, in each of its spellings.
  public var open: [String]
  /// The closing marker, in each of its spellings; none if a frame ends with its payload.
  public var close: [String]
  /// How the end is found.
  public var ends: Ends
  /// Whether a payload may also stand without its opening marker, where the answer begins.
  public var isOpenOptional: Bool
  /// Whether the closing marker may be missing at the completion's end, because it is where a server stops and cuts.
  public var isCloseOptional: Bool

  /// Creates a frame of one spelling.
  public init(open: String, close: String, ends: Ends = .grammar) {
    self.init(open: [open], close: [close], ends: ends)
  }

  /// Creates a frame.
  public init(
    open: [String], close: [String], ends: Ends = .grammar, isOpenOptional: Bool = false, isCloseOptional: Bool = false
  ) {
    self.open = open
    self.close = close
    self.ends = ends
    self.isOpenOptional = isOpenOptional
    self.isCloseOptional = isCloseOptional
  }

  /// No frame: the payload's own messages are.
  public static let messages = CallFrame(open: [], close: [])
}
