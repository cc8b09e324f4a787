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

  /// A string written character by character, by RFC 8259 and the choices of CPython's `json.dumps`.
  private func plainly(_ scalars: [UInt32], ensureASCII: Bool) -> [UInt8] {
    var text = ""
    var bytes: [UInt8] = []
    for scalar in scalars {
      switch scalar {
      case 0x22: text = #"\""#
      case 0x5C: text = #"\\"#
      case 0x0A: text = #"\n"#
      case 0x0D: text = #"\r"#
      case 0x09: text = #"\t"#
      case 0x08: text = #"\b"#
      case 0x0C: text = #"\f"#
      case _ where scalar < 0x20 || scalar >= 0x7F && ensureASCII || (0xD800..<0xE000).contains(scalar):
        let units = scalar < 0x10000 ? [scalar] : [0xD7C0 + scalar >> 10, 0xDC00 + scalar & 0x3FF]
        text = units.map {
          "\\u" + String(repeating: "0", count: 4 - String($0, radix: 16).count) + String($0, radix: 16)
        }
        .joined()
      default: text = Unicode.Scalar(scalar).map { String($0) } ?? ""
      }
      bytes += text.utf8
    }
    return bytes
  }

  /// Escapes in every place of a word of eight bytes and next to each other, in strings longer than the room that they are written in.
  @Test func stringsOfEveryKindOfCharacter() {
    let kinds: [UInt32] = [
      0x61, 0x7E, 0x20, 0x23, 0x5D, 0x22, 0x5C, 0x0A, 0x01, 0x1F, 0x7F, 0x80, 0xE9, 0x7FF, 0x800, 0xD55C, 0xD7FF,
      0xD800,
      0xDFFF, 0xE000, 0xFFFF, 0x10000, 0x1F600, 0x10FFFF,
    ]
    var random = SplitMix64(seed: 5)
    for round in 0..<3_000 {
      let count = round < 2_900 ? random.below(40) : random.below(2_000)
      // Mostly plain, so that words of eight plain bytes occur; then mostly not.
      let plain = [0, 5, 9][round % 3]
      let scalars = (0..<count).map { _ in random.below(10) < plain ? 0x61 : kinds[random.below(kinds.count)] }
      var bytes: [UInt8] = []
      for scalar in scalars {
        if (0xD800..<0xE000).contains(scalar) {
          bytes += [0xED, UInt8(0x80 | scalar >> 6 & 0x3F), UInt8(0x80 | scalar & 0x3F)]
        } else {
          bytes += Unicode.Scalar(scalar).map { Array(String($0).utf8) } ?? []
        }
      }
      for ensureASCII in [false, true] {
        var output = Array("x".utf8)
        JSONWriter.python(ensureASCII: ensureASCII).appendString(bytes.span, 0..<bytes.count, to: &output)
        #expect(output == [0x78, 0x22] + plainly(scalars, ensureASCII: ensureASCII) + [0x22], "\(scalars)")
      }
    }
  }
}
