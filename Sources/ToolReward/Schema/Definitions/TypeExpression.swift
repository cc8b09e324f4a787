/// One of JSON Schema's types.
enum SchemaType: String, Sendable, CaseIterable {
  case string, number, integer, boolean, array, object, null
}

/// What a type's spelling means, whatever language it comes from.
indirect enum TypeExpression: Sendable {
  /// Every value.
  case any
  case basic(SchemaType)
  case list(TypeExpression)
  case tuple([TypeExpression])
  /// An object whose members' values have a type.
  case map(TypeExpression)
  case union([TypeExpression])

  /// The kinds of values it allows; `nil` for all.
  var kinds: [SchemaType]? {
    switch self {
    case .any: return nil
    case .basic(let type): return [type]
    case .list, .tuple: return [.array]
    case .map: return [.object]
    case .union(let members):
      var kinds: [SchemaType] = []
      for member in members {
        guard let more = member.kinds else { return nil }
        for kind in more where !kinds.contains(kind) { kinds.append(kind) }
      }
      return kinds
    }
  }

  /// The keywords that say so; none for every value.
  var keywords: DraftObject {
    switch self {
    case .any: return DraftObject()
    case .basic(let type): return DraftObject([("type", .string(type.rawValue))])
    case .list(let element):
      var object = DraftObject([("type", .string("array"))])
      let items = element.keywords
      if !items.members.isEmpty { object["items"] = .object(items) }
      return object
    case .tuple(let elements):
      guard !elements.isEmpty else { return DraftObject([("type", .string("array")), ("maxItems", .number([0x30]))]) }
      let count = JSONDraft.number(Array(String(elements.count).utf8))
      return DraftObject([
        ("type", .string("array")), ("prefixItems", .array(elements.map { .object($0.keywords) })),
        ("items", .boolean(false)), ("minItems", count), ("maxItems", count),
      ])
    case .map(let value):
      var object = DraftObject([("type", .string("object"))])
      let values = value.keywords
      if !values.members.isEmpty { object["additionalProperties"] = .object(values) }
      return object
    case .union(let members):
      guard let kinds else { return DraftObject() }
      let isPlain = members.allSatisfy { if case .basic = $0 { true } else { false } }
      if isPlain { return DraftObject([("type", Self.typeKeyword(kinds))]) }
      return DraftObject([("anyOf", .array(members.map { .object($0.keywords) }))])
    }
  }

  /// The value of `type` for some kinds.
  static func typeKeyword(_ kinds: [SchemaType]) -> JSONDraft {
    kinds.count == 1 ? .string(kinds[0].rawValue) : .array(kinds.map { .string($0.rawValue) })
  }
}

/// The names of types in the languages tool definitions are written in, in lower case.
enum TypeName {
  enum Meaning {
    case any
    case type(SchemaType)
    case optional
    case union
  }

  private static let meanings: [[UInt8]: Meaning] = {
    var table: [[UInt8]: Meaning] = [:]
    func add(_ meaning: Meaning, _ names: String) {
      for name in names.split(separator: " ") { table[Array(name.utf8)] = meaning }
    }
    add(.type(.object), "object dict hashmap hashtable map")
    add(.type(.array), "array list arraylist queue stack set tuple")
    add(.type(.string), "string str char text")
    add(.type(.integer), "integer int long short byte bigint")
    add(.type(.number), "number float double decimal")
    add(.type(.boolean), "boolean bool")
    add(.type(.null), "null none void")
    add(.any, "any object? callable")
    add(.optional, "optional")
    add(.union, "union")
    return table
  }()

  /// The longest name: a longer word is not looked up.
  private static let longest = 10

  /// What a name means, in whatever case; `nil` if it is none.
  static func meaning(_ name: ArraySlice<UInt8>) -> Meaning? {
    guard name.count <= longest else { return nil }
    return meanings[name.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }]
  }

  /// Whether the name is JSON Schema's own spelling.
  static func isStandard(_ name: [UInt8]) -> SchemaType? {
    SchemaType.allCases.first { $0.rawValue.utf8.elementsEqual(name) }
  }
}
