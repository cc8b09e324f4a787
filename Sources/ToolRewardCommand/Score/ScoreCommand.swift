import ArgumentParser
import ToolReward
import ToolRewardLines
import ToolRewardReport

struct ScoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Score completions in JSON Lines.",
    discussion: """
      Each line of input is a record {"id"?, "completion" or "completions": […], "ground_truth", "tools"?}. Each line of output is \
      {"id", "score", "components", "findings"}, with "index" where the record has a list. Order is kept. A record that cannot be \
      judged has "score": null and an "error".

      The ground truth is a list [{"name": …, "arguments": {…}}], as JSON or as a string that holds it; [] where no call is right.

      A run that was stopped goes on with --resume: what of the output stands is kept, the rest is done, and the file is then the one \
      that an uninterrupted run writes.

      With - each line is answered as it comes, so that a trainer can hold the command as a coprocess.

      EXAMPLES
        toolreward score completions.jsonl -o scored.jsonl --summary
        toolreward score --reward exact-match --format hermes completions.jsonl
        toolreward score rollouts.jsonl -o scored.jsonl --resume --manifest run.json --fail-under 0.8
        toolreward score --view conversation --ground-truth-field reward_model.ground_truth rollouts.jsonl
        zcat rollouts.jsonl.gz | toolreward score - > scored.jsonl
      """
  )

  @OptionGroup var stream: StreamOptions

  @OptionGroup var judging: JudgingOptions
  @OptionGroup var fields: FieldOptions

  @Flag(
    help: "Print a summary to standard error at the end: means, and the ten commonest findings with an example each.")
  var summary = false

  @Flag(
    help: "Go on with a run that was stopped: keep the whole records of OUT, add the rest. Needs -o and files to read.")
  var resume = false

  @Option(help: ArgumentHelp("Write what was run, on what and with what result, as JSON.", valueName: "file"))
  var manifest: String?

  @Option(
    help: ArgumentHelp("Exit with 2 if the mean score of what could be judged is below this.", valueName: "score"))
  var failUnder: Double?

  func validate() throws {
    if resume, stream.output == "-" || stream.inputs.contains("-") {
      throw ValidationError("--resume needs -o OUT and files to read: standard streams cannot be read again.")
    }
    if let manifest, manifest == "-" || manifest == stream.output || stream.inputs.contains(manifest) {
      throw ValidationError("--manifest must be a file of its own.")
    }
    if let failUnder, !failUnder.isFinite { throw ValidationError("--fail-under must be a number.") }
    _ = try judging.makeScorer()
  }

  func run() async throws {
    let scorer = try judging.makeScorer()
    let names = stream.inputs.count > 1
    let sampleFields = fields.fields
    let countsFindings = summary || manifest != nil
    let digest = manifest == nil ? nil : InputDigest()
    var progress = ProgressLine(isOn: stream.progress ?? Terminal.errorIsTerminal)
    var total = ScoreReport(componentNames: scorer.reward.componentNames, countsFindings: countsFindings)
    var inputs = stream.inputs.map { LineInput(path: $0) }
    var kept = 0
    if resume, FileNames.exists(stream.output) {
      let worker = ScoreWorker(scorer: scorer, fields: sampleFields, namesFile: names, countsFindings: false)
      do throws(ResumeError) {
        let point = try ResumePoint(
          inputs: stream.inputs, output: stream.output, digest: digest,
          expected: { worker.beginnings($0, $1, line: $2) }, onKept: { total.add(line: $0, $1) })
        (inputs, kept) = (point.inputs, point.keptBytes)
      } catch {
        if case .inputOutput(let error) = error { throw Terminal.report(error) }
        Terminal.say("toolreward: \(stream.output): \(error)")
        throw Status.wrongInput
      }
    }
    do throws(InputOutputError) {
      let sink = try OutputSink(path: stream.output, keepingBytes: kept, inputs: stream.inputs)
      var pipeline = LinePipeline(inputs: inputs, jobs: stream.jobCount)
      pipeline.digest = digest
      try await pipeline.run(into: sink) {
        ScoreWorker(scorer: scorer, fields: sampleFields, namesFile: names, countsFindings: countsFindings)
      } onWritten: { report, read in
        total.add(report)
        progress.update(samples: total.samples, read)
      }
      if let manifest {
        try OutputSink(path: manifest, inputs: stream.inputs + [stream.output].filter { $0 != "-" }).write(
          manifestText(scorer, total, digest: digest?.finish() ?? ""))
      }
    } catch {
      progress.clear()
      throw Terminal.report(error)
    }
    progress.clear()
    if summary { Terminal.say(total.text(reward: scorer.reward.name)) }
    if let hint = total.wholeInputHint {
      Terminal.say("toolreward: \(hint)")
      throw Status.wrongInput
    }
    if let failUnder, total.meanScore.map({ $0 < failUnder }) ?? true {
      let mean = total.meanScore.map { DecimalText.fixed($0, 4) } ?? "not there: nothing could be judged"
      Terminal.say("toolreward: the mean score is \(mean); --fail-under asks for \(failUnder)")
      throw Status.thresholdMissed
    }
    if total.unscorable > 0 {
      Terminal.say("toolreward: \(total.unscorableText)")
      throw Status.someUnscorable
    }
  }

  /// What was run, as JSON: everything that the result depends on, and the result.
  private func manifestText(_ scorer: Scorer, _ total: ScoreReport, digest: String) -> [UInt8] {
    var json = JSONText()
    json.object {
      $0.member("version", toolRewardVersion)
      $0.member("command", "score")
      $0.member("reward") {
        $0.object {
          $0.member("name", scorer.reward.name)
          $0.member("source", scorer.reward.source)
        }
      }
      $0.member("format", scorer.parser.format.name)
      $0.member("leniencies", judging.reading.leniencies)
      $0.member("view", judging.reading.view.rawValue)
      $0.member("fields") {
        $0.object {
          $0.member("id", fields.idField)
          $0.member("completion", fields.completionField)
          $0.member("completions", fields.completionsField)
          $0.member("ground_truth", fields.groundTruthField)
          $0.member("tools", fields.toolsField)
        }
      }
      $0.member("inputs", stream.inputs)
      $0.member("input_sha256", digest)
      $0.member("output", stream.output)
      total.append(to: &$0)
    }
    return json.bytes + [0x0A]
  }
}
