internal import ToolReward

/// The escapes of a string in a template.
enum StringEscapes {
  /// The text without its escapes, as Python's `unicode-escape` reads it; one that Python does not know stays as it is.
  static func unescaped(_ body: ArraySlice<UInt8>) throws(TemplateFailure) -> [UInt8] {
    var result: [UInt8] = []
    var position = body.startIndex
    func digits(_ most: Int, _ radix: UInt32, exactly: Bool) throws(TemplateFailure) -> UInt32 {
      var value: UInt32 = 0
      var count = 0
      while count < most, position < body.endIndex, let digit = Character(Unicode.Scalar(body[position])).hexDigitValue,
        digit < radix
      {
        value = value &* radix &+ UInt32(digit)
        position += 1
        count += 1
      }
      if exactly, count < most { throw TemplateFailure(.syntax, "truncated escape in a string", at: position) }
      return value
    }
    while position < body.endIndex {
      let byte = body[position]
      position += 1
      guard byte == 0x5C, position < body.endIndex else {
        result.append(byte)
        continue
      }
      let escape = body[position]
      position += 1
      if let character = EscapeLetter.python(escape) {
        result.append(character)
        continue
      }
      switch escape {
      case 0x0A: break
      case 0x30...0x37:
        position -= 1
        Surrogates.appendGeneralizedUTF8(try digits(3, 8, exactly: false), to: &result)
      case 0x78: Surrogates.appendGeneralizedUTF8(try digits(2, 16, exactly: true), to: &result)
      case 0x75: Surrogates.appendGeneralizedUTF8(try digits(4, 16, exactly: true), to: &result)
      case 0x55:
        let point = try digits(8, 16, exactly: true)
        guard point <= 0x10FFFF else {
          throw TemplateFailure(.syntax, "illegal Unicode character in a string", at: position)
        }
        Surrogates.appendGeneralizedUTF8(point, to: &result)
      case 0x4E: throw TemplateFailure(.syntax, "\\N{…} in a string is not supported", at: position)
      case 0x80...0xFF:
        // Jinja escapes what is beyond ASCII before it unescapes, so a backslash before it undoes that escape's own.
        let end = min(position - 1 + PythonStrings.length(escape), body.endIndex)
        let point = PythonStrings.points(body[(position - 1)..<end]).first ?? 0
        position = end
        let hex = String(point, radix: 16)
        let width = point < 0x100 ? 2 : point < 0x10000 ? 4 : 8
        let padded = String(repeating: "0", count: max(0, width - hex.count)) + hex
        result += Array("\\\(width == 2 ? "x" : width == 4 ? "u" : "U")\(padded)".utf8)
      default: result += [0x5C, escape]
      }
    }
    return result
  }
}
