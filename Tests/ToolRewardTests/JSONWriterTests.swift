import Testing

@testable import ToolReward

@Suite struct JSONWriterTests {
  /// The expected texts are what CPython 3.11's `json.dumps(json.loads(text))` prints.
  @Test(arguments: [
    ("1", "1"), ("-0", "0"), ("-0.0", "-0.0"), ("1e0", "1.0"), ("1E+2", "100.0"), ("1e15", "1000000000000000.0"),
    ("1e16", "1e+16"),
    ("123456789012345678", "123456789012345678"), ("0.0001", "0.0001"), ("0.00001", "1e-05"), ("1e22", "1e+22"),
    ("1e400", "Infinity"),
    ("-1e400", "-Infinity"), ("1e-400", "0.0"), ("-1e-400", "-0.0"), ("NaN", "NaN"), ("5e-324", "5e-324"),
    ("1.7976931348623157e308", "1.7976931348623157e+308"), ("0.1", "0.1"),
    ("0.30000000000000004", "0.30000000000000004"),
    ("9007199254740993.0", "9007199254740992.0"), ("123456.789e3", "123456789.0"), ("2.5e-5", "2.5e-05"),
    ("1e1000000000000000000000", "Infinity"),
    ("1e-1000000000000000000000", "0.0"), ("100000000000000000000.5", "1e+20"),
    ("12345678901234567.0", "1.2345678901234568e+16"),
    (#""é""#, #""\u00e9""#), (#""😀""#, #""\ud83d\ude00""#), (#""\ud800""#, #""\ud800""#), (#""a\/b""#, #""a/b""#),
    (#""\u0007\b\f\n\r\t\"\\""#, #""\u0007\b\f\n\r\t\"\\""#), ("\"\u{7F}\"", #""\u007f""#),
    ("[1,[],{}]", "[1, [], {}]"),
    (#"{"b":1,"a":{"d":1,"c":2},"b":3}"#, #"{"b": 3, "a": {"d": 1, "c": 2}}"#),
  ])
  func pythonDumps(_ text: String, _ expected: String) throws {
    let value = try ValueReader(syntax: .python).read(text)
    #expect(String(decoding: JSONWriter.python().write(value), as: UTF8.self) == expected)
  }

  @Test func sortedAndRaw() throws {
    let value = try ValueReader().read(#"{"z":1,"é":2,"a":{"y":1,"x":2},"😀":3,"\uffff":4}"#)
    let sorted = JSONWriter.python(ensureASCII: false, sortKeys: true).write(value)
    #expect(
      String(decoding: sorted, as: UTF8.self)
        == "{\"a\": {\"x\": 2, \"y\": 1}, \"z\": 1, \"é\": 2, \"\u{FFFF}\": 4, \"😀\": 3}")
    #expect(value.description == "{\"z\":1,\"é\":2,\"a\":{\"y\":1,\"x\":2},\"😀\":3,\"\u{FFFF}\":4}")
  }
}
