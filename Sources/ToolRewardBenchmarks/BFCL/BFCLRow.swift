public import ToolReward

/// A line of input: `{"id", "category", "model"?, "raw" | "decoded" | "result", "underscore_to_dot"?, "decoder"?}`.
///
/// `category` may be left out where the identifier begins with it, as the leaderboard's do.
public struct BFCLRow: Sendable {
  /// The sample, UTF-8.
  public let id: [UInt8]
  /// The category.
  public let category: BFCLCategory
  /// The model's name; empty if there is none.
  public let model: String
  /// What the model gave.
  public let output: Output
  /// How text becomes calls.
  public let decoder: BFCLOutputDecoder
  /// Whether the model's API has underscores for dots in names.
  public let turnsDots: Bool

  /// What a model gave.
  public enum Output: Sendable {
    /// Text, or what a decoder made of it.
    case prediction(BenchmarkPrediction)
    /// What an API gave beside text.
    case structured(Value)
  }

  /// Reads a row.
  ///
  /// - Parameters:
  ///   - value: The line.
  ///   - category: The category of rows that name none; `nil` if the identifier tells.
  ///   - model: The model of rows that name none.
  ///   - decoder: The decoder asked for; `nil` for the row's own, or its model's.
  /// - Throws: ``BFCLRowError``.
  public init(
    _ value: Value, category: BFCLCategory? = nil, model: String = "", decoder: BFCLOutputDecoder? = nil
  ) throws(BFCLRowError) {
    guard let id = value["id"]?.stringBytes else { throw BFCLRowError("there is no \"id\"") }
    self.id = id
    if let name = value["category"] {
      guard let named = name.string.flatMap({ BFCLCategory($0) }) else {
        throw BFCLRowError(
          "\"category\" must be one of: \(BFCLCategory.names.joined(separator: ", ")); multi_turn is exported, not judged: --multi-turn"
        )
      }
      self.category = named
    } else if let category = category ?? BFCLCategory(String(decoding: Self.beginning(of: id), as: UTF8.self)) {
      self.category = category
    } else {
      throw BFCLRowError("there is no \"category\", and the \"id\" does not begin with one")
    }
    self.model = value["model"]?.string ?? model
    let name = BFCLModelName(self.model)
    turnsDots = value["underscore_to_dot"]?.boolean ?? name.turnsDots
    var own: BFCLOutputDecoder?
    if let given = value["decoder"] {
      guard let named = given.string.flatMap({ BFCLOutputDecoder(rawValue: $0) }) else {
        let names = BFCLOutputDecoder.allCases.map(\.rawValue).joined(separator: ", ")
        throw BFCLRowError("\"decoder\" must be one of: \(names)")
      }
      own = named
    }
    let chosen = own ?? decoder ?? BFCLOutputDecoder.named(after: self.model)
    if let decoded = value["decoded"] {
      output = .prediction(.decoded(decoded))
      self.decoder = chosen ?? .prompt
    } else if let raw = value["raw"] ?? value["result"] {
      if let text = raw.stringBytes {
        output = .prediction(.text(text))
        self.decoder = chosen ?? .prompt
      } else {
        output = .structured(raw)
        self.decoder = chosen ?? (Self.holdsText(raw) ? .fc : .list)
      }
    } else {
      throw BFCLRowError(
        "there is neither \"raw\" nor \"decoded\" (nor \"result\", as the leaderboard's files have it)")
    }
  }

  /// `live_simple_3-2-0` is of `live_simple`.
  private static func beginning(of id: [UInt8]) -> ArraySlice<UInt8> {
    id.lastIndex(of: 0x5F).map { id[..<$0] } ?? id[...]
  }

  private static func holdsText(_ raw: Value) -> Bool {
    raw.elements.contains { $0.members.contains { $0.value.kind == .string } }
  }
}

/// Why a line is no row.
public struct BFCLRowError: Error, Sendable, CustomStringConvertible {
  /// What is wrong, and how to mend it.
  public let description: String

  init(_ description: String) { self.description = description }
}

extension BFCLEvaluator {
  /// What both ways of judging say of a row; `nil` if the data has no such sample.
  public func verdicts(of row: BFCLRow, isStrict: Bool) -> (official: BenchmarkVerdict, strict: BenchmarkVerdict?)? {
    switch row.output {
    case .prediction(let prediction):
      verdicts(
        of: prediction, id: row.id, category: row.category, decoder: row.decoder, turnsDots: row.turnsDots,
        isStrict: isStrict)
    case .structured(let value):
      verdicts(
        ofStructured: value, id: row.id, category: row.category, decoder: row.decoder, turnsDots: row.turnsDots,
        isStrict: isStrict)
    }
  }
}
