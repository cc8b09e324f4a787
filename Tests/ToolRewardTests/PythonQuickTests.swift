import Testing

@testable import ToolReward

/// The one-pass reader of plain calls reads what the whole grammar reads, or leaves it to that.
@Suite struct PythonQuickTests {
  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 32) | (state << 32)
    }
  }

  private static let pieces = [
    "f", "get_weather", "mod.f", "a", "b_1", "from", "None", "True", "False", "true", "x", "_y", "(", ")", "[", "]",
    "{", "}", ",", "=",
    ":", " ", "\n", "\t", "\r", "#", "'", "\"", "'s'", "\"t\"", "''", "''''''", "'é'", "'a\\n'", "0", "1", "-1", "-0",
    "-0.0", "1.5", "1e5",
    "007", "1_0", "9223372036854775808", "123456789012345678", "0x1", "+1", "--1", "1.", ".5", "a=1", "b='x'",
    "{'k': 1}", "{'k': [1, {}]}",
    "[1, 2,]", "(1,)", "f(a=1)", "f()", "g(a=1, a=2)", "{'a': 1, 'a': 2}", "b'x'", "r'x'", "f'x'", "'a' 'b'", "...",
    "*", "**", "\\\n", "é",
    "\u{3000}", "\0", "1if 1 else 2", "lambda: 1",
  ]

  private static func described(_ reading: PythonReading, _ session: ValueSession) -> String {
    var view = ValueTape()
    session.takeTape(into: &view)
    func text(_ node: Int?) -> String {
      guard let node else { return "-" }
      var bytes: [UInt8] = []
      JSONWriter.compact.append(node, of: view, to: &bytes)
      return String(decoding: bytes, as: UTF8.self)
    }
    let calls = reading.calls.map { call in
      let notes = call.notes.map { "\($0.0.name)@\($0.1)" }
      let failure = call.failure.map { "\($0.code.name)@\($0.offset)" } ?? ""
      return
        "\(call.range) \(text(call.name))\(text(call.arguments)) \(failure) \(notes) \(call.hasDuplicates) \(call.positional.count)"
    }
    return "\(calls) \(reading.end) \(reading.failure.map { "\($0)" } ?? "")"
  }

  @Test(arguments: [
    PythonPayload(), PythonPayload(layout: .lines, allowsJSONWords: true), PythonPayload(allowsSpacedNames: true),
  ])
  func native(_ rule: PythonPayload) {
    let quick = PythonCallReader(rule)
    let whole = PythonCallReader(rule, isQuick: false)
    var generator = Generator(state: 7)
    for round in 0..<6000 {
      let text = Self.text(round, &generator)
      let one = ValueSession()
      let other = ValueSession()
      let a = Self.described(quick.read(text.span, from: 0, end: text.count, session: one), one)
      let b = Self.described(whole.read(text.span, from: 0, end: text.count, session: other), other)
      #expect(a == b, "\(String(decoding: text, as: UTF8.self))")
    }
  }

  @Test(arguments: [BFCLVersion.v3, .v4])
  func leaderboard(_ version: BFCLVersion) {
    let quick = BFCLDecoder(version)
    let whole = BFCLDecoder(version, isQuick: false)
    var generator = Generator(state: 8)
    var decoded = 0
    for round in 0..<6000 {
      let text = Self.text(round, &generator)
      let one = ValueSession()
      let other = ValueSession()
      func described(_ calls: [(name: Int, arguments: Int)]?, _ session: ValueSession) -> [String]? {
        guard let calls else { return nil }
        var view = ValueTape()
        session.takeTape(into: &view)
        return calls.map { call in
          var bytes: [UInt8] = []
          JSONWriter.compact.append(call.name, of: view, to: &bytes)
          JSONWriter.compact.append(call.arguments, of: view, to: &bytes)
          return String(decoding: bytes, as: UTF8.self)
        }
      }
      let a = described(quick.decode(text.span, 0..<text.count, session: one), one)
      let b = described(whole.decode(text.span, 0..<text.count, session: other), other)
      #expect(a == b, "\(String(decoding: text, as: UTF8.self))")
      if a != nil { decoded += 1 }
    }
    #expect(decoded > 1000)
  }

  /// A list of calls with a few pieces put in, taken out or exchanged.
  private static func text(_ round: Int, _ generator: inout Generator) -> [UInt8] {
    var parts = [
      "[", "f", "(", "a", "=", "1", ",", " ", "b", "=", "'x'", ")", ",", " ", "mod.g", "(", "c", "=", "[", "1.5", ",",
      "{", "'k'", ":", "None", "}", "]", ")", "]",
    ]
    if round % 3 == 0 { parts = Array(parts.dropFirst().dropLast()) }
    for _ in 0..<(round % 5) {
      let place = Int.random(in: 0..<parts.count, using: &generator)
      let piece = pieces.randomElement(using: &generator) ?? ""
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: parts.insert(piece, at: place)
      case 1: if parts.count > 1 { parts.remove(at: place) }
      default: parts[place] = piece
      }
    }
    return Array(parts.joined().utf8)
  }
}
