internal import ToolReward
internal import ToolRewardLines

/// Completions that an endpoint gave, in a file of JSON Lines that grows by a line with each that comes. A row is one of ``SuiteCompletions``, with the `key` of
/// its request, the model's name and the reason why the completion ended: the file can be read as completions too.
public final class CompletionStore {
  /// The file.
  public let path: String
  /// How many of the file's rows cannot be read, and are taken for missing.
  public private(set) var brokenRows = 0
  private let journal: LineJournal
  private var known: [String: Kept] = [:]
  /// What every row begins with.
  private static let start = Array("{\"template\":".utf8)
  /// The key of the last row of each cell's sample: readers of completions go by that.
  private var last: [SuiteCompletions.Cell: [Int: String]] = [:]

  /// A completion, and why it ended.
  struct Kept: Sendable {
    let completion: SuiteCompletion
    let finish: String?
  }

  /// Opens a file, or makes it. A last line that is cut in half is taken away when the next comes; other lines that cannot be read stay, and count as
  /// missing. O(file).
  ///
  /// - Throws: ``EndpointError`` if it cannot be opened, another run has it open, or it holds something else.
  public init(path: String) throws(EndpointError) {
    self.path = path
    do throws(InputOutputError) {
      journal = try LineJournal(path: path)
    } catch {
      throw EndpointError(
        error.isOfLock ? "another run writes to \(path): wait for it, or name another --cache" : "\(error)")
    }
    var rows = 0
    for line in journal.lines where !line.allSatisfy({ TextSpace.isSpace($0) }) {
      rows += 1
      if (try? read(line)) == nil { brokenRows += 1 }
    }
    journal.keepsTail = (try? read(journal.tail)) != nil
    // Not into a suite, or a text of another kind: a name mistyped. A process may have been ended within the first row.
    let isOwnStart = journal.tail.starts(with: Self.start) || Self.start.starts(with: journal.tail)
    if rows > 0 ? brokenRows == rows && !journal.keepsTail : !isOwnStart && !journal.keepsTail {
      throw EndpointError("\(path) holds no completions that can be read: name another --cache, or remove it")
    }
  }

  private func read(_ line: [UInt8]) throws(ConfigurationError) {
    let row = try Configuration(line)
    let cell = SuiteCompletions.Cell(
      template: try row.required("template").nonEmptyString(), test: try row.required("case").nonEmptyString())
    let sample = try SuiteCompletions.number(row.required("sample"))
    let completion = try SuiteCompletion(row: row)
    // A row of someone else's is no answer to a request.
    guard let key = try row["key"]?.string() else { return }
    known[key] = Kept(completion: completion, finish: try row["finish_reason"]?.string())
    last[cell, default: [:]][sample] = key
  }

  /// The completion of a request, if it has come.
  func completion(_ key: String) -> Kept? { known[key] }

  /// Writes a completion of a cell, unless the cell's last row has it.
  func keep(
    _ kept: Kept, _ key: String, template: String, case test: String, sample: Int, model: String
  ) throws(InputOutputError) {
    let cell = SuiteCompletions.Cell(template: template, test: test)
    known[key] = kept
    if last[cell]?[sample] == key { return }
    func member(_ name: String, _ text: String) -> [UInt8] {
      Array("\"\(name)\":".utf8) + PromptProbe.string(Array(text.utf8))
    }
    var members = [
      member("template", template), member("case", test), Array("\"sample\":\(sample)".utf8), kept.completion.member,
    ]
    if let finish = kept.finish { members.append(member("finish_reason", finish)) }
    members += [member("model", model), member("key", key)]
    try journal.append([0x7B] + members.joined(separator: [0x2C]) + [0x7D])
    last[cell, default: [:]][sample] = key
  }
}

@available(*, unavailable)
extension CompletionStore: Sendable {}
