internal import ToolReward
internal import ToolRewardLines

/// The chat templates of a model, as its files have them: one template or several by name, and the tokens that they name.
public struct TemplateFile: Sendable {
  /// The templates by name; a single one is `default`.
  public let templates: [(name: String, source: [UInt8])]
  /// The special tokens that `tokenizer_config.json` gives (`bos_token`, …), which templates use as variables. Empty for a bare template.
  public let specialTokens: [(name: String, text: [UInt8])]
  /// The tokens of `added_tokens_decoder` that are special. Empty for a bare template.
  public let addedTokens: [[UInt8]]

  /// Reads a file's content: `tokenizer_config.json` or `chat_template.json`, an object with a `chat_template`; or the template itself
  /// (`chat_template.jinja` and the like).
  ///
  /// - Parameter content: The file's bytes. What starts as a JSON object and is one with a `chat_template` is taken for the former.
  /// - Throws: ``PromptError`` if an object has a `chat_template` that is neither a string nor a list of `{"name", "template"}`.
  public init(content: [UInt8]) throws(PromptError) {
    let start = content.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
    guard start == 0x7B, let object = try? ValueReader().read(content), object.kind == .object else {
      templates = [("default", content)]
      specialTokens = []
      addedTokens = []
      return
    }
    guard let template = object["chat_template"], template.kind != .null else {
      throw PromptError("the file is JSON and has no \"chat_template\"")
    }
    templates = try Self.templates(template)
    specialTokens = Self.specialTokens(object)
    addedTokens = Self.addedTokens(object)
  }

  /// Reads a file, or what a model's folder has: `chat_template.jinja` with the tokens of `tokenizer_config.json`, or else the latter's own template.
  ///
  /// - Throws: ``PromptError`` if there is none, or as ``init(content:)``.
  public init(path: String) throws(PromptError) {
    let folder = path.hasSuffix("/") ? String(path.dropLast()) : path
    if let bare = Self.content("\(folder)/chat_template.jinja") {
      let configuration = Self.content("\(folder)/tokenizer_config.json").flatMap { try? ValueReader().read($0) }
      self.init(template: bare, configuration: configuration)
      return
    }
    if let configuration = Self.content("\(folder)/tokenizer_config.json") {
      try self.init(content: configuration)
      return
    }
    let content: [UInt8]
    do throws(InputOutputError) { content = try LineSource.wholeFile(path) } catch { throw PromptError("\(error)") }
    try self.init(content: content)
  }

  private init(template: [UInt8], configuration: Value?) {
    templates = [("default", template)]
    specialTokens = configuration.map(Self.specialTokens) ?? []
    addedTokens = configuration.map(Self.addedTokens) ?? []
  }

  private static func content(_ path: String) -> [UInt8]? { try? LineSource.wholeFile(path) }

  /// The template that transformers takes: the one of that name; without a name `tool_use` if there are tools, else `default`, or the only one.
  ///
  /// - Throws: ``PromptError`` naming the templates there are, if there is none.
  public func source(named name: String? = nil, hasTools: Bool = false) throws(PromptError) -> [UInt8] {
    let wanted = name.map { [$0] } ?? (hasTools ? ["tool_use", "default"] : ["default"])
    for name in wanted {
      if let template = templates.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) { return template.source }
    }
    if name == nil, templates.count == 1 { return templates[0].source }
    let names = templates.map(\.name).joined(separator: ", ")
    throw PromptError("no template named '\(wanted.last ?? "")'; the templates are: \(names)")
  }

  private static func templates(_ value: Value) throws(PromptError) -> [(name: String, source: [UInt8])] {
    if let source = value.stringBytes { return [("default", source)] }
    guard value.kind == .array, value.count > 0 else {
      throw PromptError("\"chat_template\" is neither a string nor a list of templates")
    }
    var templates: [(name: String, source: [UInt8])] = []
    for element in value.elements {
      guard let name = element["name"]?.string, let source = element["template"]?.stringBytes else {
        throw PromptError("a template of \"chat_template\" lacks its \"name\" or its \"template\"")
      }
      templates.append((name, source))
    }
    return templates
  }

  private static let tokenNames = [
    "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
  ]

  private static func addedTokens(_ configuration: Value) -> [[UInt8]] {
    (configuration["added_tokens_decoder"]?.members ?? []).compactMap { _, token in
      token["special"]?.boolean ?? false ? token["content"]?.stringBytes : nil
    }
  }

  private static func specialTokens(_ configuration: Value) -> [(name: String, text: [UInt8])] {
    tokenNames.compactMap { name in
      let token = configuration[name]
      return (token?.stringBytes ?? token?["content"]?.stringBytes).map { (name, $0) }
    }
  }
}
