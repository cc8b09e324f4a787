public import ToolReward
public import ToolRewardLines

/// What is made of records.
public struct PrepareOptions: Sendable {
  /// How rows are read.
  public var importing = ImportOptions()
  /// How records are cut.
  public var cutter = TaskCutter()
  /// How tasks are written.
  public var writing = TaskWriterOptions()
  /// The likelihood that a task is also given without the tools of its answer.
  public var irrelevantRate = 0.0
  /// The likelihood that a task's names are masked.
  public var maskRate = 0.0
  /// The most bytes of a task's line; 0 for any number.
  public var lengthLimit = 0
  /// Which tasks count as seen before.
  public var deduplication = TaskStore.Deduplication.none
  /// What random choices depend on.
  public var seed: UInt64 = 0
  /// Keeps tasks alone whose completion this rewards with ``threshold`` or more; `nil` to keep all.
  public var distiller: Scorer?
  /// The least reward that is accepted.
  public var threshold = 1.0

  /// Creates options.
  public init() {}
}

/// Turns rows into tasks: the preparation of Tool-N1 (arXiv 2505.00024, §3.1), without its defects unless they are asked for. One for each
/// thread.
public final class TaskPreparer {
  private let options: PrepareOptions
  private let importer: RecordImporter
  private let writer: TaskWriter
  private let augmentation: Augmentation
  private let filter: DistillationFilter?

  /// Creates a preparer.
  public init(_ options: PrepareOptions) {
    self.options = options
    importer = RecordImporter(options.importing)
    writer = TaskWriter(options.writing)
    augmentation = Augmentation(seed: options.seed)
    filter = options.distiller.map { DistillationFilter($0, threshold: options.threshold) }
  }

  /// Writes a row's tasks, each but for its line's end. O(row × tasks).
  ///
  /// - Returns: The record, the tasks written, and why answers of the row gave none.
  /// - Throws: ``DroppedRow`` if the row gives no record.
  public func prepare(
    _ text: Span<UInt8>, _ row: DataRow, file: String, into output: inout [UInt8]
  ) throws(DroppedRow) -> (record: TrainingRecord, tasks: [StoredTask], dropped: [DroppedRow]) {
    let record = try importer.record(text, row, file: file)
    var cutter = options.cutter
    // The published preparation filters ToolACE's rows alone.
    if options.writing.isToolN1, record.source.format == .xlam { cutter.requiresOfferedTools = false }
    let (cut, reasons) = cutter.tasks(of: record)
    var stored: [StoredTask] = []
    var dropped = reasons
    for task in cut {
      var task = task
      if let filter {
        do throws(DroppedRow) {
          task = try filter.filter(task)
        } catch {
          dropped.append(error)
          continue
        }
      }
      write(task, &stored, &dropped, into: &output)
      if options.irrelevantRate > 0, let other = augmentation.irrelevant(task, rate: options.irrelevantRate) {
        write(other, &stored, &dropped, into: &output)
      }
    }
    return (record, stored, dropped)
  }

  private func write(
    _ task: TrainingRecord, _ tasks: inout [StoredTask], _ dropped: inout [DroppedRow], into output: inout [UInt8]
  ) {
    let task =
      options.maskRate > 0 ? augmentation.masked(task, rate: options.maskRate, importer.reader) : task
    let start = output.count
    do throws(DroppedRow) {
      try writer.appendDraft(task, to: &output)
    } catch {
      output.removeLast(output.count - start)
      dropped.append(error)
      return
    }
    let stored = output.count - start
    let limit = options.lengthLimit == 0 ? TaskStore.lengthLimit : min(options.lengthLimit, TaskStore.lengthLimit)
    // A draft is shorter than its line, which is measured only where somebody set a limit.
    let length = options.lengthLimit == 0 ? stored : writer.lineLength(of: output.span.extracting(start...))
    guard length <= limit else {
      output.removeLast(stored)
      dropped.append(DroppedRow(.overLong, "the task's line has \(length) bytes, more than \(limit)"))
      return
    }
    let turns = task.messages.reduce(0) { $0 + ($1.role == .system ? 0 : 1) }
    let print =
      options.deduplication == .none
      ? TaskFingerprint() : TaskFingerprint(task, findsNear: options.deduplication == .near)
    var group = StableHash()
    group.add(task.messages.first { $0.role == .user }?.content ?? task.id)
    tasks.append(
      StoredTask(
        length: stored, print: print, isMultiTurn: turns >= 2, group: group.value,
        hasNoAnswer: (task.groundTruth ?? []).isEmpty && task.response == nil && task.completions.isEmpty))
  }
}

@available(*, unavailable)
extension TaskPreparer: Sendable {}
