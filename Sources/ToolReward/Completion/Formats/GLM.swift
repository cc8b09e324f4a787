extension CompletionFormat {
  /// GLM 4.5 to 5, with line feeds between tags or without: the name, then keys and values in tags.
  public static let glm = CompletionFormat(
    name: "glm",
    summary: "GLM 4.5 to 5: the name, then <arg_key> and <arg_value> pairs in <tool_call>",
    example: """
      <think>Need Paris weather.</think>
      <tool_call>get_weather
      <arg_key>city</arg_key>
      <arg_value>Paris</arg_value>
      </tool_call>
      """,
    frame: CallFrame(open: "<tool_call>", close: "</tool_call>"),
    payload: .tagged(
      TaggedPayload(
        callOpen: [], nameEnd: [], callClose: [], keyOpen: ["<arg_key>"], keyEnd: ["</arg_key>"],
        valueOpen: ["<arg_value>"], valueClose: ["</arg_value>"])),
    terminators: chatTerminators + ["<|observation|>", "<|user|>"],
    assistantMarkers: ["<|assistant|>"]
  )
}
