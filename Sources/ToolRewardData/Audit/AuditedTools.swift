internal import ToolReward

/// A row's tools, compiled, with what is wrong with them.
final class AuditedTools {
  /// The tools by which types are judged; `nil` if they cannot be read.
  private(set) var strict: Toolbox?
  /// What is wrong with them.
  private(set) var findings: [AuditFinding] = []
  /// The tools as `toolreward score` reads them; `nil` if they cannot be read.
  lazy var scoring: Toolbox? = hasDefaults ? definitions.flatMap { try? Toolbox($0) } : strict
  /// The same, but that a parameter nothing marks as required is not; `nil` if that makes no difference.
  lazy var unmarked: Toolbox? = {
    guard let scoring, let definitions, scoring.tools.contains(where: Self.isUnmarked) else { return nil }
    return try? Toolbox(definitions, reader: Self.reader(without: .requiredAbsentMeansRequired))
  }()
  private let definitions: Value?
  private let hasDefaults: Bool

  init(_ text: [UInt8], _ reader: PieceReader) {
    hasDefaults = text.contains("\"default\"")
    guard text.count > 2, let value = reader.json(text) else {
      definitions = nil
      return
    }
    definitions = value
    do throws(ToolboxError) {
      // A declared default is a valid value for whoever uses the tool; for what the tool's author declares it is no excuse.
      let toolbox = try Toolbox(value, reader: Self.reader(without: .defaultAccepted))
      strict = toolbox
      for remark in toolbox.remarks {
        switch remark {
        case .duplicate(let name):
          findings.append(AuditFinding(.duplicateTool, tool: name, "the first counts"))
        case .brokenSchema(let name, let error):
          findings.append(AuditFinding(.unreadableTool, tool: name, "\(error)"))
        case .unreadable(let error): findings.append(AuditFinding(.unreadableTool, "\(error)"))
        case .nearMiss: break
        }
      }
      for tool in toolbox.tools { findDefaults(tool, reader) }
    } catch {
      findings.append(AuditFinding(.unreadableTool, "\(error)"))
    }
  }

  private static func reader(without rule: DefinitionRule) -> DefinitionReader {
    var reader = DefinitionReader()
    reader.rules.subtract([rule])
    return reader
  }

  private static func isUnmarked(_ tool: Toolbox.Tool) -> Bool {
    tool.definition.unlistedRules > 0 || tool.definition.applied.contains { $0.rule == .requiredAbsentMeansRequired }
  }

  /// Checks all defaults of a tool's parameters at once, as if they were a call's arguments.
  private func findDefaults(_ tool: Toolbox.Tool, _ reader: PieceReader) {
    guard case .success(let schema)? = tool.schema, let properties = tool.definition.parameters["properties"] else {
      return
    }
    var text: [UInt8] = [0x7B]
    for (name, property) in properties.members {
      guard let value = property["default"], value.kind != .null else { continue }
      if text.count > 1 { text.append(0x2C) }
      JSONPiece.append(name, to: &text)
      text.append(0x3A)
      JSONWriter.compact.write(value, to: &text)
    }
    guard text.count > 1, let defaults = reader.json(text + [0x7D]), schema.isValid(defaults) == .invalid else {
      return
    }
    for violation in schema.explain(defaults).violations {
      guard violation.code != .missingRequired, violation.code != .unknownArgument else { continue }
      let location = violation.keywordLocation
      if location.contains("/anyOf/") || location.contains("/oneOf/") { continue }
      findings.append(
        AuditFinding(
          .defaultMismatch, tool: tool.definition.displayName, pointer: violation.instanceLocation, violation.message))
    }
  }
}
