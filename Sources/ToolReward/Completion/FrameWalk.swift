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
  /// Where the answer begins, or begins again after reasoning, until that is looked at.
  private var answerStart: Int?

  init(startsInReasoning: Bool) {
    self.startsInReasoning = startsInReasoning
  }

  /// Walks. Returns whether a closing reasoning marker came before any opening one.
  mutating func run(
    _ text: Span<UInt8>, _ markers: borrowing MarkerList, _ parser: CompletionParser, _ room: borrowing FrameRoom,
    into completion: inout Completion
  ) -> Bool {
    let start = completion.bodyStart
    if start > 0 { completion.segments.append(Segment(kind: .context, range: 0..<start)) }
    segmentStart = start
    position = start
    answerStart = start
    if startsInReasoning {
      inReasoning = true
      completion.reasoning.append(
        ReasoningBlock(range: start..<start, content: start..<start, isClosed: false, isPrefilled: true))
    }
    let lastClose = parser.reasoning?.closes == .last ? markers.lastReasoningClose?.start : nil
    var strayClose = false
    while true {
      if let place = answerStart, parser.isOpenOptional {
        answerStart = nil
        if !inReasoning { readBareFrame(place, text, markers, parser, room, into: &completion) }
      }
      guard cursor < markers.count else { break }
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
      case .frameOpen, .callOpen: open(marker, text, markers, parser, room, into: &completion)
      case .frameClose, .callClose:
        if !inReasoning { completion.diagnostics.append(Diagnostic(.strayCallClose, marker.start..<marker.end)) }
      default: break
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
    answerStart = marker.end
  }

  // MARK: Frames

  /// A marker that opens a frame, or a call for which no frame is open.
  private mutating func open(
    _ marker: MarkerPosition, _ text: Span<UInt8>, _ markers: borrowing MarkerList, _ parser: CompletionParser,
    _ room: borrowing FrameRoom, into completion: inout Completion
  ) {
    let range = marker.start..<marker.end
    var endsReasoning = false
    if inReasoning {
      let isClosedLater = markers.lastReasoningClose.map { $0.start > marker.start } ?? false
      switch parser.reasoning?.callsInside {
      case .ending: endsReasoning = true
      case .endingUnlessClosed where !isClosedLater: endsReasoning = true
      case .ignored, .endingUnlessClosed:
        // A section in the reasoning is told once, not again for each call in it.
        if marker.kind == .frameOpen || completion.diagnostics.last?.code != .callInReasoning {
          completion.diagnostics.append(Diagnostic(.callInReasoning, range))
        }
        return
      case .counted, nil: break
      }
    }
    // A call outside the section it belongs in begins with its own marker.
    let opening = marker.kind == .callOpen ? marker.start..<marker.start : range
    guard let end = readPayload(opening, text, markers, parser, room, into: &completion) else {
      let isMention = isProse(text, marker, markers, completion.bodyEnd)
      completion.diagnostics.append(Diagnostic(isMention ? .unconfirmedOpener : .unfinishedCall, range))
      return
    }
    if endsReasoning, let last = completion.reasoning.indices.last {
      let block = completion.reasoning[last]
      completion.reasoning[last].range = block.range.lowerBound..<marker.start
      completion.reasoning[last].content = block.content.lowerBound..<marker.start
      completion.diagnostics.append(Diagnostic(.callEndsReasoning, range))
    }
    flush(to: marker.start, into: &completion)
    if endsReasoning { inReasoning = false }
    completion.segments.append(Segment(kind: .call, range: marker.start..<end))
    segmentStart = end
    position = end
  }

  /// Whether prose follows a marker that opens no frame: then it is mentioned. What looks like the beginning of a call, or of nothing, is an
  /// attempt, which must not pass for an answer without calls.
  @inline(never)
  private func isProse(_ text: Span<UInt8>, _ marker: MarkerPosition, _ markers: borrowing MarkerList, _ end: Int)
    -> Bool
  {
    var position = skipJSONSpace(text, marker.end)
    let isApart = position > marker.end && text[marker.end] == 0x20
    // Markers of reasoning are no part of a call.
    var next = markers.index(from: marker.end)
    while next < markers.count, markers[next].kind == .reasoningOpen || markers[next].kind == .reasoningClose {
      next += 1
    }
    if position >= end || (next < markers.count && markers[next].start <= position) { return false }
    let start = position
    let limit = next < markers.count ? min(end, markers[next].start) : end
    while position < limit, !isJSONSpace(text[position]) {
      switch text[position] {
      case 0x7B, 0x5B, 0x28: return false
      default: position += 1
      }
    }
    // A word that stands at the marker, and then nothing, or more of a call.
    let isWord = text[start] | 0x20 >= 0x61 && text[start] | 0x20 <= 0x7A
    let after = skipJSONSpace(text, position)
    if after >= end { return isApart || !isWord }
    if next < markers.count, markers[next].start <= after { return false }
    return text[after] != 0x7B && text[after] != 0x5B
  }

  /// Has the format's engine read a frame: see ``FrameReader/readFrame(_:_:_:_:into:)``.
  @inline(__always)
  private func readPayload(
    _ open: Range<Int>, _ text: Span<UInt8>, _ markers: borrowing MarkerList, _ parser: CompletionParser,
    _ room: borrowing FrameRoom, into completion: inout Completion
  ) -> Int? {
    if parser.structure == .frames, let reader = parser.frameReader {
      return reader.readFrame(open, text, markers, room, into: &completion)
    }
    return parser.json.readFrame(open, text, markers, room, into: &completion)
  }

  /// Reads a payload that begins the answer without an opening marker, if the format has such.
  @inline(never)
  private mutating func readBareFrame(
    _ place: Int, _ text: Span<UInt8>, _ markers: borrowing MarkerList, _ parser: CompletionParser,
    _ room: borrowing FrameRoom,
    into completion: inout Completion
  ) {
    let start = skipJSONSpace(text, place)
    guard start < completion.bodyEnd,
      parser.frameReader?.mayStart(with: text[start]) ?? parser.json.mayStart(with: text[start]),
      let end = readPayload(start..<start, text, markers, parser, room, into: &completion), end > start
    else { return }
    flush(to: start, into: &completion)
    completion.segments.append(Segment(kind: .call, range: start..<end))
    segmentStart = end
    position = end
  }
}
