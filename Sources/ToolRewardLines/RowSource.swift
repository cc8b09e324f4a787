internal import ToolReward

/// A row of a data file.
public struct DataRow: Sendable, Hashable {
  /// The line it begins on, counted from 1.
  public var line: Int
  /// Where it stands in the chunk; empty for one that was too long to keep.
  public var range: Range<Int>
  /// How many bytes it has, if that is more than is read.
  public var tooLong: Int?
  /// Which row of its file it is, counted from 1.
  public var ordinal: Int
  /// Why its end is not where a row of JSON ends; `nil` where it is.
  public var damage: RowDamage?

  /// Creates a row.
  public init(
    line: Int, range: Range<Int>, tooLong: Int? = nil, ordinal: Int = 1, damage: RowDamage? = nil
  ) {
    self.line = line
    self.range = range
    self.tooLong = tooLong
    self.ordinal = ordinal
    self.damage = damage
  }
}

/// What hides where a row ends, so that others may be read as part of it.
public enum RowDamage: Sendable, Hashable {
  /// It is no JSON from this byte of it on, a quote or a bracket being missing; it was taken to end where the next row begins.
  case brokenOff(at: Int)
  /// It is open at the end of the file.
  case openAtEnd
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

/// Reads a data file row by row, for those that need no pipeline.
public enum DataRows: Sendable {
  /// Calls `body` with each row of a file, and the chunk that it is in.
  ///
  /// - Throws: ``InputOutputError`` if the file cannot be opened or read.
  public static func forEach(
    of path: String, _ rules: RowRules = RowRules(), _ body: (Span<UInt8>, DataRow) -> Void
  ) throws(InputOutputError) {
    let source = try RowSource(LineInput(path: path), rows: rules)
    var chunk = LineChunk()
    while try source.next(into: &chunk) {
      for row in chunk.rows ?? [] { body(chunk.bytes.span, row) }
    }
  }
}
