public import ToolReward
public import ToolRewardData
internal import ToolRewardLines

/// A prompt and the calls that are right for it.
public struct TrainingTask: Sendable {
  /// The identifier as JSON text.
  public var id: [UInt8]
  /// The prompt, UTF-8.
  public var prompt: [UInt8]
  /// What completions are judged by, as the training reward reads it.
  public var task: ScoringTask
  /// The same as the judge of exact match reads it.
  public var judgeTask: ScoringTask
  /// A completion to learn from in supervised fine-tuning; `nil` for one that is made from the ground truth.
  public var demonstration: [UInt8]?

  /// Creates a task.
  public init(
    id: [UInt8], prompt: [UInt8], task: ScoringTask, judgeTask: ScoringTask, demonstration: [UInt8]? = nil
  ) {
    self.id = id
    self.prompt = prompt
    self.task = task
    self.judgeTask = judgeTask
    self.demonstration = demonstration
  }
}

/// Tasks, and the records that are none.
public struct TrainingTasks: Sendable {
  /// The tasks, in the order of their records.
  public var tasks: [TrainingTask] = []
  /// Why records are left out.
  public var problems: [SampleError] = []

  /// Reads JSON Lines: `{"id"?, "prompt", "ground_truth", "tools"?, "completion"?}`. The prompt is a string, or a list of messages whose
  /// contents are joined by line feeds. O(text).
  ///
  /// - Parameters:
  ///   - text: The lines.
  ///   - fields: Where the parts are.
  ///   - promptField: Where the prompt is.
  ///   - reward: The training reward.
  ///   - judge: The reward that tells exact match.
  public init(
    jsonLines text: [UInt8], fields: SampleFields = SampleFields(), promptField: FieldPath = "prompt",
    reward: any RewardPolicy, judge: any RewardPolicy
  ) {
    var line = 1
    var start = 0
    while start < text.count {
      let end = text[start...].firstIndex(of: 0x0A) ?? text.count
      if !LineChunk.isBlank(text.span, start..<end) {
        do throws(SampleError) {
          tasks.append(try Self.read(Array(text[start..<end]), line, fields, promptField, reward, judge))
        } catch {
          problems.append(error)
        }
      }
      line += 1
      start = end + 1
    }
  }

  private static func read(
    _ text: [UInt8], _ line: Int, _ fields: SampleFields, _ promptField: FieldPath, _ reward: any RewardPolicy,
    _ judge: any RewardPolicy
  ) throws(SampleError) -> TrainingTask {
    var id: [UInt8] = Array(String(line).utf8)
    func failure(_ code: String, _ message: String) -> SampleError {
      SampleError(line: line, code: code, message: message, id: id)
    }
    let record: Value
    do throws(ValueError) {
      record = try ValueReader(syntax: reward.syntax).read(text)
    } catch {
      throw SampleError(line: line, code: "invalid_json", message: "the line is not JSON: \(error)", isSyntax: true)
    }
    if let named = record.member(at: fields.id), named.kind != .null { id = JSONWriter.compact.write(named) }
    guard let prompt = record.member(at: promptField).flatMap(Self.prompt) else {
      throw failure(
        "missing_prompt",
        "the record has no \"\(promptField)\" that is a string or a list of messages; name the field with --prompt-field"
      )
    }
    guard let truth = record.member(at: fields.groundTruth) else {
      throw failure(
        "missing_ground_truth",
        "the record has no \"\(fields.groundTruth)\"; name the field with --ground-truth-field, write [] where no call is right"
      )
    }
    var tools: Toolbox?
    if let definitions = record.member(at: fields.tools), definitions.kind != .null {
      do throws(ToolboxError) {
        tools = try Toolbox(definitions)
      } catch {
        throw failure("invalid_tools", "\"\(fields.tools)\": \(error)")
      }
    }
    do throws(GroundTruthError) {
      return TrainingTask(
        id: id, prompt: prompt,
        task: ScoringTask(groundTruth: try reward.compile(groundTruth: truth), tools: tools),
        judgeTask: ScoringTask(groundTruth: try judge.compile(groundTruth: truth), tools: tools),
        demonstration: record.member(at: fields.completion)?.stringBytes)
    } catch {
      throw failure("invalid_ground_truth", "\"\(fields.groundTruth)\": \(error)")
    }
  }

  private static func prompt(_ value: Value) -> [UInt8]? {
    if let text = value.stringBytes { return text }
    guard value.kind == .array else { return nil }
    let contents = value.elements.compactMap { $0["content"]?.stringBytes }
    guard !contents.isEmpty, contents.count == value.count else { return nil }
    return Array(contents.joined(separator: [0x0A]))
  }
}

extension Value {
  /// The member at a path of names; `nil` if it is absent.
  fileprivate func member(at path: FieldPath) -> Value? {
    var value = self
    for name in path.names {
      guard let next = value[String(decoding: name, as: UTF8.self)] else { return nil }
      value = next
    }
    return value
  }
}

/// Completions made from a ground truth, for supervised fine-tuning.
public enum Demonstration: Sendable {
  /// `<think>I should call f.</think>⏎<tool_call>[{"name": "f", "arguments": {…}}]</tool_call>`, in Tool-N1's format and in the spellings of
  /// Python's `json.dumps`.
  ///
  /// - Parameters:
  ///   - calls: The calls that are right.
  ///   - reasons: Whether the reasoning is there. Without it is the paper's No-Reason SFT (arXiv 2505.00024 §4.4).
  public static func completion(for calls: [ToolCall], reasons: Bool = true) -> [UInt8] {
    let writer = JSONWriter.python(ensureASCII: false)
    var text: [UInt8] = []
    if reasons {
      text += Array("<think>".utf8)
      if calls.isEmpty { text += Array(noTool.utf8) }
      for (position, call) in calls.enumerated() {
        text += position == 0 ? [] : [0x20]
        text += reasoning(forCallTo: call.name.stringBytes ?? [])
      }
      text += Array("</think>\n".utf8)
    }
    text += Array("<tool_call>[".utf8)
    for (position, call) in calls.enumerated() {
      text += Array((position == 0 ? #"{"name": "# : #", {"name": "#).utf8)
      writer.write(call.name, to: &text)
      text += Array(#", "arguments": "#.utf8)
      writer.write(call.arguments, to: &text)
      text.append(0x7D)
    }
    return text + Array("]</tool_call>".utf8)
  }

  static let noTool = "No tool is needed."

  static func reasoning(forCallTo name: [UInt8]) -> [UInt8] {
    Array("I should call ".utf8) + name + [0x2E]
  }
}
