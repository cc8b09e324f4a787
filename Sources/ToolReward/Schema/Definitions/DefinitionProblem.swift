/// Why a definition has no canonical schema.
enum DefinitionProblem: Error, Sendable, Hashable {
  case noName
  case notADefinition
  /// A list or document inside others, deeper than a definition can stand.
  case nestedLists
  case text(ValueError)
  case parametersKind(Value.Kind)
  case rootType
  case tooDeep
  /// The canonical schema breaks a limit.
  case result(ValueError)
}

extension DefinitionProblem {
  /// What is wrong with which tool, and how to mend it.
  func message(tool: Int?) -> String {
    let subject = tool.map { "tool \($0)" } ?? "the tools"
    switch self {
    case .noName: return "\(subject) has no \"name\", at its top or in \"function\" or \"toolSpec\""
    case .notADefinition:
      return "\(subject): not a definition; give an object with \"name\" and \"parameters\", or a list of them"
    case .nestedLists: return "\(subject): lists within lists, too deep; give one list of definitions"
    case .text(let error): return "\(subject): a string whose text is neither JSON nor a Python literal: \(error)"
    case .parametersKind(let kind):
      return "\(subject): the parameters are of kind \(kind.rawValue); give a JSON Schema object, or leave them out"
    case .rootType:
      return "\(subject): the parameters' \"type\" excludes objects; arguments are an object: write \"object\""
    case .tooDeep: return "\(subject): the parameters nest too deeply; raise the reader's limit or flatten them"
    case .result(let error): return "\(subject): the canonical schema breaks a limit: \(error)"
    }
  }
}
