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
    /// What the first is worth, from 0 to 1.
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
  /// whether their checks passed), or without completions whether its prompt's checks passed.
  ///
  /// - Parameters:
  ///   - names: The templates; `nil` for all.
  ///   - seed: Of what is drawn at random.
  /// - Complexity: O(pairs × cases × resamples).
  public func comparisons(of names: [String]? = nil, seed: UInt64 = 0) -> [SuiteComparison] {
    let chosen = names?.compactMap { templates.firstIndex(of: $0) } ?? Array(templates.indices)
    var found: [SuiteComparison] = []
    for (place, first) in chosen.enumerated() {
      for second in chosen[(place + 1)...] { found.append(compare(first, second, seed)) }
    }
    for (place, adjusted) in Statistics.holm(found.map(\.probability)).enumerated() { found[place].adjusted = adjusted }
    return found
  }

  private func compare(_ first: Int, _ second: Int, _ seed: UInt64) -> SuiteComparison {
    var differences: [Double] = []
    var flips: [SuiteComparison.Flip] = []
    var isPlain = true
    for test in cases.indices {
      let (one, other) = (cell(first, test), cell(second, test))
      // What has no completions is not compared with what has.
      guard one.samples.isEmpty == other.samples.isEmpty else { continue }
      let (x, y) = (one.worth, other.worth)
      if one.samples.count > 1 || other.samples.count > 1 || (x != 0 && x != 1) || (y != 0 && y != 1) {
        isPlain = false
      }
      differences.append(x - y)
      if x != y { flips.append(SuiteComparison.Flip(test: cases[test], first: x, second: y)) }
    }
    let wins = differences.count { $0 > 0 }
    let losses = differences.count { $0 < 0 }
    let probability = isPlain ? Statistics.mcNemar(wins, losses) : Statistics.signFlips(differences, seed: seed)
    return SuiteComparison(
      first: templates[first], second: templates[second], cases: differences.count, wins: wins, losses: losses,
      ties: differences.count - wins - losses,
      difference: differences.isEmpty ? 0 : differences.reduce(0, +) / Double(differences.count),
      interval: Statistics.bootstrap(differences, seed: seed), test: isPlain ? .mcNemar : .signFlips,
      probability: probability, adjusted: probability,
      flips: flips.enumerated().sorted {
        let (x, y) = (
          ($0.element.first - $0.element.second).magnitude, ($1.element.first - $1.element.second).magnitude
        )
        return x == y ? $0.offset < $1.offset : x > y
      }.map(\.element))
  }
}

extension SuiteCell {
  /// From 0 to 1: what its completions are worth, or its prompt.
  var worth: Double {
    guard !samples.isEmpty else { return isPassed ? 1 : 0 }
    return samples.reduce(0) { $0 + ($1.score ?? ($1.isPassed ? 1 : 0)) } / Double(samples.count)
  }
}
