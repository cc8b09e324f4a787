import Foundation
import ToolReward

// Validates parsed values again and again: what a call's arguments cost once they are read.
// usage: SchemaLoop CASES.json      CASES: [{"schema", "valid", "invalid"}]; prints nanoseconds a value
let path = CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : ""
let cases = try ValueReader().read([UInt8](Data(contentsOf: URL(fileURLWithPath: path)))).elements

/// A compiled schema with a value of each kind, each on a tape of its own as a call's arguments come.
struct Case {
  let schema: JSONSchema
  let valid: Value
  let invalid: Value
}

/// Nanoseconds a case, the best of seven rounds.
func best(_ cases: [Case], _ body: (Case) -> Void) -> Int {
  let rounds = 2000
  var best = Duration.seconds(1_000_000)
  for _ in 0..<7 {
    let start = ContinuousClock.now
    for _ in 0..<rounds { for entry in cases { body(entry) } }
    best = min(best, ContinuousClock.now - start)
  }
  let nanoseconds = Double(best.components.seconds) * 1e9 + Double(best.components.attoseconds) / 1e9
  return Int(nanoseconds / Double(rounds * cases.count))
}

func measure(_ cases: [Case]) {
  for (index, entry) in cases.enumerated() {
    precondition(
      entry.schema.isValid(entry.valid) == .valid && entry.schema.isValid(entry.invalid) == .invalid, "case \(index)")
  }
  print("isValid, valid: \(best(cases) { _ = $0.schema.isValid($0.valid) }) ns")
  print("isValid, invalid: \(best(cases) { _ = $0.schema.isValid($0.invalid) }) ns")
  print("explain, valid: \(best(cases) { _ = $0.schema.explain($0.valid) }) ns")
  print("explain, invalid: \(best(cases) { _ = $0.schema.explain($0.invalid) }) ns")
}

measure(
  try cases.compactMap { entry in
    guard let schema = entry["schema"], let good = entry["valid"], let bad = entry["invalid"] else { return nil }
    return Case(
      schema: try JSONSchema(schema), valid: try ValueReader().read(good.description),
      invalid: try ValueReader().read(bad.description))
  })
