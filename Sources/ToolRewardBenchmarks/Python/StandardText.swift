internal import ToolReward

/// `standardize_string` of BFCL's and ACEBench's official code: spaces and some punctuation do not count, nor does case, nor which quotes are
/// used.
enum StandardText {
  static func of(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var isASCII = true
    for byte in text where !isDropped(byte) {
      result.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
      if byte >= 0x80 { isASCII = false }
    }
    // Whether a sigma ends a word depends on what stands around it, capitals and quotes as they were.
    if !isASCII { result = CodePoints(utf8: text.filter { !isDropped($0) }).lowercased().utf8 }
    for index in result.indices where result[index] == 0x27 { result[index] = 0x22 }
    return result
  }

  /// A string's standard text; anything else as it is.
  static func of(_ value: PythonValue) -> PythonValue {
    if case .string(let text) = value { return .string(of(text)) }
    return value
  }

  /// Whether a byte does not count: ` ,./-_*^`.
  @inline(__always)
  static func isDropped(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x20, 0x2C, 0x2E, 0x2F, 0x2D, 0x5F, 0x2A, 0x5E: true
    default: false
    }
  }
}
