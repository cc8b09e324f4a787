extension BenchmarkReport {
  /// A report of ACEBench's normal and special categories.
  ///
  /// - Parameters:
  ///   - outcomes: What was judged, in the order of the questions: the model, and a sample of its.
  ///   - benchmark: The data.
  ///   - isStrict: Whether strict verdicts were asked for.
  public static func acebench(
    _ outcomes: [(model: String, sample: Sample)], benchmark: ACEBench, isStrict: Bool
  ) -> BenchmarkReport {
    var totals: [String: Int] = [:]
    for language in ACEBench.Language.allCases {
      for question in benchmark.identifiers(in: language) { totals[question.category, default: 0] += 1 }
    }
    func means(_ samples: [Sample], _ verdict: (Sample) -> BenchmarkVerdict?) -> [ACEBenchScores.Mean] {
      ACEBenchScores(
        samples.compactMap { sample in
          verdict(sample).map {
            ACEBenchScores.Row(
              id: String(decoding: sample.id, as: UTF8.self), category: sample.category, isValid: $0.isValid == true)
          }
        }
      ).means
    }
    let empty = means([]) { $0.official }
    let formulas =
      empty.map { Formula(name: $0.name, text: $0.formula) }
      + [Formula(name: "summary", text: ACEBenchScores.summaryFormula + ": open, for agent is not judged here")]
    let models = grouped(outcomes).map { name, samples in
      let official = means(samples) { $0.official }
      let strict = means(samples) { $0.strict }
      return Model(
        name: name,
        categories: ACEBench.categories.filter { totals[$0] != nil }.map {
          category($0, totals[$0] ?? 0, samples, isStrict)
        },
        aggregates: zip(official, strict).map { official, strict in
          // What the official table prints for a mean of categories that were not all run is no measurement.
          Aggregate(
            name: official.name, official: official.missing.isEmpty ? official.value : nil,
            strict: isStrict && strict.missing.isEmpty ? strict.value : nil)
        } + [Aggregate(name: "summary", official: nil, strict: nil)],
        samples: samples)
    }
    return BenchmarkReport(title: "ACEBench", formulas: formulas, models: models)
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

  /// The models' samples, both in the order in which they came.
  static func grouped(_ outcomes: [(model: String, sample: Sample)]) -> [(name: String, samples: [Sample])] {
    var places: [String: Int] = [:]
    var groups: [(name: String, samples: [Sample])] = []
    for outcome in outcomes {
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
