internal import ToolReward
internal import ToolRewardReport

extension SuiteResult {
  /// The whole result as one JSON object, UTF-8, with every prompt and every check. It ends with a line feed.
  ///
  /// - Parameter comparisons: What ``comparisons(of:baseline:seed:)`` gave, if that belongs to it.
  public func json(_ comparisons: [SuiteComparison] = []) -> [UInt8] {
    var json = JSONText()
    json.object {
      $0.member("description", description)
      $0.member("stats") {
        $0.leaf {
          $0.member("cells", cells.count)
          $0.member("passed", passed)
          $0.member("failed", failed)
          $0.member("errors", errors)
        }
      }
      $0.member("templates") { $0.list(templates.indices) { writeTemplate($1, to: &$0) } }
      $0.member("cases", cases)
      $0.member("cells") { $0.list(cells) { $1.write(to: &$0, isLine: false) } }
      if !comparisons.isEmpty { $0.member("comparisons") { $0.list(comparisons) { $1.write(to: &$0) } } }
    }
    return json.bytes + [0x0A]
  }

  private func writeTemplate(_ index: Int, to json: inout JSONText) {
    let own = cells(of: index)
    let judged = own.reduce(0) { $0 + $1.judgedSamples }
    let right = own.reduce(0) { $0 + $1.passedSamples }
    json.leaf {
      $0.member("name", templates[index])
      $0.member("cells", own.count)
      $0.member("passed", own.count { $0.isPassed })
      $0.member("completions", own.reduce(0) { $0 + $1.samples.count })
      $0.member("completions_judged", judged)
      $0.member("completions_passed", right)
      if let interval = passInterval(index) {
        $0.member("pass_rate", Double(right) / Double(judged))
        $0.member("low", interval.lowerBound)
        $0.member("high", interval.upperBound)
      }
    }
  }

  /// A line of JSON for each cell.
  public func jsonLines() -> [UInt8] {
    var bytes: [UInt8] = []
    for cell in cells {
      var json = JSONText()
      cell.write(to: &json, isLine: true)
      bytes += json.bytes + [0x0A]
    }
    return bytes
  }
}

extension SuiteCell {
  func write(to json: inout JSONText, isLine: Bool) {
    let body: (inout JSONText) -> Void = {
      $0.member("template", template)
      $0.member("case", test)
      $0.member("passed", isPassed)
      if hasErrors { $0.member("has_errors", true) }
      $0.member("prompt", prompt.map { String(decoding: $0, as: UTF8.self) })
      $0.member("error", error.map { "\($0)" })
      $0.member("checks") { $0.list(checks) { $1.write(to: &$0) } }
      $0.member("completions") {
        $0.list(samples) { json, sample in
          json.leaf {
            $0.member("completion", String(decoding: sample.completion, as: UTF8.self))
            $0.member("outcome", sample.outcome.rawValue)
            $0.member("score", sample.score)
            $0.member("checks") { $0.list(sample.checks) { $1.write(to: &$0) } }
          }
        }
      }
      if judgedSamples > 1 {
        $0.member("pass_at") { $0.list(passAtFirst(100)) { $0.append($1) } }
        $0.member("pass_all") { $0.list(passAllFirst(100)) { $0.append($1) } }
      }
    }
    if isLine { json.leaf(body) } else { json.object(body) }
  }
}

extension CheckResult {
  func write(to json: inout JSONText) {
    json.leaf {
      $0.member("check", check)
      $0.member("outcome", outcome.rawValue)
      if !message.utf8.isEmpty { $0.member("message", message) }
      if let range { $0.member("range") { $0.list([range.lowerBound, range.upperBound]) { $0.append(Double($1)) } } }
    }
  }
}

extension SuiteComparison {
  func write(to json: inout JSONText) {
    json.object {
      $0.member("first", first)
      $0.member("second", second)
      $0.member("cases", cases)
      $0.member("unpaired", unpaired)
      $0.member("wins", wins)
      $0.member("losses", losses)
      $0.member("ties", ties)
      $0.member("difference", difference)
      $0.member("low", interval.lowerBound)
      $0.member("high", interval.upperBound)
      $0.member("test", test.rawValue)
      $0.member("p", probability)
      $0.member("p_holm", adjusted)
      $0.member("flips") {
        $0.list(flips) { json, flip in
          json.leaf {
            $0.member("case", flip.test)
            $0.member("first", flip.first)
            $0.member("second", flip.second)
          }
        }
      }
    }
  }
}
