#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif
internal import ToolRewardLines

/// Files that are whole or not there, whenever the machine stops.
enum DurableFiles {
  /// Writes a new file and waits until the disk has it.
  static func write(_ bytes: [UInt8], to path: String) throws(InputOutputError) {
    try OutputSink(path: path).write(bytes)
    try synchronize(path)
  }

  /// Puts a file in the place of another, or of none, at once.
  static func replace(_ path: String, with bytes: [UInt8]) throws(InputOutputError) {
    let partial = path + ".partial"
    do throws(InputOutputError) {
      try write(bytes, to: partial)
      try move(partial, to: path)
    } catch {
      _ = unsafe unlink(partial)
      throw error
    }
  }

  /// Renames a file or a folder, and waits until the disk has the new name.
  static func move(_ old: String, to new: String) throws(InputOutputError) {
    if unsafe rename(old, new) < 0 { throw InputOutputError(operation: .create, path: new, number: errno) }
    try synchronize(folder(of: new))
  }

  /// Waits until the disk has a file, or the names in a folder.
  static func synchronize(_ path: String) throws(InputOutputError) {
    let descriptor = unsafe open(path, O_RDONLY)
    if descriptor < 0 { throw InputOutputError(operation: .write, path: path, number: errno) }
    defer { _ = close(descriptor) }
    if fsync(descriptor) < 0, errno != EINVAL {
      throw InputOutputError(operation: .write, path: path, number: errno)
    }
  }

  /// Removes a folder with the files in it; folders in it stay, and so does it then. What is not there is no error.
  static func removeFolder(_ path: String) {
    for name in FileNames.names(in: path) { _ = unsafe unlink("\(path)/\(name)") }
    _ = unsafe rmdir(path)
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: 0x2F) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
