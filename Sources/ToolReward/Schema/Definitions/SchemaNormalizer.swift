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

  /// Whether no other schema judges the same value, so that what this one does not declare is declared nowhere.
  var isWhole: Bool {
    switch self {
    case .root, .parameter, .part: true
    case .alternative, .inPlace, .definition: false
    }
  }
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
  /// Whether the schema is of a draft in which `$ref` stands alone.
  private var ignoresReferenceSiblings = false
  /// What may still be spent on telling whether defaults are plainly valid.
  var evidenceSteps = 1_000_000

  init(rules: Set<DefinitionRule>, deepest: Int) {
    self.rules = rules
    self.deepest = deepest
  }

  func isOn(_ rule: DefinitionRule) -> Bool { rules.contains(rule) }

  /// Looks over all of a schema for what forbids moving or closing its parts. O(schema).
  mutating func survey(_ value: Value) {
    ignoresReferenceSiblings = value["$schema"]?.stringBytes.map(OlderDialects.ignoresReferenceSiblings) ?? false
    let tape = value.tape
    let end = tape.after(value.index)
    var index = value.index
    while index < end {
      if tape.kind(of: index) == .name {
        let name = tape.payload(of: index)
        if name.elementsEqual("allOf".utf8) { hasAllOf = true }
        if name.elementsEqual("$ref".utf8), tape.kind(of: index + 1) == .string {
          let target = tape.payload(of: index + 1)
          let isDefinition = ["#/$defs/", "#/definitions/", "#/components/schemas/"].contains {
            target.starts(with: $0.utf8) && !target.dropFirst($0.utf8.count).contains(0x2F)
          }
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
    if value.hasDuplicateNames, isOn(.repeatedName) { record.add(.repeatedName) }
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
    dropReferenceSiblings(&node)
    moveEnumToItems(&node)
    // Before the schema may move into a branch beside null or its default.
    close(&node, role)
    if isOn(.nullable), value["nullable"]?.boolean == true { acceptNull(&node) }
    acceptDefault(value["default"], role, &node)
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

  /// Drops what an older draft ignores beside a reference; what only describes stays.
  private mutating func dropReferenceSiblings(_ node: inout DraftObject) {
    guard ignoresReferenceSiblings, isOn(.referenceSiblingsIgnored), node.has("$ref") else { return }
    let kept = node.members.filter {
      SchemaKeyword.staysOutside($0.name) || $0.name.elementsEqual("$ref".utf8)
    }
    guard kept.count < node.members.count else { return }
    record.add(.referenceSiblingsIgnored)
    node.members = kept
  }

  // MARK: Closing

  /// Refuses members that are not declared, where that is asked for and no other keyword has a say in it.
  mutating func close(_ node: inout DraftObject, _ role: SchemaRole) {
    guard !node.hasAny(SchemaKeyword.closes) else { return }
    let isShared = node.hasAny(SchemaKeyword.sharesItsObject)
    if case .root = role {
      // Where other schemas share the object and this one declares nothing, nothing is known that could close it.
      if isShared, !declaresMembers(node) { return }
    } else if isShared || node.hasAny(["patternProperties"]) {
      return
    }
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
    let undeclared = Self.undeclaredRequired(node)
    if case .root = role {
      // A required member that is declared nowhere may be anything; closed without it the object could not have it.
      if !undeclared.isEmpty, !isShared {
        var properties = DraftObject()
        if case .object(let declared)? = node["properties"] { properties = declared }
        for name in undeclared { properties.append(name, .boolean(true)) }
        node["properties"] = .object(properties)
      }
    } else {
      guard undeclared.isEmpty, declaresMembers(node) else { return }
    }
    record.add(rule)
    node[isShared ? "unevaluatedProperties" : "additionalProperties"] = .boolean(false)
  }

  private func declaresMembers(_ node: DraftObject) -> Bool {
    if case .object(let properties)? = node["properties"] { !properties.members.isEmpty } else { false }
  }

  /// The required members that are declared nowhere.
  private static func undeclaredRequired(_ node: DraftObject) -> [[UInt8]] {
    guard case .array(let required)? = node["required"] else { return [] }
    var declared: Set<[UInt8]> = []
    if case .object(let properties)? = node["properties"] { declared = Set(properties.members.map(\.name)) }
    return required.compactMap {
      guard case .string(let name) = $0, declared.insert(name).inserted else { return nil }
      return name
    }
  }
}
