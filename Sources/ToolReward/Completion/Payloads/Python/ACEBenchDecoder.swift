/// Decodes a text as ACEBench does: the first outermost `[…]`, then `ast_parse` of its `model_inference/utils.py`.
///
/// That is BFCL's older decoder with two differences: a call without keywords is `{name: {}}` where BFCL has its text, and what the
/// brackets hold must be calls with commas between them. Brackets are counted without regard to strings, so that one of them within a string
/// cuts the text short or leaves it open. Where the official code raises, there is no result; it departs from it as ``BFCLDecoder`` does.
package struct ACEBenchDecoder: Sendable {
  private let limits = ValueLimits.standard

  package init() {}

  /// The calls as `[{name: arguments}]`; `nil` where the official code raises. O(text).
  package func decode(_ text: [UInt8]) -> PythonValue? {
    guard text.count <= limits.bytes, TextChecks.firstIllFormedUTF8(in: text.span) == nil,
      let range = Self.outermostBrackets(text.span)
    else { return nil }
    let source = Array(text[range])
    guard !source.contains(0) else { return nil }
    let tree = PythonTree()
    let body: Int32
    do throws(PythonError) {
      var parser = try PythonParser(source.span, 0..<source.count, tree: tree)
      body = try parser.whole()
    } catch {
      return nil
    }
    guard tree[body].kind == .list else { return nil }
    return calls(Array(tree.list(body)), tree)
  }

  private func calls(_ elements: [Int32], _ tree: PythonTree) -> PythonValue? {
    var values = PythonValues(tree, .acebench)
    var calls: [PythonValue] = []
    for element in elements where tree[element].kind != .call { return nil }
    do throws(PythonValues.Failure) {
      for call in elements { try values.resolve(call) }
    } catch {
      return nil
    }
    for call in elements {
      guard let value = values.pythonValue(call) else { return nil }
      calls.append(value)
    }
    return .list(calls)
  }

  /// From the first `[` to the `]` that closes it.
  private static func outermostBrackets(_ text: Span<UInt8>) -> Range<Int>? {
    guard let start = ByteSearch.firstIndex(of: 0x5B, in: text) else { return nil }
    var depth = 0
    for position in start..<text.count {
      if text[position] == 0x5B { depth += 1 }
      if text[position] == 0x5D { depth -= 1 }
      if depth == 0 { return start..<(position + 1) }
    }
    return nil
  }
}
