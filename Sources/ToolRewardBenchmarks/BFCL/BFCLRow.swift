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

  /// Whether the output has been decoded before.
  public var isDecoded: Bool {
    if case .prediction(.decoded) = output { return true }
    return false
  }

  fileprivate init(
    id: [UInt8], category: BFCLCategory, model: String, output: Output, decoder: BFCLOutputDecoder, turnsDots: Bool
  ) {
    self.id = id
    self.category = category
    self.model = model
    self.output = output
    self.decoder = decoder
    self.turnsDots = turnsDots
  }
}

/// Reads rows. Not shared between threads.
public final class BFCLRowReader {
  private let decoder: BFCLOutputDecoder?
  private let session = ValueSession()
  private var tape = ValueTape()
  /// The last model, and what its name tells: rows come model by model.
  private var model = KnownModel(name: [])
  private var category: (name: [UInt8], category: BFCLCategory)?

  /// A reader.
  ///
  /// - Parameter decoder: The decoder of rows that name none; `nil` for that of their model's name.
  public init(decoder: BFCLOutputDecoder? = nil) {
    self.decoder = decoder
  }

  /// Reads a row. O(line).
  ///
  /// - Parameters:
  ///   - line: The line, without its line feed.
  ///   - category: The category of rows that name none; `nil` if the identifier tells.
  ///   - model: The model of rows that name none.
  /// - Throws: ``BFCLRowError``.
  public func read(
    _ line: Span<UInt8>, category: BFCLCategory? = nil, model name: [UInt8] = []
  ) throws(BFCLRowError) -> BFCLRow {
    let value: Value
    do throws(ValueError) {
      let node = try session.readDocument(line, 0..<line.count, syntax: .python, limits: .python)
      session.takeTape(into: &tape)
      value = Value(tape: tape, index: node)
    } catch {
      session.removeTape()
      throw BFCLRowError("the line is not JSON: \(error)")
    }
    guard let id = value["id"]?.stringBytes else { throw BFCLRowError("there is no \"id\"") }
    let own = try self.category(of: value, id, category)
    let given = try Self.model(of: value) ?? name
    if given != model.name { model = KnownModel(name: given) }
    var chosen = decoder ?? model.decoder
    if let named = value["decoder"], named.kind != .null {
      guard let found = named.string.flatMap({ BFCLOutputDecoder(rawValue: $0) }) else {
        let names = BFCLOutputDecoder.allCases.map(\.rawValue).joined(separator: ", ")
        throw BFCLRowError("\"decoder\" must be one of: \(names)")
      }
      chosen = found
    }
    let output: BFCLRow.Output
    if let decoded = value["decoded"] {
      output = .prediction(.decoded(decoded))
    } else if let raw = value["raw"] ?? value["result"] {
      if chosen == nil, model.isMissing {
        throw BFCLRowError(
          "the leaderboard reads \(model.text) by a decoder that is not built in; name another with --decoder or \"decoder\", or give \"decoded\""
        )
      }
      if let text = raw.stringBytes {
        output = .prediction(.text(text))
      } else {
        output = .structured(raw)
        if chosen == nil, raw.kind == .array { chosen = Self.holdsText(raw) ? .fc : .list }
      }
    } else {
      throw BFCLRowError(
        "there is neither \"raw\" nor \"decoded\" (nor \"result\", as the leaderboard's files have it)")
    }
    return BFCLRow(
      id: id, category: own, model: model.text, output: output, decoder: chosen ?? .prompt,
      turnsDots: try Self.turnsDots(of: value) ?? model.turnsDots)
  }

  private func category(
    of value: Value, _ id: [UInt8], _ known: BFCLCategory?
  ) throws(BFCLRowError) -> BFCLCategory {
    guard let given = value["category"] else {
      if let found = known ?? BFCLCategory(utf8: Array(Self.beginning(of: id))) { return found }
      throw BFCLRowError("there is no \"category\", and the \"id\" does not begin with one")
    }
    let name = given.stringBytes ?? []
    if let category, category.name == name { return category.category }
    guard let found = BFCLCategory(utf8: name) else {
      throw BFCLRowError("\"category\" must be one of: \(BFCLCategory.names.joined(separator: ", "))")
    }
    category = (name, found)
    return found
  }

  /// `live_simple_3-2-0` is of `live_simple`.
  private static func beginning(of id: [UInt8]) -> ArraySlice<UInt8> {
    id.lastIndex(of: 0x5F).map { id[..<$0] } ?? id[...]
  }

  private static func model(of value: Value) throws(BFCLRowError) -> [UInt8]? {
    guard let model = value["model"], model.kind != .null else { return nil }
    guard let name = model.stringBytes else { throw BFCLRowError("\"model\" must be a string") }
    return name
  }

  private static func turnsDots(of value: Value) throws(BFCLRowError) -> Bool? {
    guard let given = value["underscore_to_dot"], given.kind != .null else { return nil }
    guard let truth = given.boolean else { throw BFCLRowError("\"underscore_to_dot\" must be true or false") }
    return truth
  }

  private static func holdsText(_ raw: Value) -> Bool {
    raw.elements.contains { $0.members.contains { $0.value.kind == .string } }
  }
}

/// What a model's name tells.
private struct KnownModel {
  let name: [UInt8]
  let text: String
  let turnsDots: Bool
  let decoder: BFCLOutputDecoder?
  /// Whether its official decoder is not built in.
  let isMissing: Bool

  init(name: [UInt8]) {
    self.name = name
    text = String(decoding: name, as: UTF8.self)
    turnsDots = BFCLModelName(text).turnsDots
    decoder = BFCLOutputDecoder.named(after: text)
    isMissing = BFCLOutputDecoder.isMissing(for: text)
  }
}

@available(*, unavailable)
extension BFCLRowReader: Sendable {}

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
