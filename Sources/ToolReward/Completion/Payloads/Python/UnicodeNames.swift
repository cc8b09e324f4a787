/// Characters by their names, as `\N{…}` has them, in any case of letters, and by the usual aliases. By the standard library's version of Unicode, which knows
/// a few more than CPython 3.11 does.
enum UnicodeNames {
  /// The character of a name; `nil` if none has it. The first call makes the table, which takes some ten milliseconds.
  static func scalar(named name: [UInt8]) -> Unicode.Scalar? {
    let folded = name.map { (0x61...0x7A).contains($0) ? $0 & 0xDF : $0 }
    if let number = table[folded] { return Unicode.Scalar(number) }
    // Names that only the character's number tells apart.
    guard let hyphen = folded.lastIndex(of: 0x2D),
      let number = UInt32(String(decoding: folded[(hyphen + 1)...], as: UTF8.self), radix: 16),
      let scalar = Unicode.Scalar(number), let own = scalar.properties.name, own.utf8.elementsEqual(folded)
    else { return nil }
    return scalar
  }

  /// The aliases of characters that have no name, and abbreviations (Unicode's NameAliases.txt), as far as they are in use.
  private static let aliases: [String: UInt32] = [
    "NULL": 0x0, "NUL": 0x0, "START OF HEADING": 0x1, "SOH": 0x1, "START OF TEXT": 0x2, "STX": 0x2,
    "END OF TEXT": 0x3, "ETX": 0x3, "END OF TRANSMISSION": 0x4, "EOT": 0x4, "ENQUIRY": 0x5, "ENQ": 0x5,
    "ACKNOWLEDGE": 0x6, "ACK": 0x6, "ALERT": 0x7, "BEL": 0x7, "BACKSPACE": 0x8, "BS": 0x8,
    "CHARACTER TABULATION": 0x9, "HORIZONTAL TABULATION": 0x9, "HT": 0x9, "TAB": 0x9, "LINE FEED": 0xA,
    "NEW LINE": 0xA, "END OF LINE": 0xA, "LF": 0xA, "NL": 0xA, "EOL": 0xA, "LINE TABULATION": 0xB,
    "VERTICAL TABULATION": 0xB, "VT": 0xB, "FORM FEED": 0xC, "FF": 0xC, "CARRIAGE RETURN": 0xD, "CR": 0xD,
    "SHIFT OUT": 0xE, "SO": 0xE, "SHIFT IN": 0xF, "SI": 0xF, "CANCEL": 0x18, "CAN": 0x18, "SUBSTITUTE": 0x1A,
    "SUB": 0x1A, "ESCAPE": 0x1B, "ESC": 0x1B, "INFORMATION SEPARATOR FOUR": 0x1C, "FILE SEPARATOR": 0x1C, "FS": 0x1C,
    "INFORMATION SEPARATOR THREE": 0x1D, "GROUP SEPARATOR": 0x1D, "GS": 0x1D, "INFORMATION SEPARATOR TWO": 0x1E,
    "RECORD SEPARATOR": 0x1E, "RS": 0x1E, "INFORMATION SEPARATOR ONE": 0x1F, "UNIT SEPARATOR": 0x1F, "US": 0x1F,
    "DELETE": 0x7F, "DEL": 0x7F, "NEXT LINE": 0x85, "NEL": 0x85, "NBSP": 0xA0, "SHY": 0xAD, "ZWSP": 0x200B,
    "ZWNJ": 0x200C, "ZWJ": 0x200D, "LRM": 0x200E, "RLM": 0x200F, "BYTE ORDER MARK": 0xFEFF, "BOM": 0xFEFF,
    "ZWNBSP": 0xFEFF,
  ]

  private static let table: [[UInt8]: UInt32] = {
    var table = Dictionary(aliases.map { (Array($0.key.utf8), $0.value) }) { first, _ in first }
    // Not the ideographs, which are found by their numbers, nor planes without names.
    let ranges: [Range<UInt32>] = [
      0..<0x3400, 0x4DC0..<0x4E00, 0xA000..<0xD800, 0xF900..<0x17000, 0x187F8..<0x18800, 0x18CD6..<0x18D00,
      0x1AFF0..<0x20000, 0x2F800..<0x2FA20, 0xE0000..<0xE0200,
    ]
    for range in ranges {
      for number in range {
        guard let properties = Unicode.Scalar(number)?.properties else { continue }
        if let name = properties.name { table[Array(name.utf8)] = number }
        if let alias = properties.nameAlias { table[Array(alias.utf8)] = number }
      }
    }
    return table
  }()
}
