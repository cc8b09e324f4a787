/// `range(…)`: at most 100,000 numbers, as the sandbox allows.
final class RangeObject: JinjaObject {
  let start: Int
  let step: Int
  let count: Int
  private let stop: Int

  init(_ start: Int, _ stop: Int, _ step: Int) throws(TemplateFailure) {
    guard step != 0 else { throw TemplateFailure(.value, "range() arg 3 must not be zero") }
    let (width, overflow) =
      step > 0 ? stop.subtractingReportingOverflow(start) : start.subtractingReportingOverflow(stop)
    let size = step > 0 ? UInt(step) : UInt(bitPattern: 0 &- step)
    let number = overflow ? UInt.max : width <= 0 ? 0 : (UInt(width) - 1) / size + 1
    guard number <= 100_000 else {
      throw TemplateFailure(.limit, "Range too big. The sandbox blocks ranges larger than MAX_RANGE (100000).")
    }
    self.start = start
    self.step = step
    self.stop = stop
    count = Int(number)
  }

  override var typeName: String { "range" }
  override var isIterable: Bool { true }
  override func length(_ state: inout RenderState) throws(TemplateFailure) -> Int? { count }

  var elements: [JinjaValue] { (0..<count).map { .integer(start &+ $0 &* step) } }

  override func attribute(_ name: JinjaText, _ state: inout RenderState) throws(TemplateFailure) -> JinjaValue? {
    switch name.message {
    case "start": return .integer(start)
    case "stop": return .integer(stop)
    case "step": return .integer(step)
    case "count":
      return state.function("count") { [self] (arguments, state) throws(TemplateFailure) in
        .integer(try place(of: arguments, "count", &state) == nil ? 0 : 1)
      }
    case "index":
      return state.function("index") { [self] (arguments, state) throws(TemplateFailure) in
        if let place = try place(of: arguments, "index", &state) { return .integer(place) }
        throw TemplateFailure(.value, "the value is not in range")
      }
    default: return nil
    }
  }

  /// Where the one argument stands.
  private func place(
    of arguments: CallArguments, _ method: String, _ state: inout RenderState
  ) throws(TemplateFailure) -> Int? {
    guard arguments.positional.count == 1, arguments.named.isEmpty else {
      throw TemplateFailure(.type, "range.\(method)() takes exactly one argument")
    }
    try state.charge(count)
    for (place, element) in elements.enumerated()
    where try Comparison.areEqual(element, arguments.positional[0], &state) {
      return place
    }
    return nil
  }

  override func item(_ key: JinjaValue, _ state: inout RenderState) throws(TemplateFailure) -> JinjaValue? {
    guard let position = key.integer else { return nil }
    let place = position < 0 ? position &+ count : position
    guard place >= 0, place < count else { return nil }
    return .integer(start &+ place &* step)
  }

  override func iterator(_ state: inout RenderState) throws(TemplateFailure) -> JinjaIterator {
    try state.charge(count)
    return ListIterator(elements, state.heap)
  }

  override func appendRepr(_ output: inout [UInt8], _ state: inout RenderState) throws(TemplateFailure) {
    output += Array("range(\(start), \(stop)\(step == 1 ? "" : ", \(step)"))".utf8)
  }
}
