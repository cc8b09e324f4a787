import ArgumentParser
import ToolReward
import ToolRewardLines
import ToolRewardPrompts
import ToolRewardReport

/// `toolreward prompts render`.
struct RenderPromptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Render a chat template for one context, to the byte.",
    discussion: """
      Writes the text and nothing else: no line end is added. The context is a JSON object of the template's variables: messages, tools, \
      add_generation_prompt, bos_token, enable_thinking and whatever else the template reads.

      EXAMPLES
        toolreward prompts render --template chat_template.jinja --context context.json
        toolreward prompts render --template Qwen3-0.6B/ --context context.json     a model's folder
        toolreward prompts render --template tokenizer_config.json --name tool_use --context context.json
        toolreward prompts render --template t.jinja --context c.json --now 2026-11-21T00:00:00Z --spans

      EXIT STATUS
        0 done; 64 usage; 65 the template or the context is not what it should be, or the template raised an error; 66 no input; 74 input or output failed.
      """)

  @Option(
    help: ArgumentHelp(
      "A template, a tokenizer_config.json, or a model's folder with one of them.", valueName: "file|folder"))
  var template: String

  @Option(help: ArgumentHelp("The variables, as a JSON object; - is standard input.", valueName: "file"))
  var context: String

  @Option(help: ArgumentHelp("Which template, where there are several (default, tool_use, …).", valueName: "name"))
  var name: String?

  @Option(
    help: ArgumentHelp("What strftime_now takes for the time, in ISO 8601; by default the clock.", valueName: "time"))
  var now: String?

  @Flag(help: "Write {\"text\", \"generation_spans\"} as a line of JSON; the spans are byte ranges of the text.")
  var spans = false

  func validate() throws {
    if let now, CivilTime(iso8601: now) == nil {
      throw ValidationError("--now takes a time such as 2026-11-21T00:00:00Z, not '\(now)'.")
    }
    if template == "-", context == "-" {
      throw ValidationError("--template and --context cannot both be standard input.")
    }
  }

  func run() throws {
    if template != "-", !FileNames.exists(template) { throw missing(template) }
    let names = ["chat_template.jinja", "tokenizer_config.json"]
    if FileNames.isFolder(template), !names.contains(where: { FileNames.exists("\(template)/\($0)") }) {
      SuiteStatus.say("\(template): no \(names[0]) and no \(names[1]) in this folder")
      throw Status.noInput
    }
    if context != "-", !FileNames.exists(context) { throw missing(context) }
    let value = try readContext()
    let prompt: RenderedPrompt
    do throws(PromptError) {
      let file = try TemplateFile(path: template)
      let hasTools = value["tools"].map { $0.count > 0 } ?? false
      var template = try ChatTemplate(file.source(named: name, hasTools: hasTools))
      if let time = now.flatMap({ CivilTime(iso8601: $0) }) { template.now = { time } }
      template.defaults = file.specialTokens
      prompt = try template.render(context: value)
    } catch {
      say(error)
      throw Status.wrongInput
    }
    do throws(InputOutputError) {
      try OutputSink(path: "-").write(spans ? line(prompt) : prompt.text)
    } catch {
      throw Terminal.report(error)
    }
  }

  /// Tells what is wrong with the template. It is someone else's: what it says is spelled out.
  private func say(_ error: PromptError) {
    var lines =
      ["toolreward", VisibleText.of(template)] + (error.place.map { ["\($0)"] } ?? []) + [VisibleText.of(error.message)]
    lines = [lines.joined(separator: ": ")] + (error.place.map { [$0.excerpt] } ?? [])
    Terminal.say(lines.joined(separator: "\n"))
  }

  private func missing(_ path: String) -> ExitCode {
    SuiteStatus.say("\(path): no such file")
    return Status.noInput
  }

  private func readContext() throws -> Value {
    let text: [UInt8]
    do throws(InputOutputError) {
      text = try LineSource.wholeFile(context)
    } catch {
      throw Terminal.report(error)
    }
    do throws(ValueError) {
      let value = try ValueReader().read(text)
      if value.kind == .object { return value }
      SuiteStatus.say("\(context): the context is no JSON object; write {\"messages\": […], …}")
    } catch {
      SuiteStatus.say("\(context): \(error)")
    }
    throw Status.wrongInput
  }

  private func line(_ prompt: RenderedPrompt) -> [UInt8] {
    var output = Array("{\"text\":".utf8)
    VerdictWriter.append(String(decoding: prompt.text, as: UTF8.self), to: &output)
    let ranges = prompt.generationSpans.map { "[\($0.lowerBound),\($0.upperBound)]" }.joined(separator: ",")
    return output + Array(",\"generation_spans\":[\(ranges)]}\n".utf8)
  }
}
