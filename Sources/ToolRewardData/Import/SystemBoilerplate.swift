internal import ToolReward
internal import ToolRewardPrompts

/// What formats write around tools in a system text, byte for byte, so that what else stands there can be kept.
enum SystemBoilerplate {
  /// What is left of a text that stands before or behind tools; `nil` if it speaks of tools or calls in words that are not known, so that its
  /// author's words and the format's cannot be told apart. O(text).
  static func remainder(_ text: some Collection<UInt8>) -> [UInt8]? {
    var rest = Array(text).stripped
    for piece in pieces where !rest.isEmpty {
      while let place = rest.firstIndex(of: piece.text) {
        var end = place + piece.text.utf8.count
        if piece.isFollowed { end = skipExample(rest, from: end) }
        let (head, tail) = (rest.stripped(0..<place), rest.stripped(end..<rest.count))
        rest = head + (head.isEmpty || tail.isEmpty ? [] : [0x0A]) + tail
      }
    }
    return marks.contains { rest.contains($0) } ? nil : rest
  }

  /// The same for a text that may be all its author's: what is not known is dropped, and noted.
  static func kept(_ text: some Collection<UInt8>, _ reader: PieceReader) -> [UInt8] {
    if let rest = remainder(text) { return rest }
    reader.warn(
      .systemTextDropped,
      "the text around the tools speaks of tools or calls in words that are not the format's; it is left out whole")
    return []
  }

  /// An example behind the sentence that announces it: a block in tags, or an object.
  private static func skipExample(_ text: [UInt8], from start: Int) -> Int {
    var position = start
    while position < text.count, isJSONSpace(text[position]) { position += 1 }
    if ByteSearch.matches(Array("<tool_call>".utf8), in: text.span, at: position) {
      return text.firstIndex(of: "</tool_call>", from: position).map { $0 + 12 } ?? start
    }
    var depth = 0
    for place in position..<text.count {
      if text[place] == 0x7B { depth += 1 }
      if text[place] == 0x7D { depth -= 1 }
      guard depth > 0 else { return depth == 0 && place > position ? place + 1 : start }
    }
    return start
  }

  /// What tells that a text speaks of tools and calls.
  private static let marks = [
    "<tool", "</tool", "tool_call", "function call", "function signatures", "pydantic", "<functioncall>", "<think>",
    "following functions",
  ]

  /// Whole texts first, of the published prompts; then sentences that data sets and chat templates put together in many ways.
  private static let pieces: [(text: String, isFollowed: Bool)] = {
    var texts: [[UInt8]] = []
    for preset in PromptPreset.all where preset.name != PromptPreset.toolN1System.name {
      let (head, tail) = preset.aroundTools
      for text in [Array(head), Array(tail ?? [])] {
        var piece = text.stripped
        for tag in ["<tools>", "</tools>"] {
          if let place = piece.lastIndex(of: tag), place + tag.utf8.count == piece.count {
            piece.removeLast(tag.utf8.count)
          }
          if piece.starts(with: tag.utf8) { piece.removeFirst(tag.utf8.count) }
        }
        texts.append(piece.stripped)
      }
    }
    return texts.filter { !$0.isEmpty }.map { (String(decoding: $0, as: UTF8.self), false) } + sentences
  }()

  private static let sentences: [(text: String, isFollowed: Bool)] = [
    // The chat template of Qwen 2.5 and Qwen 3.
    ("# Tools\n\nYou may call one or more functions to assist with the user query.", false),
    (
      "For each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:",
      true
    ),
    // NousResearch/hermes-function-calling-v1 and the model card of Hermes 2 Pro.
    ("You are a function calling AI model.", false),
    ("You are provided with function signatures within <tools> </tools> XML tags.", false),
    ("You are provided with function signatures within <tools></tools> XML tags.", false),
    ("You are provided with function signatures within <tools></tools> XML tags:", false),
    ("You may call one or more functions to assist with the user query.", false),
    ("Don't make assumptions about what values to plug into functions.", false),
    ("Here are the available tools:", false),
    ("Use the following pydantic model json schema for each tool call you will make:", true),
    (
      "For each function call return a json object with function name and arguments within <tool_call> </tool_call> tags with the following schema:",
      true
    ),
    (
      "For each function call return a json object with function name and arguments within <tool_call></tool_call> XML tags as follows:",
      true
    ),
    // glaiveai/glaive-function-calling-v2.
    ("You are a helpful assistant with access to the following functions. Use them if required -", false),
    // qiancheng0/ToolRL, where the tools are numbered.
    (
      "You are a helpful multi-turn dialogue assistant capable of leveraging tool calls to solve user tasks and provide structured chat responses.",
      false
    ),
    ("**Steps for Each Turn**", false),
    // MadeAgents/Hammer.
    (
      "You are a tool calling assistant. In order to complete the user's request, you need to select one or more appropriate tools from the following tools and fill in the correct values for the tool parameters. Your specific tasks are:\n1. Make one or more function/tool calls to meet the request based on the question.\n2. If none of the function can be used, point it out and refuse to answer.\n3. If the given question lacks the parameters required by the function, also point it out.",
      false
    ),
    (
      "The following are characters that may interact with you\n1. user: Provides query or additional information.\n2. tool: Returns the results of the tool calling.",
      false
    ),
  ]
}
