internal import ToolReward

/// Changes to tasks that one may ask for; each depends on the seed and the task's place alone.
struct Augmentation: Sendable {
  let seed: UInt64

  private func random(_ task: TrainingRecord, _ purpose: UInt64) -> SplitMix64 {
    var place = StableHash()
    place.add(task.source.file.utf8)
    return SplitMix64(
      seed: seed, purpose, place.value, UInt64(task.source.line), UInt64(task.source.turn ?? -1 & 0xFFFF))
  }

  /// The task without the tools of its answer, so that no call is right, with that likelihood; `nil` if it is not drawn, or no tool is left.
  func irrelevant(_ task: TrainingRecord, rate: Double) -> TrainingRecord? {
    var random = random(task, 1)
    guard random.fraction() < rate, let truth = task.groundTruth, !truth.isEmpty else { return nil }
    let called = Set(truth.map(\.name))
    var other = task
    other.tools = task.tools.filter { tool in ToolName.of(tool).map { !called.contains($0) } ?? false }
    guard !other.tools.isEmpty else { return nil }
    other.groundTruth = []
    other.reasoning = nil
    other.completions = []
    other.id =
      task.id.first == 0x22 ? task.id.dropLast() + "#irrelevant\"".utf8 : [0x22] + task.id + "#irrelevant\"".utf8
    return other
  }

  /// The task with random names for tools and parameters, in definitions and calls alike, with that likelihood (after Hammer, arXiv
  /// 2410.04587, but with every name changed wherever it is used). A task whose definitions have another shape stays as it is.
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
    other.groundTruth = task.groundTruth?.map { names.mask($0, reader) }
    for index in other.messages.indices {
      other.messages[index].calls = other.messages[index].calls.map { names.mask($0, reader) }
      if let name = other.messages[index].name { other.messages[index].name = names.tools[name]?.name ?? name }
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
    guard let name = tool["name"]?.stringBytes else { return nil }
    let known = tools[name]
    var masks = known ?? (fresh(&random), [:])
    let parameters = tool["parameters"]
    var newParameters = parameters
    if let parameters, parameters.kind != .null {
      guard parameters.kind == .object else { return nil }
      let properties = parameters["properties"]
      let isSchema = properties?.kind == .object
      for (key, _) in (isSchema ? properties ?? parameters : parameters).members where masks.parameters[key] == nil {
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
