#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
import ArgumentParser
import ToolRewardLines

/// Where outputs go: no two to one place, and none into a benchmark's data.
enum OutputPaths {
  /// Refuses outputs that would write over each other, or over the data.
  ///
  /// - Parameters:
  ///   - outputs: Each output's option and path.
  ///   - data: The benchmark's folder.
  static func check(_ outputs: [(option: String, path: String?)], data: String) throws {
    let folder = absolute(data) + "/"
    var taken: [String: String] = [:]
    for case (let option, let path?) in outputs where path != "-" && path != "/dev/null" {
      let place = absolute(path)
      if let other = taken[place] { throw ValidationError("\(other) and \(option) cannot write the same file.") }
      if place.utf8.starts(with: folder.utf8) {
        throw ValidationError("\(option) would write into the data, \(data). Write elsewhere.")
      }
      taken[place] = option
    }
  }

  /// A path from the root, links followed as far as it exists.
  static func absolute(_ path: String) -> String {
    if let known = resolved(path) { return known }
    guard let slash = path.utf8.lastIndex(of: 0x2F) else { return (resolved(".") ?? ".") + "/" + path }
    let folder = String(path[..<slash])
    return (resolved(folder.utf8.isEmpty ? "/" : folder) ?? folder) + String(path[slash...])
  }

  private static func resolved(_ path: String) -> String? {
    guard let text = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(text) }
    return unsafe String(cString: text)
  }
}

/// Folders of results, as the leaderboard's own code writes them.
enum ResultFolder {
  /// The paths given, folders replaced by the result files in them, in the order of their names.
  static func files(in inputs: [String]) -> [String] {
    inputs.flatMap { path in
      guard path != "-", FileNames.isFolder(path) else { return [path] }
      return resultFiles(in: path)
    }
  }

  private static func resultFiles(in root: String) -> [String] {
    var found: [String] = []
    var open = [root]
    while let folder = open.popLast() {
      for name in FileNames.names(in: folder) {
        let path = "\(folder)/\(name)"
        if FileNames.isFolder(path) {
          open.append(path)
        } else if name.hasPrefix("BFCL_v"), name.hasSuffix("_result.json") {
          found.append(path)
        }
      }
    }
    return found.sorted()
  }
}
