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
///
/// In a forked child the thread that forked never works beside others. Swift's runtime (6.3, Linux) locks by a thread identifier that it
/// keeps, which in that thread is the parent's: a lock that another thread wants meanwhile would never be given. Threads started later are
/// sound: where a batch has helpers they do all of it.
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
  /// The thread that forked, in a forked child.
  nonisolated(unsafe) private static var forked: pthread_t?

  /// As many threads as are ever kept.
  private static let most = 256

  /// Works at a batch with up to `count` helpers, until it is done. Where no more threads can be had, fewer do it.
  static func work(at batch: Batch, helpers count: Int) {
    guard count > 0 else { return batch.work() }
    if isForked {
      if ask(count + 1, for: batch) { return finish(batch, isLeftToHelpers: true) }
      return batch.work()
    }
    _ = ask(count, for: batch)
    batch.work()
    finish(batch)
  }

  /// Whether this is the thread that forked, in a forked child.
  private static var isForked: Bool {
    lock.lock()
    defer { lock.unlock() }
    guard let forked = unsafe forked else { return false }
    return pthread_equal(forked, pthread_self()) != 0
  }

  /// What a forked child knows: nobody. Under the lock.
  static func forgetThreads() {
    unsafe state = State()
    unsafe forked = pthread_self()
    someoneIsAsked.forget()
    someoneLeft.forget()
  }

  /// Returns whether there is any helper to come. If not, nobody is asked.
  private static func ask(_ count: Int, for batch: Batch) -> Bool {
    lock.lock()
    defer { lock.unlock() }
    unsafe state.asked.append(contentsOf: repeatElement(batch, count: count))
    while unsafe state.waiting + state.starting < state.asked.count, unsafe state.count < most, startThread() {
      unsafe state.starting += 1
      unsafe state.count += 1
    }
    guard unsafe state.count > 0 else {
      unsafe state.asked = []
      return false
    }
    for _ in 0..<count { someoneIsAsked.signal() }
    return true
  }

  /// Waits until nobody is at the batch any more: of those that have begun, or that will, if it is left to them.
  private static func finish(_ batch: Batch, isLeftToHelpers: Bool = false) {
    lock.lock()
    defer { lock.unlock() }
    while isLeftToHelpers, !batch.isDone, unsafe state.count > 0 { someoneLeft.wait(lock) }
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
      someoneLeft.broadcast()
    }
  }

  /// Starts a helper, which takes no signals: they are for the threads of who calls.
  private static func startThread() -> Bool {
    var all = sigset_t()
    var before = sigset_t()
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    defer { unsafe pthread_attr_destroy(&attributes) }
    // Whatever the process's limit or the C library's default is.
    unsafe pthread_attr_setstacksize(&attributes, 2 << 20)
    unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    #if canImport(Glibc) || canImport(Musl)
      var thread = pthread_t()
      return unsafe pthread_create(&thread, &attributes, body, nil) == 0
    #else
      var thread: pthread_t?
      return unsafe pthread_create(&thread, &attributes, body, nil) == 0
    #endif
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
