#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A lock that survives `fork`: the child finds it free. (`Synchronization.Mutex` records the thread that holds it, which the child's is not.)
///
/// One for the whole library, so that the handlers of `pthread_atfork` have nothing else to hold.
enum LibraryLock {
  /// Never given back: the lock lives as long as the library.
  nonisolated(unsafe) private static let mutex: UnsafeMutablePointer<pthread_mutex_t> = {
    let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
    pthread_atfork({ LibraryLock.lock() }, { LibraryLock.unlock() }, { LibraryLock.unlock() })
    return unsafe mutex
  }()

  private static func lock() { unsafe pthread_mutex_lock(mutex) }
  private static func unlock() { unsafe pthread_mutex_unlock(mutex) }

  nonisolated(unsafe) private static var table = HandleTable()

  /// Runs `body`, with the handles, while no other thread is in one.
  static func withTable<R>(_ body: (inout HandleTable) -> R) -> R {
    lock()
    defer { unlock() }
    return unsafe body(&table)
  }
}
