/// Why ACEBench rejects an answer, by the words its official code prints.
public enum ACEBenchErrorType: String, Sendable, Hashable, CaseIterable {
  /// The text is no list of calls.
  case wrongOutputFormat = "wrong_output_format"
  /// More or fewer calls than expected.
  case wrongFunctionsNumber = "wrong functions number"
  /// The calls' names are not the expected ones.
  case functionMismatch = "function_mismatch"
  /// The tool that the official code found has another name.
  case wrongFunctionName = "wrong_function_name"
  /// Arguments where there should be none, or none where there should be some.
  case wrongParam = "wrong_param"
  /// A required argument is missing.
  case lackArgs = "lack_args"
  /// An argument that the tool or the answer does not have.
  case additionArgs = "addition_args"
  /// A value of another type.
  case typeError = "type_error"
  /// Another value in an object.
  case valueError = "value_error"
  /// Another string.
  case valueErrorString = "value_error:string"
  /// Another list.
  case valueErrorList = "value_error:list/tuple"
  /// A list of objects of another length.
  case valueErrorListDictCount = "value_error:list_dict_count"
  /// An `objectArray` of another length.
  case valueErrorDictItems = "value_error:dict_items"
  /// No call passed, and the last one looked at has another name.
  case unclear = "simple_function_checker:unclear"
  /// Special categories: the answer does not say what the matter is.
  case errorDetection = "error_detection"
  /// Special categories: it does, but names something else.
  case errorCorrection = "error_correction"
}

/// ACEBench's verdict on one answer.
public struct ACEBenchVerdict: Sendable, Hashable {
  /// Whether the answer counts as right; `nil` where the official code raises an error, which ends its run.
  public let isValid: Bool?
  /// Why it does not; `nil` if it does, or where the official code raises.
  public let errorType: ACEBenchErrorType?

  /// Right, if there is no error.
  init(_ errorType: ACEBenchErrorType?) {
    isValid = errorType == nil
    self.errorType = errorType
  }

  private init() {
    isValid = nil
    errorType = nil
  }

  static let raised = ACEBenchVerdict()

  /// The same in the words that all benchmarks share.
  public var benchmarkVerdict: BenchmarkVerdict { BenchmarkVerdict(isValid: isValid, errorType: errorType?.rawValue) }
}
