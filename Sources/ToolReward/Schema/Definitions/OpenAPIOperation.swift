/// One operation of an OpenAPI 3 document: its `operationId` is the tool, its parameters and JSON request body are the arguments.
struct OpenAPIOperation: Sendable {
  let name: [UInt8]
  let description: Value?
  /// The parameters of its path and its own; of the same name its own count.
  let parameters: [ParameterEntry]
  /// The schema of its JSON body, and whether there must be one.
  let body: (schema: Value, isRequired: Bool)?
  let components: Value?

  private static let methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"]
  /// The most references followed from one to the next.
  private static let mostHops = 8

  /// The operations of a document that have an `operationId`, in its order.
  static func all(in document: Value, paths: Value) -> [OpenAPIOperation] {
    var operations: [OpenAPIOperation] = []
    for (_, path) in paths.distinctMembers {
      for (method, operation) in path.distinctMembers
      where methods.contains(where: { method.elementsEqual($0.utf8) }) && operation["operationId"]?.kind == .string {
        operations.append(OpenAPIOperation(operation, shared: path["parameters"], document))
      }
    }
    return operations
  }

  /// An operation that stands alone; `nil` if the value is none.
  init?(alone value: Value) {
    guard value["operationId"]?.kind == .string else { return nil }
    guard value["parameters"] != nil || value["requestBody"] != nil || value["responses"] != nil else { return nil }
    self.init(value, shared: nil, nil)
  }

  private init(_ operation: Value, shared: Value?, _ document: Value?) {
    name = operation["operationId"]?.stringBytes ?? []
    description = [operation["description"], operation["summary"]].compactMap { $0 }.first { $0.kind == .string }
    components = document?["components"]?["schemas"].flatMap { $0.kind == .object ? $0 : nil }
    var entries: [ParameterEntry] = []
    var places: [[UInt8]: Int] = [:]
    for parameter in (shared?.elements ?? []) + (operation["parameters"]?.elements ?? []) {
      let parameter = Self.resolved(parameter, document)
      guard let name = parameter["name"]?.stringBytes else { continue }
      let schema = parameter["schema"] ?? parameter["content"]?["application/json"]?["schema"]
      let entry = ParameterEntry(
        name: name, token: name, declaration: parameter, schema: schema ?? parameter, isListEntry: schema == nil)
      if let place = places[name] {
        entries[place] = entry
      } else {
        places[name] = entries.count
        entries.append(entry)
      }
    }
    parameters = entries
    let request = operation["requestBody"].map { Self.resolved($0, document) }
    body = request?["content"]?["application/json"]?["schema"].map {
      (Self.resolved($0, document), request?["required"]?.boolean ?? false)
    }
  }

  /// What a reference into the document leads to; the value itself if it is none.
  private static func resolved(_ value: Value, _ document: Value?) -> Value {
    var value = value
    for _ in 0..<mostHops {
      guard let document, let reference = value["$ref"]?.stringBytes, reference.first == 0x23,
        let target = document.at(pointer: String(decoding: reference.dropFirst(), as: UTF8.self))
      else { break }
      value = target
    }
    return value
  }
}

extension SchemaNormalizer {
  /// An operation's arguments: its parameters, and beside them the members of its body, or the body as one argument if it has none.
  mutating func operation(_ operation: OpenAPIOperation) throws(DefinitionProblem) -> DraftObject {
    components = operation.components
    // The parts come from several places of the document: their rules are listed at the operation itself.
    record.freeze()
    defer { record.thaw() }
    var node: DraftObject
    if let body = operation.body {
      survey(body.schema)
      let isOpen = ["$ref", "allOf", "anyOf", "oneOf"].contains { body.schema[$0] != nil }
      if operation.parameters.isEmpty, body.schema.kind == .object {
        node = try rootSchema(body.schema, toolRequired: nil)
      } else if !isOpen, let members = body.schema["properties"], members.kind == .object {
        let own = Set(operation.parameters.map(\.name))
        let entries = operation.parameters + Self.entries(of: members).filter { !own.contains($0.name) }
        node = try root(entries, listed: nil, isFlat: false)
        let required = Self.distinctStrings(body.schema["required"]?.elements ?? []).filter { !own.contains($0) }
        if body.isRequired || !required.isEmpty { Self.require(required, in: &node) }
      } else {
        let name = Array("body".utf8)
        let entry = ParameterEntry(name: name, token: name, declaration: body.schema, schema: body.schema)
        node = try root(operation.parameters + [entry], listed: nil, isFlat: false)
        if body.isRequired { Self.require([name], in: &node) }
      }
    } else {
      node = try root(operation.parameters, listed: nil, isFlat: false)
    }
    try addComponents(&node)
    return node
  }

  private static func require(_ names: [[UInt8]], in node: inout DraftObject) {
    var listed: [JSONDraft] = []
    if case .array(let already)? = node["required"] { listed = already }
    listed += names.map { .string($0) }
    if !listed.isEmpty { node["required"] = .array(listed) }
  }

  /// Copies the components that are referred to, and those these refer to.
  private mutating func addComponents(_ node: inout DraftObject) throws(DefinitionProblem) {
    guard let components, !referredComponents.isEmpty else { return }
    var declared: [[UInt8]: Value] = [:]
    for (name, component) in components.members { declared[name] = component }
    var definitions = DraftObject()
    var position = 0
    while position < referredComponents.count {
      let name = referredComponents[position]
      position += 1
      if let component = declared[name] { definitions.append(name, try schema(component, .definition)) }
    }
    if case .object(let own)? = node["$defs"] { definitions.members.insert(contentsOf: own.members, at: 0) }
    node["$defs"] = .object(definitions)
  }
}
