internal import ToolReward

/// How the official code compares strings.
enum ACEBenchText {
  /// `standardize_string`: without ` ,./-_*^`, in lower case, with `"` for `'`.
  static func standardized(_ text: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(text.count)
    var isASCII = true
    for byte in text where !isDropped(byte) {
      output.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
      if byte >= 0x80 { isASCII = false }
    }
    if !isASCII { output = CodePoints(utf8: text.filter { !isDropped($0) }).lowercased().utf8 }
    for index in output.indices where output[index] == 0x27 { output[index] = 0x22 }
    return output
  }

  private static func isDropped(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x20, 0x2C, 0x2E, 0x2F, 0x2D, 0x5F, 0x2A, 0x5E: true
    default: false
    }
  }

  /// A string standardised, anything else as it is.
  static func standardized(_ value: PythonValue) -> PythonValue {
    if case .string(let text) = value { return .string(standardized(text)) }
    return value
  }

  /// `part in text`, for strings.
  static func contains(_ part: [UInt8], in text: [UInt8]) -> Bool {
    ByteSearch.firstIndex(of: part, in: text.span) != nil
  }

  /// `re.sub(r'_\d+$', '', key)`: the answers spell a tool that is called twice `name_1`, `name_2`.
  static func withoutNumber(_ key: [UInt8]) -> [UInt8] {
    let points = CodePoints(utf8: key)
    guard let match = number.search(points) else { return key }
    var rest = points.points
    rest.removeSubrange(match.range)
    return CodePoints(rest).utf8
  }

  private static let number = PythonPattern(#"_\d+$"#)
}
