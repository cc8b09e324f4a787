import ToolReward
import ToolRewardData
import ToolRewardLines

private let importers = [nil] + DataFormat.allCases.map { Optional($0) }
private let writers = TaskFormat.allCases.map { TaskWriter(TaskWriterOptions(format: $0)) }

// A row of training data, read as the format that the first byte names: it is refused with a reason, or gives a record whose tasks are
// written as lines of JSON in every shape; our own shape is read again as the same tasks.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzImport(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = unsafe start.map { unsafe Array(UnsafeBufferPointer(start: $0, count: count)) } ?? []
  guard let choice = bytes.first else { return 0 }
  var options = ImportOptions(format: importers[Int(choice) % importers.count])
  if choice >= 128 { options.grammar = .toolN1 }
  let text = Array(bytes.dropFirst())
  let row = DataRow(line: 1, range: 0..<text.count)
  guard let record = try? RecordImporter(options).record(text.span, row, file: "f") else { return 0 }
  for task in TaskCutter(includesNoCall: true, requiresOfferedTools: false).tasks(of: record).tasks {
    for writer in writers {
      guard let line = written(task, writer) else { continue }
      guard (try? ValueReader(syntax: .python).read(line)) != nil else { preconditionFailure("a task's line is JSON") }
      guard writer.options.format == .toolreward else { continue }
      let again = try? RecordImporter(ImportOptions(format: .toolreward)).record(
        line.span, DataRow(line: 1, range: 0..<line.count), file: "f")
      guard let again, let second = written(again, writer) else { preconditionFailure("a record is read again") }
      precondition(second == line, "a record read again is the same")
    }
  }
  return 0
}

private func written(_ task: TrainingRecord, _ writer: TaskWriter) -> [UInt8]? {
  var draft: [UInt8] = []
  guard (try? writer.appendDraft(task, to: &draft)) != nil else { return nil }
  var line: [UInt8] = []
  writer.appendLine(of: draft.span, split: "train", index: 0, to: &line)
  return line.dropLast()
}
