public import ToolReward

/// A chat template in Jinja, compiled once: the prompt that Hugging Face's `apply_chat_template` gives, to the byte.
///
/// ```swift
/// let template = try ChatTemplate(source)
/// let prompt = try template.render(PromptRequest(messages: messages, tools: tools))
/// prompt.text              // what the tokenizer gets
/// prompt.generationSpans   // what the assistant wrote, for a loss mask
/// ```
///
/// It is Jinja 3.1 in the settings of transformers 5 (`ImmutableSandboxedEnvironment`, `trim_blocks`, `lstrip_blocks`, loop controls, `generation`); what
/// is not there is in Docs/ChatTemplates.md. Templates are someone else's code: every rendering is bounded by ``limits``.
public struct ChatTemplate: PromptRenderer {
  /// Bounds on one rendering.
  public var limits: TemplateLimits
  /// What `strftime_now` calls; by default the system's clock and zone.
  public var now: @Sendable () -> CivilTime
  /// Variables that a context need not give, such as the special tokens of ``TemplateFile``.
  public var defaults: [(name: String, text: [UInt8])] = []
  private let program: TemplateProgram

  /// Compiles a template. O(source).
  ///
  /// - Parameter source: The template's text, UTF-8.
  /// - Throws: ``PromptError`` with the place, where Jinja raises `TemplateSyntaxError`; or if the text is no UTF-8.
  public init(_ source: [UInt8], limits: TemplateLimits = .standard) throws(PromptError) {
    program = try TemplateProgram(source)
    self.limits = limits
    now = { CivilTime.now() }
  }

  /// Compiles a template. O(source).
  ///
  /// - Throws: ``PromptError`` with the place, where Jinja raises `TemplateSyntaxError`.
  public init(_ source: String, limits: TemplateLimits = .standard) throws(PromptError) {
    try self.init(Array(source.utf8), limits: limits)
  }

  /// The prompt of a conversation: `messages`, `tools` (also where there are none: `none`), `documents` (`none`) and `add_generation_prompt`, and the
  /// request's variables.
  ///
  /// - Throws: ``PromptError`` with the place, where the template raises or a limit is reached.
  public func render(_ request: PromptRequest) throws(PromptError) -> RenderedPrompt {
    try program.render(limits: limits, now: now()) { (name, heap) in
      if let value = request.variables?[bytes: name.bytes] { return JinjaValue(value, heap) }
      switch name.message {
      case "messages": return JinjaValue(request.messages, heap)
      case "tools": return request.tools.map { JinjaValue($0, heap) } ?? .null
      case "documents": return .null
      case "add_generation_prompt": return .boolean(request.addGenerationPrompt)
      default: return defaultValue(name, heap)
      }
    }
  }

  /// The template's text for a context: an object whose members are the variables, and nothing else.
  ///
  /// - Throws: ``PromptError`` if the context is no object, where the template raises, or where a limit is reached.
  public func render(context: Value) throws(PromptError) -> RenderedPrompt {
    guard context.kind == .object else { throw PromptError("the context is no object") }
    return try program.render(limits: limits, now: now()) { (name, heap) in
      context[bytes: name.bytes].map { JinjaValue($0, heap) } ?? defaultValue(name, heap)
    }
  }

  /// The template's text for a context that is read already. For one that is rendered more than once.
  ///
  /// - Throws: ``PromptError`` where the template raises, or where a limit is reached.
  public func render(context: TemplateContext) throws(PromptError) -> RenderedPrompt {
    defer { withExtendedLifetime(context.memory) {} }
    return try program.render(limits: limits, now: now()) { (name, heap) in
      context.variables.value(name) ?? defaultValue(name, heap)
    }
  }

  private func defaultValue(_ name: JinjaText, _ heap: ValueHeap) -> JinjaValue? {
    defaults.first { name.elementsEqual($0.name.utf8) }.map { heap.string($0.text) }
  }
}

/// A template's variables, read once: several templates, or one several times, take them as they are, from any thread.
public struct TemplateContext: @unchecked Sendable {
  let memory = ValueMemory()
  /// Frozen: nothing in them is written any more.
  let variables: JinjaDictionary

  /// Reads an object's members. O(value).
  ///
  /// - Throws: ``PromptError`` if it is no object.
  public init(_ value: Value) throws(PromptError) {
    guard value.kind == .object else { throw PromptError("the context is no object") }
    variables = JinjaDictionary(value, memory.heap)
    variables.freeze()
  }
}

/// A template's nodes. They are written while it is compiled, and only read from then on.
final class TemplateProgram: @unchecked Sendable {
  private let body: Body
  private let entry: ScopeEntry
  /// Where its constants are.
  private let memory = ValueMemory()
  /// The variables that it takes from its context, and the functions that stand in for those that are not there.
  private let names: [(name: JinjaText, function: JinjaValue)]
  private let frameSize: Int
  private let depth: Int
  private let source: [UInt8]

  init(_ text: [UInt8]) throws(PromptError) {
    if let offset = UTF8Check.firstIllFormed(in: text) {
      throw PromptError("the template is no UTF-8 (byte \(offset))")
    }
    var source = text
    do throws(TemplateFailure) {
      let tokens: [Token]
      (tokens, source) = try Lexer.tokens(text)
      let statements = try Parser.parse(tokens, memory.heap)
      let heap = memory.heap
      let globals = GlobalNames(heap)
      let scope = Scope(parent: nil, activation: Activation(parent: nil), globals: globals)
      for statement in statements { statement.analyze(scope) }
      for statement in statements { try statement.resolve(scope) }
      body = Body(statements: statements)
      entry = scope.entry()
      names = globals.names.map { (heap.text($0), Globals.named($0, heap) ?? .missing) }
      frameSize = scope.activation.size
      depth = statements.map(\.depth).max() ?? 0
      self.source = source
    } catch {
      throw Self.error(error, source)
    }
  }

  func render(
    limits: TemplateLimits, now: CivilTime, _ variable: (JinjaText, ValueHeap) -> JinjaValue?
  ) throws(PromptError) -> RenderedPrompt {
    let own = ValueMemory(limit: limits.memoryBytes)
    defer { withExtendedLifetime(own) {} }
    let values = JinjaList(count: names.count, own.heap)
    for (position, (name, function)) in names.enumerated() {
      values.set(position, variable(name, own.heap) ?? function)
    }
    var state = RenderState(
      limits: limits, now: now, globals: values.elements, frameSize: frameSize, own.heap)
    do throws(TemplateFailure) {
      try state.enter(depth)
      entry.enter(&state)
      _ = try body.run(&state)
    } catch {
      throw Self.error(error, source)
    }
    if UTF8Check.firstIllFormed(in: state.output) != nil {
      throw PromptError("the template wrote half a surrogate pair, which has no UTF-8")
    }
    return RenderedPrompt(text: state.output, generationSpans: state.spans)
  }

  private static func error(_ failure: TemplateFailure, _ source: [UInt8]) -> PromptError {
    let message =
      switch failure.kind {
      case .limit: failure.message
      case .raised: "the template raised an error: \(failure.message)"
      default: "\(failure.kind.rawValue): \(failure.message)"
      }
    guard let offset = failure.offset else { return PromptError(message, isLimit: failure.kind == .limit) }
    return PromptError(message, at: TemplatePlace(offset: offset, in: source), isLimit: failure.kind == .limit)
  }
}

extension TemplatePlace {
  init(offset: Int, in source: [UInt8]) {
    let place = min(offset, source.count)
    let start = (source[..<place].lastIndex(of: 0x0A) ?? -1) + 1
    let end = source[place...].firstIndex(of: 0x0A) ?? source.count
    let text = String(decoding: source[start..<end], as: UTF8.self)
    self.init(
      line: source[..<place].count { $0 == 0x0A } + 1, column: PythonStrings.count(Array(source[start..<place])) + 1,
      text: String(String.UnicodeScalarView(text.unicodeScalars.prefix(200))))
  }
}
