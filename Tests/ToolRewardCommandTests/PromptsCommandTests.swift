import Foundation
import Testing

@Suite struct PromptsCommandTests {
  private let fixtures = root.appendingPathComponent("Fixtures/prompts")

  private func withCopy<R>(_ body: (URL) throws -> R) throws -> R {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("prompts-\(UUID().uuidString)")
    try FileManager.default.copyItem(at: fixtures, to: folder)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }

  /// The guide's files are the fixtures, and its commands end as it says.
  @Test func guide() throws {
    let guide = try String(contentsOf: root.appendingPathComponent("Docs/PromptSuites.md"), encoding: .utf8)
    for (name, language) in [("hermes.jinja", "jinja"), ("suite.yaml", "yaml"), ("completions.jsonl", "json")] {
      let text = try String(contentsOf: fixtures.appendingPathComponent(name), encoding: .utf8)
      #expect(guide.contains("```\(language)\n\(text)```"), "\(name)")
    }
    try withCopy { folder in
      var (count, asking) = (0, 0)
      for line in guide.split(separator: "\n") where line.hasPrefix("toolreward prompts ") {
        let parts = line.split(separator: "#", maxSplits: 1)
        let words = parts[0].split(separator: " ").dropFirst().map(String.init)
        guard parts.count == 2 else {
          // What asks a server: the options are those there are, and this build says what it lacks.
          let run = try Run(words, in: folder)
          #expect(
            run.status == 1 && run.errors.contains("swift build -c release --traits Endpoint"), "\(line)\n\(run.errors)"
          )
          asking += 1
          continue
        }
        let status = Int32(parts[1].drop { $0 == " " }.prefix { $0.isNumber })
        let run = try Run(words, in: folder)
        #expect(run.status == status, "\(line)\n\(run.output)\(run.errors)")
        count += 1
      }
      #expect(count == 7 && asking == 2)
      for name in ["report.html", "report.xml", "report.json", "cells.jsonl", "__Snapshots__/suite/hermes__paris.txt"] {
        #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path), "\(name)")
      }
    }
  }

  @Test func snapshots() throws {
    try withCopy { folder in
      #expect(try Run(["prompts", "snapshot", "suite.yaml", "--record", "never"], in: folder).status == 100)
      let run = try Run(["prompts", "snapshot", "suite.yaml"], in: folder)
      #expect(run.output.hasSuffix("4 recorded, 0 as recorded before, 0 not as recorded\n") && run.status == 0)
      let file = folder.appendingPathComponent("hermes.jinja")
      let text = try String(contentsOf: file, encoding: .utf8)
      try Data(text.replacing("You may call tools", with: "You can call tools").utf8).write(to: file)
      let missing = try Run(["prompts", "snapshot", "suite.yaml", "--record", "missing"], in: folder)
      #expect(missing.status == 100 && missing.output.contains("0 recorded, 2 as recorded before, 2 not as recorded"))
      let difference = try Run(["prompts", "diff", "suite.yaml"], in: folder)
      #expect(
        difference.status == 100 && difference.output.contains("\n-You may call tools")
          && difference.output.contains("\n+You can call tools"))
      #expect(try Run(["prompts", "snapshot", "suite.yaml"], in: folder).status == 0)
      #expect(try Run(["prompts", "diff", "suite.yaml"], in: folder).output == "nothing differs\n")
    }
  }

  /// Nothing that was compared, and nothing that came, is no success.
  @Test func nothingIsNoSuccess() throws {
    try withCopy { folder in
      func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
      }
      try write("", "empty.jsonl")
      try write("{\"template\":\"hermes\",\"case\":\"paris\",\"completion\":\"x\"}\n", "one.jsonl")
      try write("{{ raise_exception('never') }}", "raises.jinja")
      try write(
        "templates: [{name: a, file: raises.jinja}, {file: raises.jinja}]\ncases: [{file: rows.jsonl}]", "raising.yaml")
      let cases = "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]}\n"
      try write(cases, "rows.jsonl")
      try write("templates: [{file: hermes.jinja}, {file: forgetful.jinja}]\ncases: [{file: rows.jsonl}]", "rows.yaml")
      let rows: [([String], Int32, String)] = [
        (["test", "suite.yaml", "-c", "empty.jsonl", "--templates", "hermes"], 1, "2 could not be judged"),
        (["compare", "suite.yaml", "-c", "empty.jsonl"], 1, "nothing was compared"),
        (["compare", "suite.yaml", "-c", "one.jsonl"], 1, "nothing was compared"),
        (["diff", "raising.yaml", "--templates", "a", "--templates", "raises"], 1, "1 could not be compared"),
        (["test", "rows.yaml", "--html", "hermes.jinja"], 1, "hermes.jinja is both input and output"),
        (["compare", "rows.yaml", "--jsonl", "rows.jsonl"], 1, "rows.jsonl is both input and output"),
        (["test", "suite.yaml", "--json", "suite.completions.jsonl"], 1, "both input and output"),
        (["snapshot", "suite.yaml", "--snapshots", "suite.yaml/x"], 1, "cannot be written"),
        (["snapshot", "--help"], 0, "EXIT STATUS"),
      ]
      try write("", "suite.completions.jsonl")
      for (arguments, status, message) in rows {
        let run = try Run(["prompts"] + arguments, in: folder)
        #expect(
          run.status == status && (run.errors + run.output).contains(message),
          "\(arguments): \(run.status) \(run.errors)\(run.output)")
      }
      #expect(try String(contentsOf: folder.appendingPathComponent("rows.jsonl"), encoding: .utf8) == cases)
    }
  }

  /// What cannot be read ends with 1 and says where; what cannot be judged too.
  @Test func errors() throws {
    try withCopy { folder in
      let rows: [([String], Int32, String)] = [
        (["test", "none.yaml"], 1, "none.yaml: cannot open none.yaml"),
        (["test", "hermes.jinja"], 1, "hermes.jinja"),
        (["test", "suite.yaml", "--templates", "x"], 1, "has no template 'x'; it has: hermes, forgetful"),
        (["test", "suite.yaml", "--cases", "x"], 1, "has no case 'x'"),
        (["test", "suite.yaml", "-c", "suite.yaml"], 1, "suite.yaml:1:"),
        (["test", "suite.yaml", "--json", "-"], 64, "A report needs a file"),
        (["test", "suite.yaml", "--k", "0"], 64, "--k must be 1 or more"),
        (["test", "suite.yaml", "--json", "suite.yaml"], 1, "both input and output"),
        (["test", "suite.yaml", "--endpoint", "http://localhost:1/v1"], 64, "--endpoint needs the model's name"),
        (
          ["test", "suite.yaml", "--endpoint", "http://localhost:1/v1", "--model", "m", "--concurrency", "0"], 64,
          "--concurrency"
        ),
        (
          ["test", "suite.yaml", "--endpoint", "http://localhost:1/v1", "--model", "m", "--timeout", "0"], 64,
          "--timeout"
        ),
        (["test", "suite.yaml", "--model", "m"], 64, "There is no --endpoint to ask"),
        (
          ["test", "suite.yaml", "-c", "completions.jsonl", "--endpoint", "http://localhost:1/v1", "--model", "m"], 64,
          "--completions or from"
        ),
        (["compare", "suite.yaml", "--templates", "hermes"], 1, "nothing to compare"),
        (["compare", "suite.yaml", "--baseline", "x"], 1, "no template 'x'"),
        (["test", "broken.yaml"], 1, "broken.yaml:1:20: /templates/0/file: line 1"),
        (["test", "truth.yaml", "-c", "completions.jsonl", "--templates", "hermes", "--cases", "paris"], 1, ""),
      ]
      try Data("{% if %}".utf8).write(to: folder.appendingPathComponent("broken.jinja"))
      try Data("templates: [{file: broken.jinja}]\ncases: []".utf8).write(
        to: folder.appendingPathComponent("broken.yaml"))
      let suite = try String(contentsOf: folder.appendingPathComponent("suite.yaml"), encoding: .utf8)
      try Data(suite.replacing("ground_truth: [{name: get_weather, ", with: "ground_truth: [{nome: get_weather, ").utf8)
        .write(to: folder.appendingPathComponent("truth.yaml"))
      for (arguments, status, message) in rows {
        let run = try Run(["prompts"] + arguments, in: folder)
        #expect(
          run.status == status && (message.isEmpty || run.errors.contains(message)),
          "\(arguments): \(run.status) \(run.errors)\(run.output)"
        )
      }
    }
  }
}
