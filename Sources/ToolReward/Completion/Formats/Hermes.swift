extension CompletionFormat {
  /// Hermes, Qwen 2.5, QwQ, Qwen 3 and their kin: one JSON object in each `<tool_call>`.
  public static let hermes = CompletionFormat(
    name: "hermes",
    summary: "Hermes and Qwen JSON: one object in each <tool_call>",
    example: """
      <think>Need Paris weather.</think>
      <tool_call>
      {"name": "get_weather", "arguments": {"city": "Paris"}}
      </tool_call>
      """,
    frame: CallFrame(open: "<tool_call>", close: "</tool_call>"),
    payload: .json(JSONPayload())
  )
}
