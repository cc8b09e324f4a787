/// The Unicode general categories that `\p{…}` names (ECMA-262 §22.2.2.9, table 68), as ranges of code points.
enum CharacterCategories {
  /// The ranges of a property's name or `General_Category=` value; `nil` for one that is not read, such as a script.
  static func ranges(_ name: [UInt8]) -> [ClosedRange<UInt32>]? {
    var name = name[...]
    for prefix in ["General_Category=", "gc="] where name.starts(with: prefix.utf8) {
      name = name.dropFirst(prefix.utf8.count)
      break
    }
    if name.elementsEqual("Any".utf8) { return [0...0x10FFFF] }
    if name.elementsEqual("ASCII".utf8) { return [0...0x7F] }
    guard let entry = names.first(where: { $0.names.contains { name.elementsEqual($0.utf8) } }) else { return nil }
    return entry.categories.flatMap { byCategory[Int($0)] }
  }

  /// The categories in this order have these numbers.
  private static let order: [Unicode.GeneralCategory] = [
    .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark,
    .enclosingMark,
    .decimalNumber, .letterNumber, .otherNumber, .connectorPunctuation, .dashPunctuation, .openPunctuation,
    .closePunctuation,
    .initialPunctuation, .finalPunctuation, .otherPunctuation, .mathSymbol, .currencySymbol, .modifierSymbol,
    .otherSymbol,
    .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .format, .surrogate, .privateUse, .unassigned,
  ]

  private static let names: [(names: [String], categories: ClosedRange<UInt8>)] = [
    (["L", "Letter"], 0...4), (["Lu", "Uppercase_Letter"], 0...0), (["Ll", "Lowercase_Letter"], 1...1),
    (["LC", "Cased_Letter"], 0...2), (["Lt", "Titlecase_Letter"], 2...2), (["Lm", "Modifier_Letter"], 3...3),
    (["Lo", "Other_Letter"], 4...4), (["M", "Mark", "Combining_Mark"], 5...7), (["Mn", "Nonspacing_Mark"], 5...5),
    (["Mc", "Spacing_Mark"], 6...6), (["Me", "Enclosing_Mark"], 7...7), (["N", "Number"], 8...10),
    (["Nd", "Decimal_Number", "digit"], 8...8), (["Nl", "Letter_Number"], 9...9), (["No", "Other_Number"], 10...10),
    (["P", "Punctuation", "punct"], 11...17), (["Pc", "Connector_Punctuation"], 11...11),
    (["Pd", "Dash_Punctuation"], 12...12),
    (["Ps", "Open_Punctuation"], 13...13), (["Pe", "Close_Punctuation"], 14...14),
    (["Pi", "Initial_Punctuation"], 15...15),
    (["Pf", "Final_Punctuation"], 16...16), (["Po", "Other_Punctuation"], 17...17), (["S", "Symbol"], 18...21),
    (["Sm", "Math_Symbol"], 18...18), (["Sc", "Currency_Symbol"], 19...19), (["Sk", "Modifier_Symbol"], 20...20),
    (["So", "Other_Symbol"], 21...21), (["Z", "Separator"], 22...24), (["Zs", "Space_Separator"], 22...22),
    (["Zl", "Line_Separator"], 23...23), (["Zp", "Paragraph_Separator"], 24...24), (["C", "Other"], 25...29),
    (["Cc", "Control", "cntrl"], 25...25), (["Cf", "Format"], 26...26), (["Cs", "Surrogate"], 27...27),
    (["Co", "Private_Use"], 28...28), (["Cn", "Unassigned"], 29...29),
  ]

  /// The standard library's own tables, read once.
  private static let byCategory: [[ClosedRange<UInt32>]] = {
    var ranges = [[ClosedRange<UInt32>]](repeating: [], count: order.count)
    var start: UInt32 = 0
    var current = category(of: 0)
    for point in 1...UInt32(0x10FFFF) {
      let next = category(of: point)
      if next != current {
        ranges[current].append(start...(point - 1))
        start = point
        current = next
      }
    }
    ranges[current].append(start...0x10FFFF)
    return ranges
  }()

  private static func category(of point: UInt32) -> Int {
    guard let scalar = Unicode.Scalar(point) else { return 27 }
    return order.firstIndex(of: scalar.properties.generalCategory) ?? 29
  }
}
