internal import ToolReward

/// SplitMix64 (Steele, Lea, Flood 2014): random numbers whose whole state is one number, so that a checkpoint holds it.
public struct RandomSource: RandomNumberGenerator, Sendable, Hashable {
  private var generator: SplitMix64

  /// The state.
  public var state: UInt64 { generator.state }

  /// Begins at a seed, or goes on from a state.
  public init(seed: UInt64) { generator = SplitMix64(seed: seed) }

  /// The next 64 bits.
  public mutating func next() -> UInt64 { generator.next() }

  /// A number from 0 up to, but not, 1.
  mutating func unit() -> Double { generator.fraction() }

  /// A number below `count`, each as likely as any other; 0 below 1.
  mutating func below(_ count: Int) -> Int { generator.below(count) }

  /// The numbers below `count` in a random order.
  mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<max(0, count))
    generator.shuffle(&order)
    return order
  }
}
