/// Writes values as JSON text.
///
/// ``compact`` writes what was read: number literals untouched, repeated names kept. ``python`` writes the bytes of CPython's
/// `json.dumps`: the last of repeated names in the first one's place, floats as `repr`, `-0` as `0`.
public struct JSONWriter: Sendable {
  /// How numbers and repeated names are written.
  public enum Style: Sendable, Hashable {
    /// As read.
    case asRead
    /// As CPython's `json.dumps` writes what its `json.loads` read.
    case python
  }

  /// How numbers and repeated names are written.
  public var style: Style
  /// What stands between elements: `,` or `, `.
  public var itemSeparator: String
  /// What stands between a name and its value: `:` or `: `.
  public var nameSeparator: String
  /// Whether characters beyond ASCII are escaped, as `json.dumps` does by default.
  public var ensureASCII: Bool
  /// Whether members are written in code point order of their names.
  public var sortKeys: Bool

  /// Creates a writer.
  public init(
    style: Style = .asRead, itemSeparator: String = ",", nameSeparator: String = ":", ensureASCII: Bool = false,
    sortKeys: Bool = false
  ) {
    self.style = style
    self.itemSeparator = itemSeparator
    self.nameSeparator = nameSeparator
    self.ensureASCII = ensureASCII
    self.sortKeys = sortKeys
  }

  /// No white space, everything as read.
  public static let compact = JSONWriter()

  /// `json.dumps(value, ensure_ascii=…, sort_keys=…)`.
  public static func python(ensureASCII: Bool = true, sortKeys: Bool = false) -> JSONWriter {
    JSONWriter(
      style: .python, itemSeparator: ", ", nameSeparator: ": ", ensureASCII: ensureASCII, sortKeys: sortKeys)
  }

  /// The value's text. O(value), and the sorting where ``sortKeys`` is on.
  public func write(_ value: Value) -> [UInt8] {
    var output: [UInt8] = []
    write(value, to: &output)
    return output
  }

  /// Appends the value's text.
  public func write(_ value: Value, to output: inout [UInt8]) {
    append(value.index, of: value.tape, to: &output)
  }

  func append(_ index: Int, of tape: ValueTape, to output: inout [UInt8]) {
    let node = tape.nodes[index]
    switch node.kind {
    case .null: output.append(contentsOf: "null".utf8)
    case .false_: output.append(contentsOf: "false".utf8)
    case .true_: output.append(contentsOf: "true".utf8)
    case .number: appendNumber(node, of: tape, to: &output)
    case .string, .name: appendString(tape.bytes, node.payload, to: &output)
    case .array:
      output.append(0x5B)
      var child = index + 1
      let end = Int(node.next)
      while child < end {
        if child > index + 1 { output.append(contentsOf: itemSeparator.utf8) }
        append(child, of: tape, to: &output)
        child = tape.after(child)
      }
      output.append(0x5D)
    case .object:
      output.append(0x7B)
      for (position, member) in memberOrder(index, of: tape).enumerated() {
        if position > 0 { output.append(contentsOf: itemSeparator.utf8) }
        appendString(tape.bytes, tape.nodes[member.name].payload, to: &output)
        output.append(contentsOf: nameSeparator.utf8)
        append(member.value, of: tape, to: &output)
      }
      output.append(0x7D)
    }
  }

  private func memberOrder(_ object: Int, of tape: ValueTape) -> [(name: Int, value: Int)] {
    var members: [(name: Int, value: Int)] = []
    if style == .python {
      members = ObjectMembers.distinct(of: object, in: tape)
    } else {
      ObjectMembers.forEach(of: object, in: tape) { members.append((name: $0, value: $0 + 1)) }
    }
    if sortKeys {
      members.sort {
        let bytes = tape.bytes
        let left = tape.nodes[$0.name].payload
        let right = tape.nodes[$1.name].payload
        if ByteSearch.equal(bytes, left, bytes, right) { return $0.name < $1.name }
        return ByteSearch.precedes(bytes, left, bytes, right)
      }
    }
    return members
  }

  private func appendNumber(_ node: TapeNode, of tape: ValueTape, to output: inout [UInt8]) {
    let bytes = tape.bytes
    switch style {
    case .asRead:
      append(bytes, node.payload, to: &output)
    case .python:
      if node.flags.contains(.fractional) {
        output.append(contentsOf: NumberLiteral.pythonRepr(NumberLiteral.double(bytes, node.payload)).utf8)
      } else {
        append(bytes, NumberLiteral.pythonInteger(bytes, node.payload), to: &output)
      }
    }
  }

  private static let hexDigits = Array("0123456789abcdef".utf8)

  private func appendEscape(_ unit: UInt32, to output: inout [UInt8]) {
    output.append(0x5C)
    output.append(0x75)
    for shift in [12, 8, 4, 0] as [UInt32] { output.append(Self.hexDigits[Int(unit >> shift & 0xF)]) }
  }

  /// Appends a string token. Lone surrogates are always escaped: they have no UTF-8 of their own.
  package func appendString(_ text: Span<UInt8>, _ range: Range<Int>, to output: inout [UInt8]) {
    output.append(0x22)
    var position = range.lowerBound
    var copied = position
    while position < range.upperBound {
      let byte = text[position]
      let isPlain = byte >= 0x20 && byte < 0x7F && byte != 0x22 && byte != 0x5C
      if isPlain || (byte == 0x7F && !ensureASCII) {
        position += 1
        position = Self.plainEnd(text, from: position, to: range.upperBound)
        continue
      }
      if byte == 0x22 || byte == 0x5C {
        // The escapes that texts within texts are full of.
        append(text, copied..<position, to: &output)
        output.append(0x5C)
        copied = position
        position += 1
        continue
      }
      let length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
      let next = min(position + length, range.upperBound)
      let isSurrogate = byte == 0xED && next == position + 3 && text[position + 1] >= 0xA0
      if byte >= 0x80, !ensureASCII, !isSurrogate {
        position = next
        continue
      }
      append(text, copied..<position, to: &output)
      switch byte {
      case 0x08: output.append(contentsOf: [0x5C, 0x62])
      case 0x0C: output.append(contentsOf: [0x5C, 0x66])
      case 0x0A: output.append(contentsOf: [0x5C, 0x6E])
      case 0x0D: output.append(contentsOf: [0x5C, 0x72])
      case 0x09: output.append(contentsOf: [0x5C, 0x74])
      case 0..<0x20, 0x7F: appendEscape(UInt32(byte), to: &output)
      default:
        var scalar = UInt32(byte) & (length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07)
        for offset in (position + 1)..<max(position + 1, next) { scalar = scalar << 6 | UInt32(text[offset]) & 0x3F }
        if scalar >= 0x10000 {
          appendEscape(0xD800 + ((scalar - 0x10000) >> 10), to: &output)
          appendEscape(0xDC00 + ((scalar - 0x10000) & 0x3FF), to: &output)
        } else {
          appendEscape(scalar, to: &output)
        }
      }
      position = next
      copied = next
    }
    append(text, copied..<range.upperBound, to: &output)
    output.append(0x22)
  }

  /// A place up to which all bytes stand for themselves, eight at a time: there may be more of them behind it.
  @inline(__always)
  private static func plainEnd(_ text: Span<UInt8>, from start: Int, to end: Int) -> Int {
    unsafe text.withUnsafeBytes { bytes -> Int in
      var position = start
      while position + 8 <= end {
        let word = unsafe bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        // A byte below 0x20, a quote, a backslash or a delete borrows from its high bit; one beyond ASCII has it set.
        let control = (word &- 0x20 &* ones) & ~word
        let quote = ((word ^ 0x22 &* ones) &- ones) & ~(word ^ 0x22 &* ones)
        let backslash = ((word ^ 0x5C &* ones) &- ones) & ~(word ^ 0x5C &* ones)
        let delete = ((word ^ 0x7F &* ones) &- ones) & ~(word ^ 0x7F &* ones)
        if (control | quote | backslash | delete | word) & highs != 0 { break }
        position += 8
      }
      return position
    }
  }

  private func append(_ text: Span<UInt8>, _ range: Range<Int>, to output: inout [UInt8]) {
    guard !range.isEmpty else { return }
    unsafe text.extracting(range).withUnsafeBufferPointer { unsafe output.append(contentsOf: $0) }
  }
}
