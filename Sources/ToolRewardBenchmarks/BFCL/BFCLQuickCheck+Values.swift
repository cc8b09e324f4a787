internal import ToolReward

extension BFCLQuickCheck {
  /// Compares a value with those packed.
  func compare(_ reader: inout BFCLAnswerReader, _ tape: TapeView, _ node: Int) -> Result {
    let kind = Kind(rawValue: reader.byte()) ?? .other
    let traits = Traits(rawValue: reader.byte())
    let count = reader.number()
    let given = tape.kind(node)
    if isSource { return given == .string ? compareSource(&reader, kind, traits, count, tape, node) : .unknown }
    switch (kind, given) {
    case (.dictionary, .object): return compareDictionary(&reader, count, tape, node)
    // How a tuple is spelt is an object, too.
    case (.other, _), (.strings, .object), (.integers, .object), (.floats, .object): return .unknown
    case (.string, .string): return compareString(&reader, count, tape, tape.payload(node))
    case (.integer, .number) where !tape.isFractional(node), (.float, .number):
      guard let number = number(tape, node) else { return .unknown }
      return compareNumber(&reader, traits, count, number)
    case (.boolean, .true_), (.boolean, .false_): return compareTruth(&reader, traits, given == .true_)
    case (.strings, .array), (.integers, .array), (.floats, .array):
      return compareList(&reader, count, kind, tape, node)
    default: return traits.contains(.isOfOneType) ? .wrong(.typeSimple) : .unknown
    }
  }

  /// Compares the source text of a value in Java or JavaScript.
  private func compareSource(
    _ reader: inout BFCLAnswerReader, _ kind: Kind, _ traits: Traits, _ count: Int, _ tape: TapeView, _ node: Int
  ) -> Result {
    let text = tape.payload(node)
    switch kind {
    case .string: return compareString(&reader, count, tape, text)
    case .quoted:
      guard let first = text.first, let last = text.last, tape.bytes[first] == 0x22 || tape.bytes[first] == 0x27,
        tape.bytes[first] == tape.bytes[last]
      else { return compareString(&reader, count, tape, text) }
      return compareString(&reader, count, tape, (first + 1)..<max(first + 1, last))
    case .integer:
      let isNegative = text.first.map { tape.bytes[$0] == 0x2D } ?? false
      let digits = isNegative ? text.dropFirst() : text
      // What is no number stays text; digits of other scripts are left to the checker.
      guard !digits.isEmpty, digits.count <= 15, digits.allSatisfy({ (0x30...0x39).contains(tape.bytes[$0]) }) else {
        return .unknown
      }
      var value = 0
      for position in digits { value = value * 10 + Int(tape.bytes[position] - 0x30) }
      return compareNumber(&reader, traits, count, Double(isNegative ? -value : value))
    case .boolean:
      if ByteSearch.equal(tape.bytes, text, Self.truths.span, 0..<4) { return compareTruth(&reader, traits, true) }
      if ByteSearch.equal(tape.bytes, text, Self.truths.span, 4..<9) { return compareTruth(&reader, traits, false) }
      return .unknown
    default: return .unknown
    }
  }

  fileprivate static let truths = Array("truefalse".utf8)

  private func compareNumber(_ reader: inout BFCLAnswerReader, _ traits: Traits, _ count: Int, _ number: Double)
    -> Result
  {
    for _ in 0..<count where Double(bitPattern: reader.long()) == number { return .right }
    return traits.contains(.isComplete) ? .wrong(.valueOthers) : .unknown
  }

  private func compareTruth(_ reader: inout BFCLAnswerReader, _ traits: Traits, _ truth: Bool) -> Result {
    if reader.byte() & (truth ? 1 : 2) != 0 { return .right }
    return traits.contains(.isComplete) ? .wrong(.valueOthers) : .unknown
  }

  /// A number that a double holds exactly.
  private func number(_ tape: TapeView, _ node: Int) -> Double? {
    let range = tape.payload(node)
    if tape.isFractional(node) {
      guard tape.isFinite(node) else { return nil }
      return PythonValue.double(range.map { tape.bytes[$0] })
    }
    guard range.count <= 15 else { return nil }
    var value = 0
    var isNegative = false
    for position in range {
      let byte = tape.bytes[position]
      if byte == 0x2D { isNegative = true } else { value = value * 10 + Int(byte &- 0x30) }
    }
    return Double(isNegative ? -value : value)
  }

  private func compareString(_ reader: inout BFCLAnswerReader, _ count: Int, _ tape: TapeView, _ text: Range<Int>)
    -> Result
  {
    for _ in 0..<count {
      if isStandard(reader.range(), tape, text) { return .right }
    }
    return isASCII(tape, text) ? .wrong(.valueString) : .unknown
  }

  /// Compares a list whose elements are all of the type that the function wants; any other is left to the checker.
  private func compareList(
    _ reader: inout BFCLAnswerReader, _ count: Int, _ kind: Kind, _ tape: TapeView, _ list: Int
  ) -> Result {
    if tape.isTuple(list) { return .unknown }
    let end = tape.after(list)
    var isPlain = true
    for element in (list + 1)..<end {
      switch kind {
      case .strings:
        guard tape.kind(element) == .string else { return .unknown }
        if !isASCII(tape, tape.payload(element)) { isPlain = false }
      default:
        guard tape.kind(element) == .number, tape.isFractional(element) == (kind == .floats),
          number(tape, element) != nil
        else { return .unknown }
      }
    }
    // Elements that are scalars follow one another.
    for _ in 0..<count {
      let size = reader.number()
      var example = BFCLAnswerReader(bytes.span, at: reader.position)
      reader.position += size
      guard example.number() == end - list - 1 else { continue }
      var isSame = true
      for element in (list + 1)..<end {
        if kind == .strings {
          isSame = isStandard(example.range(), tape, tape.payload(element))
        } else {
          isSame = Double(bitPattern: example.long()) == number(tape, element)
        }
        if !isSame { break }
      }
      if isSame { return .right }
    }
    return isPlain ? .wrong(.valueList) : .unknown
  }

  /// Compares an object; what is not clearly right is left to the checker.
  private func compareDictionary(_ reader: inout BFCLAnswerReader, _ count: Int, _ tape: TapeView, _ node: Int)
    -> Result
  {
    for _ in 0..<count {
      let size = reader.number()
      let end = reader.position + size
      if isDictionary(reader.position, tape, node) { return .right }
      reader.position = end
    }
    return .unknown
  }

  /// Whether an object is the packed one that begins at a position.
  private func isDictionary(_ position: Int, _ tape: TapeView, _ node: Int) -> Bool {
    var reader = BFCLAnswerReader(bytes.span, at: position)
    let needed = reader.bits()
    let count = reader.number()
    let first = reader.position
    var given: UInt64 = 0
    var member = node + 1
    let last = tape.after(node)
    while member < last {
      var found = false
      reader.position = first
      for place in 0..<count {
        let size = reader.number()
        let next = reader.position + size
        if isSameName(reader.range(), tape, member) {
          guard isOne(&reader, tape, member + 1) else { return false }
          given |= 1 << UInt64(place)
          found = true
          break
        }
        reader.position = next
      }
      if !found { return false }
      member = tape.after(member + 1)
    }
    return given & needed == needed
  }

  /// Whether a value is among those that follow: texts by their standard form, numbers and truth values as they are.
  private func isOne(_ reader: inout BFCLAnswerReader, _ tape: TapeView, _ node: Int) -> Bool {
    let kind = tape.kind(node)
    for _ in 0..<reader.number() {
      switch Kind(rawValue: reader.byte()) {
      case .string?:
        let range = reader.range()
        if kind == .string, isStandard(range, tape, tape.payload(node)) { return true }
      case .float?:
        let number = Double(bitPattern: reader.long())
        if kind == .number, number == self.number(tape, node) { return true }
      case .boolean?:
        let truth = reader.byte()
        if kind == (truth == 1 ? .true_ : .false_) { return true }
      default: break
      }
    }
    return false
  }

  /// Whether a text's standard form is the packed one, by the rule of `standardize_string`. Beyond ASCII only a text that has no capitals
  /// there is found to be.
  private func isStandard(_ range: Range<Int>, _ tape: TapeView, _ text: Range<Int>) -> Bool {
    let source = tape.bytes
    var position = range.lowerBound
    for index in text {
      var byte = source[index]
      if StandardText.isDropped(byte) { continue }
      switch byte {
      case 0x27: byte = 0x22
      case 0x41...0x5A: byte |= 0x20
      default: break
      }
      guard position < range.upperBound, bytes[position] == byte else { return false }
      position += 1
    }
    return position == range.upperBound
  }

  private func isASCII(_ tape: TapeView, _ text: Range<Int>) -> Bool {
    for index in text where tape.bytes[index] >= 0x80 { return false }
    return true
  }
}
