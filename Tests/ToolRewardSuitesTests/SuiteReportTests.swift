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

  /// Where one wins as much as it loses, every way of signs is as far from 0 or farther.
  @Test func balanced() throws {
    func samples(_ passed: [Int]) -> [String] {
      passed.map { String(repeating: "y", count: $0) + String(repeating: "n", count: 5 - $0) }
    }
    let pair = try compared(samples([2, 4, 4, 1, 1, 1, 4, 3]), samples([4, 5, 3, 0, 0, 2, 3, 3]))
    #expect(pair.test == .signFlips && pair.wins == 4 && pair.losses == 3 && pair.probability == 1)
  }

  @Test func several() throws {
    let pair = try compared(["yy", "yn", "nn", "yyyy"], ["yn", "nn", "nn", "y"])
    #expect(pair.test == .signFlips && pair.wins == 2 && pair.ties == 2)
    // Two differences of a half: one way of four is so far to either side.
    #expect(abs(pair.probability - 0.5) < 1e-12)
    #expect(pair.flips.map(\.first) == [1, 0.5])
  }

  /// Two templates' completions, judged by a reward: `1` right, `2` with reasoning alone.
  private func rewarded(_ first: [String], _ second: [String], isNegated: Bool = false) throws -> SuiteResult {
    let suite = PromptSuite(
      templates: ["one", "two"].map { .init(name: $0, renderer: SmallTemplate(), format: .toolN1) },
      cases: try first.indices.map { try suiteCase("c\($0)") },
      checks: [PromptCheck(.reward(ToolN1Reward(.v3), threshold: 0.5), isNegated: isNegated)])
    let right = Array("<think>x</think><tool_call>\(weatherTruth)</tool_call>".utf8)
    var completions = SuiteCompletions()
    for (template, samples) in [("one", first), ("two", second)] {
      for (index, letters) in samples.enumerated() {
        for letter in letters {
          completions.add(
            letter == "1" ? right : Array("<think>x</think>no".utf8), template: template, case: "c\(index)")
        }
      }
    }
    return SuiteRunner().run(suite, completions: completions)
  }

  /// The order in which completions came, and the last bits of means of other numbers of them, make no difference.
  @Test(arguments: [("1222", "2221"), ("222", "2"), ("22222222", "222"), ("122122", "212")])
  func sameMeans(_ first: String, _ second: String) throws {
    let result = try rewarded(Array(repeating: first, count: 6), Array(repeating: second, count: 6))
    #expect(Set(result.cells.flatMap(\.samples).compactMap(\.score)).isSubset(of: [0.2, 1]))
    let pair = try #require(result.comparisons().first)
    #expect(pair.ties == 6 && pair.wins == 0 && pair.losses == 0 && pair.flips.isEmpty)
    #expect(pair.probability == 1 && pair.difference == 0 && pair.interval == 0...0)
  }

  /// More of a reward that must not be had is not better.
  @Test func rewardTurnedRound() throws {
    let pair = try #require(try rewarded(["1", "11"], ["2", "22"]).comparisons().first)
    #expect(pair.wins == 2 && pair.losses == 0)
    let result = try rewarded(["1", "11"], ["2", "22"], isNegated: true)
    #expect(result.cells.map(\.isPassed) == [false, false, true, true])
    #expect(result.cells.flatMap(\.samples).allSatisfy { $0.score == nil })
    let turned = try #require(result.comparisons().first)
    #expect(turned.wins == 0 && turned.losses == 2 && turned.flips.map(\.second) == [1, 1])
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

  /// Parts of some samples, beside the same as whole numbers, whose sums are exact: the last bits of a sum of parts tell nothing.
  @Test(arguments: [3, 5, 6, 7, 10]) func exactSums(samples: Int) {
    var random = SplitMix64(seed: UInt64(samples))
    var balanced = 0
    for trial in 0..<60 {
      let pairs = (0..<(trial % 3 == 0 ? 24 : 9)).map { _ in (random.below(samples + 1), random.below(samples + 1)) }
      let parts = pairs.map { Double($0.0) / Double(samples) - Double($0.1) / Double(samples) }
      let wholes = pairs.map { Double($0.0 - $0.1) }
      let seed = UInt64(trial)
      let exact = Statistics.signFlips(wholes, resamples: 99, seed: seed)
      // What is no difference must be none before signs are drawn for it.
      let moved = zip(parts, wholes).map { $1 == 0 ? 0 : $0 }
      #expect(Statistics.signFlips(moved, resamples: 99, seed: seed) == exact, "\(pairs)")
      if wholes.reduce(0, +) == 0 {
        balanced += 1
        #expect(exact == 1)
      }
    }
    #expect(balanced > 0)
  }

  /// Samples of one case are not so many cases.
  @Test(
    arguments: [
      ([(50, 50), (0, 50)], 0.0945312057134, 0.9054687942866), ([(7, 10)], 0.1033518699111, 0.9792678558398),
      ([(5, 5), (3, 5), (4, 5), (1, 5), (5, 5), (0, 5)], 0.2524153798985, 0.8695177625211),
      ([(8, 8), (1, 2), (0, 3), (2, 2), (0, 0)], 0.2348385768578, 0.9609991571485),
      ([(9, 10), (9, 10), (9, 10), (4, 10)], 0.3278145578341, 0.9605173775199),
    ] as [([(Int, Int)], Double, Double)])
  func clusters(_ clusters: [(Int, Int)], _ low: Double, _ high: Double) {
    let interval = Statistics.wilson(clusters: clusters.map { ($0.0, $0.1) })
    #expect(abs(interval.lowerBound - low) < 1e-9 && abs(interval.upperBound - high) < 1e-9, "\(interval)")
  }

  @Test func clustersAtTheEnds() {
    #expect(Statistics.wilson(clusters: []) == 0...1)
    #expect(Statistics.wilson(clusters: [(1, 1), (0, 1), (1, 1)]) == Statistics.wilson(right: 2, of: 3))
    #expect(Statistics.wilson(clusters: [(10, 10), (10, 10), (10, 10)]) == Statistics.wilson(right: 3, of: 3))
    #expect(Statistics.wilson(clusters: [(0, 10), (0, 10)]) == Statistics.wilson(right: 0, of: 2))
    // Clusters that are all alike are worth all their samples, and never more.
    let alike = Array(repeating: (right: 25, count: 50), count: 4)
    #expect(Statistics.wilson(clusters: alike) == Statistics.wilson(right: 100, of: 200))
    // scipy.stats.t.ppf(0.975, degrees)
    for (degrees, quantile) in [
      (1.0, 12.706204736174694), (2, 4.302652729749462), (3, 3.1824463052837078), (10, 2.228138851986274),
      (999, 1.9623414611334493), (1_000, 1.9623390808264083), (1_001, 1.9623367052808798),
      (100_000, 1.9599877075346095),
    ] {
      #expect(abs(Statistics.studentQuantile(degrees) - quantile) < 5e-9, "\(degrees)")
    }
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

  /// The interval is one over cases, in every report.
  @Test func intervals() throws {
    let result = try outcome(["yyyyy", "nnnnn"], ["y", "n"])
    let templates = try #require(ValueReader().read(result.json())["templates"]?.elements)
    let bounds = templates.map { [$0["low"], $0["high"]].compactMap { $0?.numberLiteral.flatMap { Double($0) } } }
    let two = Statistics.wilson(right: 1, of: 2)
    #expect(bounds == [[two.lowerBound, two.upperBound], [two.lowerBound, two.upperBound]])
    #expect(text(result.html()).components(separatedBy: DecimalText.percent(two)).count == 3)
  }

  /// Files list estimates of at most 100 completions, which are those of each number.
  @Test func estimates() throws {
    let result = try outcome(
      [String(repeating: "y", count: 120) + "nnn", "yyn"], [String(repeating: "n", count: 101), "y"])
    let cells = try #require(ValueReader().read(result.json())["cells"]?.elements)
    for (cell, written) in zip(result.cells, cells) {
      let lists = ["pass_at", "pass_all"].map { name in
        written[name]?.elements.map { $0.numberLiteral.flatMap { Double($0) } } ?? []
      }
      let counts = cell.judgedSamples > 1 ? Array(1...min(100, cell.judgedSamples)) : []
      #expect(lists == [counts.map { cell.passAt($0) }, counts.map { cell.passAll($0) }], "\(cell.test)")
    }
    #expect(
      result.cells.map(\.judgedSamples) == [123, 3, 101, 1] && result.cells.map(\.passedSamples) == [120, 2, 0, 1])
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

  /// What is there and cannot be read is neither right nor missing, and is not written over unless that is asked for.
  @Test(arguments: [SnapshotStore.Mode.never, .missing, .failed, .all])
  func unreadable(_ mode: SnapshotStore.Mode) throws {
    let suite = PromptSuite(
      templates: [.init(name: "t", renderer: SmallTemplate())], cases: [try suiteCase("c")],
      checks: [PromptCheck(.snapshot)])
    let store = SnapshotStore(mode: mode) { (_) throws(SnapshotError) in
      throw SnapshotError("no permission")
    } write: { _, _ in
      mode == .all ? nil : "written"
    }
    let found = SuiteRunner(snapshots: store).run(suite).cells[0].checks[0]
    #expect(
      found.outcome == (mode == .all ? .passed : .error) && found.message == (mode == .all ? "" : "no permission"))
    try withFolder { folder in
      try FileManager.default.createDirectory(
        at: folder.appendingPathComponent("t__c.txt"), withIntermediateDirectories: true)
      let store = SnapshotStore(folder: folder.path, mode: mode)
      #expect(throws: SnapshotError.self) { try store.read("t__c.txt") }
      #expect(try store.read("t__d.txt") == nil)
      #expect(SuiteRunner(snapshots: store).run(suite).errors == 1)
    }
  }

  @Test func names() {
    #expect(SnapshotStore.folder(ofSuite: "a.b/suite.v2.yaml") == "a.b/__Snapshots__/suite.v2")
    #expect(SnapshotStore.folder(ofSuite: "suite") == "__Snapshots__/suite")
    #expect(SnapshotStore.fileName(template: "..", case: "../x") == "%2e.__%2e.%2fx.txt")
  }
}
