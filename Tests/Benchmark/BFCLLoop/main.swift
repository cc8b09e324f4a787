import ToolReward
import ToolRewardBenchmarks
import ToolRewardData

// What a verdict costs, rows in memory: BFCLLoop DATA ROWS.jsonl [SECONDS].
let arguments = CommandLine.arguments
guard arguments.count >= 3 else {
  print("usage: BFCLLoop DATA ROWS.jsonl [SECONDS]")
  throw Usage()
}
struct Usage: Error {}

let evaluator = BFCLEvaluator(try BFCLDataset(folder: arguments[1]))
let reader = BFCLRowReader()
var rows: [BFCLRow] = []
for line in try LineSource.wholeFile(arguments[2]).split(separator: 0x0A) {
  rows.append(try reader.read(Array(line).span))
}
let seconds = arguments.count > 3 ? Double(arguments[3]) ?? 1 : 1
let clock = ContinuousClock()
var best = Double.infinity
var right = 0
let end = clock.now + .seconds(seconds)
while clock.now < end {
  right = 0
  let start = clock.now
  for row in rows {
    if evaluator.verdicts(of: row, isStrict: false)?.official.isValid == true { right += 1 }
  }
  best = min(best, (clock.now - start) / .seconds(1))
}
print("\(rows.count) rows, \(right) right, \(Int(best / Double(rows.count) * 1e9)) ns a row")
