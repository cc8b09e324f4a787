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
    guard let literal = number.numberLiteral, let double = Double(literal), double.isFinite else { return nil }
    return Array(literal.utf8)
  }

  private static func fits(_ literal: [UInt8], _ keyword: SchemaKeyword) -> Bool {
    guard let value = Double(String(decoding: literal, as: UTF8.self)) else { return false }
    switch keyword {
    case .count: return value >= 0 && value.rounded() == value
    case .positiveNumber: return value > 0
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
    guard isOn(rule) else { return }
    var evidence = DefaultEvidence()
    guard !evidence.isValid(value, .object(node)) else { return }
    let isMoved = value.kind != .null || node.hasAny(Self.combinators)
    if isMoved, hasPathReferences, node.hasAny(SchemaKeyword.applicators) { return }
    record.add(rule, detail: value.kind.rawValue)
    if value.kind == .null {
      acceptNull(&node)
    } else {
      accept(DraftObject([("const", .value(value))]), in: &node)
    }
  }
}

/// Whether a default plainly satisfies its schema. It errs towards no: what it cannot tell at a glance (patterns, references, `not`, …)
/// is written as an alternative, which never refuses anything.
struct DefaultEvidence {
  private var steps = 20_000
  private var depth = 0

  mutating func isValid(_ value: Value, _ schema: JSONDraft) -> Bool {
    steps -= 1
    depth += 1
    defer { depth -= 1 }
    guard steps > 0, depth < 64 else { return false }
    switch schema {
    case .boolean(let truth): return truth
    case .value(let whole): return whole.boolean ?? false
    case .object(let node):
      for member in node.members where !SchemaKeyword.staysOutside(member.name) {
        guard isValid(value, String(decoding: member.name, as: UTF8.self), member.value, node) else { return false }
      }
      return true
    default: return false
    }
  }

  private mutating func isValid(_ value: Value, _ keyword: String, _ demand: JSONDraft, _ node: DraftObject) -> Bool {
    switch keyword {
    case "type": return SchemaNormalizer.kinds(of: node)?.contains { Self.isKind(value, $0) } ?? false
    case "format", "contentEncoding", "contentMediaType": return true
    case "enum":
      switch demand {
      case .value(let listed): return contains(value, listed.elements.map { .value($0) })
      case .array(let listed): return contains(value, listed)
      default: return false
      }
    case "const":
      if case .value(let other) = demand { return EqualityPolicy.numeric.areEqual(value, other) }
      return false
    case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum":
      return value.kind != .number || compare(value, demand, keyword)
    case "minLength", "maxLength":
      return value.kind != .string
        || count(value.string?.unicodeScalars.count ?? 0, demand, isMost: keyword == "maxLength")
    case "minItems", "maxItems":
      return value.kind != .array || count(value.count, demand, isMost: keyword == "maxItems")
    case "items":
      guard value.kind == .array, value.count > 0 else { return true }
      guard !node.has("prefixItems"), value.count < steps else { return false }
      for element in value.elements where !isValid(element, demand) { return false }
      return true
    case "prefixItems": return value.kind != .array || value.count == 0
    case "uniqueItems": return value.kind != .array || value.count < 2
    case "properties", "required", "additionalProperties", "patternProperties":
      // An object's default is looked at no further: what it lacks or has besides is not plain.
      return value.kind != .object || (value.count == 0 && keyword != "required")
    case "anyOf":
      guard case .array(let branches) = demand else { return false }
      for branch in branches where isValid(value, branch) { return true }
      return false
    case "allOf":
      guard case .array(let branches) = demand else { return false }
      for branch in branches where !isValid(value, branch) { return false }
      return true
    case "pattern": return value.kind != .string
    case "multipleOf": return value.kind != .number
    case "contains", "minContains", "maxContains", "unevaluatedItems": return value.kind != .array
    case "minProperties", "maxProperties", "propertyNames", "dependentRequired", "dependentSchemas",
      "unevaluatedProperties":
      return value.kind != .object
    default: return false
    }
  }

  private mutating func contains(_ value: Value, _ listed: [JSONDraft]) -> Bool {
    for case .value(let member) in listed {
      steps -= 1
      guard steps > 0 else { return false }
      if member.kind == value.kind, EqualityPolicy.numeric.areEqual(value, member) { return true }
    }
    return false
  }

  private static func isKind(_ value: Value, _ type: SchemaType) -> Bool {
    switch type {
    case .integer:
      // 1.0 is an integer too, but not plainly one.
      value.numberLiteral.map { $0.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2D } } ?? false
    case .number: value.numberLiteral.map { Double($0)?.isFinite ?? false } ?? false
    default: value.kind.rawValue == type.rawValue
    }
  }

  /// Rounding keeps the order of numbers, so that strict order between the rounded ones is order.
  private func compare(_ value: Value, _ demand: JSONDraft, _ keyword: String) -> Bool {
    guard let left = value.numberLiteral.flatMap({ Double($0) }), let right = Self.double(demand) else { return false }
    switch keyword {
    case "minimum": return left > right || left == right && abs(left) < 1e15 && isSame(value, demand)
    case "maximum": return left < right || left == right && abs(left) < 1e15 && isSame(value, demand)
    case "exclusiveMinimum": return left > right
    default: return left < right
    }
  }

  private func isSame(_ value: Value, _ demand: JSONDraft) -> Bool {
    switch demand {
    case .value(let other): EqualityPolicy.numeric.areEqual(value, other)
    case .number(let literal): value.numberLiteral.map { $0.utf8.elementsEqual(literal) } ?? false
    default: false
    }
  }

  private func count(_ count: Int, _ demand: JSONDraft, isMost: Bool) -> Bool {
    guard let bound = Self.double(demand) else { return false }
    return isMost ? Double(count) <= bound : Double(count) >= bound
  }

  private static func double(_ demand: JSONDraft) -> Double? {
    switch demand {
    case .value(let value): value.numberLiteral.flatMap { Double($0) }
    case .number(let literal): Double(String(decoding: literal, as: UTF8.self))
    default: nil
    }
  }
}
