internal import ToolReward
public import ToolRewardPrompts

/// A template's file as suites render it: as transformers does, but at a fixed time, so that prompts can be recorded.
public struct SuiteTemplate: PromptRenderer {
  private let withTools: ChatTemplate
  private let plain: ChatTemplate

  /// What `strftime_now` takes for the time: the first second of 2026, UTC.
  public static let time = "2026-01-01T00:00:00Z"

  /// Reads `chat_template.jinja`, `tokenizer_config.json` or `chat_template.json`.
  ///
  /// - Throws: ``PromptError`` as ``TemplateFile`` and ``ChatTemplate`` do.
  public init(_ content: [UInt8]) throws(PromptError) {
    let file = try TemplateFile(content: content)
    withTools = try Self.template(file, hasTools: true)
    plain = try Self.template(file, hasTools: false)
  }

  private static func template(_ file: TemplateFile, hasTools: Bool) throws(PromptError) -> ChatTemplate {
    var template = try ChatTemplate(file.source(hasTools: hasTools))
    template.defaults = file.specialTokens
    if let time = CivilTime(iso8601: time) { template.now = { time } }
    return template
  }

  /// The loader of ``PromptSuite/init(file:rewards:formats:loader:)``.
  public static let load: TemplateLoader = { (_, text) throws(PromptError) in try SuiteTemplate(text) }

  /// The prompt of a conversation: by the template `tool_use` if there are tools and such a template.
  public func render(_ request: PromptRequest) throws(PromptError) -> RenderedPrompt {
    try ((request.tools?.count ?? 0) > 0 ? withTools : plain).render(request)
  }
}
