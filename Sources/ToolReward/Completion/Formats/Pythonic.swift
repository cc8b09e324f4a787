extension CompletionFormat {
  /// Calls in Python as Llama 3.2 writes them: an answer that is a list of calls.
  public static let pythonic = CompletionFormat(
    name: "pythonic",
    summary: "Llama 3.2 and others: an answer that is a Python list of calls",
    example: "[get_weather(city='Paris', days=2)]",
    reasoning: nil,
    frame: CallFrame(open: [], close: [], isOpenOptional: true),
    payload: .python(PythonPayload()),
    assistantMarkers: ["<|start_header_id|>assistant<|end_header_id|>"]
  )

  /// ``pythonic`` as Llama 4 writes it, with or without markers.
  public static let llama4Pythonic = CompletionFormat(
    name: "llama4-pythonic",
    summary: "Llama 4: a Python list of calls, perhaps between <|python_start|> and <|python_end|>",
    example: "<|python_start|>[get_weather(city='Paris')]<|python_end|>",
    reasoning: nil,
    frame: CallFrame(open: ["<|python_start|>"], close: ["<|python_end|>"], isOpenOptional: true),
    payload: .python(PythonPayload()),
    terminators: chatTerminators + ["<|eot|>", "<|eom|>"],
    assistantMarkers: ["<|header_start|>assistant<|header_end|>"]
  )

  /// ToolACE (arXiv 2409.00920): ``pythonic`` with names that need not be Python's.
  public static let toolACE = CompletionFormat(
    name: "toolace",
    summary: "ToolACE: a Python list of calls whose names may hold spaces",
    example: "[Get Weather(city='Paris')]",
    reasoning: nil,
    frame: CallFrame(open: [], close: [], isOpenOptional: true),
    payload: .python(PythonPayload(allowsSpacedNames: true))
  )

  /// OLMo 3: calls on lines of their own; JSON's words are values too.
  public static let olmo3 = CompletionFormat(
    name: "olmo3",
    summary: "OLMo 3: Python calls, one a line, in <function_calls>",
    example: "<think>Need Paris weather.</think><function_calls>get_weather(city='Paris')</function_calls>",
    frame: CallFrame(open: "<function_calls>", close: "</function_calls>"),
    payload: .python(PythonPayload(layout: .lines, allowsJSONWords: true))
  )

  /// LFM2: a list of calls between markers.
  public static let lfm2 = CompletionFormat(
    name: "lfm2",
    summary: "LFM2: a Python list of calls between <|tool_call_start|> and <|tool_call_end|>",
    example: "<|tool_call_start|>[get_weather(city='Paris')]<|tool_call_end|>",
    frame: CallFrame(open: "<|tool_call_start|>", close: "<|tool_call_end|>"),
    payload: .python(PythonPayload())
  )

  /// The Berkeley Function Calling Leaderboard's answers to prompts, exactly as its decoder of 2025 reads them.
  public static let bfclV3 = bfcl(name: "bfcl-v3", package: "2025.7.9", .v3)

  /// ``bfclV3`` as the decoder of 2026 reads them.
  public static let bfclV4 = bfcl(name: "bfcl-v4", package: "2026.3.23", .v4)

  private static func bfcl(name: String, package: String, _ version: BFCLVersion) -> CompletionFormat {
    CompletionFormat(
      name: name,
      summary: "BFCL's prompting answers as bfcl-eval \(package) decodes them, but never evaluated",
      example: "[get_weather(city='Paris', days=2)]",
      reasoning: nil,
      frame: CallFrame(open: [], close: [], isOpenOptional: true),
      payload: .bfcl(version),
      terminators: []
    )
  }
}
