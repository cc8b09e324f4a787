import Testing
import ToolReward

@testable import ToolRewardBenchmarks

@Suite struct PythonPatternTests {
  /// Expectations are what CPython's `re.search` gives: the whole and the groups, `-` for one that took no part.
  @Test(arguments: [
    ("a+?", "caat", ["a"]),
    ("(a|ab)(c|bcd)", "abcd", ["abcd", "a", "bcd"]),
    ("x*", "aaa", [""]),
    ("(a)|(b)", "b", ["b", "-", "b"]),
    (#"\[(.*?)\]|\bnew\s+Array\((.*?)\)"#, "new Array(1, 2)", ["new Array(1, 2)", "-", "1, 2"]),
    (#"([^:]+):\s*(.*?)(?:,\s*(?=[^,]+:)|$)"#, "a: 1, b: 2", ["a: 1, ", "a", "1"]),
    (#"^-?\d+$"#, "-٣\n", ["-٣"]),
    (#"^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?[fF]$"#, "3.5e-2f", ["3.5e-2f", ".5", "e-2"]),
    (#"\w+\b"#, "é_1!", ["é_1"]),
    (".", "\n\n", []),
    ("(a+)+b", "aaaaaaaaaaaaaaaaaaaac", []),
  ])
  func searchesAsPythonDoes(_ pattern: String, _ text: String, _ expected: [String]) {
    let compiled = PythonPattern(pattern)
    #expect(compiled.isValid)
    let points = CodePoints(utf8: Array(text.utf8))
    let match = compiled.search(points)
    var found: [String] = []
    if let match {
      found.append(String(decoding: points[match.range].utf8, as: UTF8.self))
      for number in 1..<max(1, expected.count) {
        found.append(match.group(number).map { String(decoding: points[$0].utf8, as: UTF8.self) } ?? "-")
      }
    }
    #expect(found == expected)
  }

  /// What Python takes hours for. No time is asked for: a try of each place from each place would not end.
  @Test(arguments: JavaText.patterns + JavaScriptText.patterns)
  func repeatedBeginningsEnd(_ pattern: PythonPattern) {
    for part in [
      "{", "[", "new HashMap<", "new int[] {", "new ArrayList<>(Arrays.asList(", "a", "a:", ",a", "put(\"", "1",
    ] {
      let text = CodePoints(utf8: Array(String(repeating: part, count: 3_000).utf8))
      _ = pattern.search(text)
      _ = pattern.findAll(text)
    }
  }

  /// A place that led nowhere from one beginning leads nowhere from the next; one that led to a match is tried again.
  @Test func whatMatchedMatchesAgain() {
    let text = CodePoints(utf8: Array("a:b,c:d,e".utf8))
    let found = PythonPattern(#"([^:]+):\s*(.*?)(?:,\s*(?=[^,]+:)|$)"#).findAll(text)
    #expect(found.compactMap { $0.group(1) } == [0..<1, 4..<5])
    #expect(found.compactMap { $0.group(2) } == [2..<3, 6..<9])
  }

  @Test func findsAll() {
    let text = CodePoints(utf8: Array("add(1); add(\"a)\")".utf8))
    let matches = PythonPattern(#"add\((.+?)\)"#).findAll(text)
    #expect(matches.compactMap { $0.group(1) }.map { String(decoding: text[$0].utf8, as: UTF8.self) } == ["1", "\"a"])
    #expect(
      PythonPattern("a*").findAll(CodePoints(utf8: Array("baac".utf8))).map(\.range) == [0..<0, 1..<3, 3..<3, 4..<4])
  }

  @Test(arguments: [
    ("ΑΣ", "ας"), ("ΑΣΑ", "ασα"), ("Σ", "σ"), ("İ", "i\u{307}"), ("ẞß", "ßß"), ("A.Σ.", "a.ς."), ("Éé", "éé"),
  ])
  func lowersAsPythonDoes(_ text: String, _ expected: String) {
    #expect(CodePoints(utf8: Array(text.utf8)).lowercased().utf8 == Array(expected.utf8))
  }

  @Test(
    arguments: [
      ("5", "5"), ("+5", "5"), (" 1_000 ", "1000"), ("１２", "12"), ("_1", nil), ("1_", nil), ("1__0", nil), ("", nil),
      ("-", nil),
      ("0x10", nil), ("1.0", nil), ("-007", "-7"),
    ] as [(String, String?)])
  func readsIntegersAsPythonDoes(_ text: String, _ expected: String?) {
    let value = CodePoints(utf8: Array(text.utf8)).pythonInteger()
    var found: String?
    if case .integer(let number)? = value { found = String(number) }
    #expect(found == expected)
  }

  @Test(
    arguments: [
      ("1.5", 1.5), (".5", 0.5), ("5.", 5), ("1e3", 1000), (" -inf ", -.infinity), ("Infinity", .infinity), ("1e", nil),
      (".", nil),
      ("1_0.0_1", 10.01), ("e5", nil), ("1e400", .infinity),
    ] as [(String, Double?)])
  func readsFloatsAsPythonDoes(_ text: String, _ expected: Double?) {
    var found: Double?
    if case .float(let number)? = CodePoints(utf8: Array(text.utf8)).pythonFloat() { found = number }
    #expect(found == expected)
  }
}
