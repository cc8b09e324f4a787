public import ToolReward

/// One record: a task and the completions to judge by it.
public final class Sample {
  /// The identifier as JSON text: the record's, or the line number.
  public internal(set) var id: [UInt8] = []
  /// The line of the input, counted from 1.
  public internal(set) var line = 0
  /// Whether the record has a list of completions.
  public internal(set) var isList = false
  /// The completions' nodes on the tape.
  var completions: [Int] = []
  /// What the completions are judged by.
  public internal(set) var task: Result<ScoringTask, SampleError>
  /// The tools that the record brings, also if the task cannot be judged.
  public internal(set) var tools: Toolbox?
  /// What is odd about the record without keeping it from being judged.
  public internal(set) var findings: [Finding] = []
  var tape = ValueTape()
  var fieldName = ""
  var isStructured = false

  /// How many completions there are.
  public var count: Int { completions.count }

  /// A completion as a value: a string, or a message.
  public func completion(_ index: Int) -> Value { Value(tape: tape, index: completions[index]) }

  /// Why a completion is none of the kind asked for: a string, or a message.
  public func problem(_ index: Int) -> SampleError {
    let place = isList ? "\"\(fieldName)\"[\(index)]" : "\"\(fieldName)\""
    let message =
      isStructured
      ? "\(place) must be a message {\"role\", \"content\", \"tool_calls\"} or a list of messages, as --view structured has it"
      : "\(place) must be a string; messages are read with --view structured"
    return SampleError(line: line, code: "invalid_completion", message: message, id: id)
  }

  /// Calls `body` with the bytes of a completion that is a string; `nil` if it is none.
  package func withCompletionBytes<R>(_ index: Int, _ body: (Span<UInt8>) -> R) -> R? {
    let tape = tape
    let node = tape.nodes[completions[index]]
    guard node.kind == .string else { return nil }
    return body(tape.bytes.extracting(node.payload))
  }

  init() {
    task = .failure(SampleError(line: 0, code: "", message: ""))
  }
}

@available(*, unavailable)
extension Sample: Sendable {}
