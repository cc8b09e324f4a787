import ArgumentParser
import ToolReward
import ToolRewardData
import ToolRewardLines

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Show one completion, its verdict and the reasons.",
    discussion: """
      Takes one record of a JSON Lines file (by default the first) and shows the completion with the offending bytes underlined, and \
      for each finding what was expected beside what came.

      EXAMPLES
        toolreward explain completions.jsonl --id "wrong argument"
        toolreward explain --reward strict --format hermes rollouts.jsonl --line 17 --index 3
        echo '{"completion": "…", "ground_truth": []}' | toolreward explain -
      """
  )

  @Argument(help: ArgumentHelp("JSON Lines to read; - is standard input.", valueName: "in"))
  var input: String

  @Option(help: ArgumentHelp("The record's identifier.", valueName: "id"))
  var id: String?

  @Option(help: ArgumentHelp("The record's line, counted from 1.", valueName: "n"))
  var line: Int?

  @Option(help: ArgumentHelp("Which of the record's completions, counted from 0.", valueName: "n"))
  var index = 0

  @Flag(inversion: .prefixedNo, help: "Use colour. By default where standard output is a terminal.")
  var color: Bool?

  @OptionGroup var judging: JudgingOptions
  @OptionGroup var fields: FieldOptions

  func validate() throws {
    if id != nil, line != nil { throw ValidationError("Give --id or --line, not both.") }
    if let line, line < 1 { throw ValidationError("--line counts from 1.") }
    if index < 0 { throw ValidationError("--index counts from 0.") }
    _ = try judging.makeScorer()
  }

  func run() throws {
    let scorer = try judging.makeScorer()
    let reward = scorer.reward
    let reader = SampleReader(fields: fields.fields, syntax: reward.syntax, view: scorer.view) {
      value throws(GroundTruthError) in
      try reward.compile(groundTruth: value)
    }
    var chunk = LineChunk()
    var found = false
    var failure: SampleError?
    do throws(InputOutputError) {
      let source = try LineSource(path: input)
      while !found, failure == nil {
        guard try source.next(into: &chunk) else { break }
        let text = chunk.bytes.span
        chunk.forEachLine { number, range in
          guard !found, failure == nil, !range.isEmpty else { return }
          if let line, line != number { return }
          do throws(SampleError) {
            try reader.withSample(text, range, line: number) { sample in
              if let id, !matches(sample.id, id) { return }
              found = true
              explain(sample, scorer)
            }
          } catch {
            if id == nil { failure = error }
          }
        }
      }
    } catch {
      throw Terminal.report(error)
    }
    if let failure {
      Terminal.say("toolreward: \(input), \(failure)")
      throw Status.wrongInput
    }
    if !found {
      let wanted = id.map { "a record with the id \($0)" } ?? line.map { "a line \($0)" } ?? "a record"
      Terminal.say("toolreward: \(input) does not have \(wanted)")
      throw Status.wrongInput
    }
  }

  /// Identifiers are JSON; people may leave a string's quotes out.
  private func matches(_ json: [UInt8], _ id: String) -> Bool {
    if json == Array(id.utf8) { return true }
    var quoted: [UInt8] = []
    VerdictWriter.append(id, to: &quoted)
    return json == quoted
  }

  private func explain(_ sample: Sample, _ scorer: Scorer) {
    let style = Explanation.Style(isColored: color ?? Terminal.outputIsTerminal)
    let name = String(decoding: sample.id, as: UTF8.self)
    switch sample.task {
    case .failure(let error):
      print("sample \(name), line \(sample.line): cannot be judged\n  \(error.message)")
    case .success(let task):
      guard index < sample.count else {
        print("sample \(name), line \(sample.line) has \(sample.count) completions; --index counts from 0")
        return
      }
      let value = sample.completion(index)
      let completion: Completion?
      if scorer.view == .structured {
        completion = scorer.parser.parse(message: value)
      } else {
        completion = value.stringBytes.map { scorer.parser.parse($0, view: scorer.view, tools: task.tools) }
      }
      guard let completion else {
        print("sample \(name), line \(sample.line): cannot be judged\n  \(sample.problem(index).message)")
        return
      }
      let verdict = scorer.reward.judge(completion, against: task.groundTruth, tools: task.tools)
      let heading = sample.isList ? "\(name), completion \(index)" : name
      print(
        Explanation(
          completion: completion, verdict: verdict, truth: task.groundTruth, reward: scorer.reward, style: style
        )
        .text(heading: "sample \(heading), line \(sample.line)"))
    }
  }
}
