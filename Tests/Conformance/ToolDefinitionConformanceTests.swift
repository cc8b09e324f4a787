import Foundation
import Testing
import ToolReward

/// Every published tool definition within reach is read, and reading what was written changes nothing.
@Suite(.enabled(if: SharedData.folder != nil, SharedData.skipped))
struct ToolDefinitionConformanceTests {
  /// How many tools each source holds.
  private static let expected = [
    "acebench-en": 3214, "acebench-zh": 3185, "api-bank": 981, "bfcl": 2332, "hammer-apibank_l1": 872,
    "hammer-apibank_l2": 171, "hammer-sealtool": 1470, "hammer-toolalpaca": 583, "hammer-masked": 36, "rlla": 1215,
    "when2call": 978, "nemo-gym": 224, "glaive": 458, "llamafactory-reason": 121, "synthetic": 4, "toolace": 4,
  ]

  @Test func everyDefinitionIsRead() throws {
    var tools: [String: Int] = [:]
    for source in try ToolDefinitionData.sources() {
      for definition in source.definitions {
        do throws(ToolboxError) {
          for tool in try DefinitionReader().read(definition) {
            tools[source.name, default: 0] += 1
            try expectStable(tool)
            #expect(throws: Never.self, "\(source.name) \(tool.displayName)") { try JSONSchema(tool.parameters) }
          }
        } catch {
          Issue.record("\(source.name): \(error)")
        }
      }
    }
    #expect(tools == Self.expected)
  }

  /// Reads a canonical schema again.
  private func expectStable(_ tool: ToolDefinition) throws(ToolboxError) {
    let text = #"{"name":"f","parameters":\#(tool.parameters)}"#
    guard let value = try? ValueReader(syntax: .python).read(text) else {
      Issue.record("not JSON: \(tool.displayName)")
      return
    }
    let again = try DefinitionReader().read(value)
    #expect(again.first?.parameters.description == tool.parameters.description)
    let changes = again.first?.applied.filter { !$0.rule.isReport && !$0.rule.isEnvelope } ?? []
    #expect(changes.isEmpty, "\(tool.displayName) \(tool.parameters)")
  }
}
