internal import ToolReward

// Formats whose rows are tasks: a prompt, and the calls that are right.

extension RecordImporter {
  /// A record as `toolreward import` writes it.
  func fillNative(_ record: inout TrainingRecord, _ row: Value) throws(DroppedRow) {
    if let source = row["source"] {
      record.source.file = source["file"]?.string ?? record.source.file
      record.source.line = source["line"]?.numberLiteral.flatMap { Int($0) } ?? record.source.line
      record.source.turn = source["turn"]?.numberLiteral.flatMap { Int($0) }
      record.source.format = source["format"]?.string.flatMap { DataFormat(rawValue: $0) } ?? .toolreward
    }
    record.tools = try tools(row["tools"], "tools")
    for message in row["messages"]?.elements ?? [] {
      guard let role = message["role"]?.string.flatMap({ RecordMessage.Role(rawValue: $0) }) else {
        throw DroppedRow(.unknownFormat, "a message's \"role\" is none of system, user, assistant, tool")
      }
      var result = RecordMessage(role, text(message["content"]))
      result.reasoning = message["reasoning"]?.stringBytes
      result.name = message["name"]?.stringBytes
      if let calls = message["tool_calls"] { result.calls = try answer(calls, "tool_calls") }
      result.isContext = message["context"]?.boolean ?? false
      result.isBroken = message["broken"]?.boolean ?? false
      record.messages.append(result)
    }
    if let truth = row["ground_truth"], truth.kind != .null { record.groundTruth = try answer(truth, "ground_truth") }
    record.reasoning = row["reasoning"]?.stringBytes
    record.response = row["response"]?.stringBytes
    for warning in row["warnings"]?.elements ?? [] {
      guard let code = warning["code"]?.string.flatMap({ RecordWarning.Code(rawValue: $0) }) else { continue }
      record.warnings.append(RecordWarning(code, warning["message"]?.string ?? ""))
    }
  }

  /// `query`, `tools`, `answers`: xLAM, where all are strings, and the benchmarks in Hammer's repository.
  func fillQueries(_ record: inout TrainingRecord, _ row: Value) throws(DroppedRow) {
    record.tools = try tools(row["tools"], "tools")
    if let turns = row["query"], turns.kind == .array {
      for turn in turns.elements {
        record.messages.append(RecordMessage(role(turn["role"]?.stringBytes) ?? .user, text(turn["content"])))
      }
    } else {
      record.messages = Self.question(text(row["query"]))
    }
    guard let answers = row["answers"] ?? row["answer"] else {
      throw DroppedRow(.noGroundTruth, "the row has no \"answers\"")
    }
    record.groundTruth = try answer(answers, "answers")
  }

  /// `instruction`, `input`, `output`: ToolRL and Hammer; `system`, `user`, `answer`: API-Bank as ToolRL prepares it.
  func fillInstruction(_ record: inout TrainingRecord, _ row: Value) throws(DroppedRow) {
    if row["label"] != nil, row["predict"] != nil {
      throw DroppedRow(.noMessages, "a prediction beside a label: there is no question and there are no tools")
    }
    let instruction = text(row["instruction"] ?? row["system"])
    guard let found = try SystemTools.find(instruction, reader) else {
      throw DroppedRow(.unreadableTools, "the instruction holds no tools in a form that is known")
    }
    record.tools = found.tools
    if !found.rest.isEmpty { record.messages.append(RecordMessage(.system, found.rest)) }
    let input = text(row["input"] ?? row["user"])
    record.messages += input.isEmpty ? hammerQuestion(instruction) : Self.question(input)
    guard let output = row["output"] ?? row["answer"] else {
      throw DroppedRow(.noGroundTruth, "the row has no \"output\"")
    }
    guard let written = output.stringBytes else {
      record.groundTruth = try answer(output, "answer")
      return
    }
    try takeAnswer(written, to: &record)
  }

  /// A model answer as ToolRL and Hammer write it: reasoning, calls in a block or a fence, or a response alone.
  func takeAnswer(_ text: [UInt8], to record: inout TrainingRecord) throws(DroppedRow) {
    var body = text
    // The first end of the reasoning: one in an argument is the argument's.
    if let close = text.firstIndex(of: "</think>") {
      if let open = text.firstIndex(of: "<think>"), open + 7 <= close {
        record.reasoning = text.stripped((open + 7)..<close)
      }
      body = Array(text[(close + 8)...])
    }
    if body.contains("<tool_call>") {
      guard let blocks = CallBlocks(body, open: "<tool_call>", close: "</tool_call>", reader) else {
        throw DroppedRow(.unreadableAnswer, "a <tool_call> block of the answer is neither JSON nor a call a line")
      }
      record.groundTruth = blocks.calls
      return
    }
    if body.contains("<response>") {
      record.groundTruth = []
      return
    }
    var inner = body.stripped
    if inner.starts(with: "```".utf8) {
      let start = inner.firstIndex(of: 0x0A) ?? 3
      let end = inner.lastIndex(of: "```") ?? inner.count
      inner = inner.stripped(start..<max(start, end))
    }
    guard let value = reader.literal(inner), let calls = reader.calls(value) else {
      throw DroppedRow(.unreadableAnswer, "the answer holds no calls in a form that is known")
    }
    record.groundTruth = calls
  }

  /// Hammer's question: between its marks, or in the chat turns that follow the instruction.
  private func hammerQuestion(_ text: [UInt8]) -> [RecordMessage] {
    if let open = text.firstIndex(of: "[BEGIN OF QUERY]"), let close = text.firstIndex(of: "[END OF QUERY]", from: open)
    {
      return Self.question(text.stripped((open + 16)..<close))
    }
    var messages: [RecordMessage] = []
    var position = text.firstIndex(of: "[END OF FORMAT INSTRUCTION]") ?? 0
    while let open = text.firstIndex(of: "<|im_start|>", from: position) {
      let end = text.firstIndex(of: "<|im_end|>", from: open) ?? text.count
      let line = text[open...].firstIndex(of: 0x0A) ?? end
      let role = role(text.stripped((open + 12)..<min(line, end))) ?? .user
      let content = text.stripped(min(line, end)..<end)
      if !content.isEmpty { messages.append(RecordMessage(role, content)) }
      position = end
    }
    return messages
  }

  /// When2Call: only where the tool call is the right answer is one right.
  func fillWhen2Call(_ record: inout TrainingRecord, _ row: Value) throws(DroppedRow) {
    record.tools = try tools(row["tools"], "tools")
    record.messages = Self.question(text(row["question"]))
    guard let right = row["correct_answer"]?.stringBytes, right == Array("tool_call".utf8) else {
      record.groundTruth = []
      return
    }
    guard let call = row["answers"]?["tool_call"] else {
      throw DroppedRow(.noGroundTruth, "the right answer is a tool call, but \"answers\" has none")
    }
    record.groundTruth = try answer(call, "answers.tool_call")
  }

  /// NeMo-Gym: items of the Responses API, and what is expected under the names of its environments.
  func fillNeMoGym(_ record: inout TrainingRecord, _ row: Value) throws(DroppedRow) {
    let parameters = row["responses_create_params"]
    record.tools = try tools(parameters?["tools"], "responses_create_params.tools")
    var reasoning: [UInt8]?
    var lastTurn: [UInt8]?
    if let text = parameters?["input"]?.stringBytes { record.messages = Self.question(text) }
    for item in parameters?["input"]?.elements ?? [] {
      switch item["type"]?.string {
      case "function_call":
        guard let call = reader.call(item) else {
          throw DroppedRow(.unreadableAnswer, "a function_call item has no name or no object of arguments")
        }
        // Calls that stand together, and the message before them, are one turn, unless our own numbers say otherwise.
        let turn = Self.turn(item)
        if let last = record.messages.indices.last, record.messages[last].role == .assistant,
          turn == nil || lastTurn == nil || turn == lastTurn
        {
          record.messages[last].calls.append(call)
        } else {
          record.messages.append(RecordMessage(.assistant, reasoning: reasoning, calls: [call]))
        }
        results.noteCall(item["call_id"]?.stringBytes, of: record.messages.count - 1)
        reasoning = nil
        lastTurn = turn
      case "function_call_output":
        results.noteResult(item["call_id"]?.stringBytes, at: record.messages.count)
        record.messages.append(RecordMessage(.tool, text(item["output"])))
      case "reasoning": reasoning = text(item["summary"])
      default:
        let count = record.messages.count
        try add(item, to: &record)
        if record.messages.count > count, record.messages[count].role == .assistant, let text = reasoning {
          record.messages[count].reasoning = text
        }
        reasoning = nil
        lastTurn = Self.turn(item)
      }
    }
    record.groundTruth = try expected(row)
  }

  /// The turn that an item says it belongs to, in rows that `toolreward prepare` wrote.
  private static func turn(_ item: Value) -> [UInt8]? {
    item["id"]?.stringBytes.flatMap { $0.starts(with: "turn_".utf8) ? $0 : nil }
  }

  private func expected(_ row: Value) throws(DroppedRow) -> [RecordCall] {
    if let action = row["expected_action"], action.kind == .object {
      switch action["type"]?.string {
      case "message": return []
      case "function_call_batch": return try answer(action["calls"] ?? action, "expected_action.calls")
      default: return try answer(action, "expected_action")
      }
    }
    for member in ["expected_answers", "expected_call", "ground_truth"] {
      if let value = row[member], value.kind != .null { return try answer(value, member) }
    }
    throw DroppedRow(
      .noGroundTruth,
      "the row has none of expected_action, expected_answers, expected_call, ground_truth: a rollout says what a model did, not what is right"
    )
  }

  /// verl: the prompt's system message holds the tools; columns of the preparation are read if they stayed.
  func fillVerl(_ record: inout TrainingRecord, _ row: Value) throws(DroppedRow) {
    if let tools = row["tools"] ?? row["extra_info"]?["tools"], tools.kind != .null {
      record.tools = try self.tools(tools, "tools")
    }
    if row["conversations"]?.kind == .array || row["raw_system"] != nil {
      if let system = row["raw_system"] { try addSystem(text(system), to: &record) }
      for message in row["conversations"]?.elements ?? [] { try add(turn: message, to: &record) }
    } else {
      for message in row["prompt"]?.elements ?? [] { try add(message, to: &record) }
    }
    let truth = row["reward_model"]?["ground_truth"] ?? row["answer"]
    guard let truth, truth.kind != .null else { throw DroppedRow(.noGroundTruth, "reward_model has no ground_truth") }
    if let written = writtenAnswer(truth) { return try takeAnswer(written, to: &record) }
    record.groundTruth = try answer(truth, "reward_model.ground_truth")
    record.reasoning = row["extra_info"]?["reasoning"]?.stringBytes.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The text of an answer that is written as a model writes it; `nil` for JSON, whatever its strings hold.
  private func writtenAnswer(_ truth: Value) -> [UInt8]? {
    guard var text = truth.stringBytes else { return nil }
    if let value = reader.json(text) {
      guard let inner = value.stringBytes, reader.json(inner) == nil else { return nil }
      text = inner
    }
    return ["<think>", "<tool_call>", "<response>"].contains { text.contains($0) } ? text : nil
  }

  private func add(turn: Value, to record: inout TrainingRecord) throws(DroppedRow) {
    if role(turn["from"]?.stringBytes) == .assistant, turn["from"]?.string == "function_call",
      let value = reader.literal(text(turn["value"])), let calls = reader.calls(value)
    {
      record.messages.append(RecordMessage(.assistant, text(turn["content"]), calls: calls))
      return
    }
    if let name = role((turn["from"] ?? turn["role"])?.stringBytes) {
      record.messages.append(RecordMessage(name, text(turn["value"] ?? turn["content"])))
    }
  }
}
