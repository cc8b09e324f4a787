import Foundation
import Testing

/// The reference data that may lie beside a checkout, or where TOOLREWARD_SHARED says. A user's checkout has none: the tests that need it
/// skip, and say so.
enum SharedData {
  static let folder: URL? = {
    let environment = ProcessInfo.processInfo.environment["TOOLREWARD_SHARED"].map { URL(fileURLWithPath: $0) }
    let beside = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared")
    return [environment, beside].compactMap { $0?.appendingPathComponent("data") }
      .first { FileManager.default.fileExists(atPath: $0.path) }
  }()

  static let skipped: Comment =
    "SKIPPED: the reference data is not beside this checkout (../shared/data, or TOOLREWARD_SHARED)"

  static func url(_ path: String) throws -> URL {
    try #require(folder).appendingPathComponent(path)
  }

  static func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: url(path)))
  }

  /// The lines of a gzip file.
  static func gzipLines(_ path: String) throws -> [[UInt8]] {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", try url(path).path]
    process.standardOutput = output
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return data.split(separator: 0x0A).map { [UInt8]($0) }
  }
}
