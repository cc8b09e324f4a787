public import ToolReward

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
    for (version, prefix) in [(BFCLVersion.v4, "BFCL_v4_"), (.v3, "BFCL_v3_")] {
      var questions: [BFCLCategory: Questions] = [:]
      for name in BFCLCategory.names {
        guard let category = BFCLCategory(name),
          let records = try BenchmarkRecords.lines(of: "\(folder)/\(prefix)\(name).json")
        else { continue }
        questions[category] = Questions(try Self.questions(records, category, folder, prefix))
      }
      if questions.isEmpty { continue }
      self.version = version
      self.questions = questions
      counts = questions.mapValues(\.list.count)
      return
    }
    throw BenchmarkDataError(
      file: folder, "there is no file BFCL_v3_….json or BFCL_v4_….json; name the folder 'data' of bfcl_eval")
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

  private static func questions(
    _ records: [(line: Int, value: Value)], _ category: BFCLCategory, _ folder: String, _ prefix: String
  ) throws(BenchmarkDataError) -> [BFCLQuestion] {
    let path = "\(folder)/\(prefix)\(category.name).json"
    let answers = category.hasAnswers ? try Self.answers(folder, "\(prefix)\(category.name).json") : [:]
    var questions: [BFCLQuestion] = []
    for record in records {
      let value = PythonValue(record.value)
      guard let id = value["id"]?.text, let functions = value["function"] else {
        throw BenchmarkDataError(file: path, line: record.line, "there is no \"id\" with a \"function\"")
      }
      let name = String(decoding: id, as: UTF8.self)
      if category.hasAnswers, answers[id] == nil {
        throw BenchmarkDataError(file: path, line: record.line, "\(name) has no answer in possible_answer")
      }
      do throws(BFCLQuestion.Problem) {
        questions.append(try BFCLQuestion(id: id, functions: functions, answers: answers[id] ?? .list([]), category))
      } catch {
        throw BenchmarkDataError(file: path, line: record.line, "\(name): \(error.message)")
      }
    }
    return questions
  }

  /// The member "ground_truth" of each answer in a file.
  static func answers(_ folder: String, _ name: String) throws(BenchmarkDataError) -> [[UInt8]: PythonValue] {
    let path = "\(folder)/possible_answer/\(name)"
    guard let records = try BenchmarkRecords.lines(of: path) else {
      throw BenchmarkDataError(file: path, "there is no such file")
    }
    var answers: [[UInt8]: PythonValue] = [:]
    for record in records {
      let value = PythonValue(record.value)
      guard let id = value["id"]?.text, let truth = value["ground_truth"], truth.kind == .list else {
        throw BenchmarkDataError(file: path, line: record.line, "there is no \"id\" with a \"ground_truth\"")
      }
      answers[id] = truth
    }
    return answers
  }
}
