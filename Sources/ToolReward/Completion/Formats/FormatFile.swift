extension CompletionFormat {
  /// Reads a format from a JSON file:
  ///
  /// ```json
  /// {"name": "mine",
  ///  "reasoning": {"open": "[T]", "close": "[/T]", "start": "auto", "closes": "first", "calls_inside": "ignored"},
  ///  "frame": {"open": "CALL:", "close": ";END", "ends": "grammar"},
  ///  "payload": {"json": {"cardinality": ["one"], "name": "tool", "arguments": ["args"], "other": ["id"]}},
  ///  "terminators": ["<|im_end|>"], "assistant_markers": ["<|im_start|>assistant"], "leniencies": ["trailing_comma"]}
  /// ```
  ///
  /// `name`, `frame` and `payload` are required; without `reasoning` the format has `<think>`, with `null` none.
  ///
  /// - Throws: ``ConfigurationError`` with line, column, JSON Pointer and mend.
  public init(file text: [UInt8]) throws(ConfigurationError) {
    let file = try Configuration(text)
    try file.object(knowing: [
      "name", "summary", "example", "reasoning", "frame", "payload", "terminators", "assistant_markers", "leniencies",
    ])
    let frame = try file.required("frame")
    try frame.object(knowing: ["open", "close", "ends"])
    self.init(
      name: try file.required("name").nonEmptyString(),
      summary: try file["summary"]?.string() ?? "",
      example: try file["example"]?.string() ?? "",
      reasoning: try Self.reasoning(file["reasoning"]),
      frame: CallFrame(
        open: try frame.required("open").nonEmptyString(),
        close: try frame.required("close").nonEmptyString(),
        ends: try frame["ends"]?.choice([("grammar", CallFrame.Ends.grammar), ("first_closer", .firstCloser)])
          ?? .grammar),
      payload: .json(try Self.payload(file.required("payload")))
    )
    if let terminators = file["terminators"] { self.terminators = try terminators.strings() }
    if let markers = file["assistant_markers"] { assistantMarkers = try markers.strings() }
    if let leniencies = file["leniencies"] {
      for leniency in try leniencies.elements() {
        self.leniencies.insert(try leniency.choice(Leniencies.named.map { (name: $0.name, value: $0.leniency) }))
      }
    }
  }

  private static func reasoning(_ member: Configuration?) throws(ConfigurationError) -> ReasoningRule? {
    guard let member else { return .think }
    if member.value.kind == .null { return nil }
    try member.object(knowing: ["open", "close", "start", "closes", "calls_inside"])
    return ReasoningRule(
      open: try member.required("open").nonEmptyString(),
      close: try member.required("close").nonEmptyString(),
      start: try member["start"]?.choice([("auto", ReasoningRule.Start.auto), ("open", .open), ("closed", .closed)])
        ?? .auto,
      closes: try member["closes"]?.choice([("first", ReasoningRule.Close.first), ("last", .last)]) ?? .first,
      callsInside: try member["calls_inside"]?.choice([
        ("ignored", ReasoningRule.CallsInside.ignored), ("counted", .counted),
      ])
        ?? .ignored)
  }

  private static func payload(_ member: Configuration) throws(ConfigurationError) -> JSONPayload {
    try member.object(knowing: ["json"])
    let json = try member.required("json")
    try json.object(knowing: ["cardinality", "name", "arguments", "other", "arguments_are_object", "syntax"])
    var payload = JSONPayload()
    if let cardinality = json["cardinality"] {
      payload.cardinality = []
      for element in try cardinality.elements() {
        payload.cardinality.insert(
          try element.choice([("one", JSONPayload.Cardinality.one), ("array", .array), ("lines", .lines)]))
      }
      if payload.cardinality.isEmpty { throw cardinality.error("must name at least one of: one, array, lines") }
    }
    if let name = json["name"] { payload.nameMember = try name.nonEmptyString() }
    if let arguments = json["arguments"] {
      payload.argumentsMembers = try arguments.strings()
      if payload.argumentsMembers.isEmpty { throw arguments.error("must name at least one member") }
    }
    if let other = json["other"] { payload.otherMembers = try other.strings() }
    if let isObject = json["arguments_are_object"] { payload.argumentsAreObject = try isObject.boolean() }
    if let syntax = json["syntax"] {
      payload.syntax = try syntax.choice([("json", ValueReader.Syntax.json), ("python", .python)])
      if payload.syntax == .python { payload.limits = .python }
    }
    return payload
  }
}
