import ArgumentParser
import ToolReward
import ToolRewardBenchmarks

struct FormatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "formats", abstract: "List the completion formats and the leniencies.")

  @Flag(help: "Print JSON: one object a line.")
  var json = false

  func run() {
    for format in FormatRegistry().formats {
      if json {
        print(JSONLine([("name", format.name), ("summary", format.summary), ("example", format.example)]).text)
      } else {
        print("\(format.name)\n  \(format.summary)")
        for line in format.example.split(separator: "\n") { print("    \(line)") }
      }
    }
    if !json { print("\nLeniencies: \(Leniencies.named.map(\.name).joined(separator: ", "))") }
  }
}

struct RewardsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "rewards", abstract: "List the rewards.")

  @Flag(help: "Print JSON: one object a line.")
  var json = false

  func run() {
    for policy in RewardRegistry.withBenchmarks.policies {
      if json {
        var line = JSONLine([("name", policy.name), ("summary", policy.summary), ("source", policy.source)])
        line.add("components", policy.componentNames)
        line.add("format", policy.format?.name)
        print(line.text)
      } else {
        print("\(policy.name)\n  \(policy.summary)\n  from \(policy.source)")
      }
    }
  }
}

/// A JSON object on one line.
struct JSONLine {
  private var members: [String]

  init(_ strings: [(name: String, value: String)]) {
    members = strings.map { "\(Self.quoted($0.name)):\(Self.quoted($0.value))" }
  }

  mutating func add(_ name: String, _ values: [String]) {
    members.append("\(Self.quoted(name)):[\(values.map(Self.quoted).joined(separator: ","))]")
  }

  mutating func add(_ name: String, _ value: String?) {
    members.append("\(Self.quoted(name)):\(value.map(Self.quoted) ?? "null")")
  }

  mutating func add(_ name: String, json: String) { members.append("\(Self.quoted(name)):\(json)") }

  mutating func add(_ name: String, number: Int) { members.append("\(Self.quoted(name)):\(number)") }

  var text: String { "{\(members.joined(separator: ","))}" }

  private static func quoted(_ text: String) -> String {
    var bytes: [UInt8] = []
    VerdictWriter.append(text, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
