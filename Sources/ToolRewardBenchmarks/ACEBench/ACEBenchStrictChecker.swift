internal import ToolReward

/// Whether calls are those that are expected: each once, with the same arguments, whose values are the same.
struct ACEBenchStrictChecker {
  private let question: ACEBenchQuestion

  init(_ question: ACEBenchQuestion) { self.question = question }

  /// Why the calls are wrong: by the first of the alternatives, if none of them accepts them.
  func error(in calls: [PythonValue]) -> ACEBenchErrorType? {
    var first: ACEBenchErrorType?
    for answer in question.alternatives {
      guard let error = error(in: calls, for: answer) else { return nil }
      first = first ?? error
    }
    return first
  }

  private func error(in calls: [PythonValue], for answer: PythonValue) -> ACEBenchErrorType? {
    let expected = answer.members
    guard calls.count == expected.count else { return .wrongFunctionsNumber }
    guard calls.allSatisfy({ $0.members.count == 1 }) else { return .wrongOutputFormat }
    // errors[i][j]: why call j is not expected call i.
    var errors: [[ACEBenchErrorType?]] = []
    for member in expected {
      let tool = tool(for: member.key)
      errors.append(calls.map { Self.error(in: $0.members[0], for: member.value, tool.name, tool.parameters) })
    }
    guard let unmatched = Self.firstUnmatched(errors) else { return nil }
    return errors[unmatched].compactMap { $0 }.first { $0 != .functionMismatch } ?? .functionMismatch
  }

  /// The tool that a key of the answers means: of that name, or of that name without the number.
  private func tool(for key: PythonValue.Key) -> (name: [UInt8], parameters: PythonValue?) {
    guard case .string(let key) = key else { return ([], nil) }
    for name in [key, ACEBenchText.withoutNumber(key)] {
      if let tool = question.tools.first(where: { $0.name?.text == name }) { return (name, tool.parameters) }
    }
    return (ACEBenchText.withoutNumber(key), nil)
  }

  /// The first expected call that no call is left for, when as many as can be have one; `nil` if all have. As many calls as are expected
  /// come here, so that the depth is bounded by the answer.
  private static func firstUnmatched(_ errors: [[ACEBenchErrorType?]]) -> Int? {
    var owner = [Int](repeating: -1, count: errors.first?.count ?? 0)
    func findCall(_ expected: Int, _ tried: inout [Bool]) -> Bool {
      for call in owner.indices where errors[expected][call] == nil && !tried[call] {
        tried[call] = true
        if owner[call] < 0 || findCall(owner[call], &tried) {
          owner[call] = expected
          return true
        }
      }
      return false
    }
    var unmatched: Int?
    for expected in errors.indices {
      var tried = [Bool](repeating: false, count: owner.count)
      if !findCall(expected, &tried), unmatched == nil { unmatched = expected }
    }
    return unmatched
  }

  private static func error(
    in call: PythonValue.Member, for expected: PythonValue, _ name: [UInt8], _ parameters: PythonValue?
  ) -> ACEBenchErrorType? {
    guard call.key == .string(name) else { return .functionMismatch }
    guard case .dictionary(let arguments) = call.value, case .dictionary(let truths) = expected else {
      return .wrongOutputFormat
    }
    for truth in truths where !arguments.contains(where: { $0.key == truth.key }) { return .lackArgs }
    for argument in arguments {
      guard let truth = truths.first(where: { $0.key == argument.key }) else { return .additionArgs }
      if let error = error(in: argument.value, for: truth.value, property(argument.key, of: parameters)) {
        return error
      }
    }
    return nil
  }

  private static func property(_ key: PythonValue.Key, of schema: PythonValue?) -> PythonValue? {
    guard case .string(let name) = key else { return nil }
    return schema?["properties"]?[name]
  }

  /// Recursion is bounded by the depth that values are read with.
  private static func error(
    in value: PythonValue, for truth: PythonValue, _ schema: PythonValue?
  ) -> ACEBenchErrorType? {
    switch (value, truth) {
    case (.string(let text), .string(let expected)):
      return StandardText.of(text) == StandardText.of(expected) ? nil : .valueErrorString
    case (.list(let elements), .list(let expected)):
      guard elements.count == expected.count else { return .valueErrorList }
      let items = schema?["items"]
      for (element, truth) in zip(elements, expected) where error(in: element, for: truth, items) != nil {
        return .valueErrorList
      }
      return nil
    case (.dictionary(let members), .dictionary(let expected)):
      guard members.count == expected.count else { return .valueError }
      for member in members {
        guard let truth = expected.first(where: { $0.key == member.key }),
          error(in: member.value, for: truth.value, property(member.key, of: schema)) == nil
        else { return .valueError }
      }
      return nil
    default:
      let kinds = [value.kind, truth.kind]
      let isNumber = kinds.allSatisfy { $0 == .integer || $0 == .float }
      guard value.kind == truth.kind || (isNumber && saysNumber(schema)) else { return .typeError }
      return PythonValue.areEqual(value, truth) ? nil : .valueError
    }
  }

  private static func saysNumber(_ schema: PythonValue?) -> Bool {
    guard let type = schema?["type"]?.text else { return false }
    return type.elementsEqual("number".utf8) || type.elementsEqual("float".utf8)
  }
}
