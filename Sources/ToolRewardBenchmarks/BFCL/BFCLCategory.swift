/// A category of the Berkeley Function Calling Leaderboard that is judged turn by turn on its calls.
public struct BFCLCategory: Sendable, Hashable {
  /// What its answers are compared by.
  public enum Rule: Sendable, Hashable {
    /// One call.
    case simple
    /// One call, of one of several functions.
    case multiple
    /// Several calls, in any order.
    case parallel
    /// Any call is right.
    case relevance
    /// No call is right.
    case irrelevance
  }

  /// The language that the functions are written in, and prompted models write calls in.
  public enum Language: String, Sendable, Hashable {
    /// Python.
    case python
    /// Java: arguments are source text.
    case java
    /// JavaScript: arguments are source text.
    case javaScript
  }

  /// The name, as in the data's file names.
  public let name: String

  /// A category by its name; `nil` if no single-turn category has it.
  public init?(_ name: String) {
    guard Self.names.contains(name) else { return nil }
    self.name = name
  }

  /// The categories of version 3 and version 4, in the order of the leaderboard.
  public static let names = [
    "simple", "java", "javascript", "simple_python", "simple_java", "simple_javascript", "multiple", "parallel",
    "parallel_multiple", "irrelevance", "live_simple", "live_multiple", "live_parallel", "live_parallel_multiple",
    "live_irrelevance", "live_relevance",
  ]

  /// Official code asks for parts of the name, in this order.
  public var rule: Rule {
    if contains("irrelevance") { return .irrelevance }
    if contains("relevance") { return .relevance }
    if contains("parallel") { return .parallel }
    return contains("multiple") ? .multiple : .simple
  }

  /// The language.
  public var language: Language {
    if contains("javascript") { return .javaScript }
    return contains("java") ? .java : .python
  }

  /// Whether the samples are users' own.
  public var isLive: Bool { name.utf8.starts(with: "live_".utf8) }

  /// Whether there are answers to compare with.
  public var hasAnswers: Bool { rule != .relevance && rule != .irrelevance }

  private func contains(_ part: String) -> Bool {
    let name = Array(name.utf8)
    let part = Array(part.utf8)
    return name.indices.contains { name[$0...].starts(with: part) }
  }
}
