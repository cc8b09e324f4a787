internal import ToolReward

/// What an answer is judged by.
struct ACEBenchQuestion: Sendable {
  let id: [UInt8]
  let category: String
  /// `function`; of each tool its name and parameters, as far as it has them.
  let tools: [Tool]
  /// `ground_truth`.
  let answer: PythonValue

  struct Tool: Sendable {
    let name: PythonValue?
    let parameters: PythonValue?
  }

  /// The answers that count: one, or each of a list.
  var alternatives: [PythonValue] { answer.kind == .list ? answer.elements : [answer] }
}
