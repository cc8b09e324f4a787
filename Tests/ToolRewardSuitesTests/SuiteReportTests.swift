import Foundation
import Testing
import ToolReward
import ToolRewardPrompts
import ToolRewardReport
import ToolRewardSuites

/// Two templates on cases with completions that are right (`y`) or wrong.
private func compared(_ first: [String], _ second: [String], seed: UInt64 = 0) throws -> SuiteComparison {
  let result = try outcome(first, second)
  return try #require(result.comparisons(seed: seed).first)
}

private func outcome(_ first: [String], _ second: [String]) throws -> SuiteResult {
  let suite = PromptSuite(
    description: "d", templates: ["one", "two"].map { .init(name: $0, renderer: SmallTemplate()) },
    cases: try first.indices.map { try suiteCase("c\($0)") },
    checks: [PromptCheck(.text(.equals, [[0x79]], on: .completion))])
  var completions = SuiteCompletions()
  for (template, samples) in [("one", first), ("two", second)] {
    for (index, letters) in samples.enumerated() {
      for letter in letters.utf8 { completions.add([letter], template: template, case: "c\(index)") }
    }
  }
  return SuiteRunner().run(suite, completions: completions)
}

@Suite struct SuiteComparisonTests {
  @Test func pairs() throws {
    let pair = try compared(["y", "y", "y", "y", "n", "n", "y"], ["n", "n", "n", "n", "n", "y", ""])
    #expect(pair.test == .mcNemar && pair.cases == 6 && pair.unpaired == 1)
    #expect(pair.wins == 4 && pair.losses == 1 && pair.ties == 1)
    #expect(abs(pair.difference - 0.5) < 1e-12)
    // 2 (C(5,0) + C(5,1)) / 2^5
    #expect(abs(pair.probability - 0.375) < 1e-12 && pair.adjusted == pair.probability)
    #expect(pair.flips.map(\.test) == ["c0", "c1", "c2", "c3", "c5"])
  }

  @Test func several() throws {
    let pair = try compared(["yy", "yn", "nn", "yyyy"], ["yn", "nn", "nn", "y"])
    #expect(pair.test == .signFlips && pair.wins == 2 && pair.ties == 2)
    // Two differences of a half: one way of four is so far to either side.
    #expect(abs(pair.probability - 0.5) < 1e-12)
    #expect(pair.flips.map(\.first) == [1, 0.5])
  }

  /// The same seed gives the same figures; another gives others.
  @Test func seeds() throws {
    let many = (0..<40).map { $0 % 3 == 0 ? "yy" : "yn" }
    let others = (0..<40).map { $0 % 5 == 0 ? "nn" : $0 % 3 == 1 ? "yy" : "yn" }
    let (one, again, other) = try (
      compared(many, others, seed: 7), compared(many, others, seed: 7), compared(many, others, seed: 8)
    )
    #expect(one.probability == again.probability && one.interval == again.interval)
    #expect(one.probability != other.probability)
    // Tests/Conformance/Scripts/suite_statistics.py draws the same numbers in Python.
    #expect(one.probability > 0.01 && one.interval.lowerBound < one.difference)
  }

  /// What has nothing to compare is no comparison, and no test to correct for.
  @Test func nothingInCommon() throws {
    let suite = PromptSuite(
      templates: ["a", "b", "c"].map { .init(name: $0, renderer: SmallTemplate()) }, cases: [try suiteCase()],
      checks: [PromptCheck(.text(.equals, [[0x79]], on: .completion))])
    var completions = SuiteCompletions()
    completions.add([0x79], template: "a", case: "weather")
    let none = SuiteRunner().run(suite, completions: completions).comparisons()
    #expect(none.map(\.cases) == [0, 0, 0] && none.map(\.unpaired) == [1, 1, 1])
    #expect(!none.text().contains("1.000") && none.text().contains("–"))
    completions.add([0x78], template: "b", case: "weather")
    let one = SuiteRunner().run(suite, completions: completions).comparisons()
    #expect(one.map(\.cases) == [1, 0, 0] && one[0].adjusted == one[0].probability)
  }

  /// A template without a prompt is never worth more than a bad completion.
  @Test func negativeRewards() throws {
    let suite = PromptSuite(
      templates: [
        .init(name: "one", renderer: SmallTemplate(), format: .hermes),
        .init(name: "two", renderer: SmallTemplate(refuses: "r")),
      ], cases: [try suiteCase()], checks: [PromptCheck(.reward(ToolRLReward(), threshold: 1))])
    var completions = SuiteCompletions()
    completions.add(Array("nothing".utf8), template: "one", case: "weather")
    let result = SuiteRunner().run(suite, completions: completions)
    #expect((result.cells[0].samples[0].score ?? 0) < 0)
    let pair = try #require(result.comparisons().first)
    #expect(pair.cases == 1 && pair.ties == 1 && pair.losses == 0)
  }

  /// A template that gives no prompt for a case is worth nothing there, rather than left out.
  @Test func withoutPrompt() throws {
    let suite = PromptSuite(
      templates: [
        .init(name: "one", renderer: SmallTemplate()), .init(name: "two", renderer: SmallTemplate(refuses: "r")),
      ], cases: [try suiteCase()], checks: [PromptCheck(.text(.equals, [[0x79]], on: .completion))])
    var completions = SuiteCompletions()
    completions.add([0x79], template: "one", case: "weather")
    let pair = try #require(SuiteRunner().run(suite, completions: completions).comparisons().first)
    #expect(pair.cases == 1 && pair.wins == 1)
  }

  @Test func choices() throws {
    let suite = PromptSuite(
      templates: ["a", "b", "c"].map { .init(name: $0, renderer: SmallTemplate()) }, cases: [try suiteCase()])
    let result = SuiteRunner().run(suite)
    #expect(result.comparisons().map { $0.first + $0.second } == ["ab", "ac", "bc"])
    #expect(result.comparisons(baseline: "b").map { $0.first + $0.second } == ["ab", "cb"])
    #expect(result.comparisons(of: ["c", "a"]).map { $0.first + $0.second } == ["ca"])
    #expect(result.comparisons(baseline: "z").isEmpty)
  }
}

@Suite struct ResamplingTests {
  @Test func signFlips() {
    #expect(Statistics.signFlips([]) == 1 && Statistics.signFlips([0, 0]) == 1)
    #expect(Statistics.signFlips([1, 1, 1]) == 0.25)
    #expect(Statistics.signFlips([0.1, 0.2, -0.3]) == 1)
    #expect(Statistics.bootstrap([]) == 0...0 && Statistics.bootstrap([2]) == 2...2)
  }
}

@Suite struct SuiteReportTests {
  @Test func table() throws {
    let text = try outcome(["y", "yn"], ["n", "y"]).text(width: 200, passAt: [1])
    #expect(
      text == """
        d

        template  cells  passed  equals  completions  passed  pass@1  pass^1
        one           2       1     2/3            3       2   0.750   0.750
        two           2       1     1/2            2       1   0.500   0.500

        Failures
        one / c1, completion 2: equals
            line 1 is "n", not "y"
        two / c0, completion 1: equals
            line 1 is "n", not "y"

        4 cells: 2 passed, 2 failed

        """)
  }

  /// Other people's text, in places where it could act.
  private func hostile() throws -> SuiteResult {
    let bad = "<script>\u{1B}[31m]]>&\"'\u{0}\u{FFFE}"
    let message = String(decoding: JSONWriter.compact.write(try value(#""<b>\u001b\u0000<|im_end|>""#)), as: UTF8.self)
    let suite = PromptSuite(
      description: bad, templates: [.init(name: bad, renderer: SmallTemplate())],
      cases: [try suiteCase(bad, messages: #"[{"role":"user","content":\#(message)}]"#)],
      checks: [PromptCheck(.noInjectedSpecialToken, name: bad), PromptCheck(.noCall)])
    var completions = SuiteCompletions()
    completions.add(Array("<tool_call>\u{1B}\u{FFFF}".utf8) + [0xFF], template: bad, case: bad)
    return SuiteRunner().run(suite, completions: completions)
  }

  @Test func nothingActs() throws {
    let result = try hostile()
    #expect(result.failed == 1)
    let page = text(result.html(result.comparisons(), passAt: [1]))
    #expect(!page.contains("<script>") && !page.contains("<b>\\u") && !page.unicodeScalars.contains("\u{1B}"))
    #expect(page.contains("<mark class=\"blame\">&lt;|im_end|&gt;</mark>"))
    #expect(page.contains("<mark class=\"token\">&lt;|im_start|&gt;</mark>user"))
    #expect(!result.text().unicodeScalars.contains("\u{1B}"))
    // What XML 1.0 has no character for is spelled out.
    let xml = text(result.junit())
    #expect(!xml.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value >= 0xFFFE && $0.value <= 0xFFFF })
    #expect(!xml.contains("<script>") && !xml.contains("]]>") && xml.contains("&lt;script&gt;\\u{1B}[31m]]&gt;"))
    for line in result.jsonLines().split(separator: 0x0A) {
      #expect(throws: Never.self) { try ValueReader().read(Array(line)) }
    }
    #expect(try ValueReader().read(result.json(result.comparisons()))["stats"]?["failed"]?.numberLiteral == "1")
  }

  @Test func junit() throws {
    let xml = text(try outcome(["y"], ["n"]).junit())
    #expect(
      xml.hasPrefix(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="d" tests="2" failures="1" errors="0" time="0"><testsuite name="one" tests="1" failures="0" errors="0" skipped="0" time="0"><testcase name="c0" classname="one" time="0"><system-out>
        """))
    #expect(
      xml.contains(
        """
        <failure message="equals: line 1 is &quot;n&quot;, not &quot;y&quot;" type="equals">completion 1: equals: line 1 is "n", not "y"
          n
        </failure>
        """.replacing("\"n\", not \"y\"\n  n", with: "&quot;n&quot;, not &quot;y&quot;\n  n")))
  }

  @Test func differences() {
    func difference(_ old: String, _ new: String) -> String {
      PromptDifference(Array(old.utf8), Array(new.utf8)).text(from: "a", to: "b")
    }
    #expect(difference("x\ny\nz", "x\nq\nz") == "--- a\n+++ b\n@@\n x\n-y\n+q\n z\n")
    #expect(difference("", "\u{1B}") == "--- a\n+++ b\n@@\n-\n+\\u{1B}\n")
    let long = (0..<20).map { "l\($0)\n" }.joined()
    #expect(
      difference("0\n" + long + "1", "2\n" + long + "3")
        == "--- a\n+++ b\n@@\n-0\n+2\n l0\n l1\n l2\n@@\n l17\n l18\n l19\n-1\n+3\n")
    // Taken apart and put together again.
    let (one, other) = ("a\nb\nc\nd\nb", "b\nc\nx\nb\nb")
    var sides: [[String]] = [[], []]
    for line in PromptDifference(Array(one.utf8), Array(other.utf8)).lines {
      switch line {
      case .same(let bytes):
        sides[0].append(text(bytes))
        sides[1].append(text(bytes))
      case .removed(let bytes): sides[0].append(text(bytes))
      case .inserted(let bytes): sides[1].append(text(bytes))
      }
    }
    #expect(sides.map { $0.joined(separator: "\n") } == [one, other])
  }
}

@Suite struct SnapshotTests {
  @Test(arguments: [
    (SnapshotStore.Mode.never, false, false), (.missing, true, false), (.failed, true, true), (.all, true, true),
  ])
  func modes(_ mode: SnapshotStore.Mode, recordsMissing: Bool, recordsOther: Bool) throws {
    try withFolder { folder in
      let path = folder.appendingPathComponent("a/b").path
      let suite = PromptSuite(
        templates: [.init(name: "t/1", renderer: SmallTemplate())], cases: [try suiteCase("c é")],
        checks: [PromptCheck(.snapshot)])
      let runner = SuiteRunner(snapshots: SnapshotStore(folder: path, mode: mode))
      #expect((runner.run(suite).passed == 1) == recordsMissing)
      let file = "\(path)/t%2f1__c%20%c3%a9.txt"
      #expect(FileManager.default.fileExists(atPath: file) == recordsMissing)
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try Data("<|im_start|>x".utf8).write(to: URL(fileURLWithPath: file))
      let result = runner.run(suite)
      #expect((result.passed == 1) == recordsOther)
      let now = try String(contentsOfFile: file, encoding: .utf8)
      #expect(now.hasPrefix("<tools>") == recordsOther)
      if !recordsOther {
        #expect(result.cells[0].checks[0].message.hasPrefix("another prompt than t%2f1__c%20%c3%a9.txt: line 1 is"))
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: path).count == 1)
    }
  }

  /// No two cells have one name, nor one that file systems refuse.
  @Test func namesOfTheirOwn() {
    let names = [
      "a", "a_", "_a", "a__b", "b", "_b", "b__c", "c", "__", "_", "a%", String(repeating: "é", count: 300),
      String(repeating: "é", count: 301),
    ]
    let files = names.flatMap { one in names.map { SnapshotStore.fileName(template: one, case: $0) } }
    #expect(Set(files).count == names.count * names.count)
    #expect(files.allSatisfy { $0.utf8.count < 250 })
    #expect(SnapshotStore.fileName(template: "a_b", case: "c_d") == "a_b__c_d.txt")
  }

  /// A prompt that cannot be written, or has nothing to be compared with, is neither right nor wrong.
  @Test func withoutFolder() throws {
    let suite = PromptSuite(
      templates: [.init(name: "t", renderer: SmallTemplate())], cases: [try suiteCase()],
      checks: [PromptCheck(.snapshot)])
    let store = SnapshotStore(mode: .all) { _ in
      nil
    } write: { _, _ in
      "no room"
    }
    #expect(SuiteRunner(snapshots: store).run(suite).cells[0].checks[0].message.hasSuffix("cannot be written: no room"))
    #expect(SuiteRunner(snapshots: store).run(suite).errors == 1 && SuiteRunner().run(suite).errors == 1)
  }

  @Test func names() {
    #expect(SnapshotStore.folder(ofSuite: "a.b/suite.v2.yaml") == "a.b/__Snapshots__/suite.v2")
    #expect(SnapshotStore.folder(ofSuite: "suite") == "__Snapshots__/suite")
    #expect(SnapshotStore.fileName(template: "..", case: "../x") == "%2e.__%2e.%2fx.txt")
  }
}
