/// Where a schema stands in its parent.
enum SchemaRole: Sendable {
  case root
  case parameter(isRequired: Bool, isListEntry: Bool)
  /// An element's or a member's schema.
  case part
  /// `anyOf`, `oneOf`.
  case alternative(isOnly: Bool)
  /// `allOf`, `not`, `if`, …: it judges the same value as its parent does.
  case inPlace
  case definition
}

/// Rewrites one schema as canonical JSON Schema 2020-12, member by member and in the order written.
///
/// A schema is read once, top down: its type first, since other keywords depend on it, then its members, then what follows from
/// several of them together (bounds and enumerations, null, the default, closing).
struct SchemaNormalizer {
  let rules: Set<DefinitionRule>
  let deepest: Int
  var record = RuleRecord()
  /// OpenAPI's `components.schemas`, and those of them that are referred to.
  var components: Value?
  var referredComponents: [[UInt8]] = []
  var seenComponents: Set<[UInt8]> = []
  private var depth = 0
  /// Whether some reference leads through `properties` or the like: then no schema inside is moved.
  var hasPathReferences = false
  private var hasAllOf = false

  init(rules: Set<DefinitionRule>, deepest: Int) {
    self.rules = rules
    self.deepest = deepest
  }

  func isOn(_ rule: DefinitionRule) -> Bool { rules.contains(rule) }

  /// Looks over all of a schema for what forbids moving or closing its parts. O(schema).
  mutating func survey(_ value: Value) {
    let tape = value.tape
    let end = tape.after(value.index)
    var index = value.index
    while index < end {
      if tape.kind(of: index) == .name {
        let name = tape.payload(of: index)
        if name.elementsEqual("allOf".utf8) { hasAllOf = true }
        if name.elementsEqual("$ref".utf8), tape.kind(of: index + 1) == .string {
          let target = tape.payload(of: index + 1)
          let isDefinition = ["#/$defs/", "#/definitions/", "#/components/"].contains { target.starts(with: $0.utf8) }
          if target.starts(with: "#/".utf8), !isDefinition { hasPathReferences = true }
        }
      }
      index += 1
    }
  }

  /// A schema in its parent's place.
  mutating func schema(_ value: Value, _ role: SchemaRole) throws(DefinitionProblem) -> JSONDraft {
    depth += 1
    defer { depth -= 1 }
    guard depth <= deepest else { throw .tooDeep }
    switch value.kind {
    case .boolean: return .value(value)
    case .object: return .object(try object(value, role))
    default:
      guard isOn(.schemaNotObject) else { return .value(value) }
      record.add(.schemaNotObject, detail: value.kind.rawValue)
      guard let text = value.stringBytes else { return .object(DraftObject()) }
      if let spelling = TypeGrammar.read(text) { return .object(spelling.expression.keywords) }
      return .object(DraftObject([("description", .string(text))]))
    }
  }

  /// A schema that is an object.
  mutating func object(_ value: Value, _ role: SchemaRole, toolRequired: Value? = nil) throws(DefinitionProblem)
    -> DraftObject
  {
    if value.hasDuplicateNames { record.add(.repeatedName) }
    let type = try readType(value, role)
    var node = DraftObject()
    var plan: RequiredPlan?
    var entries: [ParameterEntry] = []
    let propertiesName = try parameterEntries(of: value, type, into: &entries)
    if propertiesName != nil || value["required"] != nil || value["optional"] != nil || toolRequired != nil {
      plan = requiredNames(
        listed: toolRequired ?? value["required"], optional: value["optional"], entries, role, isFlat: false,
        under: propertiesName)
    }
    for (name, member) in value.distinctMembers {
      if case .parameter(_, true) = role, name.elementsEqual("name".utf8) || name.elementsEqual("in".utf8) { continue }
      record.enter(name)
      defer { record.leave() }
      if let propertiesName, name.elementsEqual(propertiesName.utf8) {
        node["properties"] = .object(try properties(entries, plan))
        continue
      }
      guard let keyword = SchemaKeyword.named(name) else {
        if isOn(.keywordIgnored) { record.addIgnored(name) }
        node.append(name, .value(member))
        continue
      }
      try add(keyword, name, member, of: value, type, plan, role, to: &node)
    }
    if let names = plan?.names, !node.has("required") {
      node["required"] = .array(names.map { .string($0) })
    }
    apply(type, to: &node)
    moveEnumToItems(&node)
    if isOn(.nullable), value["nullable"]?.boolean == true { acceptNull(&node) }
    acceptDefault(value["default"], role, &node)
    close(&node, role)
    return node
  }

  /// The parameters' schemas by name.
  mutating func properties(_ entries: [ParameterEntry], _ plan: RequiredPlan?) throws(DefinitionProblem) -> DraftObject
  {
    var properties = DraftObject()
    for entry in entries {
      record.enter(entry.token)
      defer { record.leave() }
      let role = SchemaRole.parameter(
        isRequired: plan?.set.contains(entry.name) ?? false, isListEntry: entry.isListEntry)
      properties.append(entry.name, try schema(entry.schema, role))
    }
    return properties
  }

  // MARK: Members

  private mutating func add(
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
    case .schema: node.append(name, try schema(member, .part))
    case .inPlaceSchema: node.append(name, try schema(member, .inPlace))
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
    case .dependencies: try addDependencies(name, member, &node)
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
    if member.hasDuplicateNames { record.add(.repeatedName) }
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
    guard member.kind == .array, isOn(.itemsArray) else { return node["items"] = try schema(member, .part) }
    record.add(.itemsArray)
    guard parent["prefixItems"] == nil, member.count > 0 else { return }
    try addList(Array("prefixItems".utf8), member, .part, &node)
  }

  private mutating func addDependencies(_ name: [UInt8], _ member: Value, _ node: inout DraftObject)
    throws(DefinitionProblem)
  {
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
    if !names.members.isEmpty, !node.has("dependentRequired") { node["dependentRequired"] = .object(names) }
    if !schemas.members.isEmpty, !node.has("dependentSchemas") { node["dependentSchemas"] = .object(schemas) }
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

  // MARK: Closing

  /// Refuses members that are not declared, where that is asked for and no other keyword has a say in it.
  mutating func close(_ node: inout DraftObject, _ role: SchemaRole) {
    guard !node.hasAny(SchemaKeyword.preventsClosing) else { return }
    let isClosed: Bool
    var rule = DefinitionRule.closedDeep
    switch role {
    case .root:
      if !isOn(.closedDeep) { rule = .closedRoot }
      isClosed = isOn(rule)
    case .parameter, .part, .alternative(isOnly: true): isClosed = isOn(.closedDeep)
    case .definition: isClosed = isOn(.closedDeep) && !hasAllOf
    case .alternative, .inPlace: isClosed = false
    }
    guard isClosed else { return }
    if case .root = role {
    } else {
      guard case .object(let properties)? = node["properties"], !properties.members.isEmpty else { return }
    }
    record.add(rule)
    node["additionalProperties"] = .boolean(false)
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
