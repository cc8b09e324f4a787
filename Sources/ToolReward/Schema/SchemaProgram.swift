/// A schema compiled flat: indices instead of references, everything a validation needs in a few arrays.
///
/// ```text
/// nodes       one for each subschema: its types, and where its plans and operations are
/// objects     what `properties`, `required`, `patternProperties`, … say together: an object's members are walked once
/// arrays      what `prefixItems`, `items`, `contains`, … say together
/// operations  everything else, in place: references, `allOf`, `enum`, …
/// ```
final class SchemaProgram: Sendable {
  let nodes: PlainStack<SchemaNode>
  let operations: PlainStack<SchemaOperation>
  let objects: PlainStack<ObjectPlan>
  let properties: PlainStack<PropertyEntry>
  let arrays: PlainStack<ArrayPlan>
  let scalars: PlainStack<ScalarPlan>
  let patterns: [SchemaPattern]
  /// Lists of node numbers and of schema tape indices that operations refer to.
  let lists: PlainStack<Int32>
  /// The schemas' own values: `enum`, `const`, bounds, names.
  let tape: ValueTape
  /// For `$dynamicRef`: which node an anchor is in a resource.
  let dynamicAnchors: [DynamicAnchor]
  let root: Int32
  /// Whether some reference depends on the way that led to it.
  let usesDynamicScope: Bool
  /// Where each node stands: its resource's URI, its index on the tape.
  let locations: [SchemaLocation]
  let resources: [(root: Int32, uri: [UInt8])]

  init(
    nodes: [SchemaNode], operations: [SchemaOperation], objects: [ObjectPlan], properties: [PropertyEntry],
    arrays: [ArrayPlan],
    scalars: [ScalarPlan], patterns: [SchemaPattern], lists: [Int32], tape: ValueTape, dynamicAnchors: [DynamicAnchor],
    root: Int32,
    usesDynamicScope: Bool, locations: [SchemaLocation], resources: [(root: Int32, uri: [UInt8])]
  ) {
    self.nodes = PlainStack(copying: nodes)
    self.operations = PlainStack(copying: operations)
    self.objects = PlainStack(copying: objects)
    self.properties = PlainStack(copying: properties)
    self.arrays = PlainStack(copying: arrays)
    self.scalars = PlainStack(copying: scalars)
    self.patterns = patterns
    self.lists = PlainStack(copying: lists)
    self.tape = tape
    self.dynamicAnchors = dynamicAnchors
    self.root = root
    self.usesDynamicScope = usesDynamicScope
    self.locations = locations
    self.resources = resources
  }
}

/// The types an instance may have, as bits.
struct TypeMask: OptionSet, Sendable, BitwiseCopyable {
  let rawValue: UInt8
  static let null = TypeMask(rawValue: 1)
  static let boolean = TypeMask(rawValue: 2)
  static let object = TypeMask(rawValue: 4)
  static let array = TypeMask(rawValue: 8)
  static let number = TypeMask(rawValue: 16)
  static let string = TypeMask(rawValue: 32)
  /// Numbers without a fraction only.
  static let integer = TypeMask(rawValue: 64)
  static let all: TypeMask = [.null, .boolean, .object, .array, .number, .string]

  static let named: [(name: String, mask: TypeMask)] = [
    ("null", .null), ("boolean", .boolean), ("object", .object), ("array", .array), ("number", .number),
    ("integer", .integer), ("string", .string),
  ]

  init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The type of a node's value; an integer is a number here.
  @inline(__always)
  init(_ kind: TapeNode.Kind) {
    switch kind {
    case .null: self = .null
    case .false_, .true_: self = .boolean
    case .number: self = .number
    case .string, .name: self = .string
    case .array: self = .array
    case .object: self = .object
    }
  }

  var names: [String] { Self.named.filter { contains($0.mask) }.map(\.name) }
}

/// One subschema.
struct SchemaNode: Sendable, BitwiseCopyable {
  struct Flags: OptionSet, Sendable, BitwiseCopyable {
    let rawValue: UInt8
    /// The schema `false`.
    static let isFalse = Flags(rawValue: 1)
    /// Its own keywords need to know which members or elements were evaluated.
    static let tracks = Flags(rawValue: 2)
    /// It asserts types alone.
    static let typesOnly = Flags(rawValue: 4)
  }
  var types: TypeMask = .all
  var flags: Flags = []
  /// Plans, by their index; −1 without one.
  var object: Int32 = -1
  var array: Int32 = -1
  var scalar: Int32 = -1
  var firstOperation: Int32 = 0
  var operationCount: Int32 = 0
  /// The resource it belongs to.
  var resource: Int32 = 0
  /// What `unevaluatedItems` and `unevaluatedProperties` hold; −1 without one.
  var unevaluatedItems: Int32 = -1
  var unevaluatedProperties: Int32 = -1
}

/// Something a subschema asserts in place, whatever the instance's type.
enum SchemaOperation: Sendable, BitwiseCopyable {
  case reference(Int32)
  /// The node it leads to unless the dynamic scope has another, and the anchor's number.
  case dynamicReference(Int32, anchor: Int32)
  /// Ranges of `lists`, each entry a node.
  case allOf(first: Int32, count: Int32)
  case anyOf(first: Int32, count: Int32)
  case oneOf(first: Int32, count: Int32)
  case not(Int32)
  case condition(if: Int32, then: Int32, else: Int32)
  /// Ranges of `lists`, each entry an index on the schema tape.
  case enumeration(first: Int32, count: Int32)
  case constant(Int32)
}

/// What is asserted of numbers and strings. Bounds are indices of literals on the schema tape, −1 without one.
struct ScalarPlan: Sendable, BitwiseCopyable {
  var minimum: Int32 = -1
  var maximum: Int32 = -1
  var exclusiveMinimum: Int32 = -1
  var exclusiveMaximum: Int32 = -1
  var multipleOf: Int32 = -1
  var minLength: Int = 0
  var maxLength: Int = .max
  var pattern: Int32 = -1

  /// Whether something is asserted of numbers.
  var assertsNumbers: Bool {
    minimum >= 0 || maximum >= 0 || exclusiveMinimum >= 0 || exclusiveMaximum >= 0 || multipleOf >= 0
  }
}

/// What is asserted of objects.
struct ObjectPlan: Sendable, BitwiseCopyable {
  /// The entries of named members in the program's `properties`, and where the table of their places begins in `lists`: −1 if there are
  /// so few that they are looked through.
  var firstProperty: Int32 = 0
  var propertyCount: Int32 = 0
  var table: Int32 = -1
  var tableMask: UInt32 = 0
  /// How many of the entries are required.
  var requiredCount: Int32 = 0
  /// `patternProperties`, pairs of pattern and node in `lists`.
  var firstPattern: Int32 = 0
  var patternCount: Int32 = 0
  var additional: Int32 = -1
  var names: Int32 = -1
  /// Pairs of entry and node (`dependentSchemas`) and of entry and entry (`dependentRequired`) in `lists`.
  var firstDependentSchema: Int32 = 0
  var dependentSchemaCount: Int32 = 0
  var firstDependentName: Int32 = 0
  var dependentNameCount: Int32 = 0
  var minimum: Int = 0
  var maximum: Int = .max
  /// Whether these are draft-07's keywords: `dependencies`.
  var isOlder = false
}

/// A member that an object plan names.
struct PropertyEntry: Sendable, BitwiseCopyable {
  /// The name's quick hash, as an instance's tape has it.
  var hash: UInt32
  /// The name on the schema tape: a name or a string.
  var name: Int32
  /// What `properties` says of it; −1 if it is named elsewhere only.
  var node: Int32 = -1
  var isRequired = false
}

/// What is asserted of arrays.
struct ArrayPlan: Sendable, BitwiseCopyable {
  /// Nodes in `lists`.
  var firstPrefix: Int32 = 0
  var prefixCount: Int32 = 0
  /// What holds for the elements after those.
  var items: Int32 = -1
  var contains: Int32 = -1
  var minimumContains: Int = 1
  var maximumContains: Int = .max
  /// Whether these are draft-07's keywords: a list of `items`, and `contains` marks nothing as evaluated.
  var isOlder = false
  var isUnique = false
  var minimum: Int = 0
  var maximum: Int = .max
}

/// A node that a dynamic anchor names in a resource.
struct DynamicAnchor: Sendable, BitwiseCopyable {
  let resource: Int32
  let anchor: Int32
  let node: Int32
}

/// Where a node comes from.
struct SchemaLocation: Sendable, BitwiseCopyable {
  /// Its index on the schema tape.
  let index: Int32
  let resource: Int32
}
