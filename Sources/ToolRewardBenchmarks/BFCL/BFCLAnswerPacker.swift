internal import ToolReward

/// Packs the answers of samples, as ``BFCLQuickCheck`` reads them.
struct BFCLAnswerPacker {
  var bytes: [UInt8] = []

  /// A sample's answers; `nil` if they are not of the plain kind.
  static func packed(_ expected: [BFCLExpectedCall], _ language: BFCLCategory.Language) -> BFCLAnswerPacker? {
    guard !expected.isEmpty else { return nil }
    var packer = BFCLAnswerPacker()
    packer.append(expected.count)
    for call in expected {
      guard let packed = BFCLAnswerPacker.packed(call, language) else { return nil }
      packer.append(packed.bytes)
    }
    return packer
  }

  private static func packed(_ call: BFCLExpectedCall, _ language: BFCLCategory.Language) -> BFCLAnswerPacker? {
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
    var packer = BFCLAnswerPacker()
    packer.append(function.name)
    packer.append(bits: needed)
    packer.append(bits: required)
    packer.append(call.arguments.count)
    for argument in call.arguments {
      var part = BFCLAnswerPacker()
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

  private mutating func append(_ kind: BFCLQuickCheck.Kind, _ traits: BFCLQuickCheck.Traits, _ count: Int) {
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
      var traits: BFCLQuickCheck.Traits = []
      // Text equals no number; a truth value does.
      if alternatives.values.allSatisfy({ Self.number($0) != nil || $0.kind == .string }) {
        traits.insert(.isComplete)
      }
      let first = alternatives.firstKind
      if first == .integer || (first == .float && parameter.isFloat) { traits.insert(.isOfOneType) }
      append(parameter.isFloat ? .float : .integer, traits, numbers.count)
      for number in numbers { append(number) }
    case .boolean:
      var traits: BFCLQuickCheck.Traits = alternatives.firstKind == .boolean ? .isOfOneType : []
      if alternatives.values.allSatisfy({ $0.kind == .boolean || $0.kind == .string }) { traits.insert(.isComplete) }
      var truths: UInt8 = 0
      for case .boolean(let truth) in alternatives.values { truths |= truth ? 1 : 2 }
      append(.boolean, traits, 1)
      bytes.append(truths)
    case .dictionary where language == .python: append(dictionaries: alternatives)
    default: append(.other, [], 0)
    }
  }

  private mutating func append(dictionaries alternatives: BFCLAlternatives) {
    let meant = alternatives.values.filter { $0.text?.isEmpty != true }
    guard alternatives.firstKind == .dictionary,
      meant.allSatisfy({ $0.kind == .dictionary && $0.members.count <= 64 })
    else { return append(.other, [], 0) }
    var packed: [BFCLAnswerPacker] = []
    for alternative in meant {
      guard let dictionary = Self.packed(alternative.members) else { return append(.other, [], 0) }
      packed.append(dictionary)
    }
    append(.dictionary, .isOfOneType, packed.count)
    for dictionary in packed { append(dictionary.bytes) }
  }

  /// An object's members, each with the values that it may have; `nil` if those are not lists of scalars.
  private static func packed(_ members: [PythonValue.Member]) -> BFCLAnswerPacker? {
    var needed: UInt64 = 0
    var body = BFCLAnswerPacker()
    for (place, member) in members.enumerated() {
      guard case .string(let name) = member.key, case .list(let values) = member.value else { return nil }
      if !values.contains(where: { $0.text?.isEmpty == true }) { needed |= 1 << UInt64(place) }
      var part = BFCLAnswerPacker()
      part.append(name)
      part.append(values.count)
      for value in values {
        if case .string(let text) = value {
          part.bytes.append(BFCLQuickCheck.Kind.string.rawValue)
          part.append(StandardText.of(text))
        } else if case .boolean(let truth) = value {
          part.bytes += [BFCLQuickCheck.Kind.boolean.rawValue, truth ? 1 : 0]
        } else if let number = Self.number(value) {
          part.bytes.append(BFCLQuickCheck.Kind.float.rawValue)
          part.append(number)
        } else {
          return nil
        }
      }
      body.append(part.bytes)
    }
    var packer = BFCLAnswerPacker()
    packer.append(bits: needed)
    packer.append(members.count)
    packer.bytes += body.bytes
    return packer
  }

  private mutating func append(lists alternatives: BFCLAlternatives, of parameter: BFCLFunction.Parameter) {
    // An empty text, which marks what may be left out, counts as an empty list.
    guard alternatives.firstKind == .list, let lists = alternatives.lists,
      alternatives.values.allSatisfy({ $0.kind == .list || $0.text?.isEmpty == true })
    else { return append(.other, [], 0) }
    var kind = BFCLQuickCheck.Kind.other
    switch parameter.nested {
    case .string? where lists.allSatisfy { $0.allSatisfy { $0.kind == .string } }: kind = .strings
    case .integer? where lists.allSatisfy { $0.allSatisfy { Self.number($0) != nil } }: kind = .integers
    case .float? where lists.allSatisfy { $0.allSatisfy { Self.number($0) != nil } }: kind = .floats
    default: return append(.other, [], 0)
    }
    append(kind, .isOfOneType, lists.count)
    for list in lists {
      var part = BFCLAnswerPacker()
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

/// Reads what ``BFCLAnswerPacker`` packed.
struct BFCLAnswerReader: ~Escapable {
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
