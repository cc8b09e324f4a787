/// Finds where a value between tags ends.
///
/// A closing tag ends the value if what may follow a value follows it: another parameter, the end of the call. A value that holds tags of its
/// own is told apart by their balance, and by the parameters that the tool declares: an opening tag of another name is the value's own, as is
/// the closing tag that belongs to it. What stays undecided ends at the first closing tag that something may follow, and is noted.
struct ValueEnd: ~Escapable {
  let rule: TaggedPayload
  let types: ParameterTypes?
  let text: Span<UInt8>
  let keyEnd: PatternList

  @_lifetime(copy text)
  init(rule: TaggedPayload, types: ParameterTypes?, text: Span<UInt8>, keyEnd: PatternList) {
    self.rule = rule
    self.types = types
    self.text = text
    self.keyEnd = keyEnd
  }

  /// An end that was found.
  struct Found {
    /// Where the value ends, and its closing tag.
    var start: Int
    var end: Int
    /// Whether the closing tag is missing.
    var isMissing = false
    /// Whether it could have ended elsewhere as well.
    var isAmbiguous = false
  }

  /// What follows a closing tag.
  private enum Follow {
    /// What may follow a value.
    case certain
    /// What may follow a value, but might be the value's own as well: a parameter that the tool does not declare, an end after which
    /// another comes.
    case uncertain
    /// Anything else: the tag is the value's own.
    case none
  }

  /// How many tags are looked at before the first that may end the value, and after it: what keeps hostile text linear.
  private static let reach = 2048
  private static let reachAfterCandidate = 256

  /// Finds the end of the value that begins at `start`.
  func find(from start: Int, _ markers: borrowing MarkerList, bodyEnd: Int) -> Found {
    let opening: MarkerPosition.Kind = rule.valueOpen.isEmpty ? .keyOpen : .valueOpen
    let first = markers.index(from: start)
    var depth = 0
    var candidate: (marker: MarkerPosition, inner: Bool)?
    /// An opening tag of a declared parameter, not within the value's own tags: there the next value begins if this one is not closed.
    var declaredOpen: Int?
    /// Where the call and its frame end and another frame begins: there the value ends if nothing closes it.
    var callEnd: Int?
    var cursor = first
    var last = min(markers.count, first + Self.reach)
    while cursor < last {
      let marker = markers[cursor]
      if marker.kind == .keyOpen, depth == 0, candidate == nil, declaredOpen == nil, declares(keyAfter: marker.end) {
        declaredOpen = marker.start
      }
      if marker.kind == opening {
        depth += 1
      } else if marker.kind == .callClose {
        if depth == 0, candidate == nil, callEnd == nil, endsFrame(cursor, markers, bodyEnd) { callEnd = marker.start }
      } else if marker.kind == .valueClose {
        let follow = follow(after: marker, cursor, markers, bodyEnd)
        if depth > 0 {
          depth -= 1
          if follow != .none, candidate == nil { candidate = (marker, true) }
        } else {
          if follow == .certain { return Found(start: marker.start, end: marker.end) }
          if follow == .uncertain, candidate == nil { candidate = (marker, false) }
        }
        if candidate != nil { last = min(last, cursor + Self.reachAfterCandidate) }
      }
      cursor += 1
    }
    if candidate?.inner ?? true, let missing = [declaredOpen, callEnd].compactMap({ $0 }).min() {
      return Found(start: missing, end: missing, isMissing: true)
    }
    if let candidate {
      return Found(start: candidate.marker.start, end: candidate.marker.end, isAmbiguous: true)
    }
    let end = missingEnd(first, markers, bodyEnd, start)
    return Found(start: end, end: end, isMissing: true)
  }

  /// Whether a call's closing tag is followed by its frame's, and that by another frame or nothing.
  private func endsFrame(_ cursor: Int, _ markers: borrowing MarkerList, _ bodyEnd: Int) -> Bool {
    let close = cursor + 1
    guard close < markers.count, markers[close].kind == .frameClose,
      markers[close].start <= skipJSONSpace(text, markers[cursor].end)
    else { return false }
    let place = skipJSONSpace(text, markers[close].end)
    if place >= bodyEnd { return true }
    return close + 1 < markers.count && markers[close + 1].kind == .frameOpen && markers[close + 1].start <= place
  }

  /// Where a value ends that nothing closes.
  private func missingEnd(_ first: Int, _ markers: borrowing MarkerList, _ bodyEnd: Int, _ start: Int) -> Int {
    var cursor = first
    while cursor < markers.count {
      switch markers[cursor].kind {
      case .callClose, .frameClose, .callOpen, .frameOpen, .keyOpen: return markers[cursor].start
      default: cursor += 1
      }
    }
    return max(start, bodyEnd)
  }

  /// Whether the key that begins at a position is a parameter the tool declares.
  private func declares(keyAfter start: Int) -> Bool {
    guard let types, let key = key(from: start) else { return false }
    return types.declares(text, key)
  }

  private func key(from start: Int) -> Range<Int>? { TaggedFrameReader.ended(text, from: start, by: keyEnd)?.range }

  /// What follows the closing tag at `cursor`.
  private func follow(after close: MarkerPosition, _ cursor: Int, _ markers: borrowing MarkerList, _ bodyEnd: Int)
    -> Follow
  {
    let place = skipJSONSpace(text, close.end)
    if place >= bodyEnd { return .certain }
    let next = cursor + 1
    guard next < markers.count, markers[next].start <= place else { return .none }
    switch markers[next].kind {
    case .keyOpen:
      guard let types else { return .certain }
      guard let key = key(from: markers[next].end) else { return .none }
      return types.declares(text, key) ? .certain : .uncertain
    case .callClose: return afterCall(next, markers, bodyEnd)
    case .frameClose: return isOver(after: next, markers) ? .certain : .uncertain
    default: return .none
    }
  }

  /// Whether a call may end at its closing tag: the frame closes, another call opens, or the text is over.
  private func afterCall(_ cursor: Int, _ markers: borrowing MarkerList, _ bodyEnd: Int) -> Follow {
    let place = skipJSONSpace(text, markers[cursor].end)
    if place >= bodyEnd { return .certain }
    let next = cursor + 1
    guard next < markers.count, markers[next].start <= place else {
      // Text, as after a call that stands outside a section.
      return isOver(after: cursor, markers) ? .uncertain : .none
    }
    switch markers[next].kind {
    case .callOpen, .frameOpen, .reasoningOpen: return .certain
    case .frameClose: return isOver(after: next, markers) ? .certain : .uncertain
    default: return .none
    }
  }

  /// Whether the next marker does not close what only an open call has: then the value goes on.
  private func isOver(after cursor: Int, _ markers: borrowing MarkerList) -> Bool {
    let next = cursor + 1
    guard next < markers.count else { return true }
    switch markers[next].kind {
    case .valueClose, .callClose: return false
    case .keyOpen, .valueOpen: return false
    default: return true
    }
  }
}
