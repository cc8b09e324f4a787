/// SplitMix64 (Steele, Lea, Flood 2014): random numbers whose whole state is one number, so that a checkpoint holds it.
public struct RandomSource: RandomNumberGenerator, Sendable, Hashable {
  /// The state.
  public private(set) var state: UInt64

  /// Begins at a seed, or goes on from a state.
  public init(seed: UInt64) { state = seed }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  /// A number from 0 up to, but not, 1.
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number below `count`, which must be more than 0. The bias is below count / 2⁶⁴.
  mutating func below(_ count: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(count)).high) }

  /// The numbers below `count` in a random order (Fisher and Yates).
  mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<max(0, count))
    for place in order.indices.reversed() where place > 0 { order.swapAt(place, below(place + 1)) }
    return order
  }
}
