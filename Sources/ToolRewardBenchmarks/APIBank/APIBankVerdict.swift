/// Why a response is wrong on API-Bank. ToolRL's code prints a score alone; the words are ours.
public enum APIBankErrorType: String, Sendable, Hashable, CaseIterable {
  /// No line of the tool calls could be read.
  case noCall = "no_call"
  /// No call has the name.
  case wrongName = "wrong_name"
  /// One has the name, none the parameters too.
  case wrongParameters = "wrong_parameters"
  /// The official code raises an error at a call, which ends the sample, before one matches.
  case officialRaises = "official_raises"
  /// Strictly: a line that is no call with a name and parameters, or text where the calls should be.
  case notACall = "not_a_call"
  /// Strictly: more than one call.
  case extraCalls = "extra_calls"
}

/// API-Bank's verdict on one response.
public struct APIBankVerdict: Sendable, Hashable {
  /// Whether the response counts as right.
  public let isValid: Bool
  /// Why it does not; `nil` if it does.
  public let errorType: APIBankErrorType?

  /// Right, if there is no error.
  init(_ errorType: APIBankErrorType?) {
    isValid = errorType == nil
    self.errorType = errorType
  }

  /// The same in the words that all benchmarks share.
  public var benchmarkVerdict: BenchmarkVerdict { BenchmarkVerdict(isValid: isValid, errorType: errorType?.rawValue) }
}
