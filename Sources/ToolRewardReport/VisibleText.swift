/// Others' text, for terminals and pages: what would act instead of being seen is spelled out.
package enum VisibleText {
  /// With control characters, and those that turn the direction of what follows, as `\u{1B}`.
  package static func of(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if acts(scalar) {
        result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The same of UTF-8.
  package static func of(_ bytes: [UInt8]) -> String { of(String(decoding: bytes, as: UTF8.self)) }

  private static func acts(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB: true
    default: false
    }
  }

  /// How many columns of a terminal it takes.
  package static func width(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + width($1) }
  }

  private static func width(_ scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    default: break
    }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }

  /// Cut to so many columns, the last of them `…` if there was more.
  package static func cut(_ text: String, to columns: Int) -> String {
    width(text) > columns ? start(of: text.unicodeScalars, columns - 1) + "…" : text
  }

  /// The same with `…` in the middle: names often differ at their ends.
  package static func cutInside(_ text: String, to columns: Int) -> String {
    guard width(text) > columns else { return text }
    let after = (columns - 1) / 2
    let end = start(of: text.unicodeScalars.reversed(), after)
    var turned = ""
    turned.unicodeScalars.append(contentsOf: end.unicodeScalars.reversed())
    return start(of: text.unicodeScalars, columns - 1 - after) + "…" + turned
  }

  private static func start(of scalars: some Sequence<Unicode.Scalar>, _ columns: Int) -> String {
    var result = ""
    var used = 0
    for scalar in scalars {
      used += width(scalar)
      if used > columns { break }
      result.unicodeScalars.append(scalar)
    }
    return result
  }
}
