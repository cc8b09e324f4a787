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
  /// What the format says of reasoning, without its markers.
  let reasoning: ReasoningPlan?
  private let assistantMarkers: [[UInt8]]
  private let terminators: PatternList

  /// Prepares a format.
  public init(_ format: CompletionFormat) {
    self.format = format
    markers = MarkerSet(format)
    switch format.payload {
    case .json(let json): payload = JSONPayloadReader(json, leniencies: format.leniencies)
    }
    reasoning = format.reasoning.map { ReasoningPlan(start: $0.start, closes: $0.closes, callsInside: $0.callsInside) }
    assistantMarkers = format.assistantMarkers.map { Array($0.utf8) }
    terminators = PatternList(format.terminators.map { Array($0.utf8) })
  }

  /// Parses a completion. O(text).
  public func parse(_ text: [UInt8], view: InputView = .response) -> Completion {
    var completion = Completion()
    var workspace = ParserWorkspace()
    parse(text.span, view: view, workspace: &workspace, into: &completion)
    return completion
  }

  /// Parses a completion. O(text).
  public func parse(_ text: String, view: InputView = .response) -> Completion {
    parse(Array(text.utf8), view: view)
  }

  /// Parses into a completion whose room is used again, with room that is kept.
  package func parse(
    _ text: Span<UInt8>, view: InputView, workspace: inout ParserWorkspace, into completion: inout Completion
  ) {
    completion.removeAll()
    completion.view = view
    unsafe text.withUnsafeBufferPointer { unsafe completion.text.append(contentsOf: $0) }
    workspace.session.removeTape()
    guard text.count <= 1 << 30 else {
      // Offsets are kept in 32 bits, and a text may be kept twice; no model writes a gigabyte.
      workspace.session.takeTape(into: &completion.tape)
      completion.bodyEnd = text.count
      completion.segments.append(Segment(kind: .text, range: 0..<text.count))
      completion.diagnostics.append(Diagnostic(.limitExceeded, 0..<text.count))
      return
    }
    if view == .conversation { completion.bodyStart = bodyStart(in: text) }
    completion.bodyEnd = bodyEnd(in: text, from: completion.bodyStart)
    markers.scan(text, from: completion.bodyStart, into: &workspace.markers)
    completion.hasReasoningOpen = workspace.markers.hasReasoningOpen
    completion.hasReasoningClose = workspace.markers.lastReasoningClose != nil
    var startsInReasoning = view == .prefilled && reasoning != nil
    if reasoning?.start == .open { startsInReasoning = true }
    completion.isPromptPrefilled = startsInReasoning
    if startsInReasoning { completion.hasReasoningOpen = true }
    var walk = FrameWalk(startsInReasoning: startsInReasoning)
    let strayClose = walk.run(text, workspace.markers, self, workspace.session, into: &completion)
    if strayClose, reasoning?.start == .auto, !startsInReasoning {
      // The first reasoning marker outside calls closes: the opening one stood in the prompt.
      completion.removeParts()
      workspace.session.removeTape()
      walk = FrameWalk(startsInReasoning: true)
      _ = walk.run(text, workspace.markers, self, workspace.session, into: &completion)
    }
    workspace.session.takeTape(into: &completion.tape)
    if let offset = TextChecks.firstIllFormedUTF8(in: text) {
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

/// Room that parsing uses again. One for each thread: it is not shared.
package struct ParserWorkspace: ~Copyable {
  let session = ValueSession()
  var markers = MarkerList()

  package init() {}
}

/// A ``ReasoningRule`` without its markers: what a walk over markers that are found looks up, free of references.
struct ReasoningPlan: Sendable {
  let start: ReasoningRule.Start
  let closes: ReasoningRule.Close
  let callsInside: ReasoningRule.CallsInside
}
