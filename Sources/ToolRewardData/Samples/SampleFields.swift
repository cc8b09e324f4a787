/// Where a record's parts are: member names, or paths of names joined by dots (`reward_model.ground_truth`).
public struct SampleFields: Sendable, Hashable {
  /// The identifier.
  public var id: FieldPath
  /// One completion.
  public var completion: FieldPath
  /// Several completions of one sample.
  public var completions: FieldPath
  /// The ground truth.
  public var groundTruth: FieldPath
  /// The tool definitions.
  public var tools: FieldPath

  /// Creates fields.
  public init(
    id: FieldPath = "id", completion: FieldPath = "completion", completions: FieldPath = "completions",
    groundTruth: FieldPath = "ground_truth", tools: FieldPath = "tools"
  ) {
    self.id = id
    self.completion = completion
    self.completions = completions
    self.groundTruth = groundTruth
    self.tools = tools
  }
}

/// A path of member names.
public struct FieldPath: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
  /// The path as written.
  public let description: String
  package let names: [[UInt8]]

  /// Splits a path at its dots.
  public init(_ path: String) {
    description = path
    names = path.utf8.split(separator: 0x2E, omittingEmptySubsequences: false).map { Array($0) }
  }

  /// Splits a path at its dots.
  public init(stringLiteral path: String) {
    self.init(path)
  }

  /// The name, if the path is one.
  var singleName: [UInt8]? { names.count == 1 ? names[0] : nil }
}
