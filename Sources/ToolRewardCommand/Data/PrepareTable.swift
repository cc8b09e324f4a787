import ToolRewardData
import ToolRewardReport

/// What became of tasks, in the shape of the paper's Table 1: sources, by the number of turns, raw and processed.
struct PrepareTable {
  private struct Row {
    var tasks = 0
    var duplicates = 0
    var nearDuplicates = 0
    var kept: Int { tasks - duplicates - nearDuplicates }
  }
  /// File by file, tasks of one turn and of several.
  private var files: [(file: String, single: Row, multi: Row)] = []

  /// Counts a task and why it was not kept.
  mutating func count(_ task: StoredTask, _ reason: DroppedRow.Code?, file: String) {
    if files.last?.file != file, !files.contains(where: { $0.file == file }) { files.append((file, Row(), Row())) }
    guard let place = files.lastIndex(where: { $0.file == file }) else { return }
    func count(_ row: inout Row) {
      row.tasks += 1
      if reason == .duplicate { row.duplicates += 1 }
      if reason == .nearDuplicate { row.nearDuplicates += 1 }
    }
    if task.isMultiTurn { count(&files[place].multi) } else { count(&files[place].single) }
  }

  /// The table, for people.
  var lines: [String] {
    var lines = ["", "tasks                          cut  duplicates  near        kept"]
    func add(_ name: String, _ row: Row) {
      guard row.tasks > 0 else { return }
      func cell(_ number: Int, _ width: Int) -> String {
        let text = DecimalText.grouped(number)
        return String(repeating: " ", count: max(1, width - text.utf8.count)) + text
      }
      let label = name.count > 24 ? "…" + name.suffix(23) : name
      lines.append(
        label + String(repeating: " ", count: max(0, 24 - label.count)) + cell(row.tasks, 10) + cell(row.duplicates, 12)
          + cell(row.nearDuplicates, 6) + cell(row.kept, 12))
    }
    var total = Row()
    for entry in files {
      let name = entry.file.split(separator: "/").last.map(String.init) ?? entry.file
      add("\(name), single-turn", entry.single)
      add("\(name), multi-turn", entry.multi)
      for row in [entry.single, entry.multi] {
        total.tasks += row.tasks
        total.duplicates += row.duplicates
        total.nearDuplicates += row.nearDuplicates
      }
    }
    add("all", total)
    return total.tasks == 0 ? [] : lines
  }

  /// The counts as JSON.
  func json(_ report: DataReport) -> [UInt8] {
    var json = JSONText()
    json.object {
      for entry in report.files {
        $0.member(entry.file) {
          $0.object {
            $0.member("rows", entry.tally.rows)
            $0.member("records", entry.tally.records)
            $0.member("tasks", entry.tally.tasks)
            $0.member("dropped") {
              $0.object { for (code, count) in entry.tally.droppedList { $0.member(code.rawValue, count) } }
            }
            $0.member("warnings") {
              $0.object { for (code, count) in entry.tally.warningList { $0.member(code.rawValue, count) } }
            }
            if let tasks = files.first(where: { $0.file == entry.file }) {
              for (name, row) in [("single_turn", tasks.single), ("multi_turn", tasks.multi)] {
                $0.member(name) {
                  $0.object {
                    $0.member("cut", row.tasks)
                    $0.member("duplicates", row.duplicates)
                    $0.member("near_duplicates", row.nearDuplicates)
                    $0.member("kept", row.kept)
                  }
                }
              }
            }
          }
        }
      }
    }
    return json.bytes
  }
}
