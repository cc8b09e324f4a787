extension JSONPayloadReader: FrameReader {
  func readFrame(
    _ open: Range<Int>, _ text: Span<UInt8>, _ markers: borrowing MarkerList, _ room: borrowing FrameRoom,
    into completion: inout Completion
  ) -> Int? {
    switch frame.ends {
    case .firstCloser: frameToFirstCloser(open, text, markers, room.session, into: &completion)
    case .grammar: frameByGrammar(open, text, markers, room.session, into: &completion)
    }
  }

  /// The text up to the first closing marker is the payload, whatever it holds.
  @inline(__always)
  private func frameToFirstCloser(
    _ open: Range<Int>, _ text: Span<UInt8>, _ markers: borrowing MarkerList, _ session: ValueSession,
    into completion: inout Completion
  ) -> Int? {
    if let close = markers.frameClose(from: open.upperBound) {
      let payload = open.upperBound..<close.start
      readWhole(
        text, payload, frame: open.lowerBound..<close.end, session: session, into: &completion)
      return close.end
    }
    let start = skipJSONSpace(text, open.upperBound)
    guard start < text.count, mayStart(with: text[start]) else { return nil }
    let end = max(completion.bodyEnd, open.upperBound)
    recordUnclosed(frame: open.lowerBound..<end, payload: open.upperBound..<end, into: &completion)
    return end
  }

  /// The payload ends where its grammar ends.
  @inline(never)
  private func frameByGrammar(
    _ open: Range<Int>, _ text: Span<UInt8>, _ markers: borrowing MarkerList, _ session: ValueSession,
    into completion: inout Completion
  ) -> Int? {
    let start = skipJSONSpace(text, open.upperBound)
    let isLegalStart = start < text.count && mayStart(with: text[start])
    let closeAfterOpen = markers.frameClose(from: open.upperBound)
    let openAfterOpen = markers.frameOpen(from: open.upperBound)
    guard isLegalStart else {
      // Without a payload only a frame that closes before another opens is an attempt; else the marker is text.
      guard let close = closeAfterOpen, close.start < openAfterOpen?.start ?? .max else { return nil }
      let isEmpty = close.start <= start
      let start = min(start, close.start)
      recordUnreadable(
        isEmpty ? .emptyFrame : .notACall, status: isEmpty ? .malformed : .notACall, frame: open.lowerBound..<close.end,
        payload: open.upperBound..<close.start, at: start..<close.start,
        content: isEmpty ? .empty : .unreadable(.malformed),
        into: &completion)
      return close.end
    }
    switch readPrefix(text, from: start, session: session) {
    case .failure(let error):
      if open.isEmpty, !promisesCall(text, start) { return nil }
      let nextOpen = openAfterOpen?.start ?? .max
      let close = closeAfterOpen.flatMap { $0.start < nextOpen ? $0 : nil }
      let limit = close?.start ?? max(start, min(nextOpen, completion.bodyEnd))
      if let read = readRelaxed(text, start..<limit, session: session) {
        let end = close?.end ?? limit
        record(
          read, text, frame: open.lowerBound..<end, payload: open.upperBound..<limit,
          ending: close == nil ? .open(atEnd: limit == completion.bodyEnd) : .closed, session: session,
          into: &completion)
        return end
      }
      let end = endOfUnreadable(open, stoppedAt: error.offset, markers, closeAfterOpen, openAfterOpen, text.count)
      recordUnreadable(
        .payload(error.code), status: error.code.isLimit ? .limitExceeded : .malformed,
        frame: open.lowerBound..<end.frame, payload: open.upperBound..<end.payload,
        at: min(error.offset, text.count)..<min(error.offset + 1, text.count), content: .unreadable(error.code),
        into: &completion)
      return end.frame
    case .success(let read) where frame.close.isEmpty:
      guard !open.isEmpty || isCall(read.root, session.tape) else {
        session.discardValue()
        return nil
      }
      // Another call that is begun and not whole is an attempt as well, and the rest of the answer.
      let tail = nextObject(text, read.end)
      if read.tailError != nil, let tail, promisesCall(text, tail) {
        let end = min(markers.frameOpen(from: tail)?.start ?? .max, max(completion.bodyEnd, read.end))
        record(
          read, text, frame: open.lowerBound..<end, payload: open.upperBound..<end, ending: .trailing(tail..<end),
          session: session, into: &completion)
        return end
      }
      record(
        read, text, frame: open.lowerBound..<read.end, payload: open.upperBound..<read.end, ending: .closed,
        session: session, into: &completion)
      return read.end
    case .success(let read):
      let after = skipJSONSpace(text, read.end)
      // A closing marker that itself begins with white space starts before what follows the payload.
      if let close = markers.frameClose(from: read.end), close.start <= after {
        record(
          read, text, frame: open.lowerBound..<close.end, payload: open.upperBound..<close.start, ending: .closed,
          session: session,
          into: &completion)
        return close.end
      }
      if let close = markers.frameClose(from: read.end), close.start < markers.frameOpen(from: read.end)?.start ?? .max
      {
        record(
          read, text, frame: open.lowerBound..<close.end, payload: open.upperBound..<close.start,
          ending: .trailing(after..<close.start), session: session, into: &completion)
        return close.end
      }
      record(
        read, text, frame: open.lowerBound..<read.end, payload: open.upperBound..<read.end,
        ending: .open(atEnd: after >= completion.bodyEnd), session: session, into: &completion)
      return read.end
    }
  }

  /// Whether a value that no marker announces is a call, or begins with one: else any JSON in an answer would be taken for one.
  private func isCall(_ root: Int, _ tape: TapeView) -> Bool {
    var node = root
    if tape.nodes[node].kind == .array {
      guard tape.nodes[node].count > 0 else { return false }
      node += 1
    }
    guard tape.nodes[node].kind == .object else { return false }
    let fields = tape.callFields(of: node, members)
    guard let name = fields.name, let arguments = fields.arguments else { return false }
    return tape.nodes[name].kind == .string && tape.nodes[arguments].kind == .object
  }

  /// Whether text that is no JSON, and that no marker announces, begins as a call does: with the name.
  private func promisesCall(_ text: Span<UInt8>, _ start: Int) -> Bool {
    var position = start
    if text[position] == 0x5B { position = skipJSONSpace(text, position + 1) }
    guard position < text.count, text[position] == 0x7B else { return false }
    position = skipJSONSpace(text, position + 1)
    let name = [0x22] + nameMember + [0x22]
    return ByteSearch.matches(name, in: text, at: position)
  }

  /// Where a frame whose payload cannot be read ends. The text up to where reading stopped was read as JSON, so that a closing
  /// marker before it stood in a string: the next one after it is taken, unless another frame opens in between, whose call must not
  /// be lost.
  private func endOfUnreadable(
    _ open: Range<Int>, stoppedAt offset: Int, _ markers: borrowing MarkerList, _ closeAfterOpen: MarkerPosition?,
    _ openAfterOpen: MarkerPosition?,
    _ textEnd: Int
  ) -> (payload: Int, frame: Int) {
    let nextOpen = openAfterOpen?.start ?? .max
    if let close = markers.frameClose(from: max(offset, open.upperBound)), close.start < nextOpen {
      return (close.start, close.end)
    }
    if let close = closeAfterOpen, close.start < nextOpen { return (close.start, close.end) }
    let end = min(nextOpen, textEnd)
    return (end, end)
  }

}
