extension CompletionParser {
  /// Takes a message apart whose calls and reasoning are already values: `{"role": "assistant", "content": …,
  /// "reasoning_content": …, "tool_calls": [{"function": {"name": …, "arguments": … }}]}`, or a list of such messages, of which
  /// the assistant's are judged together, in order.
  ///
  /// Arguments may be a value or, as OpenAI sends them, a string that holds JSON. `content` is parsed like any completion, so that
  /// a call which an upstream parser left in it is still seen. O(message).
  ///
  /// - Returns: The completion, its ``Completion/text`` being the content; `nil` if the value has not that shape.
  public func parse(message: Value) -> Completion? {
    var text: [UInt8] = []
    var reasoning = false
    var calls: [Value] = []
    let messages = message.kind == .array ? message.elements : [message]
    for message in messages {
      guard message.kind == .object else { return nil }
      if let role = message["role"]?.stringBytes, role != Array("assistant".utf8) { continue }
      if let content = message["content"] {
        switch content.kind {
        case .null: break
        case .string: text.append(contentsOf: content.stringBytes ?? [])
        case .array:
          for part in content.elements { text.append(contentsOf: part["text"]?.stringBytes ?? []) }
        default: return nil
        }
      }
      for name in ["reasoning_content", "reasoning", "thinking"] {
        if let text = message[name]?.stringBytes, !PythonText.strip(text.span, 0..<text.count).isEmpty {
          reasoning = true
        }
      }
      if let list = message["tool_calls"], list.kind != .null {
        guard list.kind == .array else { return nil }
        calls.append(contentsOf: list.elements)
      }
    }
    var completion = parse(text, view: .response)
    completion.view = .structured
    if reasoning {
      completion.hasReasoningOpen = true
      completion.hasReasoningClose = true
      completion.isPromptPrefilled = true
      completion.reasoning.insert(
        ReasoningBlock(range: 0..<0, content: 0..<0, isClosed: true, isPrefilled: true), at: 0)
    }
    for call in calls { append(call, to: &completion) }
    return completion
  }

  /// Adds a call given as a value.
  private func append(_ value: Value, to completion: inout Completion) {
    let end = completion.text.count
    let index = completion.attempts.count
    var attempt = CallAttempt(status: .ok, range: end..<end, frame: nil)
    func note(_ code: Diagnostic.Code) { completion.diagnostics.append(Diagnostic(code, end..<end, attempt: index)) }
    let call = value["function"] ?? value
    guard call.kind == .object else {
      attempt.status = .notACall
      note(.notACall)
      completion.attempts.append(attempt)
      return
    }
    if let name = call["name"], name.kind == .string {
      attempt.name = completion.tape.append(name)
    } else {
      attempt.status = .invalidName
      note(call["name"] == nil ? .missingName : .nameNotString)
    }
    var arguments = call["arguments"]
    if let text = arguments?.stringBytes {
      arguments = (try? ValueReader(syntax: json.rule.syntax, limits: json.rule.limits).read(text)) ?? arguments
    }
    if let arguments {
      attempt.arguments = completion.tape.append(arguments)
      if arguments.tape.nodes[arguments.index].flags.contains(.duplicateNamesBelow) {
        attempt.hasDuplicateMembers = true
        note(.duplicateMember)
      }
      if json.rule.argumentsAreObject, arguments.kind != .object {
        if attempt.status == .ok { attempt.status = .invalidArguments }
        note(.argumentsNotObject)
      }
    } else {
      if attempt.status == .ok { attempt.status = .invalidArguments }
      note(.missingArguments)
    }
    completion.attempts.append(attempt)
  }
}
