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

  deinit {
    if descriptor > 2 { _ = close(descriptor) }
  }

  /// Writes all bytes.
  ///
  /// - Throws: ``InputOutputError`` if the system takes no more of them (disk full, closed pipe).
  public func write(_ bytes: [UInt8]) throws(InputOutputError) {
    var written = 0
    while written < bytes.count {
      var failure: Int32 = 0
      let count = unsafe bytes.withUnsafeBytes { buffer -> Int in
        let result = unsafe Self.systemWrite(
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

  /// Writes a file as a whole: it has its old bytes or the new ones, whenever the program ends.
  ///
  /// - Throws: ``InputOutputError`` if it cannot be written.
  public static func replace(_ path: String, with bytes: [UInt8]) throws(InputOutputError) {
    let other = "\(path).\(getpid()).part"
    do throws(InputOutputError) {
      let sink = try OutputSink(path: other)
      try sink.write(bytes)
      if unsafe rename(other, path) != 0 { throw InputOutputError(operation: .create, path: path, number: errno) }
    } catch {
      _ = unsafe unlink(other)
      throw error
    }
  }

  private static func systemWrite(_ descriptor: Int32, _ base: UnsafeRawPointer?, _ count: Int) -> Int {
    #if canImport(Glibc)
      unsafe Glibc.write(descriptor, base, count)
    #elseif canImport(Musl)
      unsafe Musl.write(descriptor, base, count)
    #else
      unsafe Darwin.write(descriptor, base, count)
    #endif
  }
}

@available(*, unavailable)
extension OutputSink: Sendable {}
