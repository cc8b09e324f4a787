import Foundation
import Testing
import ToolReward
import ToolRewardPrompts
import ToolRewardSuites

@Suite struct SuiteFileTests {
  private func read(_ yaml: String, in folder: URL, name: String = "suite.yaml") throws -> PromptSuite {
    try PromptSuite(file: write(yaml, name, in: folder)) { (path, _) throws(PromptError) in
      if path.hasSuffix("broken.jinja") { throw PromptError("it has no end", at: nil) }
      return SmallTemplate()
    }
  }

  private static let whole = """
    description: Weather
    templates:
      - preset: tool-n1-train
        framing: chatml
      - name: ours
        file: templates/own.v2.jinja
        format: hermes
        variables: {enable_thinking: true, bos_token: "1"}
        special_tokens: ["<x>"]
      - framing: llama3
    cases:
      - name: paris
        messages:
          - {role: user, content: Is it warm?}
        tools: &tools
          - {type: function, function: {name: get_weather}}
        ground_truth: [{name: get_weather, arguments: {city: Paris, days: 1.0, since: 2024-01-05, at: 12:30, ok: yes}}]
        checks: [not-opens-think, {type: contains, value: warm, metric: asks}]
      - messages: [{role: user, content: Hello}]
        tools: *tools
      - file: more.jsonl
    checks:
      - renders
      - {type: not-icontains, value: "[INST]"}
      - {type: reward, value: exact-match, threshold: 0.5}
    """

  @Test func everything() throws {
    try withFolder { folder in
      try FileManager.default.createDirectory(
        at: folder.appendingPathComponent("templates"), withIntermediateDirectories: true)
      _ = try write("x", "templates/own.v2.jinja", in: folder)
      _ = try write(
        "{\"id\": \"row\", \"messages\": [{\"role\": \"user\", \"content\": \"r\"}]}\r\n\n", "more.jsonl", in: folder)
      let suite = try read(Self.whole, in: folder)
      #expect(suite.description == "Weather")
      #expect(suite.templates.map(\.name) == ["tool-n1-train/chatml", "ours", "llama3"])
      #expect(suite.templates[1].format.name == "hermes" && suite.templates[1].specialTokens == [Array("<x>".utf8)])
      #expect(suite.templates[1].variables?.description == #"{"enable_thinking":true,"bos_token":"1"}"#)
      #expect(suite.cases.map(\.name) == ["paris", "case 2", "row"])
      #expect(suite.files.map { $0.split(separator: "/").last ?? "" } == ["suite.yaml", "own.v2.jinja", "more.jsonl"])
      // YAML 1.2: numbers as they are written, dates, hours and `yes` as text.
      #expect(
        suite.cases[0].groundTruth?.description
          == #"[{"name":"get_weather","arguments":{"city":"Paris","days":1.0,"since":"2024-01-05","at":"12:30","ok":"yes"}}]"#
      )
      #expect(suite.cases[1].tools?.description == suite.cases[0].tools?.description)
      #expect(suite.cases[0].checks.map(\.name) == ["not-opens-think", "asks"])
      #expect(suite.checks.map(\.name) == ["renders", "not-icontains", "reward exact-match"])
      // The same as JSON, which is YAML too.
      let json = """
        {"templates": [{"framing": "mistral"}], "cases": [{"messages": [{"role": "user", "content": "a"}]}]}
        """
      #expect(try read(json, in: folder, name: "suite.json").checks.map(\.name) == ["renders"])
      let atHand = try PromptSuite(text: Array(json.utf8), path: "nowhere/suite.json")
      #expect(atHand.templates.map(\.name) == ["mistral"] && atHand.files == ["nowhere/suite.json"])
    }
  }

  /// What variables name as tokens is looked for, unless the suite lists the tokens itself.
  @Test func tokensOfVariables() throws {
    try withFolder { folder in
      let yaml =
        "templates: [{framing: chatml, variables: {eos_token: <<e>>, pad_token: null, x: y}}]\ncases: [{messages: [{role: user}]}]"
      let tokens = try read(yaml, in: folder).templates[0].specialTokens
      #expect(tokens == PromptSuite.Template.commonSpecialTokens + [Array("<<e>>".utf8)])
    }
  }

  /// Rewards may be negative; messages that call may have no content; a ground truth may be any shape that rewards read.
  @Test(arguments: [
    "checks: [{type: reward, value: tool-rl, threshold: -5}, {type: tool-call-f1, threshold: 0}]",
    "checks: [{type: tool-call-f1, threshold: 1}]",
  ])
  func accepted(_ checks: String) throws {
    try withFolder { folder in
      for truth in ["[]", "{name: f, arguments: {}}", "'[]'", "{function: [], possible_answer: []}"] {
        let yaml =
          "templates: [{framing: chatml}]\ncases: [{messages: [{role: assistant, content: }], ground_truth: \(truth)}]\n"
        let suite = try read(yaml + checks, in: folder)
        #expect(suite.cases.count == 1, "\(truth)")
      }
    }
  }

  private static let head = "templates: [{framing: chatml}]\ncases: [{messages: [{role: user, content: a}]}]\n"

  private static let wrong: [(text: String, message: String)] = [
    ("", "1:1: the file is empty"),
    ("a: [", "the file is not YAML"),
    ("- a", "1:1: must be an object"),
    ("templates: 1\ncases: []", "1:12: /templates: must be a list"),
    ("templates: []\ncases: []", "1:12: /templates: must not be empty"),
    ("cases: []", "\"templates\" is missing"),
    (head + "check: [renders]", "has no member \"check\"; it may have: description, templates, cases, checks"),
    (head + "checks:\n  - rendrs", "4:5: /checks/0: there is no check \"rendrs\"; there are: renders, snapshot,"),
    (head + "checks: [3]", "3:10: /checks/0: must be a check's name, or an object with a \"type\""),
    (head + "checks: [contains]", "/checks/0: needs a \"value\""),
    (head + "checks: [{type: contains}]", "/checks/0: \"value\" is missing"),
    (head + "checks: [{type: contains, value: ''}]", "/checks/0/value: must not be empty"),
    (head + "checks: [{type: contains-all, value: a}]", "/checks/0/value: must be a list"),
    (head + "checks: [{type: max-length, value: 1.5}]", "/checks/0/value: must be a count"),
    (head + "checks: [{type: max-length, value: 1e999}]", "/checks/0/value: must be a"),
    (head + "checks: [{type: renders, value: 1}]", "has no member \"value\"; it may have: type, metric"),
    (head + "checks: [{type: reward, value: gold}]", "there is no reward \"gold\"; there are:"),
    (head + "checks: [regex]", "/checks/0: needs a \"value\""),
    (
      head + "checks: [{type: regex, value: '(?=a)'}]",
      "/checks/0/value: is no regular expression of ECMA-262, or has a form"
    ),
    (head + "checks: [{type: regex, value: '('}]", "/checks/0/value: is no regular expression"),
    (head + "checks: [{type: is-json, value: {type: strin}}]", "/checks/0/value: is no JSON Schema"),
    (head + "checks: [{type: contains-json, value: 3}]", "/checks/0/value: is no JSON Schema"),
    (head + "checks: [{type: icontains-any, value: []}]", "/checks/0/value: must not be empty"),
    ("templates: [{file: ../}]\ncases: []", "/templates/0/file: cannot read"),
    (head + "checks: [{type: prefix-preserving, value: x}]", "must be one of: tool-result, user-turn"),
    ("templates: [{framing: chatml}, {framing: chatml}]\ncases: []", "there is another template \"chatml\""),
    ("templates: [{name: x}]\ncases: []", "1:13: /templates/0: needs a \"file\", a \"preset\" or a \"framing\""),
    ("templates: [{file: x, preset: hermes}]\ncases: []", "/templates/0/preset: stands beside \"file\""),
    ("templates: [{file: nowhere.jinja}]\ncases: []", "1:20: /templates/0/file: cannot open"),
    ("templates: [{file: broken.jinja}]\ncases: []", "/templates/0/file: it has no end"),
    ("templates: [{preset: nobody}]\ncases: []", "/templates/0/preset: must be one of: tool-n1-train"),
    ("templates: [{framing: chatml, format: x}]\ncases: []", "/templates/0/format: there is no format \"x\""),
    ("templates: [{framing: chatml, variables: []}]\ncases: []", "/templates/0/variables: must be an object"),
    (
      "templates: [{framing: chatml, variables: {messages: []}}]\ncases: []",
      "/templates/0/variables/messages: would stand for the case's own"
    ),
    ("templates: [{framing: chatml, variables: {tools: 1}}]\ncases: []", "variables/tools: would stand"),
    ("templates: [{framing: chatml, variables: {add_generation_prompt: true}}]\ncases: []", "_prompt: would stand"),
    ("templates: [{framing: chatml}]\ncases: [{}]", "2:9: /cases/0: \"messages\" is missing"),
    ("templates: [{framing: chatml}]\ncases: [{messages: hello}]", "2:20: /cases/0/messages: must be a list"),
    ("templates: [{framing: chatml}]\ncases: [{messages: [hello]}]", "/cases/0/messages/0: must be a message"),
    (head.replacing("role: user", with: "rol: user"), "2:21: /cases/0/messages/0: \"role\" is missing"),
    (head.replacing("role: user", with: "role: 3"), "2:28: /cases/0/messages/0/role: must be a string"),
    (head.replacing("role: user", with: "role: ''"), "/cases/0/messages/0/role: must not be empty"),
    (
      head.replacing("content: a}]", with: "content: a}], ground_truth: {}"),
      "/cases/0/ground_truth: must be a list of calls"
    ),
    (
      head.replacing("content: a}]", with: "content: a}], ground_truth: 3"),
      "/cases/0/ground_truth: must be a list of calls"
    ),
    (head + "checks: [{type: tool-call-f1, threshold: 7}]", "3:42: /checks/0/threshold: must be from 0 to 1"),
    (head + "checks: [{type: tool-call-f1, threshold: -0.1}]", "/checks/0/threshold: must be from 0 to 1"),
    (head.replacing("content: a}]", with: "content: a}], tools: 3"), "/cases/0/tools: must be a list of tools"),
    (head.replacing("content: a}]", with: "content: a}], ground_truth: "), "/cases/0/ground_truth: says nothing"),
    ("templates: [{framing: chatml}]\ncases: [{file: rows.jsonl}]", "rows.jsonl, line 2: \"messages\" is missing"),
    (head + "description: a\ndescription: b", "has two members of the same name: description"),
    ("{\"templates\": [], \"templates\": []}", "has two members of the same name"),
    (head + "? [a]\n: b", "3:5: has a key that is no text"),
    (head + "checks: &c [renders]\n*c : b", "4:1: has a key that is no text"),
    (bomb(40, ""), "19:22: repeats too much by aliases"),
    (chain(3), "2:989: is nested too deeply: 64 levels at most"),
    ("a: &a " + nested(40) + "\nb: " + nested(25, "*a "), "2:29: is nested too deeply: 64"),
    (String(repeating: "- ", count: 64) + "a", "1:1: must be an object"),
    (String(repeating: "- ", count: 65) + "a", "1:131: is nested too deeply: 64 levels at most"),
    (head + "<<: {a: b}", "has a merge key (<<), which is not read"),
    (head + "description: !!int '5'", "3:14: /description: has the tag tag:yaml.org,2002:int, which is not read"),
    (head + "description: !mine x", "/description: has the tag !mine"),
    (head + "checks: !mine [renders]", "/checks: has the tag !mine"),
    (head + "checks: [{type: regex, value: 'a{1,1000}'}]", "or it repeats too much"),
    (head + "description: *x", "found undefined alias"),
    ("a: 1\n---\nb: 2", "the file is not YAML"),
  ]

  /// What is wrong is said with file, line, column, field and mend.
  @Test(arguments: wrong)
  func complaints(_ yaml: String, _ message: String) throws {
    try withFolder { folder in
      _ = try write("x", "broken.jinja", in: folder)
      _ = try write(
        "{\"messages\": [{\"role\": \"user\", \"content\": \"r\"}]}\n{}\n", "rows.jsonl", in: folder)
      let error = try #require(throws: SuiteError.self) { _ = try read(yaml, in: folder) }
      #expect(error.description.contains(message), "\(error)")
      #expect(error.file.hasSuffix("suite.yaml"))
    }
  }

  /// Prose has what looks like anchors, aliases and keys; aliases may stand for keys, and there may be many.
  @Test func prose() throws {
    try withFolder { folder in
      let text = #"""
        templates: [{framing: chatml}]
        cases:
          - messages:
              - role: user
                content: |
                  *Emphasis* and **strong**, &amp; [a link]: b, {c}: d, ? e
                  *x : y, AT&T &x
              - {role: user, content: "*a : b &c [d]: e"}
              - {role: user, content: 'it''s *a &b'}
              - {role: user, content: "\u00e9 \n *a"}
              - &m {&role role: user, &content content: again}
              - {*role : user, *content : more}
              - *m

        """#
      let many = (0..<200).map { "    - &a\($0) {role: user}\n    - *a\($0)\n" }.joined()
      let suite = try read(text + "  - messages:\n" + many, in: folder)
      #expect(
        suite.cases[0].messages.description
          == ##"[{"role":"user","content":"*Emphasis* and **strong**, &amp; [a link]: b, {c}: d, ? e\n*x : y, AT&T &x\n"},"##
          + ##"{"role":"user","content":"*a : b &c [d]: e"},{"role":"user","content":"it's *a &b"},"##
          + ##"{"role":"user","content":"é \n *a"},{"role":"user","content":"again"},"##
          + ##"{"role":"user","content":"more"},{"role":"user","content":"again"}]"##)
      #expect(suite.cases[1].messages.description.contains(#"{"role":"user"},{"role":"user"}"#))
    }
  }

  /// Hostile files end, quickly, in a reason.
  @Test(arguments: [
    ("depth", String(repeating: "[", count: 20_000)),
    ("closed depth", String(repeating: "[", count: 900) + String(repeating: "]", count: 900)),
    ("dashes", String(repeating: "- ", count: 20_000)),
    ("brackets in quotes", String(repeating: "[\"]\",", count: 10_000)),
    ("bomb", bomb(40, "")),
    ("bomb as a key", bomb(40, "? *a39\n: x\n")),
    ("bomb as an implicit key", bomb(40, "[*a39, *a39]: x\n")),
    ("bomb as a key in a flow", bomb(40, "x: {[*a39]: 1}\n")),
    ("alias as a key", bomb(30, "*a29 : 1\n")),
    ("wide bomb", bomb(31, "description: *a30\n")),
    ("chain", chain(32)), ("long chain", chain(64)),
    ("self", "a: &a [*a]"),
    ("bytes", "\u{0}\u{1}\u{FFFD}"), ("tab", "\ta: b"), ("tag", "!<!> a"), ("percent", "%YAML 9.9\n---\na"),
  ])
  func hostile(_ name: String, _ yaml: String) throws {
    try withFolder { folder in
      #expect(throws: SuiteError.self, "\(name)") { _ = try read(yaml, in: folder) }
    }
  }

  /// Each anchor doubles the one before.
  private static func bomb(_ count: Int, _ end: String) -> String {
    var text = "a0: &a0 [x, x]\n"
    for level in 1..<count { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
    return text + end
  }

  private static func nested(_ count: Int, _ inner: String = "") -> String {
    String(repeating: "[", count: count) + inner + String(repeating: "]", count: count)
  }

  /// Each anchor is nested nearly as deep as libyaml reads, around the one before.
  private static func chain(_ count: Int) -> String {
    var text = "a0: &a0 x\n"
    for level in 1..<count {
      text += "a\(level): &a\(level) \(nested(980, "*a\(level - 1) "))\n"
    }
    return text
  }

  /// A mark at a file's beginning is no text; bytes that are no UTF-8 are refused, not replaced.
  @Test func encodings() throws {
    try withFolder { folder in
      let mark = "\u{FEFF}"
      #expect(try read(mark + Self.head, in: folder).templates.count == 1)
      #expect(
        try read(
          "\(mark){\"templates\": [{\"framing\": \"chatml\"}], \"cases\": [{\"messages\": [{\"role\": \"user\"}]}]}",
          in: folder
        ).cases.count == 1)
      let rows = try write(mark + #"{"template": "t", "case": "c", "completion": "a"}"#, "rows.jsonl", in: folder)
      #expect(try SuiteCompletions(file: rows).count == 1)
      let file = folder.appendingPathComponent("latin.yaml")
      try Data(Array((Self.head + "description: Gr").utf8) + [0xFC, 0xDF]).write(to: file)
      let error = try #require(throws: SuiteError.self) { _ = try PromptSuite(file: file.path) }
      #expect(error.description.hasSuffix("latin.yaml:3:1: the file is not UTF-8"))
    }
  }

  /// A run that was killed while it kept an answer leaves a part of a line, which costs no other; no number is as good as none.
  @Test func linesThatWereCut() throws {
    try withFolder { folder in
      let kept = #"{"template": "t", "case": "c", "sample": 0, "key": "k", "model": "m", "completion": "a"}"# + "\n"
      let half = try write(kept + #"{"template": "t", "ca"#, "half.jsonl", in: folder)
      #expect(try SuiteCompletions(file: half).count == 1)
      for broken in [kept + "{\n", kept + "{\n" + kept, #"{"template": "t", "case": "c", "completion": "a"}"# + "\n{"] {
        let file = try write(broken, "broken.jsonl", in: folder)
        let error = try #require(throws: SuiteError.self) { _ = try SuiteCompletions(file: file) }
        #expect(error.description.contains("broken.jsonl:2:"))
      }
      let none = try write(
        #"{"template": "t", "case": "c", "sample": null, "completion": "a"}"#, "null.jsonl", in: folder)
      #expect(try SuiteCompletions(file: none).count == 1)
    }
  }

  @Test func completions() throws {
    try withFolder { folder in
      let path = try write(
        """
        {"template": "t", "case": "c", "sample": 1, "completion": "b", "more": [1]}
        {"template": "t", "case": "c", "sample": 0, "completion": "a"}

        {"template": "t", "case": "d", "completions": ["x", "y"]}
        {"template": "t", "case": "d", "completion": "z"}
        {"template": "u", "case": "c", "sample": 1, "completion": "old", "model": "m", "key": "a"}
        {"template": "u", "case": "c", "sample": 1, "completion": "new", "model": "m", "key": "b"}
        """, "rows.jsonl", in: folder)
      let found = try SuiteCompletions(file: path)
      #expect(found.completions(template: "t", case: "c").map { text($0.shown) } == ["a", "b"])
      #expect(found.completions(template: "t", case: "d").map { text($0.shown) } == ["x", "y", "z"])
      #expect(found.completions(template: "u", case: "c").map { text($0.shown) } == ["new"])
      #expect(found.count == 6)
      let suite = PromptSuite(
        templates: [.init(name: "t", renderer: SmallTemplate())], cases: [try suiteCase("c")])
      let strangers = try #require(found.strangers(to: suite))
      #expect(strangers.count == 4 && strangers.first == "t / d")
    }
  }

  /// No completion takes another's place silently: rows without a number stand behind those that have one, in all files.
  @Test func numbers() throws {
    func row(_ completion: String, _ sample: Int? = nil, kept: String? = nil) -> String {
      let number = sample.map { #", "sample": \#($0)"# } ?? ""
      let key = kept.map { #", "model": "m", "key": "\#($0)""# } ?? ""
      return #"{"template": "t", "case": "c"\#(number)\#(key), "completion": "\#(completion)"}"#
    }
    func read(_ files: [[String]]) throws -> [String] {
      try withFolder { folder in
        var found = SuiteCompletions()
        for (index, rows) in files.enumerated() {
          try found.add(file: write(rows.joined(separator: "\n"), "\(index).jsonl", in: folder))
        }
        let texts = found.completions(template: "t", case: "c").map { text($0.shown) }
        #expect(found.count == texts.count)
        return texts
      }
    }
    #expect(try read([[row("a"), row("b", 0)]]) == ["b", "a"])
    #expect(try read([[row("a"), row("b", 7), row("c"), row("d", 1)]]) == ["d", "b", "a", "c"])
    #expect(try read([[row("a"), row("b")], [row("c"), row("d", 0)]]) == ["d", "a", "b", "c"])
    #expect(try read([[row("a", 0, kept: "x"), row("b", 0, kept: "y"), row("c", 0, kept: "x")]]) == ["c"])
    let wrong: [([[String]], String)] = [
      ([[row("a", 0), row("b", 1), row("c", 0)]], "0.jsonl:3:42: /sample: line 1 is completion 0 of this cell"),
      ([[row("a", 0), row("a", 0)]], "0.jsonl:2:42: /sample: line 1 is"),
      ([[row("a", 0), row("b", 1)], [row("z"), row("c", 1)]], "1.jsonl:2:42: /sample: line 2 of "),
      ([[row("a", 0, kept: "x")], [row("b", 0, kept: "y")]], "/sample: line 1 of "),
      ([[row("a", 0, kept: "x"), row("b", 0)]], "0.jsonl:2:42: /sample: line 1 is"),
      ([[row("a", 0), row("b", 0, kept: "x")]], "0.jsonl:2:42: /sample: line 1 is"),
    ]
    for (files, message) in wrong {
      let error = try #require(throws: SuiteError.self) { _ = try read(files) }
      #expect(error.description.contains(message) && error.description.hasSuffix("or take \"sample\" away"), "\(error)")
    }
  }

  @Test(arguments: [
    (#"{"template": "t", "case": "c", "completions": ["a"], "completion": "b"}"#, "/completion: stands beside"),
    (#"{"template": "t", "case": "c", "completions": ["a"], "message": {}}"#, "/message: stands beside"),
    ("{", "2:"), ("[]", "2:1: must be an object"), (#"{"template": "t"}"#, "\"case\" is missing"),
    (#"{"template": "t", "case": "c"}"#, "\"completion\" is missing"),
    (#"{"template": "t", "case": "c", "completion": 3}"#, "2:46: /completion: must be a string"),
    (#"{"template": "t", "case": "c", "sample": -1, "completion": ""}"#, "/sample: must be a number from 0"),
  ])
  func brokenCompletions(_ row: String, _ message: String) throws {
    try withFolder { folder in
      let path = try write("\n\(row)", "rows.jsonl", in: folder)
      let error = try #require(throws: SuiteError.self) { _ = try SuiteCompletions(file: path) }
      #expect(error.description.hasPrefix("\(path):2:") && error.description.contains(message), "\(error)")
    }
  }
}
