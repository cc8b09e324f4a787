internal import ToolReward
public import ToolRewardPrompts

/// A template's file as suites render it: as transformers does, but at a fixed time, so that prompts can be recorded.
public struct SuiteTemplate: PromptRenderer {
  private let withTools: ChatTemplate
  private let plain: ChatTemplate

  /// The special tokens that the file names, and those that stand in the template's text as `<|…|>`, `<｜…｜>` or `[…]` in capitals.
  public let specialTokens: [[UInt8]]

  /// What `strftime_now` takes for the time: the first second of 2026, UTC.
  public static let time = "2026-01-01T00:00:00Z"

  /// Reads `chat_template.jinja`, `tokenizer_config.json` or `chat_template.json`.
  ///
  /// - Throws: ``PromptError`` as ``TemplateFile`` and ``ChatTemplate`` do.
  public init(_ content: [UInt8]) throws(PromptError) {
    let file = try TemplateFile(content: content)
    withTools = try Self.template(file, hasTools: true)
    plain = try Self.template(file, hasTools: false)
    let literals = file.templates.flatMap { Self.tokens(in: $0.source) }
    specialTokens = file.specialTokens.map(\.text).filter { !$0.isEmpty } + file.addedTokens + literals
  }

  /// Tokens as templates spell them out. O(source).
  private static func tokens(in source: [UInt8]) -> [[UInt8]] {
    var tokens: [[UInt8]] = []
    let bar = Array("｜".utf8)
    func isName(_ byte: UInt8) -> Bool {
      isCapital(byte) || (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x29 || byte == 0x5D
    }
    func isCapital(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) || byte == 0x5F || byte == 0x2F }
    var isCode = false
    for start in source.indices {
      if start > 0, source[start - 1] == 0x7B, source[start] == 0x7B || source[start] == 0x25 { isCode = true }
      if start > 0, source[start] == 0x7D, source[start - 1] == 0x7D || source[start - 1] == 0x25 { isCode = false }
      guard source[start] == 0x3C || source[start] == 0x5B else { continue }
      // `names[INDEX]` takes an element.
      if isCode, source[start] == 0x5B, start > 0, isName(source[start - 1]) { continue }
      let rest = source[start...].prefix(longestToken)
      let token: ArraySlice<UInt8>?
      if source[start] == 0x5B {
        let name = rest.dropFirst().prefix(while: isCapital)
        token =
          name.count > 1 && name.endIndex < rest.endIndex && rest[name.endIndex] == 0x5D
          ? rest[...name.endIndex] : nil
      } else {
        let end = rest.firstIndex(of: 0x3E) ?? rest.startIndex
        let inner = rest[rest.startIndex..<end].dropFirst()
        let isFramed =
          inner.count > 2 && inner.first == 0x7C && inner.last == 0x7C
          || inner.count > 2 * bar.count && inner.starts(with: bar) && inner.suffix(bar.count).elementsEqual(bar)
        // Neither a place for a name nor a comparison.
        token =
          isFramed && !inner.contains { TextSpace.isSpace($0) || [0x7B, 0x7D, 0x22, 0x27, 0x28, 0x3C].contains($0) }
          ? rest[...end] : nil
      }
      if let token, !tokens.contains(Array(token)) { tokens.append(Array(token)) }
    }
    return tokens
  }

  private static let longestToken = 64

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
