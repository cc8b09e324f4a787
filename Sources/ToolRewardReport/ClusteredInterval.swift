#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

extension Statistics {
  /// Wilson's score interval of 95 % of the part that is right, where what is counted comes in clusters that may be alike within: the
  /// samples of one case. Of clusters of one it is ``wilson(right:of:)``.
  ///
  /// Samples count for as many as would be as uncertain if they were independent: p(1 − p) / V with the variance V between clusters (Liang
  /// and Zeger, 1986, times C / (C − 1) of C clusters), less by Student's quantile where clusters are few (Korn and Graubard, Survey
  /// Methodology 24, 1998). They are never more than the samples, and never fewer than if the samples of a cluster were all the same,
  /// (Σn)² / Σn² (Kish, 1965). So many they are also where all are right or all are wrong, which shows no variance, and of one cluster.
  ///
  /// - Complexity: O(clusters).
  package static func wilson(clusters: [(right: Int, count: Int)]) -> ClosedRange<Double> {
    let count = clusters.reduce(0) { $0 + $1.count }
    let right = clusters.reduce(0) { $0 + $1.right }
    guard clusters.contains(where: { $0.count > 1 }) else { return wilson(right: right, of: count) }
    let all = Double(count)
    let value = Double(right) / all
    let least = all * all / clusters.reduce(0) { $0 + Double($1.count) * Double($1.count) }
    let groups = Double(clusters.count { $0.count > 0 })
    guard right > 0, right < count, groups > 1 else { return wilson(value, of: least) }
    let squares = clusters.reduce(0) { sum, cluster in
      let distance = Double(cluster.right) - value * Double(cluster.count)
      return sum + distance * distance
    }
    let variance = groups / (groups - 1) * squares / (all * all)
    let ratio = quantile / studentQuantile(groups - 1)
    let independent = value * (1 - value) / variance * ratio * ratio
    return wilson(value, of: min(all, max(least, independent)))
  }

  /// The quantile of 0.975 of Student's distribution with so many degrees of freedom, a whole number from 1.
  ///
  /// - Complexity: O(1): of more than 1,000 it is an expansion around the normal distribution's (Abramowitz and Stegun 26.7.5).
  package static func studentQuantile(_ degrees: Double) -> Double {
    let z = quantile
    if degrees > 1_000 {
      let square = z * z
      return z * (1 + (square + 1) / (4 * degrees) + ((5 * square + 16) * square + 3) / (96 * degrees * degrees))
    }
    var (low, high) = (0.0, Double.pi / 2)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if studentWithin(middle, degrees) < 0.95 { low = middle } else { high = middle }
    }
    return degrees.squareRoot() * tan((low + high) / 2)
  }

  /// How likely it is that Student's t has at most the magnitude √degrees · tan(angle) (Abramowitz and Stegun 26.7.3 and 26.7.4).
  private static func studentWithin(_ angle: Double, _ degrees: Double) -> Double {
    let (sine, cosine) = (sin(angle), cos(angle))
    let isOdd = degrees.truncatingRemainder(dividingBy: 2) == 1
    var term = isOdd ? cosine : 1
    var sum = 0.0
    for step in stride(from: isOdd ? 1.0 : 0, to: degrees - 1, by: 2) {
      sum += term
      term *= (step + 1) / (step + 2) * cosine * cosine
    }
    return isOdd ? 2 / Double.pi * (angle + sine * sum) : sine * sum
  }
}
