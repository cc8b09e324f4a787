/// Everything a scorer is made of, by name: what the command's options ask for, and the C interface and the Python package as JSON.
public struct ScorerOptions: Sendable, Hashable {
  /// A reward or a format.
  public enum Choice: Sendable, Hashable {
    /// One that a registry knows.
    case named(String)
    /// One of a file: see ``CompositeReward/init(file:registry:step:)`` and ``CompletionFormat/init(file:)``.
    case file([UInt8], path: String)
  }

  /// The reward.
  public var reward = Choice.named("tool-n1")
  /// The completions' format; `nil` for the reward's own, or ``CompletionFormat/toolN1`` if it has none.
  public var format: Choice?
  /// Which part of a conversation the completions are.
  public var view = InputView.response
  /// The departures from the format to forgive, by name: ``Leniencies/named``.
  public var leniencies: [String] = []
  /// The training step, for rewards that move with it.
  public var step = 0
  /// Whether the tools' schemas are looked at under any reward: ``SchemaCheckedReward``.
  public var checkTools = false

  /// The options of `toolreward score` without any.
  public init() {}

  /// Reads options from a JSON object whose members are named as the command's options:
  ///
  /// ```json
  /// {"reward": "exact-match", "format": "hermes", "view": "response", "leniencies": ["trailing_comma"], "step": 0, "check_tools": true}
  /// ```
  ///
  /// All may be left out. `reward` and `format` may be objects: what else a file would hold.
  ///
  /// - Throws: ``ConfigurationError`` with place and mend.
  public init(json text: [UInt8]) throws(ConfigurationError) {
    let options = try Configuration(text)
    try options.object(knowing: ["reward", "format", "view", "leniencies", "step", "check_tools"])
    func choice(_ name: String) throws(ConfigurationError) -> Choice? {
      guard let member = options[name], member.value.kind != .null else { return nil }
      switch member.value.kind {
      case .string: return .named(try member.string())
      case .object:
        var text: [UInt8] = []
        JSONWriter.compact.write(member.value, to: &text)
        return .file(text, path: name)
      default: throw member.error("must be a name, or an object as a file of one holds it")
      }
    }
    if let reward = try choice("reward") { self.reward = reward }
    format = try choice("format")
    if let view = options["view"] { self.view = try view.choice(InputView.named) }
    if let leniencies = options["leniencies"] { self.leniencies = try leniencies.strings() }
    if let step = options["step"] {
      guard let number = Int(exactly: try step.number()) else { throw step.error("must be a whole number") }
      self.step = number
    }
    if let checks = options["check_tools"] { checkTools = try checks.boolean() }
  }
}

extension InputView {
  /// The views by their names in options.
  public static let named: [(name: String, value: InputView)] = [
    ("response", .response), ("prefilled", .prefilled), ("conversation", .conversation), ("structured", .structured),
  ]
}

/// Why options make no scorer.
public enum ScorerOptionsError: Error, Sendable, Hashable, CustomStringConvertible {
  /// No reward has that name.
  case unknownReward(String, known: [String])
  /// No format has that name.
  case unknownFormat(String, known: [String])
  /// No leniency has that name.
  case unknownLeniency(String)
  /// The reward follows published code, which forgives nothing else.
  case noLeniencies(reward: String)
  /// A file cannot be used.
  case file(path: String, ConfigurationError)
  /// The reward and the format do not go together.
  case scorer(ScorerError)

  /// What is wrong and how to mend it.
  public var description: String {
    switch self {
    case .unknownReward(let name, let known):
      "there is no reward '\(name)'; the rewards are: \(known.joined(separator: ", "))"
    case .unknownFormat(let name, let known):
      "there is no format '\(name)'; the formats are: \(known.joined(separator: ", "))"
    case .unknownLeniency(let name):
      "there is no leniency '\(name)'; the leniencies are: \(Leniencies.named.map(\.name).joined(separator: ", "))"
    case .noLeniencies(let reward):
      "the reward '\(reward)' follows published code and has no leniencies; use the reward exact-match"
    case .file(let path, let error): "\(path):\(error)"
    case .scorer(let error): "\(error)"
    }
  }
}

extension Scorer {
  /// Makes the scorer that options ask for.
  ///
  /// - Parameters:
  ///   - options: What is asked for.
  ///   - rewards: The rewards it may name.
  ///   - formats: The formats it may name.
  /// - Throws: ``ScorerOptionsError`` if there is no such thing, or its parts do not go together.
  public init(
    _ options: ScorerOptions, rewards: RewardRegistry = RewardRegistry(), formats: FormatRegistry = FormatRegistry()
  ) throws(ScorerOptionsError) {
    let asked = try options.makeReward(rewards)
    let policy: any RewardPolicy = options.checkTools ? SchemaCheckedReward(asked) : asked
    if policy.format != nil, !options.leniencies.isEmpty { throw .noLeniencies(reward: policy.name) }
    var format = try options.format.map { choice throws(ScorerOptionsError) in
      try ScorerOptions.format(choice, leniencies: options.leniencies, formats)
    }
    if policy.format == nil, format == nil, !options.leniencies.isEmpty {
      format = try ScorerOptions.format(
        .named(CompletionFormat.toolN1.name), leniencies: options.leniencies, formats)
    }
    do throws(ScorerError) {
      try self.init(reward: policy, format: format, view: options.view)
    } catch {
      throw .scorer(error)
    }
  }
}

extension ScorerOptions {
  fileprivate func makeReward(_ registry: RewardRegistry) throws(ScorerOptionsError) -> any RewardPolicy {
    switch reward {
    case .named(let name):
      guard let policy = registry[name] else {
        throw .unknownReward(name, known: registry.policies.map(\.name))
      }
      guard var toolRL = policy as? ToolRLReward else { return policy }
      toolRL.step = step
      return toolRL
    case .file(let text, let path):
      do throws(ConfigurationError) {
        return try CompositeReward(file: text, registry: registry, step: step)
      } catch {
        throw .file(path: path, error)
      }
    }
  }

  /// Makes a format that forgives some departures.
  ///
  /// - Throws: ``ScorerOptionsError`` if there is no such format or leniency.
  public static func format(
    _ choice: Choice, leniencies: [String] = [], _ registry: FormatRegistry = FormatRegistry()
  ) throws(ScorerOptionsError) -> CompletionFormat {
    var format: CompletionFormat
    switch choice {
    case .named(let name):
      guard let known = registry[name] else {
        throw .unknownFormat(name, known: registry.formats.map(\.name))
      }
      format = known
    case .file(let text, let path):
      do throws(ConfigurationError) {
        format = try CompletionFormat(file: text)
      } catch {
        throw .file(path: path, error)
      }
    }
    for name in leniencies {
      guard let leniency = Leniencies.named.first(where: { $0.name == name })?.leniency else {
        throw .unknownLeniency(name)
      }
      format.leniencies.insert(leniency)
    }
    return format
  }
}
