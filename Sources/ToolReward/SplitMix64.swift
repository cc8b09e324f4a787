/// Random numbers that are the same everywhere for the same seed: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
package struct SplitMix64: RandomNumberGenerator, Sendable, Hashable {
  /// The state: a generator that begins at it goes on from here.
  package private(set) var state: UInt64

  /// Begins at a seed, or goes on from a state.
  package init(seed: UInt64) { state = seed }

  /// A generator for one thing of many, whichever thread comes to it first.
  package init(seed: UInt64, _ parts: UInt64...) {
    state = seed
    for part in parts { state = Self.mix(state &+ part &+ Self.step) }
  }

  /// The next 64 bits.
  package mutating func next() -> UInt64 {
    state &+= Self.step
    return Self.mix(state)
  }

  private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// Spreads a number's bits over all 64.
  package static func mix(_ value: UInt64) -> UInt64 {
    var bits = value
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  /// A number below the bound, each as likely as any other (Lemire, TOMACS 2019); 0 below 1.
  package mutating func below(_ bound: Int) -> Int {
    guard bound > 1 else { return 0 }
    let range = UInt64(bound)
    while true {
      let product = next().multipliedFullWidth(by: range)
      if product.low >= (0 &- range) % range { return Int(product.high) }
    }
  }

  /// A number from 0 up to, but not, 1.
  package mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Puts elements in a random order (Fisher and Yates).
  package mutating func shuffle<Element>(_ list: inout [Element]) {
    guard list.count > 1 else { return }
    for last in stride(from: list.count - 1, through: 1, by: -1) { list.swapAt(last, below(last + 1)) }
  }
}
