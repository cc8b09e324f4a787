/// The arguments of a call.
struct CallArguments {
  var positional: [JinjaValue] = []
  var named: [(name: JinjaText, value: JinjaValue)] = []

  var isEmpty: Bool { positional.isEmpty && named.isEmpty }

  /// Takes the named argument out; `nil` if it is not given.
  mutating func take(_ name: String) -> JinjaValue? {
    guard let place = named.firstIndex(where: { $0.name.elementsEqual(name.utf8) }) else { return nil }
    return named.remove(at: place).value
  }

  /// The arguments in the order of the names; those not given are `nil`.
  ///
  /// - Throws: Where Python raises `TypeError`: one too many, one twice, one of another name, a required one missing.
  func bound(_ function: String, _ names: [String], required: Int = 0) throws(TemplateFailure) -> [JinjaValue?] {
    guard positional.count <= names.count else {
      throw TemplateFailure(.type, "\(function)() takes at most \(names.count) arguments (\(positional.count) given)")
    }
    var values: [JinjaValue?] = positional.map { $0 }
    values += [JinjaValue?](repeating: nil, count: names.count - positional.count)
    for (name, value) in named {
      guard let place = names.firstIndex(where: { name.elementsEqual($0.utf8) }), values[place] == nil else {
        throw TemplateFailure(
          .type, "\(function)() got an unexpected or repeated argument '\(String(decoding: name, as: UTF8.self))'")
      }
      values[place] = value
    }
    for place in 0..<required where values[place] == nil {
      throw TemplateFailure(.type, "\(function)() is missing its argument '\(names[place])'")
    }
    return values
  }
}

/// An object of a heap.
@safe
struct ObjectReference: BitwiseCopyable {
  enum Kind: UInt8, BitwiseCopyable { case loop, namespace, other }

  private let reference: Unmanaged<JinjaObject>
  let kind: Kind

  /// - Parameter object: Kept by a heap, as everything that a value points to.
  init(_ object: JinjaObject) {
    unsafe reference = .passUnretained(object)
    kind = object.kind
  }

  var object: JinjaObject { @inline(__always) get { unsafe reference.takeUnretainedValue() } }
  /// The object, if it is a loop.
  var loop: LoopObject? {
    @inline(__always) get { kind == .loop ? unsafe unsafeDowncast(object, to: LoopObject.self) : nil }
  }
  /// The object, if it is a namespace.
  var namespace: NamespaceObject? {
    @inline(__always) get { kind == .namespace ? unsafe unsafeDowncast(object, to: NamespaceObject.self) : nil }
  }
  /// The object, if it is one of that class.
  func cast<Class: JinjaObject>(to type: Class.Type) -> Class? { object as? Class }

  static func === (a: ObjectReference, b: ObjectReference) -> Bool { a.identity == b.identity }
  var identity: UInt { unsafe UInt(bitPattern: reference.toOpaque()) }

  var typeName: String { object.typeName }
  var isCallable: Bool { object.isCallable }
  var isIterable: Bool { object.isIterable }
  var depth: Int { object.depth }
  func attribute(_ name: JinjaText, _ state: inout RenderState) throws(TemplateFailure) -> JinjaValue? {
    try object.attribute(name, &state)
  }
  func item(_ key: JinjaValue, _ state: inout RenderState) throws(TemplateFailure) -> JinjaValue? {
    try object.item(key, &state)
  }
  func length(_ state: inout RenderState) throws(TemplateFailure) -> Int? { try object.length(&state) }
  func call(_ arguments: CallArguments, _ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    try object.call(arguments, &state)
  }
  func iterator(_ state: inout RenderState) throws(TemplateFailure) -> JinjaIterator { try object.iterator(&state) }
  func appendRepr(_ output: inout [UInt8], _ state: inout RenderState) throws(TemplateFailure) {
    try object.appendRepr(&output, &state)
  }
}

/// A value that is no data: a function, a loop, an iterator.
class JinjaObject {
  var typeName: String { "object" }
  /// What it is to those who look at it often.
  var kind: ObjectReference.Kind { .other }
  /// Whether `x is callable`.
  var isCallable: Bool { false }
  /// Whether `x is iterable`.
  var isIterable: Bool { false }
  /// How deep the values inside are nested.
  var depth: Int { 1 }

  /// The attribute of that name; `nil` if there is none.
  func attribute(_ name: JinjaText, _ state: inout RenderState) throws(TemplateFailure) -> JinjaValue? { nil }

  /// `object[key]`; `nil` if that raises `TypeError` or `LookupError`.
  func item(_ key: JinjaValue, _ state: inout RenderState) throws(TemplateFailure) -> JinjaValue? { nil }

  /// `len(object)`; `nil` if that raises `TypeError`.
  func length(_ state: inout RenderState) throws(TemplateFailure) -> Int? { nil }

  /// `object(…)`.
  func call(_ arguments: CallArguments, _ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    throw TemplateFailure(.type, "'\(typeName)' object is not callable")
  }

  /// `iter(object)`.
  func iterator(_ state: inout RenderState) throws(TemplateFailure) -> JinjaIterator {
    throw TemplateFailure(.type, "'\(typeName)' object is not iterable")
  }

  /// `repr(object)`.
  func appendRepr(_ output: inout [UInt8], _ state: inout RenderState) throws(TemplateFailure) {
    output += Array("<\(typeName) object>".utf8)
  }
}

/// An iterator, as a generator gives one: read once.
class JinjaIterator: JinjaObject {
  override var typeName: String { "generator" }
  override var isIterable: Bool { true }

  func next(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue? { nil }

  override final func iterator(_ state: inout RenderState) throws(TemplateFailure) -> JinjaIterator { self }

  override func appendRepr(_ output: inout [UInt8], _ state: inout RenderState) throws(TemplateFailure) {
    output += Array("<generator object>".utf8)
  }
}

/// Walks a list.
final class ListIterator: JinjaIterator {
  private let elements: JinjaElements
  private var position = 0

  init(_ elements: JinjaElements) { self.elements = elements }

  init(_ elements: some Collection<JinjaValue>, _ heap: ValueHeap) {
    self.elements = JinjaList(elements, heap).elements
  }

  override func next(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue? {
    guard position < elements.count else { return nil }
    position += 1
    return elements[position - 1]
  }
}

/// An iterator that a closure feeds.
final class ClosureIterator: JinjaIterator {
  private let body: (inout RenderState) throws(TemplateFailure) -> JinjaValue?
  private var isDone = false
  private let nesting: Int

  init(depth: Int = 1, _ body: @escaping (inout RenderState) throws(TemplateFailure) -> JinjaValue?) {
    nesting = depth
    self.body = body
  }

  override var depth: Int { nesting }

  override func next(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue? {
    if isDone { return nil }
    try state.charge()
    try state.checkMemory()
    // A generator that raised is at its end.
    isDone = true
    try state.enter(2)
    let item = try body(&state)
    state.leave(2)
    isDone = item == nil
    return item
  }
}

/// A built-in function or a bound method.
final class FunctionObject: JinjaObject {
  private let name: String
  private let body: (CallArguments, inout RenderState) throws(TemplateFailure) -> JinjaValue

  init(_ name: String, _ body: @escaping (CallArguments, inout RenderState) throws(TemplateFailure) -> JinjaValue) {
    self.name = name
    self.body = body
  }

  override var typeName: String { "function" }
  override var isCallable: Bool { true }

  override func call(_ arguments: CallArguments, _ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    try state.charge()
    return try body(arguments, &state)
  }

  override func appendRepr(_ output: inout [UInt8], _ state: inout RenderState) throws(TemplateFailure) {
    output += Array("<function \(name)>".utf8)
  }
}

/// `namespace(…)`: the one thing a template can change.
final class NamespaceObject: JinjaObject {
  private var names: [JinjaText] = []
  private var values: [JinjaValue] = []

  override var typeName: String { "Namespace" }
  override var kind: ObjectReference.Kind { .namespace }

  func set(_ name: JinjaText, _ value: JinjaValue) {
    for position in names.indices where names[position] == name {
      values[position] = value
      return
    }
    names.append(name)
    values.append(value)
  }

  func value(_ name: JinjaText) -> JinjaValue? {
    for position in names.indices where names[position] == name { return values[position] }
    return nil
  }

  override func attribute(_ name: JinjaText, _ state: inout RenderState) throws(TemplateFailure) -> JinjaValue? {
    value(name)
  }

  override func appendRepr(_ output: inout [UInt8], _ state: inout RenderState) throws(TemplateFailure) {
    let identity = UInt(bitPattern: ObjectIdentifier(self))
    if state.printed.contains(identity) {
      output += Array("<Namespace {...}>".utf8)
      return
    }
    state.printed.append(identity)
    defer { state.printed.removeLast() }
    output += Array("<Namespace ".utf8)
    let pairs = zip(names, values).map { (key: JinjaValue.string($0), value: $1) }
    try PythonPrinting.appendRepr(.dictionary(try JinjaDictionary(pairs, state.heap)), to: &output, &state)
    output.append(0x3E)
  }
}

/// `dict.keys()`, `.values()` and `.items()`.
final class DictionaryView: JinjaObject {
  enum Part: String { case keys, values, items }

  let dictionary: JinjaDictionary
  let part: Part

  init(_ dictionary: JinjaDictionary, _ part: Part) {
    self.dictionary = dictionary
    self.part = part
  }

  override var typeName: String { "dict_\(part.rawValue)" }
  override var isIterable: Bool { true }
  override func length(_ state: inout RenderState) throws(TemplateFailure) -> Int? { dictionary.count }

  func elements(_ heap: ValueHeap) -> JinjaElements {
    switch part {
    case .keys: return dictionary.keys
    case .values: return dictionary.values
    case .items:
      let pairs = zip(dictionary.keys, dictionary.values).map { heap.tuple([$0, $1]) }
      return JinjaList(pairs, heap).elements
    }
  }

  override func iterator(_ state: inout RenderState) throws(TemplateFailure) -> JinjaIterator {
    try state.charge(dictionary.count)
    return ListIterator(elements(state.heap))
  }

  override func appendRepr(_ output: inout [UInt8], _ state: inout RenderState) throws(TemplateFailure) {
    output += Array("\(typeName)(".utf8)
    try PythonPrinting.appendRepr(state.list(elements(state.heap)), to: &output, &state)
    output.append(0x29)
  }
}

/// `cycler(…)`.
final class CyclerObject: JinjaObject {
  private let items: [JinjaValue]
  private var position = 0

  init(_ items: [JinjaValue]) { self.items = items }

  override var typeName: String { "Cycler" }

  override func attribute(_ name: JinjaText, _ state: inout RenderState) throws(TemplateFailure) -> JinjaValue? {
    switch name.message {
    case "current": return items[position]
    case "pos": return .integer(position)
    case "items": return state.tuple(items)
    case "next":
      return state.function("next") { [self] (arguments, _) throws(TemplateFailure) in
        _ = try arguments.bound("next", [])
        let item = items[position]
        position = (position + 1) % items.count
        return item
      }
    case "reset":
      return state.function("reset") { [self] (arguments, _) throws(TemplateFailure) in
        _ = try arguments.bound("reset", [])
        position = 0
        return .null
      }
    default: return nil
    }
  }
}

/// `joiner(…)`: nothing the first time it is called, the separator from then on.
final class JoinerObject: JinjaObject {
  private let separator: JinjaValue
  private var isUsed = false

  init(_ separator: JinjaValue) { self.separator = separator }

  override var typeName: String { "Joiner" }
  override var isCallable: Bool { true }

  override func call(_ arguments: CallArguments, _ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    _ = try arguments.bound("joiner", [])
    defer { isUsed = true }
    return isUsed ? separator : .text("")
  }
}
