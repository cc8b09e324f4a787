/// A number for each token of each sample: rows are samples, columns are places in the completion, short rows are padded.
public struct TokenMatrix: Sendable, Hashable {
  /// How many samples.
  public let rowCount: Int
  /// How many places: the longest sample's length.
  public let columnCount: Int
  /// The numbers, row after row.
  public var values: [Double]

  /// Creates a matrix that holds one number everywhere.
  public init(rows: Int, columns: Int, repeating value: Double = 0) {
    rowCount = max(0, rows)
    columnCount = max(0, columns)
    values = [Double](repeating: value, count: rowCount * columnCount)
  }

  /// Creates a matrix of rows, the shorter ones padded with 0.
  ///
  /// - Parameter columns: How many places; the longest row's length if that is more.
  public init(_ rows: [[Double]], columns: Int = 0) {
    self.init(rows: rows.count, columns: rows.reduce(columns) { max($0, $1.count) })
    for (row, numbers) in rows.enumerated() {
      for (column, number) in numbers.enumerated() { self[row, column] = number }
    }
  }

  /// The number of a token.
  public subscript(row: Int, column: Int) -> Double {
    get { values[row * columnCount + column] }
    set { values[row * columnCount + column] = newValue }
  }
}

/// Which tokens count: those that the policy wrote, of samples that could be judged. Not padding, and not what a tool answered.
public struct TokenMask: Sendable, Hashable {
  /// How many samples.
  public let rowCount: Int
  /// How many places.
  public let columnCount: Int
  private var isCounted: [Bool]

  /// Creates a mask under which the first tokens of each sample count.
  ///
  /// - Parameter columns: How many places; the longest length if that is more.
  public init(lengths: [Int], columns: Int = 0) {
    rowCount = lengths.count
    columnCount = lengths.reduce(max(0, columns)) { max($0, $1) }
    isCounted = [Bool](repeating: false, count: rowCount * columnCount)
    for (row, length) in lengths.enumerated() where length > 0 {
      for column in 0..<length { self[row, column] = true }
    }
  }

  /// Creates a mask from rows; what a shorter one lacks does not count.
  public init(_ rows: [[Bool]], columns: Int = 0) {
    self.init(lengths: rows.map { _ in 0 }, columns: rows.reduce(columns) { max($0, $1.count) })
    for (row, flags) in rows.enumerated() {
      for (column, flag) in flags.enumerated() { self[row, column] = flag }
    }
  }

  /// Whether a token counts.
  public subscript(row: Int, column: Int) -> Bool {
    get { isCounted[row * columnCount + column] }
    set { isCounted[row * columnCount + column] = newValue }
  }

  /// How many tokens of a sample count. O(columns).
  public func count(row: Int) -> Int {
    (0..<columnCount).count { self[row, $0] }
  }

  /// How many tokens count. O(all).
  public var count: Int { isCounted.count { $0 } }

  /// How many samples have a token that counts. O(all).
  public var nonEmptyRowCount: Int { (0..<rowCount).count { count(row: $0) > 0 } }

  /// Takes a sample out: none of its tokens counts.
  public mutating func exclude(row: Int) {
    for column in 0..<columnCount { self[row, column] = false }
  }

  /// The places of a sample's tokens that count, in order.
  func columns(ofRow row: Int) -> [Int] { (0..<columnCount).filter { self[row, $0] } }
}

/// A mistake of the caller's: parts that do not fit together, or a number that no formula can use.
public struct AlgorithmError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong and how to mend it.
  public let description: String

  init(_ description: String) { self.description = description }

  /// Refuses a part that has not the mask's shape.
  static func check(_ matrix: TokenMatrix?, _ name: String, is mask: TokenMask) throws(AlgorithmError) {
    guard let matrix, matrix.rowCount != mask.rowCount || matrix.columnCount != mask.columnCount else { return }
    throw AlgorithmError(
      "\(name) has \(matrix.rowCount) × \(matrix.columnCount) tokens, the mask \(mask.rowCount) × \(mask.columnCount)")
  }

  /// Refuses a list that has not one entry for each sample.
  static func check(_ count: Int, _ name: String, is mask: TokenMask) throws(AlgorithmError) {
    if count != mask.rowCount {
      throw AlgorithmError("\(name) has \(count) entries for \(mask.rowCount) samples")
    }
  }
}
