import Foundation
import Testing
import ToolReward

/// The tool definitions in the reference data, by where they come from.
enum ToolDefinitionData {
  struct Source {
    let name: String
    let definitions: [Value]
  }

  static func sources() throws -> [Source] {
    var sources: [Source] = []
    for language in ["en", "zh"] {
      let rows = try files("acebench/data_\(language)").filter { $0.hasSuffix(".json") }.flatMap(rows)
      sources.append(Source(name: "acebench-\(language)", definitions: rows.flatMap { $0["function"]?.elements ?? [] }))
    }
    let bank = try files("api-bank").filter { $0.hasSuffix(".json") }.flatMap(rows)
    sources.append(Source(name: "api-bank", definitions: try bank.flatMap { try described(in: $0["system"]) }))
    let functions = try files("datasets/bfcl").filter { !$0.contains("answer") }.flatMap(rows)
    sources.append(Source(name: "bfcl", definitions: functions.flatMap { $0["function"]?.elements ?? [] }))
    for name in ["apibank_l1", "apibank_l2", "sealtool", "toolalpaca"] {
      let rows = try rows("datasets/hammer/\(name).json")
      sources.append(Source(name: "hammer-\(name)", definitions: rows.flatMap { $0["tools"]?.elements ?? [] }))
    }
    let masked = try rows("datasets/hammer/masking_sft_data_example.json")
    sources.append(
      Source(
        name: "hammer-masked",
        definitions: try masked.compactMap { try list(after: "AVAILABLE TOOLS]\n", in: $0["instruction"]) }))
    let rlla = try rows("datasets/toolrl/rlla_sft.json")
    sources.append(Source(name: "rlla", definitions: try rlla.flatMap { try described(in: $0["instruction"]) }))
    sources.append(
      Source(
        name: "when2call",
        definitions: try rows("datasets/when2call/when2call_test_llm_judge.jsonl").compactMap { $0["tools"] }))
    let gym = try files("datasets/nemo_gym").filter { $0.hasSuffix("example.jsonl") }.flatMap(rows)
    sources.append(Source(name: "nemo-gym", definitions: gym.compactMap { $0["responses_create_params"]?["tools"] }))
    let glaive = try ["en", "zh"].flatMap { try rows("datasets/llamafactory/glaive_toolcall_\($0)_demo.json") }
    sources.append(
      Source(name: "glaive", definitions: glaive.compactMap { $0["tools"] }.filter { $0.stringBytes != [] }))
    let reasoned = try rows("datasets/llamafactory/reason_tool_use_demo_50.jsonl")
    sources.append(Source(name: "llamafactory-reason", definitions: reasoned.compactMap { $0["tools"] }))
    let synthetic = try ["apigen_mt", "openai_ft", "trl_toolcall", "xlam_60k"].flatMap {
      try rows("datasets/synthetic/\($0).jsonl")
    }
    sources.append(Source(name: "synthetic", definitions: synthetic.compactMap { $0["tools"] }))
    let ace = try rows("datasets/toolace/toolace_hf_shape_1row.json")
    sources.append(
      Source(name: "toolace", definitions: try ace.compactMap { try list(after: "can invoke:\n", in: $0["system"]) }))
    return sources
  }

  private static func files(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: SharedData.url(folder).path).sorted().map { "\(folder)/\($0)" }
  }

  /// The rows of a JSON list or of JSON Lines.
  private static func rows(_ path: String) throws -> [Value] {
    let bytes = try SharedData.bytes(path)
    if let whole = try? ValueReader().read(bytes) { return whole.kind == .array ? whole.elements : [whole] }
    return try bytes.split(separator: 0x0A).map { try ValueReader().read(Array($0)) }
  }

  /// The definitions of ToolRL's prompts: `1. Name: …`, `Description: …`, `Parameters: …`, the last one a literal.
  private static func described(in text: Value?) throws -> [Value] {
    let lines = String(decoding: text?.stringBytes ?? [], as: UTF8.self).split(separator: "\n")
    var definitions: [Value] = []
    var name: Substring?
    for line in lines {
      if let range = line.range(of: ". Name: "), line[..<range.lowerBound].allSatisfy(\.isNumber) {
        name = line[range.upperBound...]
      } else if line.hasPrefix("Parameters: "), let known = name {
        let object = ["name": String(known), "parameters": String(line.dropFirst("Parameters: ".count))]
        definitions.append(try ValueReader().read([UInt8](try JSONSerialization.data(withJSONObject: object))))
        name = nil
      }
    }
    return definitions
  }

  private static func list(after marker: String, in text: Value?) throws -> Value? {
    let text = String(decoding: text?.stringBytes ?? [], as: UTF8.self)
    guard let range = text.range(of: marker) else { return nil }
    return try ValueReader().readPrefix(Array(text[range.upperBound...].utf8)).value
  }
}
