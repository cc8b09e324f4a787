import Testing

@testable import ToolReward

/// What was read, as one line: each call as `name{arguments}`, then `+` and its positional values, `!` and its failure, `?` and its notes,
/// `=2` if a name came twice; then `!!` and the list's failure, and where reading ended if that is not the text's end.
private func read(_ text: [UInt8], _ rule: PythonPayload, end: Int? = nil) -> String {
  let session = ValueSession()
  let reading = PythonCallReader(rule).read(text.span, from: 0, end: end ?? text.count, session: session)
  var tape = ValueTape()
  session.takeTape(into: &tape)
  func json(_ node: Int) -> String { Value(tape: tape, index: node).description }
  var parts = reading.calls.map { call in
    var part = call.name.flatMap { Value(tape: tape, index: $0).string } ?? "-"
    if let arguments = call.arguments { part += json(arguments) }
    if !call.positional.isEmpty { part += " +" + call.positional.map(json).joined(separator: "+") }
    if let failure = call.failure { part += " !\(failure.code.name)@\(failure.offset)" }
    if !call.notes.isEmpty {
      part += " ?" + call.notes.map { "\($0.0.name)@\($0.1.lowerBound)" }.joined(separator: "?")
    }
    if call.hasDuplicates { part += " =2" }
    return part
  }
  if let failure = reading.failure { parts.append("!!\(failure.code.name)@\(failure.offset)") }
  if reading.end != text.count { parts.append("end \(reading.end)") }
  return parts.joined(separator: " ; ")
}

@Suite struct PythonReaderTests {
  @Test(
    arguments: [
      ("[]", ""), ("[ ]", ""), ("[f()]", "f{}"), (" [ f ( ) , ] ", "f{} ; end 12"), ("[f(), g()]", "f{} ; g{}"),
      ("[f()] and more", "f{} ; end 5"), ("[f(a=1,)]", #"f{"a":1}"#),
      ("[_f(a=1), mod.sub.f(a=2)]", #"_f{"a":1} ; mod.sub.f{"a":2}"#),
      ("[f(\n  a = 1, # one\n  b = 2\n)\n]", #"f{"a":1,"b":2}"#), ("[f(a=1\r\n)]", #"f{"a":1}"#),
      // Numbers keep their text.
      ("[f(a=1_000, b=00, c=-5, d=+5, e=--5, f=-+-+5, g=-0)]", #"f{"a":1000,"b":0,"c":-5,"d":5,"e":5,"f":5,"g":0}"#),
      (
        "[f(a=.5, b=5., c=5.e3, d=1E-3, e=007.50, f=-.5, g=-0.0, h=1_0.0_1)]",
        #"f{"a":0.5,"b":5.0,"c":5.0e3,"d":1E-3,"e":7.50,"f":-0.5,"g":-0.0,"h":10.01}"#
      ),
      (
        "[f(a=0x1F, b=0o17, c=0b1_01, d=0xffffffffffffffffffff, e=-0x10)]",
        #"f{"a":31,"b":15,"c":5,"d":1208925819614629174706175,"e":-16}"#
      ),
      ("[f(a=123456789012345678901234567890)]", #"f{"a":123456789012345678901234567890}"#),
      ("[f(a=True, b=False, c=None)]", #"f{"a":true,"b":false,"c":null}"#),
      // Strings.
      (
        #"[f(a='x', b="y", c='it\'s', d="\x41\u00e9\101\n", e=r'\n', f='''a'b''', g='a' "b", h='\q')]"#,
        #"f{"a":"x","b":"y","c":"it's","d":"AéA\n","e":"\\n","f":"a'b","g":"ab","h":"\\q"}"#
      ),
      ("[f(a='''x\r\ny''', b='p\\\nq')]", #"f{"a":"x\ny","b":"pq"}"#), (#"[f(a='\ud800')]"#, #"f{"a":"\ud800"}"#),
      ("[f(a=')], g(b=1')]", #"f{"a":")], g(b=1"}"#),
      // Containers.
      (
        "[f(a=[1, 'x', [], (), (1,), (2, 3)], b={'k': {'n': None}, })]",
        #"f{"a":[1,"x",[],[],[1],[2,3]],"b":{"k":{"n":null}}}"#
      ),
      (
        "[f(a={1: 'i', 1.5: 'f', True: 't', None: 'n', -2: 'm', 1e16: 'e'})]",
        #"f{"a":{"1":"t","1.5":"f","null":"n","-2":"m","1e+16":"e"}} =2"#
      ),
      ("[f(a=(1))]", #"f{"a":1}"#), ("[f(a={'x': 1, 'y': 2, 'x': 3})]", #"f{"a":{"x":3,"y":2}} =2"#),
      ("[f(a=1, b=2, a=3)]", #"f{"a":3,"b":2} =2"#), ("[f(a={'1': 0, 1: 2})]", #"f{"a":{"1":2}} =2"#),
      // Names.
      (
        "[f(from=1, class='x', lambda=2, in = 3)]",
        #"f{"from":1,"class":"x","lambda":2,"in":3} ?keyword_as_name@3?keyword_as_name@11?keyword_as_name@22?keyword_as_name@32"#
      ),
      ("[import(a=1)]", #"import{"a":1} ?keyword_as_name@1"#),
      ("[f(ﬁ=1, e\u{301}=2, print=3)]", "f{\"fi\":1,\"\u{E9}\":2,\"print\":3}"),
      // Arguments without a name.
      ("[f(1, 'x', a=2)]", #"f{"a":2} +1+"x" ?positional_argument@3?positional_argument@6"#),
      ("[f(a=1, 2)]", #"f{"a":1} +2 ?positional_argument@8"#),
    ] as [(String, String)])
  func list(_ text: String, _ expected: String) {
    #expect(read(Array(text.utf8), PythonPayload()) == expected)
  }

  @Test(
    arguments: [
      // What is no literal fails its call, and no other.
      ("[f(a=x), g(b=1)]", #"f !not_a_literal@5 ; g{"b":1}"#), ("[f(a=1+2), g()]", "f !not_a_literal@5 ; g{}"),
      ("[f(a=h(1)), g()]", "f !not_a_literal@5 ; g{}"), ("[f(a=x.y), g()]", "f !not_a_literal@5 ; g{}"),
      ("[f(a=x[0]), g()]", "f !not_a_literal@5 ; g{}"), ("[f(a=f'{x}'), g()]", "f !not_a_literal@5 ; g{}"),
      ("[f(a=b'x'), g()]", "f !not_a_literal@5 ; g{}"), ("[f(a=1j), g()]", "f !not_a_literal@5 ; g{}"),
      ("[f(a=...), g()]", "f !not_a_literal@5 ; g{}"), ("[f(a={1, 2}), g()]", "f !not_a_literal@5 ; g{}"),
      ("[f(a=[i for i in [1]]), g()]", "f !not_a_literal@5 ; g{}"),
      ("[f(a=lambda: 1), g()]", "f !not_a_literal@5 ; g{}"),
      ("[f(a=not True), g()]", "f !not_a_literal@5 ; g{}"), ("[f(a=~1), g()]", "f !not_a_literal@5 ; g{}"),
      ("[f(a=-True), g()]", "f !not_a_literal@6 ; g{}"), ("[f(a=-'x'), g()]", "f !not_a_literal@6 ; g{}"),
      ("[f(a={x: 1}), g()]", "f !not_a_literal@6 ; g{}"), ("[f(a={(1,): 1}), g()]", "f !not_a_literal@6 ; g{}"),
      ("[f(a={**{}}), g()]", "f !not_a_literal@5 ; g{}"), ("[f(a=[*x]), g()]", "f !not_a_literal@6 ; g{}"),
      ("[f(a=true), g()]", "f !not_a_literal@5 ; g{}"), ("[f(a=x, a=1), g()]", "f !not_a_literal@5 ; g{}"),
      (
        #"[f(a='\N{DIGIT ONE}\N{latin small letter e with acute}\N{CJK UNIFIED IDEOGRAPH-4E00}\N{LINE FEED}'), g()]"#,
        #"f{"a":"1é一\n"} ; g{}"#
      ),
      ("[f(**{'a': 1}), g()]", "f !unpacked_argument@3 ; g{}"),
      ("[f(*[1]), g()]", "f !unpacked_argument@3 ; g{}"),
      ("[f(a=1e400), g()]", "f !number_out_of_range@5 ; g{}"), ("[f(a=-1e400), g()]", "f !number_out_of_range@6 ; g{}"),
      // What is no Python either.
      ("[f(a=), g()]", "f !malformed_python@5 ; g{}"), ("[f(a=007), g()]", "f !malformed_python@5 ; g{}"),
      ("[f(a=1 b=2), g()]", "f !malformed_python@7 ; g{}"),
      ("[f(None=1), g()]", "f !malformed_python@7 ?positional_argument@3 ; g{}"),
      ("[f(a.b=1), g()]", "f !not_a_literal@3 ?positional_argument@3 ; g{}"),
      ("[f(a==1), g()]", "f !not_a_literal@3 ?positional_argument@3 ; g{}"),
      ("[f(a='it's', b=2), g(c=3)]", #"f !malformed_python@9 ; g{"c":3}"#),
      ("[f(a='x\n'), g()]", "f !malformed_python@7 ; g{}"),
      ("[f(a=“x”), g()]", "f !malformed_python@5 ; g{}"), ("[f(a=1)x, g()]", #"f !malformed_python@7 ; g{}"#),
      ("[f(), , g(),, h()]", "f{} ; g{} ; h{} ; !!malformed_json@6"),
      ("[f(a=1) g(), h()]", "f !malformed_python@7 ; h{}"), ("[f, g()]", "- !malformed_python@1 ; g{}"),
      ("[1, g()]", "- !malformed_python@1 ; g{}"), ("[None(), g()]", "- !malformed_python@1 ; g{}"),
      ("['f', g()]", "- !malformed_python@1 ; g{}"), ("[(f(a=1)), g()]", "- !malformed_python@1 ; g{}"),
      ("[f.(a=1), g()]", "- !malformed_python@1 ; g{}"), ("[[f()], g()]", "- !malformed_python@1 ; g{}"),
      ("[f(a=$1), g()]", "f !malformed_python@5 ; g{}"), ("[f(a=\u{0}), g()]", "f !malformed_python@5 ; g{}"),
      // The list itself.
      ("", "!!unexpected_end@0"), ("f()", "!!malformed_json@0 ; end 0"), ("[", "!!unexpected_end@1"),
      ("[f(a=1)", #"f{"a":1} ; !!unexpected_end@7"#), ("[f(a=1),", #"f{"a":1} ; !!unexpected_end@8"#),
      ("[f(a=1), g(b=", #"f{"a":1} ; !!unexpected_end@13"#), ("[f(a=1), g(b='x)]", #"f{"a":1} ; !!unexpected_end@17"#),
      ("[f(a=1, g(b=2)]", "f !not_a_literal@8 ?positional_argument@8"),
      ("[f(a=[1)], g()]", "f !malformed_python@7 ; g{}"),
    ] as [(String, String)])
  func hostileList(_ text: String, _ expected: String) {
    #expect(read(Array(text.utf8), PythonPayload()) == expected)
  }

  @Test(
    arguments: [
      ("f(a=1)", #"f{"a":1}"#), ("f(a=1)\ng(b='x')", #"f{"a":1} ; g{"b":"x"}"#),
      ("\n f()\r\n\r\n g()\n", "f{} ; g{} ; end 13"),
      ("f(\n a=1,\n b=2)\ng()", #"f{"a":1,"b":2} ; g{}"#), ("f() g()", "f{} ; end 3"), ("f()</x>", "f{} ; end 3"),
      ("f(a=true, b=false, c=null, d={true: 1})", #"f{"a":true,"b":false,"c":null,"d":{"true":1}}"#),
      ("f(a=x)\ng()", "f !not_a_literal@4 ; g{}"),
      ("f(a=1\ng(b=2)", #"f !malformed_python@6 ; g{"b":2}"#),
      ("f(a=\ng()", "f !not_a_literal@5 ; g{}"), ("no call\ng()", "- !malformed_python@0 ; g{}"),
      ("<x>", "!!malformed_json@0 ; end 0"),
      ("", "!!unexpected_end@0"),
    ] as [(String, String)])
  func lines(_ text: String, _ expected: String) {
    #expect(read(Array(text.utf8), PythonPayload(layout: .lines, allowsJSONWords: true)) == expected)
  }

  @Test(
    arguments: [
      ("[Get Weather (city='x'), get/v1/x(a=1)]", #"Get Weather{"city":"x"} ; get/v1/x{"a":1}"#),
      ("[ f.g: h! (a=1) ]", #"f.g: h!{"a":1}"#),
      ("[(a=1), g()]", "- !malformed_python@1 ; g{}"), ("[ (), g()]", "- !malformed_python@2 ; g{}"),
      ("[a\nb(), g()]", "- !malformed_python@1 ; g{}"),
      ("[a'b(), g()]", "- !malformed_python@1 ; g{}"),
    ] as [(String, String)])
  func spacedNames(_ text: String, _ expected: String) {
    #expect(read(Array(text.utf8), PythonPayload(allowsSpacedNames: true)) == expected)
  }

  @Test func startsAndEnds() {
    let list = PythonCallReader(PythonPayload())
    #expect(list.mayStart(with: 0x5B) && !list.mayStart(with: 0x66))
    let lines = PythonCallReader(PythonPayload(layout: .lines))
    #expect(
      lines.mayStart(with: 0x66) && lines.mayStart(with: 0x5F) && !lines.mayStart(with: 0x39)
        && !lines.mayStart(with: 0x3C))
    #expect(read(Array("[f(a=1)] g".utf8), PythonPayload(), end: 8) == #"f{"a":1} ; end 8"#)
    #expect(read(Array("[f(a=12)]".utf8), PythonPayload(), end: 6) == "!!unexpected_end@6 ; end 6")
  }

  @Test func illFormedText() {
    #expect(
      read(Array("[f(a='".utf8) + [0xFF] + Array("'), g()]".utf8), PythonPayload()) == "f !ill_formed_payload@6 ; g{}")
    #expect(
      read(Array("[f(".utf8) + [0xC3] + Array("=1), g()]".utf8), PythonPayload()) == "f !ill_formed_payload@3 ; g{}")
  }

  @Test func limits() {
    func nested(_ depth: Int) -> String {
      "[f(a=" + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "), g()]"
    }
    #expect(read(Array(nested(198).utf8), PythonPayload()).hasPrefix("f{"))
    #expect(read(Array(nested(199).utf8), PythonPayload()) == "f !limit_exceeded@203 ; g{}")
    #expect(read(Array(nested(5).utf8), PythonPayload(limits: ValueLimits(depth: 5))) == "f !limit_exceeded@9 ; g{}")
    let digits = String(repeating: "7", count: 4300)
    #expect(read(Array("[f(a=\(digits))]".utf8), PythonPayload()) == "f{\"a\":\(digits)}")
    #expect(read(Array("[f(a=\(digits)7), g()]".utf8), PythonPayload()) == "f !limit_exceeded@5 ; g{}")
    let hexadecimal = String(repeating: "f", count: 3600)
    #expect(read(Array("[f(a=0x\(hexadecimal)), g()]".utf8), PythonPayload()) == "f !limit_exceeded@5 ; g{}")
  }

  /// Every cut of a text gives an answer, whose calls are those that were whole.
  @Test func cutAnywhere() {
    let text = Array("[f(a='x)', b=[1, {'k': (2,)}]), g(c=-1.5, d=\"é\"), h()]".utf8)
    for end in 0..<text.count {
      let session = ValueSession()
      let reading = PythonCallReader(PythonPayload()).read(text.span, from: 0, end: end, session: session)
      #expect(reading.failure?.code == .unexpectedEnd && reading.end == (end == 0 ? 0 : end))
      #expect(
        reading.calls.count == (end > 52 ? 3 : end > 48 ? 2 : end > 29 ? 1 : 0)
          || reading.calls.allSatisfy { $0.failure == nil })
    }
  }
}

/// Texts made to cost: each is answered, with so many calls.
@Suite struct PythonGrowthTests {
  private static func many(_ text: String, _ count: Int = 100_000) -> String { String(repeating: text, count: count) }

  static let texts: [(String, Int)] = [
    ("[f(a=" + many("-") + "1)]", 1), ("[f(a=1" + many("+1") + ")]", 1), ("[f(a=" + many("[") + ")]", 0),
    ("[f(" + many(",") + ")]", 1),
    ("[" + many(","), 0), ("[f(a='" + many("x") + "')]", 1), ("[f(a='" + many("x"), 0),
    ("[" + many("f(a='''),"), 50_000),
    ("[f(" + (0..<22).map { "argument\($0)='value', " }.joined(), 0), ("[f(a=" + many("not ") + "1)]", 1),
    ("[f(a=1" + many("**1") + ")]", 1), ("[f(a=" + many("lambda:") + "1)]", 1),
    ("[f(a=1" + many(" if 1 else 1") + ")]", 1),
    ("[f(a=x" + many(".x") + ")]", 1), ("[f(a=x" + many("()") + ")]", 1), ("[f(a=" + many("'x'") + ")]", 1),
    ("[" + many("f(("), 0), ("[" + many("f(a=),"), 100_000), ("[f(a={" + many("1:1,") + "})]", 1),
    ("[" + many("f(a=1),") + "]", 100_000),
    ("[" + many("f'"), 0), ("[f(a=" + many("f'{") + ")]", 1), ("[f(" + many("a=1,") + ")]", 1),
  ]

  @Test func everythingEnds() {
    for (text, calls) in Self.texts {
      let bytes = Array(text.utf8)
      for layout in [PythonPayload.Layout.list, .lines] {
        let session = ValueSession()
        let start = layout == .list ? 0 : 1
        let reading = PythonCallReader(PythonPayload(layout: layout))
          .read(bytes.span, from: start, end: bytes.count, session: session)
        #expect(reading.end <= bytes.count)
        if layout == .list { #expect(reading.calls.count == calls, "\(text.prefix(20))") }
      }
      for version in [BFCLDecoder.Version.v3, .v4] {
        let session = ValueSession()
        _ = BFCLDecoder(version).decode(bytes.span, 0..<bytes.count, session: session)
      }
    }
  }

  /// Comments hide brackets from the parser, which then reads on and on, call after call.
  @Test func hiddenBrackets() {
    let bytes = Array(("[" + Self.many("f(#),\n", 150) + Self.many("1,", 20_000)).utf8)
    let session = ValueSession()
    let reading = PythonCallReader(PythonPayload()).read(bytes.span, from: 0, end: bytes.count, session: session)
    #expect(reading.calls.count > 150 && reading.calls.allSatisfy { $0.failure != nil })
  }

  /// Lines that each open a bracket and close none.
  @Test func unclosedLines() {
    let bytes = Array(Self.many("f(a=[\n", 50_000).utf8)
    let session = ValueSession()
    let reading = PythonCallReader(PythonPayload(layout: .lines)).read(
      bytes.span, from: 0, end: bytes.count, session: session)
    #expect(reading.calls.count == 50_000)
  }
}
