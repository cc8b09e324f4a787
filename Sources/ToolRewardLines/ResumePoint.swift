/// Where a run that was stopped goes on: what of its output stands, and where in its inputs the rest begins.
public struct ResumePoint: Sendable {
  /// The inputs that are left, the first from the line where the run goes on.
  public var inputs: [LineInput]
  /// How many bytes of the output stand: whole records only.
  public var keptBytes: Int

  /// Finds the point by walking inputs and output side by side. O(both); nothing is scored.
  ///
  /// A record whose last lines are missing, or cut, is done again.
  ///
  /// - Parameters:
  ///   - inputs: The run's inputs, all of them.
  ///   - output: The run's output so far.
  ///   - digest: What digests the bytes that are skipped; `nil` for nothing.
  ///   - expected: For a line of input: what each of its output lines begins with; empty for a line without any.
  ///   - onKept: Called with each output line that stands.
  /// - Throws: ``ResumeError`` if the output is not the beginning of what these inputs give, or a file cannot be read.
  public init(
    inputs: [String], output: String, digest: InputDigest? = nil,
    expected: (_ text: Span<UInt8>, _ range: Range<Int>, _ line: Int) -> [[UInt8]],
    onKept: (_ text: Span<UInt8>, _ range: Range<Int>) -> Void
  ) throws(ResumeError) {
    var lines = try Self.reading { () throws(InputOutputError) in try WholeLines(output) }
    self.inputs = []
    keptBytes = 0
    var remaining: [LineInput] = []
    for (position, path) in inputs.enumerated() {
      let source = try Self.reading { () throws(InputOutputError) in try LineSource(path: path) }
      var chunk = LineChunk()
      var offset = 0
      while try Self.reading({ () throws(InputOutputError) in try source.next(into: &chunk) }) {
        let text = chunk.bytes.span
        var stop: (start: Int, line: Int)?
        var failure: ResumeError?
        chunk.forEachLine { number, range in
          guard stop == nil, failure == nil else { return }
          var end = keptBytes
          var standing: [[UInt8]] = []
          for prefix in expected(text, range, number) {
            do throws(InputOutputError) {
              guard let line = try lines.next() else {
                stop = (range.lowerBound, number)
                return
              }
              guard line.starts(with: prefix) else {
                failure = .otherRun(input: path, line: number)
                return
              }
              standing.append(line)
              end = lines.end
            } catch {
              failure = .inputOutput(error)
              return
            }
          }
          for line in standing { onKept(line.span, 0..<line.count) }
          keptBytes = end
        }
        if let failure { throw failure }
        if let stop {
          digest?.update(Array(chunk.bytes[..<stop.start]))
          remaining.append(LineInput(path: path, offset: offset + stop.start, firstLine: stop.line))
          remaining += inputs[(position + 1)...].map { LineInput(path: $0) }
          self.inputs = remaining
          return
        }
        digest?.update(chunk.bytes)
        offset += chunk.bytes.count
      }
    }
    let rest = try Self.reading { () throws(InputOutputError) in try lines.next() }
    if rest != nil { throw .longer }
  }

  private static func reading<R>(_ body: () throws(InputOutputError) -> R) throws(ResumeError) -> R {
    do throws(InputOutputError) {
      return try body()
    } catch {
      throw .inputOutput(error)
    }
  }

  /// The lines of a file that end in a line feed, one after another.
  private struct WholeLines {
    private let source: LineSource
    private var chunk = LineChunk()
    private var position = 0
    private var chunkStart = 0
    /// Where the line handed out last ends, its line feed included, in the file.
    private(set) var end = 0

    init(_ path: String) throws(InputOutputError) {
      source = try LineSource(path: path)
    }

    mutating func next() throws(InputOutputError) -> [UInt8]? {
      if position >= chunk.bytes.count {
        chunkStart += chunk.bytes.count
        position = 0
        guard try source.next(into: &chunk) else { return nil }
      }
      let start = position
      let lineEnd = ByteSearchLines.lineEnd(in: chunk.bytes.span, from: start)
      guard lineEnd < chunk.bytes.count else { return nil }
      position = lineEnd + 1
      end = chunkStart + position
      return Array(chunk.bytes[start..<lineEnd])
    }
  }
}

/// Why a run cannot go on.
public enum ResumeError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The output has lines that belong to another input.
  case otherRun(input: String, line: Int)
  /// The output has more lines than the inputs give.
  case longer
  /// A file cannot be read.
  case inputOutput(InputOutputError)

  /// What is wrong and how to mend it.
  public var description: String {
    switch self {
    case .otherRun(let input, let line):
      "the output does not go with line \(line) of \(input); it is another run's: write to another file, or leave --resume out"
    case .longer:
      "the output has more lines than the inputs give; it is another run's: write to another file, or leave --resume out"
    case .inputOutput(let error): "\(error)"
    }
  }
}
