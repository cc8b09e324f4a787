/// What was read of calls written in Python.
struct PythonReading {
  var calls: [PythonCallRead] = []
  /// Just after the list; or where reading stopped.
  var end: Int
  /// Why the list itself is none; what was read of it before stays.
  var failure: ValueError?
}

/// One call.
struct PythonCallRead {
  /// Where it stands.
  var range: Range<Int>
  /// The node of its name, a string; `nil` if it has none.
  var name: Int?
  /// The node of its named arguments, an object; `nil` if the call failed.
  var arguments: Int?
  /// Why it is no call, and where.
  var failure: (code: Diagnostic.Code, offset: Int)?
  /// What is unusual about it.
  var notes: [(Diagnostic.Code, Range<Int>)] = []
  /// The nodes of the arguments without a name, in order.
  var positional: [Int] = []
  /// Whether an argument's name, or a key of a dictionary, came twice.
  var hasDuplicates = false
}

/// Reads calls written in Python, whose values are literals. Nothing is evaluated. One bad call costs none of the others.
///
/// Linear: a call that fails is read a second time, to find where it ends, and what its parsing read beyond that is limited.
final class PythonCallReader: Sendable {
  let rule: PythonPayload

  /// Whether calls that nothing is unusual about are read in one pass.
  private let isQuick: Bool

  init(_ rule: PythonPayload, isQuick: Bool = true) {
    self.rule = rule
    self.isQuick = isQuick
  }

  /// Whether calls can begin with the byte.
  func mayStart(with byte: UInt8) -> Bool {
    switch rule.layout {
    case .list: byte == 0x5B
    case .lines:
      rule.allowsSpacedNames ? isNameText(byte) && byte > 0x20 : PythonLexer.isWordByte(byte) && !isDigit(byte)
    }
  }

  /// Reads the calls from `start` on, and not beyond `end`.
  func read(_ text: Span<UInt8>, from start: Int, end: Int, session: ValueSession) -> PythonReading {
    switch rule.layout {
    case .list: readList(text, start, end, session)
    case .lines: readLines(text, start, end, session)
    }
  }

  // MARK: Layouts

  private func readList(_ text: Span<UInt8>, _ start: Int, _ end: Int, _ session: ValueSession) -> PythonReading {
    var reading = PythonReading(end: start)
    var position = skipSpace(text, start, end)
    guard position < end, text[position] == 0x5B else {
      reading.failure = ValueError(position < end ? .malformed : .unexpectedEnd, at: position)
      return reading
    }
    position = skipSpace(text, position + 1, end)
    let tree = PythonTree()
    var spent = 0
    while position < end, text[position] != 0x5D {
      if text[position] == 0x2C {
        // Nothing stands between two commas.
        if reading.failure == nil { reading.failure = ValueError(.malformed, at: position) }
        position = skipSpace(text, position + 1, end)
        continue
      }
      var call = readCall(text, position, end, tree, session, &spent)
      var after = skipSpace(text, call.range.upperBound, end)
      if after < end, text[after] != 0x2C, text[after] != 0x5D {
        // Something goes on where the call ended.
        after = Resynchronisation.element(text, from: after, end: end)
        call.fail(.malformedPython, at: call.range.upperBound)
        call.range = call.range.lowerBound..<after
      }
      // What the text's end cuts off is no call of its own: the list's failure tells of it.
      if after >= end, call.failure != nil {
        position = end
        break
      }
      reading.calls.append(call)
      position = after < end && text[after] == 0x2C ? skipSpace(text, after + 1, end) : after
    }
    if position < end {
      reading.end = position + 1
    } else {
      reading.end = end
      if reading.failure == nil { reading.failure = ValueError(.unexpectedEnd, at: end) }
    }
    return reading
  }

  private func readLines(_ text: Span<UInt8>, _ start: Int, _ end: Int, _ session: ValueSession) -> PythonReading {
    var reading = PythonReading(end: start)
    let tree = PythonTree()
    var spent = 0
    var position = skipSpace(text, start, end)
    while position < end, mayStart(with: text[position]) {
      let call = readCall(text, position, end, tree, session, &spent)
      reading.calls.append(call)
      reading.end = call.range.upperBound
      let after = skipSpace(text, reading.end, end, withinLine: true)
      let next = skipSpace(text, after, end)
      // Another call begins a line.
      guard next > after, next < end else { break }
      position = next
    }
    if reading.calls.isEmpty {
      reading.end = position
      reading.failure = ValueError(position < end ? .malformed : .unexpectedEnd, at: position)
    }
    return reading
  }

  // MARK: A call

  private func readCall(
    _ text: Span<UInt8>, _ start: Int, _ end: Int, _ tree: PythonTree, _ session: ValueSession, _ spent: inout Int
  ) -> PythonCallRead {
    if isQuick {
      var reader = PythonQuickReader(text, start..<end, limits: rule.limits, session: session)
      if let plain = reader.call() {
        var call = PythonCallRead(range: start..<reader.position)
        (call.name, call.arguments) = (plain.name, plain.arguments)
        return call
      }
    }
    tree.removeAll()
    var call = PythonCallRead(range: start..<start)
    var values = PythonValues(tree, .literals(allowsJSONWords: rule.allowsJSONWords))
    let (name, open) = readName(text, start, end, &call)
    guard let open else {
      call.fail(.malformedPython, at: start)
      let stop =
        rule.layout == .list
        ? Resynchronisation.element(text, from: start, end: end) : Resynchronisation.line(text, from: start, end: end)
      call.range = start..<max(stop, min(end, start + 1))
      return call
    }
    let parts = CallParts()
    var stop: Int?
    do throws(PythonError) {
      let depth = rule.layout == .list ? 2 : 1
      // A call whose bracket is missing is parsed on and on into those behind it. When that has cost enough, brackets tell its end first.
      let isCostly = spent > 16 * end
      let limit = isCostly ? Resynchronisation.call(text, from: open, end: end, layout: rule.layout) : end
      var parser = try PythonParser(text, (open + 1)..<limit, tree: tree, depth: depth)
      stop = try readArguments(&parser, &values, &call, parts)
    } catch {
      spent += error.offset - start
      call.fail(Self.code(of: error), at: error.offset)
    }
    let close = stop ?? Resynchronisation.call(text, from: open, end: end, layout: rule.layout)
    call.range = start..<close
    write(name, parts, &values, &call, session)
    return call
  }

  /// A call's arguments, before they are written.
  private final class CallParts {
    var members: [PythonValues.Member] = []
    var positional: [Int32] = []
  }

  /// Reads arguments to behind the closing parenthesis. Returns where that is.
  private func readArguments(
    _ parser: inout PythonParser, _ values: inout PythonValues, _ call: inout PythonCallRead, _ parts: CallParts
  ) throws(PythonError) -> Int {
    while token(parser) != .rightParenthesis {
      let start = parser.token.start
      var name: [UInt8]?
      var isUnpacked = false
      switch parser.token.kind {
      case .star, .doubleStar:
        isUnpacked = true
        call.fail(.unpackedArgument, at: start)
        try parser.advance()
      case .name where parser.isEqualNext:
        let (first, count) = try parser.nameText()
        name = Array(parser.tree.bytes[Int(first)..<Int(first + count)])
        try parser.expect(.equal)
      case .none, .true_, .false_: break
      case _ where parser.token.isWord && parser.isEqualNext:
        let range = start..<parser.token.end
        call.notes.append((.keywordAsName, range))
        name = range.map { parser.lexer.text[$0] }
        try parser.advance()
        try parser.expect(.equal)
      default: break
      }
      let value = try parser.expression()
      do throws(PythonValues.Failure) {
        try values.resolve(value)
      } catch {
        call.fail(error.code, at: error.offset)
      }
      if let name {
        parts.members.append(PythonValues.Member(name: name, identity: name, value: value))
      } else if !isUnpacked {
        call.notes.append((.positionalArgument, start..<parser.lastEnd))
        parts.positional.append(value)
      }
      guard try parser.take(.comma) || token(parser) == .rightParenthesis else { throw parser.unexpected() }
    }
    // What follows the call need not be Python.
    return parser.token.end
  }

  private func token(_ parser: borrowing PythonParser) -> PythonToken.Kind { parser.token.kind }

  private func write(
    _ name: [UInt8], _ parts: CallParts, _ values: inout PythonValues, _ call: inout PythonCallRead,
    _ session: ValueSession
  ) {
    do throws(ValueError) {
      let start = call.range.lowerBound
      call.name = try values.write(
        name: name, at: start..<min(call.range.upperBound, start + name.count), limits: rule.limits, to: session)
      guard call.failure == nil else { return }
      guard call.range.count <= rule.limits.bytes else { return call.fail(.limitExceeded, at: start) }
      for value in parts.positional {
        call.positional.append(try values.write(value, limits: rule.limits, to: session))
      }
      let written = try values.write(parts.members, at: call.range, limits: rule.limits, to: session)
      call.arguments = written.node
      call.hasDuplicates = written.hasDuplicates
    } catch {
      call.positional = []
      call.fail(error.code.isLimit ? .limitExceeded : .malformedPython, at: error.offset)
    }
  }

  private static func code(of error: PythonError) -> Diagnostic.Code {
    switch error.code {
    case .malformed: .malformedPython
    case .unexpectedEnd: .unexpectedEnd
    case .illFormedUTF8: .illFormedPayload
    case .tooDeep, .tooLong: .limitExceeded
    }
  }

  // MARK: Names

  /// Reads the name and the opening parenthesis behind it. Returns where that is; `nil` if there is no name or no parenthesis.
  private func readName(
    _ text: Span<UInt8>, _ start: Int, _ end: Int, _ call: inout PythonCallRead
  ) -> (name: [UInt8], open: Int?) {
    rule.allowsSpacedNames ? readSpacedName(text, start, end) : readDottedName(text, start, end, &call)
  }

  private func readSpacedName(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> (name: [UInt8], open: Int?) {
    var position = start
    while position < end, isNameText(text[position]) { position += 1 }
    let range = PythonText.strip(text, start..<position)
    guard position < end, text[position] == 0x28, !range.isEmpty,
      TextChecks.firstIllFormedUTF8(in: text, range) == nil
    else { return ([], nil) }
    return (range.map { text[$0] }, position)
  }

  private func readDottedName(
    _ text: Span<UInt8>, _ start: Int, _ end: Int, _ call: inout PythonCallRead
  ) -> (name: [UInt8], open: Int?) {
    var name: [UInt8] = []
    var position = start
    while true {
      let first = position
      while position < end, PythonLexer.isWordByte(text[position]) { position += 1 }
      guard position > first, !isDigit(text[first]) else { return ([], nil) }
      if let word = PythonToken.word(text, first..<position) {
        if word == .none || word == .true_ || word == .false_ { return ([], nil) }
        call.notes.append((.keywordAsName, first..<position))
      }
      do throws(PythonError) {
        try PythonName.append(text, first..<position, to: &name)
      } catch {
        return ([], nil)
      }
      guard position < end, text[position] == 0x2E else { break }
      name.append(0x2E)
      position += 1
    }
    let open = skipSpace(text, position, end, withinLine: true)
    return (name, open < end && text[open] == 0x28 ? open : nil)
  }

  private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  /// Whether a name with spaces may hold the byte.
  private func isNameText(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x00, 0x0A, 0x0D, 0x22, 0x27, 0x28, 0x29, 0x2C, 0x3D, 0x5B, 0x5D, 0x7B, 0x7D: false
    default: true
    }
  }

  private func skipSpace(_ text: Span<UInt8>, _ start: Int, _ end: Int, withinLine: Bool = false) -> Int {
    var position = start
    while position < end {
      switch text[position] {
      case 0x20, 0x09, 0x0C: position += 1
      case 0x0A, 0x0D:
        if withinLine { return position }
        position += 1
      default: return position
      }
    }
    return position
  }
}

extension PythonCallRead {
  /// Notes why it is no call; the first reason counts.
  mutating func fail(_ code: Diagnostic.Code, at offset: Int) {
    if failure == nil { failure = (code, offset) }
    arguments = nil
  }
}

extension PythonParser {
  /// Whether the token is followed by `=`, and not by `==`.
  var isEqualNext: Bool {
    var position = token.end
    while position < lexer.end, [0x20, 0x09, 0x0A, 0x0C, 0x0D].contains(lexer.text[position]) { position += 1 }
    guard position < lexer.end, lexer.text[position] == 0x3D else { return false }
    return position + 1 >= lexer.end || lexer.text[position + 1] != 0x3D
  }
}

extension PythonToken {
  /// Whether it is a word of the grammar.
  var isWord: Bool { kind.rawValue >= Kind.none.rawValue && kind.rawValue <= Kind.otherWord.rawValue }
}
