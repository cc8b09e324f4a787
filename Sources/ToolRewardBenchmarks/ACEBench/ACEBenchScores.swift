/// ACEBench's numbers by its official formulas (`eval_main.py`, `evaluation_helper.py`), each with its formula.
public struct ACEBenchScores: Sendable {
  /// One answer's outcome.
  public struct Row: Sendable {
    /// The question.
    public var id: String
    /// Its category.
    public var category: String
    /// Whether the answer is right. One on which the official code raises is not.
    public var isValid: Bool

    /// Creates a row.
    public init(id: String, category: String, isValid: Bool) {
      self.id = id
      self.category = category
      self.isValid = isValid
    }
  }

  /// A category's accuracy.
  public struct Category: Sendable {
    /// The category.
    public let name: String
    /// How many answers are right; of a multi-turn category dialogues, whose every answer is.
    public let correct: Int
    /// How many answers, or dialogues, there are.
    public let total: Int
    /// The accuracy, from 0 to 1.
    public let accuracy: Double
    /// How it is computed.
    public let formula: String
  }

  /// A mean of categories.
  public struct Mean: Sendable {
    /// The column in the official table.
    public let name: String
    /// What the official table prints, from 0 to 1: a category without answers counts as 0.
    public let value: Double
    /// The categories without answers.
    public let missing: [String]
    /// How it is computed.
    public let formula: String
  }

  /// The categories that have answers, in the official table's order.
  public let categories: [Category]
  /// `atom`, `single_turn`, `multi_turn`, `normal` and `special`.
  public let means: [Mean]

  /// Counts answers, in whatever order. O(rows).
  public init(_ rows: some Sequence<Row>) {
    var byCategory: [String: [Row]] = [:]
    for row in rows { byCategory[row.category, default: []].append(row) }
    categories = ACEBench.categories.compactMap { name in byCategory[name].map { Self.category(name, $0) } }
    let accuracies = Dictionary(uniqueKeysWithValues: categories.map { ($0.name, $0.accuracy) })
    let normal =
      ACEBench.singleTurnCategories + ACEBench.multiTurnCategories + ACEBench.otherCategories + ACEBench.atomCategories
    let groups = [
      ("atom", ACEBench.atomCategories), ("single_turn", ACEBench.singleTurnCategories),
      ("multi_turn", ACEBench.multiTurnCategories), ("normal", normal), ("special", ACEBench.specialCategories),
    ]
    means = groups.map { name, categories in
      // Added in the official code's order.
      let sum = categories.reduce(0.0) { $0 + (accuracies[$1] ?? 0) }
      return Mean(
        name: name, value: PythonRounding.round(sum / Double(categories.count), 3),
        missing: categories.filter { accuracies[$0] == nil },
        formula: "round(mean of the \(categories.count) accuracies, 3)")
    }
  }

  private static func category(_ name: String, _ rows: [Row]) -> Category {
    let correct = rows.count { $0.isValid }
    func accuracy(_ correct: Int, _ total: Int) -> Double { PythonRounding.round(Double(correct) / Double(total), 3) }
    if ACEBench.multiTurnCategories.contains(name) {
      let dialogues = dialogues(rows)
      let right = dialogues.count { $0 }
      return Category(
        name: name, correct: right, total: dialogues.count, accuracy: accuracy(right, dialogues.count),
        formula: dialogueFormula)
    }
    if ACEBench.specialCategories.contains(name) {
      return Category(
        name: name, correct: correct, total: rows.count, accuracy: Double(correct) / Double(rows.count),
        formula: "right / all")
    }
    return Category(
      name: name, correct: correct, total: rows.count, accuracy: accuracy(correct, rows.count),
      formula: "round(right / all, 3)")
  }

  /// How a multi-turn category is computed.
  static let dialogueFormula = "round(dialogues whose every answer is right / dialogues, 3)"

  /// Whether all answers of a dialogue are right, for each in the order of their first answers.
  private static func dialogues(_ rows: [Row]) -> [Bool] {
    var places: [String: Int] = [:]
    var dialogues: [Bool] = []
    for row in rows {
      let dialogue = dialogue(of: row.id)
      if let place = places[dialogue] {
        dialogues[place] = dialogues[place] && row.isValid
      } else {
        places[dialogue] = dialogues.count
        dialogues.append(row.isValid)
      }
    }
    return dialogues
  }

  /// An id ends in the dialogue's number and the turn's: all but the last.
  static func dialogue(of id: String) -> String {
    guard let end = id.utf8.lastIndex(of: 0x5F), id.utf8[..<end].contains(0x5F) else { return id }
    return String(id[..<end])
  }

  /// How the official summary is computed.
  public static let summaryFormula =
    "round(0.2676 special + 0.578 normal + 0.1545 round(mean of the 2 agent accuracies, 3), 3)"

  /// The official summary, with the agent categories' end-to-end accuracies, which are not scored here.
  public func summary(agentMultiTurn: Double, agentMultiStep: Double) -> Double {
    func mean(_ name: String) -> Double { means.first { $0.name == name }?.value ?? 0 }
    let agent = PythonRounding.round((agentMultiTurn + agentMultiStep) / 2, 3)
    return PythonRounding.round(mean("special") * 0.2676 + mean("normal") * 0.578 + agent * 0.1545, 3)
  }
}
