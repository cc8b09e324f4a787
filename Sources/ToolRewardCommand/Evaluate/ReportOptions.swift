import ArgumentParser
import ToolReward
import ToolRewardBenchmarks
import ToolRewardLines

/// Where an evaluation's report goes.
struct ReportOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Where to write the whole report as JSON, with each sample's verdicts.", valueName: "file"))
  var json: String?

  @Option(
    help: ArgumentHelp(
      "The folder to write the official scores to as CSV, in the leaderboard's layout; it is made if need be.",
      valueName: "folder"))
  var csv: String?

  @Option(
    help: ArgumentHelp(
      "Where to write the report as a page with charts: one file that loads nothing.", valueName: "file"))
  var html: String?

  @Option(
    help: ArgumentHelp(
      "How many samples to name for each reason that official and strict verdicts differ for.", valueName: "n"))
  var differences = 10

  func validate() throws {
    if differences < 0 { throw ValidationError("--differences must be 0 or more.") }
    if [json, html].contains("-") {
      throw ValidationError("--json and --html need a file: standard output has the table.")
    }
  }

  /// Where files are written to, by their options.
  var outputs: [(option: String, path: String?)] { [("--json", json), ("--html", html), ("--csv", csv)] }

  /// Writes the report to every place that was asked for, and its tables to standard output.
  ///
  /// - Parameters:
  ///   - report: The report.
  ///   - inputs: The files that were read: none of them is written over.
  func write(_ report: BenchmarkReport, inputs: [String] = []) throws {
    do throws(InputOutputError) {
      if let json { try OutputSink(path: json, inputs: inputs).write(report.json()) }
      if let html { try OutputSink(path: html, inputs: inputs).write(report.html()) }
      if let csv {
        try OutputSink.makeFolder(csv)
        for file in report.csv() { try OutputSink(path: "\(csv)/\(file.name)", inputs: inputs).write(file.bytes) }
      }
      let text = report.text(width: Terminal.outputWidth, differences: differences)
      try OutputSink(path: "-").write(Array(text.utf8))
    } catch {
      throw Terminal.report(error)
    }
  }
}
