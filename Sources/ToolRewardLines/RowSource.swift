internal import ToolReward

/// A row of a data file.
public struct DataRow: Sendable, Hashable {
  /// The line it begins on, counted from 1.
  public var line: Int
  /// Where it stands in the chunk; empty for one that was too long to keep.
  public var range: Range<Int>
  /// How many bytes it has, if that is more than is read.
  public var tooLong: Int?

  /// Creates a row.
  public init(line: Int, range: Range<Int>, tooLong: Int? = nil) {
    self.line = line
    self.range = range
    self.tooLong = tooLong
  }
}

/// How a data file is taken apart into rows.
public struct RowRules: Sendable {
  /// The most bytes of a row; a longer one is told of and passed over, never kept.
  public var rowLimit: Int
  /// Whether a file whose first line this is holds one row in all its lines (API-Bank's dialogues).
  public var isWhole: @Sendable ([UInt8]) -> Bool

  /// Creates rules.
  public init(rowLimit: Int = 32 << 20, isWhole: @escaping @Sendable ([UInt8]) -> Bool = { _ in false }) {
    self.rowLimit = max(1, rowLimit)
    self.isWhole = isWhole
  }
}

/// Reads a data file in chunks of whole rows, whatever holds them, in one pass:
///
/// - JSON Lines: a row a line;
/// - a JSON array, on one line or many: a row an element;
/// - JSON values one after another, each on several lines: a row a value;
/// - a file that is one row.
///
/// Memory is bounded by the chunk size and the longest row allowed.
final class RowSource {
  var path: String { source.path }
  var totalBytes: Int? { source.totalBytes }
  var bytesRead: Int { source.bytesRead }
  private let source: ByteSource
  private let rules: RowRules
  private let chunkSize: Int
  private var carry: [UInt8] = []
  private var sequence: Int
  private var isAtEnd = false
  private var scan = RowScan()

  init(
    _ input: LineInput, rows: RowRules = RowRules(), firstSequence: Int = 0, chunkSize: Int = 256 << 10
  ) throws(InputOutputError) {
    source = try ByteSource(input)
    rules = rows
    self.chunkSize = chunkSize
    sequence = firstSequence
  }

  func next(into chunk: inout LineChunk) throws(InputOutputError) -> Bool {
    guard !isAtEnd else { return false }
    var bytes: [UInt8] = []
    swap(&bytes, &carry)
    var rows: [DataRow] = []
    while rows.isEmpty, !isAtEnd {
      // A row that is growing long is read in ever larger pieces, so that it is not moved about for each.
      let got = try source.read(max(chunkSize, min(bytes.count, 8 << 20)), onto: &bytes)
      if got == 0 {
        isAtEnd = true
        if scan.layout == nil { decide(bytes) }
        scan.finish(bytes.span, &rows)
        break
      }
      // The layout shows in the first line, or in the first stretch of it.
      if scan.layout == nil {
        if bytes.count < max(4 * chunkSize, 1 << 20), !Self.showsSecondLine(bytes) { continue }
        decide(bytes)
      }
      scan.run(bytes.span, &rows)
      if let dropped = scan.drop(moreThan: rules.rowLimit, in: bytes.count, after: rows.last) {
        bytes.removeSubrange(dropped)
      }
    }
    guard !rows.isEmpty else { return false }
    let kept = scan.start ?? scan.position
    carry.append(contentsOf: bytes[kept...])
    bytes.removeLast(bytes.count - kept)
    scan.shift(by: kept)
    chunk.take(bytes, rows: rows, sequence: sequence)
    sequence += 1
    return true
  }

  /// Whether the bytes hold a line and the beginning of another.
  private static func showsSecondLine(_ bytes: [UInt8]) -> Bool {
    guard let end = bytes.firstIndex(of: 0x0A) else { return false }
    return bytes[end...].contains { $0 != 0x0A && $0 != 0x0D }
  }

  /// Tells the layout by the beginning of the file.
  private func decide(_ bytes: [UInt8]) {
    var position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    scan.position = position
    while position < bytes.count, isJSONSpace(bytes[position]) { position += 1 }
    guard position < bytes.count else {
      scan.layout = .lines
      return
    }
    switch bytes[position] {
    case 0x5B:
      scan.layout = .array
    case 0x7B:
      let lineEnd = bytes[position...].firstIndex(of: 0x0A) ?? bytes.count
      let first = Array(bytes[position..<lineEnd])
      if rules.isWhole(first) {
        scan.layout = .whole
        return
      }
      var probe = RowScan()
      probe.layout = .values
      var rows: [DataRow] = []
      probe.run(first.span, &rows)
      // A first line that is cut off is followed by a row all the same.
      var next = lineEnd
      while next < bytes.count, bytes[next] == 0x0A || bytes[next] == 0x0D { next += 1 }
      scan.layout = rows.isEmpty && next < bytes.count && bytes[next] != 0x7B ? .values : .lines
    default: scan.layout = .lines
    }
  }
}

/// Where rows begin and end. Each byte is looked at once.
struct RowScan {
  /// What holds the rows.
  enum Layout { case lines, array, values, whole }

  var layout: Layout?
  /// The byte looked at next.
  var position = 0
  /// Where the row began that is not yet at its end.
  private(set) var start: Int?
  private var line = 1
  private var startLine = 1
  private var depth = 0
  private var isInString = false
  private var isEscaped = false
  private var isScalar = false
  private var isInArray = false
  /// Bytes of the row that are dropped already.
  private var dropped = 0

  /// Finds the rows that end before the bytes do.
  mutating func run(_ bytes: Span<UInt8>, _ rows: inout [DataRow]) {
    switch layout {
    case .lines, nil: runLines(bytes, &rows)
    case .array, .values: runValues(bytes, &rows)
    case .whole:
      if start == nil, position < bytes.count { start = position }
      position = bytes.count
    }
  }

  /// Ends the row that the end of the file cuts off, or that it ends.
  mutating func finish(_ bytes: Span<UInt8>, _ rows: inout [DataRow]) {
    run(bytes, &rows)
    if start != nil { end(bytes, at: bytes.count, &rows) }
    position = bytes.count
  }

  /// Forgets bytes before the place.
  mutating func shift(by count: Int) {
    position -= count
    start = start.map { $0 - count }
  }

  /// What of a row that is longer than it may be can be thrown away.
  mutating func drop(moreThan limit: Int, in count: Int, after last: DataRow?) -> Range<Int>? {
    guard let start, count - start + dropped > limit else { return nil }
    let range = start..<position
    dropped += range.count
    position = start
    return range
  }

  private mutating func begin(_ place: Int) {
    start = place
    startLine = line
    dropped = 0
  }

  private mutating func end(_ bytes: Span<UInt8>, at place: Int, _ rows: inout [DataRow]) {
    guard let from = start else { return }
    start = nil
    var upper = place
    while upper > from, isJSONSpace(bytes[upper - 1]) { upper -= 1 }
    if dropped > 0 {
      rows.append(DataRow(line: startLine, range: from..<from, tooLong: dropped + upper - from))
    } else if upper > from {
      rows.append(DataRow(line: startLine, range: from..<upper))
    }
    dropped = 0
  }

  private mutating func runLines(_ bytes: Span<UInt8>, _ rows: inout [DataRow]) {
    while position < bytes.count {
      if start == nil { begin(position) }
      let lineEnd = ByteSearchLines.lineEnd(in: bytes, from: position)
      guard lineEnd < bytes.count else {
        position = bytes.count
        return
      }
      end(bytes, at: lineEnd, &rows)
      line += 1
      position = lineEnd + 1
    }
  }

  private mutating func runValues(_ bytes: Span<UInt8>, _ rows: inout [DataRow]) {
    while position < bytes.count {
      let byte = bytes[position]
      if byte == 0x0A { line += 1 }
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if byte == 0x5C {
          isEscaped = true
        } else if byte == 0x22 {
          isInString = false
        }
        position += 1
      } else if start == nil {
        openRow(byte)
      } else if isScalar {
        if byte == 0x2C || byte == 0x0A || (isInArray && byte == 0x5D) {
          isScalar = false
          end(bytes, at: position, &rows)
          if byte == 0x0A { position += 1 }
        } else {
          position += 1
        }
      } else {
        position += 1
        switch byte {
        case 0x22: isInString = true
        case 0x7B, 0x5B: depth += 1
        case 0x7D, 0x5D:
          depth -= 1
          if depth == 0 { end(bytes, at: position, &rows) }
        default: break
        }
      }
    }
  }

  /// What stands between rows.
  private mutating func openRow(_ byte: UInt8) {
    switch byte {
    case 0x20, 0x09, 0x0A, 0x0D, 0x2C: break
    case 0x5B where layout == .array && !isInArray: isInArray = true
    case 0x5D where isInArray:
      // What may follow the array are values of their own.
      isInArray = false
      layout = .values
    default:
      begin(position)
      if byte == 0x7B || byte == 0x5B { depth = 1 } else { isScalar = true }
    }
    position += 1
  }
}

@available(*, unavailable)
extension RowSource: Sendable {}

/// Where chunks come from: an input of lines, or of rows.
enum ChunkSource {
  case lines(LineSource)
  case rows(RowSource)

  init(_ input: LineInput, _ rows: RowRules?, firstSequence: Int) throws(InputOutputError) {
    if let rows {
      self = .rows(try RowSource(input, rows: rows, firstSequence: firstSequence))
    } else {
      self = .lines(try LineSource(input, firstSequence: firstSequence))
    }
  }

  var path: String {
    switch self {
    case .lines(let source): source.path
    case .rows(let source): source.path
    }
  }

  var bytesRead: Int {
    switch self {
    case .lines(let source): source.bytesRead
    case .rows(let source): source.bytesRead
    }
  }

  func next(into chunk: inout LineChunk) throws(InputOutputError) -> Bool {
    switch self {
    case .lines(let source): try source.next(into: &chunk)
    case .rows(let source): try source.next(into: &chunk)
    }
  }
}
