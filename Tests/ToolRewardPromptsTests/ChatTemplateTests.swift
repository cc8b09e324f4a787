import Testing
import ToolReward
import ToolRewardPrompts

private func render(_ template: String, _ context: String = "{}", limits: TemplateLimits = .standard) throws -> String {
  var template = try ChatTemplate(template, limits: limits)
  template.now = { CivilTime(year: 2026, month: 11, day: 21, hour: 9, minute: 5, second: 7) ?? .now() }
  let value = try ValueReader().read(context)
  let prompt = try template.render(context: value)
  // A context that is read already gives the same, and spans lie in the text, in order.
  #expect(try template.render(context: TemplateContext(value)) == prompt)
  var end = 0
  for span in prompt.generationSpans {
    #expect(span.lowerBound >= end && span.upperBound <= prompt.text.count)
    end = span.upperBound
  }
  return String(decoding: prompt.text, as: UTF8.self)
}

/// Why a template fails; `nil` if it does not.
private func failure(_ template: String, _ context: String = "{}", limits: TemplateLimits = .standard) throws
  -> PromptError?
{
  do { _ = try render(template, context, limits: limits) } catch let error as PromptError { return error }
  return nil
}

@Suite struct ChatTemplateTests {
  static let context = #"""
    {"s": "Ab é", "n": 5, "f": 2.0, "none": null, "l": [3, "x", null, true, 1e16], "d": {"b": 1, "a": {"items": "x"}}, "e": [],
     "m": [{"role": "user", "content": "U"}, {"role": "assistant", "content": "A"}]}
    """#

  /// Each text is what Jinja2 3.1.6 gives in Hugging Face's settings (CPython 3.11).
  @Test(arguments: [
    // White space.
    ("a\n  {% if true %}\n b\n  {% endif %}\nc\n", "a\n b\nc"), ("A\n{#- c #}\nB", "AB"),
    ("a {%- if true -%} b {%- endif +%}\nc", "ab\nc"),
    ("  {%+ if true %}x{% endif %}", "  x"), ("{{ 1 }}\n{{ 2 -}}\n 3", "1\n23"),
    ("{% raw -%}\n {{ x }}\n{%- endraw %}\n!", "{{ x }}!"), ("a\r\nb\rc", "a\nb\nc"),
    // Python's spellings.
    ("{{ l }}", "[3, 'x', None, True, 1e+16]"), ("{{ d }}", "{'b': 1, 'a': {'items': 'x'}}"),
    ("{{ (1,) }}{{ () }}{{ none }}{{ true }}", "(1,)()NoneTrue"),
    ("{{ \"it's\" ~ [\"it's\", 'q\"'] }}", "it's[\"it's\", 'q\"']"),
    (
      "{{ 1.0 }} {{ 1e16 }} {{ 0.1 + 0.2 }} {{ 7 / 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 2 ** 10 }}",
      "1.0 1e+16 0.30000000000000004 3.5 -4 2 1024"
    ),
    (
      "{{ l|tojson }} {{ d|tojson(indent=2) }}",
      "[3, \"x\", null, true, 1e+16] {\n  \"b\": 1,\n  \"a\": {\n    \"items\": \"x\"\n  }\n}"
    ),
    (
      "{{ s|tojson }} {{ s|tojson(ensure_ascii=true) }} {{ '</'|tojson }} {{ {1: 2, none: 3}|tojson }}",
      "\"Ab é\" \"Ab \\u00e9\" \"</\" {\"1\": 2, \"null\": 3}"
    ),
    // Code points, slices, methods.
    (
      "{{ s|length }} {{ s[::-1] }} {{ s[-1] }} {{ s[1:3] }} {{ l[:2] }} {{ l[9:] }} {{ 'ΑΣ'.lower() }} {{ 'ß'.upper() }}",
      "4 é bA é b  [3, 'x'] [] ας SS"
    ),
    (
      "{{ ' a  b '.split() }} {{ 'a,b,,c'.split(',', 2) }} {{ 'x'.join(['a', 'b']) }} {{ 'ab'.replace('a', 'z') }} {{ 'abc'.startswith(('x', 'ab')) }}",
      "['a', 'b'] ['a', 'b', ',c'] axb zb True"
    ),
    (
      "{{ '%s-%05.1f-%d' % ('a', 2.25, 3) }} {{ '{:>5}|{!r}'.format(1, 'x') }} {{ 'a b-c'|title }} {{ 'aB c'|capitalize }}",
      "a-002.2-3     1|'x' A B-C Ab c"
    ),
    // Access: an attribute before an item by the dot, an item before an attribute by the bracket.
    (
      "{{ d.a['items'] }} {{ d.items()|list|length }} {{ d.absent }}|{{ d.absent is defined }}|{{ none.x is undefined }}",
      "x 2 |False|True"
    ),
    ("{{ undefined_name|default('d') }} {{ none|default('d') }} {{ ''|default('d', true) }}", "d None d"),
    // Scopes.
    ("{% set x = 1 %}{% for i in [1] %}{% set x = 2 %}{% endfor %}{{ x }}", "1"),
    ("{% set ns = namespace(x=1) %}{% for i in [1] %}{% set ns.x = 2 %}{% endfor %}{{ ns.x }}", "2"),
    ("{% if true %}{% set x = 3 %}{% endif %}{{ x }}", "3"),
    ("{% macro m(a, b=a) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{% set c = 9 %}{{ m(1) }}{{ m(1, b=2) }}", "119129"),
    ("{% set x %}a{% endset %}{{ x ~ x }}{% with y = 1 %}{{ y }}{% endwith %}{{ y }}", "aa1"),
    ("{% macro m() %}[{{ caller(1) }}]{% endmacro %}{% call(v) m() %}{{ v }}{% endcall %}", "[1]"),
    ("{% macro f(n) %}{{ n }}{% if n > 0 %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(3) }}", "3210"),
    // Loops.
    (
      "{% for x in m %}{{ loop.index }}{{ loop.previtem is defined }}{{ loop.last }}{{ x.role }} {% endfor %}",
      "1FalseFalseuser 2TrueTrueassistant "
    ),
    ("{% for k, v in d|items %}{{ k }}{% endfor %}{% for x in [] %}{% else %}none{% endfor %}", "banone"),
    ("{% for x in [1, 2, 3, 4] if x % 2 %}{{ x }}{{ loop.length }}{% endfor %}", "1232"),
    ("{% for x in [1, 2, 3] %}{% if x == 2 %}{% continue %}{% endif %}{{ x }}{% endfor %}", "13"),
    ("{% for x in [1, 2] %}{% break %}{% else %}e{% endfor %}", "e"),
    (
      "{% for x in [1, [2, [3]]] recursive %}{{ loop(x) if x is iterable else x }}{{ loop.depth }}{% endfor %}",
      "11223321"
    ),
    // A loop with an `if` of its own gives tuples of its targets, not the elements.
    (
      "{% for a, b in ['xy', [1, 2], 'zz'] if a != 'z' %}{{ loop.previtem }}{{ loop.nextitem }};{% endfor %}",
      "(1, 2);('x', 'y');"
    ),
    (
      "{% for a, (b, c) in [[1, [2, 3]], [4, 'pq']] if b %}{{ loop.nextitem }}{% endfor %}{% for x in [[1], [2]] if x %}{{ loop.previtem }}{% endfor %}",
      "(4, ('p', 'q'))[1]"
    ),
    (
      "{{ 'upper' is filter }} {{ 1 is filter }} {{ (1, 'x') is filter }} {{ absent is test }} {{ d.values() is filter }} {{ 'odd' is test }}",
      "True False False False False True"
    ),
    // What Jinja computes when it compiles: the slice of a number is undefined there, as far as it decides the value.
    ("{{ 3[1:] }}{{ (1[0:]) and absent[0] }}{{ (2 or absent.x)[::-1] }}|{{ [3[1:]] }}", "|[Undefined]"),
    ("{{ (+(7))[-1:-1] and (absent or 'x')[:0:1] }}{{ (not {})[0:-2] and m|reject('none')|list }}|", "|"),
    ("{% set q = 'x' in 3[-1:] < d == absent.y %}{{ q }}{{ not [3[1:]] }}{{ 1 if 3[1:] else 2 }}", "FalseFalse2"),
    // Filters.
    (
      "{{ m|map(attribute='role')|join(',') }} {{ m|selectattr('role', 'equalto', 'user')|list|length }} {{ [3, 1, 2]|sort(reverse=true) }} {{ d|dictsort }}",
      "user,assistant 1 [3, 2, 1] [('a', {'items': 'x'}), ('b', 1)]"
    ),
    (
      "{{ '<'|escape ~ '>' }} {{ '<'|safe + '>' }} {{ 'a\\nb'|indent(2) }} {{ 42.55|round(1) }} {{ '7'|int + 1 }} {{ [1, 2, 1]|unique|list }}",
      "&lt;> <&gt; a\n  b 42.5 8 [1, 2]"
    ),
    (
      "{% set ns = namespace() %}{% set ns.t = (ns,) %}{{ ns.t }}{% set ns.t = [ns] %}{{ ns.t }}",
      "(<Namespace {'t': (...)}>,)[<Namespace {'t': [...]}>]"
    ),
    ("{{ d[([],)] }}{{ d[d.keys()] }}|{{ namespace(a=1)|urlencode }}", "|%3CNamespace%20%7B%27a%27%3A%201%7D%3E"),
    (
      "{{ ' a b c '.split(none, 1) }}{{ ' a b c '.rsplit(none, 1) }}{{ ' a b '.split(none, 0) }}{{ ' a b '.rsplit(none, 0) }}{{ ' a b '.rsplit(none, 2) }}",
      "['a', 'b c '][' a b', 'c']['a b '][' a b']['a', 'b']"
    ),
    (
      "{{ [1, 2]|batch(-9223372036854775807, 'x')|list }}{{ 'ab'|center(-9223372036854775807) }}{{ 'aXb'.rsplit('X', 9223372036854775807) }}",
      "[[1, 2]]ab['a', 'b']"
    ),
    ("{{ strftime_now('%d %b %Y %H:%M:%S %j') }}", "21 Nov 2026 09:05:07 325"),
    ("{{ range(1, 9, 3).index(4) }}{{ range(3).count(1.0) }}{{ range(3).count('1') }}{{ range(2).stop }}", "1102"),
    ("{{ range(5)[1:3]|list }}{{ 3 in range(4) }}", "[1, 2]True"),
  ]) func texts(row: (String, String)) throws {
    #expect(try render(row.0, Self.context) == row.1)
  }

  @Test(arguments: [
    // The template is wrong.
    ("a\n{% if %}", "line 2, column 7"), ("{{ 'x }}", "line 1, column 4"), ("{% for x in y %}", "line 1"),
    ("{{ x|nothing }}", "No filter named 'nothing'"),
    ("{% frob %}", "unknown tag 'frob'"), ("{% include 'x' %}", "not supported"), ("{{ (1 }}", "unexpected"),
    ("{% break %}", "outside of a loop"), ("{{ '\\N{DASH}' }}", "not supported"),
    // It raises.
    ("{{ raise_exception('No.') }}", "raised an error: No."), ("\n{{ a.b.c }}", "line 2"),
    ("{{ 'a' + 1 }}", "TypeError"), ("{{ 1 / 0 }}", "division by zero"),
    ("{{ [1]|map('upper')|tojson }}", "not JSON serializable"),
    ("{% set x = 3[1:] %}", "TypeError"), ("{% set x = [3[1:]] %}", "TypeError"),
    ("{% set x = 3[1:] and absent %}", "TypeError"), ("{{ n and 3[1:] }}", "TypeError"),
    ("{{ 3[1:]|map('upper')|list }}", "TypeError"), ("{{ 1 if 3[1:] }}", "TypeError"),
    ("{{ l is filter }}", "unhashable type: 'list'"), ("{{ ([],) is test }}", "unhashable type: 'list'"),
    ("{{ d.keys() is filter }}", "unhashable type: 'dict_keys'"),
    ("{{ {d.items(): 1} }}", "unhashable type: 'dict_items'"),
    // The sandbox.
    ("{{ l.append(1) }}", "unsafe"), ("{{ d.update({}) }}", "unsafe"), ("{{ ''.__class__.__mro__ }}", "unsafe"),
    ("{{ ''['__class__']['__mro__'] }}", "unsafe"),
    ("{{ (''|attr('__class__')).mro() }}", "unsafe"), ("{{ '{0.__class__.__mro__}'.format(1) }}", "unsafe"),
    ("{{ range.__globals__.x }}", "UndefinedError"), ("{{ '\\ud800' }}", "no UTF-8"),
  ]) func errors(row: (String, String)) throws {
    let error = try #require(try failure(row.0, Self.context), "\(row.0)")
    #expect("\(error)".contains(row.1), "\(row.0): \(error)")
    #expect(!error.isLimit)
  }

  @Test func placesQuoteTheLine() throws {
    let error = try #require(try failure("é\n  {{ x.y.z }}\n"))
    #expect(error.place?.line == 2)
    #expect("\(error)".hasSuffix("\n    {{ x.y.z }}\n        ^"), "\(error)")
  }

  /// Each ends with an error that names its limit, and soon.
  @Test(arguments: [
    "{% for i in range(1000000000) %}{% endfor %}",
    "{{ range(100000)|list|length }}{{ range(-9223372036854775808, 9223372036854775807) }}",
    "{% set ns = namespace(i=0) %}{% for a in range(100000) %}{% for b in range(100000) %}{% set ns.i = ns.i + 1 %}{% endfor %}{% endfor %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{% macro m(x) %}{{ m([x]) }}{% endmacro %}{{ m(1) }}",
    "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    "{{ 'x' * 100000000 }}",
    "{% set ns = namespace(s='x') %}{% for i in range(60) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
    "{% for i in range(100000) %}{{ 'x' * 1000 }}{% endfor %}", "{{ 'x'|center(100000000) }}",
    "{{ '%0999999999d' % 1 }}", "{{ '{:999999999}'.format(1) }}",
    "{{ [0] * 100000000 }}", "{{ 'a'.ljust(1000000000)|length }}",
    "{{ 'ab'|replace('', 'x' * 1000000)|replace('x', 'x' * 1000000) }}",
    "{% set ns = namespace(l=[]) %}{% for i in range(100000) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}",
    "{% set ns = namespace(l=[1]) %}{% for i in range(100000) %}{% set ns.l = ns.l|map('string') %}{% endfor %}{{ ns.l|list }}",
    "{{ [1, 2]|batch(9223372036854775807, 'x')|list }}",
    "{{ [[[[[[[[[[[[1]]]]]]]]]]]]|tojson(indent=4000000) }}",
    "{{ 9223372036854775807 + 1 }}", "{{ 10 ** 100000 }}", "{{ range(100000)|map('string')|join(',' * 1000)|length }}",
  ]) func limits(template: String) throws {
    let error = try #require(
      try failure(template, limits: TemplateLimits(steps: 200_000, outputBytes: 4 << 20)), "\(template)")
    #expect(error.isLimit, "\(template): \(error)")
  }

  /// Values that are no longer in use count, too: frames of calls, of 16,000 bytes each here, and undefined values.
  @Test(arguments: [
    "{% macro m() %}{% if false %}\((0..<1_000).map { "{% set v\($0) = 1 %}" }.joined()){% endif %}{% endmacro %}{% for i in range(100000) %}{{ m() }}{% endfor %}",
    "{% for i in range(100000) %}{% set x = [\(String(repeating: "i.a,", count: 300))] %}{% endfor %}",
  ]) func memoryIsBounded(template: String) throws {
    let error = try #require(try failure(template, limits: TemplateLimits(outputBytes: 1 << 20)))
    #expect(error.isLimit && error.message == "values of more than 67108864 bytes", "\(error)")
  }

  @Test func deepTemplatesAreRefused() throws {
    for (open, close) in [("(", ")"), ("[", "]"), ("not ", ""), ("-", ""), ("1 + ", ""), ("{1: ", "}")] {
      let nested =
        "{{ " + String(repeating: open, count: 3_000) + "1" + String(repeating: close, count: 3_000) + " }}"
      #expect(try failure(nested)?.isLimit == true, "\(open)")
    }
    #expect(try failure(String(repeating: "{% if 1 %}", count: 3_000))?.isLimit == true)
    #expect(try failure("{{ 1" + String(repeating: "|string", count: 3_000) + " }}")?.isLimit == true)
  }

  @Test func generationSpans() throws {
    let template = try ChatTemplate(
      "{% for m in m %}<{{ m.role }}>{% if m.role == 'assistant' %}{% generation %}{{ m.content }}é{% endgeneration %}{% else %}{{ m.content }}{% endif %}{% endfor %}"
    )
    let prompt = try template.render(context: ValueReader().read(Self.context))
    #expect(String(decoding: prompt.text, as: UTF8.self) == "<user>U<assistant>Aé")
    #expect(prompt.generationSpans.map { String(decoding: prompt.text[$0], as: UTF8.self) } == ["Aé"])
  }

  @Test func requestsGiveTheUsualVariables() throws {
    let template = try ChatTemplate(
      "{{ messages|length }}{{ tools is none }}{{ documents is none }}{{ add_generation_prompt }}{{ bos_token }}")
    let reader = ValueReader()
    let messages = try reader.read(#"[{"role": "user", "content": "U"}]"#)
    let request = PromptRequest(
      messages: messages, addGenerationPrompt: false, variables: try reader.read(#"{"bos_token": "<s>"}"#))
    #expect(String(decoding: try template.render(request).text, as: UTF8.self) == "1TrueTrueFalse<s>")
  }

  @Test func templateFiles() throws {
    let bare = try TemplateFile(content: Array("{% if x %}{% endif %}".utf8))
    #expect(bare.templates.map(\.name) == ["default"])
    let several = try TemplateFile(
      content: Array(
        #"{"bos_token": {"content": "<s>"}, "eos_token": "</s>", "chat_template": [{"name": "default", "template": "D"}, {"name": "tool_use", "template": "T"}]}"#
          .utf8))
    #expect(several.specialTokens.map(\.name) == ["bos_token", "eos_token"])
    #expect(try several.source() == [0x44])
    #expect(try several.source(hasTools: true) == [0x54])
    #expect(throws: PromptError.self) { try several.source(named: "rag") }
    for broken in [#"{"bos_token": "x"}"#, #"{"chat_template": 1}"#, #"{"chat_template": [{"name": "x"}]}"#] {
      #expect(throws: PromptError.self, "\(broken)") { try TemplateFile(content: Array(broken.utf8)) }
    }
  }

  @Test(arguments: [
    ("2026-11-21", "2026-11-21 00:00:00"), ("2026-11-21T09:05", "2026-11-21 09:05:00"),
    ("2024-02-29T23:59:59.5+01:00", "2024-02-29 23:59:59"),
  ]) func times(row: (String, String)) throws {
    var template = try ChatTemplate("{{ strftime_now('%Y-%m-%d %H:%M:%S') }}")
    let time = try #require(CivilTime(iso8601: row.0))
    template.now = { time }
    #expect(try template.render(context: ValueReader().read("{}")).text == Array(row.1.utf8))
    for broken in ["", "2026", "2026-13-01", "2025-02-29", "2026-11-21T25:00", "2026-11-21T09:05x", "21.11.2026"] {
      #expect(CivilTime(iso8601: broken) == nil, "\(broken)")
    }
  }
}
