internal import ToolReward
internal import Yams

/// YAML as JSON text, and where its values stand.
enum YAMLText {
  /// As many bytes as aliases may add to a file's own: they repeat what they name.
  private static let mostRepeated = 2 << 20
  /// The tag of what is written without quotes and without a tag.
  private static let plain = Tag.Name(rawValue: "plain")

  /// The tags that say nothing beyond the form itself: of quoted text, of lists and of objects.
  private static let known: Set<String> = [
    "plain", "!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map",
  ]

  /// The same values as JSON. O(text, and what its aliases repeat).
  ///
  /// - Throws: ``ConfigurationError`` if it is no YAML, or has what JSON has not: keys that are no text, or tags of one's own.
  static func json(_ text: [UInt8]) throws(ConfigurationError) -> [UInt8] {
    var writer = Writer()
    try writer.write(try node(text), "")
    return writer.bytes
  }

  /// The line and the column of the value that a JSON Pointer names, or of the last one on its way that there is; both from 1.
  static func place(of pointer: String, in text: [UInt8]) -> (line: Int, column: Int)? {
    guard var found = try? node(text) else { return nil }
    for name in pointer.split(separator: "/") {
      let next: Yams.Node? =
        switch found {
        case .mapping(let mapping): mapping.first { $0.key.scalar?.string == String(name) }?.value
        case .sequence(let sequence): Int(name).flatMap { sequence.indices.contains($0) ? sequence[$0] : nil }
        default: nil
        }
      guard let next else { break }
      found = next
    }
    return found.mark.map { ($0.line, $0.column) }
  }

  private static func node(_ text: [UInt8]) throws(ConfigurationError) -> Yams.Node {
    let node: Yams.Node?
    let string = String(decoding: text, as: UTF8.self)
    do {
      let same = TextCheck.common(Array(string.utf8), text)
      if same < text.count {
        throw ConfigurationError(
          line: text[..<same].count { $0 == 0x0A } + 1, column: 1, pointer: "", message: "the file is not UTF-8")
      }
      if text.count > mostText {
        throw ConfigurationError(
          line: 1, column: 1, pointer: "", message: "the file has more than \(mostText >> 20) MiB")
      }
      try YAMLExtent.check(text, most: 3 * text.count + mostRepeated)
      node = try Yams.compose(yaml: string, Resolver.basic.appending(plain, "^"))
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
    return node
  }

  /// A suite is written by people. Larger texts are data, which have files of JSON Lines.
  private static let mostText = 16 << 20

  private static func error(_ error: YamlError) -> ConfigurationError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      ConfigurationError(line: mark.line, column: mark.column, pointer: "", message: "the file is not YAML: \(problem)")
    case .duplicatedKeysInMapping(let keys, let context):
      ConfigurationError(
        line: context.mark.line, column: context.mark.column, pointer: "",
        message: "has two members of the same name: \(keys.sorted().joined(separator: ", "))")
    default: ConfigurationError(line: 1, column: 1, pointer: "", message: "the file is not YAML: \(error)")
    }
  }

  private struct Writer {
    var bytes: [UInt8] = []

    mutating func write(_ node: Yams.Node, _ pointer: String) throws(ConfigurationError) {
      let tag = node.tag.description
      if !YAMLText.known.contains(tag) {
        throw error(node, pointer, "has the tag \(tag), which is not read: take it away")
      }
      switch node {
      case .scalar(let scalar): try write(scalar, node, pointer)
      case .sequence(let sequence):
        append("[")
        for (index, element) in sequence.enumerated() {
          if index > 0 { append(",") }
          try write(element, "\(pointer)/\(index)")
        }
        append("]")
      case .mapping(let mapping):
        append("{")
        var isFirst = true
        for (key, value) in mapping {
          guard case .scalar(let scalar) = key else { throw error(key, pointer, "has a key that is no text") }
          if scalar.string == "<<", key.tag.description == plain.rawValue {
            throw error(key, pointer, "has a merge key (<<), which is not read: repeat the members")
          }
          if !isFirst { append(",") }
          isFirst = false
          append(string: scalar.string)
          append(":")
          try write(value, "\(pointer)/\(scalar.string)")
        }
        append("}")
      case .alias: throw error(node, pointer, "is an alias of nothing")
      }
    }

    private mutating func write(_ scalar: Yams.Node.Scalar, _ node: Yams.Node, _ pointer: String)
      throws(ConfigurationError)
    {
      // YAML 1.2's words and JSON's numbers; what older YAML takes for truth, numbers of base 60 or dates is text.
      guard node.tag.description == plain.rawValue else { return append(string: scalar.string) }
      let text = Array(scalar.string.utf8)
      switch scalar.string {
      case "", "~", "null", "Null", "NULL": append("null")
      case "true", "True", "TRUE": append("true")
      case "false", "False", "FALSE": append("false")
      case _ where NumberLiteral.end(text.span, from: 0) == text.count: append(scalar.string)
      default: append(string: scalar.string)
      }
    }

    private func error(_ node: Yams.Node, _ pointer: String, _ message: String) -> ConfigurationError {
      ConfigurationError(
        line: node.mark?.line ?? 1, column: node.mark?.column ?? 1, pointer: pointer, message: message)
    }

    private mutating func append(_ text: String) {
      bytes += Array(text.utf8)
    }

    private mutating func append(string: String) {
      let content = Array(string.utf8)
      JSONWriter.compact.appendString(content.span, 0..<content.count, to: &bytes)
    }
  }
}
