/// API-Bank's numbers as ToolRL prints them, in percent, each with its formula.
public struct APIBankScores: Sendable {
  /// One number.
  public struct Accuracy: Sendable {
    /// `lv1_acc`, `lv2_acc`, `lv3_acc` or `overall_acc`.
    public let name: String
    /// How many responses are right.
    public let correct: Int
    /// How many there are.
    public let total: Int
    /// The accuracy, from 0 to 100; 0 if there are none.
    public let percent: Double
    /// How it is computed.
    public let formula: String
  }

  /// The levels, then all of them together.
  public let accuracies: [Accuracy]

  /// Counts responses by level. O(rows).
  public init(_ rows: some Sequence<(level: Int, isValid: Bool)>) {
    var correct: [Int: Int] = [:]
    var total: [Int: Int] = [:]
    for row in rows {
      total[row.level, default: 0] += 1
      if row.isValid { correct[row.level, default: 0] += 1 }
    }
    func accuracy(_ name: String, _ levels: some Sequence<Int>) -> Accuracy {
      let right = levels.reduce(0) { $0 + (correct[$1] ?? 0) }
      let all = levels.reduce(0) { $0 + (total[$1] ?? 0) }
      let percent = all == 0 ? 0 : PythonRounding.round(Double(right) / Double(all) * 100, 2)
      return Accuracy(
        name: name, correct: right, total: all, percent: percent, formula: "round(right / all × 100, 2)")
    }
    accuracies =
      APIBank.levels.map { accuracy("lv\($0)_acc", [$0]) } + [accuracy("overall_acc", Array(APIBank.levels))]
  }
}
