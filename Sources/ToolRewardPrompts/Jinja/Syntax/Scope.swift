/// Where a variable lives: in a slot of the frame so many activations up.
struct VariablePlace {
  /// An activation's own number; the distance is counted when a name is resolved.
  let activation: Activation
  let slot: Int
}

/// What is run at once with one frame: the template, a macro's body, a recursive loop's body.
final class Activation {
  let parent: Activation?
  private(set) var size = 0

  init(parent: Activation?) { self.parent = parent }

  func newSlot() -> Int {
    size += 1
    return size - 1
  }

  /// How many frames up another activation is.
  func distance(to other: Activation) -> Int {
    var distance = 0
    var current = self
    while current !== other, let parent = current.parent {
      current = parent
      distance += 1
    }
    return distance
  }
}

/// How a variable starts when its scope is entered.
enum VariableLoad {
  /// It is given, as a macro's argument or a loop's target.
  case parameter
  /// It is what the context has under that name.
  case resolve(Int)
  /// It is what the variable of the scope around has.
  case alias(VariablePlace)
  /// It has no value yet.
  case undefined
}

/// The names that the template takes from its context, numbered.
final class GlobalNames {
  /// Where the template's constants are.
  let heap: ValueHeap
  private(set) var names: [[UInt8]] = []
  private var numbers: [[UInt8]: Int] = [:]

  init(_ heap: ValueHeap) { self.heap = heap }

  func number(_ name: [UInt8]) -> Int {
    if let number = numbers[name] { return number }
    numbers[name] = names.count
    names.append(name)
    return names.count - 1
  }
}

/// The names of one scope, by Jinja's rules of what a scope sees (jinja2/idtracking): a name that is set anywhere in a scope is that scope's own
/// from its start, where it has the value of the scope around.
final class Scope {
  let parent: Scope?
  let activation: Activation
  let globals: GlobalNames
  /// In order, so that compiling is the same each time.
  private var order: [[UInt8]] = []
  private var places: [[UInt8]: VariablePlace] = [:]
  private var loads: [[UInt8]: VariableLoad] = [:]
  private var stores: Set<[UInt8]> = []
  /// Whether what is resolved is in a branch, where an unknown filter is an error only if it is reached.
  var isSoft = false

  init(parent: Scope?, activation: Activation, globals: GlobalNames) {
    self.parent = parent
    self.activation = activation
    self.globals = globals
  }

  /// A scope inside this one, in the same activation.
  func inner() -> Scope { Scope(parent: self, activation: activation, globals: globals) }

  /// A scope inside this one with a frame of its own.
  func innerActivation() -> Scope { Scope(parent: self, activation: Activation(parent: activation), globals: globals) }

  func find(_ name: [UInt8]) -> VariablePlace? { places[name] ?? parent?.find(name) }

  private func define(_ name: [UInt8], _ load: VariableLoad) {
    if places[name] == nil {
      places[name] = VariablePlace(activation: activation, slot: activation.newSlot())
      order.append(name)
    }
    loads[name] = load
  }

  func load(_ name: [UInt8]) {
    if find(name) == nil { define(name, .resolve(globals.number(name))) }
  }

  func store(_ name: [UInt8]) {
    stores.insert(name)
    guard places[name] == nil else { return }
    if let outer = parent?.find(name) { define(name, .alias(outer)) } else { define(name, .undefined) }
  }

  func declareParameter(_ name: [UInt8]) {
    stores.insert(name)
    define(name, .parameter)
  }

  /// Analyses branches of which one at most is run: what only some of them set starts with the value from outside.
  func branches(_ bodies: [(Scope) -> Void]) {
    var counts: [(name: [UInt8], count: Int)] = []
    let before = (order: order, places: places, loads: loads, stores: stores)
    var after = before
    for body in bodies {
      (order, places, loads, stores) = before
      body(self)
      for name in order where stores.contains(name) && !before.stores.contains(name) {
        if let place = counts.firstIndex(where: { $0.name == name }) {
          counts[place].count += 1
        } else {
          counts.append((name, 1))
        }
      }
      // A later branch's slot for a name of an earlier one is given up: they are one variable.
      for name in order where after.places[name] == nil { after.order.append(name) }
      after.places.merge(places) { first, _ in first }
      for (name, load) in loads { after.loads[name] = load }
      after.stores.formUnion(stores)
    }
    (order, places, loads, stores) = after
    for (name, count) in counts where count < bodies.count {
      if let outer = parent?.find(name) {
        loads[name] = .alias(outer)
      } else {
        loads[name] = .resolve(globals.number(name))
      }
    }
  }

  /// How the scope's variables start, but for those that are given.
  func entry() -> ScopeEntry {
    var steps: [ScopeEntry.Step] = []
    for name in order {
      guard let place = places[name], let load = loads[name] else { continue }
      switch load {
      case .parameter: break
      case .undefined: steps.append(ScopeEntry.Step(slot: place.slot, source: .missing))
      case .resolve(let number): steps.append(ScopeEntry.Step(slot: place.slot, source: .global(number)))
      case .alias(let outer):
        steps.append(
          ScopeEntry.Step(
            slot: place.slot, source: .variable(distance: activation.distance(to: outer.activation), outer.slot)))
      }
    }
    return ScopeEntry(
      steps: HeapArray(steps, globals.heap), slots: HeapArray(order.compactMap { places[$0]?.slot }, globals.heap))
  }
}

/// What happens to the variables where a scope is entered and left.
struct ScopeEntry: BitwiseCopyable {
  struct Step: BitwiseCopyable {
    enum Source: BitwiseCopyable {
      case missing
      case global(Int)
      case variable(distance: Int, Int)
    }
    let slot: Int
    let source: Source
  }

  let steps: HeapArray<Step>
  let slots: HeapArray<Int>

  static var none: ScopeEntry { ScopeEntry(steps: HeapArray(), slots: HeapArray()) }

  @inline(__always)
  func enter(_ state: inout RenderState) {
    for step in steps {
      switch step.source {
      case .missing: state.frame[step.slot] = .missing
      case .global(let number): state.frame[step.slot] = state.globals[number]
      case .variable(let distance, let slot): state.frame[step.slot] = state.frame.up(distance)[slot]
      }
    }
  }

  @inline(__always)
  func leave(_ state: inout RenderState) {
    for slot in slots { state.frame[slot] = .missing }
  }
}
