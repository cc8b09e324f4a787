internal import ToolRewardReport

extension BenchmarkReport {
  /// The official verdicts as CSV files, UTF-8, with the accuracies as the leaderboard prints them (`96.75%`).
  ///
  /// For the Berkeley Function Calling Leaderboard these are `data_overall.csv`, `data_non_live.csv` and `data_live.csv` with its columns
  /// and its order of rows; what is not known here is `N/A`. For other benchmarks it is `data.csv`: a row for each model, its categories,
  /// and the aggregates.
  public func csv() -> [(name: String, bytes: [UInt8])] {
    if title == "BFCL v3" { return LeaderboardColumn.files(isVersion3: true).map { (name: $0, bytes: file($1, $2)) } }
    if title == "BFCL v4" { return LeaderboardColumn.files(isVersion3: false).map { (name: $0, bytes: file($1, $2)) } }
    var columns = [LeaderboardColumn("Model", .model)]
    for name in models.first?.categories.map(\.name) ?? [] { columns.append(LeaderboardColumn(name, .category(name))) }
    columns += formulas.map { LeaderboardColumn($0.name, .aggregate($0.name)) }
    return [(name: "data.csv", bytes: file(columns, nil))]
  }

  /// Rows in the order of a column, the best first and what is unknown last; in the report's order without one.
  private func file(_ columns: [LeaderboardColumn], _ key: Int?) -> [UInt8] {
    var rows = models
    var ranks = 0
    if let key {
      let values = models.map { columns[key].source.value(in: $0) }
      let order = models.indices.sorted {
        let (x, y) = (values[$0] ?? -1, values[$1] ?? -1)
        return x == y ? $0 < $1 : x > y
      }
      rows = order.map { models[$0] }
      ranks = values.count { $0 != nil }
    }
    var text = columns.map { Self.cell($0.name) }.joined(separator: ",") + "\n"
    for (place, model) in rows.enumerated() {
      let cells = columns.map { column in
        switch column.source {
        case .rank: place < ranks ? "\(place + 1)" : "N/A"
        case .model: Self.cell(model.name)
        default: column.source.value(in: model).map { DecimalText.percent($0) } ?? "N/A"
        }
      }
      text += cells.joined(separator: ",") + "\n"
    }
    return Array(text.utf8)
  }

  /// In quotation marks if it has a character that means something in CSV.
  private static func cell(_ text: String) -> String {
    guard text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return text }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" { quoted += "\"" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }
}

/// A column of a file, and where its cells come from.
struct LeaderboardColumn {
  enum Source {
    case rank
    case model
    case category(String)
    /// The mean of categories.
    case mean([String])
    case aggregate(String)
    case unknown

    /// The cell's value from 0 to 1; `nil` if it has none.
    func value(in model: BenchmarkReport.Model) -> Double? {
      func accuracy(_ name: String) -> Double? {
        model.categories.first { $0.name == name }?.officialProportion?.value
      }
      switch self {
      case .category(let name): return accuracy(name)
      case .mean(let names):
        let values = names.compactMap { accuracy($0) }
        return values.count == names.count ? values.reduce(0, +) / Double(names.count) : nil
      case .aggregate(let name): return model.aggregates.first { $0.name == name }?.official
      case .rank, .model, .unknown: return nil
      }
    }
  }

  let name: String
  let source: Source

  init(_ name: String, _ source: Source = .unknown) {
    self.name = name
    self.source = source
  }

  /// The leaderboard's files: the columns, and which of them orders the rows.
  static func files(isVersion3: Bool) -> [(String, [LeaderboardColumn], Int?)] {
    [
      ("data_overall.csv", overall(isVersion3), 1),
      ("data_non_live.csv", nonLive(isVersion3), 2),
      ("data_live.csv", live(isVersion3), 2),
    ]
  }

  private static func nonLive(_ isVersion3: Bool) -> [LeaderboardColumn] {
    [
      LeaderboardColumn("Rank", .rank),
      LeaderboardColumn("Model", .model),
      LeaderboardColumn(isVersion3 ? "Non_Live Overall Acc" : "Non-Live Overall Acc", .aggregate("non_live")),
      LeaderboardColumn("AST Summary", .aggregate(isVersion3 ? "non_live_ast" : "non_live")),
      LeaderboardColumn("Simple AST", .aggregate("simple_ast")),
      LeaderboardColumn("Python Simple AST", .category(isVersion3 ? "simple" : "simple_python")),
      LeaderboardColumn("Java Simple AST", .category(isVersion3 ? "java" : "simple_java")),
      LeaderboardColumn("JavaScript Simple AST", .category(isVersion3 ? "javascript" : "simple_javascript")),
      LeaderboardColumn("Multiple AST", .category("multiple")),
      LeaderboardColumn("Parallel AST", .category("parallel")),
      LeaderboardColumn("Parallel Multiple AST", .category("parallel_multiple")),
      LeaderboardColumn("Irrelevance Detection", .category("irrelevance")),
    ]
  }

  private static func live(_ isVersion3: Bool) -> [LeaderboardColumn] {
    [
      LeaderboardColumn("Rank", .rank),
      LeaderboardColumn("Model", .model),
      LeaderboardColumn("Live Overall Acc", .aggregate("live")),
      LeaderboardColumn("AST Summary", .aggregate(isVersion3 ? "live_ast" : "live")),
      LeaderboardColumn("Python Simple AST", .category("live_simple")),
      LeaderboardColumn("Python Multiple AST", .category("live_multiple")),
      LeaderboardColumn("Python Parallel AST", .category("live_parallel")),
      LeaderboardColumn("Python Parallel Multiple AST", .category("live_parallel_multiple")),
      LeaderboardColumn("Irrelevance Detection", .category("live_irrelevance")),
      LeaderboardColumn("Relevance Detection", .category("live_relevance")),
    ]
  }

  private static func overall(_ isVersion3: Bool) -> [LeaderboardColumn] {
    let agentic = [
      "Web Search Acc", "Web Search Base", "Web Search No Snippet", "Memory Acc", "Memory KV", "Memory Vector",
      "Memory Recursive Summarization",
    ]
    return [
      LeaderboardColumn("Rank", .rank),
      LeaderboardColumn("Overall Acc", .aggregate("overall")),
      LeaderboardColumn("Model", .model),
      LeaderboardColumn("Model Link"),
      LeaderboardColumn("Total Cost ($)"),
      LeaderboardColumn("Latency Mean (s)"),
      LeaderboardColumn("Latency Standard Deviation (s)"),
      LeaderboardColumn("Latency 95th Percentile (s)"),
      LeaderboardColumn("Non-Live AST Acc", .aggregate(isVersion3 ? "non_live_ast" : "non_live")),
      LeaderboardColumn("Non-Live Simple AST", .aggregate("simple_ast")),
      LeaderboardColumn("Non-Live Multiple AST", .category("multiple")),
      LeaderboardColumn("Non-Live Parallel AST", .category("parallel")),
      LeaderboardColumn("Non-Live Parallel Multiple AST", .category("parallel_multiple")),
      LeaderboardColumn("Live Acc", .aggregate("live")),
      LeaderboardColumn("Live Simple AST", .category("live_simple")),
      LeaderboardColumn("Live Multiple AST", .category("live_multiple")),
      LeaderboardColumn("Live Parallel AST", .category("live_parallel")),
      LeaderboardColumn("Live Parallel Multiple AST", .category("live_parallel_multiple")),
      LeaderboardColumn("Multi Turn Acc"),
      LeaderboardColumn("Multi Turn Base"),
      LeaderboardColumn("Multi Turn Miss Func"),
      LeaderboardColumn("Multi Turn Miss Param"),
      LeaderboardColumn("Multi Turn Long Context"),
    ] + (isVersion3 ? [] : agentic.map { LeaderboardColumn($0) }) + [
      LeaderboardColumn("Relevance Detection", .category("live_relevance")),
      LeaderboardColumn("Irrelevance Detection", .mean(["irrelevance", "live_irrelevance"])),
    ]
      + (isVersion3
        ? []
        : [
          LeaderboardColumn("Format Sensitivity Max Delta"),
          LeaderboardColumn("Format Sensitivity Standard Deviation"),
        ]) + [LeaderboardColumn("Organization"), LeaderboardColumn("License")]
  }
}
