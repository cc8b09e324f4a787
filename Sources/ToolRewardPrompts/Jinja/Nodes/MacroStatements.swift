/// A macro's signature and body, compiled with a frame of its own.
final class MacroDefinition {
  let name: [UInt8]
  let nameText: JinjaText
  private let parameters: [NameExpression]
  private let defaults: [Expression]
  private let body: Body
  private var entry = ScopeEntry.none
  private var frameSize = 0
  private var callerSlot: Int?
  private var namedSlot: Int?
  private var positionalSlot: Int?
  private var isCallerNamed = false
  private var cost = 1

  init(
    _ name: [UInt8], _ parameters: [NameExpression], defaults: [Expression], body: [Statement], _ heap: ValueHeap
  ) {
    self.name = name
    nameText = heap.text(name)
    self.parameters = parameters
    self.defaults = defaults
    self.body = Body(statements: body)
    for parameter in parameters { parameter.becomeTarget(isParameter: true) }
  }

  var nodes: [Node] { parameters + defaults + body.statements }

  var parameterNames: [[UInt8]] { parameters.map(\.name) }

  func resolve(_ outer: Scope, _ offset: Int) throws(TemplateFailure) {
    let scope = outer.innerActivation()
    for node in nodes { node.analyze(scope) }
    let used = Node.reads(in: body.statements, ["caller", "kwargs", "varargs"])
    func special(_ name: String) -> Int? {
      let bytes = Array(name.utf8)
      guard used.contains(bytes) else { return nil }
      if parameters.contains(where: { $0.name == bytes }) { return nil }
      scope.declareParameter(bytes)
      return scope.find(bytes)?.slot
    }
    if let place = parameters.firstIndex(where: { $0.name.elementsEqual("caller".utf8) }) {
      isCallerNamed = true
      if used.contains(Array("caller".utf8)), place < parameters.count - defaults.count {
        throw TemplateFailure(
          .syntax,
          "When defining macros or call blocks the special \"caller\" argument must be omitted or be given a default.",
          at: offset)
      }
    }
    callerSlot = special("caller")
    namedSlot = special("kwargs")
    positionalSlot = special("varargs")
    for node in nodes { try node.resolve(scope) }
    entry = scope.entry()
    frameSize = scope.activation.size
    cost = 2 + (nodes.map(\.depth).max() ?? 0)
  }

  /// What the body writes.
  func call(
    _ given: CallArguments, definition: Frame, _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaText {
    try state.charge()
    try state.checkMemory()
    try state.enter(cost)
    let outer = state.frame
    let frame = Frame(size: frameSize, parent: definition, state.heap)
    state.frame = frame
    try bind(given, in: frame, &state)
    entry.enter(&state)
    if given.positional.count < parameters.count { try setDefaults(from: given.positional.count, &state) }
    let text = try state.capture { (state) throws(TemplateFailure) in _ = try body.run(&state) }
    state.frame = outer
    state.leave(cost)
    return text
  }

  /// Gives the parameters their arguments.
  private func bind(
    _ given: CallArguments, in frame: Frame, _ state: inout RenderState
  ) throws(TemplateFailure) {
    var arguments = given
    let count = min(arguments.positional.count, parameters.count)
    for place in 0..<count { try parameters[place].assign(arguments.positional[place], &state) }
    for place in count..<parameters.count where !arguments.named.isEmpty {
      let name = String(decoding: parameters[place].name, as: UTF8.self)
      if let value = arguments.take(name) { try parameters[place].assign(value, &state) }
    }
    if let callerSlot, !isCallerNamed {
      frame[callerSlot] = arguments.take("caller") ?? state.undefined(.message("No caller defined"))
    }
    if let namedSlot {
      var pairs: [(key: JinjaValue, value: JinjaValue)] = []
      for (name, value) in arguments.named { pairs.append((.string(name), value)) }
      frame[namedSlot] = .dictionary(try JinjaDictionary(pairs, state.heap))
    } else if let extra = arguments.named.first {
      throw refused(extra.name.message)
    }
    if let positionalSlot {
      frame[positionalSlot] = state.tuple(arguments.positional.dropFirst(parameters.count))
    } else if arguments.positional.count > parameters.count {
      throw TemplateFailure(.type, "macro '\(title)' takes not more than \(parameters.count) argument(s)")
    }
  }

  private var title: String { String(decoding: name, as: UTF8.self) }

  private func refused(_ name: String) -> TemplateFailure {
    if name == "caller" {
      return TemplateFailure(
        .type,
        "macro '\(title)' was invoked with two values for the special caller argument. This is most likely a bug.")
    }
    return TemplateFailure(.type, "macro '\(title)' takes no keyword argument '\(name)'")
  }

  /// Gives the parameters without arguments their defaults.
  private func setDefaults(from start: Int, _ state: inout RenderState) throws(TemplateFailure) {
    for place in start..<parameters.count where parameters[place].isMissing(&state) {
      let defaultPlace = place - (parameters.count - defaults.count)
      if defaultPlace >= 0 {
        try parameters[place].assign(try defaults[defaultPlace].evaluate(&state), &state)
      } else {
        let name = String(decoding: parameters[place].name, as: UTF8.self)
        try parameters[place].assign(state.undefined(.message("parameter '\(name)' was not provided")), &state)
      }
    }
  }
}

/// A macro as a value.
final class MacroObject: JinjaObject {
  private let definition: MacroDefinition
  private let frame: Frame

  init(_ definition: MacroDefinition, _ frame: Frame) {
    self.definition = definition
    self.frame = frame
  }

  override var typeName: String { "Macro" }
  override var isCallable: Bool { true }

  override func call(_ arguments: CallArguments, _ state: inout RenderState) throws(TemplateFailure) -> JinjaValue {
    .string(try definition.call(arguments, definition: frame, &state))
  }

  override func attribute(_ name: JinjaText, _ state: inout RenderState) throws(TemplateFailure) -> JinjaValue? {
    switch name.message {
    case "name": .string(definition.nameText)
    case "arguments": state.tuple(definition.parameterNames.map { state.string($0) })
    default: nil
    }
  }

  override func appendRepr(_ output: inout [UInt8], _ state: inout RenderState) throws(TemplateFailure) {
    output += Array("<Macro ".utf8)
    try PythonPrinting.appendRepr(.string(definition.nameText), to: &output, &state)
    output.append(0x3E)
  }
}

/// `{% macro m(…) %}`.
final class MacroStatement: Statement {
  private let definition: MacroDefinition
  private let target: NameExpression

  init(_ definition: MacroDefinition, _ heap: ValueHeap, _ offset: Int) {
    self.definition = definition
    target = NameExpression(definition.name, heap, offset)
    target.becomeTarget(isParameter: false)
    super.init(offset)
  }

  override var children: [Node] { definition.nodes }

  override func analyze(_ scope: Scope) { target.analyze(scope) }

  override func resolve(_ scope: Scope) throws(TemplateFailure) {
    try definition.resolve(scope, offset)
    try target.resolve(scope)
  }

  override func run(_ state: inout RenderState) throws(TemplateFailure) -> Flow {
    try state.charge()
    try target.assign(state.object(MacroObject(definition, state.frame)), &state)
    return .next
  }
}

/// `{% call(…) m(…) %}…{% endcall %}`.
final class CallBlockStatement: Statement {
  private let definition: MacroDefinition
  private let call: CallExpression

  init(_ definition: MacroDefinition, _ call: CallExpression, _ offset: Int) {
    self.definition = definition
    self.call = call
    super.init(offset)
  }

  override var children: [Node] { [call] + definition.nodes }

  override func analyze(_ scope: Scope) { call.analyze(scope) }

  override func resolve(_ scope: Scope) throws(TemplateFailure) {
    try definition.resolve(scope, offset)
    try call.resolve(scope)
  }

  override func run(_ state: inout RenderState) throws(TemplateFailure) -> Flow {
    try state.charge()
    let caller = state.object(MacroObject(definition, state.frame))
    let value = try call.call(caller: caller, &state)
    try state.write(joining: value)
    return .next
  }
}

/// `{% generation %}…{% endgeneration %}`: what the assistant wrote. Its range is kept where it goes straight into the prompt.
final class GenerationStatement: Statement {
  private let definition: MacroDefinition

  init(body: [Statement], _ heap: ValueHeap, _ offset: Int) {
    definition = MacroDefinition(Array("caller".utf8), [], defaults: [], body: body, heap)
    super.init(offset)
  }

  override var children: [Node] { definition.nodes }

  override func analyze(_ scope: Scope) {}

  override func resolve(_ scope: Scope) throws(TemplateFailure) { try definition.resolve(scope, offset) }

  override func run(_ state: inout RenderState) throws(TemplateFailure) -> Flow {
    try state.charge()
    let text = try definition.call(CallArguments(), definition: state.frame, &state)
    let start = state.output.count
    try state.write(text)
    if !state.isCapturing { state.spans.append(start..<state.output.count) }
    return .next
  }
}
