/// Writes verdicts as JSON Lines: the one spelling that every surface of ToolReward gives for the same sample.
///
/// ```json
/// {"id":"a","score":1,"components":{"reasoning":1,"format":1,"names":1,"calls":1},"findings":[]}
/// ```
public struct VerdictWriter: Sendable {
  private let componentKeys: [[UInt8]]

  /// Prepares the keys of a reward's components.
  public init(_ reward: any RewardPolicy) {
    componentKeys = reward.componentNames.map { name in
      var key: [UInt8] = []
      let bytes = Array(name.utf8)
      JSONWriter.compact.appendString(bytes.span, 0..<bytes.count, to: &key)
      key.append(0x3A)
      return key
    }
  }

  /// Appends a line, its line feed included.
  ///
  /// - Parameters:
  ///   - verdict: What to write.
  ///   - id: The sample's identifier as JSON text.
  ///   - index: Which of the sample's completions it is; `nil` if the sample has one, not a list.
  ///   - error: Why the sample cannot be judged, if it could not even be handed to the reward.
  ///   - output: Where to append.
  public func append(
    _ verdict: Verdict, id: [UInt8], index: Int? = nil, error: SampleError? = nil, to output: inout [UInt8]
  ) {
    appendBeginning(id: id, index: index, to: &output)
    Self.append(verdict.score, to: &output)
    output.append(contentsOf: #","components":{"#.utf8)
    for position in componentKeys.indices {
      if position > 0 { output.append(0x2C) }
      output.append(contentsOf: componentKeys[position])
      Self.append(position < verdict.components.count ? verdict.components[position] : nil, to: &output)
    }
    output.append(contentsOf: #"},"findings":["#.utf8)
    for (position, finding) in verdict.findings.enumerated() {
      if position > 0 { output.append(0x2C) }
      append(finding, to: &output)
    }
    output.append(0x5D)
    if let error {
      output.append(contentsOf: #","error":"#.utf8)
      Self.append(error, to: &output)
    }
    output.append(contentsOf: [0x7D, 0x0A])
  }

  /// Appends what a sample's line begins with, up to the score: by it a line is known for that sample's.
  package func appendBeginning(id: [UInt8], index: Int?, to output: inout [UInt8]) {
    Self.appendIdentity(id: id, index: index, to: &output)
    output.append(contentsOf: #","score":"#.utf8)
  }

  /// Appends what every line about a completion begins with.
  static func appendIdentity(id: [UInt8], index: Int?, to output: inout [UInt8]) {
    output.append(contentsOf: #"{"id":"#.utf8)
    output.append(contentsOf: id)
    if let index {
      output.append(contentsOf: #","index":"#.utf8)
      append(index, to: &output)
    }
  }

  private func append(_ finding: Finding, to output: inout [UInt8]) {
    output.append(contentsOf: #"{"code":"#.utf8)
    Self.append(finding.code.name, to: &output)
    output.append(contentsOf: #","severity":"#.utf8)
    Self.append(finding.severity.rawValue, to: &output)
    if let range = finding.range {
      output.append(contentsOf: #","range":["#.utf8)
      Self.append(range.lowerBound, to: &output)
      output.append(0x2C)
      Self.append(range.upperBound, to: &output)
      output.append(0x5D)
    }
    if let attempt = finding.attempt {
      output.append(contentsOf: #","attempt":"#.utf8)
      Self.append(attempt, to: &output)
    }
    if let expected = finding.expectedCall {
      output.append(contentsOf: #","expected_call":"#.utf8)
      Self.append(expected, to: &output)
    }
    if let pointer = finding.pointer {
      output.append(contentsOf: #","pointer":"#.utf8)
      Self.append(pointer, to: &output)
    }
    output.append(contentsOf: #","message":"#.utf8)
    Self.append(finding.code.message, to: &output)
    output.append(0x7D)
  }

  /// Appends a record's error as a JSON object.
  static func append(_ error: SampleError, to output: inout [UInt8]) {
    output.append(contentsOf: error.file == nil ? #"{"line":"#.utf8 : #"{"file":"#.utf8)
    if let file = error.file {
      append(file, to: &output)
      output.append(contentsOf: #","line":"#.utf8)
    }
    append(error.line, to: &output)
    output.append(contentsOf: #","code":"#.utf8)
    append(error.code, to: &output)
    output.append(contentsOf: #","message":"#.utf8)
    append(error.message, to: &output)
    output.append(0x7D)
  }

  /// Appends a string as a JSON string.
  package static func append(_ text: String, to output: inout [UInt8]) {
    var text = text
    text.withUTF8 { buffer in
      let span = unsafe buffer.span
      JSONWriter.compact.appendString(span, 0..<span.count, to: &output)
    }
  }

  /// Appends an integer.
  package static func append(_ number: Int, to output: inout [UInt8]) {
    if number >= 0, number < 10 {
      output.append(0x30 + UInt8(number))
    } else {
      output.append(contentsOf: String(number).utf8)
    }
  }

  /// Appends a score: a whole number without a fraction, `null` if there is none.
  package static func append(_ number: Double?, to output: inout [UInt8]) {
    guard let number, number.isFinite else {
      output.append(contentsOf: "null".utf8)
      return
    }
    if number.magnitude < 1e15, Double(Int(number)) == number {
      append(Int(number), to: &output)
    } else {
      output.append(contentsOf: NumberLiteral.pythonRepr(number).utf8)
    }
  }
}

/// Why a sample could not be handed to a reward: the record around it is at fault.
public struct SampleError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file of the input; `nil` if there is one input only, or none.
  public var file: String?
  /// The line of the input, counted from 1.
  public var line: Int
  /// A stable snake_case reason.
  public var code: String
  /// What is wrong, where, and how to mend it. It never quotes model text.
  public var message: String
  /// The record's identifier as JSON text, if it could be read.
  public var id: [UInt8]?
  /// Whether the line is not JSON at all.
  public var isSyntax: Bool

  /// Creates an error.
  public init(line: Int, code: String, message: String, id: [UInt8]? = nil, isSyntax: Bool = false) {
    self.id = id
    self.isSyntax = isSyntax
    self.line = line
    self.code = code
    self.message = message
  }

  /// File, line and message.
  public var description: String { "\(file.map { $0 + ", " } ?? "")line \(line): \(message)" }
}
