/// What a subschema says of an instance. What a pattern beyond what is read, or a limit, leaves open is unknown: never silently one or the
/// other.
enum SchemaOutcome: Sendable {
  case valid, invalid, unknown

  /// Both must hold: one that fails decides, whatever the other.
  static func & (left: SchemaOutcome, right: SchemaOutcome) -> SchemaOutcome {
    if left == .invalid || right == .invalid { return .invalid }
    return left == .unknown || right == .unknown ? .unknown : .valid
  }
}

/// Whether an evaluation notes what fails, and whether it stops at the first failure. A type, so that the compiler makes programs of their own
/// from one text.
protocol EvaluationMode {
  static var explains: Bool { get }
  static var stopsEarly: Bool { get }
}
enum YesOrNo: EvaluationMode {
  static var explains: Bool { false }
  static var stopsEarly: Bool { true }
}
enum Explaining: EvaluationMode {
  static var explains: Bool { true }
  static var stopsEarly: Bool { false }
}
/// Goes the way of ``YesOrNo`` and notes what it fails by.
enum FirstFailure: EvaluationMode {
  static var explains: Bool { true }
  static var stopsEarly: Bool { true }
}

/// Walks a program and an instance together.
@safe
struct SchemaEvaluator<Mode: EvaluationMode>: ~Copyable, ~Escapable {
  /// The program, which whoever began the evaluation holds: asking for it counts a reference, so that only the rare ways do.
  private let owner: Unmanaged<SchemaProgram>
  private var program: SchemaProgram { unsafe owner.takeUnretainedValue() }
  private let root: Int32
  private let usesDynamicScope: Bool
  private let nodes: Span<SchemaNode>
  private let operations: Span<SchemaOperation>
  private let objects: Span<ObjectPlan>
  private let arrays: Span<ArrayPlan>
  private let scalars: Span<ScalarPlan>
  private let properties: Span<PropertyEntry>
  private let lists: Span<Int32>
  private let schema: TapeView
  private let instance: TapeView
  /// The resources entered, outermost first; empty if no reference asks.
  private var scopes: [Int32] = []
  /// The members or elements that were evaluated, one set for each place that asks.
  private var sets: [EvaluatedSet] = []
  private var depth = 0
  private var stepsLeft: Int
  /// Why the evaluation could not be carried through, if so.
  private(set) var limit: SchemaVerdict.Reason?
  /// The way to the subschema under way, and what failed; both for ``Explaining`` alone.
  private var steps: [SchemaStep] = []
  private(set) var failures: [SchemaFailure] = []

  /// What a thread with half a megabyte of stack can hold, twice over.
  static var depthLimit: Int { 320 }
  /// Explaining goes on where asking stops.
  static var stepLimit: Int { Mode.stopsEarly ? 1 << 19 : 1 << 20 }
  static var failureLimit: Int { 256 }

  struct EvaluatedSet {
    var words: [UInt64] = []
    /// Whether something that is unknown may have evaluated more.
    var isUncertain = false

    mutating func insert(_ position: Int) {
      while words.count <= position / 64 { words.append(0) }
      words[position / 64] |= 1 << UInt64(position % 64)
    }

    func contains(_ position: Int) -> Bool {
      position / 64 < words.count && words[position / 64] >> UInt64(position % 64) & 1 == 1
    }

    mutating func formUnion(_ other: EvaluatedSet) {
      while words.count < other.words.count { words.append(0) }
      for (index, word) in other.words.enumerated() { words[index] |= word }
      isUncertain = isUncertain || other.isUncertain
    }
  }

  @_lifetime(borrow program, borrow tape)
  init(_ program: borrowing SchemaProgram, _ tape: borrowing ValueTape, steps: Int = Self.stepLimit) {
    // The program's lists stay where they are for as long as it lives.
    nodes = unsafe _overrideLifetime(Span(_unsafeElements: program.nodes.elements), borrowing: program)
    operations = unsafe _overrideLifetime(Span(_unsafeElements: program.operations.elements), borrowing: program)
    objects = unsafe _overrideLifetime(Span(_unsafeElements: program.objects.elements), borrowing: program)
    arrays = unsafe _overrideLifetime(Span(_unsafeElements: program.arrays.elements), borrowing: program)
    scalars = unsafe _overrideLifetime(Span(_unsafeElements: program.scalars.elements), borrowing: program)
    properties = unsafe _overrideLifetime(Span(_unsafeElements: program.properties.elements), borrowing: program)
    lists = unsafe _overrideLifetime(Span(_unsafeElements: program.lists.elements), borrowing: program)
    schema = unsafe program.tape.view(borrowing: program)
    instance = tape.view
    unsafe owner = .passUnretained(copy program)
    root = program.root
    usesDynamicScope = program.usesDynamicScope
    stepsLeft = steps + instance.nodes.count * 16
  }

  /// Evaluates the whole schema.
  mutating func run(_ index: Int) -> SchemaOutcome { evaluate(root, index, -1) }

  /// Evaluates one subschema.
  mutating func run(_ node: Int32, _ index: Int) -> SchemaOutcome { evaluate(node, index, -1) }

  // MARK: One subschema

  private mutating func evaluate(_ number: Int32, _ index: Int, _ tracker: Int) -> SchemaOutcome {
    let node = nodes[Int(number)]
    var outcome = SchemaOutcome.valid
    let kind = instance.nodes[index].kind
    // NaN and the infinities, which Python's reader takes, are values of no type.
    let isNonFinite = kind == .number && instance.nodes[index].flags.contains(.nonFinite)
    if isNonFinite ? node.types != .all : !node.types.contains(TypeMask(kind)) {
      let isWhole =
        kind == .number && !isNonFinite && node.types.contains(.integer)
        && NumberLiteral.isWhole(instance.bytes, instance.nodes[index].payload)
      if !isWhole {
        fail(node.flags.contains(.isFalse) ? .falseSchema : .type, number, index)
        if Mode.stopsEarly { return .invalid }
        outcome = .invalid
      }
    }
    if node.flags.contains(.typesOnly) { return outcome }
    guard enter() else {
      if tracker >= 0 { sets[tracker].isUncertain = true }
      return .unknown
    }
    defer { depth -= 1 }
    let entersScope = usesDynamicScope && scopes.last != node.resource
    if entersScope { scopes.append(node.resource) }
    defer { if entersScope { scopes.removeLast() } }
    // What this schema's own unevaluated… keywords ask for is theirs; what it adds is told to the one around it afterwards.
    let own = node.flags.contains(.tracks) ? sets.count : tracker
    if own == sets.count { sets.append(EvaluatedSet()) }
    defer { if own != tracker { sets.removeLast(sets.count - own) } }
    switch kind {
    case .object:
      if node.object >= 0 { outcome = outcome & evaluateObject(objects[Int(node.object)], number, index, own) }
    case .array:
      if node.array >= 0 { outcome = outcome & evaluateArray(arrays[Int(node.array)], number, index, own) }
    case .number:
      if node.scalar >= 0 { outcome = outcome & evaluateNumber(scalars[Int(node.scalar)], number, index) }
    case .string, .name:
      if node.scalar >= 0 { outcome = outcome & evaluateString(scalars[Int(node.scalar)], number, index) }
    default: break
    }
    var operation = Int(node.firstOperation)
    let end = operation + Int(node.operationCount)
    while operation < end {
      if outcome == .invalid, Mode.stopsEarly { return .invalid }
      outcome = outcome & perform(operations[operation], number, index, own)
      operation += 1
    }
    if node.flags.contains(.tracks) {
      if outcome == .invalid, Mode.stopsEarly { return .invalid }
      outcome = outcome & evaluateUnevaluated(node, number, index, own)
      if tracker >= 0, outcome != .invalid {
        let added = sets[own]
        sets[tracker].formUnion(added)
      }
    }
    if outcome == .unknown, tracker >= 0 { sets[tracker].isUncertain = true }
    return outcome
  }

  /// Counts a step. False beyond the limits.
  private mutating func enter() -> Bool {
    depth += 1
    stepsLeft -= 1
    if depth <= Self.depthLimit, stepsLeft > 0 { return true }
    // What else there is to evaluate may still decide; it ends with the steps.
    if limit == nil { limit = stepsLeft > 0 ? .depth : .steps }
    depth -= 1
    return false
  }

  private mutating func undecided(_ pattern: Int32) -> SchemaOutcome {
    if patternNotDecided == nil { patternNotDecided = pattern }
    return .unknown
  }

  /// The first pattern that was not decided.
  private(set) var patternNotDecided: Int32?

  // MARK: Explaining

  @inline(__always)
  private mutating func fail(_ keyword: SchemaStep.Keyword, _ node: Int32, _ index: Int, _ detail: Int32 = -1) {
    guard Mode.explains, failures.count < Self.failureLimit else { return }
    failures.append(SchemaFailure(keyword: keyword, node: node, instance: Int32(index), detail: detail, steps: steps))
  }

  @inline(__always)
  private mutating func descend(
    _ keyword: SchemaStep.Keyword, _ operand: Int32, _ node: Int32, _ index: Int, _ tracker: Int
  ) -> SchemaOutcome {
    if !Mode.explains { return evaluate(node, index, tracker) }
    steps.append(SchemaStep(keyword: keyword, operand: operand))
    defer { steps.removeLast() }
    return evaluate(node, index, tracker)
  }

  /// Forgets the failures since a point: those of a branch that turned out not to matter.
  @inline(__always)
  private mutating func forgetFailures(since count: Int) {
    if Mode.explains { failures.removeLast(failures.count - count) }
  }

  // MARK: Objects

  private mutating func evaluateObject(_ plan: ObjectPlan, _ number: Int32, _ index: Int, _ tracker: Int)
    -> SchemaOutcome
  {
    var outcome = SchemaOutcome.valid
    let object = instance.nodes[index]
    if object.flags.contains(.duplicateNames) { return evaluateRepeating(plan, number, index, tracker) }
    var required = plan.requiredCount
    var name = index + 1
    let end = Int(object.next)
    var position = 0
    while name < end {
      outcome = outcome & evaluateMember(plan, number, name, name + 1, position, tracker, &required)
      if outcome == .invalid, Mode.stopsEarly { return .invalid }
      name = instance.after(name + 1)
      position += 1
    }
    return outcome & finishObject(plan, number, index, Int(object.count), required, tracker)
  }

  /// With repeated names the last value counts, as for every reader of JSON that keeps one.
  private mutating func evaluateRepeating(_ plan: ObjectPlan, _ number: Int32, _ index: Int, _ tracker: Int)
    -> SchemaOutcome
  {
    var outcome = SchemaOutcome.valid
    var required = plan.requiredCount
    let members = ObjectMembers.distinct(of: index, in: instance)
    for (position, member) in members.enumerated() {
      outcome = outcome & evaluateMember(plan, number, member.name, member.value, position, tracker, &required)
      if outcome == .invalid, Mode.stopsEarly { return .invalid }
    }
    return outcome & finishObject(plan, number, index, members.count, required, tracker)
  }

  /// Which of the plan's entries a name is; −1 for none.
  @inline(__always)
  private func entry(_ plan: ObjectPlan, _ name: Int) -> Int {
    let node = instance.nodes[name]
    if plan.table >= 0 {
      var slot = Int(node.next & plan.tableMask)
      while true {
        let position = lists[Int(plan.table) + slot]
        if position < 0 { return -1 }
        let place = Int(plan.firstProperty + position)
        if properties[place].hash == node.next, isSameName(place, node) { return place }
        slot = (slot + 1) & Int(plan.tableMask)
      }
    }
    var place = Int(plan.firstProperty)
    let end = place + Int(plan.propertyCount)
    while place < end {
      if properties[place].hash == node.next, isSameName(place, node) { return place }
      place += 1
    }
    return -1
  }

  @inline(__always)
  private func isSameName(_ place: Int, _ node: TapeNode) -> Bool {
    ByteSearch.equal(schema.bytes, schema.nodes[Int(properties[place].name)].payload, instance.bytes, node.payload)
  }

  private mutating func evaluateMember(
    _ plan: ObjectPlan, _ number: Int32, _ name: Int, _ value: Int, _ position: Int, _ tracker: Int,
    _ required: inout Int32
  ) -> SchemaOutcome {
    var outcome = SchemaOutcome.valid
    var isKnown = false
    var isUnsure = false
    let entry = entry(plan, name)
    if entry >= 0 {
      if properties[entry].isRequired { required -= 1 }
      let node = properties[entry].node
      if node >= 0 {
        isKnown = true
        outcome = descend(.properties, properties[entry].name, node, value, -1)
        if outcome == .invalid, Mode.stopsEarly { return .invalid }
      }
    }
    if plan.patternCount > 0 {
      stepsLeft -= Int(plan.patternCount)
      if stepsLeft < 0 {
        if limit == nil { limit = .steps }
        return .unknown
      }
      for pair in 0..<Int(plan.patternCount) {
        let pattern = lists[Int(plan.firstPattern) + pair * 2]
        switch program.patterns[Int(pattern)].matches(instance.bytes, instance.nodes[name].payload) {
        case true?:
          isKnown = true
          outcome =
            outcome & descend(.patternProperties, pattern, lists[Int(plan.firstPattern) + pair * 2 + 1], value, -1)
        case false?: break
        case nil:
          isUnsure = true
          outcome = outcome & undecided(pattern)
        }
        if outcome == .invalid, Mode.stopsEarly { return .invalid }
      }
    }
    if !isKnown, plan.additional >= 0 {
      isKnown = true
      let count = failures.count
      let additional = descend(.additionalProperties, -1, plan.additional, value, -1)
      if isUnsure, additional == .invalid {
        forgetFailures(since: count)
        outcome = outcome & .unknown
      } else {
        outcome = outcome & additional
      }
    }
    if plan.names >= 0 { outcome = outcome & descend(.propertyNames, -1, plan.names, name, -1) }
    if tracker >= 0 {
      if isKnown { sets[tracker].insert(position) } else if isUnsure { sets[tracker].isUncertain = true }
    }
    return outcome
  }

  private mutating func finishObject(
    _ plan: ObjectPlan, _ number: Int32, _ index: Int, _ count: Int, _ required: Int32, _ tracker: Int
  ) -> SchemaOutcome {
    var outcome = SchemaOutcome.valid
    if count < plan.minimum {
      fail(.minProperties, number, index)
      outcome = .invalid
    }
    if count > plan.maximum {
      fail(.maxProperties, number, index)
      outcome = .invalid
    }
    if required > 0 {
      if !Mode.explains { return .invalid }
      outcome = .invalid
      for place in Int(plan.firstProperty)..<Int(plan.firstProperty + plan.propertyCount)
      where properties[place].isRequired {
        if !hasMember(index, place) { fail(.required, number, index, properties[place].name) }
      }
    }
    for pair in 0..<Int(plan.dependentNameCount) {
      let place = Int(plan.firstDependentName) + pair * 2
      let (given, needed) = (Int(plan.firstProperty + lists[place]), Int(plan.firstProperty + lists[place + 1]))
      if hasMember(index, given), !hasMember(index, needed) {
        fail(plan.isOlder ? .dependencies : .dependentRequired, number, index, properties[needed].name)
        if Mode.stopsEarly { return .invalid }
        outcome = .invalid
      }
    }
    for pair in 0..<Int(plan.dependentSchemaCount) {
      let place = Int(plan.firstDependentSchema) + pair * 2
      let given = Int(plan.firstProperty + lists[place])
      if hasMember(index, given) {
        outcome =
          outcome
          & descend(
            plan.isOlder ? .dependencies : .dependentSchemas, properties[given].name, lists[place + 1], index, tracker)
        if outcome == .invalid, Mode.stopsEarly { return .invalid }
      }
    }
    return outcome
  }

  private mutating func hasMember(_ index: Int, _ place: Int) -> Bool {
    stepsLeft -= Int(instance.nodes[index].count) / 16
    var name = index + 1
    let end = Int(instance.nodes[index].next)
    while name < end {
      if properties[place].hash == instance.nodes[name].next, isSameName(place, instance.nodes[name]) { return true }
      name = instance.after(name + 1)
    }
    return false
  }

  // MARK: Arrays

  private mutating func evaluateArray(_ plan: ArrayPlan, _ number: Int32, _ index: Int, _ tracker: Int) -> SchemaOutcome
  {
    var outcome = SchemaOutcome.valid
    let array = instance.nodes[index]
    if Int(array.count) < plan.minimum {
      fail(.minItems, number, index)
      outcome = .invalid
    }
    if Int(array.count) > plan.maximum {
      fail(.maxItems, number, index)
      outcome = .invalid
    }
    var element = index + 1
    let end = Int(array.next)
    var position = 0
    var found = 0
    var mayBeFound = 0
    while element < end {
      if outcome == .invalid, Mode.stopsEarly { return .invalid }
      var isEvaluated = false
      if position < Int(plan.prefixCount) {
        outcome =
          outcome
          & descend(
            plan.isOlder ? .itemAt : .prefixItems, Int32(position), lists[Int(plan.firstPrefix) + position], element, -1
          )
        isEvaluated = true
      } else if plan.items >= 0 {
        outcome =
          outcome
          & descend(plan.isOlder && plan.prefixCount > 0 ? .additionalItems : .items, -1, plan.items, element, -1)
        isEvaluated = true
      }
      if plan.contains >= 0 {
        let count = failures.count
        switch descend(.contains, -1, plan.contains, element, -1) {
        case .valid:
          found += 1
          if !plan.isOlder { isEvaluated = true }
        case .unknown:
          mayBeFound += 1
          if tracker >= 0, !isEvaluated { sets[tracker].isUncertain = true }
        case .invalid: break
        }
        forgetFailures(since: count)
      }
      if tracker >= 0, isEvaluated { sets[tracker].insert(position) }
      element = instance.after(element)
      position += 1
    }
    if plan.contains >= 0 {
      if found + mayBeFound < plan.minimumContains {
        fail(.contains, number, index, Int32(clamping: found))
        outcome = .invalid
      } else if found > plan.maximumContains {
        fail(.maxContains, number, index, Int32(clamping: found))
        outcome = .invalid
      } else if mayBeFound > 0, found < plan.minimumContains || found + mayBeFound > plan.maximumContains {
        outcome = outcome & .unknown
      }
    }
    if plan.isUnique, outcome != .invalid || Mode.explains, hasRepeatedElement(index) {
      fail(.uniqueItems, number, index)
      outcome = .invalid
    }
    return outcome
  }

  private mutating func hasRepeatedElement(_ index: Int) -> Bool {
    stepsLeft -= Int(instance.nodes[index].count)
    var elements: [Int] = []
    elements.reserveCapacity(Int(instance.nodes[index].count))
    var element = index + 1
    let end = Int(instance.nodes[index].next)
    while element < end {
      elements.append(element)
      element = instance.after(element)
    }
    let policy = EqualityPolicy.numeric
    if elements.count <= 16 {
      for right in elements.indices.dropFirst() {
        for left in 0..<right where policy.areEqual(instance, elements[left], instance, elements[right]) {
          return true
        }
      }
      return false
    }
    let hashed = elements.map { (policy.hash(instance, $0), $0) }.sorted { $0.0 < $1.0 }
    var start = 0
    while start < hashed.count {
      var end = start + 1
      while end < hashed.count, hashed[end].0 == hashed[start].0 {
        // Values of one hash are the same but for chance: the first pair decides nearly always.
        for other in start..<end where policy.areEqual(instance, hashed[other].1, instance, hashed[end].1) {
          return true
        }
        end += 1
      }
      start = end
    }
    return false
  }

  // MARK: Numbers and strings

  private mutating func evaluateNumber(_ plan: ScalarPlan, _ number: Int32, _ index: Int) -> SchemaOutcome {
    var outcome = SchemaOutcome.valid
    if instance.nodes[index].flags.contains(.nonFinite) {
      guard plan.assertsNumbers else { return .valid }
      fail(.type, number, index)
      return .invalid
    }
    if plan.minimum >= 0, order(index, plan.minimum) < 0 {
      fail(.minimum, number, index)
      outcome = .invalid
    }
    if plan.maximum >= 0, order(index, plan.maximum) > 0 {
      fail(.maximum, number, index)
      outcome = .invalid
    }
    if plan.exclusiveMinimum >= 0, order(index, plan.exclusiveMinimum) <= 0 {
      fail(.exclusiveMinimum, number, index)
      outcome = .invalid
    }
    if plan.exclusiveMaximum >= 0, order(index, plan.exclusiveMaximum) >= 0 {
      fail(.exclusiveMaximum, number, index)
      outcome = .invalid
    }
    if plan.multipleOf >= 0 {
      let divisor = schema.nodes[Int(plan.multipleOf)].payload
      switch NumberLiteral.isMultiple(instance.bytes, instance.nodes[index].payload, of: schema.bytes, divisor) {
      case true?: break
      case false?:
        fail(.multipleOf, number, index)
        outcome = .invalid
      case nil:
        if limit == nil { limit = .number }
        outcome = outcome & .unknown
      }
    }
    return outcome
  }

  /// The order of an instance's number and a bound.
  @inline(__always)
  private func order(_ index: Int, _ bound: Int32) -> Int {
    let a = instance.nodes[index].payload
    let b = schema.nodes[Int(bound)].payload
    if let x = NumberLiteral.smallInteger(instance.bytes, a), let y = NumberLiteral.smallInteger(schema.bytes, b) {
      return x < y ? -1 : x > y ? 1 : 0
    }
    return NumberLiteral.compare(instance.bytes, a, schema.bytes, b)
  }

  private mutating func evaluateString(_ plan: ScalarPlan, _ number: Int32, _ index: Int) -> SchemaOutcome {
    var outcome = SchemaOutcome.valid
    let range = instance.nodes[index].payload
    if plan.minLength > 0 || plan.maxLength < .max {
      // Code points: bytes that are no continuation.
      var length = 0
      if range.count >= plan.minLength || range.count > plan.maxLength {
        for position in range where instance.bytes[position] & 0xC0 != 0x80 { length += 1 }
      } else {
        length = range.count
      }
      if length < plan.minLength {
        fail(.minLength, number, index)
        outcome = .invalid
      }
      if length > plan.maxLength {
        fail(.maxLength, number, index)
        outcome = .invalid
      }
    }
    if plan.pattern >= 0 {
      switch program.patterns[Int(plan.pattern)].matches(instance.bytes, range) {
      case true?: break
      case false?:
        fail(.pattern, number, index)
        outcome = .invalid
      case nil: outcome = outcome & undecided(plan.pattern)
      }
    }
    return outcome
  }

  // MARK: In place

  private mutating func perform(_ operation: SchemaOperation, _ number: Int32, _ index: Int, _ tracker: Int)
    -> SchemaOutcome
  {
    switch operation {
    case .reference(let node): return descend(.reference, -1, node, index, tracker)
    case .dynamicReference(let node, let anchor):
      stepsLeft -= scopes.count * program.dynamicAnchors.count / 16
      for scope in scopes {
        if let found = program.dynamicAnchors.first(where: { $0.resource == scope && $0.anchor == anchor }) {
          return descend(.dynamicReference, -1, found.node, index, tracker)
        }
      }
      return descend(.dynamicReference, -1, node, index, tracker)
    case .allOf(let first, let count):
      var outcome = SchemaOutcome.valid
      for position in 0..<count {
        outcome = outcome & descend(.allOf, position, lists[Int(first + position)], index, tracker)
        if outcome == .invalid, Mode.stopsEarly { return .invalid }
      }
      return outcome
    case .anyOf(let first, let count): return anyOf(first, count, number, index, tracker)
    case .oneOf(let first, let count): return oneOf(first, count, number, index, tracker)
    case .not(let node):
      let before = failures.count
      let outcome = branch(.not, -1, node, index, -1)
      forgetFailures(since: before)
      switch outcome {
      case .valid:
        fail(.not, number, index)
        return .invalid
      case .invalid: return .valid
      case .unknown: return .unknown
      }
    case .condition(let condition, let then, let otherwise):
      let before = failures.count
      let outcome = branch(.if, -1, condition, index, tracker)
      forgetFailures(since: before)
      switch outcome {
      case .valid: return then < 0 ? .valid : descend(.then, -1, then, index, tracker)
      case .invalid: return otherwise < 0 ? .valid : descend(.else, -1, otherwise, index, tracker)
      case .unknown:
        // Both ways may hold: only if they agree is it known.
        let one = then < 0 ? SchemaOutcome.valid : branch(.then, -1, then, index, tracker)
        let other = otherwise < 0 ? SchemaOutcome.valid : branch(.else, -1, otherwise, index, tracker)
        if tracker >= 0 { sets[tracker].isUncertain = true }
        if one == other { return one }
        forgetFailures(since: before)
        return .unknown
      }
    case .enumeration(let first, let count):
      stepsLeft -= Int(count) / 16
      for position in first..<(first + count) where isSame(index, Int(lists[Int(position)])) { return .valid }
      fail(.enum, number, index)
      return .invalid
    case .constant(let value):
      if isSame(index, Int(value)) { return .valid }
      fail(.const, number, index)
      return .invalid
    }
  }

  /// Evaluates a branch whose failure is no failure of the whole: what it evaluated counts only if it holds.
  private mutating func branch(
    _ keyword: SchemaStep.Keyword, _ operand: Int32, _ node: Int32, _ index: Int, _ tracker: Int
  ) -> SchemaOutcome {
    guard tracker >= 0 else { return descend(keyword, operand, node, index, -1) }
    sets.append(EvaluatedSet())
    let own = sets.count - 1
    let outcome = descend(keyword, operand, node, index, own)
    let added = sets[own]
    sets.removeLast(sets.count - own)
    if outcome == .valid { sets[tracker].formUnion(added) }
    if outcome == .unknown { sets[tracker].isUncertain = true }
    return outcome
  }

  private mutating func anyOf(_ first: Int32, _ count: Int32, _ number: Int32, _ index: Int, _ tracker: Int)
    -> SchemaOutcome
  {
    let before = failures.count
    var isUnknown = false
    var isValid = false
    for position in 0..<count {
      switch branch(.anyOf, position, lists[Int(first + position)], index, tracker) {
      case .valid:
        isValid = true
        if tracker < 0 {
          forgetFailures(since: before)
          return .valid
        }
      case .unknown: isUnknown = true
      case .invalid: break
      }
    }
    if isValid || isUnknown {
      forgetFailures(since: before)
      return isValid ? .valid : .unknown
    }
    failBranches(.anyOf, number, index, since: before)
    return .invalid
  }

  private mutating func oneOf(_ first: Int32, _ count: Int32, _ number: Int32, _ index: Int, _ tracker: Int)
    -> SchemaOutcome
  {
    let before = failures.count
    var valid: Int32 = 0
    var unknown = 0
    for position in 0..<count {
      switch branch(.oneOf, position, lists[Int(first + position)], index, tracker) {
      case .valid: valid += 1
      case .unknown: unknown += 1
      case .invalid: break
      }
      if valid > 1, Mode.stopsEarly { break }
    }
    if valid > 1 {
      forgetFailures(since: before)
      fail(.oneOf, number, index, valid)
      return .invalid
    }
    if unknown > 0 || valid == 1 {
      forgetFailures(since: before)
      return unknown > 0 ? .unknown : .valid
    }
    failBranches(.oneOf, number, index, since: before)
    return .invalid
  }

  /// Tells of a choice none of whose branches holds: the choice itself first, then what failed in the branches.
  private mutating func failBranches(_ keyword: SchemaStep.Keyword, _ number: Int32, _ index: Int, since before: Int) {
    guard Mode.explains else { return }
    let branches = Array(failures[before...])
    forgetFailures(since: before)
    fail(keyword, number, index, 0)
    failures += branches.prefix(max(0, Self.failureLimit - failures.count))
  }

  /// Whether the instance is a value of the schema's, compared exactly (JSON Schema 2020-12 §4.2.2).
  private func isSame(_ index: Int, _ value: Int) -> Bool {
    let node = instance.nodes[index]
    let other = schema.nodes[value]
    if other.kind == .string, node.kind == .string || node.kind == .name {
      return ByteSearch.equal(schema.bytes, other.payload, instance.bytes, node.payload)
    }
    if node.kind == .number, other.kind == .number {
      if node.flags.contains(.nonFinite) { return false }
      return NumberLiteral.compare(schema.bytes, other.payload, instance.bytes, node.payload) == 0
    }
    return EqualityPolicy.numeric.areEqual(schema, value, instance, index)
  }

  // MARK: What nothing else evaluated

  private mutating func evaluateUnevaluated(_ node: SchemaNode, _ number: Int32, _ index: Int, _ own: Int)
    -> SchemaOutcome
  {
    var outcome = SchemaOutcome.valid
    let value = instance.nodes[index]
    if value.kind == .object, node.unevaluatedProperties >= 0 {
      for (position, member) in ObjectMembers.distinct(of: index, in: instance).enumerated()
      where !sets[own].contains(position) {
        outcome =
          outcome & evaluateLeft(.unevaluatedProperties, node.unevaluatedProperties, member.value, own, position)
        if outcome == .invalid, Mode.stopsEarly { return .invalid }
      }
    }
    if value.kind == .array, node.unevaluatedItems >= 0 {
      var element = index + 1
      var position = 0
      while element < Int(value.next) {
        if !sets[own].contains(position) {
          outcome = outcome & evaluateLeft(.unevaluatedItems, node.unevaluatedItems, element, own, position)
          if outcome == .invalid, Mode.stopsEarly { return .invalid }
        }
        element = instance.after(element)
        position += 1
      }
    }
    return outcome
  }

  private mutating func evaluateLeft(
    _ keyword: SchemaStep.Keyword, _ schema: Int32, _ value: Int, _ own: Int, _ position: Int
  ) -> SchemaOutcome {
    let before = failures.count
    let outcome = descend(keyword, -1, schema, value, -1)
    sets[own].insert(position)
    guard outcome == .invalid, sets[own].isUncertain else { return outcome }
    forgetFailures(since: before)
    return .unknown
  }
}
