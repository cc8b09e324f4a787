internal import ToolReward
internal import ToolRewardPrompts

extension TaskWriter {
  /// Appends the draft of a row as Tool-N1's preparation writes it (verl_toolcall_preprocess.py): its own columns stay beside verl's.
  func appendVerl(_ task: TrainingRecord, to output: inout [UInt8]) throws(DroppedRow) {
    let start = output.count
    let tools = task.tools.map { JSONWriter.python().write($0) }
    let prompt = try promptMessages(task, written: tools)
    let truth = task.groundTruth ?? []
    // Our reward reads the lists of right values; the published one would compare with them.
    let answer = CallText.python(options.isToolN1 ? CallText.plain(truth, task.tools) : truth)
    let hasSystem = task.messages.first?.role == .system
    let turns = hasSystem ? task.messages.dropFirst() : task.messages[...]
    output += "{\"id\":".utf8
    output += textID(task)
    output += ",\"tools\":".utf8
    let toolPlaces = appendList(of: tools, to: &output)
    output += ",\"conversations\":[".utf8
    var turnPlaces: [Range<Int>] = []
    for (position, message) in turns.enumerated() {
      if position > 0 { output.append(0x2C) }
      turnPlaces.append(appendTurn(message, to: &output))
    }
    output += "],\"answer\":".utf8
    let answerStart = output.count
    JSONPiece.append(answer, to: &output)
    let answerPlace = answerStart..<output.count
    output += ",\"raw_system\":".utf8
    JSONPiece.append(hasSystem ? task.messages[0].content : [], to: &output)
    output += ",\"data_source\":\"toolcall\",\"prompt\":[".utf8
    for (position, message) in prompt.enumerated() {
      output += position > 0 ? ",{\"role\":\"".utf8 : "{\"role\":\"".utf8
      output += message.role.rawValue.utf8
      output += "\",\"content\":".utf8
      let turn = turns.startIndex + position - 1
      if position == 0, message.role == .system, let frame, let preset = options.prompt {
        let opening = preset.leadingSystem == .opens && hasSystem ? task.messages[0].content.count : nil
        frame.append(
          message.content, opening: opening, again: Array(zip(tools, toolPlaces)), draftAt: start, to: &output)
      } else if position > 0, turn < turns.endIndex, !turnPlaces[position - 1].isEmpty,
        turns[turn].content == message.content
      {
        LineDraft.appendAgain(turnPlaces[position - 1], draftAt: start, to: &output)
      } else {
        JSONPiece.append(message.content, to: &output)
      }
      output.append(0x7D)
    }
    output += "],\"ability\":\"toolcall\",\"reward_model\":{\"style\":\"rule\",\"ground_truth\":".utf8
    LineDraft.appendAgain(answerPlace, draftAt: start, to: &output)
    output += "},\"extra_info\":{\"reasoning\":".utf8
    JSONPiece.append(options.includesReasoning ? task.reasoning ?? [] : [], to: &output)
  }

  /// Appends a string that holds texts as a Python list, and returns where each stands in it.
  private func appendList(of texts: [[UInt8]], to output: inout [UInt8]) -> [Range<Int>] {
    var places: [Range<Int>] = []
    output += "\"[".utf8
    for (position, text) in texts.enumerated() {
      if position > 0 { output += ", ".utf8 }
      let start = output.count
      JSONPiece.appendCharacters(text.span, to: &output)
      places.append(start..<output.count)
    }
    output += "]\"".utf8
    return places
  }

  /// Appends a turn, and returns where the string of what is said in it stands.
  private func appendTurn(_ message: RecordMessage, to output: inout [UInt8]) -> Range<Int> {
    let from =
      switch message.role {
      case .system: "system"
      case .user: "human"
      case .assistant: message.calls.isEmpty ? "gpt" : "function_call"
      case .tool: "observation"
      }
    output += "{\"from\":\"\(from)\",\"value\":".utf8
    let start = output.count
    JSONPiece.append(message.calls.isEmpty ? message.content : CallText.python(message.calls), to: &output)
    var place = start..<output.count
    if !message.calls.isEmpty {
      if !message.content.isEmpty { output += ",\"content\":".utf8 }
      let contentStart = output.count
      if !message.content.isEmpty { JSONPiece.append(message.content, to: &output) }
      place = contentStart..<output.count
    }
    output.append(0x7D)
    return place
  }
}
