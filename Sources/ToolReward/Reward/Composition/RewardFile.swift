extension CompositeReward {
  /// The deepest nesting of expressions in a file.
  private static let depthLimit = 32

  /// Reads a composition from a JSON file:
  ///
  /// ```json
  /// {"name": "mine",
  ///  "reward": {"clamp": {"sum": [{"weight": 0.8, "of": "strict"},
  ///                               {"weight": {"schedule": [[0, 0.2], [100, 0]]},
  ///                                "of": {"component": "format", "of": "tool-rl"}}]},
  ///             "min": 0, "max": 1}}
  /// ```
  ///
  /// An expression is one of:
  /// - a number, or `{"schedule": [[step, value], …]}`, a number that moves with the training step;
  /// - `"name"`, a reward's score, or `{"reward": "tool-rl", "grading": "coarse", "as": "coarse", …}`, ToolRL with parameters
  ///   (`grading`, `length`, `schedule`, `correctness_maximum`);
  /// - `{"component": "format", "of": "tool-rl"}`, a part of a reward;
  /// - `{"sum": [EXPRESSION or {"weight": EXPRESSION, "of": EXPRESSION}, …]}`;
  /// - `{"gate": EXPRESSION, "at_least": 1, "then": EXPRESSION, "else": EXPRESSION}` (`at_least` 1, `else` 0 if left out);
  /// - `{"scale": 2, "offset": -1, "of": EXPRESSION}`;
  /// - `{"clamp": EXPRESSION, "min": 0, "max": 1}`.
  ///
  /// - Parameters:
  ///   - text: The file's bytes.
  ///   - registry: The rewards it may name.
  ///   - step: The training step, for schedules.
  /// - Throws: ``ConfigurationError`` with line, column, JSON Pointer and mend.
  public init(file text: [UInt8], registry: RewardRegistry = RewardRegistry(), step: Int = 0) throws(ConfigurationError)
  {
    let file = try Configuration(text)
    try file.object(knowing: ["name", "summary", "reward"])
    let builder = Builder(registry: registry, step: step)
    let expression = try builder.expression(file.required("reward"), depth: 0)
    if expression.policies.isEmpty {
      throw try file.required("reward").error("names no reward: every score would be the same")
    }
    self.init(
      name: try file.required("name").nonEmptyString(),
      summary: try file["summary"]?.string() ?? "a composition of rewards",
      expression, step: step)
  }

  private struct Builder {
    let registry: RewardRegistry
    let step: Int

    func expression(_ place: Configuration, depth: Int) throws(ConfigurationError) -> RewardExpression {
      guard depth < depthLimit else { throw place.error("nested too deeply; \(depthLimit) levels are the most") }
      let next = depth + 1
      switch place.value.kind {
      case .number: return .constant(try place.number())
      case .string: return .score(try policy(place))
      case .object: break
      default: throw place.error("must be a number, the name of a reward, or an object with one of: \(Self.kinds)")
      }
      if place["reward"] != nil { return .score(try parameterized(place)) }
      if let component = place["component"] {
        try place.object(knowing: ["component", "of"])
        let of = try place.required("of")
        let named = of.value.kind == .object ? try parameterized(of) : try policy(of)
        let name = try component.string()
        // Every reward can tell whether calls are valid by their schemas.
        let policy: any RewardPolicy = name == "schema" ? SchemaCheckedReward(named) : named
        guard policy.componentNames.contains(name) else {
          throw component.error(
            "\(policy.name) has no such component; it has: \(policy.componentNames.joined(separator: ", "))")
        }
        return .component(name, of: policy)
      }
      if let sum = place["sum"] {
        try place.object(knowing: ["sum"])
        var terms: [(weight: RewardExpression, term: RewardExpression)] = []
        for element in try sum.elements() {
          if let weight = element["weight"] {
            try element.object(knowing: ["weight", "of"])
            terms.append((try expression(weight, depth: next), try expression(element.required("of"), depth: next)))
          } else {
            terms.append((.constant(1), try expression(element, depth: next)))
          }
        }
        if terms.isEmpty { throw sum.error("must have at least one term") }
        return .sum(terms)
      }
      if let gate = place["gate"] {
        try place.object(knowing: ["gate", "at_least", "then", "else"])
        return .gate(
          try expression(gate, depth: next), atLeast: try place["at_least"]?.number() ?? 1,
          then: try expression(place.required("then"), depth: next),
          otherwise: try place["else"].map { place throws(ConfigurationError) in try expression(place, depth: next) }
            ?? .constant(0))
      }
      if let schedule = place["schedule"] {
        try place.object(knowing: ["schedule"])
        return .schedule(try points(schedule))
      }
      if let clamp = place["clamp"] {
        try place.object(knowing: ["clamp", "min", "max"])
        let minimum = try place["min"]?.number() ?? -.infinity
        let maximum = try place["max"]?.number() ?? .infinity
        if minimum > maximum { throw place.error("\"min\" is above \"max\"") }
        return .clamp(try expression(clamp, depth: next), minimum: minimum, maximum: maximum)
      }
      if place["scale"] != nil || place["offset"] != nil {
        try place.object(knowing: ["scale", "offset", "of"])
        return .affine(
          try expression(place.required("of"), depth: next), scale: try place["scale"]?.number() ?? 1,
          offset: try place["offset"]?.number() ?? 0)
      }
      throw place.error("must have one of: \(Self.kinds)")
    }

    private static let kinds = "reward, component, sum, gate, schedule, clamp, scale, offset"

    private func policy(_ place: Configuration) throws(ConfigurationError) -> any RewardPolicy {
      let name = try place.string()
      guard var policy = registry[name] else {
        throw place.error(
          "there is no reward \"\(name)\"; the rewards are: \(registry.policies.map(\.name).joined(separator: ", "))")
      }
      if var toolRL = policy as? ToolRLReward {
        toolRL.step = step
        policy = toolRL
      }
      return policy
    }

    private func parameterized(_ place: Configuration) throws(ConfigurationError) -> any RewardPolicy {
      let name = try place.required("reward")
      guard try policy(name) is ToolRLReward else {
        try place.object(knowing: ["reward"])
        return try policy(name)
      }
      try place.object(knowing: ["reward", "as", "grading", "length", "schedule", "correctness_maximum"])
      let maximum = try place["correctness_maximum"]?.number() ?? 3
      if maximum <= 0 { throw place.error("\"correctness_maximum\" must be above 0") }
      let ownName = try name.string()
      return ToolRLReward(
        name: try place["as"]?.nonEmptyString() ?? ownName,
        grading: try place["grading"]?.choice(ToolRLReward.Grading.allCases.map { ($0.rawValue, $0) }) ?? .fine,
        schedule: try place["schedule"]?.choice(ToolRLReward.Schedule.allCases.map { ($0.rawValue, $0) }) ?? .none,
        length: try place["length"]?.choice(ToolRLReward.Length.allCases.map { ($0.rawValue, $0) }) ?? .off,
        correctnessMaximum: maximum, step: step)
    }

    private func points(_ place: Configuration) throws(ConfigurationError) -> [SchedulePoint] {
      var points: [SchedulePoint] = []
      for element in try place.elements() {
        let pair = try element.elements()
        guard pair.count == 2 else { throw element.error("must be [step, value]") }
        let point = SchedulePoint(step: try pair[0].number(), value: try pair[1].number())
        if let last = points.last, last.step >= point.step { throw element.error("steps must ascend") }
        points.append(point)
      }
      if points.isEmpty { throw place.error("must have at least one [step, value]") }
      return points
    }
  }
}
