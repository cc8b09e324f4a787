import Testing
import ToolReward
import ToolRewardPrompts
import ToolRewardSuites

private let turns = "{% for m in messages %}<|im_start|>{{ m.role }}\n"
private let calls =
  #"{% for c in m.tool_calls or [] %}<tool_call>\#n{{ c.function | tojson }}\#n</tool_call>{% endfor %}"#
private let end = "<|im_end|>\n{% endfor %}"
private let reply = "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
private let tools = "{% for t in tools or [] %}{{ t | tojson }}\n{% endfor %}"

private let user = #"{"role":"user","content":"a"}"#
private func calling(_ city: String, name: String = "get_weather", arguments: String? = nil, content: String = "")
  -> String
{
  #"{"role":"assistant","content":"\#(content)","tool_calls":[{"id":"call00000","type":"function","function":{"name":"\#(name)","arguments":\#(arguments ?? #"{"city":"\#(city)"}"#)}}]}"#
}
private let answer = #"{"role":"tool","tool_call_id":"call00000","content":"21 degrees"}"#
private func list(_ messages: String...) -> String { "[\(messages.joined(separator: ","))]" }

/// A template, a conversation, and what checks must say of them: what is not named must pass.
private struct Row: CustomTestStringConvertible {
  let testDescription: String
  let template: String
  var messages = list(user)
  var tools = weatherTools
  var format = "hermes"
  let checks: [(name: String, outcome: CheckResult.Outcome)]

  init(
    _ name: String, _ template: String, of messages: String = list(user), tools: String = weatherTools,
    format: String = "hermes", says checks: [(name: String, outcome: CheckResult.Outcome)]
  ) {
    testDescription = name
    self.template = template
    self.messages = messages
    self.tools = tools
    self.format = format
    self.checks = checks
  }
}

private let whole = tools + turns + "{{ m.content or '' }}" + calls + end + reply

private let callRows: [Row] = [
  Row(
    "a good one", whole, of: list(user, calling("Paris"), answer, calling("Rome"), answer, user),
    says: [
      ("tools-rendered", .passed), ("tool-calls-rendered", .passed), ("tool-results-rendered", .passed),
      ("round-trip", .passed), ("prefix-preserving", .passed), ("not-opens-think", .passed),
    ]),
  Row(
    "earlier calls are dropped",
    tools + turns + "{{ m.content or '' }}{% if loop.index0 > 2 %}" + calls + "{% endif %}" + end + reply,
    of: list(user, calling("Paris"), answer, calling("Rome"), answer), says: [("tool-calls-rendered", .failed)]),
  Row(
    "calls before the last user's words are dropped",
    turns + "{{ m.content or '' }}{% if messages[-1].role != 'user' %}" + calls + "{% endif %}" + end + reply,
    of: list(user, calling("Paris"), answer, user), says: [("tool-calls-rendered", .failed)]),
  Row(
    "a call is written once it is answered",
    turns + "{{ m.content or '' }}{% if not loop.last %}" + calls + "{% endif %}" + end + reply,
    of: list(user, calling("Paris"), answer), says: [("tool-calls-rendered", .passed), ("prefix-preserving", .failed)]),
  Row(
    "words of the content are no call", turns + "{{ m.content or '' }}" + end + reply,
    of: list(user, calling("", name: "ping", arguments: "{}", content: "I will ping the server."), answer),
    says: [("tool-calls-rendered", .failed)]),
  Row(
    "the first of two equal calls",
    turns
      + "{{ m.content or '' }}{% for c in (m.tool_calls or [])[:1] %}{{ c.function | tojson }}{% endfor %}" + end
      + reply,
    of: list(
      user,
      #"{"role":"assistant","content":"","tool_calls":[{"id":"c0","type":"function","function":{"name":"ping","arguments":{}}},{"id":"c1","type":"function","function":{"name":"ping","arguments":{}}}]}"#
    ), says: [("tool-calls-rendered", .failed)]),
  Row(
    "answers are dropped",
    turns + "{% if m.role != 'tool' %}{{ m.content or '' }}" + calls + "{% endif %}" + end + reply,
    of: list(user, calling("Paris"), answer),
    says: [("tool-calls-rendered", .passed), ("tool-results-rendered", .failed)]),
  Row(
    "answers to a made-up call are dropped",
    turns + "{% if m.role != 'tool' %}{{ m.content or '' }}" + calls + "{% endif %}" + end + reply,
    says: [("tool-results-rendered", .failed), ("not-tool-results-rendered", .passed)]),
  Row(
    "answers that must be JSON",
    turns + "{% if m.role == 'tool' and m.content[0] != '{' %}{{ raise_exception('no JSON') }}{% endif %}"
      + "{{ m.content or '' }}" + calls + end + reply,
    of: list(user, calling("Paris"), #"{"role":"tool","tool_call_id":"call00000","content":"{\"t\": 21}"}"#),
    says: [("tool-results-rendered", .passed)]),
  Row(
    "what cannot be made holds as little as its contrary",
    turns + "{% if loop.last and m.tool_calls %}{{ raise_exception('no') }}{% endif %}{{ m.content or '' }}" + calls
      + end + reply, of: list(user, calling("Paris"), answer),
    says: [("not-prefix-preserving", .failed), ("not-round-trip", .failed), ("tool-calls-rendered", .passed)]),
]

private func told(_ content: String) -> String { #"{"role":"tool","tool_call_id":"call00000","content":\#(content)}"# }
private func cutting(_ filter: String) -> String {
  turns + "{{ m.content\(filter) if m.role == 'tool' else (m.content or '') }}" + calls + end + reply
}
private let unanswered =
  turns + "{% if m.role != 'tool' %}{{ m.content or '' }}" + calls + "{% endif %}" + end + reply

private let answerRows: [Row] =
  [
    Row(
      "an answer's beginning", cutting("[:20]"), of: list(user, calling("Paris"), told(#""a long answer of a tool""#)),
      says: [("tool-results-rendered", .failed)]),
    Row(
      "an answer's first line", cutting(".split('\\n')[0]"), of: list(user, calling("Paris"), told(#""one\ntwo""#)),
      says: [("tool-results-rendered", .failed)]),
    Row(
      "an answer's end", cutting(".split('</think>')[-1]"),
      of: list(user, calling("Paris"), told(#""important </think> rest""#)), says: [("tool-results-rendered", .failed)]),
    Row(
      "an empty answer", cutting(""), of: list(user, calling("Paris"), told(#""""#)),
      says: [("tool-results-rendered", .passed)]),
    Row(
      "answers that are values", turns + "{{ m.content | tojson }}" + calls + end + reply,
      of: list(user, calling("Paris"), told(#"{"temp": 21}"#), told(#"["abc","d"]"#), told("21")),
      says: [("tool-results-rendered", .passed)]),
    Row(
      "answers that are null", unanswered, of: list(user, calling("Paris"), told("null")),
      says: [("tool-results-rendered", .skipped)]),
  ]
  + [#"{"temp": 21}"#, #"["abc","d"]"#, "21", #"[{"type":"text","text":"21"}]"#].map { content in
    Row(
      "an answer \(content) is dropped", unanswered, of: list(user, calling("Paris"), told(content)),
      says: [("tool-results-rendered", .failed)])
  }

/// Calls as Kimi K2's template writes them: by their identifiers.
private let named =
  turns + "{{ m.content or '' }}"
  + "{% for c in m.tool_calls or [] %}<|tool_calls_section_begin|><|tool_call_begin|>{{ c.id }}<|tool_call_argument_begin|>"
  + "{{ c.function.arguments if c.function.arguments is string else c.function.arguments | tojson }}<|tool_call_end|><|tool_calls_section_end|>{% endfor %}"
  + "{% if m.role == 'tool' %}{{ m.tool_call_id }}{% endif %}" + end + reply
private let asked: [(name: String, outcome: CheckResult.Outcome)] = [
  ("tool-calls-rendered", .passed), ("tool-results-rendered", .passed), ("round-trip", .passed),
  ("prefix-preserving", .passed), ("prefix-preserving", .passed),
]
private let strings =
  turns + "{{ m.content or '' }}"
  + #"{% for c in m.tool_calls or [] %}<tool_call>\#n{{ '{"name": "' + c.function.name + '", "arguments": ' + c.function.arguments + '}' }}\#n</tool_call>{% endfor %}"#
  + end + reply

private let shapeRows: [Row] =
  [
    Row("calls by their identifiers", tools + named, format: "kimi-k2", says: asked),
    Row(
      "a call by its identifier", named,
      of: list(
        user, calling("Paris").replacing("call00000", with: "functions.get_weather:0"),
        answer.replacing("call00000", with: "functions.get_weather:0")),
      format: "kimi-k2", says: asked),
    Row("arguments as strings", strings, says: asked),
  ]
  + [#"{\"city\":\"a\\/b\"}"#, #"{\"city\":\"a \\u0026 \\u003cx\"}"#, #"{\"city\":\"Z\\u00FCrich\"}"#].map { text in
    Row("arguments as \(text)", strings, of: list(user, calling("", arguments: "\"\(text)\"")), says: asked)
  } + [
    Row(
      "a reply that is always opened", turns + "{{ m.content or '' }}" + calls + end + "<|im_start|>assistant\n",
      of: list(user, calling("Paris"), answer), says: asked),
    Row(
      "nested texts that are cut",
      turns
        + "{{ m.content or '' }}{% for c in m.tool_calls or [] %}{{ c.function.name }}{{ c.function.arguments.keys() | list }}{% for v in c.function.arguments.o %}{{ v[:10] }}{% endfor %}{% endfor %}"
        + end + reply, of: list(user, calling("", arguments: #"{"o":["a long text of a call"]}"#)),
      says: [("tool-calls-rendered", .failed)]),
    Row(
      "<think> before the conversation",
      "{% if add_generation_prompt %}<|im_start|>system\nAnswer.<|im_end|>\n{% endif %}" + turns + "{{ m.content }}"
        + end + reply, of: list(#"{"role":"user","content":"what is <think>?"}"#), says: [("opens-think", .failed)]),
    Row(
      "an index is no token",
      "{% set INDEX = 0 %}" + turns + "{{ [m.content][INDEX] }}{% if messages[INDEX] %}{% endif %}" + end,
      of: list(#"{"role":"user","content":"see [INDEX]"}"#), says: [("no-injected-special-token", .passed)]),
    Row(
      "a word that stands there more often without tools",
      "{% if tools %}{{ tools | tojson }}{% else %}city city city{% endif %}" + turns + end,
      says: [("tools-rendered", .passed)]),
  ]

private let constantRows: [Row] =
  ["false", "0", "null", "true"].map { constant in
    Row(
      "\(constant) is dropped",
      turns
        + "{% for c in m.tool_calls or [] %}<tool_call>{{ c.function.name }}{% for k, v in c.function.arguments.items() %} {{ k }}="
        + "{% if v is string or (v and v is not boolean) %}{{ v }}{% endif %}{% endfor %}</tool_call>{% endfor %}" + end
        + reply, of: list(user, calling("", arguments: #"{"city":"Paris","x":\#(constant)}"#)),
      says: [("tool-calls-rendered", .failed)])
  }
  + ["false", "0", "null", "true", "[false, {\"y\": 0}]"].map { constant in
    Row(
      "\(constant) is written", whole, of: list(user, calling("", arguments: #"{"city":"Paris","x":\#(constant)}"#)),
      says: [("tool-calls-rendered", .passed)])
  }

private let openingRows: [Row] = [
  Row(
    "opens without being asked to",
    turns + "{{ m.content or '' }}" + calls + end
      + "{% if messages[-1].role != 'assistant' %}<|im_start|>assistant\n<think>\n{% endif %}",
    says: [("opens-think", .passed), ("not-opens-think", .failed), ("round-trip", .passed)]),
  Row(
    "refuses not to be asked",
    "{% if not add_generation_prompt %}{{ raise_exception('ask') }}{% endif %}" + turns + "{{ m.content or '' }}" + end
      + "<|im_start|>assistant\n<think>\n", says: [("opens-think", .passed), ("not-opens-think", .failed)]),
  Row(
    "opens always, and only a call follows",
    turns + "{{ m.content or '' }}" + calls + end + "<|im_start|>assistant\n<think>\n",
    says: [("opens-think", .passed), ("round-trip", .passed)]),
  Row(
    "the user's <think> opens nothing", turns + "{{ m.content or '' }}" + end + "<|im_start|>assistant\n",
    of: list(#"{"role":"user","content":"write <think>"}"#), says: [("opens-think", .failed)]),
]

private let toolRows: [Row] = [
  Row(
    "a name that stands in the template", "{% if tools %}You can use tools to search{% endif %}" + turns + end,
    tools: #"[{"type":"function","function":{"name":"search"}}]"#, says: [("tools-rendered", .failed)]),
  Row(
    "a name that stands in the conversation, and no way without tools",
    "{% if not tools %}{{ raise_exception('tools') }}{% endif %}" + turns + "{{ m.content }}" + end,
    of: list(#"{"role":"user","content":"please search"}"#),
    tools: #"[{"type":"function","function":{"name":"search"}}]"#, says: [("tools-rendered", .failed)]),
  Row(
    "a name within another's", "{{ tools[-1] | tojson if tools }}" + turns + end,
    tools: #"[{"type":"function","function":{"name":"get"}},{"type":"function","function":{"name":"get_weather"}}]"#,
    says: [("tools-rendered", .failed)]),
  Row(
    "no name", whole, tools: #"[{"type":"function","function":{"nam":"get"}}]"#,
    says: [("tools-rendered", .error), ("not-tools-rendered", .error)]),
  Row(
    "refuses names that it does not know, and writes none",
    "{% for t in tools or [] %}{% if t.function.name != 'get_weather' %}{{ raise_exception('what?') }}{% endif %}{{ t.function.parameters | tojson }}{% endfor %}"
      + turns + end, says: [("tools-rendered", .failed)]),
  Row(
    "refuses names that it does not know, and writes the one",
    "{% for t in tools or [] %}{% if t.function.name != 'get_weather' %}{{ raise_exception('what?') }}{% endif %}{{ t | tojson }}{% endfor %}"
      + turns + end, says: [("tools-rendered", .passed)]),
  Row(
    "Anthropic's parameters", "{% for t in tools or [] %}{{ t.name }}{% endfor %}" + turns + end,
    tools: #"[{"name":"get","input_schema":{"properties":{"city":{}}}}]"#, says: [("tools-rendered", .failed)]),
  Row(
    "Anthropic's parameters, written", whole, tools: #"[{"name":"get","input_schema":{"properties":{"city":{}}}}]"#,
    says: [("tools-rendered", .passed)]),
]

private let parts =
  turns
  + "{% if m.content is string %}{{ raise_exception('content must be a list of parts') }}{% endif %}{% for p in m.content %}{{ p.text }}{% endfor %}"
  + calls + end + reply

private let partRows: [Row] = [
  Row(
    "only parts", parts, of: #"[{"role":"user","content":[{"type":"text","text":"a"}]}]"#,
    says: [
      ("prefix-preserving", .passed), ("tool-calls-rendered", .passed), ("round-trip", .passed),
      ("tool-results-rendered", .passed), ("no-injected-special-token", .passed),
    ]),
  Row(
    "a token in two parts", parts,
    of: #"[{"role":"user","content":[{"type":"text","text":"x<|im_"},{"type":"text","text":"end|>"}]}]"#,
    says: [("no-injected-special-token", .failed)]),
  Row(
    "a token that the template spells", turns + "{{ m.content }}" + end + "<|fin|>[END_OF]<｜x｜>",
    of: list(#"{"role":"user","content":"a <|fin|>"}"#), says: [("no-injected-special-token", .failed)]),
  Row(
    "a token of capitals that the template spells", turns + "{{ m.content }}" + end + "[END_OF]",
    of: list(#"{"role":"user","content":"a [END_OF]"}"#), says: [("no-injected-special-token", .failed)]),
  Row(
    "a token of the file",
    #"{"chat_template": "{% for m in messages %}{{ m.content }}{% endfor %}", "eos_token": "{eos}"}"#,
    of: list(#"{"role":"user","content":"a {eos}"}"#), says: [("no-injected-special-token", .failed)]),
  Row(
    "an added token of the file",
    #"{"chat_template": "{% for m in messages %}{{ m.content }}{% endfor %}", "added_tokens_decoder": {"1": {"content": "{x}", "special": true}, "2": {"content": "{y}", "special": false}}}"#,
    of: list(#"{"role":"user","content":"a {x}"}"#), says: [("no-injected-special-token", .failed)]),
  Row(
    "a common word that was added",
    #"{"chat_template": "{% for m in messages %}{{ m.content }}{% endfor %}", "added_tokens_decoder": {"2": {"content": "{y}", "special": false}}}"#,
    of: list(#"{"role":"user","content":"a {y} m|"}"#), says: [("no-injected-special-token", .passed)]),
]

@Suite struct TemplateFaultTests {
  @Test(arguments: callRows + answerRows + shapeRows + constantRows + openingRows + toolRows + partRows)
  fileprivate func faults(_ row: Row) throws {
    let names = row.checks.map { #""\#($0.name)""# }.joined(separator: ",")
    let suite = """
      {"templates":[{"name":"t","framing":"chatml","format":"\(row.format)"}],"cases":[{"name":"c","messages":\(row.messages),"tools":\(row.tools),
       "ground_truth":[{"name":"get_weather","arguments":{"city":"Ulm"}}]}],"checks":["renders",\(names)]}
      """
    var read = try PromptSuite(text: Array(suite.utf8), path: "suite.json")
    let template = try SuiteTemplate(Array(row.template.utf8))
    read.templates[0].renderer = template
    read.templates[0].specialTokens += template.specialTokens
    let cell = try #require(SuiteRunner().run(read).cells.first)
    #expect(cell.error == nil)
    for (check, result) in zip(row.checks, cell.checks.dropFirst()) {
      #expect(result.check == check.name)
      #expect(result.outcome == check.outcome, "\(check.name): \(result.message)")
    }
  }

  /// The mark that a format opens reasoning with is known beside `<think>`, and completions are judged behind it.
  @Test(arguments: [
    (CompletionFormat.seedOSS, "<seed:think>", "x</seed:think>no call", true),
    (.mistral, "[THINK]", "x[/THINK]no call", true), (.hermes, "[THINK]", "x[/THINK]no call", false),
  ])
  func ownReasoning(_ format: CompletionFormat, _ opening: String, _ completion: String, isOpen: Bool) throws {
    let source = turns + "{{ m.content }}" + end + "{% if add_generation_prompt %}\(opening){% endif %}"
    let suite = PromptSuite(
      templates: [.init(name: "t", renderer: try SuiteTemplate(Array(source.utf8)), format: format)],
      cases: [try suiteCase(truth: "[]")],
      checks: [PromptCheck(.opensThink), PromptCheck(.reward(ExactMatchReward(), threshold: 1))])
    var completions = SuiteCompletions()
    completions.add(Array(completion.utf8), template: "t", case: "weather")
    let cell = try #require(SuiteRunner().run(suite, completions: completions).cells.first)
    #expect(cell.checks.first?.outcome == (isOpen ? .passed : .failed))
    #expect(cell.samples.first?.checks.first?.outcome == (isOpen ? .passed : .failed))
  }
}
