extension CompletionFormat {
  /// gpt-oss's Harmony: messages on channels, of which those with a recipient are calls. A server stops at `<|call|>` and may cut it off.
  public static let harmony = CompletionFormat(
    name: "harmony",
    summary: "gpt-oss: messages on channels; to=functions.NAME makes one a call",
    example: """
      <|channel|>analysis<|message|>Need Paris weather.<|end|><|start|>assistant<|channel|>commentary \
      to=functions.get_weather <|constrain|>json<|message|>{"city": "Paris"}<|call|>
      """,
    reasoning: ReasoningRule(open: "<|channel|>analysis<|message|>", close: "<|end|>"),
    frame: CallFrame(open: [], close: [], isCloseOptional: true),
    payload: .channels(ChannelPayload()),
    terminators: [],
    assistantMarkers: ["<|start|>assistant"]
  )
}
