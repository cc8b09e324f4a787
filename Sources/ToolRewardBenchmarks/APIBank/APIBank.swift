internal import ToolReward

/// API-Bank (arXiv 2304.08244) by the rule of ToolRL's evaluation, on ToolRL's 597 samples. Docs/APIBank.md says what it is and is not: the
/// official evaluation runs the tools, which this does not; ``exportedLine(id:prediction:)`` writes what it reads.
///
/// ```swift
/// let benchmark = try APIBank(folder: "benchmarks/API-Bank")
/// benchmark.verdict(id: "Level1_0", prediction: .text(Array("<tool_call>…</tool_call>".utf8)))
/// ```
public struct APIBank: Sendable {
  /// One sample.
  public struct Sample: Sendable {
    /// `Level1_0`: the level and the place in its file, counted from 0, as ToolRL's results name it.
    public let id: String
    /// The level: 1, 2 or 3.
    public let level: Int
    /// What the official evaluators find the sample by: its file and place in it, or at level 3 its dialogue and place in it.
    let source: Source
    let checker: APIBankChecker
  }

  enum Source: Sendable {
    case file([UInt8], id: Int)
    case dialogue(Int, api: Int)
  }

  /// The levels.
  public static let levels = 1...3

  /// The samples of all levels, in the files' order.
  public let samples: [Sample]
  private let places: [[UInt8]: Int]

  /// Reads `level-1-api_processed.json` and the other levels' files, those of them that are there. O(files).
  ///
  /// - Throws: ``BenchmarkDataError`` if none is there, one cannot be read, or a sample has no answer.
  public init(folder: String) throws(BenchmarkDataError) {
    var samples: [Sample] = []
    for level in Self.levels {
      let file = "\(folder)/level-\(level)-api_processed.json"
      guard let value = try BenchmarkRecords.value(of: file) else { continue }
      guard value.kind == .array else { throw BenchmarkDataError(file: file, "holds no list of samples") }
      for (index, record) in value.elements.enumerated() {
        samples.append(try Self.sample(record, level, index, file))
      }
    }
    guard !samples.isEmpty else { throw BenchmarkDataError(file: folder, "holds no level-<n>-api_processed.json") }
    self.init(samples)
  }

  init(_ samples: [Sample]) {
    self.samples = samples
    places = Dictionary(
      zip(samples.map { Array($0.id.utf8) }, samples.indices), uniquingKeysWith: { first, _ in first })
  }

  private static func sample(
    _ record: Value, _ level: Int, _ index: Int, _ file: String
  ) throws(BenchmarkDataError) -> Sample {
    let answers = record["answer"]
    let answer = answers?.kind == .array ? answers?[0] : answers
    guard let name = answer?["name"], let parameters = answer?["parameters"] else {
      throw BenchmarkDataError(file: file, "sample \(index) has no \"answer\" with \"name\" and \"parameters\"")
    }
    guard let source = source(record["other"]) else {
      throw BenchmarkDataError(
        file: file, "sample \(index) has no \"other\" with \"file\" and \"id\", or \"sample_id\" and \"api_id\"")
    }
    return Sample(
      id: "Level\(level)_\(index)", level: level, source: source,
      checker: APIBankChecker(name: PythonValue(name), parameters: PythonValue(parameters)))
  }

  private static func source(_ other: Value?) -> Source? {
    func number(_ name: String) -> Int? { other?[name]?.numberLiteral.flatMap { Int($0) } }
    if let file = other?["file"]?.stringBytes, let id = number("id") { return .file(file, id: id) }
    if let dialogue = number("sample_id"), let api = number("api_id") { return .dialogue(dialogue, api: api) }
    return nil
  }

  private func sample(_ id: String) -> Sample? { places[Array(id.utf8)].map { samples[$0] } }

  // MARK: Verdicts

  /// The level of a sample; `nil` if there is none of that id.
  public func level(of id: String) -> Int? { sample(id)?.level }

  /// The verdict of ToolRL's rule on a response; `nil` if there is no such sample.
  public func verdict(id: String, prediction: BenchmarkPrediction) -> APIBankVerdict? {
    sample(id).map { APIBankVerdict($0.checker.error(in: APIBankResponse(prediction))) }
  }

  /// The strict verdict, beside ToolRL's; `nil` if there is no such sample.
  ///
  /// The response makes the expected call and no other, in one pair of tags that hold nothing else; types are exact.
  public func strictVerdict(id: String, prediction: BenchmarkPrediction) -> APIBankVerdict? {
    sample(id).map { APIBankVerdict($0.checker.strictError(in: APIBankResponse(prediction))) }
  }

  // MARK: Export

  /// A line for the official evaluators, without its line feed; `nil` if there is no such sample.
  ///
  /// `{"file", "id", "pred"}` for `evaluator_by_json.py`, at level 3 `{"sample_id", "api_id", "pred"}` for `lv3_evaluator.py`. `pred` is the
  /// first call with a name and parameters as `[Name(key='value')]`, or empty if there is none.
  ///
  /// - Returns: The line, and whether the evaluators' patterns read the same call back. They cannot where a value holds a quote, a line feed
  ///   or nothing.
  public func exportedLine(id: String, prediction: BenchmarkPrediction) -> (line: [UInt8], isFaithful: Bool)? {
    guard let sample = sample(id) else { return nil }
    let export = APIBankExport(APIBankResponse(prediction))
    var line: [UInt8] = []
    switch sample.source {
    case .file(let file, let id):
      line += Array("{\"file\": ".utf8)
      JSONWriter.python().appendString(file.span, 0..<file.count, to: &line)
      line += Array(", \"id\": \(id), \"pred\": ".utf8)
    case .dialogue(let dialogue, let api):
      line += Array("{\"sample_id\": \(dialogue), \"api_id\": \(api), \"pred\": ".utf8)
    }
    JSONWriter.python().appendString(export.text.span, 0..<export.text.count, to: &line)
    line.append(0x7D)
    return (line, export.isFaithful)
  }
}
