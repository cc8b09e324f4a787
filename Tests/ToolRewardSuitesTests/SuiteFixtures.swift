import Foundation
import Testing
import ToolReward
import ToolRewardPrompts
import ToolRewardSuites

func value(_ json: String) throws -> Value { try ValueReader().read(json) }

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

/// A small template in Swift: ChatML, with calls and tools. Its faults are those that published templates have.
struct SmallTemplate: PromptRenderer {
  var dropsCalls = false
  var dropsTools = false
  /// Names of tools and of calls are written, and common words; parameters and arguments are not.
  var dropsArguments = false
  var opensThink = false
  var dropsThink = false
  var quotesBadly = false
  var movesTools = false
  var trims = false
  var escapes = false
  var alwaysOpens = false
  var refuses: String?

  func render(_ request: PromptRequest) throws(PromptError) -> RenderedPrompt {
    if let refuses { throw PromptError.test(refuses) }
    var text: [UInt8] = []
    let messages = request.messages.elements
    let lastUser = messages.lastIndex { $0["role"]?.string == "user" } ?? 0
    for (index, message) in messages.enumerated() {
      if !dropsTools, let tools = request.tools, index == (movesTools ? lastUser : 0) {
        let names = tools.elements.map { "name \($0["function"]?["name"]?.string ?? "")" }.joined()
        text += Array("<tools>".utf8) + (dropsArguments ? Array(names.utf8) : JSONWriter.compact.write(tools))
        text += Array("</tools>\n".utf8)
      }
      text += Array("<|im_start|>\(message["role"]?.string ?? "")\n".utf8)
      var content = message["content"]?.stringBytes ?? []
      if trims { content = Array(content.drop { $0 == 0x20 }) }
      text += content
      for call in dropsCalls ? [] : message["tool_calls"]?.elements ?? [] {
        let function = call["function"] ?? call
        text += Array("\n<tool_call>\n{\"name\": ".utf8)
        if let name = function["name"] { text += JSONWriter.compact.write(name) }
        text += Array(", \"arguments\": ".utf8)
        if let arguments = function["arguments"] {
          let written = JSONWriter.compact.write(arguments)
          text += dropsArguments ? Array("name 3".utf8) : quotesBadly ? written.filter { $0 != 0x5C } : written
        }
        text += Array("}\n</tool_call>".utf8)
      }
      text += Array("<|im_end|>\n".utf8)
    }
    if request.addGenerationPrompt || alwaysOpens {
      text += Array("<|im_start|>assistant\n\(opensThink ? "<think>\n" : "")".utf8)
    }
    if escapes { text = Self.escaped(text) }
    return RenderedPrompt(text: text)
  }

  /// As Python's `json.dumps` writes characters beyond ASCII.
  private static func escaped(_ text: [UInt8]) -> [UInt8] {
    var result = ""
    for unit in String(decoding: text, as: UTF8.self).utf16 {
      let digits = String(unit, radix: 16)
      result +=
        unit < 0x80
        ? String(decoding: [unit], as: UTF16.self) : "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
    return Array(result.utf8)
  }
}

extension PromptError {
  static func test(_ message: String) -> PromptError { PromptError(message) }
}

let weatherTools =
  #"[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}]"#
let weatherTruth = #"[{"name":"get_weather","arguments":{"city":"Paris"}}]"#

func suiteCase(
  _ name: String = "weather", messages: String = #"[{"role":"user","content":"Is it warm?"}]"#,
  tools: String? = weatherTools, truth: String? = weatherTruth
) throws -> PromptSuite.Case {
  PromptSuite.Case(
    name: name, messages: try value(messages), tools: try tools.map { try value($0) },
    groundTruth: try truth.map { try value($0) })
}

/// A folder that is gone after the test.
@discardableResult
func withFolder<R>(_ body: (URL) throws -> R) throws -> R {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("suite-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

func write(_ text: String, _ name: String, in folder: URL) throws -> String {
  let file = folder.appendingPathComponent(name)
  try Data(text.utf8).write(to: file)
  return file.path
}

/// One check of one cell.
func check(
  _ kind: PromptCheck.Kind, _ template: SmallTemplate = SmallTemplate(), _ test: PromptSuite.Case? = nil,
  format: CompletionFormat = .hermes, completion: String? = nil, isNegated: Bool = false,
  variables: Value? = nil
) throws -> CheckResult {
  let test = try test ?? suiteCase()
  let suite = PromptSuite(
    templates: [.init(name: "t", renderer: template, format: format, variables: variables)], cases: [test],
    checks: [PromptCheck(kind, isNegated: isNegated)])
  var completions = SuiteCompletions()
  if let completion { completions.add(Array(completion.utf8), template: "t", case: test.name) }
  let result = SuiteRunner().run(suite, completions: completions)
  let cell = try #require(result.cells.first)
  // What every result must hold, whatever the check.
  #expect(result.passed + result.failed + result.errors == result.cells.count)
  #expect(cell.isPassed == !(cell.checks + cell.samples.flatMap(\.checks)).contains(where: \.isBad))
  let found = try #require((cell.checks + cell.samples.flatMap(\.checks)).first)
  #expect((found.outcome == .passed) == found.message.isEmpty)
  if let range = found.range, let whole = completion.map({ Array($0.utf8) }) ?? cell.prompt {
    #expect(range.lowerBound >= 0 && range.upperBound <= whole.count)
  }
  return found
}
