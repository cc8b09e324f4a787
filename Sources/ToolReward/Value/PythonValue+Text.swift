/// How Python prints values.
extension PythonValue {
  /// `str(value)`: a string's own text, anything else's `repr`. O(value).
  ///
  /// Keys that are no strings are printed by what tells them from others: `True` and `1.0` as `1`.
  package var pythonString: [UInt8] {
    if case .string(let text) = self { return text }
    var output: [UInt8] = []
    appendRepr(to: &output)
    return output
  }

  /// Appends `repr(value)`. Recursion is bounded by the depth that values are read with.
  private func appendRepr(to output: inout [UInt8]) {
    switch self {
    case .none: output += Array("None".utf8)
    case .boolean(let truth): output += Array((truth ? "True" : "False").utf8)
    case .integer(let value): output += Array(String(value).utf8)
    case .bigInteger(let digits): output += digits
    case .float(let value):
      if value.isNaN {
        output += Array("nan".utf8)
      } else if value.isInfinite {
        output += Array((value < 0 ? "-inf" : "inf").utf8)
      } else {
        output += Array(NumberLiteral.pythonRepr(value).utf8)
      }
    case .string(let text): PythonText.appendRepr(text[...], to: &output)
    case .list(let elements):
      output.append(0x5B)
      Self.append(elements, to: &output)
      output.append(0x5D)
    case .tuple(let elements):
      output.append(0x28)
      Self.append(elements, to: &output)
      if elements.count == 1 { output.append(0x2C) }
      output.append(0x29)
    case .dictionary(let members):
      output.append(0x7B)
      for (index, member) in members.enumerated() {
        if index > 0 { output += [0x2C, 0x20] }
        member.key.appendRepr(to: &output)
        output += [0x3A, 0x20]
        member.value.appendRepr(to: &output)
      }
      output.append(0x7D)
    case .other(let text): output += text
    }
  }

  private static func append(_ elements: [PythonValue], to output: inout [UInt8]) {
    for (index, element) in elements.enumerated() {
      if index > 0 { output += [0x2C, 0x20] }
      element.appendRepr(to: &output)
    }
  }
}

extension PythonValue.Key {
  fileprivate func appendRepr(to output: inout [UInt8]) {
    switch self {
    case .string(let text): PythonText.appendRepr(text[...], to: &output)
    // The first byte says of which kind the key is, the rest are its digits or text.
    case .other(let identity): output += identity == [2] ? Array("None".utf8) : Array(identity.dropFirst())
    }
  }
}
