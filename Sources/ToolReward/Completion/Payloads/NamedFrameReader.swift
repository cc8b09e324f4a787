/// The engine of formats that give a call's name as text and its arguments as JSON.
///
/// The arguments end where their grammar ends, and what closes the call must follow: a marker inside a string closes nothing.
struct NamedFrameReader: FrameReader {
  let rule: NamedPayload
  private let frame: CallFrame
  private let leniencies: Leniencies
  private let kind: [UInt8]
  private let namePrefix: [UInt8]
  private let indexSeparator: [UInt8]
  private let identifierOpen: PatternList
  private let nameEnd: PatternList
  private let relaxed: RelaxedReader?
  private let fence: (open: [UInt8], close: [UInt8])?
  /// Names and identifiers are shorter than this.
  private static let nameLimit = 1024

  init(_ rule: NamedPayload, _ format: CompletionFormat) {
    self.rule = rule
    frame = format.frame
    leniencies = format.leniencies
    kind = Array(rule.kind.utf8)
    namePrefix = Array(rule.namePrefix.utf8)
    indexSeparator = Array(rule.indexSeparator.utf8)
    identifierOpen = PatternList([Array(rule.identifierOpen.utf8)])
    nameEnd = PatternList(rule.nameEnd.map { Array($0.utf8) })
    if case .relaxed(let syntax) = rule.syntax {
      relaxed = RelaxedReader(syntax, limits: rule.limits)
    } else {
      relaxed = nil
    }
    fence = rule.fence.map { (Array($0.open.utf8), Array($0.close.utf8)) }
  }

  func mayStart(with byte: UInt8) -> Bool { false }

  func readFrame(
    _ open: Range<Int>, _ text: Span<UInt8>, _ markers: borrowing MarkerList, _ room: borrowing FrameRoom,
    into completion: inout Completion
  ) -> Int? {
    var section = CallSection(open: open, frame: frame, leniencies: leniencies)
    if !rule.callOpen.isEmpty {
      return section.read(text, markers, into: &completion) { call, completion in
        readCall(
          call.start..<call.end, header(text, from: call.end), text, markers, room, into: &completion)
      }
    }
    // The frame's marker is the call's: without a name and arguments behind it, it is text.
    guard let header = header(text, from: open.upperBound), header.isWhole else {
      return section.recordUnconfirmed(skipJSONSpace(text, open.upperBound), markers, into: &completion)
    }
    section.begin(completion)
    let end = readCall(open, header, text, markers, room, into: &completion)
    return section.close(at: end, text, markers, into: &completion)
  }

  // MARK: The name

  /// What stands before the arguments.
  private struct Header {
    var name: Range<Int>
    /// Where the arguments begin.
    var end: Int
    /// Whether the name and what ends it stand.
    var isWhole = true
    /// Whether the identifier has the format's form.
    var isUsual = true
  }

  private func header(_ text: Span<UInt8>, from start: Int) -> Header? {
    var position = start
    if !kind.isEmpty {
      guard ByteSearch.matches(kind, in: text, at: position) else { return nil }
      position += kind.count
    }
    while position < text.count, text[position] == 0x20 { position += 1 }
    let first = position
    let limit = min(text.count, first + Self.nameLimit)
    var nameLast: Int?
    while position < limit {
      if let length = nameEnd.lengthOfFirst(in: text, startingAt: position) {
        return named(text, first..<(nameLast ?? position), end: position + length)
      }
      if nameLast == nil, let length = identifierOpen.lengthOfFirst(in: text, startingAt: position) {
        nameLast = position
        position += length
        continue
      }
      let byte = text[position]
      if byte == 0x7B, rule.isNameEndOptional { return named(text, first..<(nameLast ?? position), end: position) }
      if isJSONSpace(byte) {
        // A name is one word; white space may only stand before what ends it.
        nameLast = nameLast ?? position
        position = skipJSONSpace(text, position)
        guard let length = nameEnd.lengthOfFirst(in: text, startingAt: position) else { return nil }
        return named(text, first..<(nameLast ?? position), end: position + length)
      }
      if Self.endsName(byte) { return nil }
      position += 1
    }
    return nil
  }

  /// What no name holds: with it, what stands here is no name but a value, or a tag.
  private static func endsName(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x22, 0x3C, 0x3E, 0x5B, 0x5D, 0x7B, 0x7D: true
    default: false
    }
  }

  private func named(_ text: Span<UInt8>, _ range: Range<Int>, end: Int) -> Header {
    var header = Header(name: range, end: end)
    if !namePrefix.isEmpty, range.count > namePrefix.count,
      ByteSearch.matches(namePrefix, in: text, at: range.lowerBound)
    {
      header.name = (range.lowerBound + namePrefix.count)..<range.upperBound
    }
    if !indexSeparator.isEmpty {
      var digits = header.name.upperBound
      while digits > header.name.lowerBound, (0x30...0x39).contains(text[digits - 1]) { digits -= 1 }
      let separator = digits - indexSeparator.count
      if digits < header.name.upperBound, separator > header.name.lowerBound,
        ByteSearch.matches(indexSeparator, in: text, at: separator)
      {
        header.name = header.name.lowerBound..<separator
      } else {
        header.isUsual = false
      }
    }
    header.isWhole = !header.name.isEmpty
    return header
  }

  // MARK: A call

  /// Reads the call that a marker opens, and records the attempt. Returns where it ends.
  private func readCall(
    _ open: Range<Int>, _ header: Header?, _ text: Span<UInt8>, _ markers: borrowing MarkerList,
    _ room: borrowing FrameRoom,
    into completion: inout Completion
  ) -> Int {
    let index = completion.attempts.count
    var attempt = CallAttempt(status: .ok, range: open, frame: completion.frames.count)
    func fail(_ status: CallAttempt.Status, _ code: Diagnostic.Code, _ range: Range<Int>) {
      if attempt.status == .ok { attempt.status = status }
      completion.diagnostics.append(Diagnostic(code, range, attempt: index))
    }
    completion.attempts.append(attempt)
    var position = open.upperBound
    if let header, header.isWhole {
      position = header.end
      attempt.name = try? name(text, header.name, room.session)
      if !header.isUsual {
        forgive(.otherIdentifier, .invalidName, .unusualIdentifier, header.name, &attempt, index, &completion)
      }
      position = readArguments(from: position, text, markers, room, &attempt, index, into: &completion)
    } else {
      fail(.invalidName, .missingName, open)
      position = resynchronised(from: position, markers, completion.bodyEnd)
    }
    if !rule.callClose.isEmpty {
      let place = skipJSONSpace(text, position)
      let cursor = markers.index(from: position)
      if cursor < markers.count, markers[cursor].start <= place, markers[cursor].kind == .callClose {
        position = markers[cursor].end
      } else if place < completion.bodyEnd, let next = nextClose(cursor, markers) {
        fail(.malformed, .textAfterPayload, place..<markers[next].start)
        position = markers[next].end
      } else {
        forgive(
          place >= completion.bodyEnd ? .missingClose : [], .unclosed, .unclosedCall, open.lowerBound..<position,
          &attempt,
          index, &completion)
      }
    }
    attempt.range = open.lowerBound..<position
    completion.attempts[index] = attempt
    return position
  }

  private func name(_ text: Span<UInt8>, _ range: Range<Int>, _ session: ValueSession) throws(ValueError) -> Int {
    session.beginValue(limits: rule.limits)
    try session.write(string: text, range, at: range)
    return try session.finishValue(at: range.upperBound)
  }

  /// Reads the arguments. Returns where they end, their fence included.
  private func readArguments(
    from start: Int, _ text: Span<UInt8>, _ markers: borrowing MarkerList, _ room: borrowing FrameRoom,
    _ attempt: inout CallAttempt, _ index: Int, into completion: inout Completion
  ) -> Int {
    func fail(_ status: CallAttempt.Status, _ code: Diagnostic.Code, _ range: Range<Int>) {
      if attempt.status == .ok { attempt.status = status }
      completion.diagnostics.append(Diagnostic(code, range, attempt: index))
    }
    let session = room.session
    var position = start
    var isFenced = false
    if let fence {
      if ByteSearch.matches(fence.open, in: text, at: position) {
        isFenced = true
        position += fence.open.count
      } else {
        forgive(.missingFence, .malformed, .missingFence, start..<start, &attempt, index, &completion)
      }
    }
    do throws(ValueError) {
      let read =
        if let relaxed {
          try relaxed.readPrefix(text, from: position, limit: nextCall(position, markers) ?? text.count, session)
        } else {
          try session.readPrefix(text, from: position, syntax: .json, limits: rule.limits)
        }
      position = read.end
      attempt.arguments = read.root
      let node = session.tape.nodes[read.root]
      if node.kind != .object { fail(.invalidArguments, .argumentsNotObject, skipJSONSpace(text, start)..<read.end) }
      if node.flags.contains(.duplicateNamesBelow) {
        attempt.hasDuplicateMembers = true
        completion.diagnostics.append(Diagnostic(.duplicateMember, start..<read.end, attempt: index))
      }
    } catch {
      let offset = min(error.offset, text.count)
      fail(
        error.code.isLimit ? .limitExceeded : .malformed, .payload(error.code), offset..<min(offset + 1, text.count))
      return resynchronised(from: start, stoppedAt: offset, markers, completion.bodyEnd)
    }
    if isFenced, let fence {
      let place = skipJSONSpace(text, position)
      if ByteSearch.matches(fence.close, in: text, at: place) {
        position = place + fence.close.count
      } else {
        fail(.malformed, .missingFence, place..<place)
      }
    }
    return position
  }

  // MARK: Ends

  /// Where the next call begins after a position.
  private func nextCall(_ position: Int, _ markers: borrowing MarkerList) -> Int? {
    var cursor = markers.index(from: position)
    while cursor < markers.count {
      if markers[cursor].kind == .callOpen || markers[cursor].kind == .frameOpen { return markers[cursor].start }
      cursor += 1
    }
    return nil
  }

  /// The marker that closes the call; `nil` if another call, or the section's end, comes before it.
  private func nextClose(_ start: Int, _ markers: borrowing MarkerList) -> Int? {
    var cursor = start
    while cursor < markers.count {
      switch markers[cursor].kind {
      case .callClose: return cursor
      case .callOpen, .frameOpen, .frameClose: return nil
      default: cursor += 1
      }
    }
    return nil
  }

  /// Where a call ends that cannot be read: before the next marker after what was read, or, if a call opens before that, after all.
  private func resynchronised(
    from start: Int, stoppedAt offset: Int? = nil, _ markers: borrowing MarkerList, _ bodyEnd: Int
  ) -> Int {
    func next(from position: Int) -> Int? {
      var cursor = markers.index(from: position)
      while cursor < markers.count {
        switch markers[cursor].kind {
        case .callOpen, .callClose, .frameOpen, .frameClose: return cursor
        default: cursor += 1
        }
      }
      return nil
    }
    if let cursor = next(from: max(start, offset.map { $0 - 1 } ?? start)) {
      // A closing marker in what was read stood in a string; an opening one begins a call that must not be lost.
      let open = offset.flatMap { offset in
        (markers.index(from: start)..<markers.index(from: offset)).first {
          markers[$0].kind == .callOpen || markers[$0].kind == .frameOpen
        }
      }
      return markers[open ?? cursor].start
    }
    if let cursor = next(from: start) { return markers[cursor].start }
    return max(start, bodyEnd)
  }

  private func forgive(
    _ leniency: Leniencies, _ status: CallAttempt.Status, _ code: Diagnostic.Code, _ range: Range<Int>,
    _ attempt: inout CallAttempt, _ index: Int, _ completion: inout Completion
  ) {
    if !leniency.isEmpty, leniencies.contains(leniency) {
      attempt.usedLeniency = true
      completion.diagnostics.append(Diagnostic(.leniency(leniency), range, attempt: index))
    } else {
      if attempt.status == .ok { attempt.status = status }
      completion.diagnostics.append(Diagnostic(code, range, attempt: index))
    }
  }
}
