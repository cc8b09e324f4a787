/// `loop`.
final class LoopObject: JinjaObject {
  /// The elements, where they are all known; else the iterator gives them.
  private let elements: JinjaElements
  private var iterator: JinjaIterator?
  private let sequence: JinjaValue?
  private let level: Int
  private let recurse: FunctionObject?
  private var index = -1
  private var knownLength: Int?
  private var before = JinjaValue.missing
  private var current = JinjaValue.missing
  private var after: JinjaValue?
  private var changed: JinjaValue?

  /// A loop over all of a list's elements.
  init(_ elements: JinjaElements, depth: Int, recurse: FunctionObject?) {
    self.elements = elements
    level = depth
    self.recurse = recurse
    sequence = nil
    knownLength = elements.count
  }

  /// - Parameter sequence: What the iterator goes over, whole.
  init(_ iterator: JinjaIterator, sequence: JinjaValue?, depth: Int, recurse: FunctionObject?) {
    elements = JinjaElements()
    self.iterator = iterator
    self.sequence = sequence
    level = depth
    self.recurse = recurse
  }

  override var typeName: String { "LoopContext" }
  override var kind: ObjectReference.Kind { .loop }
  override var isCallable: Bool { true }
  override var isIterable: Bool { true }
  override var depth: Int { 1 + (iterator?.depth ?? 1) }

  /// The next round's element; `nil` at the end.
  func advance(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue? {
    guard let iterator else {
      guard index + 1 < elements.count else { return nil }
      index += 1
      return elements[index]
    }
    let item: JinjaValue
    if let after {
      item = after
      self.after = nil
    } else if let next = try iterator.next(&state) {
      item = next
    } else {
      return nil
    }
    index += 1
    before = current
    current = item
    return item
  }

  private func peek(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue? {
    guard let iterator else { return index + 1 < elements.count ? elements[index + 1] : nil }
    if after == nil { after = try iterator.next(&state) }
    return after
  }

  private func count(_ state: inout RenderState) throws(TemplateFailure) -> Int {
    if let knownLength { return knownLength }
    var length: Int?
    switch sequence {
    case .list(let list), .tuple(let list): length = list.count
    case .dictionary(let dictionary): length = dictionary.count
    case .string(let text), .markup(let text): length = PythonStrings.count(text)
    case .undefined: length = 0
    case .object(let object) where object.cast(to: JinjaIterator.self) == nil: length = try object.length(&state)
    default: break
    }
    if length == nil, let iterator {
      let rest = try Iteration.elements(of: iterator, &state)
      self.iterator = ListIterator(rest)
      length = rest.count + index + 1 + (after == nil ? 0 : 1)
    }
    knownLength = length
    return length ?? 0
  }

  override func length(_ state: inout RenderState) throws(TemplateFailure) -> Int? { try count(&state) }

  override func iterator(_ state: inout RenderState) throws(TemplateFailure) -> JinjaIterator {
    throw TemplateFailure(.runtime, "iterating over 'loop' itself is not supported")
  }

  override func attribute(_ name: JinjaText, _ state: inout RenderState) throws(TemplateFailure) -> JinjaValue? {
    try LoopAttribute(name).map { (attribute) throws(TemplateFailure) in try value(of: attribute, &state) }
  }

  func value(of attribute: LoopAttribute, _ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    switch attribute {
    case .index: return .integer(index + 1)
    case .index0: return .integer(index)
    case .first: return .boolean(index == 0)
    case .last: return .boolean(try peek(&state) == nil)
    case .length: return .integer(try count(&state))
    case .revindex: return .integer(try count(&state) - index)
    case .revindex0: return .integer(try count(&state) - index - 1)
    case .depth: return .integer(level + 1)
    case .depth0: return .integer(level)
    case .previtem:
      if index == 0 { return state.undefined(.message("there is no previous item")) }
      return iterator == nil ? elements[index - 1] : before
    case .nextitem: return try peek(&state) ?? state.undefined(.message("there is no next item"))
    case .cycle:
      return state.function("cycle") { [self] (arguments, _) throws(TemplateFailure) in
        guard !arguments.positional.isEmpty, arguments.named.isEmpty else {
          throw TemplateFailure(.type, "no items for cycling given")
        }
        return arguments.positional[index % arguments.positional.count]
      }
    case .changed:
      return state.function("changed") { [self] (arguments, state) throws(TemplateFailure) in
        if !arguments.named.isEmpty { throw TemplateFailure(.type, "changed() takes no keyword arguments") }
        let value = state.tuple(arguments.positional)
        if let changed, try Comparison.areEqual(changed, value, &state) { return .boolean(false) }
        changed = value
        return .boolean(true)
      }
    }
  }

  override func call(_ arguments: CallArguments, _ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    guard let recurse else {
      throw TemplateFailure(.type, "The loop must have the 'recursive' marker to be called recursively.")
    }
    return try recurse.call(arguments, &state)
  }

  override func appendRepr(_ output: inout [UInt8], _ state: inout RenderState) throws(TemplateFailure) {
    output += Array("<LoopContext \(index + 1)/\(try count(&state))>".utf8)
  }
}

/// What a loop tells about itself.
enum LoopAttribute: String {
  case index, index0, first, last, length, revindex, revindex0, depth, depth0, previtem, nextitem, cycle, changed

  init?(_ name: JinjaText) { self.init(rawValue: name.message) }
}
