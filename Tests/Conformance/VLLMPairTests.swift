import Testing
import ToolReward

/// What the tests of vLLM 0.33.0 expect of its parsers, beside what ours make of the same texts. A passing test pins vLLM's behaviour, not
/// always the right one: each pair agrees, or a line of the table says why not. Docs/Dialects.md has the table with its counts.
@Suite(.enabled(if: SharedData.folder != nil, SharedData.skipped))
struct VLLMPairTests {
  /// The formats that vLLM's parsers read, by the beginning of the parser's name.
  private static let formats: [(parser: String, format: String)] = [
    ("Qwen3", "qwen3-coder"), ("NemotronV3", "qwen3-coder"), ("Step3p5", "qwen3-coder"), ("MiMo", "mimo"),
    ("SeedOss", "seed-oss"), ("Glm47Moe", "glm"), ("Ling3", "glm"), ("PoolsideV1", "glm"), ("KimiK2", "kimi-k2"),
    ("DeepSeekV31ToolParser", "deepseek-v3.1"), ("DeepSeekV3ToolParser", "deepseek-v3"),
    ("DeepSeekV32", "deepseek-dsml"), ("DeepSeekV4", "deepseek-dsml"), ("Llama3Json", "llama3-json"), ("Lfm2", "lfm2"),
    ("Llama4Pythonic", "llama4-pythonic"), ("Olmo3", "olmo3"), ("PythonicToolParser", "pythonic"),
    ("Gemma4", "gemma-4"),
  ]

  /// Where ours differs: what the test's name holds, whether ours is stricter or just other, and how many pairs it concerns.
  private static let triage: [(test: String, verdict: String, pairs: Int)] = [
    ("test_delegating_parse_tool_choice_none", "other", 80),
    ("TestToolCallFilteringNonStreaming::test_parse", "other", 26),
    ("test_drop_tokens_removed_from_output", "stricter", 51),
    ("test_malformed_xml_no_gt_delimiter", "stricter", 2), ("test_none_tool_calls_filtered", "stricter", 2),
    ("test_string_attr_true_coerced_by_composed_schema", "other", 1),
    ("test_null_coerced_back_to_string_by_schema", "other", 1),
    ("test_multi_typed_schema", "stricter", 1),
    ("test_streaming_matches_non_streaming_conversion_fallbacks", "stricter", 1),
    ("test_input_wrapper_repaired", "other", 1), ("test_extract_tool_calls_arguments_wrapper", "other", 1),
    ("test_missing_tool_calls_wrapper_is_recovered", "stricter", 1),
    ("test_incomplete_tool_call", "stricter", 1), ("TestBareAndMalformedOpeners", "stricter", 5),
    ("test_tool_call[multiline_string_arg_nonstreaming]", "stricter", 1),
    ("test_tool_call[nested_quote_nonstreaming]", "stricter", 1),
    ("test_tool_call[leading_zero_int_nonstreaming]", "stricter", 1),
    ("test_tool_call[nul_byte_string_arg_nonstreaming]", "stricter", 1),
    ("test_tool_call[parallel_calls_nonstreaming1]", "stricter", 1),
    ("test_extract_tool_calls_simple", "stricter", 1),
  ]

  @Test func everyPair() throws {
    let registry = FormatRegistry()
    let documented = try Documentation.text("Dialects.md")
    var agreed: [String: Int] = [:]
    var differing = [Int](repeating: 0, count: Self.triage.count)
    for file in ["parser-engine", "tool-parsers"] {
      for line in try SharedData.bytes("parsers/vllm-0.33.0-\(file).jsonl").split(separator: 0x0A) {
        let row = try ValueReader(syntax: .python).read(Array(line))
        let parser = try #require(row["parser"]?.string)
        guard let name = Self.formats.first(where: { parser.hasPrefix($0.parser) })?.format else { continue }
        let test = try #require(row["test"]?.string)
        let tools = row["tools"].flatMap { $0.count > 0 ? try? Toolbox($0) : nil }
        let text = try #require(row["text"]?.stringBytes)
        let completion = CompletionParser(try #require(registry[name])).parse(text, tools: tools)
        if try agrees(row, completion, text) {
          agreed[name, default: 0] += 1
          continue
        }
        let lines = Self.triage.indices.filter { test.contains(Self.triage[$0].test) }
        #expect(lines.count == 1, "\(parser) \(test): \(completion.calls)")
        for index in lines { differing[index] += 1 }
      }
    }
    for (index, line) in Self.triage.enumerated() {
      #expect(differing[index] == line.pairs, "\(line.test)")
      #expect(
        documented.contains("| `\(line.test)` | \(line.pairs) | \(line.verdict) |"), "\(line.test) in Docs/Dialects.md")
    }
    for (format, count) in agreed {
      #expect(
        documented.contains("| `\(format)` | \(count) |"),
        "\(format): \(count) pairs agree, not as Docs/Dialects.md says")
    }
  }

  /// Whether the calls are the same, and the reasoning where vLLM gives any.
  private func agrees(_ row: Value, _ completion: Completion, _ text: [UInt8]) throws -> Bool {
    let calls = try #require(row["calls"]).elements
    guard calls.count == completion.calls.count else { return false }
    for (theirs, ours) in zip(calls, completion.calls) {
      guard theirs.elements[0].stringBytes == ours.name.stringBytes, let json = theirs.elements[1].stringBytes,
        let arguments = try? ValueReader().read(json), EqualityPolicy.toolN1.areEqual(arguments, ours.arguments)
      else { return false }
    }
    guard let reasoning = row["reasoning"]?.stringBytes else { return true }
    let block = completion.reasoning.first.map { Array(text[$0.content]) } ?? []
    return trimmed(block) == trimmed(reasoning)
  }

  private func trimmed(_ text: [UInt8]) -> [UInt8] {
    let kept = text.drop { $0 <= 0x20 }
    return Array(kept.reversed().drop { $0 <= 0x20 }.reversed())
  }
}
