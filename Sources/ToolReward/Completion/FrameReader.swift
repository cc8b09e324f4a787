/// Reads what a frame holds: a payload engine, made for one format.
protocol FrameReader: Sendable {
  /// Reads the frame that `open` opens, and records it, its attempts and what was noticed.
  ///
  /// - Parameters:
  ///   - open: The opening marker; empty where a payload begins without one.
  ///   - markers: All markers of the text, those inside payloads among them.
  /// - Returns: Where the frame ends; `nil`, nothing being recorded, if no payload follows and the marker is text.
  func readFrame(
    _ open: Range<Int>, _ text: Span<UInt8>, _ markers: borrowing MarkerList, _ room: borrowing FrameRoom,
    into completion: inout Completion
  ) -> Int?

  /// Whether a payload can begin with the byte.
  func mayStart(with byte: UInt8) -> Bool
}

/// What reading a frame may use besides the text.
struct FrameRoom: ~Copyable {
  let session = ValueSession()
  /// The tools whose schemas say what a value's text means.
  var tools: Toolbox?
}

extension CompletionFormat {
  /// The engine that reads the format's frames; `nil` for JSON, which the parser has at hand, and for messages, which have no frames.
  var frameReader: (any FrameReader)? {
    switch payload {
    case .json, .channels: nil
    case .tagged(let rule): TaggedFrameReader(rule, self)
    case .named(let rule): NamedFrameReader(rule, self)
    case .python(let rule): PythonFrameReader(rule, self)
    case .bfcl(let version): BFCLFrameReader(version)
    }
  }
}

/// The first position at or after `start` that holds no JSON white space.
func skipJSONSpace(_ text: Span<UInt8>, _ start: Int) -> Int {
  var position = start
  while position < text.count, isJSONSpace(text[position]) { position += 1 }
  return position
}
