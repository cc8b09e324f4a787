import Foundation
import Testing
import ToolReward
import ToolRewardPrompts

/// Every template with every context beside what Python's jinja2 made of them: the same bytes, or both fail.
@Suite(.enabled(if: SharedData.folder != nil, SharedData.skipped)) struct ChatTemplateConformanceTests {
  @Test func goldens() throws {
    let folder = try SharedData.url("chat-templates")
    let manager = FileManager.default
    var pairs = 0
    for path in try manager.subpathsOfDirectory(atPath: folder.appendingPathComponent("templates").path).sorted()
    where path.hasSuffix(".jinja") {
      var template = try ChatTemplate([UInt8](Data(contentsOf: folder.appendingPathComponent("templates/\(path)"))))
      let time = try #require(CivilTime(year: 2026, month: 11, day: 21))
      template.now = { time }
      for file in try manager.contentsOfDirectory(atPath: folder.appendingPathComponent("contexts").path)
      where file.hasSuffix(".json") {
        let golden = folder.appendingPathComponent("golden/\(file.dropLast(5))/\(path)").path
        let expected = manager.contents(atPath: golden + ".out").map { [UInt8]($0) }
        guard expected != nil || manager.fileExists(atPath: golden + ".err") else { continue }
        pairs += 1
        let context = try ValueReader().read(
          [UInt8](Data(contentsOf: folder.appendingPathComponent("contexts/\(file)"))))
        let text = try? template.render(context: context).text
        #expect(text == expected, "\(path) with \(file)")
      }
    }
    #expect(pairs > 0)
  }
}
