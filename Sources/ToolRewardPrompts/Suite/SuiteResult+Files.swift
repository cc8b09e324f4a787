internal import ToolReward
internal import ToolRewardReport

extension SuiteResult {
  /// The whole result as one JSON object, UTF-8, with every prompt and every check. It ends with a line feed.
  public func json(_ comparisons: [SuiteComparison] = []) -> [UInt8] {
    var json = JSONText()
    json.object {
      $0.member("description", description)
      $0.member("stats") {
        $0.leaf {
          $0.member("cells", cells.count)
          $0.member("passed", passed)
          $0.member("failed", failed)
        }
      }
      $0.member("templates", templates)
      $0.member("cases", cases)
      $0.member("cells") { $0.list(cells) { $1.write(to: &$0, isLine: false) } }
      if !comparisons.isEmpty { $0.member("comparisons") { $0.list(comparisons) { $1.write(to: &$0) } } }
    }
    return json.bytes + [0x0A]
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

  /// The result as JUnit's XML, which continuous integration reads: a suite for each template, a test case for each cell.
  public func junit() -> [UInt8] {
    var xml = XMLText()
    xml.element(
      "testsuites",
      ["name": description.utf8.isEmpty ? "prompts" : description, "tests": "\(cells.count)", "failures": "\(failed)"]
    ) { xml in
      for (index, template) in templates.enumerated() {
        let own = cases.indices.map { cell(index, $0) }
        xml.element(
          "testsuite",
          [
            "name": template, "tests": "\(own.count)", "failures": "\(own.count { !$0.isPassed })", "errors": "0",
            "skipped": "0",
          ]
        ) { xml in
          for cell in own {
            xml.element("testcase", ["classname": template, "name": cell.test, "time": "0"]) { xml in
              for (sample, check) in cell.failures {
                let place = sample.map { "completion \($0 + 1): " } ?? ""
                xml.element("failure", ["type": check.check, "message": place + check.message]) { xml in
                  if let sample {
                    xml.text(String(decoding: cell.samples[sample].completion, as: UTF8.self))
                  } else {
                    xml.text(cell.prompt.map { String(decoding: $0, as: UTF8.self) } ?? check.message)
                  }
                }
              }
            }
          }
        }
      }
    }
    return Array(xml.text.utf8)
  }
}

extension SuiteCell {
  func write(to json: inout JSONText, isLine: Bool) {
    let body: (inout JSONText) -> Void = {
      $0.member("template", template)
      $0.member("case", test)
      $0.member("passed", isPassed)
      $0.member("prompt", prompt.map { String(decoding: $0, as: UTF8.self) })
      $0.member("error", error.map { "\($0)" })
      $0.member("checks") { $0.list(checks) { $1.write(to: &$0) } }
      $0.member("completions") {
        $0.list(samples) { json, sample in
          json.leaf {
            $0.member("completion", String(decoding: sample.completion, as: UTF8.self))
            $0.member("passed", sample.isPassed)
            $0.member("score", sample.score)
            $0.member("checks") { $0.list(sample.checks) { $1.write(to: &$0) } }
          }
        }
      }
      if samples.count > 1 {
        let counts = Array(1...samples.count)
        $0.member("pass_at") { $0.list(counts.compactMap { passAt($0) }) { $0.append($1) } }
        $0.member("pass_all") { $0.list(counts.compactMap { passAll($0) }) { $0.append($1) } }
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
    }
  }
}

extension SuiteComparison {
  func write(to json: inout JSONText) {
    json.object {
      $0.member("first", first)
      $0.member("second", second)
      $0.member("cases", cases)
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

/// Builds XML. What XML 1.0 has no character for is shown as HTML pages show it.
struct XMLText {
  private(set) var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

  mutating func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String>, _ body: (inout XMLText) -> Void
  ) {
    text += "<\(name)"
    for (key, value) in attributes { text += " \(key)=\"\(Self.escaped(value, isAttribute: true))\"" }
    text += ">"
    body(&self)
    text += "</\(name)>\n"
  }

  mutating func text(_ content: String) { text += Self.escaped(content, isAttribute: false) }

  private static func escaped(_ content: String, isAttribute: Bool) -> String {
    var result = ""
    for scalar in content.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n", "\t", "\r":
        if isAttribute || scalar == "\r" {
          result += "&#\(scalar.value);"
        } else {
          result.unicodeScalars.append(scalar)
        }
      case _ where scalar.value < 0x20 || (0xFFFE...0xFFFF).contains(scalar.value):
        result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
