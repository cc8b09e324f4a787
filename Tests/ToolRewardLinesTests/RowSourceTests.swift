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
            ?? "\(row.line):\(String(decoding: chunk.bytes[row.range], as: UTF8.self))" + Self.text(row.damage))
        #expect(row.ordinal == found.count)
      }
    }
    return found
  }

  private static func text(_ damage: RowDamage?) -> String {
    switch damage {
    case nil: ""
    case .brokenOff(let place): "!\(place)"
    case .openAtEnd: "!"
    }
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
      ("[{\"a\":1},{\"b\":", ["1:{\"a\":1}", "1:{\"b\":!"]), ("{\"a\":1}\n{\"b\":", ["1:{\"a\":1}", "2:{\"b\":"]),
      ("{\"a\":\n{\"b\":2}\n", ["1:{\"a\":", "2:{\"b\":2}"]),
      ("[{\"a\":1}] {\"b\":2}", ["1:{\"a\":1}", "1:{\"b\":2}"]), ("no json\nat all", ["1:no json", "2:at all"]),
    ] as [(String, [String])])
  func rowsOfFiles(_ text: String, _ expected: [String]) throws {
    for size in [1, 2, 3, 7, 64, 1 << 18] {
      #expect(try rows(Array(text.utf8), chunk: size) == expected, "pieces of \(size)")
    }
  }

  /// Arrays with a quote or a bracket too few or too many: no other row is lost where lines tell where rows begin.
  @Test(
    arguments: [
      // A row a line.
      (
        "[\n{'a':'x'},\n{'b':'y,'c':'z'},\n{'d':1},\n{'e':2}\n]\n",
        ["2:{'a':'x'}", "3:{'b':'y,'c':'z'},!17", "4:{'d':1}", "5:{'e':2}"]
      ),
      ("[{'a':'x},\n{'b':1},\n{'c':2}]", ["1:{'a':'x},!10", "2:{'b':1}", "3:{'c':2}"]),
      ("[\n  {'a':'x},\n   {'b':1}\n]", ["2:{'a':'x},!9", "3:{'b':1}"]),
      ("[\n{'a':1},\n{'b':'x}\n]\n{'c':1}", ["2:{'a':1}", "3:{'b':'x}!8", "5:{'c':1}"]),
      ("[\n{'a':''x'},\n{'b':1}]", ["2:{'a':''x'},!11", "3:{'b':1}"]),
      ("[\n{'a':1},\n{'b':{'c':1},\n{'d':2}\n]", ["2:{'a':1}", "3:{'b':{'c':1},!14", "4:{'d':2}"]),
      // JSON in strings, whose escaped quotes come to stand outside them.
      (
        "[\n{'q':'a','t':'[{\\'n\\':1}]'},\n{'q':'b,'t':'[{\\'n\\':1}]'},\n{'q':'c','t':'[{\\'n\\':1}]'}\n]",
        [
          "2:{'q':'a','t':'[{\\'n\\':1}]'}", "3:{'q':'b,'t':'[{\\'n\\':1}]'},!28", "4:{'q':'c','t':'[{\\'n\\':1}]'}",
        ]
      ),
      // A row on many lines: what begins lines within it is no row.
      (
        "[\n  {\n    'a': 'x,\n    'b': [\n      {\n        'c': 1\n      }\n    ]\n  },\n  {\n    'd': {'e': 1}\n  }\n]",
        [
          "2:{\n    'a': 'x,\n    'b': [\n      {\n        'c': 1\n      }\n    ]\n  }!14",
          "10:{\n    'd': {'e': 1}\n  }",
        ]
      ),
      (
        "[\n  {\n    'a': 'x\n  }, {\n    'b': 1\n  },\n  {'c': 1}\n]",
        ["2:{\n    'a': 'x\n  }!13", "4:{\n    'b': 1\n  }", "7:{'c': 1}"]
      ),
      (
        "[\n  {\n    'a': x,\n    'b': '[{\\'n\\': 1}]'\n  }, {\n    'b': 1\n  }\n]",
        ["2:{\n    'a': x,\n    'b': '[{\\'n\\': 1}]'\n  }!18", "5:{\n    'b': 1\n  }"]
      ),
      ("[\n{'a':'x}\n,{'b':1}\n,{'c':2}\n]", ["2:{'a':'x}!8", "3:{'b':1}", "4:{'c':2}"]),
      // An object behind a name may begin a line, and so may one in a list.
      ("[\n{'a':\n{'b':1}},\n{'c':[\n{'d':1},\n{'e':1}]}\n]", ["2:{'a':\n{'b':1}}", "4:{'c':[\n{'d':1},\n{'e':1}]}"]),
      // On one line nothing tells where the next row begins.
      ("[{'a':'x},{'b':'y'},{'c':1}]", ["1:{'a':'x},{'b':'y'},{'c':1}]!"]),
      // A line feed in a string that has its end costs its own row alone.
      ("[{'a':'x\ny'},{'b':1}]", ["1:{'a':'x\ny'}", "2:{'b':1}"]),
    ] as [(String, [String])])
  func brokenRowsCostNoOthers(_ text: String, _ expected: [String]) throws {
    let bytes = Array(text.replacing("'", with: "\"").utf8)
    for size in [1, 2, 3, 7, 64, 1 << 18] {
      #expect(try rows(bytes, chunk: size).map { $0.replacing("\"", with: "'") } == expected, "pieces of \(size)")
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
