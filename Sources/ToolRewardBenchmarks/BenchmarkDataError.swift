/// A benchmark's data that cannot be read.
public struct BenchmarkDataError: Error, Sendable, CustomStringConvertible {
  /// The file.
  public let file: String
  /// The line, counted from 1; `nil` if the file as a whole is meant.
  public let line: Int?
  /// What is wrong, with the file and the line.
  public let message: String

  /// Creates an error; its message begins with the file and the line.
  public init(file: String, line: Int? = nil, _ reason: String) {
    self.file = file
    self.line = line
    message = line.map { "\(file):\($0): \(reason)" } ?? "\(file): \(reason)"
  }

  /// The message.
  public var description: String { message }
}
