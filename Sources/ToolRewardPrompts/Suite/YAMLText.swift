internal import ToolReward
internal import Yams

/// YAML as JSON text whose values stand where they stood: the same line and column, so that messages about one are right for the other.
enum YAMLText {
  /// As much JSON as a file may become: aliases repeat what they name.
  private static let mostBytes = 64 << 20
  private static let mostDepth = 64

  /// The same values as JSON. O(text, and what its aliases repeat).
  ///
  /// - Throws: ``ConfigurationError`` if it is no YAML, or has what JSON has not: keys that are no text, or tags of one's own.
  static func json(_ text: [UInt8]) throws(ConfigurationError) -> [UInt8] {
    let node: Node?
    do {
      try refuseDepth(text)
      node = try Yams.compose(yaml: String(decoding: text, as: UTF8.self))
    } catch let error as ConfigurationError {
      throw error
    } catch let error as YamlError {
      throw Self.error(error)
    } catch {
      throw ConfigurationError(line: 1, column: 1, pointer: "", message: "the file is not YAML: \(error)")
    }
    guard let node else {
      throw ConfigurationError(line: 1, column: 1, pointer: "", message: "the file is empty")
    }
    var writer = Writer()
    try writer.write(node, "", depth: 0)
    return writer.bytes
  }

  /// libyaml goes down by recursion: brackets that are nested deeper than any value may be are refused before.
  private static func refuseDepth(_ text: [UInt8]) throws(ConfigurationError) {
    var dashes = 0
    var brackets = 0
    for byte in text {
      switch byte {
      case 0x5B, 0x7B: brackets += 1
      case 0x5D, 0x7D: brackets = max(0, brackets - 1)
      case 0x0A: dashes = 0
      case 0x2D, 0x3F: dashes += 1
      default: continue
      }
      if brackets > 4096 || dashes > 65_536 {
        throw ConfigurationError(line: 1, column: 1, pointer: "", message: "the file is nested too deeply")
      }
    }
  }

  private static func error(_ error: YamlError) -> ConfigurationError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      ConfigurationError(line: mark.line, column: mark.column, pointer: "", message: "the file is not YAML: \(problem)")
    default: ConfigurationError(line: 1, column: 1, pointer: "", message: "the file is not YAML: \(error)")
    }
  }

  private struct Writer {
    var bytes: [UInt8] = []
    private var line = 1
    private var column = 1

    mutating func write(_ node: Node, _ pointer: String, depth: Int) throws(ConfigurationError) {
      guard depth < mostDepth else { throw error(node, pointer, "is nested too deeply: \(mostDepth) levels at most") }
      guard bytes.count < mostBytes else { throw error(node, pointer, "repeats too much by aliases") }
      goTo(node.mark)
      switch node {
      case .scalar(let scalar): try write(scalar, node, pointer)
      case .sequence(let sequence):
        append("[")
        for (index, element) in sequence.enumerated() {
          if index > 0 { append(",") }
          try write(element, "\(pointer)/\(index)", depth: depth + 1)
        }
        append("]")
      case .mapping(let mapping):
        append("{")
        var isFirst = true
        for (key, value) in mapping {
          guard case .scalar(let scalar) = key else { throw error(key, pointer, "has a key that is no text") }
          if !isFirst { append(",") }
          isFirst = false
          goTo(key.mark)
          append(string: scalar.string)
          append(":")
          try write(value, "\(pointer)/\(scalar.string)", depth: depth + 1)
        }
        append("}")
      case .alias: throw error(node, pointer, "is an alias of nothing")
      }
    }

    private mutating func write(_ scalar: Node.Scalar, _ node: Node, _ pointer: String) throws(ConfigurationError) {
      switch Tag.Name(rawValue: node.tag.description) {
      case .null: append("null")
      case .bool:
        guard let truth = node.bool else { return append(string: scalar.string) }
        append(truth ? "true" : "false")
      case .int, .float:
        // A number as JSON spells it stays as it is written; of others the value is taken.
        let digits = Array(scalar.string.utf8)
        if NumberLiteral.end(digits.span, from: 0) == digits.count {
          append(scalar.string)
        } else if let integer = node.int {
          append("\(integer)")
        } else if let float = node.float, float.isFinite {
          append("\(float)")
        } else {
          append(string: scalar.string)
        }
      default: append(string: scalar.string)
      }
    }

    private func error(_ node: Node, _ pointer: String, _ message: String) -> ConfigurationError {
      ConfigurationError(
        line: node.mark?.line ?? line, column: node.mark?.column ?? column, pointer: pointer, message: message)
    }

    /// White space up to a place; none if that lies behind, as what an alias names does.
    private mutating func goTo(_ mark: Mark?) {
      guard let mark else { return }
      while line < mark.line {
        bytes.append(0x0A)
        line += 1
        column = 1
      }
      guard line == mark.line else { return }
      while column < mark.column {
        bytes.append(0x20)
        column += 1
      }
    }

    private mutating func append(_ text: String) {
      bytes += Array(text.utf8)
      column += text.utf8.count
    }

    private mutating func append(string: String) {
      let start = bytes.count
      let content = Array(string.utf8)
      JSONWriter.compact.appendString(content.span, 0..<content.count, to: &bytes)
      column += bytes.count - start
    }
  }
}
