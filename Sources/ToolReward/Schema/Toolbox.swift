/// The tools a sample offers, compiled once and shared by all its completions.
///
/// Definitions of any origin are read by ``DefinitionReader``. Names count exactly as declared, byte by byte.
public struct Toolbox: Sendable {
  /// A tool.
  public struct Tool: Sendable {
    /// Its definition in canonical form, with the rules that made it so.
    public let definition: ToolDefinition
    /// What its arguments must be; a failure if that is no schema. `nil` if the definition says nothing about arguments.
    public let schema: Result<JSONSchema, SchemaError>?
  }

  /// Something about the tools that their author should know.
  public enum Remark: Sendable, Hashable, CustomStringConvertible {
    /// Two tools have one name: the first counts.
    case duplicate(String)
    /// Two names differ in case, dots, hyphens, spaces or underscores alone.
    case nearMiss(String, String)
    /// A tool's parameters are no schema: its calls cannot be checked.
    case brokenSchema(String, SchemaError)
    /// A definition cannot be read, nor has it a name.
    case unreadable(ToolboxError)

    public var description: String {
      switch self {
      case .duplicate(let name): "two tools are named \"\(name)\"; the first counts"
      case .nearMiss(let one, let other): "\"\(one)\" and \"\(other)\" differ in case or punctuation alone"
      case .brokenSchema(let name, let error): "the parameters of \"\(name)\" cannot be used: \(error)"
      case .unreadable(let error): "\(error)"
      }
    }
  }

  private final class Storage: Sendable {
    let tools: [Tool]
    let byName: [[UInt8]: Int]
    let byFoldedName: [[UInt8]: Int]
    let remarks: [Remark]

    init(tools: [Tool], byName: [[UInt8]: Int], byFoldedName: [[UInt8]: Int], remarks: [Remark]) {
      self.tools = tools
      self.byName = byName
      self.byFoldedName = byFoldedName
      self.remarks = remarks
    }
  }
  private let storage: Storage

  /// The tools, in the order declared.
  public var tools: [Tool] { storage.tools }
  /// The tools' names, in the order declared.
  public var names: [String] { tools.map(\.definition.displayName) }
  /// Duplicates, near misses, and schemas that cannot be used.
  public var remarks: [Remark] { storage.remarks }

  /// Reads and compiles tool definitions: see ``DefinitionReader/read(_:)``. O(definitions).
  ///
  /// In a list a definition that cannot be read costs no other: ``remarks`` names it, and its tool stays known by its name if it has one.
  ///
  /// - Throws: ``ToolboxError`` naming the tool, if nothing can be read.
  public init(_ value: Value, reader: DefinitionReader = DefinitionReader()) throws(ToolboxError) {
    var tools: [Tool] = []
    var byName: [[UInt8]: Int] = [:]
    var byFoldedName: [[UInt8]: Int] = [:]
    var remarks: [Remark] = []
    for (definition, problem) in try Self.definitions(of: value, reader, &remarks) {
      var schema: Result<JSONSchema, SchemaError>?
      if let problem {
        let error = SchemaError(code: .definition(problem.description), pointer: "")
        schema = .failure(error)
        remarks.append(.brokenSchema(definition.displayName, error))
      } else if !definition.applied.contains(where: { $0.rule == .parametersAbsent && $0.detail == nil }) {
        do throws(SchemaError) {
          schema = .success(try JSONSchema(definition.parameters))
        } catch {
          schema = .failure(error)
          remarks.append(.brokenSchema(definition.displayName, error))
        }
      }
      if byName[definition.name] != nil {
        remarks.append(.duplicate(definition.displayName))
      } else {
        byName[definition.name] = tools.count
        let folded = Self.folded(definition.name)
        if let other = byFoldedName[folded] {
          remarks.append(.nearMiss(tools[other].definition.displayName, definition.displayName))
        } else {
          byFoldedName[folded] = tools.count
        }
      }
      tools.append(Tool(definition: definition, schema: schema))
    }
    storage = Storage(tools: tools, byName: byName, byFoldedName: byFoldedName, remarks: remarks)
  }

  /// The definitions of a list, each by itself, so that one that cannot be read costs no other; or of a whole that is no list.
  private static func definitions(
    of value: Value, _ reader: DefinitionReader, _ remarks: inout [Remark]
  ) throws(ToolboxError) -> [(definition: ToolDefinition, problem: ToolboxError?)] {
    guard value.kind == .array else { return try reader.read(value).map { ($0, nil) } }
    var found: [(definition: ToolDefinition, problem: ToolboxError?)] = []
    var first: ToolboxError?
    for (position, element) in value.elements.enumerated() {
      if let name = element.stringBytes, name.first != 0x7B, name.first != 0x5B, name.first != 0x20, name.first != 0x0A
      {
        found.append((ToolDefinition(nameAlone: name), nil))
        continue
      }
      do throws(ToolboxError) {
        found += try reader.read(element).map { ($0, nil) }
      } catch {
        var error = error
        error.tool = position
        first = first ?? error
        let inner = element["function"] ?? element["toolSpec"] ?? element
        if let name = inner["name"]?.stringBytes {
          found.append((ToolDefinition(nameAlone: name), error))
        } else {
          remarks.append(.unreadable(error))
        }
      }
    }
    if let first, found.isEmpty { throw first }
    return found
  }

  /// Whether a tool has that name, exactly.
  public func contains(_ name: [UInt8]) -> Bool { storage.byName[name] != nil }

  /// The tool of that name, exactly; the first, if there are several.
  public func tool(named name: [UInt8]) -> Tool? { storage.byName[name].map { tools[$0] } }

  /// The tool whose name differs from this one in case, dots, hyphens, spaces or underscores alone.
  public func nearMiss(of name: [UInt8]) -> Tool? { storage.byFoldedName[Self.folded(name)].map { tools[$0] } }

  private static func folded(_ name: [UInt8]) -> [UInt8] {
    var folded: [UInt8] = []
    folded.reserveCapacity(name.count)
    for byte in name {
      switch byte {
      case 0x20, 0x2D, 0x2E, 0x5F: break
      case 0x41...0x5A: folded.append(byte | 0x20)
      default: folded.append(byte)
      }
    }
    return folded
  }

  /// What the tools say of a call. O(arguments × schema).
  public func check(name: [UInt8], arguments: Value) -> CallCheck {
    guard let tool = tool(named: name) else { return CallCheck(outcome: .unknownTool) }
    switch tool.schema {
    case nil: return CallCheck(outcome: .notChecked)
    case .failure(let error)?: return CallCheck(outcome: .indeterminate, reason: error.description)
    case .success(let schema)?:
      switch schema.isValid(arguments) {
      case .valid: return CallCheck(outcome: .valid)
      case .indeterminate(let reason): return CallCheck(outcome: .indeterminate, reason: reason.description)
      case .invalid:
        let violations = schema.explain(arguments).violations
        // What fails inside a choice is covered by the choice; a list that may be cut proves nothing.
        let isCoercible =
          !violations.isEmpty && violations.count < SchemaEvaluator<Explaining>.failureLimit
          && violations.allSatisfy { $0.isInsideChoice || $0.isCoercible }
        return CallCheck(outcome: isCoercible ? .coercible : .invalid, violations: violations)
      }
    }
  }
}

/// What a toolbox says of a call.
public struct CallCheck: Sendable {
  /// What it says in a word.
  public enum Outcome: String, Sendable, Hashable {
    /// The tool is known and the arguments are valid.
    case valid
    /// The arguments are invalid, but each value at fault spells one that would do: nothing is changed silently.
    case coercible
    /// The arguments are invalid.
    case invalid
    /// It cannot be told.
    case indeterminate
    /// No tool has that name.
    case unknownTool = "unknown_tool"
    /// The tool says nothing about its arguments.
    case notChecked = "not_checked"
  }
  /// What it says.
  public let outcome: Outcome
  /// What is wrong with the arguments.
  public let violations: [SchemaViolation]
  /// Why it cannot be told.
  public let reason: String?

  init(outcome: Outcome, violations: [SchemaViolation] = [], reason: String? = nil) {
    self.outcome = outcome
    self.violations = violations
    self.reason = reason
  }
}

/// Why tool definitions cannot be used. A caller's mistake; `score` then checks nothing about tools, and says so.
public struct ToolboxError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The definition at fault, counted from 0; `nil` if it is the whole.
  public internal(set) var tool: Int?
  let problem: DefinitionProblem

  /// What is wrong and how to mend it.
  public var description: String { problem.message(tool: tool) }
}
