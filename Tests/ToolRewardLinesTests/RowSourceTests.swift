import Foundation
import Testing

@testable import ToolRewardLines

@Suite struct RowSourceTests {
  /// The rows as `LINE:TEXT`, or `LINE>BYTES` for one that is too long.
  private func rows(_ bytes: [UInt8], _ rules: RowRules = RowRules(), chunk size: Int) throws -> [String] {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("toolreward-\(UUID().uuidString)")
    try Data(bytes).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    let source = try RowSource(LineInput(path: url.path), rows: rules, chunkSize: size)
    var found: [String] = []
    var chunk = LineChunk()
    var sequence = 0
    while try source.next(into: &chunk) {
      #expect(chunk.sequence == sequence)
      sequence += 1
      for row in chunk.rows ?? [] {
        found.append(
          row.tooLong.map { "\(row.line)>\($0)" }
            ?? "\(row.line):\(String(decoding: chunk.bytes[row.range], as: UTF8.self))")
      }
    }
    return found
  }

  /// Files, and their rows with the lines they begin on; whatever the size of the pieces that are read.
  @Test(
    arguments: [
      ("{\"a\":1}\n\n{\"b\":2}\r\n  \n{\"c\":3}", ["1:{\"a\":1}", "3:{\"b\":2}", "5:{\"c\":3}"]),
      ("[{\"a\":1},{\"b\":\"],[\\\"\"}]", ["1:{\"a\":1}", "1:{\"b\":\"],[\\\"\"}"]),
      ("[\n {\n  \"a\": 1\n },\n\n {\"b\": {}}\n]\n", ["2:{\n  \"a\": 1\n }", "6:{\"b\": {}}"]),
      ("{\n \"a\": 1\n}\n{\n \"b\": 2\n}", ["1:{\n \"a\": 1\n}", "4:{\n \"b\": 2\n}"]),
      ("\u{FEFF}[{\"a\":1}]", ["1:{\"a\":1}"]), ("", []), ("[]", []), ("\n \n", []),
      ("[1, \"x, y\", [2], null]", ["1:1", "1:\"x", "1:y\"", "1:[2]", "1:null"]),
      // What is cut off is the last row.
      ("[{\"a\":1},{\"b\":", ["1:{\"a\":1}", "1:{\"b\":"]), ("{\"a\":1}\n{\"b\":", ["1:{\"a\":1}", "2:{\"b\":"]),
      ("{\"a\":\n{\"b\":2}\n", ["1:{\"a\":", "2:{\"b\":2}"]),
      ("[{\"a\":1}] {\"b\":2}", ["1:{\"a\":1}", "1:{\"b\":2}"]), ("no json\nat all", ["1:no json", "2:at all"]),
    ] as [(String, [String])])
  func rowsOfFiles(_ text: String, _ expected: [String]) throws {
    for size in [1, 2, 3, 7, 64, 1 << 18] {
      #expect(try rows(Array(text.utf8), chunk: size) == expected, "pieces of \(size)")
    }
  }

  @Test func longRowsArePassedOver() throws {
    let long = "{\"x\":\"" + String(repeating: "y", count: 500) + "\"}"
    for (open, separator, close) in [("", "\n", "\n"), ("[", ",\n", "]")] {
      let text = open + ["{\"a\":1}", long, "{\"b\":2}"].joined(separator: separator) + close
      for size in [16, 64, 1024] {
        let found = try rows(Array(text.utf8), RowRules(rowLimit: 100), chunk: size)
        #expect(found.count == 3)
        #expect(found.first == "1:{\"a\":1}" && found.last == "3:{\"b\":2}")
        if size < 200 { #expect(found[1] == "2>\(long.utf8.count)") }
      }
    }
  }

  @Test func aFileCanBeOneRow() throws {
    let rules = RowRules { $0.starts(with: Array("{\"turn\"".utf8)) }
    for size in [4, 1 << 18] {
      #expect(try rows(Array("{\"turn\":1}\n{\"x\":2}\n".utf8), rules, chunk: size) == ["1:{\"turn\":1}\n{\"x\":2}"])
    }
  }
}
