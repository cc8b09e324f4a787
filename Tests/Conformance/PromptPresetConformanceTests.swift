import Foundation
import Testing
import ToolReward
import ToolRewardPrompts

/// The presets beside the published texts and what the official code makes of a row.
@Suite(.enabled(if: SharedData.folder != nil, SharedData.skipped)) struct PromptPresetConformanceTests {
  @Test(arguments: [PromptPreset.toolN1Train, .toolN1Distil, .toolN1Eval, .toolN1System].map(\.name))
  func publishedText(name: String) throws {
    #expect(PromptPreset.named(name)?.template == (try SharedData.bytes("prompts/\(name).txt")))
  }

  @Test func toolN1Row() throws {
    let row = try ValueReader().read(SharedData.bytes("datasets/toolace/tooln1_official_output_1row.json"))
    let input = try #require(row["input"])
    var conversation = [PromptMessage(.system, try #require(input["raw_system"]?.stringBytes))]
    for turn in try #require(input["conversations"]).elements {
      conversation.append(try PromptMessage(toolN1Turn: turn["from"]?.string ?? "", try #require(turn["value"])))
    }
    let prompt = try PromptPreset.toolN1Train.messages(conversation, tools: input["tools"]?.elements ?? [])
    let expected = try #require(row["prompt"]).elements.map { try PromptMessage($0) }
    #expect(prompt == expected)
    #expect(
      PromptFraming.chatML.text(of: prompt) == (try SharedData.bytes("datasets/toolace/tooln1_rendered_qwen2.5.txt")))
  }

  /// The 400 published rows of ToolRL: their tools, read back, give the same text.
  @Test func toolRLRows() throws {
    let rows = try ValueReader().read(SharedData.bytes("datasets/toolrl/rlla_sft.json")).elements
    let template = String(decoding: PromptPreset.toolRL.template, as: UTF8.self).components(separatedBy: "{{tools}}")
    try #require(template.count == 2)
    for (number, row) in rows.enumerated() {
      let text = try #require(row["instruction"]?.string)
      try #require(text.hasPrefix(template[0]) && text.hasSuffix(template[1]), "row \(number)")
      let list = text.dropFirst(template[0].count).dropLast(template[1].count)
      var tools: [Value] = []
      var rest = list[...]
      while let name = rest.range(of: ". Name: "), let description = rest.range(of: "\nDescription: "),
        let parameters = rest.range(of: "\nParameters: ")
      {
        let end = rest[parameters.upperBound...].firstIndex(of: "\n") ?? rest.endIndex
        let parts = [
          rest[name.upperBound..<description.lowerBound], rest[description.upperBound..<parameters.lowerBound],
        ]
        let quoted = try parts.map { String(decoding: try JSONEncoder().encode(String($0)), as: UTF8.self) }
        tools.append(
          try ValueReader(syntax: .python).read(
            "{\"name\":\(quoted[0]),\"description\":\(quoted[1]),\"parameters\":\(rest[parameters.upperBound..<end])}"))
        rest = rest[end...]
      }
      #expect(try PromptPreset.toolRL.systemText(tools: tools) == Array(text.utf8), "row \(number)")
    }
    #expect(rows.count == 400)
  }
}
