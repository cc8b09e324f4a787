internal import ToolRewardReport

/// How two prompts differ, line by line.
public struct PromptDifference: Sendable {
  /// A line that one has and the other has not, or that both have.
  public enum Line: Sendable, Hashable {
    case same([UInt8])
    case removed([UInt8])
    case inserted([UInt8])
  }

  /// All lines, in order.
  public let lines: [Line]

  /// Compares two prompts. O((lines + differences) × differences), and no more than a thousand lines are looked at in between: beyond, all
  /// of one and all of the other.
  public init(_ old: [UInt8], _ new: [UInt8]) {
    let before = old.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
    let after = new.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
    let head = zip(before, after).prefix { $0 == $1 }.count
    let tail = min(
      zip(before.reversed(), after.reversed()).prefix { $0 == $1 }.count, min(before.count, after.count) - head)
    let left = Array(before[head..<(before.count - tail)])
    let right = Array(after[head..<(after.count - tail)])
    var lines = before[..<head].map { Line.same($0) }
    if left.count + right.count > 1_000 {
      lines += left.map { .removed($0) } + right.map { .inserted($0) }
    } else {
      lines += Self.changes(left, right)
    }
    self.lines = lines + before[(before.count - tail)...].map { .same($0) }
  }

  private static func changes(_ left: [[UInt8]], _ right: [[UInt8]]) -> [Line] {
    var removed: Set<Int> = []
    var inserted: Set<Int> = []
    for change in right.difference(from: left) {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    var lines: [Line] = []
    var place = 0
    for (offset, line) in left.enumerated() {
      if removed.contains(offset) {
        lines.append(.removed(line))
        continue
      }
      while inserted.contains(place) {
        lines.append(.inserted(right[place]))
        place += 1
      }
      lines.append(.same(line))
      place += 1
    }
    while place < right.count {
      lines.append(.inserted(right[place]))
      place += 1
    }
    return lines
  }

  /// The differences as `diff -u` shows them, with three lines around each. What would act on a terminal is spelled out.
  public func text(from old: String, to new: String) -> String {
    var text = "--- \(VisibleText.of(old))\n+++ \(VisibleText.of(new))\n"
    var shown = -1
    let changed = lines.indices.filter { if case .same = lines[$0] { false } else { true } }
    for index in changed where index > shown {
      let from = max(shown + 1, index - 3)
      if from > shown + 1 || shown < 0 { text += "@@\n" }
      var (end, last) = (index, index)
      while end + 1 < lines.count, end < last + 3 || isChanged(end + 1) {
        end += 1
        if isChanged(end) { last = end }
      }
      for place in from...end { text += Self.spelled(lines[place]) }
      shown = end
    }
    return text
  }

  private func isChanged(_ index: Int) -> Bool { if case .same = lines[index] { false } else { true } }

  private static func spelled(_ line: Line) -> String {
    switch line {
    case .same(let bytes): " \(VisibleText.of(bytes))\n"
    case .removed(let bytes): "-\(VisibleText.of(bytes))\n"
    case .inserted(let bytes): "+\(VisibleText.of(bytes))\n"
    }
  }
}
