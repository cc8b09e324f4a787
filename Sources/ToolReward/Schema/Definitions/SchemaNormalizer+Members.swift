extension SchemaNormalizer {
  /// Adds a keyword to the schema that is being written.
  mutating func add(
    _ keyword: SchemaKeyword, _ name: [UInt8], _ member: Value, of parent: Value, _ type: TypeReading,
    _ plan: RequiredPlan?, _ role: SchemaRole, to node: inout DraftObject
  ) throws(DefinitionProblem) {
    switch keyword {
    case .dialect:
      guard let uri = member.stringBytes else { return malformed(name, member, &node) }
      if OlderDialects.isOlder(uri), isOn(.schemaDialect) {
        record.add(.schemaDialect, preview: uri)
      } else {
        node.append(name, .value(member))
      }
    case .type:
      if case .dropped = type { return }
      node.append(name, .value(member))
    case .properties: malformed(name, member, &node)
    case .required:
      if let names = plan?.names { node.append(name, .array(names.map { .string($0) })) }
      if plan?.keepsAsWritten == true { node.append(name, .value(member)) }
    case .optional:
      guard plan?.usesOptional == true || isMarker(role, member) else {
        if isOn(.keywordIgnored) { record.addIgnored(name) }
        return node.append(name, .value(member))
      }
    case .nullable:
      guard isOn(.nullable) else { return node.append(name, .value(member)) }
      guard let truth = member.boolean else { return malformed(name, member, &node) }
      record.add(.nullable, detail: truth ? nil : "false")
    case .enumeration, .list:
      member.kind == .array ? node.append(name, .value(member)) : malformed(name, member, &node)
    case .reference:
      guard let target = member.stringBytes else { return malformed(name, member, &node) }
      node.append(name, reference(target) ?? .value(member))
    case .schema: try addSchema(name, member, .part, &node)
    case .inPlaceSchema: try addSchema(name, member, .inPlace, &node)
    case .allOf: try addList(name, member, .inPlace, &node)
    case .alternatives: try addList(name, member, .alternative(isOnly: parent["properties"] == nil), &node)
    case .prefixItems: try addList(name, member, .part, &node)
    case .schemaMap: try addMap(name, member, .part, &node)
    case .definitions: try addMap(name, member, .definition, &node)
    case .inPlaceMap: try addMap(name, member, .inPlace, &node)
    case .items: try addItems(name, member, of: parent, &node)
    case .additionalItems:
      guard isOn(.itemsArray), parent["items"]?.kind == .array else {
        if isOn(.keywordIgnored) { record.addIgnored(name) }
        return node.append(name, .value(member))
      }
      node["items"] = try schema(member, .part)
    case .dependencies: try addDependencies(name, member, of: parent, &node)
    case .number, .positiveNumber, .exclusiveBound, .count: addBound(keyword, name, member, of: parent, &node)
    case .dependentRequired:
      Self.isDependentRequired(member) ? node.append(name, .value(member)) : malformed(name, member, &node)
    case .string:
      member.kind == .string ? node.append(name, .value(member)) : malformed(name, member, &node)
    case .identifier:
      let isValid = member.stringBytes.map { !$0.dropLast().contains(0x23) } ?? false
      isValid ? node.append(name, .value(member)) : malformed(name, member, &node)
    case .anchor:
      let isValid = member.stringBytes.map(Self.isAnchor) ?? false
      isValid ? node.append(name, .value(member)) : malformed(name, member, &node)
    case .boolean:
      member.kind == .boolean ? node.append(name, .value(member)) : malformed(name, member, &node)
    case .anything: node.append(name, .value(member))
    case .vocabulary:
      let isValid = member.kind == .object && member.members.allSatisfy { $0.value.kind == .boolean }
      isValid ? node.append(name, .value(member)) : malformed(name, member, &node)
    }
  }

  /// Drops a keyword whose value JSON Schema does not allow.
  mutating func malformed(_ name: [UInt8], _ member: Value, _ node: inout DraftObject) {
    guard isOn(.keywordMalformed) else { return node.append(name, .value(member)) }
    record.add(.keywordMalformed, detail: member.kind.rawValue)
  }

  /// A keyword whose value is one schema. What is none is dropped, not read as a schema that allows all: under `not` that would refuse
  /// everything.
  private mutating func addSchema(_ name: [UInt8], _ member: Value, _ role: SchemaRole, _ node: inout DraftObject)
    throws(DefinitionProblem)
  {
    switch member.kind {
    case .object, .boolean: break
    case .string where TypeGrammar.read(member.stringBytes ?? []) != nil: break
    default: return malformed(name, member, &node)
    }
    node[String(decoding: name, as: UTF8.self)] = try schema(member, role)
  }

  private mutating func addList(_ name: [UInt8], _ member: Value, _ role: SchemaRole, _ node: inout DraftObject)
    throws(DefinitionProblem)
  {
    guard member.kind == .array, member.count > 0 else { return malformed(name, member, &node) }
    var schemas: [JSONDraft] = []
    for (position, element) in member.elements.enumerated() {
      record.enter(position)
      defer { record.leave() }
      schemas.append(try schema(element, role))
    }
    node.append(name, .array(schemas))
  }

  private mutating func addMap(_ name: [UInt8], _ member: Value, _ role: SchemaRole, _ node: inout DraftObject)
    throws(DefinitionProblem)
  {
    guard member.kind == .object else { return malformed(name, member, &node) }
    if member.hasDuplicateNames, isOn(.repeatedName) { record.add(.repeatedName) }
    var schemas = DraftObject()
    for (name, element) in member.distinctMembers {
      record.enter(name)
      defer { record.leave() }
      schemas.append(name, try schema(element, role))
    }
    node.append(name, .object(schemas))
  }

  private mutating func addItems(_ name: [UInt8], _ member: Value, of parent: Value, _ node: inout DraftObject)
    throws(DefinitionProblem)
  {
    guard member.kind == .array, isOn(.itemsArray) else { return try addSchema(name, member, .part, &node) }
    record.add(.itemsArray)
    guard parent["prefixItems"] == nil, member.count > 0 else { return }
    try addList(Array("prefixItems".utf8), member, .part, &node)
  }

  private mutating func addDependencies(
    _ name: [UInt8], _ member: Value, of parent: Value, _ node: inout DraftObject
  ) throws(DefinitionProblem) {
    guard isOn(.dependenciesSplit) else { return node.append(name, .value(member)) }
    guard member.kind == .object else { return malformed(name, member, &node) }
    record.add(.dependenciesSplit)
    var names = DraftObject()
    var schemas = DraftObject()
    for (name, dependency) in member.distinctMembers {
      record.enter(name)
      defer { record.leave() }
      if dependency.kind == .array || dependency.kind == .string {
        let listed = dependency.kind == .array ? dependency.elements : [dependency]
        names.append(name, .array(Self.distinctStrings(listed).map { .string($0) }))
      } else {
        schemas.append(name, try schema(dependency, .inPlace))
      }
    }
    // The newer keywords, where the schema has them itself, win.
    if !names.members.isEmpty, parent["dependentRequired"] == nil { node["dependentRequired"] = .object(names) }
    if !schemas.members.isEmpty, parent["dependentSchemas"] == nil { node["dependentSchemas"] = .object(schemas) }
  }

  /// A reference into OpenAPI's components, pointed to their copy; `nil` for any other.
  private mutating func reference(_ target: [UInt8]) -> JSONDraft? {
    let prefix = "#/components/schemas/"
    guard components != nil, isOn(.referenceMoved), target.starts(with: prefix.utf8) else { return nil }
    let rest = target.dropFirst(prefix.utf8.count)
    let name = Array(rest.prefix { $0 != 0x2F })
    record.add(.referenceMoved, preview: target)
    if seenComponents.insert(name).inserted { referredComponents.append(name) }
    return .string(Array("#/$defs/".utf8) + rest)
  }

  // MARK: Checks

  private static func isAnchor(_ text: [UInt8]) -> Bool {
    guard let first = text.first, isLetter(first) else { return false }
    return text.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x2E }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
  }

  private static func isDependentRequired(_ value: Value) -> Bool {
    guard value.kind == .object else { return false }
    return value.members.allSatisfy { member in
      member.value.kind == .array && distinctStrings(member.value.elements).count == member.value.count
    }
  }

  /// The strings among values, each once.
  static func distinctStrings(_ values: [Value]) -> [[UInt8]] {
    var seen: Set<[UInt8]> = []
    return values.compactMap(\.stringBytes).filter { seen.insert($0).inserted }
  }
}
