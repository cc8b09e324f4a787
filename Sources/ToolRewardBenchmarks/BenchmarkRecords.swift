internal import ToolReward
internal import ToolRewardLines

/// The values in a benchmark's files.
enum BenchmarkRecords {
  /// Of a file with one JSON value a line, each value with its line. `nil` if there is no such file.
  ///
  /// - Throws: ``BenchmarkDataError`` if the file cannot be read, or a line is no value.
  static func lines(of file: String) throws(BenchmarkDataError) -> [(line: Int, value: Value)]? {
    guard let bytes = try wholeFile(file) else { return nil }
    let reader = ValueReader(syntax: .python)
    var records: [(line: Int, value: Value)] = []
    var start = 0
    var line = 1
    while start < bytes.count {
      let end = ByteSearch.firstIndex(of: 0x0A, in: bytes.span, from: start) ?? bytes.count
      if !LineChunk.isBlank(bytes.span, start..<end) {
        do throws(ValueError) {
          records.append((line, try reader.read(bytes.span.extracting(start..<end))))
        } catch {
          throw BenchmarkDataError(file: file, line: line, "\(error)")
        }
      }
      start = end + 1
      line += 1
    }
    return records
  }

  /// The one value that a file holds. `nil` if there is no such file.
  ///
  /// - Throws: ``BenchmarkDataError`` if the file cannot be read, or holds something else.
  static func value(of file: String) throws(BenchmarkDataError) -> Value? {
    guard let bytes = try wholeFile(file) else { return nil }
    do throws(ValueError) {
      return try ValueReader(syntax: .python).read(bytes)
    } catch {
      let line = 1 + bytes.prefix(error.offset).count { $0 == 0x0A }
      throw BenchmarkDataError(file: file, line: line, "\(error)")
    }
  }

  private static func wholeFile(_ file: String) throws(BenchmarkDataError) -> [UInt8]? {
    do throws(InputOutputError) {
      return try LineSource.wholeFile(file)
    } catch {
      if error.operation == .open, error.number == noSuchFile { return nil }
      throw BenchmarkDataError(file: file, "\(error)")
    }
  }

  /// ENOENT, on Linux and macOS alike.
  private static let noSuchFile: Int32 = 2
}
