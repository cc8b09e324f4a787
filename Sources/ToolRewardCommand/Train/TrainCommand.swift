import ArgumentParser
import ToolReward
import ToolRewardBenchmarks
import ToolRewardData
import ToolRewardTraining
import ToolRewardLines

struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a policy against the oracle.",
    discussion: """
      Trains the built-in policy, a log-linear model over the pieces of tool calls that copies words from the prompt. It is no language model: it \
      shows an algorithm, a reward or a data set at work within seconds and without any download. Docs/Training.md tells what it is, and how to train a \
      model of one's own with the same driver.

      Without a file it trains on tasks that come with the command. A record of a file is {"id"?, "prompt", "ground_truth", "tools"?, "completion"?}, one a \
      line; "completion" is the demonstration for the recipes with sft, made from the ground truth if left out.

      The policy begins with the shape of completions, learned from calls that have nothing to do with their prompts (--base-steps). Exact match is \
      always told by --judge, whatever the reward.

      OUT gets metrics.jsonl, report.html, the last checkpoint and the best one. Ctrl-C finishes the step and saves; --resume goes on, and ends with the \
      same bytes as an uninterrupted run.

      EXAMPLES
        toolreward train -o run
        toolreward train -o run --resume
        toolreward train -o run --recipe sft-then-rl --algorithm dapo --seed 7
        toolreward train -o run --reward tool-n1-v4 --until 0.95
        toolreward train tasks.jsonl --held-out held-out.jsonl -o run
        toolreward train --list-algorithms
        toolreward train --write-tasks tasks
      """
  )

  @Argument(help: ArgumentHelp("Tasks to train on, as JSON Lines.", valueName: "in"))
  var input: String?

  @Option(
    help: ArgumentHelp("Tasks to judge on and never to train on, as JSON Lines. Needed with a file.", valueName: "file")
  )
  var heldOut: String?

  @Option(name: .shortAndLong, help: ArgumentHelp("The folder for the run's files.", valueName: "out"))
  var output: String?

  @Flag(help: "Go on with the run in OUT; begin it if there is none.")
  var resume = false

  @Option(
    help: ArgumentHelp("What is done: rl, sft, sft-then-rl, no-reason-sft.", valueName: "name"),
    transform: TrainCommand.recipe(named:))
  var recipe = TrainingRecipe.rl

  @Option(help: ArgumentHelp("From rewards to gradient: see --list-algorithms.", valueName: "name"))
  var algorithm = "tool-n1"

  @Option(
    help: ArgumentHelp("The reward to train on: a name, or a file that composes some.", valueName: "name|file"))
  var reward = "tool-n1"

  @Option(help: ArgumentHelp("The reward that tells exact match: 1 is exact.", valueName: "name"))
  var judge = "tool-n1"

  @OptionGroup var settings: TrainSettings

  @Option(help: ArgumentHelp("Where a record's prompt is.", valueName: "path"))
  var promptField = "prompt"

  @OptionGroup var fields: FieldOptions

  @Flag(help: "List the algorithms with their sources and end.")
  var listAlgorithms = false

  @Option(
    help: ArgumentHelp(
      "Write the tasks that come with the command as training.jsonl and held-out.jsonl into a folder and end.",
      valueName: "folder"))
  var writeTasks: String?

  @Flag(inversion: .prefixedNo, help: "Show a dashboard on standard error. By default where that is a terminal.")
  var dashboard: Bool?

  func validate() throws {
    if listAlgorithms || writeTasks != nil { return }
    if output == nil { throw ValidationError("Name the folder for the run's files: -o run.") }
    if input != nil, heldOut == nil { throw ValidationError("A file of tasks needs --held-out FILE to judge on.") }
    if input == nil, heldOut != nil { throw ValidationError("--held-out goes with a file of tasks to train on.") }
    if AlgorithmPreset.named(algorithm) == nil {
      let known = AlgorithmPreset.all.map(\.name).joined(separator: ", ")
      throw ValidationError("There is no algorithm '\(algorithm)'. The algorithms are: \(known).")
    }
    do throws(TrainingError) {
      try configuration().validate()
    } catch {
      throw ValidationError("\(error.description.prefix(1).uppercased())\(error.description.dropFirst()).")
    }
  }

  func run() async throws {
    if listAlgorithms { return Self.list() }
    if let writeTasks { return try Self.writeTasks(to: writeTasks) }
    let judge = try judgeOfRollouts()
    let (training, held) = try (
      readTasks(input, ExampleTasks.training, judge), readTasks(heldOut, ExampleTasks.heldOut, judge)
    )
    let policy = LogLinearPolicy(tasks: training.tasks)
    do throws(PolicyError) {
      try policy.learnCallSyntax(from: training.tasks, steps: settings.baseSteps, seed: settings.seed)
    } catch {
      Terminal.say("toolreward: \(error)")
      throw Status.wrongInput
    }
    let session = TrainSession(
      folder: output ?? "run", configuration: configuration(), judge: judge,
      title: "\(recipe.rawValue) · \(algorithm) · \(reward)",
      showsDashboard: dashboard ?? Terminal.errorIsTerminal)
    let status = try await session.run(policy, training.tasks, held.tasks, resumes: resume)
    if let status { throw status }
    if !training.problems.isEmpty || !held.problems.isEmpty { throw Status.someUnscorable }
  }

  private func configuration() -> TrainingConfiguration {
    // Whether there is such an algorithm is told by validate().
    let preset = AlgorithmPreset.named(algorithm) ?? AlgorithmPreset.all[0]
    return settings.configuration(preset, recipe: recipe)
  }

  private func judgeOfRollouts() throws -> RolloutJudge {
    func scorer(_ name: String, step: Int) throws -> Scorer {
      var options = ScorerOptions()
      options.reward = try ConfigurationFile.choice(name, isKnown: RewardRegistry.withBenchmarks[name] != nil)
      options.step = step
      do throws(ScorerOptionsError) {
        return try Scorer(options, rewards: .withBenchmarks)
      } catch {
        throw ConfigurationFile.usage(error)
      }
    }
    var options = ScorerOptions()
    options.reward = try ConfigurationFile.choice(reward, isKnown: RewardRegistry.withBenchmarks[reward] != nil)
    let (fixed, first) = (options, try scorer(reward, step: 0))
    return RolloutJudge(exactMatch: try scorer(judge, step: 0)) { step in
      var options = fixed
      options.step = step
      return (try? Scorer(options, rewards: .withBenchmarks)) ?? first
    }
  }

  private func readTasks(_ file: String?, _ own: [UInt8], _ judge: RolloutJudge) throws -> TrainingTasks {
    var text = own
    if let file {
      do throws(InputOutputError) {
        text = try LineSource.wholeFile(file)
      } catch {
        throw Terminal.report(error)
      }
    }
    let tasks = TrainingTasks(
      jsonLines: text, fields: fields.fields, promptField: FieldPath(promptField), reward: judge.reward(0).reward,
      judge: judge.exactMatch.reward)
    for problem in tasks.problems.prefix(10) { Terminal.say("toolreward: \(file ?? "tasks"): \(problem); left out") }
    if tasks.problems.count > 10 {
      Terminal.say("toolreward: and \(tasks.problems.count - 10) more records are left out")
    }
    if tasks.tasks.isEmpty {
      Terminal.say("toolreward: \(file ?? "tasks") has no task that can be judged")
      throw Status.wrongInput
    }
    return tasks
  }

  private static func recipe(named name: String) throws -> TrainingRecipe {
    guard let recipe = TrainingRecipe(rawValue: name) else {
      let known = TrainingRecipe.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("There is no recipe '\(name)'. The recipes are: \(known).")
    }
    return recipe
  }

  private static func writeTasks(to folder: String) throws {
    do throws(InputOutputError) {
      try OutputSink.makeFolder(folder)
      try OutputSink(path: "\(folder)/training.jsonl").write(ExampleTasks.training)
      try OutputSink(path: "\(folder)/held-out.jsonl").write(ExampleTasks.heldOut)
    } catch {
      throw Terminal.report(error)
    }
  }

  private static func list() {
    for preset in AlgorithmPreset.all {
      print("\(preset.name)\n    \(preset.summary)\n    \(preset.source)")
    }
  }
}

/// The numbers of a run.
struct TrainSettings: ParsableArguments {
  @Option(help: ArgumentHelp("Steps of reinforcement learning.", valueName: "n"))
  var steps = 300

  @Option(help: ArgumentHelp("Steps of supervised fine-tuning.", valueName: "n"))
  var sftSteps = 100

  @Option(help: ArgumentHelp("Steps of learning the shape of completions before the run.", valueName: "n"))
  var baseSteps = 200

  @Option(help: ArgumentHelp("Prompts a step.", valueName: "n"))
  var prompts = 16

  @Option(help: ArgumentHelp("Completions a prompt.", valueName: "n"))
  var group = 32

  @Option(help: ArgumentHelp("The sampling temperature.", valueName: "t"))
  var temperature = 1.0

  @Option(help: ArgumentHelp("The most tokens of a completion.", valueName: "n"))
  var maxTokens = 64

  @Option(help: ArgumentHelp("How often a step's completions are learned from.", valueName: "n"))
  var updates = 1

  @Option(help: ArgumentHelp("AdamW's rate in reinforcement learning.", valueName: "rate"))
  var learningRate = 0.02

  @Option(help: ArgumentHelp("The same in supervised fine-tuning.", valueName: "rate"))
  var sftLearningRate = 0.02

  @Option(help: ArgumentHelp("β of the KL penalty, in place of the algorithm's; 0 for none.", valueName: "β"))
  var kl: Double?

  @Option(
    help: ArgumentHelp(
      "What entropy is worth, in place of the algorithm's. With 0, which most have, the built-in policy may settle before it has met the rarer calls.",
      valueName: "c"))
  var entropy = 0.01

  @Flag(
    inversion: .prefixedNo,
    help: "Draw other prompts for groups whose rewards are equal. By default as the algorithm has it.")
  var dynamicSampling: Bool?

  @Option(
    help: ArgumentHelp(
      "Take up to 1 from rewards over so many tokens before --max-tokens (DAPO's overlong penalty).", valueName: "n"))
  var overlongBuffer: Int?

  @Option(help: ArgumentHelp("Judge the held-out tasks every so many steps.", valueName: "n"))
  var evaluateEvery = 10

  @Option(help: ArgumentHelp("Write a checkpoint every so many steps.", valueName: "n"))
  var checkpointEvery = 20

  @Option(help: ArgumentHelp("End where exact match on held-out tasks reaches this.", valueName: "share"))
  var until: Double?

  @Option(help: ArgumentHelp("What every random choice follows from.", valueName: "n"))
  var seed: UInt64 = 1

  func configuration(_ preset: AlgorithmPreset, recipe: TrainingRecipe) -> TrainingConfiguration {
    var algorithm = preset.algorithm
    if let kl {
      var penalty = algorithm.kl ?? .verl(.k3, coefficient: kl)
      penalty.coefficient = kl
      algorithm.kl = kl == 0 ? nil : penalty
      if algorithm.rewardKLCoefficient != 0 { (algorithm.rewardKLCoefficient, algorithm.kl) = (kl, nil) }
    }
    algorithm.entropyCoefficient = entropy
    if let overlongBuffer {
      algorithm.overlong = OverlongPenalty(maximumLength: maxTokens, buffer: overlongBuffer, isBounded: true)
    }
    if let dynamicSampling { algorithm.samplesDynamically = dynamicSampling }
    var configuration = TrainingConfiguration(algorithm: algorithm, named: preset.name)
    configuration.recipe = recipe
    configuration.steps = steps
    configuration.fineTuningSteps = sftSteps
    configuration.promptsPerStep = prompts
    configuration.groupSize = group
    configuration.temperature = temperature
    configuration.maximumTokens = maxTokens
    configuration.updatesPerStep = updates
    configuration.learningRate = learningRate
    configuration.fineTuningRate = sftLearningRate
    configuration.evaluationInterval = evaluateEvery
    configuration.checkpointInterval = checkpointEvery
    configuration.target = until
    configuration.seed = seed
    return configuration
  }
}
