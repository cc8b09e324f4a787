internal import ToolReward

/// Jinja's built-in filters, with Hugging Face's `tojson`. Not here: `random`, `urlize`, `pprint`, `xmlattr`, `striptags`.
enum Filters {
  typealias Body =
    @Sendable (_ value: JinjaValue, _ arguments: CallArguments, _ state: inout RenderState) throws(TemplateFailure)
    -> JinjaValue

  /// The filter of that name; `nil` if there is none.
  static func named(_ name: some Collection<UInt8>) -> Body? { all[String(decoding: name, as: UTF8.self)] }

  private static let all: [String: Body] = {
    var all: [String: Body] = [:]
    for (name, body) in texts + numbers + sequences + selections { all[name] = body }
    return all
  }()

  // MARK: Arguments

  /// No arguments for so many parameters; made once.
  nonisolated(unsafe) private static let noArguments: [[JinjaValue?]] = (0..<8).map { count in
    [JinjaValue?](repeating: nil, count: count)
  }

  /// A filter with named parameters; those that are not given are `nil`.
  static func make(
    _ name: String, _ parameters: [String] = [], required: Int = 0,
    _ body: @escaping @Sendable (JinjaValue, [JinjaValue?], inout RenderState) throws(TemplateFailure) -> JinjaValue
  ) -> (String, Body) {
    let count = parameters.count
    return (
      name,
      { (value, arguments, state) throws(TemplateFailure) in
        if required == 0, arguments.isEmpty { return try body(value, unsafe noArguments[count], &state) }
        return try body(value, try arguments.bound(name, parameters, required: required), &state)
      }
    )
  }

  /// `str(value)`, where a marked string stays marked (`soft_str`).
  static func softText(_ value: JinjaValue, _ state: inout RenderState) throws(TemplateFailure) -> (
    text: JinjaText, isMarkup: Bool
  ) {
    (try PythonPrinting.string(value, &state), value.isMarkup)
  }

  static func string(_ text: JinjaText, isMarkup: Bool) -> JinjaValue { isMarkup ? .markup(text) : .string(text) }

  static func integer(_ value: JinjaValue?, _ otherwise: Int) throws(TemplateFailure) -> Int {
    guard let value else { return otherwise }
    if case .undefined(let undefined) = value { throw TemplateFailure.undefined(undefined) }
    if let integer = value.integer { return integer }
    throw TemplateFailure(.type, "'\(value.typeName)' object cannot be interpreted as an integer")
  }

  static func truth(_ value: JinjaValue?, _ otherwise: Bool, _ state: inout RenderState) throws(TemplateFailure) -> Bool
  {
    guard let value else { return otherwise }
    return try value.truth(&state)
  }

  /// A part of a value by a dotted path, as `map(attribute=…)` takes it.
  static func path(_ attribute: JinjaValue?, _ state: inout RenderState) -> [JinjaValue] {
    switch attribute {
    case nil, .some(.null): return []
    case .some(.string(let text)), .some(.markup(let text)):
      return text.split(separator: 0x2E, omittingEmptySubsequences: false).map { part in
        if !part.isEmpty, part.count < 18, part.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) {
          return .integer(part.reduce(0) { $0 * 10 + Int($1 - 0x30) })
        }
        return state.string(part)
      }
    case .some(let value): return [value]
    }
  }

  static func item(
    _ value: JinjaValue, _ path: [JinjaValue], default: JinjaValue? = nil, _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaValue {
    var item = value
    for part in path {
      item = try Access.item(item, part, &state)
      if item.isUndefined, let other = `default` { item = other }
    }
    return item
  }

  static func ignoringCase(_ value: JinjaValue, _ isSensitive: Bool, _ heap: ValueHeap) -> JinjaValue {
    if !isSensitive, let text = value.text { return heap.string(PythonStrings.lower(text.bytes)) }
    return value
  }

  static func iterator(
    over source: JinjaValue, _ state: inout RenderState,
    _ body: @escaping (inout RenderState) throws(TemplateFailure) -> JinjaValue?
  ) -> JinjaValue {
    state.object(ClosureIterator(depth: 1 + source.depth, body))
  }
}
