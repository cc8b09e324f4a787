public import ToolReward
internal import ToolRewardData

/// The leaderboard's questions and answers, read from a folder as `bfcl_eval/data` is laid out: `BFCL_v4_multiple.json` beside
/// `possible_answer/BFCL_v4_multiple.json`.
public struct BFCLDataset: Sendable {
  /// The version of the data, by its files' names.
  public let version: BFCLVersion
  /// How many samples each category has.
  public let counts: [BFCLCategory: Int]
  private let questions: [BFCLCategory: Questions]

  /// A category's samples in their files' order.
  private final class Questions: Sendable {
    let list: [BFCLQuestion]
    let places: [[UInt8]: Int]

    init(_ list: [BFCLQuestion]) {
      self.list = list
      places = Dictionary(list.enumerated().map { ($1.id, $0) }) { first, _ in first }
    }
  }

  /// Reads every single-turn category that the folder has. O(files).
  ///
  /// - Throws: ``BenchmarkDataError`` if there is none, or a file cannot be read.
  public init(folder: String) throws(BenchmarkDataError) {
    var found: (version: BFCLVersion, prefix: String)?
    for (version, prefix) in [(BFCLVersion.v4, "BFCL_v4_"), (.v3, "BFCL_v3_")] where found == nil {
      for name in BFCLCategory.names where (try? LineSource.wholeFile("\(folder)/\(prefix)\(name).json")) != nil {
        found = (version, prefix)
        break
      }
    }
    guard let found else {
      throw BenchmarkDataError(
        file: folder, "there is no file BFCL_v3_….json or BFCL_v4_….json; name the folder 'data' of bfcl_eval")
    }
    version = found.version
    var counts: [BFCLCategory: Int] = [:]
    var questions: [BFCLCategory: Questions] = [:]
    for name in BFCLCategory.names {
      guard let category = BFCLCategory(name) else { continue }
      let path = "\(folder)/\(found.prefix)\(name).json"
      guard let bytes = try? LineSource.wholeFile(path) else { continue }
      let samples = try Self.read(bytes, path, category, folder, found.prefix)
      questions[category] = Questions(samples)
      counts[category] = samples.count
    }
    self.counts = counts
    self.questions = questions
  }

  /// The categories that there is data of, in the leaderboard's order.
  public var categories: [BFCLCategory] {
    BFCLCategory.names.compactMap { BFCLCategory($0) }.filter { counts[$0] != nil }
  }

  /// A sample. Predictions mostly come in the samples' order: the one at `hint` is looked at first, which then moves on.
  func question(_ id: [UInt8], _ category: BFCLCategory, hint: inout Int) -> BFCLQuestion? {
    guard let questions = questions[category] else { return nil }
    if hint < questions.list.count, questions.list[hint].id == id {
      hint += 1
      return questions.list[hint - 1]
    }
    guard let place = questions.places[id] else { return nil }
    hint = place + 1
    return questions.list[place]
  }

  private static func read(
    _ bytes: [UInt8], _ path: String, _ category: BFCLCategory, _ folder: String, _ prefix: String
  ) throws(BenchmarkDataError) -> [BFCLQuestion] {
    var answers: [[UInt8]: PythonValue] = [:]
    let answerPath = "\(folder)/possible_answer/\(prefix)\(category.name).json"
    if category.hasAnswers {
      let file: [UInt8]
      do throws(InputOutputError) {
        file = try LineSource.wholeFile(answerPath)
      } catch {
        throw BenchmarkDataError(file: answerPath, "\(error)")
      }
      try forEachLine(file, answerPath) { value, line throws(BenchmarkDataError) in
        guard let id = value["id"]?.text, let truth = value["ground_truth"], truth.kind == .list else {
          throw BenchmarkDataError(file: answerPath, line: line, "there is no \"id\" with a \"ground_truth\"")
        }
        answers[id] = truth
      }
    }
    var questions: [BFCLQuestion] = []
    try forEachLine(bytes, path) { value, line throws(BenchmarkDataError) in
      guard let id = value["id"]?.text, let given = value["function"] else {
        throw BenchmarkDataError(file: path, line: line, "there is no \"id\" with a \"function\"")
      }
      // A few samples have one function, not a list of one.
      let definitions = given.kind == .dictionary ? [given] : given.elements
      let functions = definitions.compactMap { BFCLFunction($0, category.language) }
      guard functions.count == definitions.count else {
        throw BenchmarkDataError(file: path, line: line, "a function has no name, or no parameters")
      }
      var expected: [BFCLExpectedCall] = []
      if category.hasAnswers {
        guard let truth = answers[id] else {
          throw BenchmarkDataError(
            file: path, line: line, "\(String(decoding: id, as: UTF8.self)) has no answer in \(answerPath)")
        }
        for call in truth.elements {
          guard let call = BFCLExpectedCall(call, functions: functions, isOnly: category.rule == .simple) else {
            throw BenchmarkDataError(
              file: answerPath,
              "the answer of \(String(decoding: id, as: UTF8.self)) is no {name: {argument: […]}}")
          }
          expected.append(call)
        }
      }
      questions.append(BFCLQuestion(id: id, functions: functions, expected: expected, language: category.language))
    }
    return questions
  }

  static func forEachLine(
    _ bytes: [UInt8], _ path: String, _ body: (PythonValue, Int) throws(BenchmarkDataError) -> Void
  ) throws(BenchmarkDataError) {
    let reader = ValueReader(syntax: .python, limits: .python)
    for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      let line = Array(line)
      if line.allSatisfy({ isJSONSpace($0) }) { continue }
      let value: Value
      do throws(ValueError) {
        value = try reader.read(line)
      } catch {
        throw BenchmarkDataError(file: path, line: index + 1, "the line is not JSON: \(error)")
      }
      try body(PythonValue(value), index + 1)
    }
  }
}
