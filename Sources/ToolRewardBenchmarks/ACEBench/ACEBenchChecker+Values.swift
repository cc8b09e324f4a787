internal import ToolReward

extension ACEBenchChecker {
  /// What a tool's type asks for.
  private enum Expected {
    case kind(PythonValue.Kind)
    /// `enum`, which the official code maps to a Python type that no value has.
    case enumerate

    /// `PYTHON_TYPE_MAPPING`.
    init?(_ name: [UInt8]) {
      switch String(decoding: name, as: UTF8.self) {
      case "string", "any": self = .kind(.string)
      case "integer", "int", "number": self = .kind(.integer)
      case "float": self = .kind(.float)
      case "boolean": self = .kind(.boolean)
      case "array", "tuple", "list", "objectArray", "list(string)", "list(enum)": self = .kind(.list)
      case "dict", "object": self = .kind(.dictionary)
      case "enum": self = .enumerate
      default: return nil
      }
    }

    func matches(_ kind: PythonValue.Kind) -> Bool {
      if case .kind(kind) = self { return true }
      return false
    }
  }

  /// The types whose elements have a type too.
  private static let nesting = ["array", "tuple", "list(string)", "list(enum)", "object", "objectArray"]

  /// Why an argument is wrong, by the type that its tool gives it and the value that is expected.
  ///
  /// Where that value is of another type than the tool says, the answer's type is all that counts; and of integers, numbers, booleans and
  /// enums the value is never looked at.
  static func error(
    in value: PythonValue, for truth: PythonValue, _ property: PythonValue
  ) throws(Raised) -> ACEBenchErrorType? {
    guard let type = property["type"]?.text, let expected = Expected(type) else { throw Raised() }
    let typeName = String(decoding: type, as: UTF8.self)
    var nested: Expected?
    if nesting.contains(typeName) { nested = try nestedType(of: property, typeName) }
    var value = value
    if typeName == "tuple", case .tuple(let elements) = value { value = .list(elements) }
    if typeName == "float" { value = try asFloat(value) }
    let check = try typeCheck(value, truth, expected, nested)
    guard check.isValid else { return .typeError }
    if check.isVariable { return nil }
    switch expected {
    case .kind(.dictionary): return try objectError(value, truth)
    case .kind(.list):
      guard let nested, nested.matches(.dictionary) else {
        return areSameLists(value.elements, truth.elements) ? nil : .valueErrorList
      }
      if typeName == "objectArray" {
        if value.elements.count != truth.elements.count { return .valueErrorDictItems }
        // The official code calls a function with an argument too few.
        if !value.elements.isEmpty { throw Raised() }
      }
      return try objectsError(value.elements, truth.elements)
    case .kind(.string):
      guard let text = value.text, let truth = truth.text else { throw Raised() }
      return ACEBenchText.contains(StandardText.of(truth), in: StandardText.of(text))
        ? nil : .valueErrorString
    default: return nil
    }
  }

  private static func nestedType(of property: PythonValue, _ typeName: String) throws(Raised) -> Expected {
    if let items = property["items"], items.kind == .dictionary, let name = items["type"] {
      guard let text = name.text, let expected = Expected(text) else { throw Raised() }
      return expected
    }
    switch typeName {
    case "list(string)": return .kind(.string)
    case "list(enum)": return .enumerate
    default: return .kind(.dictionary)
    }
  }

  private static func asFloat(_ value: PythonValue) throws(Raised) -> PythonValue {
    switch value {
    case .integer(let value): return .float(Double(value))
    case .bigInteger(let digits):
      let float = PythonValue.double(digits)
      guard float.isFinite else { throw Raised() }
      return .float(float)
    default: return value
    }
  }

  /// `type_checker`: whether the type will do, and whether it is another than the tool's, so that the value does not count.
  ///
  /// Elements are only looked at where the answer is a list of lists. A list whose answer is empty fails.
  private static func typeCheck(
    _ original: PythonValue, _ truth: PythonValue, _ expected: Expected, _ nested: Expected?
  ) throws(Raised) -> (isValid: Bool, isVariable: Bool) {
    let isOptional = truth.text?.isEmpty ?? false
    let value = withTruthValue(original)
    var isValid = true
    if expected.matches(value.kind) {
      let isVariable = !isOptional && !expected.matches(truth.kind)
      guard let nested else { return (true, isVariable) }
      for alternative in try elements(of: truth) {
        var passes = true
        if alternative.kind == .list {
          for element in try elements(of: value) where passes {
            passes = try typeCheck(element, alternative, nested, nil).isValid
          }
        }
        if passes { return (true, isVariable) }
      }
      isValid = false
    }
    if !isOptional, value.kind == truth.kind || PythonValue.areEqual(truth, value) { return (isValid, true) }
    return (false, false)
  }

  /// A truth value where the text is `true` or `false`.
  private static func withTruthValue(_ value: PythonValue) -> PythonValue {
    guard let text = value.text else { return value }
    if text.elementsEqual("true".utf8) { return .boolean(true) }
    return text.elementsEqual("false".utf8) ? .boolean(false) : value
  }

  /// `list_checker`: equal, after the strings among the elements are standardised.
  private static func areSameLists(_ value: [PythonValue], _ truth: [PythonValue]) -> Bool {
    PythonValue.areEqual(
      .list(value.map { StandardText.of($0) }), .list(truth.map { StandardText.of($0) }))
  }

  private static func objectsError(
    _ values: [PythonValue], _ truths: [PythonValue]
  ) throws(Raised) -> ACEBenchErrorType? {
    guard values.count == truths.count else { return .valueErrorListDictCount }
    for (value, truth) in zip(values, truths) {
      if let error = try objectError(value, truth) { return error }
    }
    return nil
  }

  /// `dict_checker`: as many members, and of each the expected value's text is within the value's. Recursion is bounded by the depth that
  /// values are read with.
  private static func objectError(_ value: PythonValue, _ truth: PythonValue) throws(Raised) -> ACEBenchErrorType? {
    guard case .dictionary(let members) = value else { return .valueError }
    guard case .dictionary(let expected) = truth else { throw Raised() }
    guard members.count == expected.count else { return .valueError }
    for member in members {
      guard case .string(let name) = member.key, let truth = truth[name] else { return .valueError }
      let value = withTruthValue(member.value)
      if truth.kind == .dictionary {
        if let error = try objectError(value, truth) { return error }
      } else {
        let text = StandardText.of(value).pythonString
        guard ACEBenchText.contains(StandardText.of(truth).pythonString, in: text) else { return .valueError }
      }
    }
    return nil
  }
}
