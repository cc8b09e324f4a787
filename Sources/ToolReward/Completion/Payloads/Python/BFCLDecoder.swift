/// Decodes a text as the Berkeley Function Calling Leaderboard does for models that are asked to write Python calls:
/// `default_decode_ast_prompting(text, Python)` of the package `bfcl-eval`.
///
/// Where that code raises, there is no result. It departs in this, because it never runs model output:
/// - Arithmetic is worked out only on constants, lists and tuples; with a name, a call, a comparison or the like in it there is no result.
/// - Byte strings, complex numbers and tuples as keys, which cannot be written as JSON, give no result.
/// - An f-string's text, where a call without keywords is written out, gives no result.
/// - `%` formats with `%s`, `%d` and `%i` alone.
/// - Limits: an integer of more than 4,300 digits, or a string of more than a mebibyte or a list of more than 65,536 elements made by
///   arithmetic, on the way as at its end, give no result. Python's own limits (recursion, parser stack) are not the same.
/// - Characters newer than Unicode 14, which CPython 3.11 does not know, count by the standard library's Unicode version.
package struct BFCLDecoder: Sendable {
  package typealias Version = BFCLVersion

  let version: Version
  var limits = ValueLimits.standard

  /// Whether calls that nothing is unusual about are read in one pass.
  private let isQuick: Bool

  package init(_ version: Version, isQuick: Bool = true) {
    self.version = version
    self.isQuick = isQuick
  }

  /// The calls, by their names' and arguments' nodes on the tape; `nil` where the package raises. What was written to the tape then stays.
  func decode(
    _ text: Span<UInt8>, _ range: Range<Int>, session: ValueSession
  ) -> [(name: Int, arguments: Int)]? {
    guard range.count <= limits.bytes, TextChecks.firstIllFormedUTF8(in: text, range) == nil else { return nil }
    let (source, shift) = cleaned(text, range)
    guard !source.contains(0) else { return nil }
    if isQuick, let calls = plainCalls(source, shift, session) { return calls }
    let tree = PythonTree()
    do throws(PythonError) {
      var parser = try PythonParser(source.span, 0..<source.count, tree: tree)
      let body = try parser.whole()
      return calls(body, tree, shift: shift, session: session)
    } catch {
      return nil
    }
  }

  /// The calls of a list, or with commas between them, if nothing about them is unusual.
  private func plainCalls(_ source: [UInt8], _ shift: Int, _ session: ValueSession) -> [(name: Int, arguments: Int)]? {
    let isList = source.first == 0x5B && source.last == 0x5D && source.count > 2
    let range = isList ? 1..<(source.count - 1) : 0..<source.count
    var reader = PythonQuickReader(source.span, range, shift: shift, limits: limits, session: session)
    return reader.calls(acrossLines: isList)
  }

  /// The text that is parsed, and what is added to its offsets to get the completion's.
  private func cleaned(_ text: Span<UInt8>, _ range: Range<Int>) -> (source: [UInt8], shift: Int) {
    let outer = Self.stripped(text, range) { $0 == 0x60 || $0 == 0x0A || $0 == 0x20 }
    let hasOpening = !outer.isEmpty && text[outer.lowerBound] == 0x5B
    var source: [UInt8] = hasOpening ? [] : [0x5B]
    source.reserveCapacity(outer.count + 2)
    for position in outer { source.append(text[position]) }
    if source.last != 0x5D { source.append(0x5D) }
    let span = source.span
    var inner = 0..<source.count
    switch version {
    case .v3: inner = Self.stripped(span, inner) { $0 == 0x5B || $0 == 0x5D || $0 == 0x27 }
    case .v4: inner = Self.stripped(span, PythonText.strip(span, inner)) { $0 == 0x27 }
    }
    let shift = outer.lowerBound - (hasOpening ? 0 : 1) + inner.lowerBound
    return (Array(source[inner]), shift)
  }

  private static func stripped(_ text: Span<UInt8>, _ range: Range<Int>, _ isStripped: (UInt8) -> Bool) -> Range<Int> {
    var start = range.lowerBound
    var end = range.upperBound
    while start < end, isStripped(text[start]) { start += 1 }
    while end > start, isStripped(text[end - 1]) { end -= 1 }
    return start..<end
  }

  private func calls(
    _ body: Int32, _ tree: PythonTree, shift: Int, session: ValueSession
  ) -> [(name: Int, arguments: Int)]? {
    guard let elements = callNodes(body, tree) else { return nil }
    var values = PythonValues(tree, .bfcl, shift: shift)
    do throws(PythonValues.Failure) {
      for call in elements {
        for member in values.keywords(of: call) { try values.resolve(member.value) }
      }
    } catch {
      return nil
    }
    var calls: [(name: Int, arguments: Int)] = []
    do throws(ValueError) {
      for call in elements {
        let place = tree[call].source
        let name = try values.write(name: values.functionName(call), at: place, limits: limits, to: session)
        let arguments = try values.write(values.keywords(of: call), at: place, limits: limits, to: session)
        calls.append((name, arguments.node))
      }
    } catch {
      return nil
    }
    return calls
  }

  // MARK: As Python has them

  /// The calls of a text that nothing is unusual about, on the session's tape; `nil` for any other, of which this tells nothing.
  package func plainCalls(_ text: Span<UInt8>, session: ValueSession) -> [(name: Int, arguments: Int)]? {
    guard text.count <= limits.bytes, TextChecks.isASCII(text) else { return nil }
    let (source, shift) = cleaned(text, 0..<text.count)
    return source.contains(0) ? nil : plainCalls(source, shift, session)
  }

  /// The calls with all that Python has in their arguments; `nil` where the package raises.
  ///
  /// Unlike ``decode(_:_:session:)`` it knows byte strings and complex numbers, which are values of a type that no parameter has.
  package func pythonCalls(_ text: Span<UInt8>, session: ValueSession) -> [(name: [UInt8], arguments: PythonValue)]? {
    guard text.count <= limits.bytes, TextChecks.firstIllFormedUTF8(in: text) == nil else { return nil }
    let (source, shift) = cleaned(text, 0..<text.count)
    guard !source.contains(0) else { return nil }
    if let calls = plainCalls(source, shift, session) {
      let tape = session.tape
      let result = calls.map { (name: tape.payload(of: $0.name), arguments: PythonValue(tape, $0.arguments)) }
      session.removeTape()
      return result
    }
    session.removeTape()
    let tree = PythonTree()
    do throws(PythonError) {
      var parser = try PythonParser(source.span, 0..<source.count, tree: tree)
      return pythonCalls(try parser.whole(), tree, shift)
    } catch {
      return nil
    }
  }

  /// The value of a text that is one Python expression of constants; `nil` if it is anything else. Arithmetic is bounded; nothing is run.
  package func pythonLiteral(_ text: Span<UInt8>) -> PythonValue? {
    guard text.count <= limits.bytes, TextChecks.firstIllFormedUTF8(in: text) == nil else { return nil }
    var start = 0
    while start < text.count, text[start] == 0x20 || text[start] == 0x09 { start += 1 }
    let tree = PythonTree()
    do throws(PythonError) {
      var parser = try PythonParser(text, start..<text.count, tree: tree)
      let body = try parser.whole()
      var values = PythonValues(tree, .constants)
      values.keepsAllKeys = true
      do throws(PythonValues.Failure) {
        try values.resolve(body)
        return values.pythonValue(body)
      } catch {
        return nil
      }
    } catch {
      return nil
    }
  }

  private func pythonCalls(
    _ body: Int32, _ tree: PythonTree, _ shift: Int
  ) -> [(name: [UInt8], arguments: PythonValue)]? {
    guard let elements = callNodes(body, tree) else { return nil }
    var values = PythonValues(tree, .bfcl, shift: shift)
    values.keepsAllKeys = true
    var calls: [(name: [UInt8], arguments: PythonValue)] = []
    do throws(PythonValues.Failure) {
      for call in elements {
        for member in values.keywords(of: call) { try values.resolve(member.value) }
      }
    } catch {
      return nil
    }
    for call in elements {
      guard let arguments = values.pythonArguments(of: call) else { return nil }
      calls.append((values.functionName(call), arguments))
    }
    return calls
  }

  /// The nodes of a text's calls; `nil` if it is anything else.
  private func callNodes(_ body: Int32, _ tree: PythonTree) -> [Int32]? {
    var elements = [body]
    switch tree[body].kind {
    case .call: break
    case .list, .tuple, .set: elements = Array(tree.list(body))
    default: return nil
    }
    return elements.allSatisfy { tree[$0].kind == .call } ? elements : nil
  }
}
