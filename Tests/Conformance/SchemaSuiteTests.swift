import Foundation
import Testing
import ToolReward

/// JSON-Schema-Test-Suite: every required test of the two dialects, and the pitfalls that tell validators apart.
@Suite(.enabled(if: SharedData.folder != nil, SharedData.skipped))
struct SchemaSuiteTests {
  @Test(arguments: [("draft7", SchemaDialect.draft7, 927), ("draft2020-12", .draft2020, 1299)])
  func required(_ draft: String, _ dialect: SchemaDialect, _ expected: Int) throws {
    let registry = try Self.remotes(draft)
    let folder = try SharedData.url("json-schema-test-suite/tests/\(draft)")
    var passed = 0
    var total = 0
    for file in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() where file.hasSuffix(".json")
    {
      let groups = try ValueReader().read(try SharedData.bytes("json-schema-test-suite/tests/\(draft)/\(file)"))
      for group in groups.elements {
        let schema = try #require(group["schema"])
        let compiled = Result { () throws(SchemaError) in try JSONSchema(schema, registry: registry, dialect: dialect) }
        for test in group["tests"]?.elements ?? [] {
          total += 1
          let place = "\(file): \(group["description"]?.string ?? ""): \(test["description"]?.string ?? "")"
          let isValid = test["valid"]?.boolean == true
          let data = try #require(test["data"])
          switch compiled {
          case .failure(let error): Issue.record("\(place): \(error)")
          case .success(let schema):
            let verdict = schema.isValid(data)
            let report = schema.explain(data)
            #expect(report.verdict == verdict, "\(place)")
            #expect(report.violations.isEmpty == (verdict != .invalid), "\(place)")
            if verdict == (isValid ? .valid : .invalid) {
              passed += 1
            } else {
              Issue.record("\(place): \(verdict)")
            }
          }
        }
      }
    }
    #expect(total == expected, "the suite's own count")
    #expect(passed == total)
  }

  /// Cases that one validator or another gets wrong. The one with a look-behind is beyond the patterns that are read; it is left open, not
  /// guessed. `?` is a schema that may be refused, or left open.
  @Test func pitfalls() throws {
    let cases = try ValueReader().read(try SharedData.bytes("schema/pitfalls.json")).elements
    #expect(cases.count == 44)
    for entry in cases {
      let name = entry[0]?.string ?? ""
      let instance = try ValueReader().read(entry[2]?.stringBytes ?? [])
      guard let schema = entry[1], let compiled = try? JSONSchema(schema) else {
        #expect(entry[3]?.string == "?", "\(name)")
        continue
      }
      let verdict = compiled.isValid(instance)
      switch entry[3]?.boolean {
      case _ where name == "pattern lookbehind": #expect(verdict == .indeterminate(.pattern("(?<=a)b")))
      case true?: #expect(verdict == .valid, "\(name)")
      case false?: #expect(verdict == .invalid, "\(name)")
      case nil: #expect(verdict != .valid && verdict != .invalid, "\(name)")
      }
    }
  }

  /// Each of the suite's remote documents at the address its tests expect.
  static func remotes(_ draft: String) throws -> SchemaRegistry {
    var registry = SchemaRegistry()
    let folder = try SharedData.url("json-schema-test-suite/remotes")
    let files = FileManager.default.enumerator(atPath: folder.path)
    while let file = files?.nextObject() as? String {
      guard file.hasSuffix(".json"), !file.hasPrefix("draft") || file.hasPrefix("\(draft)/"), !file.hasPrefix("v1")
      else { continue }
      let document = try ValueReader().read(try SharedData.bytes("json-schema-test-suite/remotes/\(file)"))
      registry.add(document, at: "http://localhost:1234/\(file)")
    }
    return registry
  }
}
