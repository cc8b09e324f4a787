/// Reads a regular expression (ECMA-262 §22.2.1) into a tree; gives up on what ``SchemaPattern`` does not decide.
struct PatternParser {
  indirect enum Node {
    case set(SchemaPattern.CharacterSet)
    case sequence([Node])
    case alternatives([Node])
    case repeated(Node, least: Int, most: Int?)
  }

  /// One alternative of the whole.
  struct Branch {
    var node: Node
    var isAnchoredAtStart = false
    var isAnchoredAtEnd = false
  }

  private let points: [UInt32]
  private var position = 0
  private static let lengthLimit = 4096

  /// `nil` for a text that is too long or no UTF-8.
  init?(_ text: [UInt8]) {
    guard text.count <= Self.lengthLimit, let string = String(validating: text, as: UTF8.self) else { return nil }
    points = string.unicodeScalars.map(\.value)
  }

  private func peek(_ ahead: Int = 0) -> UInt32? { position + ahead < points.count ? points[position + ahead] : nil }

  private func isNext(_ character: Unicode.Scalar, ahead: Int = 0) -> Bool { peek(ahead) == character.value }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard isNext(character) else { return false }
    position += 1
    return true
  }

  /// The whole pattern's alternatives.
  mutating func alternatives() -> [Branch]? {
    var branches: [Branch] = []
    repeat {
      var branch = Branch(node: .sequence([]))
      if take("^") { branch.isAnchoredAtStart = true }
      guard let parts = sequence(depth: 0) else { return nil }
      branch.node = .sequence(parts)
      if take("$") { branch.isAnchoredAtEnd = true }
      guard peek() == nil || isNext("|") else { return nil }
      branches.append(branch)
    } while take("|")
    return position == points.count ? branches : nil
  }

  private mutating func group(depth: Int) -> Node? {
    var parts: [Node] = []
    repeat {
      guard let part = sequence(depth: depth) else { return nil }
      parts.append(.sequence(part))
    } while take("|")
    return parts.count == 1 ? parts[0] : .alternatives(parts)
  }

  private mutating func sequence(depth: Int) -> [Node]? {
    guard depth < 32 else { return nil }
    var parts: [Node] = []
    while let next = peek() {
      if next == 0x7C || next == 0x29 || next == 0x24 || next == 0x5E { break }
      guard let atom = atom(depth: depth), let repeated = quantified(atom) else { return nil }
      parts.append(repeated)
    }
    return parts
  }

  private mutating func atom(depth: Int) -> Node? {
    guard let next = peek() else { return nil }
    switch Unicode.Scalar(next) {
    case "(":
      position += 1
      if take("?") {
        if take("<") {
          // A named group; `(?<=` and `(?<!` look behind.
          guard !isNext("="), !isNext("!") else { return nil }
          while let name = peek(), name != 0x3E { position += 1 }
          guard take(">") else { return nil }
        } else if !take(":") {
          return nil
        }
      }
      guard let node = group(depth: depth + 1), take(")") else { return nil }
      return node
    case "[": return characterClass().map { .set(SchemaPattern.CharacterSet($0)) }
    case ".":
      position += 1
      return .set(SchemaPattern.CharacterSet(SchemaPattern.CharacterSet.complement(Self.lineEnds)))
    case "\\":
      position += 1
      return escape(inClass: false).map { .set(SchemaPattern.CharacterSet($0)) }
    case "*", "+", "?": return nil
    case "{" where startsCount(): return nil
    default:
      position += 1
      return .set(SchemaPattern.CharacterSet([next...next]))
    }
  }

  private mutating func quantified(_ atom: Node) -> Node? {
    var least = 0
    var most: Int?
    switch peek().flatMap(Unicode.Scalar.init) {
    case "*": position += 1
    case "+":
      position += 1
      least = 1
    case "?":
      position += 1
      most = 1
    case "{":
      let start = position
      position += 1
      guard let low = number() else {
        // Where no count follows the brace stands for itself (Annex B).
        position = start + 1
        position -= 1
        return atomThenBrace(atom)
      }
      least = low
      if take(",") { most = number() } else { most = low }
      guard take("}") else {
        position = start
        return atomThenBrace(atom)
      }
      if let most, most < least { return nil }
    default: return atom
    }
    // A lazy quantifier matches the same texts.
    _ = take("?")
    if isNext("*") || isNext("+") || isNext("?") || startsCount() { return nil }
    return .repeated(atom, least: least, most: most)
  }

  /// Whether a count in braces stands here: where it cannot repeat anything the pattern is no pattern.
  private func startsCount() -> Bool {
    guard isNext("{") else { return false }
    var ahead = 1
    while let next = peek(ahead), next >= 0x30, next <= 0x39 { ahead += 1 }
    guard ahead > 1 else { return false }
    if isNext(",", ahead: ahead) {
      ahead += 1
      while let next = peek(ahead), next >= 0x30, next <= 0x39 { ahead += 1 }
    }
    return isNext("}", ahead: ahead)
  }

  private mutating func atomThenBrace(_ atom: Node) -> Node? {
    guard take("{") else { return nil }
    guard let brace = quantified(.set(SchemaPattern.CharacterSet([0x7B...0x7B]))) else { return nil }
    return .sequence([atom, brace])
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let next = peek(), next >= 0x30, next <= 0x39 {
      value = min((value ?? 0) * 10 + Int(next - 0x30), 1 << 30)
      position += 1
    }
    return value
  }

  // MARK: Sets

  private static let digits: [ClosedRange<UInt32>] = [0x30...0x39]
  private static let words: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
  /// ECMA-262's WhiteSpace and LineTerminator.
  private static let spaces: [ClosedRange<UInt32>] = [
    0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F,
    0x205F...0x205F,
    0x3000...0x3000, 0xFEFF...0xFEFF,
  ]
  private static let lineEnds: [ClosedRange<UInt32>] = [0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029]

  /// What stands after a backslash.
  private mutating func escape(inClass: Bool) -> [ClosedRange<UInt32>]? {
    guard let next = peek(), let character = Unicode.Scalar(next) else { return nil }
    position += 1
    switch character {
    case "d": return Self.digits
    case "D": return SchemaPattern.CharacterSet.complement(Self.digits)
    case "w": return Self.words
    case "W": return SchemaPattern.CharacterSet.complement(Self.words)
    case "s": return Self.spaces
    case "S": return SchemaPattern.CharacterSet.complement(Self.spaces)
    case "t": return [0x09...0x09]
    case "n": return [0x0A...0x0A]
    case "v": return [0x0B...0x0B]
    case "f": return [0x0C...0x0C]
    case "r": return [0x0D...0x0D]
    case "b" where inClass: return [0x08...0x08]
    case "p", "P":
      guard take("{") else { return nil }
      var name: [UInt8] = []
      while let next = peek(), next != 0x7D, next < 0x80 {
        name.append(UInt8(next))
        position += 1
      }
      guard take("}"), let ranges = CharacterCategories.ranges(name) else { return nil }
      return character == "p" ? ranges : SchemaPattern.CharacterSet.complement(ranges)
    case "0":
      if let after = peek(), after >= 0x30, after <= 0x39 { return nil }
      return [0...0]
    case "c":
      guard let letter = peek(), (letter | 0x20) >= 0x61, (letter | 0x20) <= 0x7A else { return nil }
      position += 1
      return [(letter & 31)...(letter & 31)]
    case "x": return hexadecimal(2).map { [$0...$0] }
    case "u":
      if take("{") {
        var value: UInt32 = 0
        var count = 0
        while let digit = peek().flatMap(Self.hexadecimalDigit) {
          value = value << 4 | digit
          count += 1
          position += 1
          if value > 0x10FFFF { return nil }
        }
        return count > 0 && take("}") ? [value...value] : nil
      }
      guard var value = hexadecimal(4) else { return nil }
      if value & 0xFC00 == 0xD800, isNext("\\"), isNext("u", ahead: 1) {
        let start = position
        position += 2
        if let low = hexadecimal(4), low & 0xFC00 == 0xDC00 {
          value = 0x10000 + (value & 0x3FF) << 10 + (low & 0x3FF)
        } else {
          position = start
        }
      }
      return [value...value]
    default:
      // Signs stand for themselves; letters and digits that mean something else are not decided here.
      let isWord = Self.words.contains { $0.contains(next) }
      return isWord && character != "_" ? nil : [next...next]
    }
  }

  private mutating func characterClass() -> [ClosedRange<UInt32>]? {
    position += 1
    let isNegated = take("^")
    var ranges: [ClosedRange<UInt32>] = []
    while !isNext("]") {
      guard let low = classAtom() else { return nil }
      if isNext("-"), peek(1) != nil, !isNext("]", ahead: 1) {
        position += 1
        guard let high = classAtom() else { return nil }
        guard low.count == 1, high.count == 1, low[0].count == 1, high[0].count == 1 else {
          // A class beside a hyphen: the hyphen stands for itself (Annex B).
          ranges += low + [0x2D...0x2D] + high
          continue
        }
        guard low[0].lowerBound <= high[0].lowerBound else { return nil }
        ranges.append(low[0].lowerBound...high[0].lowerBound)
      } else {
        ranges += low
      }
    }
    position += 1
    guard isNegated else { return ranges }
    return SchemaPattern.CharacterSet.complement(ranges)
  }

  private mutating func classAtom() -> [ClosedRange<UInt32>]? {
    guard let next = peek() else { return nil }
    position += 1
    if next == 0x5C { return escape(inClass: true) }
    return [next...next]
  }

  private mutating func hexadecimal(_ count: Int) -> UInt32? {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard let digit = peek().flatMap(Self.hexadecimalDigit) else { return nil }
      value = value << 4 | digit
      position += 1
    }
    return value
  }

  private static func hexadecimalDigit(_ point: UInt32) -> UInt32? {
    switch point {
    case 0x30...0x39: point - 0x30
    case 0x41...0x46: point - 0x41 + 10
    case 0x61...0x66: point - 0x61 + 10
    default: nil
    }
  }
}
