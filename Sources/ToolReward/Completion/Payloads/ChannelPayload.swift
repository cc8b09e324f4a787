/// Messages on channels, as gpt-oss writes them (https://cookbook.openai.com/articles/openai-harmony):
///
/// ```text
/// <|channel|>analysis<|message|>I look it up.<|end|>
/// <|start|>assistant<|channel|>commentary to=functions.search <|constrain|>json<|message|>{"q":"swift"}<|call|>
/// ```
///
/// A message's header runs to `body`; one with a recipient is a call, one on a reasoning channel is reasoning, any other is text.
public struct ChannelPayload: Sendable, Hashable {
  /// What a message's header begins with.
  public var start: String
  /// What names the channel within a header.
  public var channel: String
  /// What names the kind of the body within a header.
  public var constraint: String
  /// What ends the header.
  public var body: String
  /// What ends a message.
  public var ends: [String]
  /// What names the recipient within a header.
  public var recipient: String
  /// What may stand before the tool's name in a recipient and is not part of it.
  public var namePrefix: String
  /// The channels of reasoning.
  public var reasoningChannels: [String]
  /// The channels of calls. A call on another is read as well, and noted.
  public var callChannels: [String]
  /// Bounds on a payload.
  public var limits: ValueLimits

  /// Creates a payload description; by default gpt-oss's.
  public init(
    start: String = "<|start|>", channel: String = "<|channel|>", constraint: String = "<|constrain|>",
    body: String = "<|message|>", ends: [String] = ["<|end|>", "<|call|>", "<|return|>"], recipient: String = "to=",
    namePrefix: String = "functions.", reasoningChannels: [String] = ["analysis"],
    callChannels: [String] = ["commentary"],
    limits: ValueLimits = .standard
  ) {
    self.start = start
    self.channel = channel
    self.constraint = constraint
    self.body = body
    self.ends = ends
    self.recipient = recipient
    self.namePrefix = namePrefix
    self.reasoningChannels = reasoningChannels
    self.callChannels = callChannels
    self.limits = limits
  }
}
