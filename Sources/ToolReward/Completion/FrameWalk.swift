/// One walk over a text's markers, from which segments, frames and reasoning blocks come.
///
/// The walk only moves forward: `position` is where the next marker may begin, `segmentStart` where the open segment began.
struct FrameWalk {
  private let startsInReasoning: Bool
  private var segmentStart = 0
  private var position = 0
  private var inReasoning = false
  /// The index of the walk's next marker.
  private var cursor = 0

  init(startsInReasoning: Bool) {
    self.startsInReasoning = startsInReasoning
  }

  /// Walks. Returns whether a closing reasoning marker came before any opening one.
  mutating func run(
    _ text: Span<UInt8>, _ markers: borrowing MarkerList, _ parser: CompletionParser, _ session: ValueSession,
    into completion: inout Completion
  ) -> Bool {
    let start = completion.bodyStart
    if start > 0 { completion.segments.append(Segment(kind: .context, range: 0..<start)) }
    segmentStart = start
    position = start
    if startsInReasoning {
      inReasoning = true
      completion.reasoning.append(
        ReasoningBlock(range: start..<start, content: start..<start, isClosed: false, isPrefilled: true))
    }
    let lastClose = parser.reasoning?.closes == .last ? markers.lastReasoningClose?.start : nil
    var strayClose = false
    while cursor < markers.count {
      let marker = markers[cursor]
      guard marker.start >= position else {
        cursor += 1
        continue
      }
      switch marker.kind {
      case .reasoningOpen: openReasoning(marker, into: &completion)
      case .reasoningClose:
        if inReasoning {
          if lastClose == nil || lastClose == marker.start { closeReasoning(marker, into: &completion) }
        } else {
          if completion.reasoning.isEmpty, !strayClose {
            strayClose = true
            if parser.reasoning?.start == .auto { return true }
          }
          completion.diagnostics.append(Diagnostic(.strayReasoningClose, marker.start..<marker.end))
        }
      case .frameOpen:
        if inReasoning, parser.reasoning?.callsInside == .ignored {
          completion.diagnostics.append(Diagnostic(.callInReasoning, marker.start..<marker.end))
        } else {
          readFrame(marker, text, markers, parser, session, into: &completion)
        }
      case .frameClose:
        if !inReasoning { completion.diagnostics.append(Diagnostic(.strayCallClose, marker.start..<marker.end)) }
      }
      cursor += 1
    }
    finish(text.count, into: &completion)
    return strayClose
  }

  // MARK: Segments

  private mutating func flush(to end: Int, into completion: inout Completion) {
    if end > segmentStart {
      completion.segments.append(Segment(kind: inReasoning ? .reasoning : .text, range: segmentStart..<end))
    }
    segmentStart = end
  }

  private mutating func finish(_ end: Int, into completion: inout Completion) {
    if inReasoning, let last = completion.reasoning.indices.last {
      completion.reasoning[last].range = completion.reasoning[last].range.lowerBound..<end
      completion.reasoning[last].content = completion.reasoning[last].content.lowerBound..<end
      completion.diagnostics.append(Diagnostic(.unclosedReasoning, completion.reasoning[last].range))
    }
    flush(to: end, into: &completion)
  }

  private mutating func openReasoning(_ marker: MarkerPosition, into completion: inout Completion) {
    guard !inReasoning else { return }
    if !completion.reasoning.isEmpty {
      completion.diagnostics.append(Diagnostic(.repeatedReasoning, marker.start..<marker.end))
    }
    flush(to: marker.start, into: &completion)
    inReasoning = true
    completion.reasoning.append(
      ReasoningBlock(
        range: marker.start..<marker.end, content: marker.end..<marker.end, isClosed: false, isPrefilled: false))
    position = marker.end
  }

  private mutating func closeReasoning(_ marker: MarkerPosition, into completion: inout Completion) {
    if let last = completion.reasoning.indices.last {
      let block = completion.reasoning[last]
      completion.reasoning[last].range = block.range.lowerBound..<marker.end
      completion.reasoning[last].content = block.content.lowerBound..<marker.start
      completion.reasoning[last].isClosed = true
    }
    flush(to: marker.end, into: &completion)
    inReasoning = false
    position = marker.end
  }

  // MARK: Frames

  private mutating func readFrame(
    _ open: MarkerPosition, _ text: Span<UInt8>, _ markers: borrowing MarkerList, _ parser: CompletionParser,
    _ session: ValueSession,
    into completion: inout Completion
  ) {
    let result: FrameResult?
    switch parser.format.frame.ends {
    case .firstCloser: result = frameToFirstCloser(open, text, markers, parser, session, into: &completion)
    case .grammar: result = frameByGrammar(open, text, markers, parser, session, into: &completion)
    }
    guard let result else {
      completion.diagnostics.append(Diagnostic(.unconfirmedOpener, open.start..<open.end))
      return
    }
    flush(to: open.start, into: &completion)
    completion.segments.append(Segment(kind: .call, range: open.start..<result.end))
    segmentStart = result.end
    position = result.end
  }

  private struct FrameResult {
    let end: Int
  }

  /// The text up to the first closing marker is the payload, whatever it holds.
  private func frameToFirstCloser(
    _ open: MarkerPosition, _ text: Span<UInt8>, _ markers: borrowing MarkerList, _ parser: CompletionParser,
    _ session: ValueSession,
    into completion: inout Completion
  ) -> FrameResult? {
    if let close = markers.frameClose(from: open.end) {
      let payload = open.end..<close.start
      parser.payload.readWhole(
        text, payload, frame: open.start..<close.end, session: session, into: &completion)
      return FrameResult(end: close.end)
    }
    let start = skipSpace(text, open.end)
    guard start < text.count, parser.payload.mayStart(with: text[start]) else { return nil }
    let end = max(completion.bodyEnd, open.end)
    parser.payload.recordUnclosed(frame: open.start..<end, payload: open.end..<end, into: &completion)
    return FrameResult(end: end)
  }

  /// The payload ends where its grammar ends.
  private func frameByGrammar(
    _ open: MarkerPosition, _ text: Span<UInt8>, _ markers: borrowing MarkerList, _ parser: CompletionParser,
    _ session: ValueSession,
    into completion: inout Completion
  ) -> FrameResult? {
    let start = skipSpace(text, open.end)
    let isLegalStart = start < text.count && parser.payload.mayStart(with: text[start])
    let closeAfterOpen = markers.frameClose(from: open.end)
    let openAfterOpen = markers.frameOpen(from: open.end)
    guard isLegalStart else {
      // Without a payload only a frame that closes before another opens is an attempt; else the marker is text.
      guard let close = closeAfterOpen, close.start < openAfterOpen?.start ?? .max else { return nil }
      let isEmpty = start == close.start
      parser.payload.recordUnreadable(
        isEmpty ? .emptyFrame : .notACall, status: isEmpty ? .malformed : .notACall, frame: open.start..<close.end,
        payload: open.end..<close.start, at: start..<close.start, content: isEmpty ? .empty : .unreadable(.malformed),
        into: &completion)
      return FrameResult(end: close.end)
    }
    switch parser.payload.readPrefix(text, from: start, session: session) {
    case .failure(let error):
      let nextOpen = openAfterOpen?.start ?? .max
      let close = closeAfterOpen.flatMap { $0.start < nextOpen ? $0 : nil }
      let limit = close?.start ?? max(start, min(nextOpen, completion.bodyEnd))
      if let read = parser.payload.readRelaxed(text, start..<limit, session: session) {
        let end = close?.end ?? limit
        parser.payload.record(
          read, text, frame: open.start..<end, payload: open.end..<limit,
          ending: close == nil ? .open(atEnd: limit == completion.bodyEnd) : .closed, session: session,
          into: &completion)
        return FrameResult(end: end)
      }
      let end = endOfUnreadable(open, stoppedAt: error.offset, markers, closeAfterOpen, openAfterOpen, text.count)
      parser.payload.recordUnreadable(
        .payload(error.code), status: error.code.isLimit ? .limitExceeded : .malformed,
        frame: open.start..<end.frame, payload: open.end..<end.payload,
        at: min(error.offset, text.count)..<min(error.offset + 1, text.count), content: .unreadable(error.code),
        into: &completion)
      return FrameResult(end: end.frame)
    case .success(let read):
      let after = skipSpace(text, read.end)
      if let close = markers.frameClose(from: after), close.start == after {
        parser.payload.record(
          read, text, frame: open.start..<close.end, payload: open.end..<close.start, ending: .closed, session: session,
          into: &completion)
        return FrameResult(end: close.end)
      }
      if let close = markers.frameClose(from: read.end), close.start < markers.frameOpen(from: read.end)?.start ?? .max
      {
        parser.payload.record(
          read, text, frame: open.start..<close.end, payload: open.end..<close.start,
          ending: .trailing(after..<close.start), session: session, into: &completion)
        return FrameResult(end: close.end)
      }
      parser.payload.record(
        read, text, frame: open.start..<read.end, payload: open.end..<read.end,
        ending: .open(atEnd: after >= completion.bodyEnd), session: session, into: &completion)
      return FrameResult(end: read.end)
    }
  }

  /// Where a frame whose payload cannot be read ends. The text up to where reading stopped was read as JSON, so that a closing
  /// marker before it stood in a string: the next one after it is taken, unless another frame opens in between, whose call must not
  /// be lost.
  private func endOfUnreadable(
    _ open: MarkerPosition, stoppedAt offset: Int, _ markers: borrowing MarkerList, _ closeAfterOpen: MarkerPosition?,
    _ openAfterOpen: MarkerPosition?,
    _ textEnd: Int
  ) -> (payload: Int, frame: Int) {
    let nextOpen = openAfterOpen?.start ?? .max
    if let close = markers.frameClose(from: max(offset, open.end)), close.start < nextOpen {
      return (close.start, close.end)
    }
    if let close = closeAfterOpen, close.start < nextOpen { return (close.start, close.end) }
    let end = min(nextOpen, textEnd)
    return (end, end)
  }

  private func skipSpace(_ text: Span<UInt8>, _ start: Int) -> Int {
    var position = start
    while position < text.count, isJSONSpace(text[position]) { position += 1 }
    return position
  }
}
