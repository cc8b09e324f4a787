internal import ToolReward

/// Writes records as JSON: Docs/training-record.schema.json.
public struct RecordWriter: Sendable {
  /// Creates a writer.
  public init() {}

  /// Appends a record, without a line feed. O(record).
  public func append(_ record: TrainingRecord, to output: inout [UInt8]) {
    output += "{\"id\":".utf8
    output += record.id
    output += ",\"source\":{\"file\":".utf8
    JSONPiece.append(text: record.source.file, to: &output)
    output += ",\"line\":\(record.source.line),\"format\":\"\(record.source.format.rawValue)\"".utf8
    if let turn = record.source.turn { output += ",\"turn\":\(turn)".utf8 }
    output += "},\"messages\":[".utf8
    for (position, message) in record.messages.enumerated() {
      if position > 0 { output.append(0x2C) }
      append(message, to: &output)
    }
    output += "],\"tools\":[".utf8
    for (position, tool) in record.tools.enumerated() {
      if position > 0 { output.append(0x2C) }
      JSONWriter.compact.write(tool, to: &output)
    }
    output.append(0x5D)
    if let truth = record.groundTruth {
      output += ",\"ground_truth\":".utf8
      append(truth, to: &output)
    }
    if let reasoning = record.reasoning {
      output += ",\"reasoning\":".utf8
      JSONPiece.append(reasoning, to: &output)
    }
    if !record.completions.isEmpty {
      output += ",\"completions\":[".utf8
      for (position, completion) in record.completions.enumerated() {
        if position > 0 { output.append(0x2C) }
        JSONPiece.append(completion, to: &output)
      }
      output.append(0x5D)
    }
    if !record.warnings.isEmpty {
      output += ",\"warnings\":[".utf8
      for (position, warning) in record.warnings.enumerated() {
        if position > 0 { output.append(0x2C) }
        output += "{\"code\":\"\(warning.code.rawValue)\",\"message\":".utf8
        JSONPiece.append(text: warning.message, to: &output)
        output.append(0x7D)
      }
      output.append(0x5D)
    }
    output.append(0x7D)
  }

  private func append(_ message: RecordMessage, to output: inout [UInt8]) {
    output += "{\"role\":\"\(message.role.rawValue)\",\"content\":".utf8
    JSONPiece.append(message.content, to: &output)
    if let reasoning = message.reasoning {
      output += ",\"reasoning\":".utf8
      JSONPiece.append(reasoning, to: &output)
    }
    if !message.calls.isEmpty {
      output += ",\"tool_calls\":".utf8
      append(message.calls, to: &output)
    }
    if let name = message.name {
      output += ",\"name\":".utf8
      JSONPiece.append(name, to: &output)
    }
    if message.isContext { output += ",\"context\":true".utf8 }
    if message.isBroken { output += ",\"broken\":true".utf8 }
    output.append(0x7D)
  }

  /// Appends calls as the list that ``GroundTruth`` reads.
  public func append(_ calls: [RecordCall], to output: inout [UInt8]) {
    output.append(0x5B)
    for (position, call) in calls.enumerated() {
      if position > 0 { output.append(0x2C) }
      output += "{\"name\":".utf8
      JSONPiece.append(call.name, to: &output)
      output += ",\"arguments\":".utf8
      JSONWriter.compact.write(call.arguments, to: &output)
      if let accepted = call.accepted {
        output += ",\"accepted\":".utf8
        JSONWriter.compact.write(accepted, to: &output)
      }
      if let optional = call.optional {
        output += ",\"optional\":".utf8
        JSONWriter.compact.write(optional, to: &output)
      }
      output.append(0x7D)
    }
    output.append(0x5D)
  }
}

/// Pieces of JSON text.
enum JSONPiece {
  /// Appends a string of those bytes.
  static func append(_ bytes: [UInt8], to output: inout [UInt8]) {
    JSONWriter.compact.appendString(bytes.span, 0..<bytes.count, to: &output)
  }

  /// Appends a string.
  static func append(text: String, to output: inout [UInt8]) {
    append(Array(text.utf8), to: &output)
  }

  /// Appends a string as CPython's `json.dumps` writes it.
  static func appendPython(_ bytes: [UInt8], ensureASCII: Bool, to output: inout [UInt8]) {
    JSONWriter.python(ensureASCII: ensureASCII).appendString(bytes.span, 0..<bytes.count, to: &output)
  }

  /// A string of those bytes.
  static func string(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    append(bytes, to: &output)
    return output
  }
}
