extension BenchmarkReport {
  /// A report of ACEBench's normal and special categories. The two languages are apart, as the official table has them: the Chinese ones are
  /// named `… (zh)`.
  ///
  /// - Parameters:
  ///   - outcomes: What was judged: the model, the question's language, and a sample of its.
  ///   - benchmark: The data.
  ///   - isStrict: Whether strict verdicts were asked for.
  public static func acebench(
    _ outcomes: [(model: String, language: ACEBench.Language, sample: Sample)], benchmark: ACEBench, isStrict: Bool
  ) -> BenchmarkReport {
    let used = Set(outcomes.map(\.language))
    let languages = used.isEmpty ? [.en] : ACEBench.Language.allCases.filter { used.contains($0) }
    let named = outcomes.map { outcome in
      var sample = outcome.sample
      sample.category = label(sample.category, outcome.language)
      return (model: outcome.model, sample: sample)
    }
    let models = grouped(named).map { name, samples in
      let parts = languages.map { acebench(samples, $0, benchmark, isStrict) }
      return Model(
        name: name, categories: parts.flatMap(\.categories), aggregates: parts.flatMap(\.aggregates), samples: samples)
    }
    let formulas = languages.flatMap { language in
      ACEBench.multiTurnCategories.map {
        Formula(name: label($0, language), text: "\(ACEBenchScores.dialogueFormula); n counts dialogues")
      }
        + ACEBenchScores([]).means.map { Formula(name: label($0.name, language), text: $0.formula) } + [
          Formula(
            name: label("summary", language),
            text: ACEBenchScores.summaryFormula + ": open, for agent is not judged here")
        ]
    }
    return BenchmarkReport(title: "ACEBench", formulas: formulas, models: models)
  }

  private static func label(_ name: String, _ language: ACEBench.Language) -> String {
    language == .en ? name : "\(name) (\(language.rawValue))"
  }

  /// A language's part of a model's results.
  private static func acebench(
    _ samples: [Sample], _ language: ACEBench.Language, _ benchmark: ACEBench, _ isStrict: Bool
  ) -> (categories: [Category], aggregates: [Aggregate]) {
    let questions = benchmark.identifiers(in: language)
    func scores(_ verdict: (Sample) -> BenchmarkVerdict?) -> ACEBenchScores {
      var rows: [ACEBenchScores.Row] = []
      for category in ACEBench.categories {
        for sample in samples where sample.category == label(category, language) {
          guard let verdict = verdict(sample) else { continue }
          rows.append(
            ACEBenchScores.Row(
              id: String(decoding: sample.id, as: UTF8.self), category: category, isValid: verdict.isValid == true))
        }
      }
      return ACEBenchScores(rows)
    }
    let official = scores(\.official)
    let strict = scores(\.strict)
    let categories = ACEBench.categories.compactMap { name -> Category? in
      let ids = questions.filter { $0.category == name }.map(\.id)
      guard !ids.isEmpty else { return nil }
      let isDialogue = ACEBench.multiTurnCategories.contains(name)
      let found = official.categories.first { $0.name == name }
      return Category(
        name: label(name, language),
        total: isDialogue ? Set(ids.map { ACEBenchScores.dialogue(of: $0) }).count : ids.count,
        judged: found?.total ?? 0, official: found?.correct ?? 0,
        strict: isStrict ? strict.categories.first { $0.name == name }?.correct ?? 0 : nil)
    }
    // What the official table prints for a mean of categories that were not all run is no measurement.
    let means = zip(official.means, strict.means).map { official, strict in
      Aggregate(
        name: label(official.name, language), official: official.missing.isEmpty ? official.value : nil,
        strict: isStrict && strict.missing.isEmpty ? strict.value : nil)
    }
    let dialogues = ACEBench.multiTurnCategories.map { name in
      Aggregate(
        name: label(name, language), official: official.categories.first { $0.name == name }?.accuracy,
        strict: isStrict ? strict.categories.first { $0.name == name }?.accuracy : nil)
    }
    return (categories, dialogues + means + [Aggregate(name: label("summary", language), official: nil, strict: nil)])
  }

  /// A report of API-Bank by ToolRL's rule.
  ///
  /// - Parameters:
  ///   - outcomes: What was judged: the model, and a sample of its.
  ///   - benchmark: The data.
  ///   - isStrict: Whether strict verdicts were asked for.
  public static func apiBank(
    _ outcomes: [(model: String, sample: Sample)], benchmark: APIBank, isStrict: Bool
  ) -> BenchmarkReport {
    func accuracy(_ samples: [Sample], _ verdict: (Sample) -> BenchmarkVerdict?) -> Double? {
      let judged = samples.compactMap { verdict($0)?.isValid }
      return judged.isEmpty ? nil : Double(judged.count { $0 }) / Double(judged.count)
    }
    let models = grouped(outcomes).map { name, samples in
      Model(
        name: name,
        categories: APIBank.levels.map { level in
          category("level-\(level)", benchmark.samples.count { $0.level == level }, samples, isStrict)
        },
        aggregates: [
          Aggregate(
            name: "overall", official: accuracy(samples) { $0.official },
            strict: isStrict ? accuracy(samples) { $0.strict } : nil)
        ], samples: samples)
    }
    return BenchmarkReport(
      title: "API-Bank (ToolRL)", formulas: [Formula(name: "overall", text: "right / all, over the three levels")],
      models: models)
  }

  private static func category(_ name: String, _ total: Int, _ samples: [Sample], _ isStrict: Bool) -> Category {
    let judged = samples.filter { $0.category == name && $0.official.isValid != nil }
    return Category(
      name: name, total: total, judged: judged.count, official: judged.count { $0.official.isValid == true },
      strict: isStrict ? judged.count { $0.strict?.isValid == true } : nil)
  }

  /// The models' samples, both in the order in which they came. Of a model's answers to one sample the first counts.
  static func grouped(_ outcomes: [(model: String, sample: Sample)]) -> [(name: String, samples: [Sample])] {
    var places: [String: Int] = [:]
    var groups: [(name: String, samples: [Sample])] = []
    var seen: Set<SampleKey> = []
    for outcome in outcomes {
      guard seen.insert(SampleKey(outcome.model, outcome.sample)).inserted else { continue }
      let place = places[outcome.model] ?? groups.count
      if place == groups.count {
        places[outcome.model] = place
        groups.append((outcome.model, []))
      }
      groups[place].samples.append(outcome.sample)
    }
    return groups
  }
}

/// A model's answer to a sample.
struct SampleKey: Hashable {
  private let model: String
  private let category: String
  private let id: [UInt8]

  init(_ model: String, _ sample: BenchmarkReport.Sample) {
    self.model = model
    category = sample.category
    id = sample.id
  }
}

extension BenchmarkReport {
  /// How many outcomes are a model's second answer to a sample, or a later one: reports leave those out. O(outcomes).
  public static func repetitions(in outcomes: [(model: String, sample: Sample)]) -> Int {
    var seen: Set<SampleKey> = []
    return outcomes.count { !seen.insert(SampleKey($0.model, $0.sample)).inserted }
  }
}
