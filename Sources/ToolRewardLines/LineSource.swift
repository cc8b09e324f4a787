internal import ToolReward

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Why input or output failed.
public struct InputOutputError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was attempted.
  public enum Operation: String, Sendable, Hashable {
    /// Opening an input.
    case open
    /// Reading an input.
    case read
    /// Opening an output.
    case create
    /// Writing an output.
    case write
    /// Opening an output that is also an input, which would empty it.
    case overwrite
  }
  /// What was attempted.
  public let operation: Operation
  /// The file, or `-` for a standard stream.
  public let path: String
  /// The system's error number.
  public let number: Int32

  package init(operation: Operation, path: String, number: Int32) {
    self.operation = operation
    self.path = path
    self.number = number
  }

  /// Whether another process has the file locked.
  package var isOfLock: Bool { number == EWOULDBLOCK }

  /// Whether there is no such file.
  package var isOfAbsence: Bool { number == ENOENT }

  /// The operation, the file and the system's reason.
  public var description: String {
    if operation == .overwrite {
      return "\(path) is both input and output; writing would empty it first: write to another file"
    }
    return "cannot \(operation.rawValue) \(path == "-" ? "the standard stream" : path): \(Self.reason(of: number))"
  }

  /// What the system says of an error's number.
  package static func reason(of number: Int32) -> String {
    unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
  }
}

/// An input, and where to begin in it.
public struct LineInput: Sendable, Hashable {
  /// The file, or `-` for standard input.
  public var path: String
  /// The byte where a line begins.
  public var offset: Int
  /// That line's number, counted from 1.
  public var firstLine: Int

  /// Creates an input that is read from its beginning, or from a line of it.
  public init(path: String, offset: Int = 0, firstLine: Int = 1) {
    self.path = path
    self.offset = offset
    self.firstLine = firstLine
  }
}

/// Some whole lines of an input.
public struct LineChunk: Sendable {
  /// The lines with their line feeds; the last line of an input may have none.
  public fileprivate(set) var bytes: [UInt8] = []
  /// The number of the first line, counted from 1.
  public fileprivate(set) var firstLine = 1
  /// The chunk's place in the input, counted from 0.
  public fileprivate(set) var sequence = 0
  /// The rows of an input that is not read line by line; `nil` for lines.
  public package(set) var rows: [DataRow]?

  /// Creates an empty chunk.
  public init() {}

  /// Takes rows in the place of what it held.
  package mutating func take(_ bytes: [UInt8], rows: [DataRow], sequence: Int) {
    self.bytes = bytes
    self.rows = rows
    self.sequence = sequence
    firstLine = rows.first?.line ?? 1
  }

  /// Calls `body` with each line's number and range, without its line end (line feed, or carriage return and line feed).
  public func forEachLine(_ body: (_ number: Int, _ range: Range<Int>) -> Void) {
    let span = bytes.span
    var start = 0
    var number = firstLine
    while start < span.count {
      let end = ByteSearchLines.lineEnd(in: span, from: start)
      var contentEnd = end
      if contentEnd > start, span[contentEnd - 1] == 0x0D { contentEnd -= 1 }
      body(number, start..<contentEnd)
      number += 1
      start = end + 1
    }
  }

  /// Whether a line holds nothing but white space: it is no record, and has no line of output.
  public static func isBlank(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    for position in range where text[position] != 0x20 && text[position] != 0x09 && text[position] != 0x0D {
      return false
    }
    return true
  }

  fileprivate var lineCount: Int {
    let span = bytes.span
    var count = 0
    var start = 0
    while start < span.count {
      count += 1
      start = ByteSearchLines.lineEnd(in: span, from: start) + 1
    }
    return count
  }
}

/// Reads an input in chunks of whole lines, each as soon as it is there: a line is never kept waiting for the next one, so that the
/// program can be held as a coprocess. Memory is bounded by the chunk size and the longest line.
public final class LineSource {
  /// The file, or `-` for standard input.
  public var path: String { source.path }
  /// How many bytes the input has; `nil` if that cannot be known.
  public var totalBytes: Int? { source.totalBytes }
  /// How many bytes have been handed out.
  public var bytesRead: Int { source.bytesRead }
  private let source: ByteSource
  private let chunkSize: Int
  private var carry: [UInt8] = []
  private var nextLine: Int
  private var nextSequence: Int
  private var isAtEnd = false

  /// Opens an input.
  ///
  /// - Throws: ``InputOutputError`` if it cannot be opened.
  public convenience init(path: String, firstSequence: Int = 0, chunkSize: Int = 256 << 10) throws(InputOutputError) {
    try self.init(LineInput(path: path), firstSequence: firstSequence, chunkSize: chunkSize)
  }

  /// Opens an input at a line of it.
  ///
  /// - Throws: ``InputOutputError`` if it cannot be opened, or has no such place.
  public init(_ input: LineInput, firstSequence: Int = 0, chunkSize: Int = 256 << 10) throws(InputOutputError) {
    source = try ByteSource(input)
    self.chunkSize = chunkSize
    nextSequence = firstSequence
    nextLine = input.firstLine
  }

  /// Whether two names are the same file; false if one is not there.
  package static func isSameFile(_ left: String, _ right: String) -> Bool {
    var a = stat()
    var b = stat()
    guard unsafe stat(left, &a) == 0, unsafe stat(right, &b) == 0 else { return false }
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_mode & S_IFMT == S_IFREG
  }

  /// Whether two paths name one file, or would: files that are not there yet are one if they have one name in one folder.
  package static func isSamePlace(_ left: String, _ right: String) -> Bool {
    if isSameFile(left, right) { return true }
    let (one, other) = (FileNames.split(left), FileNames.split(right))
    guard one.name == other.name, !FileNames.exists(left), !FileNames.exists(right) else { return false }
    return FileNames.isSameFolder(one.folder, other.folder)
  }

  /// A whole file's bytes.
  ///
  /// - Throws: ``InputOutputError`` if it cannot be opened or read.
  public static func wholeFile(_ path: String) throws(InputOutputError) -> [UInt8] {
    let source = try LineSource(path: path)
    var chunk = LineChunk()
    var bytes: [UInt8] = []
    while try source.next(into: &chunk) { bytes += chunk.bytes }
    return bytes
  }

  /// A whole file's bytes, if they are not too many.
  ///
  /// - Throws: ``InputOutputError`` if it cannot be opened or read, or has more bytes: its number is then `EFBIG`.
  package static func wholeFile(_ path: String, limit: Int) throws(InputOutputError) -> [UInt8] {
    let source = try ByteSource(LineInput(path: path))
    var bytes: [UInt8] = []
    while try source.read(256 << 10, onto: &bytes) > 0 {
      if bytes.count > limit { throw InputOutputError(operation: .read, path: path, number: EFBIG) }
    }
    return bytes
  }

  /// Fills the chunk with the next lines. Returns false at the end of the input. Blocks until a whole line is there.
  ///
  /// - Throws: ``InputOutputError`` if reading fails.
  public func next(into chunk: inout LineChunk) throws(InputOutputError) -> Bool {
    guard !isAtEnd else { return false }
    chunk.bytes.removeAll(keepingCapacity: true)
    swap(&chunk.bytes, &carry)
    var searched = chunk.bytes.count
    while true {
      let filled = chunk.bytes.count
      let want = max(chunkSize - filled, chunkSize / 4, filled)
      if try source.read(want, onto: &chunk.bytes) == 0 {
        isAtEnd = true
        guard !chunk.bytes.isEmpty else { return false }
        break
      }
      if let last = ByteSearchLines.lastLineFeed(in: chunk.bytes.span, from: searched) {
        carry.append(contentsOf: chunk.bytes[(last + 1)...])
        chunk.bytes.removeLast(chunk.bytes.count - last - 1)
        break
      }
      searched = chunk.bytes.count
    }
    chunk.firstLine = nextLine
    chunk.sequence = nextSequence
    nextSequence += 1
    nextLine += chunk.lineCount
    return true
  }
}

@available(*, unavailable)
extension LineSource: Sendable {}

/// Line ends.
enum ByteSearchLines {
  static func lineEnd(in text: Span<UInt8>, from start: Int) -> Int {
    unsafe text.withUnsafeBufferPointer { buffer -> Int in
      guard let base = buffer.baseAddress, let found = unsafe memchr(base + start, 0x0A, buffer.count - start)
      else { return text.count }
      return unsafe UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
    }
  }

  /// The first quote, backslash or line feed from a place on, or the end.
  static func stringMark(in text: Span<UInt8>, from start: Int) -> Int {
    unsafe text.withUnsafeBytes { bytes -> Int in
      var position = start
      while position + 8 <= bytes.count {
        let word = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        let marks =
          Word.zeroBytes(word ^ Word.repeating(0x22)) | Word.zeroBytes(word ^ Word.repeating(0x5C))
          | Word.zeroBytes(word ^ Word.repeating(0x0A))
        if marks != 0 { return position + marks.trailingZeroBitCount >> 3 }
        position += 8
      }
      while position < bytes.count, unsafe bytes[position] != 0x22 && bytes[position] != 0x5C && bytes[position] != 0x0A
      {
        position += 1
      }
      return position
    }
  }

  static func lastLineFeed(in text: Span<UInt8>, from start: Int) -> Int? {
    var position = text.count - 1
    while position >= start {
      if text[position] == 0x0A { return position }
      position -= 1
    }
    return nil
  }
}
