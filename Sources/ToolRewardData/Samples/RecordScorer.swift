public import ToolReward
internal import ToolRewardLines

/// Scores records: reads a line, judges its completions, writes a line for each. Whatever surface scores a record, this does it, so that
/// all give the same bytes. Keeps what it compiled, and its room; one for each thread.
public final class RecordScorer {
  private let scorer: Scorer
  private let writer: VerdictWriter
  private let reader: SampleReader
  private let workspace = ScoringWorkspace()
  private let componentCount: Int

  /// Creates a scorer of records.
  ///
  /// - Parameters:
  ///   - scorer: How completions are judged.
  ///   - fields: Where a record's parts are.
  public init(scorer: Scorer, fields: SampleFields = SampleFields()) {
    self.scorer = scorer
    writer = VerdictWriter(scorer.reward)
    let reward = scorer.reward
    reader = SampleReader(
      fields: fields, syntax: reward.syntax, view: scorer.view, usesTools: scorer.usesTools
    ) { value throws(GroundTruthError) in
      try reward.compile(groundTruth: value)
    }
    componentCount = scorer.reward.componentNames.count
  }

  /// Scores a record and appends a line for each of its completions; none if the record is blank. O(line and ground truth).
  ///
  /// - Parameters:
  ///   - text: The text that the record is in.
  ///   - range: Where in the text.
  ///   - line: The line's number, counted from 1.
  ///   - file: The file to name in errors; `nil` if there is one input only.
  ///   - output: Where the lines go.
  ///   - onVerdict: Told of each verdict, its record's identifier, and why it could not be judged, if the record is at fault.
  /// - Returns: Why the line is no record, if it is none.
  @discardableResult
  public func score(
    _ text: Span<UInt8>, _ range: Range<Int>, line: Int, file: String? = nil, into output: inout [UInt8],
    onVerdict: (Verdict, [UInt8], SampleError?) -> Void = { _, _, _ in }
  ) -> SampleError? {
    if LineChunk.isBlank(text, range) { return nil }
    do throws(SampleError) {
      try reader.withSample(text, range, line: line) { sample in
        score(sample, file: file, into: &output, onVerdict)
      }
      return nil
    } catch {
      let id = error.id ?? Array(String(line).utf8)
      refuse(error, file: file, id: id, index: nil, into: &output, onVerdict)
      return error
    }
  }

  /// What each output line of a record begins with; none for a blank line.
  public func beginnings(_ text: Span<UInt8>, _ range: Range<Int>, line: Int) -> [[UInt8]] {
    if LineChunk.isBlank(text, range) { return [] }
    func beginning(_ id: [UInt8], _ index: Int?) -> [UInt8] {
      var output: [UInt8] = []
      writer.appendBeginning(id: id, index: index, to: &output)
      return output
    }
    do throws(SampleError) {
      return try reader.withSample(text, range, line: line) { sample in
        (0..<sample.count).map { beginning(sample.id, sample.isList ? $0 : nil) }
      }
    } catch {
      return [beginning(error.id ?? Array(String(line).utf8), nil)]
    }
  }

  private func score(
    _ sample: Sample, file: String?, into output: inout [UInt8], _ onVerdict: (Verdict, [UInt8], SampleError?) -> Void
  ) {
    switch sample.task {
    case .failure(let error):
      for index in 0..<sample.count {
        refuse(error, file: file, id: sample.id, index: sample.isList ? index : nil, into: &output, onVerdict)
      }
    case .success(let task):
      for index in 0..<sample.count {
        let place = sample.isList ? index : nil
        guard var verdict = verdict(sample, index, task) else {
          refuse(sample.problem(index), file: file, id: sample.id, index: place, into: &output, onVerdict)
          continue
        }
        if !sample.findings.isEmpty { verdict.findings += sample.findings }
        writer.append(verdict, id: sample.id, index: place, to: &output)
        onVerdict(verdict, sample.id, nil)
      }
    }
  }

  /// A completion's verdict; `nil` if it is no completion of the view's kind.
  private func verdict(_ sample: Sample, _ index: Int, _ task: ScoringTask) -> Verdict? {
    if scorer.view == .structured {
      return scorer.parser.parse(message: sample.completion(index)).map {
        scorer.reward.judge($0, against: task.groundTruth, tools: task.tools)
      }
    }
    return sample.withCompletionBytes(index) { scorer.score($0, for: task, using: workspace) }
  }

  private func refuse(
    _ error: SampleError, file: String?, id: [UInt8], index: Int?, into output: inout [UInt8],
    _ onVerdict: (Verdict, [UInt8], SampleError?) -> Void
  ) {
    var named = error
    named.file = file
    let verdict = Verdict(score: nil, components: [Double?](repeating: nil, count: componentCount))
    writer.append(verdict, id: id, index: index, error: named, to: &output)
    onVerdict(verdict, id, error)
  }
}

@available(*, unavailable)
extension RecordScorer: Sendable {}
