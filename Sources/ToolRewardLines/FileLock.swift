#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Locks that the system takes back when the process ends, however it does.
package enum FileLock {
  /// Takes the lock of an open file or folder for as long as it is open. Returns false if somebody else holds it. A file system without locks
  /// is no reason not to work: there it is always granted.
  package static func take(_ descriptor: Int32) -> Bool {
    flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
  }
}
