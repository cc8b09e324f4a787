internal import ToolReward

// Classes: a check looks at many, and counts one reference for each instead of one for each of its lists.

/// A function, as a sample documents it.
final class BFCLFunction: Sendable {
  /// What a check needs of a parameter's type.
  final class Parameter: Sendable {
    /// The type's name, in the benchmark's own spelling; of its elements.
    let type: String
    let itemsType: String?
    /// The Python type that the official code gives the type; `nil` where it has none, and raises.
    let kind: PythonValue.Kind?
    /// Whether elements are checked, and the type that they must have: `nil` where the official code raises.
    let isNested: Bool
    let nested: PythonValue.Kind?
    let isFloat: Bool
    let isTuple: Bool
    /// The whole definition.
    let definition: PythonValue

    init(_ definition: PythonValue, _ language: BFCLCategory.Language) {
      let type = definition["type"]?.text
      let itemsType = definition["items"]?["type"]?.text
      self.type = String(decoding: type ?? [], as: UTF8.self)
      self.itemsType = itemsType.map { String(decoding: $0, as: UTF8.self) }
      kind = type.flatMap { BFCLTypes.kind($0, in: language) }
      isNested = type.map { BFCLTypes.isNested($0, in: language) } ?? false
      nested = itemsType.flatMap { BFCLTypes.kind($0, in: language) }
      isFloat = language == .python && type == BFCLTypes.float
      isTuple = type == BFCLTypes.tuple
      self.definition = definition
    }
  }

  let name: [UInt8]
  /// The name with underscores for dots, as APIs that allow none have it.
  let undottedName: [UInt8]
  let required: [[UInt8]]
  /// Whether the definition says what is required. The official code raises where it does not.
  let saysRequired: Bool
  let parameters: [[UInt8]: Parameter]

  init?(_ value: PythonValue, _ language: BFCLCategory.Language) {
    guard let name = value["name"]?.text, let properties = value["parameters"]?["properties"] else { return nil }
    self.name = name
    undottedName = name.map { $0 == 0x2E ? 0x5F : $0 }
    required = (value["parameters"]?["required"]?.elements ?? []).compactMap(\.text)
    saysRequired = value["parameters"]?["required"] != nil
    var parameters: [[UInt8]: Parameter] = [:]
    for member in properties.members {
      guard case .string(let key) = member.key else { continue }
      parameters[key] = Parameter(member.value, language)
    }
    self.parameters = parameters
  }
}

/// The values that an argument may have, with what comparing them needs worked out before.
final class BFCLAlternatives: Sendable {
  let values: [PythonValue]
  /// The type of the first value that is not `""`, which marks a parameter as optional.
  let firstKind: PythonValue.Kind?
  /// Whether `""` is among them.
  let isOptional: Bool
  /// Of the strings among them, as `string_checker` compares them.
  let strings: [[UInt8]]
  /// All as `list_checker` compares them; `nil` where it raises.
  let lists: [[PythonValue]]?

  init(_ value: PythonValue) {
    values = value.elements
    let meant = values.filter { $0.text?.isEmpty != true }
    firstKind = meant.first?.kind
    isOptional = meant.count < values.count
    strings = values.compactMap(\.text).map { StandardText.of($0) }
    var lists: [[PythonValue]]? = []
    for value in values {
      switch value {
      case .list(let elements): lists?.append(elements.map { StandardText.of($0) })
      // A string is gone through by its characters.
      case .string(let text):
        lists?.append(CodePoints(utf8: text).points.map { .string(StandardText.of(CodePoints([$0]).utf8)) })
      case .dictionary(let members): lists = members.isEmpty ? lists.map { $0 + [[]] } : nil
      default: lists = nil
      }
      if lists == nil { break }
    }
    self.lists = lists
  }
}

/// A call that is right: for each argument the values that it may have.
final class BFCLExpectedCall: Sendable {
  /// An argument that may be given.
  final class Argument: Sendable {
    let name: [UInt8]
    /// `nil` where the function has no such parameter: an argument of the name is refused.
    let parameter: BFCLFunction.Parameter?
    let alternatives: BFCLAlternatives

    init(name: [UInt8], parameter: BFCLFunction.Parameter?, alternatives: BFCLAlternatives) {
      self.name = name
      self.parameter = parameter
      self.alternatives = alternatives
    }
  }

  /// The function; `nil` if the sample has none of the name, and the official code raises.
  let function: BFCLFunction?
  let arguments: [Argument]

  /// - Parameter isOnly: Whether the sample's first function is meant, whatever the answer calls it.
  init?(_ value: PythonValue, functions: [BFCLFunction], isOnly: Bool) {
    guard let member = value.members.first, case .string(let name) = member.key else { return nil }
    let function = isOnly ? functions.first : functions.first { $0.name == name }
    self.function = function
    var arguments: [Argument] = []
    for member in member.value.members {
      guard case .string(let key) = member.key else { return nil }
      arguments.append(
        Argument(name: key, parameter: function?.parameters[key], alternatives: BFCLAlternatives(member.value)))
    }
    self.arguments = arguments
  }

  /// The argument of a name. Most come in the answer's order: the search begins at `hint`, which it moves on.
  @inline(__always)
  func argument(_ name: [UInt8], hint: inout Int) -> Argument? {
    let count = arguments.count
    for step in 0..<count {
      var place = hint + step
      if place >= count { place -= count }
      if arguments[place].name == name {
        hint = place + 1
        return arguments[place]
      }
    }
    return nil
  }
}

/// A sample: its functions and what is right.
final class BFCLQuestion: Sendable {
  let id: [UInt8]
  let functions: [BFCLFunction]
  let expected: [BFCLExpectedCall]

  /// Why there is no such sample.
  struct Problem: Error {
    let message: String
  }

  /// Compiles a sample, its functions and answers as the benchmark's files have them.
  init(id: [UInt8], functions: PythonValue, answers: PythonValue, _ category: BFCLCategory) throws(Problem) {
    // A few samples have one function, not a list of one.
    let definitions = functions.kind == .dictionary ? [functions] : functions.elements
    let functions = definitions.compactMap { BFCLFunction($0, category.language) }
    guard functions.count == definitions.count else {
      throw Problem(message: "a function has no name, or no parameters")
    }
    var expected: [BFCLExpectedCall] = []
    for answer in answers.elements {
      guard let call = BFCLExpectedCall(answer, functions: functions, isOnly: category.rule == .simple) else {
        throw Problem(message: "an answer is no {name: {argument: [values]}}")
      }
      expected.append(call)
    }
    self.id = id
    self.functions = functions
    self.expected = expected
  }
}
