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
  /// `name`, `frame` and `payload` are required; without `reasoning` the format has `<think>`, with `null` none. `payload` has one member that
  /// names the engine: `json`, `tagged`, `named`, `python`, `bfcl` or `channels`, which needs no `frame`. Docs/Files.md lists the members.
  ///
  /// - Throws: ``ConfigurationError`` with line, column, JSON Pointer and mend.
  public init(file text: [UInt8]) throws(ConfigurationError) {
    let file = try Configuration(text)
    try file.object(knowing: [
      "name", "summary", "example", "reasoning", "frame", "payload", "terminators", "assistant_markers", "leniencies",
    ])
    let payload = try Self.payload(file.required("payload"))
    let reasoning = try Self.reasoning(file["reasoning"])
    let frame = try Self.frame(file, payload, reasoning)
    self.init(
      name: try file.required("name").nonEmptyString(),
      summary: try file["summary"]?.string() ?? "",
      example: try file["example"]?.string() ?? "",
      reasoning: reasoning,
      frame: frame,
      payload: payload
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
        ("ignored", ReasoningRule.CallsInside.ignored), ("counted", .counted), ("ending", .ending),
        ("ending_unless_closed", .endingUnlessClosed),
      ])
        ?? .ignored)
  }

  private static func frame(
    _ file: Configuration, _ payload: Payload, _ reasoning: ReasoningRule?
  ) throws(ConfigurationError) -> CallFrame {
    if case .channels = payload {
      guard let frame = file["frame"] else { return CallFrame(open: [], close: [], isCloseOptional: true) }
      throw frame.error("is not for messages on channels, which are the frames; leave it out")
    }
    let frame = try file.required("frame")
    try frame.object(knowing: ["open", "close", "ends", "open_optional", "close_optional"])
    let result = CallFrame(
      open: try frame["open"]?.spellings() ?? [],
      close: try frame.required("close").spellings(allowingNone: true),
      ends: try frame["ends"]?.choice([("grammar", CallFrame.Ends.grammar), ("first_closer", .firstCloser)])
        ?? .grammar,
      isOpenOptional: try frame["open_optional"]?.boolean() ?? false,
      isCloseOptional: try frame["close_optional"]?.boolean() ?? false)
    if result.open.isEmpty, !result.isOpenOptional {
      throw frame.error("must have \"open\", or \"open_optional\": true")
    }
    if result.ends == .firstCloser, result.close.isEmpty {
      throw frame.error("must have \"close\" where \"ends\" is \"first_closer\"")
    }
    var isJSON = false
    switch payload {
    case .json: isJSON = true
    case .tagged, .named:
      if result.isOpenOptional { throw frame.error("may have \"open_optional\" with a json or python payload alone") }
    case .bfcl:
      if !result.open.isEmpty {
        throw frame.error("may not have \"open\" with a bfcl payload, which is the whole answer")
      }
    case .python, .channels: break
    }
    if !isJSON, result.ends == .firstCloser {
      throw frame.error("may have \"ends\": \"first_closer\" with a json payload alone")
    }
    let markers = result.open + result.close + (reasoning.map { [$0.open, $0.close] } ?? [])
    for (place, marker) in markers.enumerated()
    where markers[..<place].contains(where: { $0.utf8.elementsEqual(marker.utf8) }) {
      throw frame.error("has a marker that opens or closes something else as well: \(marker)")
    }
    return result
  }

  private static func payload(_ member: Configuration) throws(ConfigurationError) -> Payload {
    try member.object(knowing: ["json", "tagged", "named", "python", "bfcl", "channels"])
    var found: [Payload] = []
    if let json = member["json"] { found.append(.json(try Self.json(json))) }
    if let tagged = member["tagged"] { found.append(.tagged(try Self.tagged(tagged))) }
    if let named = member["named"] { found.append(.named(try Self.named(named))) }
    if let python = member["python"] { found.append(.python(try Self.python(python))) }
    if let bfcl = member["bfcl"] {
      found.append(.bfcl(try bfcl.choice([("v3", BFCLVersion.v3), ("v4", .v4)])))
    }
    if let channels = member["channels"] { found.append(.channels(try Self.channels(channels))) }
    guard let payload = found.first, found.count == 1 else {
      throw member.error("must have one of the members json, tagged, named, python, bfcl, channels")
    }
    return payload
  }

  private static func tagged(_ tagged: Configuration) throws(ConfigurationError) -> TaggedPayload {
    try tagged.object(knowing: [
      "call_open", "name_end", "call_close", "key_open", "key_end", "value_open", "value_close", "typing", "framing",
    ])
    var payload = TaggedPayload(
      callOpen: try tagged["call_open"]?.spellings() ?? [],
      nameEnd: try tagged["name_end"]?.spellings() ?? [],
      callClose: try tagged["call_close"]?.spellings() ?? [],
      keyOpen: try tagged.required("key_open").spellings(),
      keyEnd: try tagged.required("key_end").spellings(),
      valueOpen: try tagged["value_open"]?.spellings() ?? [],
      valueClose: try tagged.required("value_close").spellings())
    if !payload.callOpen.isEmpty, payload.nameEnd.isEmpty {
      throw tagged.error("must have \"name_end\" where it has \"call_open\"")
    }
    if let typing = tagged["typing"] {
      if typing.value.kind == .object {
        try typing.object(knowing: ["text", "json"])
        payload.typing = .attribute(
          text: try typing.required("text").spellings(), json: try typing.required("json").spellings())
      } else {
        payload.typing = try typing.choice(
          [("schema", TaggedPayload.Typing.schema)], or: "an object with \"text\" and \"json\"")
      }
    }
    if let framing = tagged["framing"] {
      payload.framing = try framing.choice([("none", TaggedPayload.Framing.none), ("line_feed", .lineFeed)])
    }
    return payload
  }

  private static func named(_ named: Configuration) throws(ConfigurationError) -> NamedPayload {
    try named.object(knowing: [
      "call_open", "kind", "name_prefix", "index_separator", "identifier_open", "name_end", "name_end_optional",
      "fence",
      "syntax", "call_close",
    ])
    var payload = NamedPayload(
      callOpen: try named["call_open"]?.spellings() ?? [],
      kind: try named["kind"]?.string() ?? "",
      namePrefix: try named["name_prefix"]?.string() ?? "",
      indexSeparator: try named["index_separator"]?.string() ?? "",
      identifierOpen: try named["identifier_open"]?.string() ?? "",
      nameEnd: try named["name_end"]?.spellings() ?? [],
      isNameEndOptional: try named["name_end_optional"]?.boolean() ?? false,
      callClose: try named["call_close"]?.spellings() ?? [])
    if payload.nameEnd.isEmpty, !payload.isNameEndOptional {
      throw named.error("must have \"name_end\", or \"name_end_optional\": true")
    }
    if let fence = named["fence"] {
      try fence.object(knowing: ["open", "close"])
      payload.fence = NamedPayload.Fence(
        open: try fence.required("open").nonEmptyString(), close: try fence.required("close").nonEmptyString())
    }
    if let syntax = named["syntax"] {
      payload.syntax =
        syntax.value.kind == .object
        ? .relaxed(try relaxed(syntax))
        : try syntax.choice([("json", NamedPayload.Syntax.json)], or: "an object of a relaxed syntax")
    }
    return payload
  }

  private static func relaxed(_ relaxed: Configuration) throws(ConfigurationError) -> RelaxedSyntax {
    try relaxed.object(knowing: [
      "string_delimiters", "single_quotes", "bare_names", "trailing_commas", "python_words",
    ])
    var syntax = RelaxedSyntax(
      allowsSingleQuotes: try relaxed["single_quotes"]?.boolean() ?? false,
      allowsBareNames: try relaxed["bare_names"]?.boolean() ?? false,
      allowsTrailingCommas: try relaxed["trailing_commas"]?.boolean() ?? false,
      allowsPythonWords: try relaxed["python_words"]?.boolean() ?? false)
    for pair in try relaxed["string_delimiters"]?.elements() ?? [] {
      try pair.object(knowing: ["open", "close"])
      syntax.delimiters.append(
        RelaxedSyntax.Delimiter(
          open: try pair.required("open").nonEmptyString(), close: try pair.required("close").nonEmptyString()))
    }
    return syntax
  }

  private static func python(_ python: Configuration) throws(ConfigurationError) -> PythonPayload {
    try python.object(knowing: ["layout", "json_words", "spaced_names"])
    return PythonPayload(
      layout: try python["layout"]?.choice([("list", PythonPayload.Layout.list), ("lines", .lines)]) ?? .list,
      allowsJSONWords: try python["json_words"]?.boolean() ?? false,
      allowsSpacedNames: try python["spaced_names"]?.boolean() ?? false)
  }

  private static func channels(_ channels: Configuration) throws(ConfigurationError) -> ChannelPayload {
    try channels.object(knowing: [
      "start", "channel", "constraint", "body", "ends", "recipient", "name_prefix", "reasoning_channels",
      "call_channels",
    ])
    var payload = ChannelPayload()
    if let start = channels["start"] { payload.start = try start.nonEmptyString() }
    if let channel = channels["channel"] { payload.channel = try channel.nonEmptyString() }
    if let constraint = channels["constraint"] { payload.constraint = try constraint.nonEmptyString() }
    if let body = channels["body"] { payload.body = try body.nonEmptyString() }
    if let ends = channels["ends"] { payload.ends = try ends.spellings() }
    if let recipient = channels["recipient"] { payload.recipient = try recipient.nonEmptyString() }
    if let prefix = channels["name_prefix"] { payload.namePrefix = try prefix.string() }
    if let reasoning = channels["reasoning_channels"] { payload.reasoningChannels = try reasoning.strings() }
    if let calls = channels["call_channels"] { payload.callChannels = try calls.strings() }
    return payload
  }

  private static func json(_ json: Configuration) throws(ConfigurationError) -> JSONPayload {
    try json.object(knowing: [
      "cardinality", "name", "arguments", "other", "arguments_are_object", "syntax", "separators",
    ])
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
    if let separators = json["separators"] { payload.separators = try separators.strings() }
    return payload
  }
}

extension Configuration {
  /// One string, or a list of them: a marker in each of its spellings.
  fileprivate func spellings(allowingNone: Bool = false) throws(ConfigurationError) -> [String] {
    if value.kind != .array { return [try nonEmptyString()] }
    var list: [String] = []
    for element in try elements() { list.append(try element.nonEmptyString()) }
    if list.isEmpty, !allowingNone { throw error("must be a string, or a list of at least one") }
    return list
  }
}
