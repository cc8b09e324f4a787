/// A version of JSON Schema: which keywords there are and what they mean.
public struct SchemaDialect: Sendable, Hashable {
  /// The published versions.
  public enum Version: String, Sendable, Hashable, CaseIterable {
    /// Draft-07.
    case draft7 = "http://json-schema.org/draft-07/schema"
    /// Draft 2020-12.
    case draft2020 = "https://json-schema.org/draft/2020-12/schema"
  }
  /// The version its keywords come from.
  public let version: Version
  /// Whether assertions such as `type` and `minimum` count: a metaschema's `$vocabulary` may leave them out.
  let hasValidation: Bool
  /// Whether applicators such as `properties` and `allOf` count.
  let hasApplicators: Bool
  /// Whether `unevaluatedItems` and `unevaluatedProperties` count.
  let hasUnevaluated: Bool

  init(version: Version, hasValidation: Bool = true, hasApplicators: Bool = true, hasUnevaluated: Bool = true) {
    self.version = version
    self.hasValidation = hasValidation
    self.hasApplicators = hasApplicators
    self.hasUnevaluated = hasUnevaluated
  }

  /// Draft 2020-12: the default, as for MCP (2025-11-25).
  public static let draft2020 = SchemaDialect(version: .draft2020)
  /// Draft-07.
  public static let draft7 = SchemaDialect(version: .draft7)

  /// The dialect that a URI names, as `$schema` has it; `nil` if it is none of these. An empty fragment and the `http` or `https` before
  /// it do not matter.
  public init?(uri: [UInt8]) {
    var uri = uri[...]
    if uri.last == 0x23 { uri = uri.dropLast() }
    for version in Version.allCases {
      let name = Array(version.rawValue.utf8)
      let (other, prefix) = version == .draft7 ? ("https://", "http://") : ("http://", "https://")
      if uri.elementsEqual(name) || uri.elementsEqual(Array(other.utf8) + name.dropFirst(prefix.utf8.count)) {
        self.init(version: version)
        return
      }
    }
    return nil
  }

  /// The vocabularies a metaschema may name in `$vocabulary`, by what they bring (JSON Schema 2020-12 §8.1.2).
  static let vocabularies: [(uri: String, part: Vocabulary)] = [
    ("https://json-schema.org/draft/2020-12/vocab/core", .core),
    ("https://json-schema.org/draft/2020-12/vocab/applicator", .applicator),
    ("https://json-schema.org/draft/2020-12/vocab/unevaluated", .unevaluated),
    ("https://json-schema.org/draft/2020-12/vocab/validation", .validation),
    ("https://json-schema.org/draft/2020-12/vocab/meta-data", .annotation),
    ("https://json-schema.org/draft/2020-12/vocab/format-annotation", .annotation),
    ("https://json-schema.org/draft/2020-12/vocab/format-assertion", .formatAssertion),
    ("https://json-schema.org/draft/2020-12/vocab/content", .annotation),
  ]

  enum Vocabulary {
    case core, applicator, unevaluated, validation, annotation, formatAssertion
  }
}

/// What a keyword's value is made of, as far as it holds schemas.
enum SubschemaKeyword {
  enum Shape {
    case schema
    case schemas
    case schemaOrSchemas
    case named
    case namedOrNames
  }

  /// The keywords of a version that hold schemas.
  static func applicators(_ version: SchemaDialect.Version) -> [(name: [UInt8], shape: Shape)] {
    switch version {
    case .draft7: draft7
    case .draft2020: draft2020
    }
  }

  private static func list(_ names: [(String, Shape)]) -> [(name: [UInt8], shape: Shape)] {
    names.map { (Array($0.0.utf8), $0.1) }
  }

  private static let draft2020 = list([
    ("$defs", .named), ("allOf", .schemas), ("anyOf", .schemas), ("oneOf", .schemas), ("not", .schema), ("if", .schema),
    ("then", .schema),
    ("else", .schema), ("dependentSchemas", .named), ("prefixItems", .schemas), ("items", .schema),
    ("contains", .schema),
    ("properties", .named), ("patternProperties", .named), ("additionalProperties", .schema),
    ("propertyNames", .schema),
    ("unevaluatedItems", .schema), ("unevaluatedProperties", .schema), ("contentSchema", .schema),
  ])

  private static let draft7 = list([
    ("definitions", .named), ("allOf", .schemas), ("anyOf", .schemas), ("oneOf", .schemas), ("not", .schema),
    ("if", .schema), ("then", .schema),
    ("else", .schema), ("dependencies", .namedOrNames), ("items", .schemaOrSchemas), ("additionalItems", .schema),
    ("contains", .schema),
    ("properties", .named), ("patternProperties", .named), ("additionalProperties", .schema),
    ("propertyNames", .schema),
  ])
}
