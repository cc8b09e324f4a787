import ArgumentParser
import ToolReward
import ToolRewardData
import ToolRewardLines
import ToolRewardReport

struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Read tool-calling training data of any known format into one form.",
    discussion: """
      A file may be a JSON array or JSON Lines; it is read once, row by row. Each row gives a record with its messages, its tools and what is right, or a \
      reason why not. Docs/TrainingData.md shows the formats and the record.

      EXAMPLES
        toolreward import xlam.json ToolACE.json -o records.jsonl
        toolreward import --from glaive glaive.jsonl -o records.jsonl --dropped dropped.jsonl
        toolreward import BFCL_v4_multiple.json --answers possible_answer/BFCL_v4_multiple.json -o records.jsonl
      """)

  @OptionGroup var data: DataOptions

  @Option(name: .shortAndLong, help: ArgumentHelp("Where to write; - is standard output.", valueName: "out"))
  var output = "-"

  @OptionGroup var counts: CountOptions

  func run() async throws {
    let options = try data.importOptions()
    let report = try await data.run(output: output, dropped: counts.dropped) {
      ImportWorker(options)
    } onWritten: { _ in
    }
    if !counts.quiet { for line in DataText.lines(report) { Terminal.say(line) } }
    try report.finish()
  }
}

/// Turns rows into records.
private struct ImportWorker: LineWorker {
  private let importer: RecordImporter
  private let writer = RecordWriter()
  private let cutter = TaskCutter(requiresOfferedTools: false)

  init(_ options: ImportOptions) { importer = RecordImporter(options) }

  mutating func process(_ chunk: LineChunk, file: String, into output: inout [UInt8]) -> DataReport {
    var report = DataReport()
    var tally = RowTally()
    for row in chunk.rows ?? [] {
      do throws(DroppedRow) {
        let record = try importer.record(chunk.bytes.span, row, file: file)
        writer.append(record, to: &output)
        output.append(0x0A)
        let (tasks, dropped) = cutter.tasks(of: record)
        tally.count(record, tasks: tasks.count, dropped: dropped)
        for reason in dropped { report.note(reason, file: file, line: row.line, id: record.id) }
      } catch {
        tally.count(error)
        report.note(error, file: file, line: row.line)
      }
    }
    report.add(tally, file: file)
    return report
  }
}

/// Counts, for people.
enum DataText {
  static func lines(_ report: DataReport) -> [String] {
    var lines: [String] = []
    for entry in report.files { lines += self.lines(entry.tally, entry.file) }
    if report.files.count > 1 { lines += self.lines(report.all, "all") }
    if report.files.isEmpty { lines.append("no rows") }
    return lines
  }

  private static func lines(_ tally: RowTally, _ file: String) -> [String] {
    func list(_ entries: [(String, Int)]) -> String {
      entries.map { "\($0.0) \(DecimalText.grouped($0.1))" }.joined(separator: ", ")
    }
    var lines = [
      "\(file): \(DecimalText.grouped(tally.rows)) rows (\(list(tally.formatList.map { ($0.format.rawValue, $0.count) }))), "
        + "\(DecimalText.grouped(tally.records)) records, \(DecimalText.grouped(tally.tasks)) tasks from \(DecimalText.grouped(tally.recordsWithTask))"
    ]
    if !tally.dropped.isEmpty {
      lines.append("  without a task: \(list(tally.droppedList.map { ($0.code.rawValue, $0.count) }))")
    }
    if !tally.droppedAnswers.isEmpty {
      let sorted = DroppedRow.Code.allCases.compactMap { code in tally.droppedAnswers[code].map { (code.rawValue, $0) }
      }
      lines.append("  answers left out of rows with others: \(list(sorted))")
    }
    if !tally.warnings.isEmpty {
      lines.append("  rows with warnings: \(list(tally.warningList.map { ($0.code.rawValue, $0.count) }))")
    }
    return lines
  }
}
