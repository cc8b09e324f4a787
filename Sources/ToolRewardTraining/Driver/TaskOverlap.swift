internal import ToolReward

/// How much of one split is in another, so that a figure says what it is a figure of.
public struct TaskOverlap: Sendable, Hashable {
  /// How many tasks there are in all.
  public var count: Int
  /// How many have a prompt of the other split, letters' case and spaces aside.
  public var prompts: Int
  /// How many have a wording of the other split: the prompt without the values of its calls.
  public var wordings: Int
  /// How many have a value in their calls that calls of the other split have as well: a text or a number.
  public var values: Int
  /// The tasks whose wording the other split has, by place.
  let knownWordings: [Bool]

  /// Compares two splits. O(tasks).
  ///
  /// - Parameters:
  ///   - tasks: The tasks that are counted.
  ///   - others: The split that they are compared with: the training tasks.
  public init(of tasks: [TrainingTask], with others: [TrainingTask]) {
    let (own, known) = (tasks.map(Trace.init), others.map(Trace.init))
    let prompts = Set(known.map(\.prompt))
    let wordings = Set(known.map(\.wording))
    let values = known.reduce(into: Set<[UInt8]>()) { $0.formUnion($1.values) }
    count = tasks.count
    self.prompts = own.count { prompts.contains($0.prompt) }
    knownWordings = own.map { wordings.contains($0.wording) }
    self.wordings = knownWordings.count { $0 }
    self.values = own.count { !values.isDisjoint(with: $0.values) }
  }

  /// The overlap in words.
  ///
  /// - Parameter name: What the tasks are called.
  public func description(of name: String) -> String {
    "of \(count) \(name) tasks \(prompts) have a prompt that is trained on, \(wordings) a wording, \(values) a value"
  }

  /// What of a task is compared.
  private struct Trace {
    let prompt: [UInt8]
    let wording: [UInt8]
    let values: Set<[UInt8]>

    init(_ task: TrainingTask) {
      let values = task.judgeTask.groundTruth.calls.reduce(into: Set<[UInt8]>()) {
        Self.collect($1.arguments, depth: 0, into: &$0)
      }
      self.values = values
      var held: Set<[UInt8]> = []
      for value in values { for word in value.split(separator: 0x20) { held.insert(Array(word)) } }
      let words = Self.words(task.prompt)
      prompt = Array(words.joined(separator: [0x20]))
      wording = Array(words.map { held.contains($0) ? [0] : $0 }.joined(separator: [0x20]))
    }

    /// A prompt's words in lower case, without the punctuation about them.
    private static func words(_ prompt: [UInt8]) -> [[UInt8]] {
      prompt.split(whereSeparator: { $0 <= 0x20 }).map { word in
        var word = word
        while let last = word.last, PromptWords.isPunctuation(last) { word.removeLast() }
        while let first = word.first, PromptWords.isPunctuation(first) { word.removeFirst() }
        return word.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
      }
    }

    private static func collect(_ value: Value, depth: Int, into values: inout Set<[UInt8]>) {
      guard depth < 16 else { return }
      switch value.kind {
      case .object: for (_, member) in value.members { collect(member, depth: depth + 1, into: &values) }
      case .array: for element in value.elements { collect(element, depth: depth + 1, into: &values) }
      case .string: values.insert((value.stringBytes ?? []).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 })
      case .number: values.insert(JSONWriter.compact.write(value))
      default: break
      }
    }
  }
}

extension TrainingTasks {
  /// Takes about a part of the tasks out, to choose checkpoints by: at least one, and never the last one. Which ones follows from their
  /// prompts alone, so that tasks of one prompt stay together. O(n log n).
  public mutating func setApart(_ part: Double) -> [TrainingTask] {
    var order: [[UInt8]: UInt64] = [:]
    for task in tasks {
      var hash = FeatureHash(7)
      hash.add(FeatureHash.of(task.prompt))
      order[task.prompt] = hash.value
    }
    let prompts = order.sorted { $0.value == $1.value ? $0.key.lexicographicallyPrecedes($1.key) : $0.value < $1.value }
    let wanted = max(1, Int((Double(prompts.count) * min(max(part, 0), 1)).rounded()))
    let chosen = Set(prompts.prefix(min(wanted, prompts.count - 1)).map(\.key))
    let apart = tasks.filter { chosen.contains($0.prompt) }
    tasks.removeAll { chosen.contains($0.prompt) }
    return apart
  }
}
