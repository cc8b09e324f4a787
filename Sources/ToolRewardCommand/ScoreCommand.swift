import ArgumentParser
import ToolReward
import ToolRewardData

struct ScoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Score completions in JSON Lines.",
    discussion: """
      Each line of input is a record {"id"?, "completion" or "completions": […], "ground_truth", "tools"?}. Each line of output is \
      {"id", "score", "components", "findings"}, with "index" where the record has a list. Order is kept. A record that cannot be \
      judged has "score": null and an "error".

      The ground truth is a list [{"name": …, "arguments": {…}}], as JSON or as a string that holds it; [] where no call is right.

      With - each line is answered as it comes, so that a trainer can hold the command as a coprocess.

      EXAMPLES
        toolreward score completions.jsonl -o scored.jsonl --summary
        toolreward score --reward exact-match --format hermes completions.jsonl
        toolreward score --view conversation --ground-truth-field reward_model.ground_truth rollouts.jsonl
        zcat rollouts.jsonl.gz | toolreward score - > scored.jsonl
      """
  )

  @OptionGroup var stream: StreamOptions

  @Option(help: ArgumentHelp("The reward; see 'toolreward rewards'.", valueName: "name"))
  var reward = "tool-n1"

  @Option(help: ArgumentHelp("The completions' format; see 'toolreward formats'. The tool-n1 rewards have their own.", valueName: "name"))
  var format = "tool-n1"

  @OptionGroup var reading: ReadingOptions
  @OptionGroup var fields: FieldOptions

  @Flag(help: "Print a summary to standard error at the end.")
  var summary = false

  /// Makes the scorer that the options ask for.
  func makeScorer() throws -> Scorer {
    let registry = RewardRegistry()
    guard let policy = registry[reward] else {
      let known = registry.policies.map(\.name).joined(separator: ", ")
      throw ValidationError("There is no reward '\(reward)'. The rewards are: \(known).")
    }
    if policy.format != nil, !reading.leniencies.isEmpty {
      throw ValidationError("The reward '\(reward)' follows published code; it has no leniencies. Use the reward exact-match.")
    }
    do throws(ScorerError) {
      return try Scorer(reward: policy, format: try? reading.format(named: format), view: reading.view.view)
    } catch {
      throw ValidationError("\(error).")
    }
  }

  func validate() throws {
    _ = try reading.format(named: format)
    _ = try makeScorer()
  }

  func run() async throws {
    let scorer = try makeScorer()
    let names = stream.inputs.count > 1
    let sampleFields = fields.fields
    var progress = ProgressLine(isOn: stream.progress ?? Terminal.errorIsTerminal)
    var total = ScoreReport(componentNames: scorer.reward.componentNames)
    do throws(InputOutputError) {
      let sink = try OutputSink(path: stream.output)
      let pipeline = LinePipeline(inputs: stream.inputs, jobs: stream.jobs == 0 ? Terminal.processorCount : stream.jobs)
      try await pipeline.run(into: sink) {
        ScoreWorker(scorer: scorer, fields: sampleFields, namesFile: names)
      } onWritten: { report, read in
        total.add(report)
        progress.update(samples: total.samples, read)
      }
    } catch {
      progress.clear()
      throw Terminal.report(error)
    }
    progress.clear()
    if summary { Terminal.say(total.text(reward: scorer.reward.name)) }
    if total.samples > 0, total.brokenLines == total.samples, let hint = total.hint {
      Terminal.say("toolreward: \(hint)")
      throw Status.wrongInput
    }
    if total.unscorable > 0 {
      Terminal.say("toolreward: \(total.unscorableText)")
      throw Status.someUnscorable
    }
  }
}

/// Scores the lines of a chunk.
struct ScoreWorker: LineWorker {
  private let scorer: Scorer
  private let writer: VerdictWriter
  private let reader: SampleReader
  private let workspace = ScoringWorkspace()
  private let namesFile: Bool
  private let componentCount: Int

  init(scorer: Scorer, fields: SampleFields, namesFile: Bool) {
    self.scorer = scorer
    self.namesFile = namesFile
    writer = VerdictWriter(scorer.reward)
    let reward = scorer.reward
    reader = SampleReader(fields: fields, syntax: reward.syntax, view: scorer.view) { value throws(GroundTruthError) in
      try reward.compile(groundTruth: value)
    }
    componentCount = scorer.reward.componentNames.count
  }

  mutating func process(_ chunk: LineChunk, file: String, into output: inout [UInt8]) -> ScoreReport {
    var report = ScoreReport(componentNames: scorer.reward.componentNames)
    let text = chunk.bytes.span
    chunk.forEachLine { number, range in
      if isBlank(text, range) { return }
      do throws(SampleError) {
        try reader.withSample(text, range, line: number) { sample in
          score(sample, file: file, into: &output, &report)
        }
      } catch {
        refuse(error, file: file, id: Array(String(number).utf8), index: nil, into: &output, &report)
        report.brokenLines += 1
        if report.hint == nil { report.hint = Self.hint(text, range, number, file) }
      }
    }
    return report
  }

  private func score(
    _ sample: borrowing Sample, file: String, into output: inout [UInt8], _ report: inout ScoreReport
  ) {
    switch sample.task {
    case .failure(let error):
      for index in 0..<sample.count {
        refuse(error, file: file, id: sample.id, index: sample.isList ? index : nil, into: &output, &report)
      }
    case .success(let task):
      for index in 0..<sample.count {
        var verdict =
          scorer.view == .structured
          ? scorer.score(message: sample.completion(index), for: task)
          : sample.withCompletionBytes(index) { scorer.score($0, for: task, using: workspace) }
            ?? .unscorable(.invalidMessage, componentCount: componentCount)
        if !sample.findings.isEmpty { verdict.findings += sample.findings }
        writer.append(verdict, id: sample.id, index: sample.isList ? index : nil, to: &output)
        report.add(verdict, line: sample.line)
      }
    }
  }

  private func refuse(
    _ error: SampleError, file: String, id: [UInt8], index: Int?, into output: inout [UInt8], _ report: inout ScoreReport
  ) {
    var error = error
    if namesFile { error.file = file }
    let verdict = Verdict(score: nil, components: [Double?](repeating: nil, count: componentCount))
    writer.append(verdict, id: id, index: index, error: error, to: &output)
    error.file = file
    report.add(verdict, line: error.line, error: error)
  }

  private func isBlank(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    for position in range where text[position] != 0x20 && text[position] != 0x09 && text[position] != 0x0D { return false }
    return true
  }

  /// What an input may be if no line of it is a record.
  private static func hint(_ text: Span<UInt8>, _ range: Range<Int>, _ line: Int, _ file: String) -> String? {
    guard line == 1, range.count >= 1 else { return nil }
    if range.count >= 2, text[range.lowerBound] == 0x1F, text[range.lowerBound + 1] == 0x8B {
      return "\(file) is compressed; unpack it first: zcat \(file) | toolreward score -"
    }
    if text[range.lowerBound] == 0x5B {
      return "\(file) is a JSON array, not JSON Lines; split it first: jq -c '.[]' \(file) | toolreward score -"
    }
    return "\(file) is not JSON Lines: no line of it is a record"
  }
}

/// What is worth knowing of some verdicts.
struct ScoreReport: Sendable {
  private(set) var samples = 0
  private(set) var unscorable = 0
  var brokenLines = 0
  var hint: String?
  private var sum = 0.0
  private let componentNames: [String]
  private var componentSums: [Double]
  private var componentCounts: [Int]
  private var firstError: SampleError?
  private var firstReason: (line: Int, code: String)?

  init(componentNames: [String]) {
    self.componentNames = componentNames
    componentSums = [Double](repeating: 0, count: componentNames.count)
    componentCounts = [Int](repeating: 0, count: componentNames.count)
  }

  mutating func add(_ verdict: Verdict, line: Int, error: SampleError? = nil) {
    samples += 1
    if let score = verdict.score {
      sum += score
    } else {
      unscorable += 1
      if firstError == nil { firstError = error }
      if firstReason == nil, error == nil { firstReason = (line, verdict.findings.first?.code.name ?? "unknown") }
    }
    for (position, component) in verdict.components.enumerated() where position < componentSums.count {
      if let component {
        componentSums[position] += component
        componentCounts[position] += 1
      }
    }
  }

  mutating func add(_ other: ScoreReport) {
    samples += other.samples
    unscorable += other.unscorable
    brokenLines += other.brokenLines
    sum += other.sum
    hint = hint ?? other.hint
    firstError = firstError ?? other.firstError
    firstReason = firstReason ?? other.firstReason
    for position in componentSums.indices {
      componentSums[position] += other.componentSums[position]
      componentCounts[position] += other.componentCounts[position]
    }
  }

  /// The summary for people.
  func text(reward: String) -> String {
    let scored = samples - unscorable
    var lines = [
      "reward      \(reward)",
      "samples     \(Terminal.grouped(samples))",
      "unscorable  \(Terminal.grouped(unscorable))",
      "mean score  \(scored > 0 ? Terminal.fixed(sum / Double(scored), 4) : "-")",
    ]
    for (position, name) in componentNames.enumerated() {
      let mean = componentCounts[position] > 0 ? componentSums[position] / Double(componentCounts[position]) : nil
      let padded = name + String(repeating: " ", count: max(1, 10 - name.utf8.count))
      lines.append("  \(padded)\(mean.map { Terminal.fixed($0, 4) } ?? "not checked")")
    }
    return lines.joined(separator: "\n")
  }

  /// Why some samples could not be judged, for people.
  var unscorableText: String {
    let count = "\(Terminal.grouped(unscorable)) of \(Terminal.grouped(samples)) samples could not be judged"
    if let firstError { return "\(count); the first: \(firstError)" }
    if let firstReason { return "\(count); the first: line \(firstReason.line): \(firstReason.code)" }
    return count
  }
}
