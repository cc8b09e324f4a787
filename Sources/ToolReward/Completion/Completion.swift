/// A completion, taken apart. Every byte of the input lies in exactly one segment; every attempt at a call is kept, the bad ones
/// too.
public struct Completion: Sendable {
  /// The input, as it came.
  public internal(set) var text: [UInt8] = []
  /// Context, text, reasoning and call frames in order. Their ranges tile ``text``.
  public internal(set) var segments: [Segment] = []
  /// The call frames, in order.
  public internal(set) var frames: [Frame] = []
  /// Every attempt at a call, in order. A frame that holds a list has one for each element.
  public internal(set) var attempts: [CallAttempt] = []
  /// The reasoning blocks, in order.
  public internal(set) var reasoning: [ReasoningBlock] = []
  /// What was noticed, in the order of discovery.
  public internal(set) var diagnostics: [Diagnostic] = []
  /// Where the judged part of ``text`` begins: 0, or after the context of a whole conversation.
  public internal(set) var bodyStart = 0
  /// Where trailing white space and end-of-turn tokens begin.
  public internal(set) var bodyEnd = 0
  /// Whether the format has reasoning at all: else none can be asked for.
  public internal(set) var hasReasoningRule = true
  /// Whether the opening reasoning marker stands anywhere in the judged part, within calls too.
  public internal(set) var hasReasoningOpen = false
  /// Whether the closing reasoning marker stands anywhere in the judged part, within calls too.
  public internal(set) var hasReasoningClose = false
  /// Which part of a conversation ``text`` is.
  public internal(set) var view = InputView.response
  /// Whether the caller said that the prompt ended with the opening reasoning marker.
  public internal(set) var isPromptPrefilled = false
  /// Whether the calls were handed in as values, not written in ``text``.
  public var isStructured: Bool { view == .structured }

  var tape = ValueTape()

  /// An empty completion, whose room ``CompletionParser/parse(_:view:workspace:into:)`` can use again.
  package init() {}

  /// Forgets everything but the tape, which parsing replaces.
  mutating func removeAll() {
    text.removeAll(keepingCapacity: true)
    removeParts()
    bodyStart = 0
    bodyEnd = 0
    hasReasoningOpen = false
    hasReasoningClose = false
    view = .response
    isPromptPrefilled = false
  }

  /// Forgets what a walk found.
  mutating func removeParts() {
    segments.empty()
    frames.empty()
    attempts.empty()
    reasoning.empty()
    diagnostics.empty()
  }

  /// The calls that are whole: those whose status is ``CallAttempt/Status/ok``.
  public var calls: [ToolCall] {
    attempts.compactMap { attempt in
      guard attempt.status == .ok, let name = attempt.name, let arguments = attempt.arguments else { return nil }
      return ToolCall(name: Value(tape: tape, index: name), arguments: Value(tape: tape, index: arguments))
    }
  }

  /// The name an attempt gives, if it gives one. Not always a string.
  public func name(of attempt: CallAttempt) -> Value? {
    attempt.name.map { Value(tape: tape, index: $0) }
  }

  /// The arguments an attempt gives, if it gives any.
  public func arguments(of attempt: CallAttempt) -> Value? {
    attempt.arguments.map { Value(tape: tape, index: $0) }
  }
}

extension Completion {
  /// Whether a call marker outside reasoning frames nothing.
  package var hasStrayCallMarker: Bool {
    diagnostics.contains { $0.code == .strayCallClose || $0.code == .unconfirmedOpener }
  }

  /// Whether a reasoning block is whole: both markers stand, or the caller said that the prompt had the opening one.
  package func isWhole(_ block: ReasoningBlock) -> Bool {
    block.isClosed && (!block.isPrefilled || isPromptPrefilled)
  }
}

/// A call as a value.
public struct ToolCall: Sendable {
  /// The tool's name.
  public let name: Value
  /// The arguments.
  public let arguments: Value
}

/// A stretch of a completion.
public struct Segment: Sendable, Hashable {
  /// What a stretch is.
  public enum Kind: String, Sendable, Hashable {
    /// What comes before the assistant's turn.
    case context
    /// Anything else.
    case text
    /// Reasoning, its markers included.
    case reasoning
    /// A call frame, its markers included.
    case call
  }
  /// What it is.
  public let kind: Kind
  /// Where it is, in bytes.
  public let range: Range<Int>
}

/// One reasoning block.
public struct ReasoningBlock: Sendable, Hashable {
  /// The block with its markers.
  public internal(set) var range: Range<Int>
  /// What the markers enclose.
  public internal(set) var content: Range<Int>
  /// Whether its closing marker stands.
  public internal(set) var isClosed: Bool
  /// Whether its opening marker stands in the prompt, not here.
  public internal(set) var isPrefilled: Bool
}

/// One call frame.
public struct Frame: Sendable, Hashable {
  /// What came of the payload.
  public enum Content: Sendable, Hashable {
    /// It was read; the node is the payload's root, the first one if the frame holds several.
    case value(root: Int)
    /// It is empty, or white space.
    case empty
    /// It could not be read.
    case unreadable(ValueError.Code)
  }
  /// The frame with its markers.
  public internal(set) var range: Range<Int>
  /// What the markers enclose.
  public internal(set) var payload: Range<Int>
  /// Whether its closing marker stands.
  public internal(set) var isClosed: Bool
  /// What came of the payload.
  public internal(set) var content: Content
  /// Its attempts, as a range of ``Completion/attempts``.
  public internal(set) var attempts: Range<Int>
  /// What came of a payload that is a string holding JSON, where the format reads it again.
  public internal(set) var innerText = InnerText.none

  /// What came of the text inside a payload that is a string.
  public enum InnerText: Sendable, Hashable {
    /// The payload is no string, or the format does not read it again.
    case none
    /// It was read; the frame's value is what it holds.
    case read
    /// It could not be read; the frame's value is the string.
    case unreadable(ValueError.Code)
  }
}

/// One attempt at a call.
public struct CallAttempt: Sendable, Hashable {
  /// What became of an attempt.
  public enum Status: String, Sendable, Hashable {
    /// A name and arguments as the format has them.
    case ok
    /// The payload cannot be read, or text stands where the frame should close.
    case malformed
    /// The closing marker is missing.
    case unclosed
    /// The payload is no object, or not as many as the format has.
    case notACall = "not_a_call"
    /// The name is missing or no string.
    case invalidName = "invalid_name"
    /// The arguments are missing or no object.
    case invalidArguments = "invalid_arguments"
    /// The payload exceeds a limit.
    case limitExceeded = "limit_exceeded"
  }
  /// What became of it.
  public internal(set) var status: Status
  /// Whether some object in it has two members of the same name.
  public internal(set) var hasDuplicateMembers = false
  /// Whether it has a member the format does not know.
  public internal(set) var hasSurplusMembers = false
  /// Whether a leniency was needed to read it.
  public internal(set) var usedLeniency = false
  private var start: UInt32
  private var end: UInt32
  // Indices plus one; 0 is none.
  private var frameNumber: UInt32
  private var nameNumber: UInt32 = 0
  private var argumentsNumber: UInt32 = 0

  init(status: Status, range: Range<Int>, frame: Int?) {
    self.status = status
    start = UInt32(clamping: range.lowerBound)
    end = UInt32(clamping: range.upperBound)
    frameNumber = UInt32(clamping: (frame ?? -1) + 1)
  }

  /// Where it stands: the frame, or the element of the frame's list.
  public internal(set) var range: Range<Int> {
    get { Int(start)..<Int(end) }
    set {
      start = UInt32(clamping: newValue.lowerBound)
      end = UInt32(clamping: newValue.upperBound)
    }
  }
  /// The frame it stands in, as an index into ``Completion/frames``; `nil` if it was handed in as a value.
  public var frame: Int? { frameNumber == 0 ? nil : Int(frameNumber) - 1 }

  /// The name's node on the completion's tape.
  var name: Int? {
    get { nameNumber == 0 ? nil : Int(nameNumber) - 1 }
    set { nameNumber = UInt32(clamping: (newValue ?? -1) + 1) }
  }
  /// The arguments' node on the completion's tape.
  var arguments: Int? {
    get { argumentsNumber == 0 ? nil : Int(argumentsNumber) - 1 }
    set { argumentsNumber = UInt32(clamping: (newValue ?? -1) + 1) }
  }
}
