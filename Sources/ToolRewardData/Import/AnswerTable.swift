public import ToolReward
public import ToolRewardLines

/// Answers by the identifiers of their questions.
public struct AnswerTable: Sendable {
  private var answers: [[UInt8]: (truth: Value, place: String)] = [:]

  /// Creates an empty table.
  public init() {}

  /// Whether there is no answer.
  public var isEmpty: Bool { answers.isEmpty }

  /// Adds a row of an answer file: `{"id": …, "ground_truth": …}`. O(row).
  ///
  /// - Parameters:
  ///   - text: The chunk that the row is in.
  ///   - row: Where in the chunk, and on which line of the file.
  ///   - file: The file's name.
  /// - Throws: ``DroppedRow`` if the row is none, or if its identifier has another answer already.
  public mutating func add(_ text: Span<UInt8>, _ row: DataRow, file: String) throws(DroppedRow) {
    if let size = row.tooLong {
      throw DroppedRow(.tooLong, "the answer has \(size) bytes; raise --row-limit to read it")
    }
    let reader = PieceReader(.python)
    var bytes: [UInt8] = []
    for position in row.range { bytes.append(text[position]) }
    guard let value = reader.json(bytes) else { throw DroppedRow(.unreadable, "the answer's row is not JSON") }
    guard let id = value["id"], let truth = value["ground_truth"] else {
      throw DroppedRow(.unreadableAnswer, "an answer is {\"id\": …, \"ground_truth\": …}; this row lacks one of both")
    }
    let key = JSONWriter.compact.write(id)
    if let known = answers[key] {
      guard JSONWriter.compact.write(known.truth) == JSONWriter.compact.write(truth) else {
        throw DroppedRow(.unreadableAnswer, "the question of this id has another answer in \(known.place)")
      }
      return
    }
    answers[key] = (truth, "\(file):\(row.line)")
  }

  /// The answer of a question; `nil` if there is none.
  public subscript(id: [UInt8]) -> Value? { answers[id]?.truth }
}
