import Foundation
import Testing

@testable import ToolRewardLines

/// Upper-cases lines and notes their numbers.
private struct EchoWorker: LineWorker {
  mutating func process(_ chunk: LineChunk, file: String, into output: inout [UInt8]) -> Int {
    var lines = 0
    chunk.forEachLine { number, range in
      output.append(contentsOf: "\(number):".utf8)
      output.append(contentsOf: chunk.bytes[range])
      output.append(0x0A)
      lines += 1
    }
    return lines
  }
}

@Suite struct LineTests {
  private func file(_ bytes: [UInt8]) throws -> String {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("toolreward-\(UUID().uuidString)")
    try Data(bytes).write(to: url)
    return url.path
  }

  @Test(arguments: [1, 7, 16, 1 << 18])
  func chunksHoldWholeLines(_ chunkSize: Int) throws {
    let text = "a\nbb\r\n\n\u{FFFD}" + String(repeating: "x", count: 100) + "\nlast"
    let path = try file(Array(text.utf8))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let source = try LineSource(path: path, chunkSize: chunkSize)
    #expect(source.totalBytes == text.utf8.count)
    var lines: [String] = []
    var chunk = LineChunk()
    while try source.next(into: &chunk) {
      chunk.forEachLine { number, range in
        lines.append("\(number):\(String(decoding: chunk.bytes[range], as: UTF8.self))")
      }
    }
    #expect(lines == ["1:a", "2:bb", "3:", "4:\u{FFFD}" + String(repeating: "x", count: 100), "5:last"])
    #expect(source.bytesRead == text.utf8.count)
  }

  @Test(arguments: [1, 2, 5])
  func orderIsKept(_ jobs: Int) async throws {
    let lines = (1...40_000).map { "line \($0) \(String(repeating: "y", count: $0 % 97))" }
    let input = try file(Array(lines.joined(separator: "\n").utf8))
    let output = input + ".out"
    defer { for path in [input, output] { try? FileManager.default.removeItem(atPath: path) } }
    var total = 0
    try await LinePipeline(inputs: [LineInput(path: input), LineInput(path: input)], jobs: jobs).run(
      into: OutputSink(path: output)
    ) {
      EchoWorker()
    } onWritten: { count, _ in
      total += count
    }
    #expect(total == 80_000)
    let expected = lines.enumerated().map { "\($0.offset + 1):\($0.element)\n" }.joined()
    #expect(try String(contentsOfFile: output, encoding: .utf8) == expected + expected)
  }

  @Test func failuresAreTold() async throws {
    #expect(throws: InputOutputError.self) { _ = try LineSource(path: "/nonexistent/x") }
    #expect(throws: InputOutputError.self) { _ = try OutputSink(path: "/nonexistent/x") }
    let input = try file(Array("a\n".utf8))
    defer { try? FileManager.default.removeItem(atPath: input) }
    await #expect {
      try await LinePipeline(inputs: [LineInput(path: input)], jobs: 2).run(into: OutputSink(path: "/dev/full")) {
        EchoWorker()
      } onWritten: { _, _ in
      }
    } throws: {
      "\($0)" == "cannot write /dev/full: No space left on device"
    }
  }
}
