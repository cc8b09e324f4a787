/// One step on the way to a subschema.
struct SchemaStep: Sendable, BitwiseCopyable {
  /// The keywords that lead somewhere or assert something.
  enum Keyword: UInt8, Sendable, BitwiseCopyable {
    case type, falseSchema, `enum`, const
    case minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf
    case minLength, maxLength, pattern
    case minItems, maxItems, uniqueItems, contains, maxContains, prefixItems, items, unevaluatedItems, itemAt,
      additionalItems
    case minProperties, maxProperties, required, dependentRequired, dependentSchemas, dependencies
    case properties, patternProperties, additionalProperties, propertyNames, unevaluatedProperties
    case reference, dynamicReference, allOf, anyOf, oneOf, not, `if`, then, `else`
  }
  let keyword: Keyword
  /// A position, the name's index on the schema tape, or a pattern's number; −1 for none.
  let operand: Int32
}

/// An assertion that failed, as the evaluator notes it.
struct SchemaFailure: Sendable {
  let keyword: SchemaStep.Keyword
  let node: Int32
  let instance: Int32
  /// The missing name's index on the schema tape, or a count.
  let detail: Int32
  let steps: [SchemaStep]
}
