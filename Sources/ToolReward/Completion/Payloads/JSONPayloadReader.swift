/// The JSON payload engine: reads what a frame holds and makes its attempts. A class, so that handing it about costs one reference.
final class JSONPayloadReader: Sendable {
  let rule: JSONPayload
  let frame: CallFrame
  private let separators: PatternList
  let leniencies: Leniencies
  let nameMember: [UInt8]
  let members: CallMembers
  /// How many of the members that may hold the arguments are the format's own.
  private let ownArgumentsMembers: Int
  private static let fence = Array("```".utf8)
  private static let function = Array("function".utf8)

  init(_ rule: JSONPayload, frame: CallFrame, leniencies: Leniencies) {
    self.rule = rule
    self.frame = frame
    separators = PatternList(rule.separators.map { Array($0.utf8) })
    self.leniencies = leniencies
    nameMember = Array(rule.nameMember.utf8)
    var arguments = rule.argumentsMembers.map { Array($0.utf8) }
    if leniencies.contains(.parametersAlias), !rule.argumentsMembers.contains("parameters") {
      arguments.append(Array("parameters".utf8))
    }
    ownArgumentsMembers = rule.argumentsMembers.count
    members = CallMembers(name: nameMember, arguments: arguments, others: rule.otherMembers.map { Array($0.utf8) })
  }

  /// What a frame's payload was read as.
  struct Read {
    /// The values' nodes: one, or several where the format has objects one after another.
    var root: Int
    var others: [Int] = []
    /// Where reading stopped.
    var end: Int
    var used: Leniencies = []
    /// Whether nodes carry offsets of the completion, not of a text made from it.
    var hasOffsets = true
    /// Why reading stopped before another object, if one begins there.
    var tailError: ValueError?
  }

  /// How a frame ends.
  enum Ending {
    /// With its closing marker.
    case closed
    /// Without one; at the completion's end, or before that.
    case open(atEnd: Bool)
    /// With one, but something stands before it.
    case trailing(Range<Int>)
  }

  /// Whether a payload can begin with the byte.
  func mayStart(with byte: UInt8) -> Bool {
    switch byte {
    case 0x7B, 0x5B: true
    case 0x22: leniencies.contains(.stringPayload)
    case 0x60: leniencies.contains(.codeFence)
    default: false
    }
  }

  // MARK: Reading

  /// Reads a payload from where it starts to where its grammar ends.
  func readPrefix(_ text: Span<UInt8>, from start: Int, session: ValueSession) -> Result<Read, ValueError> {
    do throws(ValueError) {
      var position = start
      var used: Leniencies = []
      if leniencies.contains(.codeFence), ByteSearch.matches(Self.fence, in: text, at: start) {
        used.insert(.codeFence)
        position = afterFenceLine(text, start + Self.fence.count)
      }
      let first = try session.readPrefix(text, from: position, syntax: rule.syntax, limits: rule.limits)
      var read = Read(root: first.root, end: first.end, used: used)
      // Objects may follow one another, also where the format has one: none of them is lost.
      while read.tailError == nil, let next = nextObject(text, read.end) {
        do throws(ValueError) {
          let more = try session.readPrefix(text, from: next, syntax: rule.syntax, limits: rule.limits)
          read.others.append(more.root)
          read.end = more.end
        } catch {
          read.tailError = error
        }
      }
      if used.contains(.codeFence), let next = skipSpace(text, read.end),
        ByteSearch.matches(Self.fence, in: text, at: next)
      {
        read.end = next + Self.fence.count
      }
      return .success(read)
    } catch {
      return .failure(error)
    }
  }

  /// Reads a payload that JSON's grammar refuses with what the leniencies forgive; `nil` if that does not help.
  func readRelaxed(_ text: Span<UInt8>, _ range: Range<Int>, session: ValueSession) -> Read? {
    guard leniencies.contains(.trailingComma) else { return nil }
    var range = range
    var used: Leniencies = .trailingComma
    if leniencies.contains(.codeFence), ByteSearch.matches(Self.fence, in: text, at: range.lowerBound) {
      used.insert(.codeFence)
      var end = range.upperBound
      while end > range.lowerBound, isJSONSpace(text[end - 1]) { end -= 1 }
      if ByteSearch.matches(Self.fence, in: text, at: end - Self.fence.count) { end -= Self.fence.count }
      let start = afterFenceLine(text, range.lowerBound + Self.fence.count)
      guard start < end else { return nil }
      range = start..<end
    }
    guard let copy = withoutTrailingCommas(text, range) else { return nil }
    guard let root = try? session.readDocument(copy.span, 0..<copy.count, syntax: rule.syntax, limits: rule.limits)
    else { return nil }
    return Read(root: root, end: range.upperBound, used: used, hasOffsets: false)
  }

  /// Reads the text between two markers as one document, as the Tool-N1 code does: `json.loads(text.strip())`.
  func readWhole(
    _ text: Span<UInt8>, _ payload: Range<Int>, frame: Range<Int>, session: ValueSession,
    into completion: inout Completion
  ) {
    let stripped = rule.syntax == .python ? PythonText.strip(text, payload) : payload
    let start = skipSpace(text, stripped.lowerBound) ?? text.count
    guard start < stripped.upperBound else {
      recordUnreadable(
        .emptyFrame, status: .malformed, frame: frame, payload: payload, at: payload, content: .empty, into: &completion
      )
      return
    }
    do throws(ValueError) {
      let root = try session.readDocument(
        text, stripped, syntax: rule.syntax, limits: rule.limits, allowingSurrogates: rule.syntax == .python)
      record(
        Read(root: root, end: stripped.upperBound), text, frame: frame, payload: payload, ending: .closed,
        session: session, into: &completion)
    } catch {
      recordUnreadable(
        .payload(error.code), status: error.code.isLimit ? .limitExceeded : .malformed, frame: frame, payload: payload,
        at: min(error.offset, text.count)..<min(error.offset + 1, text.count), content: .unreadable(error.code),
        into: &completion)
    }
  }

  // MARK: Recording

  /// Records a frame that holds no readable payload, as one attempt.
  func recordUnreadable(
    _ code: Diagnostic.Code, status: CallAttempt.Status, frame: Range<Int>, payload: Range<Int>, at range: Range<Int>,
    content: Frame.Content, isClosed: Bool = true, into completion: inout Completion
  ) {
    let attempt = completion.attempts.count
    completion.attempts.append(CallAttempt(status: status, range: frame, frame: completion.frames.count))
    completion.diagnostics.append(Diagnostic(code, range, attempt: attempt))
    completion.frames.append(
      Frame(
        range: frame, payload: payload, isClosed: isClosed, content: content, attempts: attempt..<(attempt + 1)))
  }

  /// Records a frame that never closes and whose payload is therefore not read.
  func recordUnclosed(frame: Range<Int>, payload: Range<Int>, into completion: inout Completion) {
    recordUnreadable(
      .unclosedCall, status: .unclosed, frame: frame, payload: payload, at: frame, content: .unreadable(.unexpectedEnd),
      isClosed: false, into: &completion)
  }

  /// Records a frame whose payload was read, and its attempts.
  func record(
    _ read: Read, _ text: Span<UInt8>, frame: Range<Int>, payload: Range<Int>, ending: Ending, session: ValueSession,
    into completion: inout Completion
  ) {
    let allowsLines = rule.cardinality.contains(.lines) || leniencies.contains(.anyCardinality)
    var inner = Frame.InnerText.none
    var value = (root: read.root, hasOffsets: read.hasOffsets, used: read.used)
    let first = completion.attempts.count
    if leniencies.contains(.stringPayload), read.others.isEmpty, session.tape.nodes[value.root].kind == .string {
      inner = redecode(&value, session: session)
    }
    if !read.others.isEmpty {
      for root in [value.root] + read.others {
        add(root, text, frame: frame, whole: false, hasOffsets: value.hasOffsets, session: session, into: &completion)
      }
      if !rule.cardinality.contains(.lines) {
        if !allowsLines {
          for index in first..<completion.attempts.count { completion.attempts[index].status = .malformed }
        }
        noteCardinality(from: first, forgiven: allowsLines, into: &completion)
      }
    } else if session.tape.nodes[value.root].kind == .array {
      let allowed = rule.cardinality.contains(.array)
      if allowed || leniencies.contains(.anyCardinality) {
        var child = value.root + 1
        let end = session.tape.after(value.root)
        while child < end {
          add(
            child, text, frame: frame, whole: false, hasOffsets: value.hasOffsets, session: session, into: &completion)
          child = session.tape.after(child)
        }
        if !allowed { noteCardinality(from: first, forgiven: true, into: &completion) }
      } else {
        completion.attempts.append(
          CallAttempt(status: .notACall, range: frame, frame: completion.frames.count))
        noteCardinality(from: first, forgiven: false, into: &completion)
      }
    } else {
      add(
        value.root, text, frame: frame, whole: true, hasOffsets: value.hasOffsets, session: session, into: &completion)
      let isSingle = rule.cardinality.contains(.one) || rule.cardinality.contains(.lines)
      if !isSingle {
        let forgiven = leniencies.contains(.anyCardinality)
        if !forgiven { completion.attempts[first].status = .notACall }
        noteCardinality(from: first, forgiven: forgiven, into: &completion)
      }
    }
    if !value.used.isEmpty {
      for index in first..<completion.attempts.count { completion.attempts[index].usedLeniency = true }
      for (_, leniency) in Leniencies.named where value.used.contains(leniency) {
        completion.diagnostics.append(Diagnostic(.leniency(leniency), frame, attempt: attemptOrNil(first, completion)))
      }
    }
    var isClosed = true
    switch ending {
    case .closed: break
    case .open(let atEnd):
      isClosed = false
      let isForgiven = atEnd && leniencies.contains(.missingClose)
      for index in first..<completion.attempts.count {
        if isForgiven {
          completion.attempts[index].usedLeniency = true
        } else {
          completion.attempts[index].status = .unclosed
        }
      }
      completion.diagnostics.append(
        Diagnostic(
          isForgiven ? .leniency(.missingClose) : .unclosedCall, frame, attempt: attemptOrNil(first, completion)))
    case .trailing(let range):
      if allowsLines, let error = read.tailError {
        // The objects before it are whole; this one is an attempt of its own.
        completion.diagnostics.append(Diagnostic(.payload(error.code), range, attempt: completion.attempts.count))
        completion.attempts.append(
          CallAttempt(
            status: error.code.isLimit ? .limitExceeded : .malformed, range: range, frame: completion.frames.count))
      } else {
        for index in first..<completion.attempts.count { completion.attempts[index].status = .malformed }
        if first == completion.attempts.count {
          completion.attempts.append(CallAttempt(status: .malformed, range: frame, frame: completion.frames.count))
        }
        completion.diagnostics.append(Diagnostic(.textAfterPayload, range, attempt: first))
      }
    }
    completion.frames.append(
      Frame(
        range: frame, payload: payload, isClosed: isClosed, content: .value(root: value.root),
        attempts: first..<completion.attempts.count, innerText: inner))
  }

  private func attemptOrNil(_ first: Int, _ completion: Completion) -> Int? {
    first < completion.attempts.count ? first : nil
  }

  private func noteCardinality(from first: Int, forgiven: Bool, into completion: inout Completion) {
    let range = first < completion.attempts.count ? completion.attempts[first].range : 0..<0
    if forgiven { for index in first..<completion.attempts.count { completion.attempts[index].usedLeniency = true } }
    completion.diagnostics.append(
      Diagnostic(
        forgiven ? .leniency(.anyCardinality) : .cardinality, range, attempt: attemptOrNil(first, completion)))
  }

  /// A payload that is a string is read again as the text it holds.
  private func redecode(_ value: inout (root: Int, hasOffsets: Bool, used: Leniencies), session: ValueSession)
    -> Frame.InnerText
  {
    let inner = session.tape.payload(of: value.root)
    do throws(ValueError) {
      value.root = try session.readDocument(
        inner.span, 0..<inner.count, syntax: rule.syntax, limits: rule.limits,
        allowingSurrogates: rule.syntax == .python)
      value.hasOffsets = false
      value.used.insert(.stringPayload)
      return .read
    } catch {
      return .unreadable(error.code)
    }
  }

  // MARK: Attempts

  /// Makes an attempt of a value.
  private func add(
    _ node: Int, _ text: Span<UInt8>, frame: Range<Int>, whole: Bool, hasOffsets: Bool, session: ValueSession,
    into completion: inout Completion
  ) {
    let range = whole || !hasOffsets ? frame : session.tape.sourceRange(of: node, in: text) ?? frame
    var attempt = CallAttempt(status: .ok, range: range, frame: completion.frames.count)
    let index = completion.attempts.count
    func note(_ code: Diagnostic.Code) { completion.diagnostics.append(Diagnostic(code, range, attempt: index)) }
    var call = node
    if leniencies.contains(.functionWrapper), session.tape.nodes[call].kind == .object,
      session.tape.member(nameMember, of: call) == nil,
      let inner = session.tape.member(Self.function, of: call), session.tape.nodes[inner].kind == .object
    {
      call = inner
      attempt.usedLeniency = true
      note(.leniency(.functionWrapper))
    }
    guard session.tape.nodes[call].kind == .object else {
      attempt.status = .notACall
      note(.notACall)
      completion.attempts.append(attempt)
      return
    }
    if session.tape.nodes[call].flags.contains(.duplicateNamesBelow) {
      attempt.hasDuplicateMembers = true
      note(.duplicateMember)
    }
    let fields = session.tape.callFields(of: call, members)
    attempt.name = fields.name
    attempt.arguments = fields.arguments
    attempt.hasSurplusMembers = fields.hasSurplus
    if fields.hasSurplus { note(.surplusMember) }
    if let name = fields.name {
      if session.tape.nodes[name].kind != .string {
        if rule.argumentsAreObject { attempt.status = .invalidName }
        note(.nameNotString)
      }
    } else {
      attempt.status = .invalidName
      note(.missingName)
    }
    if let position = fields.argumentsMember, position >= ownArgumentsMembers {
      attempt.usedLeniency = true
      note(.leniency(.parametersAlias))
    }
    if let arguments = fields.arguments {
      if rule.argumentsAreObject, session.tape.nodes[arguments].kind != .object {
        if let parsed = decodeArguments(arguments, session: session) {
          attempt.arguments = parsed
          attempt.usedLeniency = true
          note(.leniency(.stringArguments))
        } else {
          if attempt.status == .ok { attempt.status = .invalidArguments }
          note(.argumentsNotObject)
        }
      }
    } else if leniencies.contains(.missingArguments), let empty = emptyObject(session: session) {
      attempt.arguments = empty
      attempt.usedLeniency = true
      note(.leniency(.missingArguments))
    } else {
      if attempt.status == .ok { attempt.status = .invalidArguments }
      note(.missingArguments)
    }
    completion.attempts.append(attempt)
  }

  private func decodeArguments(_ node: Int, session: ValueSession) -> Int? {
    guard leniencies.contains(.stringArguments), session.tape.nodes[node].kind == .string else { return nil }
    let inner = session.tape.payload(of: node)
    guard let root = try? session.readDocument(inner.span, 0..<inner.count, syntax: rule.syntax, limits: rule.limits),
      session.tape.nodes[root].kind == .object
    else { return nil }
    return root
  }

  private func emptyObject(session: ValueSession) -> Int? {
    let text = Array("{}".utf8)
    return try? session.readDocument(text.span, 0..<text.count, syntax: .json, limits: .standard)
  }

  // MARK: Text

  /// Where another object begins, after white space and at most one separator.
  func nextObject(_ text: Span<UInt8>, _ end: Int) -> Int? {
    guard var next = skipSpace(text, end) else { return nil }
    if !separators.isEmpty, let length = separators.lengthOfFirst(in: text, startingAt: next) {
      guard let after = skipSpace(text, next + length) else { return nil }
      next = after
    }
    return text[next] == 0x7B ? next : nil
  }

  private func skipSpace(_ text: Span<UInt8>, _ start: Int) -> Int? {
    var position = start
    while position < text.count, isJSONSpace(text[position]) { position += 1 }
    return position < text.count ? position : nil
  }

  /// The position after a fence's info string, which runs to the end of its line.
  private func afterFenceLine(_ text: Span<UInt8>, _ start: Int) -> Int {
    var position = start
    while position < text.count, text[position] != 0x0A, text[position] != 0x7B, text[position] != 0x5B {
      position += 1
    }
    return position
  }

  /// A copy with a space for each comma that only white space parts from `}` or `]`; `nil` if there is none. One pass.
  private func withoutTrailingCommas(_ text: Span<UInt8>, _ range: Range<Int>) -> [UInt8]? {
    var copy: [UInt8] = []
    unsafe text.extracting(range).withUnsafeBufferPointer { unsafe copy.append(contentsOf: $0) }
    var inString = false
    var changed = false
    var comma: Int?
    // The last byte that is no white space: a comma ends something only after a value.
    var last: UInt8 = 0x2C
    var position = 0
    while position < copy.count {
      let byte = copy[position]
      if inString {
        if byte == 0x5C { position += 1 } else if byte == 0x22 { inString = false }
      } else if byte == 0x22 {
        inString = true
        comma = nil
      } else if byte == 0x2C {
        comma = last == 0x7B || last == 0x5B || last == 0x2C || last == 0x3A ? nil : position
      } else if byte == 0x7D || byte == 0x5D {
        if let place = comma {
          copy[place] = 0x20
          changed = true
        }
        comma = nil
      } else if !isJSONSpace(byte) {
        comma = nil
      }
      if !isJSONSpace(byte) { last = byte }
      position += 1
    }
    return changed ? copy : nil
  }
}

/// The names that a call's members have.
struct CallMembers: Sendable {
  private let names: PatternList
  /// How many members may hold the arguments.
  private let argumentsCount: Int

  init(name: [UInt8], arguments: [[UInt8]], others: [[UInt8]] = []) {
    names = PatternList([name] + arguments + others)
    argumentsCount = arguments.count
  }

  /// What a member's name stands for.
  enum Role {
    case name
    case arguments(Int)
    case other
    case unknown
  }

  @inline(__always)
  func role(of node: TapeNode, in bytes: Span<UInt8>) -> Role {
    switch names.firstIndex(equalTo: node.payload, of: bytes) {
    case nil: .unknown
    case 0?: .name
    case let index?: index <= argumentsCount ? .arguments(index - 1) : .other
    }
  }
}

extension TapeView {
  /// Where a call's name and arguments are.
  struct CallFields {
    var name: Int?
    var arguments: Int?
    /// Which of the format's members held the arguments.
    var argumentsMember: Int?
    var hasSurplus = false
  }

  /// Finds a call's members; of a repeated one the last counts. O(members).
  @inline(__always)
  func callFields(of object: Int, _ members: CallMembers) -> CallFields {
    var fields = CallFields()
    var member = object + 1
    let end = Int(nodes[object].next)
    while member < end {
      let value = member + 1
      switch members.role(of: nodes[member], in: bytes) {
      case .name: fields.name = value
      case .arguments(let position):
        if let earlier = fields.argumentsMember, earlier != position { fields.hasSurplus = true }
        if fields.argumentsMember ?? position >= position {
          fields.arguments = value
          fields.argumentsMember = position
        }
      case .other: break
      case .unknown: fields.hasSurplus = true
      }
      member = after(value)
    }
    return fields
  }
}
