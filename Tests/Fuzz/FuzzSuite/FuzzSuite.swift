import ToolReward
import ToolRewardPrompts
import ToolRewardSuites

// Framings refuse calls: this template writes them.
private let template = try? SuiteTemplate(
  Array(
    """
    {{ tools | tojson if tools }}{% for m in messages %}<|im_start|>{{ m.role }}
    {% if m.content is string %}{{ m.content }}{% else %}{% for p in m.content %}{{ p.text }}{% endfor %}{% endif %}
    {%- for c in m.tool_calls or [] %}<tool_call>{{ (c.function or c) | tojson }}</tool_call>{% endfor %}<|im_end|>
    {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
    <think>{% endif %}
    """.utf8))

// A suite, and behind a line of three dots a completion: it is refused with a place, or runs, twice with one result; every report of it is
// whole: JSON is read again, marks in pages are of our own.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSuite(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = unsafe start.map { unsafe Array(UnsafeBufferPointer(start: $0, count: count)) } ?? []
  let end = ByteSearch.firstIndex(of: Array("\n...\n".utf8), in: bytes.span, from: 0) ?? bytes.count
  // YAML has five kinds of line ends.
  let lines = bytes[..<end].count { [0x0A, 0x0D, 0x85, 0xA8, 0xA9].contains($0) } + 1
  do throws(SuiteError) {
    var suite = try PromptSuite(text: Array(bytes[..<end]), path: "/nowhere/suite.yaml")
    guard let template else { preconditionFailure("the template is one") }
    suite.templates.append(.init(name: "calls", renderer: template, format: .hermes))
    var completions = SuiteCompletions()
    for template in suite.templates {
      for test in suite.cases {
        completions.add(Array(bytes[min(end + 5, bytes.count)...]), template: template.name, case: test.name)
      }
    }
    check(SuiteRunner().run(suite, completions: completions), SuiteRunner().run(suite, completions: completions))
  } catch {
    precondition(!error.message.isEmpty && error.file == "/nowhere/suite.yaml")
    if let line = error.place.split(separator: ":").first.flatMap({ Int($0) }) {
      precondition((1...lines + 1).contains(line), "the place lies in the suite")
    }
  }
  return 0
}

private func check(_ result: SuiteResult, _ again: SuiteResult) {
  let comparisons = result.comparisons()
  let json = result.json(comparisons)
  precondition(json == again.json(again.comparisons()), "a suite gives one result")
  guard (try? ValueReader().read(json)) != nil else { preconditionFailure("a report is JSON") }
  for line in result.jsonLines().split(separator: 0x0A) {
    guard (try? ValueReader().read(Array(line))) != nil else { preconditionFailure("a cell's line is JSON") }
  }
  for page in [result.html(comparisons, passAt: [1]), result.junit()] {
    let style = ByteSearch.lastIndex(of: Array("</style>".utf8), in: page.span) ?? 0
    let marks = page[style...].count { $0 == 0x3C } - page[style...].count { $0 == 0x3E }
    precondition(marks == 0, "what models and suites say is escaped")
    precondition(page.allSatisfy { $0 >= 0x20 || $0 == 0x0A || $0 == 0x09 }, "no control characters")
  }
  _ = result.text(width: 80, passAt: [1])
  _ = comparisons.text()
}
