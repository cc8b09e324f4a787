import Foundation
import Testing
import ToolReward
import ToolRewardData

/// What the same samples get from every surface: the same bytes. A new surface is one more case of `Surface`.
@Suite struct SameVerdictTests {
  /// A way to have samples scored.
  enum Surface: String, CaseIterable {
    case swift, cRecords, cOne, cBatch, cSamples, python, pythonBatch

    /// The lines that it gives; `nil` where it cannot take such a record.
    func lines(_ table: Table) throws -> [String?] {
      switch self {
      case .swift: try table.swift()
      case .cRecords: table.cRecords()
      case .cOne: table.cOne()
      case .cBatch: table.cBatch()
      case .cSamples: table.cSamples()
      case .python: try table.python()["one"] ?? []
      case .pythonBatch: try table.python()["batch"] ?? []
      }
    }

    var isPython: Bool { self == .python || self == .pythonBatch }
  }

  /// Options, as JSON and as the command's arguments.
  struct Options {
    let json: String
    let arguments: [String]
    var isStructured = false
  }

  static let options: [Options] = [
    Options(json: "{}", arguments: []),
    Options(
      json: #"{"reward":"exact-match","format":"hermes","check_tools":true}"#,
      arguments: ["--reward", "exact-match", "--format", "hermes", "--check-tools"]),
    Options(json: #"{"reward":"strict","format":"hermes"}"#, arguments: ["--reward", "strict", "--format", "hermes"]),
    Options(
      json: #"{"reward":"exact-match","view":"prefilled"}"#,
      arguments: ["--reward", "exact-match", "--view", "prefilled"]),
    Options(json: #"{"reward":"tool-n1","view":"conversation"}"#, arguments: ["--view", "conversation"]),
    Options(json: #"{"reward":"tool-rl","step":7}"#, arguments: ["--reward", "tool-rl", "--step", "7"]),
    Options(
      json: #"{"reward":"exact-match","format":"qwen3-coder"}"#,
      arguments: ["--reward", "exact-match", "--format", "qwen3-coder"]),
    Options(
      json: #"{"reward":"exact-match","format":"hermes","leniencies":["trailing_comma"]}"#,
      arguments: ["--reward", "exact-match", "--format", "hermes", "--leniency", "trailing_comma"]),
    Options(
      json: #"{"reward":"exact-match","view":"structured"}"#,
      arguments: ["--reward", "exact-match", "--view", "structured"], isStructured: true),
  ]

  private static let truth = #"[{"name":"f","arguments":{"a":1}}]"#
  private static let tools =
    #"[{"name":"f","parameters":{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}}]"#

  /// Completions as JSON strings, and what they are judged by: friendly, wrong, and hostile ones.
  static let texts: [(completion: String, truth: String, tools: String?)] = {
    let completions = [
      #"<think>x</think><tool_call>[{\"name\":\"f\",\"arguments\":{\"a\":1}}]</tool_call>"#,
      #"<think>x</think><tool_call>{\"name\":\"f\",\"arguments\":{\"a\":1}}</tool_call>"#,
      #"<think>x</think>\n<tool_call>\n{\"name\":\"f\",\"arguments\":{\"a\":1.0}}\n</tool_call>"#,
      #"<think>x</think><tool_call>[{\"name\":\"f\",\"arguments\":{\"a\":\"1\"}}]</tool_call>"#,
      #"<think>x</think><tool_call>[{\"name\":\"f\",\"arguments\":{\"a\":1,}}]</tool_call>"#,
      #"<think>x</think><tool_call>{\"name\":\"f\",\"arguments\":{\"a\":1,\"a\":1}}</tool_call>"#,
      #"x</think><tool_call>[{\"name\":\"f\",\"arguments\":{\"a\":1}}]</tool_call>"#,
      #"<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n<think>x</think><tool_call>[]</tool_call>"#,
      #"<think>\u00e9\ud83d\ude00</think><tool_call><function=f><parameter=a>1</parameter></function></tool_call>"#,
      #"<think>\ud800</think><tool_call>[{\"name\":\"f\",\"arguments\":{\"a\":1}}]</tool_call>"#,
      #"<think>\u0000</think><tool_call>[{\"name\":\"f\\u0000\",\"arguments\":{\"a\":1e400}}]</tool_call>"#,
      #"<think>x</think><tool_call>[{\"name\":\"f\",\"arguments\":{\"a\":NaN}}]</tool_call>"#,
      #"<think>x</think><tool_call>"# + String(repeating: "[", count: 3_000),
      #"<think>x</think><tool_call>[{\"name\":\"f\",\"arguments\":{\"a\":100000000000000000000001}}]</tool_call>"#,
      "", "It is sunny.", #"\u2028<think></think>"#,
    ]
    let judgedBy: [(String, String?)] = [
      (truth, nil), (truth, tools), (#""\#(truth.replacingOccurrences(of: "\"", with: #"\""#))""#, tools), ("[]", nil),
      (#"[{"name":"f","arguments":{"a":1}},{"name":"f","arguments":{"a":100000000000000000000001}}]"#, "null"),
      (#""nope""#, nil), ("[{}]", tools), (#"[{"name":"f","arguments":{"a":"\ud800"}}]"#, nil), (truth, "[]"),
      (truth, #"[{"name":1}]"#), (truth, #""[""#), ("null", nil), ("7", tools),
      (#"{"name":"f","arguments":{"a":1}}"#, nil),
    ]
    // At the limit of depth a record's own levels count.
    let deep = (504...512).map { depth in
      let value = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
      let call = #"[{"name":"f","arguments":{"a":\#(value)}}]"#
      let text = "<think>x</think><tool_call>\(call)</tool_call>".replacingOccurrences(of: "\"", with: #"\""#)
      return (#""\#(text)""#, call, String?.none)
    }
    return completions.flatMap { completion in judgedBy.map { (#""\#(completion)""#, $0.0, $0.1) } } + deep
  }()

  /// Messages as JSON, for the view of that name.
  static let messages: [(completion: String, truth: String, tools: String?)] = {
    let call = #"{"type":"function","function":{"name":"f","arguments":{"a":1}}}"#
    let completions = [
      #"{"role":"assistant","content":"","reasoning_content":"x","tool_calls":[\#(call)]}"#,
      #"[{"role":"user","content":"hi"},{"role":"assistant","content":"<think>x</think>","tool_calls":[\#(call)]}]"#,
      #"{"role":"assistant","content":null,"reasoning":"x","tool_calls":[{"function":{"name":"f","arguments":"{\"a\": 1}"}}]}"#,
      #"{"role":"assistant","content":"x","tool_calls":[{"function":{"name":"f","arguments":"{"}}]}"#,
      #"{"content":"\ud800"}"#, "[]", "{}", "7", #""text""#,
    ]
    return completions.flatMap { completion in
      [truth, "[]", #""nope""#].map { (completion, $0, Optional(tools)) }
    }
  }()

  struct Table {
    let options: Options
    let samples: [(completion: String, truth: String, tools: String?)]

    init(_ options: Options) {
      self.options = options
      samples = options.isStructured ? SameVerdictTests.messages : SameVerdictTests.texts
    }

    var records: [String] {
      samples.map { sample in
        #"{"completion":\#(sample.completion),"ground_truth":\#(sample.truth)"#
          + (sample.tools.map { #","tools":\#($0)"# } ?? "") + "}"
      }
    }

    /// The command's lines: what all others are held against.
    func command() throws -> [String] {
      let run = try Programs.run(
        Programs.products.appendingPathComponent("toolreward").path, ["score", "-"] + options.arguments,
        input: records.joined(separator: "\n"))
      #expect(run.status <= 1, "\(run.errors)")
      return Self.split(run.output)
    }

    /// The core by itself: ground truth, tools and completion compiled by hand.
    func swift() throws -> [String?] {
      let scorer = try Scorer(try ScorerOptions(json: Array(options.json.utf8)))
      let writer = VerdictWriter(scorer.reward)
      return samples.enumerated().map { index, sample in
        let syntax = scorer.reward.syntax
        // Within a record a value is one level down.
        var limits: ValueLimits = syntax == .python ? .python : .standard
        limits.depth -= 1
        let reader = ValueReader(limits: limits)
        guard let truth = try? scorer.reward.compile(groundTruth: reader.read(sample.truth)),
          let completion = try? reader.read(sample.completion)
        else { return nil }
        var toolbox: Toolbox?
        if let tools = sample.tools, tools != "null", scorer.usesTools {
          guard let value = try? ValueReader().read(tools), let compiled = try? Toolbox(value) else { return nil }
          toolbox = compiled
        } else if let tools = sample.tools, (try? ValueReader().read(tools)).flatMap({ try? Toolbox($0) }) == nil,
          tools != "null"
        {
          return nil
        }
        let task = ScoringTask(groundTruth: truth, tools: toolbox)
        let verdict: Verdict
        if options.isStructured {
          verdict = scorer.score(message: completion, for: task)
        } else {
          guard let bytes = completion.stringBytes else { return nil }
          verdict = scorer.score(bytes, for: task)
        }
        // A record whose message is none is the record's fault, which only a reader of records can tell of.
        if verdict.score == nil { return nil }
        var line: [UInt8] = []
        writer.append(verdict, id: Array(String(index + 1).utf8), to: &line)
        return String(decoding: line.dropLast(), as: UTF8.self)
      }
    }

    func cRecords() -> [String?] {
      let policy = Interface.policy(options.json)
      #expect(policy.answer.isOK)
      let scored = Interface.scoreRecords(policy.handle, records.joined(separator: "\n"))
      #expect(scored.answer.isOK)
      return Self.split(scored.lines)
    }

    func cOne() -> [String?] {
      let policy = Interface.policy(options.json).handle
      return zip(cTasks(policy), cCompletions()).enumerated().map { index, pair in
        guard let task = pair.0, let completion = pair.1 else { return nil }
        let scored = Interface.score(task, completion)
        if scored.score.isNaN { return nil }
        return #"{"id":\#(index + 1)"# + scored.line.dropFirst(#"{"id":1"#.count).dropLast()
      }
    }

    func cBatch() -> [String?] {
      let policy = Interface.policy(options.json).handle
      let completions = cCompletions()
      let tasks = zip(cTasks(policy), completions).map { task, completion in completion == nil ? 0 : task ?? 0 }
      let scored = Interface.scoreBatch(policy, tasks, completions.map { $0 ?? "" })
      #expect(scored.answer.isOK)
      return zip(Self.split(scored.lines), scored.scores).map { $1.isNaN ? nil : $0 }
    }

    func cSamples() -> [String?] {
      let policy = Interface.policy(options.json).handle
      let completions = cCompletions()
      let tools = cTools()
      let scored = Interface.scoreSamples(
        policy, samples.map(\.truth), tools.map { $0 ?? 0 }, completions.map { $0 ?? "" })
      #expect(scored.answer.isOK)
      return zip(Self.split(scored.lines), scored.scores).enumerated().map { index, pair in
        completions[index] == nil || tools[index] == nil || pair.1.isNaN ? nil : pair.0
      }
    }

    func python() throws -> [String: [String]] {
      let run = try Programs.run(
        "/usr/bin/env", ["python3", "Tests/ToolRewardCTests/Scripts/verdicts.py"],
        input: #"{"options":\#(options.json),"records":\#(try Self.json(records))}"#,
        environment: [
          "TOOLREWARD_LIBRARY": Programs.library.path,
          "PYTHONPATH": Programs.root.appendingPathComponent("Sources/ToolRewardC/Python").path,
          "PYTHONIOENCODING": "utf-8",
        ])
      #expect(run.status == 0, "\(run.errors)")
      let lines = try JSONDecoder().decode([String: [String]].self, from: Data(run.output.utf8))
      return lines.mapValues { $0.map { String($0.dropLast()) } }
    }

    /// Tools for each sample, 0 for none; `nil` where they cannot be made, which C is told by a code.
    private func cTools() -> [UInt64?] {
      samples.map { sample in
        guard let text = sample.tools, text != "null" else { return 0 }
        let made = Interface.tools(text)
        return made.answer.isOK ? made.handle : nil
      }
    }

    /// A task for each sample; `nil` where it cannot be made.
    private func cTasks(_ policy: UInt64) -> [UInt64?] {
      zip(samples, cTools()).map { sample, tools in
        guard let tools else { return nil }
        let task = Interface.task(policy, sample.truth, tools: tools)
        return task.answer.isOK ? task.handle : nil
      }
    }

    /// The completions as C has them: text, or JSON of messages; `nil` where UTF-8 has no such text.
    private func cCompletions() -> [String?] {
      samples.map { sample in
        if options.isStructured { return sample.completion }
        return (try? JSONDecoder().decode([String].self, from: Data("[\(sample.completion)]".utf8)))?.first
      }
    }

    private static func split(_ text: String) -> [String] {
      text.utf8.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func json(_ texts: [String]) throws -> String {
      String(decoding: try JSONEncoder().encode(texts), as: UTF8.self)
    }
  }

  @Test(arguments: options.indices)
  func everySurfaceGivesTheSameBytes(_ index: Int) throws {
    let table = Table(Self.options[index])
    let expected = try table.command()
    #expect(expected.count == table.samples.count)
    // The table has right, wrong and unscorable samples under each of the options.
    for score in [#""score":1"#, #""score":0"#, #""score":null"#] where index != 5 {
      #expect(expected.contains { $0.utf8.count > 0 && $0.contains(score) }, "no row has \(score)")
    }
    for surface in Surface.allCases where !surface.isPython || Programs.hasPython {
      let lines = try surface.lines(table)
      #expect(lines.count == expected.count, "\(surface)")
      var judged = 0
      for (row, pair) in zip(lines, expected).enumerated() {
        guard let line = pair.0 else { continue }
        judged += 1
        #expect(line == pair.1, "\(surface), \(table.options.json), \(table.records[row])")
      }
      if surface == .cRecords || surface.isPython {
        #expect(judged == expected.count, "\(surface) takes every record")
      } else {
        // The others are what these surfaces refuse by a code or an error: broken tools, and text that is no UTF-8.
        #expect(judged >= expected.filter { !$0.contains(#""score":null"#) }.count * 3 / 5, "\(surface)")
      }
    }
  }
}
