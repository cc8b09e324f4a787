extension CompletionFormat {
  /// DeepSeek V3 and R1: a name and a fenced JSON object for each call, in one section.
  public static let deepSeekV3 = deepSeek(
    name: "deepseek-v3", summary: "DeepSeek V3 and R1: function, name and fenced JSON between <｜tool▁…｜> markers",
    call: "function<｜tool▁sep｜>get_weather\n```json\n{\"city\": \"Paris\"}\n```",
    NamedPayload(
      callOpen: ["<｜tool▁call▁begin｜>"], kind: "function<｜tool▁sep｜>", nameEnd: ["\n"],
      fence: NamedPayload.Fence(open: "```json\n", close: "```"), callClose: ["<｜tool▁call▁end｜>"]))

  /// DeepSeek V3.1: name, separator and JSON object for each call, in one section.
  public static let deepSeekV31 = deepSeek(
    name: "deepseek-v3.1", summary: "DeepSeek V3.1: name and JSON between <｜tool▁…｜> markers",
    call: "get_weather<｜tool▁sep｜>{\"city\": \"Paris\"}",
    NamedPayload(
      callOpen: ["<｜tool▁call▁begin｜>"], nameEnd: ["<｜tool▁sep｜>"], callClose: ["<｜tool▁call▁end｜>"]))

  private static func deepSeek(name: String, summary: String, call: String, _ payload: NamedPayload)
    -> CompletionFormat
  {
    CompletionFormat(
      name: name, summary: summary,
      example: """
        <think>Need Paris weather.</think>
        <｜tool▁calls▁begin｜><｜tool▁call▁begin｜>\(call)<｜tool▁call▁end｜><｜tool▁calls▁end｜>
        """,
      frame: CallFrame(open: "<｜tool▁calls▁begin｜>", close: "<｜tool▁calls▁end｜>"),
      payload: .named(payload),
      terminators: deepSeekTerminators,
      assistantMarkers: ["<｜Assistant｜>"]
    )
  }

  /// DeepSeek V3.2, V4 and V4.1: DSML, where an attribute says whether a value is text or JSON.
  public static let deepSeekDSML = CompletionFormat(
    name: "deepseek-dsml",
    summary: "DeepSeek V3.2 to V4.1: <｜DSML｜invoke> with parameters that say whether they are text or JSON",
    example: """
      <think>Need Paris weather.</think>

      <｜DSML｜tool_calls>
      <｜DSML｜invoke name="get_weather">
      <｜DSML｜parameter name="city" string="true">Paris</｜DSML｜parameter>
      <｜DSML｜parameter name="days" string="false">2</｜DSML｜parameter>
      </｜DSML｜invoke>
      </｜DSML｜tool_calls>
      """,
    frame: CallFrame(
      open: ["<｜DSML｜function_calls>", "<｜DSML｜tool_calls>", "<｜DSML｜ calls>"],
      close: ["</｜DSML｜function_calls>", "</｜DSML｜tool_calls>", "</｜DSML｜ calls>"]),
    payload: .tagged(
      TaggedPayload(
        callOpen: ["<｜DSML｜invoke name=\"", "<｜DSML｜ invoke name=\""], nameEnd: ["\">"],
        callClose: ["</｜DSML｜invoke>", "</｜DSML｜ invoke>"],
        keyOpen: ["<｜DSML｜parameter name=\"", "<｜DSML｜ parameter name=\""], keyEnd: ["\" "],
        valueClose: ["</｜DSML｜parameter>", "</｜DSML｜ parameter>"],
        typing: .attribute(text: ["string=\"true\">"], json: ["string=\"false\">"]))),
    terminators: deepSeekTerminators,
    assistantMarkers: ["<｜Assistant｜>"]
  )

  private static let deepSeekTerminators = chatTerminators + ["<｜end▁of▁sentence｜>"]
}
