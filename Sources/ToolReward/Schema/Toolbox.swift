/// The tools a sample offers, compiled once and shared by all its completions.
///
/// Names count exactly as declared, byte by byte.
public struct Toolbox: Sendable {
  /// The tools' names, in the order declared.
  public let names: [String]
  private let namesAsBytes: Set<[UInt8]>

  /// Reads tool definitions: a list, or one alone, of `{"name": …}`, OpenAI's `{"function": {"name": …}}`, or Bedrock's
  /// `{"toolSpec": {"name": …}}`; or a string that holds such JSON.
  ///
  /// - Throws: ``ToolboxError`` naming the tool, if one has no name.
  public init(_ value: Value) throws(ToolboxError) {
    var value = value
    if let text = value.stringBytes {
      do throws(ValueError) {
        value = try ValueReader().read(text)
      } catch {
        throw ToolboxError(tool: nil, error: error)
      }
    }
    let definitions: [Value]
    switch value.kind {
    case .array: definitions = value.elements
    case .object: definitions = [value]
    case .null: definitions = []
    default: throw ToolboxError(tool: nil, error: nil)
    }
    var names: [String] = []
    var bytes: Set<[UInt8]> = []
    for (position, definition) in definitions.enumerated() {
      let inner =
        [definition["function"], definition["toolSpec"]].compactMap { $0 }.first { $0.kind == .object } ?? definition
      guard let name = inner["name"]?.stringBytes else { throw ToolboxError(tool: position, error: nil) }
      names.append(String(decoding: name, as: UTF8.self))
      bytes.insert(name)
    }
    self.names = names
    namesAsBytes = bytes
  }

  /// Whether a tool has that name, exactly.
  public func contains(_ name: [UInt8]) -> Bool { namesAsBytes.contains(name) }
}

/// Why tool definitions cannot be used. A caller's mistake; `score` then checks nothing about tools, and says so.
public struct ToolboxError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The definition at fault, counted from 0; `nil` if it is the whole.
  public let tool: Int?
  let error: ValueError?

  /// What is wrong and how to mend it.
  public var description: String {
    if let error { return "the tools are a string, but its text is not JSON: \(error)" }
    if let tool { return "tool \(tool) has no \"name\", at its top or in \"function\"" }
    return "the tools must be a list of definitions"
  }
}
