import ArgumentParser
import ToolReward
import ToolRewardData
import ToolRewardPrompts
import ToolRewardLines
import ToolRewardReport

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

  @Option(
    help: ArgumentHelp(
      "Where to write the tasks held back for testing: none begins with the same message as a task for training.",
      valueName: "file"))
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
    let written = [output, test, report, counts.dropped].compactMap { $0 }
    if Set(written).count < written.count { throw ValidationError("Two outputs have the same name.") }
    if test == nil, testPart != 0.1 {
      throw ValidationError("--test-part needs --test FILE, where to write that part.")
    }
    if distil == nil, distilOver != 1 { throw ValidationError("--distil-over needs --distil REWARD.") }
    if toolsAsText, to != TaskFormat.trl.rawValue { throw ValidationError("--tools-as-text is for --to trl.") }
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
    var store = TaskStore(deduplication, keepsGroups: test != nil && !data.isToolN1)
    var table = PrepareTable()
    var silent = 0
    let files: [OutputSink?]
    let reportFile: OutputSink?
    let spool: OutputSink
    do throws(InputOutputError) {
      let inputs = data.inputs + data.answers
      spool = try OutputSink(temporary: ())
      // Each output is looked at beside those before it, so that none writes over another by another name.
      let first = try OutputSink(path: output, inputs: inputs)
      files = [first, try Self.open(test, inputs + [output])]
      reportFile = try Self.open(report, inputs + [output, test].compactMap { $0 })
    } catch {
      throw Terminal.report(error)
    }
    let result = try await data.run(into: spool, dropped: counts.dropped) {
      PrepareWorker(options)
    } onWritten: { part in
      for task in part.tasks {
        let reason = store.add(task.task)
        table.count(task.task, reason, file: task.file)
        if reason == nil, task.task.hasNoAnswer { silent += 1 }
      }
    }
    if shuffle { store.shuffle(seed: seed) }
    do throws(InputOutputError) {
      try write(store, spool, files, TaskWriter(options.writing))
      try reportFile?.write(table.json(result) + [0x0A])
    } catch {
      throw Terminal.report(error)
    }
    if !counts.quiet {
      for line in DataText.lines(result) + table.lines { Terminal.say(line) }
    }
    if silent > 0, [.openai, .llamafactory].contains(options.writing.format) {
      Terminal.say(
        "toolreward: in \(DecimalText.grouped(silent)) tasks no call is right, and the data does not say what to answer: what is learnt there is to say nothing. For fine-tuning leave them out (no --include-no-call, no --irrelevant)."
      )
    }
    try result.finish()
  }

  private static func open(_ path: String?, _ inputs: [String]) throws(InputOutputError) -> OutputSink? {
    guard let path else { return nil }
    return try OutputSink(path: path, inputs: inputs)
  }

  /// Writes the lines to their files in the store's order.
  private func write(
    _ store: TaskStore, _ spool: OutputSink, _ files: [OutputSink?], _ writer: TaskWriter
  ) throws(InputOutputError) {
    let count = store.count
    let held: [Bool]
    if data.isToolN1, test != nil {
      // The published split cuts between tasks, rounds both parts down, and may lose a task.
      let trained = Int(Double(count) * (1 - testPart))
      held = (0..<min(count, trained + Int(Double(count) * testPart))).map { $0 >= trained }
    } else if test != nil {
      held = store.heldBack(Int((Double(count) * testPart).rounded()))
    } else {
      held = [Bool](repeating: false, count: count)
    }
    for (file, split, isTest) in [(files[0], "train", false), (files[1], "test", true)] {
      guard let file else { continue }
      var buffer: [UInt8] = []
      var draft: [UInt8] = []
      var index = 0
      for position in held.indices where held[position] == isTest {
        draft.removeAll(keepingCapacity: true)
        try spool.read(store.range(of: position), onto: &draft)
        writer.appendLine(of: draft.span, split: split, index: index, to: &buffer)
        index += 1
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
        for reason in dropped { report.note(reason, file: file, line: row.line, id: record.id) }
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
