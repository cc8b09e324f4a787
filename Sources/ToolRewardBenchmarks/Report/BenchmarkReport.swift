/// What an evaluation found: counts by category, aggregates by the benchmark's own formula, and every sample's verdicts.
public struct BenchmarkReport: Sendable {
  /// The benchmark and its version: `BFCL v4`.
  public var title: String
  /// How each aggregate is worked out, in the order of the aggregates: `non_live = mean(simple_ast, multiple, …)`.
  public var formulas: [Formula]
  /// The models, in the order in which they came.
  public var models: [Model]

  /// An aggregate and how it is worked out.
  public struct Formula: Sendable {
    /// Its name: `non_live`.
    public var name: String
    /// How it is worked out from categories and aggregates before it.
    public var text: String

    /// A formula.
    public init(name: String, text: String) {
      self.name = name
      self.text = text
    }
  }

  /// A model's results.
  public struct Model: Sendable {
    /// Its name; empty if the input names none.
    public var name: String
    /// The categories of the benchmark's data, in its order.
    public var categories: [Category]
    /// The aggregates, in the formulas' order.
    public var aggregates: [Aggregate]
    /// Every sample, in the order of input.
    public var samples: [Sample]

    /// A model's results.
    public init(name: String, categories: [Category], aggregates: [Aggregate], samples: [Sample]) {
      self.name = name
      self.categories = categories
      self.aggregates = aggregates
      self.samples = samples
    }
  }

  /// A category's counts.
  public struct Category: Sendable {
    /// Its name.
    public var name: String
    /// How many samples the benchmark has.
    public var total: Int
    /// How many of them were judged.
    public var judged: Int
    /// How many count as right by the official rules.
    public var official: Int
    /// How many are right by the strict rules; `nil` if those were not asked for.
    public var strict: Int?

    /// A category's counts.
    public init(name: String, total: Int, judged: Int, official: Int, strict: Int?) {
      self.name = name
      self.total = total
      self.judged = judged
      self.official = official
      self.strict = strict
    }
  }

  /// An aggregate's values, from 0 to 1.
  public struct Aggregate: Sendable {
    /// Its name: that of a formula.
    public var name: String
    /// By the official verdicts; `nil` if a category that it needs was not judged at all.
    public var official: Double?
    /// By the strict verdicts.
    public var strict: Double?

    /// An aggregate's values.
    public init(name: String, official: Double?, strict: Double?) {
      self.name = name
      self.official = official
      self.strict = strict
    }
  }

  /// A sample's verdicts.
  public struct Sample: Sendable {
    /// Its category.
    public var category: String
    /// Its identifier, UTF-8.
    public var id: [UInt8]
    /// By the official rules.
    public var official: BenchmarkVerdict
    /// By the strict rules; `nil` if those were not asked for.
    public var strict: BenchmarkVerdict?

    /// A sample's verdicts.
    public init(category: String, id: [UInt8], official: BenchmarkVerdict, strict: BenchmarkVerdict?) {
      self.category = category
      self.id = id
      self.official = official
      self.strict = strict
    }
  }

  /// A report.
  public init(title: String, formulas: [Formula], models: [Model]) {
    self.title = title
    self.formulas = formulas
    self.models = models
  }
}
