import Testing

@testable import ToolReward

/// A small generator with a fixed seed, so that a failure can be found again (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Any bytes give an answer from every format and reward.
private func judgeAll(_ text: [UInt8]) throws {
  for format in FormatRegistry.builtIn { _ = parsed(text, format) }
  let task = ScoringTask(groundTruth: try GroundTruth(json: #"[{"name":"f","arguments":{"a":1}}]"#))
  for reward in RewardRegistry.builtIn {
    let verdict = try Scorer(reward: reward).score(text, for: task)
    #expect(verdict.components.count == reward.componentNames.count)
  }
}

@Suite struct HostileInputTests {
  private static let samples = [
    #"<think>Né 😀</think> <tool_call>[{"name": "f", "arguments": {"a": "\ud83d\ude00 \u00e9", "b": [1.5e3, null, true]}}]</tool_call><|im_end|>"#,
    #"<tool_call>{"name":"w","arguments":{"t":"</tool_call><think>"}}</tool_call></think>"#,
    #"<think><tool_call>"{\"name\":\"f\"}"</tool_call></think><tool_call>[NaN,-Infinity,"\ud800"]</tool_call>"#,
  ]

  @Test(arguments: samples)
  func cutAtEveryByte(_ sample: String) throws {
    let bytes = Array(sample.utf8)
    for end in 0...bytes.count { try judgeAll(Array(bytes[..<end])) }
    for start in 0..<bytes.count { try judgeAll(Array(bytes[start...])) }
  }

  @Test func randomBytes() throws {
    var generator = SeededGenerator(state: 1)
    let pieces = [
      "<think>", "</think>", "<tool_call>", "</tool_call>", "{", "}", "[", "]", "\"", "\\", ",", ":", "\"name\"", "1",
      "\u{0}", "é", "<",
    ]
    for _ in 0..<400 {
      var text: [UInt8] = []
      for _ in 0..<Int.random(in: 0...40, using: &generator) {
        if Bool.random(using: &generator) {
          text.append(UInt8.random(in: 0...255, using: &generator))
        } else if let piece = pieces.randomElement(using: &generator) {
          text.append(contentsOf: piece.utf8)
        }
      }
      try judgeAll(text)
    }
  }

  @Test(arguments: [
    ("openers", "<tool_call>", "", 20_000), ("open objects", #"<tool_call>{"a":"#, "", 5_000),
    ("open strings", #"<tool_call>[""#, "", 5_000),
    ("closers", "</tool_call></think>", "", 10_000), ("deep", "<tool_call>", "[", 100_000),
    ("think", "<think>", "", 20_000),
    ("NaN", "<think>x</think><tool_call>[", "NaN,", 50_000), ("backslashes", #"<tool_call>[""#, #"\\"#, 100_000),
    ("escapes", #"<tool_call>[""#, #"\ud800"#, 50_000),
    ("objects", "<tool_call>[", #"{"name":"f","arguments":{}},"#, 5_000),
    ("same names", "<tool_call>{", #""a":1,"#, 20_000), ("numbers", "<tool_call>[1e", "9", 100_000),
    ("spaces", "<tool_call>", " ", 100_000),
  ])
  func longInput(_ name: String, _ head: String, _ unit: String, _ count: Int) throws {
    let body = unit.isEmpty ? String(repeating: head, count: count) : head + String(repeating: unit, count: count)
    try judgeAll(Array(body.utf8))
    try judgeAll(Array((body + "]}</tool_call>").utf8))
  }

  @Test(arguments: [
    "1e999", "-1e999", "1e-999", "1E+99999999999999999999999", "0.\(String(repeating: "0", count: 5000))1",
    String(repeating: "9", count: 5000),
  ])
  func numbers(_ number: String) throws {
    let text = #"<think>x</think><tool_call>[{"name":"f","arguments":{"a":\#(number)}}]</tool_call>"#
    try judgeAll(Array(text.utf8))
    // A call with the very same literal is right under the exact policy.
    let task = ScoringTask(groundTruth: try GroundTruth(json: #"[{"name":"f","arguments":{"a":\#(number)}}]"#))
    #expect(try Scorer(reward: ExactMatchReward()).score(text, for: task).score == 1)
  }
}
