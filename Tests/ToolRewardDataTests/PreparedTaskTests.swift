import Testing
import ToolReward
import ToolRewardPrompts

@testable import ToolRewardData

/// What prepared tasks must not do: teach what is wrong, or give a test away.
@Suite struct PreparedTaskTests {
  private func row(query: String = "q", answers: String, tools: String, more: String = "") -> String {
    func text(_ json: String) -> String { String(decoding: JSONPiece.string(Array(json.utf8)), as: UTF8.self) }
    return #"{"query":"\#(query)","answers":\#(text(answers)),"tools":\#(text(tools))\#(more)}"#
  }

  private func line(_ task: TrainingRecord, _ options: TaskWriterOptions) throws -> Value {
    let writer = TaskWriter(options)
    var draft: [UInt8] = []
    try writer.appendDraft(task, to: &draft)
    var line: [UInt8] = []
    writer.appendLine(of: draft.span, split: "train", index: 0, to: &line)
    return try ValueReader().read(line)
  }

  // MARK: Splits

  @Test func noGroupIsInBothParts() {
    for seed in 0..<20 as Range<UInt64> {
      var store = TaskStore(.none, keepsGroups: true)
      var random = SplitMix64(seed: seed)
      for length in 1...300 {
        let group = UInt64(random.below(60))
        _ = store.add(
          StoredTask(length: 1000 * Int(group) + length, print: TaskFingerprint(), isMultiTurn: false, group: group))
      }
      store.shuffle(seed: seed)
      let held = store.heldBack(60)
      func groups(_ isHeld: Bool) -> Set<Int> {
        Set(held.indices.filter { held[$0] == isHeld }.map { store.range(of: $0).count / 1000 })
      }
      #expect(groups(true).isDisjoint(with: groups(false)))
      #expect((50...60).contains(held.count { $0 }))
    }
  }

  @Test func oneGroupFitsInNoPart() {
    var store = TaskStore(.none, keepsGroups: true)
    for _ in 0..<10 { _ = store.add(StoredTask(length: 1, print: TaskFingerprint(), isMultiTurn: false, group: 7)) }
    #expect(store.heldBack(3).allSatisfy { !$0 })
    #expect(store.heldBack(10).allSatisfy { $0 })
  }

  // MARK: Duplicates

  /// Texts, answers and tools beside a first task, and whether they are near it.
  @Test(
    arguments: [
      (" now", "1", "[]", false), (" now!", "1", "[]", true), (" now!", "2", "[]", false), (" now!", "-1", "[]", false),
      (" now!", "1", #"[{"name":"g"}]"#, false),
    ])
  func whatIsAskedAndOfferedMayNotDiffer(_ more: String, _ amount: String, _ tools: String, _ isNear: Bool) throws {
    let long =
      "transfer that amount from my savings account to the landlord before the first of the month, and tell me when"
    func print(_ more: String, _ amount: String, _ tools: String) throws -> TaskFingerprint {
      let answers = #"[{"name":"f","arguments":{"a":\#(amount)}}]"#
      return TaskFingerprint(try Rows.record(row(query: long + more, answers: answers, tools: tools)), findsNear: true)
    }
    var deduplicator = Deduplicator(findsNear: true)
    #expect(deduplicator.add(try print(" now", "1", "[]")) == .new)
    #expect((deduplicator.add(try print(more, amount, tools)) == .nearDuplicate) == isNear)
  }

  // MARK: Distillation

  /// Completions of a task with two right calls, and what is kept of those that are rewarded.
  @Test func whatIsKeptIsRewardedItself() throws {
    let first = #"{"name": "f", "arguments": {"a": "x </tool_call> y"}}"#
    let second = #"{"name": "g", "arguments": {}}"#
    let record = try Rows.record(
      row(answers: "[\(first), \(second)]", tools: #"[{"name":"f"},{"name":"g"}]"#))
    let blocks = "<think>t</think><tool_call>\(first)</tool_call>\n<tool_call>\(second)</tool_call>"
    let list = "<think>first <tool_call>x</tool_call> hmm</think><tool_call>[\(first), \(second)]</tool_call>"
    for (completion, kept) in [
      (blocks + " and more", blocks), (list + "\n", list), (list + " </tool_call> it was", nil),
    ] {
      let scorer = try Scorer(reward: ExactMatchReward())
      var task = record
      task.completions = [Array(completion.utf8)]
      let found = try? DistillationFilter(scorer).filter(task).completions.first
      if let kept { #expect(found.map { String(decoding: $0, as: UTF8.self) } == kept) }
      if let found {
        var again = task
        again.completions = [found]
        #expect(try DistillationFilter(scorer).filter(again).completions == [found])
      }
    }
  }

  // MARK: Augmentation

  @Test func whoCalledAToolMayCallItAgain() throws {
    let text =
      #"{"conversations":[{"from":"human","value":"q"},{"from":"function_call","value":"{\"name\":\"f\"}"},{"from":"observation","value":"r"},{"from":"human","value":"more"},{"from":"function_call","value":"{\"name\":\"f\"}"}],"tools":"[{\"name\":\"f\"},{\"name\":\"g\"}]"}"#
    let cut = TaskCutter().tasks(of: try Rows.record(text)).tasks
    #expect(cut.map { Augmentation(seed: 1).irrelevant($0, rate: 1) != nil } == [true, false])
  }

  /// Definitions that can be masked, as the members that are left unchanged, and those that stay.
  @Test(
    arguments: [
      (#"{"type":"object"}"#, #"{"type":"object"}"#), (#"{"type":"object","additionalProperties":false}"#, nil),
      (##"{"type":"object","properties":{"a":{"$ref":"#/properties/b"},"b":{}}}"##, "stays"),
      (#"{"type":"object","properties":{"a":{}},"dependentRequired":{"a":["a"]}}"#, "stays"),
      (##"{"$ref":"#/$defs/x"}"##, "stays"),
    ] as [(String, String?)])
  func schemasKeepTheirKeywords(_ parameters: String, _ expected: String?) throws {
    let tool = #"{"name":"f","parameters":\#(parameters)}"#
    let task = try Rows.record(row(answers: #"[{"name":"f","arguments":{}}]"#, tools: "[\(tool)]"))
    let masked = Augmentation(seed: 1).masked(task, rate: 1, PieceReader(.python))
    #expect(
      masked.tools.first?["parameters"]?.description == (expected == "stays" ? parameters : expected ?? parameters))
    #expect((ToolName.of(masked.tools[0]) == Array("f".utf8)) == (expected == "stays"))
  }

  @Test func maskedNamesAreSpokenOfNowhere() throws {
    let text =
      #"{"id":1,"source":{"file":"f","line":1,"format":"toolreward"},"messages":[{"role":"user","content":"book it"},{"role":"assistant","content":"","reasoning":"book","tool_calls":[{"name":"book","arguments":{}}]},{"role":"tool","content":"[{\"name\":\"book\",\"results\":\"book\"}] a book","name":"book"}],"tools":[{"name":"book"}],"ground_truth":[{"name":"book","arguments":{}}],"reasoning":"The tool book fits."}"#
    let task = try Rows.record(text)
    let masked = Augmentation(seed: 1).masked(task, rate: 1, PieceReader(.python))
    let name = try #require(ToolName.of(masked.tools[0]).map { String(decoding: $0, as: UTF8.self) })
    #expect(masked.reasoning == nil && masked.messages[1].reasoning == nil)
    #expect(
      Rows.text(masked)
        == #"user:book it / assistant:{\#(name){}} / tool:[{"name":"\#(name)","results":"\#(name)"}] a book tools=\#(name) => [\#(name){}]"#
    )
    // The draw depends on what the task is, wherever it stands.
    var elsewhere = task
    elsewhere.source.line = 9
    elsewhere.source.file = "./f"
    #expect(Rows.text(Augmentation(seed: 1).masked(elsewhere, rate: 1, PieceReader(.python))) == Rows.text(masked))
  }

  // MARK: Lines

  @Test(arguments: [TaskFormat.trl, .openai, .nemoGym, .llamafactory])
  func aPromptInTheMessagesHoldsTheTools(_ format: TaskFormat) throws {
    let task = try Rows.record(row(answers: #"[{"name":"f","arguments":{}}]"#, tools: #"[{"name":"f"}]"#))
    let withTools = try line(task, TaskWriterOptions(format: format))
    let prompted = try line(task, TaskWriterOptions(format: format, prompt: .toolN1Train))
    func tools(_ row: Value) -> String? {
      let list = row["tools"] ?? row["responses_create_params"]?["tools"]
      return list.map { $0.string ?? $0.description }
    }
    #expect(tools(withTools)?.contains("\"f\"") == true)
    #expect([nil, "[]"].contains(tools(prompted)))
    #expect(withTools["id"]?.kind != .number)
  }

  @Test func whatTheAssistantSaysIsKept() throws {
    let text =
      #"{"conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"Hello!"}],"tools":"[{\"name\":\"f\"}]"}"#
    let task = try #require(TaskCutter(includesNoCall: true).tasks(of: try Rows.record(text)).tasks.first)
    #expect(task.groundTruth?.isEmpty == true)
    let row = try line(task, TaskWriterOptions(format: .openai))
    #expect(row["messages"]?[1]?["content"]?.string == "Hello!")
    let parts = try line(task, TaskWriterOptions(format: .llamafactory))["messages"]?[1]?["content"]
    #expect(parts?[0]?["value"]?.string == "Hello!")
    let again = try Rows.record(try line(task, TaskWriterOptions()).description)
    #expect(again.response == task.response)
  }

  @Test func resultsAnswerTheCallsThatWait() {
    var numbers = CallNumbers()
    #expect([numbers.made(1), numbers.made(2)] == [0, 1])
    #expect((0..<4).map { _ in numbers.answered() } == [0, 1, 2, 2])
    #expect(numbers.made(1) == 3)
    #expect(numbers.answered() == 3)
  }

  /// Of several right values the first is written, and what the schema requires is not left out.
  @Test func plainCallsAreRight() throws {
    let tools = [try ValueReader().read(#"{"name":"f","parameters":{"type":"object","required":["b"]}}"#)]
    let call = RecordCall(
      name: Array("f".utf8), arguments: try ValueReader().read("{}"),
      accepted: try ValueReader().read(#"{"a":[1,2],"b":[true],"c":["x"]}"#),
      optional: try ValueReader().read(#"["b","c"]"#))
    #expect(CallText.plain([call], tools).map(\.arguments.description) == [#"{"a":1,"b":true}"#])
    #expect(CallText.plain([call]).map(\.arguments.description) == [#"{"a":1}"#])
  }
}
