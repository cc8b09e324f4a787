extension CompletionFormat {
  /// Gemma 4: `call:NAME` and arguments with bare names and strings between tokens of their own.
  public static let gemma4 = CompletionFormat(
    name: "gemma-4",
    summary: "Gemma 4: call:NAME{…} with bare names and strings between <|\"|> tokens",
    example: """
      <|channel>thought
      Need Paris weather.<channel|><|tool_call>call:get_weather{city:<|"|>Paris<|"|>}<tool_call|>
      """,
    reasoning: ReasoningRule(open: "<|channel>thought", close: "<channel|>"),
    frame: CallFrame(open: "<|tool_call>", close: "<tool_call|>"),
    payload: .named(
      NamedPayload(
        kind: "call:", nameEnd: [], isNameEndOptional: true,
        syntax: .relaxed(
          RelaxedSyntax(delimiters: [RelaxedSyntax.Delimiter(open: "<|\"|>", close: "<|\"|>")], allowsBareNames: true)))
    ),
    terminators: chatTerminators + ["<turn|>"],
    assistantMarkers: ["<|turn>model"]
  )
}
