internal import ToolReward
internal import ToolRewardPrompts

// Shapes that trainers with rewards read.

extension TaskWriter {
  /// A row as Tool-N1's preparation writes it (verl_toolcall_preprocess.py): its own columns stay beside verl's.
  func appendVerl(_ task: TrainingRecord, to output: inout [UInt8]) throws(DroppedRow) {
    let prompt = try promptMessages(task)
    var tools: [UInt8] = [0x5B]
    for (position, tool) in task.tools.enumerated() {
      if position > 0 { tools += ", ".utf8 }
      JSONWriter.python().write(tool, to: &tools)
    }
    tools.append(0x5D)
    let answer = CallText.python(task.groundTruth ?? [])
    let hasSystem = task.messages.first?.role == .system
    output += "{\"id\":".utf8
    // A column has one type: a number's text and a string's are both strings in it.
    output += task.id.first == 0x22 ? task.id : [0x22] + task.id + [0x22]
    output += ",\"tools\":".utf8
    JSONPiece.append(tools, to: &output)
    output += ",\"conversations\":[".utf8
    for (position, message) in (hasSystem ? task.messages.dropFirst() : task.messages[...]).enumerated() {
      if position > 0 { output.append(0x2C) }
      appendTurn(message, to: &output)
    }
    output += "],\"answer\":".utf8
    JSONPiece.append(answer, to: &output)
    output += ",\"raw_system\":".utf8
    JSONPiece.append(hasSystem ? task.messages[0].content : [], to: &output)
    output += ",\"data_source\":\"toolcall\",\"prompt\":[".utf8
    for (position, message) in prompt.enumerated() {
      if position > 0 { output.append(0x2C) }
      output += "{\"role\":\"\(message.role.rawValue)\",\"content\":".utf8
      JSONPiece.append(message.content, to: &output)
      output.append(0x7D)
    }
    output += "],\"ability\":\"toolcall\",\"reward_model\":{\"style\":\"rule\",\"ground_truth\":".utf8
    JSONPiece.append(answer, to: &output)
    output += "},\"extra_info\":{\"reasoning\":".utf8
    JSONPiece.append(options.includesReasoning ? task.reasoning ?? [] : [], to: &output)
  }

  private func appendTurn(_ message: RecordMessage, to output: inout [UInt8]) {
    let from =
      switch message.role {
      case .system: "system"
      case .user: "human"
      case .assistant: message.calls.isEmpty ? "gpt" : "function_call"
      case .tool: "observation"
      }
    output += "{\"from\":\"\(from)\",\"value\":".utf8
    JSONPiece.append(message.calls.isEmpty ? message.content : CallText.python(message.calls), to: &output)
    if !message.calls.isEmpty, !message.content.isEmpty {
      output += ",\"content\":".utf8
      JSONPiece.append(message.content, to: &output)
    }
    output.append(0x7D)
  }

  func appendTRL(_ task: TrainingRecord, to output: inout [UInt8]) throws(DroppedRow) {
    output += "{\"id\":".utf8
    output += task.id.first == 0x22 ? task.id : [0x22] + task.id + [0x22]
    output += ",\"prompt\":[".utf8
    try appendMessages(task, argumentsAsText: false, to: &output)
    output += "],\"completion\":[".utf8
    appendAnswer(task, argumentsAsText: false, to: &output)
    output += "],\"tools\":".utf8
    let tools = try toolList(task)
    if options.toolsAsText { JSONPiece.append(tools, to: &output) } else { output += tools }
    output += ",\"ground_truth\":".utf8
    // A string: columns of objects with different members are merged, absent members become null.
    var truth: [UInt8] = []
    RecordWriter().append(task.groundTruth ?? [], to: &truth)
    JSONPiece.append(truth, to: &output)
  }

  func appendNeMoGym(_ task: TrainingRecord, to output: inout [UInt8]) throws(DroppedRow) {
    output += "{\"id\":".utf8
    output += task.id
    output += ",\"responses_create_params\":{\"input\":[".utf8
    var isFirst = true
    func item(_ type: String) {
      if !isFirst { output.append(0x2C) }
      isFirst = false
      output += "{\"type\":\"\(type)\"".utf8
    }
    var number = 0
    var open = 0
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
        output += ",\"call_id\":\"call_\(open)\",\"output\":".utf8
        open = min(open + 1, max(0, number - 1))
        JSONPiece.append(message.content, to: &output)
        output.append(0x7D)
      } else if message.calls.isEmpty || !message.content.isEmpty {
        item("message")
        if message.role == .assistant { output += ",\"id\":\"turn_\(turn)\"".utf8 }
        output += ",\"role\":\"\(message.role.rawValue)\",\"content\":".utf8
        JSONPiece.append(message.content, to: &output)
        output.append(0x7D)
      }
      if !message.calls.isEmpty { open = number }
      for call in message.calls {
        item("function_call")
        output += ",\"id\":\"turn_\(turn)\",\"call_id\":\"call_\(number)\",\"name\":".utf8
        number += 1
        appendNameAndText(call, to: &output)
        output.append(0x7D)
      }
    }
    output += "],\"tools\":[".utf8
    for (position, tool) in try schemas(task).enumerated() {
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
