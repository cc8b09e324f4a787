extension SchemaNormalizer {
  /// A tool's parameters as the schema of an object.
  mutating func parameters(_ value: Value?, toolRequired: Value?) throws(DefinitionProblem) -> DraftObject {
    guard let value, value.kind != .null, value.count > 0 || value.kind != .object && value.kind != .array else {
      guard isOn(.parametersAbsent) else { throw .parametersKind(value?.kind ?? .null) }
      record.add(.parametersAbsent, detail: value == nil ? nil : "empty")
      return closedRoot([])
    }
    survey(value)
    if value.kind == .array, isOn(.parameterList), let entries = Self.listEntries(of: value) {
      record.add(.parameterList)
      // OpenAPI's parameters (they have "in") are optional unless marked.
      let isOpenAPI = value.elements.contains { $0["in"] != nil }
      return try root(entries, listed: toolRequired, isFlat: !isOpenAPI)
    }
    guard value.kind == .object else { throw .parametersKind(value.kind) }
    if isOn(.flatMap), Self.isFlatMap(value) {
      record.add(.flatMap)
      if value.hasDuplicateNames, isOn(.repeatedName) { record.add(.repeatedName) }
      return try root(Self.entries(of: value), listed: toolRequired, isFlat: true)
    }
    return try rootSchema(value, toolRequired: toolRequired)
  }

  /// A root made of parameters.
  mutating func root(_ entries: [ParameterEntry], listed: Value?, isFlat: Bool) throws(DefinitionProblem) -> DraftObject
  {
    var plan = requiredNames(
      listed: listed, optional: nil, entries, .root, isFlat: true, under: nil, areUnmarkedRequired: isFlat)
    if plan.names?.isEmpty ?? false { plan.names = nil }
    var members: [(String, JSONDraft)] = [("properties", .object(try properties(entries, plan)))]
    if let names = plan.names { members.append(("required", .array(names.map { .string($0) }))) }
    return closedRoot(members)
  }

  /// An object's schema with some members, closed if that is asked for.
  private mutating func closedRoot(_ members: [(String, JSONDraft)]) -> DraftObject {
    let properties = members.isEmpty ? [("properties", JSONDraft.object(DraftObject()))] : members
    var node = DraftObject([("type", .string("object"))] + properties)
    close(&node, .root)
    return node
  }

  /// A root that is a schema. Arguments are always an object, so its type is `object`, or nothing could satisfy it.
  mutating func rootSchema(_ value: Value, toolRequired: Value?) throws(DefinitionProblem) -> DraftObject {
    var node = try object(value, .root, toolRequired: toolRequired)
    let kinds = Self.kinds(of: node)
    if node.has("type"), kinds.map({ !$0.contains(.object) }) ?? true { throw .rootType }
    if kinds.map({ $0 != [.object] }) ?? true, isOn(.rootType) {
      record.add(.rootType)
      let type = (name: Array("type".utf8), value: JSONDraft.string("object"))
      node["type"] = nil
      node.members.insert(type, at: 0)
    }
    return node
  }
}
