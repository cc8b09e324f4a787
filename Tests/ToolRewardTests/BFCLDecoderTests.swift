import Testing

@testable import ToolReward

/// The calls as `name{arguments}`, or `-` where the package raises.
private func decode(_ text: String, _ version: BFCLDecoder.Version = .v4) -> String {
  let session = ValueSession()
  let bytes = Array(text.utf8)
  guard let calls = BFCLDecoder(version).decode(bytes.span, 0..<bytes.count, session: session) else { return "-" }
  var tape = ValueTape()
  session.takeTape(into: &tape)
  return calls.map { call in
    (Value(tape: tape, index: call.name).string ?? "?") + Value(tape: tape, index: call.arguments).description
  }.joined(separator: " ; ")
}

@Suite struct BFCLDecoderTests {
  @Test(
    arguments: [
      ("[f(a=1), g()]", #"f{"a":1} ; g{}"#), ("f(a=1)", #"f{"a":1}"#), ("f(a=1), g()", #"f{"a":1} ; g{}"#),
      ("```\n[f()]\n```", "f{}"),
      ("```python\n[f()]\n```", "-"), ("[(f(), g())]", "-"), ("{f(), g()}", "-"), ("[f(), 1]", "-"), ("[f]", "-"),
      ("I cannot.", "-"),
      ("[a.b.c(x=1)]", #"a.b.c{"x":1}"#), ("[a().b(x=1)]", #"b{"x":1}"#), (#"["x".f(a=1)]"#, #"f{"a":1}"#),
      ("[(1)(a=1)]", #"{"a":1}"#),
      // Arguments.
      ("[f(1, *x, a=2)]", #"f{"a":2}"#), ("[f(**d)]", #"f{"null":"d"}"#), ("[f(a=1, b=2, a=3)]", #"f{"a":3,"b":2}"#),
      ("[f(a=1, 2)]", "-"), ("[f(**d, *x)]", "-"), ("[f(a=1, *x, **d)]", #"f{"a":1,"null":"d"}"#), ("[f(a.b=1)]", "-"),
      ("[f(True=1)]", "-"),
      ("[f(x for x in y)]", "f{}"), ("[f(x for x in y, a=1)]", "-"), ("[f((a)=1)]", "-"),
      // Signs of every kind negate.
      (
        "[f(a=-1, b=+1, c=~1, d=not 1, e=-True, f=not False, g=-0, h=-0.0)]",
        #"f{"a":-1,"b":-1,"c":-1,"d":-1,"e":-1,"f":0,"g":0,"h":-0.0}"#
      ),
      ("[f(a=--1)]", "-"), ("[f(a=-x)]", "-"), ("[f(a=-'x')]", "-"), ("[f(a=-None)]", "-"), ("[f(a=-x.y)]", "-"),
      // Names, text and constants.
      ("[f(a=true, b=..., c=None, d=True)]", #"f{"a":"true","b":"...","c":null,"d":true}"#), ("[f(a=x.y)]", "-"),
      ("[f(a=lambda: 1)]", "-"),
      ("[f(a=g(1, 'x'))]", #"f{"a":"g(1, 'x')"}"#), ("[f(a=g(x=1, 2))]", "-"),
      ("[f(a=g(b=1))]", #"f{"a":{"g":{"b":1}}}"#),
      ("[f(a=x[1:2,3])]", #"f{"a":"x[(1:2, 3)]"}"#), ("[f(a=x [ 0 ])]", #"f{"a":"x[0]"}"#),
      ("[f(a=(x+y)[0])]", #"f{"a":"x + y[0]"}"#),
      ("[f(a=[1, (2,), {'k': -3}])]", #"f{"a":[1,[2],{"k":-3}]}"#), ("[f(a={1, 2})]", "-"), ("[f(a=f'x')]", "-"),
      ("[f(a=b'x')]", "-"),
      ("[f(a=1j)]", "-"), ("[f(a=1j, a=2)]", #"f{"a":2}"#), ("[f(a=[*x])]", "-"), ("[f(a=x if y else z)]", "-"),
      ("[f(a=1 < 2)]", "-"),
      ("[f(a=1e400, b=-1e400)]", #"f{"a":Infinity,"b":-Infinity}"#), ("[f(a='\\ud800')]", #"f{"a":"\ud800"}"#),
      // Keys.
      (
        "[f(a={1: 'x', True: 'y', 1.0: 'z', None: 0, 1.5: 1, x: 2, ...: 3})]",
        #"f{"a":{"1":"z","null":0,"1.5":1,"x":2,"...":3}}"#
      ),
      ("[f(a={(1,): 2})]", "-"), ("[f(a={[]: 2})]", "-"), ("[f(a={g(b=1): 2})]", "-"),
      ("[f(a={g(1): 2, -1: 3, 1+1: 4})]", #"f{"a":{"g(1)":2,"-1":3,"2":4}}"#),
      ("[f(a={**x})]", "-"),
      // Arithmetic.
      (
        "[f(a=1+2*3, b=7//2, c=-7//2, d=-7%3, e=7/2, f=2**10, g=2**-1, h=1<<3, i=-5>>1, j=6&3|8^1)]",
        #"f{"a":7,"b":3,"c":-4,"d":2,"e":3.5,"f":1024,"g":0.5,"h":8,"i":-3,"j":11}"#
      ),
      (
        "[f(a=0.1+0.2, b=1e16*1, c=7.5%-2, d=-7.5//2, e=True+True, f=True&False, g=10**22*1.0, h=3*1.5)]",
        #"f{"a":0.30000000000000004,"b":1e+16,"c":-0.5,"d":-4.0,"e":2,"f":false,"g":1e+22,"h":4.5}"#
      ),
      (
        "[f(a='x'+'y', b='ab'*2, c=[1]+[2], d=(1,)*2, e='%s-%d%%' % ('a', 3), f=0*'x', g=[]*-1)]",
        #"f{"a":"xy","b":"abab","c":[1,2],"d":[1,1],"e":"a-3%","f":"","g":[]}"#
      ),
      (
        "[f(a=100000000000000000000*3, b=10**40//7, c=(1<<60)-1, d=0-2**70)]",
        #"f{"a":300000000000000000000,"b":1428571428571428571428571428571428571428,"c":1152921504606846975,"d":-1180591620717411303424}"#
      ),
      ("[f(a=1e308*10)]", #"f{"a":Infinity}"#), ("[f(a=1e308*10-1e308*10)]", #"f{"a":NaN}"#), ("[f(a=1/0)]", "-"),
      ("[f(a=1%0.0)]", "-"),
      ("[f(a=9**9**9)]", "-"), ("[f(a='a'*10**9)]", "-"), ("[f(a=1<<10**9)]", "-"), ("[f(a=[[1]*60000]*60000)]", "-"),
      ("[f(a=(-8)**0.5)]", "-"),
      ("[f(a=x+1)]", "-"), ("[f(a=1+__import__('os').getpid())]", "-"), ("[f(a=1 @ 2)]", "-"), ("[f(a='x'+1)]", "-"),
      ("[f(a=10.0**400)]", "-"),
    ] as [(String, String)])
  func values(_ text: String, _ expected: String) {
    #expect(decode(text) == expected)
  }

  /// Where the two versions differ, and texts that only one of them reads.
  @Test(arguments: [
    ("", "-", ""), ("[]", "-", ""), ("[[f()]]", "f{}", "-"), ("[f(a=[1])", #"f{"a":[1]}"#, #"f{"a":[1]}"#),
    ("[ f()]", "-", "f{}"),
    ("'[f()]'", "f{}", "-"),
    ("['f()']", "f{}", "-"), ("[f(a='x')", #"f{"a":"x"}"#, #"f{"a":"x"}"#), ("[f()]\n\n", "f{}", "f{}"),
    ("\t[f()]", "-", "-"),
    ("[f()\n]", "f{}", "f{}"), ("[f() # c\n]", "f{}", "f{}"), ("[f(), g()", "f{} ; g{}", "f{} ; g{}"),
  ])
  func versions(_ text: String, _ v3: String, _ v4: String) {
    #expect(decode(text, .v3) == v3)
    #expect(decode(text, .v4) == v4)
  }

  /// What `ast.unparse` prints.
  @Test(arguments: [
    "-1 ** 2", "(-1) ** 2", "2 ** (-1)", "(2 ** 3) ** 4", "2 ** 3 ** 4", "a - (b - c)", "a - b - c", "(a, b)", "(a,)",
    "()", "not a == b",
    "(not a) == b", "a if b else c if d else e", "(a if b else c) if d else e", "lambda: 1",
    "lambda a, /, b=1, *c, d, e=2, **f: a",
    "lambda *, a: a", "(lambda: 1)()", "[x for x in y if z if w]", "{k: v for k, v in d}", "{*a, b}", "{**a, 'b': 1}",
    "(x for x in y)",
    "a[1:2, ::3]", "a[b,]", "a[()]", "a[:]", "f(*a, b=1, **c)", "1 .real", "1.5.real", "'it\\'s'", "\"it's\"",
    "'\\x00\\t\\xa0é\\u200b'",
    "b'\\xff'", "1e309", "1e+16", "0.0001", "1e-05", "1j", "await x", "(yield)", "(yield from x)", "(a := 1)",
    "a is not b not in c",
    "a or (b and c)", "(a or b) and c", "-(a + b)", "~-+a", "a @ b", "u'x'", "...", "a.b.c[0](1).d",
    "[x async for x in y]", "(await x).y",
  ])
  func unparsedText(_ expression: String) throws {
    let bytes = Array(expression.utf8)
    let tree = PythonTree()
    var parser = try PythonParser(bytes.span, 0..<bytes.count, tree: tree)
    let body = try parser.whole()
    // Each is in the form that CPython 3.11 prints, but for quotes.
    let text = try #require(PythonUnparser.text(of: body, in: tree))
    let expected = expression == "'it\\'s'" ? "\"it's\"" : expression
    #expect(String(decoding: text, as: UTF8.self) == expected)
  }

  /// Syntax, as `ast.parse(…, mode="eval")` of CPython 3.11 decides.
  @Test(
    arguments: [
      ("1if x else y", true), ("1 if x", false), ("0_7", false), ("0_0", true), ("1__0", false), ("1_", false),
      ("0x_f", true), ("1.real", false),
      ("09.5", true), ("1e", false), ("1._5", false), ("0b12", false), ("1or 2", true), ("1not in x", true),
      (" 1", false), ("\u{C}1", true),
      ("\n\n1\n\n", true), ("1\n  ", false), ("1\n #c", true), ("\\\n1", true), ("1\\\n", false), ("1 \\", false),
      ("1;", false), ("*a, b", false),
      ("a, b,", true), ("yield", false), ("(yield *a)", true), ("(*a)", false), ("(*a,)", true), ("[*a]", true),
      ("{*a: 1}", false),
      ("{x:=1}", true), ("{x:=1: 2}", false), ("{(x:=1): 2}", true), ("x := 1", false), ("(x := 1)", true),
      ("((x) := 1)", false),
      ("a[x:=1]", true), ("a[x:=1:2]", false), ("a[*b]", true), ("a[]", false), ("f(a:=1)", true), ("f(a=b:=1)", false),
      ("f(a=1=2)", false),
      ("f(x for x in y,)", false), ("f(1, x for x in y)", false), ("[x for *x in y]", true),
      ("[x for f() in y]", false), ("[x for x, in y]", true),
      ("[x for x in y, z]", false), ("[x for x in lambda: y]", false), ("[*x for x in y]", false),
      ("lambda *: 1", false), ("lambda *, a: 1", true),
      ("lambda *, **k: 1", false), ("lambda a=1, b: 1", false), ("lambda a, /: 1", true), ("lambda /: 1", false),
      ("lambda *a, *b: 1", false),
      ("lambda **k, a: 1", false), ("lambda (a): 1", false), ("1 + not 2", false), ("1 + lambda: 2", false),
      ("not not 1", true), ("a not b", false),
      ("a <> b", false), ("a != b", true), ("await -x", false), ("-await x", true), ("'a' b'b'", false),
      ("'a' 'b' f'c'", true), ("b'é'", false),
      ("'\\x1'", false), ("'\\777'", true), ("'\\U00110000'", false), ("'a\nb'", false), ("'''a\nb'''", true),
      ("f'{x'", false), ("f'{}'", false),
      ("f'{x!r:>{w}}'", true), ("f'{x!q}'", false), ("f'{{}}'", true), ("f'}'", false), ("f'{x\\n}'", false),
      ("f'{a:{b:{c}}}'", false), ("x.if", false),
      ("\u{FEFF}1", false), ("1\u{A0}", false), ("“x”", false), ("x²", false), ("e\u{301}", true), ("(a b)", false),
      ("(]", false), ("a.", false),
    ] as [(String, Bool)])
  func syntax(_ text: String, _ isValid: Bool) {
    let bytes = Array(text.utf8)
    var parsed = false
    do throws(PythonError) {
      var parser = try PythonParser(bytes.span, 0..<bytes.count, tree: PythonTree())
      _ = try parser.whole()
      parsed = true
    } catch {}
    #expect(parsed == isValid)
  }

  /// Names in form NFKC.
  @Test(arguments: [
    ("ﬁ", "fi"), ("e\u{301}", "\u{E9}"), ("ｘ", "x"), ("𝐱", "x"), ("ᾲ", "\u{1FB2}"), ("각", "\u{AC01}"),
    ("\u{1100}\u{1161}\u{11A8}", "\u{AC01}"),
    ("ª", "a"), ("ſ", "s"), ("a\u{323}\u{307}", "\u{1EA1}\u{307}"), ("a\u{307}\u{323}", "\u{1EA1}\u{307}"), ("µ", "μ"),
    ("Å", "\u{C5}"),
  ])
  func names(_ text: String, _ expected: String) throws {
    var bytes: [UInt8] = []
    let source = Array(text.utf8)
    try PythonName.append(source.span, 0..<source.count, to: &bytes)
    #expect(bytes == Array(expected.utf8))
  }

  /// An operation's cost is bounded by the text, not by its result.
  @Test func arithmeticIsBounded() {
    for text in [
      "[f(a=" + String(repeating: "9**4000*0+", count: 20_000) + "1)]",
      "[f(a=" + String(repeating: "'a'*1000000*0+", count: 20_000) + "'')]",
      "[f(a=" + String(repeating: "(", count: 190) + "1" + String(repeating: "*9**9)", count: 190) + ")]",
    ] {
      _ = decode(text)
    }
    let sum = "[f(a=1" + String(repeating: "+1", count: 100_000) + ")]"
    #expect(decode(sum) == #"f{"a":100001}"#)
  }
}
