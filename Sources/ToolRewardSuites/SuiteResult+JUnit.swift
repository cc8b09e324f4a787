extension SuiteResult {
  /// The result as JUnit's XML, which continuous integration reads: a suite for each template, a test case for each cell with at most one
  /// failure or error, and the prompt as its output. It keeps to Surefire's schema and to Jenkins's.
  public func junit() -> [UInt8] {
    var xml = XMLText()
    xml.element(
      "testsuites",
      [
        "name": description.utf8.isEmpty ? "prompts" : description, "tests": "\(cells.count)",
        "failures": "\(failed)", "errors": "\(errors)", "time": "0",
      ]
    ) { xml in
      for index in templates.indices { writeSuite(index, to: &xml) }
    }
    return Array(xml.text.utf8)
  }

  private func writeSuite(_ index: Int, to xml: inout XMLText) {
    let own = cells(of: index)
    let errors = own.count { $0.hasErrors }
    xml.element(
      "testsuite",
      [
        "name": templates[index], "tests": "\(own.count)",
        "failures": "\(own.count { !$0.isPassed } - errors)", "errors": "\(errors)", "skipped": "0", "time": "0",
      ]
    ) { xml in
      for cell in own {
        xml.element("testcase", ["name": cell.test, "classname": cell.template, "time": "0"]) { xml in
          cell.writeOutcome(to: &xml)
          if let prompt = cell.prompt {
            xml.element("system-out", [:]) { $0.text(String(decoding: prompt, as: UTF8.self)) }
          }
        }
      }
    }
  }
}

extension SuiteCell {
  fileprivate func writeOutcome(to xml: inout XMLText) {
    let bad = failures
    guard let first = bad.first(where: { $0.check.outcome == .error }) ?? bad.first else { return }
    let others = bad.count > 1 ? " (and \(bad.count - 1) more)" : ""
    xml.element(
      hasErrors ? "error" : "failure",
      ["message": "\(first.check.check): \(first.check.message)\(others)", "type": first.check.check]
    ) { xml in
      for (sample, check) in bad {
        xml.text("\(sample.map { "completion \($0 + 1): " } ?? "")\(check.check): \(check.message)\n")
        if let sample { xml.text("  \(String(decoding: samples[sample].completion, as: UTF8.self))\n") }
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
