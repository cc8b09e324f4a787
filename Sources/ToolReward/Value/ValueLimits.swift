/// Bounds that keep one value from costing without end.
///
/// A value beyond a limit is not read: the reader throws ``ValueError/Code/tooDeep``, ``ValueError/Code/tooLarge`` or
/// ``ValueError/Code/tooManyNodes``.
public struct ValueLimits: Sendable, Hashable {
  /// The deepest nesting of arrays and objects; `[1]` has depth 1. Never more than 2,048: values are compared and written level by level.
  public var depth: Int
  /// The most bytes of text one value may have. Never more than 2³¹ − 1.
  public var bytes: Int
  /// The most values and member names one value may hold, itself included.
  public var nodes: Int

  /// Creates limits; numbers beyond what the reader can address are lowered to it.
  public init(depth: Int = 512, bytes: Int = 128 << 20, nodes: Int = 16 << 20) {
    self.depth = min(max(0, depth), 2048)
    self.bytes = min(max(0, bytes), Int(Int32.max))
    self.nodes = min(max(1, nodes), Int(Int32.max))
  }

  /// Depth 512, 128 MiB of text, 16 Mi nodes.
  public static let standard = ValueLimits()

  /// The limits within which CPython's `json.loads` gives an answer: one more level than 994 raises `RecursionError` (measured on CPython
  /// 3.11.7 at the top of a program; a few levels less where functions call each other). The other two are ``standard``'s.
  public static let python = ValueLimits(depth: 994)
}
