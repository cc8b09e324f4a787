/// What a tool's compiled schema says of its parameters: formats that write values as plain text learn from it which parameters there are
/// and what a text means.
struct ParameterTypes {
  private let program: SchemaProgram
  /// The plans of the objects that the arguments may be.
  private var plans: [ObjectPlan] = []

  /// What a parameter may be.
  struct Expectation {
    /// Its types; `integer` counts as `number` too.
    var types: TypeMask
    /// Values that `enum` and `const` name, on the schema's tape.
    var literals: [Int32] = []
    /// Whether something says so: without types, literals and the like any value will do.
    var isGiven: Bool { types != .all || !literals.isEmpty }
  }

  /// How many subschemas are looked at for one parameter; schemas that have more say nothing.
  private static let stepLimit = 256

  /// The parameters of a tool; `nil` if its definition says nothing of them.
  init?(_ tool: Toolbox.Tool) {
    guard case .success(let schema)? = tool.schema else { return nil }
    program = schema.program
    var steps = 0
    collect(program.root, &steps)
  }

  /// The object plans that hold of the arguments themselves, through references and choices.
  private mutating func collect(_ number: Int32, _ steps: inout Int) {
    steps += 1
    guard steps < Self.stepLimit else { return }
    let node = program.nodes[Int(number)]
    if node.object >= 0 { plans.append(program.objects[Int(node.object)]) }
    for next in following(node) { collect(next, &steps) }
  }

  private func following(_ node: SchemaNode) -> [Int32] {
    var list: [Int32] = []
    for place in 0..<Int(node.operationCount) {
      switch program.operations[Int(node.firstOperation) + place] {
      case .reference(let next), .dynamicReference(let next, _): list.append(next)
      case .allOf(let first, let count), .anyOf(let first, let count), .oneOf(let first, let count):
        for branch in 0..<min(Int(count), Self.stepLimit) { list.append(program.lists[Int(first) + branch]) }
      case .not, .condition, .enumeration, .constant: break
      }
    }
    return list
  }

  /// Whether the tool declares a parameter. O(1) for most schemas.
  func declares(_ text: Span<UInt8>, _ name: Range<Int>) -> Bool {
    guard let hash = hash(text, name) else { return false }
    for plan in plans where find(plan, hash, text, name) != nil { return true }
    return false
  }

  /// What a parameter may be; `nil` if nothing is said of it, by its name, a pattern or `additionalProperties`. Where the arguments are a choice
  /// of objects, what one of those says.
  func expectation(of text: Span<UInt8>, _ name: Range<Int>) -> Expectation? {
    guard let hash = hash(text, name) else { return nil }
    var steps = 0
    var found: Expectation?
    for plan in plans {
      guard let node = find(plan, hash, text, name) ?? fallback(plan, text, name), let part = expectation(node, &steps)
      else { continue }
      found =
        found.map { Expectation(types: $0.types.union(part.types), literals: $0.literals + part.literals) } ?? part
    }
    return found
  }

  private func hash(_ text: Span<UInt8>, _ name: Range<Int>) -> UInt32? {
    guard !name.isEmpty else { return nil }
    return unsafe text.extracting(name).withUnsafeBufferPointer { bytes -> UInt32? in
      guard let base = bytes.baseAddress else { return nil }
      return unsafe quickHash(base, bytes.count)
    }
  }

  /// What holds of members that `properties` does not name.
  private func fallback(_ plan: ObjectPlan, _ text: Span<UInt8>, _ name: Range<Int>) -> Int32? {
    for pair in 0..<min(Int(plan.patternCount), 16) {
      let place = Int(plan.firstPattern) + pair * 2
      if program.patterns[Int(program.lists[place])].matches(text, name) == true { return program.lists[place + 1] }
    }
    guard plan.additional >= 0, !program.nodes[Int(plan.additional)].flags.contains(.isFalse) else { return nil }
    return plan.additional
  }

  private func find(_ plan: ObjectPlan, _ hash: UInt32, _ text: Span<UInt8>, _ name: Range<Int>) -> Int32? {
    if plan.table < 0 {
      for place in Int(plan.firstProperty)..<Int(plan.firstProperty + plan.propertyCount)
      where isEntry(place, hash, text, name) {
        return program.properties[place].node
      }
      return nil
    }
    var slot = Int(hash & plan.tableMask)
    while true {
      let position = program.lists[Int(plan.table) + slot]
      if position < 0 { return nil }
      let place = Int(plan.firstProperty + position)
      if isEntry(place, hash, text, name) { return program.properties[place].node }
      slot = (slot + 1) & Int(plan.tableMask)
    }
  }

  private func isEntry(_ place: Int, _ hash: UInt32, _ text: Span<UInt8>, _ name: Range<Int>) -> Bool {
    let entry = program.properties[place]
    let tape = program.tape
    return entry.node >= 0 && entry.hash == hash
      && ByteSearch.equal(tape.bytes, tape.nodes[Int(entry.name)].payload, text, name)
  }

  /// What a subschema says; `nil` if it is being looked at already, so that a reference that leads back adds nothing.
  private func expectation(_ number: Int32, _ steps: inout Int, path: [Int32] = []) -> Expectation? {
    steps += 1
    guard steps < Self.stepLimit else { return Expectation(types: .all) }
    if path.contains(number) { return nil }
    let path = path + [number]
    let node = program.nodes[Int(number)]
    var found = Expectation(types: Self.widened(node.types))
    if found.types == .all { found.types = impliedTypes(node) }
    for place in 0..<Int(node.operationCount) {
      switch program.operations[Int(node.firstOperation) + place] {
      case .reference(let next), .dynamicReference(let next, _):
        guard let part = expectation(next, &steps, path: path) else { return nil }
        found.narrow(to: part)
      case .allOf(let first, let count):
        for branch in 0..<Int(count) where steps < Self.stepLimit {
          if let part = expectation(program.lists[Int(first) + branch], &steps, path: path) { found.narrow(to: part) }
        }
      case .anyOf(let first, let count), .oneOf(let first, let count):
        var union = Expectation(types: [])
        for branch in 0..<Int(count) {
          guard steps < Self.stepLimit else {
            union = Expectation(types: .all)
            break
          }
          guard let part = expectation(program.lists[Int(first) + branch], &steps, path: path) else { continue }
          union.types.formUnion(part.types)
          union.literals += part.literals
        }
        found.narrow(to: union)
      case .enumeration(let first, let count):
        found.narrow(to: literals((0..<min(Int(count), Self.stepLimit)).map { program.lists[Int(first) + $0] }))
      case .constant(let value): found.narrow(to: literals([value]))
      case .not, .condition: break
      }
    }
    return found
  }

  private func literals(_ list: [Int32]) -> Expectation {
    var types: TypeMask = []
    let tape = program.tape
    for index in list { types.insert(TypeMask(tape.nodes[Int(index)].kind)) }
    return Expectation(types: Self.widened(types), literals: list)
  }

  /// Types that are not said, but that alone what is said can hold of.
  private func impliedTypes(_ node: SchemaNode) -> TypeMask {
    var types: TypeMask = []
    if node.object >= 0 { types.insert(.object) }
    if node.array >= 0 { types.insert(.array) }
    if node.scalar >= 0 { types.insert(program.scalars[Int(node.scalar)].assertsNumbers ? .number : .string) }
    return types.isEmpty ? .all : types.union(.string)
  }

  private static func widened(_ types: TypeMask) -> TypeMask { types.contains(.integer) ? types.union(.number) : types }

  /// Whether a text is one of the strings that `enum` and `const` name.
  func hasLiteral(_ expectation: Expectation, text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    let tape = program.tape
    for index in expectation.literals {
      let node = tape.nodes[Int(index)]
      if node.kind == .string, ByteSearch.equal(tape.bytes, node.payload, text, range) { return true }
    }
    return false
  }
}

extension ParameterTypes.Expectation {
  /// Takes what another says as well.
  fileprivate mutating func narrow(to other: Self) {
    types = types.intersection(other.types)
    literals = literals.isEmpty ? other.literals : literals
  }
}
