/// How Python prints constants.
extension PythonText {
  /// `repr` of a string, whose lone surrogates have three bytes.
  package static func appendRepr(_ text: ArraySlice<UInt8>, to output: inout [UInt8]) {
    let quote: UInt8 = text.contains(0x27) && !text.contains(0x22) ? 0x22 : 0x27
    output.append(quote)
    var position = text.startIndex
    while position < text.endIndex {
      let byte = text[position]
      guard byte >= 0x80 else {
        appendReprASCII(byte, quote, to: &output)
        position += 1
        continue
      }
      let length = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
      var point = UInt32(byte) & (length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07)
      let end = min(position + length, text.endIndex)
      for place in (position + 1)..<max(position + 1, end) { point = point << 6 | UInt32(text[place] & 0x3F) }
      if let scalar = Unicode.Scalar(point), isPrintable(scalar) {
        output.append(contentsOf: text[position..<end])
      } else {
        output.append(0x5C)
        output.append(point < 0x100 ? 0x78 : point < 0x10000 ? 0x75 : 0x55)
        appendHexadecimal(point, digits: point < 0x100 ? 2 : point < 0x10000 ? 4 : 8, to: &output)
      }
      position = end
    }
    output.append(quote)
  }

  /// `repr` of a byte string.
  static func appendBytesRepr(_ text: ArraySlice<UInt8>, to output: inout [UInt8]) {
    let quote: UInt8 = text.contains(0x27) && !text.contains(0x22) ? 0x22 : 0x27
    output.append(0x62)
    output.append(quote)
    for byte in text {
      if byte < 0x80 {
        appendReprASCII(byte, quote, to: &output)
      } else {
        output.append(0x5C)
        output.append(0x78)
        appendHexadecimal(UInt32(byte), digits: 2, to: &output)
      }
    }
    output.append(quote)
  }

  private static func appendReprASCII(_ byte: UInt8, _ quote: UInt8, to output: inout [UInt8]) {
    switch byte {
    case quote, 0x5C:
      output.append(0x5C)
      output.append(byte)
    case 0x0A: output.append(contentsOf: [0x5C, 0x6E])
    case 0x0D: output.append(contentsOf: [0x5C, 0x72])
    case 0x09: output.append(contentsOf: [0x5C, 0x74])
    case 0x20..<0x7F: output.append(byte)
    default:
      output.append(0x5C)
      output.append(0x78)
      appendHexadecimal(UInt32(byte), digits: 2, to: &output)
    }
  }

  private static func appendHexadecimal(_ value: UInt32, digits: Int, to output: inout [UInt8]) {
    for place in (0..<digits).reversed() {
      let digit = UInt8(value >> UInt32(place * 4) & 0xF)
      output.append(digit < 10 ? 0x30 + digit : 0x61 + digit - 10)
    }
  }

  /// `str.isprintable`, by this standard library's Unicode version.
  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator:
      false
    default: true
    }
  }

  /// A float as `ast.unparse` writes it, from a JSON number or `Infinity`.
  static func appendFloat(_ literal: ArraySlice<UInt8>, to output: inout [UInt8]) {
    let text = Array(literal)
    let value = NumberLiteral.double(text.span, 0..<text.count)
    output.append(contentsOf: value.isInfinite ? Array("1e309".utf8) : Array(NumberLiteral.pythonRepr(value).utf8))
  }

  /// An imaginary number as `ast.unparse` writes it.
  static func appendImaginary(_ literal: ArraySlice<UInt8>, to output: inout [UInt8]) {
    let start = output.count
    appendFloat(literal, to: &output)
    if output.count - start > 2, output.suffix(2).elementsEqual(".0".utf8) { output.removeLast(2) }
    output.append(0x6A)
  }
}
