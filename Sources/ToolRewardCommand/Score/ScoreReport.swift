import ToolReward
import ToolRewardData
import ToolRewardReport

/// What is worth knowing of some verdicts. Reports are added up in the order of the input, so that sums do not depend on threads.
struct ScoreReport: Sendable {
  private(set) var samples = 0
  private(set) var unscorable = 0
  private var brokenLines = 0
  private var hint: String?
  private var sum = 0.0
  private let componentNames: [String]
  private var componentSums: [Double]
  private var componentCounts: [Int]
  private var firstError: SampleError?
  private var firstReason: (id: String, code: String)?
  private let countsFindings: Bool
  /// For each finding's code: how many samples have it, and the first one's identifier.
  private var findings: [String: (count: Int, example: String)] = [:]

  init(componentNames: [String], countsFindings: Bool) {
    self.componentNames = componentNames
    self.countsFindings = countsFindings
    componentSums = [Double](repeating: 0, count: componentNames.count)
    componentCounts = [Int](repeating: 0, count: componentNames.count)
  }

  // MARK: Adding

  mutating func add(_ verdict: Verdict, id: [UInt8], error: SampleError? = nil) {
    add(score: verdict.score, components: verdict.components)
    if verdict.score == nil {
      if firstError == nil { firstError = error }
      if firstReason == nil, error == nil {
        firstReason = (String(decoding: id, as: UTF8.self), verdict.findings.first?.code.name ?? "unknown")
      }
    }
    if countsFindings {
      count(
        verdict.findings.map(\.code.name) + (error.map { [$0.code] } ?? []), id: String(decoding: id, as: UTF8.self))
    }
  }

  private mutating func add(score: Double?, components: [Double?]) {
    samples += 1
    if let score { sum += score } else { unscorable += 1 }
    for (position, component) in components.enumerated() where position < componentSums.count {
      if let component {
        componentSums[position] += component
        componentCounts[position] += 1
      }
    }
  }

  private mutating func count(_ codes: [String], id: String) {
    for (position, code) in codes.enumerated() where !codes[..<position].contains(code) {
      findings[code, default: (0, id)].count += 1
    }
  }

  mutating func noteBroken(hint: String?) {
    brokenLines += 1
    self.hint = self.hint ?? hint
  }

  /// Adds a line that an earlier run wrote.
  mutating func add(line text: Span<UInt8>, _ range: Range<Int>) {
    guard let value = try? ValueReader().read(text.extracting(range)) else { return }
    let number = { (value: Value?) in value?.numberLiteral.flatMap { Double($0) } }
    add(score: number(value["score"]), components: componentNames.map { number(value["components"]?[$0]) })
    if let error = value["error"] {
      if firstError == nil {
        firstError = SampleError(
          line: error["line"]?.numberLiteral.flatMap { Int($0) } ?? 0, code: error["code"]?.string ?? "",
          message: error["message"]?.string ?? "")
      }
    }
    if countsFindings {
      let codes = (value["findings"]?.elements ?? []).compactMap { $0["code"]?.string }
      count(codes + [value["error"]?["code"]?.string].compactMap { $0 }, id: value["id"]?.description ?? "")
    }
  }

  mutating func add(_ other: ScoreReport) {
    samples += other.samples
    unscorable += other.unscorable
    brokenLines += other.brokenLines
    sum += other.sum
    hint = hint ?? other.hint
    firstError = firstError ?? other.firstError
    firstReason = firstReason ?? other.firstReason
    for position in componentSums.indices {
      componentSums[position] += other.componentSums[position]
      componentCounts[position] += other.componentCounts[position]
    }
    for (code, finding) in other.findings {
      findings[code, default: (0, finding.example)].count += finding.count
    }
  }

  // MARK: Telling

  /// The mean of what could be judged.
  var meanScore: Double? {
    samples > unscorable ? sum / Double(samples - unscorable) : nil
  }

  /// What the input may be, if no line of it is a record.
  var wholeInputHint: String? { samples > 0 && brokenLines == samples ? hint : nil }

  private func mean(ofComponent position: Int) -> Double? {
    componentCounts[position] > 0 ? componentSums[position] / Double(componentCounts[position]) : nil
  }

  /// The commonest first; among equally common ones by name.
  private var commonest: [(code: String, count: Int, example: String)] {
    findings.map { ($0.key, $0.value.count, $0.value.example) }
      .sorted { ($1.count, $0.code) < ($0.count, $1.code) }
  }

  /// The summary for people.
  func text(reward: String) -> String {
    var lines = [
      "reward      \(reward)",
      "samples     \(DecimalText.grouped(samples))",
      "unscorable  \(DecimalText.grouped(unscorable))",
      "mean score  \(meanScore.map { DecimalText.fixed($0, 4) } ?? "-")",
    ]
    for (position, name) in componentNames.enumerated() {
      let padded = name + String(repeating: " ", count: max(1, 12 - name.utf8.count))
      lines.append("  \(padded)\(mean(ofComponent: position).map { DecimalText.fixed($0, 4) } ?? "not checked")")
    }
    if !findings.isEmpty {
      lines.append("findings    samples, of these one")
      for finding in commonest.prefix(10) {
        let padded = finding.code + String(repeating: " ", count: max(1, 28 - finding.code.utf8.count))
        lines.append("  \(padded)\(DecimalText.grouped(finding.count)), \(finding.example)")
      }
    }
    return lines.joined(separator: "\n")
  }

  /// Why some samples could not be judged, for people.
  var unscorableText: String {
    let count = "\(DecimalText.grouped(unscorable)) of \(DecimalText.grouped(samples)) samples could not be judged"
    if let firstError { return "\(count); the first: \(firstError)" }
    if let firstReason { return "\(count); the first: \(firstReason.id): \(firstReason.code)" }
    return count
  }

  /// Counts and aggregates, each with its formula.
  func append(to json: inout JSONText) {
    json.member("counts") {
      $0.object {
        $0.member("samples", samples)
        $0.member("scored", samples - unscorable)
        $0.member("unscorable", unscorable)
      }
    }
    json.member("aggregates") {
      $0.object {
        $0.member("mean_score") {
          $0.object {
            $0.member("value", meanScore)
            $0.member("formula", "sum of score / number of samples whose score is not null")
          }
        }
        for (position, name) in componentNames.enumerated() {
          $0.member("mean_\(name)") {
            $0.object {
              $0.member("value", mean(ofComponent: position))
              $0.member("formula", "sum of components.\(name) / number of samples where it is not null")
            }
          }
        }
      }
    }
    json.member("findings") {
      $0.object {
        for finding in commonest {
          $0.member(finding.code) {
            $0.object {
              $0.member("samples", finding.count)
              $0.member("example", finding.example)
            }
          }
        }
      }
    }
  }
}
