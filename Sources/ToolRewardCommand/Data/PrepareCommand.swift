import ArgumentParser
import ToolReward
import ToolRewardData
import ToolRewardPrompts
import ToolRewardLines

struct PrepareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prepare",
    abstract: "Make training tasks of data as Tool-N1 does: cut, filter, prompt, shuffle, split.",
    discussion: """
      Reads what 'toolreward import' reads, or its records. A dialogue gives a task for each message that calls tools, with what comes before it as the prompt. \
      A task whose answer names a tool that is not offered is dropped. The same seed gives the same bytes, whatever the number of threads.

      EXAMPLES
        toolreward prepare toolace.json xlam.json --to verl -o train.jsonl --test test.jsonl
        toolreward prepare toolace.json --to verl --compat tool-n1 -o train.jsonl
        toolreward prepare records.jsonl --to llamafactory --no-reasoning --prompt tool-n1-train -o sft.jsonl
        toolreward prepare completions.jsonl --distil tool-n1 --to llamafactory --prompt tool-n1-train -o sft.jsonl
        toolreward prepare xlam.json --dedup near --irrelevant 0.15 --mask 0.67 --seed 7 -o tasks.jsonl
      """)

  @OptionGroup var data: DataOptions

  @Option(name: .shortAndLong, help: ArgumentHelp("Where to write; - is standard output.", valueName: "out"))
  var output = "-"

  @Option(
    name: .customLong("to"),
    help: ArgumentHelp(
      "The shape: \(TaskFormat.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "format"))
  var to = "toolreward"

  @Option(
    help: ArgumentHelp(
      "The prompt that is written into the messages: \(PromptPreset.all.map(\.name).joined(separator: ", ")). verl's rows have tool-n1-train if none is named.",
      valueName: "name"))
  var prompt: String?

  @Option(help: ArgumentHelp("Where to write the tasks held back for testing.", valueName: "file"))
  var test: String?

  @Option(help: ArgumentHelp("The part of the tasks that is held back, with --test.", valueName: "part"))
  var testPart = 0.1

  @Option(help: ArgumentHelp("What the order and every random choice depend on.", valueName: "n"))
  var seed: UInt64 = 0

  @Flag(inversion: .prefixedNo, help: "Put the tasks in a random order.")
  var shuffle = true

  @Option(
    help: ArgumentHelp(
      "Which tasks count as seen before and are dropped: none, exact, or near (a few words differ). By default exact; none with --compat.",
      valueName: "kind"))
  var dedup: String?

  @Flag(help: "Keep messages of the assistant that call nothing as tasks whose answer is no call.")
  var includeNoCall = false

  @Flag(inversion: .prefixedNo, help: "Drop tasks whose answer names a tool that is not offered.")
  var filter = true

  @Option(
    help: ArgumentHelp(
      "Also give tasks without the tools of their answers, so that no call is right, with this likelihood.",
      valueName: "part"))
  var irrelevant = 0.0

  @Option(
    help: ArgumentHelp(
      "Give tools and parameters random names, in definitions and calls alike, with this likelihood.",
      valueName: "part"))
  var mask = 0.0

  @Option(help: ArgumentHelp("Drop tasks whose line has more bytes.", valueName: "bytes"))
  var maxBytes = 0

  @Option(
    help: ArgumentHelp(
      "Distillation: keep tasks alone whose \"completion\", or one of whose \"completions\", this reward accepts; it becomes the answer.",
      valueName: "reward"))
  var distil: String?

  @Option(help: ArgumentHelp("The least reward that --distil accepts.", valueName: "score"))
  var distilOver = 1.0

  @Flag(inversion: .prefixedNo, help: "Write the reasoning of answers, where the shape holds it.")
  var reasoning = true

  @Flag(help: "Write TRL's tools as a string of JSON, as datasets before 4.7 needs them.")
  var toolsAsText = false

  @Option(help: ArgumentHelp("Where to write the counts as JSON.", valueName: "file"))
  var report: String?

  @OptionGroup var counts: CountOptions

  private var deduplication: TaskStore.Deduplication {
    dedup.flatMap { TaskStore.Deduplication(rawValue: $0) } ?? (data.isToolN1 ? .none : .exact)
  }

  func validate() throws {
    if TaskFormat(rawValue: to) == nil {
      let known = TaskFormat.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("There is no shape '\(to)' to write. The shapes are: \(known).")
    }
    if let prompt, PromptPreset.named(prompt) == nil {
      let known = PromptPreset.all.map(\.name).joined(separator: ", ")
      throw ValidationError("There is no prompt '\(prompt)'. The prompts are: \(known).")
    }
    if let dedup, TaskStore.Deduplication(rawValue: dedup) == nil {
      throw ValidationError("--dedup must be none, exact or near, not '\(dedup)'.")
    }
    for (name, part) in [("--test-part", testPart), ("--irrelevant", irrelevant), ("--mask", mask)]
    where !(part >= 0 && part <= 1) {
      throw ValidationError("\(name) must be from 0 to 1.")
    }
    let written = [output, test, report, counts.dropped].compactMap { $0 }.filter { $0 != "-" }
    if Set(written).count < written.count { throw ValidationError("Two outputs have the same name.") }
  }

  private func options() throws -> PrepareOptions {
    var options = PrepareOptions()
    options.importing = try data.importOptions()
    options.cutter = TaskCutter(includesNoCall: includeNoCall, requiresOfferedTools: filter)
    options.writing = TaskWriterOptions(
      format: TaskFormat(rawValue: to) ?? .toolreward, prompt: prompt.flatMap { PromptPreset.named($0) },
      includesReasoning: reasoning, toolsAsText: toolsAsText, isToolN1: data.isToolN1)
    options.irrelevantRate = irrelevant
    options.maskRate = mask
    options.lengthLimit = max(0, maxBytes)
    options.seed = seed
    options.deduplication = deduplication
    options.threshold = distilOver
    if let distil {
      var scoring = ScorerOptions()
      scoring.reward = .named(distil)
      do throws(ScorerOptionsError) {
        options.distiller = try Scorer(scoring)
      } catch {
        throw ConfigurationFile.usage(error)
      }
    }
    return options
  }

  func run() async throws {
    let options = try options()
    var store = TaskStore(deduplication)
    var table = PrepareTable()
    let files: [OutputSink?]
    let spool: OutputSink
    do throws(InputOutputError) {
      let inputs = data.inputs + data.answers
      spool = try OutputSink(temporary: ())
      files = [try OutputSink(path: output, inputs: inputs), try Self.open(test, inputs)]
    } catch {
      throw Terminal.report(error)
    }
    let result = try await data.run(into: spool, dropped: counts.dropped) {
      PrepareWorker(options)
    } onWritten: { part in
      for task in part.tasks { table.count(task.task, store.add(task.task), file: task.file) }
    }
    if shuffle { store.shuffle(seed: seed) }
    do throws(InputOutputError) {
      try write(store, spool, files, TaskWriter(options.writing))
      if let report {
        try OutputSink(path: report, inputs: data.inputs).write(table.json(result) + [0x0A])
      }
    } catch {
      throw Terminal.report(error)
    }
    if !counts.quiet {
      for line in DataText.lines(result) + table.lines { Terminal.say(line) }
    }
    try result.finish()
  }

  private static func open(_ path: String?, _ inputs: [String]) throws(InputOutputError) -> OutputSink? {
    guard let path else { return nil }
    return try OutputSink(path: path, inputs: inputs)
  }

  /// Copies the lines to their files in the store's order.
  private func write(
    _ store: TaskStore, _ spool: OutputSink, _ files: [OutputSink?], _ writer: TaskWriter
  ) throws(InputOutputError) {
    let count = store.count
    var held = test == nil ? 0 : Int((Double(count) * testPart).rounded())
    var trained = count - held
    if data.isToolN1, test != nil {
      // The published split rounds both parts down, and may lose a task.
      held = Int(Double(count) * testPart)
      trained = Int(Double(count) * (1 - testPart))
    }
    for (file, split, range) in [(files[0], "train", 0..<trained), (files[1], "test", trained..<(trained + held))] {
      guard let file else { continue }
      var buffer: [UInt8] = []
      for (index, position) in range.enumerated() {
        try spool.read(store.range(of: position), onto: &buffer)
        writer.appendEnd(split: split, index: index, to: &buffer)
        if buffer.count >= 1 << 18 {
          try file.write(buffer)
          buffer.removeAll(keepingCapacity: true)
        }
      }
      try file.write(buffer)
    }
  }
}

/// Turns rows into lines of tasks.
private struct PrepareWorker: LineWorker {
  private let preparer: TaskPreparer

  init(_ options: PrepareOptions) { preparer = TaskPreparer(options) }

  mutating func process(_ chunk: LineChunk, file: String, into output: inout [UInt8]) -> DataReport {
    var report = DataReport()
    var tally = RowTally()
    for row in chunk.rows ?? [] {
      do throws(DroppedRow) {
        let (record, tasks, dropped) = try preparer.prepare(chunk.bytes.span, row, file: file, into: &output)
        tally.count(record, tasks: tasks.count, dropped: dropped)
        for reason in dropped { report.note(reason, file: file, line: row.line) }
        report.tasks += tasks.map { (file, $0) }
      } catch {
        tally.count(error)
        report.note(error, file: file, line: row.line)
      }
    }
    report.add(tally, file: file)
    return report
  }
}
