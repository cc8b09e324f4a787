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
  /// A call outside the section that the format puts calls in.
  public static let missingSection = Leniencies(rawValue: 1 << 9)
  /// A call's identifier in another spelling than the format's.
  public static let otherIdentifier = Leniencies(rawValue: 1 << 10)
  /// JSON without the code fence that the format puts around it.
  public static let missingFence = Leniencies(rawValue: 1 << 11)

  /// Each leniency with its name in options and, behind `leniency_`, in diagnostics.
  public static let named: [(name: String, leniency: Leniencies)] = [
    ("trailing_comma", .trailingComma), ("code_fence", .codeFence), ("string_arguments", .stringArguments),
    ("string_payload", .stringPayload), ("missing_close", .missingClose), ("missing_arguments", .missingArguments),
    ("parameters_alias", .parametersAlias), ("function_wrapper", .functionWrapper),
    ("any_cardinality", .anyCardinality), ("missing_section", .missingSection),
    ("other_identifier", .otherIdentifier), ("missing_fence", .missingFence),
  ]
}
