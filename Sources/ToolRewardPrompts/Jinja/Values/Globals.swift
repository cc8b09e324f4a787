/// The functions that every template has.
enum Globals {
  /// The function of that name; `nil` if there is none.
  static func named(_ name: [UInt8], _ heap: ValueHeap) -> JinjaValue? {
    let title = String(decoding: name, as: UTF8.self)
    return body(title).map { heap.object(FunctionObject(title, $0)) }
  }

  private typealias Body = (CallArguments, inout RenderState) throws(TemplateFailure) -> JinjaValue

  private static func body(_ name: String) -> Body? {
    switch name {
    case "range": range
    case "namespace": namespace
    case "dict": dictionary
    case "cycler": cycler
    case "joiner": joiner
    case "raise_exception": raiseException
    case "strftime_now": formattedTime
    default: nil
    }
  }

  private static func cycler(_ arguments: CallArguments, _ state: inout RenderState) throws(TemplateFailure)
    -> JinjaValue
  {
    guard !arguments.positional.isEmpty, arguments.named.isEmpty else {
      throw TemplateFailure(.runtime, "at least one item has to be provided")
    }
    return state.object(CyclerObject(arguments.positional))
  }

  private static func joiner(_ arguments: CallArguments, _ state: inout RenderState) throws(TemplateFailure)
    -> JinjaValue
  {
    state.object(JoinerObject(try arguments.bound("joiner", ["sep"])[0] ?? .text(", ")))
  }

  private static func raiseException(_ arguments: CallArguments, _ state: inout RenderState) throws(TemplateFailure)
    -> JinjaValue
  {
    let message = try arguments.bound("raise_exception", ["message"], required: 1)[0] ?? .null
    throw TemplateFailure(.raised, try PythonPrinting.string(message, &state).message)
  }

  private static func formattedTime(_ arguments: CallArguments, _ state: inout RenderState) throws(TemplateFailure)
    -> JinjaValue
  {
    guard let format = try arguments.bound("strftime_now", ["format"], required: 1)[0]?.text else {
      throw TemplateFailure(.type, "strftime() argument 1 must be str")
    }
    return state.string(try state.now.formatted(format.bytes))
  }

  private static func range(_ arguments: CallArguments, _ state: inout RenderState) throws(TemplateFailure)
    -> JinjaValue
  {
    guard arguments.named.isEmpty, (1...3).contains(arguments.positional.count) else {
      throw TemplateFailure(.type, "range expected 1 to 3 positional arguments")
    }
    var numbers: [Int] = []
    for value in arguments.positional {
      if case .bigInteger = value {
        throw TemplateFailure(.limit, "Range too big. The sandbox blocks ranges larger than MAX_RANGE (100000).")
      }
      numbers.append(try Filters.integer(value, 0))
    }
    switch numbers.count {
    case 1: return state.object(try RangeObject(0, numbers[0], 1))
    case 2: return state.object(try RangeObject(numbers[0], numbers[1], 1))
    default: return state.object(try RangeObject(numbers[0], numbers[1], numbers[2]))
    }
  }

  private static func namespace(_ arguments: CallArguments, _ state: inout RenderState) throws(TemplateFailure)
    -> JinjaValue
  {
    guard case .dictionary(let members) = try dictionary(arguments, &state) else { return .null }
    let namespace = NamespaceObject()
    for (key, value) in zip(members.keys, members.values) { if let name = key.text { namespace.set(name, value) } }
    return state.object(namespace)
  }

  private static func dictionary(_ arguments: CallArguments, _ state: inout RenderState) throws(TemplateFailure)
    -> JinjaValue
  {
    var pairs: [(key: JinjaValue, value: JinjaValue)] = []
    guard arguments.positional.count <= 1 else { throw TemplateFailure(.type, "dict expected at most 1 argument") }
    switch arguments.positional.first {
    case nil: break
    case .dictionary(let dictionary)?:
      for (key, value) in zip(dictionary.keys, dictionary.values) { pairs.append((key, value)) }
    case let value?:
      for element in try Iteration.elements(value, &state) {
        let parts = try Iteration.elements(element, &state)
        guard parts.count == 2 else {
          throw TemplateFailure(.value, "dictionary update sequence element has another length than 2")
        }
        pairs.append((parts[0], parts[1]))
      }
    }
    for (name, value) in arguments.named { pairs.append((.string(name), value)) }
    return .dictionary(try JinjaDictionary(pairs, state.heap))
  }
}
