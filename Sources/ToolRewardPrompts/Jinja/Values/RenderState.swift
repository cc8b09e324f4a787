/// What a rendering knows at a moment.
struct RenderState {
  /// What is written; what is captured stands behind what it will be a part of.
  var output: [UInt8] = []
  /// Where the innermost captured text starts.
  private var outputStart = 0
  var frame: Frame
  /// Where `output` is the prompt itself, no captured part of it.
  private(set) var isCapturing = false
  /// Whether a value is computed as Jinja does when it compiles.
  private(set) var isFolding = false
  var spans: [Range<Int>] = []
  /// What is being printed, from the outermost: one of them inside itself is not printed again.
  var printed: [UInt] = []
  private(set) var stepsLeft: Int
  private var depthLeft: Int
  private var serial: UInt32 = 0
  let limits: TemplateLimits
  let now: CivilTime
  /// The variables that the template reads but never sets, by their number.
  let globals: JinjaElements
  /// Where the values are that the rendering makes.
  let heap: ValueHeap

  init(limits: TemplateLimits, now: CivilTime, globals: JinjaElements, frameSize: Int, _ heap: ValueHeap) {
    frame = Frame(size: frameSize, parent: nil, heap)
    stepsLeft = limits.steps
    depthLeft = limits.depth
    self.limits = limits.clamped
    self.now = now
    self.globals = globals
    self.heap = heap
    output.reserveCapacity(4096)
  }

  /// A state for values that Jinja computes when it compiles. Costly ones are left to the rendering, which has the caller's limits.
  static func folding(_ heap: ValueHeap) -> RenderState {
    var state = RenderState(
      limits: TemplateLimits(steps: 10_000, outputBytes: 1 << 16), now: .epoch,
      globals: JinjaElements(), frameSize: 0, heap)
    state.isFolding = true
    return state
  }

  // MARK: Limits

  /// Pays for steps.
  @inline(__always)
  mutating func charge(_ steps: Int = 1) throws(TemplateFailure) {
    stepsLeft &-= steps
    if stepsLeft < 0 { throw tooManySteps }
  }

  private var tooManySteps: TemplateFailure {
    @inline(never) get { TemplateFailure(.limit, "more than \(limits.steps) steps") }
  }

  /// Pays for text or elements about to be made.
  @inline(__always)
  mutating func charge(bytes: Int) throws(TemplateFailure) {
    if bytes > limits.outputBytes { throw tooLong }
    try checkMemory()
    try charge(bytes >> 4)
  }

  private var tooLong: TemplateFailure {
    @inline(never) get { TemplateFailure(.limit, "a text or list of more than \(limits.outputBytes) bytes") }
  }

  /// Ends a rendering whose values take too much memory. What is repeated asks for it each time.
  @inline(__always)
  func checkMemory() throws(TemplateFailure) {
    if heap.isFull { throw TemplateFailure(.limit, "values of more than \(limits.memoryBytes) bytes") }
  }

  /// Goes so many levels deeper; ``leave(_:)`` comes back.
  mutating func enter(_ levels: Int) throws(TemplateFailure) {
    depthLeft -= levels
    if depthLeft < 0 { throw TemplateFailure(.limit, "nested deeper than \(limits.depth) levels") }
  }

  mutating func leave(_ levels: Int) { depthLeft += levels }

  // MARK: Output

  @inline(__always)
  mutating func write(_ text: JinjaText) throws(TemplateFailure) {
    try charge(text.count >> 4)
    if output.count &+ text.count &- outputStart > limits.outputBytes { throw tooMuchOutput }
    text.append(to: &output)
  }

  private var tooMuchOutput: TemplateFailure {
    @inline(never) get { TemplateFailure(.limit, "more than \(limits.outputBytes) bytes of output") }
  }

  /// Writes what a `filter` or a `call` block gave, which Jinja joins as it is: it must be a text.
  mutating func write(joining value: JinjaValue) throws(TemplateFailure) {
    guard let text = value.text else { throw TemplateFailure(.type, "expected str instance, \(value.typeName) found") }
    try write(text)
  }

  /// What `body` writes, as a text of its own.
  mutating func capture(
    _ body: (inout RenderState) throws(TemplateFailure) -> Void
  ) throws(TemplateFailure) -> JinjaText {
    let outerStart = outputStart
    let start = output.count
    let wasCapturing = isCapturing
    isCapturing = true
    outputStart = start
    try body(&self)
    isCapturing = wasCapturing
    outputStart = outerStart
    return try taken(from: start)
  }

  /// Takes back what is written from there on.
  mutating func taken(from start: Int) throws(TemplateFailure) -> JinjaText {
    try checkMemory()
    let text = heap.text(output[start...])
    output.removeLast(output.count - start)
    return text
  }

  /// Writes `json.dumps` of a value.
  mutating func writeJSON(_ value: JinjaValue) throws(TemplateFailure) {
    var text: [UInt8] = []
    swap(&text, &output)
    var dump = JSONDump()
    dump.start = text.count
    try dump.append(value, to: &text, &self)
    swap(&text, &output)
    if output.count &- outputStart > limits.outputBytes { throw tooMuchOutput }
  }

  // MARK: Making values

  /// Tells two values of one reason apart.
  mutating func nextSerial() -> UInt32 {
    serial &+= 1
    return serial
  }

  func string(_ bytes: some Collection<UInt8>) -> JinjaValue { heap.string(bytes) }

  func string(_ text: String) -> JinjaValue { heap.string(text.utf8) }

  func list(_ elements: some Collection<JinjaValue>) -> JinjaValue { heap.list(elements) }

  func tuple(_ elements: some Collection<JinjaValue>) -> JinjaValue { heap.tuple(elements) }

  func object(_ object: JinjaObject) -> JinjaValue { heap.object(object) }

  func undefined(_ cause: UndefinedValue.Cause) -> JinjaValue { heap.undefined(cause) }

  /// A function as a value.
  func function(
    _ name: String, _ body: @escaping (CallArguments, inout RenderState) throws(TemplateFailure) -> JinjaValue
  ) -> JinjaValue {
    heap.object(FunctionObject(name, body))
  }
}

/// The variables of one activation: the template, a macro's call, a recursive loop's round.
@safe
struct Frame: BitwiseCopyable {
  private let slots: UnsafeMutablePointer<JinjaValue>
  private let link: UnsafeMutablePointer<Frame>?

  init(size: Int, parent: Frame?, _ heap: ValueHeap) {
    unsafe slots = heap.room(size, of: JinjaValue.self)
    unsafe slots.initialize(repeating: .missing, count: size)
    if let parent {
      let place = unsafe heap.room(1, of: Frame.self)
      unsafe place.initialize(to: parent)
      unsafe link = place
    } else {
      unsafe link = nil
    }
  }

  var parent: Frame? { unsafe link?.pointee }

  /// The variable at a place that the compiler gave out, so within bounds.
  @inline(__always)
  subscript(_ slot: Int) -> JinjaValue {
    get { unsafe slots[slot] }
    nonmutating set { unsafe slots[slot] = newValue }
  }

  /// The frame so many activations up.
  @inline(__always)
  func up(_ distance: Int) -> Frame {
    if distance == 0 { return self }
    var frame = self
    for _ in 0..<distance { frame = frame.parent ?? frame }
    return frame
  }
}
