public import ToolReward
public import ToolRewardLines

/// What a row is audited for.
public struct AuditOptions: Sendable {
  /// How rows are read.
  public var importing = ImportOptions()
  /// What an answer is scored by: a right one must have 1.
  public var scorer: Scorer
  /// The most bytes of a task's messages and tools.
  public var lengthLimit = 65_536

  /// Creates options.
  public init(scorer: Scorer) { self.scorer = scorer }
}

/// Looks for what is wrong with rows of training data. One for each thread.
public final class RowAuditor {
  private let options: AuditOptions
  private let importer: RecordImporter
  private let cutter = TaskCutter(requiresOfferedTools: false)
  private let workspace = ScoringWorkspace()
  private var toolboxes: [[UInt8]: AuditedTools] = [:]

  /// Creates an auditor.
  public init(_ options: AuditOptions) {
    self.options = options
    importer = RecordImporter(options.importing)
  }

  /// What was found in a row.
  public struct Result: Sendable {
    /// What is wrong.
    public var findings: [AuditFinding] = []
    /// The record's identifier as JSON text; `nil` if there is no record.
    public var id: [UInt8]?
    /// What tells the tasks from others, with the turn each answers with.
    public var prints: [(print: TaskFingerprint, turn: Int?)] = []
    /// Right calls.
    public var calls = 0
    /// Their arguments.
    public var arguments = 0
    /// Whether the right calls come from a file of answers.
    public var hasOuterAnswer = false
  }

  /// Audits a row. O(row × tasks).
  public func audit(_ text: Span<UInt8>, _ row: DataRow, file: String) -> Result {
    var result = Result()
    do throws(DroppedRow) {
      let record = try importer.record(text, row, file: file)
      result.id = record.id
      result.hasOuterAnswer = record.hasOuterAnswer
      audit(record, &result)
    } catch {
      let rule: AuditRule =
        switch error.code {
        case .unreadableAnswer, .unparsableCall: .unparsableCall
        case .unreadableTools: .unreadableTool
        case .noGroundTruth, .noMessages: .noAnswer
        default: .unreadableRow
        }
      result.findings.append(AuditFinding(rule, error.message))
    }
    return result
  }

  private func audit(_ record: TrainingRecord, _ result: inout Result) {
    let tools = tools(of: record)
    result.findings += tools.findings
    for warning in record.warnings {
      switch warning.code {
      case .doubleEncoded: result.findings.append(AuditFinding(.doubleEncoded, warning.message))
      case .unreadableTools: result.findings.append(AuditFinding(.unreadableTool, warning.message))
      case .repeatedName: result.findings.append(AuditFinding(.repeatedName, warning.message))
      default: break
      }
    }
    let (tasks, dropped) = cutter.tasks(of: record)
    for reason in dropped where reason.code == .unparsableCall {
      result.findings.append(AuditFinding(.unparsableCall, turn: reason.turn, reason.message))
    }
    if tasks.isEmpty, dropped.contains(where: { $0.code == .noCall }) {
      result.findings.append(AuditFinding(.noAnswer, "the dialogue calls no tool"))
    }
    for task in tasks {
      let answer = GoldAnswer(task.groundTruth ?? [], tools.strict)
      auditCalls(task, answer.calls, tools, &result)
      auditText(task, &result)
      auditReward(task, answer, tools, &result)
      result.prints.append((TaskFingerprint(task, findsNear: false), task.source.turn))
    }
  }

  // MARK: Tools

  private func tools(of record: TrainingRecord) -> AuditedTools {
    var text: [UInt8] = [0x5B]
    for (position, tool) in record.tools.enumerated() {
      if position > 0 { text.append(0x2C) }
      JSONWriter.compact.write(tool, to: &text)
    }
    text.append(0x5D)
    if let known = toolboxes[text] { return known }
    let tools = AuditedTools(text, importer.reader)
    if toolboxes.count >= 64 { toolboxes.removeAll(keepingCapacity: true) }
    if text.count <= 65_536 { toolboxes[text] = tools }
    return tools
  }

  // MARK: Calls

  private func auditCalls(
    _ task: TrainingRecord, _ calls: [RecordCall], _ tools: AuditedTools, _ result: inout Result
  ) {
    result.calls += calls.count
    func add(_ rule: AuditRule, _ call: Int, pointer: String? = nil, _ message: String) {
      let tool = String(decoding: calls[call].name, as: UTF8.self)
      result.findings.append(
        AuditFinding(rule, turn: task.source.turn, call: call, tool: tool, pointer: pointer, message))
    }
    if !calls.isEmpty, task.tools.isEmpty {
      return add(.noTools, 0, "the row offers no tools")
    }
    for (position, call) in calls.enumerated() {
      result.arguments += call.arguments.count
      guard let toolbox = tools.strict else { continue }
      let check = toolbox.check(name: call.name, arguments: call.arguments)
      if check.outcome == .unknownTool {
        add(.toolNotOffered, position, "the row's tools have no such name")
        continue
      }
      for violation in check.violations where !Self.isInsideChoice(violation) {
        let pointer = violation.instanceLocation
        switch violation.code {
        case .missingRequired:
          let isDefaulted = pointer.isEmpty && Self.hasDefault(violation.expected, toolbox.tool(named: call.name))
          add(isDefaulted ? .missingDefaulted : .missingRequired, position, pointer: pointer, violation.message)
        case .unknownArgument: add(.unknownArgument, position, pointer: pointer, violation.message)
        case .wrongType, .noBranch, .notOneBranch:
          add(
            violation.isCoercible ? .typeCoercible : .typeMismatch, position, pointer: pointer, violation.message)
        default: add(.valueNotAllowed, position, pointer: pointer, violation.message)
        }
      }
    }
  }

  private static func hasDefault(_ name: Value?, _ tool: Toolbox.Tool?) -> Bool {
    guard let name, let properties = tool?.definition.parameters["properties"] else { return false }
    let quoted = JSONWriter.compact.write(name)
    return properties.members.contains { JSONPiece.string($0.name) == quoted && $0.value["default"] != nil }
  }

  /// Whether the choice that the violation is part of tells of it.
  private static func isInsideChoice(_ violation: SchemaViolation) -> Bool {
    let location = violation.keywordLocation
    return location.contains("/anyOf/") || location.contains("/oneOf/")
  }

  // MARK: Texts

  private static let tags = [
    "<think>", "</think>", "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>", "<tools>", "</tools>",
    "<|im_start|>", "<|im_end|>", "<|eot_id|>", "<|endoftext|>", "[TOOL_CALLS]", "<TOOLCALL>", "<functioncall>",
  ].map { Array($0.utf8) }

  private func auditText(_ task: TrainingRecord, _ result: inout Result) {
    var bytes = 0
    func look(_ text: [UInt8], _ place: String) {
      bytes += text.count
      guard let tag = Self.tags.first(where: { ByteSearch.firstIndex(of: $0, in: text.span) != nil }) else { return }
      result.findings.append(
        AuditFinding(.tagInContent, turn: task.source.turn, "\(place) holds \(String(decoding: tag, as: UTF8.self))"))
    }
    for message in task.messages where message.role != .system { look(message.content, "a message") }
    if let reasoning = task.reasoning { look(reasoning, "the reasoning") }
    for call in task.groundTruth ?? [] { look(JSONWriter.compact.write(call.arguments), "an argument") }
    for tool in task.tools { bytes += JSONWriter.compact.write(tool).count }
    if bytes > options.lengthLimit {
      result.findings.append(
        AuditFinding(.overLong, turn: task.source.turn, "\(bytes) bytes, more than \(options.lengthLimit)"))
    }
  }

  // MARK: Reward

  private func auditReward(
    _ task: TrainingRecord, _ answer: GoldAnswer, _ tools: AuditedTools, _ result: inout Result
  ) {
    func add(_ message: String, isForUnmarked: Bool = false) {
      var finding = AuditFinding(.goldNotRewarded, turn: task.source.turn, message)
      finding.isForUnmarkedParameter = isForUnmarked
      result.findings.append(finding)
    }
    var text: [UInt8] = []
    RecordWriter().append(task.groundTruth ?? [], to: &text)
    do {
      let value = try ValueReader(syntax: options.scorer.reward.syntax).read(text)
      let truth = try options.scorer.reward.compile(groundTruth: value)
      // No model can be right only if no way to write the answer is.
      // What the stricter tools let pass, the others do; they are read again only where it is needed.
      guard self.verdict(answer, truth, task.tools.isEmpty ? nil : tools.strict) != nil,
        let verdict = verdict(answer, truth, task.tools.isEmpty ? nil : tools.scoring)
      else { return }
      let code = verdict.findings.first { $0.severity == .error } ?? verdict.findings.first
      let reason = code.map { ": \($0.code.name)" } ?? ""
      let isForUnmarked = tools.unmarked.map { self.verdict(answer, truth, $0) == nil } ?? false
      add(
        "under \(options.scorer.reward.name) the answer has \(verdict.score.map { "\($0)" } ?? "no score")\(reason)"
          + (isForUnmarked ? "; only because a parameter that nothing marks as required is taken for required" : ""),
        isForUnmarked: isForUnmarked)
    } catch {
      add("the answer cannot be judged by: \(error)")
    }
  }

  /// The verdict on the answer as it is most likely written; `nil` if some way to write it has the reward of a right one.
  private func verdict(_ answer: GoldAnswer, _ truth: GroundTruth, _ tools: Toolbox?) -> Verdict? {
    var first: Verdict?
    for calls in answer.ways {
      let gold =
        Array("<think>The answer.</think>\n<tool_call>".utf8) + CallText.python(calls, ensureASCII: false)
        + Array("</tool_call>".utf8)
      let verdict = options.scorer.score(
        gold.span, for: ScoringTask(groundTruth: truth, tools: tools), using: workspace)
      guard verdict.score.map({ $0 < 1 }) ?? true else { return nil }
      first = first ?? verdict
    }
    return first
  }
}

@available(*, unavailable)
extension RowAuditor: Sendable {}
