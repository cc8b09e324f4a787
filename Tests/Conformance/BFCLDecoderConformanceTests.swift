import Testing

@testable import ToolReward

/// Real outputs of models that write Python calls, as the leaderboard's own code decoded them.
///
/// Three of the models were prompted for calls and are read by the default decoder. The others have handlers of their own, for JSON: the
/// FC models, xLAM and Ministral.
@Suite(.enabled(if: SharedData.folder != nil, SharedData.skipped))
struct BFCLDecoderConformanceTests {
  private static let models = ["Qwen_Qwen3-8B", "Team-ACE_ToolACE-2-8B", "meta-llama_Llama-3.1-8B-Instruct"]

  @Test func everyOutputIsDecodedAlike() throws {
    let decoder = BFCLDecoder(.v3)
    let session = ValueSession()
    var rows: [String: Int] = [:]
    var decodedRows = 0
    var differences: [String] = []
    for line in try SharedData.gzipLines("bfcl/real-outputs-v3.jsonl.gz") {
      let row = try ValueReader().read(line)
      guard let model = row["model"]?.string, Self.models.contains(model), let raw = row["raw"]?.stringBytes else {
        continue
      }
      // Java and JavaScript are read by other decoders.
      if row["category"]?.string == "java" || row["category"]?.string == "javascript" { continue }
      rows[model, default: 0] += 1
      let expected = try #require(row["decoded"])
      let calls = decoder.decode(raw.span, 0..<raw.count, session: session)
      var tape = ValueTape()
      session.takeTape(into: &tape)
      if expected.kind != .null { decodedRows += 1 }
      let isAlike =
        calls.map { calls in
          expected.kind == .array && expected.count == calls.count
            && zip(expected.elements, calls).allSatisfy { official, call in
              official.count == 1 && official.members[0].name == Value(tape: tape, index: call.name).stringBytes
                && isSame(official.members[0].value, Value(tape: tape, index: call.arguments))
            }
        } ?? (expected.kind == .null)
      // The format that binds the decoder finds the same calls in the text.
      let found = CompletionParser(.bfclV3).parse(raw).calls
      #expect(found.count == calls?.count ?? 0)
      #expect(
        zip(found, calls ?? []).allSatisfy {
          EqualityPolicy.toolN1.areEqual($0.arguments, Value(tape: tape, index: $1.arguments))
        })
      if !isAlike { differences.append("\(model) \(row["id"]?.string ?? "?")") }
    }
    #expect(rows == ["Qwen_Qwen3-8B": 3491, "Team-ACE_ToolACE-2-8B": 3491, "meta-llama_Llama-3.1-8B-Instruct": 3491])
    #expect(decodedRows == 8125)
    #expect(differences == [])
  }

  /// Equality of what Python's `json` reads, `1` and `1.0` told apart. The data spells a tuple `{"__tuple__": […]}`.
  private func isSame(_ official: Value, _ own: Value) -> Bool {
    switch own.kind {
    case .object:
      return official.kind == .object && official.count == own.count
        && zip(official.members, own.members).allSatisfy { $0.name == $1.name && isSame($0.value, $1.value) }
    case .array:
      let isTuple = own.tape.nodes[own.index].flags.contains(.tuple)
      guard let elements = isTuple ? official["__tuple__"] : official, elements.kind == .array else { return false }
      return elements.count == own.count && zip(elements.elements, own.elements).allSatisfy { isSame($0, $1) }
    default: return EqualityPolicy.toolN1.areEqual(official, own)
    }
  }
}
