internal import ToolReward

/// A function, as a sample documents it.
struct BFCLFunction: Sendable {
  struct Parameter: Sendable {
    /// The type's name, in the benchmark's own spelling.
    let type: [UInt8]?
    /// The type of the elements.
    let itemsType: [UInt8]?
    /// The whole definition.
    let definition: PythonValue
  }

  let name: [UInt8]
  /// The name with underscores for dots, as APIs that allow none have it.
  let undottedName: [UInt8]
  let required: [[UInt8]]
  let parameters: [[UInt8]: Parameter]

  init?(_ value: PythonValue) {
    guard let name = value["name"]?.text, let properties = value["parameters"]?["properties"] else { return nil }
    self.name = name
    undottedName = name.map { $0 == 0x2E ? 0x5F : $0 }
    required = (value["parameters"]?["required"]?.elements ?? []).compactMap(\.text)
    var parameters: [[UInt8]: Parameter] = [:]
    for member in properties.members {
      guard case .string(let key) = member.key else { continue }
      parameters[key] = Parameter(
        type: member.value["type"]?.text, itemsType: member.value["items"]?["type"]?.text, definition: member.value)
    }
    self.parameters = parameters
  }
}

/// The values that an argument may have, with what comparing them needs worked out before.
struct BFCLAlternatives: Sendable {
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
struct BFCLExpectedCall: Sendable {
  let name: [UInt8]
  /// The position of the function among the sample's; `nil` if none has the name.
  let function: Int?
  let arguments: [(name: [UInt8], alternatives: BFCLAlternatives)]
  private let places: [[UInt8]: Int]

  init?(_ value: PythonValue, functions: [BFCLFunction]) {
    guard let member = value.members.first, case .string(let name) = member.key else { return nil }
    self.name = name
    function = functions.firstIndex { $0.name == name }
    var arguments: [(name: [UInt8], alternatives: BFCLAlternatives)] = []
    for member in member.value.members {
      guard case .string(let key) = member.key else { return nil }
      arguments.append((key, BFCLAlternatives(member.value)))
    }
    self.arguments = arguments
    places = Dictionary(arguments.enumerated().map { ($1.name, $0) }) { first, _ in first }
  }

  subscript(name: [UInt8]) -> BFCLAlternatives? {
    if arguments.count <= 8 { return arguments.first { $0.name == name }?.alternatives }
    return places[name].map { arguments[$0].alternatives }
  }
}

/// A sample: its functions and what is right.
struct BFCLQuestion: Sendable {
  let id: [UInt8]
  let functions: [BFCLFunction]
  let expected: [BFCLExpectedCall]
}

/// `standardize_string` of the official code: spaces and some punctuation do not count, nor does case, nor which quotes are used.
enum StandardText {
  static func of(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var isASCII = true
    for byte in text {
      switch byte {
      case 0x20, 0x2C, 0x2E, 0x2F, 0x2D, 0x5F, 0x2A, 0x5E: break
      case 0x27: result.append(0x22)
      case 0x41...0x5A: result.append(byte | 0x20)
      default:
        if byte >= 0x80 { isASCII = false }
        result.append(byte)
      }
    }
    guard !isASCII else { return result }
    // Whether a sigma ends a word depends on what stands around it, capitals and quotes as they were.
    let kept = text.filter { ![0x20, 0x2C, 0x2E, 0x2F, 0x2D, 0x5F, 0x2A, 0x5E].contains($0) }
    return CodePoints(utf8: kept).lowercased().utf8.map { $0 == 0x27 ? 0x22 : $0 }
  }

  /// A string's standard text; anything else as it is.
  static func of(_ value: PythonValue) -> PythonValue {
    if case .string(let text) = value { return .string(of(text)) }
    return value
  }
}
