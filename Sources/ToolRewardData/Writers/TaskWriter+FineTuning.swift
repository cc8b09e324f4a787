internal import ToolReward

// Shapes for supervised fine-tuning, whose last message is the answer.

extension TaskWriter {
  func appendOpenAI(_ task: TrainingRecord, to output: inout [UInt8]) throws(DroppedRow) {
    output += "{\"messages\":[".utf8
    try appendMessages(task, argumentsAsText: true, to: &output)
    if output.last == 0x7D { output.append(0x2C) }
    appendAnswer(task, argumentsAsText: true, to: &output)
    output.append(0x5D)
    if !task.tools.isEmpty {
      output += ",\"tools\":".utf8
      output += try toolList(task)
      output += ",\"parallel_tool_calls\":\((task.groundTruth ?? []).count > 1)".utf8
    }
  }

  /// LLaMA-Factory's typed content (its v1 data format): the weight says which message is learnt from.
  func appendLLaMAFactory(_ task: TrainingRecord, to output: inout [UInt8]) throws(DroppedRow) {
    output += "{\"id\":".utf8
    output += task.id
    output += ",\"messages\":[".utf8
    for message in try messagesUnderPrompt(task) {
      output += "{\"role\":\"\(message.role.rawValue)\",\"content\":[".utf8
      appendParts(message.content, message.reasoning, message.calls, to: &output)
      output += "],\"loss_weight\":0.0},".utf8
    }
    output += "{\"role\":\"assistant\",\"content\":[".utf8
    let reasoning = options.includesReasoning ? task.reasoning : nil
    if options.prompt != nil {
      appendParts(answerText(task), nil, [], to: &output)
    } else {
      appendParts([], reasoning, CallText.plain(task.groundTruth ?? []), to: &output)
    }
    output += "],\"loss_weight\":1.0}],\"tools\":".utf8
    JSONPiece.append(try toolList(task), to: &output)
  }

  private func appendParts(_ text: [UInt8], _ reasoning: [UInt8]?, _ calls: [RecordCall], to output: inout [UInt8]) {
    func part(_ type: String, _ value: [UInt8]) {
      if output.last == 0x7D { output.append(0x2C) }
      output += "{\"type\":\"\(type)\",\"value\":".utf8
      JSONPiece.append(value, to: &output)
      output.append(0x7D)
    }
    if let reasoning { part("reasoning", reasoning) }
    if !text.isEmpty || calls.isEmpty { part("text", text) }
    for call in calls {
      var json = Array("{\"name\":".utf8)
      JSONPiece.append(call.name, to: &json)
      json += ",\"arguments\":".utf8
      JSONWriter.compact.write(call.arguments, to: &json)
      part("tool_call", json + [0x7D])
    }
  }

  /// Appends the messages of the prompt. Those of the assistant are context: their weight is 0.
  func appendMessages(_ task: TrainingRecord, argumentsAsText: Bool, to output: inout [UInt8]) throws(DroppedRow) {
    var number = 0
    var open = 0
    for (position, message) in try messagesUnderPrompt(task).enumerated() {
      if position > 0 { output.append(0x2C) }
      output += "{\"role\":\"\(message.role.rawValue)\"".utf8
      if message.calls.isEmpty || !message.content.isEmpty {
        output += ",\"content\":".utf8
        JSONPiece.append(message.content, to: &output)
      }
      if let reasoning = message.reasoning, !argumentsAsText {
        output += ",\"reasoning_content\":".utf8
        JSONPiece.append(reasoning, to: &output)
      }
      if message.role == .tool {
        output += ",\"tool_call_id\":\"call_\(open)\"".utf8
        open = min(open + 1, max(0, number - 1))
      }
      if let name = message.name {
        output += ",\"name\":".utf8
        JSONPiece.append(name, to: &output)
      }
      if !message.calls.isEmpty {
        open = number
        appendCalls(message.calls, firstID: number, argumentsAsText: argumentsAsText, to: &output)
        number += message.calls.count
      }
      if message.role == .assistant, argumentsAsText { output += ",\"weight\":0".utf8 }
      output.append(0x7D)
    }
  }

  /// Appends the answer as a message.
  func appendAnswer(_ task: TrainingRecord, argumentsAsText: Bool, to output: inout [UInt8]) {
    output += "{\"role\":\"assistant\"".utf8
    let calls = CallText.plain(task.groundTruth ?? [])
    if options.includesReasoning, let reasoning = task.reasoning, !argumentsAsText {
      output += ",\"reasoning_content\":".utf8
      JSONPiece.append(reasoning, to: &output)
    }
    if options.prompt != nil {
      output += ",\"content\":".utf8
      JSONPiece.append(answerText(task), to: &output)
    } else if calls.isEmpty {
      output += ",\"content\":\"\"".utf8
    } else {
      appendCalls(calls, firstID: 1000, argumentsAsText: argumentsAsText, to: &output)
    }
    if argumentsAsText { output += ",\"weight\":1".utf8 }
    output.append(0x7D)
  }

  private func appendCalls(
    _ calls: [RecordCall], firstID: Int, argumentsAsText: Bool, to output: inout [UInt8]
  ) {
    output += ",\"tool_calls\":[".utf8
    for (position, call) in calls.enumerated() {
      if position > 0 { output.append(0x2C) }
      output += "{\"id\":\"call_\(firstID + position)\",\"type\":\"function\",\"function\":{\"name\":".utf8
      if argumentsAsText {
        appendNameAndText(call, to: &output)
      } else {
        JSONPiece.append(call.name, to: &output)
        output += ",\"arguments\":".utf8
        JSONWriter.compact.write(call.arguments, to: &output)
      }
      output += "}}".utf8
    }
    output.append(0x5D)
  }
}
