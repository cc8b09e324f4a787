import Testing
import ToolReward
import ToolRewardPrompts

@testable import ToolRewardData

private let dialogue =
  #"{"id":"d","conversations":[{"from":"human","value":"q"},{"from":"function_call","value":"{\"name\":\"f\",\"arguments\":{\"a\":1}}"},{"from":"observation","value":"r"},{"from":"gpt","value":"said"},{"from":"human","value":"more"},{"from":"function_call","value":"[{\"name\":\"g\",\"arguments\":{}},{\"name\":\"f\",\"arguments\":{\"a\":2}}]"}],"tools":"[{\"name\":\"f\",\"description\":\"d\",\"parameters\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}},\"required\":[\"a\"]}},{\"name\":\"g\",\"description\":\"e\",\"parameters\":{}}]"}"#

@Suite struct PrepareTests {
  private func tasks(_ row: String, _ cutter: TaskCutter = TaskCutter()) throws -> [TrainingRecord] {
    cutter.tasks(of: try Rows.record(row)).tasks
  }

  @Test func aDialogueGivesATaskForEachAnswer() throws {
    let cut = try tasks(dialogue)
    #expect(
      cut.map(Rows.text) == [
        #"user:q tools=f,g => [f{"a":1}]"#,
        #"user:q / assistant:{f{"a":1}} / tool:r / assistant:said / user:more tools=f,g => [g{};f{"a":2}]"#,
      ])
    #expect(cut.map { String(decoding: $0.id, as: UTF8.self) } == [#""d#1""#, #""d#5""#])
    #expect(cut.map(\.source.turn) == [1, 5])
    #expect(try tasks(dialogue, TaskCutter(includesNoCall: true)).map { $0.groundTruth?.count } == [1, 0, 2])
  }

  @Test func answersThatGiveNoTask() throws {
    func reasons(_ row: String) throws -> [DroppedRow.Code] {
      TaskCutter().tasks(of: try Rows.record(row)).dropped.map(\.code)
    }
    #expect(
      try reasons(#"{"query":"q","answers":"[{\"name\":\"x\"}]","tools":"[{\"name\":\"f\"}]"}"#) == [.toolNotOffered])
    #expect(try reasons(#"{"query":"q","answers":"[{\"name\":\"x\"}]","tools":"[]"}"#) == [.noTools])
    #expect(try reasons(#"{"conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"a"}]}"#) == [.noCall])
    #expect(
      try reasons(#"{"conversations":[{"from":"human","value":"q"},{"from":"function_call","value":"?"}]}"#)
        == [.unparsableCall])
  }

  /// What each shape writes is read again as the same task.
  @Test(arguments: TaskFormat.allCases)
  func writtenTasksAreReadAgain(_ format: TaskFormat) throws {
    let rows = [
      dialogue,
      #"{"id":1,"query":"<q> \"é\" \\","answers":"[]","tools":"[{\"name\":\"f\",\"parameters\":{\"a\":{\"type\":\"str, optional\",\"default\":\"x\"}}}]"}"#,
      #"{"messages":[{"role":"system","content":"S"},{"role":"user","content":"q"},{"role":"assistant","content":"<think>why</think>","tool_calls":[{"function":{"name":"f","arguments":"{\"a\": 1.5, \"b\": [null, true]}"}}]}],"tools":[{"name":"f"}],"metadata":"{}"}"#,
    ]
    for toolsAsText in [false, true] {
      let writer = TaskWriter(TaskWriterOptions(format: format, toolsAsText: toolsAsText))
      for task in try rows.flatMap({ try tasks($0) }) {
        var line: [UInt8] = []
        try writer.append(task, to: &line)
        writer.appendEnd(split: "train", index: 7, to: &line)
        #expect(line.last == 0x0A)
        let again = try #require(try tasks(String(decoding: line, as: UTF8.self)).first)
        #expect(Rows.text(again) == Rows.text(task))
        if [.toolreward, .verl, .trl, .llamafactory].contains(format) { #expect(again.reasoning == task.reasoning) }
        let names = try Toolbox(try ValueReader().read(toolsJSON(task))).tools.map(\.definition.parameters.description)
        var reader = DefinitionReader()
        reader.unknownArguments = .closedRoot
        let namesAgain = try Toolbox(try ValueReader().read(toolsJSON(again)), reader: reader).tools
          .map(\.definition.parameters.description)
        #expect(namesAgain == names)
      }
    }
  }

  private func toolsJSON(_ task: TrainingRecord) -> String {
    "[" + task.tools.map(\.description).joined(separator: ",") + "]"
  }

  @Test func verlRowsAreThePublishedOnes() throws {
    let task = try tasks(dialogue)[1]
    func prompt(_ isToolN1: Bool) throws -> [String] {
      var line: [UInt8] = []
      let writer = TaskWriter(TaskWriterOptions(format: .verl, isToolN1: isToolN1))
      try writer.append(task, to: &line)
      writer.appendEnd(split: "test", index: 3, to: &line)
      let row = try ValueReader().read(line)
      #expect(row["extra_info"]?["index"]?.numberLiteral == "3" && row["extra_info"]?["split"]?.string == "test")
      #expect(
        row["reward_model"]?["ground_truth"]?.string
          == #"[{"name": "g", "arguments": {}}, {"name": "f", "arguments": {"a": 2}}]"#)
      return row["prompt"]?.elements.map { $0["content"]?.string ?? "" } ?? []
    }
    let messages = try prompt(false)
    #expect(messages[0].hasPrefix("You are an expert in composing functions."))
    #expect(messages[0].contains(#"{"type": "function", "function": {"name": "f", "description": "d", "parameters""#))
    #expect(
      messages[1...] == ["q", #"<tool_call>[{"name": "f", "arguments": {"a": 1}}]</tool_call>"#, "r", "said", "more"])
    // The published rows show past calls as a JSON string of JSON.
    #expect(try prompt(true)[2] == #""[{\"name\": \"f\", \"arguments\": {\"a\": 1}}]""#)
  }

  @Test func irrelevanceTakesTheCalledToolsAway() throws {
    let task = try tasks(dialogue)[0]
    let other = try #require(Augmentation(seed: 1).irrelevant(task, rate: 1))
    #expect(Rows.text(other) == "user:q tools=g => []")
    #expect(Augmentation(seed: 1).irrelevant(task, rate: 0) == nil)
    #expect(Augmentation(seed: 1).irrelevant(try tasks(dialogue)[1], rate: 1) == nil)
  }

  @Test func maskedNamesAreTheSameEverywhere() throws {
    let task = try tasks(dialogue)[1]
    let masked = Augmentation(seed: 5).masked(task, rate: 1, PieceReader(.python))
    let names = masked.tools.compactMap { ToolName.of($0) }
    #expect(Set(names).count == 2 && !names.contains(Array("f".utf8)))
    #expect(masked.groundTruth?.map(\.name) == [names[1], names[0]])
    #expect(masked.messages[1].calls.map(\.name) == [names[0]])
    let toolbox = try Toolbox(try ValueReader().read(toolsJSON(masked)))
    for call in (masked.groundTruth ?? []) + masked.messages[1].calls {
      #expect(toolbox.check(name: call.name, arguments: call.arguments).outcome != .invalid)
    }
    let again = Augmentation(seed: 5).masked(task, rate: 1, PieceReader(.python))
    #expect(Rows.text(again) == Rows.text(masked))
    #expect(Rows.text(Augmentation(seed: 6).masked(task, rate: 1, PieceReader(.python))) != Rows.text(masked))
  }

  @Test func distillationKeepsWhatIsRewarded() throws {
    func row(_ completion: String) -> String {
      #"{"query":"q","answers":"[{\"name\":\"f\",\"arguments\":{\"a\":1}}]","tools":"[{\"name\":\"f\"}]","completion":"\#(completion)"}"#
    }
    let filter = DistillationFilter(try Scorer(reward: ToolN1Reward()))
    let call = #"<tool_call>[{\"name\": \"f\", \"arguments\": {\"a\": 1}}]</tool_call>"#
    let kept = try filter.filter(try Rows.record(row("<think>so</think>\(call) and more")))
    #expect(kept.reasoning == Array("so".utf8))
    #expect(kept.completions.map { String(decoding: $0, as: UTF8.self).hasSuffix("</tool_call>") } == [true])
    for wrong in ["<think>so</think><tool_call>[]</tool_call>", call, ""] {
      #expect(throws: DroppedRow.self) { try filter.filter(try Rows.record(row(wrong))) }
    }
  }

  @Test func duplicates() throws {
    func print(_ query: String, _ answer: String = "[]") throws -> TaskFingerprint {
      let row = #"{"query":"\#(query)","answers":"\#(answer)","tools":"[{\"name\":\"f\"}]"}"#
      return TaskFingerprint(try Rows.record(row), findsNear: true)
    }
    let long = "please find me the cheapest train from Paris to Rome on the second of May with one seat by the window"
    func findings(_ texts: [String], findsNear: Bool) throws -> [Deduplicator.Finding] {
      var deduplicator = Deduplicator(findsNear: findsNear)
      return try texts.map { deduplicator.add(try print($0)) }
    }
    #expect(try findings([long, long, long + "!"], findsNear: false) == [.new, .duplicate, .new])
    let other = "an entirely different wish for tomorrow evening: a table for seven people near the sea"
    #expect(
      try findings([long, long + " !", other, "short", "shorn"], findsNear: true)
        == [.new, .nearDuplicate, .new, .new, .new])
  }

  @Test func theSameSeedGivesTheSameOrder() {
    func order(_ seed: UInt64) -> [Int] {
      var store = TaskStore(.none)
      for length in 1...200 { _ = store.add(StoredTask(length: length, print: TaskFingerprint(), isMultiTurn: false)) }
      store.shuffle(seed: seed)
      return (0..<store.count).map { store.range(of: $0).count }
    }
    #expect(order(1) == order(1))
    #expect(order(1) != order(2))
    #expect(order(1).sorted() == Array(1...200))
  }

  @Test func setsAndListsGrow() {
    var set = HashedSet()
    let first = (0..<20_000).filter { set.insert(SplitMix64.mix(UInt64($0))) }.count
    let second = (0..<20_000).filter { set.insert(SplitMix64.mix(UInt64($0))) }.count
    #expect(first == 20_000 && second == 0)
    var list = BlockList<UInt32>()
    for number in 0..<40_000 { list.append(UInt32(number)) }
    #expect(list.count == 40_000 && list[16_384] == 16_384 && list[39_999] == 39_999)
  }
}
