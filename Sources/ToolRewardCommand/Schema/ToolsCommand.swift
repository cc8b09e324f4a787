import ArgumentParser
import ToolReward

struct ToolsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tools",
    abstract: "Print tool definitions of any origin as JSON Schema 2020-12, with the rules that made them so.",
    discussion: """
      Reads OpenAI, Anthropic, MCP, Gemini, Bedrock, OpenAPI 3, BFCL, xLAM, ToolACE, API-Bank, ACEBench, Hammer and bare schemas: one JSON \
      document, or one definition a line. Prints {"name", "parameters", "checked"?, "rules": [{"rule", "pointer", "detail"?}]}, one tool a line; \
      "checked" is false where the definition says nothing about parameters, so that calls are not checked. What its author should know goes to standard error. Exit status 1 if a tool's parameters are no schema.

      EXAMPLES
        toolreward tools tools.json
        toolreward tools --unknown-arguments open tools.jsonl
        toolreward tools --rules
      """
  )

  @Argument(help: ArgumentHelp("The definitions.", valueName: "tools"))
  var file: String?

  @Flag(help: "List the rules of the front end.")
  var rules = false

  @OptionGroup var definitions: DefinitionOptions

  func validate() throws {
    if file == nil, !rules { throw ValidationError("Name the file of definitions, or give --rules.") }
    _ = try definitions.makeReader()
  }

  func run() throws {
    if rules {
      for rule in DefinitionRule.allCases { print("\(rule.rawValue)\n  \(rule.summary)") }
    }
    guard let file else { return }
    let toolbox = try ToolsFile.read(file, reader: try definitions.makeReader())
    for tool in toolbox.tools {
      var line = Array(#"{"name":"#.utf8)
      VerdictWriter.append(tool.definition.displayName, to: &line)
      line +=
        Array(#","parameters":"#.utf8) + JSONWriter.compact.write(tool.definition.parameters)

      if tool.schema == nil { line += Array(#","checked":false"#.utf8) }
      line += Array(#","rules":["#.utf8)
      for (position, applied) in tool.definition.applied.enumerated() {
        if position > 0 { line.append(0x2C) }
        line += Array(#"{"rule":"#.utf8)
        VerdictWriter.append(applied.rule.rawValue, to: &line)
        line += Array(#","pointer":"#.utf8)
        VerdictWriter.append(applied.pointer, to: &line)
        if let detail = applied.detail {
          line += Array(#","detail":"#.utf8)
          VerdictWriter.append(detail, to: &line)
        }
        line.append(0x7D)
      }
      Terminal.answer(line + [0x5D, 0x7D])
    }
    for remark in toolbox.remarks { Terminal.say("toolreward: \(file): \(remark)") }
    let isBroken = toolbox.remarks.contains { if case .brokenSchema = $0 { true } else { false } }
    if isBroken { throw Status.someUnscorable }
  }
}
