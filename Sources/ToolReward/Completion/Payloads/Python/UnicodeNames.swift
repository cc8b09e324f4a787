/// Characters by their names, as `\N{…}` has them: any case of letters, and aliases. By the standard library's version of Unicode, which knows
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

  private static let table: [[UInt8]: UInt32] = {
    var table: [[UInt8]: UInt32] = [:]
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
