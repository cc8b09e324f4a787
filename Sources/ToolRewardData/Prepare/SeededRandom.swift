/// Random numbers that are the same everywhere for the same seed: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
struct SeededRandom: Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// A generator for one thing of many, whichever thread comes to it first.
  init(seed: UInt64, _ parts: UInt64...) {
    state = seed
    for part in parts { state = Self.mix(state &+ part &+ 0x9E37_79B9_7F4A_7C15) }
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mix(state)
  }

  static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number below the bound, each as likely as any other (Lemire, TOMACS 2019).
  mutating func below(_ bound: Int) -> Int {
    guard bound > 1 else { return 0 }
    let range = UInt64(bound)
    while true {
      let product = next().multipliedFullWidth(by: range)
      if product.low >= (0 &- range) % range { return Int(product.high) }
    }
  }

  /// A number from 0 up to, but not, 1.
  mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Puts elements in a random order (Fisher and Yates).
  mutating func shuffle<Element>(_ list: inout [Element]) {
    guard list.count > 1 else { return }
    for last in stride(from: list.count - 1, through: 1, by: -1) { list.swapAt(last, below(last + 1)) }
  }
}

/// A hash that is the same in every run: FNV-1a, mixed.
struct StableHash: Sendable {
  private var state: UInt64

  init(_ seed: UInt64 = 0) { state = 0xCBF2_9CE4_8422_2325 ^ seed }

  mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
  }

  var value: UInt64 { SeededRandom.mix(state) }
}
