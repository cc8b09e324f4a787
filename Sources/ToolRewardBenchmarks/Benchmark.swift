public import ToolReward

/// What a model gave for a sample.
public enum BenchmarkPrediction: Sendable {
  /// Its text, UTF-8.
  case text([UInt8])
  /// What an official decoder made of it, as JSON.
  case decoded(Value)
}

/// What an evaluator says of a prediction.
public struct BenchmarkVerdict: Sendable, Hashable {
  /// Whether it counts as right; `nil` if this evaluator cannot tell.
  public var isValid: Bool?
  /// The official name of what is wrong; `nil` if nothing is.
  public var errorType: String?

  /// A verdict.
  public init(isValid: Bool?, errorType: String? = nil) {
    self.isValid = isValid
    self.errorType = errorType
  }
}
