internal import ToolReward

/// A hash that is the same in every run: FNV-1a, mixed.
struct StableHash: Sendable {
  private var state: UInt64

  init(_ seed: UInt64 = 0) { state = 0xCBF2_9CE4_8422_2325 ^ seed }

  mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
  }

  var value: UInt64 { SplitMix64.mix(state) }
}
