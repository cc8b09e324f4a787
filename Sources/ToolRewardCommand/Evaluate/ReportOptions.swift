import ArgumentParser
import ToolReward
import ToolRewardBenchmarks
import ToolRewardData

/// Where an evaluation's report goes.
struct ReportOptions: ParsableArguments {
  /// Writes the report to every place that was asked for.
  func write(_ report: BenchmarkReport) throws {
    for model in report.models {
      print(model.name)
      for category in model.categories where category.judged > 0 {
        print("  \(category.name) \(category.official)/\(category.judged) strict \(category.strict ?? -1)")
      }
      for aggregate in model.aggregates {
        print("  \(aggregate.name) \(aggregate.official ?? -1) \(aggregate.strict ?? -1)")
      }
    }
  }
}
