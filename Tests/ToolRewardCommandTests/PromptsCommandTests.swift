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

  /// What is not recorded is told apart from what differs, with what to run; what cannot be read is no prompt that is missing.
  @Test func unrecorded() throws {
    try withCopy { folder in
      let nowhere = try Run(["prompts", "diff", "suite.yaml", "--snapshots", "nowhere"], in: folder)
      #expect(nowhere.status == 100)
      #expect(
        nowhere.output == """
          hermes__paris.txt is not recorded
          forgetful__paris.txt is not recorded
          hermes__thanks.txt is not recorded
          forgetful__thanks.txt is not recorded
          4 of the prompts are not recorded: run `toolreward prompts snapshot suite.yaml --snapshots nowhere`

          """)
      #expect(try Run(["prompts", "snapshot", "suite.yaml", "--cases", "paris"], in: folder).status == 0)
      let part = try Run(["prompts", "diff", "suite.yaml"], in: folder)
      #expect(part.status == 100 && part.output.hasPrefix("hermes__thanks.txt is not recorded\n"))
      #expect(
        part.output.hasSuffix("2 of the prompts are not recorded: run `toolreward prompts snapshot suite.yaml`\n"))
      let file = folder.appendingPathComponent("__Snapshots__/suite/hermes__paris.txt")
      try FileManager.default.removeItem(at: file)
      try FileManager.default.createDirectory(at: file, withIntermediateDirectories: true)
      let commands = [
        ["diff", "suite.yaml"], ["snapshot", "suite.yaml"], ["snapshot", "suite.yaml", "--record", "missing"],
      ]
      for arguments in commands {
        let run = try Run(["prompts"] + arguments, in: folder)
        #expect(
          run.status == 1 && run.output.contains("cannot read __Snapshots__/suite/hermes__paris.txt"), "\(run.output)")
      }
    }
  }

  /// Others' text does not act on the terminal: names, what templates raise, and what is wrong with either.
  @Test func nothingActs() throws {
    try withCopy { folder in
      func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
      }
      try write("{{ raise_exception('\u{1B}[31mred\\u001b[0m') }}", "raises.jinja")
      let escape = "\"\\e[31mred\""
      try write(
        "templates: [{name: \(escape), file: raises.jinja}, {file: hermes.jinja}]\ncases: [{name: \(escape), messages: [{role: user, content: \(escape)}]}]",
        "acts.yaml")
      try write(
        "templates: [{framing: chatml}]\nchecks: [\(escape)]\ncases: [{messages: [{role: user, content: a}]}]",
        "check.yaml")
      try write(#"{"template": "\u001b[31m", "case": "\u001b[32m", "completion": "\u001b[33m"}"#, "rows.jsonl")
      let rows: [[String]] = [
        ["test", "acts.yaml"], ["snapshot", "acts.yaml"], ["snapshot", "acts.yaml", "--record", "never"],
        ["diff", "acts.yaml"],
        ["diff", "acts.yaml", "--templates", "hermes", "--templates", "\u{1B}[31mred"], ["compare", "acts.yaml"],
        ["test", "acts.yaml", "--templates", "x"], ["test", "acts.yaml", "--cases", "\u{1B}[1m"],
        ["test", "check.yaml"],
        ["test", "acts.yaml", "-c", "rows.jsonl"], ["compare", "acts.yaml", "--baseline", "\u{1B}[1m"],
        ["render", "--template", "raises.jinja", "--context", "context.json"],
      ]
      try write("{}", "context.json")
      for arguments in rows {
        let run = try Run(["prompts"] + arguments, in: folder)
        let shown = run.output + run.errors
        #expect(!shown.unicodeScalars.contains("\u{1B}"), "\(arguments): \(shown)")
        #expect(shown.contains("u{1B}") || arguments.first == "compare", "\(arguments): \(shown)")
      }
    }
  }

  /// Nothing that was compared, and nothing that came, is no success.
  @Test func nothingIsNoSuccess() throws {
    try withCopy { folder in
      func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
      }
      try write("", "empty.jsonl")
      try write("{\"template\":\"hermes\",\"case\":\"paris\",\"sample\":0,\"completion\":\"x\"}\n", "one.jsonl")
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
        (["snapshot", "suite.yaml", "--snapshots", "suite.yaml/x"], 1, "cannot open suite.yaml/x/"),
        (["snapshot", "suite.yaml", "--snapshots", "suite.yaml/x", "--record", "all"], 1, "cannot be written"),
        (["test", "suite.yaml", "--json", "hh.json", "--jsonl", "./hh.json"], 64, "Two reports cannot be"),
        (["compare", "suite.yaml", "--junit", "x/../hh", "--html", "hh"], 64, "Two reports cannot be"),
        (
          ["test", "suite.yaml", "--json", "new.json", "--html", "link.html"], 1,
          "link.html is new.json, which has a report"
        ),
        (
          ["test", "suite.yaml", "-c", "one.jsonl", "-c", "./one.jsonl"], 64,
          "./one.jsonl is given twice, as one.jsonl too"
        ),
        (["test", "suite.yaml", "-c", "one.jsonl", "-c", "other.jsonl"], 1, "other.jsonl:1:"),
        (["snapshot", "--help"], 0, "EXIT STATUS"),
      ]
      try write("", "suite.completions.jsonl")
      try FileManager.default.createDirectory(
        at: folder.appendingPathComponent("x"), withIntermediateDirectories: false)
      try FileManager.default.createSymbolicLink(
        atPath: folder.appendingPathComponent("link.html").path, withDestinationPath: "new.json")
      try write("{\"template\":\"hermes\",\"case\":\"paris\",\"sample\":0,\"completion\":\"y\"}\n", "other.jsonl")
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
