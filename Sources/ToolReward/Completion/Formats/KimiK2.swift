extension CompletionFormat {
  /// Kimi K2 and K2.5: an identifier made of name and number, then JSON, for each call, in one section.
  public static let kimiK2 = CompletionFormat(
    name: "kimi-k2",
    summary: "Kimi K2 and K2.5: functions.NAME:NUMBER and JSON between <|tool_call…|> markers",
    example: """
      <think>Need Paris weather.</think>\
      <|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0<|tool_call_argument_begin|>{"city": "Paris"}\
      <|tool_call_end|><|tool_calls_section_end|>
      """,
    frame: CallFrame(
      open: ["<|tool_calls_section_begin|>", "<|tool_call_section_begin|>"],
      close: ["<|tool_calls_section_end|>", "<|tool_call_section_end|>"]),
    payload: .named(
      NamedPayload(
        callOpen: ["<|tool_call_begin|>"], namePrefix: "functions.", indexSeparator: ":",
        nameEnd: ["<|tool_call_argument_begin|>"], callClose: ["<|tool_call_end|>"])),
    assistantMarkers: ["<|im_assistant|>assistant<|im_middle|>"]
  )
}
