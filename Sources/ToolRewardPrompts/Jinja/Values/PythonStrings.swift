internal import ToolReward

/// What Python's `str` does, by code points.
enum PythonStrings {
  /// The length of the code point that a byte leads.
  @inline(__always)
  static func length(_ lead: UInt8) -> Int { lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4 }

  static func isASCII(_ text: [UInt8]) -> Bool {
    var seen: UInt8 = 0
    for byte in text { seen |= byte }
    return seen < 0x80
  }

  /// `len(text)`. O(bytes).
  static func count(_ text: some Collection<UInt8>) -> Int {
    var count = 0
    for byte in text where byte & 0xC0 != 0x80 { count &+= 1 }
    return count
  }

  /// `len(text)`. O(bytes).
  static func count(_ text: JinjaText) -> Int { text.pointCount }

  /// The code points' bytes.
  static func characters(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
    var characters: [ArraySlice<UInt8>] = []
    var position = 0
    while position < text.count {
      let end = min(position + length(text[position]), text.count)
      characters.append(text[position..<end])
      position = end
    }
    return characters
  }

  /// The code points' bytes.
  static func characters(_ text: JinjaText) -> [JinjaText] {
    var characters: [JinjaText] = []
    var position = 0
    while position < text.count {
      let end = min(position + length(text[position]), text.count)
      characters.append(text.part(position..<end))
      position = end
    }
    return characters
  }

  static func points(_ text: some Collection<UInt8>) -> [UInt32] {
    var points: [UInt32] = []
    points.reserveCapacity(text.count)
    var position = text.startIndex
    while position < text.endIndex {
      let lead = text[position]
      text.formIndex(after: &position)
      let tail = length(lead) - 1
      var point = UInt32(lead) & (tail == 0 ? 0x7F : tail == 1 ? 0x1F : tail == 2 ? 0x0F : 0x07)
      for _ in 0..<tail where position < text.endIndex {
        point = point << 6 | UInt32(text[position] & 0x3F)
        text.formIndex(after: &position)
      }
      points.append(point)
    }
    return points
  }

  static func bytes(_ points: some Sequence<UInt32>) -> [UInt8] {
    var bytes: [UInt8] = []
    for point in points { Surrogates.appendGeneralizedUTF8(point, to: &bytes) }
    return bytes
  }

  /// The offset of a part; `nil` if it is nowhere. O(text × part) at worst, for texts that repeat one byte.
  static func find(_ part: JinjaText, in text: JinjaText, from start: Int) -> Int? {
    guard !part.isEmpty else { return start <= text.count ? start : nil }
    let last = text.count - part.count
    var position = start
    while position <= last {
      guard let place = ByteSearch.firstIndex(of: part[0], in: text.span, from: position), place <= last else {
        return nil
      }
      if text.part(place..<(place + part.count)) == part { return place }
      position = place + 1
    }
    return nil
  }

  static func findLast(_ part: JinjaText, in text: JinjaText) -> Int? {
    var position = text.count - part.count
    while position >= 0 {
      if text.part(position..<(position + part.count)) == part { return position }
      position -= 1
    }
    return nil
  }

  // MARK: White space

  static func isSpace(_ point: UInt32) -> Bool {
    switch point {
    case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
    default: false
    }
  }

  /// `text.strip()`, `.lstrip()`, `.rstrip()`; of the given characters, or of white space. O(bytes taken off).
  static func strip(
    _ text: JinjaText, _ characters: JinjaText?, left: Bool = true, right: Bool = true
  ) -> JinjaText {
    text.part(kept(text.span, characters.map { Set(points($0)) }, left: left, right: right))
  }

  /// The same of white space.
  static func strip(_ text: [UInt8], left: Bool = true, right: Bool = true) -> [UInt8] {
    Array(text[kept(text.span, nil, left: left, right: right)])
  }

  /// What is left of a text without these characters at its ends, or white space.
  private static func kept(_ text: Span<UInt8>, _ set: Set<UInt32>?, left: Bool, right: Bool) -> Range<Int> {
    var start = 0
    var end = text.count
    while left, start < end {
      let next = min(start + length(text[start]), end)
      guard isStripped(text, start..<next, set) else { break }
      start = next
    }
    while right, end > start {
      var lead = end - 1
      while lead > start, text[lead] & 0xC0 == 0x80 { lead -= 1 }
      guard isStripped(text, lead..<end, set) else { break }
      end = lead
    }
    return start..<end
  }

  @inline(__always)
  private static func isStripped(_ text: Span<UInt8>, _ character: Range<Int>, _ set: Set<UInt32>?) -> Bool {
    let lead = text[character.lowerBound]
    if set == nil, lead < 0x80 { return isSpace(UInt32(lead)) }
    let point = points(character.map { text[$0] }).first ?? 0
    return set.map { $0.contains(point) } ?? isSpace(point)
  }

  /// `text.split(separator, limit)`.
  static func split(_ text: JinjaText, _ separator: JinjaText, _ limit: Int) -> [JinjaText] {
    var parts: [JinjaText] = []
    var start = 0
    while limit < 0 || parts.count < limit, let place = find(separator, in: text, from: start) {
      parts.append(text.part(start..<place))
      start = place + separator.count
    }
    parts.append(text.part(start..<text.count))
    return parts
  }

  /// `text.split(None, limit)`.
  static func words(_ text: JinjaText, _ limit: Int) -> [JinjaText] {
    var parts: [JinjaText] = []
    var rest = strip(text, nil, right: false)
    /// Where the run ends of characters that are space, or that are not.
    func run(isSpace: Bool, from start: Int) -> Int {
      var end = start
      while end < rest.count {
        let next = min(end + length(rest[end]), rest.count)
        guard self.isSpace(points(rest.part(end..<next)).first ?? 0) == isSpace else { break }
        end = next
      }
      return end
    }
    while !rest.isEmpty {
      if limit >= 0, parts.count >= limit {
        // What is left keeps the white space at its end.
        parts.append(rest)
        break
      }
      let end = run(isSpace: false, from: 0)
      parts.append(rest.part(0..<end))
      rest = rest.part(run(isSpace: true, from: end)..<rest.count)
    }
    return parts
  }

  /// `text.splitlines()`.
  static func lines(_ text: JinjaText, keepEnds: Bool = false) -> [JinjaText] {
    var lines: [JinjaText] = []
    var start = 0
    var position = 0
    while position < text.count {
      let next = min(position + length(text[position]), text.count)
      let end = lineBreakEnd(text, position, next)
      if end > position {
        lines.append(text.part(start..<(keepEnds ? end : position)))
        start = end
        position = end
      } else {
        position = next
      }
    }
    if start < text.count { lines.append(text.part(start..<text.count)) }
    return lines
  }

  private static func lineBreakEnd(_ text: JinjaText, _ position: Int, _ next: Int) -> Int {
    switch text[position] {
    case 0x0D: return next < text.count && text[next] == 0x0A ? next + 1 : next
    case 0x0A...0x0C, 0x1C...0x1E: return next
    case 0xC2 where text[position..<next].elementsEqual([0xC2, 0x85]): return next
    case 0xE2
    where text[position..<next].elementsEqual([0xE2, 0x80, 0xA8])
      || text[position..<next].elementsEqual([0xE2, 0x80, 0xA9]):
      return next
    default: return position
    }
  }

  /// `text.replace(old, new, limit)`.
  static func replace(
    _ text: JinjaText, _ old: JinjaText, _ new: JinjaText, _ limit: Int, _ state: inout RenderState
  ) throws(TemplateFailure) -> JinjaText {
    var result: [UInt8] = []
    var count = 0
    if old.isEmpty {
      for character in characters(text) {
        if limit < 0 || count < limit { result += new }
        count += 1
        result += character
        if result.count > state.limits.outputBytes { break }
      }
      if limit < 0 || count < limit { result += new }
    } else {
      var start = 0
      while limit < 0 || count < limit, let place = find(old, in: text, from: start) {
        result += text[start..<place]
        result += new
        start = place + old.count
        count += 1
        if result.count > state.limits.outputBytes { break }
      }
      if count == 0 { return text }
      result += text[start...]
    }
    try state.charge(bytes: result.count + text.count)
    return state.heap.text(result)
  }

  // MARK: Case

  static func lower(_ text: [UInt8]) -> [UInt8] {
    if isASCII(text) { return text.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 } }
    let points = points(text)
    var result: [UInt8] = []
    for position in points.indices { appendLower(points, position, to: &result) }
    return result
  }

  static func upper(_ text: [UInt8]) -> [UInt8] {
    if isASCII(text) { return text.map { $0 >= 0x61 && $0 <= 0x7A ? $0 & 0xDF : $0 } }
    var result: [UInt8] = []
    for point in points(text) {
      if let scalar = Unicode.Scalar(point) {
        result += Array(scalar.properties.uppercaseMapping.utf8)
      } else {
        Surrogates.appendGeneralizedUTF8(point, to: &result)
      }
    }
    return result
  }

  static func capitalize(_ text: [UInt8]) -> [UInt8] {
    let points = points(text)
    var result: [UInt8] = []
    for position in points.indices {
      if position == 0 { appendTitle(points[0], to: &result) } else { appendLower(points, position, to: &result) }
    }
    return result
  }

  static func title(_ text: [UInt8]) -> [UInt8] {
    let points = points(text)
    var result: [UInt8] = []
    var isAfterCased = false
    for position in points.indices {
      if isAfterCased { appendLower(points, position, to: &result) } else { appendTitle(points[position], to: &result) }
      isAfterCased = isCased(points[position])
    }
    return result
  }

  static func swapCase(_ text: [UInt8]) -> [UInt8] {
    let points = points(text)
    var result: [UInt8] = []
    for (position, point) in points.enumerated() {
      guard let properties = Unicode.Scalar(point)?.properties else {
        Surrogates.appendGeneralizedUTF8(point, to: &result)
        continue
      }
      if properties.isUppercase {
        appendLower(points, position, to: &result)
      } else if properties.isLowercase {
        result += Array(properties.uppercaseMapping.utf8)
      } else {
        Surrogates.appendGeneralizedUTF8(point, to: &result)
      }
    }
    return result
  }

  static func isCased(_ point: UInt32) -> Bool { Unicode.Scalar(point)?.properties.isCased ?? false }

  private static func appendTitle(_ point: UInt32, to result: inout [UInt8]) {
    if let scalar = Unicode.Scalar(point) {
      result += Array(scalar.properties.titlecaseMapping.utf8)
    } else {
      Surrogates.appendGeneralizedUTF8(point, to: &result)
    }
  }

  /// A capital sigma at a word's end becomes `ς` (Unicode, Final_Sigma).
  private static func appendLower(_ points: [UInt32], _ position: Int, to result: inout [UInt8]) {
    if points[position] == 0x3A3 {
      func isIgnorable(_ point: UInt32) -> Bool { Unicode.Scalar(point)?.properties.isCaseIgnorable ?? false }
      let before = points[..<position].last { !isIgnorable($0) }.map(isCased) ?? false
      let after = points[(position + 1)...].first { !isIgnorable($0) }.map(isCased) ?? false
      Surrogates.appendGeneralizedUTF8(before && !after ? 0x3C2 : 0x3C3, to: &result)
    } else if let scalar = Unicode.Scalar(points[position]) {
      result += Array(scalar.properties.lowercaseMapping.utf8)
    } else {
      Surrogates.appendGeneralizedUTF8(points[position], to: &result)
    }
  }

  // MARK: Padding

  /// `text.ljust`, `.rjust`, `.center`.
  static func padded(
    _ text: JinjaText, _ width: Int, left: Bool, right: Bool, _ fill: JinjaText = JinjaText(" ")
  ) -> [UInt8] {
    let missing = max(width, 0) - count(text)
    guard missing > 0 else { return text.bytes }
    // CPython's center puts the odd one left where the width is odd.
    let before = !left ? 0 : !right ? missing : missing / 2 + (missing & width & 1)
    return Array(repeatElement(fill, count: before).joined()) + text
      + Array(repeatElement(fill, count: missing - before).joined())
  }
}
