/// Reads what a frame holds: a payload engine, made for one format.
protocol FrameReader: Sendable {
  /// Reads the frame that `open` opens, and records it, its attempts and what was noticed.
  ///
  /// - Parameters:
  ///   - open: The opening marker; empty where a payload begins without one.
  ///   - markers: All markers of the text, those inside payloads among them.
  /// - Returns: Where the frame ends; `nil`, nothing being recorded, if no payload follows and the marker is text.
  func readFrame(
    _ open: Range<Int>, _ text: Span<UInt8>, _ markers: borrowing MarkerList, _ room: FrameRoom,
    into completion: inout Completion
  ) -> Int?

  /// Whether a payload can begin with the byte.
  func mayStart(with byte: UInt8) -> Bool
}

/// What reading a frame may use besides the text.
struct FrameRoom {
  let session: ValueSession
  /// The tools whose schemas say what a value's text means.
  let tools: Toolbox?
  /// What is known of this text from frames read before.
  let memo: ParserMemo
}

/// What reading one frame of a text found out about the rest of it, so that hostile text is not searched again and again.
final class ParserMemo {
  /// From here on no delimiter closes a string.
  var unclosedFrom = Int.max
}

/// The engine of a format. Formats of JSON, which most are, are spared the look-up of a protocol.
enum PayloadEngine: Sendable {
  case json(JSONPayloadReader)
  case other(any FrameReader)

  init(_ format: CompletionFormat) {
    switch format.payload {
    case .json(let rule): self = .json(JSONPayloadReader(rule, frame: format.frame, leniencies: format.leniencies))
    case .tagged(let rule): self = .other(TaggedFrameReader(rule, format))
    case .named(let rule): self = .other(NamedFrameReader(rule, format))
    case .python(let rule): self = .other(PythonFrameReader(rule, format))
    case .bfcl(let version): self = .other(BFCLFrameReader(version))
    // Messages have no frames.
    case .channels: self = .json(JSONPayloadReader(JSONPayload(), frame: format.frame, leniencies: format.leniencies))
    }
  }

  @inline(__always)
  func readFrame(
    _ open: Range<Int>, _ text: Span<UInt8>, _ markers: borrowing MarkerList, _ room: FrameRoom,
    into completion: inout Completion
  ) -> Int? {
    switch self {
    case .json(let reader): reader.readFrame(open, text, markers, room, into: &completion)
    case .other(let reader): reader.readFrame(open, text, markers, room, into: &completion)
    }
  }

  func mayStart(with byte: UInt8) -> Bool {
    switch self {
    case .json(let reader): reader.mayStart(with: byte)
    case .other(let reader): reader.mayStart(with: byte)
    }
  }
}

/// The first position at or after `start` that holds no JSON white space.
func skipJSONSpace(_ text: Span<UInt8>, _ start: Int) -> Int {
  var position = start
  while position < text.count, isJSONSpace(text[position]) { position += 1 }
  return position
}
