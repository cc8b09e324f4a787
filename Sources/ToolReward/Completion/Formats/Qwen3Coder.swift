extension CompletionFormat {
  /// Qwen3-Coder's XML, also of Qwen 3.5 to 3.8, Nemotron 3, Step 3.5 and Granite 4.2: each value between tags as plain text, one line feed
  /// on either side being framing.
  public static let qwen3Coder = xml(
    name: "qwen3-coder", models: "Qwen3-Coder, Qwen 3.5 and later, Nemotron 3, Step 3.5, Granite 4.2",
    open: "<tool_call>", close: "</tool_call>", framing: .lineFeed)

  /// ``qwen3Coder`` as MiMo V2 writes it: white space within a value belongs to it.
  public static let mimo = xml(
    name: "mimo", models: "MiMo V2", open: "<tool_call>", close: "</tool_call>", framing: .none)

  /// ``qwen3Coder`` with Seed-OSS's markers.
  public static let seedOSS = xml(
    name: "seed-oss", models: "Seed-OSS", open: "<seed:tool_call>", close: "</seed:tool_call>", framing: .lineFeed,
    reasoning: ReasoningRule(open: "<seed:think>", close: "</seed:think>"), terminators: ["<seed:eos>"])

  private static func xml(
    name: String, models: String, open: String, close: String, framing: TaggedPayload.Framing,
    reasoning: ReasoningRule = .think, terminators: [String] = []
  ) -> CompletionFormat {
    let feed = framing == .none ? "" : "\n"
    return CompletionFormat(
      name: name,
      summary: "\(models): <function=…> with <parameter=…> tags in \(open)",
      example: """
        \(reasoning.open)Need Paris weather.\(reasoning.close)
        \(open)
        <function=get_weather>
        <parameter=city>\(feed)Paris\(feed)</parameter>
        </function>
        \(close)
        """,
      reasoning: reasoning,
      frame: CallFrame(open: open, close: close),
      payload: .tagged(
        TaggedPayload(
          callOpen: ["<function="], nameEnd: [">"], callClose: ["</function>"], keyOpen: ["<parameter="], keyEnd: [">"],
          valueClose: ["</parameter>"], framing: framing)),
      terminators: chatTerminators + terminators
    )
  }
}
