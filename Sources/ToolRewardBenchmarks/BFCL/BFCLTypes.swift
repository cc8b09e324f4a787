internal import ToolReward

/// The Python types that the official code gives to the benchmark's type names; `nil` where it has none, and raises.
enum BFCLTypes {
  static func kind(_ name: [UInt8], in language: BFCLCategory.Language) -> PythonValue.Kind? {
    switch language {
    case .python: python[name]
    case .java: java[name]
    case .javaScript: javaScript[name]
    }
  }

  /// Whether values of the type are converted, or checked, element by element.
  static func isNested(_ name: [UInt8], in language: BFCLCategory.Language) -> Bool {
    switch language {
    case .python: name == array || name == tuple
    case .java: name == Array("Array".utf8) || name == Array("ArrayList".utf8)
    case .javaScript: name == array
    }
  }

  static let array = Array("array".utf8)
  static let tuple = Array("tuple".utf8)
  static let float = Array("float".utf8)

  private static let python = table([
    "string": .string, "integer": .integer, "float": .float, "boolean": .boolean, "array": .list, "tuple": .list,
    "dict": .dictionary, "any": .string,
  ])
  /// A set is a type that no converter gives.
  private static let java = table([
    "byte": .integer, "short": .integer, "integer": .integer, "float": .float, "double": .float, "long": .integer,
    "boolean": .boolean, "char": .string, "Array": .list, "ArrayList": .list, "Set": .other, "HashMap": .dictionary,
    "Hashtable": .dictionary, "Queue": .list, "Stack": .list, "String": .string, "any": .string,
  ])
  private static let javaScript = table([
    "String": .string, "integer": .integer, "float": .float, "Bigint": .integer, "Boolean": .boolean,
    "dict": .dictionary, "array": .list, "any": .string,
  ])

  private static func table(_ names: [String: PythonValue.Kind]) -> [[UInt8]: PythonValue.Kind] {
    Dictionary(names.map { (Array($0.key.utf8), $0.value) }) { first, _ in first }
  }
}
