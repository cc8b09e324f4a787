import Foundation

/// The project's own documents: tables in them are checked against what the tests see.
enum Documentation {
  static func text(_ name: String) throws -> String {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Docs")
    return try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
  }
}
