internal import ToolReward
internal import ToolRewardLines

/// Completions of a suite's cells: what models wrote after its prompts.
public struct SuiteCompletions: Sendable {
  struct Cell: Hashable {
    let template: String
    let test: String
  }

  /// What a cell has.
  private struct Own {
    var numbered: [Int: (completion: SuiteCompletion, place: Place?)] = [:]
    /// Those without a number, as they came: they stand behind the others.
    var others: [SuiteCompletion] = []

    var count: Int { numbered.count + others.count }
  }

  /// A row of a file.
  private struct Place {
    let file: Int
    let line: Int
    /// Whether an endpoint's answer was kept there.
    let isKept: Bool
  }

  private var samples: [Cell: Own] = [:]
  /// The files that were read.
  private var files: [String] = []
  private var absences: [Cell: [String]] = [:]

  /// No completions.
  public init() {}

  /// Adds a completion. Of two with the same number the later counts.
  ///
  /// - Parameter sample: Its number among the cell's; those that have `nil` stand behind those that have one, in the order of their coming.
  public mutating func add(
    _ completion: SuiteCompletion, template: String, case test: String, sample: Int? = nil
  ) {
    let cell = Cell(template: template, test: test)
    if let sample {
      samples[cell, default: Own()].numbered[sample] = (completion, nil)
    } else {
      samples[cell, default: Own()].others.append(completion)
    }
  }

  /// Adds a completion that is text.
  public mutating func add(_ text: [UInt8], template: String, case test: String, sample: Int? = nil) {
    add(.text(text), template: template, case: test, sample: sample)
  }

  /// Notes that a completion was asked for and did not come: the cell then has a check that could not be made.
  public mutating func addMissing(_ why: String, template: String, case test: String) {
    absences[Cell(template: template, test: test), default: []].append(why)
  }

  /// Why a cell's completions did not come, for each that did not.
  public func missing(template: String, case test: String) -> [String] {
    absences[Cell(template: template, test: test)] ?? []
  }

  /// The completions of a cell, by their numbers.
  public func completions(template: String, case test: String) -> [SuiteCompletion] {
    guard let own = samples[Cell(template: template, test: test)] else { return [] }
    return own.numbered.sorted { $0.key < $1.key }.map(\.value.completion) + own.others
  }

  /// Whether there is none, and none was asked for in vain.
  public var isEmpty: Bool { samples.isEmpty && absences.isEmpty }

  /// How many there are.
  public var count: Int { samples.values.reduce(0) { $0 + $1.count } }

  /// How many are of no cell of a suite, and the first such cell's name.
  public func strangers(to suite: PromptSuite) -> (count: Int, first: String)? {
    let templates = Set(suite.templates.map(\.name))
    let cases = Set(suite.cases.map(\.name))
    let strange = samples.filter { !templates.contains($0.key.template) || !cases.contains($0.key.test) }
    let names = strange.keys.map { "\($0.template) / \($0.test)" }.sorted()
    return names.first.map { (strange.values.reduce(0) { $0 + $1.count }, $0) }
  }
}

extension SuiteCompletions {
  /// Reads completions from JSON Lines: `{"template", "case", "sample"?, "completion"}`, or `"completions"`, a list, or `"message"`, an assistant's message with
  /// `tool_calls`. Rows without a `sample` stand behind those that have one. Other members are not looked at, but for the `key` and the `model`
  /// of rows that an endpoint's answers were kept in: of two such with the same number in one file the later counts. O(file).
  ///
  /// - Throws: ``SuiteError`` with the line of what is no such row, or has the number of another.
  public init(file path: String) throws(SuiteError) {
    self.init()
    try add(file: path)
  }

  /// Adds the completions of a file; see ``init(file:)``.
  ///
  /// - Throws: ``SuiteError`` with the line of what is no such row, or has the number of another, of this file or of one before.
  public mutating func add(file path: String) throws(SuiteError) {
    let bytes: [UInt8]
    do throws(InputOutputError) {
      bytes = TextSpace.withoutMark(try LineSource.wholeFile(path))
    } catch {
      throw SuiteError(path, "\(error)")
    }
    files.append(path)
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    var areKept = false
    for (number, line) in lines.enumerated() where !line.allSatisfy({ TextSpace.isSpace($0) }) {
      // A run that was killed while it kept an answer leaves a part of a line.
      if areKept, number + 1 == lines.count, (try? Configuration(Array(line))) == nil { break }
      do throws(ConfigurationError) {
        let row = try Configuration(Array(line))
        try add(row, line: number + 1)
        areKept = Self.isKept(row)
      } catch {
        throw SuiteError(
          path,
          ConfigurationError(line: number + 1, column: error.column, pointer: error.pointer, message: error.message))
      }
    }
  }

  private mutating func add(_ row: Configuration, line: Int) throws(ConfigurationError) {
    guard row.value.kind == .object else { throw row.error("must be an object") }
    let template = try row.required("template").nonEmptyString()
    let test = try row.required("case").nonEmptyString()
    if let list = row["completions"] {
      for name in ["completion", "message", "sample"] {
        if let other = row[name] { throw other.error("stands beside \"completions\": take one away") }
      }
      for place in try list.elements() {
        add(try SuiteCompletion(text: place), template: template, case: test)
      }
    } else if let place = row["sample"], place.value.kind != .null {
      let number = try Self.number(place)
      let completion = try SuiteCompletion(row: row)
      let own = Place(file: files.count - 1, line: line, isKept: Self.isKept(row))
      let cell = Cell(template: template, test: test)
      if let other = samples[cell]?.numbered[number]?.place, !(own.isKept && other.isKept && own.file == other.file) {
        let file = own.file == other.file ? "" : " of \(files[other.file])"
        throw place.error(
          "line \(other.line)\(file) is completion \(number) of this cell: number them apart, or take \"sample\" away")
      }
      samples[cell, default: Own()].numbered[number] = (completion, own)
    } else {
      add(try SuiteCompletion(row: row), template: template, case: test)
    }
  }

  /// Whether an endpoint's answer was kept in a row.
  private static func isKept(_ row: Configuration) -> Bool {
    row["key"]?.value.kind == .string && row["model"]?.value.kind == .string
  }

  /// A completion's number.
  static func number(_ place: Configuration) throws(ConfigurationError) -> Int {
    let given = try place.number()
    guard given >= 0, given < 1e9, given == given.rounded() else { throw place.error("must be a number from 0") }
    return Int(given)
  }
}
