import Testing
import ToolReward

@testable import ToolRewardBenchmarks

/// Verdicts on one sample, each worked out by hand from ToolRL's code.
@Suite struct APIBankTests {
  private static func benchmark(_ source: APIBank.Source = .file(Array("a.jsonl".utf8), id: 2)) throws -> APIBank {
    let parameters = try ValueReader().read(#"{"user_id": "1", "time": "10:00"}"#)
    return APIBank([
      APIBank.Sample(
        id: "Level1_0", level: 1, source: source,
        checker: APIBankChecker(name: .string(Array("Find".utf8)), parameters: PythonValue(parameters)))
    ])
  }

  private static let right = #"{"name": "Find", "parameters": {"time": "10:00", "user_id": "1"}}"#
  private static let wrong = #"{"name": "Find", "parameters": {"time": "11:00", "user_id": "1"}}"#

  private static func tagged(_ lines: String...) -> String {
    "<think> x </think>\n<tool_call>\n\(lines.joined(separator: "\n"))\n</tool_call>"
  }

  /// The response, ToolRL's verdict and the strict one; `-` for right.
  @Test(
    arguments: [
      (tagged(right), "-", "-"), (tagged(wrong), "wrong_parameters", "wrong_parameters"),
      (tagged(#"{"name": "Fin", "parameters": {"time": "10:00", "user_id": "1"}}"#), "wrong_name", "wrong_name"),
      (
        tagged(#"{"name": "Find", "parameters": {"time": "10:00", "user_id": 1}}"#), "wrong_parameters",
        "wrong_parameters"
      ),
      (
        tagged(#"{"name": "Find", "parameters": {"time": "10:00", "user_id": "1", "x": 1}}"#), "wrong_parameters",
        "wrong_parameters"
      ),
      ("", "no_call", "no_call"), ("I cannot.", "no_call", "no_call"),
      // Any call counts, whatever else is called.
      (tagged(wrong, right, wrong), "-", "extra_calls"), (tagged("{", right, "not JSON"), "-", "not_a_call"),
      (right, "-", "not_a_call"), ("<tool_call>\n" + right, "-", "not_a_call"),
      (tagged(right) + tagged(wrong), "wrong_parameters", "not_a_call"),
      (tagged(wrong) + tagged(right), "-", "not_a_call"),
      ("<tool_call>" + right + "</tool_call> <tool_call>", "no_call", "no_call"),
      // A call without a name or parameters stands for the parameters.
      (tagged(#"{"time": "10:00", "user_id": "1"}"#), "-", "not_a_call"),
      (tagged(#"{"name": "Find", "time": "10:00", "user_id": "1"}"#), "wrong_parameters", "not_a_call"),
      (tagged("[]"), "wrong_parameters", "not_a_call"),
      // Text within the text; where Python raises, the sample ends.
      (tagged(#""{\"time\": \"10:00\", \"user_id\": \"1\"}""#), "-", "not_a_call"),
      (tagged("5", right), "official_raises", "extra_calls"), (tagged(right, "5"), "-", "extra_calls"),
      (tagged("null"), "official_raises", "not_a_call"), (tagged("\"x\"", right), "official_raises", "extra_calls"),
      (tagged(#"["name", "parameters"]"#, right), "official_raises", "extra_calls"),
      (tagged(#"["name"]"#, right), "-", "extra_calls"),
      // White space around the lines is Python's, within a line JSON's; an integer of 4,301 digits is none.
      ("<tool_call>\u{a0}" + right + "\u{2003}</tool_call>", "-", "-"),
      (tagged(wrong, "\u{a0}" + right), "wrong_parameters", "not_a_call"),
      (tagged(String(repeating: "1", count: 4_301), right), "-", "not_a_call"),
      (tagged(String(repeating: "1", count: 4_300), right), "official_raises", "extra_calls"),
      (tagged(#"{"name": "x", "name": "Find", "parameters": {"user_id": "1", "time": "10:00"}}"#), "-", "-"),
    ] as [(String, String, String)])
  func verdicts(_ response: String, _ official: String, _ strict: String) throws {
    let benchmark = try Self.benchmark()
    let prediction = BenchmarkPrediction.text(Array(response.utf8))
    let verdict = try #require(benchmark.verdict(id: "Level1_0", prediction: prediction))
    #expect(verdict.errorType?.rawValue ?? "-" == official)
    #expect(verdict.isValid == (official == "-"))
    #expect(benchmark.strictVerdict(id: "Level1_0", prediction: prediction)?.errorType?.rawValue ?? "-" == strict)
    #expect(benchmark.verdict(id: "Level1_1", prediction: prediction) == nil)
  }

  /// The parameters, the line's `pred`, and whether the official patterns read it back.
  @Test(
    arguments: [
      (#"{"a": "x y", "b": "2"}"#, "[F(a='x y', b='2')]", true), ("{}", "[F()]", true),
      (#"{"a": 5, "b": true, "c": null, "d": -1.50}"#, "[F(a='5', b='True', c='None', d='-1.5')]", true),
      (#"{"a": "['x', 'y']", "b": "2"}"#, "[F(b='2', a=['x', 'y'])]", true),
      (#"{"a": ["x", 1]}"#, "[F(a=['x', 1])]", true), (#"{"a": [1], "b": [2]}"#, "[F(a=[1], b=[2])]", false),
      (#"{"a": "it's"}"#, "[F(a='it's')]", false), (#"{"a": ""}"#, "[F(a='')]", false),
      (#"{"a": "x\ny"}"#, "[F(a='x\\ny')]", false), (#"{"a b": "x"}"#, "[F(a b='x')]", false),
      (#"{"é": "ü"}"#, "[F(\\u00e9='\\u00fc')]", true),
    ] as [(String, String, Bool)])
  func exportedLines(_ parameters: String, _ expected: String, _ isFaithful: Bool) throws {
    let call = try ValueReader().read("[5, {\"name\": \"F\", \"parameters\": \(parameters)}, {\"name\": \"G\"}]")
    let export = try #require(try Self.benchmark().exportedLine(id: "Level1_0", prediction: .decoded(call)))
    #expect(
      String(decoding: export.line, as: UTF8.self) == #"{"file": "a.jsonl", "id": 2, "pred": ""# + expected + "\"}")
    #expect(export.isFaithful == isFaithful)
  }

  private static let call = PythonPattern(#"\[(\w+)\((.*)\)\]"#)
  private static let argument = PythonPattern(#"(\w+)\s*=\s*['"](.+?)['"]|(\w+)\s*=\s*(\[.*\])|(\w+)\s*=\s*(\w+)"#)

  /// What the official patterns read in a call.
  private static func read(_ text: [UInt8]) -> [[UInt8]]? {
    let points = CodePoints(utf8: text)
    guard let match = call.search(points), let name = match.group(1), let list = match.group(2) else { return nil }
    let rest = points[list]
    return [points[name].utf8]
      + argument.findAll(rest).flatMap { match in
        (1...6).compactMap { match.group($0).map { rest[$0].utf8 } }
      }
  }

  /// Every value of up to four of these characters: faithful is what the official patterns read back.
  @Test func faithfulIsWhatIsReadBack() throws {
    let characters = Array("a'\"[], =1\n".utf8)
    var values: [[UInt8]] = [[]]
    for length in 1...4 {
      values += values.filter { $0.count == length - 1 }.flatMap { value in characters.map { value + [$0] } }
    }
    for value in values {
      var text: [UInt8] = Array(#"{"name": "F", "parameters": {"k": "x", "v": "#.utf8)
      JSONWriter.python().appendString(value.span, 0..<value.count, to: &text)
      let export = APIBankExport(APIBankResponse(decoded: try ValueReader().read(text + Array("}}".utf8))))
      let expected = [Array("F".utf8), Array("k".utf8), Array("x".utf8), Array("v".utf8), value]
      #expect(export.isFaithful == (Self.read(export.text) == expected), "\(String(decoding: value, as: UTF8.self))")
    }
  }

  /// A test that does not end in seconds has a part whose time grows faster than the text.
  @Test(arguments: ["\"", "'", "[", "a", "<tool_call>", "{\"name\":", "5\n", "\"x\"\n"])
  func longResponsesTakeLinearTime(_ part: String) throws {
    let benchmark = try Self.benchmark()
    let prediction = BenchmarkPrediction.text(
      Array("<tool_call>\n".utf8) + Array(String(repeating: part, count: 200_000 / part.utf8.count).utf8))
    #expect(benchmark.verdict(id: "Level1_0", prediction: prediction) != nil)
    #expect(benchmark.strictVerdict(id: "Level1_0", prediction: prediction) != nil)
    #expect(benchmark.exportedLine(id: "Level1_0", prediction: prediction) != nil)
  }

  @Test func exportsLevelThreeByDialogue() throws {
    let benchmark = try Self.benchmark(.dialogue(4, api: 1))
    let export = try #require(benchmark.exportedLine(id: "Level1_0", prediction: .text(Array("no call".utf8))))
    #expect(String(decoding: export.line, as: UTF8.self) == #"{"sample_id": 4, "api_id": 1, "pred": ""}"#)
    #expect(export.isFaithful)
  }

  @Test func scoresAsToolRLPrintsThem() {
    let rows = [(1, true), (1, false), (1, false), (2, true), (3, false)].map { (level: $0.0, isValid: $0.1) }
    let scores = APIBankScores(rows).accuracies
    #expect(scores.map(\.name) == ["lv1_acc", "lv2_acc", "lv3_acc", "overall_acc"])
    #expect(scores.map(\.percent) == [33.33, 100, 0, 40])
    #expect(scores.map(\.correct) == [1, 1, 0, 2] && scores.map(\.total) == [3, 1, 1, 5])
  }
}
