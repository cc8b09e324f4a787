import Foundation
import ToolReward

// Validates parsed values again and again: what a call's arguments cost once they are read.
// usage: SchemaLoop CASES.json      CASES: [{"schema", "valid", "invalid"}]; prints nanoseconds a value
let path = CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : ""
let cases = try ValueReader().read([UInt8](Data(contentsOf: URL(fileURLWithPath: path)))).elements

var schemas: [JSONSchema] = []
var valid: [Value] = []
var invalid: [Value] = []
for entry in cases {
  guard let schema = entry["schema"], let good = entry["valid"], let bad = entry["invalid"] else { continue }
  schemas.append(try JSONSchema(schema))
  // A call's arguments come on a tape of their own.
  valid.append(try ValueReader().read(good.description))
  invalid.append(try ValueReader().read(bad.description))
}

@MainActor func best(_ body: @MainActor (Int) -> Void) -> Int {
  let rounds = 2000
  var best = Duration.seconds(1_000_000)
  for _ in 0..<7 {
    let start = ContinuousClock.now
    for _ in 0..<rounds { for index in schemas.indices { body(index) } }
    best = min(best, ContinuousClock.now - start)
  }
  let nanoseconds = Double(best.components.seconds) * 1e9 + Double(best.components.attoseconds) / 1e9
  return Int(nanoseconds / Double(rounds * schemas.count))
}

for index in schemas.indices {
  precondition(
    schemas[index].isValid(valid[index]) == .valid && schemas[index].isValid(invalid[index]) == .invalid,
    "case \(index)")
}
print("isValid, valid: \(best { _ = schemas[$0].isValid(valid[$0]) }) ns")
print("isValid, invalid: \(best { _ = schemas[$0].isValid(invalid[$0]) }) ns")
print("explain, valid: \(best { _ = schemas[$0].explain(valid[$0]) }) ns")
print("explain, invalid: \(best { _ = schemas[$0].explain(invalid[$0]) }) ns")
