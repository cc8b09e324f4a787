public import ToolReward
public import ToolRewardPrompts

/// Templates and cases, and what must be true of each template with each case: a test of prompts, as code has tests.
///
/// Read from YAML or JSON by ``init(file:loader:)``; see Docs/PromptSuites.md for the file.
public struct PromptSuite: Sendable {
  /// What the suite is about.
  public var description: String
  /// The templates that are tested.
  public var templates: [Template]
  /// The conversations that each template is tested with.
  public var cases: [Case]
  /// What must be true of every cell, beside what a case asks for itself.
  public var checks: [PromptCheck]
  /// The files it was read from: its own first, then those of templates and cases. Empty if it was made in Swift.
  public internal(set) var files: [String] = []

  /// A template under test.
  public struct Template: Sendable {
    /// The name, unlike any other template's of the suite.
    public var name: String
    /// What makes its prompts.
    public var renderer: any PromptRenderer
    /// How its completions are read.
    public var format: CompletionFormat
    /// Variables of the template (`bos_token`, `enable_thinking`, …), an object.
    public var variables: Value?
    /// Texts that the model takes as a single token of its own: no message may hold one.
    public var specialTokens: [[UInt8]]

    /// Creates a template under test.
    public init(
      name: String, renderer: any PromptRenderer, format: CompletionFormat = .toolN1, variables: Value? = nil,
      specialTokens: [[UInt8]] = Template.commonSpecialTokens
    ) {
      self.name = name
      self.renderer = renderer
      self.format = format
      self.variables = variables
      self.specialTokens = specialTokens
    }

    /// The turn and end tokens of ChatML, Llama 2 to 4, Mistral, Gemma, DeepSeek, Phi, GLM, Granite, Command, Kimi and gpt-oss.
    public static let commonSpecialTokens: [[UInt8]] = [
      "<|im_start|>", "<|im_end|>", "<|im_sep|>", "<|im_middle|>", "<|im_user|>", "<|im_assistant|>", "<|im_system|>",
      "<|endoftext|>", "<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>",
      "<|eot_id|>", "<|eom_id|>", "<|python_tag|>", "<|eot|>", "<|header_start|>", "<|header_end|>",
      "<s>", "</s>", "[INST]", "[/INST]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]",
      "[TOOL_CALLS]", "[TOOL_RESULTS]", "[/TOOL_RESULTS]", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]",
      "<bos>", "<eos>", "<start_of_turn>", "<end_of_turn>", "<|turn>", "<turn|>",
      "<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<｜User｜>", "<｜Assistant｜>",
      "<|user|>", "<|system|>", "<|assistant|>", "<|observation|>", "[gMASK]", "<sop>",
      "<|end|>", "<|return|>", "<|call|>", "<|start|>", "<|message|>", "<|channel|>",
      "<|start_of_role|>", "<|end_of_role|>", "<|START_OF_TURN_TOKEN|>", "<|END_OF_TURN_TOKEN|>",
    ].map { Array($0.utf8) }
  }

  /// A conversation that templates are tested with.
  public struct Case: Sendable {
    /// The name, unlike any other case's of the suite.
    public var name: String
    /// The conversation: an array of messages.
    public var messages: Value
    /// The tools' definitions, an array; `nil` for none.
    public var tools: Value?
    /// The calls that the next message should make; `nil` if that is not known.
    public var groundTruth: Value?
    /// What must be true of this case's cells alone.
    public var checks: [PromptCheck]

    /// Creates a case.
    public init(
      name: String, messages: Value, tools: Value? = nil, groundTruth: Value? = nil, checks: [PromptCheck] = []
    ) {
      self.name = name
      self.messages = messages
      self.tools = tools
      self.groundTruth = groundTruth
      self.checks = checks
    }
  }

  /// Creates a suite.
  public init(description: String = "", templates: [Template], cases: [Case], checks: [PromptCheck] = [.renders]) {
    self.description = description
    self.templates = templates
    self.cases = cases
    self.checks = checks
  }
}
