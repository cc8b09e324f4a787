/// Takes completions apart as one format has it. Immutable: made once, shared by any number of tasks.
///
/// Parsing is total and linear: any bytes give a ``Completion``, whose segments tile them. Markers are found in one pass; a call's
/// end is where its payload's grammar ends, unless the format says otherwise; a payload that cannot be read ends at the next marker,
/// so that the calls after it are kept.
public final class CompletionParser: Sendable {
  /// The format.
  public let format: CompletionFormat
  let markers: MarkerSet
  /// Reads frames of JSON, and arguments that a message gives as text: held apart from the other engines, so that the many formats of JSON are
  /// spared a look-up.
  let json: JSONPayloadReader
  /// Reads frames of anything else.
  let frameReader: (any FrameReader)?
  /// Which of the three is to be looked at, as a look at the other two costs a copy.
  let structure: Structure
  /// Whether an answer may begin with a payload that no marker announces.
  let isOpenOptional: Bool
  /// Whether tools are looked at.
  let usesTools: Bool
  private let channels: ChannelReader?

  /// What a format puts its calls in.
  enum Structure { case jsonFrames, frames, messages }
  /// What the format says of reasoning, without its markers.
  let reasoning: ReasoningPlan?
  private let assistantMarkers: [[UInt8]]
  private let terminators: PatternList

  /// Prepares a format.
  public init(_ format: CompletionFormat) {
    self.format = format
    markers = MarkerSet(format)
    var rule = JSONPayload()
    if case .json(let own) = format.payload { rule = own }
    json = JSONPayloadReader(rule, frame: format.frame, leniencies: format.leniencies)
    frameReader = format.frameReader
    isOpenOptional = format.frame.isOpenOptional
    usesTools = format.usesTools
    if case .channels(let rule) = format.payload { channels = ChannelReader(rule, format) } else { channels = nil }
    structure = channels != nil ? .messages : frameReader != nil ? .frames : .jsonFrames
    reasoning = format.reasoning.map { ReasoningPlan(start: $0.start, closes: $0.closes, callsInside: $0.callsInside) }
    assistantMarkers = format.assistantMarkers.map { Array($0.utf8) }
    terminators = PatternList(format.terminators.map { Array($0.utf8) })
  }

  /// Parses a completion. O(text).
  ///
  /// - Parameters:
  ///   - view: Which part of a conversation the text is.
  ///   - tools: The tools offered. Formats that write values as plain text learn from their schemas what a value means, and which tags count;
  ///     others do not look at them.
  public func parse(_ text: [UInt8], view: InputView = .response, tools: Toolbox? = nil) -> Completion {
    var completion = Completion()
    var workspace = ParserWorkspace()
    parse(text.span, view: view, tools: tools, workspace: &workspace, into: &completion)
    return completion
  }

  /// Parses a completion. O(text). See ``parse(_:view:tools:)-([UInt8],_,_)``.
  public func parse(_ text: String, view: InputView = .response, tools: Toolbox? = nil) -> Completion {
    parse(Array(text.utf8), view: view, tools: tools)
  }

  /// Parses into a completion whose room is used again, with room that is kept.
  package func parse(
    _ text: Span<UInt8>, view: InputView, tools: Toolbox?, workspace: inout ParserWorkspace,
    into completion: inout Completion
  ) {
    completion.removeAll()
    completion.view = view
    unsafe text.withUnsafeBufferPointer { unsafe completion.text.append(contentsOf: $0) }
    workspace.room.session.removeTape()
    guard text.count <= 1 << 30 else {
      // Offsets are kept in 32 bits, and a text may be kept twice; no model writes a gigabyte.
      workspace.room.session.takeTape(into: &completion.tape)
      completion.bodyEnd = text.count
      completion.segments.append(Segment(kind: .text, range: 0..<text.count))
      completion.diagnostics.append(Diagnostic(.limitExceeded, 0..<text.count))
      return
    }
    if view == .conversation {
      completion.bodyStart = structure == .messages ? channels?.turnStart(in: text) ?? 0 : bodyStart(in: text)
    }
    completion.bodyEnd = bodyEnd(in: text, from: completion.bodyStart)
    markers.scan(text, from: completion.bodyStart, into: &workspace.markers)
    completion.hasReasoningOpen = workspace.markers.hasReasoningOpen
    completion.hasReasoningClose = workspace.markers.lastReasoningClose != nil
    var startsInReasoning = view == .prefilled && reasoning != nil
    if reasoning?.start == .open { startsInReasoning = true }
    completion.isPromptPrefilled = startsInReasoning
    completion.hasReasoningRule = reasoning != nil
    if startsInReasoning { completion.hasReasoningOpen = true }
    if structure == .frames { workspace.room.tools = tools }
    if structure == .messages, let channels {
      channels.run(text, workspace.markers, workspace.room, into: &completion)
    } else {
      walk(text, startsInReasoning: startsInReasoning, workspace.markers, workspace.room, into: &completion)
    }
    workspace.room.session.takeTape(into: &completion.tape)
    if let offset = TextChecks.firstIllFormedUTF8(in: text) {
      completion.diagnostics.append(Diagnostic(.illFormedUTF8, offset..<min(offset + 1, text.count)))
    }
  }

  private func walk(
    _ text: Span<UInt8>, startsInReasoning: Bool, _ markers: borrowing MarkerList, _ room: borrowing FrameRoom,
    into completion: inout Completion
  ) {
    var walk = FrameWalk(startsInReasoning: startsInReasoning)
    let strayClose = walk.run(text, markers, self, room, into: &completion)
    if strayClose, reasoning?.start == .auto, !startsInReasoning {
      // The first reasoning marker outside calls closes: the opening one stood in the prompt.
      completion.removeParts()
      room.session.removeTape()
      walk = FrameWalk(startsInReasoning: true)
      _ = walk.run(text, markers, self, room, into: &completion)
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
  var room = FrameRoom()
  var markers = MarkerList()

  package init() {}
}

/// A ``ReasoningRule`` without its markers: what a walk over markers that are found looks up, free of references.
struct ReasoningPlan: Sendable {
  let start: ReasoningRule.Start
  let closes: ReasoningRule.Close
  let callsInside: ReasoningRule.CallsInside
}
