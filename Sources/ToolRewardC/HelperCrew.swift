#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Threads that help with batches. They are kept, waiting, from one batch to the next: a batch of a thousand completions takes a
/// millisecond, and a thread's start a tenth of one.
///
/// Who calls never waits for a helper that has not begun: whatever nobody has taken it does itself. A forked child has none of its parent's
/// threads, and starts its own.
enum HelperCrew {
  /// Over all that follows, and the batches' counts of helpers.
  static let lock = Lock()
  private static let someoneIsAsked = Condition()
  private static let someoneLeft = Condition()

  private struct State {
    /// Batches that wait for helpers, once for each helper.
    var asked: [Batch] = []
    /// Threads that wait to be asked.
    var waiting = 0
    /// Threads that have not come to wait yet.
    var starting = 0
    var count = 0
  }
  nonisolated(unsafe) private static var state = State()

  /// As many threads as are ever kept.
  private static let most = 256

  /// Works at a batch with up to `count` helpers, until it is done. Where no more threads can be had, fewer do it.
  static func work(at batch: Batch, helpers count: Int) {
    if count > 0 { ask(count, for: batch) }
    batch.work()
    if count > 0 { finish(batch) }
  }

  /// What a forked child knows: nobody. Under the lock.
  static func forgetThreads() {
    unsafe state = State()
    someoneIsAsked.forget()
    someoneLeft.forget()
  }

  private static func ask(_ count: Int, for batch: Batch) {
    lock.lock()
    defer { lock.unlock() }
    unsafe state.asked.append(contentsOf: repeatElement(batch, count: count))
    while unsafe state.waiting + state.starting < state.asked.count, unsafe state.count < most, startThread() {
      unsafe state.starting += 1
      unsafe state.count += 1
    }
    for _ in 0..<count { someoneIsAsked.signal() }
  }

  private static func finish(_ batch: Batch) {
    lock.lock()
    defer { lock.unlock() }
    unsafe state.asked.removeAll { $0 === batch }
    while batch.helpers > 0 { someoneLeft.wait(lock) }
  }

  /// A helper's life, which ends with the process's.
  private static func help() {
    lock.lock()
    unsafe state.starting -= 1
    while true {
      while unsafe state.asked.isEmpty {
        unsafe state.waiting += 1
        someoneIsAsked.wait(lock)
        unsafe state.waiting -= 1
      }
      let batch = unsafe state.asked.removeFirst()
      batch.helpers += 1
      lock.unlock()
      batch.work()
      lock.lock()
      batch.helpers -= 1
      if batch.helpers == 0 { someoneLeft.broadcast() }
    }
  }

  /// Starts a helper, which takes no signals: they are for the threads of who calls.
  private static func startThread() -> Bool {
    var all = sigset_t()
    var before = sigset_t()
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    #if canImport(Glibc) || canImport(Musl)
      var thread = pthread_t()
      guard unsafe pthread_create(&thread, nil, body, nil) == 0 else { return false }
      pthread_detach(thread)
    #else
      var thread: pthread_t?
      guard unsafe pthread_create(&thread, nil, body, nil) == 0, let thread else { return false }
      pthread_detach(thread)
    #endif
    return true
  }

  #if canImport(Glibc) || canImport(Musl)
    private static let body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { _ in
      help()
      return nil
    }
  #else
    private static let body: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? = { _ in
      help()
      return nil
    }
  #endif
}
