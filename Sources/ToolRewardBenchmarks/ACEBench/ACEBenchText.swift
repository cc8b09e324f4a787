internal import ToolReward

/// How the official code compares strings.
enum ACEBenchText {
  /// `part in text`, for strings.
  static func contains(_ part: [UInt8], in text: [UInt8]) -> Bool {
    ByteSearch.firstIndex(of: part, in: text.span) != nil
  }

  /// `re.sub(r'_\d+$', '', key)`: the answers spell a tool that is called twice `name_1`, `name_2`.
  static func withoutNumber(_ key: [UInt8]) -> [UInt8] {
    let points = CodePoints(utf8: key)
    guard let match = number.search(points) else { return key }
    var rest = points.points
    rest.removeSubrange(match.range)
    return CodePoints(rest).utf8
  }

  private static let number = PythonPattern(#"_\d+$"#)
}
