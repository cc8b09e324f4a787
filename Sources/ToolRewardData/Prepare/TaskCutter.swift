internal import ToolReward

/// Cuts records into tasks: one for each answer, with what comes before it as the prompt (arXiv 2505.00024, §3.1).
public struct TaskCutter: Sendable {
  /// Whether messages of the assistant that call nothing are tasks too, whose answer is no call.
  public var includesNoCall: Bool
  /// Whether a task is dropped whose answer names a tool that is not offered, as the paper does.
  public var requiresOfferedTools: Bool

  /// Creates a cutter.
  public init(includesNoCall: Bool = false, requiresOfferedTools: Bool = true) {
    self.includesNoCall = includesNoCall
    self.requiresOfferedTools = requiresOfferedTools
  }

  /// The tasks of a record, and why answers in it give none; one reason at least where there is no task. O(record × tasks).
  public func tasks(of record: TrainingRecord) -> (tasks: [TrainingRecord], dropped: [DroppedRow]) {
    var tasks: [TrainingRecord] = []
    var dropped: [DroppedRow] = []
    let names = requiresOfferedTools ? Set(record.tools.compactMap { ToolName.of($0) }) : []
    func add(_ task: TrainingRecord) {
      if requiresOfferedTools, task.groundTruth?.contains(where: { !names.contains($0.name) }) ?? false {
        dropped.append(
          names.isEmpty
            ? DroppedRow(.noTools, "the row offers no tools, but calls some")
            : DroppedRow(.toolNotOffered, "a right call names a tool that is not offered"))
      } else {
        tasks.append(task)
      }
    }
    guard record.groundTruth == nil else {
      add(record)
      return (tasks, dropped)
    }
    for (index, message) in record.messages.enumerated() where isAnswer(message) {
      if message.isBroken {
        var reason = DroppedRow(.unparsableCall, "a message that should call tools cannot be read as such")
        reason.turn = index
        dropped.append(reason)
        continue
      }
      guard index > 0 else { continue }
      var task = record
      task.id = Self.id(record.id, index)
      task.source.turn = index
      task.messages = Array(record.messages[..<index])
      task.groundTruth = message.calls
      task.reasoning = message.reasoning
      task.response = message.content.isEmpty ? nil : message.content
      add(task)
    }
    if tasks.isEmpty, dropped.isEmpty { dropped.append(DroppedRow(.noCall, "the dialogue calls no tool")) }
    return (tasks, dropped)
  }

  private func isAnswer(_ message: RecordMessage) -> Bool {
    message.role == .assistant && !message.isContext && (includesNoCall || message.isBroken || !message.calls.isEmpty)
  }

  /// `"ID#3"`.
  private static func id(_ id: [UInt8], _ turn: Int) -> [UInt8] {
    let isText = id.first == 0x22
    let inner = isText ? id.dropFirst().dropLast() : id[...]
    return [0x22] + inner + "#\(turn)\"".utf8
  }
}

/// The name that a definition gives its tool.
enum ToolName {
  /// The name; `nil` if there is none where definitions have it.
  static func of(_ tool: Value) -> [UInt8]? {
    if let text = tool.stringBytes { return text }
    let inner = tool["function"].flatMap { $0.kind == .object ? $0 : nil } ?? tool["toolSpec"] ?? tool
    return (inner["name"] ?? inner["api_name"] ?? inner["apiCode"] ?? inner["title"])?.stringBytes
  }
}
