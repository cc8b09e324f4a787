/// What the letters behind a backslash stand for.
package enum EscapeLetter {
  /// The control character that JSON writes with a letter (RFC 8259 §7); `nil` for another byte.
  static func json(_ letter: UInt8) -> UInt8? {
    switch letter {
    case 0x62: 0x08
    case 0x66: 0x0C
    case 0x6E: 0x0A
    case 0x72: 0x0D
    case 0x74: 0x09
    default: nil
    }
  }

  /// The character that Python writes with a byte: JSON's, `\a`, `\v`, the quotes and the backslash (Python reference §2.4.1.1); `nil` for
  /// another byte.
  package static func python(_ letter: UInt8) -> UInt8? {
    switch letter {
    case 0x5C, 0x27, 0x22: letter
    case 0x61: 0x07
    case 0x76: 0x0B
    default: json(letter)
    }
  }
}
