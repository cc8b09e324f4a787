import ToolReward

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// How fast each format takes text apart, beside `memchr` over the same bytes for one that is not there: what reading them costs at least.
// usage: Formats [FORMAT …]
//
// `typical` is about a kilobyte of reasoning and then the format's example; `calls` is the example's call alone, again and again, to a
// megabyte in one completion; `strings` is one call with a long string argument.

let prose =
  "To address the query I need to find the right function and fill its arguments from what the user said so that the call is complete. "

let tools = try Toolbox(
  try ValueReader().read(
    #"[{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}}}}]"#
  ))

/// Gigabytes a second, the best of some runs.
func rate(_ count: Int, _ body: () -> Void) -> Double {
  var best = Duration.seconds(1_000_000)
  body()
  for _ in 0..<(7) {
    let start = ContinuousClock.now
    body()
    best = min(best, ContinuousClock.now - start)
  }
  let seconds = Double(best.components.seconds) + Double(best.components.attoseconds) / 1e18
  return Double(count) / seconds / 1e9
}

func report(_ format: CompletionFormat, _ kind: String, _ text: [UInt8]) {
  let parser = CompletionParser(format)
  // Bytes that UTF-8 never has; another each time, so that no scan is left out.
  let scan = rate(text.count * 8 * 64) {
    for round in 0..<(8 * 64) {
      let isThere = unsafe text.withUnsafeBytes { bytes in
        guard let base = bytes.baseAddress else { return true }
        return unsafe memchr(base, Int32(0xF8 + round & 7), bytes.count) != nil
      }
      precondition(!isThere)
    }
  }
  // With room that is used again, as scoring has it.
  var workspace = ParserWorkspace()
  var completion = Completion()
  let repeats = max(1, 2_000_000 / text.count)
  let parse = rate(text.count * repeats) {
    for _ in 0..<repeats {
      parser.parse(text.span, view: .response, tools: tools, workspace: &workspace, into: &completion)
      precondition(completion.attempts.first?.status == .ok, format.name)
    }
  }
  let megabytes = Int(parse * 1000)
  print(
    "\(format.name) \(kind): \(text.count) bytes, \(megabytes) MB/s, 1/\(Int((scan / parse).rounded())) of memchr (\(Int(scan)) GB/s)"
  )
}

for format in FormatRegistry.builtIn
where CommandLine.arguments.count < 2 || CommandLine.arguments.contains(format.name) {
  guard !format.name.hasSuffix("-scan") else { continue }
  let example = Array(format.example.utf8)
  let parsed = CompletionParser(format).parse(example, tools: tools)
  guard let frame = parsed.frames.first else { fatalError("\(format.name): the example has no call") }
  let call = Array(example[frame.range])
  var opening: [UInt8] = []
  if let rule = format.reasoning { opening = Array((rule.open + String(repeating: prose, count: 7) + rule.close).utf8) }
  // A format without reasoning has text after the call instead; BFCL's has nothing but the call.
  var typical = opening + call
  if opening.isEmpty, !format.name.hasPrefix("bfcl") { typical += Array(String(repeating: prose, count: 7).utf8) }
  report(format, "typical", typical)
  var calls: [UInt8] = []
  let separator: [UInt8] = format.name.hasPrefix("llama3") ? Array("; ".utf8) : []
  if case .python(let rule) = format.payload, rule.layout == .list {
    calls = Array(format.frame.open.first.map { $0.utf8 + [] } ?? []) + [0x5B]
    while calls.count < 1 << 20 { calls += Array("get_weather(city='Paris', days=2), ".utf8) }
    calls += [0x5D] + Array(format.frame.close.first.map { $0.utf8 + [] } ?? [])
  } else if case .bfcl = format.payload {
    calls = [0x5B]
    while calls.count < 1 << 20 { calls += Array("get_weather(city='Paris', days=2), ".utf8) }
    calls += [0x5D]
  } else {
    while calls.count < 1 << 20 { calls += call + separator }
    if !separator.isEmpty { calls.removeLast(separator.count) }
  }
  report(format, "calls", calls)
  // The long string stands where the example has Paris.
  let long = Array(String(repeating: prose, count: 8000).utf8)
  let name = Array("Paris".utf8)
  if let place = call.indices.first(where: { call[$0...].starts(with: name) }) {
    report(format, "strings", Array(call[..<place]) + long + Array(call[(place + name.count)...]))
  }
}
