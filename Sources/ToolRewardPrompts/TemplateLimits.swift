/// Bounds on what one rendering may cost. A rendering beyond one ends with an error that names it.
public struct TemplateLimits: Sendable, Hashable {
  /// The most steps: a step is a statement run, an item looped over, a call, or 16 bytes of text made. 20 million take a few seconds.
  public var steps: Int
  /// The deepest nesting of constructs and macro calls, those inside each other counted together.
  public var depth: Int
  /// The most bytes of output, or of any one text or list made on the way; at most 1 GiB. All values that a rendering makes may have sixteen
  /// times as many together, or 64 MiB.
  public var outputBytes: Int

  /// Creates limits.
  public init(steps: Int = 20_000_000, depth: Int = 1_000, outputBytes: Int = 32 << 20) {
    self.steps = max(0, steps)
    self.depth = min(max(1, depth), 1_000)
    self.outputBytes = max(0, outputBytes)
  }

  /// The limits with texts that a value can have.
  var clamped: TemplateLimits {
    var limits = self
    limits.outputBytes = min(outputBytes, 1 << 30)
    return limits
  }

  /// The most bytes of all values of one rendering together, those that are no longer in use included.
  var memoryBytes: Int {
    max(64 << 20, outputBytes.multipliedReportingOverflow(by: 16).overflow ? .max : outputBytes * 16)
  }

  /// 20 million steps, depth 1,000, 32 MiB.
  public static let standard = TemplateLimits()
}
