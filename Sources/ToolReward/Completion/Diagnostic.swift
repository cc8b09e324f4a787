/// A fact about how a completion was written. What it costs is for a reward to say.
public struct Diagnostic: Sendable, Hashable {
  /// What was seen.
  public let code: Code
  private let start: UInt32
  private let end: UInt32
  /// The attempt, plus one; 0 if there is none.
  private let attemptNumber: UInt32

  init(_ code: Code, _ range: Range<Int>, attempt: Int? = nil) {
    self.code = code
    start = UInt32(clamping: range.lowerBound)
    end = UInt32(clamping: range.upperBound)
    attemptNumber = UInt32(clamping: (attempt ?? -1) + 1)
  }

  /// Where, as a byte range of ``Completion/text``.
  public var range: Range<Int> { Int(start)..<Int(end) }
  /// The attempt it belongs to, as an index into ``Completion/attempts``; `nil` if it belongs to none.
  public var attempt: Int? { attemptNumber == 0 ? nil : Int(attemptNumber) - 1 }

  /// A stable reason; ``name`` is its spelling in output. Codes of the same name are the same.
  public struct Code: Sendable, Hashable {
    private final class Text: Sendable {
      let name: String
      let message: String
      init(_ name: String, _ message: String) {
        self.name = name
        self.message = message
      }
    }
    private let text: Text

    /// Creates a code of one's own.
    public init(_ name: String, _ message: String) {
      text = Text(name, message)
    }

    /// The snake_case spelling used in JSON output.
    public var name: String { text.name }
    /// A sentence for people, without any model text.
    public var message: String { text.message }

    public static func == (left: Code, right: Code) -> Bool { left.text === right.text || left.name == right.name }
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }

    // The completion.
    /// `ill_formed_utf8`: the completion is not well-formed UTF-8.
    public static let illFormedUTF8 = Code("ill_formed_utf8", "the completion is not well-formed UTF-8")
    /// `unclosed_reasoning`: the reasoning is never closed.
    public static let unclosedReasoning = Code("unclosed_reasoning", "the reasoning is never closed")
    /// `repeated_reasoning`: a second reasoning block opens.
    public static let repeatedReasoning = Code("repeated_reasoning", "a second reasoning block opens")
    /// `stray_reasoning_close`: a closing reasoning marker closes nothing.
    public static let strayReasoningClose = Code("stray_reasoning_close", "a closing reasoning marker closes nothing")
    /// `call_in_reasoning`: a call frame stands inside the reasoning.
    public static let callInReasoning = Code("call_in_reasoning", "a call frame stands inside the reasoning")
    /// `call_ends_reasoning`: a call frame stands in reasoning that is not closed, and ends it.
    public static let callEndsReasoning = Code(
      "call_ends_reasoning", "a call frame stands in reasoning that is not closed, and ends it")
    /// `stray_call_close`: a closing call marker closes nothing.
    public static let strayCallClose = Code("stray_call_close", "a closing call marker closes nothing")
    /// `unconfirmed_opener`: an opening call marker with no payload behind it; read as text.
    public static let unconfirmedOpener = Code(
      "unconfirmed_opener", "an opening call marker with no payload behind it; read as text")

    /// `unfinished_call`: an opening call marker with the beginning of a call behind it, or nothing at all; read as text.
    public static let unfinishedCall = Code(
      "unfinished_call",
      "an opening call marker with the beginning of a call behind it, or nothing at all; read as text")

    // An attempt.
    /// `malformed_json`: the payload is not JSON.
    public static let malformedPayload = Code("malformed_json", "the payload is not JSON")
    /// `unexpected_end`: the payload ends in the middle of a value.
    public static let unexpectedEnd = Code("unexpected_end", "the payload ends in the middle of a value")
    /// `ill_formed_payload`: the payload is not well-formed UTF-8.
    public static let illFormedPayload = Code("ill_formed_payload", "the payload is not well-formed UTF-8")
    /// `lone_surrogate`: a \u escape in the payload holds half a surrogate pair.
    public static let loneSurrogate = Code("lone_surrogate", "a \\u escape in the payload holds half a surrogate pair")
    /// `empty_frame`: the call frame is empty.
    public static let emptyFrame = Code("empty_frame", "the call frame is empty")
    /// `unclosed_call`: the call frame is never closed.
    public static let unclosedCall = Code("unclosed_call", "the call frame is never closed")
    /// `text_after_payload`: text stands between the payload and the closing marker.
    public static let textAfterPayload = Code(
      "text_after_payload", "text stands between the payload and the closing marker")
    /// `not_a_call`: the payload is no object that could be a call.
    public static let notACall = Code("not_a_call", "the payload is no object that could be a call")
    /// `unexpected_cardinality`: the frame does not hold the number of calls the format has.
    public static let cardinality = Code(
      "unexpected_cardinality", "the frame does not hold the number of calls the format has")
    /// `missing_name`: the call has no name.
    public static let missingName = Code("missing_name", "the call has no name")
    /// `name_not_string`: the call's name is not a string.
    public static let nameNotString = Code("name_not_string", "the call's name is not a string")
    /// `missing_arguments`: the call has no arguments.
    public static let missingArguments = Code("missing_arguments", "the call has no arguments")
    /// `arguments_not_object`: the call's arguments are not an object.
    public static let argumentsNotObject = Code("arguments_not_object", "the call's arguments are not an object")
    /// `surplus_member`: the call has a member besides name and arguments.
    public static let surplusMember = Code("surplus_member", "the call has a member besides name and arguments")
    /// `duplicate_member`: an object has two members of the same name; the last counts.
    public static let duplicateMember = Code(
      "duplicate_member", "an object has two members of the same name; the last counts")
    /// `missing_section`: the call stands outside the section that the format puts calls in.
    public static let missingSection = Code(
      "missing_section", "the call stands outside the section that the format puts calls in")
    /// `unusual_channel`: the call stands on another channel than calls do.
    public static let unusualChannel = Code("unusual_channel", "the call stands on another channel than calls do")
    /// `text_in_section`: text stands between the calls of a section.
    public static let textInSection = Code("text_in_section", "text stands between the calls of a section")
    /// `unusual_identifier`: the call's identifier has not the form that the format gives it.
    public static let unusualIdentifier = Code(
      "unusual_identifier", "the call's identifier has not the form that the format gives it")
    /// `missing_fence`: the arguments stand without the code fence that the format puts around them.
    public static let missingFence = Code(
      "missing_fence", "the arguments stand without the code fence that the format puts around them")
    /// `unclosed_value`: a value's closing tag is missing.
    public static let unclosedValue = Code("unclosed_value", "a value's closing tag is missing")
    /// `ambiguous_value_end`: the value holds a closing tag after which it might end as well.
    public static let ambiguousValueEnd = Code(
      "ambiguous_value_end", "the value holds a closing tag after which it might end as well")
    /// `values_without_schema`: no tool's schema says what the call's values mean; they are text.
    public static let valuesWithoutSchema = Code(
      "values_without_schema", "no tool's schema says what the call's values mean; they are text")
    /// `typed_by_schema`: the value's text was read as the type that the tool's schema gives the parameter.
    public static let typedBySchema = Code(
      "typed_by_schema", "the value's text was read as the type that the tool's schema gives the parameter")
    /// `typed_by_python_word`: Python's True, False or None was read as the value that the tool's schema asks for.
    public static let typedByPythonWord = Code(
      "typed_by_python_word", "Python's True, False or None was read as the value that the tool's schema asks for")
    /// `typed_by_choice`: the schema allows text too; the value was read as the other type that it spells.
    public static let typedByChoice = Code(
      "typed_by_choice", "the schema allows text too; the value was read as the other type that it spells")
    /// `untyped_value`: the value's text spells no value of the type that is asked for, and stays text.
    public static let untypedValue = Code(
      "untyped_value", "the value's text spells no value of the type that is asked for, and stays text")
    /// `limit_exceeded`: the payload is nested too deeply or too large.
    public static let limitExceeded = Code("limit_exceeded", "the payload is nested too deeply or too large")

    /// The diagnostic that a leniency leaves.
    static func leniency(_ leniency: Leniencies) -> Code {
      leniencyCodes[leniency.rawValue] ?? Code("leniency_unknown", "read with a leniency")
    }

    private static let leniencyCodes: [UInt32: Code] = {
      var codes: [UInt32: Code] = [:]
      for (name, leniency) in Leniencies.named {
        codes[leniency.rawValue] = Code("leniency_\(name)", "read with the leniency \(name)")
      }
      return codes
    }()

    /// Whether it records the use of a leniency.
    public var isLeniency: Bool { name.utf8.starts(with: "leniency_".utf8) }

    /// The reason that an unreadable payload gives.
    static func payload(_ code: ValueError.Code) -> Code {
      if code.isLimit { return .limitExceeded }
      return switch code {
      case .unexpectedEnd: .unexpectedEnd
      case .illFormedUTF8: .illFormedPayload
      case .loneSurrogate: .loneSurrogate
      case .trailingText: .textAfterPayload
      default: .malformedPayload
      }
    }
  }
}
