import ToolReward
import ToolRewardBenchmarks
import ToolRewardLines

// What a verdict costs, rows in memory: BFCLLoop DATA ROWS.jsonl [SECONDS].
let arguments = CommandLine.arguments
guard arguments.count >= 3 else {
  print("usage: BFCLLoop DATA ROWS.jsonl [SECONDS]")
  throw Usage()
}
struct Usage: Error {}

try measure(arguments[1], arguments[2], seconds: arguments.count > 3 ? Double(arguments[3]) ?? 1 : 1)

func measure(_ data: String, _ path: String, seconds: Double) throws {
  let evaluator = BFCLEvaluator(try BFCLDataset(folder: data))
  let reader = BFCLRowReader()
  var read: [BFCLRow] = []
  for line in try LineSource.wholeFile(path).split(separator: 0x0A) {
    read.append(try reader.read(Array(line).span))
  }
  let rows = read
  let clock = ContinuousClock()
  var best = Double.infinity
  var right = 0
  let end = clock.now + .seconds(seconds)
  while clock.now < end {
    right = 0
    let start = clock.now
    let span = rows.span
    for index in span.indices {
      if evaluator.verdicts(of: span[index], isStrict: false)?.official.isValid == true { right += 1 }
    }
    best = min(best, (clock.now - start) / .seconds(1))
  }
  print("\(rows.count) rows, \(right) right, \(Int(best / Double(rows.count) * 1e9)) ns a row")
}
