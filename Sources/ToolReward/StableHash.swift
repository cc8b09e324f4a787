/// A hash that is the same on every machine and in every run: FNV-1a of 64 bits (Fowler, Noll, Vo).
package struct StableHash: Sendable {
  /// The hash as FNV has it: what is alike has hashes alike.
  package private(set) var state: UInt64

  /// Begins a hash.
  package init(_ seed: UInt64 = 0) { state = 0xCBF2_9CE4_8422_2325 ^ seed }

  /// Adds a byte.
  @inline(__always)
  package mutating func add(_ byte: UInt8) { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }

  /// Adds bytes in their order. O(bytes).
  package mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { add(byte) }
  }

  /// The hash, mixed: every bit depends on every byte.
  package var value: UInt64 { SplitMix64.mix(state) }
}
