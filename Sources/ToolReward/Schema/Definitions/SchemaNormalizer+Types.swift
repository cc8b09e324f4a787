/// What a schema's `type` says.
enum TypeReading: Sendable {
  case absent
  /// JSON Schema's own names, or something that a switched-off rule leaves alone (then without kinds).
  case asWritten([SchemaType]?)
  /// Another spelling.
  case expression(TypeExpression)
  /// Nothing: every value is allowed.
  case dropped

  /// The kinds of values it allows; `nil` for all, or if they are not known.
  var kinds: [SchemaType]? {
    switch self {
    case .absent, .dropped: nil
    case .asWritten(let kinds): kinds
    case .expression(let expression): expression.kinds
    }
  }
}

extension SchemaNormalizer {
  /// Reads a schema's `type` and lists the rules that takes.
  mutating func readType(_ schema: Value, _ role: SchemaRole) throws(DefinitionProblem) -> TypeReading {
    guard let type = schema["type"] else { return .absent }
    record.enter("type")
    defer { record.leave() }
    if let text = type.stringBytes {
      if let standard = TypeName.isStandard(text) { return .asWritten([standard]) }
      return readSpelling(text, role)
    }
    guard type.kind == .array else { return unknownType(detail: type.kind.rawValue) }
    return readList(type.elements)
  }

  private mutating func readSpelling(_ text: [UInt8], _ role: SchemaRole) -> TypeReading {
    guard let spelling = TypeGrammar.read(text) else { return unknownType(detail: RuleRecord.preview(text)) }
    if spelling.isOptional != nil, !isOn(.optionalSuffix) { return unknownType(detail: RuleRecord.preview(text)) }
    let bare = spelling.isOptional == nil ? text : Array(text.prefix { $0 != 0x2C && $0 != 0x28 && $0 != 0x20 })
    if spelling.isComposed || TypeName.isStandard(bare) == nil {
      let rule = spelling.isComposed ? DefinitionRule.typeGrammar : .typeName
      guard isOn(rule) else { return .asWritten(nil) }
      record.add(rule, preview: text)
    }
    if spelling.isOptional != nil {
      // A parameter's suffix is listed where the required ones are found.
      if case .parameter = role {} else { record.add(.optionalSuffix) }
    }
    return .expression(spelling.expression)
  }

  /// A list of types, as JSON Schema has it.
  private mutating func readList(_ elements: [Value]) -> TypeReading {
    var members: [TypeExpression] = []
    var standard: [SchemaType] = []
    var isComposed = false
    for element in elements {
      guard let text = element.stringBytes, let spelling = TypeGrammar.read(text), spelling.isOptional == nil else {
        return unknownType(detail: element.stringBytes.map(RuleRecord.preview) ?? element.kind.rawValue)
      }
      if let type = TypeName.isStandard(text), !standard.contains(type) { standard.append(type) }
      isComposed = isComposed || spelling.isComposed
      members.append(spelling.expression)
    }
    if elements.isEmpty { return unknownType(detail: "[]") }
    if standard.count == elements.count { return .asWritten(standard) }
    let rule = isComposed ? DefinitionRule.typeGrammar : .typeName
    guard isOn(rule) else { return .asWritten(nil) }
    record.add(rule)
    return .expression(TypeGrammar.union(members))
  }

  private mutating func unknownType(detail: String) -> TypeReading {
    guard isOn(.typeUnknown) else { return .asWritten(nil) }
    record.add(.typeUnknown, detail: detail)
    return .dropped
  }

  /// Puts what a spelling means in the place of `type`. Keywords that the schema has of its own win over the spelling's.
  func apply(_ type: TypeReading, to node: inout DraftObject) {
    guard case .expression(let expression) = type,
      let place = node.members.firstIndex(where: { $0.name.elementsEqual("type".utf8) })
    else { return }
    var keywords = expression.keywords
    let own = ["items", "prefixItems", "minItems", "maxItems"]
    let clashes =
      keywords.has("anyOf") && node.has("anyOf")
      || keywords.hasAny(own) && node.hasAny(own)
      || keywords.has("additionalProperties")
        && node.hasAny(["additionalProperties", "properties", "patternProperties"])
    if clashes, let kinds = expression.kinds {
      keywords = DraftObject([("type", TypeExpression.typeKeyword(kinds))])
    }
    node.members.replaceSubrange(place...place, with: keywords.members)
  }

  /// The kinds that a finished schema's `type` allows; `nil` for all.
  static func kinds(of node: DraftObject) -> [SchemaType]? {
    func type(_ text: [UInt8]?) -> SchemaType? { text.flatMap(TypeName.isStandard) }
    switch node["type"] {
    case .string(let text): return type(text).map { [$0] } ?? []
    case .array(let members):
      return members.compactMap { if case .string(let text) = $0 { type(text) } else { nil } }
    case .value(let value):
      return value.kind == .array
        ? value.elements.compactMap { type($0.stringBytes) } : type(value.stringBytes).map { [$0] } ?? []
    default: return nil
    }
  }
}
