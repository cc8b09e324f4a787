/// Rewrites a Python literal as JSON: what `repr` prints for dictionaries, lists, tuples, strings, numbers, `True`, `False` and `None`.
///
/// It looks at tokens only and leaves the grammar to ``ValueReader``, so that it needs no recursion and no limit of its own:
///
///     {'a': (1, None), "b": 'it\'s',}   →   {"a": [1, null], "b": "it's"}
package enum PythonLiteral {
  /// The JSON text, which may still be refused as such; `nil` if a token is none of a literal's. O(text).
  package static func json(from text: [UInt8]) -> [UInt8]? {
    var output: [UInt8] = []
    output.reserveCapacity(text.count + text.count / 8)
    var position = 0
    /// Where a comma was written that a closing bracket makes superfluous.
    var trailingComma: Int?
    while position < text.count {
      let byte = text[position]
      switch byte {
      case 0x22, 0x27:
        guard let end = appendString(text, at: position, to: &output) else { return nil }
        position = end
        trailingComma = nil
      case 0x28, 0x5B, 0x7B:
        output.append(byte == 0x28 ? 0x5B : byte)
        position += 1
        trailingComma = nil
      case 0x29, 0x5D, 0x7D:
        if let comma = trailingComma { output.remove(at: comma) }
        output.append(byte == 0x29 ? 0x5D : byte)
        position += 1
        trailingComma = nil
      case 0x2C:
        trailingComma = output.count
        output.append(byte)
        position += 1
      case 0x3A, 0x20, 0x09, 0x0A, 0x0D:
        output.append(byte)
        position += 1
      default:
        let start = position
        while position < text.count, isWord(text[position]) { position += 1 }
        guard position > start else { return nil }
        let word = text[start..<position]
        if word.elementsEqual("True".utf8) {
          output.append(contentsOf: "true".utf8)
        } else if word.elementsEqual("False".utf8) {
          output.append(contentsOf: "false".utf8)
        } else if word.elementsEqual("None".utf8) {
          output.append(contentsOf: "null".utf8)
        } else if (0x30...0x39).contains(word[start]) || word[start] == 0x2D {
          output.append(contentsOf: word)
        } else {
          return nil
        }
        trailingComma = nil
      }
    }
    return output
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2B, 0x2D, 0x2E: true
    default: false
    }
  }

  /// Appends the string that starts at a quote, as JSON. Returns where it ends; `nil` if it does not, or holds an escape Python would
  /// not write.
  private static func appendString(_ text: [UInt8], at start: Int, to output: inout [UInt8]) -> Int? {
    let quote = text[start]
    var decoded: [UInt8] = []
    var position = start + 1
    while position < text.count {
      let byte = text[position]
      position += 1
      if byte == quote {
        JSONWriter.compact.appendString(decoded.span, 0..<decoded.count, to: &output)
        return position
      }
      guard byte == 0x5C else {
        decoded.append(byte)
        continue
      }
      guard position < text.count else { return nil }
      let escape = text[position]
      position += 1
      switch escape {
      case 0x5C, 0x27, 0x22, 0x2F: decoded.append(escape)
      case 0x6E: decoded.append(0x0A)
      case 0x74: decoded.append(0x09)
      case 0x72: decoded.append(0x0D)
      case 0x62: decoded.append(0x08)
      case 0x66: decoded.append(0x0C)
      case 0x78, 0x75, 0x55:
        let digits = escape == 0x78 ? 2 : escape == 0x75 ? 4 : 8
        guard position + digits <= text.count else { return nil }
        var scalar: UInt32 = 0
        for digit in text[position..<(position + digits)] {
          guard let value = Character(Unicode.Scalar(digit)).hexDigitValue, scalar < 0x110000 else { return nil }
          scalar = scalar << 4 | UInt32(value)
        }
        position += digits
        guard let character = Unicode.Scalar(scalar) else { return nil }
        decoded.append(contentsOf: String(character).utf8)
      default:
        // Python keeps the backslash of an escape it does not know.
        decoded.append(0x5C)
        decoded.append(escape)
      }
    }
    return nil
  }
}
