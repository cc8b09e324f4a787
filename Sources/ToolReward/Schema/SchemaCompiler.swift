/// Compiles a schema and all that it refers to into a program.
struct SchemaCompiler {
  private var index: SchemaIndex
  private var numbers: [Int: Int32] = [:]
  private var pending: [Int] = []
  private var nodes: [SchemaNode] = []
  private var operations: [SchemaOperation] = []
  private var objects: [ObjectPlan] = []
  private var properties: [PropertyEntry] = []
  private var arrays: [ArrayPlan] = []
  private var scalars: [ScalarPlan] = []
  private var patterns: [SchemaPattern] = []
  private var patternNumbers: [[UInt8]: Int32] = [:]
  private var lists: [Int32] = []
  private var locations: [SchemaLocation] = []
  private var dynamicAnchors: [DynamicAnchor] = []
  private var usedDynamicNames: Set<[UInt8]> = []

  private init(registry: SchemaRegistry, dialect: SchemaDialect) {
    index = SchemaIndex(registry: registry, dialect: dialect)
  }

  /// Compiles. O(schema and the documents it refers to).
  static func compile(
    _ schema: Value, uri: String, registry: SchemaRegistry, dialect: SchemaDialect
  ) throws(SchemaError) -> SchemaProgram {
    var compiler = SchemaCompiler(registry: registry, dialect: dialect)
    let start = try compiler.index.add(schema, at: SchemaURI(uri.utf8).withoutFragment)
    let root = compiler.number(of: start)
    try compiler.compilePending()
    try compiler.compileDynamicAnchors()
    let index = compiler.index
    return SchemaProgram(
      nodes: compiler.nodes, operations: compiler.operations, objects: compiler.objects,
      properties: compiler.properties,
      arrays: compiler.arrays, scalars: compiler.scalars, patterns: compiler.patterns, lists: compiler.lists,
      tape: index.tape,
      dynamicAnchors: compiler.dynamicAnchors, root: root, usesDynamicScope: !compiler.usedDynamicNames.isEmpty,
      locations: compiler.locations, resources: index.resources.map { (Int32($0.root), $0.uri.bytes) })
  }

  /// The node of a subschema, which is compiled later if it is new.
  private mutating func number(of place: Int) -> Int32 {
    if let known = numbers[place] { return known }
    let number = Int32(nodes.count)
    numbers[place] = number
    nodes.append(SchemaNode(resource: Int32(index.resource(of: place))))
    locations.append(SchemaLocation(index: Int32(place), resource: Int32(index.resource(of: place))))
    pending.append(place)
    return number
  }

  private mutating func compilePending() throws(SchemaError) {
    while let place = pending.popLast() {
      guard let number = numbers[place] else { continue }
      try compile(place, Int(number))
    }
  }

  /// Compiles every place that a dynamic reference may come to lead to: each may bring more.
  private mutating func compileDynamicAnchors() throws(SchemaError) {
    var compiled = 0
    while true {
      var places: [(resource: Int, name: [UInt8], place: Int)] = []
      for (number, resource) in index.resources.enumerated() {
        for (name, place) in resource.dynamicAnchors where usedDynamicNames.contains(name) {
          places.append((number, name, place))
        }
      }
      if places.count == compiled { break }
      compiled = places.count
      dynamicAnchors = []
      for (resource, name, place) in places {
        let anchor = index.dynamicNames.firstIndex(of: name) ?? 0
        dynamicAnchors.append(DynamicAnchor(resource: Int32(resource), anchor: Int32(anchor), node: number(of: place)))
      }
      try compilePending()
    }
  }

  // MARK: One subschema

  private func failure(_ code: SchemaError.Code, _ place: Int) -> SchemaError {
    SchemaError(code: code, pointer: index.pointer(to: place))
  }

  private func member(_ name: String, of place: Int) -> Int? { index.tape.member(Array(name.utf8), of: place) }

  private func kind(_ place: Int) -> TapeNode.Kind { index.tape.kind(of: place) }

  private func elements(_ place: Int) -> [Int] {
    var found: [Int] = []
    var element = place + 1
    let end = index.tape.after(place)
    while element < end {
      found.append(element)
      element = index.tape.after(element)
    }
    return found
  }

  private func members(_ place: Int) -> [(name: Int, value: Int)] { ObjectMembers.distinct(of: place, in: index.tape) }

  private mutating func compile(_ place: Int, _ number: Int) throws(SchemaError) {
    switch kind(place) {
    case .true_:
      nodes[number].flags = .typesOnly
      return
    case .false_:
      nodes[number].types = []
      nodes[number].flags = [.isFalse, .typesOnly]
      return
    case .object: break
    default: throw failure(.notASchema, place)
    }
    let resource = index.resource(of: place)
    let dialect = index.resources[resource].dialect
    var found: [SchemaOperation] = []
    if let reference = try string("$ref", of: place) {
      let target = try index.resolve(reference, from: resource, at: place)
      found.append(.reference(self.number(of: target.index)))
      // Draft-07 §8.3: what stands beside a reference is ignored.
      if dialect.version == .draft7 { return finish(number, found) }
    }
    if dialect.version == .draft2020, let reference = try string("$dynamicRef", of: place) {
      let target = try index.resolve(reference, from: resource, at: place)
      let node = self.number(of: target.index)
      if let name = target.dynamicAnchor, let anchor = index.dynamicNames.firstIndex(of: name) {
        usedDynamicNames.insert(name)
        found.append(.dynamicReference(node, anchor: Int32(anchor)))
      } else {
        found.append(.reference(node))
      }
    }
    if dialect.hasValidation {
      nodes[number].types = try types(of: place)
      nodes[number].scalar = try scalarPlan(of: place)
      if let value = member("enum", of: place) {
        guard kind(value) == .array else { throw failure(.keyword("enum", mustBe: "an array"), place) }
        found.append(list(elements(value).map { Int32($0) }) { .enumeration(first: $0, count: $1) })
      }
      if let value = member("const", of: place) { found.append(.constant(Int32(value))) }
    }
    nodes[number].object = try objectPlan(of: place, dialect)
    nodes[number].array = try arrayPlan(of: place, dialect)
    if dialect.hasApplicators {
      for (name, make) in Self.lists {
        guard let value = member(name, of: place) else { continue }
        guard kind(value) == .array, index.tape.nodes[value].count > 0 else {
          throw failure(.keyword(name, mustBe: "an array of schemas that is not empty"), place)
        }
        found.append(list(elements(value).map { self.number(of: $0) }, make))
      }
      if let value = member("not", of: place) { found.append(.not(self.number(of: value))) }
      if let value = member("if", of: place) {
        let then = member("then", of: place).map { self.number(of: $0) } ?? -1
        let otherwise = member("else", of: place).map { self.number(of: $0) } ?? -1
        if then >= 0 || otherwise >= 0 || dialect.version == .draft2020 {
          found.append(.condition(if: self.number(of: value), then: then, else: otherwise))
        }
      }
    }
    if dialect.version == .draft2020, dialect.hasUnevaluated {
      if let value = member("unevaluatedItems", of: place) { nodes[number].unevaluatedItems = self.number(of: value) }
      if let value = member("unevaluatedProperties", of: place) {
        nodes[number].unevaluatedProperties = self.number(of: value)
      }
      if nodes[number].unevaluatedItems >= 0 || nodes[number].unevaluatedProperties >= 0 {
        nodes[number].flags.insert(.tracks)
      }
    }
    finish(number, found)
  }

  private static let lists: [(String, @Sendable (Int32, Int32) -> SchemaOperation)] = [
    ("allOf", { .allOf(first: $0, count: $1) }), ("anyOf", { .anyOf(first: $0, count: $1) }),
    ("oneOf", { .oneOf(first: $0, count: $1) }),
  ]

  private mutating func finish(_ number: Int, _ found: [SchemaOperation]) {
    nodes[number].firstOperation = Int32(operations.count)
    nodes[number].operationCount = Int32(found.count)
    operations += found
    let node = nodes[number]
    if found.isEmpty, node.object < 0, node.array < 0, node.scalar < 0, !node.flags.contains(.tracks) {
      nodes[number].flags.insert(.typesOnly)
    }
  }

  private mutating func list(_ entries: [Int32], _ make: (Int32, Int32) -> SchemaOperation) -> SchemaOperation {
    let first = Int32(lists.count)
    lists += entries
    return make(first, Int32(entries.count))
  }

  // MARK: Keywords

  private func string(_ name: String, of place: Int) throws(SchemaError) -> [UInt8]? {
    guard let value = member(name, of: place) else { return nil }
    guard kind(value) == .string else { throw failure(.keyword(name, mustBe: "a string"), place) }
    return index.tape.payload(of: value)
  }

  private func types(of place: Int) throws(SchemaError) -> TypeMask {
    guard let value = member("type", of: place) else { return .all }
    let names: [Int]
    switch kind(value) {
    case .string: names = [value]
    case .array: names = elements(value)
    default: throw failure(.keyword("type", mustBe: "a type's name or a list of such"), place)
    }
    var types: TypeMask = []
    for name in names {
      guard kind(name) == .string else {
        throw failure(.keyword("type", mustBe: "a type's name or a list of such"), place)
      }
      let spelling = index.tape.payload(of: name)
      guard let known = TypeMask.named.first(where: { Array($0.name.utf8) == spelling }) else {
        throw failure(.unknownType(String(decoding: spelling, as: UTF8.self)), place)
      }
      types.insert(known.mask)
    }
    return types
  }

  private func count(_ name: String, of place: Int) throws(SchemaError) -> Int? {
    guard let value = member(name, of: place) else { return nil }
    let text = index.tape.bytes
    let range = index.tape.nodes[value].payload
    guard kind(value) == .number, NumberLiteral.isWhole(text, range) else {
      throw failure(.keyword(name, mustBe: "a whole number that is not negative"), place)
    }
    let scan = NumberLiteral.scan(text, range)
    guard !scan.isNegative || scan.isZero else {
      throw failure(.keyword(name, mustBe: "a whole number that is not negative"), place)
    }
    if scan.isZero { return 0 }
    guard scan.exponent <= 17 else { return .max }
    var number = 0
    for position in scan.first..<scan.end where text[position] != 0x2E {
      number = number * 10 + Int(text[position] - 0x30)
    }
    for _ in 0..<(scan.exponent - scan.digitCount(text)) { number *= 10 }
    return number
  }

  private func number(_ name: String, of place: Int, isPositive: Bool = false) throws(SchemaError) -> Int32 {
    guard let value = member(name, of: place) else { return -1 }
    guard kind(value) == .number else { throw failure(.keyword(name, mustBe: "a number"), place) }
    if isPositive {
      let scan = NumberLiteral.scan(index.tape.bytes, index.tape.nodes[value].payload)
      guard !scan.isZero, !scan.isNegative else { throw failure(.keyword(name, mustBe: "a number above 0"), place) }
    }
    return Int32(value)
  }

  private mutating func scalarPlan(of place: Int) throws(SchemaError) -> Int32 {
    var plan = ScalarPlan()
    plan.minimum = try number("minimum", of: place)
    plan.maximum = try number("maximum", of: place)
    plan.exclusiveMinimum = try number("exclusiveMinimum", of: place)
    plan.exclusiveMaximum = try number("exclusiveMaximum", of: place)
    plan.multipleOf = try number("multipleOf", of: place, isPositive: true)
    plan.minLength = try count("minLength", of: place) ?? 0
    plan.maxLength = try count("maxLength", of: place) ?? .max
    if let pattern = try string("pattern", of: place) { plan.pattern = number(ofPattern: pattern) }
    let isEmpty =
      plan.minimum < 0 && plan.maximum < 0 && plan.exclusiveMinimum < 0 && plan.exclusiveMaximum < 0
      && plan.multipleOf < 0
      && plan.minLength == 0 && plan.maxLength == .max && plan.pattern < 0
    if isEmpty { return -1 }
    scalars.append(plan)
    return Int32(scalars.count - 1)
  }

  private mutating func number(ofPattern text: [UInt8]) -> Int32 {
    if let known = patternNumbers[text] { return known }
    let number = Int32(patterns.count)
    patternNumbers[text] = number
    patterns.append(SchemaPattern(text))
    return number
  }

  private mutating func objectPlan(of place: Int, _ dialect: SchemaDialect) throws(SchemaError) -> Int32 {
    var plan = ObjectPlan()
    plan.isOlder = dialect.version == .draft7
    var isEmpty = true
    var entries: [PropertyEntry] = []
    var byName: [[UInt8]: Int] = [:]
    func entry(_ name: Int) -> Int {
      let text = index.tape.payload(of: name)
      if let known = byName[text] { return known }
      entries.append(PropertyEntry(hash: quickHash(of: text), name: Int32(name)))
      byName[text] = entries.count - 1
      return entries.count - 1
    }
    var dependentNames: [Int32] = []
    var dependentSchemas: [Int32] = []
    func addDependentNames(_ name: Int, _ value: Int, _ keyword: String) throws(SchemaError) {
      for required in elements(value) {
        guard kind(required) == .string else {
          throw failure(.keyword(keyword, mustBe: "an object of lists of names"), place)
        }
        dependentNames += [Int32(entry(name)), Int32(entry(required))]
      }
    }
    if dialect.hasApplicators {
      if let value = member("properties", of: place) {
        guard kind(value) == .object else {
          throw failure(.keyword("properties", mustBe: "an object of schemas"), place)
        }
        for (name, schema) in members(value) {
          isEmpty = false
          let position = entry(name)
          entries[position].node = number(of: schema)
        }
      }
      if let value = member("patternProperties", of: place) {
        guard kind(value) == .object else {
          throw failure(.keyword("patternProperties", mustBe: "an object of schemas"), place)
        }
        let list = members(value).map { (number(ofPattern: index.tape.payload(of: $0.name)), number(of: $0.value)) }
        plan.firstPattern = Int32(lists.count)
        plan.patternCount = Int32(list.count)
        for (pattern, node) in list { lists += [pattern, node] }
        if !list.isEmpty { isEmpty = false }
      }
      if let value = member("additionalProperties", of: place) {
        plan.additional = number(of: value)
        isEmpty = false
      }
      if let value = member("propertyNames", of: place) {
        plan.names = number(of: value)
        isEmpty = false
      }
      if dialect.version == .draft2020, let value = member("dependentSchemas", of: place) {
        guard kind(value) == .object else {
          throw failure(.keyword("dependentSchemas", mustBe: "an object of schemas"), place)
        }
        for (name, schema) in members(value) { dependentSchemas += [Int32(entry(name)), number(of: schema)] }
      }
      if dialect.version == .draft7, let value = member("dependencies", of: place) {
        guard kind(value) == .object else { throw failure(.keyword("dependencies", mustBe: "an object"), place) }
        for (name, dependency) in members(value) {
          if kind(dependency) == .array {
            try addDependentNames(name, dependency, "dependencies")
          } else {
            dependentSchemas += [Int32(entry(name)), number(of: dependency)]
          }
        }
      }
    }
    if dialect.hasValidation {
      if let value = member("required", of: place) {
        guard kind(value) == .array else { throw failure(.keyword("required", mustBe: "a list of names"), place) }
        for name in elements(value) {
          guard kind(name) == .string else { throw failure(.keyword("required", mustBe: "a list of names"), place) }
          let position = entry(name)
          if !entries[position].isRequired { plan.requiredCount += 1 }
          entries[position].isRequired = true
          isEmpty = false
        }
      }
      if dialect.version == .draft2020, let value = member("dependentRequired", of: place) {
        guard kind(value) == .object else {
          throw failure(.keyword("dependentRequired", mustBe: "an object of lists of names"), place)
        }
        for (name, list) in members(value) {
          guard kind(list) == .array else {
            throw failure(.keyword("dependentRequired", mustBe: "an object of lists of names"), place)
          }
          try addDependentNames(name, list, "dependentRequired")
        }
      }
      if let least = try count("minProperties", of: place) {
        plan.minimum = least
        isEmpty = false
      }
      if let most = try count("maxProperties", of: place) {
        plan.maximum = most
        isEmpty = false
      }
    }
    if isEmpty, dependentNames.isEmpty, dependentSchemas.isEmpty { return -1 }
    plan.firstDependentName = Int32(lists.count)
    plan.dependentNameCount = Int32(dependentNames.count / 2)
    lists += dependentNames
    plan.firstDependentSchema = Int32(lists.count)
    plan.dependentSchemaCount = Int32(dependentSchemas.count / 2)
    lists += dependentSchemas
    plan.firstProperty = Int32(properties.count)
    plan.propertyCount = Int32(entries.count)
    properties += entries
    addTable(of: entries, to: &plan)
    objects.append(plan)
    return Int32(objects.count - 1)
  }

  /// A table of the entries' places by hash, open and at most half full, where there are more than a few.
  private mutating func addTable(of entries: [PropertyEntry], to plan: inout ObjectPlan) {
    guard entries.count > 8 else { return }
    var size = 16
    while size < entries.count * 2 { size *= 2 }
    var table = [Int32](repeating: -1, count: size)
    for (position, entry) in entries.enumerated() {
      var slot = Int(entry.hash) & (size - 1)
      while table[slot] >= 0 { slot = (slot + 1) & (size - 1) }
      table[slot] = Int32(position)
    }
    plan.table = Int32(lists.count)
    plan.tableMask = UInt32(size - 1)
    lists += table
  }

  private mutating func arrayPlan(of place: Int, _ dialect: SchemaDialect) throws(SchemaError) -> Int32 {
    var plan = ArrayPlan()
    plan.isOlder = dialect.version == .draft7
    var isEmpty = true
    if dialect.hasApplicators {
      let items = member("items", of: place)
      var prefix: Int?
      if dialect.version == .draft2020 {
        prefix = member("prefixItems", of: place)
        if let items {
          if kind(items) == .array {
            throw failure(.keyword("items", mustBe: "a schema; a list of them is \"prefixItems\""), place)
          }
          plan.items = number(of: items)
          isEmpty = false
        }
      } else if let items {
        if kind(items) == .array {
          prefix = items
          if let additional = member("additionalItems", of: place) { plan.items = number(of: additional) }
        } else {
          plan.items = number(of: items)
        }
        isEmpty = false
      }
      if let prefix {
        guard kind(prefix) == .array else {
          throw failure(.keyword("prefixItems", mustBe: "an array of schemas"), place)
        }
        let schemas = elements(prefix).map { number(of: $0) }
        plan.firstPrefix = Int32(lists.count)
        plan.prefixCount = Int32(schemas.count)
        lists += schemas
        isEmpty = false
      }
      if let contains = member("contains", of: place) {
        plan.contains = number(of: contains)
        isEmpty = false
        if dialect.version == .draft2020, dialect.hasValidation {
          plan.minimumContains = try count("minContains", of: place) ?? 1
          plan.maximumContains = try count("maxContains", of: place) ?? .max
        }
      }
    }
    if dialect.hasValidation {
      if let least = try count("minItems", of: place) {
        plan.minimum = least
        isEmpty = false
      }
      if let most = try count("maxItems", of: place) {
        plan.maximum = most
        isEmpty = false
      }
      if let unique = member("uniqueItems", of: place) {
        guard kind(unique) == .true_ || kind(unique) == .false_ else {
          throw failure(.keyword("uniqueItems", mustBe: "true or false"), place)
        }
        plan.isUnique = kind(unique) == .true_
        if plan.isUnique { isEmpty = false }
      }
    }
    if isEmpty { return -1 }
    arrays.append(plan)
    return Int32(arrays.count - 1)
  }
}
