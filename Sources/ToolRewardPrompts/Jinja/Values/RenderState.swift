/// What a rendering knows at a moment.
struct RenderState {
  /// The text of the innermost buffer.
  var output: [UInt8] = []
  var frame: Frame
  /// Where `output` is the prompt itself, no captured part of it.
  var isCapturing = false
  /// Whether a value is computed as Jinja does when it compiles.
  private(set) var isFolding = false
  var spans: [Range<Int>] = []
  /// What is being printed, from the outermost: one of them inside itself is not printed again.
  var printed: [ObjectIdentifier] = []
  /// What may hold itself, given up at the end.
  private var tracked: [JinjaObject] = []
  private var trackedFrames: [Frame] = []
  private(set) var stepsLeft: Int
  private var depthLeft: Int
  let limits: TemplateLimits
  let now: CivilTime
  /// The variables that the template reads but never sets, by their number.
  let globals: [JinjaValue]

  init(limits: TemplateLimits, now: CivilTime, globals: [JinjaValue]) {
    frame = Frame(size: 0, parent: nil)
    stepsLeft = limits.steps
    depthLeft = limits.depth
    self.limits = limits
    self.now = now
    self.globals = globals
    output.reserveCapacity(4096)
  }

  /// A state for values that Jinja computes when it compiles. Costly ones are left to the rendering, which has the caller's limits.
  static func folding() -> RenderState {
    var state = RenderState(
      limits: TemplateLimits(steps: 10_000, outputBytes: 1 << 16), now: .epoch, globals: [])
    state.isFolding = true
    return state
  }

  /// Pays for steps.
  @inline(__always)
  mutating func charge(_ steps: Int = 1) throws(TemplateFailure) {
    stepsLeft -= steps
    if stepsLeft < 0 { throw TemplateFailure(.limit, "more than \(limits.steps) steps") }
  }

  /// Pays for text or elements about to be made.
  @inline(__always)
  mutating func charge(bytes: Int) throws(TemplateFailure) {
    if bytes > limits.outputBytes {
      throw TemplateFailure(.limit, "a text or list of more than \(limits.outputBytes) bytes")
    }
    try charge(bytes >> 4)
  }

  @inline(__always)
  mutating func write(_ bytes: [UInt8]) throws(TemplateFailure) {
    try charge(bytes.count >> 4)
    if output.count &+ bytes.count > limits.outputBytes {
      throw TemplateFailure(.limit, "more than \(limits.outputBytes) bytes of output")
    }
    output.append(contentsOf: bytes)
  }

  /// Writes what a `filter` or a `call` block gave, which Jinja joins as it is: it must be a text.
  mutating func write(joining value: JinjaValue) throws(TemplateFailure) {
    guard let text = value.text else { throw TemplateFailure(.type, "expected str instance, \(value.typeName) found") }
    try write(text)
  }

  /// Goes so many levels deeper; ``leave(_:)`` comes back.
  mutating func enter(_ levels: Int) throws(TemplateFailure) {
    depthLeft -= levels
    if depthLeft < 0 { throw TemplateFailure(.limit, "nested deeper than \(limits.depth) levels") }
  }

  mutating func leave(_ levels: Int) { depthLeft += levels }

  mutating func track(_ object: JinjaObject) { tracked.append(object) }

  /// A frame that a macro made in it holds.
  mutating func track(_ frame: Frame) {
    guard !frame.isTracked else { return }
    frame.isTracked = true
    trackedFrames.append(frame)
  }

  mutating func giveUp() {
    for frame in trackedFrames { frame.clear() }
    frame.clear()
    for object in tracked { object.clear() }
  }

  /// What `body` writes, as a text of its own.
  mutating func capture(
    _ body: (inout RenderState) throws(TemplateFailure) -> Void
  ) throws(TemplateFailure) -> [UInt8] {
    var outer: [UInt8] = []
    swap(&outer, &output)
    let wasCapturing = isCapturing
    isCapturing = true
    try body(&self)
    isCapturing = wasCapturing
    swap(&outer, &output)
    return outer
  }
}

/// The variables of one activation: the template, a macro's call, a recursive loop's round.
@safe final class Frame {
  private let slots: UnsafeMutablePointer<JinjaValue>
  private let size: Int
  let parent: Frame?
  var isTracked = false

  init(size: Int, parent: Frame?) {
    unsafe slots = UnsafeMutablePointer<JinjaValue>.allocate(capacity: max(1, size))
    unsafe slots.initialize(repeating: .missing, count: size)
    self.size = size
    self.parent = parent
  }

  deinit {
    unsafe slots.deinitialize(count: size)
    unsafe slots.deallocate()
  }

  func clear() {
    for slot in 0..<size { unsafe slots[slot] = .missing }
  }

  /// The variable at a place that the compiler gave out, so within bounds.
  @inline(__always)
  subscript(_ slot: Int) -> JinjaValue {
    get { unsafe slots[slot] }
    set { unsafe slots[slot] = newValue }
  }
}
