/// A model that is trained: what the driver needs of one, whatever engine runs it.
///
/// The driver holds rewards, advantages and losses; a policy holds parameters, a tokenizer and an optimizer. A gradient reaches it as one
/// number for each token, d loss / d log π(token), so that an engine with automatic differentiation runs
/// `sum(gradient * logProbabilities).backward()`. Docs/WritingAPolicy.md shows one on MLX.
///
/// A run is repeatable if the policy is: the same calls in the same order must give the same results, and ``save(to:)`` must keep all that
/// later calls depend on.
public protocol Policy: AnyObject {
  /// Writes a completion for each request, in their order. The same request under the same parameters gives the same completion.
  func generate(_ requests: [GenerationRequest]) async throws(PolicyError) -> [Generation]

  /// The tokens of a given completion, its end included; `nil` if the policy cannot write that text.
  func tokens(of completion: [UInt8], after prompt: [UInt8]) async throws(PolicyError) -> [Int]?

  /// log π and entropy for each token of the sequences, in nats, at a temperature.
  func score(
    _ sequences: [TokenSequence], temperature: Double, by version: PolicyVersion
  ) async throws(PolicyError) -> [TokenScores]

  /// Adds to the gradient of the parameters: Σ gradient · d(log π, entropy) / d parameters, over all tokens of the sequences.
  func accumulate(
    _ sequences: [TokenSequence], gradients: [TokenScores], temperature: Double
  ) async throws(PolicyError)

  /// Has the optimizer take a step along the gradient, which is then empty. If the gradient's norm is not a number, the parameters stay.
  ///
  /// - Returns: The gradient's norm before it was cut.
  func step(learningRate: Double, maximumGradientNorm: Double) async throws(PolicyError) -> Double

  /// Makes the parameters of now the reference.
  func freezeReference() async throws(PolicyError)

  /// Writes everything that later calls depend on into an empty folder: parameters, optimizer, reference.
  func save(to folder: String) async throws(PolicyError)

  /// Reads what ``save(to:)`` wrote.
  func load(from folder: String) async throws(PolicyError)
}

/// Which parameters are asked for.
public enum PolicyVersion: Sendable, Hashable {
  /// Those that are trained.
  case current
  /// Those of ``Policy/freezeReference()``; the first ones before that.
  case reference
}

/// What is to be continued, and how.
public struct GenerationRequest: Sendable, Hashable {
  /// The prompt, UTF-8.
  public var prompt: [UInt8]
  /// What the random choices follow from.
  public var seed: UInt64
  /// By what logits are divided; 0 takes the likeliest token each time.
  public var temperature: Double
  /// The most tokens to write.
  public var maximumTokens: Int

  /// Creates a request.
  public init(prompt: [UInt8], seed: UInt64, temperature: Double, maximumTokens: Int) {
    self.prompt = prompt
    self.seed = seed
    self.temperature = temperature
    self.maximumTokens = maximumTokens
  }
}

/// A completion that a policy wrote.
public struct Generation: Sendable, Hashable {
  /// Its tokens, the end token included if it came to that.
  public var tokens: [Int]
  /// log π(token) at the request's temperature as the sampler had it, in nats.
  public var logProbabilities: [Double]
  /// Its text, UTF-8, without the end token.
  public var text: [UInt8]
  /// Whether it was cut off at ``GenerationRequest/maximumTokens``.
  public var isTruncated: Bool

  /// Creates a completion.
  public init(tokens: [Int], logProbabilities: [Double], text: [UInt8], isTruncated: Bool) {
    self.tokens = tokens
    self.logProbabilities = logProbabilities
    self.text = text
    self.isTruncated = isTruncated
  }
}

/// A prompt and tokens after it.
public struct TokenSequence: Sendable, Hashable {
  /// The prompt, UTF-8.
  public var prompt: [UInt8]
  /// The completion's tokens.
  public var tokens: [Int]

  /// Creates a sequence.
  public init(prompt: [UInt8], tokens: [Int]) {
    self.prompt = prompt
    self.tokens = tokens
  }
}

/// Two numbers for each token of a sequence: of its log-probability, and of the entropy of the distribution that it was drawn from.
public struct TokenScores: Sendable, Hashable {
  /// The log-probabilities, or the derivatives with respect to them.
  public var logProbabilities: [Double]
  /// The entropies, or the derivatives with respect to them.
  public var entropies: [Double]

  /// Creates scores.
  public init(logProbabilities: [Double], entropies: [Double]) {
    self.logProbabilities = logProbabilities
    self.entropies = entropies
  }
}

/// Why a policy could not do what it was asked for.
public struct PolicyError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong and how to mend it.
  public let description: String
  /// Whether reading or writing failed: a full disk, a missing file.
  public let isInputOutput: Bool

  /// Creates an error.
  public init(_ description: String, isInputOutput: Bool = false) {
    self.description = description
    self.isInputOutput = isInputOutput
  }
}
