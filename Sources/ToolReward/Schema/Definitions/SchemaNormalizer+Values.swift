extension SchemaNormalizer {
  // MARK: Bounds

  /// A bound: a number, a string that holds one, or draft 4's boolean.
  mutating func addBound(
    _ keyword: SchemaKeyword, _ name: [UInt8], _ member: Value, of parent: Value, _ node: inout DraftObject
  ) {
    let isMinimum = name.elementsEqual("minimum".utf8) || name.elementsEqual("exclusiveMinimum".utf8)
    if case .exclusiveBound = keyword, let isExclusive = member.boolean, isOn(.booleanExclusiveBound) {
      record.add(.booleanExclusiveBound)
      if isExclusive, let bound = parent[isMinimum ? "minimum" : "maximum"].flatMap(Self.number) {
        node.append(name, .number(bound))
      }
      return
    }
    if case .number = keyword, isOn(.booleanExclusiveBound),
      parent[isMinimum ? "exclusiveMinimum" : "exclusiveMaximum"]?.boolean == true, Self.number(member) != nil
    {
      return
    }
    guard let literal = Self.number(member), Self.fits(literal, keyword) else { return malformed(name, member, &node) }
    guard member.kind == .string else { return node.append(name, .value(member)) }
    guard isOn(.numericStringBound) else { return malformed(name, member, &node) }
    record.add(.numericStringBound)
    node.append(name, .number(literal))
  }

  /// A finite number's literal, from a number or a string that holds one.
  private static func number(_ value: Value) -> [UInt8]? {
    let number: Value
    if let text = value.stringBytes {
      guard text.count <= 64, let read = try? ValueReader().read(text), read.kind == .number else { return nil }
      number = read
    } else {
      number = value
    }
    guard let literal = number.numberLiteral.map({ Array($0.utf8) }), let last = literal.last, last >= 0x30,
      last <= 0x39
    else {
      return nil
    }
    return literal
  }

  private static func fits(_ literal: [UInt8], _ keyword: SchemaKeyword) -> Bool {
    let scan = NumberLiteral.scan(literal.span, 0..<literal.count)
    switch keyword {
    case .count: return scan.isZero || !scan.isNegative && NumberLiteral.isWhole(literal.span, 0..<literal.count)
    case .positiveNumber: return !scan.isZero && !scan.isNegative
    default: return true
    }
  }

  // MARK: Enumerations

  /// Moves an array's enumeration to its items where no array is listed, so that some array can satisfy it.
  mutating func moveEnumToItems(_ node: inout DraftObject) {
    guard isOn(.enumMovedToItems), case .value(let listed)? = node["enum"], let kinds = Self.kinds(of: node),
      kinds.contains(.array), kinds.allSatisfy({ $0 == .array || $0 == .null })
    else { return }
    let members = listed.elements.filter { $0.kind != .null }
    guard !members.isEmpty, members.allSatisfy({ $0.kind != .array }) else { return }
    var items = DraftObject()
    switch node["items"] {
    case nil: break
    case .object(let own): items = own
    default: return
    }
    record.add(.enumMovedToItems)
    if !items.has("enum") { items["enum"] = .array(members.map { .value($0) }) }
    node["enum"] = nil
    node["items"] = .object(items)
  }

  // MARK: Null and default

  /// Makes null valid.
  mutating func acceptNull(_ node: inout DraftObject) {
    if node.hasAny(Self.combinators) {
      return accept(DraftObject([("type", .string("null"))]), in: &node)
    }
    if case .array(let branches)? = node["anyOf"] {
      let acceptsNull = branches.contains {
        if case .object(let branch) = $0 { Self.kinds(of: branch) == [.null] } else { false }
      }
      if !acceptsNull { node["anyOf"] = .array(branches + [.object(DraftObject([("type", .string("null"))]))]) }
    }
    if let kinds = Self.kinds(of: node), !kinds.isEmpty, !kinds.contains(.null) {
      node["type"] = TypeExpression.typeKeyword(kinds + [.null])
    }
    if case .value(let listed)? = node["enum"], !listed.elements.contains(where: { $0.kind == .null }) {
      node["enum"] = .array(listed.elements.map { .value($0) } + [.value(Self.null)])
    }
  }

  /// Keywords beside which null cannot simply be added to the types.
  private static let combinators = ["$ref", "$dynamicRef", "allOf", "oneOf", "not", "if", "const"]
  private static let null = Value(tape: nullTape, index: 0)
  private static let nullTape = (try? ValueReader().read("null"))?.tape ?? ValueTape()

  /// Makes another schema's values valid too, by moving what the schema demands into one branch of an `anyOf`.
  private func accept(_ alternative: DraftObject, in node: inout DraftObject) {
    if hasPathReferences, node.hasAny(SchemaKeyword.applicators) { return }
    var outside = DraftObject()
    var inside = DraftObject()
    var place: Int?
    for member in node.members {
      if SchemaKeyword.staysOutside(member.name) {
        outside.members.append(member)
      } else {
        if place == nil { place = outside.members.count }
        inside.members.append(member)
      }
    }
    guard let place else { return }
    let union = JSONDraft.array([.object(inside), .object(alternative)])
    outside.members.insert((Array("anyOf".utf8), union), at: place)
    node = outside
  }

  /// Makes the declared default valid, unless it plainly is.
  mutating func acceptDefault(_ value: Value?, _ role: SchemaRole, _ node: inout DraftObject) {
    guard let value else { return }
    var rule = DefinitionRule.defaultAccepted
    switch role {
    case .root, .alternative, .inPlace: return
    case .parameter(let isRequired, _): if value.kind == .null, !isRequired { rule = .nullDefault }
    case .part, .definition: break
    }
    guard isOn(rule), !Self.hasAlternative(for: value, node) else { return }
    var evidence = DefaultEvidence(steps: min(evidenceSteps, 20_000))
    let available = evidence.steps
    let isValid = evidence.isValid(value, .object(node))
    evidenceSteps -= available - evidence.steps
    guard !isValid else { return }
    let isMoved = value.kind != .null || node.hasAny(Self.combinators)
    if isMoved, hasPathReferences, node.hasAny(SchemaKeyword.applicators) { return }
    record.add(rule, detail: value.kind.rawValue)
    if value.kind == .null {
      acceptNull(&node)
    } else {
      accept(DraftObject([("const", .value(value))]), in: &node)
    }
  }

  /// Whether the schema already ends in the alternative that would be written for the default, however long telling the rest would take.
  private static func hasAlternative(for value: Value, _ node: DraftObject) -> Bool {
    guard case .array(let branches)? = node["anyOf"], case .object(let last)? = branches.last, last.members.count == 1
    else { return false }
    guard node.members.allSatisfy({ SchemaKeyword.staysOutside($0.name) || $0.name.elementsEqual("anyOf".utf8) }) else {
      return false
    }
    if value.kind == .null, kinds(of: last) == [.null] { return true }
    if case .value(let constant)? = last["const"] { return EqualityPolicy.numeric.areEqual(value, constant) }
    return false
  }
}
