/// Why the official and the strict rules differ, by what each finds wrong.
enum DifferenceReason {
  /// The reason for people.
  ///
  /// - Parameters:
  ///   - official: What is officially wrong; `nil` if nothing is.
  ///   - strict: What is wrong by the strict rules.
  ///   - benchmark: The report's title.
  static func text(official: String?, strict: String?, benchmark: String) -> String {
    if benchmark.utf8.starts(with: "BFCL".utf8) {
      let found = (official.map { BFCLErrorType(rawValue: $0) }, strict.map { BFCLErrorType(rawValue: $0) })
      switch found {
      case (.some(.none), _), (_, .some(.none)): break
      case (.none, .some(.some(let strict))): return onlyOfficiallyRight(strict)
      case (.some(.some(let official)), .none): return onlyStrictlyRight(official)
      case (.some(.some(let official)), .some(.some(let strict))): return wrongByBoth(official, strict)
      case (.none, .none): break
      }
    }
    if benchmark.utf8.starts(with: "ACEBench".utf8), let reason = aceBench(official, strict) { return reason }
    switch (official, strict) {
    case (_?, nil): return "Wrong by the official rules, right by the strict ones."
    case (nil, _?): return "Right by the official rules, wrong by the strict ones."
    default: return "Both say the same, by another name."
    }
  }

  /// What Docs/ACEBench.md tells of the official code, by what is found.
  private static func aceBench(_ official: String?, _ strict: String?) -> String? {
    guard official == nil || strict == nil, let name = official ?? strict,
      let found = ACEBenchErrorType(rawValue: name)
    else { return nil }
    let isOfficiallyRight = official == nil
    switch found {
    case .valueError, .valueErrorString, .valueErrorList, .valueErrorDictItems, .valueErrorListDictCount:
      return isOfficiallyRight
        ? "Integers, numbers, booleans and enums are officially not compared, and of texts and of objects' values the expected one need only stand within the answer's; strictly values are compared whole."
        : "Texts within lists and objects are officially compared to the letter; strictly case, spaces and some punctuation never count."
    case .typeError:
      return isOfficiallyRight
        ? "The value has another type than the expected one, which officially passes where values are not compared."
        : "Officially \"true\" and \"false\" count as booleans, and empty lists and objects have no type; strictly they are what they are."
    case .lackArgs: return "An argument of the expected call is left out, which the tool does not require."
    case .additionArgs: return "There is an argument that the expected call has not, of a tool without parameters."
    case .wrongParam:
      return "The call has no arguments, or the tool no parameters: officially only both together, or neither, will do."
    case .errorCorrection, .errorDetection:
      return
        "Officially the sentence and the names need only stand somewhere; strictly the answer is that sentence, with what is expected and nothing else."
    case .wrongFunctionName, .functionMismatch, .wrongFunctionsNumber, .unclear:
      return isOfficiallyRight
        ? "Officially an expected call may be met by a call that another has been met by already; strictly each call counts once."
        : "The official code finds the tool by a part of its name; strictly the whole name counts."
    case .wrongOutputFormat: return nil
    }
  }

  private static func onlyOfficiallyRight(_ strict: BFCLErrorType) -> String {
    switch strict {
    case .valueList:
      "An empty list officially passes for the \"\" that marks what may be left out, and types inside lists are not asked for where there is that mark (true passes for 1); strictly it is no value, and types always count."
    case .valueString:
      "The argument is an empty text, or one of spaces and punctuation only. Officially it equals the \"\" that marks what may be left out; strictly that mark is no value."
    case .valueDictionaryValue, .valueDictionaryKey:
      "Types inside objects are officially not asked for (true passes for 1), a \"\" there is a value, and a value that is not a list is matched letter by letter; strictly objects are compared by type and value all the way down."
    case .valueOthers, .typeSimple:
      "The answer's first value is of another type than the schema's, and Python's == decides officially (True == 1); strictly the type has to be the same."
    case .wrongFunctionName:
      "In a relevance sample any call is officially right; strictly it has to be to one of the functions offered."
    case .missingRequired:
      "In a relevance sample any call is officially right; strictly it has to have the arguments that its function requires."
    case .parallelCannotFindMatch:
      "One of the calls is officially right by an accident of the rules: a \"\" that passes for a value, or types that are not asked for inside lists and objects."
    default: "Right by the official rules only: the strict ones find \(strict.rawValue)."
    }
  }

  private static func onlyStrictlyRight(_ official: BFCLErrorType) -> String {
    switch official {
    case .missingOptional:
      "An argument is left out whose default, by the function's schema, is one of the answer's values."
    case .missingRequired:
      "An argument is left out that the schema requires, but the answer says it may be, or its default is one of the answer's values."
    case .typeNested:
      "A list has integers where floats are due, or floats where integers are, and equals the answer in value; officially an integer becomes a float only outside lists."
    case .typeSimple:
      "The value is one of the answer's, such as null or a number spelled the other way; officially the schema's type and that of the answer's first value are the only ones there are."
    case .valueOthers:
      "Texts are officially compared to the letter once the answer's first value is of another type than the schema's; strictly case, spaces and some punctuation never count."
    case .valueList:
      "Texts of lists inside lists are officially compared to the letter; strictly case, spaces and some punctuation count nowhere."
    case .valueDictionaryKey, .valueDictionaryValue, .valueListDictionaryCount, .dictionaryUnclear,
      .listDictionaryUnclear:
      "Objects and lists inside objects are officially compared to the letter, or as if they were lists of alternatives; strictly all the way down by the same rules."
    case .parallelCannotFindMatch:
      "Each call has an answer of its own: the official first fit gave a call's answer to another, or refused one for a number's spelling in a list or an argument left at its default."
    case .officialRaises:
      "The official code raises an exception here, which ends its whole run; the strict rules find nothing wrong."
    default: "Wrong by the official rules only: \(official.rawValue)."
    }
  }

  private static func wrongByBoth(_ official: BFCLErrorType, _ strict: BFCLErrorType) -> String {
    switch (official, strict) {
    case (.officialRaises, _):
      "The official code raises an exception here, which ends its whole run; the strict rules say what is wrong."
    case (.missingRequired, _):
      "Wrong by both: officially an argument left out is told first, strictly the arguments that were given are."
    case (.typeNested, _), (.typeSimple, _):
      "Wrong by both: the type would do by the strict rules, the value does not."
    case (_, .valueString), (_, .valueList), (_, .valueDictionaryValue), (_, .valueOthers):
      "Wrong by both: the strict rules name the kind of the value that is wrong."
    default: "Wrong by both, by another name."
    }
  }
}
