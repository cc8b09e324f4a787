/// The engine of formats whose frames hold calls written in Python.
struct PythonFrameReader: FrameReader {
  private let calls: PythonCallReader
  private let frame: CallFrame
  private let leniencies: Leniencies

  init(_ rule: PythonPayload, _ format: CompletionFormat) {
    calls = PythonCallReader(rule)
    frame = format.frame
    leniencies = format.leniencies
  }

  func mayStart(with byte: UInt8) -> Bool { calls.mayStart(with: byte) }

  func readFrame(
    _ open: Range<Int>, _ text: Span<UInt8>, _ markers: borrowing MarkerList, _ room: borrowing FrameRoom,
    into completion: inout Completion
  ) -> Int? {
    let start = skipJSONSpace(text, open.upperBound)
    let isBare = open.isEmpty
    let promises = start < completion.bodyEnd && promisesCall(text, start, completion.bodyEnd)
    guard promises || (!isBare && start < completion.bodyEnd && mayStart(with: text[start])) else {
      return isBare ? nil : recordUnconfirmed(open, start, markers, into: &completion)
    }
    let reading = calls.read(text, from: start, end: completion.bodyEnd, session: room.session)
    let first = completion.attempts.count
    for call in reading.calls { record(call, into: &completion) }
    let attempts = first..<completion.attempts.count
    // What follows: the closing marker, something else before it, or nothing that belongs to the frame.
    let after = skipJSONSpace(text, reading.end)
    var end = reading.end
    var payloadEnd = reading.end
    var isClosed = frame.close.isEmpty
    if let close = markers.frameClose(from: reading.end), reading.failure == nil || !attempts.isEmpty || !isBare {
      let isNext = close.start <= after
      if isNext || (!isBare && close.start < markers.frameOpen(from: reading.end)?.start ?? .max) {
        isClosed = true
        payloadEnd = close.start
        end = close.end
        if !isNext { fail(.malformed, .textAfterPayload, after..<close.start, attempts, into: &completion) }
      }
    }
    if let failure = reading.failure {
      let offset = min(failure.offset, text.count)
      let code: Diagnostic.Code = failure.code == .unexpectedEnd ? .unexpectedEnd : .malformedPython
      if attempts.isEmpty {
        completion.attempts.append(
          CallAttempt(status: .malformed, range: open.lowerBound..<end, frame: completion.frames.count))
        completion.diagnostics.append(Diagnostic(code, offset..<min(offset + 1, text.count), attempt: first))
      } else {
        fail(.unclosed, code, offset..<min(offset + 1, text.count), attempts, into: &completion)
      }
    } else if isBare {
      // No marker announced it, none need end it.
      isClosed = true
    } else if !isClosed {
      let isAtEnd = after >= completion.bodyEnd
      if isAtEnd, leniencies.contains(.missingClose) {
        for index in attempts { completion.attempts[index].usedLeniency = true }
        completion.diagnostics.append(
          Diagnostic(.leniency(.missingClose), open, attempt: attempts.isEmpty ? nil : first))
      } else if isAtEnd, frame.isCloseOptional {
        isClosed = true
      } else {
        fail(.unclosed, .unclosedCall, open.lowerBound..<end, attempts, into: &completion)
      }
    }
    let whole = first..<completion.attempts.count
    completion.frames.append(
      Frame(
        range: open.lowerBound..<end, payload: min(open.upperBound, payloadEnd)..<payloadEnd, isClosed: isClosed,
        content: content(whole, completion, reading.failure), attempts: whole))
    return end
  }

  private func content(_ attempts: Range<Int>, _ completion: Completion, _ failure: ValueError?) -> Frame.Content {
    for index in attempts {
      if let node = completion.attempts[index].arguments { return .value(root: node) }
    }
    if let failure { return .unreadable(failure.code) }
    return attempts.isEmpty ? .empty : .unreadable(.malformed)
  }

  /// Whether a call begins here: a name with a parenthesis behind it, in the list if calls stand in one. Without a marker only that tells a
  /// call from an answer that begins with a bracket or a word.
  private func promisesCall(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    var position = start
    if calls.rule.layout == .list {
      guard text[position] == 0x5B else { return false }
      position = skipJSONSpace(text, position + 1)
    }
    let name = position
    let limit = min(end, name + 256)
    while position < limit {
      let byte = text[position]
      if byte == 0x28 { return position > name }
      let isName = PythonLexer.isWordByte(byte) || byte == 0x2E
      guard isName || (calls.rule.allowsSpacedNames && byte >= 0x20 && !Self.endsName(byte)) || byte == 0x20 else {
        return false
      }
      position += 1
    }
    return false
  }

  private static func endsName(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x22, 0x27, 0x29, 0x2C, 0x3D, 0x5B, 0x5D, 0x7B, 0x7D: true
    default: false
    }
  }

  private func record(_ call: PythonCallRead, into completion: inout Completion) {
    let index = completion.attempts.count
    var attempt = CallAttempt(status: .ok, range: call.range, frame: completion.frames.count)
    attempt.name = call.name
    attempt.arguments = call.arguments
    if let failure = call.failure {
      attempt.status = failure.code == .limitExceeded ? .limitExceeded : .malformed
      let place = min(failure.offset, completion.text.count)
      completion.diagnostics.append(
        Diagnostic(failure.code, place..<min(place + 1, completion.text.count), attempt: index))
    } else if call.name == nil {
      attempt.status = .invalidName
      completion.diagnostics.append(Diagnostic(.missingName, call.range, attempt: index))
    } else if !call.positional.isEmpty {
      attempt.status = .invalidArguments
    }
    for (code, range) in call.notes { completion.diagnostics.append(Diagnostic(code, range, attempt: index)) }
    if call.hasDuplicates {
      attempt.hasDuplicateMembers = true
      completion.diagnostics.append(Diagnostic(.duplicateMember, call.range, attempt: index))
    }
    completion.attempts.append(attempt)
  }

  private func fail(
    _ status: CallAttempt.Status, _ code: Diagnostic.Code, _ range: Range<Int>, _ attempts: Range<Int>,
    into completion: inout Completion
  ) {
    for index in attempts where completion.attempts[index].status == .ok { completion.attempts[index].status = status }
    completion.diagnostics.append(Diagnostic(code, range, attempt: attempts.isEmpty ? nil : attempts.lowerBound))
  }

  /// A frame with no call in it, if it closes before another opens, is a failed attempt; else its marker is text.
  private func recordUnconfirmed(
    _ open: Range<Int>, _ start: Int, _ markers: borrowing MarkerList, into completion: inout Completion
  ) -> Int? {
    CallSection(open: open, frame: frame, leniencies: leniencies)
      .recordUnconfirmed(start, markers, into: &completion)
  }
}

/// The engine of the leaderboard's texts: the whole answer is what its decoder reads, or no call at all.
struct BFCLFrameReader: FrameReader {
  private let decoder: BFCLDecoder

  init(_ version: BFCLVersion) {
    decoder = BFCLDecoder(version)
  }

  func mayStart(with byte: UInt8) -> Bool { true }

  func readFrame(
    _ open: Range<Int>, _ text: Span<UInt8>, _ markers: borrowing MarkerList, _ room: borrowing FrameRoom,
    into completion: inout Completion
  ) -> Int? {
    // White space and terminators around the answer are the decoder's to strip.
    let calls = decoder.decode(text, completion.bodyStart..<text.count, session: room.session)
    let range = open.lowerBound..<max(completion.bodyEnd, open.upperBound)
    let first = completion.attempts.count
    if let calls {
      for call in calls {
        var attempt = CallAttempt(status: .ok, range: range, frame: completion.frames.count)
        attempt.name = call.name
        attempt.arguments = call.arguments
        completion.attempts.append(attempt)
      }
    } else {
      // Prose is no attempt; a list that cannot be decoded is one.
      guard text[open.lowerBound] == 0x5B else { return nil }
      completion.attempts.append(CallAttempt(status: .malformed, range: range, frame: completion.frames.count))
      completion.diagnostics.append(Diagnostic(.malformedPython, range, attempt: first))
    }
    let attempts = first..<completion.attempts.count
    completion.frames.append(
      Frame(
        range: range, payload: range, isClosed: true,
        content: calls.map { $0.first.map { .value(root: $0.arguments) } ?? .empty } ?? .unreadable(.malformed),
        attempts: attempts))
    return range.upperBound
  }
}
