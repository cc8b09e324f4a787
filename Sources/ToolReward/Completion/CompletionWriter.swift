/// Writes what a parser made of a completion as one JSON line.
public struct CompletionWriter: Sendable {
  /// Creates a writer.
  public init() {}

  /// Appends a line, its line feed included. Ranges count bytes of the completion's UTF-8.
  ///
  /// - Parameters:
  ///   - completion: What to write.
  ///   - id: The sample's identifier as JSON text.
  ///   - index: Which of the sample's completions it is; `nil` if the sample has one, not a list.
  ///   - output: Where to append.
  public func append(_ completion: Completion, id: [UInt8], index: Int? = nil, to output: inout [UInt8]) {
    VerdictWriter.appendIdentity(id: id, index: index, to: &output)
    output.append(contentsOf: #","calls":["#.utf8)
    for (position, attempt) in completion.attempts.enumerated() {
      output.append(contentsOf: position > 0 ? #",{"name":"#.utf8 : #"{"name":"#.utf8)
      append(attempt.name, of: completion, to: &output)
      output.append(contentsOf: #","arguments":"#.utf8)
      append(attempt.arguments, of: completion, to: &output)
      output.append(contentsOf: #","status":"#.utf8)
      VerdictWriter.append(attempt.status.rawValue, to: &output)
      append(attempt.range, to: &output)
      output.append(0x7D)
    }
    output.append(contentsOf: #"],"segments":["#.utf8)
    for (position, segment) in completion.segments.enumerated() {
      output.append(contentsOf: position > 0 ? #",{"kind":"#.utf8 : #"{"kind":"#.utf8)
      VerdictWriter.append(segment.kind.rawValue, to: &output)
      append(segment.range, to: &output)
      output.append(0x7D)
    }
    output.append(contentsOf: #"],"diagnostics":["#.utf8)
    for (position, diagnostic) in completion.diagnostics.enumerated() {
      output.append(contentsOf: position > 0 ? #",{"code":"#.utf8 : #"{"code":"#.utf8)
      VerdictWriter.append(diagnostic.code.name, to: &output)
      append(diagnostic.range, to: &output)
      if let attempt = diagnostic.attempt {
        output.append(contentsOf: #","attempt":"#.utf8)
        VerdictWriter.append(attempt, to: &output)
      }
      output.append(contentsOf: #","message":"#.utf8)
      VerdictWriter.append(diagnostic.code.message, to: &output)
      output.append(0x7D)
    }
    output.append(contentsOf: [0x5D, 0x7D, 0x0A])
  }

  /// Appends a line for a completion that cannot be read.
  public func append(_ error: SampleError, id: [UInt8], index: Int? = nil, to output: inout [UInt8]) {
    VerdictWriter.appendIdentity(id: id, index: index, to: &output)
    output.append(contentsOf: #","calls":[],"segments":[],"diagnostics":[],"error":"#.utf8)
    VerdictWriter.append(error, to: &output)
    output.append(contentsOf: [0x7D, 0x0A])
  }

  private func append(_ node: Int?, of completion: Completion, to output: inout [UInt8]) {
    if let node {
      JSONWriter.compact.append(node, of: completion.tape, to: &output)
    } else {
      output.append(contentsOf: "null".utf8)
    }
  }

  private func append(_ range: Range<Int>, to output: inout [UInt8]) {
    output.append(contentsOf: #","range":["#.utf8)
    VerdictWriter.append(range.lowerBound, to: &output)
    output.append(0x2C)
    VerdictWriter.append(range.upperBound, to: &output)
    output.append(0x5D)
  }
}
