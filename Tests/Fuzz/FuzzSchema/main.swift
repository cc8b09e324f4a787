import ToolReward

// libFuzzer: a schema or a tool definition on the first line, a value behind it. Nothing may trap; the two ways of validating must agree; what
// failed must have places that lead somewhere; a definition's canonical schema must be one.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  guard let end = bytes.firstIndex(of: 0x0A), let schema = try? ValueReader().read(Array(bytes[..<end])) else {
    return 0
  }
  let value = (try? ValueReader().read(Array(bytes[(end + 1)...]))) ?? schema
  for dialect in [SchemaDialect.draft2020, .draft7] {
    guard let compiled = try? JSONSchema(schema, dialect: dialect) else { continue }
    let report = compiled.explain(value)
    precondition(compiled.isValid(value) == report.verdict)
    precondition(report.violations.isEmpty || report.verdict == .invalid)
    for violation in report.violations.prefix(8) {
      precondition(value.at(pointer: violation.instanceLocation) != nil || value.hasRepeatedNames)
      _ = (
        violation.message, violation.keywordLocation, violation.absoluteKeywordLocation, violation.coerced,
        violation.nearest, violation.code
      )
    }
    _ = report.write(.basic)
  }
  if let toolbox = try? Toolbox(schema) {
    for tool in toolbox.tools { _ = toolbox.check(name: tool.definition.name, arguments: value) }
  }
  return 0
}

extension Value {
  /// Where a name is repeated a pointer leads to its last value only.
  fileprivate var hasRepeatedNames: Bool {
    hasDuplicateNames || elements.contains(where: \.hasRepeatedNames) || members.contains { $0.value.hasRepeatedNames }
  }
}
