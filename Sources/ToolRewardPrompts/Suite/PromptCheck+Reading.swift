internal import ToolReward

extension PromptCheck {
  /// Reads a check of a suite's file.
  init(_ place: Configuration, rewards: RewardRegistry) throws(ConfigurationError) {
    let typePlace: Configuration
    if place.value.kind == .string {
      typePlace = place
    } else {
      try place.object(knowing: ["type", "value", "threshold", "on", "policy"])
      typePlace = try place.required("type")
    }
    let name = try typePlace.nonEmptyString()
    let isNegated = name.utf8.starts(with: "not-".utf8)
    let type = isNegated ? String(name.utf8.dropFirst(4)) ?? name : name
    let kind = try Self.kind(type, typePlace, place, rewards)
    self.init(kind, isNegated: isNegated, name: name)
  }

  private static func kind(
    _ type: String, _ typePlace: Configuration, _ place: Configuration, _ rewards: RewardRegistry
  ) throws(ConfigurationError) -> Kind {
    if let test = TextTest(rawValue: type) { return try text(test, place) }
    switch type {
    case "renders": return .renders
    case "snapshot": return .snapshot
    case "max-length":
      let count = try value(place).number()
      guard count >= 0, count < 1e15, count == count.rounded() else { throw try value(place).error("must be a count") }
      return .maxLength(Int(count))
    case "tools-rendered": return .toolsRendered
    case "tool-calls-rendered": return .toolCallsRendered
    case "round-trip": return .roundTrip
    case "prefix-preserving":
      guard let given = place["value"] else { return .prefixPreserving(.toolResult) }
      return .prefixPreserving(try given.choice(Extension.allCases.map { ($0.rawValue, $0) }))
    case "opens-think": return .opensThink
    case "no-injected-special-token": return .noInjectedSpecialToken
    case "reward": return try reward(place, rewards)
    case "format": return .format
    case "is-valid-tools-call", "is-valid-openai-tools-call", "is-valid-function-call": return .validToolsCall
    case "tool-call-f1": return .toolCallF1(threshold: try threshold(place))
    case "tool-call-match": return .toolCallMatch
    case "no-call": return .noCall
    default:
      throw typePlace.error("there is no check \"\(type)\"; there are: \(names.joined(separator: ", "))")
    }
  }

  /// Every type's name.
  static let names =
    ["renders", "snapshot"] + TextTest.allCases.map(\.rawValue)
    + [
      "max-length", "tools-rendered", "tool-calls-rendered", "round-trip", "prefix-preserving", "opens-think",
      "no-injected-special-token", "reward", "format", "is-valid-tools-call", "tool-call-f1", "tool-call-match",
      "no-call",
    ]

  private static func value(_ place: Configuration) throws(ConfigurationError) -> Configuration {
    guard place.value.kind == .object else { throw place.error("needs a \"value\": {\"type\": …, \"value\": …}") }
    return try place.required("value")
  }

  private static func text(_ test: TextTest, _ place: Configuration) throws(ConfigurationError) -> Kind {
    let given = try value(place)
    var texts: [[UInt8]] = []
    if test == .containsAll || test == .containsAny {
      for element in try given.elements() { texts.append(Array(try element.nonEmptyString().utf8)) }
      if texts.isEmpty { throw given.error("must not be empty") }
    } else {
      texts = [Array(try given.string().utf8)]
    }
    let subject = try place["on"]?.choice(Subject.allCases.map { ($0.rawValue, $0) }) ?? .prompt
    return .text(test, texts, on: subject)
  }

  private static func threshold(_ place: Configuration) throws(ConfigurationError) -> Double {
    guard let given = place["threshold"] else { return 1 }
    return try given.number()
  }

  private static func reward(
    _ place: Configuration, _ rewards: RewardRegistry
  ) throws(ConfigurationError) -> Kind {
    let given = place["policy"] ?? place["value"]
    let name = try given?.nonEmptyString() ?? "tool-n1"
    guard let policy = rewards[name] else {
      let known = rewards.policies.map(\.name).joined(separator: ", ")
      throw (given ?? place).error("there is no reward \"\(name)\"; there are: \(known)")
    }
    return .reward(policy, threshold: try threshold(place))
  }
}
