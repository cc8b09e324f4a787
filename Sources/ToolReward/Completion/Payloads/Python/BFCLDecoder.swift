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
    guard range.count <= limits.bytes else { return nil }
    var calls: [(name: Int, arguments: Int)] = []
    if isQuick, readPlainCalls(text, range, session: session, to: &calls) { return calls }
    guard TextChecks.firstIllFormedUTF8(in: text, range) == nil else { return nil }
    guard let (source, shift) = cleaned(text, range) else { return nil }
    let tree = PythonTree()
    do throws(PythonError) {
      var parser = try PythonParser(source.span, 0..<source.count, tree: tree)
      let body = try parser.whole()
      return self.calls(body, tree, shift: shift, session: session)
    } catch {
      return nil
    }
  }

  /// Reads the calls of a text that nothing is unusual about to the session's tape. False for any other, of which this tells nothing.
  package func readPlainCalls(
    _ text: Span<UInt8>, _ range: Range<Int>, session: ValueSession, to calls: inout [(name: Int, arguments: Int)]
  ) -> Bool {
    guard range.count <= limits.bytes else { return false }
    var reader = PythonQuickReader(text, inner(text, range), limits: limits, session: session)
    return reader.read(&calls, acrossLines: version == .v4)
  }

  /// What stands between the brackets of the text that ``cleaned(_:_:)`` gives; of version 3, which takes all brackets away, the whole text.
  private func inner(_ text: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    var inner = Self.stripped(text, range) { $0 == 0x60 || $0 == 0x0A || $0 == 0x20 }
    switch version {
    case .v3: inner = Self.stripped(text, inner) { $0 == 0x5B || $0 == 0x5D || $0 == 0x27 }
    case .v4:
      if !inner.isEmpty, text[inner.lowerBound] == 0x5B { inner = (inner.lowerBound + 1)..<inner.upperBound }
      if !inner.isEmpty, text[inner.upperBound - 1] == 0x5D { inner = inner.lowerBound..<(inner.upperBound - 1) }
    }
    return inner
  }

  /// The text that is parsed, and what is added to its offsets to get the completion's. `nil` if it holds a NUL, which Python refuses.
  private func cleaned(_ text: Span<UInt8>, _ range: Range<Int>) -> (source: [UInt8], shift: Int)? {
    let inner = inner(text, range)
    // Both versions put brackets around the text where there are none. Version 3 takes all away again.
    let hasBrackets = version == .v4
    var source: [UInt8] = []
    source.reserveCapacity(inner.count + 2)
    if hasBrackets { source.append(0x5B) }
    unsafe text.extracting(inner).withUnsafeBufferPointer { unsafe source.append(contentsOf: $0) }
    if hasBrackets { source.append(0x5D) }
    if ByteSearch.firstIndex(of: 0, in: source.span) != nil { return nil }
    return (source, inner.lowerBound - (hasBrackets ? 1 : 0))
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

  /// The calls with all that Python has in their arguments; `nil` where the package raises.
  ///
  /// Unlike ``decode(_:_:session:)`` it knows byte strings and complex numbers, which are values of a type that no parameter has.
  package func pythonCalls(_ text: Span<UInt8>) -> [(name: [UInt8], arguments: PythonValue)]? {
    guard text.count <= limits.bytes, !isProse(text), TextChecks.firstIllFormedUTF8(in: text) == nil,
      let (source, shift) = cleaned(text, 0..<text.count)
    else { return nil }
    let tree = PythonTree()
    do throws(PythonError) {
      var parser = try PythonParser(source.span, 0..<source.count, tree: tree)
      return pythonCalls(try parser.whole(), tree, shift)
    } catch {
      return nil
    }
  }

  /// Whether a text begins as prose or markup does and no Python expression: with a sign that begins none, two names with a space between, or
  /// a name before an apostrophe. So does an empty one that no brackets are put around.
  private func isProse(_ text: Span<UInt8>) -> Bool {
    let range = inner(text, 0..<text.count)
    guard let byte = range.first.map({ text[$0] }) else { return version == .v3 }
    if Self.beginsNothing(byte) { return true }
    guard let first = word(text, range) else { return false }
    switch PythonToken.word(text, first) {
    case nil, .none?, .true_?, .false_?: break
    default: return false
    }
    var position = first.upperBound
    guard position < range.upperBound else { return false }
    // A name before a quote may be a string's prefix.
    if text[position] == 0x27 { return first.count > 2 || !first.allSatisfy { "bBfFrRuU".utf8.contains(text[$0]) } }
    while position < range.upperBound, text[position] == 0x20 { position += 1 }
    guard position > first.upperBound, position < range.upperBound else { return false }
    if text[position] == 0x22 || text[position] == 0x27 { return true }
    return word(text, position..<range.upperBound).map { PythonToken.word(text, $0) == nil } ?? false
  }

  private static func beginsNothing(_ byte: UInt8) -> Bool {
    switch byte {
    // ! $ % & ) , / : ; < = > ? @ ^ | }
    case 0x21, 0x24...0x26, 0x29, 0x2C, 0x2F, 0x3A...0x40, 0x5E, 0x7C, 0x7D: true
    default: false
    }
  }

  /// The ASCII word that stands at the beginning.
  private func word(_ text: Span<UInt8>, _ range: Range<Int>) -> Range<Int>? {
    var position = range.lowerBound
    while position < range.upperBound, PythonLexer.isWordByte(text[position]) {
      guard text[position] < 0x80 else { return nil }
      position += 1
    }
    guard position > range.lowerBound, !(0x30...0x39).contains(text[range.lowerBound]) else { return nil }
    return range.lowerBound..<position
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
