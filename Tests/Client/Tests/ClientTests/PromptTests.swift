import Foundation
import Testing
import ToolReward
import ToolRewardPrompts
import ToolRewardSuites
import ToolRewardTesting

private func value(_ json: String) throws -> Value { try ValueReader().read(json) }

/// A template of one's own: anything that makes a prompt of messages and tools.
private struct OwnTemplate: PromptRenderer {
  var forgetsCalls = false
  var endsTurns = true

  func render(_ request: PromptRequest) throws(PromptError) -> RenderedPrompt {
    var text: [UInt8] = []
    if let tools = request.tools {
      text += Array("<tools>".utf8) + JSONWriter.compact.write(tools) + Array("</tools>\n".utf8)
    }
    for message in request.messages.elements {
      text += Array("<|im_start|>\(message["role"]?.string ?? "")\n".utf8) + (message["content"]?.stringBytes ?? [])
      for call in forgetsCalls ? [] : message["tool_calls"]?.elements ?? [] {
        guard let function = call["function"] else { continue }
        text += Array("<tool_call>\n".utf8) + JSONWriter.compact.write(function) + Array("\n</tool_call>".utf8)
      }
      text += endsTurns ? Array("<|im_end|>\n".utf8) : []
    }
    if request.addGenerationPrompt { text += Array("<|im_start|>assistant\n".utf8) }
    return RenderedPrompt(text: text)
  }
}

private func weather() throws -> PromptSuite.Case {
  PromptSuite.Case(
    name: "weather", messages: try value(#"[{"role": "user", "content": "Is it warm in Paris?"}]"#),
    tools: try value(#"[{"type": "function", "function": {"name": "get_weather"}}]"#),
    groundTruth: try value(#"[{"name": "get_weather", "arguments": {"city": "Paris"}}]"#))
}

private func task() throws -> ScoringTask {
  ScoringTask(groundTruth: try GroundTruth(json: #"[{"name": "get_weather", "arguments": {"city": "Paris"}}]"#))
}

private let right =
  #"<think>Paris.</think><tool_call>{"name": "get_weather", "arguments": {"city": "Paris"}}</tool_call>"#
private let wrong =
  #"<think>Paris.</think><tool_call>{"name": "get_weather", "arguments": {"city": "London"}}</tool_call>"#

private func suiteOfSnapshots(_ template: OwnTemplate) throws -> PromptSuite {
  PromptSuite(
    templates: [.init(name: "own", renderer: template, format: .hermes)], cases: [try weather()],
    checks: [PromptCheck(.snapshot)])
}

@Suite struct PromptTests {
  @Test func reward() throws {
    #expect(expectReward(right, try task(), format: .hermes) == 1)
  }

  @Test(.rewardThreshold(0)) func threshold() throws {
    #expect(expectReward(wrong, try task(), format: .hermes) == 0)
  }

  @Test func roundTrip() throws {
    expectRoundTrip(OwnTemplate(), format: .hermes, try weather())
  }

  @Test func suite() throws {
    let suite = PromptSuite(
      templates: [.init(name: "own", renderer: OwnTemplate(), format: .hermes)], cases: [try weather()],
      checks: [PromptCheck(.toolsRendered), PromptCheck(.toolCallsRendered), PromptCheck(.opensThink, isNegated: true)])
    #expect(expectSuite(suite).passed == 1)
  }

  /// A message that a server took apart.
  @Test func message() throws {
    let message =
      #"{"role":"assistant","tool_calls":[{"type":"function","function":{"name":"get_weather","arguments":"{\"city\": \"Paris\"}"}}],"reasoning_content":"Paris."}"#
    #expect(expectReward(message: try value(message), try task()) == 1)
  }

  /// The recorded prompts of a suite stand beside the test's file.
  @Test(.snapshots(record: .never)) func recordedSuite() throws {
    #expect(expectSuite(try suiteOfSnapshots(OwnTemplate())).passed == 1)
  }

  /// What is recorded is an issue, once.
  @Test func recording() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("client-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let suite = try suiteOfSnapshots(OwnTemplate())
    withKnownIssue {
      expectSuite(suite, snapshots: SnapshotStore(folder: folder, mode: .missing))
    } matching: {
      "\($0)".contains("recorded own__weather.txt: run the test again")
    }
    expectSuite(suite, snapshots: SnapshotStore(folder: folder, mode: .missing))
  }

  @Test(.snapshots(record: .never)) func snapshot() throws {
    let test = try weather()
    let prompt = try OwnTemplate().render(PromptRequest(messages: test.messages, tools: test.tools))
    expectSnapshot(of: prompt.text, named: "weather")
  }
}

/// Fails on purpose, where it is asked to: what a failure looks like is tested by Tests/Conformance/Scripts/testing_fails_well.py.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["SHOW_FAILURES"] != nil)) struct FailingTests {
  @Test func reward() throws {
    expectReward(wrong, try task(), format: .hermes, prompt: Array("Is it warm in Paris?".utf8))
  }

  @Test func roundTrip() throws {
    expectRoundTrip(OwnTemplate(forgetsCalls: true), format: .hermes, try weather())
  }

  @Test func nothingToCall() throws {
    expectRoundTrip(
      OwnTemplate(), format: .hermes, .init(name: "bare", messages: try value(#"[{"role": "user", "content": "a"}]"#)))
  }

  @Test(.snapshots(record: .never)) func recordedSuite() throws {
    var template = OwnTemplate()
    template.endsTurns = false
    expectSuite(try suiteOfSnapshots(template))
  }

  /// Completions of a cell that there is not, and a cell of which nothing is said.
  @Test func nothingChecked() throws {
    var suite = try suiteOfSnapshots(OwnTemplate())
    suite.checks = [PromptCheck(.toolCallMatch)]
    var completions = SuiteCompletions()
    completions.add(Array(right.utf8), template: "own", case: "whether")
    expectSuite(suite, completions: completions)
  }

  @Test func completion() throws {
    var suite = try suiteOfSnapshots(OwnTemplate())
    suite.checks = [PromptCheck(.toolCallMatch)]
    var completions = SuiteCompletions()
    completions.add(Array(wrong.utf8), template: "own", case: "weather")
    expectSuite(suite, completions: completions)
  }

  @Test(.snapshots(record: .never)) func snapshot() {
    expectSnapshot(of: Array("another\nprompt".utf8), named: "weather")
  }
}
