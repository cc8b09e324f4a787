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
      if !sortKeys, style == .asRead || !node.flags.contains(.duplicateNames) {
        ObjectMembers.forEach(of: index, in: tape) { name in
          append(name, name + 1, isFirst: name == index + 1, of: tape, to: &output)
        }
      } else {
        for (position, member) in memberOrder(index, of: tape).enumerated() {
          append(member.name, member.value, isFirst: position == 0, of: tape, to: &output)
        }
      }
      output.append(0x7D)
    }
  }

  private func append(_ name: Int, _ value: Int, isFirst: Bool, of tape: ValueTape, to output: inout [UInt8]) {
    if !isFirst { output.append(contentsOf: itemSeparator.utf8) }
    appendString(tape.bytes, tape.nodes[name].payload, to: &output)
    output.append(contentsOf: nameSeparator.utf8)
    append(value, of: tape, to: &output)
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

  /// Appends a string token. Lone surrogates are always escaped: they have no UTF-8 of their own.
  package func appendString(_ text: Span<UInt8>, _ range: Range<Int>, to output: inout [UInt8]) {
    output.append(0x22)
    appendCharacters(text, range, to: &output)
    output.append(0x22)
  }

  /// Appends what stands between a string's quotes.
  package func appendCharacters(_ text: Span<UInt8>, _ range: Range<Int>, to output: inout [UInt8]) {
    StringEscaper(ensureASCII: ensureASCII).append(text, range, to: &output)
  }

  private func append(_ text: Span<UInt8>, _ range: Range<Int>, to output: inout [UInt8]) {
    guard !range.isEmpty else { return }
    unsafe text.extracting(range).withUnsafeBufferPointer { unsafe output.append(contentsOf: $0) }
  }
}
