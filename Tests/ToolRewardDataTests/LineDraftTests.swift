import Testing
import ToolReward
import ToolRewardPrompts

@testable import ToolRewardData

@Suite struct LineDraftTests {
  private let pieces = [Array("shared text".utf8), [], Array("é".utf8)]

  private func line(_ draft: [UInt8]) -> String {
    var line: [UInt8] = []
    LineDraft.appendLine(of: draft.span, shared: pieces, to: &line)
    #expect(LineDraft.lineLength(draft.span, shared: pieces) == line.count)
    return String(decoding: line, as: UTF8.self)
  }

  @Test func draftsStandForTheirLines() {
    for padding in 0..<20 {
      let plain = [UInt8](repeating: 0x2E, count: padding)
      let before = Array("other".utf8)
      var output = before + plain
      let start = before.count
      let word = output.count..<(output.count + 12)
      output += "twelve bytes".utf8
      LineDraft.appendShared(0, to: &output)
      LineDraft.appendAgain(word, draftAt: start, to: &output)
      LineDraft.appendShared(1, to: &output)
      LineDraft.appendAgain(word.lowerBound..<(word.lowerBound + 3), draftAt: start, to: &output)
      LineDraft.appendShared(2, to: &output)
      output += plain
      let dots = String(decoding: plain, as: UTF8.self)
      #expect(line(Array(output[start...])) == dots + "twelve bytesshared texttwelve bytestweé" + dots)
    }
  }

  @Test(arguments: [
    [1], [2], [2, 0, 0], [1, 9], [2, 255, 255, 255, 255, 255, 255, 255, 255], [97, 2, 0, 0, 0, 0, 9, 0, 0, 0],
  ])
  func whatIsNoDraftGivesSomeLine(_ draft: [UInt8]) { #expect(line(draft).utf8.count <= 1) }

  /// With any prompt, verl's lines are what they would be if every string were written where it stands.
  @Test(arguments: PromptPreset.all.map(\.name))
  func promptsAreWrittenWhole(_ name: String) throws {
    let preset = try #require(PromptPreset.named(name))
    let tools = [
      #"{"name":"f","description":"d \"q\" </tools>","parameters":{"a":{"type":"int"}}}"#,
      #"{"type":"function","function":{"name":"f","description":"é","parameters":{}}}"#,
      #"{"name":"f","description":"d \"q\" </tools>","parameters":{"a":{"type":"int"}}}"#,
    ]
    let own = String(decoding: preset.opening ?? Array("own".utf8), as: UTF8.self)
    let systems = ["", "Be \"brief\".", own, own + String(decoding: preset.template, as: UTF8.self)]
    for (system, count) in systems.flatMap({ system in (0...3).map { (system, $0) } }) {
      let source = RecordSource(file: "f", line: 1, format: .openai)
      var task = TrainingRecord(id: Array("\"i\"".utf8), source: source)
      if !system.isEmpty { task.messages.append(RecordMessage(.system, Array(system.utf8))) }
      task.messages.append(RecordMessage(.user, Array("a question, long enough".utf8)))
      let call = RecordCall(name: Array("f".utf8), arguments: try ValueReader().read(#"{"a":1}"#))
      task.messages.append(RecordMessage(.assistant, Array("I say, and I call".utf8), calls: [call]))
      task.messages.append(RecordMessage(.tool, Array("\u{1}\u{2}\n".utf8)))
      task.tools = try tools.prefix(count).map { try ValueReader().read($0) }
      task.groundTruth = [call]
      let writer = TaskWriter(TaskWriterOptions(format: .verl, prompt: preset))
      var draft: [UInt8] = []
      try writer.appendDraft(task, to: &draft)
      var line: [UInt8] = []
      writer.appendLine(of: draft.span, split: "train", index: 0, to: &line)
      let row = try ValueReader().read(line)
      let messages = task.messages.map { message in
        PromptMessage(
          PromptMessage.Role(rawValue: message.role.rawValue) ?? .user,
          message.content + (message.calls.isEmpty ? [] : [0x0A] + CallText.spelt(message.calls, for: preset)))
      }
      let expected = try preset.messages(messages, tools: task.tools)
      #expect(row["prompt"]?.elements.map { $0["content"]?.stringBytes ?? [] } == expected.map(\.content))
      let written = task.tools.map { String(decoding: JSONWriter.python().write($0), as: UTF8.self) }
      #expect(row["tools"]?.string == "[" + written.joined(separator: ", ") + "]")
      #expect(row["reward_model"]?["ground_truth"]?.string == #"[{"name": "f", "arguments": {"a": 1}}]"#)
    }
  }
}
