/// Names, as CPython checks and compares them: of Unicode's identifier characters, in form NFKC.
enum PythonName {
  /// Checks a name and appends it in form NFKC.
  static func append(_ text: Span<UInt8>, _ range: Range<Int>, to bytes: inout [UInt8]) throws(PythonError) {
    var isASCII = true
    for position in range where text[position] >= 0x80 { isASCII = false }
    if isASCII {
      for position in range { bytes.append(text[position]) }
      return
    }
    if let offset = TextChecks.firstIllFormedUTF8(in: text, range) { throw PythonError(.illFormedUTF8, at: offset) }
    var scalars: [Unicode.Scalar] = []
    let name = unsafe text.extracting(range).withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    for scalar in name.unicodeScalars {
      let fits = scalars.isEmpty ? scalar.properties.isXIDStart || scalar == "_" : scalar.properties.isXIDContinue
      guard fits else { throw PythonError(.malformed, at: range.lowerBound) }
      scalars.append(scalar)
    }
    for scalar in Compatibility.composed(scalars) { bytes.append(contentsOf: String(scalar).utf8) }
  }
}

/// Unicode's normalisation form KC, for the characters of names.
enum Compatibility {
  /// Decomposed in full, marks in canonical order, then composed (Unicode Standard Annex 15). O(scalars · log scalars).
  static func composed(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var parts: [Unicode.Scalar] = []
    for scalar in scalars { decompose(scalar, to: &parts) }
    sortMarks(&parts)
    return compose(parts)
  }

  // MARK: Decomposition

  private static let syllables: UInt32 = 0xAC00
  private static let (leads, vowels, tails): (UInt32, UInt32, UInt32) = (0x1100, 0x1161, 0x11A7)
  private static let (leadCount, vowelCount, tailCount): (UInt32, UInt32, UInt32) = (19, 21, 28)

  private static func decompose(_ scalar: Unicode.Scalar, to parts: inout [Unicode.Scalar]) {
    let point = scalar.value
    if point >= syllables, point < syllables + leadCount * vowelCount * tailCount {
      let index = point - syllables
      append(leads + index / (vowelCount * tailCount), to: &parts)
      append(vowels + index / tailCount % vowelCount, to: &parts)
      if index % tailCount > 0 { append(tails + index % tailCount, to: &parts) }
    } else if point >= 0x80, let mapping = tables.mappings[point] {
      parts.append(contentsOf: mapping)
    } else {
      parts.append(scalar)
    }
  }

  private static func append(_ point: UInt32, to parts: inout [Unicode.Scalar]) {
    if let scalar = Unicode.Scalar(point) { parts.append(scalar) }
  }

  private static func markClass(_ scalar: Unicode.Scalar) -> UInt8 {
    scalar.value < 0x300 ? 0 : scalar.properties.canonicalCombiningClass.rawValue
  }

  /// Sorts each run of marks by its class, those of one class in their order.
  private static func sortMarks(_ parts: inout [Unicode.Scalar]) {
    var start = 0
    while start < parts.count {
      guard markClass(parts[start]) > 0 else {
        start += 1
        continue
      }
      var end = start
      while end < parts.count, markClass(parts[end]) > 0 { end += 1 }
      let run = parts[start..<end].enumerated().sorted {
        (markClass($0.element), $0.offset) < (markClass($1.element), $1.offset)
      }
      parts.replaceSubrange(start..<end, with: run.map(\.element))
      start = end
    }
  }

  // MARK: Composition

  private static func compose(_ parts: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    var starter: Int?
    var last: UInt8 = 0
    for scalar in parts {
      let own = markClass(scalar)
      if let place = starter, place == result.count - 1 || last < own,
        let composite = pair(result[place], scalar)
      {
        result[place] = composite
        continue
      }
      if own == 0 { starter = result.count }
      last = own
      result.append(scalar)
    }
    return result
  }

  private static func pair(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
    let (a, b) = (first.value, second.value)
    if a >= leads, a < leads + leadCount, b >= vowels, b < vowels + vowelCount {
      return Unicode.Scalar(syllables + ((a - leads) * vowelCount + b - vowels) * tailCount)
    }
    if a >= syllables, a < syllables + leadCount * vowelCount * tailCount, (a - syllables) % tailCount == 0, b > tails,
      b < tails + tailCount
    {
      return Unicode.Scalar(a + b - tails)
    }
    return tables.pairs[UInt64(a) << 32 | UInt64(b)]
  }

  // MARK: Tables

  private struct Tables {
    var mappings: [UInt32: [Unicode.Scalar]] = [:]
    var pairs: [UInt64: Unicode.Scalar] = [:]
  }

  /// Unpacked once.
  private static let tables: Tables = {
    var tables = Tables()
    var reader = Reader()
    var (point, last): (UInt32, UInt32) = (0, 0)
    for _ in 0..<reader.number() {
      point &+= reader.number()
      var mapping: [Unicode.Scalar] = []
      for _ in 0..<reader.number() {
        last = reader.difference(from: last)
        if let scalar = Unicode.Scalar(last) { mapping.append(scalar) }
      }
      tables.mappings[point] = mapping
    }
    var (first, second, composite): (UInt32, UInt32, UInt32) = (0, 0, 0)
    for _ in 0..<reader.number() {
      first &+= reader.number()
      second = reader.difference(from: second)
      composite = reader.difference(from: composite)
      tables.pairs[UInt64(first) << 32 | UInt64(second)] = Unicode.Scalar(composite)
    }
    return tables
  }()

  /// Reads the packed table.
  private struct Reader {
    private let packed: [UInt8] = NFKCTable.packed.withUTF8Buffer { unsafe Array($0) }
    private var position = 0

    mutating func number() -> UInt32 {
      var result: UInt32 = 0
      var shift: UInt32 = 0
      while position < packed.count {
        let digit = UInt32(value(packed[position]))
        position += 1
        result |= (digit & 31) << shift
        shift += 5
        if digit < 32 { break }
      }
      return result
    }

    mutating func difference(from other: UInt32) -> UInt32 {
      let number = number()
      return number & 1 == 0 ? other &+ number >> 1 : other &- (number + 1) >> 1
    }

    private func value(_ byte: UInt8) -> UInt8 {
      switch byte {
      case 0x30...0x39: byte - 0x30
      case 0x41...0x5A: byte - 0x41 + 10
      case 0x61...0x7A: byte - 0x61 + 36
      case 0x2D: 62
      default: 63
      }
    }
  }
}
