internal import ToolReward

/// The official evaluator's rules, `ast_checker.py` of `bfcl-eval`: versions 3 and 4 have the same.
///
/// Where that code raises an exception, which ends its whole run, the verdict is ``BFCLErrorType/officialRaises``.
struct BFCLChecker {
  /// A call that a model made: `{name: {argument: value}}`.
  struct Call {
    let name: PythonValue.Key
    let arguments: [PythonValue.Member]
  }

  /// Why a check stopped.
  private struct Wrong: Error {
    let type: BFCLErrorType

    init(_ type: BFCLErrorType) { self.type = type }
  }

  let language: BFCLCategory.Language
  /// Whether the model's API allows no dots in names.
  let turnsDots: Bool

  /// The calls of a decoded output; `nil` if it is no list of `{name: {…}}`: `is_function_calling_format_output`.
  static func calls(_ output: PythonValue) -> [Call]? {
    guard case .list(let items) = output else { return nil }
    var calls: [Call] = []
    for item in items {
      guard case .dictionary(let members) = item, members.count == 1, let member = members.first,
        case .dictionary(let arguments) = member.value
      else { return nil }
      calls.append(Call(name: member.key, arguments: arguments))
    }
    return calls
  }

  /// What is wrong with an output by the rule of its category; `nil` if nothing is.
  ///
  /// - Parameters:
  ///   - isDecoded: Whether it could be decoded.
  ///   - calls: Its calls; `nil` if what was decoded is no list of them.
  func verdict(
    _ isDecoded: Bool, _ calls: [Call]?, _ question: BFCLQuestion, _ rule: BFCLCategory.Rule
  ) -> BFCLErrorType? {
    switch rule {
    case .irrelevance: return calls?.isEmpty == false ? .irrelevanceDecoderSuccess : nil
    case .relevance: return calls?.isEmpty == false ? nil : .relevanceDecoderFailed
    default:
      guard isDecoded else { return .decoderFailed }
      guard let calls else { return .decoderWrongOutputFormat }
      return check(calls, question, rule)
    }
  }

  /// What is wrong with the calls; `nil` if nothing is.
  private func check(_ calls: [Call], _ question: BFCLQuestion, _ rule: BFCLCategory.Rule) -> BFCLErrorType? {
    do throws(Wrong) {
      switch rule {
      case .parallel: try parallel(calls, question)
      case .multiple:
        guard calls.count == question.expected.count else { throw Wrong(.multipleWrongCount) }
        guard let call = calls.first else { throw Wrong(.officialRaises) }
        try simple(call, question.expected[0])
      default:
        guard calls.count == 1 else { throw Wrong(.simpleWrongCount) }
        guard let expected = question.expected.first else { throw Wrong(.officialRaises) }
        try simple(calls[0], expected)
      }
      return nil
    } catch {
      return error.type
    }
  }

  /// The first fit counts, and is not taken back.
  private func parallel(_ calls: [Call], _ question: BFCLQuestion) throws(Wrong) {
    guard calls.count == question.expected.count else { throw Wrong(.parallelWrongCount) }
    var isUsed = [Bool](repeating: false, count: calls.count)
    next: for expected in question.expected {
      for index in calls.indices where !isUsed[index] {
        do throws(Wrong) {
          try simple(calls[index], expected)
          isUsed[index] = true
          continue next
        } catch {
          if error.type == .officialRaises { throw error }
        }
      }
      throw Wrong(.parallelCannotFindMatch)
    }
  }

  private func simple(_ call: Call, _ expected: BFCLExpectedCall) throws(Wrong) {
    guard let function = expected.function, function.saysRequired else { throw Wrong(.officialRaises) }
    guard case .string(let name) = call.name, name == (turnsDots ? function.undottedName : function.name) else {
      throw Wrong(.wrongFunctionName)
    }
    for name in function.required where !Self.has(name, call.arguments) { throw Wrong(.missingRequired) }
    var hint = 0
    for argument in call.arguments {
      guard case .string(let name) = argument.key, let found = expected.argument(name, hint: &hint),
        let parameter = found.parameter
      else { throw Wrong(.unexpectedParameter) }
      try check(argument.value, parameter, found.alternatives)
    }
    // As many given as there are to be had, each of its own name: none is missing.
    if call.arguments.count == expected.arguments.count { return }
    for argument in expected.arguments where !argument.alternatives.isOptional {
      if !Self.has(argument.name, call.arguments) { throw Wrong(.missingOptional) }
    }
  }

  @inline(__always)
  private static func has(_ name: [UInt8], _ arguments: [PythonValue.Member]) -> Bool {
    for argument in arguments {
      if case .string(let key) = argument.key, key == name { return true }
    }
    return false
  }

  private func check(
    _ given: PythonValue, _ parameter: BFCLFunction.Parameter, _ alternatives: BFCLAlternatives
  ) throws(Wrong) {
    guard let kind = parameter.kind else { throw Wrong(.officialRaises) }
    var value = given
    if language != .python {
      guard case .string(let text) = given else { throw Wrong(language == .java ? .typeJava : .typeJavaScript) }
      value = try converted(text, parameter)
    }
    if parameter.isNested, parameter.nested == nil { throw Wrong(.officialRaises) }
    let nested = parameter.isNested ? parameter.nested : nil
    if parameter.isTuple, case .tuple(let elements) = value { value = .list(elements) }
    if parameter.isFloat, value.kind == .integer { value = try float(value) }

    if !(try typeCheck(value, alternatives, kind, nested)) {
      switch kind {
      case .dictionary: return try checkDictionary(value, alternatives.values)
      case .list where nested == .dictionary: return try checkDictionaries(value, alternatives.values)
      case .string: return try checkString(value, alternatives)
      case .list: return try checkList(value, alternatives)
      default: break
      }
    }
    guard PythonValue.contains(alternatives.values, value) else { throw Wrong(.valueOthers) }
  }

  private func converted(_ text: [UInt8], _ parameter: BFCLFunction.Parameter) throws(Wrong) -> PythonValue {
    if parameter.isNested, parameter.nested == nil { throw Wrong(.officialRaises) }
    // Most Java text is taken as it is.
    if language == .java, parameter.kind == .string { return .string(text) }
    let items = parameter.isNested ? parameter.itemsType : nil
    let value =
      language == .java
      ? JavaText.value(CodePoints(utf8: text), parameter.type, items)
      : JavaScriptText.value(CodePoints(utf8: text), parameter.type, items)
    guard let value else { throw Wrong(.officialRaises) }
    return value
  }

  private func float(_ value: PythonValue) throws(Wrong) -> PythonValue {
    switch value {
    case .integer(let number): return .float(Double(number))
    case .bigInteger(let digits):
      let number = PythonValue.double(digits)
      guard number.isFinite else { throw Wrong(.officialRaises) }
      return .float(number)
    default: return value
    }
  }

  // MARK: Types

  /// `type_checker`. Returns whether the value counts as a variable, whose text alone is compared.
  private func typeCheck(
    _ value: PythonValue, _ alternatives: BFCLAlternatives, _ kind: PythonValue.Kind, _ nested: PythonValue.Kind?
  ) throws(Wrong) -> Bool {
    let isVariable = alternatives.firstKind.map { $0 != kind } ?? false
    var pending: BFCLErrorType?
    if value.kind == kind {
      guard let nested else { return isVariable }
      for alternative in alternatives.values {
        // One that is no list lets every element pass; so does "", which marks what may be left out.
        guard case .list(let examples) = alternative else { return isVariable }
        let first = examples.first { $0.text?.isEmpty != true }?.kind
        // A dictionary's or a string's "elements" cannot come here: the value is a list.
        if value.elements.allSatisfy({ $0.kind == nested || (first != nil && $0.kind == first) }) { return isVariable }
      }
      pending = .typeNested
    }
    if let first = alternatives.firstKind, value.kind == first {
      if let pending { throw Wrong(pending) }
      return true
    }
    throw Wrong(.typeSimple)
  }

  // MARK: Values

  private func checkString(_ value: PythonValue, _ alternatives: BFCLAlternatives) throws(Wrong) {
    guard let text = value.text else { throw Wrong(.officialRaises) }
    let standard = StandardText.of(text)
    guard alternatives.strings.contains(standard) else { throw Wrong(.valueString) }
  }

  private func checkList(_ value: PythonValue, _ alternatives: BFCLAlternatives) throws(Wrong) {
    guard let lists = alternatives.lists else { throw Wrong(.officialRaises) }
    let standard = PythonValue.list(value.elements.map { StandardText.of($0) })
    for list in lists where PythonValue.areEqual(.list(list), standard) { return }
    throw Wrong(.valueList)
  }

  /// `dict_checker`: of several that do not fit, the last one's error is told.
  private func checkDictionary(_ value: PythonValue, _ alternatives: [PythonValue]) throws(Wrong) {
    var last = BFCLErrorType.dictionaryUnclear
    for alternative in alternatives where alternative.text?.isEmpty != true {
      // What is no dictionary has no members to go through.
      guard case .dictionary(let members) = value, case .dictionary(let expected) = alternative else {
        throw Wrong(.officialRaises)
      }
      guard let error = try difference(members, expected) else { return }
      last = error
    }
    throw Wrong(last)
  }

  private func difference(
    _ members: [PythonValue.Member], _ expected: [PythonValue.Member]
  ) throws(Wrong) -> BFCLErrorType? {
    var error: BFCLErrorType?
    for member in members {
      guard let values = expected.first(where: { $0.key == member.key })?.value else {
        error = .valueDictionaryKey
        break
      }
      guard try Self.contains(values, member.value) else {
        error = .valueDictionaryValue
        break
      }
    }
    for member in expected where !members.contains(where: { $0.key == member.key }) {
      if try !Self.hasEmptyText(member.value) {
        error = .valueDictionaryKey
        break
      }
    }
    return error
  }

  /// Whether a value is one of those, strings by their standard text. A string stands for its characters.
  private static func contains(_ values: PythonValue, _ value: PythonValue) throws(Wrong) -> Bool {
    let standard = StandardText.of(value)
    switch values {
    case .list(let values): return values.contains { PythonValue.areEqual(StandardText.of($0), standard) }
    case .string(let text):
      return CodePoints(utf8: text).points.contains {
        PythonValue.areEqual(.string(StandardText.of(CodePoints([$0]).utf8)), standard)
      }
    case .dictionary(let members) where members.isEmpty: return false
    default: throw Wrong(.officialRaises)
    }
  }

  /// `"" in values`.
  private static func hasEmptyText(_ values: PythonValue) throws(Wrong) -> Bool {
    switch values {
    case .list(let values): return values.contains { $0.text?.isEmpty == true }
    // The empty string is a part of every string.
    case .string: return true
    case .dictionary(let members): return members.contains { $0.key == .string([]) }
    default: throw Wrong(.officialRaises)
    }
  }

  private func checkDictionaries(_ value: PythonValue, _ alternatives: [PythonValue]) throws(Wrong) {
    guard case .list(let items) = value else { throw Wrong(.officialRaises) }
    var last = BFCLErrorType.listDictionaryUnclear
    next: for alternative in alternatives {
      let expected: [PythonValue]
      switch alternative {
      case .list(let elements): expected = elements
      case .string(let text): expected = CodePoints(utf8: text).points.map { .string(CodePoints([$0]).utf8) }
      // Of a dictionary the official code asks the length, and then for its member 0, which is not there.
      case .dictionary(let members) where members.isEmpty: expected = []
      case .dictionary(let members) where members.count != items.count:
        last = .valueListDictionaryCount
        continue
      default: throw Wrong(.officialRaises)
      }
      guard items.count == expected.count else {
        last = .valueListDictionaryCount
        continue
      }
      for (item, example) in zip(items, expected) {
        do throws(Wrong) {
          try checkDictionary(item, [example])
        } catch {
          if error.type == .officialRaises { throw error }
          last = error.type
          continue next
        }
      }
      return
    }
    throw Wrong(last)
  }
}
