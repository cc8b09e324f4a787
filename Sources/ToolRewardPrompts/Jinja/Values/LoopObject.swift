/// `loop`.
final class LoopObject: JinjaObject {
  private var iterator: JinjaIterator
  private let sequence: JinjaValue?
  private let level: Int
  private let recurse: FunctionObject?
  private var index = -1
  private var knownLength: Int?
  private var before: JinjaValue?
  private var current: JinjaValue?
  private var after: JinjaValue?
  private var changed: JinjaValue?

  init(_ iterator: JinjaIterator, sequence: JinjaValue?, depth: Int, recurse: FunctionObject?) {
    self.iterator = iterator
    self.sequence = sequence
    level = depth
    self.recurse = recurse
  }

  override var typeName: String { "LoopContext" }
  override var isCallable: Bool { true }
  override var isIterable: Bool { true }
  override var depth: Int { 1 + iterator.depth }
  override func clear() { changed = nil }

  func advance(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue? {
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
    case .object(let object) where !(object is JinjaIterator): length = try object.length(&state)
    default: break
    }
    if length == nil {
      let rest = try Iteration.elements(.object(iterator), &state)
      iterator = ListIterator(rest)
      length = rest.count + index + 1 + (after == nil ? 0 : 1)
    }
    knownLength = length
    return length ?? 0
  }

  override func length(_ state: inout RenderState) throws(TemplateFailure) -> Int? { try count(&state) }

  override func iterator(_ state: inout RenderState) throws(TemplateFailure) -> JinjaIterator {
    throw TemplateFailure(.runtime, "iterating over 'loop' itself is not supported")
  }

  override func attribute(_ name: [UInt8], _ state: inout RenderState) throws(TemplateFailure) -> JinjaValue? {
    switch name {
    case Names.index: return .integer(index + 1)
    case Names.index0: return .integer(index)
    case Names.first: return .boolean(index == 0)
    case Names.last: return .boolean(try peek(&state) == nil)
    case Names.length: return .integer(try count(&state))
    case Names.revindex: return .integer(try count(&state) - index)
    case Names.revindex0: return .integer(try count(&state) - index - 1)
    case Names.depth: return .integer(level + 1)
    case Names.depth0: return .integer(level)
    case Names.previtem:
      if index == 0 { return .undefined(UndefinedValue(.message("there is no previous item"))) }
      return before
    case Names.nextitem: return try peek(&state) ?? .undefined(UndefinedValue(.message("there is no next item")))
    case Names.cycle:
      return .object(
        FunctionObject("cycle") { [self] (arguments, _) throws(TemplateFailure) in
          guard !arguments.positional.isEmpty, arguments.named.isEmpty else {
            throw TemplateFailure(.type, "no items for cycling given")
          }
          return arguments.positional[index % arguments.positional.count]
        })
    case Names.changed:
      return .object(
        FunctionObject("changed") { [self] (arguments, state) throws(TemplateFailure) in
          if !arguments.named.isEmpty { throw TemplateFailure(.type, "changed() takes no keyword arguments") }
          let value = JinjaValue.tuple(JinjaList(arguments.positional))
          if let changed, try Comparison.areEqual(changed, value, &state) { return .boolean(false) }
          changed = value
          return .boolean(true)
        })
    default: return nil
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

  private enum Names {
    static let index = Array("index".utf8), index0 = Array("index0".utf8), first = Array("first".utf8),
      last = Array("last".utf8)
    static let length = Array("length".utf8), revindex = Array("revindex".utf8), revindex0 = Array("revindex0".utf8)
    static let depth = Array("depth".utf8), depth0 = Array("depth0".utf8), previtem = Array("previtem".utf8)
    static let nextitem = Array("nextitem".utf8), cycle = Array("cycle".utf8), changed = Array("changed".utf8)
  }
}
