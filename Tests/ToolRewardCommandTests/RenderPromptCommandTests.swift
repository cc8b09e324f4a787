import Foundation
import Testing

/// A folder of files that is gone at the end.
private struct Files {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("toolreward-\(UUID().uuidString)")

  init(_ contents: [String: String]) throws {
    for (name, text) in contents {
      let file = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
  }

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
  func remove() { try? FileManager.default.removeItem(at: folder) }
}

private let chat = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}"
private let context = #"{"messages": [{"role": "user", "content": "é <b>"}, {"role": "assistant", "content": "A\n"}]}"#

@Suite struct RenderPromptCommandTests {
  /// Renders a template; the words `CONTEXT`, `TEMPLATE` and `FOLDER` in the arguments are paths.
  private func render(
    _ template: String, _ context: String = context, _ arguments: [String] = [], input: String = ""
  ) throws -> Run {
    let files = try Files(["t.jinja": template, "c.json": context])
    defer { files.remove() }
    var all = ["prompts", "render"] + arguments
    if !arguments.contains("--template") { all += ["--template", files.path("t.jinja")] }
    if !arguments.contains("--context") { all += ["--context", files.path("c.json")] }
    return try Run(
      all.map {
        $0.replacingOccurrences(of: "FOLDER", with: files.folder.path)
          .replacingOccurrences(of: "TEMPLATE", with: files.path("t.jinja"))
          .replacingOccurrences(of: "CONTEXT", with: files.path("c.json"))
      }, input: input)
  }

  @Test func theTextAndNothingElse() throws {
    let run = try render(chat)
    #expect(run.output == "<user>é <b><assistant>A\n")
    #expect(run.status == 0 && run.errors.isEmpty)
    #expect(try render("").output.isEmpty)
    #expect(try render(chat, context, ["--context", "-"], input: context).output == run.output)
    #expect(try render(chat, context, ["--template", "-"], input: chat).output == run.output)
  }

  @Test(arguments: [
    ("2026-11-21", "21 Nov 2026 00:00"), ("2026-11-21T09:05:07Z", "21 Nov 2026 09:05"),
  ]) func theClockIsGiven(row: (String, String)) throws {
    let template = "{{ strftime_now('%d %b %Y %H:%M') }}"
    #expect(try render(template, "{}", ["--now", row.0]).output == row.1)
  }

  @Test func spansAreByteRanges() throws {
    let template = "é{% generation %}{{ messages[1].content }}{% endgeneration %}\"\n"
    let run = try render(template, context, ["--spans"])
    #expect(run.output == #"{"text":"éA\n\"","generation_spans":[[2,4]]}"# + "\n")
    #expect(run.status == 0)
  }

  @Test func foldersAndConfigurations() throws {
    let configuration = #"""
      {"bos_token": {"content": "<s>"}, "eos_token": "</s>",
       "chat_template": [{"name": "default", "template": "D{{ bos_token }}"}, {"name": "tool_use", "template": "T{{ eos_token }}"}]}
      """#
    let files = try Files([
      "one/tokenizer_config.json": configuration, "two/tokenizer_config.json": configuration,
      "two/chat_template.jinja": "J{{ eos_token }}", "none/other": "", "c.json": "{}",
      "tools.json": #"{"tools": [{}], "bos_token": "own"}"#,
    ])
    defer { files.remove() }
    func render(_ template: String, _ context: String, _ more: String...) throws -> Run {
      try Run(
        ["prompts", "render", "--template", files.path(template), "--context", files.path(context)] + more)
    }
    #expect(try render("one", "c.json").output == "D<s>")
    #expect(try render("one/", "c.json").output == "D<s>")
    #expect(try render("one", "tools.json").output == "T</s>")
    #expect(try render("one/tokenizer_config.json", "tools.json", "--name", "default").output == "Down")
    #expect(try render("two", "c.json").output == "J</s>")
    let wrongName = try render("one", "c.json", "--name", "rag")
    #expect(
      wrongName.status == 65
        && wrongName.errors.contains("no template named 'rag'; the templates are: default, tool_use"))
    let none = try render("none", "c.json")
    #expect(none.status == 66 && none.errors.contains("no chat_template.jinja and no tokenizer_config.json"))
  }

  @Test(
    arguments: [
      // The command line.
      (chat, context, ["--now", "yesterday"], 64, "--now takes a time such as 2026-11-21T00:00:00Z, not 'yesterday'"),
      (chat, context, ["--now", "2026-13-01"], 64, "--now takes a time"),
      (chat, context, ["--template", "-", "--context", "-"], 64, "cannot both be standard input"),
      // Files.
      (chat, context, ["--template", "FOLDER/none.jinja"], 66, "none.jinja: no such file"),
      (chat, context, ["--context", "FOLDER/none.json"], 66, "none.json: no such file"),
      (chat, context, ["--context", "FOLDER"], 74, "directory"),
      // The context.
      (chat, "{\"messages\": [", [], 65, "c.json: "),
      (chat, "[1]", [], 65, "c.json: the context is no JSON object"),
      (chat, "", [], 65, "c.json: "),
      // The template: where it is wrong, where it raises, and limits.
      ("a\n{% if %}\n", context, [], 65, "t.jinja: line 2, column 7: TemplateSyntaxError: "),
      ("a\n  {{ x.y.z }}\n", context, [], 65, "\n    {{ x.y.z }}\n        ^"),
      ("{{ raise_exception('No.') }}", context, [], 65, "the template raised an error: No."),
      ("{% for i in range(1000000000) %}{% endfor %}", context, [], 65, "blocks ranges larger than"),
      ("{{ ''.__class__.__mro__ }}", context, [], 65, "SecurityError"),
      ("{{ '\u{1B}[31m' + 1 }}", context, [], 65, "TypeError"),
      ("{\"chat_template\": 1}", context, [], 65, "neither a string nor a list of templates"),
    ] as [(String, String, [String], Int32, String)])
  func mistakesAreTold(
    _ template: String, _ context: String, _ arguments: [String], _ status: Int32, _ message: String
  ) throws {
    let run = try render(template, context, arguments)
    #expect(run.status == status)
    #expect(run.errors.contains(message), "\(run.errors)")
    #expect(run.output.isEmpty)
    // Nothing that a template says reaches the terminal as a command of it.
    #expect(!run.errors.contains("\u{1B}"))
  }
}
