/// How many of how many, and how sure that is.
package struct Proportion: Equatable {
  /// How many are right.
  package let right: Int
  /// Of how many: more than none.
  package let count: Int

  /// `nil` of none.
  package init?(_ right: Int, of count: Int) {
    guard count > 0 else { return nil }
    self.right = right
    self.count = count
  }

  /// From 0 to 1.
  package var value: Double { Double(right) / Double(count) }

  /// Wilson's score interval of 95 %.
  package var interval: ClosedRange<Double> { Statistics.wilson(right: right, of: count) }
}

/// Intervals and tests.
package enum Statistics {
  /// The normal distribution's quantile of 0.975.
  static let quantile = 1.959963984540054

  /// Wilson's score interval of 95 %, from 0 to 1; all of that if there is nothing to go by.
  package static func wilson(right: Int, of count: Int) -> ClosedRange<Double> {
    count > 0 ? wilson(Double(right) / Double(count), of: Double(count)) : 0...1
  }

  /// The same of a part of so many, which need not be a whole number.
  static func wilson(_ value: Double, of count: Double) -> ClosedRange<Double> {
    let square = quantile * quantile
    let scale = 1 + square / count
    let middle = (value + square / (2 * count)) / scale
    let reach = quantile * (value * (1 - value) / count + square / (4 * count * count)).squareRoot() / scale
    // At the ends the bound is the end itself, which rounding would miss.
    let low = value == 0 ? 0 : max(0, middle - reach)
    return low...(value == 1 ? 1 : max(low, min(1, middle + reach)))
  }

  /// McNemar's exact test, two-sided: how likely so uneven a split of the discordant pairs is, or a more uneven one, if either side of a
  /// pair is as likely as the other.
  ///
  /// - Parameters:
  ///   - first: How many pairs only the first is right in.
  ///   - second: How many pairs only the second is right in.
  /// - Complexity: O(the smaller of the two).
  package static func mcNemar(_ first: Int, _ second: Int) -> Double {
    let count = first + second
    let least = min(first, second)
    guard count > 0, first != second else { return 1 }
    // C(count, least) / 2^count: a significand and a power of two, for both the coefficient and the power leave Double's range. Each step
    // is a binomial coefficient, so that they are exact as long as they fit.
    var significand = 1.0
    var exponent = -count
    for step in 0..<least {
      significand = significand * Double(count - least + step + 1) / Double(step + 1)
      if significand > 0x1p500 {
        significand *= 0x1p-500
        exponent += 500
      }
    }
    // The terms before it, as parts of it.
    var sum = 1.0
    var term = 1.0
    for index in stride(from: least, to: 0, by: -1) {
      term = term * Double(index) / Double(count - index + 1)
      sum += term
      if term < sum * 0x1p-60 { break }
    }
    return min(1, Double(sign: .plus, exponent: exponent + 1, significand: significand * sum))
  }

  /// Holm's correction: each probability as it stands beside the others, in the same order.
  package static func holm(_ probabilities: [Double]) -> [Double] {
    var adjusted = probabilities
    var least = 0.0
    let order = probabilities.indices.sorted { (probabilities[$0], $0) < (probabilities[$1], $1) }
    for (rank, index) in order.enumerated() {
      least = max(least, min(1, Double(probabilities.count - rank) * probabilities[index]))
      adjusted[index] = least
    }
    return adjusted
  }
}
