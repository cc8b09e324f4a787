internal import ToolReward

/// `normal_checker` of ACEBench, with its holes.
///
/// What the official code would raise an error on is thrown: a list where it wants an object, a tool without `required`, a type it does not
/// know. The questions that are published never make it, whatever the answer, but for a call whose arguments are no object.
struct ACEBenchChecker {
  /// The official code raises an error.
  struct Raised: Error {}

  private let question: ACEBenchQuestion

  init(_ question: ACEBenchQuestion) { self.question = question }

  /// Why the calls are wrong: by the first of the alternatives, if none of them accepts them.
  func error(in calls: [PythonValue]) throws(Raised) -> ACEBenchErrorType? {
    var first: ACEBenchErrorType?
    for answer in question.alternatives {
      guard let error = try error(in: calls, for: answer) else { return nil }
      first = first ?? error
    }
    return first
  }

  /// Names are counted over all keys of all calls; then each expected call asks for any call that passes, so that one call may serve two.
  private func error(in calls: [PythonValue], for answer: PythonValue) throws(Raised) -> ACEBenchErrorType? {
    guard case .dictionary(let members) = answer else { throw Raised() }
    guard calls.count == members.count else { return .wrongFunctionsNumber }
    var expected: [(key: [UInt8], name: PythonValue.Key, arguments: PythonValue)] = []
    for member in members {
      guard case .string(let key) = member.key else { throw Raised() }
      expected.append((key, .string(ACEBenchText.withoutNumber(key)), member.value))
    }
    guard Self.counts(calls.flatMap { $0.members.map(\.key) }) == Self.counts(expected.map(\.name)) else {
      return .functionMismatch
    }
    for call in expected {
      let tool = try tool(named: call.key)
      var error: ACEBenchErrorType?
      for prediction in calls {
        guard let name = prediction.members.first?.key else { throw Raised() }
        guard name == call.name else {
          error = .unclear
          continue
        }
        error = try Self.error(in: prediction, for: call.arguments, tool)
        if error == nil { break }
      }
      if let error { return error }
    }
    return nil
  }

  private static func counts(_ names: [PythonValue.Key]) -> [PythonValue.Key: Int] {
    var counts: [PythonValue.Key: Int] = [:]
    for name in names { counts[name, default: 0] += 1 }
    return counts
  }

  /// The first tool whose name is a part of the key.
  private func tool(named key: [UInt8]) throws(Raised) -> ACEBenchQuestion.Tool? {
    for tool in question.tools {
      guard let name = tool.name?.text else { throw Raised() }
      if ACEBenchText.contains(name, in: key) { return tool }
    }
    return nil
  }

  // MARK: A call

  /// `simple_function_checker`.
  private static func error(
    in call: PythonValue, for expected: PythonValue, _ tool: ACEBenchQuestion.Tool?
  ) throws(Raised) -> ACEBenchErrorType? {
    guard let tool, let first = call.members.first?.value, let parameters = tool.parameters, let name = tool.name?.text
    else { throw Raised() }
    if isEmpty(first) && isEmpty(parameters) { return nil }
    if isEmpty(first) || isEmpty(parameters) { return .wrongParam }
    guard let properties = parameters["properties"] else { throw Raised() }
    if PythonValue.areEqual(expected, properties) { return nil }
    if isEmpty(expected) { return .wrongParam }
    guard let arguments = call[name] else { return .wrongFunctionName }
    guard let required = parameters["required"] else { throw Raised() }
    for name in try elements(of: required) where try !contains(name, in: arguments) { return .lackArgs }
    guard case .dictionary(let members) = arguments else { throw Raised() }
    guard properties.kind == .dictionary, expected.kind == .dictionary else { throw Raised() }
    for member in members {
      guard case .string(let name) = member.key, let property = properties[name], let truth = expected[name] else {
        return .additionArgs
      }
      if let error = try error(in: member.value, for: truth, property) { return error }
    }
    return nil
  }

  private static func isEmpty(_ value: PythonValue) -> Bool {
    if case .dictionary(let members) = value { return members.isEmpty }
    return false
  }

  /// `for element in value`.
  static func elements(of value: PythonValue) throws(Raised) -> [PythonValue] {
    switch value {
    case .list(let elements), .tuple(let elements): elements
    case .dictionary(let members):
      members.map { member in
        if case .string(let text) = member.key { .string(text) } else { .none }
      }
    case .string(let text): CodePoints(utf8: text).points.map { .string(CodePoints([$0]).utf8) }
    default: throw Raised()
    }
  }

  /// `element in value`.
  static func contains(_ element: PythonValue, in value: PythonValue) throws(Raised) -> Bool {
    switch value {
    case .list(let elements), .tuple(let elements): return PythonValue.contains(elements, element)
    case .dictionary:
      guard let text = element.text else { throw Raised() }
      return value[text] != nil
    case .string(let text):
      guard let part = element.text else { throw Raised() }
      return ACEBenchText.contains(part, in: text)
    default: throw Raised()
    }
  }
}
