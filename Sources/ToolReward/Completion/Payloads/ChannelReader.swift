/// The engine of formats that write messages on channels: it walks over messages where ``FrameWalk`` walks over frames.
///
/// A message with a recipient is a call, whatever its channel; its body ends where its JSON ends. One on a reasoning channel is reasoning; any
/// other is text, its markers included. Headers are read in any order of their parts, as models write them.
struct ChannelReader: Sendable {
  let rule: ChannelPayload
  private let frame: CallFrame
  private let leniencies: Leniencies
  private let recipient: [UInt8]
  private let namePrefix: [UInt8]
  private let reasoningChannels: PatternList
  private let callChannels: PatternList
  private static let assistant = Array("assistant".utf8)

  init(_ rule: ChannelPayload, _ format: CompletionFormat) {
    self.rule = rule
    frame = format.frame
    leniencies = format.leniencies
    recipient = Array(rule.recipient.utf8)
    namePrefix = Array(rule.namePrefix.utf8)
    reasoningChannels = PatternList(rule.reasoningChannels.map { Array($0.utf8) })
    callChannels = PatternList(rule.callChannels.map { Array($0.utf8) })
  }

  /// What a header says.
  private struct Header {
    var recipient: Range<Int>?
    /// Whether another recipient is named as well.
    var hasOtherRecipient = false
    var channel: Range<Int>?
    var isAssistant = true
  }

  /// Takes the body of a text apart.
  func run(
    _ text: Span<UInt8>, _ markers: borrowing MarkerList, _ room: borrowing FrameRoom, into completion: inout Completion
  ) {
    let start = completion.bodyStart
    if start > 0 { completion.segments.append(Segment(kind: .context, range: 0..<start)) }
    var position = start
    var textStart = start
    func flush(to end: Int) {
      if end > textStart { completion.segments.append(Segment(kind: .text, range: textStart..<end)) }
      textStart = end
    }
    if completion.isPromptPrefilled {
      position = readReasoning(start..<start, body: start, text, markers, isPrefilled: true, into: &completion)
      textStart = position
    }
    /// Where the markers of the message before the next one were all accounted for.
    var known = position
    while let message = nextMessage(from: position, isFirst: position == start, text, markers) {
      noteStrays(known..<message.start, markers, into: &completion)
      let header = header(text, message.header, markers)
      if header.recipient != nil, header.isAssistant {
        flush(to: message.start)
        let end = readCall(header, message.start..<message.body, text, markers, room.session, into: &completion)
        completion.segments.append(Segment(kind: .call, range: message.start..<end))
        position = end
        textStart = end
        known = end
      } else if header.isAssistant, let channel = header.channel,
        reasoningChannels.firstIndex(equalTo: channel, of: text) != nil
      {
        flush(to: message.start)
        position = readReasoning(
          message.start..<message.body, body: message.body, text, markers, isPrefilled: false, into: &completion)
        textStart = position
        known = message.body
      } else {
        position = endOfMessage(message.body, text, markers).end
        known = message.body
      }
    }
    noteStrays(known..<text.count, markers, into: &completion)
    flush(to: text.count)
  }

  /// Notes markers of a header that make no message: a call that was begun, or hidden within another message.
  private func noteStrays(_ range: Range<Int>, _ markers: borrowing MarkerList, into completion: inout Completion) {
    var cursor = markers.index(from: range.lowerBound)
    while cursor < markers.count, markers[cursor].start < range.upperBound {
      let marker = markers[cursor]
      switch marker.kind {
      case .messageChannel, .messageConstraint, .messageBody:
        completion.diagnostics.append(Diagnostic(.unfinishedCall, marker.start..<marker.end))
      default: break
      }
      cursor += 1
    }
  }

  /// Where the assistant's turn begins in a whole conversation: after the first assistant's marker that follows the last message of another role.
  func turnStart(in text: Span<UInt8>) -> Int {
    let start = Array(rule.start.utf8)
    var turn: Int?
    var position = 0
    while let found = ByteSearch.firstIndex(of: start, in: text, from: position) {
      position = found + start.count
      if ByteSearch.matches(Self.assistant, in: text, at: position) {
        turn = turn ?? position + Self.assistant.count
      } else {
        turn = nil
      }
    }
    return turn ?? 0
  }

  // MARK: Messages

  /// The next message: where it starts, its header, and where its body begins.
  private func nextMessage(
    from position: Int, isFirst: Bool, _ text: Span<UInt8>, _ markers: borrowing MarkerList
  ) -> (start: Int, header: Range<Int>, body: Int)? {
    // The prompt may have ended within the first header.
    var start: Int? = isFirst ? position : nil
    var headerStart = position
    var hasStartMarker = false
    var cursor = markers.index(from: position)
    while cursor < markers.count {
      let marker = markers[cursor]
      switch marker.kind {
      case .messageStart:
        start = marker.start
        headerStart = marker.end
        hasStartMarker = true
      case .messageChannel:
        if start == nil {
          start = marker.start
          headerStart = marker.start
        }
      case .messageBody:
        if let start, marker.start - headerStart <= 1024,
          hasStartMarker || isHeader(text, headerStart..<marker.start, cursor, markers)
        {
          return (start, headerStart..<marker.start, marker.end)
        }
        start = nil
        hasStartMarker = false
      case .messageEnd:
        start = nil
        hasStartMarker = false
      default: break
      }
      cursor += 1
    }
    return nil
  }

  /// Whether what stands before a body's marker can be a header: it names a channel or a recipient.
  private func isHeader(_ text: Span<UInt8>, _ range: Range<Int>, _ body: Int, _ markers: borrowing MarkerList) -> Bool
  {
    if body > 0, markers[body - 1].start >= range.lowerBound,
      markers[body - 1].kind == .messageChannel || markers[body - 1].kind == .messageConstraint
    {
      return true
    }
    var position = skipJSONSpace(text, range.lowerBound)
    if ByteSearch.matches(Self.assistant, in: text, at: position) {
      position = skipJSONSpace(text, position + Self.assistant.count)
    }
    return position < range.upperBound && ByteSearch.matches(recipient, in: text, at: position)
  }

  /// Reads a header: words between white space and markers.
  private func header(_ text: Span<UInt8>, _ range: Range<Int>, _ markers: borrowing MarkerList) -> Header {
    var header = Header()
    var position = range.lowerBound
    var cursor = markers.index(from: position)
    var expectsChannel = false
    var isConstraint = false
    var isFirst = true
    while position < range.upperBound {
      if cursor < markers.count, markers[cursor].start == position {
        expectsChannel = markers[cursor].kind == .messageChannel
        isConstraint = markers[cursor].kind == .messageConstraint
        position = markers[cursor].end
        cursor += 1
        continue
      }
      if isJSONSpace(text[position]) {
        position += 1
        continue
      }
      let limit = cursor < markers.count ? min(markers[cursor].start, range.upperBound) : range.upperBound
      var end = position
      while end < limit, !isJSONSpace(text[end]) { end += 1 }
      let word = position..<end
      if word.count > recipient.count, ByteSearch.matches(recipient, in: text, at: word.lowerBound) {
        if header.recipient != nil { header.hasOtherRecipient = true }
        header.recipient = header.recipient ?? (word.lowerBound + recipient.count)..<word.upperBound
      } else if expectsChannel {
        if header.channel == nil { header.channel = word }
        expectsChannel = false
      } else if !isConstraint, isFirst, header.channel == nil {
        header.isAssistant =
          word.count == Self.assistant.count && ByteSearch.matches(Self.assistant, in: text, at: word.lowerBound)
      }
      isFirst = false
      position = end
    }
    return header
  }

  /// Where a message's body ends, and the message: at its closing marker, before the next message, or with the text.
  private func endOfMessage(
    _ body: Int, _ text: Span<UInt8>, _ markers: borrowing MarkerList
  ) -> (body: Int, end: Int, isClosed: Bool) {
    var cursor = markers.index(from: body)
    while cursor < markers.count {
      let marker = markers[cursor]
      if marker.kind == .messageEnd { return (marker.start, marker.end, true) }
      if marker.kind == .messageStart { return (marker.start, marker.start, false) }
      cursor += 1
    }
    return (text.count, text.count, false)
  }

  // MARK: Reasoning

  /// Records a reasoning message. Returns where it ends.
  private func readReasoning(
    _ opening: Range<Int>, body: Int, _ text: Span<UInt8>, _ markers: borrowing MarkerList, isPrefilled: Bool,
    into completion: inout Completion
  ) -> Int {
    let end = endOfMessage(body, text, markers)
    let range = opening.lowerBound..<end.end
    if !completion.reasoning.isEmpty { completion.diagnostics.append(Diagnostic(.repeatedReasoning, opening)) }
    completion.hasReasoningOpen = true
    if end.isClosed {
      completion.hasReasoningClose = true
    } else {
      completion.diagnostics.append(Diagnostic(.unclosedReasoning, range))
    }
    completion.reasoning.append(
      ReasoningBlock(range: range, content: body..<end.body, isClosed: end.isClosed, isPrefilled: isPrefilled))
    if !range.isEmpty { completion.segments.append(Segment(kind: .reasoning, range: range)) }
    return end.end
  }

  // MARK: Calls

  /// Records the call of a message. Returns where it ends.
  private func readCall(
    _ header: Header, _ opening: Range<Int>, _ text: Span<UInt8>, _ markers: borrowing MarkerList,
    _ session: ValueSession, into completion: inout Completion
  ) -> Int {
    let index = completion.attempts.count
    var attempt = CallAttempt(status: .ok, range: opening, frame: completion.frames.count)
    func fail(_ status: CallAttempt.Status, _ code: Diagnostic.Code, _ range: Range<Int>) {
      if attempt.status == .ok { attempt.status = status }
      completion.diagnostics.append(Diagnostic(code, range, attempt: index))
    }
    attempt.name = name(text, header, session)
    if attempt.name == nil { fail(.invalidName, .missingName, opening) }
    if header.hasOtherRecipient { fail(.invalidName, .unusualIdentifier, opening) }
    if let channel = header.channel, callChannels.firstIndex(equalTo: channel, of: text) == nil {
      completion.diagnostics.append(Diagnostic(.unusualChannel, channel, attempt: index))
    }
    let body = opening.upperBound
    var end = (body: body, end: body, isClosed: false)
    do throws(ValueError) {
      let read = try session.readPrefix(text, from: body, syntax: .json, limits: rule.limits)
      attempt.arguments = read.root
      let node = session.tape.nodes[read.root]
      if node.kind != .object { fail(.invalidArguments, .argumentsNotObject, skipJSONSpace(text, body)..<read.end) }
      if node.flags.contains(.duplicateNamesBelow) {
        attempt.hasDuplicateMembers = true
        completion.diagnostics.append(Diagnostic(.duplicateMember, body..<read.end, attempt: index))
      }
      end = endOfMessage(read.end, text, markers)
      let after = skipJSONSpace(text, read.end)
      let limit = min(end.body, completion.bodyEnd)
      if after < limit { fail(.malformed, .textAfterPayload, after..<limit) }
      if !end.isClosed, after >= limit { end = (read.end, read.end, false) }
    } catch {
      let offset = min(error.offset, text.count)
      fail(error.code.isLimit ? .limitExceeded : .malformed, .payload(error.code), offset..<min(offset + 1, text.count))
      // A closing marker in what was read stood in a string.
      end = endOfMessage(body, text, markers)
      let later = endOfMessage(max(body, offset), text, markers)
      if later.isClosed, end.isClosed { end = later }
    }
    if !end.isClosed {
      let isAtEnd = skipJSONSpace(text, end.end) >= completion.bodyEnd
      if isAtEnd, frame.isCloseOptional {
        end.isClosed = true
      } else if isAtEnd, leniencies.contains(.missingClose) {
        attempt.usedLeniency = true
        completion.diagnostics.append(Diagnostic(.leniency(.missingClose), opening, attempt: index))
      } else {
        fail(.unclosed, .unclosedCall, opening)
      }
    }
    let range = opening.lowerBound..<end.end
    attempt.range = range
    completion.attempts.append(attempt)
    completion.frames.append(
      Frame(
        range: range, payload: body..<max(body, end.body), isClosed: end.isClosed,
        content: attempt.arguments.map { .value(root: $0) } ?? .unreadable(.malformed), attempts: index..<(index + 1)))
    return end.end
  }

  private func name(_ text: Span<UInt8>, _ header: Header, _ session: ValueSession) -> Int? {
    guard var name = header.recipient else { return nil }
    if name.count > namePrefix.count, ByteSearch.matches(namePrefix, in: text, at: name.lowerBound) {
      name = (name.lowerBound + namePrefix.count)..<name.upperBound
    }
    session.beginValue(limits: rule.limits)
    guard (try? session.write(string: text, name, at: name)) != nil else { return nil }
    return try? session.finishValue(at: name.upperBound)
  }
}
