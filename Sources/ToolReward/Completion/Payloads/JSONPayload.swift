/// A payload in JSON.
public struct JSONPayload: Sendable, Hashable {
  /// How many calls one frame holds, and how they are written.
  public struct Cardinality: OptionSet, Sendable, Hashable {
    /// The bits.
    public let rawValue: UInt8
    /// Creates a set from bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// One object.
    public static let one = Cardinality(rawValue: 1)
    /// An array of objects.
    public static let array = Cardinality(rawValue: 2)
    /// Objects one after another, usually one a line.
    public static let lines = Cardinality(rawValue: 4)
  }

  /// What a frame may hold.
  public var cardinality: Cardinality
  /// The member that holds the tool's name.
  public var nameMember: String
  /// The members that may hold the arguments; the first one present counts.
  public var argumentsMembers: [String]
  /// Members that a call may have besides, such as an identifier.
  public var otherMembers: [String]
  /// Whether arguments must be an object.
  public var argumentsAreObject: Bool
  /// Which texts count as JSON.
  public var syntax: ValueReader.Syntax
  /// Bounds on a payload.
  public var limits: ValueLimits
  /// What may stand between objects that follow one another, besides white space.
  public var separators: [String]

  /// Creates a payload description.
  public init(
    cardinality: Cardinality = .one, nameMember: String = "name", argumentsMembers: [String] = ["arguments"],
    otherMembers: [String] = [], argumentsAreObject: Bool = true, syntax: ValueReader.Syntax = .json,
    limits: ValueLimits = .standard, separators: [String] = []
  ) {
    self.cardinality = cardinality
    self.nameMember = nameMember
    self.argumentsMembers = argumentsMembers
    self.otherMembers = otherMembers
    self.argumentsAreObject = argumentsAreObject
    self.syntax = syntax
    self.limits = limits
    self.separators = separators
  }
}
