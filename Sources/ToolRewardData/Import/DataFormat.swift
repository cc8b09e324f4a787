public import ToolReward

/// A shape that tool-calling training data comes in. Docs/TrainingData.md shows a row of each.
public enum DataFormat: String, Sendable, Hashable, CaseIterable {
  /// Records as `toolreward import` writes them.
  case toolreward
  /// xLAM function-calling 60k: `query`, `answers`, `tools`.
  case xlam
  /// ToolACE: `system` with the tools in it, `conversations` with Python calls.
  case toolace
  /// Hermes function calling: `conversations` with `<tool_call>` blocks.
  case hermes
  /// Glaive v2: `system` and `chat`, one text each.
  case glaive
  /// ShareGPT: `conversations` of `from` and `value`.
  case sharegpt
  /// LLaMA-Factory: ShareGPT with `tools`, or `messages` with typed content.
  case llamafactory
  /// OpenAI fine-tuning: `messages` whose arguments are strings.
  case openai
  /// TRL: `messages`, or `prompt` and `completion`, whose arguments are objects.
  case trl
  /// NeMo-Gym: `responses_create_params`.
  case nemoGym = "nemo-gym"
  /// verl: `prompt` and `reward_model`.
  case verl
  /// ToolRL: `instruction`, `input`, `output`; and API-Bank as it is prepared there.
  case toolrl
  /// BFCL questions; their answers are in files of their own.
  case bfcl
  /// ACEBench questions; their answers are in files of their own.
  case acebench
  /// When2Call: `correct_answer` and `answers`, or messages with `<TOOLCALL>`.
  case when2call
  /// API-Bank: a dialogue a file, a turn a line.
  case apiBank = "api-bank"
  /// ToolBench: queries, and answers with `train_messages`.
  case toolbench
  /// Hammer: prompts in `instruction`, or `query`, `tools`, `answers` as values.
  case hammer
  /// APIGen-MT: `conversations`, `tools` and `system`.
  case apigenMT = "apigen-mt"
  /// Nemotron post-training: `messages` with `metadata`.
  case nemotron
  /// What Tool-N1's own preparation writes: `raw_system`, `conversations`, `answer`.
  case toolN1 = "tool-n1"

  /// The format that a row looks like; `nil` for none that is known. O(members).
  public static func detect(_ row: Value) -> DataFormat? {
    func has(_ names: String...) -> Bool { names.allSatisfy { row[$0] != nil } }
    func isText(_ name: String) -> Bool { row[name]?.kind == .string }
    guard row.kind == .object else { return nil }
    if has("messages", "source"), row["source"]?["format"]?.kind == .string { return .toolreward }
    if has("responses_create_params") { return .nemoGym }
    if has("prompt"), row["reward_model"]?.kind == .object { return .verl }
    if has("raw_system", "conversations") { return .toolN1 }
    if has("correct_answer", "answers") || has("chosen_response") { return .when2call }
    if has("answer_generation") || has("api_list", "query") { return .toolbench }
    if has("turns"), row.count == 1 { return .apiBank }
    if has("question", "involved_classes") { return .bfcl }
    if has("question", "function") { return row["question"]?.kind == .string ? .acebench : .bfcl }
    if has("id", "ground_truth"), row.count == 2 { return row["ground_truth"]?.kind == .array ? .bfcl : .acebench }
    if has("role"), has("text") || has("api_name") { return .apiBank }
    if isText("chat") { return .glaive }
    if has("conversations") { return conversation(row) }
    if has("messages") || has("prompt", "completion") || has("prompt", "ground_truth") { return messages(row) }
    if isText("instruction"), has("output") {
      return contains(row["instruction"], "[BEGIN OF AVAILABLE TOOLS]") ? .hammer : .toolrl
    }
    if has("system", "user", "answer") { return .toolrl }
    if has("query", "answers", "tools") { return isText("tools") ? .xlam : .hammer }
    if has("label", "predict") { return .hammer }
    return nil
  }

  private static func conversation(_ row: Value) -> DataFormat {
    if contains(row["system"], "Here is a list of functions in JSON format") { return .toolace }
    if row["category"] != nil || row["task"] != nil { return .hermes }
    if let first = row["conversations"]?[0], contains(first["value"], "<tools>") { return .hermes }
    guard row["tools"] != nil else { return .sharegpt }
    return row["system"] != nil ? .apigenMT : .llamafactory
  }

  private static func messages(_ row: Value) -> DataFormat {
    if row["metadata"] != nil || row["reasoning_content"] != nil { return .nemotron }
    guard let list = row["messages"] else { return .trl }
    for message in list.elements {
      if let parts = message["content"], parts.kind == .array, parts[0]?["value"] != nil { return .llamafactory }
      if contains(message["content"], "<TOOLCALL>") { return .when2call }
      guard let call = message["tool_calls"]?[0] else { continue }
      return (call["function"] ?? call)["arguments"]?.kind == .string ? .openai : .trl
    }
    return .openai
  }

  private static func contains(_ value: Value?, _ text: String) -> Bool {
    guard let bytes = value?.stringBytes else { return false }
    return ByteSearch.firstIndex(of: Array(text.utf8), in: bytes.span) != nil
  }
}
