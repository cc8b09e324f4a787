/// A frame that holds calls with markers of their own: finds them, whatever reads them, and records the frame.
///
/// A call without the section around it is read as well; it is malformed unless ``Leniencies/missingSection`` forgives that.
struct CallSection {
  private let open: Range<Int>
  private let frame: CallFrame
  private let leniencies: Leniencies
  private var firstAttempt = 0
  private var isClosed = false
  /// Where the payload ends: at the closing marker.
  private var payloadEnd: Int

  /// - Parameter open: The frame's opening marker; empty where a call stands outside a section.
  init(open: Range<Int>, frame: CallFrame, leniencies: Leniencies) {
    self.open = open
    self.frame = frame
    self.leniencies = leniencies
    payloadEnd = open.upperBound
  }

  private var isOutside: Bool { open.isEmpty }

  /// Notes where the frame's attempts begin.
  mutating func begin(_ completion: Completion) {
    firstAttempt = completion.attempts.count
  }

  /// Reads the calls of a section one after the other.
  ///
  /// - Parameter readCall: Reads the call that a marker opens, records its attempt, and tells where it ends.
  /// - Returns: Where the section ends; `nil` if no call begins in it.
  mutating func read(
    _ text: Span<UInt8>, _ markers: borrowing MarkerList, into completion: inout Completion,
    _ readCall: (MarkerPosition, inout Completion) -> Int
  ) -> Int? {
    begin(completion)
    var position = open.upperBound
    let start = skipJSONSpace(text, position)
    let first = markers.index(from: position)
    guard first < markers.count, markers[first].start <= start, markers[first].kind == .callOpen else {
      return recordUnconfirmed(start, markers, into: &completion)
    }
    reading: while true {
      let place = skipJSONSpace(text, position)
      let cursor = markers.index(from: position)
      if cursor < markers.count, markers[cursor].start <= place {
        switch markers[cursor].kind {
        case .callOpen:
          position = readCall(markers[cursor], &completion)
          continue
        case .frameClose where !isOutside:
          return close(with: markers[cursor], text, into: &completion)
        case .frameOpen, .reasoningOpen, .reasoningClose: break reading
        default: break
        }
      }
      // What belongs to no call is passed over, if the section goes on after it.
      guard !isOutside, place < completion.bodyEnd, let next = nextCall(cursor, markers) else { break }
      completion.diagnostics.append(Diagnostic(.textInSection, place..<markers[next].start))
      position = markers[next].start
    }
    return finish(at: position, text, into: &completion)
  }

  /// Ends a frame that is one call, which was read up to `position`.
  mutating func close(
    at position: Int, _ text: Span<UInt8>, _ markers: borrowing MarkerList, into completion: inout Completion
  ) -> Int {
    let place = skipJSONSpace(text, position)
    let cursor = markers.index(from: position)
    if cursor < markers.count, markers[cursor].start <= place, markers[cursor].kind == .frameClose {
      return close(with: markers[cursor], text, into: &completion)
    }
    return finish(at: position, text, into: &completion)
  }

  private mutating func close(with marker: MarkerPosition, _ text: Span<UInt8>, into completion: inout Completion)
    -> Int
  {
    isClosed = true
    payloadEnd = marker.start
    return finish(at: marker.end, text, into: &completion)
  }

  /// The next call, or the section's end.
  private func nextCall(_ start: Int, _ markers: borrowing MarkerList) -> Int? {
    var cursor = start
    while cursor < markers.count {
      switch markers[cursor].kind {
      case .callOpen, .frameClose: return cursor
      case .frameOpen, .reasoningOpen: return nil
      default: cursor += 1
      }
    }
    return nil
  }

  /// Records the frame. Returns where it ends.
  private mutating func finish(at end: Int, _ text: Span<UInt8>, into completion: inout Completion) -> Int {
    let attempts = firstAttempt..<completion.attempts.count
    let range = open.lowerBound..<end
    if !isClosed { payloadEnd = end }
    if frame.close.isEmpty { isClosed = true }
    if isOutside, !frame.open.isEmpty, !frame.isOpenOptional {
      forgive(.missingSection, .malformed, .missingSection, range, attempts, into: &completion)
    } else if !isClosed, !frame.close.isEmpty {
      let isAtEnd = skipJSONSpace(text, end) >= completion.bodyEnd
      if isAtEnd, frame.isCloseOptional {
        isClosed = true
      } else {
        forgive(isAtEnd ? .missingClose : [], .unclosed, .unclosedCall, range, attempts, into: &completion)
      }
    }
    let root = attempts.compactMap { completion.attempts[$0].arguments ?? completion.attempts[$0].name }.first
    completion.frames.append(
      Frame(
        range: range, payload: min(open.upperBound, payloadEnd)..<payloadEnd, isClosed: isClosed,
        content: root.map { .value(root: $0) } ?? .unreadable(.malformed), attempts: attempts))
    return end
  }

  private func forgive(
    _ leniency: Leniencies, _ status: CallAttempt.Status, _ code: Diagnostic.Code, _ range: Range<Int>,
    _ attempts: Range<Int>, into completion: inout Completion
  ) {
    let isForgiven = !leniency.isEmpty && leniencies.contains(leniency)
    for index in attempts {
      if isForgiven {
        completion.attempts[index].usedLeniency = true
      } else if completion.attempts[index].status == .ok {
        completion.attempts[index].status = status
      }
    }
    completion.diagnostics.append(
      Diagnostic(isForgiven ? .leniency(leniency) : code, range, attempt: attempts.isEmpty ? nil : attempts.lowerBound))
  }

  /// Records a frame in which no call begins, if it is closed before another opens: a failed attempt. Else the marker is text.
  ///
  /// - Parameter start: The first position of the payload that is no white space.
  func recordUnconfirmed(
    _ start: Int, _ markers: borrowing MarkerList, into completion: inout Completion
  ) -> Int? {
    guard !isOutside, let close = markers.frameClose(from: open.upperBound),
      close.start < markers.frameOpen(from: open.upperBound)?.start ?? .max
    else { return nil }
    let isEmpty = close.start <= start
    let start = min(start, close.start)
    let index = completion.attempts.count
    let range = open.lowerBound..<close.end
    completion.attempts.append(
      CallAttempt(status: isEmpty ? .malformed : .notACall, range: range, frame: completion.frames.count))
    completion.diagnostics.append(
      Diagnostic(isEmpty ? .emptyFrame : .notACall, start..<close.start, attempt: index))
    completion.frames.append(
      Frame(
        range: range, payload: open.upperBound..<close.start, isClosed: true,
        content: isEmpty ? .empty : .unreadable(.malformed), attempts: index..<(index + 1)))
    return close.end
  }
}
