import ToolReward
import ToolRewardData
import ToolRewardLines

/// Scores the lines of a chunk. A class, so that closures over it copy one reference and not all that a scorer holds.
final class ScoreWorker: LineWorker {
  private let countsFindings: Bool
  private let componentNames: [String]
  private let scorer: RecordScorer
  private let namesFile: Bool

  init(scorer: Scorer, fields: SampleFields, namesFile: Bool, countsFindings: Bool) {
    self.countsFindings = countsFindings
    self.namesFile = namesFile
    self.scorer = RecordScorer(scorer: scorer, fields: fields)
    componentNames = scorer.reward.componentNames
  }

  func process(_ chunk: LineChunk, file: String, into output: inout [UInt8]) -> ScoreReport {
    var report = ScoreReport(componentNames: componentNames, countsFindings: countsFindings)
    let text = chunk.bytes.span
    chunk.forEachLine { number, range in
      let broken = scorer.score(text, range, line: number, file: namesFile ? file : nil, into: &output) {
        verdict, id, error in
        var error = error
        error?.file = file
        report.add(verdict, id: id, error: error)
      }
      if let broken { report.noteBroken(hint: InputHint.text(broken, text, range, file)) }
    }
    return report
  }

  /// What each output line of a line of input begins with; none for a blank one.
  func beginnings(_ text: Span<UInt8>, _ range: Range<Int>, line: Int) -> [[UInt8]] {
    scorer.beginnings(text, range, line: line)
  }
}
