internal import ToolReward
internal import ToolRewardReport

extension BenchmarkReport {
  /// The report as one JSON object, UTF-8: everything there is, each sample's verdicts too. Numbers are exact: a reader gets the same
  /// floating-point values. Names and their order are stable. It ends with a line feed.
  public func json() -> [UInt8] {
    var json = JSONText()
    json.object {
      $0.member("title", title)
      $0.member("formulas") {
        $0.list(formulas) { json, formula in
          json.leaf {
            $0.member("name", formula.name)
            $0.member("text", formula.text)
          }
        }
      }
      $0.member("models") { $0.list(models) { write($1, to: &$0) } }
      $0.member("differences") { $0.list(differences) { write($1, to: &$0) } }
      $0.member("comparisons") {
        $0.object {
          $0.member("official") { $0.list(comparisons { $0.official }) { write($1, to: &$0) } }
          $0.member("strict") { $0.list(hasStrict ? comparisons { $0.strict } : []) { write($1, to: &$0) } }
        }
      }
    }
    return json.bytes + [0x0A]
  }

  private func write(_ model: Model, to json: inout JSONText) {
    json.object {
      $0.member("name", model.name)
      $0.member("judged", model.judged)
      $0.member("official") { $0.append(model.officialProportion) }
      $0.member("strict") { $0.append(model.strictProportion) }
      $0.member("categories") {
        $0.list(model.categories) { json, category in
          json.leaf {
            $0.member("name", category.name)
            $0.member("total", category.total)
            $0.member("judged", category.judged)
            $0.member("official") { $0.append(category.officialProportion) }
            $0.member("strict") { $0.append(category.strictProportion) }
          }
        }
      }
      $0.member("aggregates") {
        $0.list(model.aggregates) { json, aggregate in
          json.leaf {
            $0.member("name", aggregate.name)
            $0.member("official", aggregate.official)
            $0.member("strict", aggregate.strict)
          }
        }
      }
      $0.member("samples") {
        $0.list(model.samples) { json, sample in
          json.leaf {
            $0.member("category", sample.category)
            $0.member("id", String(decoding: sample.id, as: UTF8.self))
            $0.member("official") { $0.append(sample.official) }
            $0.member("strict") { $0.append(sample.strict) }
          }
        }
      }
    }
  }

  private func write(_ difference: ReportDifference, to json: inout JSONText) {
    json.object {
      $0.member("official", difference.official)
      $0.member("strict", difference.strict)
      $0.member("verdict_differs", difference.isOfVerdict)
      $0.member("why", difference.why)
      $0.member("count", difference.entries.count)
      $0.member("samples") {
        $0.list(difference.entries) { json, entry in
          json.leaf {
            $0.member("model", models[entry.model].name)
            $0.member("category", entry.category)
            $0.member("id", String(decoding: entry.id, as: UTF8.self))
          }
        }
      }
    }
  }

  private func write(_ pair: ModelComparison, to json: inout JSONText) {
    json.leaf {
      $0.member("first", models[pair.first].name)
      $0.member("second", models[pair.second].name)
      $0.member("shared", pair.shared)
      $0.member("first_right", pair.firstRight)
      $0.member("second_right", pair.secondRight)
      $0.member("only_first", pair.onlyFirst)
      $0.member("only_second", pair.onlySecond)
      $0.member("difference", pair.difference)
      $0.member("p", pair.probability)
      $0.member("p_holm", pair.adjusted)
    }
  }
}

extension JSONText {
  /// Right, accuracy and the interval's bounds.
  mutating func append(_ proportion: Proportion?) {
    guard let proportion else { return null() }
    leaf {
      $0.member("right", proportion.right)
      $0.member("accuracy", proportion.value)
      $0.member("low", proportion.interval.lowerBound)
      $0.member("high", proportion.interval.upperBound)
    }
  }

  mutating func append(_ verdict: BenchmarkVerdict?) {
    guard let verdict else { return null() }
    leaf {
      $0.member("valid", verdict.isValid)
      $0.member("error_type", verdict.errorType)
    }
  }
}
