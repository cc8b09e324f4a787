import Testing
import ToolReward

@testable import ToolRewardData

@Suite struct PythonCallsTests {
  private func calls(_ text: String, _ grammar: PythonicGrammar) -> String? {
    let reader = PieceReader(grammar)
    guard let calls = reader.pythonCalls(Array(text.utf8)) else { return nil }
    return calls.map { String(decoding: $0.name, as: UTF8.self) + "\($0.arguments)" }.joined(separator: " ")
  }

  /// A text, the calls that are written in it, and what the preparation published with Tool-N1 makes of it (executed: NVlabs/Tool-N1,
  /// verl/utils/tool_utils.py).
  @Test(
    arguments: [
      (#"[F(a="x", b=1)]"#, #"F{"a":"x","b":1}"#, #"F{"a":"x","b":1}"#),
      (
        "[Get Manager Placeholder Image(sport='football')]", #"Get Manager Placeholder Image{"sport":"football"}"#,
        #"Get Manager Placeholder Image{"sport":"football"}"#
      ),
      // A bracket in a string ends the call, and what is left of it is text.
      (#"[Search(q="Hello (world) x", n=1)]"#, #"Search{"q":"Hello (world) x","n":1}"#, #"Search{"q":"Hello (world"}"#),
      // JSON's words are text.
      ("[F(a=true,b=null)]", #"F{"a":true,"b":null}"#, #"F{"a":"true","b":"null"}"#),
      (#"[F(a={"x": true})]"#, #"F{"a":{"x":true}}"#, #"F{"a":"{\"x\": true}"}"#),
      // Its check lets a slash into names, its pattern does not.
      ("[/api/v1/users(id=1)]", #"/api/v1/users{"id":1}"#, #"users{"id":1}"#),
      // An escaped quote ends a string.
      (#"[S(t="say \"hi, there\"", k=2)]"#, #"S{"t":"say \"hi, there\"","k":2}"#, #"S{"t":"say \\\"hi","k":2}"#),
      (
        #"[judge(code="for i in range(5): print(i)")]"#, #"judge{"code":"for i in range(5): print(i)"}"#,
        #"judge{"code":"for i in range(5"} print{}"#
      ),
      // An argument without a name is dropped there, and no call at all here.
      (#"[F("x", a=1)]"#, nil, #"F{"a":1}"#),
      // A date without quotes is no Python; there it is text.
      ("[F(d=2024-01-05)]", nil, #"F{"d":"2024-01-05"}"#),
      ("[F(a=1) and G(b=2)]", nil, #"F{"a":1} and G{"b":2}"#),
      ("[F(a=1), G()]", #"F{"a":1} G{}"#, #"F{"a":1} G{}"#),
      (
        "[F(a={1: 'x', None: 2.50}, b=(1, 2))]", #"F{"a":{"1":"x","null":2.50},"b":[1,2]}"#,
        #"F{"a":{"1":"x","null":2.5},"b":"(1, 2"}"#
      ),
      ("[F(a=b'x')]", nil, nil),
      ("[F(a=1 - 2)]", nil, #"F{"a":"1 - 2"}"#), ("[F(a=--3)]", #"F{"a":3}"#, #"F{"a":"--3"}"#),
      // An argument given twice is an error in Python; there the last one counts. A key given twice is none, but no answer to learn from.
      ("[F(a=1, a=2)]", nil, #"F{"a":2}"#), ("[F(a={'k': 1, 'k': 2})]", nil, #"F{"a":{"k":2}}"#),
      ("[F(a=1", nil, nil), ("[]", nil, nil), ("", nil, nil), ("[prose in brackets]", nil, nil),
      ("[F(a=1)\n", nil, nil),
      ("[F(a=\n1)]", #"F{"a":1}"#, nil),
      ("[\nF(a=1),\nG(b=2)\n]", #"F{"a":1} G{"b":2}"#, #"F{"a":1} G{"b":2}"#),
    ] as [(String, String?, String?)])
  func rightAndOfficialValues(_ text: String, _ right: String?, _ official: String?) {
    #expect(calls(text, .python) == right)
    #expect(calls(text, .toolN1) == official)
  }

  @Test func hostileTextsEnd() {
    for text in [
      "[" + String(repeating: "a(", count: 200_000) + "]", "[" + String(repeating: "a\n(", count: 100_000) + "]",
      "[" + String(repeating: " ", count: 400_000) + "]",
    ] {
      #expect(calls(text, .toolN1) == nil)
    }
    _ = calls("[" + String(repeating: "f(a=1),", count: 20_000) + "f()]", .toolN1)
  }
}
