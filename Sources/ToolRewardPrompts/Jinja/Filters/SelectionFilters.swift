/// `map`, `select`, `reject` and the like: generators, so nothing is looked at before they are read.
extension Filters {
  static let selections: [(String, Body)] = [
    ("map", map),
    ("select", select(keeps: true, byAttribute: false)), ("reject", select(keeps: false, byAttribute: false)),
    ("selectattr", select(keeps: true, byAttribute: true)), ("rejectattr", select(keeps: false, byAttribute: true)),
  ]

  private static func map(
    _ value: JinjaValue, _ given: CallArguments, _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaValue {
    var source: JinjaIterator?
    var change: ((JinjaValue, inout RenderState) throws(TemplateFailure) -> JinjaValue)?
    return iterator(over: value, &state) { (state) throws(TemplateFailure) in
      if change == nil {
        guard try value.truth(&state) else { return nil }
        change = try changing(given, &state)
        source = try Iteration.iterator(value, &state)
      }
      guard let element = try source?.next(&state) else { return nil }
      return try change?(element, &state)
    }
  }

  private static func changing(
    _ given: CallArguments, _ state: inout RenderState
  ) throws(TemplateFailure) -> (JinjaValue, inout RenderState) throws(TemplateFailure) -> JinjaValue {
    var arguments = given
    if arguments.positional.isEmpty, let attribute = arguments.take("attribute") {
      var fallback = arguments.take("default")
      if let value = fallback, case .null = value { fallback = nil }
      if let extra = arguments.named.first {
        throw TemplateFailure(.runtime, "Unexpected keyword argument '\(String(decoding: extra.name, as: UTF8.self))'")
      }
      let path = path(attribute, &state)
      return { (element, state) throws(TemplateFailure) in try item(element, path, default: fallback, &state) }
    }
    guard let first = arguments.positional.first else {
      throw TemplateFailure(.runtime, "map requires a filter argument")
    }
    arguments.positional.removeFirst()
    guard let name = first.text, let filter = named(name) else {
      throw TemplateFailure(.runtime, "No filter named \(PythonPrinting.shortText(first)).")
    }
    return { [arguments] (element, state) throws(TemplateFailure) in
      try state.charge()
      return try filter(element, arguments, &state)
    }
  }

  private static func select(keeps: Bool, byAttribute: Bool) -> Body {
    { (value, given, state) throws(TemplateFailure) in
      var source: JinjaIterator?
      var path: [JinjaValue] = []
      var test: Tests.Body?
      var arguments = given
      return iterator(over: value, &state) { (state) throws(TemplateFailure) in
        if source == nil {
          guard try value.truth(&state) else { return nil }
          if byAttribute {
            guard let attribute = arguments.positional.first else {
              throw TemplateFailure(.runtime, "Missing parameter for attribute name")
            }
            arguments.positional.removeFirst()
            path = self.path(attribute, &state)
          }
          if let name = arguments.positional.first {
            arguments.positional.removeFirst()
            test = name.text.flatMap { Tests.named($0) }
            if test == nil { throw TemplateFailure(.runtime, "No test named \(PythonPrinting.shortText(name)).") }
          }
          source = try Iteration.iterator(value, &state)
        }
        while let element = try source?.next(&state) {
          try state.charge()
          let part = try item(element, path, &state)
          let holds: Bool
          if let test { holds = try test(part, arguments, &state) } else { holds = try part.truth(&state) }
          if holds == keeps { return element }
        }
        return nil
      }
    }
  }
}
