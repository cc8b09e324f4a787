extension CompletionFormat {
  /// ToolRL (arXiv 2504.13958): one JSON object a line in one `<tool_call>`, the arguments under `parameters`.
  public static let toolRL = CompletionFormat(
    name: "tool-rl",
    summary: "ToolRL: one JSON object a line in <tool_call>, arguments under \"parameters\"",
    example: """
      <think>Mail Bob.</think>
      <tool_call>
      {"name": "email", "parameters": {"to": "Bob"}}
      </tool_call>
      """,
    frame: CallFrame(open: "<tool_call>", close: "</tool_call>"),
    payload: .json(JSONPayload(cardinality: [.one, .lines], argumentsMembers: ["parameters"]))
  )
}
