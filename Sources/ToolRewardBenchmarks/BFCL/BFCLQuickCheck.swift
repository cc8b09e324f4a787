internal import ToolReward

/// Tells of most answers whether they are right, without making values of them: what calls hold is compared where it was read, with a
/// sample's answers packed one after the other.
///
/// It says what ``BFCLChecker`` does, or nothing: whatever is unusual is left to that one.
struct BFCLQuickCheck: Sendable {
  /// What is known of an answer.
  enum Result: Equatable {
    case right
    case wrong(BFCLErrorType)
    case unknown
  }

  // For each call: name; which arguments a call must have, as bits; which of them the function requires; how many arguments there are; for
  // each argument its size, name, kind and values.
  private let bytes: [UInt8]
  private let count: Int

  private enum Kind: UInt8 {
    /// Left to the checker.
    case other
    case string, integer, float, boolean
  }

  /// Packs a sample's answers; `nil` if they are not of the plain kind.
  init?(_ expected: [BFCLExpectedCall], _ language: BFCLCategory.Language) {
    guard language == .python, !expected.isEmpty else { return nil }
    var packer = Packer()
    for call in expected {
      guard let function = call.function, call.arguments.count <= 64 else { return nil }
      var needed: UInt64 = 0
      var required: UInt64 = 0
      for (place, argument) in call.arguments.enumerated() where !argument.alternatives.isOptional {
        needed |= 1 << UInt64(place)
      }
      for name in function.required {
        guard let place = call.arguments.firstIndex(where: { $0.name == name }) else { return nil }
        required |= 1 << UInt64(place)
      }
      packer.append(function.name)
      packer.append(needed)
      packer.append(required)
      packer.append(UInt32(call.arguments.count))
      for argument in call.arguments { packer.append(argument) }
    }
    bytes = packer.bytes
    count = expected.count
  }

  /// Compares calls.
  ///
  /// - Parameters:
  ///   - calls: The nodes of names and arguments.
  ///   - tape: Where they are.
  ///   - rule: The category's.
  ///   - turnsDots: Whether names have underscores for dots.
  func check(
    _ calls: [(name: Int, arguments: Int)], _ tape: TapeView, _ rule: BFCLCategory.Rule, turnsDots: Bool
  ) -> Result {
    for call in calls {
      guard tape.kind(call.arguments) == .object, !tape.hasDuplicates(call.arguments) else { return .unknown }
    }
    guard calls.count == (rule == .parallel || rule == .multiple ? count : 1) else {
      return .wrong(
        rule == .parallel ? .parallelWrongCount : rule == .multiple ? .multipleWrongCount : .simpleWrongCount)
    }
    var reader = Reader(bytes.span)
    if rule != .parallel { return check(calls[0], tape, &reader, turnsDots: turnsDots) }
    // Where each call meets the answer of its place, the official first fit finds the same. Else it is left to the checker.
    for call in calls {
      guard check(call, tape, &reader, turnsDots: turnsDots) == .right else { return .unknown }
    }
    return .right
  }

  /// Compares a call with the answer that the reader stands before; behind it, if the call is right.
  private func check(
    _ call: (name: Int, arguments: Int), _ tape: TapeView, _ reader: inout Reader, turnsDots: Bool
  ) -> Result {
    let name = reader.range()
    guard tape.isText(call.name) else { return .unknown }
    guard isName(name, tape, call.name, turnsDots) else { return .wrong(.wrongFunctionName) }
    let needed = reader.long()
    let required = reader.long()
    let count = reader.number()
    let first = reader.position
    for _ in 0..<count { reader.skip() }
    let end = reader.position

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
        let next = start + 4 + size
        let own = place
        place = next >= end ? 0 : place + 1
        start = next >= end ? first : next
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

  /// Compares a value with those packed.
  private func compare(_ reader: inout Reader, _ tape: TapeView, _ node: Int) -> Result {
    let kind = Kind(rawValue: reader.byte()) ?? .other
    let count = reader.number()
    switch (kind, tape.kind(node)) {
    case (.string, .string): return compareString(&reader, count, tape, tape.payload(node))
    case (.integer, .number) where !tape.isFractional(node), (.float, .number):
      guard let number = number(tape, node) else { return .unknown }
      for _ in 0..<count where Double(bitPattern: reader.long()) == number { return .right }
      return .unknown
    case (.boolean, .true_): return reader.byte() & 1 != 0 ? .right : .unknown
    case (.boolean, .false_): return reader.byte() & 2 != 0 ? .right : .unknown
    // Answers of strings begin with a string: nothing else has the type of the parameter, or of the answer.
    case (.string, _): return .wrong(.typeSimple)
    default: return .unknown
    }
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

  /// Compares a text with standard ones, by the rule of `standardize_string`. Text beyond ASCII is left to the checker.
  private func compareString(_ reader: inout Reader, _ count: Int, _ tape: TapeView, _ text: Range<Int>) -> Result {
    let source = tape.bytes
    for _ in 0..<count {
      let range = reader.range()
      var position = range.lowerBound
      var isSame = true
      for index in text {
        var byte = source[index]
        if StandardText.isDropped(byte) { continue }
        switch byte {
        case 0x27: byte = 0x22
        case 0x41...0x5A: byte |= 0x20
        case 0x80...: return .unknown
        default: break
        }
        guard position < range.upperBound, bytes[position] == byte else {
          isSame = false
          break
        }
        position += 1
      }
      if isSame, position == range.upperBound { return .right }
    }
    for index in text where source[index] >= 0x80 { return .unknown }
    return .wrong(.valueString)
  }

  // MARK: Packing

  private struct Packer {
    var bytes: [UInt8] = []

    mutating func append(_ number: UInt32) {
      for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> UInt32(shift))) }
    }

    mutating func append(_ number: UInt64) {
      append(UInt32(truncatingIfNeeded: number))
      append(UInt32(truncatingIfNeeded: number >> 32))
    }

    mutating func append(_ text: [UInt8]) {
      append(UInt32(text.count))
      bytes += text
    }

    mutating func append(_ argument: BFCLExpectedCall.Argument) {
      var part = Packer()
      part.append(argument.name)
      part.append(values: argument)
      append(UInt32(part.bytes.count))
      bytes += part.bytes
    }

    private mutating func append(values argument: BFCLExpectedCall.Argument) {
      let alternatives = argument.alternatives
      guard let parameter = argument.parameter, let kind = parameter.kind, !parameter.isNested else {
        return appendOther()
      }
      switch kind {
      case .string where alternatives.firstKind == .string:
        bytes.append(Kind.string.rawValue)
        append(UInt32(alternatives.strings.count))
        for text in alternatives.strings { append(text) }
      case .integer, .float:
        // What a double does not hold exactly is left out: it is found by the checker.
        let numbers = alternatives.values.compactMap { value -> Double? in
          switch value {
          case .integer(let number) where number.magnitude < 1 << 53: Double(number)
          case .float(let number) where number.isFinite: number
          default: nil
          }
        }
        // A parameter of another type takes floats as they are.
        bytes.append(
          parameter.isFloat ? Kind.float.rawValue : kind == .integer ? Kind.integer.rawValue : Kind.other.rawValue)
        append(UInt32(numbers.count))
        for number in numbers { append(number.bitPattern) }
      case .boolean:
        bytes.append(Kind.boolean.rawValue)
        append(UInt32(1))
        var truths: UInt8 = 0
        for case .boolean(let truth) in alternatives.values { truths |= truth ? 1 : 2 }
        bytes.append(truths)
      default: appendOther()
      }
    }

    private mutating func appendOther() {
      bytes.append(Kind.other.rawValue)
      append(UInt32(0))
    }
  }

  private struct Reader: ~Escapable {
    private let bytes: Span<UInt8>
    var position: Int

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, at position: Int = 0) {
      self.bytes = bytes
      self.position = position
    }

    mutating func byte() -> UInt8 {
      position += 1
      return bytes[position - 1]
    }

    mutating func number() -> Int {
      var value = 0
      for shift in 0..<4 { value |= Int(bytes[position + shift]) << (8 * shift) }
      position += 4
      return value
    }

    mutating func long() -> UInt64 {
      let low = UInt64(number())
      return low | UInt64(number()) << 32
    }

    mutating func range() -> Range<Int> {
      let count = number()
      position += count
      return (position - count)..<position
    }

    /// Goes behind something that its size stands before.
    mutating func skip() {
      let size = number()
      position += size
    }
  }
}
