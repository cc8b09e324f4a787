/// The engine of formats whose values stand as plain text between tags.
///
/// Nothing escapes a value, so that a tag in it looks like the format's own. Where a value ends is therefore told by what follows its
/// closing tag (see ``ValueEnd``), not by the first one.
struct TaggedFrameReader: FrameReader {
  let rule: TaggedPayload
  private let frame: CallFrame
  private let leniencies: Leniencies
  private let nameEnd: PatternList
  private let keyEnd: PatternList
  private let textAttribute: PatternList
  private let jsonAttribute: PatternList
  /// Names and keys are shorter than this.
  private static let nameLimit = 1024

  init(_ rule: TaggedPayload, _ format: CompletionFormat) {
    self.rule = rule
    frame = format.frame
    leniencies = format.leniencies
    func list(_ texts: [String]) -> PatternList { PatternList(texts.map { Array($0.utf8) }) }
    nameEnd = list(rule.nameEnd)
    keyEnd = list(rule.keyEnd)
    if case .attribute(let text, let json) = rule.typing {
      textAttribute = list(text)
      jsonAttribute = list(json)
    } else {
      textAttribute = list([])
      jsonAttribute = list([])
    }
  }

  func mayStart(with byte: UInt8) -> Bool { false }

  func readFrame(
    _ open: Range<Int>, _ text: Span<UInt8>, _ markers: borrowing MarkerList, _ room: borrowing FrameRoom,
    into completion: inout Completion
  ) -> Int? {
    var section = CallSection(open: open, frame: frame, leniencies: leniencies)
    guard rule.callOpen.isEmpty else {
      return section.read(text, markers, into: &completion) { call, completion in
        readCall(from: call, nameStart: call.end, text, markers, room, into: &completion)
      }
    }
    // The frame is the call: a marker with no name behind it is text.
    let name = self.name(text, from: open.upperBound, markers)
    guard let name, !name.range.isEmpty else {
      return section.recordUnconfirmed(skipJSONSpace(text, open.upperBound), markers, into: &completion)
    }
    let call = MarkerPosition(kind: .frameOpen, start: open.lowerBound, length: open.count)
    section.begin(completion)
    let end = readCall(from: call, nameStart: open.upperBound, text, markers, room, into: &completion)
    return section.close(at: end, text, markers, into: &completion)
  }

  // MARK: A call

  /// Reads a call from its opening marker to its closing one, and records the attempt. Returns where it ends.
  private func readCall(
    from call: MarkerPosition, nameStart: Int, _ text: Span<UInt8>, _ markers: borrowing MarkerList,
    _ room: borrowing FrameRoom,
    into completion: inout Completion
  ) -> Int {
    let session = room.session
    let index = completion.attempts.count
    var attempt = CallAttempt(status: .ok, range: call.start..<call.end, frame: completion.frames.count)
    var position = nameStart
    func fail(_ status: CallAttempt.Status, _ code: Diagnostic.Code, _ range: Range<Int>) {
      if attempt.status == .ok { attempt.status = status }
      completion.diagnostics.append(Diagnostic(code, range, attempt: index))
    }
    completion.attempts.append(attempt)
    var types: ParameterTypes?
    do throws(ValueError) {
      let name = name(text, from: nameStart, markers)
      if let name { position = name.end }
      if let name, !name.range.isEmpty {
        session.beginValue(limits: rule.limits)
        try session.write(string: text, name.range, at: name.range)
        attempt.name = try session.finishValue(at: name.end)
        types = room.tools?.tool(named: bytes(text, name.range)).flatMap { ParameterTypes($0) }
      } else {
        fail(.invalidName, .missingName, call.start..<nameStart)
      }
      session.beginValue(limits: rule.limits)
      try session.open(.object, at: position)
      reading: while true {
        let cursor = markers.index(from: position)
        position = skipJSONSpace(text, position)
        guard cursor < markers.count, markers[cursor].start <= position else {
          // Something that belongs to no tag: whatever call marker comes next ends it, unless another frame does.
          let next = nextTag(cursor, markers)
          let end = next.map { markers[$0].start } ?? max(position, completion.bodyEnd)
          if end > position { fail(.malformed, .textAfterPayload, position..<end) }
          position = end
          if next == nil { break reading }
          continue
        }
        let marker = markers[cursor]
        switch marker.kind {
        case .keyOpen:
          position = try readValue(
            key: marker, text, markers, ValueText(session: session, types: types), index, &attempt, into: &completion)
        case .callClose:
          position = marker.end
          break reading
        default: break reading
        }
      }
      if !rule.callClose.isEmpty, !isCallClose(endingAt: position, markers) {
        forgive(
          .missingClose, &attempt, index, call.start..<position, into: &completion,
          otherwise: (.unclosed, .unclosedCall))
      }
      try session.close(at: position)
      let arguments = try session.finishValue(at: position)
      attempt.arguments = arguments
      if types == nil, rule.typing == .schema, session.tape.nodes[arguments].count > 0 {
        completion.diagnostics.append(Diagnostic(.valuesWithoutSchema, call.start..<position, attempt: index))
      }
      if session.tape.nodes[arguments].flags.contains(.duplicateNamesBelow) {
        attempt.hasDuplicateMembers = true
        completion.diagnostics.append(Diagnostic(.duplicateMember, call.start..<position, attempt: index))
      }
    } catch {
      session.discardValue()
      fail(.limitExceeded, .limitExceeded, call.start..<max(position, call.end))
      let cursor = markers.index(from: position)
      position =
        (cursor..<markers.count).first { markers[$0].kind == .callClose || markers[$0].kind == .frameClose }
        .map { markers[$0].start } ?? completion.bodyEnd
    }
    attempt.range = call.start..<max(position, call.end)
    completion.attempts[index] = attempt
    return position
  }

  /// Reads a key and its value into the open object. Returns where the value's closing tag ends.
  private func readValue(
    key marker: MarkerPosition, _ text: Span<UInt8>, _ markers: borrowing MarkerList, _ values: ValueText, _ index: Int,
    _ attempt: inout CallAttempt, into completion: inout Completion
  ) throws(ValueError) -> Int {
    func fail(_ code: Diagnostic.Code, _ range: Range<Int>) {
      if attempt.status == .ok { attempt.status = .malformed }
      completion.diagnostics.append(Diagnostic(code, range, attempt: index))
    }
    guard let key = Self.ended(text, from: marker.end, by: keyEnd) else {
      fail(.malformedPayload, marker.start..<marker.end)
      return marker.end
    }
    var start = key.end
    var isJSON: Bool?
    if case .attribute = rule.typing {
      if let length = textAttribute.lengthOfFirst(in: text, startingAt: start) {
        start += length
        isJSON = false
      } else if let length = jsonAttribute.lengthOfFirst(in: text, startingAt: start) {
        start += length
        isJSON = true
      } else {
        fail(.malformedPayload, marker.start..<start)
        return start
      }
    }
    if !rule.valueOpen.isEmpty {
      let place = skipJSONSpace(text, start)
      let cursor = markers.index(from: start)
      guard cursor < markers.count, markers[cursor].start <= place, markers[cursor].kind == .valueOpen else {
        fail(.malformedPayload, marker.start..<start)
        return start
      }
      start = markers[cursor].end
    }
    let end = ValueEnd(rule: rule, types: values.types, text: text, keyEnd: keyEnd)
      .find(from: start, markers, bodyEnd: completion.bodyEnd)
    var range = start..<end.start
    if end.isMissing { fail(.unclosedValue, range) }
    if end.isAmbiguous { completion.diagnostics.append(Diagnostic(.ambiguousValueEnd, range, attempt: index)) }
    if rule.framing == .lineFeed { range = withoutFraming(text, range) }
    try values.session.write(name: text, key.range)
    if let isJSON {
      if !isJSON {
        try values.session.write(string: text, range, at: range)
      } else if try !values.writeJSON(text, range, attempt: index, into: &completion) {
        if attempt.status == .ok { attempt.status = .malformed }
      }
    } else {
      try values.write(text, range, named: key.range, attempt: index, into: &completion)
    }
    return end.end
  }

  // MARK: Parts

  /// The name of a call, and where what ends it ends.
  private func name(_ text: Span<UInt8>, from start: Int, _ markers: borrowing MarkerList) -> (
    range: Range<Int>, end: Int
  )? {
    if !nameEnd.isEmpty {
      guard let name = Self.ended(text, from: start, by: nameEnd) else { return nil }
      return name
    }
    // Without an end of its own a name is one word, after which only a key or the frame's end may come.
    let first = skipJSONSpace(text, start)
    var end = first
    while end < text.count, end - first < Self.nameLimit, !isJSONSpace(text[end]), !Self.endsWord(text[end]) {
      end += 1
    }
    let next = skipJSONSpace(text, end)
    let cursor = markers.index(from: end)
    guard cursor < markers.count, markers[cursor].start <= next else { return nil }
    let kind = markers[cursor].kind
    return kind == .keyOpen || kind == .frameClose ? (first..<end, end) : nil
  }

  private static func endsWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x22, 0x27, 0x28, 0x3C, 0x3E, 0x5B, 0x5D, 0x7B, 0x7D: true
    default: false
    }
  }

  /// The text from a position to the first pattern that ends it on the same line, and where that pattern ends.
  static func ended(_ text: Span<UInt8>, from start: Int, by patterns: PatternList) -> (range: Range<Int>, end: Int)? {
    var position = start
    let limit = min(text.count, start + nameLimit)
    while position < limit, text[position] != 0x0A {
      if let length = patterns.lengthOfFirst(in: text, startingAt: position) {
        return (start..<position, position + length)
      }
      // A tag begins: the name before it was never ended.
      if text[position] == 0x3C { return nil }
      position += 1
    }
    return nil
  }

  /// The next marker that a call goes on or ends with; `nil` if a frame opens before that, or none comes.
  private func nextTag(_ start: Int, _ markers: borrowing MarkerList) -> Int? {
    var cursor = start
    while cursor < markers.count {
      switch markers[cursor].kind {
      case .keyOpen, .callClose, .frameClose, .callOpen: return cursor
      case .frameOpen: return nil
      default: cursor += 1
      }
    }
    return nil
  }

  private func isCallClose(endingAt position: Int, _ markers: borrowing MarkerList) -> Bool {
    let cursor = markers.index(from: position) - 1
    return cursor >= 0 && markers[cursor].kind == .callClose && markers[cursor].end == position
  }

  private func withoutFraming(_ text: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    var start = range.lowerBound
    var end = range.upperBound
    if start < end, text[start] == 0x0A { start += 1 }
    if end > start, text[end - 1] == 0x0A { end -= 1 }
    return start..<end
  }

  private func forgive(
    _ leniency: Leniencies, _ attempt: inout CallAttempt, _ index: Int, _ range: Range<Int>,
    into completion: inout Completion, otherwise: (CallAttempt.Status, Diagnostic.Code)
  ) {
    if leniencies.contains(leniency) {
      attempt.usedLeniency = true
      completion.diagnostics.append(Diagnostic(.leniency(leniency), range, attempt: index))
    } else {
      if attempt.status == .ok { attempt.status = otherwise.0 }
      completion.diagnostics.append(Diagnostic(otherwise.1, range, attempt: index))
    }
  }

  private func bytes(_ text: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
    unsafe text.extracting(range).withUnsafeBufferPointer { unsafe Array($0) }
  }
}
