/// What the front end does with a keyword of JSON Schema, by what its value is.
enum SchemaKeyword: Sendable {
  case dialect, type, properties, required, items, additionalItems, enumeration, reference, dependencies,
    dependentRequired
  /// `nullable` and `optional`: no keywords of JSON Schema's, but signals.
  case nullable, optional
  /// A schema for elements or members.
  case schema
  /// A schema for the same value.
  case inPlaceSchema
  case allOf
  /// `anyOf`, `oneOf`.
  case alternatives
  case prefixItems
  /// `patternProperties`: schemas for members.
  case schemaMap
  /// `$defs`, `definitions`.
  case definitions
  /// `dependentSchemas`: schemas for the same value.
  case inPlaceMap
  case number, positiveNumber, exclusiveBound
  /// A whole number from 0.
  case count
  case string, identifier, anchor
  case boolean
  case list
  case anything
  case vocabulary

  private static let table: [[UInt8]: SchemaKeyword] = {
    var table: [[UInt8]: SchemaKeyword] = [:]
    func add(_ keyword: SchemaKeyword, _ names: String) {
      for name in names.split(separator: " ") { table[Array(name.utf8)] = keyword }
    }
    add(.dialect, "$schema")
    add(.type, "type")
    add(.properties, "properties")
    add(.required, "required")
    add(.items, "items")
    add(.additionalItems, "additionalItems")
    add(.enumeration, "enum")
    add(.reference, "$ref $dynamicRef")
    add(.dependencies, "dependencies")
    add(.dependentRequired, "dependentRequired")
    add(.nullable, "nullable")
    add(.optional, "optional")
    add(.schema, "additionalProperties unevaluatedProperties unevaluatedItems contains propertyNames contentSchema")
    add(.inPlaceSchema, "not if then else")
    add(.allOf, "allOf")
    add(.alternatives, "anyOf oneOf")
    add(.prefixItems, "prefixItems")
    add(.schemaMap, "patternProperties")
    add(.definitions, "$defs definitions")
    add(.inPlaceMap, "dependentSchemas")
    add(.number, "minimum maximum")
    add(.positiveNumber, "multipleOf")
    add(.exclusiveBound, "exclusiveMinimum exclusiveMaximum")
    add(.count, "minLength maxLength minItems maxItems minProperties maxProperties minContains maxContains")
    add(.string, "$comment title description pattern format contentEncoding contentMediaType")
    add(.identifier, "$id")
    add(.anchor, "$anchor $dynamicAnchor")
    add(.boolean, "uniqueItems deprecated readOnly writeOnly")
    add(.list, "examples")
    add(.anything, "const default")
    add(.vocabulary, "$vocabulary")
    return table
  }()

  private static let longest = 21

  /// The keyword of that name; `nil` if JSON Schema 2020-12 and its predecessors have none.
  static func named(_ name: [UInt8]) -> SchemaKeyword? { name.count > longest ? nil : table[name] }

  /// Keywords that apply schemas to parts of a value, so that a reference may pass through them.
  static let applicators = [
    "properties", "patternProperties", "additionalProperties", "items", "prefixItems", "contains", "allOf", "anyOf",
    "oneOf",
    "not", "if", "then", "else", "dependentSchemas", "propertyNames", "unevaluatedItems", "unevaluatedProperties",
  ]

  /// Keywords that stay beside an `anyOf` into which the others are moved: they identify or describe, and refuse no value.
  static func staysOutside(_ name: [UInt8]) -> Bool {
    switch named(name) {
    case nil, .dialect, .identifier, .anchor, .definitions, .vocabulary, .list, .optional, .nullable, .additionalItems:
      true
    case .string: !name.elementsEqual("pattern".utf8) && !name.elementsEqual("format".utf8)
    case .boolean: !name.elementsEqual("uniqueItems".utf8)
    case .anything: name.elementsEqual("default".utf8)
    default: false
    }
  }

  /// Keywords under which another schema speaks of the same object: its members are known here, too.
  static let sharesItsObject = ["$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "dependentSchemas"]
  /// Keywords that say themselves what becomes of other members.
  static let closes = ["additionalProperties", "unevaluatedProperties"]
}

/// The dialects that `$schema` may name.
enum OlderDialects {
  /// Whether the URI names an older draft, whose schemas are rewritten.
  static func isOlder(_ uri: [UInt8]) -> Bool { older.contains { body(uri).elementsEqual($0.utf8) } }

  /// Whether it is a draft before 2019-09, in which a reference's siblings have no effect.
  static func ignoresReferenceSiblings(_ uri: [UInt8]) -> Bool {
    isOlder(uri) && !body(uri).elementsEqual("json-schema.org/draft/2019-09/schema".utf8)
  }

  private static let older = [
    "json-schema.org/draft/2019-09/schema", "json-schema.org/draft-07/schema", "json-schema.org/draft-06/schema",
    "json-schema.org/draft-04/schema", "json-schema.org/draft-03/schema", "json-schema.org/schema",
  ]

  private static func body(_ uri: [UInt8]) -> ArraySlice<UInt8> {
    var rest = uri[...]
    for scheme in ["https://", "http://"] where rest.starts(with: scheme.utf8) {
      rest = rest.dropFirst(scheme.utf8.count)
      break
    }
    if rest.last == 0x23 { rest = rest.dropLast() }
    return rest
  }
}
