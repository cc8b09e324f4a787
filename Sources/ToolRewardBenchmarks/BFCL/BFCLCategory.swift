internal import ToolReward

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
  public var name: String { Self.names[number] }
  /// What its answers are compared by.
  public let rule: Rule
  /// The language.
  public let language: Language
  /// Its place among ``names``.
  let number: Int

  /// A category by its name; `nil` if no single-turn category has it.
  public init?(_ name: String) { self.init(utf8: Array(name.utf8)) }

  /// A category by its name in UTF-8.
  init?(utf8 name: [UInt8]) {
    guard let found = Self.all[name] else { return nil }
    self = found
  }

  /// Official code asks for parts of the name, in this order.
  private init(_ name: String, number: Int) {
    self.number = number
    func has(_ part: String) -> Bool { ByteSearch.firstIndex(of: Array(part.utf8), in: Array(name.utf8).span) != nil }
    rule =
      has("irrelevance")
      ? .irrelevance
      : has("relevance") ? .relevance : has("parallel") ? .parallel : has("multiple") ? .multiple : .simple
    language = has("javascript") ? .javaScript : has("java") ? .java : .python
  }

  private static let all = Dictionary(
    uniqueKeysWithValues: names.enumerated().map { (Array($1.utf8), BFCLCategory($1, number: $0)) })

  public static func == (left: BFCLCategory, right: BFCLCategory) -> Bool { left.number == right.number }
  public func hash(into hasher: inout Hasher) { hasher.combine(number) }

  /// The categories of version 3 and version 4, in the order of the leaderboard.
  public static let names = [
    "simple", "java", "javascript", "simple_python", "simple_java", "simple_javascript", "multiple", "parallel",
    "parallel_multiple", "irrelevance", "live_simple", "live_multiple", "live_parallel", "live_parallel_multiple",
    "live_irrelevance", "live_relevance",
  ]

  /// Whether there are answers to compare with.
  public var hasAnswers: Bool { rule != .relevance && rule != .irrelevance }
}
