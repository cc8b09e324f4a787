import Testing

@testable import ToolReward

/// What became of a text, as one line: the compact JSON of the value, or the reason it was refused.
private func read(_ text: [UInt8], _ syntax: ValueReader.Syntax = .json, limits: ValueLimits = .standard) -> String {
  do throws(ValueError) {
    return String(
      decoding: JSONWriter.compact.write(try ValueReader(syntax: syntax, limits: limits).read(text)), as: UTF8.self)
  } catch {
    return "! \(error.code.name) \(error.offset)"
  }
}

@Suite struct ValueReaderTests {
  @Test(arguments: [
    // Values come back as they were written.
    ("1", "1"), ("-0", "-0"), ("1.0", "1.0"), ("1e0", "1e0"), (" [ 1 , 2 ] ", "[1,2]"),
    ("123456789012345678901234567890123456789012", "123456789012345678901234567890123456789012"),
    (#"{"b":1,"a":2}"#, #"{"b":1,"a":2}"#), (#"{"a":1,"a":2}"#, #"{"a":1,"a":2}"#),
    (#""\u00e9""#, #""é""#), (#""\ud83d\ude00""#, #""😀""#), (#""\u0000""#, #""\u0000""#), ("true", "true"),
    (#""\\ud800""#, #""\\ud800""#), ("[]", "[]"), ("{}", "{}"), (#"{"":{"":[]}}"#, #"{"":{"":[]}}"#),
    // What is not JSON.
    ("", "! unexpected_end 0"), (" ", "! unexpected_end 1"), ("[1", "! unexpected_end 2"),
    (#""a"#, "! unexpected_end 2"),
    ("tru", "! unexpected_end 3"), ("1.", "! unexpected_end 2"), ("01", "! trailing_text 2"),
    ("1 2", "! trailing_text 3"),
    ("truex", "! malformed_json 5"), ("[1,]", "! malformed_json 4"), ("{'a':1}", "! malformed_json 2"),
    ("NaN", "! malformed_json 1"), ("[Infinity]", "! malformed_json 2"), ("+1", "! malformed_json 1"),
    (#"{"a":1}"unterminated"#, "! unexpected_end 20"), (#"{"a":1}x"#, "! malformed_json 8"),
    ("// c\n1", "! malformed_json 0"),
    // yajl passes these three; JSON does not.
    ("\u{0B}1", "! malformed_json 0"), ("1\u{0C}", "! malformed_json 1"), ("\u{FEFF}1", "! malformed_json 1"),
    // Half a surrogate pair, alone or with a wrong other half.
    (#""\ud800""#, "! lone_surrogate 1"), (#""\udc00""#, "! lone_surrogate 1"),
    (#""\ud83d\u0041""#, "! lone_surrogate 1"),
    (#""\ud83d\ud83d\ude00""#, "! lone_surrogate 1"), (#""\\\ud800""#, "! lone_surrogate 3"),
  ])
  func json(_ text: String, _ expected: String) {
    #expect(read(Array(text.utf8)) == expected)
  }

  @Test(
    arguments: [
      [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xF0, 0x80, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF],
      [0xC3],
      [0xE2, 0x82], [0x80],
    ] as [[UInt8]])
  func illFormedUTF8(_ bytes: [UInt8]) {
    #expect(read([0x22] + bytes + [0x22]).hasPrefix("! ill_formed_utf8 1"))
    #expect(read([0x22] + bytes + [0x22], .python).hasPrefix("! ill_formed_utf8 1"))
  }

  @Test(arguments: [
    ("NaN", "NaN"), ("[NaN,Infinity,-Infinity]", "[NaN,Infinity,-Infinity]"),
    (#"{"NaN":"NaN","b":NaN}"#, #"{"NaN":"NaN","b":NaN}"#),
    (#""\ud800""#, #""\ud800""#), (#""\ud83d\u0041""#, #""\ud83dA""#), (#""\udc00\ud800""#, #""\udc00\ud800""#),
    (#"["\ud83d\ude00",NaN,"\ud800x"]"#, #"["😀",NaN,"\ud800x"]"#), (#""\ud83d\ud83d\ude00""#, #""\ud83d😀""#),
    ("NaN1", "! malformed_json 1"), ("1NaN", "! malformed_json 2"), ("-NaN", "! malformed_json 1"),
    ("nan", "! malformed_json 1"),
    ("--Infinity", "! malformed_json 1"), ("[1,]", "! malformed_json 4"), ("0e0", "0e0"),
  ])
  func python(_ text: String, _ expected: String) {
    #expect(read(Array(text.utf8), .python) == expected)
  }

  @Test func pythonRefusesLongIntegers() {
    let digits = String(repeating: "7", count: 4300)
    #expect(read(Array(digits.utf8), .python) == digits)
    #expect(read(Array("-\(digits)".utf8), .python) == "-\(digits)")
    #expect(read(Array("\(digits)7".utf8), .python) == "! integer_too_long 4301")
    #expect(read(Array("\(digits)7.5".utf8), .python) == "\(digits)7.5")
    #expect(read(Array("\(digits)7".utf8)) == "\(digits)7")
  }

  @Test func limits() {
    func nested(_ depth: Int) -> [UInt8] {
      Array(repeating: 0x5B, count: depth) + Array(repeating: 0x5D, count: depth)
    }
    #expect(read(nested(512)).hasPrefix("[["))
    #expect(read(nested(513)) == "! too_deep 513")
    #expect(read(nested(100_000)) == "! too_deep 513")
    #expect(read(nested(994), .python, limits: .python).hasPrefix("[["))
    #expect(read(nested(995), .python, limits: .python) == "! too_deep 995")
    #expect(read(Array("[1,2,3]".utf8), limits: ValueLimits(nodes: 4)) == "[1,2,3]")
    #expect(read(Array("[1,2,3]".utf8), limits: ValueLimits(nodes: 3)) == "! too_many_nodes 6")
    #expect(read(Array("[1,2,3]".utf8), limits: ValueLimits(bytes: 6)) == "! too_large 0")
  }

  /// A reader keeps its yajl handle only while texts are whole; what one text leaves must not reach the next.
  @Test func sessionSurvivesFailures() throws {
    let session = ValueSession()
    for (text, isGood) in [
      ("[1]", true), ("[1", false), ("{}", true), ("1 2", false), (#""a"#, false), ("tru", false), ("2", true),
    ] {
      let bytes = Array(text.utf8)
      session.removeTape()
      let root = try? session.readDocument(bytes.span, 0..<bytes.count, syntax: .json, limits: .standard)
      #expect((root == 0) == isGood, "\(text)")
      #expect(session.tape.nodes.isEmpty != isGood, "\(text)")
    }
  }

  @Test(arguments: [
    // Text, offset, value, end.
    (#"{"a":"</tool_call>"}</tool_call>"#, 0, #"{"a":"</tool_call>"}"#, 20), ("  [1] x", 0, "[1]", 5),
    ("x 12", 1, "12", 4),
    ("12,", 0, "12", 2), (#""a"b"#, 0, #""a""#, 3), ("true]", 0, "true", 4),
    (#"{"a":1}"unterminated"#, 0, #"{"a":1}"#, 7),
    ("-1.5e3 ", 0, "-1.5e3", 6), ("[1][2]", 3, "[2]", 6),
  ])
  func prefix(_ text: String, _ offset: Int, _ expected: String, _ end: Int) throws {
    let read = try ValueReader().readPrefix(Array(text.utf8), at: offset)
    #expect(read.value.description == expected)
    #expect(read.end == end)
  }

  @Test(arguments: [
    "", " ", "[1", "truex", "01", "1_", "{]", "nope", #""a"#, #"{"a":"\ud800"}"#, "-", "1.", "\u{0B}1", "[NaN]",
  ])
  func noPrefix(_ text: String) {
    #expect(throws: ValueError.self) { _ = try ValueReader().readPrefix(Array(text.utf8)) }
  }

  @Test func navigation() throws {
    let value = try ValueReader().read(#"{"a":[1,{"b":null}],"é":"x","a":2.50}"#)
    #expect(value.kind == .object)
    #expect(value.count == 3)
    #expect(value.hasDuplicateNames)
    #expect(value["a"]?.numberLiteral == "2.50")
    #expect(value["e\u{301}"] == nil)
    #expect(value["é"]?.string == "x")
    #expect(value.members.map { String(decoding: $0.name, as: UTF8.self) } == ["a", "é", "a"])
    let list = value.members[0].value
    #expect(list.elements.count == 2)
    #expect(list[1]?["b"]?.kind == .null)
    #expect(list[2] == nil)
    #expect(list[0]?.boolean == nil)
  }

  /// A long object's names are told apart by a table, a short one's in pairs: both must find the same.
  @Test(arguments: [2, 3, 16, 17, 40, 500])
  func duplicateNames(_ count: Int) throws {
    let members = (0..<count).map { "\"k\($0)\":\($0)" }
    #expect(try !ValueReader().read("{\(members.joined(separator: ","))}").hasDuplicateNames)
    let repeated = members + ["\"k\(count / 2)\":-1"]
    let value = try ValueReader().read("{\(repeated.joined(separator: ","))}")
    #expect(value.hasDuplicateNames)
    #expect(value["k\(count / 2)"]?.numberLiteral == "-1")
  }
}
