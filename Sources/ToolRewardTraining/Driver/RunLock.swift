#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif
internal import ToolRewardLines

/// A folder that one run at a time may write to. The system takes the lock back when the process ends, however it does.
final class RunLock {
  private let descriptor: Int32

  /// Takes the lock.
  ///
  /// - Throws: ``TrainingError/inUse(_:)`` if another run holds it, ``TrainingError/files(_:)`` if the folder cannot be opened.
  init(folder: String) throws(TrainingError) {
    descriptor = unsafe open(folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .files("cannot open \(folder): \(InputOutputError.reason(of: errno))")
    }
    guard FileLock.take(descriptor) else {
      _ = close(descriptor)
      throw .inUse("\(folder) is in use by another run: wait until that one ends, or give another folder")
    }
  }

  deinit { _ = close(descriptor) }
}

@available(*, unavailable)
extension RunLock: Sendable {}
