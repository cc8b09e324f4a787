import ArgumentParser
import ToolReward
import ToolRewardBenchmarks
import ToolRewardData
import ToolRewardLines
import ToolRewardReport

struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Find what is wrong with training data: above all, answers that no reward takes for right.",
    discussion: """
      Checks each right call against the tools of its row, scores each answer by a reward, and looks for texts that would be read as something else. The counts go to \
      standard output; --offenders names each row, --html makes a page.

      EXAMPLES
        toolreward audit train.json
        toolreward audit toolace.json xlam.json --offenders offenders.jsonl --html audit.html
        toolreward audit train.jsonl --fail-over 0.05 --fail-over type_mismatch=0.01

      RULES
      \(Self.ruleList)
      """)

  private static let ruleList = AuditRule.allCases.map { "  \($0.rawValue): \($0.summary)" }.joined(separator: "\n")

  @OptionGroup var data: DataOptions

  @Option(
    help: ArgumentHelp(
      "The reward that takes an answer for right: strict, exact-match, or one of tool-n1's.", valueName: "name"))
  var reward = "strict"

  @Option(help: ArgumentHelp("Where to write a line for each finding.", valueName: "file"))
  var offenders: String?

  @Option(help: ArgumentHelp("Where to write the report as one HTML page.", valueName: "file"))
  var html: String?

  @Option(help: ArgumentHelp("Where to write the counts as JSON.", valueName: "file"))
  var json: String?

  @Option(help: ArgumentHelp("A task with more bytes of messages and tools is over_long.", valueName: "bytes"))
  var maxBytes = 65_536

  @Option(
    name: .customLong("fail-over"),
    help: ArgumentHelp(
      "End with status 2 if a larger part of the rows is faulty, or has a finding of a rule: 0.05, or type_mismatch=0.01. May be given again.",
      valueName: "part"))
  var failOver: [String] = []

  private func makeScorer() throws -> Scorer {
    var options = ScorerOptions()
    options.reward = .named(reward)
    do throws(ScorerOptionsError) {
      return try Scorer(options)
    } catch {
      throw ConfigurationFile.usage(error)
    }
  }

  /// The thresholds: of a rule, or of all that are no notes.
  private func thresholds() throws -> [(rule: AuditRule?, part: Double)] {
    try failOver.map { text in
      let pieces = text.split(separator: "=", omittingEmptySubsequences: false)
      guard let part = pieces.last.flatMap({ Double($0) }), part >= 0, part <= 1, pieces.count <= 2 else {
        throw ValidationError("--fail-over must be a part from 0 to 1, or RULE=PART, not '\(text)'.")
      }
      guard pieces.count == 2 else { return (nil, part) }
      guard let rule = AuditRule(rawValue: String(pieces[0])) else {
        throw ValidationError(
          "There is no rule '\(pieces[0])'; the rules are: \(AuditRule.allCases.map(\.rawValue).joined(separator: ", "))."
        )
      }
      return (rule, part)
    }
  }

  func validate() throws {
    if !["strict", "exact-match"].contains(reward), reward != "tool-n1", !reward.hasPrefix("tool-n1-v") {
      throw ValidationError("--reward must be strict, exact-match, tool-n1 or one of its variants, not '\(reward)'.")
    }
    _ = try thresholds()
    let written = [offenders, html, json].compactMap { $0 }.filter { $0 != "-" }
    if Set(written).count < written.count { throw ValidationError("Two outputs have the same name.") }
  }

  func run() async throws {
    var options = AuditOptions(scorer: try makeScorer())
    options.importing = try data.importOptions()
    options.lengthLimit = maxBytes
    let sharedOptions = options
    var report = AuditReport()
    do throws(InputOutputError) {
      let inputs = data.inputs + data.answers
      let sink = try OutputSink(path: offenders ?? "/dev/null", inputs: inputs)
      var files: [(OutputSink, Bool)] = []
      for (path, isPage) in [(html, true), (json, false)] {
        // Beside those before it, so that none writes over another by another name.
        guard let path else { continue }
        let others = [offenders].compactMap { $0 } + files.map(\.0.path)
        files.append((try OutputSink(path: path, inputs: inputs + others), isPage))
      }
      var progress = ProgressLine(isOn: data.progress ?? Terminal.errorIsTerminal)
      var pipeline = LinePipeline(inputs: data.inputs.map { LineInput(path: $0) }, jobs: data.jobCount)
      pipeline.rows = data.rowRules
      var late: InputOutputError?
      try await pipeline.run(into: sink) {
        AuditWorker(sharedOptions)
      } onWritten: { part, read in
        do throws(InputOutputError) {
          let lines = report.add(part)
          if late == nil, !lines.isEmpty { try sink.write(lines) }
        } catch {
          late = error
        }
        progress.update(samples: report.total.rows, read)
      }
      progress.clear()
      if let late { throw late }
      for (file, isPage) in files { try file.write(isPage ? report.page(reward).html() : report.json(reward) + [0x0A]) }
    } catch {
      throw Terminal.report(error)
    }
    for line in report.lines { print(line) }
    try finish(report)
  }

  private func finish(_ report: AuditReport) throws {
    for fault in report.firstFaults { Terminal.say("toolreward: \(fault)") }
    let total = report.total
    try data.checkAnswered(report.answered)
    if total.rows == 0 {
      Terminal.say("toolreward: no rows\(failOver.isEmpty ? "" : ": nothing was audited, so no threshold is met")")
      if !failOver.isEmpty { throw Status.wrongInput }
    }
    let unreadable = total.rowsWith[.unreadableRow] ?? 0
    if unreadable > 0, unreadable == total.rows { throw Status.wrongInput }
    var isMissed = false
    for (rule, part) in try thresholds() {
      let found = rule.map { total.part($0) } ?? total.faultyPart
      guard found > part else { continue }
      isMissed = true
      let what = rule.map { "have a finding of \($0.rawValue)" } ?? "have a fault"
      Terminal.say(
        "toolreward: \(DecimalText.fixed(found * 100, 2)) % of the rows \(what); --fail-over asks for at most \(part)")
    }
    if isMissed { throw Status.thresholdMissed }
    if unreadable > 0 { throw Status.someUnscorable }
  }
}

/// Looks at rows.
private struct AuditWorker: LineWorker {
  private let auditor: RowAuditor

  init(_ options: AuditOptions) { auditor = RowAuditor(options) }

  mutating func process(_ chunk: LineChunk, file: String, into output: inout [UInt8]) -> [AuditedRow] {
    (chunk.rows ?? []).map { row in
      AuditedRow(file: file, line: row.line, result: auditor.audit(chunk.bytes.span, row, file: file))
    }
  }
}

/// A row and what was found in it.
struct AuditedRow: Sendable {
  var file: String
  var line: Int
  var result: RowAuditor.Result
}
