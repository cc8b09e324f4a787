/// A URI reference taken apart (RFC 3986), on bytes.
struct SchemaURI: Hashable, Sendable {
  var scheme: [UInt8]?
  var authority: [UInt8]?
  var path: [UInt8] = []
  var query: [UInt8]?
  var fragment: [UInt8]?

  init(_ text: some Sequence<UInt8>) {
    var rest = Array(text)[...]
    if let mark = rest.firstIndex(of: 0x23) {
      fragment = Array(rest[(mark + 1)...])
      rest = rest[..<mark]
    }
    if let mark = rest.firstIndex(of: 0x3F) {
      query = Array(rest[(mark + 1)...])
      rest = rest[..<mark]
    }
    if let mark = rest.firstIndex(where: { $0 == 0x3A || $0 == 0x2F }), rest[mark] == 0x3A, mark > rest.startIndex {
      scheme = Array(rest[..<mark])
      rest = rest[(mark + 1)...]
    }
    if rest.starts(with: [0x2F, 0x2F]) {
      let start = rest.startIndex + 2
      let end = rest[start...].firstIndex(of: 0x2F) ?? rest.endIndex
      authority = Array(rest[start..<end])
      rest = rest[end...]
    }
    path = Array(rest)
  }

  /// The reference as text.
  var bytes: [UInt8] {
    var text: [UInt8] = []
    if let scheme { text += scheme + [0x3A] }
    if let authority { text += [0x2F, 0x2F] + authority }
    text += path
    if let query { text += [0x3F] + query }
    if let fragment { text += [0x23] + fragment }
    return text
  }

  /// The same without a fragment: what names a document or a resource.
  var withoutFragment: SchemaURI {
    var copy = self
    copy.fragment = nil
    return copy
  }

  /// What a reference names, seen from this base (RFC 3986 §5.2.2).
  func resolving(_ reference: SchemaURI) -> SchemaURI {
    var target = SchemaURI([])
    target.fragment = reference.fragment
    if reference.scheme != nil {
      target.scheme = reference.scheme
      target.authority = reference.authority
      target.path = Self.withoutDots(reference.path)
      target.query = reference.query
      return target
    }
    target.scheme = scheme
    if reference.authority != nil {
      target.authority = reference.authority
      target.path = Self.withoutDots(reference.path)
      target.query = reference.query
      return target
    }
    target.authority = authority
    if reference.path.isEmpty {
      target.path = path
      target.query = reference.query ?? query
      return target
    }
    target.query = reference.query
    if reference.path.first == 0x2F {
      target.path = Self.withoutDots(reference.path)
    } else if authority != nil, path.isEmpty {
      target.path = Self.withoutDots([0x2F] + reference.path)
    } else {
      let folder = path.lastIndex(of: 0x2F).map { path[...$0] } ?? []
      target.path = Self.withoutDots(folder + reference.path)
    }
    return target
  }

  /// A path without `.` and `..` segments (RFC 3986 §5.2.4).
  private static func withoutDots(_ path: some Sequence<UInt8>) -> [UInt8] {
    let path = Array(path)
    guard path.contains(0x2E) else { return path }
    var kept: [ArraySlice<UInt8>] = []
    let segments = path.split(separator: 0x2F, omittingEmptySubsequences: false)
    for (position, segment) in segments.enumerated() {
      let isLast = position == segments.count - 1
      if segment == [0x2E] {
        if isLast { kept.append([]) }
      } else if segment == [0x2E, 0x2E] {
        if kept.count > 1 || (kept.count == 1 && !(kept[0].isEmpty)) { kept.removeLast() }
        if isLast { kept.append([]) }
      } else {
        kept.append(segment)
      }
    }
    return Array(kept.joined(separator: [0x2F]))
  }

  /// Text with its `%XX` decoded.
  static func percentDecoded(_ text: [UInt8]) -> [UInt8] {
    func digit(_ byte: UInt8) -> UInt8? {
      switch byte {
      case 0x30...0x39: byte - 0x30
      case 0x41...0x46: byte - 0x41 + 10
      case 0x61...0x66: byte - 0x61 + 10
      default: nil
      }
    }
    var decoded: [UInt8] = []
    var position = 0
    while position < text.count {
      if text[position] == 0x25, position + 2 < text.count, let high = digit(text[position + 1]),
        let low = digit(text[position + 2])
      {
        decoded.append(high << 4 | low)
        position += 3
      } else {
        decoded.append(text[position])
        position += 1
      }
    }
    return decoded
  }
}
