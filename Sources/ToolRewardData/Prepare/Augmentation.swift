internal import ToolReward

/// Changes to tasks that one may ask for; each depends on the seed and the task alone, wherever it stands.
struct Augmentation: Sendable {
  let seed: UInt64

  private func random(_ task: TrainingRecord, _ purpose: UInt64) -> SplitMix64 {
    SplitMix64(seed: seed, purpose, TaskFingerprint(task, findsNear: false).exact)
  }

  /// The task without the tools of its answer, so that no call is right, with that likelihood; `nil` if it is not drawn, if no tool is left, or
  /// if a call before it uses one of those tools: who may call it once may call it again.
  func irrelevant(_ task: TrainingRecord, rate: Double) -> TrainingRecord? {
    var random = random(task, 1)
    guard random.fraction() < rate, let truth = task.groundTruth, !truth.isEmpty else { return nil }
    let called = Set(truth.map(\.name))
    var other = task
    other.tools = task.tools.filter { tool in ToolName.of(tool).map { !called.contains($0) } ?? false }
    guard !other.tools.isEmpty, !task.messages.contains(where: { $0.calls.contains { called.contains($0.name) } })
    else {
      return nil
    }
    other.groundTruth = []
    other.reasoning = nil
    other.response = nil
    other.completions = []
    other.id =
      task.id.first == 0x22 ? task.id.dropLast() + "#irrelevant\"".utf8 : [0x22] + task.id + "#irrelevant\"".utf8
    return other
  }

  /// The task with random names for tools and parameters, with that likelihood (after Hammer, arXiv 2410.04587): in definitions, in calls, and
  /// where a tool's result has a tool's name as a string of its own. Reasoning is left out, for it speaks of the names; what people and
  /// descriptions say stays. A task whose definitions have another shape stays as it is.
  func masked(_ task: TrainingRecord, rate: Double, _ reader: PieceReader) -> TrainingRecord {
    var random = random(task, 2)
    guard random.fraction() < rate else { return task }
    var names = NameMasks()
    var tools: [Value] = []
    for tool in task.tools {
      guard let masked = names.mask(tool, &random, reader) else { return task }
      tools.append(masked)
    }
    var other = task
    other.tools = tools
    other.completions = []
    other.reasoning = nil
    other.groundTruth = task.groundTruth?.map { names.mask($0, reader) }
    for index in other.messages.indices {
      other.messages[index].calls = other.messages[index].calls.map { names.mask($0, reader) }
      other.messages[index].reasoning = nil
      if let name = other.messages[index].name { other.messages[index].name = names.tools[name]?.name ?? name }
      if other.messages[index].role == .tool {
        other.messages[index].content = names.mask(other.messages[index].content)
      }
    }
    return other
  }
}

/// Names and what stands in their place.
private struct NameMasks {
  var tools: [[UInt8]: (name: [UInt8], parameters: [[UInt8]: [UInt8]])] = [:]
  private var used: Set<[UInt8]> = []

  private mutating func fresh(_ random: inout SplitMix64) -> [UInt8] {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
    let others = letters + Array("0123456789_".utf8)
    while true {
      var name = [letters[random.below(letters.count)]]
      for _ in 0..<(4 + random.below(8)) { name.append(others[random.below(others.count)]) }
      if used.insert(name).inserted { return name }
    }
  }

  mutating func mask(_ tool: Value, _ random: inout SplitMix64, _ reader: PieceReader) -> Value? {
    if let function = tool["function"], function.kind == .object {
      guard let inner = mask(function, &random, reader) else { return nil }
      return rewritten(tool, reader) { name, value in (name, name == Array("function".utf8) ? inner : value) }
    }
    guard let name = tool["name"]?.stringBytes, Self.placesOfParameters.allSatisfy({ tool[$0] == nil }) else {
      return nil
    }
    let known = tools[name]
    var masks = known ?? (fresh(&random), [:])
    let parameters = tool["parameters"]
    var newParameters = parameters
    if let parameters, parameters.kind != .null {
      guard parameters.kind == .object else { return nil }
      let properties = parameters["properties"]
      let isSchema =
        properties?.kind == .object || parameters["type"]?.kind == .string || parameters["$ref"]?.kind == .string
      guard !isSchema || Self.isPlain(parameters) else { return nil }
      for (key, _) in (isSchema ? properties?.members ?? [] : parameters.members) where masks.parameters[key] == nil {
        masks.parameters[key] = fresh(&random)
      }
      newParameters =
        isSchema ? schema(parameters, masks.parameters, reader) : renamed(parameters, masks.parameters, reader)
    }
    tools[name] = masks
    return rewritten(tool, reader) { key, value in
      switch String(decoding: key, as: UTF8.self) {
      case "name": (key, reader.json(JSONPiece.string(masks.name)) ?? value)
      case "parameters": (key, newParameters ?? value)
      case "required": (key, list(value, masks.parameters, reader))
      default: (key, value)
      }
    }
  }

  /// Where other shapes of definitions have their parameters.
  private static let placesOfParameters = [
    "input_schema", "inputSchema", "parametersJsonSchema", "toolSpec", "arguments",
  ]
  /// The members of a schema that name no parameter, or whose names are changed.
  private static let plainMembers: Set<String> = [
    "type", "properties", "required", "additionalProperties", "description", "title", "$schema", "minProperties",
    "maxProperties", "optional",
  ]

  /// Whether nothing in a schema but its properties and what is required names a parameter.
  private static func isPlain(_ schema: Value) -> Bool {
    schema.members.allSatisfy { plainMembers.contains(String(decoding: $0.name, as: UTF8.self)) }
      && !JSONWriter.compact.write(schema).contains("\"$ref\"")
  }

  /// A text in which strings that are a tool's name are the name in its place.
  func mask(_ text: [UInt8]) -> [UInt8] {
    var text = text
    for (name, masks) in tools.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      let written = JSONPiece.string(name)
      var masked: [UInt8] = []
      var position = 0
      while let place = ByteSearch.firstIndex(of: written, in: text.span, from: position) {
        masked += text[position..<place] + JSONPiece.string(masks.name)
        position = place + written.count
      }
      text = masked + text[position...]
    }
    return text
  }

  func mask(_ call: RecordCall, _ reader: PieceReader) -> RecordCall {
    guard let masks = tools[call.name] else { return call }
    return RecordCall(
      name: masks.name, arguments: renamed(call.arguments, masks.parameters, reader) ?? call.arguments,
      accepted: call.accepted.flatMap { renamed($0, masks.parameters, reader) },
      optional: call.optional.map { list($0, masks.parameters, reader) })
  }

  private func schema(_ value: Value, _ masks: [[UInt8]: [UInt8]], _ reader: PieceReader) -> Value? {
    rewritten(value, reader) { key, inner in
      switch String(decoding: key, as: UTF8.self) {
      case "properties": (key, renamed(inner, masks, reader) ?? inner)
      case "required": (key, list(inner, masks, reader))
      default: (key, inner)
      }
    }
  }

  private func renamed(_ value: Value, _ masks: [[UInt8]: [UInt8]], _ reader: PieceReader) -> Value? {
    rewritten(value, reader) { key, inner in (masks[key] ?? key, inner) }
  }

  private func list(_ value: Value, _ masks: [[UInt8]: [UInt8]], _ reader: PieceReader) -> Value {
    guard value.kind == .array else { return value }
    var json: [UInt8] = [0x5B]
    for (position, element) in value.elements.enumerated() {
      if position > 0 { json.append(0x2C) }
      json +=
        element.stringBytes.flatMap { masks[$0] }.map { JSONPiece.string($0) } ?? JSONWriter.compact.write(element)
    }
    return reader.json(json + [0x5D]) ?? value
  }

  private func rewritten(
    _ object: Value, _ reader: PieceReader, _ change: ([UInt8], Value) -> ([UInt8], Value)
  ) -> Value? {
    var json: [UInt8] = [0x7B]
    for (position, member) in object.members.enumerated() {
      if position > 0 { json.append(0x2C) }
      let (name, value) = change(member.name, member.value)
      JSONPiece.append(name, to: &json)
      json.append(0x3A)
      JSONWriter.compact.write(value, to: &json)
    }
    return reader.json(json + [0x7D])
  }
}
