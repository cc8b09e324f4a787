/// A table of a terminal: columns as wide as their widest cell, numbers to the right.
package struct TextTable {
  private var rows: [[String]] = []
  private let isText: [Bool]

  /// - Parameter columns: The headings; those that begin with `<` are of text, to the left.
  package init(_ columns: [String]) {
    isText = columns.map { $0.utf8.first == 0x3C }
    rows.append(columns.map { $0.utf8.first == 0x3C ? String($0.dropFirst()) : $0 })
  }

  /// Adds a row, with a cell for each column.
  package mutating func add(_ cells: [String]) { rows.append(cells) }

  /// The columns' sum with what stands between them.
  package var width: Int { widths.reduce(0) { $0 + $1 + 2 } - 2 }

  private var widths: [Int] {
    isText.indices.map { column in
      rows.reduce(0) { max($0, VisibleText.width(column < $1.count ? $1[column] : "")) }
    }
  }

  /// The lines, each with so many spaces before it and none behind it.
  package func lines(indent: Int) -> [String] {
    let widths = widths
    return rows.map { row in
      var line = String(repeating: " ", count: indent)
      for (column, cell) in row.enumerated() where column < widths.count {
        let padding = String(repeating: " ", count: widths[column] - VisibleText.width(cell))
        line += (column == 0 ? "" : "  ") + (isText[column] ? cell + padding : padding + cell)
      }
      while line.utf8.last == 0x20 { line.removeLast() }
      return line
    }
  }

  /// Words in lines of so many columns; a word that is longer has a line of its own.
  ///
  /// - Parameter hanging: How many more spaces are before all lines but the first.
  package static func wrap(_ text: String, width: Int, indent: Int, hanging: Int = 0) -> [String] {
    let start = String(repeating: " ", count: indent + hanging)
    var lines: [String] = []
    var line = String(repeating: " ", count: indent)
    var isEmpty = true
    for word in text.split(separator: " ") {
      if !isEmpty, VisibleText.width(line) + 1 + VisibleText.width(String(word)) > width {
        lines.append(line)
        line = start
        isEmpty = true
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return isEmpty ? lines : lines + [line]
  }
}
