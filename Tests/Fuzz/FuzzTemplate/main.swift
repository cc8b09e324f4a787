import ToolReward
import ToolRewardPrompts

private let limits = TemplateLimits(steps: 50_000, outputBytes: 1 << 18)
private let context = try? ValueReader().read(
  #"""
  {"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "é <b>"}, {"role": "assistant", "content": null,
  "tool_calls": [{"function": {"name": "f", "arguments": {"a": [1, 2.5, true]}}}]}], "tools": [{"name": "f"}], "s": "a,b", "n": 3, "f": -0.5,
  "d": {"a": 1, "é": {}}, "l": [3, 1, 2], "add_generation_prompt": true}
  """#)

// A template, rendered for one context: it is refused with a place within it, or gives the same text twice, whose spans lie within it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTemplate(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let source = unsafe start.map { unsafe Array(UnsafeBufferPointer(start: $0, count: count)) } ?? []
  guard let context else { preconditionFailure("the context is JSON") }
  let lines = source.count { $0 == 0x0A || $0 == 0x0D } + 1
  do throws(PromptError) {
    var template = try ChatTemplate(source, limits: limits)
    guard let now = CivilTime(year: 2026, month: 11, day: 21) else { return 0 }
    template.now = { now }
    let prompt = try template.render(context: context)
    let again = try template.render(context: context)
    precondition(again == prompt, "a template gives one text")
    precondition(prompt.text.count <= limits.outputBytes, "the output has a limit")
    for span in prompt.generationSpans { precondition(span.upperBound <= prompt.text.count) }
  } catch {
    precondition(!error.message.isEmpty)
    if let place = error.place { precondition((1...lines).contains(place.line) && place.column >= 1) }
  }
  return 0
}
