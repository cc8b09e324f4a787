#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A file of lines that grows by whole lines, and that one process at a time may write to: what is in it stays, whenever the process ends. Nothing is written
/// before the first line is appended.
package final class LineJournal {
  /// The file.
  package let path: String
  /// What was in it, by lines, without a last one that has no end.
  package let lines: [[UInt8]]
  /// A last line without an end, as a process leaves it that is ended while it writes, and as people leave them; empty if there is none.
  package let tail: [UInt8]
  /// Whether the last line is whole but for its end, and stays; otherwise it is cut off when the next is appended.
  package var keepsTail = false
  private let descriptor: Int32
  private var end: Int
  private var isMended: Bool

  /// Opens a file, or makes it, and reads it. O(file).
  ///
  /// - Throws: ``InputOutputError`` if that cannot be done; see ``InputOutputError/isOfLock`` if another process has the file open so.
  package init(path: String) throws(InputOutputError) {
    self.path = path
    let opened = unsafe open(path, O_RDWR | O_CREAT, 0o644)
    if opened < 0 { throw InputOutputError(operation: .create, path: path, number: errno) }
    do throws(InputOutputError) {
      var status = stat()
      // A device may never come to an end.
      if unsafe fstat(opened, &status) < 0 || status.st_mode & S_IFMT != S_IFREG {
        throw InputOutputError(operation: .create, path: path, number: EINVAL)
      }
      if !FileLock.take(opened) { throw InputOutputError(operation: .create, path: path, number: EWOULDBLOCK) }
      var parts = try LineSource.wholeFile(path).split(separator: 0x0A, omittingEmptySubsequences: false).map(
        Array.init)
      tail = parts.popLast() ?? []
      lines = parts
    } catch {
      _ = close(opened)
      throw error
    }
    descriptor = opened
    end = lines.reduce(0) { $0 + $1.count + 1 }
    isMended = tail.isEmpty
    _ = signal(SIGPIPE, SIG_IGN)
    _ = lseek(descriptor, off_t(end), SEEK_SET)
  }

  deinit { _ = close(descriptor) }

  /// Appends a line, which has no line feed of its own. Where the system does not take all of it, none of it is left.
  ///
  /// - Throws: ``InputOutputError`` if the system does not take it.
  package func append(_ line: [UInt8]) throws(InputOutputError) {
    if !isMended {
      try cut()
      isMended = true
      if keepsTail { try put(tail) }
    }
    try put(line)
  }

  private func put(_ line: [UInt8]) throws(InputOutputError) {
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

  private func cut() throws(InputOutputError) {
    if ftruncate(descriptor, off_t(end)) < 0 || lseek(descriptor, off_t(end), SEEK_SET) < 0 {
      throw InputOutputError(operation: .write, path: path, number: errno)
    }
  }
}

@available(*, unavailable)
extension LineJournal: Sendable {}
