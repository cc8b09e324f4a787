import Foundation
import Testing
import ToolRewardHeader

private let truth = #"[{"name":"f","arguments":{"a":1}}]"#
private let right = #"<think>x</think><tool_call>[{"name":"f","arguments":{"a":1}}]</tool_call>"#
private let wrong = #"<think>x</think><tool_call>[{"name":"f","arguments":{"a":2}}]</tool_call>"#

/// Fresh handles for a test.
private struct Handles {
  let policy: toolreward_handle
  let task: toolreward_handle
  let tools: toolreward_handle

  init() {
    policy = Interface.policy().handle
    task = Interface.task(policy, truth).handle
    tools = Interface.tools(#"[{"name":"f"}]"#).handle
    #expect(![policy, task, tools].contains(0))
  }
}

@Suite struct CInterfaceTests {
  @Test func versionIsTheHeaders() {
    #expect(String(cString: toolreward_version()) == TOOLREWARD_VERSION)
  }

  @Test func policyTellsOfItself() {
    let policy = Interface.policy(#"{"reward":"exact-match","format":"hermes","view":"structured"}"#)
    var json: UnsafeMutablePointer<CChar>?
    var length = 0
    #expect(Answer { toolreward_policy_describe(policy.handle, &json, &length, $0) }.isOK)
    let components = #"["reasoning","format","names","calls","schema"]"#
    #expect(
      Interface.taken(json, length)
        == #"{"version":"\#(TOOLREWARD_VERSION)","reward":"exact-match","format":"hermes","view":"structured","uses_tools":true,"assistant_markers":["<|im_start|>assistant"],"components":\#(components)}"#
    )
    #expect(Interface.componentCount(policy.handle) == 5)
  }

  @Test func scoresAndComponents() {
    let handles = Handles()
    let count = Interface.componentCount(handles.policy)
    for (completion, expected) in [(right, [1.0, 1, 1, 1]), (wrong, [1, 1, 1, 0]), ("", [0, 0, 0, 0])] {
      var score = -1.0
      var components = [Double](repeating: -1, count: count + 1)
      let bytes = Interface.cString(completion)
      #expect(
        Answer {
          toolreward_score(handles.task, bytes, bytes.count, &score, &components, components.count, nil, nil, $0)
        }.isOK)
      #expect(score == (completion == right ? 1 : 0))
      #expect(components == expected + [-1], "no more is written than there is")
    }
  }

  /// A batch gives what one by one gives, on any number of threads, also where nobody reads the findings.
  @Test func batchesAreAsOneByOne() {
    let handles = Handles()
    let other = Interface.task(handles.policy, "[]").handle
    let completions = (0..<500).map { [right, wrong, "", "<think>é</think><tool_call>[]</tool_call>"][$0 * 7 % 4] }
    let tasks = (0..<500).map { $0 % 3 == 0 ? other : handles.task }
    var expected = ""
    for (index, completion) in completions.enumerated() {
      let line = Interface.score(tasks[index], completion).line
      expected += #"{"id":\#(index + 1)"# + line.dropFirst(#"{"id":1"#.count)
    }
    for threads in [1, 2, 3, 8, 0] {
      let batch = Interface.scoreBatch(handles.policy, tasks, completions, threads: threads)
      #expect(batch.answer.isOK)
      #expect(batch.lines == expected)
      var brief = [Double](repeating: -1, count: 500)
      let texts = completions.map { strdup($0) }
      defer { for text in texts { free(text) } }
      let lengths = completions.map(\.utf8.count)
      #expect(
        Answer { error in
          texts.map { UnsafePointer($0) }.withUnsafeBufferPointer {
            toolreward_score_texts(
              handles.policy, tasks, 500, $0.baseAddress, lengths, 500, threads, &brief, nil, 0, nil, nil, error)
          }
        }.isOK)
      #expect(brief == batch.scores)
    }
  }

  @Test func emptyBatchIsNoMistake() {
    let handles = Handles()
    let batch = Interface.scoreBatch(handles.policy, [handles.task], [])
    #expect(batch.answer.isOK)
    #expect(batch.lines == "" && batch.scores == [])
    #expect(
      Answer {
        toolreward_score_texts(handles.policy, nil, 0, nil, nil, 0, 0, nil, nil, 0, nil, nil, $0)
      }.isOK)
    #expect(
      Answer {
        toolreward_score_batch(handles.policy, nil, 0, nil, 0, nil, 0, 0, nil, nil, 0, nil, nil, $0)
      }.isOK)
  }

  /// A task that is 0 is what could not be compiled: nothing is known of such a sample, least of all that it is wrong.
  @Test func noTaskIsNoScore() {
    let handles = Handles()
    let batch = Interface.scoreBatch(handles.policy, [handles.task, 0], [right, right])
    #expect(batch.answer.isOK)
    #expect(batch.scores[0] == 1 && batch.scores[1].isNaN)
  }

  @Test func handlesAreRefusedOnceReleased() {
    let handles = Handles()
    for handle in [handles.policy, handles.task, handles.tools] {
      #expect(Interface.release(handle).isOK)
      #expect(Interface.release(handle).code == Code.handle, "released twice")
    }
    #expect(Interface.score(handles.task, right).answer.code == Code.handle)
    #expect(Interface.task(handles.policy, truth).answer.code == Code.handle)
    #expect(Interface.scoreBatch(handles.policy, [handles.task], [right]).answer.code == Code.handle)
    // The place in the table is used again; the old number still names nothing.
    let next = Handles()
    #expect(next.policy != handles.policy)
    #expect(Interface.score(handles.task, right).answer.code == Code.handle)
  }

  @Test func tasksOutliveTheHandlesTheyWereMadeOf() {
    let policy = Interface.policy(#"{"reward":"strict","format":"hermes"}"#)
    let tools = Interface.tools(
      #"[{"name":"f","parameters":{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}}]"#)
    let task = Interface.task(policy.handle, truth, tools: tools.handle)
    #expect(Interface.release(policy.handle).isOK && Interface.release(tools.handle).isOK)
    let right = #"<think>x</think><tool_call>{"name":"f","arguments":{"a":1}}</tool_call>"#
    #expect(Interface.score(task.handle, right).score == 1)
    #expect(Interface.release(task.handle).isOK)
  }

  @Test(arguments: [0, 1, 0xFF_FFFF, 9 << 60, UInt64.max, UInt64.max - 5, 0x7FFF_FFFF_FFFF_FFFF])
  func anyNumberMayBeGivenAsHandle(_ number: UInt64) {
    var count = 0
    #expect(Interface.release(number).code == Code.handle)
    #expect(Interface.score(number, right).answer.code == Code.handle)
    #expect(Interface.scoreBatch(number, [number], [right]).answer.code == Code.handle)
    #expect(Interface.scoreRecords(number, "{}").answer.code == Code.handle)
    #expect(Answer { toolreward_component_count(number, &count, $0) }.code == Code.handle)
    let policy = Interface.policy().handle
    if number != 0 { #expect(Interface.task(policy, truth, tools: number).answer.code == Code.handle) }
  }

  @Test func handlesOfAnotherKindAreRefused() {
    let handles = Handles()
    let foreign = Handles()
    #expect(Interface.score(handles.policy, right).answer.code == Code.handle)
    #expect(Interface.score(handles.tools, right).answer.code == Code.handle)
    #expect(Interface.task(handles.tools, truth).answer.code == Code.handle)
    #expect(Interface.task(handles.policy, truth, tools: handles.task).answer.code == Code.handle)
    let batch = Interface.scoreBatch(handles.policy, [handles.task, foreign.task], [right, right])
    #expect(batch.answer.code == Code.handle)
    #expect(batch.answer.message.hasPrefix("tasks[1] is no task of this policy"))
    #expect(batch.scores == [-1, -1], "nothing is written")
  }

  @Test(arguments: [
    (#"{"reward":"nope"}"#, Code.options, "nope"),
    (#"{"format":"nope"}"#, Code.options, "nope"),
    (#"{"view":"nope"}"#, Code.options, "/view: must be one of"),
    (#"{"leniencies":["trailing_comma"]}"#, Code.options, "follows published code"),
    (#"{"reward":"exact-match","leniencies":["nope"]}"#, Code.options, "nope"),
    (#"{"rewards":1}"#, Code.options, "rewards"),
    (#"{"step":"x"}"#, Code.options, "/step"),
    (#"{"reward":{}}"#, Code.options, "reward"),
    ("{", Code.options, "options:1:2"),
    ("[]", Code.options, "object"),
    ("{}\u{0}", Code.options, "options:1:4"),
  ])
  func wrongOptionsAreNamed(_ options: String, _ code: Int32, _ part: String) {
    let policy = Interface.policy(options)
    #expect(policy.answer.code == code)
    #expect(policy.answer.message.contains(part), "\(policy.answer)")
    #expect(policy.handle == 0)
  }

  @Test(arguments: [
    ("", Code.groundTruth), ("nope", Code.groundTruth), ("1", Code.groundTruth), (#"[{"name":1}]"#, Code.groundTruth),
    (#"[{"arguments":{}}]"#, Code.groundTruth), ("[\u{0}]", Code.groundTruth),
    (String(repeating: "[", count: 100_000), Code.groundTruth),
  ])
  func brokenGroundTruthIsRefused(_ text: String, _ code: Int32) {
    #expect(Interface.task(Interface.policy(#"{"reward":"exact-match"}"#).handle, text).answer.code == code)
  }

  @Test(arguments: ["", "nope", "1", #"[{"parameters":{}}]"#, "[\u{0}]", String(repeating: "[", count: 100_000)])
  func brokenToolsAreRefused(_ text: String) {
    #expect(Interface.tools(text).answer.code == Code.tools)
  }

  @Test func nullAndHugeAreRefused() {
    let handles = Handles()
    var score = -1.0
    var component = -1.0
    var handle: toolreward_handle = 0
    let text = Interface.cString(right)
    let tooLong = Int(bitPattern: UInt.max)
    let refused: [(String, Answer)] = [
      ("null text", Answer { toolreward_score(handles.task, nil, 5, &score, nil, 0, nil, nil, $0) }),
      ("huge length", Answer { toolreward_score(handles.task, text, tooLong, &score, nil, 0, nil, nil, $0) }),
      ("no score", Answer { toolreward_score(handles.task, text, text.count, nil, nil, 0, nil, nil, $0) }),
      (
        "no room for components",
        Answer { toolreward_score(handles.task, text, text.count, &score, &component, 1, nil, nil, $0) }
      ),
      ("null options", Answer { toolreward_policy_create(nil, 1, &handle, $0) }),
      ("no policy", Answer { toolreward_policy_create(nil, 0, nil, $0) }),
      ("no tools", Answer { toolreward_tools_create(text, text.count, nil, $0) }),
      ("no task", Answer { toolreward_task_create(handles.policy, text, text.count, 0, nil, $0) }),
      ("no json", Answer { toolreward_policy_describe(handles.policy, nil, nil, $0) }),
      ("no count", Answer { toolreward_component_count(handles.policy, nil, $0) }),
      ("no lines", Answer { toolreward_score_records(handles.policy, text, text.count, 1, nil, nil, $0) }),
    ]
    for (name, answer) in refused { #expect(answer.code == Code.argument, "\(name): \(answer)") }
    #expect(score == -1 && component == -1 && handle == 0, "nothing is written")
    #expect(toolreward_score(handles.task, nil, 5, &score, nil, 0, nil, nil, nil) == Code.argument, "error may be null")
    #expect(Answer { toolreward_policy_create(nil, 0, &handle, $0) }.isOK, "no options are the defaults")
  }

  @Test(
    arguments: [
      ([0, 5, 4], 2, 2), ([0, -1, 4], 2, 2), ([-1, 2, 4], 2, 2), ([0, 2, Int64.max], 2, 2), ([0, 2, 5], 2, 2),
      ([0, 2, 4], -1, 2), ([0, 2, 4], Int(bitPattern: UInt.max), 2), ([0, 2, 4], 1 << 60, 2), ([0, 2, 4], 2, 3),
      ([0, 2, 4], 2, 0),
    ] as [([Int64], Int, Int)])
  func offsetsAndCountsAreChecked(_ offsets: [Int64], _ count: Int, _ taskCount: Int) {
    let handles = Handles()
    let text = Interface.cString("abcd")
    var scores = [-1.0, -1]
    let tasks = [handles.task, handles.task, handles.task]
    let answer = Answer {
      toolreward_score_batch(
        handles.policy, tasks, taskCount, text, text.count, offsets, count, 1, &scores, nil, 0, nil, nil, $0)
    }
    #expect(answer.code == Code.argument, "\(answer)")
    #expect(scores == [-1, -1])
  }

  @Test func componentsNeedRoom() {
    let handles = Handles()
    var scores = [-1.0, -1]
    var components = [-1.0]
    let text = Interface.cString("abcd")
    for capacity in [1, 7, 0, -1, Int.min] {
      let answer = Answer {
        toolreward_score_batch(
          handles.policy, [handles.task], 1, text, 4, [0, 2, 4], 2, 1, &scores, &components, capacity, nil, nil, $0)
      }
      #expect(answer.code == Code.argument, "\(capacity): \(answer)")
    }
    #expect(scores == [-1, -1] && components == [-1])
  }

  /// NULs are bytes like others, and everything around them counts.
  @Test func textMayHoldNUL() {
    let policy = Interface.policy(#"{"reward":"exact-match"}"#).handle
    let task = Interface.task(policy, #"[{"name":"f","arguments":{"a":"\u0000"}}]"#).handle
    #expect(
      Interface.score(
        task, #"<think>\#u{0}</think><tool_call>[{"name":"f","arguments":{"a":"\u0000"}}]</tool_call>"#
      ).score == 1)
    #expect(Interface.score(task, right + "\u{0}").score == 0)
  }

  @Test func longMessagesAreCutAtACharacter() {
    let answer = Interface.policy(#"{"reward":"\#(String(repeating: "é", count: 2_000))"}"#).answer
    #expect(answer.code == Code.options)
    #expect(answer.message.utf8.count <= 1_019 && !answer.message.contains("\u{FFFD}"))
  }

  /// Tasks are made, used and released on many threads at once, and one is used while it is released.
  @Test func threadsShareEverything() async {
    let handles = Handles()
    await withTaskGroup(of: Void.self) { group in
      for thread in 0..<8 {
        group.addTask {
          for round in 0..<50 {
            let task = Interface.task(handles.policy, truth).handle
            #expect(Interface.score(task, right).score == 1)
            let batch = Interface.scoreBatch(
              handles.policy, [handles.task], [String](repeating: round % 2 == 0 ? right : wrong, count: 70), threads: 2
            )
            #expect(batch.scores == [Double](repeating: round % 2 == 0 ? 1 : 0, count: 70))
            #expect(Interface.release(task).isOK)
            // Whichever thread is first releases it; the others are refused, and nothing else happens.
            let shared = Interface.score(handles.task, right)
            #expect(shared.answer.isOK && shared.score == 1)
            if thread == 0 { #expect(Interface.release(task).code == Code.handle) }
          }
        }
      }
    }
  }

  @Test func releasedWhileOthersScore() async {
    for _ in 0..<20 {
      let handles = Handles()
      await withTaskGroup(of: Int32.self) { group in
        for _ in 0..<4 {
          group.addTask {
            let batch = Interface.scoreBatch(
              handles.policy, [toolreward_handle](repeating: handles.task, count: 200),
              [String](repeating: right, count: 200), threads: 2)
            #expect(batch.answer.code == Code.handle || batch.scores == [Double](repeating: 1, count: 200))
            return batch.answer.code
          }
        }
        group.addTask { Interface.release(handles.task).code }
        var codes: [Int32] = []
        for await code in group { codes.append(code) }
        #expect(codes.allSatisfy { $0 == 0 || $0 == Code.handle })
      }
    }
  }

  /// text_of may be called from many threads: each call has its own buffers.
  @Test func textsAreGathered() async {
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          let strings = (0..<300).map { strdup(String($0)) }
          defer { for string in strings { free(string) } }
          var texts = [UnsafePointer<CChar>?](repeating: nil, count: 300)
          var lengths = [Int](repeating: -1, count: 300)
          let count = toolreward_gather_texts(
            strings.map { UnsafeMutableRawPointer($0) }, 300,
            { object, length in
              guard let text = object?.assumingMemoryBound(to: CChar.self) else { return nil }
              length?.pointee = strlen(text)
              return text[0] == 0x32 && strlen(text) == 3 ? nil : UnsafePointer(text)
            }, &texts, &lengths)
          #expect(count == 200, "text 200 is refused, and with it what follows")
          #expect(lengths.prefix(200).elementsEqual((0..<200).map { String($0).utf8.count }))
        }
      }
    }
    #expect(toolreward_gather_texts(nil, 5, nil, nil, nil) == 0)
  }
}
