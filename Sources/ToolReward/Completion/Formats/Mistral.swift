extension CompletionFormat {
  /// Mistral, Magistral and Devstral since tokenizer v11: a marker, a name and JSON for each call.
  public static let mistral = CompletionFormat(
    name: "mistral",
    summary: "Mistral since tokenizer v11: [TOOL_CALLS]name[ARGS]{…} for each call",
    example: #"[THINK]Need Paris weather.[/THINK][TOOL_CALLS]get_weather[ARGS]{"city": "Paris"}"#,
    reasoning: ReasoningRule(open: "[THINK]", close: "[/THINK]"),
    frame: CallFrame(open: ["[TOOL_CALLS]"], close: []),
    payload: .named(NamedPayload(identifierOpen: "[CALL_ID]", nameEnd: ["[ARGS]"], isNameEndOptional: true)),
    assistantMarkers: ["[/INST]"]
  )

  /// Mistral up to tokenizer v7: one list of calls behind a marker.
  public static let mistralList = CompletionFormat(
    name: "mistral-v7",
    summary: "Mistral up to tokenizer v7: [TOOL_CALLS] and a JSON list",
    example: #"[TOOL_CALLS] [{"name": "get_weather", "arguments": {"city": "Paris"}}]"#,
    reasoning: nil,
    frame: CallFrame(open: ["[TOOL_CALLS]"], close: []),
    payload: .json(JSONPayload(cardinality: .array, otherMembers: ["id"])),
    assistantMarkers: ["[/INST]"]
  )
}
