/// What the sample's tools say of a completion's calls.
struct SchemaCheck {
  /// 1 if nothing is wrong with any attempt at a call: all are whole, name a known tool, and have arguments that its schema takes; 0 if something
  /// is; `nil` if it cannot be told, or there are no tools. No attempt is nothing wrong.
  private(set) var component: Double?
  private(set) var findings: [Finding] = []
  /// Whether a call's arguments break its tool's schema.
  private(set) var isInvalid = false

  /// Checks the attempts at a call. Without tools nothing is checked. O(attempts).
  init(_ completion: Completion, _ tools: Toolbox?, severity: Finding.Severity) {
    guard let tools else { return }
    var isWrong = false
    var isUnknown = false
    for (index, attempt) in completion.attempts.enumerated() {
      if attempt.status != .ok { isWrong = true }
      guard let name = attempt.name, let arguments = attempt.arguments, completion.tape.kind(of: name) == .string else {
        isWrong = true
        continue
      }
      let check = tools.check(
        name: completion.tape.payload(of: name), arguments: Value(tape: completion.tape, index: arguments))
      switch check.outcome {
      case .valid, .notChecked: break
      case .unknownTool: isWrong = true
      case .indeterminate:
        isUnknown = true
        add(Finding(.schemaIndeterminate, .warning, range: attempt.range, attempt: index))
      case .coercible, .invalid:
        isInvalid = true
        let isCoercible = check.outcome == .coercible
        for violation in check.violations where !violation.isInsideChoice {
          guard findings.count < Finding.limit else { break }
          let code = isCoercible || violation.isCoercible ? Diagnostic.Code.schemaCoercible : .schema(violation.code)
          let range = completion.sourceRange(of: Int(violation.failure.instance), in: attempt) ?? attempt.range
          add(Finding(code, severity, range: range, attempt: index, pointer: violation.instanceLocation))
        }
      }
    }
    component = isInvalid || isWrong ? 0 : isUnknown ? nil : 1
  }

  private mutating func add(_ finding: Finding) {
    if findings.count < Finding.limit { findings.append(finding) }
  }
}

/// A reward that also tells whether calls are valid by their tools' schemas: the component `schema` and its findings are added, the score is
/// as it was. For the published presets, which do not look at tools.
public struct SchemaCheckedReward: RewardPolicy {
  private let base: any RewardPolicy

  /// Adds the check to a reward. One that has it already stays as it is.
  public init(_ base: any RewardPolicy) {
    self.base = base
  }

  private var isAdded: Bool { !base.componentNames.contains("schema") }

  public var name: String { base.name }
  public var summary: String { base.summary }
  public var source: String { base.source }
  public var componentNames: [String] { base.componentNames + (isAdded ? ["schema"] : []) }
  public var format: CompletionFormat? { base.format }
  public var syntax: ValueReader.Syntax { base.syntax }
  public var usesTools: Bool { true }

  public func compile(groundTruth value: Value) throws(GroundTruthError) -> GroundTruth {
    try base.compile(groundTruth: value)
  }

  public func judge(_ completion: Completion, against truth: GroundTruth, tools: Toolbox?) -> Verdict {
    var verdict = base.judge(completion, against: truth, tools: tools)
    guard isAdded else { return verdict }
    let check = SchemaCheck(completion, tools, severity: .warning)
    verdict.components.append(check.component)
    verdict.findings += check.findings
    if !base.usesTools { verdict.findings += unknownTools(completion, tools) }
    return verdict
  }
}

extension Diagnostic.Code {
  /// `schema_coercible`: an argument breaks its tool's schema, but spells a value that would not.
  public static let schemaCoercible = Self(
    "schema_coercible", "an argument breaks its tool's schema, but spells a value that would not")
  /// `schema_indeterminate`: it cannot be told whether the arguments are valid by the tool's schema.
  public static let schemaIndeterminate = Self(
    "schema_indeterminate", "it cannot be told whether the arguments are valid by the tool's schema")

  /// `schema_…`: an argument breaks its tool's schema in this way.
  public static func schema(_ code: SchemaViolation.Code) -> Self { schemaCodes[code] ?? .schemaIndeterminate }

  private static let schemaCodes: [SchemaViolation.Code: Self] = Dictionary(
    uniqueKeysWithValues: SchemaViolation.Code.allCases.map { code in
      (code, Self("schema_\(code.rawValue)", "by the tool's schema, \(code.summary)"))
    })
}

extension SchemaViolation.Code {
  /// What is wrong, as the end of a sentence.
  var summary: String {
    switch self {
    case .wrongType: "an argument has the wrong type"
    case .missingRequired: "a required argument is missing"
    case .unknownArgument: "an argument is not one of the tool's"
    case .enumMismatch: "an argument is none of the values listed"
    case .constMismatch: "an argument is not the one value it may have"
    case .outOfRange: "a number is beyond a bound"
    case .notMultiple: "a number is not a multiple as asked for"
    case .wrongLength: "a string is too short or too long"
    case .patternMismatch: "a string does not match the pattern"
    case .wrongItemCount: "a list has too few or too many elements"
    case .duplicateItems: "a list has two elements that are the same"
    case .wrongPropertyCount: "an object has too few or too many members"
    case .noBranch: "an argument fits none of the alternatives"
    case .notOneBranch: "an argument does not fit exactly one of the alternatives"
    case .forbidden: "an argument is what must not be"
    case .falseSchema: "an argument is not allowed"
    }
  }
}
