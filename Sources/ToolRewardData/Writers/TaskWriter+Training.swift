internal import ToolReward
internal import ToolRewardPrompts

// Shapes that trainers with rewards read.

extension TaskWriter {
  func appendTRL(_ task: TrainingRecord, to output: inout [UInt8]) throws(DroppedRow) {
    output += "{\"id\":".utf8
    output += textID(task)
    output += ",\"prompt\":[".utf8
    try appendMessages(task, argumentsAsText: false, to: &output)
    output += "],\"completion\":[".utf8
    appendAnswer(task, argumentsAsText: false, to: &output)
    output.append(0x5D)
    // A prompt that is written into the messages holds the tools already: a chat template would write them once more.
    if options.prompt == nil {
      output += ",\"tools\":".utf8
      let tools = try toolList(task)
      if options.toolsAsText { JSONPiece.append(tools, to: &output) } else { output += tools }
    }
    output += ",\"ground_truth\":".utf8
    // A string: columns of objects with different members are merged, absent members become null.
    var truth: [UInt8] = []
    RecordWriter().append(task.groundTruth ?? [], to: &truth)
    JSONPiece.append(truth, to: &output)
  }

  func appendNeMoGym(_ task: TrainingRecord, to output: inout [UInt8]) throws(DroppedRow) {
    output += "{\"id\":".utf8
    output += textID(task)
    output += ",\"responses_create_params\":{\"input\":[".utf8
    var isFirst = true
    func item(_ type: String) {
      if !isFirst { output.append(0x2C) }
      isFirst = false
      output += "{\"type\":\"\(type)\"".utf8
    }
    var numbers = CallNumbers()
    let messages = try messagesUnderPrompt(task)
    for (turn, message) in messages.enumerated() {
      if let reasoning = message.reasoning {
        item("reasoning")
        output += ",\"summary\":[{\"type\":\"summary_text\",\"text\":".utf8
        JSONPiece.append(reasoning, to: &output)
        output += "}]}".utf8
      }
      if message.role == .tool {
        item("function_call_output")
        output += ",\"call_id\":\"call_\(numbers.answered())\",\"output\":".utf8
        JSONPiece.append(message.content, to: &output)
        output.append(0x7D)
      } else if message.calls.isEmpty || !message.content.isEmpty {
        item("message")
        if message.role == .assistant { output += ",\"id\":\"turn_\(turn)\"".utf8 }
        output += ",\"role\":\"\(message.role.rawValue)\",\"content\":".utf8
        JSONPiece.append(message.content, to: &output)
        output.append(0x7D)
      }
      for call in message.calls {
        item("function_call")
        output += ",\"id\":\"turn_\(turn)\",\"call_id\":\"call_\(numbers.made(1))\",\"name\":".utf8
        appendNameAndText(call, to: &output)
        output.append(0x7D)
      }
    }
    output += "],\"tools\":[".utf8
    for (position, tool) in (options.prompt == nil ? try schemas(task) : []).enumerated() {
      if position > 0 { output.append(0x2C) }
      output += "{\"type\":\"function\",".utf8
      output += tool.definition.dropFirst().dropLast()
      output += ",\"strict\":false}".utf8
    }
    let truth = task.groundTruth ?? []
    output += "],\"parallel_tool_calls\":\(truth.count > 1)},".utf8
    if truth.contains(where: { $0.accepted != nil }) {
      // An expected action has one value an argument.
      output += "\"ground_truth\":".utf8
      RecordWriter().append(truth, to: &output)
      return
    }
    output += "\"expected_action\":{".utf8
    switch truth.count {
    case 0: output += "\"type\":\"message\",\"content\":\"\"}".utf8
    case 1:
      output += "\"type\":\"function_call\",\"name\":".utf8
      appendNameAndText(truth[0], to: &output)
      output.append(0x7D)
    default:
      output += "\"type\":\"function_call_batch\",\"calls\":[".utf8
      for (position, call) in truth.enumerated() {
        if position > 0 { output.append(0x2C) }
        output += "{\"type\":\"function_call\",\"name\":".utf8
        appendNameAndText(call, to: &output)
        output.append(0x7D)
      }
      output += "]}".utf8
    }
  }

  /// Appends a call's name, and its arguments as a string.
  func appendNameAndText(_ call: RecordCall, to output: inout [UInt8]) {
    JSONPiece.append(call.name, to: &output)
    output += ",\"arguments\":".utf8
    JSONPiece.append(JSONWriter.compact.write(call.arguments), to: &output)
  }

  /// The messages, under the prompt if there is one: then calls are text.
  func messagesUnderPrompt(_ task: TrainingRecord) throws(DroppedRow) -> [RecordMessage] {
    guard options.prompt != nil else { return task.messages }
    return try promptMessages(task).map { message in
      RecordMessage(RecordMessage.Role(rawValue: message.role.rawValue) ?? .user, message.content)
    }
  }

  /// `[{"type":"function","function":…}]`.
  func toolList(_ task: TrainingRecord) throws(DroppedRow) -> [UInt8] {
    var list: [UInt8] = [0x5B]
    for (position, tool) in try schemas(task).enumerated() {
      if position > 0 { list.append(0x2C) }
      list += "{\"type\":\"function\",\"function\":".utf8
      list += tool.definition
      list.append(0x7D)
    }
    return list + [0x5D]
  }
}
