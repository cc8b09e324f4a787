import Testing

@testable import ToolReward

@Suite struct MatchingTests {
  @Test(arguments: [
    // Ground truths in every shape: text of the field, calls read.
    (#"[{"name":"f","arguments":{}}]"#, 1), (#"{"name":"f","arguments":{}}"#, 1), ("[]", 0), (#""[]""#, 0),
    (#""\"[]\"""#, 0),
    (#""[{\"name\":\"f\",\"arguments\":{}}]""#, 1), (#""\"[{\\\"name\\\":\\\"f\\\",\\\"arguments\\\":{}}]\"""#, 1),
    (#"[{"name":"f","arguments":{},"id":7},{"arguments":null,"name":"g"}]"#, 2),
  ])
  func groundTruths(_ json: String, _ count: Int) throws {
    #expect(try GroundTruth(json: json).count == count)
  }

  @Test(arguments: [
    ("5", "the ground truth must be a list of {\"name\": …, \"arguments\": …}; [] means that no call is right"),
    ("null", "the ground truth must be a list of {\"name\": …, \"arguments\": …}; [] means that no call is right"),
    ("[1]", "call 0 of the ground truth must be an object {\"name\": …, \"arguments\": …}"),
    (#"[{"name":"f","arguments":{}},{"arguments":{}}]"#, "call 1 of the ground truth has no \"name\""),
    (
      #"[{"name":"f"}]"#,
      "call 0 of the ground truth has no \"arguments\"; write \"arguments\": {} for a call without any"
    ),
    (#""nope""#, "the ground truth is a string, but its text is not the JSON of a list of calls: not JSON (byte 1)"),
    (
      #""\"\\\"[]\\\"\"""#,
      "the ground truth must be a list of {\"name\": …, \"arguments\": …}; [] means that no call is right"
    ),
    (
      "[",
      "the ground truth is a string, but its text is not the JSON of a list of calls: the JSON ends too early (byte 1)"
    ),
  ])
  func brokenGroundTruths(_ json: String, _ message: String) {
    #expect {
      _ = try GroundTruth(json: json)
    } throws: {
      ($0 as? GroundTruthError)?.description == message
    }
  }

  private func match(
    _ calls: String, _ truth: String, isOrderFree: Bool = true
  ) throws -> (match: CallMatch, exact: Bool) {
    let completion = CompletionParser(.toolN1).parse("<tool_call>\(calls)</tool_call>")
    let actual = completion.attempts.enumerated().compactMap { index, attempt in
      attempt.name.flatMap { name in
        attempt.arguments.map { CallMatcher.Actual(name: name, arguments: $0, attempt: index) }
      }
    }
    let expected = try GroundTruth(json: truth)
    let matcher = CallMatcher(isOrderFree: isOrderFree)
    let report = matcher.report(actual, completion.tape, expected)
    #expect(matcher.isExact(actual, completion.tape, expected) == report.isExact)
    return (report, report.isExact)
  }

  private func call(_ name: String, _ arguments: String) -> String { #"{"name":"\#(name)","arguments":\#(arguments)}"# }

  @Test func everyDifferenceIsTold() throws {
    let (match, _) = try match(
      "[\(call("f", #"{"a":1,"b":{"c~/d":[1,2]},"z":0}"#))]", "[\(call("f", #"{"a":2,"b":{"c~/d":[1,3]},"q":0}"#))]")
    #expect(match.pairs.count == 1)
    let told = match.pairs[0].mismatches.map { "\($0.kind.rawValue) \($0.pointer)" }
    #expect(told == ["wrong_argument /a", "wrong_argument /b/c~0~1d/1", "missing_argument /q", "surplus_argument /z"])
  }

  @Test func assignment() throws {
    let f1 = call("f", #"{"a":1}"#)
    let f2 = call("f", #"{"a":2}"#)
    let g = call("g", "{}")
    // Any order where order is free; else by position.
    #expect(try match("[\(f2),\(g),\(f1)]", "[\(f1),\(f2),\(g)]").exact)
    #expect(try !match("[\(f2),\(f1)]", "[\(f1),\(f2)]", isOrderFree: false).exact)
    #expect(try match("[\(f1),\(f2)]", "[\(f1),\(f2)]", isOrderFree: false).exact)
    // A repeated call counts each time.
    #expect(try !match("[\(f1),\(f1)]", "[\(f1),\(f2)]").exact)
    #expect(try !match("[\(f1)]", "[\(f1),\(f1)]").exact)
    // What is the same is paired first, so that only the rest is told.
    let (partial, _) = try match("[\(g),\(f2),\(call("h", "{}"))]", "[\(f1),\(g)]")
    #expect(partial.pairs.map { [$0.expected, $0.attempt] } == [[0, 1], [1, 0]])
    #expect(partial.pairs[0].mismatches.map(\.pointer) == ["/a"])
    #expect(partial.surplus == [2])
    #expect(partial.missing.isEmpty)
  }

  /// Beyond a few thousand pairs calls are found by hash.
  @Test func manyCalls() throws {
    let calls = (0..<200).map { call("f\($0 % 3)", #"{"a":\#($0)}"#) }
    #expect(try match("[\(calls.reversed().joined(separator: ","))]", "[\(calls.joined(separator: ","))]").exact)
    let other = calls.dropLast() + [call("f1", #"{"a":-1}"#)]
    let (report, exact) = try match("[\(other.joined(separator: ","))]", "[\(calls.joined(separator: ","))]")
    #expect(!exact)
    #expect(report.pairs.filter { $0.mismatches.isEmpty }.count == 199)
  }

  /// A greedy first choice would leave one left element without a partner.
  @Test func maximumMatching() {
    let edges: Set<[Int]> = [[0, 0], [0, 1], [1, 0], [2, 1], [2, 2], [3, 2]]
    let rightOf = BipartiteMatching.maximum(left: 4, right: 3) { edges.contains([$0, $1]) }
    #expect(rightOf.compactMap { $0 }.count == 3)
    for (left, right) in rightOf.enumerated() { if let right { #expect(edges.contains([left, right])) } }
    #expect(Set(rightOf.compactMap { $0 }).count == 3)
  }
}
