/// Reads tool definitions of any origin into JSON Schema 2020-12, by named rules that can be switched off.
///
/// ```swift
/// let tools = try ValueReader().read(#"[{"name": "f", "parameters": {"n": {"type": "int, optional", "default": 1}}}]"#)
/// let f = try DefinitionReader().read(tools)[0]
/// f.parameters   // {"type":"object","properties":{"n":{"type":"integer","default":1}},"additionalProperties":false}
/// f.applied      // envelope_named, flat_map, optional_suffix, type_name, …, each with its place
/// ```
///
/// Reading is pure: the same definition gives the same schema, and reading what was written changes nothing more. Standard JSON Schema
/// passes through untouched but for ``unknownArguments``. What each rule does, and how often it is needed, is in Docs/ToolDefinitions.md.
public struct DefinitionReader: Sendable {
  /// The rules that are on.
  public var rules: Set<DefinitionRule>
  /// Bounds on a definition and on what is made of it. `depth` counts schemas within schemas; one that nests deeper is refused.
  public var limits: ValueLimits

  /// Creates a reader.
  public init(
    rules: Set<DefinitionRule> = DefinitionReader.standardRules, limits: ValueLimits = DefinitionReader.standardLimits
  ) {
    self.rules = rules
    self.limits = limits
  }

  /// All rules but `closed_deep`.
  public static let standardRules = Set(DefinitionRule.allCases).subtracting([.closedDeep])

  /// Schemas 64 deep: no published definition comes near it, and the stack of any thread holds it.
  public static let standardLimits = ValueLimits(depth: 64)

  /// What schemas say about arguments they do not name: another view of the rules `closed_root` and `closed_deep`.
  public var unknownArguments: UnknownArguments {
    get { rules.contains(.closedDeep) ? .closedDeep : rules.contains(.closedRoot) ? .closedRoot : .open }
    set {
      rules.subtract([.closedRoot, .closedDeep])
      switch newValue {
      case .open: break
      case .closedRoot: rules.insert(.closedRoot)
      case .closedDeep: rules.formUnion([.closedRoot, .closedDeep])
      }
    }
  }

  /// Reads one definition, a list of them, Gemini's `{"functionDeclarations": …}`, `{"tools": …}`, an OpenAPI 3 document or operation,
  /// or a string that holds any of these as JSON or as a Python literal. `null` holds none. O(definitions).
  ///
  /// - Throws: ``ToolboxError`` naming the tool and the mend, if one is no definition, has no name, or its parameters are no schema of
  ///   an object or break ``limits``.
  public func read(_ value: Value) throws(ToolboxError) -> [ToolDefinition] {
    var found = FoundDefinitions(rules: rules)
    do throws(DefinitionProblem) {
      try found.add(value, notes: [])
    } catch {
      throw ToolboxError(tool: found.definitions.isEmpty ? nil : found.definitions.count, problem: error)
    }
    var tools: [ToolDefinition] = []
    tools.reserveCapacity(found.definitions.count)
    for (position, definition) in found.definitions.enumerated() {
      do throws(DefinitionProblem) {
        tools.append(try read(definition))
      } catch {
        throw ToolboxError(tool: position, problem: error)
      }
    }
    return tools
  }

  private func read(_ found: FoundDefinitions.Definition) throws(DefinitionProblem) -> ToolDefinition {
    var normalizer = SchemaNormalizer(rules: rules, deepest: limits.depth)
    for note in found.notes { normalizer.record.add(note) }
    let name: [UInt8]
    let description: Value?
    let schema: DraftObject
    switch found.kind {
    case .object(let definition):
      let envelope = try Envelope(definition, rules: rules, record: &normalizer.record)
      name = envelope.name
      description = envelope.description
      for token in envelope.path { normalizer.record.enter(token) }
      schema = try normalizer.parameters(envelope.parameters, toolRequired: envelope.toolRequired)
    case .operation(let operation):
      name = operation.name
      description = operation.description
      normalizer.record.add(.envelopeOpenAPI)
      schema = try normalizer.operation(operation)
    }
    var text: [UInt8] = []
    JSONDraft.object(schema).write(to: &text)
    // What is written may be deeper than what was read: a default's alternative adds two levels to each.
    let reader = ValueReader(
      syntax: .python, limits: ValueLimits(depth: 2048, bytes: limits.bytes, nodes: limits.nodes))
    do throws(ValueError) {
      let parameters = try reader.read(text.span, allowingSurrogates: true)
      return ToolDefinition(
        name: name, description: description, parameters: parameters, applied: normalizer.record.applied,
        unlistedRules: normalizer.record.unlisted)
    } catch {
      throw .result(error)
    }
  }
}

/// The definitions found in lists, documents and strings, before any is read.
struct FoundDefinitions {
  struct Definition {
    enum Kind {
      case object(Value)
      case operation(OpenAPIOperation)
    }
    let kind: Kind
    /// Rules already applied to reach it.
    let notes: [DefinitionRule]
  }

  let rules: Set<DefinitionRule>
  private(set) var definitions: [Definition] = []
  private var depth = 0

  /// Strings in lists in documents: more than these is no one's format.
  private static let deepest = 8

  init(rules: Set<DefinitionRule>) { self.rules = rules }

  mutating func add(_ value: Value, notes: [DefinitionRule]) throws(DefinitionProblem) {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw .nestedLists }
    switch value.kind {
    case .null where depth == 1: return
    case .array:
      for element in value.elements { try add(element, notes: notes) }
    case .string:
      let (read, rule) = try DefinitionText.read(value, rules: rules)
      try add(read, notes: notes + [rule])
    case .object: try addObject(value, notes: notes)
    default: throw .notADefinition
    }
  }

  private mutating func addObject(_ value: Value, notes: [DefinitionRule]) throws(DefinitionProblem) {
    let hasName = value["name"]?.kind == .string
    if rules.contains(.envelopeGemini), !hasName {
      let lists = [value["functionDeclarations"], value["function_declarations"]].compactMap { $0 }
      if let list = lists.first(where: { $0.kind == .array }) {
        return try add(list, notes: notes + [.envelopeGemini])
      }
    }
    if !hasName, let tools = value["tools"], tools.kind == .array { return try add(tools, notes: notes) }
    if rules.contains(.envelopeOpenAPI), !hasName {
      if let paths = value["paths"], paths.kind == .object {
        for operation in OpenAPIOperation.all(in: value, paths: paths) {
          definitions.append(Definition(kind: .operation(operation), notes: notes))
        }
        return
      }
      if let operation = OpenAPIOperation(alone: value) {
        definitions.append(Definition(kind: .operation(operation), notes: notes))
        return
      }
    }
    definitions.append(Definition(kind: .object(value), notes: notes))
  }
}

/// Definitions and parameters that stand in a string.
enum DefinitionText {
  /// The value a string holds, and the rule that reads it: JSON first, else a Python literal.
  static func read(_ text: Value, rules: Set<DefinitionRule>) throws(DefinitionProblem) -> (Value, DefinitionRule) {
    let bytes = text.stringBytes ?? []
    let failure: ValueError
    do throws(ValueError) {
      let value = try ValueReader(syntax: .python).read(bytes)
      if rules.contains(.jsonText) { return (value, .jsonText) }
      throw ValueError(.malformed, at: 0)
    } catch {
      failure = error
    }
    if rules.contains(.pythonText), let json = PythonLiteral.json(from: bytes),
      let value = try? ValueReader(syntax: .python).read(json)
    {
      return (value, .pythonText)
    }
    throw .text(failure)
  }
}
