internal import ToolReward

/// The leaderboard's comparison without its accidents. It differs from the official one in this:
///
/// - Calls are matched to answers by maximum matching, not by the first fit.
/// - Types are asked for inside lists and objects as outside: `true` is no 1. An integer does where a float is due, everywhere.
/// - `""` marks what may be left out, and is no value itself; nor is an empty list.
/// - Objects are compared all the way down, strings by the official text everywhere.
/// - An argument left out is right if the schema's default is one of the values.
/// - A relevance sample asks for a function that there is, with the arguments that it requires.
///
/// How strings are compared (case, spaces and some punctuation do not count) is the official way: it is the benchmark's rule.
struct BFCLStrictChecker {
  let language: BFCLCategory.Language
  let turnsDots: Bool

  /// What is wrong with an output; `nil` if nothing is. `calls` is `nil` if it is no list of calls.
  func check(
    _ isDecoded: Bool, _ calls: [BFCLChecker.Call]?, _ question: BFCLQuestion, _ rule: BFCLCategory.Rule
  ) -> BFCLErrorType? {
    switch rule {
    case .irrelevance: return calls?.isEmpty == false ? .irrelevanceDecoderSuccess : nil
    case .relevance:
      guard let calls, !calls.isEmpty else { return .relevanceDecoderFailed }
      for call in calls {
        guard let function = question.functions.first(where: { call.name == name(of: $0) }) else {
          return .wrongFunctionName
        }
        for name in function.required where !call.arguments.contains(where: { $0.key == .string(name) }) {
          return .missingRequired
        }
      }
      return nil
    default:
      guard isDecoded else { return .decoderFailed }
      guard let calls else { return .decoderWrongOutputFormat }
      return compare(calls, question, rule)
    }
  }

  private func name(of function: BFCLFunction) -> PythonValue.Key {
    .string(turnsDots ? function.undottedName : function.name)
  }

  private func compare(
    _ calls: [BFCLChecker.Call], _ question: BFCLQuestion, _ rule: BFCLCategory.Rule
  ) -> BFCLErrorType? {
    guard calls.count == question.expected.count else {
      switch rule {
      case .parallel: return .parallelWrongCount
      case .multiple: return .multipleWrongCount
      default: return .simpleWrongCount
      }
    }
    if calls.count == 1 { return difference(calls[0], question.expected[0], question) }
    let matched = BipartiteMatching.maximum(left: calls.count, right: calls.count) { expected, call in
      difference(calls[call], question.expected[expected], question) == nil
    }
    return matched.contains { $0 == nil } ? .parallelCannotFindMatch : nil
  }

  private func difference(
    _ call: BFCLChecker.Call, _ expected: BFCLExpectedCall, _ question: BFCLQuestion
  ) -> BFCLErrorType? {
    guard let function = expected.function ?? question.functions.first, call.name == name(of: function) else {
      return .wrongFunctionName
    }
    var hint = 0
    for argument in call.arguments {
      guard case .string(let name) = argument.key, let found = expected.argument(name, hint: &hint),
        let parameter = found.parameter
      else { return .unexpectedParameter }
      if let error = difference(argument.value, parameter, found.alternatives) { return error }
    }
    for argument in expected.arguments where !argument.alternatives.isOptional {
      if call.arguments.contains(where: { $0.key == .string(argument.name) }) { continue }
      guard let definition = argument.parameter?.definition, let value = definition["default"],
        argument.alternatives.values.contains(where: { isSame(value, $0, definition) })
      else { return function.required.contains(argument.name) ? .missingRequired : .missingOptional }
    }
    return nil
  }

  private func difference(
    _ given: PythonValue, _ parameter: BFCLFunction.Parameter, _ alternatives: BFCLAlternatives
  ) -> BFCLErrorType? {
    var value = given
    if language != .python {
      guard case .string(let text) = given else { return language == .java ? .typeJava : .typeJavaScript }
      let points = CodePoints(utf8: text)
      value =
        (language == .java
          ? JavaText.value(points, parameter.type, parameter.itemsType)
          : JavaScriptText.value(points, parameter.type, parameter.itemsType)) ?? given
    }
    if alternatives.values.contains(where: { $0.text?.isEmpty != true && isSame(value, $0, parameter.definition) }) {
      return nil
    }
    if let kind = parameter.kind, value.kind != kind, alternatives.firstKind != value.kind,
      !(kind == .float && value.kind == .integer)
    {
      return .typeSimple
    }
    switch value {
    case .string: return .valueString
    case .list, .tuple: return .valueList
    case .dictionary: return .valueDictionaryValue
    default: return .valueOthers
    }
  }

  /// Whether a value is the expected one: of the same type throughout, integers and floats by value, strings by their standard text.
  ///
  /// The values of an object's members may be lists of alternatives, as the benchmark's answers have them.
  private func isSame(_ value: PythonValue, _ expected: PythonValue, _ definition: PythonValue) -> Bool {
    switch (value, expected) {
    case (.string(let x), .string(let y)): return StandardText.of(x) == StandardText.of(y)
    case (.list(let x), .list(let y)), (.tuple(let x), .list(let y)):
      let items = definition["items"] ?? .none
      return x.count == y.count && zip(x, y).allSatisfy { isSame($0, $1, items) }
    case (.dictionary(let x), .dictionary(let y)):
      let properties = definition["properties"] ?? .none
      for member in x {
        guard let other = y.first(where: { $0.key == member.key })?.value else { return false }
        var part = PythonValue.none
        if case .string(let name) = member.key, let own = properties[name] { part = own }
        guard isOneOf(member.value, other, part) else { return false }
      }
      return y.allSatisfy { member in x.contains { $0.key == member.key } || mayBeLeftOut(member.value) }
    case (.boolean(let x), .boolean(let y)): return x == y
    case (.none, .none): return true
    case (.integer, .integer), (.integer, .float), (.float, .float), (.bigInteger, .bigInteger), (.bigInteger, .float):
      return PythonValue.areEqual(value, expected)
    // A float where an integer is expected only if a float is due: answers have `1` for `1.0`.
    case (.float, .integer), (.float, .bigInteger):
      return Self.floats.contains(definition["type"]?.text ?? []) && PythonValue.areEqual(value, expected)
    default: return false
    }
  }

  private static let floats = ["float", "double", "number", "any"].map { Array($0.utf8) }

  /// A member of an expected object is a list of what it may be.
  private func isOneOf(_ value: PythonValue, _ expected: PythonValue, _ definition: PythonValue) -> Bool {
    guard case .list(let alternatives) = expected else { return isSame(value, expected, definition) }
    return alternatives.contains { $0.text?.isEmpty != true && isSame(value, $0, definition) }
  }

  private func mayBeLeftOut(_ expected: PythonValue) -> Bool {
    guard case .list(let alternatives) = expected else { return false }
    return alternatives.contains { $0.text?.isEmpty == true }
  }
}
