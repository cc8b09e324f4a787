internal import ToolRewardReport

/// Two templates on the same cases.
public struct SuiteComparison: Sendable {
  /// Which test the probability comes of.
  public enum Test: String, Sendable {
    /// McNemar's exact test: every case has one right or wrong answer of each template.
    case mcNemar = "McNemar"
    /// Signs of the cases' differences turned round: cases have several answers, or scores between.
    case signFlips = "sign flips"
  }

  /// A case that the two templates do not answer alike.
  public struct Flip: Sendable, Hashable {
    /// The case's name.
    public let test: String
    /// What the first is worth: the mean reward of its completions, or how many of them passed.
    public let first: Double
    /// What the second is worth.
    public let second: Double
  }

  /// The first template's name.
  public let first: String
  /// The second template's name.
  public let second: String
  /// How many cases both have something of.
  public let cases: Int
  /// How many cases are left out, because one of the two has nothing that could be judged.
  public let unpaired: Int
  /// In how many the first is worth more.
  public let wins: Int
  /// In how many the second is worth more.
  public let losses: Int
  /// In how many both are worth the same.
  public let ties: Int
  /// The first's mean less the second's.
  public let difference: Double
  /// A bootstrap interval of 95 % of that.
  public let interval: ClosedRange<Double>
  /// Which test was made.
  public let test: Test
  /// How likely so great a difference is if there is none.
  public let probability: Double
  /// The same by Holm's correction for all comparisons made.
  public fileprivate(set) var adjusted: Double
  /// The cases that differ, the greatest difference first.
  public let flips: [Flip]
}

extension SuiteResult {
  /// Compares templates pair by pair on the cases that both were tested with. A case is worth its completions' mean score (their reward, or
  /// whether their checks passed), or without any completions whether its prompt's checks passed. A template that gives no prompt for a case
  /// is worth 0 there, or the least that any completion got, if that is less.
  ///
  /// - Parameters:
  ///   - names: The templates; `nil` for all.
  ///   - baseline: The template that each other is compared with; `nil` for every pair.
  ///   - seed: Of what is drawn at random.
  /// - Complexity: O(pairs × cases × resamples).
  public func comparisons(of names: [String]? = nil, baseline: String? = nil, seed: UInt64 = 0) -> [SuiteComparison] {
    let chosen = names?.compactMap { templates.firstIndex(of: $0) } ?? Array(templates.indices)
    var found: [SuiteComparison] = []
    if let baseline {
      guard let second = templates.firstIndex(of: baseline) else { return [] }
      for first in chosen where first != second { found.append(compare(first, second, seed)) }
    } else {
      for (place, first) in chosen.enumerated() {
        for second in chosen[(place + 1)...] { found.append(compare(first, second, seed)) }
      }
    }
    // What was not compared is no test to correct for.
    let made = found.indices.filter { found[$0].cases > 0 }
    for (place, adjusted) in zip(made, Statistics.holm(made.map { found[$0].probability })) {
      found[place].adjusted = adjusted
    }
    return found
  }

  private func compare(_ first: Int, _ second: Int, _ seed: UInt64) -> SuiteComparison {
    let asksCompletions = hasSamples
    // No prompt must never be worth more than a bad completion.
    let least = asksCompletions ? min(0, cells.lazy.flatMap(\.samples).compactMap(\.worth).min() ?? 0) : 0
    var differences: [Double] = []
    var flips: [SuiteComparison.Flip] = []
    var isPlain = true
    for test in cases.indices {
      let (one, other) = (cell(first, test), cell(second, test))
      guard let x = one.worth(asksCompletions, least), let y = other.worth(asksCompletions, least) else { continue }
      if one.judgedSamples > 1 || other.judgedSamples > 1 || (x != 0 && x != 1) || (y != 0 && y != 1) {
        isPlain = false
      }
      // Means of other numbers of completions differ in their last bits where they are the same.
      let isTie = (x - y).magnitude <= 1e-12 * max(1, x.magnitude, y.magnitude)
      differences.append(isTie ? 0 : x - y)
      if !isTie { flips.append(SuiteComparison.Flip(test: cases[test], first: x, second: y)) }
    }
    let wins = differences.count { $0 > 0 }
    let losses = differences.count { $0 < 0 }
    let probability = isPlain ? Statistics.mcNemar(wins, losses) : Statistics.signFlips(differences, seed: seed)
    // The interval's cost is bounded: of many cases fewer resamples tell as much.
    let resamples = max(999, min(9_999, 20_000_000 / max(1, differences.count)))
    return SuiteComparison(
      first: templates[first], second: templates[second], cases: differences.count,
      unpaired: cases.count - differences.count, wins: wins, losses: losses, ties: differences.count - wins - losses,
      difference: differences.isEmpty ? 0 : differences.reduce(0, +) / Double(differences.count),
      interval: Statistics.bootstrap(differences, resamples: resamples, seed: seed),
      test: isPlain ? .mcNemar : .signFlips, probability: probability, adjusted: probability,
      flips: flips.enumerated().sorted { Self.isGreater($0, $1) }.map(\.element))
  }

  private static func isGreater(
    _ one: (offset: Int, element: SuiteComparison.Flip), _ other: (offset: Int, element: SuiteComparison.Flip)
  ) -> Bool {
    let x = (one.element.first - one.element.second).magnitude
    let y = (other.element.first - other.element.second).magnitude
    return x == y ? one.offset < other.offset : x > y
  }
}

extension SuiteCell {
  /// What its completions are worth on average, or its prompt; `nil` if nothing could be judged.
  ///
  /// - Parameter asksCompletions: Whether the suite has completions: then a cell without any is worth nothing that is known.
  /// - Parameter least: What a template is worth that gives no prompt.
  func worth(_ asksCompletions: Bool, _ least: Double) -> Double? {
    if error != nil { return isPassed ? 1 : least }
    guard asksCompletions else { return hasErrors ? nil : isPassed ? 1 : 0 }
    // Sorted: the order in which completions came must make no difference.
    let values = samples.compactMap(\.worth).sorted()
    return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}
