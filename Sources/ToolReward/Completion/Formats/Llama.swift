extension CompletionFormat {
  /// Llama 3.1 to 3.3 in JSON: an answer that begins with a call, with or without a marker; several with a semicolon or white space between.
  public static let llama3JSON = CompletionFormat(
    name: "llama3-json",
    summary: "Llama 3.1 to 3.3: a bare JSON object with \"parameters\", perhaps behind <|python_tag|>",
    example: #"<|python_tag|>{"name": "get_weather", "parameters": {"city": "Paris"}}"#,
    reasoning: nil,
    frame: CallFrame(open: ["<|python_tag|>"], close: [], isOpenOptional: true),
    payload: .json(
      JSONPayload(
        cardinality: [.one, .lines], argumentsMembers: ["parameters", "arguments"], otherMembers: ["type"],
        separators: [";"])),
    assistantMarkers: ["<|start_header_id|>assistant<|end_header_id|>"]
  )
}
