/// Where a definition keeps its name, its description and its parameters.
struct Envelope {
  let name: [UInt8]
  let description: Value?
  /// The schema or map of parameters; `nil` if there is none.
  let parameters: Value?
  /// The place of the parameters in the definition.
  let path: [String]
  /// A list `required` beside the parameters.
  private(set) var toolRequired: Value?

  /// Members beside the parameters that are known to say nothing about them.
  private static let known = [
    "name", "apiCode", "title", "description", "type", "strict", "annotations", "outputSchema", "output_schema",
    "required",
    "cache_control", "icons", "_meta", "behavior",
  ]

  /// The keys under which the parameters may stand, in the order they are looked for.
  private static let places: [(key: String, rule: DefinitionRule)] = [
    ("input_schema", .envelopeAnthropic), ("inputSchema", .envelopeMCP), ("parametersJsonSchema", .envelopeGemini),
    ("parameters_json_schema", .envelopeGemini), ("input_parameters", .envelopeAPIBank), ("parameters", .envelopeNamed),
    ("arguments", .argumentsKey),
  ]

  /// Finds the parts of one definition.
  ///
  /// - Throws: ``DefinitionProblem/noName`` if nothing names the tool.
  init(_ definition: Value, rules: Set<DefinitionRule>, record: inout RuleRecord) throws(DefinitionProblem) {
    var inner = definition
    var path: [String] = []
    var rule: DefinitionRule?
    if rules.contains(.envelopeOpenAI), let function = definition["function"], function.kind == .object {
      (inner, path, rule) = (function, ["function"], .envelopeOpenAI)
    } else if rules.contains(.envelopeBedrock), let tool = definition["toolSpec"], tool.kind == .object {
      (inner, path, rule) = (tool, ["toolSpec"], .envelopeBedrock)
    }
    if rules.contains(.envelopeBareSchema), rule == nil, Self.isBareSchema(inner) {
      record.add(.envelopeBareSchema)
      name = (inner["name"] ?? inner["title"])?.stringBytes ?? []
      description = inner["description"].flatMap { $0.kind == .string ? $0 : nil }
      parameters = inner
      self.path = []
      return
    }
    let code = rules.contains(.envelopeAPIBank) ? inner["apiCode"] : nil
    guard let name = (inner["name"] ?? code)?.stringBytes else { throw .noName }
    self.name = name
    description = inner["description"].flatMap { $0.kind == .string ? $0 : nil }

    let place = Self.places.first { rules.contains($0.rule) && inner[$0.key].map { $0.kind != .null } ?? false }
    if rule == nil {
      rule = place?.rule ?? .envelopeNamed
      if rule == .argumentsKey { rule = .envelopeNamed }
      if rule == .envelopeNamed, inner["name"]?.stringBytes == nil { rule = .envelopeAPIBank }
      if rule == .envelopeNamed, rules.contains(.envelopeResponses), definition["type"]?.isString("function") ?? false {
        rule = .envelopeResponses
      }
    }
    if let rule {
      guard rules.contains(rule) else { throw .notADefinition }
      record.add(rule)
    }
    var parameters = place.flatMap { inner[$0.key] }
    if let place {
      path.append(place.key)
      for token in path { record.enter(token) }
      if place.rule == .argumentsKey { record.add(.argumentsKey) }
      // Bedrock: {"inputSchema": {"json": {…}}}.
      if let json = parameters?["json"], json.kind == .object, parameters?.count == 1, json["type"]?.kind == .string {
        parameters = json
        record.enter("json")
        path.append("json")
      }
      if let text = parameters, text.kind == .string {
        let (read, rule) = try DefinitionText.read(text, rules: rules)
        record.add(rule)
        parameters = read
      }
      for _ in path { record.leave() }
    }
    self.path = path
    self.parameters = parameters
    readRest(of: inner, place?.key, path, rules, &record)
  }

  /// Looks at the members beside the parameters.
  private mutating func readRest(
    of inner: Value, _ key: String?, _ path: [String], _ rules: Set<DefinitionRule>, _ record: inout RuleRecord
  ) {
    let outer = key == nil ? path : Array(path.prefix { $0 != key })
    for token in outer { record.enter(token) }
    defer { for _ in outer { record.leave() } }
    if let required = inner["required"] {
      record.enter("required")
      if required.kind == .array, rules.contains(.toolRequiredList), parameters?["required"]?.kind != .array {
        toolRequired = required
        record.add(.toolRequiredList)
      } else if rules.contains(.toolRequiredIgnored) {
        record.add(.toolRequiredIgnored)
      }
      record.leave()
    }
    guard rules.contains(.toolMemberIgnored) else { return }
    for (name, _) in inner.members where !(key.map { name.elementsEqual($0.utf8) } ?? false) {
      if !Self.known.contains(where: { name.elementsEqual($0.utf8) }), !Self.isAbsentPlace(name, inner) {
        record.add(.toolMemberIgnored, preview: name)
      }
    }
  }

  /// Whether the member is a place for parameters that is null.
  private static func isAbsentPlace(_ name: [UInt8], _ inner: Value) -> Bool {
    places.contains { name.elementsEqual($0.key.utf8) && inner[$0.key]?.kind == .null }
  }

  /// Whether an object is itself a JSON Schema: it describes an object or refers to a schema, and has no place for parameters.
  private static func isBareSchema(_ value: Value) -> Bool {
    if places.contains(where: { value[$0.key].map { $0.kind == .object || $0.kind == .array } ?? false }) {
      return false
    }
    if let type = value["type"]?.stringBytes {
      if case .basic(.object)? = TypeGrammar.read(type)?.expression { return true }
    }
    if value["name"]?.kind == .string { return false }
    return value["$schema"]?.kind == .string || value["properties"]?.kind == .object || value["$ref"]?.kind == .string
  }
}
