/// Whether a default plainly satisfies its schema. It errs towards no: what it cannot tell at a glance (patterns, references, `not`, …)
/// is written as an alternative, which never refuses anything.
struct DefaultEvidence {
  private(set) var steps: Int
  private var depth = 0

  init(steps: Int) { self.steps = steps }

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
    case "format", "contentEncoding", "contentMediaType", "contentSchema": return true
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
    case "then", "else": return true  // Without `if` they say nothing, and `if` is never plain.
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
