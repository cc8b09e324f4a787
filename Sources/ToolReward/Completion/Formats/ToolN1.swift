extension CompletionFormat {
  /// Tool-N1's list of calls (arXiv 2505.00024 §3.1), read by grammar: one frame with a JSON list, or with one call.
  public static let toolN1 = CompletionFormat(
    name: "tool-n1",
    summary: "Tool-N1: a JSON list of calls in <tool_call>",
    example: toolN1Example,
    frame: CallFrame(open: "<tool_call>", close: "</tool_call>"),
    payload: .json(JSONPayload(cardinality: [.one, .array]))
  )

  /// ``toolN1`` as its published reward finds it: the text between `<tool_call>` and the next `</tool_call>`, wherever they stand, read
  /// with Python's `json.loads`. The Tool-N1 rewards judge by it.
  public static let toolN1Scan = toolN1Scan(name: "tool-n1-scan", assistantMarker: "<|im_start|>assistant")

  /// ``toolN1Scan`` for conversations in Llama 3's framing.
  public static let toolN1LlamaScan = toolN1Scan(
    name: "tool-n1-llama-scan", assistantMarker: "<|start_header_id|>assistant<|end_header_id|>")

  private static let toolN1Example = """
    <think>Mail Bob.</think> <tool_call>[{"name": "email", "arguments": {"to": "Bob"}}]</tool_call>
    """

  private static func toolN1Scan(name: String, assistantMarker: String) -> CompletionFormat {
    CompletionFormat(
      name: name,
      summary: "Tool-N1's framing as its published reward finds it: a lazy text match, Python's JSON",
      example: toolN1Example,
      reasoning: ReasoningRule(open: "<think>", close: "</think>", start: .closed, callsInside: .counted),
      frame: CallFrame(open: "<tool_call>", close: "</tool_call>", ends: .firstCloser),
      payload: .json(
        JSONPayload(cardinality: [.one, .array], argumentsAreObject: false, syntax: .python, limits: .python)),
      assistantMarkers: [assistantMarker],
      leniencies: [.stringPayload]
    )
  }
}
