import Foundation
import Testing

/// Programs beside which the library is tested.
enum Programs {
  /// The checkout.
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The folder of what was built: the one of the test bundle.
  static let products: URL = {
    let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    let candidates = [bundle, root.appendingPathComponent(".build/debug")]
    return candidates.first { FileManager.default.fileExists(atPath: $0.appendingPathComponent("toolreward").path) }
      ?? bundle
  }()

  /// The shared library, as it was built with the tests.
  static var library: URL {
    #if os(macOS)
      products.appendingPathComponent("libToolRewardC.dylib")
    #else
      products.appendingPathComponent("libToolRewardC.so")
    #endif
  }

  static func exists(_ name: String) -> Bool { (try? run("/usr/bin/env", ["which", name]).status) == 0 }

  static let hasC = exists("cc")
  static let hasPython = exists("python3")
  static let noC: Comment = "SKIPPED: the C example needs a C compiler named cc"
  static let noPython: Comment = "SKIPPED: the Python package needs python3"

  /// Runs a program to its end.
  static func run(
    _ program: String, _ arguments: [String], input: String = "", environment: [String: String] = [:]
  ) throws -> (output: String, errors: String, status: Int32) {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("toolreward-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = ["in", "out", "err"].map { folder.appendingPathComponent($0) }
    try Data(input.utf8).write(to: files[0])
    for file in files[1...] { try Data().write(to: file) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = root
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = try FileHandle(forReadingFrom: files[0])
    process.standardOutput = try FileHandle(forWritingTo: files[1])
    process.standardError = try FileHandle(forWritingTo: files[2])
    try process.run()
    process.waitUntilExit()
    let texts = try files[1...].map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    return (texts[0], texts[1], process.terminationStatus)
  }
}

@Suite struct ExampleTests {
  @Test(.enabled(if: Programs.hasC, Programs.noC))
  func exampleCompilesAndRuns() throws {
    let program = FileManager.default.temporaryDirectory.appendingPathComponent("example-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: program) }
    let folder = Programs.library.deletingLastPathComponent().path
    let compiled = try Programs.run(
      "/usr/bin/env",
      [
        "cc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-I", "Sources/ToolRewardC/Header",
        "Sources/ToolRewardC/Example/example.c", "-o", program, "-L", folder, "-lToolRewardC", "-Wl,-rpath,\(folder)",
      ])
    #expect(compiled.status == 0, "\(compiled.errors)")
    let truth = #"[{"name":"add","arguments":{"a":1}}]"#
    let right = #"<think>x</think><tool_call>[{"name":"add","arguments":{"a":1}}]</tool_call>"#
    let whole = #"{"id":1,"score":1,"components":{"reasoning":1,"format":1,"names":1,"calls":1},"findings":[]}"#
    let run = try Programs.run(program, [truth, right, right])
    #expect(run.output == "toolreward 0.1.0\n\(whole)\n\(whole)\n" && run.status == 0, "\(run)")
    #expect(try Programs.run(program, [truth, right, "no"]).status == 1)
    let broken = try Programs.run(program, ["nope", right])
    #expect(broken.status == 2 && broken.errors.contains("(code 5)"), "\(broken)")
  }

  @Test(.enabled(if: Programs.exists("c++"), "SKIPPED: the header as C++ needs a compiler named c++"))
  func headerIsCPlusPlusToo() throws {
    let compiled = try Programs.run(
      "/usr/bin/env",
      [
        "c++", "-std=c++17", "-Wall", "-Wextra", "-Werror", "-pedantic", "-I", "Sources/ToolRewardC/Header",
        "-fsyntax-only", "-x", "c++", "-",
      ], input: "#include \"toolreward.h\"\nint main() { return toolreward_version() == nullptr; }\n")
    #expect(compiled.status == 0, "\(compiled.errors)")
  }
}
