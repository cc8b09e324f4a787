/// Takes completions apart as one format has it. Immutable: made once, shared by any number of tasks.
///
/// Parsing is total and linear: any bytes give a ``Completion``, whose segments tile them. Markers are found in one pass; a call's
/// end is where its payload's grammar ends, unless the format says otherwise; a payload that cannot be read ends at the next marker,
/// so that the calls after it are kept.
public final class CompletionParser: Sendable {
  /// The format.
  public let format: CompletionFormat
  let markers: MarkerSet
  let payload: JSONPayloadReader
  private let assistantMarkers: [[UInt8]]
  private let terminators: PatternList

  /// Prepares a format.
  public init(_ format: CompletionFormat) {
    self.format = format
    markers = MarkerSet(format)
    switch format.payload {
    case .json(let json): payload = JSONPayloadReader(json, leniencies: format.leniencies)
    }
    assistantMarkers = format.assistantMarkers.map { Array($0.utf8) }
    terminators = PatternList(format.terminators.map { Array($0.utf8) })
  }

  /// Parses a completion. O(text).
  public func parse(_ text: [UInt8], view: InputView = .response) -> Completion {
    var completion = Completion()
    parse(text.span, view: view, session: ValueSession(), into: &completion)
    return completion
  }

  /// Parses a completion. O(text).
  public func parse(_ text: String, view: InputView = .response) -> Completion {
    parse(Array(text.utf8), view: view)
  }

  /// Parses into a completion whose room is used again, with a reader that is kept.
  package func parse(_ text: Span<UInt8>, view: InputView, session: ValueSession, into completion: inout Completion) {
    completion.removeAll()
    completion.view = view
    unsafe text.withUnsafeBufferPointer { unsafe completion.text.append(contentsOf: $0) }
    session.removeTape()
    session.takeTape(into: &completion.tape)
    session.removeTape()
    guard text.count <= 1 << 30 else {
      // Offsets are kept in 32 bits, and a text may be kept twice; no model writes a gigabyte.
      completion.bodyEnd = text.count
      completion.segments.append(Segment(kind: .text, range: 0..<text.count))
      completion.diagnostics.append(Diagnostic(.limitExceeded, 0..<text.count))
      return
    }
    if view == .conversation { completion.bodyStart = bodyStart(in: text) }
    completion.bodyEnd = bodyEnd(in: text, from: completion.bodyStart)
    let found = markers.scan(text, from: completion.bodyStart)
    for marker in found {
      if marker.kind == .reasoningOpen { completion.hasReasoningOpen = true }
      if marker.kind == .reasoningClose { completion.hasReasoningClose = true }
    }
    var startsInReasoning = view == .prefilled && format.reasoning != nil
    if let rule = format.reasoning, rule.start == .open { startsInReasoning = true }
    completion.isPromptPrefilled = startsInReasoning
    if startsInReasoning { completion.hasReasoningOpen = true }
    var walk = FrameWalk(parser: self, markers: found, session: session, startsInReasoning: startsInReasoning)
    let strayClose = walk.run(text, into: &completion)
    if strayClose, let rule = format.reasoning, rule.start == .auto, !startsInReasoning {
      // The first reasoning marker outside calls closes: the opening one stood in the prompt.
      let (start, end) = (completion.bodyStart, completion.bodyEnd)
      completion.segments.removeAll(keepingCapacity: true)
      completion.frames.removeAll(keepingCapacity: true)
      completion.attempts.removeAll(keepingCapacity: true)
      completion.reasoning.removeAll(keepingCapacity: true)
      completion.diagnostics.removeAll(keepingCapacity: true)
      session.removeTape()
      (completion.bodyStart, completion.bodyEnd) = (start, end)
      walk = FrameWalk(parser: self, markers: found, session: session, startsInReasoning: true)
      _ = walk.run(text, into: &completion)
    }
    session.takeTape(into: &completion.tape)
    if let offset = TextChecks.firstIllFormedUTF8IfAny(in: text) {
      completion.diagnostics.append(Diagnostic(.illFormedUTF8, offset..<min(offset + 1, text.count)))
    }
  }

  /// Where the assistant's turn begins: at the last marker, which is context; 0 without one.
  private func bodyStart(in text: Span<UInt8>) -> Int {
    var start = 0
    for marker in assistantMarkers {
      if let position = ByteSearch.lastIndex(of: marker, in: text) { start = max(start, position + marker.count) }
    }
    return start
  }

  /// Where trailing white space and end-of-turn tokens begin.
  private func bodyEnd(in text: Span<UInt8>, from start: Int) -> Int {
    var end = text.count
    while true {
      while end > start, isJSONSpace(text[end - 1]) { end -= 1 }
      guard let length = terminators.lengthOfFirst(in: text, endingAt: end, from: start) else { return end }
      end -= length
    }
  }
}

extension TextChecks {
  /// As ``firstIllFormedUTF8(in:_:)`` over a whole text, with the quick pass first.
  static func firstIllFormedUTF8IfAny(in text: Span<UInt8>) -> Int? {
    guard traits(of: text, 0..<text.count).contains(.nonASCII) else { return nil }
    return firstIllFormedUTF8(in: text, 0..<text.count)
  }
}
