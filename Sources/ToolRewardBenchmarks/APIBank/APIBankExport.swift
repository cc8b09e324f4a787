internal import ToolReward

/// A call as API-Bank's official evaluators read one.
struct APIBankExport {
  /// `[Name(key='value')]`, or nothing.
  private(set) var text: [UInt8] = []
  /// Whether the evaluators' patterns find the same name and arguments in it:
  /// `\[(\w+)\((.*)\)\]`, then `(\w+)\s*=\s*['"](.+?)['"]|(\w+)\s*=\s*(\[.*\])|(\w+)\s*=\s*(\w+)`.
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
    isFaithful =
      Self.isWord(name) && arguments.allSatisfy { Self.isWord($0.key) && Self.isReadBack($0.value) } && lists.count <= 1
  }

  private static func isList(_ value: [UInt8]) -> Bool { value.first == 0x5B && value.last == 0x5D }

  private static func isWord(_ text: [UInt8]) -> Bool {
    !text.isEmpty && CodePoints(utf8: text).points.allSatisfy { CodePoints.isWord($0) }
  }

  /// Whether the evaluators find all of a value. Of one in quotes they always take the first character, whatever it is.
  private static func isReadBack(_ value: [UInt8]) -> Bool {
    guard !value.isEmpty, !value.contains(0x0A) else { return false }
    return isList(value) || !value.dropFirst().contains { $0 == 0x22 || $0 == 0x27 }
  }
}
