/// A regular expression as Python's `re` matches it: by trying alternatives in order and going back.
///
/// Only for patterns that official scorers use, which are this package's own text; of Python's syntax it reads what those need: characters,
/// classes, `.`, `\s \S \w \d \b`, groups, `(?:…)`, `(?=…)`, alternatives, greedy and lazy quantifiers, `^` and `$`.
///
/// What is matched is a model's text, on which Python may take time that grows with its square, or worse. Here no place is tried twice: what
/// once led nowhere is remembered, over all the places that a match may begin at. Without references to groups it leads nowhere again.
struct PythonPattern: Sendable {
  private enum Instruction: Sendable {
    case point(UInt32)
    case any
    case set([ClosedRange<UInt32>], classes: [Class], isNegated: Bool)
    case start, end, wordBorder
    case save(Int)
    case jump(Int)
    /// Tries the first, then the second.
    case split(Int, Int)
    /// What comes up to an index must match here, and takes nothing.
    case lookahead(end: Int)
    case accept
  }

  private enum Class: Sendable { case space, notSpace, word, digit }

  private var program: [Instruction] = []
  private var groupCount = 0
  /// Of each instruction that tries two ways, its number; and how many there are.
  private var choices: [Int] = []
  private var choiceCount = 0
  /// The code point that every match begins with, if there is one.
  private var first: UInt32?
  private let dotMatchesAll: Bool

  /// Reads a pattern. One that is not understood matches nothing; tests try all there are.
  init(_ pattern: String, dotMatchesAll: Bool = false) {
    self.dotMatchesAll = dotMatchesAll
    var parser = Parser(pattern)
    guard let node = parser.alternatives(), parser.isAtEnd else { return }
    groupCount = parser.groupCount
    emit(.capture(0, node))
    program.append(.accept)
    if program.count > 1, case .save = program[0], case .point(let point) = program[1] { first = point }
    for instruction in program {
      choices.append(choiceCount)
      if case .split = instruction { choiceCount += 1 }
    }
  }

  /// Whether the pattern was understood.
  var isValid: Bool { !program.isEmpty }

  /// A match: the range of the whole, and of each group.
  struct Match {
    fileprivate let slots: [Int]
    var range: Range<Int> { slots[0]..<slots[1] }
    /// A group's range; `nil` if it took no part.
    func group(_ number: Int) -> Range<Int>? {
      slots[2 * number] < 0 || slots[2 * number + 1] < 0 ? nil : slots[2 * number]..<slots[2 * number + 1]
    }
  }

  /// `re.match`: at the text's start.
  func match(_ text: CodePoints) -> Match? {
    var trail = Trail(choiceCount, text.count)
    return run(text.points, at: 0, &trail)
  }

  /// `re.search`: the first place where it matches. O(text × pattern).
  func search(_ text: CodePoints) -> Match? {
    var trail = Trail(choiceCount, text.count)
    for start in 0...text.count where mayBegin(text, at: start) {
      if let match = run(text.points, at: start, &trail) { return match }
    }
    return nil
  }

  private func mayBegin(_ text: CodePoints, at start: Int) -> Bool {
    guard let first else { return true }
    return start < text.count && text.points[start] == first
  }

  /// `re.finditer`.
  func findAll(_ text: CodePoints) -> [Match] {
    var matches: [Match] = []
    var trail = Trail(choiceCount, text.count)
    var start = 0
    while start <= text.count {
      guard mayBegin(text, at: start), let match = run(text.points, at: start, &trail) else {
        start += 1
        continue
      }
      matches.append(match)
      start = match.range.isEmpty ? match.range.upperBound + 1 : match.range.upperBound
    }
    return matches
  }

  // MARK: Running

  private struct Thread {
    var instruction: Int
    var position: Int
    /// A slot to restore, and what was in it; -1 for a place to try.
    var slot: Int
    var old: Int
  }

  /// Choices that were made before, by their instruction and the place in the text.
  private struct Trail {
    private var made: [UInt64] = []
    private let width: Int
    private let count: Int
    /// Those of the runs that go on, in their order.
    private var latest: [Int] = []

    init(_ choices: Int, _ length: Int) {
      width = length + 1
      count = choices
    }

    /// Whether a choice is made for the first time.
    mutating func isNew(_ choice: Int, _ position: Int) -> Bool {
      if made.isEmpty { made = [UInt64](repeating: 0, count: (count * width + 63) / 64) }
      let place = choice * width + position
      if made[place >> 6] & (1 << UInt64(place & 63)) != 0 { return false }
      made[place >> 6] |= 1 << UInt64(place & 63)
      latest.append(place)
      return true
    }

    /// How many were made.
    var mark: Int { latest.count }

    /// A run that began at a mark has matched: its choices led somewhere, and may again.
    mutating func forget(since mark: Int) {
      for place in latest[mark...] { made[place >> 6] &= ~(1 << UInt64(place & 63)) }
      latest.removeSubrange(mark...)
    }

    /// A run that began at a mark has not: its choices stay made.
    mutating func keep(since mark: Int) { latest.removeSubrange(mark...) }
  }

  private func run(_ text: [UInt32], at start: Int, _ trail: inout Trail) -> Match? {
    var slots = [Int](repeating: -1, count: 2 * (groupCount + 1))
    return run(text, from: 0, at: start, &slots, &trail) ? Match(slots: slots) : nil
  }

  private func run(_ text: [UInt32], from first: Int, at start: Int, _ slots: inout [Int], _ trail: inout Trail) -> Bool
  {
    let mark = trail.mark
    var threads: [Thread] = [Thread(instruction: first, position: start, slot: -1, old: 0)]
    while let thread = threads.popLast() {
      if thread.slot >= 0 {
        slots[thread.slot] = thread.old
        continue
      }
      var index = thread.instruction
      var position = thread.position
      attempt: while index < program.count {
        switch program[index] {
        case .point(let point):
          guard position < text.count, text[position] == point else { break attempt }
          position += 1
          index += 1
        case .any:
          guard position < text.count, dotMatchesAll || text[position] != 0x0A else { break attempt }
          position += 1
          index += 1
        case .set(let ranges, let classes, let isNegated):
          guard position < text.count else { break attempt }
          let point = text[position]
          let isIn = ranges.contains { $0.contains(point) } || classes.contains { Self.matches($0, point) }
          guard isIn != isNegated else { break attempt }
          position += 1
          index += 1
        case .start:
          guard position == 0 else { break attempt }
          index += 1
        case .end:
          guard position == text.count || (position == text.count - 1 && text[position] == 0x0A) else { break attempt }
          index += 1
        case .wordBorder:
          let before = position > 0 && CodePoints.isWord(text[position - 1])
          let after = position < text.count && CodePoints.isWord(text[position])
          guard before != after else { break attempt }
          index += 1
        case .save(let slot):
          threads.append(Thread(instruction: 0, position: 0, slot: slot, old: slots[slot]))
          slots[slot] = position
          index += 1
        case .jump(let target): index = target
        case .split(let one, let other):
          guard trail.isNew(choices[index], position) else { break attempt }
          threads.append(Thread(instruction: other, position: position, slot: -1, old: 0))
          index = one
        case .lookahead(let end):
          guard run(text, from: index + 1, at: position, &slots, &trail) else { break attempt }
          index = end
        case .accept:
          trail.forget(since: mark)
          return true
        }
      }
    }
    trail.keep(since: mark)
    return false
  }

  private static func matches(_ kind: Class, _ point: UInt32) -> Bool {
    switch kind {
    case .space: CodePoints.isSpace(point)
    case .notSpace: !CodePoints.isSpace(point)
    case .word: CodePoints.isWord(point)
    case .digit: CodePoints.digit(point) != nil
    }
  }

  // MARK: Compiling

  private indirect enum Node {
    case instruction(Instruction)
    case sequence([Node])
    case alternatives([Node])
    case repeated(Node, least: Int, isEndless: Bool, isLazy: Bool)
    case capture(Int, Node)
    case lookahead(Node)
  }

  private mutating func emit(_ node: Node) {
    switch node {
    case .instruction(let instruction): program.append(instruction)
    case .sequence(let nodes): for node in nodes { emit(node) }
    case .capture(let number, let node):
      program.append(.save(2 * number))
      emit(node)
      program.append(.save(2 * number + 1))
    case .lookahead(let node):
      let place = program.count
      program.append(.accept)
      emit(node)
      program.append(.accept)
      program[place] = .lookahead(end: program.count)
    case .alternatives(let nodes):
      var jumps: [Int] = []
      for (index, node) in nodes.enumerated() {
        let place = program.count
        if index < nodes.count - 1 { program.append(.accept) }
        emit(node)
        if index < nodes.count - 1 {
          jumps.append(program.count)
          program.append(.accept)
          program[place] = .split(place + 1, program.count)
        }
      }
      for jump in jumps { program[jump] = .jump(program.count) }
    case .repeated(let node, let least, let isEndless, let isLazy):
      for _ in 0..<least { emit(node) }
      if !isEndless, least > 0 { return }
      let place = program.count
      program.append(.accept)
      emit(node)
      if isEndless { program.append(.jump(place)) }
      program[place] = isLazy ? .split(program.count, place + 1) : .split(place + 1, program.count)
    }
  }

  private struct Parser {
    private let points: [UInt32]
    private var position = 0
    var groupCount = 0

    init(_ pattern: String) { points = pattern.unicodeScalars.map(\.value) }

    var isAtEnd: Bool { position == points.count }

    private func isNext(_ text: String) -> Bool {
      points[position...].starts(with: text.unicodeScalars.lazy.map(\.value))
    }

    private mutating func take(_ text: String) -> Bool {
      guard isNext(text) else { return false }
      position += text.unicodeScalars.count
      return true
    }

    private mutating func next() -> UInt32? {
      guard position < points.count else { return nil }
      position += 1
      return points[position - 1]
    }

    mutating func alternatives() -> Node? {
      var nodes: [Node] = []
      repeat {
        var parts: [Node] = []
        while !isAtEnd, !isNext("|"), !isNext(")") {
          guard let part = part() else { return nil }
          parts.append(part)
        }
        nodes.append(.sequence(parts))
      } while take("|")
      return nodes.count == 1 ? nodes[0] : .alternatives(nodes)
    }

    private mutating func part() -> Node? {
      guard let atom = atom() else { return nil }
      var least = 1
      var isEndless = false
      if take("*") {
        (least, isEndless) = (0, true)
      } else if take("+") {
        isEndless = true
      } else if take("?") {
        least = 0
      } else {
        return atom
      }
      return .repeated(atom, least: least, isEndless: isEndless, isLazy: take("?"))
    }

    private mutating func atom() -> Node? {
      if take("(?:") { return closed(alternatives()) }
      if take("(?=") { return closed(alternatives()).map { .lookahead($0) } }
      if take("(") {
        groupCount += 1
        let number = groupCount
        return closed(alternatives()).map { .capture(number, $0) }
      }
      if take("[") { return set() }
      if take(".") { return .instruction(.any) }
      if take("^") { return .instruction(.start) }
      if take("$") { return .instruction(.end) }
      if take("\\b") { return .instruction(.wordBorder) }
      if take("\\") {
        guard let point = next() else { return nil }
        if let kind = Self.kind(point) { return .instruction(.set([], classes: [kind], isNegated: false)) }
        return Self.isLetterOrDigit(point) ? nil : .instruction(.point(point))
      }
      return next().map { .instruction(.point($0)) }
    }

    private mutating func closed(_ node: Node?) -> Node? { take(")") ? node : nil }

    private mutating func set() -> Node? {
      let isNegated = take("^")
      var ranges: [ClosedRange<UInt32>] = []
      var classes: [Class] = []
      while !take("]") {
        guard var point = next() else { return nil }
        if point == 0x5C {
          guard let escaped = next() else { return nil }
          if let kind = Self.kind(escaped) {
            classes.append(kind)
            continue
          }
          if Self.isLetterOrDigit(escaped) { return nil }
          point = escaped
        }
        if isNext("-"), position + 1 < points.count, points[position + 1] != 0x5D {
          position += 1
          guard let last = next(), last >= point else { return nil }
          ranges.append(point...last)
        } else {
          ranges.append(point...point)
        }
      }
      return .instruction(.set(ranges, classes: classes, isNegated: isNegated))
    }

    private static func kind(_ point: UInt32) -> Class? {
      switch point {
      case 0x73: .space
      case 0x53: .notSpace
      case 0x77: .word
      case 0x64: .digit
      default: nil
      }
    }

    private static func isLetterOrDigit(_ point: UInt32) -> Bool {
      (0x30...0x39).contains(point) || (0x41...0x5A).contains(point & ~0x20)
    }
  }
}
