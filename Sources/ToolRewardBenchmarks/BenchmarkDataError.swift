/// A benchmark's own data that cannot be read: the caller's mistake.
public struct BenchmarkDataError: Error, Sendable, CustomStringConvertible {
  /// The file.
  public let file: String
  /// The line, counted from 1; `nil` if the file as a whole is meant.
  public let line: Int?
  /// What is wrong, and how to mend it.
  public let message: String

  /// Names a file, a line and what is wrong there.
  public init(file: String, line: Int? = nil, message: String) {
    self.file = file
    self.line = line
    self.message = message
  }

  public var description: String { "\(file)\(line.map { ":\($0)" } ?? ""): \(message)" }
}
