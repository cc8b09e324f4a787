import ArgumentParser
import ToolRewardData
import ToolRewardLines
import ToolRewardReport

/// Training data to read, and how.
struct DataOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp("JSON arrays or JSON Lines of training data; - is standard input.", valueName: "in"))
  var inputs: [String]

  @Option(
    name: .customLong("from"),
    help: ArgumentHelp(
      "The format, or auto to tell each row's by its members: \(DataFormat.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "format"))
  var from = "auto"

  @Option(
    help: ArgumentHelp(
      "A file of answers that belong to questions in another (BFCL, ACEBench). May be given again.", valueName: "file"))
  var answers: [String] = []

  @Option(
    help: ArgumentHelp(
      "tool-n1: read calls written in Python as the preparation published with Tool-N1 reads them, wrong values included.",
      valueName: "name"))
  var compat: String?

  @Option(
    help: ArgumentHelp("The most MiB of a row; a longer one is told of and passed over.", valueName: "MiB"))
  var rowLimit = 32

  @Option(name: .shortAndLong, help: ArgumentHelp("How many threads; 0 for one a core.", valueName: "n"))
  var jobs = 0

  @Flag(inversion: .prefixedNo, help: "Show progress on standard error. By default where that is a terminal.")
  var progress: Bool?

  var jobCount: Int { jobs == 0 ? Terminal.processorCount : jobs }

  var isToolN1: Bool { compat == "tool-n1" }

  func validate() throws {
    if inputs.isEmpty { throw ValidationError("Name the files to read, or - for standard input.") }
    if inputs.filter({ $0 == "-" }).count > 1 { throw ValidationError("Standard input (-) can be read once only.") }
    if jobs < 0 { throw ValidationError("--jobs must be 0 or more.") }
    if rowLimit < 1 || rowLimit > 1024 { throw ValidationError("--row-limit must be from 1 to 1024 (MiB).") }
    if from != "auto", DataFormat(rawValue: from) == nil {
      let known = DataFormat.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("There is no format '\(from)'. The formats are: auto, \(known).")
    }
    if let compat, compat != "tool-n1" { throw ValidationError("--compat knows tool-n1 only, not '\(compat)'.") }
  }

  /// How rows are read.
  func importOptions() throws -> ImportOptions {
    var options = ImportOptions(format: DataFormat(rawValue: from), grammar: isToolN1 ? .toolN1 : .python)
    guard !answers.isEmpty else { return options }
    options.answers = try answerTable()
    return options
  }

  /// The answers of all files. One that cannot be read, or is another of the same question, is a mistake in what was named.
  private func answerTable() throws -> AnswerTable {
    var table = AnswerTable()
    for path in answers {
      var fault: String?
      do throws(InputOutputError) {
        try DataRows.forEach(of: path, RowRules(rowLimit: rowLimit << 20)) { text, row in
          guard fault == nil else { return }
          do throws(DroppedRow) {
            try table.add(text, row, file: path)
          } catch {
            fault = "\(path):\(row.line): \(error.message)"
          }
        }
      } catch {
        throw Terminal.report(error)
      }
      if let fault {
        Terminal.say("toolreward: \(fault)")
        throw Status.wrongInput
      }
    }
    return table
  }

  /// Tells of answers that belong to none of the questions.
  func checkAnswered(_ count: Int) throws {
    guard !answers.isEmpty, count == 0 else { return }
    Terminal.say("toolreward: no row has an answer in \(answers.joined(separator: ", ")): no \"id\" is the same")
    throw Status.wrongInput
  }

  /// How inputs are taken apart into rows.
  var rowRules: RowRules {
    let format = from
    return RowRules(rowLimit: rowLimit << 20) { line in
      format == "api-bank" || (format == "auto" && RecordImporter.isDialogueLine(line))
    }
  }

  /// Has workers read every input and write to a file; what was dropped goes to its own.
  func run<Worker: LineWorker>(
    output: String, dropped: String?, makeWorker: @escaping @Sendable () -> Worker,
    onWritten: @escaping (DataReport) -> Void
  ) async throws -> DataReport where Worker.Report == DataReport {
    let sink: OutputSink
    do throws(InputOutputError) {
      sink = try OutputSink(path: output, inputs: inputs + answers)
    } catch {
      throw Terminal.report(error)
    }
    return try await run(into: sink, dropped: dropped, makeWorker: makeWorker, onWritten: onWritten)
  }

  /// Has workers read every input and write to a sink; what was dropped goes to its own.
  ///
  /// - Parameter onWritten: Told of what was written, in order.
  func run<Worker: LineWorker>(
    into sink: OutputSink, dropped: String?, makeWorker: @escaping @Sendable () -> Worker,
    onWritten: @escaping (DataReport) -> Void
  ) async throws -> DataReport where Worker.Report == DataReport {
    var line = ProgressLine(isOn: progress ?? Terminal.errorIsTerminal)
    var total = DataReport()
    var rows = 0
    do throws(InputOutputError) {
      var droppedSink: OutputSink?
      if let dropped { droppedSink = try OutputSink(path: dropped, inputs: inputs + answers) }
      var pipeline = LinePipeline(inputs: inputs.map { LineInput(path: $0) }, jobs: jobCount)
      pipeline.rows = rowRules
      var failure: InputOutputError?
      try await pipeline.run(into: sink, makeWorker: makeWorker) { report, read in
        do throws(InputOutputError) {
          if failure == nil { try droppedSink?.write(report.droppedLines) }
        } catch {
          failure = error
        }
        total.add(report)
        onWritten(report)
        rows += report.files.reduce(0) { $0 + $1.tally.rows }
        line.update(samples: rows, read)
      }
      if let failure { throw failure }
    } catch {
      line.clear()
      throw Terminal.report(error)
    }
    line.clear()
    total.options = self
    return total
  }
}

/// What became of rows, file by file.
struct DataReport: Sendable {
  var files: [(file: String, tally: RowTally)] = []
  var droppedLines: [UInt8] = []
  /// The tasks written, with their files.
  var tasks: [(file: String, task: StoredTask)] = []
  /// The first reasons, for people.
  var firstFaults: [String] = []
  /// What was asked for; `nil` in the part of a run.
  var options: DataOptions?

  mutating func add(_ other: DataReport) {
    for entry in other.files { add(entry.tally, file: entry.file) }
    for fault in other.firstFaults where firstFaults.count < 5 { firstFaults.append(fault) }
  }

  mutating func add(_ tally: RowTally, file: String) {
    if let place = files.lastIndex(where: { $0.file == file }) {
      files[place].tally.add(tally)
    } else {
      files.append((file, tally))
    }
  }

  var all: RowTally {
    var total = RowTally()
    for entry in files { total.add(entry.tally) }
    return total
  }

  /// Notes why a row, or an answer in it, gave nothing.
  mutating func note(_ reason: DroppedRow, file: String, line: Int, id: [UInt8]? = nil) {
    let place = reason.turn.map { ": message \($0)" } ?? ""
    if reason.code.isFault, firstFaults.count < 5 {
      firstFaults.append("\(file):\(line)\(place): \(reason.message)")
    }
    var text = JSONLine([("file", file), ("code", reason.code.rawValue), ("message", reason.message)])
    text.add("line", number: line)
    if let id { text.add("id", json: String(decoding: id, as: UTF8.self)) }
    if let turn = reason.turn { text.add("turn", number: turn) }
    droppedLines += Array(text.text.utf8) + [0x0A]
  }

  /// Tells of rows that cannot be read, and gives the exit status that they make.
  func finish() throws {
    let total = all
    let faults = total.faults
    // Where nothing is what it should be, the first row tells why.
    for fault in firstFaults.prefix(total.records == 0 && files.count == 1 ? 1 : 5) {
      Terminal.say("toolreward: \(fault)")
    }
    if total.dropped[.unreadableAnswer] == nil { try options?.checkAnswered(total.answered) }
    guard faults > 0 else { return }
    if faults > firstFaults.count {
      Terminal.say("toolreward: \(DecimalText.grouped(faults)) rows could not be read; --dropped FILE lists them all")
    }
    throw total.records == 0 ? Status.wrongInput : Status.someUnscorable
  }
}

/// What a run says of its rows.
struct CountOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where to write, a line each, which rows gave nothing and why.", valueName: "file"))
  var dropped: String?

  @Flag(name: .shortAndLong, help: "Do not print the counts to standard error.")
  var quiet = false
}
