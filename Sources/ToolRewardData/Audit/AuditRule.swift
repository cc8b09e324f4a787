/// Something that is wrong with training data.
public enum AuditRule: String, Sendable, Hashable, CaseIterable {
  /// The answer, written as the model is asked to write it, does not have the reward of a right one.
  case goldNotRewarded = "gold_not_rewarded"
  /// A right call names a tool that is not offered.
  case toolNotOffered = "tool_not_offered"
  /// A right call has an argument that the tool does not declare.
  case unknownArgument = "unknown_argument"
  /// A right call lacks an argument that the tool requires.
  case missingRequired = "missing_required"
  /// A right call lacks an argument that has a default, and that nothing marks as optional.
  case missingDefaulted = "missing_defaulted"
  /// An argument has another type than declared.
  case typeMismatch = "type_mismatch"
  /// An argument has another type than declared, but spells a value of it: `"1"` for 1.
  case typeCoercible = "type_coercible"
  /// An argument breaks its schema in another way: an enum, a bound, a pattern.
  case valueNotAllowed = "value_not_allowed"
  /// A tool's default has another type than the tool declares.
  case defaultMismatch = "default_mismatch"
  /// What should be calls cannot be read as such.
  case unparsableCall = "unparsable_call"
  /// A call is right, but no tool is offered.
  case noTools = "no_tools"
  /// Two tools of a row have one name.
  case duplicateTool = "duplicate_tool"
  /// A tool's definition cannot be read, or is no schema.
  case unreadableTool = "unreadable_tool"
  /// JSON is encoded twice.
  case doubleEncoded = "double_encoded"
  /// An object of the row repeats a member's name.
  case repeatedName = "repeated_name"
  /// A message, the reasoning or an argument holds a tag that calls or turns are marked by.
  case tagInContent = "tag_in_content"
  /// The task has more bytes than asked for.
  case overLong = "over_long"
  /// The same task was seen before.
  case duplicate
  /// The row cannot be read.
  case unreadableRow = "unreadable_row"
  /// Nothing in the row says what is right.
  case noAnswer = "no_answer"

  /// The rule in one line, for people.
  public var summary: String {
    switch self {
    case .goldNotRewarded: "the answer itself is not rewarded: no model can ever be right"
    case .toolNotOffered: "a right call names a tool that is not offered"
    case .unknownArgument: "a right call has an argument that the tool does not declare"
    case .missingRequired: "a right call lacks an argument that the tool requires"
    case .missingDefaulted: "a right call lacks an argument that has a default; nothing marks it as optional"
    case .typeMismatch: "an argument has another type than declared"
    case .typeCoercible: "an argument has another type than declared, but spells a value of it (\"1\" for 1)"
    case .valueNotAllowed: "an argument breaks an enum, a bound or a pattern"
    case .defaultMismatch: "a tool's default has another type than the tool declares"
    case .unparsableCall: "what should be calls cannot be read as such"
    case .noTools: "a call is right, but no tool is offered"
    case .duplicateTool: "two tools of a row have one name"
    case .unreadableTool: "a tool's definition cannot be read, or its parameters are no schema"
    case .doubleEncoded: "JSON is encoded twice"
    case .repeatedName: "a row, a message, a call or its arguments repeat a member: which one counts is no rule of JSON"
    case .tagInContent: "a message, the reasoning or an argument holds a tag that marks calls or turns"
    case .overLong: "the task has more bytes than asked for"
    case .duplicate: "the same task was seen before"
    case .unreadableRow: "the row cannot be read"
    case .noAnswer: "nothing in the row says what is right"
    }
  }

  /// Whether the rule is about the tools alone, or a matter of taste: it does not make a row faulty.
  public var isNote: Bool {
    switch self {
    case .defaultMismatch, .missingDefaulted, .tagInContent, .overLong, .noAnswer: true
    default: false
    }
  }
}

/// Something that is wrong with a row, and where.
public struct AuditFinding: Sendable, Hashable {
  /// What.
  public var rule: AuditRule
  /// The message that the answer stands in, counted from 0; `nil` if the row is one task.
  public var turn: Int?
  /// The right call at fault, counted from 0.
  public var call: Int?
  /// The tool at fault, by its name.
  public var tool: String?
  /// The place in the arguments, or in the definition, as a JSON Pointer.
  public var pointer: String?
  /// What is wrong, for people; it never quotes the data.
  public var message: String
  /// Of ``AuditRule/goldNotRewarded``: whether it is so only because a parameter of a flat definition that nothing marks as required is
  /// taken for required (``DefinitionRule/requiredAbsentMeansRequired``).
  public var isForUnmarkedParameter = false

  /// Creates a finding.
  public init(
    _ rule: AuditRule, turn: Int? = nil, call: Int? = nil, tool: String? = nil, pointer: String? = nil,
    _ message: String
  ) {
    self.rule = rule
    self.turn = turn
    self.call = call
    self.tool = tool
    self.pointer = pointer
    self.message = message
  }
}

/// Counts of findings.
public struct AuditTally: Sendable, Hashable {
  /// Rows met.
  public var rows = 0
  /// Tasks in them.
  public var tasks = 0
  /// Right calls in those.
  public var calls = 0
  /// Arguments of those.
  public var arguments = 0
  /// Rows with a finding of a rule that is no note.
  public var faultyRows = 0
  /// Findings by rule.
  public var findings: [AuditRule: Int] = [:]
  /// Rows with a finding, by rule.
  public var rowsWith: [AuditRule: Int] = [:]
  /// Rows whose every ``AuditRule/goldNotRewarded`` is for parameters that nothing marks as required.
  public var rowsForUnmarkedParameters = 0

  /// Creates a tally of nothing.
  public init() {}

  /// Counts a row's findings.
  public mutating func count(_ found: [AuditFinding]) {
    rows += 1
    var seen: Set<AuditRule> = []
    for finding in found {
      findings[finding.rule, default: 0] += 1
      if seen.insert(finding.rule).inserted { rowsWith[finding.rule, default: 0] += 1 }
    }
    if seen.contains(where: { !$0.isNote }) { faultyRows += 1 }
    let unrewarded = found.filter { $0.rule == .goldNotRewarded }
    if !unrewarded.isEmpty, unrewarded.allSatisfy(\.isForUnmarkedParameter) { rowsForUnmarkedParameters += 1 }
  }

  /// Adds another's counts.
  public mutating func add(_ other: AuditTally) {
    rows += other.rows
    tasks += other.tasks
    calls += other.calls
    arguments += other.arguments
    faultyRows += other.faultyRows
    rowsForUnmarkedParameters += other.rowsForUnmarkedParameters
    findings.merge(other.findings, uniquingKeysWith: +)
    rowsWith.merge(other.rowsWith, uniquingKeysWith: +)
  }

  /// The part of the rows with a finding of the rule.
  public func part(_ rule: AuditRule) -> Double { rows == 0 ? 0 : Double(rowsWith[rule] ?? 0) / Double(rows) }

  /// The part of the rows with any finding that is no note.
  public var faultyPart: Double { rows == 0 ? 0 : Double(faultyRows) / Double(rows) }
}
