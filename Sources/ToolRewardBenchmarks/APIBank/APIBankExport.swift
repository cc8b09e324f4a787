internal import ToolReward

/// A call as API-Bank's official evaluators read one.
struct APIBankExport {
  /// `[Name(key='value')]`, or nothing.
  private(set) var text: [UInt8] = []
  /// Whether the evaluators' patterns find the same name and arguments in it.
  private(set) var isFaithful = true

  /// Writes the first call with a name and parameters.
  ///
  /// A value in quotes ends at the first quote of either kind, so that a list is written without, and last: it ends at the last `]`.
  init(_ response: APIBankResponse) {
    var name: [UInt8] = []
    var arguments: [(key: [UInt8], value: [UInt8])] = []
    for call in response.calls {
      guard let text = call["name"]?.text, case .dictionary(let members)? = call["parameters"] else { continue }
      name = text
      for member in members {
        if case .string(let key) = member.key { arguments.append((key, member.value.pythonString)) }
      }
      break
    }
    guard !name.isEmpty else { return }
    let quoted = arguments.filter { !Self.isList($0.value) }.map { $0.key + [0x3D, 0x27] + $0.value + [0x27] }
    let lists = arguments.filter { Self.isList($0.value) }.map { $0.key + [0x3D] + $0.value }
    text = [0x5B] + name + [0x28] + (quoted + lists).joined(separator: [0x2C, 0x20]) + [0x29, 0x5D]
    guard let read = Self.read(text) else {
      isFaithful = false
      return
    }
    isFaithful = read.name == name && read.arguments == Dictionary(arguments, uniquingKeysWith: { $1 })
  }

  private static func isList(_ value: [UInt8]) -> Bool { value.first == 0x5B && value.last == 0x5D }

  // MARK: What the evaluators read

  private static let call = PythonPattern(#"\[(\w+)\((.*)\)\]"#)
  private static let argument = PythonPattern(
    #"(\w+)\s*=\s*['"](.+?)['"]|(\w+)\s*=\s*(\[.*\])|(\w+)\s*=\s*(\w+)"#)

  /// `get_api_call` and `parse_api_call` of `api_call_extraction.py`.
  static func read(_ text: [UInt8]) -> (name: [UInt8], arguments: [[UInt8]: [UInt8]])? {
    let points = CodePoints(utf8: text)
    guard let match = call.search(points), let name = match.group(1), let list = match.group(2) else { return nil }
    let rest = points[list]
    var arguments: [[UInt8]: [UInt8]] = [:]
    for match in argument.findAll(rest) {
      for number in [1, 3, 5] {
        if let key = match.group(number), let value = match.group(number + 1) {
          arguments[rest[key].utf8] = rest[value].utf8
        }
      }
    }
    return (points[name].utf8, arguments)
  }
}
