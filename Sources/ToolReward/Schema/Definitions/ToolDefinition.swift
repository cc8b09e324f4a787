/// A tool as the front end read it: its name, and its parameters as one JSON Schema 2020-12.
public struct ToolDefinition: Sendable {
  /// The name exactly as declared, byte by byte; empty for a bare JSON Schema without a title.
  public let name: [UInt8]
  /// The description as declared; `nil` if there is none.
  public let description: Value?
  /// The parameters as a canonical schema: JSON Schema 2020-12, an object whose `type` is `object`.
  public let parameters: Value
  /// The rules that made it so, in the order met.
  public let applied: [AppliedRule]
  /// How many more were applied but are not listed: a list that grows with hostile input is cut.
  public let unlistedRules: Int

  /// A tool of which nothing but the name is known.
  init(nameAlone name: [UInt8]) {
    self.name = name
    description = nil
    parameters = Self.anyObject
    applied = [AppliedRule(rule: .parametersAbsent, pointer: "", detail: nil)]
    unlistedRules = 0
  }

  init(name: [UInt8], description: Value?, parameters: Value, applied: [AppliedRule], unlistedRules: Int) {
    self.name = name
    self.description = description
    self.parameters = parameters
    self.applied = applied
    self.unlistedRules = unlistedRules
  }

  private static let anyObject = (try? ValueReader().read(#"{"type":"object"}"#)) ?? Value(tape: ValueTape(), index: 0)

  /// The name for people; ill-formed text becomes U+FFFD. Compare ``name``.
  public var displayName: String { String(decoding: name, as: UTF8.self) }
}

/// One use of a rule, and where.
public struct AppliedRule: Sendable, Hashable {
  /// The rule.
  public let rule: DefinitionRule
  /// The place in the definition as it was given, as a JSON Pointer (RFC 6901); for OpenAPI the operation is the definition.
  public let pointer: String
  /// What was found there, cut to a preview; `nil` if the rule's name says it all.
  public let detail: String?
}

/// What a schema says about arguments it does not name.
public enum UnknownArguments: String, Sendable, Hashable, CaseIterable {
  /// As JSON Schema has it: they are allowed unless the schema forbids them.
  case open
  /// An argument the tool does not declare is an error. Objects inside arguments stay open.
  case closedRoot = "closed_root"
  /// An undeclared member is an error at every level that declares members.
  case closedDeep = "closed_deep"
}

/// Collects the rules applied to one definition, with the place the reader stands at.
struct RuleRecord: Sendable {
  private(set) var applied: [AppliedRule] = []
  private(set) var unlisted = 0
  private var path: [UInt8] = []
  private var starts: [Int] = []
  /// Above 0 the place is not moved: what is being read stands nowhere in the definition.
  private var frozen = 0
  private var listedBytes = 0
  private var ignoredKeywords: Set<[UInt8]> = []

  /// The bytes of pointers and details that are listed before the list is cut.
  private static let mostListedBytes = 1 << 20
  private static let previewBytes = 60

  /// Steps into a member or element; leave it with ``leave()``.
  mutating func enter(_ token: some Sequence<UInt8>) {
    starts.append(path.count)
    guard frozen == 0 else { return }
    JSONPointer.append(token, to: &path)
  }

  mutating func enter(_ token: String) { enter(token.utf8) }

  mutating func enter(_ position: Int) { enter(String(position).utf8) }

  mutating func leave() {
    guard let start = starts.popLast() else { return }
    path.removeSubrange(start...)
  }

  mutating func freeze() { frozen += 1 }

  mutating func thaw() { frozen -= 1 }

  mutating func add(_ rule: DefinitionRule, detail: String? = nil) {
    guard listedBytes < Self.mostListedBytes, path.count < Self.mostListedBytes else {
      unlisted += 1
      return
    }
    listedBytes += path.count + (detail?.utf8.count ?? 0) + 16
    applied.append(AppliedRule(rule: rule, pointer: String(decoding: path, as: UTF8.self), detail: detail))
  }

  mutating func add(_ rule: DefinitionRule, preview: [UInt8]) {
    add(rule, detail: Self.preview(preview))
  }

  /// Lists an unknown keyword, once in a definition.
  mutating func addIgnored(_ keyword: [UInt8]) {
    if ignoredKeywords.insert(keyword).inserted { add(.keywordIgnored, preview: keyword) }
  }

  /// The beginning of a text from input, for a message.
  static func preview(_ text: [UInt8]) -> String {
    guard text.count > previewBytes else { return String(decoding: text, as: UTF8.self) }
    return String(decoding: text.prefix(previewBytes), as: UTF8.self) + "…"
  }
}
