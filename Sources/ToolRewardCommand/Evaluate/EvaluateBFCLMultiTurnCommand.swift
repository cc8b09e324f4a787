import ArgumentParser
import ToolReward
import ToolRewardBenchmarks
import ToolRewardLines
import ToolRewardReport

struct EvaluateBFCLMultiTurnCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bfcl-multi-turn",
    abstract: "Check the leaderboard's multi-turn traces, and write them for its official evaluator.",
    discussion: """
      Each line of input is {"id", "category"?, "model"?, "raw" | "result": [[step, …], …]}: a list of turns, each a list of what the model gave \
      step by step. The official verdict comes of running the calls on services written in Python, which is not done here: no trace is called \
      right. Each line of output is {"id", "category", "model", "valid", "error_type", "steps", "calls", "remarks"}: "valid" is false where the official \
      code must refuse the trace, else null.

      EXAMPLES
        toolreward evaluate bfcl-multi-turn --data bfcl_eval/data --export result traces.jsonl
        bfcl evaluate --partial-eval --model MODEL --test-category multi_turn
      """
  )

  @Option(help: ArgumentHelp("The folder 'data' of bfcl_eval, version 3 or 4.", valueName: "folder"))
  var data: String

  @Option(
    help: ArgumentHelp(
      "Where to write FOLDER/MODEL/multi_turn/BFCL_…_result.json (version 3: FOLDER/MODEL/BFCL_…), as the official evaluator reads them.",
      valueName: "folder"))
  var export: String?

  @Option(
    help: ArgumentHelp("How a step's text becomes calls; that of the model's name if left out.", valueName: "name"),
    transform: BFCLDecoderName.decoder(named:))
  var decoder: BFCLOutputDecoder?

  @Option(
    help: ArgumentHelp("The model of lines that name none; a result file's folder tells it, too.", valueName: "name"))
  var model: String?

  @Option(name: .shortAndLong, help: ArgumentHelp("Where to write; - is standard output.", valueName: "out"))
  var output = "-"

  @Argument(help: ArgumentHelp("JSON Lines to read; - is standard input.", valueName: "in"))
  var inputs: [String]

  func validate() throws {
    if inputs.isEmpty { throw ValidationError("Name the files to read, or - for standard input.") }
  }

  func run() throws {
    try OutputPaths.check([("--output", output), ("--export", export)], data: data)
    let benchmark = try BenchmarkData.read(data, BFCLMultiTurn.init(folder:))
    var files: [String: [UInt8]] = [:]
    var order: [String] = []
    var broken = 0
    var first: String?
    do throws(InputOutputError) {
      let sink = try OutputSink(path: output, inputs: inputs)
      for path in inputs {
        let given = model ?? ResultFile.model(of: path) ?? ""
        let source = try LineSource(path: path)
        var chunk = LineChunk()
        while try source.next(into: &chunk) {
          var written: [UInt8] = []
          let text = chunk.bytes.span
          chunk.forEachLine { number, range in
            if LineChunk.isBlank(text, range) { return }
            guard let row = try? ValueReader(syntax: .python, limits: .python).read(text.extracting(range)),
              let check = benchmark.check(row, decoder: decoder, model: given)
            else {
              broken += 1
              first = first ?? "\(path), line \(number): no row with the \"id\" of a multi-turn sample in the data"
              return
            }
            Self.write(check, &written)
            let file = name(of: check, benchmark.version)
            if files[file] == nil { order.append(file) }
            files[file, default: []] += check.line
          }
          try sink.write(written)
        }
      }
      if let export {
        for file in order {
          let parts = file.split(separator: "/").dropLast()
          var folder = export
          try OutputSink.makeFolder(folder)
          for part in parts {
            folder += "/\(part)"
            try OutputSink.makeFolder(folder)
          }
          try OutputSink(path: "\(export)/\(file)", inputs: inputs).write(files[file] ?? [])
        }
      }
    } catch {
      throw Terminal.report(error)
    }
    if let first {
      Terminal.say("toolreward: \(DecimalText.grouped(broken)) lines could not be checked; the first: \(first)")
      throw Status.someUnscorable
    }
  }

  private func name(of check: BFCLMultiTurn.Check, _ version: BFCLVersion) -> String {
    // A folder's name: the official code has underscores for slashes.
    var model = ""
    for scalar in check.model.unicodeScalars {
      model.unicodeScalars.append(scalar == "/" || scalar.value < 0x20 ? "_" : scalar)
    }
    if ["", ".", ".."].contains(model) { model = "model" + model.map { _ in "_" } }
    return version == .v3
      ? "\(model)/BFCL_v3_\(check.category)_result.json" : "\(model)/multi_turn/BFCL_v4_\(check.category)_result.json"
  }

  private static func write(_ check: BFCLMultiTurn.Check, _ output: inout [UInt8]) {
    output += Array(#"{"id":"#.utf8)
    JSONWriter.compact.appendString(check.id.span, 0..<check.id.count, to: &output)
    output += Array(#","category":"\#(check.category)","model":"#.utf8)
    if check.model.utf8.isEmpty { output += Array("null".utf8) } else { VerdictWriter.append(check.model, to: &output) }
    output += Array(#","valid":\#(check.verdict.isValid.map { "\($0)" } ?? "null"),"error_type":"#.utf8)
    VerdictWriter.append(check.verdict.errorType ?? "", to: &output)
    output += Array(#","steps":\#(check.steps),"calls":\#(check.calls),"remarks":["#.utf8)
    for (index, remark) in check.remarks.enumerated() {
      if index > 0 { output.append(0x2C) }
      output += Array(#"{"kind":"\#(remark.kind.rawValue)","turn":\#(remark.turn),"step":\#(remark.step),"name":"#.utf8)
      JSONWriter.compact.appendString(remark.name.span, 0..<remark.name.count, to: &output)
      output.append(0x7D)
    }
    output += Array("]}\n".utf8)
  }
}
