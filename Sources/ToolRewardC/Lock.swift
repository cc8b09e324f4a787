#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A lock that survives `fork`, if ``LibraryLock`` knows of it: the child finds it free. (`Synchronization.Mutex` records the thread that
/// holds it, which the child's is not.) Never given back: locks live as long as the library.
@safe
struct Lock: @unchecked Sendable {
  fileprivate let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

  init() { unsafe pthread_mutex_init(mutex, nil) }

  func lock() { unsafe pthread_mutex_lock(mutex) }
  func unlock() { unsafe pthread_mutex_unlock(mutex) }
}

/// What threads wait for that hold a ``Lock``. Never given back.
@safe
struct Condition: @unchecked Sendable {
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() { unsafe pthread_cond_init(condition, nil) }

  /// Gives the lock up until told; may return for no reason.
  func wait(_ lock: Lock) { unsafe pthread_cond_wait(condition, lock.mutex) }
  func signal() { unsafe pthread_cond_signal(condition) }
  func broadcast() { unsafe pthread_cond_broadcast(condition) }

  /// Forgets who waited: a forked child has none of those threads.
  func forget() { unsafe pthread_cond_init(condition, nil) }
}

/// The lock over handles, and over the room of policies.
enum LibraryLock {
  private static let lock: Lock = {
    pthread_atfork(
      {
        LibraryLock.lock.lock()
        HelperCrew.lock.lock()
      },
      {
        HelperCrew.lock.unlock()
        LibraryLock.lock.unlock()
      },
      {
        HelperCrew.forgetThreads()
        unsafe table.forgetBatches()
        HelperCrew.lock.unlock()
        LibraryLock.lock.unlock()
      })
    return Lock()
  }()

  nonisolated(unsafe) private static var table = HandleTable()

  /// Runs `body`, with the handles, while no other thread is in one.
  static func withTable<R>(_ body: (inout HandleTable) -> R) -> R {
    lock.lock()
    defer { lock.unlock() }
    return unsafe body(&table)
  }
}
