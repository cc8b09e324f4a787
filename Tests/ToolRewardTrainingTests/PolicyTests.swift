import Testing
import ToolReward

@testable import ToolRewardTraining

/// Small tasks, and policies that know them.
enum Small {
  static let lines = """
    {"prompt": "What is the weather in Paris?", "ground_truth": [{"name": "get_weather", "arguments": {"city": "Paris"}}]}
    {"prompt": "Weather in Rome, please.", "ground_truth": [{"name": "get_weather", "arguments": {"city": "Rome"}}]}
    {"prompt": "How is the weather in Oslo?", "ground_truth": [{"name": "get_weather", "arguments": {"city": "Oslo"}}]}
    {"prompt": "Call Anna now.", "ground_truth": [{"name": "call_contact", "arguments": {"name": "Anna"}}]}
    {"prompt": "Please call Peter.", "ground_truth": [{"name": "call_contact", "arguments": {"name": "Peter"}}]}
    {"prompt": "Call Maria for me.", "ground_truth": [{"name": "call_contact", "arguments": {"name": "Maria"}}]}
    """

  static func tasks(_ text: String = lines, reward: any RewardPolicy = ToolN1Reward()) -> TrainingTasks {
    TrainingTasks(jsonLines: Array(text.utf8), reward: reward, judge: ToolN1Reward())
  }

  /// What a policy of these tasks learns of syntax, worked out once: it takes a second without optimization.
  private static let syntax: Result<[Double], PolicyError> = {
    let policy = LogLinearPolicy(tasks: tasks().tasks, sizeExponent: 10)
    do throws(PolicyError) {
      try policy.learnCallSyntax(from: tasks().tasks, steps: 25, learningRate: 0.15, seed: 1)
    } catch {
      return .failure(error)
    }
    return .success(policy.parameters)
  }()

  /// A new policy that knows the syntax.
  static func policy() throws -> LogLinearPolicy {
    let policy = LogLinearPolicy(tasks: tasks().tasks, sizeExponent: 10)
    policy.parameters = try syntax.get()
    try policy.freezeReference()
    return policy
  }
}

struct PolicyTests {
  private static let prompt = Array("What is the weather in Bergen?".utf8)

  @Test func gradientsOfLogProbabilityAndEntropy() throws {
    let policy = try Small.policy()
    let text = Demonstration.completion(for: Small.tasks().tasks[0].task.groundTruth.calls)
    let prompt = Small.tasks().tasks[0].prompt
    let tokens = try #require(try policy.tokens(of: text, after: prompt))
    let sequence = TokenSequence(prompt: prompt, tokens: tokens)
    let slopes = TokenScores(
      logProbabilities: tokens.indices.map { 0.1 * Double($0) - 0.3 },
      entropies: tokens.indices.map { 0.05 * Double($0 % 3) })
    try policy.accumulate([sequence], gradients: [slopes], temperature: 0.7)
    let gradient = policy.gradient
    func value() throws -> Double {
      policy.forgetLogits()
      let scores = try policy.score([sequence], temperature: 0.7, by: .current)[0]
      return zip(scores.logProbabilities, slopes.logProbabilities).reduce(0) { $0 + $1.0 * $1.1 }
        + zip(scores.entropies, slopes.entropies).reduce(0) { $0 + $1.0 * $1.1 }
    }
    for index in stride(from: 0, to: gradient.count, by: 7) {
      policy.parameters[index] += 1e-6
      let up = try value()
      policy.parameters[index] -= 2e-6
      let down = try value()
      policy.parameters[index] += 1e-6
      let difference = (up - down) / 2e-6
      #expect(abs(gradient[index] - difference) <= 1e-7 + 1e-5 * abs(difference), "parameter \(index)")
    }
  }

  @Test func samplesAreDrawnFromTheScoredDistribution() throws {
    let policy = try Small.policy()
    let requests = (0..<20).map {
      GenerationRequest(prompt: Self.prompt, seed: UInt64($0), temperature: 1, maximumTokens: 40)
    }
    let first = try policy.generate(requests)
    #expect(first == (try policy.generate(requests)))
    #expect(Set(first.map(\.text)).count > 1)
    for generation in first {
      let scores = try policy.score(
        [TokenSequence(prompt: Self.prompt, tokens: generation.tokens)], temperature: 1, by: .current)[0]
      #expect(scores.logProbabilities == generation.logProbabilities)
      #expect(scores.entropies.allSatisfy { $0 >= 0 })
      #expect(generation.isTruncated == (generation.tokens.last != CallVocabulary.end))
    }
  }

  @Test func completionsAreTakenApartAndPutTogether() throws {
    let policy = try Small.policy()
    let texts = [
      #"<think>I should call get_weather.</think>⏎<tool_call>[{"name": "get_weather", "arguments": {"city": "Bergen"}}]</tool_call>"#,
      #"<tool_call>[]</tool_call>"#,
      #"<tool_call>[{"name": "get_weather", "arguments": {"city": "weather in"}}]</tool_call>"#,
      "</think>\n<think>", "",
    ]
    for text in texts {
      let bytes = Array(text.replacing("⏎", with: "\n").utf8)
      let tokens = try #require(try policy.tokens(of: bytes, after: Self.prompt), "\(text)")
      #expect(policy.vocabulary.text(of: tokens, PromptWords(Self.prompt)) == bytes)
    }
    for text in ["hello", #"<tool_call>[{"name": "unknown", "arguments": {}}]</tool_call>"#, "<think>Bergen"] {
      #expect(try policy.tokens(of: Array(text.utf8), after: Self.prompt) == nil, "\(text)")
    }
  }

  @Test func savedAndLoaded() throws {
    let folder = try Scratch()
    let policy = try Small.policy()
    try policy.save(to: folder.path)
    let other = LogLinearPolicy(tasks: Small.tasks().tasks, sizeExponent: 10)
    try other.load(from: folder.path)
    #expect(other.parameters == policy.parameters && other.reference == policy.reference)
    #expect(throws: PolicyError.self) {
      try LogLinearPolicy(tasks: Small.tasks().tasks, sizeExponent: 11).load(from: folder.path)
    }
    try folder.cut("policy.bin", to: 100)
    #expect(throws: PolicyError.self) { try other.load(from: folder.path) }
    #expect(other.parameters == policy.parameters)
  }

  @Test(arguments: [
    [], [0x20, 0x20], [0xFF, 0xFE, 0x00], Array("\"\\ { } [ ]".utf8), [UInt8](repeating: 0x61, count: 5000),
    Array(String(repeating: "word ", count: 5000).utf8),
  ])
  func hostilePrompts(_ prompt: [UInt8]) throws {
    let policy = try Small.policy()
    let request = GenerationRequest(prompt: prompt, seed: 3, temperature: 1.5, maximumTokens: 30)
    let generation = try policy.generate([request])[0]
    #expect(generation.tokens.count <= 30 && generation.tokens.count == generation.logProbabilities.count)
    #expect(throws: PolicyError.self) {
      _ = try policy.score([TokenSequence(prompt: prompt, tokens: [-1])], temperature: 1, by: .current)
    }
    #expect(throws: PolicyError.self) {
      _ = try policy.score([TokenSequence(prompt: prompt, tokens: [.max])], temperature: 1, by: .current)
    }
  }

  @Test func gradientsThatAreNoNumbersChangeNothing() throws {
    let policy = try Small.policy()
    let before = policy.parameters
    let sequence = TokenSequence(prompt: Self.prompt, tokens: [1])
    try policy.accumulate(
      [sequence], gradients: [TokenScores(logProbabilities: [.nan], entropies: [0])], temperature: 1)
    #expect(try policy.step(learningRate: 0.1, maximumGradientNorm: 1).isNaN)
    #expect(policy.parameters == before && policy.gradient.allSatisfy { $0 == 0 })
  }

  @Test func recordsThatAreNoTasksAreTold() {
    let text = """
      {"prompt": "a", "ground_truth": []}
      {"prompt": 1, "ground_truth": []}
      {"prompt": "a"}

      {"prompt": "a", "ground_truth": "[{]"}
      not JSON
      {"id": "m", "prompt": [{"role": "user", "content": "x"}, {"role": "user", "content": "y"}], "ground_truth": "[]"}
      """
    let tasks = Small.tasks(text)
    #expect(tasks.tasks.map(\.prompt) == [Array("a".utf8), Array("x\ny".utf8)])
    #expect(tasks.problems.map(\.line) == [2, 3, 5, 6])
    #expect(
      tasks.problems.map(\.code) == ["missing_prompt", "missing_ground_truth", "invalid_ground_truth", "invalid_json"])
  }

  @Test func tasksThatComeAlong() {
    let reward = ToolN1Reward()
    let training = TrainingTasks(jsonLines: ExampleTasks.training, reward: reward, judge: reward)
    let heldOut = TrainingTasks(jsonLines: ExampleTasks.heldOut, reward: reward, judge: reward)
    #expect(training.problems.isEmpty && heldOut.problems.isEmpty)
    #expect(training.tasks.count == 127 && heldOut.tasks.count == 42)
    #expect(Set(training.tasks.map(\.prompt)).isDisjoint(with: heldOut.tasks.map(\.prompt)))
    let policy = LogLinearPolicy(tasks: training.tasks, sizeExponent: 8)
    for task in training.tasks + heldOut.tasks {
      let completion = Demonstration.completion(for: task.task.groundTruth.calls)
      #expect((try? policy.tokens(of: completion, after: task.prompt)) != .some(nil), "\(task.prompt)")
    }
  }
}
