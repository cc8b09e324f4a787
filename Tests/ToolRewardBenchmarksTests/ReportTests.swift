import Testing
import ToolReward

@testable import ToolRewardBenchmarks
@testable import ToolRewardReport

@Suite struct StatisticsTests {
  /// The formula in Python's floats.
  @Test(
    arguments: [
      (8, 10, 0.4901624715, 0.9433178485), (0, 10, 0, 0.2775327999), (10, 10, 0.7224672001, 1),
      (1, 2, 0.0945312057, 0.9054687943), (387, 400, 0.9451958472, 0.9809101576), (0, 0, 0, 1),
    ] as [(Int, Int, Double, Double)])
  func wilson(_ right: Int, _ count: Int, _ low: Double, _ high: Double) {
    let interval = Statistics.wilson(right: right, of: count)
    #expect((interval.lowerBound - low).magnitude < 1e-9)
    #expect((interval.upperBound - high).magnitude < 1e-9)
    #expect((0...1).contains(interval.lowerBound) && (0...1).contains(interval.upperBound))
  }

  /// Twice the lower tail of a binomial of one half, as fractions: 22/1024, 2/32, 2·176/1024.
  @Test(
    arguments: [
      (1, 9, 0.021484375), (9, 1, 0.021484375), (0, 0, 1), (5, 5, 1), (0, 5, 0.0625), (3, 7, 0.34375), (0, 1, 1),
      (0, 1074, 0x1p-1073), (0, 2000, 0),
    ] as [(Int, Int, Double)])
  func mcNemar(_ first: Int, _ second: Int, _ expected: Double) {
    #expect(Statistics.mcNemar(first, second) == expected)
  }

  /// By Python's integers, and for the last two by its `lgamma`.
  @Test(
    arguments: [
      (187, 191, 0.8773968397363097), (449, 384, 0.02653171567823773), (49_000, 51_000, 2.58871603890e-10),
      (49_999, 50_001, 0.99747687389),
    ] as [(Int, Int, Double)])
  func mcNemarOfMany(_ first: Int, _ second: Int, _ expected: Double) {
    #expect((Statistics.mcNemar(first, second) / expected - 1).magnitude < 1e-8)
  }

  @Test(
    arguments: [
      ([], []), ([0.03], [0.03]), ([0.01, 0.04, 0.03], [0.03, 0.06, 0.06]), ([0.5, 0.5, 0.0], [1, 1, 0]),
      ([0.2, 0.01, 0.02, 0.01], [0.2, 0.04, 0.04, 0.04]),
    ] as [([Double], [Double])])
  func holm(_ probabilities: [Double], _ expected: [Double]) {
    let adjusted = Statistics.holm(probabilities)
    #expect(adjusted.count == expected.count)
    #expect(zip(adjusted, expected).allSatisfy { ($0 - $1).magnitude < 1e-12 })
  }
}

@Suite struct DecimalTextTests {
  /// CPython's `"{:.2f}".format`.
  private static let formatted: [(Double, String)] = [
    (2.675, "2.67"), (0.125, "0.12"), (0.375, "0.38"), (0.625, "0.62"), (1.005, "1.00"), (0.005, "0.01"),
    (0.015, "0.01"), (0.025, "0.03"), (0.285, "0.28"), (99.995, "100.00"), (99.994, "99.99"), (0.0, "0.00"),
    (-0.0, "-0.00"), (-2.675, "-2.67"), (1e-300, "0.00"), (Double.leastNonzeroMagnitude, "0.00"), (100.0, "100.00"),
    (123456789.125, "123456789.12"), (2251799813685247.75, "2251799813685247.75"), (96.745, "96.75"),
    (80.38490007401926, "80.38"),
  ]

  @Test(arguments: formatted)
  func twoPlaces(_ value: Double, _ expected: String) {
    #expect(DecimalText.fixed(value, 2) == expected)
  }

  private static let others: [(Double, Int, String)] = [
    (0.5, 0, "0"), (1.5, 0, "2"), (2.5, 0, "2"), (0.00005, 4, "0.0001"), (1.0 / 3, 9, "0.333333333"),
  ]

  @Test(arguments: others)
  func otherPlaces(_ value: Double, _ places: Int, _ expected: String) {
    #expect(DecimalText.fixed(value, places) == expected)
  }

  @Test func signsAndGroups() {
    #expect(DecimalText.points(0.0075) == "+0.75")
    #expect(DecimalText.points(-0.1) == "-10.00")
    #expect(DecimalText.points(-0.00001) == "0.00")
    #expect(DecimalText.probability(0.00009) == "<0.0001")
    #expect(DecimalText.probability(0.021484375) == "0.0215")
    #expect(
      [0, 999, 1000, 21846, 1_234_567, -1000].map { DecimalText.grouped($0) }
        == ["0", "999", "1,000", "21,846", "1,234,567", "-1,000"])
  }
}

@Suite struct VisibleTextTests {
  @Test func controls() {
    #expect(VisibleText.of("a\u{1B}[2Jb\n\u{202E}c\u{9B}é") == #"a\u{1B}[2Jb\u{A}\u{202E}c\u{9B}é"#)
    #expect(VisibleText.of([0x61, 0xFF]) == "a\u{FFFD}")
  }

  @Test func columns() {
    #expect(VisibleText.width("e\u{301}漢x") == 4)
    #expect(VisibleText.cut("abcdef", to: 6) == "abcdef")
    #expect(VisibleText.cut("abcdefg", to: 6) == "abcde…")
    #expect(VisibleText.cutInside("abcdefghij", to: 7) == "abc…hij")
    #expect(TextTable.wrap("a bb ccc", width: 6, indent: 1, hanging: 1) == [" a bb", "  ccc"])
  }
}

@Suite struct ReportTests {
  private typealias Sample = BenchmarkReport.Sample

  private static func sample(_ category: String, _ id: String, _ official: String?, _ strict: String?) -> Sample {
    Sample(
      category: category, id: Array(id.utf8),
      official: BenchmarkVerdict(isValid: official == nil, errorType: official),
      strict: BenchmarkVerdict(isValid: strict == nil, errorType: strict))
  }

  private static func model(_ name: String, _ samples: [Sample], isStrict: Bool = true) -> BenchmarkReport.Model {
    let categories = ["a", "b"].map { name in
      let own = samples.filter { $0.category == name }
      return BenchmarkReport.Category(
        name: name, total: 4, judged: own.count, official: own.count { $0.official.isValid == true },
        strict: isStrict ? own.count { $0.strict?.isValid == true } : nil)
    }
    return BenchmarkReport.Model(
      name: name, categories: categories,
      aggregates: [
        BenchmarkReport.Aggregate(name: "mean", official: 0.75, strict: isStrict ? 0.5 : nil),
        BenchmarkReport.Aggregate(name: "overall", official: nil, strict: nil),
      ],
      samples: isStrict
        ? samples : samples.map { Sample(category: $0.category, id: $0.id, official: $0.official, strict: nil) })
  }

  private static let first = [
    sample("a", "a1", nil, nil), sample("a", "a2", nil, "value_error:list/tuple"),
    sample("a", "a3", "type_error:nested", nil), sample("a", "a4", nil, nil),
    sample("b", "b1", "value_error:others", "value_error:string"), sample("b", "b2", nil, nil),
  ]
  private static let second = [
    sample("a", "a1", "type_error:nested", "type_error:nested"), sample("a", "a2", nil, nil),
    sample("a", "a3", "type_error:nested", nil), sample("b", "b3", nil, nil),
  ]

  private static func report(_ models: [BenchmarkReport.Model], title: String = "BFCL v3") -> BenchmarkReport {
    BenchmarkReport(
      title: title,
      formulas: models.isEmpty
        ? [] : [.init(name: "mean", text: "mean(a, b)"), .init(name: "overall", text: "open here")],
      models: models)
  }

  private static let two = report([model("m<1>", first), model("m2", second)])

  @Test func comparesSharedSamples() {
    let pairs = Self.two.comparisons { $0.official }
    #expect(
      pairs.map { [$0.shared, $0.firstRight, $0.secondRight, $0.onlyFirst, $0.onlySecond] } == [[3, 2, 1, 1, 0]])
    #expect(pairs.map(\.probability) == [1])
    #expect(Self.two.comparisons { $0.strict }.map { [$0.onlyFirst, $0.onlySecond] } == [[1, 1]])
  }

  @Test func groupsDifferences() {
    let found = Self.two.differences
    #expect(
      found.map(\.title) == [
        "type_error:nested → valid", "valid → value_error:list/tuple", "value_error:others → value_error:string",
      ])
    #expect(found.map(\.isOfVerdict) == [true, true, false])
    #expect(found.map { $0.entries.map(\.model) } == [[0, 1], [0], [0]])
  }

  /// Every pair of the benchmark's error types has its reason, and other benchmarks' have one too.
  @Test func reasons() {
    let all: [String?] = [nil] + BFCLErrorType.allCases.map(\.rawValue)
    for official in all {
      for strict in all where official != strict {
        #expect(DifferenceReason.text(official: official, strict: strict, benchmark: "BFCL v4").hasSuffix("."))
      }
    }
    #expect(
      DifferenceReason.text(official: "x", strict: nil, benchmark: "API-Bank")
        == "Wrong by the official rules, right by the strict ones.")
    #expect(
      DifferenceReason.text(official: "never heard of", strict: nil, benchmark: "BFCL v3")
        == "Wrong by the official rules, right by the strict ones.")
  }

  @Test func table() {
    #expect(
      Self.two.text(width: 100, differences: 1) == """
        BFCL v3: 2 models, official and strict verdicts, 95 % Wilson intervals

        m<1>
          category       n  official    95 % interval  strict    95 % interval  change
          a              4    75.00%  30.06% – 95.44%  75.00%  30.06% – 95.44%    0.00
          b            2/4    50.00%   9.45% – 90.55%  50.00%   9.45% – 90.55%    0.00
          all samples  6/8    66.67%  30.00% – 90.32%  66.67%  30.00% – 90.32%    0.00
          aggregate
          mean                75.00%                   50.00%                   -25.00
          overall               open                     open

        m2
          category       n  official     95 % interval   strict     95 % interval  change
          a            3/4    33.33%    6.15% – 79.23%   66.67%   20.77% – 93.85%  +33.33
          b            1/4   100.00%  20.65% – 100.00%  100.00%  20.65% – 100.00%    0.00
          all samples  4/8    50.00%   15.00% – 85.00%   75.00%   30.06% – 95.44%  +25.00
          aggregate
          mean                75.00%                     50.00%                    -25.00
          overall               open                       open

        Aggregates
          mean = mean(a, b)
          overall = open here

        3 of 10 verdicts differ between official and strict rules; 1 more differ in the reason only.
            2× type_error:nested → valid
              A list has integers where floats are due, or floats where integers are, and equals the answer
              in value; officially an integer becomes a float only outside lists.
              a3 (2 models)
            1× valid → value_error:list/tuple
              An empty list officially passes for the "" that marks what may be left out, and types inside
              lists are not asked for where there is that mark (true passes for 1); strictly it is no value,
              and types always count.
              a2 (m<1>)
          Wrong by both, by another reason:
            1× value_error:others → value_error:string

        Models compared by official verdicts
          McNemar's exact test, two-sided, on the samples both were judged on; Holm's correction for all pairs.
          first  second  n     1st     2nd  points  only 1st  only 2nd       p  p (Holm)
          m<1>   m2      3  66.67%  33.33%  +33.33         1         0  1.0000    1.0000

        Models compared by strict verdicts
          first  second  n     1st     2nd  points  only 1st  only 2nd       p  p (Holm)
          m<1>   m2      3  66.67%  66.67%    0.00         1         1  1.0000    1.0000

        """)
  }

  @Test func narrowTable() {
    let text = Self.report([Self.model("m", Self.first)]).text(width: 50, differences: 0)
    #expect(text.contains("  category       n  official  strict  change\n"))
    #expect(!text.contains("a2") && !text.contains("compared"))
  }

  @Test func officialOnly() {
    let report = Self.report([Self.model("", Self.first, isStrict: false)])
    let text = report.text(width: 80, differences: 5)
    #expect(
      text.contains("(unnamed)\n  category       n  official    95 % interval\n  a              4    75.00%  30.06%"))
    #expect(!text.contains("strict"))
    let page = String(decoding: report.html(), as: UTF8.self)
    #expect(!page.contains("id=\"differences\"") && !page.contains(">Strict<") && !page.contains("id=\"choose\""))
    #expect(String(decoding: report.json(), as: UTF8.self).contains(#""strict": null"#))
  }

  @Test func nothing() throws {
    let report = Self.report([])
    #expect(report.text(width: 80, differences: 5).hasSuffix("intervals\n\nNothing was judged.\n"))
    #expect(report.csv().count == 3)
    #expect(String(decoding: report.html(), as: UTF8.self).contains("<p>Nothing was judged.</p>"))
    #expect(
      String(decoding: report.json(), as: UTF8.self) == """
        {
          "title": "BFCL v3",
          "formulas": [],
          "models": [],
          "differences": [],
          "comparisons": {
            "official": [],
            "strict": []
          }
        }

        """)
  }

  @Test func unjudged() {
    var samples = Self.first
    samples.append(
      Sample(
        category: "b", id: [], official: BenchmarkVerdict(isValid: nil, errorType: "not_decoded_here"),
        strict: BenchmarkVerdict(isValid: nil, errorType: "not_decoded_here")))
    var model = Self.model("m", samples)
    model.categories[1].judged = 0
    let text = Self.report([model]).text(width: 80, differences: 5)
    #expect(text.contains("  Not judged: b.\n  1 sample could not be judged: not_decoded_here.\n"))
    #expect(text.contains("2 of 6 verdicts differ"))
  }

  @Test func json() throws {
    let bytes = Self.two.json()
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(
      text.contains(
        #"{"name": "a", "total": 4, "judged": 4, "official": {"right": 3, "accuracy": 0.75, "low": 0.30064184258240184, "high": 0.9544127391902995}, "strict": {"#
      ))
    #expect(
      text.contains(
        #"{"category": "a", "id": "a2", "official": {"valid": true, "error_type": null}, "strict": {"valid": false, "error_type": "value_error:list/tuple"}}"#
      ))
    #expect(
      text.contains(
        #"{"first": "m<1>", "second": "m2", "shared": 3, "first_right": 2, "second_right": 1, "only_first": 1, "only_second": 0, "difference": 0.3333333333333333, "p": 1, "p_holm": 1}"#
      ))
    let value = try ValueReader(syntax: .json).read(bytes.span)
    #expect(value.kind == Value.Kind.object)
  }

  @Test func leaderboardFiles() {
    let files = Self.two.csv()
    #expect(files.map(\.name) == ["data_overall.csv", "data_non_live.csv", "data_live.csv"])
    let lines = files.map { String(decoding: $0.bytes, as: UTF8.self).split(separator: "\n").map(String.init) }
    #expect(
      lines.map { $0.first } == [
        "Rank,Overall Acc,Model,Model Link,Total Cost ($),Latency Mean (s),Latency Standard Deviation (s),Latency 95th Percentile (s),Non-Live AST Acc,Non-Live Simple AST,Non-Live Multiple AST,Non-Live Parallel AST,Non-Live Parallel Multiple AST,Live Acc,Live Simple AST,Live Multiple AST,Live Parallel AST,Live Parallel Multiple AST,Multi Turn Acc,Multi Turn Base,Multi Turn Miss Func,Multi Turn Miss Param,Multi Turn Long Context,Relevance Detection,Irrelevance Detection,Organization,License",
        "Rank,Model,Non_Live Overall Acc,AST Summary,Simple AST,Python Simple AST,Java Simple AST,JavaScript Simple AST,Multiple AST,Parallel AST,Parallel Multiple AST,Irrelevance Detection",
        "Rank,Model,Live Overall Acc,AST Summary,Python Simple AST,Python Multiple AST,Python Parallel AST,Python Parallel Multiple AST,Irrelevance Detection,Relevance Detection",
      ])
    #expect(lines.map { $0.dropFirst().first }[2] == "N/A,m<1>,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A")
    let newer = Self.report([Self.model("m", Self.first)], title: "BFCL v4").csv()
    let heads = newer.map { $0.bytes.prefix { $0 != 0x0A }.split(separator: 0x2C).count }
    #expect(heads == [36, 12, 10])
    #expect(
      String(decoding: newer[0].bytes, as: UTF8.self).contains(
        ",Multi Turn Long Context,Web Search Acc,Web Search Base,Web Search No Snippet,Memory Acc,Memory KV,Memory Vector,Memory Recursive Summarization,Relevance Detection,Irrelevance Detection,Format Sensitivity Max Delta,Format Sensitivity Standard Deviation,Organization,License\n"
      ))
  }

  @Test func leaderboardOrder() {
    func model(_ name: String, _ live: Double?) -> BenchmarkReport.Model {
      BenchmarkReport.Model(
        name: name, categories: [.init(name: "live_simple", total: 8, judged: 8, official: 5, strict: nil)],
        aggregates: [.init(name: "live", official: live, strict: nil)], samples: [])
    }
    let models = [model("low", 0.25), model("none", nil), model("a,\"b\"", 0.5), model("same", 0.5)]
    let file = Self.report(models, title: "BFCL v4").csv()[2]
    let lines = String(decoding: file.bytes, as: UTF8.self).split(separator: "\n").dropFirst().map(String.init)
    #expect(
      lines == [
        #"1,"a,""b""",50.00%,50.00%,62.50%,N/A,N/A,N/A,N/A,N/A"#, "2,same,50.00%,50.00%,62.50%,N/A,N/A,N/A,N/A,N/A",
        "3,low,25.00%,25.00%,62.50%,N/A,N/A,N/A,N/A,N/A", "N/A,none,N/A,N/A,62.50%,N/A,N/A,N/A,N/A,N/A",
      ])
  }

  @Test func otherBenchmarksFile() {
    let files = Self.report([Self.model("m", Self.first)], title: "API-Bank").csv()
    #expect(files.map(\.name) == ["data.csv"])
    #expect(
      String(decoding: files[0].bytes, as: UTF8.self) == "Model,a,b,mean,overall\nm,75.00%,50.00%,75.00%,N/A\n")
  }

  /// Names and identifiers are anyone's: none of them becomes markup, nor acts on a terminal.
  @Test func hostileText() {
    let attack = "\"><script>alert('1')</script><img src=x onerror=alert(1)>&amp;\u{1B}[2J\u{202E}\0"
    var model = Self.model(
      attack, [Self.sample(attack, attack, attack, nil), Self.sample("a", "</script>", nil, attack)])
    model.categories.append(.init(name: attack, total: 1, judged: 1, official: 0, strict: 1))
    var report = Self.report([model, model], title: attack)
    report.formulas.append(.init(name: attack, text: attack))
    let page = String(decoding: report.html(), as: UTF8.self)
    func count(_ part: String) -> Int {
      let (page, part) = (Array(page.utf8), Array(part.utf8))
      return page.indices.count { page[$0] == part[0] && page[$0...].starts(with: part) }
    }
    #expect(count("<script") == 1)
    #expect(count("</script") == 1)
    #expect(count("<img") == 0)
    #expect(count("\"&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)") == 0)
    #expect(
      count("&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&amp;amp;") > 5)
    #expect(page.utf8.allSatisfy { $0 >= 0x20 || $0 == 0x0A })
    #expect(!page.unicodeScalars.contains("\u{202E}"))
    let text = report.text(width: 100, differences: 5)
    #expect(text.utf8.allSatisfy { $0 >= 0x20 || $0 == 0x0A })
    #expect(!text.unicodeScalars.contains("\u{202E}"))
  }

  /// The page may load nothing, and has no address to load from.
  @Test func pageIsSelfContained() {
    let page = String(decoding: Self.two.html(), as: UTF8.self)
    #expect(page.contains("default-src 'none'"))
    for part in ["http://", "https://", "url(", "@import", " src=", "<link", "<iframe"] {
      #expect(!page.contains(part))
    }
    #expect(page.contains("@media (prefers-color-scheme: dark)"))
    #expect(page.contains(#"<line class="w o" x1="30.064%" x2="95.441%""#))
  }
}
