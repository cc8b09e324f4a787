import Foundation
import ToolReward

/// The formats of one payload engine if ENGINE names it (json, tagged, named, python, bfcl, channels), else of all.
private let engine = ProcessInfo.processInfo.environment["ENGINE"]

private func name(of payload: CompletionFormat.Payload) -> String {
  switch payload {
  case .json: "json"
  case .tagged: "tagged"
  case .named: "named"
  case .python: "python"
  case .bfcl: "bfcl"
  case .channels: "channels"
  }
}

private let parsers: [CompletionParser] = FormatRegistry.builtIn.flatMap { format -> [CompletionParser] in
  if let engine, engine != name(of: format.payload) { return [] }
  var lenient = format
  for (_, leniency) in Leniencies.named { lenient.leniencies.insert(leniency) }
  return [CompletionParser(format), CompletionParser(lenient)]
}

private let tools = try? Toolbox(
  ValueReader().read(
    #"[{"name":"f","parameters":{"type":"object","properties":{"a":{"type":"integer"},"s":{"type":"string"},"o":{"type":"object"},"u":{"anyOf":[{"type":"string"},{"type":"null"}]},"e":{"enum":["1",2]}}}}]"#
  ))

// Takes any bytes apart in every format and view; segments must tile them.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzParser(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = unsafe start.map { unsafe Array(UnsafeBufferPointer(start: $0, count: count)) } ?? []
  for parser in parsers {
    for view in [InputView.response, .prefilled, .conversation] {
      let completion = parser.parse(bytes, view: view, tools: tools)
      var position = 0
      for segment in completion.segments {
        precondition(segment.range.lowerBound == position && !segment.range.isEmpty, "segments tile")
        position = segment.range.upperBound
      }
      precondition(position == bytes.count && completion.text == bytes, "segments reach the end")
      for attempt in completion.attempts {
        precondition(attempt.range.upperBound <= bytes.count)
        _ = completion.name(of: attempt)
        _ = completion.arguments(of: attempt)?.description
      }
      for frame in completion.frames { precondition(frame.attempts.upperBound <= completion.attempts.count) }
      for diagnostic in completion.diagnostics {
        precondition(diagnostic.range.upperBound <= bytes.count && diagnostic.attempt ?? 0 <= completion.attempts.count)
      }
    }
  }
  return 0
}
