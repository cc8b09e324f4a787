internal import ToolRewardReport

/// Two models on the samples that both were judged on.
struct ModelComparison: Equatable {
  /// The models' places in the report.
  let first: Int
  let second: Int
  /// How many samples both were judged on.
  let shared: Int
  /// How many of those the first is right in.
  let firstRight: Int
  /// How many of those the second is right in.
  let secondRight: Int
  /// In how many only the first is right.
  let onlyFirst: Int
  /// In how many only the second is right.
  let onlySecond: Int
  /// McNemar's exact test, two-sided.
  let probability: Double
  /// The same by Holm's correction for all pairs.
  fileprivate(set) var adjusted: Double

  /// The difference of accuracy, the first's less the second's; 0 if nothing is shared.
  var difference: Double { shared == 0 ? 0 : Double(firstRight - secondRight) / Double(shared) }
}

extension BenchmarkReport {
  /// All pairs of models, in the report's order. Of a sample that a model was asked more than once, the first verdict counts.
  ///
  /// - Parameter verdict: Which verdict of a sample is compared.
  /// - Complexity: O(samples × models).
  func comparisons(of verdict: (Sample) -> BenchmarkVerdict?) -> [ModelComparison] {
    guard models.count > 1 else { return [] }
    struct Key: Hashable {
      let category: String
      let id: [UInt8]
    }
    var places: [Key: Int] = [:]
    for model in models {
      for sample in model.samples {
        let key = Key(category: sample.category, id: sample.id)
        if places[key] == nil { places[key] = places.count }
      }
    }
    let count = places.count
    let rows: [[Bool?]] = models.map { model in
      var row = [Bool?](repeating: nil, count: count)
      for sample in model.samples {
        guard let place = places[Key(category: sample.category, id: sample.id)], row[place] == nil else { continue }
        row[place] = verdict(sample)?.isValid
      }
      return row
    }
    var pairs: [ModelComparison] = []
    for first in rows.indices {
      for second in rows.indices where second > first {
        pairs.append(Self.compare(first, second, rows[first], rows[second]))
      }
    }
    for (place, adjusted) in Statistics.holm(pairs.map(\.probability)).enumerated() {
      pairs[place].adjusted = adjusted
    }
    return pairs
  }

  private static func compare(_ first: Int, _ second: Int, _ one: [Bool?], _ other: [Bool?]) -> ModelComparison {
    var shared = 0
    var both = 0
    var onlyFirst = 0
    var onlySecond = 0
    for place in one.indices {
      guard let x = one[place], let y = other[place] else { continue }
      shared += 1
      if x && y { both += 1 } else if x { onlyFirst += 1 } else if y { onlySecond += 1 }
    }
    let probability = Statistics.mcNemar(onlyFirst, onlySecond)
    return ModelComparison(
      first: first, second: second, shared: shared, firstRight: both + onlyFirst, secondRight: both + onlySecond,
      onlyFirst: onlyFirst, onlySecond: onlySecond, probability: probability, adjusted: probability)
  }
}

extension BenchmarkReport.Category {
  var officialProportion: Proportion? { Proportion(official, of: judged) }
  var strictProportion: Proportion? { strict.flatMap { Proportion($0, of: judged) } }
}

extension BenchmarkReport.Model {
  /// The name to show.
  var shownName: String { name.utf8.isEmpty ? "(unnamed)" : VisibleText.of(name) }

  /// All that were judged, whatever their category.
  var judged: Int { categories.reduce(0) { $0 + $1.judged } }

  /// How many are officially right among all that were judged.
  var officialProportion: Proportion? { Proportion(categories.reduce(0) { $0 + $1.official }, of: judged) }

  /// How many are strictly right among all that were judged.
  var strictProportion: Proportion? {
    let strict = categories.compactMap(\.strict)
    return strict.count == categories.count ? Proportion(strict.reduce(0, +), of: judged) : nil
  }

  /// Why samples were not judged, the commonest first.
  var unjudged: [(reason: String, count: Int)] {
    var counts: [String: Int] = [:]
    for sample in samples where sample.official.isValid == nil {
      counts[sample.official.errorType ?? "unknown", default: 0] += 1
    }
    return counts.map { (reason: $0.key, count: $0.value) }.sorted { ($1.count, $0.reason) < ($0.count, $1.reason) }
  }
}
