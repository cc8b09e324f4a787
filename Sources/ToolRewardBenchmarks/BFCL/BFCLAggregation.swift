internal import ToolReward

/// The leaderboard's aggregates, of version 3 and of version 4.
///
/// Only what single-turn categories make up: the overall score also needs multi-turn and, in version 4, agentic categories, and is left
/// open (`nil`) as long as nothing is known of those.
enum BFCLAggregation {
  /// A category's accuracy, and how many samples it has.
  typealias Accuracy = (value: Double, count: Int)

  static func formulas(_ version: BFCLVersion) -> [BenchmarkReport.Formula] {
    switch version {
    case .v3:
      [
        formula("simple_ast", "mean(simple, java, javascript)"),
        formula("non_live", "mean(simple_ast, multiple, parallel, parallel_multiple, irrelevance)"),
        formula("non_live_ast", "mean(simple_ast, multiple, parallel, parallel_multiple)"),
        formula(
          "live",
          "sum(accuracy × samples) / sum(samples) over live_simple, live_multiple, live_parallel, live_parallel_multiple, live_irrelevance, live_relevance"
        ),
        formula(
          "live_ast",
          "sum(accuracy × samples) / sum(samples) over live_simple, live_multiple, live_parallel, live_parallel_multiple"
        ),
        formula(
          "overall", "mean(live, non_live, multi_turn): open unless multi_turn, which is not judged here, is given"),
      ]
    case .v4:
      [
        formula("simple_ast", "mean(simple_python, simple_java, simple_javascript)"),
        formula("non_live", "mean(simple_ast, multiple, parallel, parallel_multiple)"),
        formula(
          "live",
          "sum(accuracy × samples) / sum(samples) over live_simple, live_multiple, live_parallel, live_parallel_multiple"
        ),
        formula("irrelevance", "mean(irrelevance, live_irrelevance)"),
        formula(
          "overall",
          "0.1 non_live + 0.1 live + 0.1 irrelevance + 0.3 multi_turn + 0.4 agentic: open unless the last two, which are not judged here, are given"
        ),
      ]
    }
  }

  private static func formula(_ name: String, _ text: String) -> BenchmarkReport.Formula {
    BenchmarkReport.Formula(name: name, text: text)
  }

  /// The aggregates' values by name; `nil` where a category that one needs was not judged.
  static func values(
    _ version: BFCLVersion, _ known: BFCLKnownScores, _ accuracy: (String) -> Accuracy?
  ) -> [String: Double?] {
    func mean(_ values: [Double?]) -> Double? {
      let known = values.compactMap { $0 }
      return known.count == values.count && !known.isEmpty ? known.reduce(0, +) / Double(known.count) : nil
    }
    func plain(_ name: String) -> Double? { accuracy(name)?.value }
    func weighted(_ names: [String]) -> Double? {
      let parts = names.compactMap { accuracy($0) }
      let count = parts.reduce(0) { $0 + $1.count }
      guard parts.count == names.count else { return nil }
      if count == 0 { return 0 }
      return parts.reduce(0) { $0 + $1.value * Double($1.count) } / Double(count)
    }
    let liveAST = ["live_simple", "live_multiple", "live_parallel", "live_parallel_multiple"]
    switch version {
    case .v3:
      let simple = mean([plain("simple"), plain("java"), plain("javascript")])
      let ast = [simple, plain("multiple"), plain("parallel"), plain("parallel_multiple")]
      let nonLive = mean(ast + [plain("irrelevance")])
      let live = weighted(liveAST + ["live_irrelevance", "live_relevance"])
      return [
        "simple_ast": simple, "non_live": nonLive, "non_live_ast": mean(ast), "live": live,
        "live_ast": weighted(liveAST), "overall": mean([live, nonLive, known.multiTurn]),
      ]
    case .v4:
      let simple = mean([plain("simple_python"), plain("simple_java"), plain("simple_javascript")])
      let nonLive = mean([simple, plain("multiple"), plain("parallel"), plain("parallel_multiple")])
      let live = weighted(liveAST)
      let irrelevance = mean([plain("irrelevance"), plain("live_irrelevance")])
      var overall: Double?
      if let nonLive, let live, let irrelevance, let multiTurn = known.multiTurn, let agentic = known.agentic {
        overall = 0.1 * nonLive + 0.1 * live + 0.1 * irrelevance + 0.3 * multiTurn + 0.4 * agentic
      }
      return [
        "simple_ast": simple, "non_live": nonLive, "live": live, "irrelevance": irrelevance, "overall": overall,
      ]
    }
  }
}

/// What is known of categories that are not judged turn by turn, and what becomes of categories without answers.
public struct BFCLKnownScores: Sendable {
  /// The multi-turn accuracy, from 0 to 1.
  public var multiTurn: Double?
  /// The agentic accuracy, from 0 to 1: version 4.
  public var agentic: Double?
  /// Whether a category without answers counts as 0, as the official summary has it; else what needs it is open.
  public var missingIsZero: Bool

  /// Creates what is known.
  public init(multiTurn: Double? = nil, agentic: Double? = nil, missingIsZero: Bool = false) {
    self.multiTurn = multiTurn
    self.agentic = agentic
    self.missingIsZero = missingIsZero
  }
}

extension BenchmarkReport {
  /// A report of the leaderboard's single-turn categories.
  ///
  /// - Parameters:
  ///   - outcomes: What was judged: the model, and a sample of its.
  ///   - dataset: The data.
  ///   - isStrict: Whether strict verdicts were asked for.
  ///   - known: What is known of other categories.
  public static func bfcl(
    _ outcomes: [(model: String, sample: Sample)], dataset: BFCLDataset, isStrict: Bool,
    known: BFCLKnownScores = BFCLKnownScores()
  ) -> BenchmarkReport {
    let formulas = BFCLAggregation.formulas(dataset.version)
    let models = grouped(outcomes).map { name, own in
      let categories = dataset.categories.map { category in
        let judged = own.filter { $0.category == category.name && $0.official.isValid != nil }
        return Category(
          name: category.name, total: dataset.counts[category] ?? 0, judged: judged.count,
          official: judged.count { $0.official.isValid == true },
          strict: isStrict ? judged.count { $0.strict?.isValid == true } : nil)
      }
      func values(_ right: (Category) -> Int?) -> [String: Double?] {
        BFCLAggregation.values(dataset.version, known) { name in
          guard let category = categories.first(where: { $0.name == name }), category.judged > 0,
            let right = right(category)
          else { return known.missingIsZero ? (0, 0) : nil }
          return (Double(right) / Double(category.judged), category.judged)
        }
      }
      let official = values(\.official)
      let strict = values(\.strict)
      return Model(
        name: name, categories: categories,
        aggregates: formulas.map {
          Aggregate(name: $0.name, official: official[$0.name] ?? nil, strict: isStrict ? strict[$0.name] ?? nil : nil)
        }, samples: own)
    }
    return BenchmarkReport(title: dataset.version == .v3 ? "BFCL v3" : "BFCL v4", formulas: formulas, models: models)
  }
}
