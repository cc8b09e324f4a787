/// `sequence[start:stop:step]` and `sequence[index]`.
enum Slicing {
  /// A bound: an integer, or nothing.
  private static func bound(_ value: JinjaValue) throws(TemplateFailure) -> Int? {
    switch value {
    case .null, .missing: return nil
    case .undefined, .float, .string, .markup, .list, .tuple, .dictionary, .object:
      throw TemplateFailure(.type, "slice indices must be integers or None or have an __index__ method")
    case .bigInteger(let digits): return digits.first == 0x2D ? .min : .max
    default: return value.integer
    }
  }

  /// The positions that a slice takes of so many elements, as `slice.indices` gives them.
  static func positions(
    _ count: Int, _ start: JinjaValue, _ stop: JinjaValue, _ step: JinjaValue
  ) throws(TemplateFailure) -> (first: Int, step: Int, count: Int) {
    let step = try bound(step) ?? 1
    guard step != 0 else { throw TemplateFailure(.value, "slice step cannot be zero") }
    func clamped(_ bound: Int?, _ otherwise: Int) -> Int {
      guard var bound else { return otherwise }
      if bound < 0 {
        bound = bound < -count ? -1 : bound + count
        if bound < 0 { return step < 0 ? -1 : 0 }
      }
      return bound >= count ? (step < 0 ? count - 1 : count) : bound
    }
    let first = clamped(try bound(start), step < 0 ? count - 1 : 0)
    let last = clamped(try bound(stop), step < 0 ? -1 : count)
    let width = step > 0 ? last - first : first - last
    guard width > 0 else { return (first, step, 0) }
    return (first, step, Int((UInt(width) - 1) / step.magnitude) + 1)
  }

  /// `nil` for what cannot be sliced.
  static func slice(
    _ value: JinjaValue, _ start: JinjaValue, _ stop: JinjaValue, _ step: JinjaValue, _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaValue? {
    func picked(_ elements: JinjaElements) throws(TemplateFailure) -> JinjaList {
      let (first, step, count) = try positions(elements.count, start, stop, step)
      return JinjaList((0..<count).lazy.map { elements[first + $0 * step] }, state.heap)
    }
    switch value {
    case .list(let list):
      try state.charge(list.count)
      return .list(try picked(list.elements))
    case .tuple(let list):
      try state.charge(list.count)
      return .tuple(try picked(list.elements))
    case .string(let text): return .string(try sliced(text, start, stop, step, &state))
    case .markup(let text): return .markup(try sliced(text, start, stop, step, &state))
    case .object(let object):
      guard let range = object.cast(to: RangeObject.self) else { return nil }
      let (first, step, count) = try positions(range.count, start, stop, step)
      let begin = range.start &+ first &* range.step
      let (stride, overflow) = range.step.multipliedReportingOverflow(by: step)
      if overflow { throw Arithmetic.tooBig }
      let (length, beyond) = stride.multipliedReportingOverflow(by: count)
      if beyond { throw Arithmetic.tooBig }
      return state.object(try RangeObject(begin, begin &+ length, stride))
    default: return nil
    }
  }

  private static func sliced(
    _ text: JinjaText, _ start: JinjaValue, _ stop: JinjaValue, _ step: JinjaValue, _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaText {
    try state.charge(bytes: text.count)
    if text.isASCII {
      let (first, step, count) = try positions(text.count, start, stop, step)
      return step == 1
        ? text.part(first..<(first + count)) : state.heap.text((0..<count).map { text[first + $0 * step] })
    }
    let characters = PythonStrings.characters(text)
    let (first, stride, count) = try positions(characters.count, start, stop, step)
    var result: [UInt8] = []
    for position in 0..<count { result += characters[first + position * stride] }
    return state.heap.text(result)
  }

  /// The character at a position; `nil` beyond the ends.
  static func character(_ text: JinjaText, _ position: Int) -> JinjaText? {
    if text.isASCII {
      let place = position < 0 ? position + text.count : position
      return place >= 0 && place < text.count ? text.part(place..<(place + 1)) : nil
    }
    let characters = PythonStrings.characters(text)
    let place = position < 0 ? position + characters.count : position
    return place >= 0 && place < characters.count ? characters[place] : nil
  }
}
