import ToolReward
import ToolRewardData

/// Scores the lines of a chunk. A class, so that closures over it copy one reference and not all that a scorer holds.
final class ScoreWorker: LineWorker {
  private let countsFindings: Bool
  private let scorer: Scorer
  private let writer: VerdictWriter
  private let reader: SampleReader
  private let workspace = ScoringWorkspace()
  private let namesFile: Bool
  private let componentCount: Int

  init(scorer: Scorer, fields: SampleFields, namesFile: Bool, countsFindings: Bool) {
    self.countsFindings = countsFindings
    self.scorer = scorer
    self.namesFile = namesFile
    writer = VerdictWriter(scorer.reward)
    let reward = scorer.reward
    reader = SampleReader(
      fields: fields, syntax: reward.syntax, view: scorer.view, usesTools: scorer.usesTools
    ) { value throws(GroundTruthError) in
      try reward.compile(groundTruth: value)
    }
    componentCount = scorer.reward.componentNames.count
  }

  func process(_ chunk: LineChunk, file: String, into output: inout [UInt8]) -> ScoreReport {
    var report = ScoreReport(componentNames: scorer.reward.componentNames, countsFindings: countsFindings)
    let text = chunk.bytes.span
    chunk.forEachLine { number, range in
      if LineChunk.isBlank(text, range) { return }
      do throws(SampleError) {
        try reader.withSample(text, range, line: number) { sample in
          score(sample, file: file, into: &output, &report)
        }
      } catch {
        refuse(error, file: file, id: error.id ?? Array(String(number).utf8), index: nil, into: &output, &report)
        report.noteBroken(hint: InputHint.text(error, text, range, file))
      }
    }
    return report
  }

  /// What each output line of a line of input begins with; none for a blank one.
  func beginnings(_ text: Span<UInt8>, _ range: Range<Int>, line: Int) -> [[UInt8]] {
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
    _ sample: Sample, file: String, into output: inout [UInt8], _ report: inout ScoreReport
  ) {
    switch sample.task {
    case .failure(let error):
      for index in 0..<sample.count {
        refuse(error, file: file, id: sample.id, index: sample.isList ? index : nil, into: &output, &report)
      }
    case .success(let task):
      for index in 0..<sample.count {
        let place = sample.isList ? index : nil
        guard var verdict = verdict(sample, index, task) else {
          refuse(sample.problem(index), file: file, id: sample.id, index: place, into: &output, &report)
          continue
        }
        if !sample.findings.isEmpty { verdict.findings += sample.findings }
        writer.append(verdict, id: sample.id, index: place, to: &output)
        report.add(verdict, id: sample.id)
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
    _ error: SampleError, file: String, id: [UInt8], index: Int?, into output: inout [UInt8],
    _ report: inout ScoreReport
  ) {
    var error = error
    if namesFile { error.file = file }
    let verdict = Verdict(score: nil, components: [Double?](repeating: nil, count: componentCount))
    writer.append(verdict, id: id, index: index, error: error, to: &output)
    error.file = file
    report.add(verdict, id: id, error: error)
  }
}
