public import ToolReward

/// Reads records, line by line. Keeps what it compiled, so that a task's lines share it; one for each thread.
///
/// A record is `{"id"?, "completion" | "completions": […], "ground_truth", "tools"?}` under the names of ``SampleFields``; other members
/// are ignored, but must be JSON like the rest.
public final class SampleReader {
  private let fields: SampleFields
  private let syntax: ValueReader.Syntax
  private let compile: (Value) throws(GroundTruthError) -> GroundTruth
  private let limits: ValueLimits
  private let view: InputView
  private let usesTools: Bool
  private let session = ValueSession()
  private let sample = Sample()
  private var groundTruths = RawValueMemo<Result<GroundTruth, GroundTruthError>>(byteLimit: 4 << 20)
  private var toolboxes = RawValueMemo<Result<Toolbox, ToolboxError>?>(byteLimit: 12 << 20)
  private let completionName: String
  private let listName: String
  /// The members whose values are looked up by their text, as they stand in a line: `"name"`.
  private let remembered: [Remembered]

  private struct Remembered {
    enum Part { case groundTruth, tools }
    let part: Part
    let name: [UInt8]
    let token: [UInt8]
  }

  /// Creates a reader.
  ///
  /// - Parameters:
  ///   - fields: Where the parts are.
  ///   - syntax: With Python's, lines are read as Python's `json.loads` reads them.
  ///   - view: What completions are: strings, or messages for ``InputView/structured``.
  ///   - usesTools: Whether tools are read, or only looked at for their syntax.
  ///   - compile: How a ground truth is read: the reward's ``RewardPolicy/compile(groundTruth:)``.
  public init(
    fields: SampleFields = SampleFields(), syntax: ValueReader.Syntax, view: InputView = .response,
    usesTools: Bool = true,
    compile: @escaping (Value) throws(GroundTruthError) -> GroundTruth = { value throws(GroundTruthError) in
      try GroundTruth(value)
    }
  ) {
    self.compile = compile
    self.usesTools = usesTools
    self.fields = fields
    self.syntax = syntax
    self.view = view
    completionName = fields.completion.description
    listName = fields.completions.description
    limits = syntax == .python ? .python : .standard
    var remembered: [Remembered] = []
    for (part, path) in [(Remembered.Part.groundTruth, fields.groundTruth), (.tools, fields.tools)] {
      guard let name = path.singleName, !name.isEmpty,
        name.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C })
      else { continue }
      remembered.append(Remembered(part: part, name: name, token: [0x22] + name + [0x22]))
    }
    self.remembered = remembered
  }

  /// Reads a line and calls `body` with the sample. O(line), and much less where tools or ground truth were seen before.
  ///
  /// - Throws: ``SampleError`` if the line is not such a record.
  public func withSample<R>(
    _ text: Span<UInt8>, _ range: Range<Int>, line: Int, _ body: (Sample) -> R
  ) throws(SampleError) -> R {
    // From here on offsets count from the start of the line.
    let text = text.extracting(range)
    var known = Known()
    do throws(ValueError) {
      do throws(ValueError) {
        try readKnowing(text, &known)
      } catch {
        session.endParts()
        guard syntax == .python, error.code == .malformed || error.code == .loneSurrogate else { throw error }
        known = Known()
        session.removeTape()
        _ = try session.readDocument(text, 0..<text.count, syntax: .python, limits: limits)
      }
    } catch {
      let hasMark = ByteSearch.matches([0xEF, 0xBB, 0xBF], in: text, at: 0)
      throw SampleError(
        line: line, code: error.code.name,
        message: hasMark
          ? "the line begins with a byte order mark, which JSON does not have; save the file without it"
          : "the line is not a JSON record: \(error)", isSyntax: true)
    }
    session.takeTape(into: &sample.tape)
    try interpret(text, line, known)
    return body(sample)
  }

  // MARK: Reading

  /// The remembered members that a line has: the last one's name, and what its text was compiled to, if it is known.
  private struct Known {
    var groundTruth: (name: Int, compiled: Result<GroundTruth, GroundTruthError>?)?
    /// Tools that are not used are known without being compiled.
    var tools: (name: Int, isKnown: Bool, compiled: Result<Toolbox, ToolboxError>?)?
  }

  /// Reads the line into the session's tape, but feeds `null` for a ground truth or tools that are known.
  private func readKnowing(_ line: Span<UInt8>, _ known: inout Known) throws(ValueError) {
    session.removeTape()
    guard line.count <= limits.bytes else { throw ValueError(.tooLarge, at: 0) }
    try session.beginParts(limits: limits)
    var fed = 0
    var from = 0
    var found = remembered.count - 1
    // Once each member was met, what else the line holds is just read: a repeated member too, the last of which counts.
    var unmet = (1 << remembered.count) - 1
    while unmet != 0, let next = nextToken(line, from: from, lastFound: found) {
      let member = remembered[next.member]
      found = next.member
      from = next.place + 1
      guard let value = valueStart(line, token: next.place, member.token.count) else { continue }
      try session.feed(line, fed..<value)
      fed = value
      from = value
      guard let name = session.openMember(member.name) else { continue }
      unmet &= ~(1 << next.member)
      let length: Int?
      switch member.part {
      case .groundTruth:
        let found = groundTruths.find(line, at: value)
        known.groundTruth = (name, found?.compiled)
        length = found?.length
      case .tools:
        let found = toolboxes.find(line, at: value)
        known.tools = (name, found != nil, found?.compiled)
        length = found?.length
      }
      guard let length else {
        if member.part == .tools, !usesTools, line[value] != 0x22 { session.discardNextValue() }
        continue
      }
      try session.feedNull()
      fed = value + length
      from = fed
    }
    if fed < line.count { try session.feed(line, fed..<line.count) }
    _ = try session.finishParts(at: line.count)
  }

  /// The next place where a remembered member's name may stand. The one found last is looked for last, and only up to where another was
  /// found: in most lines each stands once, and its value's text need not be searched for it again.
  private func nextToken(_ line: Span<UInt8>, from: Int, lastFound: Int) -> (member: Int, place: Int)? {
    var best: (member: Int, place: Int)?
    for step in 1...max(1, remembered.count) where !remembered.isEmpty {
      let member = (lastFound + step) % remembered.count
      let token = remembered[member].token
      let end = best.map { min(line.count, $0.place + token.count - 1) } ?? line.count
      guard from < end, let place = ByteSearch.firstIndex(of: token, in: line.extracting(from..<end)) else { continue }
      best = (member, from + place)
    }
    return best
  }

  /// Where the value of the member begins whose name token stands at `token`; `nil` if it cannot be a name: a name follows `{` or `,`
  /// and is followed by `:`.
  private func valueStart(_ line: Span<UInt8>, token: Int, _ length: Int) -> Int? {
    var before = token - 1
    while before >= 0, isJSONSpace(line[before]) { before -= 1 }
    guard before >= 0, line[before] == 0x7B || line[before] == 0x2C else { return nil }
    var after = token + length
    while after < line.count, isJSONSpace(line[after]) { after += 1 }
    guard after < line.count, line[after] == 0x3A else { return nil }
    after += 1
    while after < line.count, isJSONSpace(line[after]) { after += 1 }
    guard after < line.count, line[after] == 0x5B || line[after] == 0x7B || line[after] == 0x22 else { return nil }
    return after
  }

  // MARK: Interpreting

  private func interpret(_ text: Span<UInt8>, _ line: Int, _ known: Known) throws(SampleError) {
    sample.line = line
    sample.completions.removeAll(keepingCapacity: true)
    sample.findings.removeAll()
    sample.isList = false
    var id: [UInt8]?
    func failure(_ code: String, _ message: String) -> SampleError {
      SampleError(line: line, code: code, message: message, id: id)
    }
    guard sample.tape.kind(of: 0) == .object else {
      throw failure("not_a_record", "the line is JSON, but not an object with the members of a record")
    }
    sample.id.removeAll(keepingCapacity: true)
    if let id = node(at: fields.id), sample.tape.kind(of: id) != .null {
      JSONWriter.compact.write(Value(tape: sample.tape, index: id), to: &sample.id)
    } else {
      sample.id.append(contentsOf: String(line).utf8)
    }
    id = sample.id
    if let completion = node(at: fields.completion) {
      sample.completions.append(completion)
    } else if let list = node(at: fields.completions) {
      guard sample.tape.kind(of: list) == .array else {
        throw failure("invalid_completions", "\"\(fields.completions)\" must be a list of completions")
      }
      sample.isList = true
      var child = list + 1
      let end = sample.tape.after(list)
      while child < end {
        sample.completions.append(child)
        child = sample.tape.after(child)
      }
      if sample.completions.isEmpty {
        throw failure("no_completions", "\"\(fields.completions)\" is an empty list: there is nothing to judge")
      }
    } else {
      throw failure(
        "missing_completion",
        "the record has neither \"\(fields.completion)\" nor \"\(fields.completions)\"; name the field with --completion-field"
      )
    }
    sample.fieldName = sample.isList ? listName : completionName
    sample.isStructured = view == .structured
    let tools = toolbox(text, known)
    sample.tools = tools
    switch groundTruth(text, known) {
    case nil:
      sample.task = .failure(
        failure(
          "missing_ground_truth",
          "the record has no \"\(fields.groundTruth)\"; name the field with --ground-truth-field, write [] where no call is right"
        ))
    case .failure(let error)?:
      sample.task = .failure(failure("invalid_ground_truth", "\"\(fields.groundTruth)\": \(error)"))
    case .success(let truth)?:
      sample.task = .success(ScoringTask(groundTruth: truth, tools: tools))
    }
  }

  private func groundTruth(_ text: Span<UInt8>, _ known: Known) -> Result<GroundTruth, GroundTruthError>? {
    guard let node = node(at: fields.groundTruth) else { return nil }
    let isKnown = known.groundTruth.map { $0.name + 1 == node } ?? false
    if isKnown, let found = known.groundTruth?.compiled { return found }
    let value = Value(tape: sample.tape, index: node)
    let result: Result<GroundTruth, GroundTruthError>
    do throws(GroundTruthError) {
      result = .success(try compile(value.detached()))
    } catch {
      result = .failure(error)
    }
    if isKnown, let place = sample.tape.sourceRange(of: node, in: text) {
      groundTruths.keep(text, place, result)
    }
    return result
  }

  private func toolbox(_ text: Span<UInt8>, _ known: Known) -> Toolbox? {
    guard usesTools else {
      if let tools = known.tools, !tools.isKnown, let place = sample.tape.discardedRange(after: tools.name, in: text) {
        toolboxes.keep(text, place, nil)
      }
      return nil
    }
    guard let node = node(at: fields.tools) else { return nil }
    let isKnown = known.tools.map { $0.name + 1 == node } ?? false
    var result = isKnown ? known.tools?.compiled : nil
    if result == nil, sample.tape.kind(of: node) != .null {
      do throws(ToolboxError) {
        result = .success(try Toolbox(Value(tape: sample.tape, index: node)))
      } catch {
        result = .failure(error)
      }
      if let result, isKnown, let place = sample.tape.sourceRange(of: node, in: text) {
        toolboxes.keep(text, place, result)
      }
    }
    switch result {
    case .success(let tools)?: return tools
    case .failure?:
      sample.findings.append(Finding(.invalidTools, .warning))
      return nil
    case nil: return nil
    }
  }

  private func node(at path: FieldPath) -> Int? {
    var node = 0
    for name in path.names {
      guard let next = sample.tape.member(name, of: node) else { return nil }
      node = next
    }
    return node
  }
}

@available(*, unavailable)
extension SampleReader: Sendable {}
