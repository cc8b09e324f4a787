internal import ToolReward

// Formats whose rows are dialogues: each message that calls tools is an answer to what comes before it.

extension RecordImporter {
  /// `conversations` of `from` and `value`: ToolACE, Hermes, ShareGPT, LLaMA-Factory, APIGen-MT, and what Tool-N1's preparation writes.
  func fillConversation(_ record: inout TrainingRecord, _ row: Value, _ format: DataFormat) throws(DroppedRow) {
    record.tools = try tools(row["tools"], "tools")
    if let system = row["raw_system"] ?? row["system"] { try addSystem(text(system), to: &record) }
    for turn in (row["conversations"] ?? row["messages"])?.elements ?? [] {
      noteRepeats(turn)
      let name = (turn["from"] ?? turn["role"])?.stringBytes
      try add(text(turn["value"] ?? turn["content"]), named: name, python: format == .toolace, to: &record)
    }
    if let answer = row["answer"] { record.groundTruth = try self.answer(answer, "answer") }
  }

  func noteRepeats(_ message: Value) {
    if message.hasDuplicateNames { reader.warn(.repeatedName, "a message repeats a member; the last one counts") }
  }

  private func add(
    _ content: [UInt8], named name: [UInt8]?, python: Bool, to record: inout TrainingRecord
  ) throws(DroppedRow) {
    guard let role = role(name) else {
      reader.warn(.unknownRole, "a turn's role is not known; it is read as the user's")
      record.messages.append(RecordMessage(.user, content))
      return
    }
    switch role {
    case .system: try addSystem(content, to: &record)
    case .user, .tool: record.messages.append(RecordMessage(role, content))
    case .assistant:
      var message = RecordMessage(.assistant)
      let lowered = String(decoding: name ?? [], as: UTF8.self).lowercased()
      if lowered == "function_call" || lowered == "tool_call" {
        if let value = reader.literal(content), let calls = reader.calls(value) {
          message.calls = calls
          // Turns of calls with no result between them are one answer: the calls are made at once.
          if let last = record.messages.last, last.role == .assistant, last.content.isEmpty, !last.calls.isEmpty,
            !last.isBroken
          {
            record.messages[record.messages.count - 1].calls += calls
            return
          }
        } else {
          message.content = content
          message.isBroken = true
          reader.warn(.unparsableCall, "a turn of calls cannot be read as such; it is kept as text")
        }
      } else {
        let taken = AssistantText(content, takesPython: python, reader)
        message.content = taken.content
        message.reasoning = taken.reasoning
        message.calls = taken.calls
        message.isBroken = taken.isBroken
      }
      record.messages.append(message)
    }
  }

  /// `messages`, or `prompt` and `completion`: OpenAI, TRL, Nemotron, LLaMA-Factory's typed content, When2Call's messages.
  func fillMessages(_ record: inout TrainingRecord, _ row: Value) throws(DroppedRow) {
    record.tools = try tools(row["tools"] ?? row["functions"], "tools")
    if record.tools.isEmpty, let metadata = row["metadata"], let inner = reader.embedded(metadata) {
      record.tools = try tools(inner["tools"], "metadata.tools")
    }
    lastIsWeighted = false
    let prompt = (row["messages"] ?? row["prompt"]).flatMap { reader.embedded($0) }
    if let text = row["prompt"]?.stringBytes, prompt == nil || prompt?.kind != .array {
      record.messages = Self.question(text)
    }
    for message in prompt?.elements ?? [] { try add(message, to: &record) }
    if let truth = row["ground_truth"] {
      record.groundTruth = try answer(truth, "ground_truth")
      record.reasoning = row["completion"]?[0]?["reasoning_content"]?.stringBytes
      return
    }
    for index in record.messages.indices where row["completion"] != nil { record.messages[index].isContext = true }
    for message in row["completion"]?.elements ?? [] { try add(message, to: &record) }
    if let chosen = row["chosen_response"] { try add(chosen, to: &record) }
    takeLastAsAnswer(&record)
  }

  /// Where weights say that the last message is the answer and all before it are context, the row is a task.
  private func takeLastAsAnswer(_ record: inout TrainingRecord) {
    guard record.messages.count > 1, let last = record.messages.last, last.role == .assistant, !last.isBroken,
      lastIsWeighted || record.messages.contains(where: { $0.isContext }), !last.isContext,
      record.messages.dropLast().allSatisfy({ $0.role != .assistant || $0.isContext })
    else { return }
    record.messages.removeLast()
    record.groundTruth = last.calls
    record.reasoning = last.reasoning
    for index in record.messages.indices { record.messages[index].isContext = false }
  }

  /// Reads a message's weight: 0 makes it context.
  private func weigh(_ message: inout RecordMessage, _ weight: Value?) {
    let number = weight?.numberLiteral.flatMap { Double($0) }
    message.isContext = number == 0
    lastIsWeighted = (number ?? 0) > 0
  }

  func add(_ message: Value, to record: inout TrainingRecord) throws(DroppedRow) {
    noteRepeats(message)
    let name = message["role"]?.stringBytes ?? message["from"]?.stringBytes
    if message["role"] == nil, message["from"] == nil, let content = message["content"], content.kind == .string {
      try add(text(content), named: Array("assistant".utf8), python: false, to: &record)
      return
    }
    let content = message["content"]
    if content?.kind == .array, content?[0]?["value"] != nil { return try addTyped(message, name, to: &record) }
    guard let role = role(name) else { return try add(text(content), named: name, python: false, to: &record) }
    switch role {
    case .system: try addSystem(text(content), to: &record)
    case .user: record.messages.append(RecordMessage(.user, text(content)))
    case .tool:
      results.noteResult(message["tool_call_id"]?.stringBytes, at: record.messages.count)
      record.messages.append(RecordMessage(.tool, text(content), name: message["name"]?.stringBytes))
    case .assistant:
      let taken = AssistantText(text(content), takesPython: false, reader)
      var result = RecordMessage(.assistant, taken.content, reasoning: taken.reasoning, calls: taken.calls)
      result.isBroken = taken.isBroken
      result.reasoning =
        message["reasoning_content"]?.stringBytes ?? message["reasoning"]?.stringBytes ?? result.reasoning
      let written = message["tool_calls"] ?? message["function_call"]
      if let written, written.kind != .null, written.kind != .array || written.count > 0 {
        if let calls = reader.calls(written) {
          result.calls = calls
          for call in written.elements { results.noteCall(call["id"]?.stringBytes, of: record.messages.count) }
        } else {
          result.isBroken = true
          reader.warn(.unparsableCall, "a message's tool_calls cannot be read; it is no answer to learn from")
        }
      }
      weigh(&result, message["weight"])
      record.messages.append(result)
    }
  }

  /// LLaMA-Factory's typed content: parts of type text, reasoning and tool_call.
  private func addTyped(_ message: Value, _ name: [UInt8]?, to record: inout TrainingRecord) throws(DroppedRow) {
    var result = RecordMessage(role(name) ?? .user)
    for part in message["content"]?.elements ?? [] {
      let value = text(part["value"])
      switch part["type"]?.string {
      case "reasoning": result.reasoning = (result.reasoning ?? []) + value
      case "tool_call":
        if let inner = reader.literal(value), let calls = reader.calls(inner) {
          result.calls += calls
        } else {
          result.isBroken = true
          reader.warn(.unparsableCall, "a tool_call part cannot be read; the message is no answer to learn from")
        }
      default: result.content += value
      }
    }
    weigh(&result, message["loss_weight"])
    if result.role == .system { return try addSystem(result.content, to: &record) }
    if result.role != .assistant { result.isContext = false }
    record.messages.append(result)
  }

  /// Glaive: one text, with `USER:`, `ASSISTANT:` and `FUNCTION RESPONSE:` at the beginnings of turns.
  func fillGlaive(_ record: inout TrainingRecord, _ row: Value) throws(DroppedRow) {
    var system = text(row["system"])
    if system.starts(with: "SYSTEM:".utf8) { system = system.stripped(7..<system.count) }
    try addSystem(system, to: &record)
    let chat = text(row["chat"])
    var turns: [(role: RecordMessage.Role, start: Int, content: Int)] = []
    for (marker, role) in [
      ("USER:", RecordMessage.Role.user), ("ASSISTANT:", .assistant), ("FUNCTION RESPONSE:", .tool),
    ] {
      var from = 0
      while let place = chat.firstIndex(of: marker, from: from) {
        from = place + marker.utf8.count
        if place == 0 || chat[place - 1] == 0x0A { turns.append((role, place, from)) }
      }
    }
    turns.sort { $0.start < $1.start }
    for (position, turn) in turns.enumerated() {
      let end = position + 1 < turns.count ? turns[position + 1].start : chat.count
      var content = chat.stripped(turn.content..<end)
      if let mark = content.lastIndex(of: "<|endoftext|>"), mark + 13 == content.count {
        content = content.stripped(0..<mark)
      }
      try add(content, named: Array(turn.role.rawValue.utf8), python: false, to: &record)
    }
  }

  /// ToolBench: the longest chain of messages of an answer. A query alone does not say which calls are right.
  func fillToolBench(_ record: inout TrainingRecord, _ row: Value) throws(DroppedRow) {
    guard let generation = row["answer_generation"] else {
      throw DroppedRow(.noGroundTruth, "a ToolBench query names relevant APIs, but no call; import the answer files")
    }
    if generation["valid_data"]?.boolean == false || generation["finish_type"]?.string == "give_up" {
      throw DroppedRow(.noGroundTruth, "the answer gives up, or is marked as no valid data: its calls are not right")
    }
    record.tools = try tools(generation["function"] ?? generation["functions"], "answer_generation.function")
    let chains = generation["train_messages"]?.elements ?? []
    let longest = chains.max { $0.count < $1.count }
    for message in longest?.elements ?? [] { try add(message, to: &record) }
  }

  /// API-Bank: a turn a line. The tools are Python classes elsewhere.
  func fillAPIBank(_ record: inout TrainingRecord, _ row: Value) throws(DroppedRow) {
    let turns = row["turns"]?.elements ?? [row]
    for turn in turns {
      guard let name = turn["api_name"]?.stringBytes else {
        record.messages.append(RecordMessage(role(turn["role"]?.stringBytes) ?? .user, text(turn["text"])))
        continue
      }
      guard let call = reader.call(turn) else {
        throw DroppedRow(.unreadableAnswer, "a turn's \"param_dict\" is no object")
      }
      record.messages.append(RecordMessage(.assistant, calls: [call]))
      guard let result = turn["result"] else { continue }
      record.messages.append(RecordMessage(.tool, JSONWriter.compact.write(result), name: name))
    }
  }
}
