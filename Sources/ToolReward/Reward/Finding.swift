/// One reason behind a verdict.
public struct Finding: Sendable, Hashable {
  /// How much a finding matters.
  public enum Severity: String, Sendable, Hashable {
    /// It cost reward.
    case error
    /// It cost nothing under this reward, but is worth a look.
    case warning
    /// It is worth knowing.
    case info
  }
  /// The reason.
  public var code: Diagnostic.Code
  /// How much it matters.
  public var severity: Severity
  /// Where, as a byte range of the completion; `nil` if it is about what is not there.
  public var range: Range<Int>?
  /// The attempt, as an index into ``Completion/attempts``.
  public var attempt: Int?
  /// The expected call, counted from 0.
  public var expectedCall: Int?
  /// Where in the arguments, as a JSON Pointer (RFC 6901); `nil` if it is not about arguments.
  public var pointer: String?

  /// Creates a finding.
  public init(
    _ code: Diagnostic.Code, _ severity: Severity, range: Range<Int>? = nil, attempt: Int? = nil,
    expectedCall: Int? = nil, pointer: String? = nil
  ) {
    self.code = code
    self.severity = severity
    self.range = range
    self.attempt = attempt
    self.expectedCall = expectedCall
    self.pointer = pointer
  }
}

extension Diagnostic.Code {
  // The completion as a whole.
  /// `missing_reasoning`: there is no whole reasoning block where one is due.
  public static let missingReasoning = Self("missing_reasoning", "there is no whole reasoning block where one is due")
  /// `reasoning_not_first`: a call comes before the reasoning.
  public static let reasoningNotFirst = Self("reasoning_not_first", "a call comes before the reasoning")
  /// `missing_call_frame`: there is no closed call frame.
  public static let missingFrame = Self("missing_call_frame", "there is no closed call frame")
  /// `not_a_list_of_calls`: the payload is neither a call nor a list of calls.
  public static let notAList = Self("not_a_list_of_calls", "the payload is neither a call nor a list of calls")
  /// `official_raises`: the official code raises an exception on this completion; its score is 0 here.
  public static let officialRaises = Self(
    "official_raises", "the official code raises an exception on this completion; its score is 0 here")

  // The calls.
  /// `missing_call`: no call meets this expected one.
  public static let missingCall = Self("missing_call", "no call meets this expected one")
  /// `surplus_call`: the call meets no expected one.
  public static let surplusCall = Self("surplus_call", "the call meets no expected one")
  /// `missing_argument`: an expected argument is missing.
  public static let missingArgument = Self("missing_argument", "an expected argument is missing")
  /// `surplus_argument`: an argument is not expected.
  public static let surplusArgument = Self("surplus_argument", "an argument is not expected")
  /// `wrong_argument`: an argument has another value than expected.
  public static let wrongArgument = Self("wrong_argument", "an argument has another value than expected")
  /// `unknown_tool`: the call names no tool of the sample.
  public static let unknownTool = Self("unknown_tool", "the call names no tool of the sample")

  // What keeps a sample from being judged.
  /// `limit_reached`: a limit of the reader kept the sample from being judged.
  public static let limitReached = Self("limit_reached", "a limit of the reader kept the sample from being judged")
  /// `invalid_tools`: the tools cannot be read; nothing about tools was checked.
  public static let invalidTools = Self("invalid_tools", "the tools cannot be read; nothing about tools was checked")
  /// `invalid_message`: the completion is no message with content and tool_calls.
  public static let invalidMessage = Self("invalid_message", "the completion is no message with content and tool_calls")

  static func mismatch(_ kind: ArgumentMismatch.Kind) -> Self {
    switch kind {
    case .missing: .missingArgument
    case .surplus: .surplusArgument
    case .wrong: .wrongArgument
    }
  }
}
