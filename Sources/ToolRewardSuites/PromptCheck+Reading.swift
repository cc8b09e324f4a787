internal import ToolReward

extension PromptCheck {
  /// A type of check as a file names it.
  private struct FileType {
    let name: String
    /// The members that it may have beside `type` and `metric`.
    var members: [String] = []
    let read: (Configuration, RewardRegistry) throws(ConfigurationError) -> Kind

    init(
      _ name: String, _ members: [String] = [],
      _ read: @escaping (Configuration, RewardRegistry) throws(ConfigurationError) -> Kind
    ) {
      self.name = name
      self.members = members
      self.read = read
    }
  }

  /// Every type.
  private static var types: [FileType] {
    let texts = TextTest.allCases.map { test in
      FileType(test.rawValue, ["value", "on"]) { (place, _) throws(ConfigurationError) in try text(test, place) }
    }
    let names = ["is-valid-tools-call", "is-valid-openai-tools-call", "is-valid-function-call"]
    let valid = names.map { FileType($0) { (_, _) in .validToolsCall } }
    let json = [("is-json", false), ("contains-json", true)].map { name, isPart in
      FileType(name, ["value", "on"]) { (place, _) throws(ConfigurationError) in try Self.json(place, isPart: isPart) }
    }
    let own: [FileType] = [
      FileType("regex", ["value", "on"]) { (place, _) throws(ConfigurationError) in try regex(place) },
      FileType("max-length", ["value"]) { (place, _) throws(ConfigurationError) in try maxLength(place) },
      FileType("tools-rendered") { (_, _) in .toolsRendered },
      FileType("tool-calls-rendered") { (_, _) in .toolCallsRendered },
      FileType("tool-results-rendered") { (_, _) in .toolResultsRendered },
      FileType("round-trip") { (_, _) in .roundTrip },
      FileType("prefix-preserving", ["value"]) { (place, _) throws(ConfigurationError) in
        guard let given = place["value"] else { return .prefixPreserving(.toolResult) }
        return .prefixPreserving(try given.choice(Extension.allCases.map { ($0.rawValue, $0) }))
      },
      FileType("opens-think") { (_, _) in .opensThink },
      FileType("no-injected-special-token") { (_, _) in .noInjectedSpecialToken },
      FileType("reward", ["value", "threshold"], reward),
      FileType("format") { (_, _) in .format },
      FileType("tool-call-f1", ["threshold"]) { (place, _) throws(ConfigurationError) in
        .toolCallF1(threshold: try threshold(place, within: 0...1))
      },
      FileType("tool-call-match") { (_, _) in .toolCallMatch },
      FileType("no-call") { (_, _) in .noCall },
    ]
    return [FileType("renders") { (_, _) in .renders }, FileType("snapshot") { (_, _) in .snapshot }]
      + texts + json + own + valid
  }

  /// Reads a check of a suite's file.
  init(_ place: Configuration, rewards: RewardRegistry) throws(ConfigurationError) {
    let isName = place.value.kind == .string
    if !isName, place.value.kind != .object {
      throw place.error("must be a check's name, or an object with a \"type\"")
    }
    let typePlace = isName ? place : try place.required("type")
    let name = try typePlace.nonEmptyString()
    let isNegated = name.utf8.starts(with: "not-".utf8)
    let type = isNegated ? String(name.utf8.dropFirst(4)) ?? name : name
    guard let found = Self.types.first(where: { $0.name == type }) else {
      throw typePlace.error(
        "there is no check \"\(type)\"; there are: \(Self.types.map(\.name).joined(separator: ", "))")
    }
    if !isName { try place.object(knowing: ["type", "metric"] + found.members) }
    self.init(
      try found.read(place, rewards), isNegated: isNegated, name: isName ? nil : try place["metric"]?.nonEmptyString())
  }

  private static func value(_ place: Configuration) throws(ConfigurationError) -> Configuration {
    guard place.value.kind == .object else { throw place.error("needs a \"value\": {\"type\": …, \"value\": …}") }
    return try place.required("value")
  }

  private static func maxLength(_ place: Configuration) throws(ConfigurationError) -> Kind {
    let given = try value(place)
    let count = try given.number()
    guard count >= 0, count < 1e15, count == count.rounded() else { throw given.error("must be a count") }
    return .maxLength(Int(count))
  }

  private static func text(_ test: TextTest, _ place: Configuration) throws(ConfigurationError) -> Kind {
    let given = try value(place)
    var texts: [[UInt8]] = []
    switch test {
    case .containsAll, .containsAny, .containsAllIgnoringCase, .containsAnyIgnoringCase:
      for element in try given.elements() { texts.append(Array(try element.nonEmptyString().utf8)) }
      if texts.isEmpty { throw given.error("must not be empty") }
    default:
      // Every text contains the empty one.
      texts = [Array(try (test == .equals ? given.string() : given.nonEmptyString()).utf8)]
    }
    return .text(test, texts, on: try subject(place) ?? .prompt)
  }

  private static func subject(_ place: Configuration) throws(ConfigurationError) -> Subject? {
    try place["on"]?.choice(Subject.allCases.map { ($0.rawValue, $0) })
  }

  private static func regex(_ place: Configuration) throws(ConfigurationError) -> Kind {
    let given = try value(place)
    let pattern = Array(try given.nonEmptyString().utf8)
    let nothing: [UInt8] = []
    if SchemaPattern(pattern).matches(nothing.span, 0..<0) == nil {
      throw given.error(
        "is no regular expression of ECMA-262, or has a form that is not read: look-around, back references, \\b; or it repeats too much, as a{1,1000}"
      )
    }
    return .regex(pattern, on: try subject(place) ?? .prompt)
  }

  /// JSON is what models are asked for: without "on" the completion is looked at.
  private static func json(_ place: Configuration, isPart: Bool) throws(ConfigurationError) -> Kind {
    guard place.value.kind == .object else { return .json(nil, isPart: isPart, on: .completion) }
    var schema: JSONSchema?
    if let given = place["value"] {
      do throws(SchemaError) { schema = try JSONSchema(given.value.detached()) } catch {
        throw given.error("is no JSON Schema: \(error)")
      }
    }
    return .json(schema, isPart: isPart, on: try subject(place) ?? .completion)
  }

  /// - Parameter range: What there can be; `nil` for a reward, which may have any number.
  private static func threshold(
    _ place: Configuration, within range: ClosedRange<Double>? = nil
  ) throws(ConfigurationError) -> Double {
    guard let given = place["threshold"] else { return 1 }
    let number = try given.number()
    if let range, !range.contains(number) { throw given.error("must be from 0 to 1") }
    return number
  }

  private static func reward(
    _ place: Configuration, _ rewards: RewardRegistry
  ) throws(ConfigurationError) -> Kind {
    let given = place["value"]
    let name = try given?.nonEmptyString() ?? "tool-n1"
    guard let policy = rewards[name] else {
      let known = rewards.policies.map(\.name).joined(separator: ", ")
      throw (given ?? place).error("there is no reward \"\(name)\"; there are: \(known)")
    }
    return .reward(policy, threshold: try threshold(place))
  }
}
