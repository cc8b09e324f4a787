import ToolReward
import ToolRewardData
import ToolRewardReport

/// What was found in rows, in their order.
struct AuditReport {
  private(set) var files: [(file: String, tally: AuditTally)] = []
  private var examples: [AuditRule: [(place: String, message: String)]] = [:]
  private var seen = SeenTasks()
  /// The first rows that cannot be read.
  private(set) var firstFaults: [String] = []
  /// Rows whose answer is from a file of answers.
  private(set) var answered = 0

  var total: AuditTally {
    var total = AuditTally()
    for entry in files { total.add(entry.tally) }
    return total
  }

  /// Adds rows. Returns a line for each finding.
  mutating func add(_ rows: [AuditedRow]) -> [UInt8] {
    var lines: [UInt8] = []
    for row in rows { add(row, &lines) }
    return lines
  }

  private mutating func add(_ row: AuditedRow, _ lines: inout [UInt8]) {
    var findings = row.result.findings
    for (print, turn) in row.result.prints where !seen.insert(print) {
      findings.append(AuditFinding(.duplicate, turn: turn, "the same task stands in an earlier row"))
    }
    if files.last?.file != row.file { files.append((row.file, AuditTally())) }
    if row.result.hasOuterAnswer { answered += 1 }
    let last = files.count - 1
    files[last].tally.count(findings)
    files[last].tally.tasks += row.result.prints.count
    files[last].tally.calls += row.result.calls
    files[last].tally.arguments += row.result.arguments
    for finding in findings {
      if examples[finding.rule, default: []].count < 10 {
        examples[finding.rule, default: []].append(("\(row.file):\(row.line)", Self.text(finding)))
      }
      if finding.rule == .unreadableRow, firstFaults.count < 5 {
        firstFaults.append("\(row.file):\(row.line): \(finding.message)")
      }
      lines += Array(Self.line(finding, row).utf8) + [0x0A]
    }
  }

  private static func text(_ finding: AuditFinding) -> String {
    [finding.tool, finding.pointer, finding.message].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ": ")
  }

  private static func line(_ finding: AuditFinding, _ row: AuditedRow) -> String {
    var line = JSONLine([("file", row.file)])
    line.add("line", number: row.line)
    if let id = row.result.id { line.add("id", json: String(decoding: id, as: UTF8.self)) }
    line.add("rule", finding.rule.rawValue)
    if let turn = finding.turn { line.add("turn", number: turn) }
    if let call = finding.call { line.add("call", number: call) }
    if let tool = finding.tool { line.add("tool", tool) }
    if let pointer = finding.pointer { line.add("pointer", pointer) }
    line.add("message", finding.message)
    return line.text
  }

  /// The report, for people.
  var lines: [String] {
    let total = total
    var table = TextTable(["<rule", "rows", "part", "findings", "<"])
    for rule in AuditRule.allCases {
      guard let rows = total.rowsWith[rule] else { continue }
      table.add([
        rule.rawValue, DecimalText.grouped(rows), DecimalText.percent(total.part(rule)),
        DecimalText.grouped(total.findings[rule] ?? 0), rule.summary,
      ])
    }
    return [
      "\(DecimalText.counted(total.rows, "row")), \(DecimalText.counted(total.tasks, "task")), "
        + "\(DecimalText.counted(total.calls, "right call")), \(DecimalText.counted(total.arguments, "argument")); "
        + "\(DecimalText.grouped(total.faultyRows)) rows (\(DecimalText.percent(total.faultyPart))) have a fault"
    ] + (total.rowsWith.isEmpty ? [] : [""] + table.lines(indent: 0)) + unmarkedLines(total)
      + (seen.isFull
        ? ["", "duplicates were looked for among the first \(DecimalText.grouped(SeenTasks.most)) tasks"] : [])
  }

  /// How much of the worst rule is one rule about definitions.
  private func unmarkedLines(_ total: AuditTally) -> [String] {
    guard total.rowsForUnmarkedParameters > 0 else { return [] }
    return [
      "",
      "\(DecimalText.grouped(total.rowsForUnmarkedParameters)) of the \(DecimalText.grouped(total.rowsWith[.goldNotRewarded] ?? 0)) "
        + "gold_not_rewarded rows are so only because a parameter that nothing marks as required is taken for required "
        + "(required_absent_means_required)",
    ]
  }

  /// The report as a page.
  func page(_ reward: String) -> AuditPage { AuditPage(files: files, reward: reward, examples: examples) }

  /// The counts as JSON.
  func json(_ reward: String) -> [UInt8] {
    var json = JSONText()
    json.object {
      $0.member("version", toolRewardVersion)
      $0.member("reward", reward)
      $0.member("all") { Self.append(total, to: &$0) }
      $0.member("files") {
        $0.object { for entry in files { $0.member(entry.file) { Self.append(entry.tally, to: &$0) } } }
      }
    }
    return json.bytes
  }

  private static func append(_ tally: AuditTally, to json: inout JSONText) {
    json.object {
      $0.member("rows", tally.rows)
      $0.member("tasks", tally.tasks)
      $0.member("calls", tally.calls)
      $0.member("arguments", tally.arguments)
      $0.member("faulty_rows", tally.faultyRows)
      $0.member("rows_for_unmarked_parameters", tally.rowsForUnmarkedParameters)
      $0.member("rules") {
        $0.object {
          for rule in AuditRule.allCases {
            guard let rows = tally.rowsWith[rule] else { continue }
            $0.member(rule.rawValue) {
              $0.object {
                $0.member("rows", rows)
                $0.member("findings", tally.findings[rule] ?? 0)
              }
            }
          }
        }
      }
    }
  }
}
