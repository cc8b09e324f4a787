public import ToolReward

/// What a model answered.
public enum BenchmarkPrediction: Sendable {
  /// Its text, UTF-8.
  case text([UInt8])
  /// Calls that were taken from the text already, as the benchmark's own code has them.
  case decoded(Value)
}

/// A benchmark's verdict on one answer.
public struct BenchmarkVerdict: Sendable, Hashable {
  /// Whether the answer counts as right; `nil` where the official code raises an error, which ends its run.
  public var isValid: Bool?
  /// Why it does not; `nil` if it does.
  public var errorType: String?

  /// Creates a verdict.
  public init(isValid: Bool?, errorType: String? = nil) {
    self.isValid = isValid
    self.errorType = errorType
  }
}
