/// Samples of which the official and the strict rules say different things, for one pair of reasons.
struct ReportDifference {
  /// A sample.
  struct Entry {
    /// The model's place in the report.
    let model: Int
    /// The sample's category.
    let category: String
    /// Its identifier, UTF-8.
    let id: [UInt8]
  }

  /// What is officially wrong; `nil` if nothing is.
  let official: String?
  /// What is wrong by the strict rules; `nil` if nothing is.
  let strict: String?
  /// Whether one says right and the other wrong.
  let isOfVerdict: Bool
  /// Why, in a sentence or two.
  let why: String
  /// The samples, in the order of models and of input.
  var entries: [Entry]

  /// The pair of reasons as a line: `type_error:nested → valid`.
  var title: String { "\(official ?? "valid") → \(strict ?? "valid")" }
}

extension BenchmarkReport {
  /// Whether strict verdicts were asked for.
  var hasStrict: Bool { models.contains { $0.categories.contains { $0.strict != nil } } }

  /// What differs: verdicts before mere reasons, the commonest first.
  ///
  /// - Complexity: O(samples).
  var differences: [ReportDifference] {
    struct Reasons: Hashable {
      let official: String?
      let strict: String?
      let isOfVerdict: Bool
    }
    var places: [Reasons: Int] = [:]
    var found: [ReportDifference] = []
    for (number, model) in models.enumerated() {
      for sample in model.samples {
        guard let strict = sample.strict, strict != sample.official else { continue }
        let reasons = Reasons(
          official: sample.official.errorType, strict: strict.errorType,
          isOfVerdict: sample.official.isValid != strict.isValid)
        let entry = ReportDifference.Entry(model: number, category: sample.category, id: sample.id)
        if let place = places[reasons] {
          found[place].entries.append(entry)
        } else {
          places[reasons] = found.count
          found.append(
            ReportDifference(
              official: reasons.official, strict: reasons.strict, isOfVerdict: reasons.isOfVerdict,
              why: DifferenceReason.text(official: reasons.official, strict: reasons.strict, benchmark: title),
              entries: [entry]))
        }
      }
    }
    return found.sorted {
      if $0.isOfVerdict != $1.isOfVerdict { return $0.isOfVerdict }
      if $0.entries.count != $1.entries.count { return $0.entries.count > $1.entries.count }
      return $0.title < $1.title
    }
  }
}
