internal import ToolReward

extension LogLinearPolicy {
  /// Teaches the shape of completions and nothing of what is asked: the stand-in for what a language model brings along. Each example is a
  /// prompt with the calls of some other task, every word of whose values is replaced by a word drawn from the prompt, one of the same shape if
  /// there is any. So syntax, tools, and whether an argument is a number or a name are learned, but neither which tool a prompt wants nor
  /// which of its words. The result is the reference.
  ///
  /// - Parameters:
  ///   - tasks: The training split.
  ///   - steps: How many steps of 32 examples.
  ///   - learningRate: AdamW's rate.
  ///   - seed: What the examples follow from.
  /// - Throws: ``PolicyError`` if a step fails.
  public func learnCallSyntax(
    from tasks: [TrainingTask], steps: Int = 200, learningRate: Double = 0.1, seed: UInt64
  ) throws(PolicyError) {
    var random = RandomSource(seed: seed)
    for _ in 0..<(tasks.isEmpty ? 0 : max(0, steps)) {
      var sequences: [TokenSequence] = []
      for _ in 0..<32 {
        let prompt = tasks[random.below(tasks.count)].prompt
        let other = tasks[random.below(tasks.count)]
        let model = Demonstration.completion(for: other.task.groundTruth.calls)
        guard let tokens = try tokens(of: model, after: other.prompt) else { continue }
        if let filled = refilled(tokens, PromptWords(other.prompt), PromptWords(prompt), &random) {
          sequences.append(TokenSequence(prompt: prompt, tokens: filled))
        }
      }
      let count = sequences.reduce(0) { $0 + $1.tokens.count }
      guard count > 0 else { continue }
      let gradients = sequences.map {
        TokenScores(
          logProbabilities: $0.tokens.map { _ in -1 / Double(count) }, entropies: $0.tokens.map { _ in 0 })
      }
      try accumulate(sequences, gradients: gradients, temperature: 1)
      _ = try step(learningRate: learningRate, maximumGradientNorm: 1)
    }
    resetOptimizer()
    try freezeReference()
  }

  /// The same tokens with each word replaced by one of the prompt's; `nil` if the prompt has none.
  private func refilled(
    _ tokens: [Int], _ former: PromptWords, _ prompt: PromptWords, _ random: inout RandomSource
  ) -> [Int]? {
    let (formerExtras, extras) = (former.extras(beyond: vocabulary), prompt.extras(beyond: vocabulary))
    var result: [Int] = []
    for token in tokens {
      guard vocabulary.kind(of: token) == .word else {
        result.append(token)
        continue
      }
      let shape = PromptWords.shape(of: vocabulary.text(ofWord: token, formerExtras))
      let alike = prompt.distinct.filter { PromptWords.shape(of: $0) == shape }
      let choice = alike.isEmpty ? prompt.distinct : alike
      guard !choice.isEmpty, let word = vocabulary.token(ofWord: choice[random.below(choice.count)], extras) else {
        return nil
      }
      result.append(word)
    }
    return result
  }
}
