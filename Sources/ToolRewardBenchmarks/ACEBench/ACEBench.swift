internal import ToolReward

/// ACEBench (arXiv 2501.12851), its normal and special categories, scored as the official code scores them (chenchen0103/ACEBench@56dd66c,
/// `model_eval/checker.py` and `eval_main.py`), and strictly. Docs/ACEBench.md says what differs.
///
/// ```swift
/// let benchmark = try ACEBench(folder: "data_all")
/// benchmark.verdict(id: "normal_atom_bool_0", prediction: .text(Array("[f(x=1)]".utf8)))
/// ```
public struct ACEBench: Sendable {
  /// In which of the two languages a question is put.
  public enum Language: String, Sendable, Hashable, CaseIterable {
    /// English.
    case en
    /// Chinese.
    case zh
  }

  /// The categories that are scored, in the official table's order. The agent categories run simulators and are not.
  public static let categories =
    atomCategories + singleTurnCategories + multiTurnCategories + otherCategories + specialCategories

  static let atomCategories = [
    "normal_atom_bool", "normal_atom_enum", "normal_atom_number", "normal_atom_list", "normal_atom_object_deep",
    "normal_atom_object_short",
  ]
  static let singleTurnCategories = ["normal_single_turn_single_function", "normal_single_turn_parallel_function"]
  static let multiTurnCategories = ["normal_multi_turn_user_switch", "normal_multi_turn_user_adjust"]
  static let otherCategories = ["normal_similar_api", "normal_preference"]
  static let specialCategories = ["special_incomplete", "special_error_param", "special_irrelevant"]

  private let questions: [Language: [ACEBenchQuestion]]
  private let places: [Language: [[UInt8]: Int]]

  /// Reads questions and answers: `data_en` and `data_zh` in the folder, as the official repository has them in `data_all`, whatever
  /// categories there are. O(files).
  ///
  /// - Throws: ``BenchmarkDataError`` if nothing is there, a file cannot be read, or a question has no answer.
  public init(folder: String) throws(BenchmarkDataError) {
    var questions: [Language: [ACEBenchQuestion]] = [:]
    for language in Language.allCases {
      for category in Self.categories {
        questions[language, default: []] += try Self.read(category, in: "\(folder)/data_\(language.rawValue)")
      }
    }
    guard questions.values.contains(where: { !$0.isEmpty }) else {
      throw BenchmarkDataError(file: folder, "holds neither data_en/data_<category>.json nor data_zh/…")
    }
    self.init(questions)
  }

  init(_ questions: [Language: [ACEBenchQuestion]]) {
    self.questions = questions
    places = questions.mapValues { questions in
      Dictionary(zip(questions.map(\.id), questions.indices), uniquingKeysWith: { first, _ in first })
    }
  }

  private static func read(_ category: String, in folder: String) throws(BenchmarkDataError) -> [ACEBenchQuestion] {
    let file = "\(folder)/data_\(category).json"
    guard let records = try BenchmarkRecords.lines(of: file) else { return [] }
    let answerFile = "\(folder)/possible_answer/data_\(category).json"
    guard let answerRecords = try BenchmarkRecords.lines(of: answerFile) else {
      throw BenchmarkDataError(file: answerFile, "is missing, and holds the answers to \(file)")
    }
    var answers: [[UInt8]: Value] = [:]
    for record in answerRecords {
      guard let id = record.value["id"]?.stringBytes, let truth = record.value["ground_truth"] else {
        throw BenchmarkDataError(file: answerFile, line: record.line, "has no \"id\" or no \"ground_truth\"")
      }
      answers[id] = truth
    }
    var questions: [ACEBenchQuestion] = []
    for record in records {
      guard let id = record.value["id"]?.stringBytes, let tools = record.value["function"], tools.kind == .array else {
        throw BenchmarkDataError(file: file, line: record.line, "has no \"id\" or no list \"function\"")
      }
      guard let answer = answers[id] else {
        throw BenchmarkDataError(file: file, line: record.line, "has no answer in \(answerFile)")
      }
      questions.append(
        ACEBenchQuestion(
          id: id, category: category, tools: tools.elements.map(Self.tool), answer: PythonValue(answer)))
    }
    return questions
  }

  private static func tool(_ value: Value) -> ACEBenchQuestion.Tool {
    ACEBenchQuestion.Tool(
      name: value["name"].map { PythonValue($0) }, parameters: value["parameters"].map { PythonValue($0) })
  }

  // MARK: Questions

  /// The ids of a language's questions with their categories, in the files' order.
  public func identifiers(in language: Language = .en) -> [(id: String, category: String)] {
    (questions[language] ?? []).map { (String(decoding: $0.id, as: UTF8.self), $0.category) }
  }

  private func question(_ id: String, _ category: String?, _ language: Language) -> ACEBenchQuestion? {
    guard let place = places[language]?[Array(id.utf8)], let question = questions[language]?[place] else { return nil }
    return category == nil || category == question.category ? question : nil
  }

  /// The category of a question; `nil` if there is none of that id.
  public func category(of id: String, in language: Language = .en) -> String? { question(id, nil, language)?.category }

  // MARK: Verdicts

  /// The official verdict on an answer; `nil` if there is no such question.
  ///
  /// - Parameter category: What the question must be of; `nil` for whatever it is of.
  public func verdict(
    id: String, category: String? = nil, language: Language = .en, prediction: BenchmarkPrediction
  ) -> ACEBenchVerdict? {
    guard let question = question(id, category, language) else { return nil }
    do throws(ACEBenchChecker.Raised) {
      if Self.specialCategories.contains(question.category) {
        return ACEBenchVerdict(try ACEBenchSpecial(question).error(in: prediction))
      }
      guard let calls = Self.calls(in: prediction) else { return ACEBenchVerdict(.wrongOutputFormat) }
      return ACEBenchVerdict(try ACEBenchChecker(question).error(in: calls))
    } catch {
      return .raised
    }
  }

  /// The strict verdict on an answer, beside the official one; `nil` if there is no such question.
  ///
  /// Every expected call is made once and no other; every argument of the expected call is there and no other; values are compared, whole
  /// strings after the official standardisation; types are exact, but that an integer may stand for an equal float where the tool says
  /// `number` or `float`. Special categories: the sentences that the prompt asks for, naming what is expected, and nothing else.
  public func strictVerdict(
    id: String, category: String? = nil, language: Language = .en, prediction: BenchmarkPrediction
  ) -> ACEBenchVerdict? {
    guard let question = question(id, category, language) else { return nil }
    if Self.specialCategories.contains(question.category) {
      return ACEBenchVerdict(ACEBenchSpecial(question).strictError(in: prediction))
    }
    guard let calls = Self.calls(in: prediction) else { return ACEBenchVerdict(.wrongOutputFormat) }
    return ACEBenchVerdict(ACEBenchStrictChecker(question).error(in: calls))
  }

  /// A list of dictionaries; `nil` if the prediction is none.
  private static func calls(in prediction: BenchmarkPrediction) -> [PythonValue]? {
    let value: PythonValue? =
      switch prediction {
      case .text(let text): ACEBenchDecoder().decode(text)
      case .decoded(let value): PythonValue(value)
      }
    guard let value, value.kind == .list, value.elements.allSatisfy({ $0.kind == .dictionary }) else { return nil }
    return value.elements
  }
}
