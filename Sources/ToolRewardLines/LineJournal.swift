#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A file of lines that grows by whole lines, and that one process at a time may write to: what is in it stays, whenever the process ends.
package final class LineJournal {
  /// The file.
  package let path: String
  /// What was in it, by lines, without a last one that has no end.
  package private(set) var lines: [[UInt8]] = []
  private let descriptor: Int32
  private var end: Int

  /// Opens a file, or makes it, and reads it. A last line without an end, as a process leaves it that is ended while it writes, is cut off. O(file).
  ///
  /// - Throws: ``InputOutputError`` if that cannot be done; its number is `EWOULDBLOCK` if another process has the file open so.
  package init(path: String) throws(InputOutputError) {
    self.path = path
    end = 0
    descriptor = unsafe open(path, O_RDWR | O_CREAT, 0o644)
    if descriptor < 0 { throw InputOutputError(operation: .create, path: path, number: errno) }
    var status = stat()
    // A device may never come to an end.
    if unsafe fstat(descriptor, &status) < 0 || status.st_mode & S_IFMT != S_IFREG {
      throw InputOutputError(operation: .create, path: path, number: EINVAL)
    }
    if flock(descriptor, LOCK_EX | LOCK_NB) < 0 {
      throw InputOutputError(operation: .create, path: path, number: errno)
    }
    _ = signal(SIGPIPE, SIG_IGN)
    let bytes = try LineSource.wholeFile(path)
    lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast().map(Array.init)
    end = bytes.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    if end < bytes.count { try cut() }
    _ = lseek(descriptor, off_t(end), SEEK_SET)
  }

  deinit { _ = close(descriptor) }

  private func cut() throws(InputOutputError) {
    if ftruncate(descriptor, off_t(end)) < 0 || lseek(descriptor, off_t(end), SEEK_SET) < 0 {
      throw InputOutputError(operation: .write, path: path, number: errno)
    }
  }

  /// Appends a line, which has no line feed of its own. Where the system does not take all of it, none of it is left.
  ///
  /// - Throws: ``InputOutputError`` if the system does not take it.
  package func append(_ line: [UInt8]) throws(InputOutputError) {
    let bytes = line + [0x0A]
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe write(descriptor, buffer.baseAddress.map { unsafe $0 + written }, buffer.count - written)
      }
      if count < 0 {
        let number = errno
        if number == EINTR { continue }
        try? cut()
        throw InputOutputError(operation: .write, path: path, number: number)
      }
      written += count
    }
    end += bytes.count
  }
}

@available(*, unavailable)
extension LineJournal: Sendable {}
