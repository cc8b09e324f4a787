/// What became of the rows of a file, or of several.
public struct RowTally: Sendable, Hashable {
  /// Rows met.
  public var rows = 0
  /// Rows that gave a record.
  public var records = 0
  /// Records that gave a task.
  public var recordsWithTask = 0
  /// Tasks, one or more a record.
  public var tasks = 0
  /// Rows by why they gave no record or no task, each once, under its first reason.
  public var dropped: [DroppedRow.Code: Int] = [:]
  /// Answers, in rows that gave other tasks, by why they are no tasks.
  public var droppedAnswers: [DroppedRow.Code: Int] = [:]
  /// Records whose answer is from a file of answers.
  public var answered = 0
  /// Rows by warning.
  public var warnings: [RecordWarning.Code: Int] = [:]
  /// Rows by format.
  public var formats: [DataFormat: Int] = [:]

  /// Creates a tally of nothing.
  public init() {}

  /// Adds another's counts.
  public mutating func add(_ other: RowTally) {
    rows += other.rows
    records += other.records
    recordsWithTask += other.recordsWithTask
    tasks += other.tasks
    answered += other.answered
    dropped.merge(other.dropped, uniquingKeysWith: +)
    droppedAnswers.merge(other.droppedAnswers, uniquingKeysWith: +)
    warnings.merge(other.warnings, uniquingKeysWith: +)
    formats.merge(other.formats, uniquingKeysWith: +)
  }

  /// Counts a record and what a cutter made of it.
  public mutating func count(_ record: TrainingRecord, tasks: Int, dropped: [DroppedRow]) {
    rows += 1
    records += 1
    if record.hasOuterAnswer { answered += 1 }
    formats[record.source.format, default: 0] += 1
    for warning in record.warnings { warnings[warning.code, default: 0] += 1 }
    self.tasks += tasks
    if tasks > 0 {
      recordsWithTask += 1
      for reason in dropped { droppedAnswers[reason.code, default: 0] += 1 }
    } else if let first = dropped.first {
      self.dropped[first.code, default: 0] += 1
    }
  }

  /// Counts a row that gave no record.
  public mutating func count(_ reason: DroppedRow) {
    rows += 1
    dropped[reason.code, default: 0] += 1
  }

  /// How many rows could not be read for what they are.
  public var faults: Int { dropped.reduce(0) { $0 + ($1.key.isFault ? $1.value : 0) } }

  /// The reasons in a fixed order, with their counts.
  public var droppedList: [(code: DroppedRow.Code, count: Int)] {
    DroppedRow.Code.allCases.compactMap { code in dropped[code].map { (code, $0) } }
  }

  /// The warnings in a fixed order, with their counts.
  public var warningList: [(code: RecordWarning.Code, count: Int)] {
    RecordWarning.Code.allCases.compactMap { code in warnings[code].map { (code, $0) } }
  }

  /// The formats in a fixed order, with their counts.
  public var formatList: [(format: DataFormat, count: Int)] {
    DataFormat.allCases.compactMap { format in formats[format].map { (format, $0) } }
  }
}
