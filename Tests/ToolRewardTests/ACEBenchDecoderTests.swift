import Testing

@testable import ToolReward

@Suite struct ACEBenchDecoderTests {
  /// The text, and Python's `str` of what the official decoder gives; `-` where it raises.
  @Test(
    arguments: [
      ("[f(a=1), g()]", "[{'f': {'a': 1}}, {'g': {}}]"), ("x = [f()] # [g()]", "[{'f': {}}]"), ("[]", "[]"),
      ("]][f()]", "[{'f': {}}]"), ("f()", "-"), ("[f()", "-"), ("[f(a='[')]", "-"), ("[f(a=']')]", "-"),
      ("[[f()]]", "-"),
      ("[f() for x in y]", "-"), ("[f(), x]", "-"), ("[(f())]", "[{'f': {}}]"),
      ("[f(1, *x, **d)]", "[{'f': {None: 'd'}}]"),
      // A call without keywords is a call, where BFCL has its text.
      ("[f(a=g(1, 'x'))]", "[{'f': {'a': {'g': {}}}}]"), ("[f(a=g(b=1))]", "[{'f': {'a': {'g': {'b': 1}}}}]"),
      ("[f(a=[a.b(), c])]", "[{'f': {'a': [{'a.b': {}}, 'c']}}]"), ("[f(a={g(): 1})]", "-"),
      ("[f(a={g(b=1): 1})]", "-"),
      ("[f(a=x[g()])]", "[{'f': {'a': 'x[g()]'}}]"), ("[f(a=g() + 1)]", "-"), ("[f(a=f'x')]", "-"),
      ("[f(a=lambda: 1)]", "-"),
      // What Python prints.
      (
        "[f(a=1.0, b=1e16, c=True, d=None, e='it\\'s', g=(1,), h=b'\\xff', i=3j, j=..., k=[])]",
        #"[{'f': {'a': 1.0, 'b': 1e+16, 'c': True, 'd': None, 'e': "it's", 'g': (1,), 'h': b'\xff', 'i': 3j, 'j': '...', 'k': []}}]"#
      ),
      ("[f(a=-1, b=not True, c={1: 2, 'é': '\\n'})]", #"[{'f': {'a': -1, 'b': -1, 'c': {1: 2, 'é': '\n'}}}]"#),
      ("[f(a=1e400, b=9**30)]", "[{'f': {'a': inf, 'b': 42391158275216203514294433201}}]"),
      ("[f(a=1\0)]", "-"),
    ] as [(String, String)])
  func decodes(_ text: String, _ expected: String) {
    let value = ACEBenchDecoder().decode(Array(text.utf8))
    #expect(value.map { String(decoding: $0.pythonString, as: UTF8.self) } ?? "-" == expected)
  }

  @Test func boundsDepth() {
    for depth in [50, 150, 199, 250, 5_000] {
      let text = "[f(a=" + String(repeating: "{'x': ", count: depth) + "1" + String(repeating: "}", count: depth) + ")]"
      // CPython's parser takes 200 brackets.
      #expect((ACEBenchDecoder().decode(Array(text.utf8)) != nil) == (depth < 199), "\(depth)")
    }
  }
}
