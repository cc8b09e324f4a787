#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Where output goes. Writes go straight to the system: nothing waits in a buffer that a kill would lose.
public final class OutputSink {
  /// The file, or `-` for standard output.
  public let path: String
  private let descriptor: Int32
  /// What is kept in memory of a file without a name: its beginning, in pieces as they came, with where each begins.
  private var kept: [(start: Int, bytes: [UInt8])] = []
  private var keptBytes = 0
  private var isSpilt = false
  private let keptLimit: Int

  /// Opens an output, emptied if it is a file, or cut to its first bytes. Nothing is touched unless every input can be opened and none of
  /// them is the output, by whatever name.
  ///
  /// - Throws: ``InputOutputError`` if an input or the output cannot be opened, or they are the same file.
  public init(path: String, keepingBytes kept: Int = 0, inputs: [String] = []) throws(InputOutputError) {
    for input in inputs where input != "-" {
      _ = try LineSource(path: input)
      if path != "-", LineSource.isSameFile(input, path) {
        throw InputOutputError(operation: .overwrite, path: path, number: EEXIST)
      }
    }
    self.path = path
    keptLimit = 0
    // A reader that closes the pipe is an error to report, not a signal to die of.
    _ = signal(SIGPIPE, SIG_IGN)
    if path == "-" {
      descriptor = 1
    } else {
      descriptor = unsafe open(path, O_WRONLY | O_CREAT | (kept == 0 ? O_TRUNC : 0), 0o644)
      if descriptor < 0 { throw InputOutputError(operation: .create, path: path, number: errno) }
      if kept > 0, ftruncate(descriptor, off_t(kept)) < 0 || lseek(descriptor, 0, SEEK_END) < 0 {
        throw InputOutputError(operation: .write, path: path, number: errno)
      }
    }
  }

  /// Opens a file without a name, which is gone when this is: for what is written once and read again. It is in `TMPDIR`, or in `/tmp`; its
  /// first 48 MiB are in memory.
  ///
  /// - Throws: ``InputOutputError`` if it cannot be made.
  public init(temporary: Void) throws(InputOutputError) {
    keptLimit = 48 << 20
    let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    path = "\(folder)/toolreward-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL, 0o600)
    if descriptor < 0 { throw InputOutputError(operation: .create, path: path, number: errno) }
    _ = unsafe unlink(path)
  }

  deinit {
    if descriptor > 2 { _ = close(descriptor) }
  }

  /// Appends what was written at a place to `bytes`.
  ///
  /// - Throws: ``InputOutputError`` if it cannot be read, or is not there.
  public func read(_ range: Range<Int>, onto bytes: inout [UInt8]) throws(InputOutputError) {
    if range.lowerBound < keptBytes {
      // What was written at once is read at once: no range goes beyond its piece.
      var low = 0
      var high = kept.count
      while high - low > 1 {
        let middle = (low + high) / 2
        if kept[middle].start <= range.lowerBound { low = middle } else { high = middle }
      }
      let offset = range.lowerBound - kept[low].start
      bytes += kept[low].bytes[offset..<(offset + range.count)]
      return
    }
    let range = (range.lowerBound - keptBytes)..<(range.upperBound - keptBytes)
    var done = 0
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: range.count))
    while done < range.count {
      var failure: Int32 = 0
      let got = unsafe bytes.withUnsafeMutableBytes { buffer -> Int in
        let result = unsafe pread(
          descriptor, buffer.baseAddress.map { unsafe $0 + start + done }, range.count - done,
          off_t(range.lowerBound + done))
        failure = errno
        return result
      }
      if got < 0, failure == EINTR { continue }
      guard got > 0 else {
        throw InputOutputError(operation: .read, path: path, number: got < 0 ? failure : EIO)
      }
      done += got
    }
  }

  /// Writes all bytes.
  ///
  /// - Throws: ``InputOutputError`` if the system takes no more of them (disk full, closed pipe).
  public func write(_ bytes: [UInt8]) throws(InputOutputError) {
    if !isSpilt, keptBytes + bytes.count <= keptLimit {
      // A copy that is no larger than it has to be.
      if !bytes.isEmpty { kept.append((keptBytes, unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) })) }
      keptBytes += bytes.count
      return
    }
    isSpilt = true
    var written = 0
    while written < bytes.count {
      var failure: Int32 = 0
      let count = unsafe bytes.withUnsafeBytes { buffer -> Int in
        let result = unsafe SystemCall.write(
          descriptor, buffer.baseAddress.map { unsafe $0 + written }, buffer.count - written)
        failure = errno
        return result
      }
      if count < 0 {
        if failure == EINTR { continue }
        throw InputOutputError(operation: .write, path: path, number: failure)
      }
      written += count
    }
  }

  /// Makes a folder, unless it is there. The folder that it is in has to be.
  ///
  /// - Throws: ``InputOutputError`` if it cannot be made.
  public static func makeFolder(_ path: String) throws(InputOutputError) {
    if unsafe mkdir(path, 0o777) < 0, errno != EEXIST {
      throw InputOutputError(operation: .create, path: path, number: errno)
    }
  }

  /// Makes a folder, and those that it is in, unless they are there.
  ///
  /// - Throws: ``InputOutputError`` if one cannot be made.
  public static func makeFolders(_ path: String) throws(InputOutputError) {
    for index in path.utf8.indices where path.utf8[index] == 0x2F && index != path.utf8.startIndex {
      try makeFolder(String(path[..<index]))
    }
    try makeFolder(path)
  }
}

@available(*, unavailable)
extension OutputSink: Sendable {}
