import Foundation
import Testing
import ToolReward

/// JSONTestSuite (nst, MIT): what must be accepted is, what must be refused is, and nothing traps.
@Suite(.enabled(if: SharedData.folder != nil, SharedData.skipped))
struct JSONTestSuiteTests {
  @Test func everyFile() throws {
    let folder = try SharedData.url("json-test-suite/test_parsing")
    var counts = ["y": 0, "n": 0, "i": 0]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() where name.hasSuffix(".json")
    {
      let bytes = try SharedData.bytes("json-test-suite/test_parsing/\(name)")
      let isAccepted = (try? ValueReader().read(bytes)) != nil
      let kind = String(name.prefix(1))
      counts[kind, default: 0] += 1
      if kind == "y" { #expect(isAccepted, "\(name)") }
      if kind == "n" { #expect(!isAccepted, "\(name)") }
      // The Python reader takes the same files and what json.loads takes besides.
      let python = (try? ValueReader(syntax: .python).read(bytes)) != nil
      if kind == "y" { #expect(python, "\(name)") }
      let alsoInPython = name.contains("NaN") || name.contains("nfinity") || name.contains("minus_infinity")
      if kind == "n", !alsoInPython { #expect(!python, "\(name)") }
    }
    #expect(counts["y"] == 95 && counts["n"] == 188 && counts["i"] == 35, "the suite's own counts: \(counts)")
  }
}
