import ToolRewardPrompts

/// Templates in files.
enum TemplateFiles {
  /// Makes a renderer of a template's file.
  static func load(_ path: String, _ text: [UInt8]) throws(PromptError) -> any PromptRenderer {
    throw PromptError.noTemplates
  }
}
