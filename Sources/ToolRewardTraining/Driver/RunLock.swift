#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A folder that one run at a time may write to. The system takes the lock back when the process ends, however it does.
final class RunLock {
  private let descriptor: Int32

  /// Takes the lock.
  ///
  /// - Throws: ``TrainingError/inUse(_:)`` if another run holds it, ``TrainingError/files(_:)`` if the folder cannot be opened.
  init(folder: String) throws(TrainingError) {
    descriptor = unsafe open(folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .files("cannot open \(folder): \(Self.reason(errno))")
    }
    // A file system without locks is no reason not to train: EWOULDBLOCK alone says that somebody else is there.
    if flock(descriptor, LOCK_EX | LOCK_NB) < 0, errno == EWOULDBLOCK {
      _ = close(descriptor)
      throw .inUse("\(folder) is in use by another run: wait until that one ends, or give another folder")
    }
  }

  deinit { _ = close(descriptor) }

  private static func reason(_ number: Int32) -> String {
    unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
  }
}

@available(*, unavailable)
extension RunLock: Sendable {}
