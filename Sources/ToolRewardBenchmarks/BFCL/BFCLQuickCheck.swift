internal import ToolReward

/// Tells of most answers whether they are right, without making values of them: what calls hold is compared where it was read, with the
/// answers of a category packed one after the other.
///
/// It says what ``BFCLChecker`` does, or nothing: whatever is unusual is left to that one.
struct BFCLQuickCheck: Sendable {
  /// What is known of an answer.
  enum Result: Equatable {
    case right
    case wrong(BFCLErrorType)
    case unknown
  }

  // For each sample: how many calls; for each call its size, name, which arguments it must have, as bits, which of them the function requires,
  // how many arguments there are; for each argument its size, name, kind, traits and values.
  private let bytes: [UInt8]
  /// Where each sample begins; -1 for one that is not of the plain kind.
  private let starts: [Int32]
  /// Whether arguments are Java's or JavaScript's source text.
  private let isSource: Bool

  private enum Kind: UInt8 {
    /// Left to the checker.
    case other
    case string, integer, float, boolean
    /// A string as JavaScript has it, perhaps with quotes around it.
    case quoted
    /// Lists of one of them.
    case strings, integers, floats
  }

  /// What is true of an argument's values.
  private struct Traits: OptionSet {
    let rawValue: UInt8
    /// No value but the packed ones equals one of the right type.
    static let isComplete = Traits(rawValue: 1)
    /// A value of another type has the wrong type for the function and the answer alike.
    static let isOfOneType = Traits(rawValue: 2)
  }

  /// Packs the answers of a category's samples.
  init(_ samples: [BFCLQuestion], _ language: BFCLCategory.Language) {
    var packer = Packer()
    var starts: [Int32] = []
    for sample in samples {
      guard let packed = Packer.packed(sample.expected, language) else {
        starts.append(-1)
        continue
      }
      starts.append(Int32(clamping: packer.bytes.count))
      packer.bytes += packed.bytes
    }
    bytes = packer.bytes
    self.starts = starts
    isSource = language != .python
  }

  /// Compares calls.
  ///
  /// - Parameters:
  ///   - sample: The sample's place in its category.
  ///   - calls: The nodes of names and arguments.
  ///   - tape: Where they are.
  ///   - rule: The category's.
  ///   - turnsDots: Whether names have underscores for dots.
  func check(
    _ sample: Int, _ calls: [(name: Int, arguments: Int)], _ tape: TapeView, _ rule: BFCLCategory.Rule, turnsDots: Bool
  ) -> Result {
    guard starts[sample] >= 0 else { return .unknown }
    for call in calls {
      guard tape.kind(call.arguments) == .object, !tape.hasDuplicates(call.arguments) else { return .unknown }
    }
    var reader = Reader(bytes.span, at: Int(starts[sample]))
    let count = reader.number()
    guard calls.count == (rule == .parallel || rule == .multiple ? count : 1) else {
      return .wrong(
        rule == .parallel ? .parallelWrongCount : rule == .multiple ? .multipleWrongCount : .simpleWrongCount)
    }
    if rule != .parallel {
      _ = reader.number()
      return check(calls[0], tape, reader, turnsDots: turnsDots)
    }
    // The first fit counts, and is not taken back.
    guard count <= 64 else { return .unknown }
    var used: UInt64 = 0
    for _ in 0..<count {
      let size = reader.number()
      var isFound = false
      for place in 0..<count where used & (1 << UInt64(place)) == 0 {
        switch check(calls[place], tape, reader, turnsDots: turnsDots) {
        case .right: isFound = true
        case .wrong: continue
        case .unknown: return .unknown
        }
        used |= 1 << UInt64(place)
        break
      }
      guard isFound else { return .wrong(.parallelCannotFindMatch) }
      reader.position += size
    }
    return .right
  }

  /// Compares a call with the answer that the reader stands before.
  private func check(
    _ call: (name: Int, arguments: Int), _ tape: TapeView, _ answer: borrowing Reader, turnsDots: Bool
  ) -> Result {
    var reader = Reader(bytes.span, at: answer.position)
    let name = reader.range()
    guard tape.isText(call.name) else { return .unknown }
    guard isName(name, tape, call.name, turnsDots) else { return .wrong(.wrongFunctionName) }
    let needed = reader.bits()
    let required = reader.bits()
    let count = reader.number()
    let first = reader.position

    // Which arguments are given, and what is first wrong about them in the model's order.
    var given: UInt64 = 0
    var wrong: BFCLErrorType?
    // The argument that is looked at next, and where it is.
    var place = 0
    var start = first
    var member = call.arguments + 1
    let last = tape.after(call.arguments)
    while member < last {
      // Mostly they come in the answer's order: the search goes on where the last one was found, and once around.
      var found = false
      for _ in 0..<count {
        var argument = Reader(bytes.span, at: start)
        let size = argument.number()
        let next = argument.position + size
        let own = place
        place = own + 1 == count ? 0 : own + 1
        start = own + 1 == count ? first : next
        guard isSameName(argument.range(), tape, member) else { continue }
        found = true
        given |= 1 << UInt64(own)
        if wrong == nil {
          switch compare(&argument, tape, member + 1) {
          case .right: break
          case .wrong(let error): wrong = error
          case .unknown: return .unknown
          }
        }
        break
      }
      if !found, wrong == nil { wrong = .unexpectedParameter }
      member = tape.after(member + 1)
    }
    if given & required != required { return .wrong(.missingRequired) }
    if let wrong { return .wrong(wrong) }
    return given & needed == needed ? .right : .wrong(.missingOptional)
  }

  private func isName(_ range: Range<Int>, _ tape: TapeView, _ node: Int, _ turnsDots: Bool) -> Bool {
    if !turnsDots { return isSameName(range, tape, node) }
    let payload = tape.payload(node)
    guard payload.count == range.count else { return false }
    for offset in 0..<range.count {
      let byte = bytes[range.lowerBound + offset]
      if tape.bytes[payload.lowerBound + offset] != (byte == 0x2E ? 0x5F : byte) { return false }
    }
    return true
  }

  private func isSameName(_ range: Range<Int>, _ tape: TapeView, _ node: Int) -> Bool {
    ByteSearch.equal(bytes.span, range, tape.bytes, tape.payload(node))
  }

  // MARK: Values

  /// Compares a value with those packed.
  private func compare(_ reader: inout Reader, _ tape: TapeView, _ node: Int) -> Result {
    let kind = Kind(rawValue: reader.byte()) ?? .other
    let traits = Traits(rawValue: reader.byte())
    let count = reader.number()
    let given = tape.kind(node)
    if isSource { return given == .string ? compareSource(&reader, kind, traits, count, tape, node) : .unknown }
    switch (kind, given) {
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
    _ reader: inout Reader, _ kind: Kind, _ traits: Traits, _ count: Int, _ tape: TapeView, _ node: Int
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

  private static let truths = Array("truefalse".utf8)

  private func compareNumber(_ reader: inout Reader, _ traits: Traits, _ count: Int, _ number: Double) -> Result {
    for _ in 0..<count where Double(bitPattern: reader.long()) == number { return .right }
    return traits.contains(.isComplete) ? .wrong(.valueOthers) : .unknown
  }

  private func compareTruth(_ reader: inout Reader, _ traits: Traits, _ truth: Bool) -> Result {
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

  private func compareString(_ reader: inout Reader, _ count: Int, _ tape: TapeView, _ text: Range<Int>) -> Result {
    for _ in 0..<count {
      switch isStandard(reader.range(), tape, text) {
      case nil: return .unknown
      case true?: return .right
      case false?: break
      }
    }
    return isASCII(tape, text) ? .wrong(.valueString) : .unknown
  }

  /// Compares a list whose elements are all of the type that the function wants; any other is left to the checker.
  private func compareList(
    _ reader: inout Reader, _ count: Int, _ kind: Kind, _ tape: TapeView, _ list: Int
  ) -> Result {
    if tape.isTuple(list) { return .unknown }
    let end = tape.after(list)
    for element in (list + 1)..<end {
      switch kind {
      case .strings:
        guard tape.kind(element) == .string, isASCII(tape, tape.payload(element)) else { return .unknown }
      default:
        guard tape.kind(element) == .number, tape.isFractional(element) == (kind == .floats),
          number(tape, element) != nil
        else { return .unknown }
      }
    }
    // Elements that are scalars follow one another.
    for _ in 0..<count {
      let size = reader.number()
      var example = Reader(bytes.span, at: reader.position)
      reader.position += size
      guard example.number() == end - list - 1 else { continue }
      var isSame = true
      for element in (list + 1)..<end {
        if kind == .strings {
          isSame = isStandard(example.range(), tape, tape.payload(element)) == true
        } else {
          isSame = Double(bitPattern: example.long()) == number(tape, element)
        }
        if !isSame { break }
      }
      if isSame { return .right }
    }
    return .wrong(.valueList)
  }

  /// Whether a text's standard form is the packed one, by the rule of `standardize_string`. `nil` if it is not ASCII as far as was looked.
  private func isStandard(_ range: Range<Int>, _ tape: TapeView, _ text: Range<Int>) -> Bool? {
    let source = tape.bytes
    var position = range.lowerBound
    for index in text {
      var byte = source[index]
      if StandardText.isDropped(byte) { continue }
      switch byte {
      case 0x27: byte = 0x22
      case 0x41...0x5A: byte |= 0x20
      case 0x80...: return nil
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

  // MARK: Packing

  private struct Packer {
    var bytes: [UInt8] = []

    /// A sample's answers; `nil` if they are not of the plain kind.
    static func packed(_ expected: [BFCLExpectedCall], _ language: BFCLCategory.Language) -> Packer? {
      guard !expected.isEmpty else { return nil }
      var packer = Packer()
      packer.append(expected.count)
      for call in expected {
        guard let packed = Packer.packed(call, language) else { return nil }
        packer.append(packed.bytes)
      }
      return packer
    }

    private static func packed(_ call: BFCLExpectedCall, _ language: BFCLCategory.Language) -> Packer? {
      guard let function = call.function, function.saysRequired, call.arguments.count <= 64 else { return nil }
      var needed: UInt64 = 0
      var required: UInt64 = 0
      for (place, argument) in call.arguments.enumerated() where !argument.alternatives.isOptional {
        needed |= 1 << UInt64(place)
      }
      for name in function.required {
        guard let place = call.arguments.firstIndex(where: { $0.name == name }) else { return nil }
        required |= 1 << UInt64(place)
      }
      var packer = Packer()
      packer.append(function.name)
      packer.append(bits: needed)
      packer.append(bits: required)
      packer.append(call.arguments.count)
      for argument in call.arguments {
        var part = Packer()
        part.append(argument.name)
        part.append(values: argument, language)
        packer.append(part.bytes)
      }
      return packer
    }

    private mutating func append(_ number: Int) { append(bits: UInt64(number)) }

    /// Seven bits a byte, the lowest first; all but the last have their highest bit set.
    private mutating func append(bits: UInt64) {
      var rest = bits
      while rest >= 0x80 {
        bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
        rest >>= 7
      }
      bytes.append(UInt8(rest))
    }

    private mutating func append(_ number: Double) {
      for shift: UInt64 in stride(from: 0, to: 64, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: number.bitPattern >> shift))
      }
    }

    /// Bytes behind their number.
    private mutating func append(_ text: [UInt8]) {
      append(text.count)
      bytes += text
    }

    private mutating func append(_ kind: Kind, _ traits: Traits, _ count: Int) {
      bytes.append(kind.rawValue)
      bytes.append(traits.rawValue)
      append(count)
    }

    private mutating func append(values argument: BFCLExpectedCall.Argument, _ language: BFCLCategory.Language) {
      let alternatives = argument.alternatives
      guard let parameter = argument.parameter, let kind = parameter.kind else { return append(.other, [], 0) }
      if parameter.isNested {
        return language == .python ? append(lists: alternatives, of: parameter) : append(.other, [], 0)
      }
      // Of the other languages' numbers only these are plain.
      if language != .python, kind == .integer, !["integer", "short", "byte"].contains(parameter.type) {
        return append(.other, [], 0)
      }
      switch kind {
      case .string where alternatives.firstKind == .string:
        append(
          language == .javaScript && parameter.type == "String" ? .quoted : .string, .isOfOneType,
          alternatives.strings.count)
        for text in alternatives.strings { append(text) }
      case .integer,
        .float where parameter.isFloat:
        let numbers = alternatives.values.compactMap(Self.number)
        var traits: Traits = []
        // Text equals no number; a truth value does.
        if alternatives.values.allSatisfy({ Self.number($0) != nil || $0.kind == .string }) {
          traits.insert(.isComplete)
        }
        let first = alternatives.firstKind
        if first == .integer || (first == .float && parameter.isFloat) { traits.insert(.isOfOneType) }
        append(parameter.isFloat ? .float : .integer, traits, numbers.count)
        for number in numbers { append(number) }
      case .boolean:
        var traits: Traits = alternatives.firstKind == .boolean ? .isOfOneType : []
        if alternatives.values.allSatisfy({ $0.kind == .boolean || $0.kind == .string }) { traits.insert(.isComplete) }
        var truths: UInt8 = 0
        for case .boolean(let truth) in alternatives.values { truths |= truth ? 1 : 2 }
        append(.boolean, traits, 1)
        bytes.append(truths)
      default: append(.other, [], 0)
      }
    }

    private mutating func append(lists alternatives: BFCLAlternatives, of parameter: BFCLFunction.Parameter) {
      // An empty text, which marks what may be left out, counts as an empty list.
      guard alternatives.firstKind == .list, let lists = alternatives.lists,
        alternatives.values.allSatisfy({ $0.kind == .list || $0.text?.isEmpty == true })
      else { return append(.other, [], 0) }
      var kind = Kind.other
      switch parameter.nested {
      case .string? where lists.allSatisfy { $0.allSatisfy { $0.kind == .string } }: kind = .strings
      case .integer? where lists.allSatisfy { $0.allSatisfy { Self.number($0) != nil } }: kind = .integers
      case .float? where lists.allSatisfy { $0.allSatisfy { Self.number($0) != nil } }: kind = .floats
      default: return append(.other, [], 0)
      }
      append(kind, .isOfOneType, lists.count)
      for list in lists {
        var part = Packer()
        part.append(list.count)
        for element in list {
          if let number = Self.number(element) { part.append(number) } else { part.append(element.text ?? []) }
        }
        append(part.bytes)
      }
    }

    /// A number that a double holds exactly.
    private static func number(_ value: PythonValue) -> Double? {
      switch value {
      case .integer(let number) where number.magnitude < 1 << 53: Double(number)
      case .float(let number) where number.isFinite: number
      default: nil
      }
    }
  }

  private struct Reader: ~Escapable {
    private let bytes: Span<UInt8>
    var position: Int

    @inline(__always) @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, at position: Int) {
      self.bytes = bytes
      self.position = position
    }

    @inline(__always)
    mutating func byte() -> UInt8 {
      position += 1
      return bytes[position - 1]
    }

    @inline(__always)
    mutating func number() -> Int {
      let first = byte()
      if first < 0x80 { return Int(first) }
      position -= 1
      return Int(truncatingIfNeeded: bits())
    }

    mutating func bits() -> UInt64 {
      var value: UInt64 = 0
      var shift: UInt64 = 0
      while true {
        let byte = byte()
        value |= UInt64(byte & 0x7F) << shift
        if byte < 0x80 { return value }
        shift += 7
      }
    }

    mutating func long() -> UInt64 {
      var value: UInt64 = 0
      for offset in 0..<8 { value |= UInt64(bytes[position + offset]) << UInt64(8 * offset) }
      position += 8
      return value
    }

    /// Where bytes are that their number stands before; behind them.
    @inline(__always)
    mutating func range() -> Range<Int> {
      let count = number()
      position += count
      return (position - count)..<position
    }
  }
}
