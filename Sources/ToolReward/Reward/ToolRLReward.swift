/// The graded reward of ToolRL (arXiv 2504.13958; qiancheng0/ToolRL verl/utils/reward_score/rlla.py, also verl 0.9.1's rlla.py), equal
/// to the published code, its variants as parameters.
///
/// The total is format + correctness (+ length). Format is 1 if the response has the parts that the ground truth has, in their order
/// and line breaks, else 0. Correctness runs from −3 to 3: names, argument names and argument values that agree, over how many there
/// are; exactly −3 if the block of calls cannot be read line by line. Where the ground truth has no calls it is 0, whatever the model
/// calls. Values are compared by Python's `==`, under which `true`, `1` and `1.0` are the same.
public struct ToolRLReward: RewardPolicy {
  /// What part of a call earns a part of the reward.
  public enum Grading: String, Sendable, Hashable, CaseIterable {
    /// Names, argument names and argument values, each by itself.
    case fine
    /// Names, and whole calls (`INTERMEDIATEREWARD`).
    case intermediate
    /// As ``fine``, but names of tools and of arguments earn only if all agree, in order (`REFINEDREWARD`).
    case refined
    /// All or nothing (`COARSEREWARD`).
    case coarse
  }
  /// How the ends of the scales move with the training step.
  public enum Schedule: String, Sendable, Hashable, CaseIterable {
    /// They do not.
    case none
    /// Correctness counts a third before step 30, format half from it on (`MAX1STEP30MAX3`).
    case step30
    /// From ±2 on both to 1 … −1 on format and ±3 on correctness over 150 steps (`SCHEDULEREWARD`).
    case linear
  }
  /// Whether long reasoning earns.
  public enum Length: String, Sendable, Hashable, CaseIterable {
    /// It does not.
    case off
    /// Up to 1 at 512 words (`WITHLENGTH`).
    case fixed
    /// Up to 1 at 384 words at step 0, 640 at step 105 and so on (`SCHEDULELENGTH`).
    case scheduled
  }

  /// What part of a call earns.
  public var grading: Grading
  /// How the ends of the scales move.
  public var schedule: Schedule
  /// Whether long reasoning earns.
  public var length: Length
  /// The most that correctness gives, and with the other sign the least: 3, or 1 for `CORRECTMAX1`.
  public var correctnessMaximum: Double
  /// The training step, for schedules.
  public var step: Int
  /// The name in options and output.
  public let name: String

  /// Creates the reward.
  public init(
    name: String = "tool-rl", grading: Grading = .fine, schedule: Schedule = .none, length: Length = .off,
    correctnessMaximum: Double = 3, step: Int = 0
  ) {
    self.name = name
    self.grading = grading
    self.schedule = schedule
    self.length = length
    self.correctnessMaximum = correctnessMaximum
    self.step = step
  }

  /// The reward and its variants under names of their own.
  public static let presets: [ToolRLReward] = [
    ToolRLReward(), ToolRLReward(name: "tool-rl-coarse", grading: .coarse),
    ToolRLReward(name: "tool-rl-intermediate", grading: .intermediate),
    ToolRLReward(name: "tool-rl-refined", grading: .refined), ToolRLReward(name: "tool-rl-length", length: .fixed),
  ]

  public var summary: String {
    switch (grading, length) {
    case (_, .fixed), (_, .scheduled): "ToolRL with its length reward: up to 1 more for long reasoning"
    case (.fine, _): "ToolRL: format 0 or 1 + correctness -3 to 3, graded by names, argument names and values"
    case (.intermediate, _): "ToolRL, intermediate: names and whole calls are graded"
    case (.refined, _): "ToolRL, refined: names and argument names count only all together"
    case (.coarse, _): "ToolRL, coarse: correctness is 3 or -3"
    }
  }
  public var source: String { "arXiv 2504.13958; qiancheng0/ToolRL verl/utils/reward_score/rlla.py" }
  public var componentNames: [String] { ["format", "correctness", "length"] }
  public var format: CompletionFormat? { .toolRL }
  public var syntax: ValueReader.Syntax { .python }

  /// ToolRL's data hold the ground truth as a model answer: `<think>…</think>\n<tool_call>\n{…}\n</tool_call>`.
  public func compile(groundTruth value: Value) throws(GroundTruthError) -> GroundTruth {
    try GroundTruth(toolRL: value)
  }

  /// The published code does not look at tools.
  public var usesTools: Bool { false }

  private static let equality = EqualityPolicy.python

  public func judge(_ completion: Completion, against truth: GroundTruth, tools: Toolbox?) -> Verdict {
    let text = completion.isStructured ? Self.written(completion) : completion.text
    let response = Self.response(text, from: completion.isStructured ? 0 : completion.bodyStart)
    let (formatTop, formatBottom) = scale(1, 0, isFormat: true)
    let (top, bottom) = scale(correctnessMaximum, -correctnessMaximum, isFormat: false)
    let hasFormat = Self.hasFormat(text.span, response, truth)
    let format = hasFormat ? formatTop : formatBottom
    var findings: [Finding] = []
    if !hasFormat { findings.append(Finding(.wrongLayout, .error)) }
    let correctness: Double
    if truth.hasCallTag {
      switch block(text.span, response) {
      case .unreadable(let finding):
        findings.append(finding)
        correctness = bottom
      case .lines(let lines):
        let graded = grade(lines, truth, top: top, bottom: bottom)
        if graded == nil { findings.append(Finding(.notAList, .error)) }
        correctness = graded ?? bottom
      }
    } else {
      correctness = 0
    }
    let lengthScore = length == .off ? nil : lengthReward(text.span, response)
    if correctness < top, truth.hasCallTag, let calls = differences(completion, truth) { findings += calls }
    return Verdict(
      score: format + correctness + (lengthScore ?? 0), components: [format, correctness, lengthScore],
      findings: findings)
  }

  // MARK: Scales

  private func scale(_ top: Double, _ bottom: Double, isFormat: Bool) -> (top: Double, bottom: Double) {
    let step = Double(step)
    switch schedule {
    case .none: return (top, bottom)
    case .step30:
      if isFormat { return self.step >= 30 ? (top / 2, bottom / 2) : (top, bottom) }
      return self.step < 30 ? (top / 3, bottom / 3) : (top, bottom)
    case .linear:
      if isFormat { return (max(2 - (2 - top) * step / 150, 1), min(-2 + (2 + bottom) * step / 150, -1)) }
      return (min((top - 2) * step / 150 + 2, 3), max((bottom + 2) * step / 150 - 2, -3))
    }
  }

  // MARK: Text

  private static let callOpen = Array("<tool_call>".utf8)
  private static let callClose = Array("</tool_call>".utf8)
  private static let responseOpen = Array("<response>".utf8)
  private static let responseClose = Array("</response>".utf8)
  private static let thinkOpen = Array("<think>".utf8)
  private static let thinkClose = Array("</think>".utf8)
  private static let turnEnd = Array("<|im_end|>".utf8)

  /// `text.split("<|im_end|>")[0].strip()`.
  private static func response(_ text: [UInt8], from start: Int) -> Range<Int> {
    let end = ByteSearch.firstIndex(of: turnEnd, in: text.span, from: start) ?? text.count
    return PythonText.strip(text.span, start..<end)
  }

  /// A message's calls, written as the format has them.
  private static func written(_ completion: Completion) -> [UInt8] {
    var text: [UInt8] = []
    if completion.hasReasoningOpen { text += thinkOpen + thinkClose }
    let attempts = completion.attempts.filter { $0.frame == nil }
    if !attempts.isEmpty {
      text += [0x0A] + callOpen
      for attempt in attempts {
        text.append(contentsOf: "\n{\"name\": ".utf8)
        if let name = attempt.name { JSONWriter.compact.append(name, of: completion.tape, to: &text) }
        text.append(contentsOf: #", "parameters": "#.utf8)
        if let arguments = attempt.arguments { JSONWriter.compact.append(arguments, of: completion.tape, to: &text) }
        text.append(0x7D)
      }
      text += [0x0A] + callClose
    } else if !completion.text.isEmpty {
      text += [0x0A] + completion.text
    }
    return text
  }

  /// How often a marker stands in a range.
  private static func count(_ marker: [UInt8], _ text: Span<UInt8>, _ range: Range<Int>) -> Int {
    var count = 0
    var position = range.lowerBound
    while let found = ByteSearch.firstIndex(of: marker, in: text, from: position),
      found + marker.count <= range.upperBound
    {
      count += 1
      position = found + marker.count
    }
    return count
  }

  /// Whether `^<think>.*?</think>…$` holds, by the parts the ground truth has. A marker that may stand once has one place, so that no
  /// search goes back.
  private static func hasFormat(_ text: Span<UInt8>, _ range: Range<Int>, _ truth: GroundTruth) -> Bool {
    func stands(_ marker: [UInt8], at position: Int) -> Bool {
      position >= range.lowerBound && position + marker.count <= range.upperBound
        && ByteSearch.matches(marker, in: text, at: position)
    }
    guard stands(thinkOpen, at: range.lowerBound) else { return false }
    let afterThink = range.lowerBound + thinkOpen.count
    let closed: [UInt8]
    let tail: [UInt8]
    switch (truth.hasCallTag, truth.hasResponseTag) {
    case (false, false):
      return stands(thinkClose, at: range.upperBound - thinkClose.count)
        && range.upperBound - thinkClose.count >= afterThink
    case (false, true):
      closed = thinkClose + [0x0A] + responseOpen
      tail = responseClose
    case (true, _):
      closed = thinkClose + [0x0A] + callOpen + [0x0A]
      tail = truth.hasResponseTag ? responseClose : [0x0A] + callClose
    }
    if truth.hasCallTag, count(callOpen, text, range) != 1 || count(callClose, text, range) != 1 { return false }
    if truth.hasResponseTag, count(responseOpen, text, range) != 1 || count(responseClose, text, range) != 1 {
      return false
    }
    guard let head = ByteSearch.firstIndex(of: closed, in: text, from: afterThink),
      head + closed.count <= range.upperBound,
      stands(tail, at: range.upperBound - tail.count)
    else { return false }
    let afterHead = head + closed.count
    guard truth.hasCallTag, truth.hasResponseTag else { return range.upperBound - tail.count >= afterHead }
    let middle = [0x0A] + callClose + [0x0A] + responseOpen
    guard let between = ByteSearch.firstIndex(of: middle, in: text, from: afterHead) else { return false }
    return between + middle.count <= range.upperBound - tail.count
  }

  /// The first block of calls.
  private enum Block {
    case lines(Lines)
    case unreadable(Finding)
  }

  /// The first block's lines as values.
  private func block(_ text: Span<UInt8>, _ range: Range<Int>) -> Block {
    guard let open = ByteSearch.firstIndex(of: Self.callOpen, in: text, from: range.lowerBound),
      open + Self.callOpen.count <= range.upperBound,
      let anyClose = ByteSearch.firstIndex(of: Self.callClose, in: text, from: range.lowerBound),
      anyClose + Self.callClose.count <= range.upperBound
    else { return .unreadable(Finding(.missingFrame, .error)) }
    let start = open + Self.callOpen.count
    var end = range.upperBound
    if let next = ByteSearch.firstIndex(of: Self.callOpen, in: text, from: start) { end = min(end, next) }
    if let close = ByteSearch.firstIndex(of: Self.callClose, in: text, from: start), close + Self.callClose.count <= end
    {
      end = close
    }
    do throws(ValueError) {
      return .lines(try Lines(text, PythonText.strip(text, start..<end)))
    } catch {
      return .unreadable(
        Finding(.malformedLine, .error, range: min(error.offset, text.count)..<min(error.offset + 1, text.count)))
    }
  }

  /// Values read from lines.
  struct Lines {
    var tape = ValueTape()
    var roots: [Int] = []

    /// Reads each line as `json.loads` does.
    init(_ text: Span<UInt8>, _ range: Range<Int>) throws(ValueError) {
      let session = ValueSession()
      var start = range.lowerBound
      while true {
        var end = start
        while end < range.upperBound, text[end] != 0x0A { end += 1 }
        roots.append(
          try session.readDocument(text, start..<end, syntax: .python, limits: .python, allowingSurrogates: true))
        if end >= range.upperBound { break }
        start = end + 1
      }
      session.takeTape(into: &tape)
    }
  }

  // MARK: Grading

  /// `compute_tool_call_reward`; `nil` where it raises, which costs the whole scale.
  private func grade(_ lines: Lines, _ truth: GroundTruth, top: Double, bottom: Double) -> Double? {
    let a = lines.tape
    let b = truth.tape
    let same =
      lines.roots.count == truth.items.count
      && zip(lines.roots, truth.items).allSatisfy { Self.equality.areSameItems(a, $0, b, $1) }
    if same { return top }
    if grading == .coarse { return bottom }
    var names: [Int] = []
    for root in lines.roots {
      guard a.nodes[root].kind == .object, let name = a.member(Self.nameKey, of: root) else { return nil }
      names.append(name)
    }
    let expectedNames = truth.expected.map(\.name)
    guard var score = overlap(a, names, b, expectedNames) else { return nil }
    var possible = 1.0
    var isUsed = [Bool](repeating: false, count: names.count)
    for (position, expected) in truth.expected.enumerated() {
      let parameters = ObjectMembers.distinct(of: expected.arguments, in: b)
      possible += grading == .intermediate ? 1 : 1 + Double(parameters.count)
      var best = 0.0
      var bestIndex: Int?
      for index in names.indices where !isUsed[index] {
        guard Self.equality.areEqual(a, names[index], b, expected.name) else { continue }
        if grading == .intermediate {
          if Self.equality.areEqual(a, lines.roots[index], b, truth.items[position]) {
            best = 1
            bestIndex = index
            break
          }
          continue
        }
        guard let actual = a.member(Self.parametersKey, of: lines.roots[index]), a.nodes[actual].kind == .object else {
          return nil
        }
        let total = agreement(a, actual, b, parameters)
        if total > best {
          best = total
          bestIndex = index
        }
      }
      if let bestIndex {
        isUsed[bestIndex] = true
        score += best
      }
    }
    return (top - bottom) * score / possible + bottom
  }

  private static let nameKey = Array("name".utf8)
  private static let parametersKey = Array("parameters".utf8)

  /// `match_score` of two lists of names: multiset Jaccard. `nil` where Python cannot count because a name has no hash.
  private func overlap(_ a: ValueTape, _ left: [Int], _ b: ValueTape, _ right: [Int]) -> Double? {
    let isSame = left.count == right.count && zip(left, right).allSatisfy { Self.equality.areSameItems(a, $0, b, $1) }
    if isSame { return 1 }
    if grading == .refined { return 0 }
    if left.isEmpty || right.isEmpty { return 0 }
    guard left.allSatisfy({ !a.nodes[$0].isContainer }), right.allSatisfy({ !b.nodes[$0].isContainer }) else {
      return nil
    }
    var isFree = [Bool](repeating: true, count: left.count)
    var shared = 0
    for name in right {
      if let index = left.indices.first(where: { isFree[$0] && Self.equality.areSameItems(a, left[$0], b, name) }) {
        isFree[index] = false
        shared += 1
      }
    }
    return Double(shared) / Double(left.count + right.count - shared)
  }

  /// `match_score` of the argument names, and one for each value that is the same.
  private func agreement(_ a: ValueTape, _ actual: Int, _ b: ValueTape, _ expected: [(name: Int, value: Int)]) -> Double
  {
    let members = ObjectMembers.distinct(of: actual, in: a)
    var table = NameTable(capacity: expected.count)
    for (position, member) in expected.enumerated() { _ = table.position(of: member.name, in: b, insert: position) }
    var shared = 0
    var values = 0.0
    var inOrder = members.count == expected.count
    for (index, member) in members.enumerated() {
      guard let position = table.position(of: member.name, in: a, own: b) else {
        inOrder = false
        continue
      }
      if position != index { inOrder = false }
      shared += 1
      if Self.equality.areEqual(a, member.value, b, expected[position].value) { values += 1 }
    }
    let names: Double
    if inOrder {
      names = 1
    } else if grading == .refined || members.isEmpty || expected.isEmpty {
      names = 0
    } else {
      names = Double(shared) / Double(members.count + expected.count - shared)
    }
    return names + values
  }

  // MARK: Length

  /// `round(words / most, 2)`, at most 1; 0 without reasoning.
  private func lengthReward(_ text: Span<UInt8>, _ range: Range<Int>) -> Double {
    let (top, bottom) = (1.0, 0.0)
    guard Self.count(Self.thinkOpen, text, range) > 0, Self.count(Self.thinkClose, text, range) > 0 else {
      return bottom
    }
    // split("<think>")[-1].split("</think>")[0]
    var start = range.lowerBound
    while let open = ByteSearch.firstIndex(of: Self.thinkOpen, in: text, from: start),
      open + Self.thinkOpen.count <= range.upperBound
    {
      start = open + Self.thinkOpen.count
    }
    let close = ByteSearch.firstIndex(of: Self.thinkClose, in: text, from: start) ?? range.upperBound
    let words = PythonText.wordCount(text, start..<min(close, range.upperBound))
    let most = length == .scheduled ? (640.0 - 384) * Double(step) / 105 + 384 : 512
    let reward = min(1, PythonText.roundedToHundredths(Double(words) / most))
    return reward * (top - bottom) + bottom
  }

  // MARK: Reasons

  private func differences(_ completion: Completion, _ truth: GroundTruth) -> [Finding]? {
    let match = CallMatcher(arguments: .python, names: .python).match(completion, truth)
    return match.isExact ? nil : Finding.differences(match, in: completion)
  }
}

extension Diagnostic.Code {
  /// `wrong_layout`: the response does not have the ground truth's parts, in their order and line breaks.
  public static let wrongLayout = Self(
    "wrong_layout", "the response does not have the ground truth's parts, in their order and line breaks")
  /// `malformed_line`: a line of the call block is not JSON.
  public static let malformedLine = Self("malformed_line", "a line of the call block is not JSON")
}
