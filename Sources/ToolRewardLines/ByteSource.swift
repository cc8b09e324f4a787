#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// An input's bytes, as the system hands them out.
final class ByteSource {
  let path: String
  /// How many bytes the input has; `nil` if that cannot be known.
  let totalBytes: Int?
  /// How many bytes have been handed out, or skipped at the beginning.
  private(set) var bytesRead: Int
  private let descriptor: Int32

  /// Opens an input at a place of it.
  ///
  /// - Throws: ``InputOutputError`` if it cannot be opened, or has no such place.
  init(_ input: LineInput) throws(InputOutputError) {
    path = input.path
    let path = input.path
    bytesRead = input.offset
    if path == "-" {
      descriptor = 0
    } else {
      descriptor = unsafe open(path, O_RDONLY)
      if descriptor < 0 { throw InputOutputError(operation: .open, path: path, number: errno) }
    }
    var status = stat()
    if unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
      totalBytes = Int(status.st_size)
    } else {
      totalBytes = nil
    }
    if input.offset > 0, lseek(descriptor, off_t(input.offset), SEEK_SET) < 0 {
      throw InputOutputError(operation: .read, path: path, number: errno)
    }
  }

  deinit {
    if descriptor > 0 { _ = close(descriptor) }
  }

  /// Appends at most so many bytes, as soon as there are any. Returns how many; 0 at the end.
  ///
  /// - Throws: ``InputOutputError`` if reading fails.
  func read(_ most: Int, onto bytes: inout [UInt8]) throws(InputOutputError) -> Int {
    let filled = bytes.count
    var failure: Int32 = 0
    var got = 0
    bytes.append(contentsOf: repeatElement(0, count: most))
    unsafe bytes.withUnsafeMutableBytes { buffer in
      repeat {
        got = unsafe SystemCall.read(descriptor, buffer.baseAddress.map { unsafe $0 + filled }, most)
      } while got < 0 && errno == EINTR
      failure = errno
    }
    bytes.removeLast(most - max(got, 0))
    if got < 0 { throw InputOutputError(operation: .read, path: path, number: failure) }
    bytesRead += got
    return got
  }
}

@available(*, unavailable)
extension ByteSource: Sendable {}
