import ArgumentParser
import ToolReward

/// Bowtie's harness protocol (https://docs.bowtie.report): one JSON command a line in, one answer a line out.
struct BowtieCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bowtie",
    abstract: "Speak Bowtie's harness protocol, so that the validator can be compared with others.",
    discussion: """
      Reads commands from standard input, one a line (start, dialect, run, stop), and answers each at once. What cannot be told is \
      answered with "errored" or, for a pattern that is not read, with "skipped": never with a guess.

      EXAMPLE
        echo '{"cmd":"start","version":1}' | toolreward bowtie
      """
  )

  func run() throws {
    var harness = BowtieHarness()
    while let line = readLine(strippingNewline: true) {
      guard let answer = harness.answer(Array(line.utf8)) else { break }
      Terminal.answer(answer)
    }
  }
}

/// The harness's state between commands.
struct BowtieHarness {
  private var dialect = SchemaDialect.draft2020

  /// The answer to a command; `nil` for "stop".
  mutating func answer(_ line: [UInt8]) -> [UInt8]? {
    guard let command = try? ValueReader().read(line) else { return failure(nil, "the line is not JSON") }
    switch command["cmd"]?.string {
    case "start":
      guard command["version"]?.numberLiteral == "1" else {
        return failure(nil, "this harness speaks version 1 of the protocol")
      }
      return Array(
        """
        {"version":1,"implementation":{"language":"swift","name":"toolreward","version":"\(toolRewardVersion)",\
        "homepage":"https://github.com/toolreward/toolreward","issues":"https://github.com/toolreward/toolreward/issues",\
        "source":"https://github.com/toolreward/toolreward",\
        "dialects":["https://json-schema.org/draft/2020-12/schema","http://json-schema.org/draft-07/schema#"]}}
        """.utf8)
    case "dialect":
      guard let named = command["dialect"]?.stringBytes.flatMap({ SchemaDialect(uri: $0) }) else {
        return Array(#"{"ok":false}"#.utf8)
      }
      dialect = named
      return Array(#"{"ok":true}"#.utf8)
    case "run": return run(command)
    case "stop": return nil
    default: return failure(nil, "\"cmd\" must be start, dialect, run or stop")
    }
  }

  private func run(_ command: Value) -> [UInt8] {
    let sequence = command["seq"]
    guard let test = command["case"], let schema = test["schema"] else {
      return failure(sequence, "\"case\" must have a \"schema\"")
    }
    var registry = SchemaRegistry()
    for (uri, document) in test["registry"]?.members ?? [] {
      registry.add(document, at: String(decoding: uri, as: UTF8.self))
    }
    let compiled: JSONSchema
    do throws(SchemaError) {
      compiled = try JSONSchema(schema, registry: registry, dialect: dialect)
    } catch {
      return failure(sequence, error.description)
    }
    var output = beginning(sequence) + Array(#""results":["#.utf8)
    for (position, entry) in (test["tests"]?.elements ?? []).enumerated() {
      if position > 0 { output.append(0x2C) }
      guard let instance = entry["instance"] else {
        output += Array(#"{"errored":true,"context":{"message":"the test has no instance"}}"#.utf8)
        continue
      }
      switch compiled.isValid(instance) {
      case .valid: output += Array(#"{"valid":true}"#.utf8)
      case .invalid: output += Array(#"{"valid":false}"#.utf8)
      case .indeterminate(.pattern(let text)):
        output += Array(#"{"skipped":true,"message":"#.utf8)
        VerdictWriter.append("\(SchemaVerdict.Reason.pattern(text))", to: &output)
        output.append(0x7D)
      case .indeterminate(let reason):
        output += Array(#"{"errored":true,"context":{"message":"#.utf8)
        VerdictWriter.append("it cannot be told: \(reason)", to: &output)
        output += [0x7D, 0x7D]
      }
    }
    return output + [0x5D, 0x7D]
  }

  private func beginning(_ sequence: Value?) -> [UInt8] {
    Array(#"{"seq":"#.utf8) + (sequence.map { JSONWriter.compact.write($0) } ?? Array("null".utf8)) + [0x2C]
  }

  private func failure(_ sequence: Value?, _ message: String) -> [UInt8] {
    var output = beginning(sequence) + Array(#""errored":true,"context":{"message":"#.utf8)
    VerdictWriter.append(message, to: &output)
    return output + [0x7D, 0x7D]
  }
}
