import Testing

@testable import ToolReward

@Suite struct ChannelFormatTests {
  private static let analysis = "<|channel|>analysis<|message|>look<|end|>"

  @Test(arguments: [
    (
      analysis + "<|start|>assistant<|channel|>commentary to=functions.f <|constrain|>json<|message|>{\"a\":1}<|call|>",
      #"r41 c98 | ok "f"{"a":1}"#
    ),
    // The recipient before the channel, the kind without its marker, no kind at all.
    (
      analysis + "<|start|>assistant to=functions.f<|channel|>commentary json<|message|>{}<|call|>",
      #"r41 c80 | ok "f"{}"#
    ),
    ("<|channel|>commentary to=functions.mod.f<|message|>{}<|call|>", #"c61 | ok "mod.f"{}"#),
    // The prompt ended within the header.
    (" to=functions.f<|channel|>commentary json<|message|>{}<|call|>", #"c62 | ok "f"{}"#),
    // A server cuts where it stops.
    ("<|channel|>commentary to=functions.f<|message|>{}", #"c49 | ok "f"{}"#),
    ("<|channel|>commentary to=functions.f<|message|>{\"a\":", #"c52 | malformed "f"- | ~unexpected_end"#),
    // Two calls, and a bad one beside a good one.
    (
      "<|channel|>commentary to=functions.f<|message|>{}<|call|><|start|>assistant<|channel|>commentary to=functions.g<|message|>{}<|call|>",
      #"c57 c75 | ok "f"{} | ok "g"{}"#
    ),
    (
      "<|channel|>commentary to=functions.f<|message|>{}<|start|>assistant<|channel|>commentary to=functions.g<|message|>{}<|call|>",
      #"c49 c75 | unclosed "f"{} | ok "g"{} | ~unclosed_call"#
    ),
    (
      "<|channel|>commentary to=functions.f<|message|>{]<|call|><|start|>assistant<|channel|>commentary to=functions.g<|message|>{}<|call|>",
      #"c57 c75 | malformed "f"- | ok "g"{} | ~malformed_json"#
    ),
    // Markers inside a string end nothing.
    (
      "<|channel|>commentary to=functions.f<|message|>{\"a\":\"<|call|><|end|>\"}<|call|>",
      #"c78 | ok "f"{"a":"<|call|><|end|>"}"#
    ),
    ("<|channel|>commentary to=functions.f<|message|>{} so<|call|>", #"c60 | malformed "f"{} | ~text_after_payload"#),
    (
      "<|channel|>commentary to=functions.f<|message|>5<|call|>",
      #"c56 | invalid_arguments "f"5 | ~arguments_not_object"#
    ),
    ("<|channel|>commentary to=functions.f<|message|><|call|>", #"c55 | malformed "f"- | ~malformed_json"#),
    // Text: answers, preambles, other roles.
    (analysis + "<|start|>assistant<|channel|>final<|message|>Hi.<|return|>", "r41 t58"),
    ("<|channel|>commentary<|message|>I look.<|end|>", "t46"),
    ("Hello", "t5"), ("", ""),
    ("<|start|>functions.f to=assistant<|channel|>commentary<|message|>{}<|end|>", "t74"),
    // A call on a channel of reasoning is one; several reasoning messages are told.
    ("<|channel|>analysis to=functions.f<|message|>{}<|call|>", #"c55 | ok "f"{} | ~unusual_channel"#),
    (analysis + "<|start|>assistant" + analysis, "r41 r59 | ~repeated_reasoning"),
    ("<|channel|>analysis<|message|>never", "r35 | ~unclosed_reasoning"),
    ("<|channel|>analysis", "t19 | ~unfinished_call"), ("<|message|>", "t11 | ~unfinished_call"),
    ("a <|channel|> b", "t15 | ~unfinished_call"),
  ])
  func harmony(_ text: String, _ expected: String) {
    #expect(sketch(parsed(Array(text.utf8), .harmony)) == expected)
  }

  @Test func views() {
    let text = "look<|end|><|start|>assistant<|channel|>commentary to=functions.f<|message|>{}<|call|>"
    let completion = parsed(Array(text.utf8), .harmony, view: .prefilled)
    #expect(sketch(completion) == #"r11 c75 | ok "f"{}"#)
    #expect(completion.reasoning.first.map(completion.isWhole) == true)
    let conversation =
      "<|start|>user<|message|>q<|end|><|start|>assistant<|channel|>commentary to=functions.f<|message|>{}<|call|>"
    #expect(sketch(parsed(Array(conversation.utf8), .harmony, view: .conversation)) == #"c50 c57 | ok "f"{}"#)
  }

  /// The paper's reward on gpt-oss's format.
  @Test func strictReward() throws {
    let scorer = try Scorer(reward: StrictReward(), format: .harmony)
    let task = ScoringTask(groundTruth: try GroundTruth(json: #"[{"name": "f", "arguments": {"a": 1}}]"#))
    let call = "<|start|>assistant<|channel|>commentary to=functions.f<|message|>{\"a\":1}<|call|>"
    #expect(scorer.score(Self.analysis + call, for: task).score == 1)
    #expect(scorer.score(call, for: task).score == 0)
    #expect(scorer.score(Self.analysis + call + "bye", for: task).score == 0)
  }
}

@Suite struct ReasoningRuleTests {
  private static let call = #"<tool_call>{"name":"f","arguments":{}}</tool_call>"#

  @Test(arguments: [
    (ReasoningRule.CallsInside.ignored, "<think>a\(call)b</think>c", "r67 t1 | ~call_in_reasoning"),
    (.counted, "<think>a\(call)b</think>c", #"r8 c50 r9 t1 | ok "f"{}"#),
    (.ending, "<think>a\(call)b</think>c", #"r8 c50 t10 | ok "f"{} | ~call_ends_reasoning | ~stray_reasoning_close"#),
    (.ending, "<think>a\(call)b", #"r8 c50 t1 | ok "f"{} | ~call_ends_reasoning"#),
    (.ending, "<think>use <tool_call> here</think>c", "r35 t1 | ~unconfirmed_opener"),
    (.endingUnlessClosed, "<think>a\(call)b</think>c", "r67 t1 | ~call_in_reasoning"),
    (.endingUnlessClosed, "<think>a\(call)b", #"r8 c50 t1 | ok "f"{} | ~call_ends_reasoning"#),
  ])
  func callsInside(_ rule: ReasoningRule.CallsInside, _ text: String, _ expected: String) {
    var format = CompletionFormat.hermes
    format.reasoning?.callsInside = rule
    #expect(sketch(parsed(Array(text.utf8), format)) == expected)
  }

  @Test(arguments: [
    (ReasoningRule.Close.first, "<think>a</think>b</think>\(call)", #"r16 t9 c50 | ok "f"{} | ~stray_reasoning_close"#),
    (.last, "<think>a</think>b</think>\(call)", #"r25 c50 | ok "f"{}"#),
  ])
  func closes(_ rule: ReasoningRule.Close, _ text: String, _ expected: String) {
    var format = CompletionFormat.hermes
    format.reasoning?.closes = rule
    #expect(sketch(parsed(Array(text.utf8), format)) == expected)
  }
}
