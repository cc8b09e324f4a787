public import ToolReward

/// The leaderboard's questions and answers, read from a folder as `bfcl_eval/data` is laid out: `BFCL_v4_multiple.json` beside
/// `possible_answer/BFCL_v4_multiple.json`.
public struct BFCLDataset: Sendable {
  /// The version of the data, by its files' names.
  public let version: BFCLVersion
  /// How many samples each category has.
  public let counts: [BFCLCategory: Int]
  /// By the categories' numbers.
  private let samples: [Samples?]

  /// A category's samples in their files' order, with what most verdicts need packed one after the other.
  final class Samples: Sendable {
    let questions: [BFCLQuestion]
    let quick: BFCLQuickCheck
    private let places: [[UInt8]: Int]
    /// The identifiers, one after the other, and where each ends.
    private let names: [UInt8]
    private let ends: [Int]

    fileprivate init(_ questions: [BFCLQuestion], _ category: BFCLCategory) {
      self.questions = questions
      quick = BFCLQuickCheck(questions, category.language)
      places = Dictionary(questions.enumerated().map { ($1.id, $0) }) { first, _ in first }
      names = questions.flatMap(\.id)
      var end = 0
      ends = questions.map {
        end += $0.id.count
        return end
      }
    }

    /// Where a sample is. Predictions mostly come in the samples' order: the one at `hint` is looked at first, which then moves on.
    func place(of id: [UInt8], hint: inout Int) -> Int? {
      if hint < ends.count {
        let start = hint == 0 ? 0 : ends[hint - 1]
        let names = names
        if start + id.count == ends[hint], ByteSearch.matches(id, in: names.span, at: start) {
          hint += 1
          return hint - 1
        }
      }
      guard let place = places[id] else { return nil }
      hint = place + 1
      return place
    }
  }

  /// Reads every single-turn category that the folder has. O(files).
  ///
  /// - Throws: ``BenchmarkDataError`` if there is none, or a file cannot be read.
  public init(folder: String) throws(BenchmarkDataError) {
    for (version, prefix) in [(BFCLVersion.v4, "BFCL_v4_"), (.v3, "BFCL_v3_")] {
      var counts: [BFCLCategory: Int] = [:]
      var samples = [Samples?](repeating: nil, count: BFCLCategory.names.count)
      for name in BFCLCategory.names {
        guard let category = BFCLCategory(name),
          let records = try BenchmarkRecords.lines(of: "\(folder)/\(prefix)\(name).json")
        else { continue }
        let questions = try Self.questions(records, category, folder, prefix)
        samples[category.number] = Samples(questions, category)
        counts[category] = questions.count
      }
      if counts.isEmpty { continue }
      self.version = version
      self.samples = samples
      self.counts = counts
      return
    }
    throw BenchmarkDataError(
      file: folder, "there is no file BFCL_v3_….json or BFCL_v4_….json; name the folder 'data' of bfcl_eval")
  }

  /// The categories that there is data of, in the leaderboard's order.
  public var categories: [BFCLCategory] {
    BFCLCategory.names.compactMap { BFCLCategory($0) }.filter { counts[$0] != nil }
  }

  /// A category's samples.
  func samples(of category: BFCLCategory) -> Samples? { samples[category.number] }

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
