import ToolReward
import ToolRewardPrompts
import ToolRewardLines

// Renders what it is told to, for scripts that compare it with Python:
//
//   TemplateLoop IN.jsonl               each line {"template", "context", "now"?} → {"text", "spans"} or {"error", "limit"}
//   TemplateLoop --time SECONDS IN.jsonl  each line as above → {"seconds", "from_json"}: the least time of one rendering, the template
//                                       compiled: of a context that is read, and of one that is a value of JSON yet
//
// A template that stands on the line before is not compiled again.

/// A JSON string.
func quoted(_ text: [UInt8]) -> String {
  var bytes: [UInt8] = []
  VerdictWriter.append(String(decoding: text, as: UTF8.self), to: &bytes)
  return String(decoding: bytes, as: UTF8.self)
}

func seconds(_ body: () -> Void) -> Double {
  let start = ContinuousClock.now
  body()
  let elapsed = (ContinuousClock.now - start).components
  return Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
}

/// The least time of one call, of as many as fit, and of some at least: the machine may stand still meanwhile.
func least(_ budget: Double, _ body: () -> Void) -> Double {
  var best = Double.infinity
  var spent = 0.0
  var rounds = 0
  while spent < budget || rounds < 30 {
    let round = seconds { for _ in 0..<20 { body() } }
    best = min(best, round / 20)
    spent += round
    rounds += 1
  }
  return best
}

var arguments = Array(CommandLine.arguments.dropFirst())
var budget: Double?
if arguments.first == "--time", arguments.count >= 2 {
  budget = Double(arguments[1])
  arguments.removeFirst(2)
}
let lines = try LineSource.wholeFile(arguments.first ?? "-").split(separator: 0x0A)
var lastSource: [UInt8]?
var last: Result<ChatTemplate, PromptError>?
for line in lines {
  let record = try ValueReader(syntax: .python).read(Array(line))
  let source = record["template"]?.stringBytes ?? []
  if source != lastSource {
    do throws(PromptError) { last = .success(try ChatTemplate(source)) } catch { last = .failure(error) }
    lastSource = source
  }
  do throws(PromptError) {
    guard var template = try last?.get(), let context = record["context"] else { continue }
    let now = record["now"]?.string.flatMap { CivilTime(iso8601: $0) }
    if let now { template.now = { now } }
    guard let budget else {
      let prompt = try template.render(context: context)
      let spans = prompt.generationSpans.map { "[\($0.lowerBound),\($0.upperBound)]" }.joined(separator: ",")
      print("{\"text\":\(quoted(prompt.text)),\"spans\":[\(spans)]}")
      continue
    }
    let variables = try TemplateContext(context)
    _ = try template.render(context: variables)
    let read = least(budget) { _ = try? template.render(context: variables) }
    let unread = least(budget) { _ = try? template.render(context: context) }
    print("{\"seconds\":\(read),\"from_json\":\(unread)}")
  } catch {
    print("{\"error\":\(quoted(Array(error.message.utf8))),\"limit\":\(error.isLimit)}")
  }
}
