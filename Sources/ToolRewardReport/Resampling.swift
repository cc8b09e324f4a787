internal import ToolReward

extension Statistics {
  /// A test of paired differences by turning their signs round: how likely a mean so far from 0 is, if either sign is as likely.
  ///
  /// Of at most 16 differences that are not 0 every way of signs is tried; of more, `resamples` ways, drawn from `seed`, where the ways
  /// drawn count beside the one that was seen: (hits + 1) / (resamples + 1), as scipy.stats.permutation_test has it.
  ///
  /// - Complexity: O(differences × ways).
  package static func signFlips(_ differences: [Double], resamples: Int = 9_999, seed: UInt64 = 0) -> Double {
    let moved = differences.filter { $0 != 0 }
    guard !moved.isEmpty else { return 1 }
    let seen = moved.reduce(0, +).magnitude
    // Sums in another order differ in their last bits: those of what is summed, which may be far more than the sum.
    let least = seen - moved.reduce(0) { $0 + $1.magnitude } * 0x1p-40
    if moved.count <= 16 {
      var hits = 0
      for signs in 0..<(1 << moved.count) {
        var sum = 0.0
        for (place, value) in moved.enumerated() { sum += signs & (1 << place) == 0 ? value : -value }
        if sum.magnitude >= least { hits += 1 }
      }
      return Double(hits) / Double(1 << moved.count)
    }
    var generator = SplitMix64(seed: seed)
    var hits = 0
    for _ in 0..<resamples {
      var sum = 0.0
      var signs: UInt64 = 0
      for (place, value) in moved.enumerated() {
        if place % 64 == 0 { signs = generator.next() }
        sum += signs & 1 == 0 ? value : -value
        signs >>= 1
      }
      if sum.magnitude >= least { hits += 1 }
    }
    return Double(hits + 1) / Double(resamples + 1)
  }

  /// A bootstrap interval of 95 % of the mean, by percentiles of resampled means (Efron, 1979). 0…0 of nothing.
  ///
  /// - Complexity: O(values × resamples).
  package static func bootstrap(_ values: [Double], resamples: Int = 9_999, seed: UInt64 = 0) -> ClosedRange<Double> {
    guard !values.isEmpty else { return 0...0 }
    var generator = SplitMix64(seed: seed)
    var means: [Double] = []
    means.reserveCapacity(resamples)
    for _ in 0..<resamples {
      var sum = 0.0
      for _ in values.indices { sum += values[generator.below(values.count)] }
      means.append(sum / Double(values.count))
    }
    means.sort()
    let low = Int((0.025 * Double(resamples)).rounded(.down))
    return means[low]...means[max(low, resamples - 1 - low)]
  }
}
