/// The built-in policy: a log-linear model over the pieces of tool calls. It is small enough to train in seconds without any tensor library,
/// and no language model: it knows nothing but its features.
///
/// π(token | context, prompt) ∝ exp(Σ weights of the token's features / temperature) over the tokens that may come next. The features are
/// hashed conjunctions of the token with the last two tokens, with the call and the argument that is being written, with the prompt's words
/// (for thoughts, calls and arguments), and with a word's neighbours in the prompt (for words, which are copied from there). It can say
/// any word of the prompt, also one never seen before. Gradients are exact: d log π / d logits = (1 − p) / T, and likewise for entropy.
/// AdamW takes the steps. One thread, the same numbers for the same calls.
public final class LogLinearPolicy: Policy {
  /// AdamW's constants (arXiv 1711.05101), those of PyTorch but for the decay.
  public struct Optimizer: Sendable, Hashable {
    /// How slowly the gradient's mean follows.
    public var beta1 = 0.9
    /// How slowly the gradient's mean square follows.
    public var beta2 = 0.999
    /// What is added to its root.
    public var epsilon = 1e-8
    /// The decay of the weights.
    public var weightDecay = 0.0

    /// PyTorch's constants, without decay.
    public init() {}
  }

  let vocabulary: CallVocabulary
  let optimizer: Optimizer
  var parameters: [Double]
  var reference: [Double]
  var gradient: [Double]
  var firstMoments: [Double]
  var secondMoments: [Double]
  var stepCount = 0
  private var prompts: [[UInt8]: Int] = [:]
  private var views: [PromptView] = []
  private var contexts: [Context] = []

  /// A prompt and the contexts met after it.
  private struct PromptView {
    let words: PromptWords
    let extras: [[UInt8]]
    var contexts: [CallContext: Int] = [:]
  }

  /// What is known of a context: its candidates, and their logits as long as the parameters stay.
  private struct Context {
    let candidates: CandidateFeatures
    var current: [Double]?
    var reference: [Double]?
    var pending: [Double]?
  }

  /// Creates a policy with all parameters 0: every token that may come next is as likely as any other.
  ///
  /// - Parameters:
  ///   - tasks: Where tools, arguments and words are collected from: the training split.
  ///   - sizeExponent: How many parameters: two to the power of this, from 8 to 24.
  ///   - optimizer: The optimizer's constants.
  public init(tasks: [TrainingTask], sizeExponent: Int = 16, optimizer: Optimizer = Optimizer()) {
    vocabulary = CallVocabulary(tasks: tasks)
    self.optimizer = optimizer
    let size = 1 << min(max(sizeExponent, 8), 24)
    let zeros = [Double](repeating: 0, count: size)
    (parameters, reference, gradient, firstMoments, secondMoments) = (zeros, zeros, zeros, zeros, zeros)
  }

  // MARK: Policy

  public func generate(_ requests: [GenerationRequest]) throws(PolicyError) -> [Generation] {
    var result: [Generation] = []
    for request in requests { result.append(generate(request)) }
    return result
  }

  public func tokens(of completion: [UInt8], after prompt: [UInt8]) throws(PolicyError) -> [Int]? {
    vocabulary.tokens(of: completion, views[view(prompt)].words)
  }

  public func score(
    _ sequences: [TokenSequence], temperature: Double, by version: PolicyVersion
  ) throws(PolicyError) -> [TokenScores] {
    var result: [TokenScores] = []
    for sequence in sequences {
      var scores = TokenScores(logProbabilities: [], entropies: [])
      try walk(sequence) { context, place in
        let logs = Self.logProbabilities(logits(context, version), temperature)
        scores.logProbabilities.append(logs[place])
        scores.entropies.append(Self.entropy(logs))
      }
      result.append(scores)
    }
    return result
  }

  public func accumulate(
    _ sequences: [TokenSequence], gradients: [TokenScores], temperature: Double
  ) throws(PolicyError) {
    guard temperature > 0 else { throw PolicyError("a gradient needs a temperature above 0") }
    var touched: [Int] = []
    for (sequence, gradient) in zip(sequences, gradients) {
      guard gradient.logProbabilities.count == sequence.tokens.count,
        gradient.entropies.count == sequence.tokens.count
      else { throw PolicyError("a sequence and its gradient have different lengths") }
      var position = 0
      try walk(sequence) { context, place in
        let (slope, entropySlope) = (gradient.logProbabilities[position], gradient.entropies[position])
        position += 1
        if slope == 0, entropySlope == 0 { return }
        add(slope, entropySlope, context, place, temperature, &touched)
      }
    }
    for context in touched {
      guard let pending = contexts[context].pending else { continue }
      contexts[context].pending = nil
      let candidates = contexts[context].candidates
      for (candidate, slope) in pending.enumerated() where slope != 0 {
        for place in Int(candidates.starts[candidate])..<Int(candidates.starts[candidate + 1]) {
          gradient[Int(candidates.features[place])] += slope
        }
      }
    }
  }

  public func step(learningRate: Double, maximumGradientNorm: Double) throws(PolicyError) -> Double {
    let norm = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
    defer {
      for index in gradient.indices { gradient[index] = 0 }
    }
    guard norm.isFinite else { return norm }
    let scale = norm > maximumGradientNorm ? maximumGradientNorm / (norm + 1e-6) : 1
    stepCount += 1
    let (beta1, beta2) = (optimizer.beta1, optimizer.beta2)
    // 1 − βᵗ by repeated multiplication would drift; by the logarithm it is the same wherever a run begins.
    let first = 1 - exponential(Double(stepCount) * logarithm(beta1))
    let second = 1 - exponential(Double(stepCount) * logarithm(beta2))
    for index in parameters.indices {
      let slope = gradient[index] * scale
      firstMoments[index] = beta1 * firstMoments[index] + (1 - beta1) * slope
      secondMoments[index] = beta2 * secondMoments[index] + (1 - beta2) * slope * slope
      if firstMoments[index] == 0 { continue }
      let root = (secondMoments[index] / second).squareRoot() + optimizer.epsilon
      parameters[index] -=
        learningRate * (firstMoments[index] / first / root + optimizer.weightDecay * parameters[index])
    }
    forgetLogits()
    if contexts.count > 30_000 { forgetContexts() }
    return norm
  }

  public func freezeReference() throws(PolicyError) {
    reference = parameters
    for index in contexts.indices { contexts[index].reference = nil }
  }

  /// Forgets the optimizer's moments, as where another stage of training begins.
  func resetOptimizer() {
    stepCount = 0
    for index in firstMoments.indices { (firstMoments[index], secondMoments[index]) = (0, 0) }
  }

  func forgetLogits() {
    for index in contexts.indices { contexts[index].current = nil }
  }

  func forgetContexts() {
    prompts.removeAll()
    views.removeAll()
    contexts.removeAll()
  }
}

extension LogLinearPolicy {
  private func generate(_ request: GenerationRequest) -> Generation {
    let view = view(request.prompt)
    var random = RandomSource(seed: request.seed)
    var state = CallContext()
    var result = Generation(tokens: [], logProbabilities: [], text: [], isTruncated: true)
    while result.tokens.count < request.maximumTokens {
      let context = context(state, view)
      let logits = logits(context, .current)
      let logs = Self.logProbabilities(logits, request.temperature > 0 ? request.temperature : 1)
      let place = request.temperature > 0 ? Self.draw(logs, random.unit()) : Self.likeliest(logits)
      let token = Int(contexts[context].candidates.tokens[place])
      result.tokens.append(token)
      result.logProbabilities.append(logs[place])
      if token == CallVocabulary.end {
        result.isTruncated = false
        break
      }
      advance(&state, token, view)
    }
    result.text = vocabulary.text(of: result.tokens, views[view].words)
    return result
  }

  /// Calls `body` with each token's context and its place among the candidates.
  ///
  /// - Throws: ``PolicyError`` if a token cannot follow.
  private func walk(_ sequence: TokenSequence, _ body: (Int, Int) -> Void) throws(PolicyError) {
    let view = view(sequence.prompt)
    var state = CallContext()
    for (position, token) in sequence.tokens.enumerated() {
      let context = context(state, view)
      guard let wanted = Int32(exactly: token), let place = contexts[context].candidates.tokens.firstIndex(of: wanted)
      else { throw PolicyError("token \(token) at place \(position) cannot follow the ones before it") }
      body(context, place)
      advance(&state, token, view)
    }
  }

  private func advance(_ state: inout CallContext, _ token: Int, _ view: Int) {
    let kind = vocabulary.kind(of: token)
    var place: Int?
    if kind == .word {
      let word = token < vocabulary.count ? vocabulary.tokens[token].text : views[view].extras[token - vocabulary.count]
      // Of several places the one right after the last word goes on with the copy.
      let places = views[view].words.places(of: word)
      place = places.first { $0 == state.lastPlace + 1 } ?? places.first
    }
    state.append(token, kind, place: place)
  }

  private func view(_ prompt: [UInt8]) -> Int {
    if let known = prompts[prompt] { return known }
    let words = PromptWords(prompt)
    views.append(PromptView(words: words, extras: words.extras(beyond: vocabulary)))
    prompts[prompt] = views.count - 1
    return views.count - 1
  }

  private func context(_ state: CallContext, _ view: Int) -> Int {
    if let known = views[view].contexts[state] { return known }
    let candidates = CandidateFeatures(
      state, views[view].words, vocabulary, views[view].extras, mask: UInt64(parameters.count - 1))
    contexts.append(Context(candidates: candidates))
    views[view].contexts[state] = contexts.count - 1
    return contexts.count - 1
  }

  private func logits(_ context: Int, _ version: PolicyVersion) -> [Double] {
    if let known = version == .current ? contexts[context].current : contexts[context].reference { return known }
    let logits =
      version == .current
      ? Self.logits(contexts[context].candidates, parameters) : Self.logits(contexts[context].candidates, reference)
    if version == .current { contexts[context].current = logits } else { contexts[context].reference = logits }
    return logits
  }

  private static func logits(_ candidates: CandidateFeatures, _ parameters: [Double]) -> [Double] {
    candidates.tokens.indices.map { candidate in
      var sum = 0.0
      for place in Int(candidates.starts[candidate])..<Int(candidates.starts[candidate + 1]) {
        sum += parameters[Int(candidates.features[place])]
      }
      return sum
    }
  }

  private static func logProbabilities(_ logits: [Double], _ temperature: Double) -> [Double] {
    let most = logits.max() ?? 0
    let scaled = logits.map { ($0 - most) / temperature }
    let normalizer = logarithm(scaled.reduce(0) { $0 + exponential($1) })
    return scaled.map { $0 - normalizer }
  }

  private static func entropy(_ logs: [Double]) -> Double {
    -logs.reduce(0) { $0 + exponential($1) * $1 }
  }

  private static func draw(_ logs: [Double], _ unit: Double) -> Int {
    var left = unit
    for (place, log) in logs.enumerated() {
      left -= exponential(log)
      if left < 0 { return place }
    }
    return likeliest(logs)
  }

  private static func likeliest(_ logits: [Double]) -> Int {
    var best = 0
    for place in logits.indices where logits[place] > logits[best] { best = place }
    return best
  }

  private func add(
    _ slope: Double, _ entropySlope: Double, _ context: Int, _ place: Int, _ temperature: Double, _ touched: inout [Int]
  ) {
    let logs = Self.logProbabilities(logits(context, .current), temperature)
    let entropy = entropySlope == 0 ? 0 : Self.entropy(logs)
    if contexts[context].pending == nil {
      contexts[context].pending = [Double](repeating: 0, count: logs.count)
      touched.append(context)
    }
    for (candidate, log) in logs.enumerated() {
      let probability = exponential(log)
      var change = -slope * probability
      if candidate == place { change += slope }
      if entropySlope != 0 { change -= entropySlope * probability * (log + entropy) }
      contexts[context].pending?[candidate] += change / temperature
    }
  }
}

@available(*, unavailable)
extension LogLinearPolicy: Sendable {}
