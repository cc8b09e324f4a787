/// `a.name`.
final class AttributeExpression: Expression {
  let base: Expression
  let name: JinjaText
  private let mark: UInt64
  /// Whether a dictionary may have an attribute of that name, so that an item is not looked for first.
  private let isDictionaryAttribute: Bool
  private let loopAttribute: LoopAttribute?
  /// Why a dictionary without the item has no such attribute.
  private let absence: UndefinedReason

  init(_ base: Expression, _ name: [UInt8], _ heap: ValueHeap, _ offset: Int) {
    self.base = base
    self.name = heap.text(name)
    mark = self.name.mark
    isDictionaryAttribute = name.first == 0x5F || Self.dictionaryAttributes.contains(self.name.message)
    loopAttribute = LoopAttribute(self.name)
    absence = UndefinedReason(.attribute(of: "dict", .string(self.name)))
    super.init(offset)
  }

  private static let dictionaryAttributes: Set<String> = [
    "clear", "copy", "fromkeys", "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values",
  ]

  override var children: [Node] { [base] }

  override func evaluate(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    try value(of: try base.evaluate(&state), &state)
  }

  /// The attribute of a value.
  @inline(__always)
  func value(of object: JinjaValue, _ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    switch object {
    case .dictionary(let dictionary) where !isDictionaryAttribute:
      return dictionary.value(name, mark: mark) ?? .undefined(UndefinedValue(absence, serial: state.nextSerial()))
    case .object(let object):
      if let loopAttribute, let loop = object.loop { return try loop.value(of: loopAttribute, &state) }
      if let value = object.namespace?.value(name) { return value }
    default: break
    }
    do throws(TemplateFailure) { return try Access.attribute(object, name, &state) } catch { throw error.at(offset) }
  }
}

/// `a[b]`.
final class ItemExpression: Expression {
  private let base: Expression
  private let key: Expression
  /// The key, if it is a string that stands there.
  private let name: JinjaText
  private let isName: Bool
  private let mark: UInt64

  init(_ base: Expression, _ key: Expression, _ heap: ValueHeap, _ offset: Int) {
    self.base = base
    self.key = key
    let text = (key as? ConstantExpression)?.value.text
    name = text ?? JinjaText("")
    isName = text != nil
    mark = name.mark
    super.init(offset)
  }

  override var children: [Node] { [base, key] }

  override func evaluate(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    let object = try base.evaluate(&state)
    if isName, case .dictionary(let dictionary) = object, let value = dictionary.value(name, mark: mark) {
      return value
    }
    let key = try key.evaluate(&state)
    do throws(TemplateFailure) { return try Access.item(object, key, &state) } catch { throw error.at(offset) }
  }
}

/// `start:stop:step`, as it stands among several subscripts, where no value takes it.
final class SliceKey: Expression {
  let bounds: [Expression?]

  init(_ bounds: [Expression?], _ offset: Int) {
    self.bounds = bounds
    super.init(offset)
  }

  override var children: [Node] { bounds.compactMap { $0 } }

  override func evaluate(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    for bound in bounds { _ = try bound?.evaluate(&state) }
    throw TemplateFailure(.runtime, "a slice among several subscripts is not supported", at: offset)
  }
}

/// `a[start:stop:step]`.
final class SliceExpression: Expression {
  private let base: Expression
  private let bounds: [Expression?]

  init(_ base: Expression, _ key: SliceKey, _ offset: Int) {
    self.base = base
    bounds = key.bounds
    super.init(offset)
  }

  override var children: [Node] { [base] + bounds.compactMap { $0 } }

  override func evaluate(_ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    let object = try base.evaluate(&state)
    let start = try bounds[0]?.evaluate(&state) ?? .null
    let stop = try bounds[1]?.evaluate(&state) ?? .null
    let step = try bounds[2]?.evaluate(&state) ?? .null
    do throws(TemplateFailure) {
      if case .undefined(let value) = object { throw TemplateFailure.undefined(value) }
      if let slice = try Slicing.slice(object, start, stop, step, &state) { return slice }
      // What Jinja computes when it compiles, it computes by another way.
      if state.isFolding || isFolded && isConstant {
        return state.undefined(.attribute(of: object.typeName, .text("slice")))
      }
      throw TemplateFailure(.type, "'\(object.typeName)' object is not subscriptable by a slice")
    } catch { throw error.at(offset) }
  }
}

/// The arguments of a call, a filter or a test as they are written.
struct ArgumentExpressions {
  var positional: [Expression] = []
  var named: [(name: JinjaText, value: Expression)] = []
  var spread: Expression?
  var spreadNamed: Expression?

  var nodes: [Node] {
    positional + named.map(\.value) + [spread, spreadNamed].compactMap { $0 }
  }

  var isEmpty: Bool { positional.isEmpty && named.isEmpty && spread == nil && spreadNamed == nil }

  func evaluate(_ state: inout RenderState) throws(TemplateFailure) -> CallArguments {
    var arguments = CallArguments()
    if !positional.isEmpty {
      arguments.positional.reserveCapacity(positional.count)
      for expression in positional { arguments.positional.append(try expression.evaluate(&state)) }
    }
    for (name, value) in named { arguments.named.append((name, try value.evaluate(&state))) }
    if let spread { arguments.positional += try Iteration.elements(try spread.evaluate(&state), &state) }
    if let spreadNamed {
      guard case .dictionary(let dictionary) = try spreadNamed.evaluate(&state) else {
        throw TemplateFailure(.type, "argument after ** must be a mapping")
      }
      for (key, value) in zip(dictionary.keys, dictionary.values) {
        guard let name = key.text else { throw TemplateFailure(.type, "keywords must be strings") }
        if arguments.named.contains(where: { $0.name == name }) {
          throw TemplateFailure(.type, "got multiple values for keyword argument '\(name.message)'")
        }
        arguments.named.append((name, value))
      }
    }
    return arguments
  }
}
